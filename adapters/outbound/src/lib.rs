//! Calls to vendors: time-outs, bounded bodies, Retry-After, and breakers around each vendor and tenant and the parts that fail.
//!
//! An adapter makes one [`Vendor`] out of the process's one [`Outbound`] and sends [`Ask`]s through it. Whatever goes
//! wrong comes back as the port's `CallError`, whose kind says what may be concluded and nothing more. Credentials are
//! read through the `Secrets` port at every call and never kept, printed or repeated in an error.

mod address;
mod ask;
mod breaker;
mod classify;
mod config;
mod correlation;
mod credential;
mod exchange;
mod files;
mod outbound;
mod parts;
mod retry_after;
mod secrets;
mod streamed;
mod tls;
mod troubles;

pub use address::{AddressError, BaseUrl, is_addressable, is_guarded};
pub use ask::{Answer, Ask, found, not_the_vendor};
pub use breaker::{BreakerPolicy, BreakerState, BreakerView, Closed};
pub use config::OutboundConfig;
pub use correlation::{correlated, current_correlation};
pub use credential::Credential;
pub use files::Files;
pub use outbound::{Outbound, OutboundError, Vendor};
pub use parts::{Breakers, Passes, Told};
pub use secrets::{CachedSecrets, EnvSecrets, FileSecrets, Lasting, MemorySecrets, Renewed};
pub use streamed::{Patience, StreamFault, Streamed};
pub use tls::install_tls;
pub use troubles::{Trouble, TroubleView, Troubles};
