//! What is asked for, and what can happen to it besides what can to every request. Names and shapes are for ever.

use serde::{Deserialize, Serialize};

use crate::aggregate::Tagged;
use crate::names::PrincipalId;
use crate::request::{Code, Content, Origin, Requester};

/// Lunch for guests: what the receipt is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The request's code.
    pub code: Code,
    /// Who asks.
    pub requester: Requester,
    /// For how many.
    pub guests: u32,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl Content for Order {
    fn code(&self) -> &Code {
        &self.code
    }

    fn requester(&self) -> &Requester {
        &self.requester
    }

    fn origin(&self) -> Origin {
        Origin::Chat
    }

    /// Lunch is nobody's own but who asks for it.
    fn subjects(&self) -> Vec<&PrincipalId> {
        vec![]
    }

    fn why(&self) -> Option<&str> {
        self.why.as_deref()
    }
}

/// What a countersignature is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Proposal {
    /// To order it.
    Order,
}

/// What becomes of an order once it was countersigned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum CateringEvent {
    /// It is ordered.
    Ordered {},
}

impl Tagged for CateringEvent {}

/// What it is told once it was countersigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CateringCommand {
    /// Note that it is ordered.
    Order,
}
