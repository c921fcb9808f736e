//! An alarm, whenever it goes on: its stream is named after what it is known by, so however often and on whatever way it is told of, it is
//! one. Told again while it is on, it is one event a minute; what each delivery told stands in the timeline.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::fault::Fault;
use super::signal::{Signal, SignalKind};
use crate::aggregate::{Aggregate, Tagged};
use crate::denied::{Denied, Field, Violation, text_fault};
use crate::names::PrincipalId;
use crate::person::Person;

/// So often at most an alarm that goes on again is an event.
const EVERY: SignedDuration = SignedDuration::from_mins(1);
/// An alarm that goes on again so soon after it went off flaps: it is the same time that it is on, with the same card.
const FLAPS: SignedDuration = SignedDuration::from_mins(10);
/// For so long somebody can want to hear nothing of it.
pub const MOST_MUTED: SignedDuration = SignedDuration::from_hours(24 * 30);
/// The most of why, in characters.
const REASON: usize = 500;

/// What can have happened to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
pub enum AlertEvent {
    /// It went on.
    AlertOpened {
        /// What told of it.
        signal: Box<Signal>,
        /// The how manieth time that is; the same as before where it flaps.
        episode: u64,
    },
    /// It went on again, and was on already.
    AlertRepeated {
        /// When, by what told of it.
        at: Timestamp,
    },
    /// Somebody looks after it.
    AlertAcknowledged {
        /// Who.
        by: PrincipalId,
        /// The name people see.
        name: String,
    },
    /// Somebody wants to hear nothing of it for a while.
    AlertMuted {
        /// Who.
        by: PrincipalId,
        /// The name people see.
        name: String,
        /// Until when.
        until: Timestamp,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
    /// It went off.
    AlertCleared {
        /// When, by what told of it.
        at: Timestamp,
    },
}

impl Tagged for AlertEvent {}

/// What it is told.
#[derive(Debug, Clone)]
pub enum AlertCommand {
    /// Something told of it.
    Take {
        /// What.
        signal: Box<Signal>,
    },
    /// Somebody looks after it.
    Acknowledge {
        /// Who.
        by: Box<Person>,
    },
    /// Somebody wants to hear nothing of it for a while.
    Mute {
        /// Who.
        by: Box<Person>,
        /// Until when.
        until: Timestamp,
        /// Why.
        why: Option<String>,
    },
}

/// That nobody is to hear of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Muted {
    /// The name of who wants that.
    pub name: String,
    /// Until when.
    pub until: Timestamp,
    /// Why.
    pub why: Option<String>,
}

/// How it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// What told of it when it last went on.
    pub signal: Option<Box<Signal>>,
    /// How often it went on.
    pub episode: u64,
    /// Whether it is on.
    pub is_on: bool,
    /// When it last went off, by what told of it.
    pub cleared: Option<Timestamp>,
    /// The name of who looks after it.
    pub acknowledged: Option<String>,
    /// That nobody is to hear of it.
    pub muted: Option<Muted>,
    /// When it was last on, by what told of it.
    on_at: Option<Timestamp>,
}

impl Alert {
    /// Whether nobody is to hear of it now.
    pub fn is_muted(&self, now: Timestamp) -> bool {
        self.muted.as_ref().is_some_and(|muted| muted.until > now)
    }

    /// The how manieth time it is on where it goes on then.
    fn episode_at(&self, at: Timestamp) -> u64 {
        let flaps = self.cleared.is_some_and(|cleared| at.duration_since(cleared) < FLAPS);
        if flaps && self.episode > 0 { self.episode } else { self.episode + 1 }
    }

