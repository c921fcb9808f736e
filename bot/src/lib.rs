//! Countersign, the event-sourced chatops bot: people ask, others countersign, the bot does the work and proves it.

pub mod card;
pub mod cards;
pub mod chat;
pub mod commands;
pub mod context;
pub mod directory;
pub mod engine;
pub mod grammar;
pub mod outbox;
pub mod reactor;
pub mod requests;
pub mod scheduler;
pub mod words;
mod words_of_history;
pub mod world;
