//! The messages of the protocol, by hand: the subset that is served, with the published field numbers. Written out so
//! that no protobuf compiler and no build script is needed; what is not listed is skipped when decoding.
pub mod append;
pub mod batch;
pub mod cluster;
pub mod read;
pub mod read_answer;
pub mod shared;
