//! The numbered properties 1 to 27 of the first requirement document: one test each, named after its number.

mod asking;
mod audit;
mod doors;
mod durability;
mod grant;
mod life;
mod logs;
mod policy;
mod retry;
mod support;
mod ticket;
