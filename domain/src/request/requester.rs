//! Who asks, and where.

use serde::{Deserialize, Serialize};

use crate::envelope::ActorKind;
use crate::names::PrincipalId;

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requester {
    /// The principal; `jira:<account>` where the tenant knows no such person.
    pub id: PrincipalId,
    /// Person or agent.
    pub kind: ActorKind,
    /// The name people see.
    pub name: String,
    /// Whether the tenant knows them.
    pub known: bool,
}

/// Where a request was asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Somebody said it, and is told.
    #[default]
    Chat,
    /// The ticket itself asks, and is where its reporter looks.
    Ticket,
    /// A ticket that was there before asked when it was edited. Its reporter looks there, but it may be somebody's work.
    EditedTicket,
}

impl Origin {
    /// Whether it is the usual one, which events leave out.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
    pub(crate) fn is_chat(&self) -> bool {
        *self == Self::Chat
    }
}
