//! The whole bot under test: scenarios, properties, crashes, power cuts.

pub mod acting;
pub mod again;
pub mod agents;
pub mod amazon;
pub mod answers;
pub mod clock;
pub mod cluster;
pub mod console;
mod desk;
pub mod discord;
pub mod disk;
pub mod guards;
pub mod lines;
pub mod measured;
pub mod refusals;
pub mod said;
pub mod sharing;
pub mod slack;
pub mod stage;
pub mod stores;
pub mod teams;
pub mod typed;
pub mod until;
pub mod vendors;
pub mod watched;
pub mod webhook;
pub mod wherever;
