//! What is asked for: one action of the catalogue, with its arguments, and exactly what will be done.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Entry, Planned};
use crate::names::PrincipalId;
use crate::request::{Code, Content, Origin, Requester};

/// An action that somebody wants done: what the receipt is of. The arguments, the entry and the plan stand in it whole, so that what
/// runs is what was countersigned, whatever became of the catalogue since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The request's code.
    pub code: Code,
    /// Who asks.
    pub requester: Requester,
    /// Which version of the catalogue it is from.
    pub catalogue: u64,
    /// The action.
    pub entry: Box<Entry>,
    /// Its arguments.
    pub arguments: Value,
    /// What will be done.
    pub planned: Box<Planned>,
    /// Whether words of others came before it: it is countersigned then, whatever the rules say of who asks.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tainted: bool,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl Content for Run {
    fn code(&self) -> &Code {
        &self.code
    }

    fn requester(&self) -> &Requester {
        &self.requester
    }

    fn origin(&self) -> Origin {
        Origin::Chat
    }

    /// An action is nobody's own but who asks for it.
    fn subjects(&self) -> Vec<&PrincipalId> {
        vec![]
    }

    fn why(&self) -> Option<&str> {
        self.why.as_deref()
    }
}
