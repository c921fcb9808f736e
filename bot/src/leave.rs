//! When people leave, or leave a group: everything that is open or in force is looked at again with the people as they are
//! now, before a permission is set as well, and the admins are told once what became of what somebody left behind.

use std::collections::{BTreeMap, BTreeSet};

use countersign_domain::aggregate;
use countersign_domain::capabilities::AnyEvent;
use countersign_domain::card::Card;
use countersign_domain::envelope::{Cause, Envelope, Position, derived_id};
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::ports::SurfaceKind;
use countersign_domain::request::Code;
use countersign_domain::tenant::{People, Person, Role};
use countersign_projections::{ProjectionError, request};
use jiff::Timestamp;
use uuid::Uuid;

use crate::capabilities;
use crate::cards::{self, Shown};
use crate::conversation;
use crate::directory::Directory;
use crate::engine::Failure;
use crate::perform::Hands;
use crate::requests::Requests;
use crate::talk::{Sayings, home, saying, tell};
use crate::words;
use crate::world::World;

/// Looks again at what is open or in force.
#[derive(Clone, Copy)]
pub struct Reviews<'a> {
    /// Every outside thing.
    pub world: &'a World,
    /// People and rules.
    pub directory: &'a Directory,
    /// What is done with requests.
    pub requests: &'a Requests,
}

impl Reviews<'_> {
    /// Looks at everything; says what became of which request.
    pub async fn everything(
        &self,
        event: &Envelope,
        cause: &Cause,
    ) -> Result<BTreeMap<Code, Vec<AnyEvent>>, Failure> {
        self.catch_up(event).await?;
        let present = self.directory.present(&event.tenant).await?;
        let mut changing = Vec::new();
        for row in request::open(&*self.world.projections.rows(request::NAME), &event.tenant)? {
            let known = (&row.request, cause.at);
            let (_, changes) = capabilities::reviewed(self.requests, &event.tenant, &present, known).await?;
            changing.extend(changes.then_some(row.code));
        }
        self.review(event, cause, changing).await
    }

    /// The same because somebody left; with what is to be said about it to the admins.
    pub async fn somebody_left(
        &self,
        event: &Envelope,
        cause: &Cause,
        who: &PrincipalId,
    ) -> Result<Sayings, Failure> {
        let became = self.everything(event, cause).await?;
        let people = self.directory.present(&event.tenant).await?.state;
        self.catch_up(event).await?;
        let name = people.left.get(who).map_or_else(|| who.to_string(), |person| person.name.clone());
        conversation::leave(self.requests, (&event.tenant, cause), who, &name).await?;
        // Also what was ended on the way here, because of another event or before this one was cut off.
        let mut codes = ended_because_of(self.world, &event.tenant, who, event.pos)?;
        codes.extend(became.keys().cloned());
        let mut lines = Vec::new();
        for code in &codes {
            let own = became.get(code).map(Vec::as_slice).unwrap_or_default();
            lines.extend(lines_of(self.requests, &event.tenant, code, (who, event.at), own).await?);
        }
        tracing::info!(tenant = %event.tenant, %who, ended = lines.len(), "somebody left, and nothing of theirs stays");
        Ok(self.tell_admins(event, cause, who, &people, &lines))
    }

    fn tell_admins(
        &self,
        event: &Envelope,
        cause: &Cause,
        who: &PrincipalId,
        people: &People,
        lines: &[String],
    ) -> Sayings {
        let left = people.left.get(who);
        let name = left.map_or_else(|| who.to_string(), |person| person.name.clone());
        let alone = left.map(|left| left_alone(left, people, cause)).unwrap_or_default();
        self.to_admins(event, cause, people, &cards::somebody_left(&name, lines, &alone))
    }

    /// A vendor says that somebody's account there is no member's any more. Who belongs here is for the configuration to
    /// say, so nothing ends with it but that account; the admins hear of it, and what there is to end.
    pub async fn switched_off(
        &self,
        event: &Envelope,
        cause: &Cause,
        who: &PrincipalId,
        surface: SurfaceKind,
    ) -> Result<Sayings, Failure> {
        self.catch_up(event).await?;
        let people = self.directory.present(&event.tenant).await?.state;
        let Some(person) = people.people.get(who) else { return Ok(vec![]) };
        let open = request::open(&*self.world.projections.rows(request::NAME), &event.tenant)?;
        let own = open.iter().map(|row| &row.request).filter(|request| request.is_for(who));
        let (accesses, requests): (Vec<_>, Vec<_>) =
            own.partition(|request| request.is_in_force() || request.is_coming_into_force());
        let (accesses, requests) = (accesses.len(), requests.len());
        let card = cards::switched_off(&person.name, surface, requests, accesses);
        Ok(self.to_admins(event, cause, &people, &card))
    }

    fn to_admins(self, event: &Envelope, cause: &Cause, people: &People, card: &Card) -> Sayings {
        if self.world.talk(&event.tenant).is_none() {
            return vec![];
        }
        let admins = people.people.values().filter(|person| person.is(Role::Admin));
        let told = admins.filter_map(|admin| {
            let place = home(people, &admin.id, None)?;
            Some(saying(cause.command, tell(None, place, Some(&admin.id), card.clone(), true)))
        });
        told.collect()
    }

    /// The same request is looked at once for an event: asked again, it answers what came of it then.
    async fn review(
        &self,
        event: &Envelope,
        cause: &Cause,
        codes: Vec<Code>,
    ) -> Result<BTreeMap<Code, Vec<AnyEvent>>, Failure> {
        let (mut became, mut outcome) = (BTreeMap::new(), Ok(()));
        for code in codes {
            let command = derived_id(cause.command, code.stream_id());
            let cause = Cause { command, ..cause.clone() };
            // One that fails does not keep what others hold from ending.
            match self.requests.review(&event.tenant, &code, &cause).await {
                Ok(events) => drop(became.insert(code, events)),
                Err(failure) => outcome = outcome.and(Err(failure)),
            }
        }
        outcome.map(|()| became)
    }

    async fn catch_up(&self, event: &Envelope) -> Result<(), Failure> {
        let head = self.world.store.head().await?.unwrap_or(event.pos);
        Ok(self.world.projections.wait_for(head).await?)
    }
}

