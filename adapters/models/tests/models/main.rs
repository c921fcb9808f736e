//! Models that other people serve, by what their servers may do.

mod company;
mod fallbacks;
mod openai;
mod quoting;
mod support;
