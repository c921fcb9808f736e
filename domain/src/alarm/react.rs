//! What raises an alarm, what ends it, and who is told.

use super::{About, AlarmEvent};
use crate::access::{AccessEvent, AccessRequest, GrantEvent};
use crate::reaction::{Reaction, Then};

/// What follows from an alarm: the administrators are told.
pub fn react<E>(event: &AlarmEvent) -> Vec<Reaction<E>> {
    vec![Reaction::new("warn", Then::Warn(Box::new(event.clone())))]
}

/// What an event of a request means for alarms: that its access has ended, and was read back, ends the one about that.
pub fn of_access<E>(state: &AccessRequest, event: &AccessEvent) -> Option<Reaction<E>> {
    let AccessEvent::Own(GrantEvent::Ended { .. }) = event else { return None };
    let about = About::Ending { code: state.asked.as_ref()?.code.clone() };
    Some(Reaction::new("alarm_over", Then::EndAlarm { about }))
}
