//! What people look at: lists and stories, from the read models and the log.

use countersign_domain::aggregate;
use countersign_domain::effect::{EffectState, Wish as _};
use countersign_domain::envelope::Envelope;
use countersign_domain::names::Tenant;
use countersign_domain::tenant::{Person, Role};
use countersign_projections::request::{self, RequestFilter, RequestRow, Which};
use countersign_projections::{ProjectionError, RowsError, effect};

use super::Chat;
use super::narrowing::only_those_asked_about;
use crate::capabilities;
use crate::cards::{self, Happened, Shown};
use crate::context::Context;
use crate::engine::{Decided, Failure};
use crate::open_beside;
use crate::requests::Opened;
use crate::words;
use countersign_domain::card::Card;

/// How many cards are shown at once; how many more there are is said.
const SHOWN: usize = 30;
/// Of what somebody ever asked for or decided on, so much is looked through.
const PAST: usize = 500;
/// How many effects are listed at once.
const LISTED: usize = 20;

/// What somebody finds on their home page.
#[derive(Debug)]
pub struct Home {
    /// What waits for their countersignature.
    pub waiting: Vec<Card>,
    /// What they asked for and do not have yet.
    pub requests: Vec<Card>,
    /// What they have.
    pub access: Vec<Card>,
}

impl Chat {
    /// What is on the viewer's screen at the start: what waits for their countersignature, their open requests and
    /// accesses, and, for admins, what failed. The newest first, at most thirty, and how many more there are.
    pub async fn cards_for(&self, tenant: &Tenant, viewer: &Person) -> Result<Vec<Card>, Failure> {
        let mut rows = self.waiting_for(tenant, viewer).await?;
        rows.extend(self.own_open(tenant, viewer)?);
        if viewer.is(Role::Admin) {
            rows.extend(self.list(
                tenant,
                &RequestFilter { which: Which::Failed, ..RequestFilter::default() },
                usize::MAX,
            )?);
        }
        let mut cards = self.draw(tenant, viewer, rows, SHOWN).await?;
        if viewer.is(Role::Admin) {
            // Not every administrator is linked to a chat in which they could have been told.
            cards.splice(0..0, self.alarms(tenant).await?);
        }
        Ok(cards)
    }

    /// What somebody finds on their home page: what waits for them, what they asked for, and what they have.
    pub async fn home(&self, tenant: &Tenant, viewer: &Person) -> Result<Home, Failure> {
        self.caught_up().await;
        let waiting = self.waiting_for(tenant, viewer).await?;
        let own = self.own_open(tenant, viewer)?.into_iter();
        let (access, requests) = own.partition(|row| row.request.is_in_force());
        // Where it is shown it is cut as that surface has room, and so much is said there: here all of it is counted.
        let all = usize::MAX;
        Ok(Home {
            waiting: self.draw(tenant, viewer, waiting, all).await?,
            requests: self.draw(tenant, viewer, requests, all).await?,
            access: self.draw(tenant, viewer, access, all).await?,
        })
    }

    /// The accesses that who speaks has now; where they `asked` about some of them in so many words, only those.
    pub(crate) async fn held_by(&self, context: &Context, asked: Option<&str>) -> Result<Vec<Card>, Failure> {
        let id = &context.person.id;
        let mut rows = self.own_open(&context.tenant, &context.person)?;
        rows.retain(|row| {
            let is_theirs = row.request.subjects().contains(&id);
            is_theirs && (row.request.is_in_force() || row.request.is_coming_into_force())
        });
        if let Some(asked) = asked {
            only_those_asked_about(&mut rows, asked);
        }
        self.draw(&context.tenant, &context.person, rows, SHOWN).await
    }

    /// Who may countersign a request now.
    pub(crate) fn approvers(&self, context: &Context, opened: &Opened) -> Card {
        capabilities::approvers(self.shown(context, opened))
    }

    /// What happened to a request that somebody names, and why.
    pub(crate) async fn story(
        &self,
        context: &Context,
        name: &'static str,
        given: Option<&str>,
    ) -> Result<Decided<Card>, Failure> {
        let code = match self.code_in(context, name, given).await? {
            Ok(code) => code,
            Err(denied) => return Ok(Err(denied)),
        };
        let (opened, history) = match self.requests.open_with_history(context, name, &code).await? {
            Ok(opened) => opened,
            Err(denied) => return Ok(Err(denied)),
        };
        let happened = |event: &Envelope| Ok(Happened { at: event.at, event: aggregate::decode(event)? });
        let events = history.iter().map(happened).collect::<Result<_, Failure>>()?;
        Ok(Ok(cards::story(self.shown(context, &opened), events)))
    }

