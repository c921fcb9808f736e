//! What each ticket said last, whatever came of it: deliveries come late and in another order, and what a ticket does not say any
//! more is asked for by nobody.

use countersign_domain::envelope::{Digest, Envelope};
use countersign_domain::names::Tenant;
use countersign_domain::record::{Record, TicketNews, TicketRequest};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::key::Key;
use crate::rows::{Rows, RowsError, WriteRows};
use crate::table::{load, save};

/// A table beside those of all requests.
const TICKETS: u8 = b'l';

/// What a ticket said last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastSaid {
    /// When, by the tracker's clock, as far as that was ever told.
    at: Option<Timestamp>,
    /// The digests of what it asks for: the same wish has one of whoever edited the ticket, and one of whom it is for.
    asks: Vec<Digest>,
    /// Whether it ever asked for anything.
    has_asked: bool,
}

impl LastSaid {
    /// Whether it asks for this.
    pub fn asks_for(&self, request: &TicketRequest) -> bool {
        request.asks().is_some_and(|own| self.asks.contains(&own))
    }

    /// Whether it asked for something once, and asks for nothing any more.
    pub const fn asks_no_more(&self) -> bool {
        self.has_asked && self.asks.is_empty()
    }

    /// Whether it was said after this time.
    pub fn is_later(&self, at: Option<Timestamp>) -> bool {
        at.is_some() && self.at > at
    }
}

/// What a ticket said last, where it said anything.
pub fn last_said(rows: &dyn Rows, tenant: &Tenant, ticket: &str) -> Result<Option<LastSaid>, RowsError> {
    load(rows, key(tenant, ticket))
}

fn key(tenant: &Tenant, ticket: &str) -> Key {
    Key::of(tenant, TICKETS).text(ticket)
}

/// A delivery tells of a ticket. By its place in the log it is the last, unless the tracker's clock says otherwise.
pub(crate) fn heard(envelope: &Envelope, record: &Record, rows: &mut dyn WriteRows) -> Result<(), RowsError> {
    let Record::WebhookReceived { request, news, .. } = record else { return Ok(()) };
    let (ticket, at, asks): (&String, _, Vec<Digest>) = match (request, news) {
        (Some(request), _) => {
            let Some(ticket) = &request.form.ticket else { return Ok(()) };
            let for_whom = request.of_whom_it_is_for().and_then(|own| own.asks());
            (ticket, request.at, request.asks().into_iter().chain(for_whom).collect())
        }
        (None, Some(TicketNews::Unreadable { ticket, at, .. } | TicketNews::AsksNothing { ticket, at })) => {
            (ticket, *at, vec![])
        }
        (None, Some(TicketNews::Gone { ticket })) => (ticket, None, vec![]),
        // Under another key it says what it said.
        (None, Some(TicketNews::Moved { .. }) | None) => return Ok(()),
    };
    let old = last_said(&*rows, &envelope.tenant, ticket)?;
    let has_asked = request.is_some() || old.as_ref().is_some_and(|old| old.has_asked);
    let new = match old {
        Some(old) if old.is_later(at) => LastSaid { has_asked, ..old },
        old => LastSaid { at: at.or_else(|| old.and_then(|old| old.at)), asks, has_asked },
    };
    save(rows, key(&envelope.tenant, ticket), new);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_later_by_the_trackers_clock_alone_and_is_known_by_its_digest() {
        let at = |second| Some(Timestamp::from_second(second).unwrap());
        let request = TicketRequest::default();
        let nothing = LastSaid { at: at(2), asks: vec![], has_asked: true };
        assert!(nothing.is_later(at(1)) && !nothing.is_later(at(2)) && !nothing.is_later(None));
        assert!(nothing.asks_no_more() && !nothing.asks_for(&request));
        let asks = LastSaid { at: None, asks: request.asks().into_iter().collect(), has_asked: true };
        assert!(asks.asks_for(&request) && !asks.asks_no_more() && !asks.is_later(at(1)));
    }
}
