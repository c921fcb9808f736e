//! The whole bot under test: scenarios, properties, crashes, power cuts.

pub mod clock;
pub mod stage;
