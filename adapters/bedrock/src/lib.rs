//! Amazon Bedrock behind the ports: models by `ConverseStream` ([`Converse`]), agents by `InvokeAgent` with return of control
//! ([`HostedAgent`]), guardrails by `ApplyGuardrail` ([`BedrockGuardrail`]), and knowledge bases by `Retrieve` ([`KnowledgeBase`]).
//! Agents of tenants are made there by the control plane ([`BedrockPlane`]).
//!
//! The vendor's own library speaks to it, and signs; where, as whom and for how long, [`Access`] says. It makes no second attempt by
//! itself: a step may be asked again by whoever wanted it, who knows what became of the first. Errors come in the middle of an answer
//! as well as before it, so both are read alike (`fault`). What fails again and again is left alone for a while (`entered`).

mod converse;
mod entered;
mod fault;
mod guardrail;
mod hosted;
mod knowledge;
mod plane;
mod source;
mod trace;
mod value;
mod way;

pub use converse::{Converse, ConverseSettings};
pub use guardrail::{BedrockGuardrail, GuardrailSettings};
pub use hosted::{HostedAgent, HostedSettings};
pub use knowledge::{KnowledgeBase, KnowledgeSettings};
pub use plane::{BedrockPlane, PlaneSettings};
pub use way::{Access, AccessSettings, KeySecrets, RoleSettings};

/// What its faults carry.
pub(crate) const VENDOR: &str = "bedrock";