    /// What it came to that something tells of it; whatever comes late, the last that happened counts.
    fn take(&self, signal: Box<Signal>) -> Option<AlertEvent> {
        let at = signal.at;
        let is_late = self.cleared.is_some_and(|cleared| at < cleared);
        match (signal.kind, self.on_at.filter(|_| self.is_on)) {
            (SignalKind::AlertOpened, _) if is_late => None,
            (SignalKind::AlertOpened, None) => {
                Some(AlertEvent::AlertOpened { episode: self.episode_at(at), signal })
            }
            (SignalKind::AlertOpened, Some(on_at)) => {
                (at.duration_since(on_at) >= EVERY).then_some(AlertEvent::AlertRepeated { at })
            }
            (SignalKind::AlertCleared, Some(on_at)) if at < on_at => None,
            // That it is off counts though nothing said that it was on: that may still come.
            (SignalKind::AlertCleared, _) => {
                self.cleared.is_none_or(|cleared| at > cleared).then_some(AlertEvent::AlertCleared { at })
            }
            _ => None,
        }
    }
}

impl Aggregate for Alert {
    const CATEGORY: &'static str = "alert";
    type Command = AlertCommand;
    type Event = AlertEvent;

    fn decide(&self, command: AlertCommand, now: Timestamp) -> Result<Vec<AlertEvent>, Denied> {
        match command {
            AlertCommand::Take { signal } => Ok(self.take(signal).into_iter().collect()),
            AlertCommand::Acknowledge { .. } if !self.is_on => Err(Fault::AlertNotOn.into()),
            AlertCommand::Acknowledge { by } => match &self.acknowledged {
                Some(name) => Err(Fault::AlertAcknowledgedAlready { name: name.clone() }.into()),
                None => Ok(vec![AlertEvent::AlertAcknowledged { by: by.id, name: by.name }]),
            },
            AlertCommand::Mute { .. } if self.episode == 0 => Err(Fault::AlertNotOn.into()),
            AlertCommand::Mute { by, until, why } => {
                if until <= now {
                    return Err(Violation::BadMoment { given: until.to_string() }.into());
                }
                if until.duration_since(now) > MOST_MUTED {
                    return Err(Fault::MutedTooLong.into());
                }
                let why = why.map(|why| why.trim().to_owned()).filter(|why| !why.is_empty());
                if let Some(fault) = why.as_deref().and_then(|why| text_fault(Field::Reason, why, REASON)) {
                    return Err(fault.into());
                }
                Ok(vec![AlertEvent::AlertMuted { by: by.id, name: by.name, until, why }])
            }
        }
    }

