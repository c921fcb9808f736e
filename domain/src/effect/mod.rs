//! Effects: wishes about the outside world, as data; claimed, attempted, and only definite answers are outcomes.

mod aggregate;
mod backoff;
mod react;
mod wish;

pub use aggregate::{Attempt, EffectCommand, EffectEvent, EffectState, Effects, Pause, Resolution};
pub use backoff::*;
pub use react::react;
pub use wish::{Effect, Outcome, PermissionTask, Plan, placement};
