//! What must happen to a request when nobody does anything: durable, because it is folded from the log.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Command, Kind, Request};

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
    pub fn command<K: Kind<Due = D>>(self) -> Command<K> {
        match self {
            Self::Escalate => Command::Escalate,
            Self::Lapse => Command::Lapse,
            Self::Remind => Command::Remind,
            Self::Own(own) => Command::Own(K::due(own)),
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
