//! The methods of the Web API (<https://docs.slack.dev/reference/methods>).

pub(super) mod auth;
pub(super) mod chat;
pub(super) mod conversations;
pub(super) mod people;
pub(super) mod reactions;
pub(super) mod views;
