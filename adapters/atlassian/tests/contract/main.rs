//! The adapters against the sandbox over real HTTP: what they do, and what they conclude from trouble.
#![expect(clippy::unwrap_used, reason = "all of this crate is tests, also the helpers between them")]

mod bitbucket;
mod jira;
mod mirror;
mod peers;
mod precision;
mod refusals;
mod sandbox;
mod support;
mod tickets;
mod trouble;
mod webhook;
