//! Proposing a plan: what is different, as far as is known, and what is to be done about it.

use countersign_domain::capabilities::{Drift, Repair};
use countersign_domain::denied::Denied;
use countersign_domain::names::Tenant;
use countersign_domain::repair::{Drift as _, Item, Plan, Remedy, may_propose, no_proposer};
use countersign_domain::tenant::Role;
use countersign_projections::oversight;

use super::{Wish, wish};
use crate::context::Context;
use crate::engine::{Decided, Failure};
use crate::perform::Hands;
use crate::requests::{Requests, Touched, requester};

/// What only repairs can be asked.
#[derive(Clone, Copy)]
pub struct Repairs<'a> {
    pub(super) requests: &'a Requests,
}

impl<'a> Repairs<'a> {
    /// The operations, beside those on every request.
    pub const fn new(requests: &'a Requests) -> Self {
        Self { requests }
    }

    pub(super) const fn hands(self) -> Hands<'a> {
        let Requests { world, engine, directory, .. } = self.requests;
        Hands { world, engine, directory }
    }

    /// All that is different, as far as is known, each as a plan would begin with it.
    pub async fn differences(self, tenant: &Tenant) -> Result<Vec<Item<Drift>>, Failure> {
        let Requests { world, directory, .. } = self.requests;
        world.folded().await?;
        let known = oversight::comparison(&*world.projections.rows(oversight::NAME), tenant)?;
        let people = directory.present(tenant).await?.state;
        let items = known.differences.iter().map(|found| {
            let (seen, drift) = (known.seen(&found.spot()), Drift::from(found.clone()));
            let holder = people.people.values().find(|person| drift.is_of(person));
            Item { holder: holder.map(|person| person.id.clone()), drift, remedy: Remedy::Revert, seen }
        });
        Ok(items.collect())
    }

    /// The differences that who speaks may propose something about, known before anything is looked at: whoever may not hears
    /// nothing of what there is, and not even that there is something.
    pub(super) async fn theirs(self, context: &Context) -> Result<Decided<Vec<Item<Drift>>>, Failure> {
        let (person, mut all) = (&context.person, self.differences(&context.tenant).await?);
        if person.is(Role::Admin) {
            return Ok(Ok(all));
        }
        let present = self.requests.directory.to_decide(&context.tenant).await?;
        all.retain(|item| {
            present.rules.as_ref().is_some_and(|rules| may_propose(person, &item.drift, rules))
        });
        Ok(if all.is_empty() { Err(no_proposer().into()) } else { Ok(all) })
    }

    /// Proposes a plan. What is different now, what the rules say to it and whether it is too much at once, the check that
    /// follows finds out.
    pub async fn propose(
        self,
        context: &Context,
        wishes: &[Wish],
        reason: Option<&str>,
    ) -> Result<Decided<Touched>, Failure> {
        let (requests, tenant, name) = (self.requests, &context.tenant, "repair");
        let theirs = self.theirs(context).await?;
        let items = match theirs.and_then(|theirs| wish::items(wishes, &theirs).map_err(Denied)) {
            Ok(items) => items,
            Err(denied) => return self.refuse(context, &denied).await,
        };
        let reason = match requests.reason(context, name, reason).await? {
            Ok(reason) => reason,
            Err(denied) => return Ok(Err(denied)),
        };
        let cause = context.cause(name, requests.world.clock.now());
        let requester = requester(&context.person);
        let plan =
            |code| Plan { code, requester: requester.clone(), items: items.clone(), reason: reason.clone() };
        requests.begin::<Repair>(tenant, &cause, name, plan).await
    }

    async fn refuse<T>(self, context: &Context, denied: &Denied) -> Result<Decided<T>, Failure> {
        let cause = context.cause("repair", self.requests.world.clock.now());
        self.requests.engine.deny(&context.tenant, &cause, "repair", None, denied).await?;
        Ok(Err(denied.clone()))
    }
}
