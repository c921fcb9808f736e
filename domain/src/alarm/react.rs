//! Who is told of an alarm.

use super::AlarmEvent;
use crate::reaction::{Reaction, Then};

/// What follows from an alarm: the administrators are told.
pub fn react<E, F>(event: &AlarmEvent) -> Vec<Reaction<E, F>> {
    vec![Reaction::new("warn", Then::Warn(Box::new(event.clone())))]
}
