//! What follows from what happens to a ticket: whose turn it is hears of it, wherever they talk.

use std::collections::BTreeSet;

use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::card::{Card, Tone};
use countersign_domain::envelope::{Cause, Envelope};
use countersign_domain::names::{PrincipalId, StreamName};
use countersign_domain::support::{FollowUp, Hears, Ticket, TicketEvent, title, told};
use countersign_domain::tenant::{People, Person};

use super::mirror;
use crate::cards::Draft;
use crate::engine::Failure;
use crate::requests::Requests;
use crate::talk::{Sayings, home, saying, tell};

/// Tells them; what is to be said.
pub(crate) async fn follow_up(
    requests: &Requests,
    (event, cause): (&Envelope, &Cause),
    follow_up: FollowUp,
) -> Result<Sayings, Failure> {
    let FollowUp::Tell { number, hears, event: happened } = follow_up else {
        return mirror::follow_up(requests, (&event.tenant, cause), follow_up).await;
    };
    if requests.world.talk(&event.tenant).is_none() {
        return Ok(vec![]);
    }
    let stream = StreamName::new(&event.tenant, Ticket::CATEGORY, &number.to_string())?;
    let ticket = requests.engine.load::<Ticket>(&stream, None).await?.state;
    let people = requests.directory.present(&event.tenant).await?.state;
    let card = card(&ticket, &happened, &people);
    let hearers = hearers(&ticket, &hears, &people);
    // Nobody is told of what they did themselves.
    let others = hearers.into_iter().filter(|id| event.actor.id != *id);
    let said = others.filter_map(|id| {
        let place = home(&people, &id, None)?;
        Some(saying(cause.command, tell(None, place, Some(&id), card.clone(), true)))
    });
    Ok(said.collect())
}

fn hearers(ticket: &Ticket, hears: &Hears, people: &People) -> BTreeSet<PrincipalId> {
    let all = |is_one: &dyn Fn(&Person) -> bool| {
        people.people.values().filter(|person| is_one(person)).map(|person| person.id.clone()).collect()
    };
    match (hears, &ticket.assignee) {
        (Hears::Asker, _) => ticket.opened.iter().map(|opened| opened.by.clone()).collect(),
        (Hears::Desk, Some((id, _))) | (Hears::One(id), _) => [id.clone()].into(),
        (Hears::Desk, None) => all(&|person| {
            ticket.level.as_ref().is_some_and(|level| level.is_staff(person)) && !ticket.is_of(&person.id)
        }),
        (Hears::Groups(groups), _) => all(&|person| groups.iter().any(|group| person.groups.contains(group))),
    }
}

fn card(ticket: &Ticket, happened: &TicketEvent, people: &People) -> Card {
    let tone = match happened {
        TicketEvent::SlaBreached { .. }
        | TicketEvent::TicketEscalated { .. }
        | TicketEvent::TicketPaged { .. } => Tone::Bad,
        TicketEvent::SlaWarned { .. } | TicketEvent::TicketTriaged { .. } => Tone::Waiting,
        TicketEvent::TicketResolved { .. } | TicketEvent::TicketResolvedThere { .. } => Tone::Good,
        _ => Tone::Neutral,
    };
    let about = ticket.opened.as_ref().map(title).unwrap_or_default();
    let called = |id: &PrincipalId| people.called(id);
    let asked = ticket.opened.as_ref().filter(|_| matches!(happened, TicketEvent::TicketTriaged { .. }));
    let asked = asked.map(|opened| format!("{} asks for it.", people.called(&opened.by)));
    Draft::new(tone, &format!("Ticket {about}")).lines(asked).line(&told(happened, &called)).card()
}
