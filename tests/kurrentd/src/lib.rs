//! KurrentDB in miniature; the way in is [`Cluster::start`]. The README is the rest of this page.
//!
#![doc = include_str!("../README.md")]

mod cluster;
mod control;
mod control_port;
mod counters;
mod faults;
mod log;
mod service;
mod tls;
mod wire;

pub use cluster::{Cluster, Endpoint, Options, Role, StartError, Tls};
pub use control::{Control, ControlError, HELP};
pub use control_port::serve as serve_control;
pub use counters::Counts;
pub use faults::{Gate, ReadFault, Stage, WriteFault};
pub use log::{Appended, Expected, Proposed, Rejected};
pub use tls::TlsError;
pub use tonic::Code;
