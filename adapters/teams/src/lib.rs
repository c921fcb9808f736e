//! Microsoft Teams as a surface: cards as Adaptive Cards, the check that a request is the Bot Framework's, and what it says.

pub mod activity;
pub mod answer;
pub mod card;
mod client;
mod config;
mod conversation;
pub mod form;
pub mod inbound;
pub mod interaction;
pub mod package;

pub use client::Teams;
pub use config::{Auth, TeamsConfig, TeamsError};
