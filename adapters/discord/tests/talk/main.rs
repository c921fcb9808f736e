//! The bot's side against Discord in miniature: what people do arrives, and what the bot shows is there.

#![expect(
    clippy::unwrap_used,
    reason = "whatever fails in here fails the test, and its line says what it was"
)]

mod gateway;
mod peers;
mod signed;
mod stage;
mod surface;
