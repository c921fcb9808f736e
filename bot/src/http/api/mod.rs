//! The API under `/api/v1`: JSON in, JSON out, one room a file.

pub(super) mod access;
pub(super) mod audit;
pub(super) mod chat;
pub(super) mod compare;
pub(super) mod effects;
pub(super) mod export;
pub(super) mod grants;
pub(super) mod me;
pub(super) mod projections;
pub(super) mod repairs;
pub(super) mod requests;
pub(super) mod rules;
