//! KurrentDB in miniature, for tests.
mod cluster;
mod counters;
mod faults;
mod log;
mod service;
mod tls;
mod wire;

pub use cluster::{Cluster, Endpoint, Options, Role, StartError, Tls};
pub use counters::Counts;
pub use faults::{Gate, Stage, WriteFault};
pub use log::{Appended, Expected, Proposed, Rejected};
pub use tls::TlsError;
pub use tonic::Code;
