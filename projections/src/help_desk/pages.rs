//! The lists of the help desk, a page at a time.

use countersign_domain::names::Tenant;
use countersign_domain::support::Ticket;
use jiff::Timestamp;

use super::{DocumentRow, LIVE, TICKETS, TURNS, TurnRow};
use crate::key::Key;
use crate::page::{Keyed, Page, QueryError};
use crate::rows::Rows;

/// Our own tickets of those that somebody sees, the newest first.
pub fn page_of_tickets(
    rows: &dyn Rows,
    tenant: &Tenant,
    page: (Option<&str>, usize),
    sees: impl Fn(&Ticket) -> bool,
) -> Result<Page<Ticket>, QueryError> {
    Keyed::all('k', Key::of(tenant, TICKETS), true).page(rows, page, sees)
}

/// The documents that answers are taken from, of those that somebody may read, by their codes.
pub fn page_of_live(
    rows: &dyn Rows,
    tenant: &Tenant,
    page: (Option<&str>, usize),
    reads: impl Fn(&DocumentRow) -> bool,
) -> Result<Page<DocumentRow>, QueryError> {
    Keyed::all('d', Key::of(tenant, LIVE), false).page(rows, page, reads)
}

/// What was asked since then and not answered, or not well, the newest first.
pub fn page_of_gaps(
    rows: &dyn Rows,
    tenant: &Tenant,
    page: (Option<&str>, usize),
    since: Timestamp,
) -> Result<Page<TurnRow>, QueryError> {
    let table = Key::of(tenant, TURNS);
    let gaps = Keyed { list: 't', from: table.clone().time(since), table, reverse: true };
    gaps.page(rows, page, TurnRow::is_a_gap)
}
