//! What must happen to a request when nobody does anything: durable, because it is folded from the log.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Access, AccessCommand, Status};

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deadline {
    /// Nobody countersigned for long: ask others too.
    Escalate,
    /// Nobody countersigned in time.
    Lapse,
    /// Nobody countersigned for a while: remind those who were asked.
    Remind,
    /// The access ends soon: tell who has it.
    Warn,
    /// The access is over.
    Expire,
}

impl Deadline {
    /// The word for it, part of the command's id.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Escalate => "escalate",
            Self::Lapse => "lapse",
            Self::Remind => "remind",
            Self::Warn => "warn",
            Self::Expire => "expire",
        }
    }

    /// The command to send when it is due.
    pub const fn command(self) -> AccessCommand {
        match self {
            Self::Escalate => AccessCommand::Escalate,
            Self::Lapse => AccessCommand::Lapse,
            Self::Remind => AccessCommand::Remind,
            Self::Warn => AccessCommand::Warn,
            Self::Expire => AccessCommand::Expire,
        }
    }
}

impl Access {
    /// What is due when, as it stands.
    pub fn deadlines(&self) -> Vec<(Timestamp, Deadline)> {
        let mut deadlines = Vec::new();
        if let Some(open) = &self.open {
            deadlines.push((open.due, Deadline::Lapse));
            if let (Some(at), false) = (open.escalate_at, open.escalated) {
                deadlines.push((at, Deadline::Escalate));
            }
            if let Some(at) = open.remind_at.filter(|at| *at < open.due) {
                deadlines.push((at, Deadline::Remind));
            }
        }
        if let (Some(grant), Status::Active) = (&self.grant, self.status) {
            deadlines.push((grant.until, Deadline::Expire));
            if self.warned != Some(grant.until) {
                deadlines.push((grant.warn_at(), Deadline::Warn));
            }
        }
        deadlines
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::example::{active, terms, waiting};
    use super::super::state::later;
    use super::super::{AccessEvent, WAIT_MINUTES};
    use super::*;
    use crate::rules::Terms;
    use crate::testing::{given, noon};

    #[test]
    fn each_deadline_has_a_word_of_its_own_for_two_commands_of_one_id_are_one() {
        use Deadline::{Escalate, Expire, Lapse, Remind, Warn};
        let words: BTreeSet<_> = [Escalate, Lapse, Remind, Warn, Expire].map(Deadline::as_str).into();
        assert_eq!(words.len(), 5);
    }

    #[test]
    fn nobody_is_reminded_of_what_lapses_then() {
        let due = |minutes| {
            let terms = Terms { remind_after_minutes: Some(minutes), ..terms() };
            given::<Access>(waiting(&terms)).state().deadlines()
        };
        assert!(due(60).contains(&(later(noon(), 60), Deadline::Remind)));
        for minutes in [WAIT_MINUTES, WAIT_MINUTES + 1] {
            let (lapse, escalate) = (later(noon(), WAIT_MINUTES), later(noon(), 60));
            assert_eq!(due(minutes), [(lapse, Deadline::Lapse), (escalate, Deadline::Escalate)]);
        }
    }

    #[test]
    fn what_was_done_is_due_no_more() {
        let escalated = AccessEvent::AccessEscalated { to: vec![] };
        let waiting = given::<Access>([waiting(&terms()), vec![escalated]].concat());
        assert_eq!(waiting.state().deadlines(), [(later(noon(), WAIT_MINUTES), Deadline::Lapse)]);
        let until = later(noon(), 2880);
        let soon = later(noon(), 2880 - 60);
        let due = given::<Access>(active()).state().deadlines();
        assert_eq!(due, [(until, Deadline::Expire), (soon, Deadline::Warn)]);
    }
}
