//! The Slack adapter against Slack in miniature: the client, deliveries over HTTP and Socket Mode, and what can go wrong.

mod deliveries;
mod rotation;
mod socket_mode;
mod support;
mod surface;
