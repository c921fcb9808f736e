//! Who is told of a plan where they talk: those who may countersign it when it waits, and who proposed it when it is over.

use countersign_domain::capabilities::Then;
use countersign_domain::card::Card;
use countersign_domain::envelope::Envelope;
use countersign_domain::names::Tenant;
use countersign_domain::request::{Code, Stage};
use countersign_domain::tenant::{Person, TenantState};
use countersign_projections::repair as rows;
use uuid::Uuid;

use super::{Repairs, State, card};
use crate::engine::Failure;
use crate::talk::{Sayings, home, saying, tell};

impl Repairs {
    /// The plans that are not over and that somebody could decide on, or proposed, as they see them.
    pub async fn cards_for(&self, tenant: &Tenant, viewer: &Person) -> Result<Vec<Card>, Failure> {
        let people = self.directory.present(tenant).await?.state;
        let absent = people.absent_for(viewer, self.world.clock.now());
        let open = rows::open(&*self.world.projections.rows(rows::NAME), tenant)?;
        let theirs = open.iter().map(|row| &row.state).filter(|state| {
            state.could_countersign(viewer)
                || state.could_stand_in(viewer, &absent)
                || state.asked.as_ref().is_some_and(|plan| plan.requester.id == viewer.id)
        });
        let card = |state: &State| Some(card::repair(&state.asked.as_ref()?.code, state, viewer));
        Ok(theirs.filter_map(card).collect())
    }

    /// What is said of a plan because of an event of it; nothing where it is about no plan.
    pub async fn said(&self, event: &Envelope, then: &Then, id: Uuid) -> Result<Option<Sayings>, Failure> {
        let (Then::Mirror { code } | Then::Announce { code } | Then::Remind { code }) = then else {
            return Ok(None);
        };
        let Some(state) = self.find(&event.tenant, code).await? else { return Ok(None) };
        let people = self.directory.present(&event.tenant).await?.state;
        Ok(Some(match then {
            Then::Announce { .. } | Then::Remind { .. } => self.asked(&state, &people, code, id),
            _ => vec![],
        }))
    }

    /// Those whom a plan concerns are told how it went.
    pub async fn notify(&self, event: &Envelope, code: &Code, id: Uuid) -> Result<Sayings, Failure> {
        let Some(state) = self.find(&event.tenant, code).await? else { return Ok(vec![]) };
        let people = self.directory.present(&event.tenant).await?.state;
        let proposer = state.asked.as_ref().map(|plan| &plan.requester.id);
        let signers = state.countersigned_by.iter().filter(|_| state.stage != Stage::Waiting);
        let whom = proposer.into_iter().chain(signers).filter_map(|id| people.people.get(id));
        Ok(whom.filter_map(|person| to(&people, person, card::repair(code, &state, person), id)).collect())
    }

    fn asked(&self, state: &State, people: &TenantState, code: &Code, id: Uuid) -> Sayings {
        let now = self.world.clock.now();
        let could = people.people.values().filter(|person| {
            state.could_countersign(person) || state.could_stand_in(person, &people.absent_for(person, now))
        });
        could.filter_map(|person| to(people, person, card::repair(code, state, person), id)).collect()
    }
}

fn to(
    people: &TenantState,
    person: &Person,
    card: Card,
    id: Uuid,
) -> Option<(Uuid, countersign_domain::capabilities::Effect)> {
    let place = home(people, &person.id, None)?;
    Some(saying(id, tell(None, place, Some(&person.id), card, true)))
}
