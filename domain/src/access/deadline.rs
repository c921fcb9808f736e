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
