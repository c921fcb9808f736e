//! The read models, by everything that may befall them.

mod access;
mod audit;
mod cost;
mod disk;
mod effect;
mod follow;
mod properties;
mod request;
mod runner;
mod support;
mod tenant;