/// What became of what somebody left behind: what administrators were told, for those who could not be.
pub(crate) async fn left_behind(
    world: &World,
    requests: &Requests,
    tenant: &Tenant,
    (who, at): (&PrincipalId, Timestamp),
) -> Result<Vec<String>, Failure> {
    let mut lines = Vec::new();
    // Whoever has left twice has left things behind twice: what was before is told apart by its time.
    for code in ended_because_of(world, tenant, who, Position::from_store(0))? {
        lines.extend(lines_of(requests, tenant, &code, (who, at), &[]).await?);
    }
    Ok(lines)
}

/// What became of a request since somebody left, because of them.
async fn lines_of(
    requests: &Requests,
    tenant: &Tenant,
    code: &Code,
    (who, at): (&PrincipalId, Timestamp),
    own: &[AnyEvent],
) -> Result<Vec<String>, Failure> {
    let Some((opened, history)) = requests.read_with_history(tenant, code).await? else { return Ok(vec![]) };
    let (request, people) = (&opened.request, &*opened.present.state);
    let collections = requests.world.collections(tenant);
    let shown = Shown { code, request, viewer: None, people, now: at, beside: None, rules: 0, collections };
    let mut lines = Vec::new();
    for envelope in history.iter().filter(|envelope| envelope.at >= at) {
        let happened: AnyEvent = aggregate::decode(envelope)?;
        if happened.because_of() == Some(who) || own.contains(&happened) {
            lines.extend(capabilities::became(shown, &happened));
        }
    }
    Ok(lines)
}

/// The requests of which something came about after this place in the log because somebody left.
fn ended_because_of(
    world: &World,
    tenant: &Tenant,
    who: &PrincipalId,
    after: Position,
) -> Result<BTreeSet<Code>, Failure> {
    let rows = world.projections.rows(request::NAME);
    Ok(request::because_of(&*rows, tenant, who, after).map_err(ProjectionError::from)?)
}

/// Those who are away and have nobody to stand in for them any more.
fn left_alone(left: &Person, people: &People, cause: &Cause) -> Vec<String> {
    let is_empty = |group: &str| !people.people.values().any(|person| person.groups.contains(group));
    let alone = people.people.values().filter_map(|person| {
        let away = people.preferences(&person.id).away.filter(|away| cause.at < away.until)?;
        let group = away.deputies.filter(|group| left.groups.contains(group) && is_empty(group))?;
        Some(words::nobody_stands_in(&person.name, &group))
    });
    alone.collect()
}

/// Before a permission is set it is looked at once more whether it may be: who was to have it, asked or countersigned may be
/// gone since.
pub async fn before_granting(
    hands: Hands<'_>,
    tenant: &Tenant,
    effect: Uuid,
    code: &Code,
) -> Result<(), Failure> {
    let Hands { world, engine, directory } = hands;
    let requests = Requests::new(world.clone(), engine.clone(), directory.clone());
    let Some(opened) = requests.read(tenant, code).await? else { return Ok(()) };
    let cause = hands.cause(effect, "review", &opened);
    requests.review_if_needed(tenant, &opened, &cause).await.map(drop)
}
