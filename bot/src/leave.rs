//! When people leave, or leave a group: everything that is open or in force is looked at again with the people as they are
//! now, before a permission is set as well, and the admins are told once what became of what somebody left behind.

use std::collections::{BTreeMap, BTreeSet};

use countersign_domain::access::{Access, Status};
use countersign_domain::aggregate;
use countersign_domain::capabilities::{AnyEvent, Listed as _};
use countersign_domain::card::Card;
use countersign_domain::envelope::{Cause, Envelope, derived_id};
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::ports::SurfaceKind;
use countersign_domain::request::Code;
use countersign_domain::request::Facets as _;
use countersign_domain::tenant::{People, Person, Role};
use countersign_projections::access::{self, RequestFilter, RequestRow};
use countersign_projections::repair;
use uuid::Uuid;

use crate::cards;
use crate::context::system;
use crate::directory::Directory;
use crate::engine::Failure;
use crate::perform::Hands;
use crate::requests::Requests;
use crate::talk::{Sayings, home, saying, tell};
use crate::words;
use crate::world::World;

/// In these, somebody can still gain or lose by it.
const ALIVE: [Status; 5] =
    [Status::Checking, Status::Waiting, Status::Granting, Status::Active, Status::Failed];
/// So many rows are read at once.
const PAGE: usize = 200;

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
        let rows = self.world.projections.rows(access::NAME);
        let mut changing = Vec::new();
        for row in access::in_statuses(&*rows, &event.tenant, &ALIVE)? {
            let review = self.requests.looked_at(&event.tenant, &present, &row.access).await?;
            if !row.access.review(&review, cause.at).is_empty() {
                changing.push(row);
            }
        }
        let mut became = self.review(event, cause, changing.into_iter()).await?;
        // Of what has no list of its own yet, whatever is open is looked at.
        for row in repair::open(&*self.world.projections.rows(repair::NAME), &event.tenant)? {
            let Some(code) = row.state.code() else { continue };
            let cause = Cause { command: derived_id(cause.command, code.stream_id()), ..cause.clone() };
            let events = self.requests.review_where_needed(&event.tenant, code, &cause).await?;
            became.extend((!events.is_empty()).then(|| (code.clone(), events)));
        }
        Ok(became)
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
        // Also what was ended on the way here, because of another event or before this one was cut off.
        let touched = self.touched_since(event, who)?.into_iter().map(|row| row.code);
        let codes: BTreeSet<Code> = became.keys().cloned().chain(touched).collect();
        let mut lines = Vec::new();
        for code in &codes {
            let own = became.get(code).map(Vec::as_slice).unwrap_or_default();
            lines.extend(self.lines_of(event, code, who, own).await?);
        }
        tracing::info!(tenant = %event.tenant, %who, ended = lines.len(), "somebody left, and nothing of theirs stays");
        Ok(self.tell_admins(event, cause, who, &people, &lines))
    }

    /// What became of a request since somebody left, because of them.
    async fn lines_of(
        &self,
        event: &Envelope,
        code: &Code,
        who: &PrincipalId,
        own: &[AnyEvent],
    ) -> Result<Vec<String>, Failure> {
        let Some(opened) = self.requests.read(&event.tenant, code).await? else { return Ok(vec![]) };
        let asked = Access::of(Some(&opened.request)).and_then(|access| access.asked.as_ref());
        let what = asked.map_or_else(String::new, |asked| words::listed_request(code, asked));
        let mut lines = Vec::new();
        for envelope in opened.history.iter().filter(|envelope| envelope.at >= event.at) {
            let happened: AnyEvent = aggregate::decode(envelope)?;
            let is_own = own.contains(&happened);
            if let Some(happened) = Access::happened(Some(happened))
                && (happened.is_because_of(who) || is_own)
            {
                lines.extend(words::became(&what, &happened));
            }
        }
        Ok(lines)
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
        let rows = self.world.projections.rows(access::NAME);
        let alive = access::in_statuses(&*rows, &event.tenant, &ALIVE)?;
        let own: Vec<_> = alive.iter().map(|row| &row.access).filter(|access| access.concerns(who)).collect();
        let accesses = own.iter().filter(|access| access.held().is_some()).count();
        let requests = own.iter().filter(|access| access.held().is_none()).count();
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

    /// The requests that concern somebody and changed after an event.
    fn touched_since(&self, event: &Envelope, who: &PrincipalId) -> Result<Vec<RequestRow>, Failure> {
        let rows = self.world.projections.rows(access::NAME);
        let filter = RequestFilter { concerning: Some(who.clone()), ..RequestFilter::default() };
        let (mut touched, mut after) = (Vec::new(), None::<String>);
        loop {
            let page = access::list(&*rows, &event.tenant, &filter, after.as_deref(), PAGE)?;
            touched.extend(page.items.into_iter().filter(|row| row.position > event.pos));
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(touched),
            }
        }
    }

    /// The same request is looked at once for an event: asked again, it answers what came of it then.
    async fn review(
        &self,
        event: &Envelope,
        cause: &Cause,
        rows: impl Iterator<Item = RequestRow>,
    ) -> Result<BTreeMap<Code, Vec<AnyEvent>>, Failure> {
        let (mut became, mut outcome) = (BTreeMap::new(), Ok(()));
        for row in rows {
            let command = derived_id(cause.command, row.code.stream_id());
            let cause = Cause { command, ..cause.clone() };
            // One that fails does not keep what others hold from ending.
            match self.requests.review(&event.tenant, &row.code, &cause).await {
                Ok(events) => drop(became.insert(row.code, events)),
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
    let correlation = opened.history.first().map(|first| first.correlation);
    let cause = Cause {
        actor: system("outbox"),
        command: derived_id(effect, "review"),
        correlation: correlation.unwrap_or(effect),
        causation: effect,
        at: world.clock.now(),
    };
    requests.review_if_needed(tenant, &opened, &cause).await.map(drop)
}
