//! Why an adapter cannot be made from its configuration.

use countersign_outbound::{AddressError, OutboundError};

/// Why an adapter cannot be made from its configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The base address cannot be used.
    #[error("{vendor}: base_url: {source}")]
    Address {
        /// Whose address.
        vendor: &'static str,
        /// What is wrong with it.
        source: AddressError,
    },
    /// There is no way out.
    #[error("{vendor}: {source}")]
    Outbound {
        /// For whom.
        vendor: &'static str,
        /// Why.
        source: OutboundError,
    },
}
