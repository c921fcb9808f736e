//! A turn that was not enough becomes a ticket: with what who asked said themselves, and of what was answered to them that which
//! everybody may read who reads the ticket.

use std::collections::BTreeSet;

use countersign_domain::audience::Audience;
use countersign_domain::conversation::{Conversation, Turn};
use countersign_domain::envelope::Cause;
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::ports::Edition;
use countersign_domain::support::{Attached, Opened, Turn as Of};
use countersign_domain::tenant::{People, Role};
use countersign_projections::help_desk;
use uuid::Uuid;

use crate::engine::Failure;
use crate::help::Help;
use crate::requests::Requests;
use crate::support;

/// Opens it, and says its number. The same turn is the same ticket, however often it is asked for.
pub(super) async fn open(
    requests: &Requests,
    of: (&Tenant, &Cause),
    help: &Help,
    (id, conversation, turn): (Uuid, &Conversation, &Turn),
    marker: Uuid,
) -> Result<Option<u64>, Failure> {
    let asked = &turn.asked;
    let subject = Some(support::subject(&asked.text)).filter(|subject| !subject.is_empty());
    let attached = attached(requests, of.0, help, (conversation, turn)).await?;
    let opened = |number| Opened {
        number,
        marker,
        by: asked.by.clone(),
        name: asked.name.clone(),
        subject: subject.clone().unwrap_or_else(|| "A question".to_owned()),
        text: asked.text.clone(),
        turn: Some(Of { conversation: id, turn: turn.id }),
        conversation: attached.clone(),
    };
    let done = support::open(&requests.engine, of, help, marker, opened).await?;
    Ok(done.ok().and_then(|done| done.state.opened).map(|opened| opened.number))
}

/// What goes along of the conversation: judged by who reads tickets and by the documents as they are at this moment.
async fn attached(
    requests: &Requests,
    tenant: &Tenant,
    help: &Help,
    (conversation, turn): (&Conversation, &Turn),
) -> Result<Option<Attached>, Failure> {
    requests.world.folded().await?;
    let people = requests.directory.anew(tenant).await?.state;
    let desk = readers(help, &people);
    let live = help_desk::live(&*requests.world.projections.rows(help_desk::NAME), tenant)?;
    let may = |id: &PrincipalId, row: &help_desk::DocumentRow| {
        help.settings.lets((&row.collection, &row.acl), &Audience::Person { id: id.clone() }, &people)
    };
    let read: BTreeSet<_> =
        live.iter().filter(|row| desk.iter().all(|id| may(id, row))).map(|row| &row.edition).collect();
    Ok(conversation.attached(turn.id, &|edition: &Edition| read.contains(edition)))
}

/// Who reads tickets beside who asked.
fn readers(help: &Help, people: &People) -> BTreeSet<PrincipalId> {
    let level = &help.settings.level;
    let all = people.people.values().filter(|person| {
        level.is_staff(person) || level.wakes(person) || person.is(Role::Admin) || person.is(Role::Auditor)
    });
    all.map(|person| person.id.clone()).collect()
}
