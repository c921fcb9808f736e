//! Slack as a surface: cards in Block Kit.

mod card;

pub use card::message;
