//! The server judged by the official client: every behaviour once, and every trap of the client that it provokes.
mod append;
mod cluster;
mod common;
mod faults;
mod many;
mod program;
mod read;
mod secure;
mod subscribe;
