//! What every forge does behind its port, against its miniature over real HTTP: the same cases for each of them.
#![expect(clippy::unwrap_used, reason = "all of this crate is tests, also the helpers between them")]

mod alone;
mod bitbucket;
mod cases;
mod github;
mod precision;
mod stand;
mod trouble;
