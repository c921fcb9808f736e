//! What happened outside, as one timeline: changes, runs and deployments, as the systems that people already have tell of them.
//! Whatever the vendor, what is kept is a [`Signal`]: the result of reading a delivery is the event, so nothing is ever read again to
//! know what happened. A delivery that cannot be read is parked with the place and what to do, and never dropped.

mod delivery;
#[cfg(test)]
pub(crate) mod example;
mod fault;
mod signal;
mod words;

pub use delivery::{Delivery, DeliveryCommand, DeliveryEvent, Parked, Reading, Source, Unread};
pub use fault::Fault;
pub use signal::{Change, Named, NamedBy, Signal, SignalKind, Subject, TimeSource};
pub use words::{said, short, told};
