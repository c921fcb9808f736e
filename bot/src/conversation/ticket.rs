//! A turn that was not enough becomes a ticket: with what who asked said of the same subject, and of what was answered to them that
//! which people of the desk may read. Who asked sees before what that comes to.

use countersign_domain::audience::Audience;
use countersign_domain::conversation::{Conversation, Turn};
use countersign_domain::envelope::Cause;
use countersign_domain::names::Tenant;
use countersign_domain::ports::Edition;
use countersign_domain::support::{Attached, KeptFrom, Opened, Turn as Of};
use countersign_domain::tenant::{People, Person, Role};
use countersign_projections::help_desk::{self, DocumentRow};
use uuid::Uuid;

use crate::engine::Failure;
use crate::help::Help;
use crate::requests::Requests;
use crate::support;

/// Opens it, and says its number. The same turn is the same ticket, however often it is asked for. `alone`: with nothing but what was
/// asked.
pub(super) async fn open(
    requests: &Requests,
    of: (&Tenant, &Cause),
    help: &Help,
    (id, conversation, turn): (Uuid, &Conversation, &Turn),
    (marker, alone): (Uuid, bool),
) -> Result<Option<u64>, Failure> {
    let asked = &turn.asked;
    let subject = Some(support::subject(&asked.text)).filter(|subject| !subject.is_empty());
    let attached = if alone { None } else { attached(requests, of.0, help, (conversation, turn)).await? };
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
pub(super) async fn attached(
    requests: &Requests,
    tenant: &Tenant,
    help: &Help,
    (conversation, turn): (&Conversation, &Turn),
) -> Result<Option<Attached>, Failure> {
    requests.world.folded().await?;
    let people = requests.directory.anew(tenant).await?.state;
    let rows = requests.world.projections.rows(help_desk::NAME);
    let (all, live) = (help_desk::documents(&*rows, tenant)?, help_desk::live(&*rows, tenant)?);
    let reading = Reading { help, people: &people, all: &all, live: &live };
    Ok(conversation.attached(turn.id, &|edition: &Edition| reading.kept_from(edition)))
}

/// Who reads tickets, and what there is to be read.
struct Reading<'a> {
    help: &'a Help,
    people: &'a People,
    all: &'a [DocumentRow],
    live: &'a [DocumentRow],
}

impl Reading<'_> {
    /// From whom what is taken from this document is kept; from nobody where all who read tickets may read it. Of a version that another
    /// took the place of, that one says as well who may.
    fn kept_from(&self, edition: &Edition) -> Option<KeptFrom> {
        let row = self.all.iter().find(|row| row.edition == *edition);
        let now = row.and_then(|row| self.live.iter().find(|live| live.document == row.document));
        let (Some(row), Some(now)) = (row, now) else { return Some(KeptFrom::Everybody) };
        let may = |person: &Person| {
            let audience = Audience::Person { id: person.id.clone() };
            let lets = |row: &DocumentRow| {
                self.help.settings.lets((&row.collection, &row.acl), &audience, self.people)
            };
            lets(row) && lets(now)
        };
        let level = &self.help.settings.level;
        let kept = |person: &Person| {
            let sees_all = level.wakes(person) || person.is(Role::Admin) || person.is(Role::Auditor);
            let from = if level.is_staff(person) {
                Some(KeptFrom::Desk)
            } else {
                sees_all.then_some(KeptFrom::Others)
            };
            from.filter(|_| !may(person))
        };
        self.people.people.values().filter_map(kept).max()
    }
}
