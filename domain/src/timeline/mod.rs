//! What happened outside, as one timeline: changes, runs, deployments and alarms, as the systems that people already have tell of them.
//! Whatever the vendor, what is kept is a [`Signal`]: the result of reading a delivery is the event, so nothing is ever read again to
//! know what happened. A delivery that cannot be read is parked with the place and what to do, and never dropped.

mod alert;
mod delivery;
#[cfg(test)]
pub(crate) mod example;
mod fault;
mod react;
mod signal;
mod words;

pub use alert::{Alert, AlertCommand, AlertEvent, MOST_MUTED, Muted};
pub use delivery::{Delivery, DeliveryCommand, DeliveryEvent, Parked, Reading, Source, Unread};
pub use fault::Fault;
pub use react::{FollowUp, react_to_alert, react_to_delivery};
pub use signal::{Change, Named, NamedBy, Signal, SignalKind, Subject, Symptom, TimeSource};
pub use words::{said, short, told, told_of_alert};
