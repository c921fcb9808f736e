//! Comparing what the forge holds with what the log wants: page by page, one tenant at a time, and as slowly as the forge wants it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use countersign_domain::access::{
    Compared, Comparison, ComparisonCommand, Deviation, Known, Shown, WhyCompared, deviation,
};
use countersign_domain::capabilities::Drift;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{CallError, CallErrorKind, Forge, ForgeRepository, Holder, Located};
use countersign_domain::repair::Drift as _;
use countersign_projections::access::{self, AccessRow};
use countersign_projections::oversight;
use countersign_projections::request;
use jiff::SignedDuration;
use tokio::task::JoinHandle;

use super::of_our_own;
use crate::engine::{Engine, Failure};
use crate::world::World;

/// A page that the forge does not give now is asked for so often …
const TRIES: u32 = 5;
/// … and after so long again, where the forge does not say after how long.
const PAUSE: SignedDuration = SignedDuration::from_secs(30);
/// Stands for the list of all repositories.
const ALL: &str = "*";
/// More pages than this no list has.
const PAGES: u32 = 1_000;

/// Compares.
#[derive(Clone)]
pub struct Comparer {
    world: World,
    engine: Engine,
}

/// What a comparison came to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// Why it was made.
    pub why: WhyCompared,
    /// How many repositories were looked at.
    pub repositories: u64,
    /// How many accounts on them.
    pub accounts: u64,
    /// The repositories that could not be looked at, each with the reason.
    pub unread: BTreeMap<String, String>,
    /// All differences there are.
    pub differences: Vec<Deviation>,
}

/// An account on a repository, both by their identities: repository, account.
type Spot = (String, String);
/// The accesses that were ever granted, by what they are on.
type Granted = BTreeMap<Spot, Vec<AccessRow>>;

impl Comparer {
    /// A comparer in this world.
    pub const fn new(world: World, engine: Engine) -> Self {
        Self { world, engine }
    }

    /// Begins to compare, beside everything else; what it comes to is kept as an event, whoever waits for it.
    pub fn begin(&self, tenant: &Tenant, why: WhyCompared) -> JoinHandle<Result<Option<Report>, Failure>> {
        let (comparer, tenant) = (self.clone(), tenant.clone());
        let busy = Busy::new(&self.world);
        tokio::spawn(async move {
            let _busy = busy;
            let report = comparer.compare(&tenant, why).await;
            if let Err(failure) = &report {
                tracing::error!(%tenant, "the forge could not be compared with the log: {failure}");
            }
            report
        })
    }

    /// Compares, and keeps what it comes to; nothing where the configuration names no forge for this tenant.
    pub async fn compare(&self, tenant: &Tenant, why: WhyCompared) -> Result<Option<Report>, Failure> {
        let Some(vendors) = self.world.vendors(tenant) else { return Ok(None) };
        let turn = self.world.oversight.turn(tenant);
        let _turn = turn.lock().await;
        let forge = &*vendors.forge;
        let granted = self.granted(tenant).await?;
        let mut places = known_places(&granted);
        let (mut unread, mut unseen) = (BTreeMap::new(), BTreeSet::new());
        let rows = self.world.projections.rows(oversight::NAME);
        let left_out = oversight::comparison(&*rows, tenant)?.unread.contains(ALL);
        if left_out || !matches!(why, WhyCompared::Schedule) {
            // What the log lost may be on any repository. By the schedule those are looked at that it knows of.
            match self.repositories(forge).await {
                Ok(all) => all.into_iter().for_each(|found| there(&mut places, found)),
                Err(error) => self.unread(tenant, &mut unread, ALL.to_owned(), error).await?,
            }
        }
        let (mut repositories, mut accounts, mut differences) = (0, 0, Vec::new());
        for repository in places.into_values() {
            match self.holders(forge, &repository).await {
                Ok(holders) => {
                    repositories += 1;
                    accounts += holders.len() as u64;
                    let on = (&repository, &holders[..]);
                    differences.extend(self.on_repository(tenant, forge, on, &granted).await?);
                }
                Err(error) => {
                    unseen.insert(repository.key().to_owned());
                    self.unread(tenant, &mut unread, repository.name, error).await?;
                }
            }
        }
        let report = Report { why: why.clone(), repositories, accounts, unread: unread.clone(), differences };
        let differences = report.differences.clone();
        let compared = Compared { why, repositories, accounts, unread, unseen, differences };
        let take = || ComparisonCommand::Take(Box::new(compared.clone()));
        let cause = of_our_own(&self.world);
        let done =
            self.engine.execute::<Comparison>(tenant, tenant.as_str(), &cause, "compare", take).await?;
        // How it is kept says which of them are ended again.
        let differences = done.map_or(report.differences, |done| done.state.differences);
        Ok(Some(Report { differences, ..report }))
    }

