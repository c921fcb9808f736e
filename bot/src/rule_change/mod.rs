//! Changing the rules: what the bot does for it.

pub mod replay;
pub mod versions;
