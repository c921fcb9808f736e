//! What every request can be asked to do by who does not know its kind.

use super::{Assurance, Command, Kind, Request};
use crate::aggregate::Aggregate as _;
use crate::denied::Denied;
use crate::envelope::Digest;
use crate::tenant::Person;
use jiff::Timestamp;

/// The verbs that say nothing of what is asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Common {
    /// Take the own countersignature back.
    TakeBack {
        /// Who.
        by: Person,
        /// By what.
        assurance: Assurance,
    },
    /// Say no to what is proposed.
    Deny {
        /// Who.
        by: Person,
        /// Those they may stand in for now.
        absent: Vec<Person>,
        /// The receipt of what was shown.
        receipt: Option<Digest>,
        /// Why.
        reason: Option<String>,
    },
    /// Take the own proposal back.
    Withdraw {
        /// Who.
        by: Person,
    },
    /// Ask everybody, however many they are.
    Announce {
        /// Who wants it.
        by: Person,
    },
    /// Something is due: to lapse, to escalate, to remind, or what its kind knows. What is due no more is not done.
    Due {
        /// The word for it.
        what: String,
    },
    /// A vendor lets nobody in; what it holds back goes on by itself.
    Delay {
        /// Which.
        vendor: String,
    },
}

impl<K: Kind> Request<K> {
    /// Decides one of them.
    pub fn decide_common(
        &self,
        command: Common,
        now: Timestamp,
    ) -> Result<Vec<super::RequestEvent<K>>, Denied> {
        self.common(command).map_or_else(|| Ok(vec![]), |command| self.decide(command, now))
    }

    /// Whether one of them takes something away.
    pub fn is_urgent_common(&self, command: &Common) -> bool {
        self.common(command.clone()).is_some_and(|command| self.is_urgent(&command))
    }

    /// The same as a command of this kind; nothing where it is due no more.
    fn common(&self, command: Common) -> Option<Command<K>> {
        Some(match command {
            Common::TakeBack { by, assurance } => Command::TakeBack { by, assurance },
            Common::Deny { by, absent, receipt, reason } => Command::Deny { by, absent, receipt, reason },
            Common::Withdraw { by } => Command::Withdraw { by },
            Common::Announce { by } => Command::Announce { by },
            Common::Delay { vendor } => Command::Delay { vendor },
            Common::Due { what } => {
                let mut due = self.deadlines().into_iter().map(|(_, deadline)| deadline);
                due.find(|deadline| deadline.as_str() == what)?.command()
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{WAIT_MINUTES, later};
    use super::*;
    use crate::access::example::{active, ada, bob, terms, waiting};
    use crate::access::{AccessCommand, AccessEvent, AccessRequest, GrantCommand};
    use crate::testing::{given, noon};

    fn decided(
        history: Vec<AccessEvent>,
        command: Common,
        at: Timestamp,
    ) -> Result<Vec<AccessEvent>, Denied> {
        given::<AccessRequest>(history).state().decide_common(command, at)
    }

    fn due(what: &str) -> Common {
        Common::Due { what: what.to_owned() }
    }

    #[test]
    fn what_is_due_is_what_the_kind_does_then_and_what_is_due_no_more_is_nothing() {
        let lapsed = later(noon(), WAIT_MINUTES);
        for (history, what, command) in [
            (waiting(&terms()), "lapse", AccessCommand::Lapse),
            (waiting(&terms()), "escalate", AccessCommand::Escalate),
            (active(), "warn", GrantCommand::Warn.into()),
            (active(), "expire", GrantCommand::Expire.into()),
        ] {
            let own = given::<AccessRequest>(history.clone()).state().decide(command, lapsed);
            assert_eq!(decided(history, due(what), lapsed), own, "{what}");
        }
        assert_eq!(decided(active(), due("lapse"), lapsed), Ok(vec![]), "it was approved");
        assert_eq!(decided(waiting(&terms()), due("nonsense"), lapsed), Ok(vec![]));
    }

    #[test]
    fn a_verb_is_decided_as_the_command_of_the_kind() {
        let (by, vendor) = (bob(), "jira".to_owned());
        let deny = Common::Deny { by: ada(), absent: vec![], receipt: None, reason: None };
        let same = AccessCommand::Deny { by: ada(), absent: vec![], receipt: None, reason: None };
        for (common, own) in [
            (deny, same),
            (Common::Withdraw { by: by.clone() }, AccessCommand::Withdraw { by: by.clone() }),
            (Common::Announce { by: by.clone() }, AccessCommand::Announce { by: by.clone() }),
            (
                Common::TakeBack { by: by.clone(), assurance: Assurance::Said },
                AccessCommand::TakeBack { by, assurance: Assurance::Said },
            ),
            (Common::Delay { vendor: vendor.clone() }, AccessCommand::Delay { vendor }),
        ] {
            let own = given::<AccessRequest>(waiting(&terms())).state().decide(own, noon());
            assert_eq!(decided(waiting(&terms()), common, noon()), own);
        }
    }

    #[test]
    fn only_the_end_of_an_access_hurries() {
        let access = given::<AccessRequest>(active());
        assert!(access.state().is_urgent_common(&due("expire")));
        assert!(!access.state().is_urgent_common(&due("warn")));
    }
}
