//! Countersign, the event-sourced chatops bot: people ask, others countersign, the bot does the work and proves it.

pub mod attempt;
pub mod boot;
pub mod bot;
pub mod cards;
pub mod chat;
pub mod cli;
pub mod commands;
pub mod config;
pub mod context;
pub mod demo;
pub mod directory;
pub mod engine;
pub mod grammar;
pub mod http;
pub mod outbox;
pub mod perform;
pub mod queue;
pub mod reactor;
pub mod requests;
pub mod scheduler;
pub mod seed;
pub mod serve;
pub mod system;
pub mod telemetry;
pub mod words;
pub mod world;
