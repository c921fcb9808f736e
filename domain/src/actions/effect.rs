//! What an action wishes: to be rehearsed, which changes nothing; and to be done, as it was countersigned, under a key by which whoever
//! does it knows it again.

use serde::{Deserialize, Serialize};

use super::{Action, ActionCommand, ActionRequestCommand, Answered, Otherwise, Phase, Rehearsed};
use crate::effect::{Became, Wish};
use crate::ports::VendorRole;
use crate::reaction::{Reaction, Then};
use crate::request::{self, Code, Command};

/// What follows up on it.
pub type FollowUp = request::FollowUp<Action>;

/// What it wishes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Effect {
    /// Find out what would be done, and how it stands.
    RehearseAction {
        /// Which request's.
        code: Code,
    },
    /// Do it.
    DoAction {
        /// Which request's.
        code: Code,
        /// The action, which is done one after the other.
        action: String,
    },
}

/// What an attempt is about to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Plan {
    /// Only look.
    OnlyLook {},
    /// Call exactly this.
    CallExactly {
        /// In words; what it is stands in the request, whole.
        call: String,
        /// Of all of it: the same as in what was countersigned.
        planned: crate::envelope::Digest,
    },
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Outcome {
    /// This would be done, and it stands so.
    ActionRehearsed(Box<Rehearsed>),
    /// It is done, and was seen to be where that can be looked at.
    ActionDone {
        /// What was answered.
        answered: Answered,
        /// What was seen after it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen: Option<serde_json::Value>,
    },
    /// It was called, and does not stand as it should.
    ActionNotSeen {
        /// What was seen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen: Option<serde_json::Value>,
    },
    /// It was not called, for it stands otherwise than was shown.
    ActionOvertaken {
        /// How it stands.
        found: Box<Rehearsed>,
        /// What counts of what has changed.
        differences: Vec<Otherwise>,
    },
    /// Nobody wants it any more.
    ActionNotWanted {},
}

impl Effect {
    /// The request's code.
    pub const fn own_code(&self) -> &Code {
        match self {
            Self::RehearseAction { code } | Self::DoAction { code, .. } => code,
        }
    }

    const fn phase(&self) -> Phase {
        match self {
            Self::RehearseAction { .. } => Phase::Rehearsing,
            Self::DoAction { .. } => Phase::Doing,
        }
    }

    fn tell<E>(&self, name: &'static str, command: ActionRequestCommand) -> Reaction<E, FollowUp> {
        let (code, command) = (self.own_code().clone(), Box::new(command));
        Reaction::new(name, Then::FollowUp(FollowUp::Tell { code, name, command }))
    }
}

impl Wish for Effect {
    type Plan = Plan;
    type Outcome = Outcome;
    type FollowUp = FollowUp;

