//! Effects: wishes about the outside world, as data; claimed, attempted, and only definite answers are outcomes.
//!
//! Everything here is the same for every capability, whose effects are a [`Wish`]; `capabilities` puts them together.

mod aggregate;
mod backoff;
mod event;
mod fault;
mod react;
mod wish;

pub use aggregate::{Attempt, Effects};
pub use backoff::*;
pub use event::{EffectCommand, EffectEvent, EffectState, Look, Pause, Resolution};
pub use fault::Fault;
pub use react::{id_of, react};
pub use wish::{Became, Patience, Wish};
