//! What every request can be asked to do by who does not know its kind.

use super::{Assurance, Command, Kind, Request, RequestEvent};
use crate::aggregate::Aggregate as _;
use crate::denied::Denied;
use crate::envelope::Digest;
use crate::person::Person;
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
    /// Nobody answered in time.
    Lapse,
    /// Nobody answered for long: ask others too.
    Escalate,
    /// Nobody answered for a while: remind those who were asked.
    Remind,
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
    pub(super) fn decide_common(
        &self,
        command: Common,
        now: Timestamp,
    ) -> Result<Vec<RequestEvent<K>>, Denied> {
        match command {
            Common::TakeBack { by, assurance } => self.take_back(&by, assurance),
            Common::Deny { by, absent, receipt, reason } => self.deny(&by, &absent, receipt, reason),
            Common::Withdraw { by } => self.withdraw(&by),
            Common::Announce { by } => self.announce(&by),
            Common::Lapse => Ok(self.lapse(now)),
            Common::Escalate => Ok(self.escalate()),
            Common::Remind => Ok(self.remind(now)),
            Common::Due { what } => self.decide_due(&what, now),
            Common::Delay { vendor } => Ok(self.delay(vendor)),
        }
    }

    /// What nobody answered until then lapses before what it was asked of is over: who asked hears of both.
    fn decide_due(&self, what: &str, now: Timestamp) -> Result<Vec<RequestEvent<K>>, Denied> {
        let Some(due) = self.due(what) else { return Ok(vec![]) };
        let is_own = matches!(due, Command::Own(_));
        let decided = self.decide(due, now)?;
        let lapsed = if is_own && !decided.is_empty() { self.lapse(now) } else { vec![] };
        Ok(lapsed.into_iter().chain(decided).collect())
    }

    /// Whether one of them takes something away.
    pub fn is_urgent_common(&self, command: &Common) -> bool {
        match command {
            Common::Due { what } => self.due(what).is_some_and(|due| due.is_urgent()),
            _ => false,
        }
    }

    /// The command for what has this word; nothing where it is due no more.
    fn due(&self, what: &str) -> Option<Command<K>> {
        let mut due = self.deadlines().into_iter().map(|(_, deadline)| deadline);
        Some(due.find(|deadline| deadline.as_str() == what)?.command())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{WAIT_MINUTES, later, no_longer_than, waiting as waits};
    use super::*;
    use crate::access::example::{active, erin, terms, waiting};
    use crate::access::{
        AccessCommand, AccessEvent, AccessRequest, Ending, GrantCommand, GrantEvent, Longer, Proposal,
    };
    use crate::testing::{given, noon};

    fn decided(
        history: Vec<AccessEvent>,
        command: Common,
        at: Timestamp,
    ) -> Result<Vec<AccessEvent>, Denied> {
        given::<AccessRequest>(history).state().decide(command.into(), at)
    }

    fn due(what: &str) -> Common {
        Common::Due { what: what.to_owned() }
    }

    #[test]
    fn what_is_due_is_what_the_kind_does_then_and_what_is_due_no_more_is_nothing() {
        let lapsed = later(noon(), WAIT_MINUTES);
        for (history, what, command) in [
            (waiting(&terms()), "lapse", AccessCommand::from(Common::Lapse)),
            (waiting(&terms()), "escalate", Common::Escalate.into()),
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
    fn trust_c3_more_time_that_nobody_answered_lapses_when_the_access_ends() {
        let until = later(noon(), 2880);
        let proposal = Proposal::Extension(Longer::by(60));
        let asked = no_longer_than(until, waits(proposal, &erin().id, terms(), noon()));
        let history = || [active(), vec![asked.clone()]].concat();
        let ending = AccessEvent::Own(GrantEvent::Ending { ending: Ending::Expired });
        let lapsed = AccessEvent::Lapsed { proposal };
        assert_eq!(decided(history(), due("expire"), until), Ok(vec![lapsed.clone(), ending.clone()]));
        // It is decided once, whichever of them comes first.
        let over = [history(), vec![lapsed, ending]].concat();
        assert_eq!(decided(over, due("lapse"), until), Ok(vec![]));
        let before = later(noon(), 2820);
        assert_eq!(decided(history(), due("lapse"), before), Ok(vec![]), "it waits until then");
    }

    #[test]
    fn only_the_end_of_an_access_hurries() {
        let access = given::<AccessRequest>(active());
        assert!(access.state().is_urgent(&due("expire").into()));
        assert!(!access.state().is_urgent(&due("warn").into()));
    }
}
