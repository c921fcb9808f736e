//! The messages of the protocol, by hand: the subset that is served, with the published field numbers. Written out so
//! that no protobuf compiler and no build script is needed; what is not listed is skipped when decoding.
pub(crate) mod append;
pub(crate) mod batch;
pub(crate) mod cluster;
pub(crate) mod read;
pub(crate) mod read_answer;
pub(crate) mod session;
pub(crate) mod shared;
