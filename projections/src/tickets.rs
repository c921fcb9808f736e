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
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastSaid {
    /// When, by the tracker's clock, as far as that was ever told.
    at: Option<Timestamp>,
    /// The digests of what it asks for: the same wish has one of whoever wrote it, which stands first, and one of whom it is for.
    asks: Vec<Digest>,
    /// Whether it ever asked for anything.
    has_asked: bool,
    /// What it asked for as it was made: by that it is the request itself.
    as_made: Option<Digest>,
}

impl LastSaid {
    /// Whether it asks for this.
    pub fn asks_for(&self, request: &TicketRequest) -> bool {
        request.asks().is_some_and(|own| self.asks.contains(&own))
    }

    /// What an edit asks for beside what whom it is for wrote before: the same, and in their name. Whoever edits something beside it asks
    /// for nothing. Of what another wrote for them nobody says that they ask for it: then whoever wrote it could countersign it.
    pub fn as_before(&self, edit: &TicketRequest) -> Option<TicketRequest> {
        edit.of_whom_it_is_for().filter(|own| edit.edited && !self.asks_for(edit) && self.is_written_by(own))
    }

    /// Whether this is what who wrote it asks for.
    fn is_written_by(&self, own: &TicketRequest) -> bool {
        self.asks.first().is_some_and(|written| own.asks() == Some(*written))
    }

    /// Whether it asked for this as it was made.
    pub fn was_made_for(&self, request: &TicketRequest) -> bool {
        self.as_made.is_some() && self.as_made == request.asks()
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
    let (ticket, at): (&String, _) = match (request, news) {
        (Some(request), _) => {
            let Some(ticket) = &request.form.ticket else { return Ok(()) };
            (ticket, request.at)
        }
        (None, Some(TicketNews::Unreadable { ticket, at, .. } | TicketNews::AsksNothing { ticket, at })) => {
            (ticket, *at)
        }
        (None, Some(TicketNews::Gone { ticket })) => (ticket, None),
        // Under another key it says what it said.
        (None, Some(TicketNews::Moved { .. } | TicketNews::Touched { .. }) | None) => return Ok(()),
    };
    let old = last_said(&*rows, &envelope.tenant, ticket)?.unwrap_or_default();
    let has_asked = request.is_some() || old.has_asked;
    let made = request.as_ref().filter(|request| !request.edited).and_then(TicketRequest::asks);
    let as_made = made.or(old.as_made);
    let new = if old.is_later(at) {
        LastSaid { has_asked, as_made, ..old }
    } else {
        LastSaid { at: at.or(old.at), asks: asked_by(request.as_ref(), &old), has_asked, as_made }
    };
    save(rows, key(&envelope.tenant, ticket), new);
    Ok(())
}

/// What a ticket asks for by what it says now. What stands in it from before is still asked for by whom it is for, whoever else edits
/// something beside it.
fn asked_by(request: Option<&TicketRequest>, old: &LastSaid) -> Vec<Digest> {
    let Some(request) = request else { return vec![] };
    if old.as_before(request).is_some() {
        return old.asks.clone();
    }
    let for_whom = request.of_whom_it_is_for().and_then(|own| own.asks());
    request.asks().into_iter().chain(for_whom).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_later_by_the_trackers_clock_alone_and_is_known_by_its_digest() {
        let at = |second| Some(Timestamp::from_second(second).unwrap());
        let request = TicketRequest::default();
        let nothing = LastSaid { at: at(2), has_asked: true, ..LastSaid::default() };
        assert!(nothing.is_later(at(1)) && !nothing.is_later(at(2)) && !nothing.is_later(None));
        assert!(nothing.asks_no_more() && !nothing.asks_for(&request));
        let asks =
            LastSaid { asks: request.asks().into_iter().collect(), has_asked: true, ..LastSaid::default() };
        assert!(asks.asks_for(&request) && !asks.asks_no_more() && !asks.is_later(at(1)));
    }

    #[test]
    fn trust_d4_who_edits_something_beside_a_form_asks_for_what_its_writer_asked_for() {
        let by = |reporter: &str, user: Option<&str>, edited| TicketRequest {
            reporter: Some(reporter.to_owned()),
            form: countersign_domain::heard::Form {
                user: user.map(str::to_owned),
                ..countersign_domain::heard::Form::default()
            },
            edited,
            ..TicketRequest::default()
        };
        let (own, beside) = (by("erin", None, false), by("ben", Some("erin"), true));
        let made = LastSaid { asks: asked_by(Some(&own), &LastSaid::default()), ..LastSaid::default() };
        assert_eq!(made.as_before(&beside).map(|own| own.reporter), Some(Some("erin".to_owned())));
        assert_eq!(asked_by(Some(&beside), &made), made.asks, "it is still hers");
        // Whoever writes the form into a ticket asks by themselves, and for whom it is.
        let written = LastSaid { asks: asked_by(Some(&beside), &LastSaid::default()), ..LastSaid::default() };
        assert!(written.asks_for(&beside) && written.asks_for(&own) && written.as_before(&beside).is_none());
        // Whom it is for wrote nothing: a third one does not edit beside anything of theirs.
        let third = by("carol", Some("erin"), true);
        assert!(written.as_before(&third).is_none() && made.as_before(&third).is_some());
    }
}
