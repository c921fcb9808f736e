//! The way out to a vendor as its configuration says, and why it cannot be made.

use std::sync::Arc;

use countersign_domain::names::Tenant;
use countersign_domain::ports::Secrets;
use countersign_outbound::{AddressError, BaseUrl, Credential, Outbound, OutboundError, Vendor};

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

/// The way out to a vendor at this address, for `tenant`. Nothing is called yet.
pub(crate) fn connect(
    (vendor, base_url): (&'static str, &str),
    tenant: &Tenant,
    outbound: &Outbound,
    (credential, secrets): (&Credential, Arc<dyn Secrets>),
) -> Result<Vendor, ConnectError> {
    let base = BaseUrl::parse(base_url).map_err(|source| ConnectError::Address { vendor, source })?;
    let connected = outbound.vendor(vendor, tenant, base, credential.clone(), secrets);
    connected.map_err(|source| ConnectError::Outbound { vendor, source })
}
