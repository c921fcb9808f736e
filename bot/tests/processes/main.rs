//! The program as processes: killed under load, told to stop, and several at once on one log.

#![expect(clippy::unwrap_used, reason = "a fixture that fails is a test that fails")]

#[cfg(feature = "kurrent")]
mod cluster;
mod crash;
mod crowd;
mod help_desk;
mod repair;
#[cfg(feature = "kurrent")]
mod replay;
mod rules;
mod stop;
mod streams;
mod support;
