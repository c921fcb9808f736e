//! The API under `/api/v1`: JSON in, JSON out, one room a file. What belongs to one capability stands in its folder.

pub(super) mod audit;
pub(super) mod chat;
pub(super) mod effects;
pub(super) mod export;
pub(super) mod me;
pub(super) mod projections;
pub(super) mod requests;
