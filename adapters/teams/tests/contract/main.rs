//! The adapter against the Teams sandbox: real HTTP, both ways.
#![expect(clippy::unwrap_used, reason = "all of this crate is tests, also the helpers between them")]

mod hearing;
mod peers;
mod speaking;
mod stage;
mod tokens;