    /// What was opened, as who speaks looks at it.
    pub(crate) fn shown<'a>(&'a self, context: &'a Context, opened: &'a Opened) -> Shown<'a> {
        let Opened { code, request, present, .. } = opened;
        Shown {
            code,
            request,
            viewer: Some(&context.person),
            people: &present.state,
            now: self.now(),
            beside: None,
            rules: present.rules_version(),
            collections: self.world.collections(&context.tenant),
        }
    }

    /// The newest effects in a state.
    pub(crate) fn effects(
        &self,
        context: &Context,
        state: Option<EffectState>,
    ) -> Result<Vec<Card>, Failure> {
        let rows = self.world.projections.rows(effect::NAME);
        let items = effect::list(&*rows, &context.tenant, state, None, LISTED)?.items;
        if items.is_empty() {
            return Ok(vec![cards::nothing(words::no_effects())]);
        }
        let lines: Vec<_> = items
            .iter()
            .filter_map(|row| {
                let wish = row.effects.effect.as_ref()?;
                let (id, why) = (row.id.to_string(), row.effects.why.as_deref());
                Some(words::effect(&id, row.effects.state.as_str(), wish.kind(), wish.code(), why))
            })
            .collect();
        let parked: Vec<_> = items
            .iter()
            .filter(|row| row.effects.state == EffectState::Parked && context.person.is(Role::Admin))
            .map(|row| row.id.to_string())
            .collect();
        let counts = table(effect::counts(&*rows, &context.tenant))?;
        let all: u64 = counts
            .iter()
            .filter(|(own, _)| state.is_none_or(|state| state == **own))
            .map(|(_, count)| count)
            .sum();
        Ok(vec![cards::effects(&lines, &parked, all)])
    }

    /// What somebody asked for or has, and in which something can still happen; the newest first.
    pub(super) fn own_open(&self, tenant: &Tenant, person: &Person) -> Result<Vec<RequestRow>, Failure> {
        let concerning = Some(person.id.clone());
        let own = RequestFilter { which: Which::Open, concerning, ..RequestFilter::default() };
        Ok(self
            .list(tenant, &own, usize::MAX)?
            .into_iter()
            .filter(|row| row.request.is_for(&person.id))
            .collect())
    }

    /// What somebody asked for, has, or has decided on, whatever became of it; the newest first.
    pub(super) fn concerned_with(
        &self,
        tenant: &Tenant,
        person: &Person,
    ) -> Result<Vec<RequestRow>, Failure> {
        let concerning = Some(person.id.clone());
        self.list(tenant, &RequestFilter { concerning, ..RequestFilter::default() }, PAST)
    }

    /// What is in force in this tenant, the newest first.
    pub(super) fn in_force(&self, tenant: &Tenant) -> Result<Vec<RequestRow>, Failure> {
        self.list(tenant, &RequestFilter { which: Which::InForce, ..RequestFilter::default() }, usize::MAX)
    }

    /// All that waits for this person's countersignature, the newest first: what is meant is looked for among all of it.
    pub(super) async fn waiting_for(
        &self,
        tenant: &Tenant,
        viewer: &Person,
    ) -> Result<Vec<RequestRow>, Failure> {
        let (people, now) = (self.directory.present(tenant).await?.state, self.now());
        let rows = self.world.projections.rows(request::NAME);
        let mut found = Vec::new();
        for code in table(request::waiting(&*rows, tenant))?.iter().rev() {
            let row = table(request::find(&*rows, tenant, code))?;
            found.extend(row.filter(|row| cards::could_decide(&*row.request, &people, viewer, now)));
        }
        Ok(found)
    }

    fn list(&self, tenant: &Tenant, filter: &RequestFilter, most: usize) -> Result<Vec<RequestRow>, Failure> {
        let rows = self.world.projections.rows(request::NAME);
        Ok(request::list(&*rows, tenant, filter, None, most)?.items)
    }

    /// So many cards of these as are shown at once, and how many more there are.
    async fn draw(
        &self,
        tenant: &Tenant,
        viewer: &Person,
        mut rows: Vec<RequestRow>,
        most: usize,
    ) -> Result<Vec<Card>, Failure> {
        let present = self.directory.present(tenant).await?;
        let now = self.world.clock.now();
        let mut known = std::collections::BTreeSet::new();
        rows.retain(|row| known.insert(row.code.clone()));
        let more = rows.len().saturating_sub(most);
        rows.truncate(most);
        let (viewer, people, rules) = (Some(viewer), &*present.state, present.rules_version());
        let collections = self.world.collections(tenant);
        let shown = |RequestRow { code, request, .. }: &RequestRow| -> Result<Card, Failure> {
            let shown = Shown { code, request, viewer, people, now, beside: None, rules, collections };
            open_beside::card(&self.world, tenant, shown)
        };
        let mut drawn = rows.iter().map(shown).collect::<Result<Vec<_>, _>>()?;
        if more > 0 {
            drawn.push(cards::lines(words::NOT_ALL, &[words::and_more(more, "status")]));
        }
        Ok(drawn)
    }
}

fn table<T>(found: Result<T, RowsError>) -> Result<T, Failure> {
    Ok(found.map_err(ProjectionError::from)?)
}
