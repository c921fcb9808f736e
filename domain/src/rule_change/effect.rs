//! What a change of the rules wishes: to be compared with what is in force and with the days before, and to be published. Nobody
//! outside is asked for either, but both take their time, and neither may be done twice.

use serde::{Deserialize, Serialize};

use super::{Compared, Phase, PublishCommand, RuleChange, RuleChangeCommand};
use crate::effect::{Became, Wish};
use crate::ports::VendorRole;
use crate::reaction::{Reaction, Then};
use crate::request::{self, Code};

/// What follows up on it.
pub type FollowUp = request::FollowUp<RuleChange>;

/// What it wishes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Effect {
    /// Compare a draft with the rules in force, and decide the requests of the days before again under it.
    CompareRules {
        /// Which request's.
        code: Code,
    },
    /// Put a draft in force.
    PublishRules {
        /// Which request's.
        code: Code,
    },
}

/// What an attempt is about to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Plan {
    /// Only read.
    ReadRules {},
    /// Publish in the place of this version.
    PutInForce {
        /// Which.
        base: u64,
    },
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Outcome {
    /// What there is to decide on.
    RulesCompared(Box<Compared>),
    /// It is in force.
    InForce {
        /// As this version.
        version: u64,
    },
    /// Others are in force by now than those in whose place it was to be.
    RulesMovedOn {
        /// This version.
        now: u64,
    },
    /// It was called off before it was put in force.
    RulesNotWanted {},
}

impl Effect {
    const fn own_code(&self) -> &Code {
        match self {
            Self::CompareRules { code } | Self::PublishRules { code } => code,
        }
    }

    const fn phase(&self) -> Phase {
        match self {
            Self::CompareRules { .. } => Phase::Comparing,
            Self::PublishRules { .. } => Phase::Publishing,
        }
    }

    fn tell<E>(&self, name: &'static str, command: RuleChangeCommand) -> Reaction<E, FollowUp> {
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

    /// Rules are put in force one after the other; and of a tenant's proposals one at a time has the whole log gone through, however
    /// many there are.
    fn lane(&self) -> String {
        match self {
            Self::CompareRules { .. } => "compare-rules".to_owned(),
            Self::PublishRules { .. } => "publish-rules".to_owned(),
        }
    }

    fn calls(&self) -> &'static [VendorRole] {
        &[]
    }

    fn in_words(&self) -> String {
        match self {
            Self::CompareRules { code } => {
                format!("compare the rules of {code} with those in force, and with the days before")
            }
            Self::PublishRules { code } => format!("put the rules of {code} in force"),
        }
    }

    fn plan_in_words(plan: &Plan) -> String {
        match plan {
            Plan::ReadRules {} => "read only".to_owned(),
            Plan::PutInForce { base } => format!("publish them in the place of version {base}"),
        }
    }

    fn outcome_in_words(outcome: &Outcome) -> String {
        match outcome {
            Outcome::RulesCompared(_) => "Compared".to_owned(),
            Outcome::InForce { version } => format!("In force as version {version}"),
            Outcome::RulesMovedOn { now } => format!("Not done, for version {now} is in force by now"),
            Outcome::RulesNotWanted {} => "Not done, for it was called off".to_owned(),
        }
    }

    /// The request hears of it as a command.
    fn outcome<E>(&self, became: Became<'_, Self>) -> Vec<Reaction<E, FollowUp>> {
        let fail = |why: &str, given_up| {
            let command = RuleChangeCommand::Fail { phase: self.phase(), why: why.to_owned(), given_up };
            vec![self.tell("fail", command)]
        };
        match became {
            Became::Done(Outcome::RulesCompared(found)) => {
                let (code, findings) = (self.own_code().clone(), found.clone());
                vec![Reaction::new("check", Then::FollowUp(FollowUp::Check { code, findings }))]
            }
            Became::Done(Outcome::InForce { version }) => {
                vec![self.tell("confirm", PublishCommand::Confirm { version: *version }.into())]
            }
            Became::Done(Outcome::RulesMovedOn { now }) => {
                vec![self.tell("overtake", PublishCommand::Overtake { now: *now }.into())]
            }
            // Whoever says that rules are in force, the log does not; and what was called off has been told.
            Became::Done(Outcome::RulesNotWanted {}) | Became::DoneByHand { .. } | Became::Vouched { .. } => {
                vec![]
            }
            Became::Parked { told, .. } => fail(told, false),
            Became::GivenUp { why } => fail(why, true),
        }
    }
}