    fn evolve(&mut self, event: &AlertEvent, _: Timestamp) {
        match event {
            AlertEvent::AlertOpened { signal, episode } => {
                // Whoever looks after one that flaps still does.
                if *episode != self.episode {
                    self.acknowledged = None;
                }
                (self.is_on, self.on_at) = (true, Some(signal.at));
                (self.signal, self.episode) = (Some(signal.clone()), *episode);
            }
            AlertEvent::AlertRepeated { at } => self.on_at = Some(*at),
            AlertEvent::AlertAcknowledged { name, .. } => self.acknowledged = Some(name.clone()),
            AlertEvent::AlertMuted { name, until, why, .. } => {
                self.muted = Some(Muted { name: name.clone(), until: *until, why: why.clone() });
            }
            AlertEvent::AlertCleared { at } => (self.is_on, self.cleared) = (false, Some(*at)),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use proptest::prelude::*;

    use super::*;
    use crate::access::example::person;
    use crate::testing::noon;
    use crate::timeline::example::alarm;

    fn signal(is_on: bool, minutes: i64) -> Box<Signal> {
        let kind = if is_on { SignalKind::AlertOpened } else { SignalKind::AlertCleared };
        Box::new(Signal { kind, at: noon() + minutes.minutes(), ..alarm() })
    }

    fn told(alert: &mut Alert, command: AlertCommand, minutes: i64) -> Result<usize, Denied> {
        let now = noon() + minutes.minutes();
        let events = alert.decide(command, now)?;
        for event in &events {
            alert.evolve(event, now);
        }
        Ok(events.len())
    }

    fn take(alert: &mut Alert, is_on: bool, minutes: i64) -> usize {
        told(alert, AlertCommand::Take { signal: signal(is_on, minutes) }, minutes).unwrap()
    }

    #[test]
    fn whoever_says_first_that_they_look_after_it_does_until_it_goes_on_again() {
        let mut alert = Alert::default();
        let ack = |who: &str| AlertCommand::Acknowledge { by: Box::new(person(who, &[])) };
        assert_eq!(told(&mut alert, ack("ada"), 0), Err(Fault::AlertNotOn.into()));
        take(&mut alert, true, 0);
        assert_eq!(told(&mut alert, ack("ada"), 1), Ok(1));
        let taken = Fault::AlertAcknowledgedAlready { name: "ada".to_owned() };
        assert_eq!(told(&mut alert, ack("bob"), 1), Err(taken.into()));
        take(&mut alert, false, 2);
        take(&mut alert, true, 12);
        assert_eq!((alert.episode, alert.acknowledged.as_deref()), (2, None));
    }

    #[test]
    fn an_alarm_that_flaps_is_on_once_and_who_looks_after_it_still_does() {
        let mut alert = Alert::default();
        take(&mut alert, true, 0);
        told(&mut alert, AlertCommand::Acknowledge { by: Box::new(person("ada", &[])) }, 0).unwrap();
        for minutes in 1..100 {
            assert_eq!(take(&mut alert, minutes % 2 == 0, minutes), 1, "none of it is lost");
        }
        assert_eq!((alert.is_on, alert.episode, alert.acknowledged.as_deref()), (false, 1, Some("ada")));
        take(&mut alert, true, 109);
        assert_eq!((alert.episode, alert.acknowledged), (2, None));
    }

    #[test]
    fn it_is_muted_for_a_while_and_for_a_month_at_most() {
        let mut alert = Alert::default();
        let mute = |minutes: i64| AlertCommand::Mute {
            by: Box::new(person("ada", &[])),
            until: noon() + minutes.minutes(),
            why: Some(" a drill ".to_owned()),
        };
        assert_eq!(told(&mut alert, mute(10), 0), Err(Fault::AlertNotOn.into()));
        take(&mut alert, true, 0);
        assert_eq!(told(&mut alert, mute(31 * 24 * 60), 0), Err(Fault::MutedTooLong.into()));
        assert!(told(&mut alert, mute(0), 0).is_err());
        told(&mut alert, mute(10), 0).unwrap();
        assert_eq!(alert.muted.as_ref().unwrap().why.as_deref(), Some("a drill"));
        assert!(alert.is_muted(noon() + 9.minutes()) && !alert.is_muted(noon() + 10.minutes()));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        /// Flapping, doubled, and in any order: how it stands in the end is what happened last, and it never goes on twice.
        #[test]
        fn e05_how_an_alarm_stands_is_what_happened_last_in_whatever_order_it_is_told(
            happened in prop::collection::vec(any::<bool>(), 1..10),
            order in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
        ) {
            let mut alert = Alert::default();
            let mut left: Vec<_> = (0_i64..).zip(&happened).map(|(at, is_on)| (at * 10, *is_on)).collect();
            let last = *left.last().expect("one at least");
            let mut was_on = false;
            for place in order {
                if left.is_empty() { break; }
                let (at, is_on) = left.remove(place.index(left.len()));
                let command = AlertCommand::Take { signal: signal(is_on, at) };
                let events = alert.decide(command, noon() + 1.hours()).unwrap();
                for event in events {
                    let opens = matches!(event, AlertEvent::AlertOpened { .. });
                    prop_assert!(!opens || !was_on);
                    alert.evolve(&event, noon() + 1.hours());
                    was_on = alert.is_on;
                }
            }
            for (at, is_on) in left {
                let command = AlertCommand::Take { signal: signal(is_on, at) };
                for event in alert.decide(command, noon() + 1.hours()).unwrap() {
                    alert.evolve(&event, noon() + 1.hours());
                }
            }
            prop_assert_eq!(alert.is_on, last.1);
        }
    }
}
