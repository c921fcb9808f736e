//! Microsoft Teams as a surface: cards as Adaptive Cards, and the check that a request is the Bot Framework's.

pub mod card;
pub mod inbound;
