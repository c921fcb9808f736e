//! Repairs: plans that put right what is held otherwise than the log wants, from the proposal to the last item. The operations
//! behind every sentence and every route.

pub mod card;
pub(crate) mod chat;
mod dry;
mod told;
mod wish;

use std::collections::BTreeMap;
use std::sync::Arc;

use countersign_domain::access::{AccessCommand, AccessRequest, GrantCommand, Permission, Spot};
use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::capabilities::{Drift, Repair};
use countersign_domain::denied::{Denied, Violation};
use countersign_domain::envelope::{Cause, Digest, Position, derived_id};
use countersign_domain::names::{PrincipalId, StreamName, Tenant};
use countersign_domain::ports::{CallError, StoreError};
use countersign_domain::repair::{
    self, Changed, Drift as _, Elsewhere, Found, Item, Plan, Remedy, RepairRequest, ruling,
};
use countersign_domain::request::{self, Code, Command, Common, Countersignature, RequestEvent, Review};
use countersign_domain::rules::Ruling;
use countersign_domain::words::could_not;
use countersign_projections::{access, oversight, repair as rows};
use jiff::SignedDuration;
use uuid::Uuid;

pub use dry::Dry;
pub use wish::{NotAWish, What, Wish};

use crate::context::{Context, system};
use crate::directory::{Directory, Present};
use crate::engine::{Decided, Done, Engine, Failure};
use crate::evidence;
use crate::perform::{Hands, look_at_drift};
use crate::requests::requester;
use crate::world::World;

/// How many codes are tried before one that no other request holds must have been found.
const CODES: u32 = 64;
/// What plans change within so long counts as changed at once.
const AT_ONCE: SignedDuration = SignedDuration::from_hours(1);

/// A repair, as the log has it.
pub type State = RepairRequest<Drift>;

/// The operations.
#[derive(Clone)]
pub struct Repairs {
    world: World,
    engine: Engine,
    directory: Directory,
}

/// A plan after something was done with it.
#[derive(Debug)]
pub struct Touched {
    /// Its code.
    pub code: Code,
    /// How it stands.
    pub state: State,
    /// The position to wait for before reading what this wrote.
    pub position: Option<Position>,
}

/// What an account lost past the log, and who says that this is how it is meant.
#[derive(Debug, Clone)]
pub struct TakenAway {
    /// Where.
    pub spot: Spot,
    /// What is left.
    pub left: Option<Permission>,
    /// By which repair.
    pub repair: Code,
    /// Who countersigned it.
    pub by: Vec<PrincipalId>,
}

impl Repairs {
    /// The operations on this world.
    pub const fn new(world: World, engine: Engine, directory: Directory) -> Self {
        Self { world, engine, directory }
    }

