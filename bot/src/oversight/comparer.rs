//! Comparing what the forge holds with what the log wants: page by page, one tenant at a time, and as slowly as the forge wants it.

mod holder;
mod listing;

use std::collections::{BTreeMap, BTreeSet};

use countersign_domain::access::{
    ALL, Compared, Comparison, ComparisonCommand, Deviation, Known, Lowered, Shown, WhyCompared, deviation,
};
use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::capabilities::Drift;
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::ports::{CallError, CallErrorKind, Forge, ForgeRepository, Holder, Located};
use countersign_domain::repair::Drift as _;
use countersign_domain::tenant::People;
use countersign_projections::access::{self, AccessRow};
use countersign_projections::oversight;
use countersign_projections::request;
use tokio::task::JoinHandle;

use self::holder::holder;
use super::{Busy, of_our_own};
use crate::engine::{Engine, Failure};
use crate::world::World;

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
    /// What a repair has adopted and is not there any more.
    pub lowered: Vec<Lowered>,
}

impl Report {
    fn of(compared: &Compared) -> Self {
        let Compared { why, repositories, accounts, unread, differences, lowered, .. } = compared.clone();
        Self { why, repositories, accounts, unread, differences, lowered }
    }
}

/// What was found on a repository.
struct Found {
    /// How many accounts.
    accounts: u64,
    differences: Vec<Deviation>,
    lowered: Vec<Lowered>,
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
        tokio::spawn(self.beside(tenant, why))
    }

    /// The same for whoever wants to end it, too.
    pub(super) fn beside(
        &self,
        tenant: &Tenant,
        why: WhyCompared,
    ) -> impl Future<Output = Result<Option<Report>, Failure>> + Send + use<> {
        let (comparer, tenant) = (self.clone(), tenant.clone());
        // It is under way from here on, whoever looks before it has its turn.
        let busy = Busy::new(&self.world, &tenant);
        async move {
            let _busy = busy;
            let report = comparer.compare(&tenant, why).await;
            if let Err(failure) = &report {
                tracing::error!(%tenant, "the forge could not be compared with the log: {failure}");
            }
            report
        }
    }

    /// Compares, and keeps what it comes to; nothing where the configuration names no forge for this tenant.
    pub async fn compare(&self, tenant: &Tenant, why: WhyCompared) -> Result<Option<Report>, Failure> {
        let Some(vendors) = self.world.vendors(tenant) else { return Ok(None) };
        let _busy = Busy::new(&self.world, tenant);
        let turn = self.world.oversight.turn(tenant);
        let _turn = turn.lock().await;
        let forge = &*vendors.forge;
        let granted = self.granted(tenant, None).await?;
        let stream = StreamName::new(tenant, People::CATEGORY, tenant.as_str())?;
        let people = self.engine.folds().now::<People>(&stream).await?.state;
        let rows = self.world.projections.rows(request::NAME);
        let adopted = access::ever_adopted(&*rows, tenant)?;
        let mut places = known_places(&granted);
        for (_, on) in &adopted {
            there(&mut places, on.clone());
        }
        let (mut unread, mut unseen) = (BTreeMap::new(), BTreeSet::new());
        let oversight = self.world.projections.rows(oversight::NAME);
        let left_out = oversight::comparison(&*oversight, tenant)?.unread.contains(ALL);
        if left_out || !matches!(why, WhyCompared::Schedule) {
            // What the log lost may be on any repository. By the schedule those are looked at that it knows of.
            match self.repositories(forge).await {
                Ok(all) => all.into_iter().for_each(|found| there(&mut places, found)),
                Err(error) => self.unread(tenant, &mut unread, ALL.to_owned(), error).await?,
            }
        }
        let (mut repositories, mut accounts) = (0, 0);
        let (mut differences, mut lowered) = (Vec::new(), Vec::new());
        for repository in places.into_values() {
            match self.look_at(tenant, forge, &repository, ((&granted, &*people), &adopted[..])).await? {
                Ok(found) => {
                    repositories += 1;
                    accounts += found.accounts;
                    differences.extend(found.differences);
                    lowered.extend(found.lowered);
                }
                Err(error) => {
                    unseen.insert(repository.key().to_owned());
                    self.unread(tenant, &mut unread, repository.name, error).await?;
                }
            }
        }
        let compared = Compared { why, repositories, accounts, unread, unseen, differences, lowered };
        let report = Report::of(&compared);
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
        let granted = self.granted(tenant, None).await?;
        let mut found = Vec::new();
        for (was, present) in were.iter().zip(shown) {
            let (account, name, repository) = (&was.account, &was.name, &was.repository);
            let (holder, repository_id) = (was.holder.as_ref(), was.repository_id.as_deref());
            let put_back = was.put_back;
            let shown = Shown { account, name, holder, repository, repository_id, present, put_back };
            found.push(self.differs(tenant, shown, &granted)?);
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

    /// What is on a repository. All of it, or nothing: of what could not be asked, nobody knows that it is as it should be.
    async fn look_at(
        &self,
        tenant: &Tenant,
        forge: &dyn Forge,
        repository: &ForgeRepository,
        (known, adopted): ((&Granted, &People), &[(String, ForgeRepository)]),
    ) -> Result<Result<Found, CallError>, Failure> {
        let holders = match self.holders(forge, repository).await {
            Ok(holders) => holders,
            Err(error) => return Ok(Err(error)),
        };
        let on = (repository, &holders[..]);
        let differences = match self.on_repository(tenant, forge, on, known).await? {
            Ok(differences) => differences,
            Err(error) => return Ok(Err(error)),
        };
        let lowered = self.lowered(tenant, forge, on, (known, adopted)).await?;
        let accounts = holders.len() as u64;
        Ok(lowered.map(|lowered| Found { accounts, differences, lowered }))
    }

    /// What is different on a repository, looked at twice: what changed while it was being listed is no difference.
    async fn on_repository(
        &self,
        tenant: &Tenant,
        forge: &dyn Forge,
        (repository, holders): (&ForgeRepository, &[Holder]),
        (granted, people): (&Granted, &People),
    ) -> Result<Result<Vec<Deviation>, CallError>, Failure> {
        let known = granted.keys().filter(|(on, _)| on == repository.key()).map(|(_, account)| account);
        let accounts: BTreeSet<&str> =
            holders.iter().map(|holder| &holder.account).chain(known).map(String::as_str).collect();
        let mut found: Vec<Deviation> = Vec::new();
        for account in accounts {
            let held = holders.iter().find(|holder| holder.account == account);
            let (present, repository_id) = (held.map(|holder| holder.permission), repository.id.as_deref());
            let holder = holder(people, granted, account);
            // What nobody here is behind goes by the name that it has at the forge, which is anything.
            let name = holder.map_or_else(|| held.map_or(account, |held| &held.name), |(_, name)| name);
            let (on, holder, put_back) = (repository.name.as_str(), holder.map(|(id, _)| id), None);
            let shown = Shown { account, name, holder, repository: on, repository_id, present, put_back };
            if self.differs(tenant, shown, granted)?.is_none() {
                continue;
            }
            let present = match forge.permission(account, repository.key()).await {
                Ok(present) => present,
                Err(error) => return Ok(Err(error)),
            };
            let granted = self.granted(tenant, Some(repository.key())).await?;
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
        Ok(Ok(found))
    }

    /// What a repair has adopted on a repository and is not there any more, looked at twice.
    async fn lowered(
        &self,
        tenant: &Tenant,
        forge: &dyn Forge,
        (repository, holders): (&ForgeRepository, &[Holder]),
        ((granted, people), adopted): ((&Granted, &People), &[(String, ForgeRepository)]),
    ) -> Result<Result<Vec<Lowered>, CallError>, Failure> {
        let key = repository.key();
        let own = adopted.iter().filter(|(_, on)| on.key() == key).map(|(account, _)| account.as_str());
        let own: BTreeSet<_> = own.collect();
        if own.is_empty() {
            return Ok(Ok(vec![]));
        }
        let rows = self.world.projections.rows(request::NAME);
        let mut lowered = Vec::new();
        if let Some(head) = self.world.store.head().await? {
            self.world.projections.wait_for(head).await?;
        }
        for account in own {
            let of = access::adopted_by(&*rows, tenant, account, key)?;
            let listed = holders.iter().find(|held| held.account == account).map(|held| held.permission);
            let Some(adopted) = access::holding(&*rows, tenant, account, key)?.adopted else { continue };
            if listed >= Some(adopted) {
                continue;
            }
            let present = match forge.permission(account, key).await {
                Ok(present) => present,
                Err(error) => return Ok(Err(error)),
            };
            if present >= Some(adopted) {
                continue;
            }
            let known = holder(people, granted, account);
            lowered.push(Lowered {
                account: account.to_owned(),
                name: known.map_or(account, |(_, name)| name).to_owned(),
                holder: known.map(|(id, _)| id.clone()),
                repository: repository.name.clone(),
                repository_id: repository.id.clone(),
                adopted,
                present,
                of,
            });
        }
        Ok(Ok(lowered))
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

    /// The accesses that were ever granted; of one repository alone, where one is named.
    async fn granted(&self, tenant: &Tenant, repository: Option<&str>) -> Result<Granted, Failure> {
        if let Some(head) = self.world.store.head().await? {
            self.world.projections.wait_for(head).await?;
        }
        let rows = self.world.projections.rows(request::NAME);
        let mut granted = Granted::new();
        for row in access::ever_granted(&*rows, tenant, repository)? {
            let repository = row.access.repository_key().map(str::to_owned);
            let account = row.access.account().map(str::to_owned);
            if let Some(spot) = repository.zip(account) {
                granted.entry(spot).or_default().push(row);
            }
        }
        Ok(granted)
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