    fn kind(&self) -> &'static str {
        self.into()
    }

    fn code(&self) -> Option<&Code> {
        Some(self.own_code())
    }

    /// What one action does, no two do at once.
    fn lane(&self) -> String {
        match self {
            Self::RehearseAction { code } => format!("rehearse {code}"),
            Self::DoAction { action, .. } => format!("action {action}"),
        }
    }

    fn calls(&self) -> &'static [VendorRole] {
        &[]
    }

    fn changes(plan: &Plan) -> bool {
        matches!(plan, Plan::CallExactly { .. })
    }

    fn in_words(&self) -> String {
        match self {
            Self::RehearseAction { code } => format!("find out what {code} would do"),
            Self::DoAction { code, action } => format!("do {action} as {code} says"),
        }
    }

    fn plan_in_words(plan: &Plan) -> String {
        match plan {
            Plan::OnlyLook {} => "only look".to_owned(),
            Plan::CallExactly { call, planned } => format!("{call} ({})", planned.short()),
        }
    }

    fn outcome_in_words(outcome: &Outcome) -> String {
        match outcome {
            Outcome::ActionRehearsed(_) => "Rehearsed".to_owned(),
            Outcome::ActionDone { seen: Some(_), .. } => "Done, and seen to be".to_owned(),
            Outcome::ActionDone { seen: None, .. } => "Done".to_owned(),
            Outcome::ActionNotSeen { .. } => "Called, and not as it should be".to_owned(),
            Outcome::ActionOvertaken { .. } => "Not done, for it stands otherwise than was shown".to_owned(),
            Outcome::ActionNotWanted {} => "Not done, for nobody wants it any more".to_owned(),
        }
    }

    fn outcome<E>(&self, became: Became<'_, Self>) -> Vec<Reaction<E, FollowUp>> {
        let fail = |why: &str, given_up| {
            vec![self.tell("fail", Command::Fail { phase: self.phase(), why: why.to_owned(), given_up })]
        };
        let code = || self.own_code().clone();
        match became {
            Became::Done(Outcome::ActionRehearsed(found)) => {
                let follow_up = FollowUp::Check { code: code(), findings: found.clone() };
                vec![Reaction::new("check", Then::FollowUp(follow_up))]
            }
            Became::Done(Outcome::ActionDone { answered, seen }) => {
                let confirm = ActionCommand::Confirm { answered: answered.clone(), seen: seen.clone() };
                vec![self.tell("confirm", confirm.into())]
            }
            Became::Done(Outcome::ActionNotSeen { .. }) => {
                fail("It was called, and does not stand as it should after it. Look at it there.", false)
            }
            Became::Done(Outcome::ActionOvertaken { found, differences }) => {
                let (findings, differences) = (found.clone(), differences.clone());
                let follow_up = FollowUp::Overtake { code: code(), findings, differences };
                vec![Reaction::new("overtake", Then::FollowUp(follow_up))]
            }
            Became::Done(Outcome::ActionNotWanted {}) => vec![],
            Became::DoneByHand { .. } => {
                let answered = Answered { status: None, said: "done by hand, an operator says".to_owned() };
                vec![self.tell("confirm", ActionCommand::Confirm { answered, seen: None }.into())]
            }
            Became::Vouched { note } => {
                let vouch = Command::Vouch { phase: self.phase(), note: note.to_owned() };
                vec![self.tell("vouch", vouch)]
            }
            Became::Parked { told, .. } => fail(told, false),
            Became::GivenUp { why } => fail(why, true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::{answered, rehearsed, run};
    use super::*;

    fn follows(became: Became<'_, Effect>) -> Vec<&'static str> {
        let effect = Effect::DoAction { code: run().code, action: "restart_job".to_owned() };
        let reactions: Vec<Reaction<Effect, FollowUp>> = effect.outcome(became);
        reactions.into_iter().map(|reaction| reaction.step).collect()
    }

    #[test]
    fn the_request_hears_of_whatever_became_of_it() {
        let done = Outcome::ActionDone { answered: answered(), seen: None };
        assert_eq!(follows(Became::Done(&done)), ["confirm"]);
        assert_eq!(follows(Became::Done(&Outcome::ActionNotSeen { seen: None })), ["fail"]);
        let overtaken = Outcome::ActionOvertaken { found: Box::new(rehearsed()), differences: vec![] };
        assert_eq!(follows(Became::Done(&overtaken)), ["overtake"]);
        assert_eq!(follows(Became::Done(&Outcome::ActionRehearsed(Box::new(rehearsed())))), ["check"]);
        assert_eq!(follows(Became::Done(&Outcome::ActionNotWanted {})), [""; 0]);
        assert_eq!(follows(Became::Parked { why: "500", told: "it says no", rejected: true }), ["fail"]);
        assert_eq!(follows(Became::DoneByHand { before: None }), ["confirm"]);
        assert_eq!(follows(Became::Vouched { note: "" }), ["vouch"]);
        assert!(!Effect::changes(&Plan::OnlyLook {}));
    }
}
