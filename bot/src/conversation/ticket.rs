//! A turn that was not enough becomes a ticket: with what who asked said themselves, and nothing that was answered to them alone.

use countersign_domain::conversation::Turn;
use countersign_domain::envelope::{Cause, derived_id};
use countersign_domain::names::Tenant;
use countersign_domain::support::{
    Desk, MOST_SUBJECT, Numbers, Opened, Priority, Take, Ticket, TicketCommand, Turn as Of,
};
use countersign_domain::words::flat;
use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::engine::{Engine, Failure};
use crate::help::Help;

/// Opens it, and says its number. The same turn is the same ticket, however often it is asked for.
pub(super) async fn open(
    engine: &Engine,
    (tenant, cause): (&Tenant, &Cause),
    help: &Help,
    (conversation, turn): (Uuid, &Turn),
    marker: Uuid,
) -> Result<Option<u64>, Failure> {
    let step = |name: &str| Cause { command: derived_id(cause.command, name), ..cause.clone() };
    let numbered = engine
        .execute::<Numbers>(tenant, tenant.as_str(), &step("number"), "number a ticket", || Take { marker })
        .await?;
    let Some(number) = numbered.ok().and_then(|done| done.state.of(marker)) else { return Ok(None) };
    let opened = Box::new(opened(number, marker, (conversation, turn)));
    let desk = Box::new(desk(help));
    let open = || {
        let (opened, desk) = (opened.clone(), desk.clone());
        TicketCommand::Open { opened, priority: Priority::Normal, desk }
    };
    let id = number.to_string();
    let done = engine.execute::<Ticket>(tenant, &id, &step("open"), "open a ticket", open).await?;
    Ok(done.is_ok().then_some(number))
}

/// The desk, with the rules of its calendar's zone.
pub(super) fn desk(help: &Help) -> Desk {
    let level = help.settings.level.clone();
    let zone = TimeZone::get(&level.calendar.zone).unwrap_or(TimeZone::UTC);
    Desk { level, zone }
}

fn opened(number: u64, marker: Uuid, (conversation, turn): (Uuid, &Turn)) -> Opened {
    let asked = &turn.asked;
    let subject: String = flat(&asked.text).chars().take(MOST_SUBJECT).collect();
    Opened {
        number,
        marker,
        by: asked.by.clone(),
        name: asked.name.clone(),
        subject: if subject.is_empty() { "A question".to_owned() } else { subject },
        text: asked.text.clone(),
        turn: Some(Of { conversation, turn: turn.id }),
    }
}