    const fn hands(&self) -> Hands<'_> {
        Hands { world: &self.world, engine: &self.engine, directory: &self.directory }
    }

    /// All that is different, as far as is known, each as a plan would begin with it.
    pub async fn differences(&self, tenant: &Tenant) -> Result<Vec<Item<Drift>>, Failure> {
        evidence::folded(&self.world).await?;
        let known = oversight::comparison(&*self.world.projections.rows(oversight::NAME), tenant)?;
        let people = self.directory.present(tenant).await?.state;
        let item = |found: &countersign_domain::access::Deviation| {
            let (seen, drift) = (known.seen(&found.spot()), Drift::from(found.clone()));
            let holder = people.people.values().find(|person| drift.is_of(person));
            Item { holder: holder.map(|person| person.id.clone()), drift, remedy: Remedy::Revert, seen }
        };
        Ok(known.differences.iter().map(item).collect())
    }

    /// Proposes a plan. What is different now, what the rules say to it and whether it is too much at once, the check that
    /// follows finds out.
    pub async fn propose(
        &self,
        context: &Context,
        wishes: &[Wish],
        reason: Option<&str>,
    ) -> Result<Decided<Touched>, Failure> {
        let (tenant, name) = (&context.tenant, "repair");
        let items = match wish::items(wishes, &self.differences(tenant).await?) {
            Ok(items) => items,
            Err(violations) => return self.refuse(context, name, Denied(violations)).await,
        };
        let reason = reason.map(str::trim).filter(|reason| !reason.is_empty()).map(str::to_owned);
        let (field, most) =
            (countersign_domain::denied::Field::Reason, countersign_domain::access::REASON_MAX);
        let fault =
            reason.as_deref().and_then(|reason| countersign_domain::access::text_fault(field, reason, most));
        if let Some(fault) = fault {
            return self.refuse(context, name, fault.into()).await;
        }
        let cause = context.cause(name, self.world.clock.now());
        for attempt in 0..CODES {
            let code = Code::candidate(cause.command, attempt);
            let stream = StreamName::new(tenant, request::CATEGORY, code.stream_id())?;
            let first = self.world.store.read_stream(&stream, 0, 1).await?;
            if first.first().is_some_and(|event| event.command != cause.command) {
                continue;
            }
            let requester = requester(&context.person);
            let plan = Plan { code: code.clone(), requester, items: items.clone(), reason: reason.clone() };
            let ask = || Command::Ask(Box::new(plan.clone()));
            let done = self.engine.execute::<State>(tenant, code.stream_id(), &cause, name, ask).await?;
            match done {
                // Somebody took the code between our look and our append.
                Ok(done) if done.events.is_empty() => {}
                Ok(done) => return Ok(Ok(touched(code, done))),
                Err(denied) => return Ok(Err(denied)),
            }
        }
        Err(Failure::Store(StoreError::Unknown(format!("no free code in {CODES} tries"))))
    }

    /// The plan of this code, as the log has it now; nothing where there is none, or the code is of something else.
    pub async fn find(&self, tenant: &Tenant, code: &Code) -> Result<Option<State>, Failure> {
        let stream = StreamName::new(tenant, request::CATEGORY, code.stream_id())?;
        let first = self.world.store.read_stream(&stream, 0, 1).await?;
        if first.first().is_none_or(|event| event.kind != "repair_requested") {
            return Ok(None);
        }
        Ok(Some(self.engine.load::<State>(&stream, None).await?.state))
    }

    /// Countersigns a plan. `receipt` is what a button carried; nothing stands for a typed sentence, and for what stands now.
    pub async fn countersign(
        &self,
        context: &Context,
        code: &Code,
        receipt: Option<Digest>,
    ) -> Result<Decided<Touched>, Failure> {
        let (tenant, name, now) = (&context.tenant, "approve", self.world.clock.now());
        self.review(tenant, code, &context.cause("review", now)).await?;
        let Some(state) = self.find(tenant, code).await? else {
            return self
                .refuse(context, name, Violation::UnknownCode { given: code.to_string() }.into())
                .await;
        };
        let present = self.directory.present(tenant).await?;
        let signature = Countersignature {
            by: context.person.clone(),
            people: Arc::clone(&present.state),
            receipt: receipt.or_else(|| state.receipt()),
            rules: present.rules_version(),
            assurance: context.assurance,
            past: self.elsewhere(tenant, code).await?,
        };
        let command = || Command::Countersign(Box::new(signature.clone()));
        if state.decide(command(), now).is_ok()
            && let Err(denied) = self.look_again(context, name, code, &state).await?
        {
            return Ok(Err(denied));
        }
        self.act(context, name, code, command).await
    }

    /// Says no to a plan, takes it or a countersignature back: what says nothing of what is asked for.
    pub async fn common(
        &self,
        context: &Context,
        name: &'static str,
        code: &Code,
        common: Common,
    ) -> Result<Decided<Touched>, Failure> {
        let command = match common {
            Common::TakeBack { by, assurance } => Command::TakeBack { by, assurance },
            Common::Deny { by, absent, receipt, reason } => Command::Deny { by, absent, receipt, reason },
            Common::Withdraw { by } => Command::Withdraw { by },
            Common::Announce { by } => Command::Announce { by },
            Common::Delay { vendor } => Command::Delay { vendor },
            Common::Due { .. } => Command::Lapse,
        };
        self.act(context, name, code, || command.clone()).await
    }

    /// Those whom somebody may stand in for now.
    pub async fn absent_for(
        &self,
        context: &Context,
    ) -> Result<Vec<countersign_domain::tenant::Person>, Failure> {
        let people = self.directory.present(&context.tenant).await?.state;
        Ok(people.absent_for(&context.person, self.world.clock.now()))
    }

    /// What is held is looked at once more before a countersignature counts; a "no" where it is otherwise than was shown, and
    /// where nobody can say.
    async fn look_again(
        &self,
        context: &Context,
        name: &'static str,
        code: &Code,
        state: &State,
    ) -> Result<Decided<()>, Failure> {
        let tenant = &context.tenant;
        let found = match self.look(tenant, state).await? {
            Ok(Some(found)) => found,
            Ok(None) => return Ok(Ok(())),
            Err(error) => {
                tracing::warn!(%tenant, %code, vendor = error.vendor, "what is decided on cannot be looked at: {error}");
                let refused = error.kind.is_refusal().then(|| could_not(&error));
                let vendor = error.vendor.to_owned();
                return self
                    .refuse(context, name, Violation::EvidenceUnknown { vendor, refused }.into())
                    .await;
            }
        };
        if state.differences(&found, &[]).is_empty() {
            return Ok(Ok(()));
        }
        let ruling = self.ruling(tenant, state).await?;
        let cause = context.cause("look again approve", self.world.clock.now());
        let command = || Command::LookAgain {
            findings: Box::new(found.clone()),
            by_us: vec![],
            ruling: ruling.clone(),
        };
        let done =
            self.engine.execute::<State>(tenant, code.stream_id(), &cause, "look again", command).await?;
        let changed = done.ok().into_iter().flat_map(|done| done.events).find_map(|event| match event {
            RequestEvent::EvidenceChanged { differences, .. } => Some(differences),
            _ => None,
        });
        match changed {
            Some(differences) => self.refuse(context, name, has_changed(&differences).into()).await,
            // Somebody else was faster; the receipt does not fit any more.
            None => Ok(Ok(())),
        }
    }

    /// What is held now of all that a plan is about; nothing where it was never looked at.
    async fn look(
        &self,
        tenant: &Tenant,
        state: &State,
    ) -> Result<Result<Option<Found<Drift>>, CallError>, Failure> {
        let (Some(plan), Some(_), Some(vendors)) =
            (&state.asked, &state.findings, self.world.vendors(tenant))
        else {
            return Ok(Ok(None));
        };
        let drifts: Vec<_> = plan.items.iter().map(|item| item.drift.clone()).collect();
        let looked = look_at_drift(self.hands(), vendors, tenant, &drifts);
        let patient = async { Ok(looked.await) };
        match evidence::patiently(vendors.forge.vendor(), patient).await {
            Ok(looked) => Ok(looked?.map(Some)),
            Err(error) => Ok(Err(error)),
        }
    }

    /// What the rules say to a plan now; rules that cannot be asked allow nothing.
    async fn ruling(&self, tenant: &Tenant, state: &State) -> Result<Option<Ruling>, Failure> {
        let present = self.directory.present(tenant).await?;
        Ok(state.asked.as_ref().map(|plan| ruled(plan, &present)))
    }

    /// What other plans change at the same time.
    async fn elsewhere(&self, tenant: &Tenant, code: &Code) -> Result<Elsewhere, Failure> {
        evidence::folded(&self.world).await?;
        let since = self.world.clock.now().saturating_sub(AT_ONCE).unwrap_or(jiff::Timestamp::MIN);
        let mut changed: BTreeMap<String, u64> = BTreeMap::new();
        for row in rows::changing_since(&*self.world.projections.rows(rows::NAME), tenant, since)? {
            let others =
                row.state.asked.iter().filter(|plan| plan.code != *code).flat_map(|plan| &plan.items);
            for item in others.filter(|item| item.remedy.changes()) {
                *changed.entry(item.drift.place().on).or_default() += 1;
            }
        }
        Ok(Elsewhere(changed))
    }

    /// Looks again at a plan with the people and the rules there are now, where that changes anything.
    pub async fn review(&self, tenant: &Tenant, code: &Code, cause: &Cause) -> Result<(), Failure> {
        let Some(state) = self.find(tenant, code).await? else { return Ok(()) };
        let (people, open) =
            (self.directory.present(tenant).await?.state, self.ruling(tenant, &state).await?);
        let past = self.elsewhere(tenant, code).await?;
        let review = Review { people, granted: open.clone(), open, past };
        if state.review(&review, cause.at).is_empty() {
            return Ok(());
        }
        let command = || Command::Review(Box::new(review.clone()));
        self.engine.execute::<State>(tenant, code.stream_id(), cause, "review", command).await.map(drop)
    }

    /// The same before an item is carried out: who countersigned it may be gone since.
    pub async fn review_before(&self, tenant: &Tenant, effect: Uuid, code: &Code) -> Result<(), Failure> {
        let stream = StreamName::new(tenant, request::CATEGORY, code.stream_id())?;
        let first = self.world.store.read_stream(&stream, 0, 1).await?;
        let cause = Cause {
            actor: system("outbox"),
            command: derived_id(effect, "review"),
            correlation: first.first().map_or(effect, |first| first.correlation),
            causation: effect,
            at: self.world.clock.now(),
        };
        self.review(tenant, code, &cause).await
    }

    /// The same of everything that waits, or was approved and is not over.
    pub async fn review_all(&self, tenant: &Tenant, cause: &Cause) -> Result<(), Failure> {
        evidence::folded(&self.world).await?;
        let mut outcome = Ok(());
        for row in rows::open(&*self.world.projections.rows(rows::NAME), tenant)? {
            let Some(plan) = &row.state.asked else { continue };
            let command = derived_id(cause.command, plan.code.stream_id());
            // One that fails does not keep the others.
            outcome = outcome.and(self.review(tenant, &plan.code, &Cause { command, ..cause.clone() }).await);
        }
        outcome
    }

    /// What follows on what became of an effect of a repair's, or on an event of one.
    pub async fn follow_up(
        &self,
        tenant: &Tenant,
        cause: &Cause,
        follow_up: repair::FollowUp<Drift>,
    ) -> Result<(), Failure> {
        use request::FollowUp as F;
        match follow_up {
            F::Check { code, findings } => {
                let Some(state) = self.find(tenant, &code).await? else { return Ok(()) };
                let (ruling, past) =
                    (self.ruling(tenant, &state).await?, self.elsewhere(tenant, &code).await?);
                let check = || Command::Check {
                    findings: findings.clone(),
                    ruling: ruling.clone(),
                    past: past.clone(),
                };
                self.tell(tenant, cause, &code, "check", check).await
            }
            F::Overtake { code, findings, differences } => {
                let Some(state) = self.find(tenant, &code).await? else { return Ok(()) };
                let ruling = self.ruling(tenant, &state).await?;
                let overtake = || Command::Overtake {
                    findings: findings.clone(),
                    differences: differences.clone(),
                    ruling: ruling.clone(),
                };
                self.tell(tenant, cause, &code, "overtake", overtake).await
            }
            F::Tell { code, name, command } => {
                self.tell(tenant, cause, &code, name, || (*command).clone()).await
            }
            // Who is told of it, `said` says.
            F::Notify { .. } => Ok(()),
            F::Own(never) => match never {},
        }
    }

    /// What an account lost past the log has ended, once that is countersigned: every access of theirs there that gives more than
    /// is left.
    pub async fn taken_away(&self, tenant: &Tenant, cause: &Cause, taken: TakenAway) -> Result<(), Failure> {
        evidence::folded(&self.world).await?;
        let TakenAway { spot, left, repair, by } = taken;
        let rows = access::ever_granted(&*self.world.projections.rows(access::NAME), tenant)?;
        let there = |row: &access::RequestRow| {
            row.access.held_on() == Some((spot.account.as_str(), spot.repository.as_str()))
                && row.access.held() > left
        };
        for row in rows.into_iter().filter(there) {
            let id = row.code.stream_id();
            let cause = Cause { command: derived_id(cause.command, id), ..cause.clone() };
            let taken = || {
                let (repair, by) = (repair.clone(), by.clone());
                AccessCommand::Own(GrantCommand::TakenAway { repair, by })
            };
            self.engine.execute::<AccessRequest>(tenant, id, &cause, "taken away", taken).await?.ok();
        }
        Ok(())
    }

    async fn tell(
        &self,
        tenant: &Tenant,
        cause: &Cause,
        code: &Code,
        name: &'static str,
        command: impl Fn() -> Command<Repair>,
    ) -> Result<(), Failure> {
        self.engine.execute::<State>(tenant, code.stream_id(), cause, name, command).await.map(drop)
    }

    async fn act(
        &self,
        context: &Context,
        name: &'static str,
        code: &Code,
        command: impl Fn() -> Command<Repair>,
    ) -> Result<Decided<Touched>, Failure> {
        let cause = context.cause(name, self.world.clock.now());
        let done =
            self.engine.execute::<State>(&context.tenant, code.stream_id(), &cause, name, command).await?;
        Ok(done.map(|done| touched(code.clone(), done)))
    }

    /// Refuses what no plan was asked about, and keeps that as an event.
    pub async fn refuse<T>(
        &self,
        context: &Context,
        name: &'static str,
        denied: Denied,
    ) -> Result<Decided<T>, Failure> {
        let cause = context.cause(name, self.world.clock.now());
        self.engine.deny(&context.tenant, &cause, name, None, &denied).await?;
        Ok(Err(denied))
    }
}

fn ruled(plan: &Plan<Drift>, present: &Present) -> Ruling {
    match &present.rules {
        Some(rules) => ruling(plan, &present.state, rules),
        None => present.nothing_allowed(),
    }
}

fn has_changed(differences: &[Changed<Drift>]) -> Violation {
    Violation::PlanChanged { what: repair::changed(differences) }
}

fn touched(code: Code, done: Done<State>) -> Touched {
    Touched { code, state: done.state, position: done.position }
}
