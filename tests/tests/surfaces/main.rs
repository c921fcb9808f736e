//! What people see and do on each surface, over the real HTTP of its vendor in miniature.

mod dialog;
mod discord;
mod mirror;
mod slack;
mod teams;
