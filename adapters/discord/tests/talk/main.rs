//! The bot's side against Discord in miniature: what people do arrives, and what the bot shows is there.

mod gateway;
mod peers;
mod signed;
mod stage;
mod surface;
