//! Bitbucket, GitHub, Jira, the chats, a model's server, Bedrock and a company's staging in miniature: real HTTP servers with state, latency and faults, for the demo and the tests.
//!
//! [`BitbucketSandbox`] and [`JiraSandbox`] speak the vendors' REST shapes for exactly what the adapters use, check
//! credentials as the vendors do, and keep their state in a file if one is named. Under `/_sandbox` they show and set
//! that state, inject faults and list what was asked of them.

pub mod bedrock;
pub mod bitbucket;
mod control;
pub mod discord;
mod document;
mod door;
mod error;
mod faults;
pub mod github;
mod host;
pub mod jira;
mod kept;
mod line;
mod messages;
pub mod models;
mod page;
mod server;
mod shared_file;
pub mod slack;
pub mod staging;
pub mod teams;
mod traffic;

pub use bedrock::{BedrockOptions, BedrockSandbox, BedrockState};
pub use bitbucket::{BitbucketOptions, BitbucketSandbox, BitbucketState};
pub use discord::{DiscordAct, DiscordOptions, DiscordSandbox, DiscordState, GatewayTrouble};
pub use door::Access;
pub use error::SandboxError;
pub use faults::{Drop, Fault, Faults};
pub use github::{GithubApp, GithubOptions, GithubSandbox, GithubState};
pub use jira::{JiraOptions, JiraSandbox, JiraState, WebhookTarget};
pub use messages::Messages;
pub use models::{ModelsOptions, ModelsSandbox, ModelsState};
pub use shared_file::{FileContent, SharedFile};
pub use slack::{SlackOptions, SlackSandbox, SlackState};
pub use staging::{StagingOptions, StagingSandbox, StagingState};
pub use teams::{TeamsAccess, TeamsAct, TeamsOptions, TeamsSandbox, TeamsState};
pub use traffic::Call;
