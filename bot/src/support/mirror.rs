//! What follows for a ticket from what happens in the tracker: whoever something is heard of there is looked up among our people, and
//! the ticket takes it in.

use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::capabilities as domain;
use countersign_domain::envelope::{Cause, derived_id};
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::support::{Effect, FollowUp, Heard, Sight, Ticket, TicketCommand};
use countersign_domain::tenant::People;
use countersign_projections::help_desk;
use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::engine::Failure;
use crate::requests::Requests;
use crate::resolve::TRACKER;
use crate::talk::Sayings;

/// Does it; what is to be looked at.
pub(super) async fn follow_up(
    requests: &Requests,
    of: (&Tenant, &Cause),
    follow_up: FollowUp,
) -> Result<Sayings, Failure> {
    let (number, command) = match follow_up {
        // It speaks of one of our own, and is done there.
        FollowUp::Tell { .. } => return Ok(vec![]),
        FollowUp::Touched { key } => return touched(requests, of, &key).await,
        FollowUp::TakeThere { number, sight } => return take_there(requests, of, number, *sight).await,
        FollowUp::Made { number, key } => (number, TicketCommand::Link { key, by: None }),
        FollowUp::TakeMoved { number, key, there } => (number, TicketCommand::TakeMoved { key, there }),
    };
    tell(requests, of, number, command).await?;
    Ok(vec![])
}

/// Looks at an issue where a ticket of ours stands there.
async fn touched(
    requests: &Requests,
    (tenant, cause): (&Tenant, &Cause),
    key: &str,
) -> Result<Sayings, Failure> {
    if requests.world.help(tenant).is_none() {
        return Ok(vec![]);
    }
    requests.world.folded().await?;
    let rows = requests.world.projections.rows(help_desk::NAME);
    let Some(number) = help_desk::ticket_of_key(&*rows, tenant, key)? else { return Ok(vec![]) };
    // An issue that was moved is found by the key that it had, too, and the ticket knows no other.
    let key = help_desk::ticket(&*rows, tenant, number)?.and_then(|ticket| ticket.key);
    Ok(key.map(|key| look(cause, number, key)).into_iter().collect())
}

/// Takes in what was seen there. What was overtaken by something newer is looked at once more.
async fn take_there(
    requests: &Requests,
    of: (&Tenant, &Cause),
    number: u64,
    sight: Sight,
) -> Result<Sayings, Failure> {
    let (tenant, cause) = of;
    let people = requests.directory.present(tenant).await?.state;
    let stream = StreamName::new(tenant, Ticket::CATEGORY, &number.to_string())?;
    let ticket = requests.engine.load::<Ticket>(&stream, None).await?.state;
    let zone = ticket.level.as_ref().and_then(|level| TimeZone::get(&level.calendar.zone).ok());
    let again = ticket.is_overtaken(&sight).then(|| look(cause, number, sight.key.clone()));
    let (sight, zone) = (Box::new(named(sight, &people)), zone.unwrap_or(TimeZone::UTC));
    tell(requests, of, number, TicketCommand::TakeThere { sight, zone }).await?;
    Ok(again.into_iter().collect())
}

fn look(cause: &Cause, number: u64, key: String) -> (Uuid, domain::Effect) {
    (derived_id(cause.command, "look there"), Effect::LookThere { number, key }.into())
}

async fn tell(
    requests: &Requests,
    (tenant, cause): (&Tenant, &Cause),
    number: u64,
    command: TicketCommand,
) -> Result<(), Failure> {
    let (engine, id) = (&requests.engine, number.to_string());
    let done = engine.execute::<Ticket>(tenant, &id, cause, "mirror", || command.clone()).await?;
    if let Err(denied) = done {
        tracing::debug!(%tenant, ticket = %id, "not mirrored: {denied}");
    }
    Ok(())
}

/// The same with whom we know by their accounts there.
fn named(sight: Sight, people: &People) -> Sight {
    let known = |heard: Heard| {
        let account = heard.account.as_deref();
        let person = account.and_then(|account| people.by_account(TRACKER, account));
        Heard { by: person.map(|person| person.id.clone()), ..heard }
    };
    Sight { heard: sight.heard.into_iter().map(known).collect(), ..sight }
}
