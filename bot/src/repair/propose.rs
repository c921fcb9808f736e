//! Proposing a plan: what is different, as far as is known, and what is to be done about it.

use countersign_domain::capabilities::{AnyRequest, Drift, Repair};
use countersign_domain::denied::Denied;
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::ports::StoreError;
use countersign_domain::repair::{Drift as _, Item, Plan, Remedy};
use countersign_domain::request::{self, Code, Command};
use countersign_projections::oversight;

use super::{Wish, wish};
use crate::access::evidence;
use crate::context::Context;
use crate::engine::{Decided, Failure};
use crate::perform::Hands;
use crate::requests::{Requests, Touched, requester, touched};

/// How many codes are tried before one that no other request holds must have been found.
const CODES: u32 = 64;

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
        evidence::folded(world).await?;
        let known = oversight::comparison(&*world.projections.rows(oversight::NAME), tenant)?;
        let people = directory.present(tenant).await?.state;
        let items = known.differences.iter().map(|found| {
            let (seen, drift) = (known.seen(&found.spot()), Drift::from(found.clone()));
            let holder = people.people.values().find(|person| drift.is_of(person));
            Item { holder: holder.map(|person| person.id.clone()), drift, remedy: Remedy::Revert, seen }
        });
        Ok(items.collect())
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
        let items = match wish::items(wishes, &self.differences(tenant).await?) {
            Ok(items) => items,
            Err(violations) => return self.refuse(context, &Denied(violations)).await,
        };
        let reason = match requests.reason(context, name, reason).await? {
            Ok(reason) => reason,
            Err(denied) => return Ok(Err(denied)),
        };
        let cause = context.cause(name, requests.world.clock.now());
        for attempt in 0..CODES {
            let code = Code::candidate(cause.command, attempt);
            let stream = StreamName::new(tenant, request::CATEGORY, code.stream_id())?;
            let first = requests.world.store.read_stream(&stream, 0, 1).await?;
            if first.first().is_some_and(|event| event.command != cause.command) {
                continue;
            }
            let requester = requester(&context.person);
            let plan = Plan { code: code.clone(), requester, items: items.clone(), reason: reason.clone() };
            let ask = || Command::<Repair>::Ask(Box::new(plan.clone())).into();
            let (engine, id) = (&requests.engine, code.stream_id());
            match engine.execute::<Option<AnyRequest>>(tenant, id, &cause, name, ask).await? {
                // Somebody took the code between our look and our append.
                Ok(done) if done.events.is_empty() => {}
                done => return Ok(done.and_then(|done| touched(code, done))),
            }
        }
        Err(Failure::Store(StoreError::Unknown(format!("no free code in {CODES} tries"))))
    }

    async fn refuse<T>(self, context: &Context, denied: &Denied) -> Result<Decided<T>, Failure> {
        let cause = context.cause("repair", self.requests.world.clock.now());
        self.requests.engine.deny(&context.tenant, &cause, "repair", None, denied).await?;
        Ok(Err(denied.clone()))
    }
}
