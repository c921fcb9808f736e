//! The Slack adapter against Slack in miniature: the client, deliveries over HTTP and Socket Mode, and what can go wrong.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod deliveries;
mod peers;
mod rotation;
mod socket_mode;
mod support;
mod surface;
