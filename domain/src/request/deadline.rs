//! What must happen to a request when nobody does anything: durable, because it is folded from the log.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Command, Common, Due, Kind, Request};

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deadline<D> {
    /// Nobody countersigned for long: ask others too.
    Escalate,
    /// Nobody countersigned in time.
    Lapse,
    /// Nobody countersigned for a while: remind those who were asked.
    Remind,
    /// What only this kind knows.
    #[serde(untagged)]
    Own(D),
}

impl<D: Copy + Into<&'static str>> Deadline<D> {
    /// The word for it, part of the command's id.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Escalate => "escalate",
            Self::Lapse => "lapse",
            Self::Remind => "remind",
            Self::Own(own) => own.into(),
        }
    }
}

impl<D> Deadline<D> {
    /// The command to send when it is due.
    pub fn command<K: Kind<Due = D>>(self) -> Command<K>
    where
        D: Due<K::Command>,
    {
        match self {
            Self::Escalate => Common::Escalate.into(),
            Self::Lapse => Common::Lapse.into(),
            Self::Remind => Common::Remind.into(),
            Self::Own(own) => Command::Own(own.command()),
        }
    }
}

impl<K: Kind> Request<K> {
    /// What is due when, as it stands.
    pub fn deadlines(&self) -> Vec<(Timestamp, Deadline<K::Due>)> {
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
        deadlines.extend(K::deadlines(self).into_iter().map(|(at, own)| (at, Deadline::Own(own))));
        deadlines
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::{WAIT_MINUTES, later};
    use super::Deadline::{Escalate, Lapse, Own, Remind};
    use crate::access::example::{active, terms, waiting};
    use crate::access::{AccessEvent, AccessRequest, Deadline, Due};
    use crate::rules::Terms;
    use crate::testing::{given, noon};

    #[test]
    fn each_deadline_has_a_word_of_its_own_for_two_commands_of_one_id_are_one() {
        let all: [Deadline; 5] = [Escalate, Lapse, Remind, Own(Due::Warn), Own(Due::Expire)];
        let words: BTreeSet<_> = all.map(Deadline::as_str).into();
        assert_eq!(words.len(), 5);
    }

    #[test]
    fn nobody_is_reminded_of_what_lapses_then() {
        let due = |minutes| {
            let terms = Terms { remind_after_minutes: Some(minutes), ..terms() };
            given::<AccessRequest>(waiting(&terms)).state().deadlines()
        };
        assert!(due(60).contains(&(later(noon(), 60), Remind)));
        for minutes in [WAIT_MINUTES, WAIT_MINUTES + 1] {
            let (lapse, escalate) = (later(noon(), WAIT_MINUTES), later(noon(), 60));
            assert_eq!(due(minutes), [(lapse, Lapse), (escalate, Escalate)]);
        }
    }

    #[test]
    fn what_was_done_is_due_no_more() {
        let escalated = AccessEvent::Escalated { to: vec![] };
        let waiting = given::<AccessRequest>([waiting(&terms()), vec![escalated]].concat());
        assert_eq!(waiting.state().deadlines(), [(later(noon(), WAIT_MINUTES), Lapse)]);
        let until = later(noon(), 2880);
        let soon = later(noon(), 2880 - 60);
        let due = given::<AccessRequest>(active()).state().deadlines();
        assert_eq!(due, [(until, Own(Due::Expire)), (soon, Own(Due::Warn))]);
    }
}
