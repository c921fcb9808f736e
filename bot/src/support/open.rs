//! A ticket is opened: under a number that the tenant has once, with what is promised now.

use countersign_domain::denied::Violation;
use countersign_domain::envelope::{Cause, derived_id};
use countersign_domain::names::Tenant;
use countersign_domain::support::{
    Desk, Fault, MOST_SUBJECT, MOST_TEXT, Numbers, Opened, Priority, Take, Ticket, TicketCommand,
};
use countersign_domain::words::flat;
use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::context::Context;
use crate::engine::{Decided, Done, Engine, Failure};
use crate::help::Help;
use crate::requests::Requests;

/// Opens one, which `opened` says for the number that it gets. The same marker is the same ticket, however often it is asked for.
pub(crate) async fn open(
    engine: &Engine,
    (tenant, cause): (&Tenant, &Cause),
    help: &Help,
    marker: Uuid,
    opened: impl Fn(u64) -> Opened,
) -> Result<Decided<Done<Ticket>>, Failure> {
    let step = |name: &str| Cause { command: derived_id(cause.command, name), ..cause.clone() };
    let numbered = engine
        .execute::<Numbers>(tenant, tenant.as_str(), &step("number"), "number a ticket", || Take { marker })
        .await?;
    let number = match numbered {
        Ok(done) => done.state.of(marker),
        Err(denied) => return Ok(Err(denied)),
    };
    // The same once more, so long after that its number is forgotten.
    let Some(number) = number else { return Ok(Err(Fault::NoSuchTicket { given: String::new() }.into())) };
    let (opened, desk) = (Box::new(opened(number)), Box::new(desk(help)));
    let open = || {
        let (opened, desk) = (opened.clone(), desk.clone());
        let project = help.settings.mirror.as_ref().map(|mirror| mirror.project.clone());
        TicketCommand::Open { opened, priority: Priority::Normal, desk, project }
    };
    engine.execute::<Ticket>(tenant, &number.to_string(), &step("open"), "open a ticket", open).await
}

/// Opens one of what somebody says, without a question before it; how it stands then, once that can be read.
pub(super) async fn open_saying(
    requests: &Requests,
    context: &Context,
    help: &Help,
    text: &str,
) -> Result<Decided<Ticket>, Failure> {
    const NAME: &str = "open ticket";
    // A number is given once, so what cannot be opened gets none.
    if let Some(fault) = fault(text) {
        return requests.refuse(context, NAME, fault).await;
    }
    let (cause, by) = (context.cause(NAME, requests.world.clock.now()), &context.person);
    let marker = cause.command;
    let opened = |number| Opened {
        number,
        marker,
        by: by.id.clone(),
        name: by.name.clone(),
        subject: subject(text),
        text: text.trim().to_owned(),
        turn: None,
        conversation: None,
    };
    let done = open(&requests.engine, (&context.tenant, &cause), help, marker, opened).await?;
    match done {
        Ok(done) => {
            if let Some(position) = done.position {
                requests.world.projections.wait_for(position).await?;
            }
            Ok(Ok(done.state))
        }
        Err(denied) => Ok(Err(denied)),
    }
}

/// What it is about, on one line.
pub(crate) fn subject(text: &str) -> String {
    flat(text).chars().take(MOST_SUBJECT).collect()
}

/// Why no ticket can be opened of it.
pub(super) fn fault(text: &str) -> Option<Violation> {
    let length = text.trim().chars().count();
    // What cannot be seen says nothing either.
    if subject(text).trim().is_empty() {
        return Some(Fault::NothingSaid.into());
    }
    (length > MOST_TEXT).then(|| Fault::TicketTextTooLong { length, max: MOST_TEXT }.into())
}

/// The desk, with the rules of its calendar's zone.
pub(super) fn desk(help: &Help) -> Desk {
    let level = help.settings.level.clone();
    let zone = TimeZone::get(&level.calendar.zone).unwrap_or(TimeZone::UTC);
    Desk { level, zone }
}
