//! Microsoft Teams as a surface: cards as Adaptive Cards.

pub mod card;