    /// What comparing came to so far.
    pub fn known(&self, tenant: &Tenant) -> Result<Comparison, Failure> {
        Ok(oversight::comparison(&*self.world.projections.rows(oversight::NAME), tenant)?)
    }

    /// What is different now at each place where it was; nothing where nothing is, or is just being changed.
    pub async fn now(
        &self,
        tenant: &Tenant,
        forge: &dyn Forge,
        were: &[&Deviation],
    ) -> Result<Result<Vec<Option<Deviation>>, CallError>, Failure> {
        let mut shown = Vec::new();
        for was in were {
            let key = was.repository_key();
            match forge.permission(&was.account, key).await {
                Ok(present) => shown.push(present),
                Err(error) => return Ok(Err(error.calling(key, &was.repository))),
            }
        }
        let granted = self.granted(tenant).await?;
        let mut found = Vec::new();
        for (was, present) in were.iter().zip(shown) {
            let (account, name, repository) = (&was.account, &was.name, &was.repository);
            let repository_id = was.repository_id.as_deref();
            found.push(self.differs(
                tenant,
                Shown { account, name, repository, repository_id, present },
                &granted,
            )?);
        }
        Ok(Ok(found))
    }

    /// How many hold something by a direct permission on a repository.
    pub async fn count(&self, forge: &dyn Forge, on: &Deviation) -> Result<u64, CallError> {
        let (name, id) = (on.repository.clone(), on.repository_id.clone());
        let holders = self.holders(forge, &ForgeRepository { name, url: String::new(), id }).await?;
        Ok(holders.len() as u64)
    }

    async fn unread(
        &self,
        tenant: &Tenant,
        unread: &mut BTreeMap<String, String>,
        name: String,
        error: CallError,
    ) -> Result<(), Failure> {
        if error.kind == CallErrorKind::Barred {
            self.world.shut(&self.engine, tenant, error.vendor, &error).await?;
        }
        unread.insert(name, error.detail);
        Ok(())
    }

    /// What is different on a repository, looked at twice: what changed while it was being listed is no difference.
    async fn on_repository(
        &self,
        tenant: &Tenant,
        forge: &dyn Forge,
        (repository, holders): (&ForgeRepository, &[Holder]),
        granted: &Granted,
    ) -> Result<Vec<Deviation>, Failure> {
        // Whom the log knows is called as on their cards.
        let mut names: BTreeMap<&str, &str> =
            holders.iter().map(|holder| (holder.account.as_str(), holder.name.as_str())).collect();
        for (_, rows) in granted.iter().filter(|((on, _), _)| on == repository.key()) {
            names.extend(rows.iter().filter_map(|row| {
                Some((row.access.account()?, row.access.asked.as_ref()?.subject.name.as_str()))
            }));
        }
        let mut found: Vec<Deviation> = Vec::new();
        for (account, name) in names {
            let held = holders.iter().find(|holder| holder.account == account);
            let present = held.map(|holder| holder.permission);
            let repository_id = repository.id.as_deref();
            let shown = Shown { account, name, repository: &repository.name, repository_id, present };
            if self.differs(tenant, shown, granted)?.is_none() {
                continue;
            }
            let Ok(present) = forge.permission(account, repository.key()).await else { continue };
            let granted = self.granted(tenant).await?;
            let different = self.differs(tenant, Shown { present, ..shown }, &granted)?;
            found.extend(self.not_ignored(tenant, different)?);
        }
        // The log knows the name of the day on which it was looked up.
        if !found.is_empty()
            && let Ok(Some(now)) = forge.repository(repository.key()).await.map(Located::here)
        {
            for difference in &mut found {
                difference.repository.clone_from(&now.name);
            }
        }
        Ok(found)
    }

    /// The difference, unless nobody is to speak of it yet: as long as it stays what it is.
    fn not_ignored(&self, tenant: &Tenant, found: Option<Deviation>) -> Result<Option<Deviation>, Failure> {
        let Some(found) = found else { return Ok(None) };
        let rows = self.world.projections.rows(oversight::NAME);
        let drift = Drift::from(found.clone());
        let ignored = oversight::ignored(&*rows, tenant, &drift.place(), self.world.clock.now())?;
        Ok((!ignored.is_some_and(|ignored| ignored.is_same(&drift))).then_some(found))
    }

