//! What follows from what was told: an alarm hears of it, and whoever looks at the alarm sees how it stands.

use uuid::Uuid;

use super::alert::AlertEvent;
use super::delivery::DeliveryEvent;
use super::signal::Signal;
use crate::reaction::{Reaction, Then};

/// What follows up on what was told.
#[derive(Debug, Clone, PartialEq)]
pub enum FollowUp {
    /// Let alarms take in what tells of them.
    Take {
        /// What.
        signals: Vec<Signal>,
    },
    /// Let channels show how an alarm stands.
    Show {
        /// What it is known by.
        fingerprint: Uuid,
    },
}

/// What follows from a delivery.
pub fn react_to_delivery<E, F: From<FollowUp>>(event: &DeliveryEvent) -> Vec<Reaction<E, F>> {
    let DeliveryEvent::SignalMapped { signals, .. } = event else { return vec![] };
    let signals: Vec<_> = signals.iter().filter(|signal| signal.symptom.is_some()).cloned().collect();
    if signals.is_empty() {
        return vec![];
    }
    vec![Reaction::new("take", Then::FollowUp(FollowUp::Take { signals }.into()))]
}

/// What follows from what happened to the alarm that is known by this.
pub fn react_to_alert<E, F: From<FollowUp>>(fingerprint: Uuid, _: &AlertEvent) -> Vec<Reaction<E, F>> {
    vec![Reaction::new("show", Then::FollowUp(FollowUp::Show { fingerprint }.into()))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::example::{alarm, every_event, merged, source};

    #[test]
    fn alarms_hear_of_what_tells_of_them_and_of_nothing_else() {
        let of = |signals| {
            let event = DeliveryEvent::SignalMapped { source: source(), signals };
            react_to_delivery::<(), FollowUp>(&event)
        };
        assert!(of(vec![merged()]).is_empty());
        let reactions = of(vec![merged(), alarm()]);
        let taken = FollowUp::Take { signals: vec![alarm()] };
        assert_eq!(reactions, [Reaction::new("take", Then::FollowUp(taken))]);
        let parked = every_event().pop().unwrap();
        assert!(react_to_delivery::<(), FollowUp>(&parked).is_empty());
    }
}
