//! What Countersign decides: aggregates, rules, policies, and the ports to everything outside.
//!
//! Nothing in this crate does IO, reads a clock or makes a random number: time, ids and actors come in with the
//! command, so the same history always leads to the same state.

pub mod access;
pub mod actions;
pub mod agents;
pub mod aggregate;
pub mod alarm;
pub mod audience;
pub mod canonical;
pub mod capabilities;
pub mod card;
pub mod code;
pub mod conversation;
pub mod denied;
pub mod digest;
pub mod documents;
pub mod duration;
pub mod effect;
pub mod envelope;
pub mod file;
pub mod form;
#[cfg(test)]
mod golden;
pub mod heard;
pub mod hidden;
pub mod kinds;
pub mod named;
pub mod names;
pub mod people;
pub mod person;
pub mod place;
pub mod ports;
pub mod question;
pub mod reaction;
pub mod record;
pub mod repair;
pub mod request;
pub mod roster;
pub mod rule_change;
pub mod rules;
pub mod support;
pub mod talk;
pub mod tenant;
#[cfg(test)]
pub mod testing;
pub mod text;
pub mod ticket;
pub mod timeline;
pub mod upcast;
pub mod words;
