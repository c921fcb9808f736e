//! The numbers of a tenant's tickets: one after the other, each given once. Whoever asks for the same once more gets the same one, so
//! that a ticket which was about to be opened when the bot died is opened under the number it has.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::aggregate::{Aggregate, Tagged};
use crate::denied::Denied;

/// So many numbers are remembered by what they were given for. A number that is used was opened long before so many others were
/// given.
const REMEMBERED: u64 = 1_000;

/// The events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
pub enum NumberEvent {
    /// A number was given.
    TicketNumbered {
        /// Which.
        number: u64,
        /// For what.
        marker: Uuid,
    },
}

impl Tagged for NumberEvent {}

/// Give a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Take {
    /// For what.
    pub marker: Uuid,
}

/// The numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbers {
    /// The last one that was given.
    pub last: u64,
    given: BTreeMap<Uuid, u64>,
}

impl Numbers {
    /// The number that was given for this.
    pub fn of(&self, marker: Uuid) -> Option<u64> {
        self.given.get(&marker).copied()
    }
}

impl Aggregate for Numbers {
    const CATEGORY: &'static str = "ticket_numbers";
    type Command = Take;
    type Event = NumberEvent;

    fn decide(&self, Take { marker }: Take, _: Timestamp) -> Result<Vec<NumberEvent>, Denied> {
        let number = self.last + 1;
        Ok(if self.of(marker).is_some() {
            vec![]
        } else {
            vec![NumberEvent::TicketNumbered { number, marker }]
        })
    }

    fn evolve(&mut self, NumberEvent::TicketNumbered { number, marker }: &NumberEvent, _: Timestamp) {
        self.last = *number;
        self.given.insert(*marker, *number);
        self.given.retain(|_, given| *given + REMEMBERED > *number);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::noon;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn no_two_tickets_share_a_number_and_no_ticket_has_two(
            markers in prop::collection::vec(0..40u128, 1..120),
        ) {
            let (mut numbers, mut given) = (Numbers::default(), BTreeMap::new());
            for marker in markers.into_iter().map(Uuid::from_u128) {
                for event in numbers.decide(Take { marker }, noon()).unwrap() {
                    numbers.evolve(&event, noon());
                }
                let number = numbers.of(marker).expect("it was given");
                prop_assert_eq!(*given.entry(marker).or_insert(number), number);
            }
            let mut all: Vec<_> = given.into_values().collect();
            all.sort_unstable();
            prop_assert_eq!(all, (1..=numbers.last).collect::<Vec<_>>(), "and none is left out");
        }
    }

    #[test]
    fn what_was_given_long_ago_is_forgotten() {
        let mut numbers = Numbers::default();
        for marker in 1..=REMEMBERED + 1 {
            let marker = Uuid::from_u128(marker.into());
            let event = numbers.decide(Take { marker }, noon()).unwrap().remove(0);
            numbers.evolve(&event, noon());
        }
        assert_eq!(numbers.of(Uuid::from_u128(1)), None);
        assert_eq!(numbers.of(Uuid::from_u128(2)), Some(2));
    }
}