    fn differs(
        &self,
        tenant: &Tenant,
        shown: Shown<'_>,
        granted: &Granted,
    ) -> Result<Option<Deviation>, Failure> {
        let rows = self.world.projections.rows(request::NAME);
        let key = shown.repository_id.unwrap_or(shown.repository);
        let known = granted.get(&(key.to_owned(), shown.account.to_owned())).into_iter().flatten();
        // What is held is kept by identities; of what was never granted, nothing is.
        let holding = access::holding(&*rows, tenant, shown.account, key)?;
        let known: Vec<_> =
            known.map(|row| Known { code: &row.code, access: &row.access, updated: row.updated }).collect();
        Ok(deviation(shown, &known, &holding))
    }

    async fn granted(&self, tenant: &Tenant) -> Result<Granted, Failure> {
        if let Some(head) = self.world.store.head().await? {
            self.world.projections.wait_for(head).await?;
        }
        let rows = self.world.projections.rows(request::NAME);
        let mut granted = Granted::new();
        for row in access::ever_granted(&*rows, tenant)? {
            let repository = row.access.repository_key().map(str::to_owned);
            let account = row.access.account().map(str::to_owned);
            if let Some(spot) = repository.zip(account) {
                granted.entry(spot).or_default().push(row);
            }
        }
        Ok(granted)
    }

    async fn holders(
        &self,
        forge: &dyn Forge,
        repository: &ForgeRepository,
    ) -> Result<Vec<Holder>, CallError> {
        let mut holders = Vec::new();
        for page in 1..=PAGES {
            let read = self.patiently(|| forge.holders(repository.key(), page)).await?;
            let gone = || CallError {
                vendor: forge.vendor(),
                what: format!("list the permissions on {}", repository.name),
                detail: "there is no such repository any more".to_owned(),
                status: None,
                kind: CallErrorKind::Rejected,
            };
            let read = read.ok_or_else(gone)?;
            holders.extend(read.holders);
            if !read.more {
                break;
            }
        }
        Ok(holders)
    }

    async fn repositories(&self, forge: &dyn Forge) -> Result<Vec<ForgeRepository>, CallError> {
        let mut all = Vec::new();
        for page in 1..=PAGES {
            let read = self.patiently(|| forge.repositories(page)).await?;
            all.extend(read.repositories);
            if !read.more {
                break;
            }
        }
        Ok(all)
    }

    /// Asks again, as late as the forge wants it, where it does not answer now.
    async fn patiently<T, F>(&self, ask: impl Fn() -> F + Send + Sync) -> Result<T, CallError>
    where
        F: Future<Output = Result<T, CallError>> + Send,
    {
        for _ in 1..TRIES {
            match ask().await {
                Err(CallError { kind: CallErrorKind::NotDone { after }, .. }) => {
                    let wait = after.and_then(|after| after.try_into().ok()).unwrap_or(PAUSE);
                    let until = self.world.clock.now().saturating_add(wait).unwrap_or(jiff::Timestamp::MAX);
                    self.world.clock.sleep_until(until).await;
                }
                answer => return answer,
            }
        }
        ask().await
    }
}

/// The repositories that the log knows of, by their identities and under the names they had last.
fn known_places(granted: &Granted) -> BTreeMap<String, ForgeRepository> {
    let on = |((key, _), rows): (&Spot, &Vec<AccessRow>)| {
        let last = &rows.iter().max_by_key(|row| row.updated)?.access;
        let found = last.findings.as_ref().and_then(|findings| findings.repository.clone());
        let named = || ForgeRepository { name: key.clone(), url: String::new(), id: None };
        Some((key.clone(), found.unwrap_or_else(named)))
    };
    granted.iter().filter_map(on).collect()
}

/// The forge has this repository: under the name it has now, and as the one that the log knows, be it that the log knows no id.
fn there(places: &mut BTreeMap<String, ForgeRepository>, found: ForgeRepository) {
    if !places.contains_key(&found.name) {
        places.insert(found.key().to_owned(), found);
    }
}

/// While this is there, something is being compared.
struct Busy(Arc<super::Oversight>);

impl Busy {
    fn new(world: &World) -> Self {
        world.oversight.comparing.send_modify(|comparing| *comparing += 1);
        Self(Arc::clone(&world.oversight))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.comparing.send_modify(|comparing| *comparing -= 1);
    }
}
