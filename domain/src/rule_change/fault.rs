//! What speaks against other rules, and against nothing else.

use serde::{Deserialize, Serialize};

use crate::denied::{self, Own};
use crate::words::plain;

/// Why rules are not proposed, or not put in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "code", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Fault {
    /// These rules are in force already.
    RulesInForceAlready {
        /// As this version.
        version: u64,
    },
    /// There never was this version of the rules.
    UnknownVersion {
        /// The version as given.
        given: String,
    },
    /// Going back to this version undoes more than the last change, and nobody said that they know that.
    UndoesSeveral {
        /// The version.
        version: u64,
        /// The one in force.
        now: u64,
    },
    /// The rules do not let them change the rules.
    MayNotChangeRules,
    /// As many proposals are open as can be at once.
    ManyProposals {
        /// How many.
        open: u64,
        /// Whether all of them are of who proposes.
        own: bool,
    },
    /// Nobody could change the rules any more.
    LocksEverybodyOut,
    /// Others were asked to countersign it, and by now nobody would have to be.
    OthersWereAsked,
    /// More requests of the days before would be denied than the rules let a change deny.
    TooManyDenied {
        /// How many would.
        denied: u64,
        /// How many may.
        max: u64,
    },
}

impl denied::Fault for Fault {
    fn of(own: &Own) -> Option<Self> {
        own.read()
    }

    fn is_about_who(&self) -> bool {
        matches!(self, Self::MayNotChangeRules)
    }

    fn said(&self) -> String {
        match self {
            Self::RulesInForceAlready { version } => {
                format!("These rules are in force already, as version {version}: nothing would change.")
            }
            Self::UnknownVersion { given } => format!("There is no version {} of the rules.", plain(given)),
            Self::UndoesSeveral { version, now } => format!(
                "{} It is proposed once you say that you know that, with {now} as the version it replaces (`base`).",
                undoes_several(*version, *now)
            ),
            Self::MayNotChangeRules => {
                "The rules do not let you propose others. To propose rules it takes an administrator, or whoever the rules let \
                 propose them."
                    .to_owned()
            }
            Self::ManyProposals { open, own } => {
                let whose = if *own { "of yours " } else { "" };
                format!("{open} proposals of rules {whose}wait already, and more do not at once. Withdraw one or have it decided, and propose these then.")
            }
            Self::LocksEverybodyOut => {
                "Under these rules nobody could change the rules any more: whoever could propose it would find nobody who may countersign \
                 it, and no file and no administrator could mend that. Leave a rule for “publish_rules” that somebody who is here \
                 can propose by and somebody else countersign; or put people into the groups that it names first."
                    .to_owned()
            }
            Self::OthersWereAsked => {
                "It was proposed for others to countersign, and by now there is nobody who would have to. It is not carried out for \
                 that: whoever still wants it proposes it again."
                    .to_owned()
            }
            Self::TooManyDenied { denied, max } => format!(
                "{denied} requests of the days before would be denied under these rules, and the rules in force let a change deny \
                 {max} at most."
            ),
        }
    }
}

/// What going back to a version undoes, where that is more than the last change.
pub fn undoes_several(version: u64, now: u64) -> String {
    let first = version + 1;
    format!("Version {now} of the rules is in force: going back to {version} undoes {first} to {now}.")
}
