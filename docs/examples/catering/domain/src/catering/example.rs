//! An order for tests: how it is asked for, found and carried out where the laws of the life are tried on it, and what can happen
//! to it.

use uuid::Uuid;

use super::*;
use crate::denied::Violation;
use crate::request::law::{self, Tried};
use crate::request::{Code, Nothing};
use crate::tenant::Person;

impl Tried for Catering {
    const IS_ABOUT_SOMEBODY: bool = false;

    fn asked(by: &Person, _: &Person) -> Order {
        Order {
            code: Code::candidate(Uuid::from_u128(4), 0),
            requester: law::requester(by),
            guests: 12,
            why: Some("the workshop".to_owned()),
        }
    }

    fn found(_: &Person, _: u8) -> Nothing {
        Nothing {}
    }

    fn own_events() -> Vec<CateringEvent> {
        vec![CateringEvent::Ordered {}]
    }

    fn carry_out() -> CateringCommand {
        CateringCommand::Order
    }

    fn faults() -> Vec<Violation> {
        vec![Fault::GuestsOutOfRange { asked: 0, most: 60 }.into()]
    }
}
