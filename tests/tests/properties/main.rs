//! The numbered properties 1 to 27 of the first requirement document, one test each, named after its number; and those of
//! conversations, whose names begin with `mirror_`.
#![expect(clippy::unwrap_used, reason = "what the helpers of a test unwrap is part of what it states")]

mod asking;
mod audit;
mod counted;
mod deeds;
mod doors;
mod durability;
mod gate;
mod grant;
mod hushed;
mod life;
mod logs;
mod mirror;
mod observed;
mod policy;
mod query;
mod retry;
mod roundtrip;
mod success;
mod support;
mod ticket;
mod webhooks;
mod whitelist;
