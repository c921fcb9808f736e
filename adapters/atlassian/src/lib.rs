//! Bitbucket Cloud and Jira Cloud behind the Forge and Tracker ports.
//!
//! [`Bitbucket`] changes direct repository permissions, [`Jira`] comments and moves tickets, and [`webhook`] checks and
//! reads what Jira sends. An address in the configuration is all that leads to the real vendor or to a stand-in.

mod bitbucket;
mod connect;
mod document;
mod jira;
mod struck;
pub mod webhook;

pub use bitbucket::{Bitbucket, BitbucketConfig};
pub use connect::ConnectError;
pub use jira::{Jira, JiraConfig, Projects, Statuses};
