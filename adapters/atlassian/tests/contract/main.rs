//! The adapters against the sandbox over real HTTP: what they do, and what they conclude from trouble.

mod bitbucket;
mod jira;
mod peers;
mod precision;
mod sandbox;
mod support;
mod trouble;
mod webhook;
