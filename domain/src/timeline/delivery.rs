//! One delivery of a vendor's: what it told of, or why that could not be read. Its stream is named after the tenant, the vendor and the
//! vendor's id of it, so the same one twice is one.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::fault::Fault;
use super::signal::Signal;
use crate::aggregate::{Aggregate, Tagged};
use crate::denied::{Denied, Violation};
use crate::digest::Digest;
use crate::person::{Person, Role};

/// What came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Whose: `github`.
    pub integration: String,
    /// The vendor's id of the delivery.
    pub delivery: String,
    /// What the vendor calls what happened: `pull_request`.
    pub event: String,
    /// The digest of the body.
    pub body: Digest,
    /// How large it is, in bytes.
    pub bytes: u64,
}

/// Why it cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// Where in the body: `repository.full_name`.
    pub place: String,
    /// What is wrong there.
    pub why: String,
}

/// What reading it came to.
pub type Reading = Result<Vec<Signal>, Unread>;

/// What can have happened to a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
pub enum DeliveryEvent {
    /// It was read.
    SignalMapped {
        /// What came.
        source: Source,
        /// What it tells of, in its order.
        signals: Vec<Signal>,
    },
    /// It could not be read.
    SignalParked {
        /// What came.
        source: Source,
        /// Why.
        unread: Unread,
        /// The body without what people wrote in it, to be read again; nothing where it is too large to be kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kept: Option<String>,
    },
}

impl Tagged for DeliveryEvent {}

/// What is done with one.
#[derive(Debug, Clone)]
pub enum DeliveryCommand {
    /// Takes it in.
    Take {
        /// What came.
        source: Source,
        /// What reading it came to.
        read: Reading,
        /// What is kept of it where it cannot be read.
        kept: Option<String>,
    },
    /// Reads a parked one again.
    Requeue {
        /// Who wants it.
        by: Box<Person>,
        /// What reading it came to now.
        read: Reading,
    },
}

/// A delivery that is parked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    /// When it came.
    pub at: Timestamp,
    /// What came.
    pub source: Source,
    /// Why it could not be read.
    pub unread: Unread,
    /// What is kept of it.
    pub kept: Option<String>,
}

/// How a delivery stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Whether it came.
    pub is_taken: bool,
    /// It, where it could not be read yet.
    pub parked: Option<Parked>,
}

impl Aggregate for Delivery {
    const CATEGORY: &'static str = "delivery";
    type Command = DeliveryCommand;
    type Event = DeliveryEvent;

    fn decide(&self, command: DeliveryCommand, _: Timestamp) -> Result<Vec<DeliveryEvent>, Denied> {
        use DeliveryEvent as E;
        match command {
            DeliveryCommand::Take { .. } if self.is_taken => Ok(vec![]),
            DeliveryCommand::Take { source, read, kept } => Ok(vec![match read {
                Ok(signals) => E::SignalMapped { source, signals },
                Err(unread) => E::SignalParked { source, unread, kept },
            }]),
            DeliveryCommand::Requeue { by, .. } if !by.is(Role::Admin) => {
                let (action, role) = ("requeue a delivery".to_owned(), "an admin".to_owned());
                Err(Violation::RoleRequired { action, role }.into())
            }
            DeliveryCommand::Requeue { read, .. } => {
                let parked = self.parked.as_ref().ok_or(Fault::DeliveryNotParked)?;
                if parked.kept.is_none() {
                    return Err(Fault::DeliveryNotKept.into());
                }
                match read {
                    Ok(signals) => Ok(vec![E::SignalMapped { source: parked.source.clone(), signals }]),
                    Err(Unread { place, why }) => Err(Fault::DeliveryStillUnread { place, why }.into()),
                }
            }
        }
    }

    fn evolve(&mut self, event: &DeliveryEvent, at: Timestamp) {
        self.is_taken = true;
        self.parked = match event {
            DeliveryEvent::SignalMapped { .. } => None,
            DeliveryEvent::SignalParked { source, unread, kept } => {
                Some(Parked { at, source: source.clone(), unread: unread.clone(), kept: kept.clone() })
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::access::example::person;
    use crate::testing::noon;
    use crate::timeline::example::{merged, source, unread};

    fn admin(is_one: bool) -> Person {
        let roles = is_one.then_some(Role::Admin).into_iter().collect();
        Person { roles, ..person("ada", &[]) }
    }

    fn told(delivery: &mut Delivery, command: DeliveryCommand) -> Result<Vec<DeliveryEvent>, Denied> {
        let events = delivery.decide(command, noon())?;
        for event in &events {
            delivery.evolve(event, noon());
        }
        Ok(events)
    }

    fn take(read: Reading, kept: Option<&str>) -> DeliveryCommand {
        DeliveryCommand::Take { source: source(), read, kept: kept.map(str::to_owned) }
    }

    #[test]
    fn a_parked_delivery_is_read_again_by_an_admin_and_only_once() {
        let mut delivery = Delivery::default();
        told(&mut delivery, take(Err(unread()), Some("{}"))).unwrap();
        let again = |is_admin, read| DeliveryCommand::Requeue { by: Box::new(admin(is_admin)), read };
        let denied = told(&mut delivery, again(false, Ok(vec![]))).unwrap_err();
        assert!(matches!(denied.0[..], [Violation::RoleRequired { .. }]), "{denied:?}");
        let denied = told(&mut delivery, again(true, Err(unread()))).unwrap_err();
        assert!(denied.to_string().contains("repository.full_name"), "{denied}");
        assert_eq!(told(&mut delivery, again(true, Ok(vec![merged()]))).unwrap().len(), 1);
        assert_eq!(told(&mut delivery, again(true, Ok(vec![]))), Err(Fault::DeliveryNotParked.into()));
    }

    #[test]
    fn what_was_too_large_to_be_kept_is_to_be_sent_again_by_the_vendor() {
        let mut delivery = Delivery::default();
        told(&mut delivery, take(Err(unread()), None)).unwrap();
        let again = DeliveryCommand::Requeue { by: Box::new(admin(true)), read: Ok(vec![]) };
        assert_eq!(told(&mut delivery, again), Err(Fault::DeliveryNotKept.into()));
    }

    #[derive(Debug, Clone)]
    enum Step {
        Take(bool),
        Requeue(bool, bool),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            any::<bool>().prop_map(Step::Take),
            any::<(bool, bool)>().prop_map(|(admin, reads)| Step::Requeue(admin, reads)),
        ];
        prop::collection::vec(step, 0..12)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        /// Whatever comes how often, a delivery ends mapped or parked: never dropped, and what it tells of is told once.
        #[test]
        fn e05_a_delivery_is_mapped_or_parked_and_never_dropped_or_doubled(steps in steps()) {
            let (mut delivery, mut mapped, mut came) = (Delivery::default(), 0, false);
            let reading = |reads| if reads { Ok(vec![merged()]) } else { Err(unread()) };
            for step in steps {
                came |= matches!(step, Step::Take(_));
                let command = match step {
                    Step::Take(reads) => take(reading(reads), Some("{}")),
                    Step::Requeue(is_admin, reads) => DeliveryCommand::Requeue { by: Box::new(admin(is_admin)), read: reading(reads) },
                };
                let events = told(&mut delivery, command).unwrap_or_default();
                mapped += events.iter().filter(|event| matches!(event, DeliveryEvent::SignalMapped { .. })).count();
                prop_assert!(mapped <= 1);
                prop_assert_eq!(came, delivery.is_taken);
                prop_assert_eq!(came, mapped == 1 || delivery.parked.is_some());
                prop_assert!(mapped == 0 || delivery.parked.is_none());
            }
        }
    }
}
