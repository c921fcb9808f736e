//! Why a sandbox cannot start or keep its state.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Why a sandbox cannot start or keep its state.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// A sandbox has no business on a network.
    #[error("the sandbox listens on this machine only: choose an address like 127.0.0.1:0 instead of {0}")]
    NotLoopback(SocketAddr),
    /// The address is taken or forbidden.
    #[error("the sandbox cannot listen on {address}: {why}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        why: std::io::Error,
    },
    /// The state file cannot be read or written.
    #[error("the sandbox's state file {path} cannot be used: {why}; delete it to begin anew")]
    State {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
}
