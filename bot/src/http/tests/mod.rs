//! The whole router over a store and read models in memory: who may come in, what they get, and what is written down.

mod api;
mod aside;
mod door;
mod limits;
mod observed;
mod page;
mod reading;
mod stage;
mod streams;
mod webhook;
