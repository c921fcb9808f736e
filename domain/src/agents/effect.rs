//! What an agent wishes: to be looked at whether it can run, to be put in force as it was countersigned, and to be taken out again.

use serde::{Deserialize, Serialize};

use super::{Agent, AgentCommand, AgentRequestCommand, Found, Phase};
use crate::effect::{Became, Wish};
use crate::ports::VendorRole;
use crate::reaction::{Reaction, Then};
use crate::request::{self, Code, Command};

/// What follows up on it.
pub type FollowUp = request::FollowUp<Agent>;

/// What it wishes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Effect {
    /// Look whether all that it names is there.
    CheckAgent {
        /// Which request's.
        code: Code,
        /// Its name.
        agent: String,
    },
    /// Put it in force, and read it back.
    PublishAgent {
        /// Which request's.
        code: Code,
        /// Its name: of one, no two versions are put in force at once.
        agent: String,
    },
    /// Take it out of force.
    RetireAgent {
        /// Which request's.
        code: Code,
        /// Its name.
        agent: String,
    },
}

/// What an attempt is about to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Plan {
    /// Only look.
    LookAtAgent {},
    /// Put it in force as this version.
    PutAgentInForce {
        /// Which.
        version: u32,
    },
    /// Take this version out.
    TakeAgentOut {
        /// Which.
        version: u32,
    },
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Outcome {
    /// What there is to decide on.
    AgentChecked(Box<Found>),
    /// It is in force, and was read back as it was countersigned.
    AgentInForce {
        /// As this version.
        version: u32,
    },
    /// Another one is by now in the place that it was to have.
    AgentOvertaken {
        /// The last version of its name.
        now: u32,
    },
    /// What it names is not there any more.
    AgentCannotRun {
        /// In words.
        why: String,
    },
    /// It is not in force any more.
    AgentOut {},
    /// Nobody wants it any more.
    AgentNotWanted {},
}

impl Effect {
    /// The request's code.
    pub const fn own_code(&self) -> &Code {
        match self {
            Self::CheckAgent { code, .. }
            | Self::PublishAgent { code, .. }
            | Self::RetireAgent { code, .. } => code,
        }
    }

    /// The agent's name.
    pub fn agent(&self) -> &str {
        match self {
            Self::CheckAgent { agent, .. }
            | Self::PublishAgent { agent, .. }
            | Self::RetireAgent { agent, .. } => agent,
        }
    }

    const fn phase(&self) -> Phase {
        match self {
            Self::CheckAgent { .. } => Phase::Checking,
            Self::PublishAgent { .. } => Phase::Publishing,
            Self::RetireAgent { .. } => Phase::TakingOut,
        }
    }

    fn tell<E>(&self, name: &'static str, command: AgentRequestCommand) -> Reaction<E, FollowUp> {
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

    /// What becomes of one agent comes one after the other.
    fn lane(&self) -> String {
        match self {
            Self::CheckAgent { code, .. } => format!("check agent {code}"),
            Self::PublishAgent { agent, .. } | Self::RetireAgent { agent, .. } => format!("agent {agent}"),
        }
    }

    fn calls(&self) -> &'static [VendorRole] {
        &[]
    }

    /// An agent that was retired answers nobody.
    fn is_urgent(&self) -> bool {
        matches!(self, Self::RetireAgent { .. })
    }

    fn in_words(&self) -> String {
        let (code, agent) = (self.own_code(), self.agent());
        match self {
            Self::CheckAgent { .. } => format!("look whether {agent} can run as {code} says"),
            Self::PublishAgent { .. } => format!("put {agent} in force as {code} says"),
            Self::RetireAgent { .. } => format!("let {agent} answer nobody any more, as it came by {code}"),
        }
    }

    fn plan_in_words(plan: &Plan) -> String {
        match plan {
            Plan::LookAtAgent {} => "only look".to_owned(),
            Plan::PutAgentInForce { version } => {
                format!("put it in force as version {version}, and read it back")
            }
            Plan::TakeAgentOut { version } => format!("take version {version} out of force"),
        }
    }

    fn outcome_in_words(outcome: &Outcome) -> String {
        match outcome {
            Outcome::AgentChecked(_) => "Looked at".to_owned(),
            Outcome::AgentInForce { version } => format!("In force as version {version}"),
            Outcome::AgentOvertaken { now } => format!("Not done, for version {now} was first"),
            Outcome::AgentCannotRun { why } => format!("Not done: {why}"),
            Outcome::AgentOut {} => "Not in force any more".to_owned(),
            Outcome::AgentNotWanted {} => "Not done, for nobody wants it any more".to_owned(),
        }
    }

    fn outcome<E>(&self, became: Became<'_, Self>) -> Vec<Reaction<E, FollowUp>> {
        let fail = |why: &str, given_up| {
            vec![self.tell("fail", Command::Fail { phase: self.phase(), why: why.to_owned(), given_up })]
        };
        match became {
            Became::Done(Outcome::AgentChecked(found)) => {
                let (code, findings) = (self.own_code().clone(), found.clone());
                vec![Reaction::new("check", Then::FollowUp(FollowUp::Check { code, findings }))]
            }
            Became::Done(Outcome::AgentInForce { version }) => {
                vec![self.tell("confirm", AgentCommand::Confirm { version: *version }.into())]
            }
            Became::Done(Outcome::AgentOvertaken { now }) => {
                vec![self.tell("overtake", AgentCommand::Overtake { now: *now }.into())]
            }
            Became::Done(Outcome::AgentCannotRun { why }) => fail(why, true),
            // Whoever says that an agent is in force, the log does not; and what was called off has been told.
            Became::Done(Outcome::AgentOut {} | Outcome::AgentNotWanted {})
            | Became::DoneByHand { .. }
            | Became::Vouched { .. } => vec![],
            Became::Parked { told, .. } => fail(told, false),
            Became::GivenUp { why } => fail(why, true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::{draft, found};
    use super::*;

    fn follows(became: Became<'_, Effect>) -> Vec<&'static str> {
        let effect = Effect::PublishAgent { code: draft().code, agent: "travel".to_owned() };
        let reactions: Vec<Reaction<Effect, FollowUp>> = effect.outcome(became);
        reactions.into_iter().map(|reaction| reaction.step).collect()
    }

    #[test]
    fn the_request_hears_of_whatever_became_of_it() {
        assert_eq!(follows(Became::Done(&Outcome::AgentChecked(Box::new(found())))), ["check"]);
        assert_eq!(follows(Became::Done(&Outcome::AgentInForce { version: 2 })), ["confirm"]);
        assert_eq!(follows(Became::Done(&Outcome::AgentOvertaken { now: 3 })), ["overtake"]);
        assert_eq!(follows(Became::Done(&Outcome::AgentCannotRun { why: "no model".to_owned() })), ["fail"]);
        assert_eq!(follows(Became::Done(&Outcome::AgentNotWanted {})), [""; 0]);
        assert_eq!(follows(Became::GivenUp { why: "" }), ["fail"]);
        assert_eq!(follows(Became::Vouched { note: "" }), [""; 0], "only the log says what is in force");
    }
}
