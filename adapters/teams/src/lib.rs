//! Microsoft Teams as a surface: cards as Adaptive Cards, the check that a request is the Bot Framework's, and what it says.

pub mod activity;
pub mod card;
pub mod inbound;
