//! What people do with tickets: they see those that are theirs, or that they look after; and what they say is told to the ticket by
//! the rules of its own calendar's zone.

use countersign_domain::denied::Denied;
use countersign_domain::names::Tenant;
use countersign_domain::support::{Ticket, TicketCommand};
use countersign_domain::tenant::{Person, Role};
use countersign_projections::help_desk;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::context::Context;
use crate::engine::{Decided, Failure};
use crate::requests::Requests;

/// Whether somebody may read a ticket: who asked, who looks after tickets or is woken for them, and who sees everything.
pub(super) fn is_seen(ticket: &Ticket, person: &Person) -> bool {
    let is_staff = ticket.level.as_ref().is_some_and(|level| level.is_staff(person) || level.wakes(person));
    let sees_all = person.is(Role::Auditor) || person.is(Role::Admin);
    sees_all || is_staff || ticket.is_of(&person.id)
}

/// By which of its fields the content of an event may hold an answer that is for who looks after tickets.
pub(crate) const KEPT: &str = "\"kept_from\":";

/// Leaves such answers out of the content of an event, as [`Ticket::seen_by`] does of a ticket.
pub(crate) fn hide_kept(content: &mut Value) {
    match content {
        Value::Object(fields) => {
            if fields.contains_key("kept_from") {
                fields.remove("answered");
            }
            fields.values_mut().for_each(hide_kept);
        }
        Value::Array(items) => items.iter_mut().for_each(hide_kept),
        _ => {}
    }
}

/// Those that somebody may read, the newest first.
pub(super) fn tickets(requests: &Requests, tenant: &Tenant, person: &Person) -> Result<Vec<Ticket>, Failure> {
    let mut all = help_desk::tickets(&*requests.world.projections.rows(help_desk::NAME), tenant)?;
    all.retain(|ticket| is_seen(ticket, person));
    Ok(all.into_iter().map(|ticket| ticket.seen_by(person)).collect())
}

/// One of them; nothing where there is none that they may read.
pub(super) fn ticket(
    requests: &Requests,
    (tenant, person): (&Tenant, &Person),
    number: &str,
) -> Result<Option<(u64, Ticket)>, Failure> {
    let Ok(number) = number.trim_start_matches('#').parse::<u64>() else { return Ok(None) };
    let found = help_desk::ticket(&*requests.world.projections.rows(help_desk::NAME), tenant, number)?;
    let found = found.filter(|ticket| is_seen(ticket, person)).map(|ticket| ticket.seen_by(person));
    Ok(found.map(|ticket| (number, ticket)))
}

/// Tells a ticket something; how it stands then, once that can be read.
pub(super) async fn tell(
    requests: &Requests,
    context: &Context,
    (number, found): (u64, &Ticket),
    command: impl Fn(Box<Person>, TimeZone) -> TicketCommand,
) -> Result<Decided<Ticket>, Failure> {
    const NAME: &str = "tell a ticket";
    let zone = found.level.as_ref().and_then(|level| TimeZone::get(&level.calendar.zone).ok());
    let zone = zone.unwrap_or(TimeZone::UTC);
    let (cause, id) = (context.cause(NAME, requests.world.clock.now()), number.to_string());
    let command = || command(Box::new(context.person.clone()), zone.clone());
    let done = requests.engine.execute::<Ticket>(&context.tenant, &id, &cause, NAME, command).await?;
    match done {
        Ok(done) => {
            if let Some(position) = done.position {
                requests.world.projections.wait_for(position).await?;
            }
            Ok(Ok(done.state.seen_by(&context.person)))
        }
        Err(denied) => Ok(Err::<_, Denied>(denied)),
    }
}
