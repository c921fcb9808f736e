//! What becomes due by itself while an access is in force.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AccessRequest, GrantCommand};
use crate::request::{self, Stage};

/// What is due of a request for access.
pub type Deadline = request::Deadline<Due>;

/// What is due of an access.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Due {
    /// The access ends soon: tell who has it.
    Warn,
    /// The access is over.
    Expire,
}

impl request::Due<GrantCommand> for Due {
    fn command(self) -> GrantCommand {
        match self {
            Self::Warn => GrantCommand::Warn,
            Self::Expire => GrantCommand::Expire,
        }
    }
}

pub(super) fn deadlines(access: &AccessRequest) -> Vec<(Timestamp, Due)> {
    let Some(grant) = access.own.grant.as_ref().filter(|_| access.stage == Stage::Standing) else {
        let invited = access.own.invited.filter(|_| access.held().is_some());
        return invited.map(|until| (until, Due::Expire)).into_iter().collect();
    };
    let warn = (access.own.warned != Some(grant.until)).then(|| (grant.warn_at(), Due::Warn));
    std::iter::once((grant.until, Due::Expire)).chain(warn).collect()
}
