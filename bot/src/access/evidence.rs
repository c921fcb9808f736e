//! Evidence as it is now: what somebody holds, and how a ticket stands, asked again when it is decided and before it is
//! carried out. What a vendor said a moment ago is not asked again.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use countersign_domain::access::{
    Access, AccessRequest, Asked, Baseline, Difference, Findings, Holding, Permission,
};
use countersign_domain::names::Tenant;
use countersign_domain::ports::{CallError, ForgeRepository, Ticket};
use countersign_domain::request::Kind as _;
use countersign_projections::{access, request};
use jiff::{SignedDuration, Timestamp};

use crate::capabilities::Fresh;
use crate::engine::Failure;
use crate::examples::Named;
use crate::patience::{patiently, unasked};
use crate::searched::Searched;
use crate::world::{Vendors, World};

/// For so long what a vendor said counts as what is now. Everything here is asked because somebody decides, so that is no
/// longer than it takes one press to come in twice.
const FRESH: SignedDuration = SignedDuration::from_secs(2);
/// How often a permission is read at most because accesses of ours changed while it was read.
const READINGS: u32 = 20;
/// The clocks of two bots differ by less than this.
const CLOCKS: SignedDuration = SignedDuration::from_mins(1);

/// What vendors said a moment ago, by tenant and thing.
#[derive(Debug, Default)]
pub struct Looked {
    tickets: Known<Option<Ticket>>,
    repositories: Known<Option<ForgeRepository>>,
    held: Known<Held>,
    /// What examples name.
    pub(crate) examples: Named,
    /// Which repositories were found by name.
    pub(crate) searched: Searched,
}

impl Looked {
    /// Whatever was said of tickets of this tenant counts for nothing any more: the tracker has news. Which tickets that is
    /// about need not be known, for a ticket that is moved has two keys.
    pub fn forget_tickets(&self, tenant: &Tenant) {
        let mut tickets = self.tickets.lock().unwrap_or_else(PoisonError::into_inner);
        tickets.retain(|(of, _), _| of != tenant);
    }
}

type Known<T> = Mutex<HashMap<(Tenant, String), (Timestamp, T)>>;

/// What an account holds on a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// All of it.
    pub present: Option<Permission>,
    /// What of it the account has by itself, where an access of ours gives more.
    pub beside: Option<Baseline>,
}

impl Held {
    fn of(present: Option<Permission>, holding: &Holding) -> Self {
        let permission = holding.by_itself(present);
        Self { present, beside: (permission != present).then_some(Baseline { permission }) }
    }

    /// What the account has by itself.
    pub fn by_itself(&self) -> Option<Permission> {
        self.beside.map_or(self.present, |beside| beside.permission)
    }
}

/// What the vendors say now of what a request is decided on; nothing where it was never looked up.
pub async fn look(
    world: &World,
    tenant: &Tenant,
    access: &AccessRequest,
) -> Result<Result<Option<Fresh<Access>>, CallError>, Failure> {
    let Some(shown) = &access.findings else { return Ok(Ok(None)) };
    let Some(vendors) = world.vendors(tenant) else {
        return Ok(Err(unasked("countersign", "the configuration names no systems for this tenant")));
    };
    let at_the_forge = async {
        let repository = repository(world, vendors, tenant, access).await?;
        // Of what has begun, the forge says itself that there is no repository any more: that one keeps its identity.
        if repository.is_none() && !access.own.has_begun() && shown.repository.is_some() {
            return Ok((None, Held { present: None, beside: None }));
        }
        let held = held_now(world, vendors, tenant, (access, shown)).await?;
        Ok((repository.or_else(|| shown.repository.clone()), held))
    };
    let ticket = ticket(world, vendors, tenant, access);
    let (at_the_forge, ticket) = futures::join!(at_the_forge, ticket);
    let ((repository, held), ticket) = match (at_the_forge, ticket) {
        (Ok(there), Ok(ticket)) => (there, ticket),
        (Err(error), _) | (_, Err(error)) => return Ok(Err(error)),
    };
    let moved_by_us = moved_by_us(world, tenant, access, ticket.as_ref()).await?;
    let Held { present, beside } = held;
    let findings = Findings { repository, ticket, present, beside, ..shown.clone() };
    Ok(Ok(Some(Fresh { findings, by_us: moved_by_us })))
}

/// What is asked for, by the name that its repository has now; by the last one that is known where the forge does not say.
/// What must end does not wait for a forge that is down.
pub async fn named_now(world: &World, tenant: &Tenant, access: &AccessRequest) -> Option<Asked> {
    let asked = access.asked.clone()?;
    let Some(vendors) = world.vendors(tenant) else { return Some(asked) };
    match repository(world, vendors, tenant, access).await {
        Ok(Some(found)) => Some(asked.resolved(&Findings { repository: Some(found), ..Findings::default() })),
        Ok(None) => Some(asked),
        Err(error) => {
            tracing::warn!(%tenant, code = %asked.code, "what its repository is called now cannot be looked up: {error}");
            Some(asked)
        }
    }
}

/// What the account of a request holds on its repository.
async fn held_now(
    world: &World,
    vendors: &Vendors,
    tenant: &Tenant,
    (access, shown): (&AccessRequest, &Findings),
) -> Result<Held, CallError> {
    let (Some((account, repository)), Some(_)) = (access.held_on(), &shown.repository) else {
        return Ok(Held { present: shown.present, beside: shown.beside });
    };
    // Once an access of ours has begun or ended there, whatever was read before counts for nothing.
    let ours = log_of(world, tenant, account, repository).await?;
    let thing = (tenant, format!("{account} {repository} {ours:?}"));
    let ask =
        patiently(vendors.forge.vendor(), held_beside(world, vendors, tenant, (account, repository), ours));
    known(&world.looked.held, thing, access.looked_at, world.clock.now(), ask).await
}

/// The request's repository as it is called now: by its identity, for its name may be another one's by now.
async fn repository(
    world: &World,
    vendors: &Vendors,
    tenant: &Tenant,
    access: &AccessRequest,
) -> Result<Option<ForgeRepository>, CallError> {
    let shown = access.findings.as_ref().and_then(|shown| shown.repository.as_ref());
    let Some(shown) = shown else { return Ok(None) };
    let (key, forge) = (shown.key(), &vendors.forge);
    let ask = patiently(forge.vendor(), async { Ok(forge.repository(key).await?.here()) });
    let thing = (tenant, key.to_owned());
    let ask = known(&world.looked.repositories, thing, access.looked_at, world.clock.now(), ask);
    let found = ask.await.map_err(|error| error.calling(key, &shown.name))?;
    // Under the same name it is what was shown, whatever else its page says.
    Ok(found.map(|found| if found.name == shown.name { shown.clone() } else { found }))
}

/// What has changed of what an approved request was decided on, so that it is not to be carried out; with what is now.
/// `holding` is what the log knows, `present` what the account holds, and `changes` whether anything would be changed.
pub async fn overtaken(
    world: &World,
    (vendors, tenant): (&Vendors, &Tenant),
    access: &AccessRequest,
    (present, holding): (Option<Permission>, &Holding),
    changes: bool,
) -> Result<Result<Option<(Findings, Vec<Difference>)>, CallError>, Failure> {
    let Some(shown) = &access.findings else { return Ok(Ok(None)) };
    let asked =
        futures::join!(repository(world, vendors, tenant, access), ticket(world, vendors, tenant, access));
    let (repository, ticket) = match asked {
        (Ok(repository), Ok(ticket)) => (repository, ticket),
        (Err(error), _) | (_, Err(error)) => return Ok(Err(error)),
    };
    // The permission on it was read a moment ago: one that is gone since is found gone when it is set.
    let repository = repository.or_else(|| shown.repository.clone());
    let moved_by_us = moved_by_us(world, tenant, access, ticket.as_ref()).await?;
    let Held { present, beside } = Held::of(present, holding);
    let findings = Findings { repository, ticket, present, beside, ..shown.clone() };
    let differences = access.overtaken(&findings, &moved_by_us, changes);
    Ok(Ok((!differences.is_empty()).then_some((findings, differences))))
}

/// What an account holds now on the repository of this identity, and what of it is its own: read again where accesses of ours change meanwhile.
pub async fn held(
    world: &World,
    vendors: &Vendors,
    tenant: &Tenant,
    account: &str,
    repository: &str,
) -> Result<Held, CallError> {
    let ours = log_of(world, tenant, account, repository).await?;
    held_beside(world, vendors, tenant, (account, repository), ours).await
}

/// The same where it is known what the log says of it.
async fn held_beside(
    world: &World,
    vendors: &Vendors,
    tenant: &Tenant,
    (account, repository): (&str, &str),
    ours: Holding,
) -> Result<Held, CallError> {
    let known = || log_of(world, tenant, account, repository);
    let read = || vendors.forge.permission(account, repository);
    let (holding, present) = steadily(ours, known, read).await?;
    Ok(Held::of(present, &holding))
}

/// What the log knows of an account on the repository of this identity.
async fn log_of(
    world: &World,
    tenant: &Tenant,
    account: &str,
    repository: &str,
) -> Result<Holding, CallError> {
    let failed = |failure: Failure| unasked("countersign", &failure.to_string());
    world.folded().await.map_err(failed)?;
    let rows = world.projections.rows(request::NAME);
    access::holding(&*rows, tenant, account, repository).map_err(|error| failed(error.into()))
}

/// What the log knows, and what was read while it knew just that: what an access of ours set in between would pass for what
/// somebody has by themselves. `before` is what it knows to begin with. An error where the log did not stand still for as long as it
/// takes to read.
async fn steadily<K, P, Knowing, Reading>(
    mut before: K,
    known: impl Fn() -> Knowing,
    read: impl Fn() -> Reading,
) -> Result<(K, P), CallError>
where
    K: PartialEq,
    Knowing: Future<Output = Result<K, CallError>>,
    Reading: Future<Output = Result<P, CallError>>,
{
    for _ in 0..READINGS {
        let present = read().await?;
        let after = known().await?;
        if after == before {
            return Ok((after, present));
        }
        before = after;
    }
    Err(unasked("countersign", "what it holds was changed each time that it was read"))
}

/// The request's ticket as it is now.
async fn ticket(
    world: &World,
    vendors: &Vendors,
    tenant: &Tenant,
    access: &AccessRequest,
) -> Result<Option<Ticket>, CallError> {
    let key = access.asked.as_ref().and_then(|asked| asked.ticket.as_deref());
    let (Some(key), Some(tracker)) = (key, &vendors.tracker) else { return Ok(None) };
    let ask = patiently(tracker.vendor(), tracker.ticket(key));
    known(&world.looked.tickets, (tenant, key.to_owned()), access.looked_at, world.clock.now(), ask).await
}

/// The statuses to which the bot itself brought the ticket since it was looked up, or has set out to bring it.
async fn moved_by_us(
    world: &World,
    tenant: &Tenant,
    access: &AccessRequest,
    found: Option<&Ticket>,
) -> Result<Vec<String>, Failure> {
    let shown = access.findings.as_ref().and_then(|shown| shown.ticket.as_ref());
    let (Some(shown), Some(found)) = (shown, found) else { return Ok(vec![]) };
    if shown.status == found.status {
        return Ok(vec![]);
    }
    world.folded().await?;
    let since = access.looked_at.and_then(|at| at.checked_sub(CLOCKS).ok()).unwrap_or(Timestamp::MIN);
    let moves = access::moves(&*world.projections.rows(request::NAME), tenant, &found.key)?;
    Ok(moves.into_iter().filter(|(_, at)| *at >= since).map(|(to, _)| to).collect())
}

/// What was said a moment ago and after `since`, else what is said now.
async fn known<T: Clone>(
    known: &Known<T>,
    (tenant, thing): (&Tenant, String),
    since: Option<Timestamp>,
    now: Timestamp,
    ask: impl Future<Output = Result<T, CallError>>,
) -> Result<T, CallError> {
    let is_fresh = |at: &Timestamp| *at <= now && now.duration_since(*at) < FRESH;
    let key = (tenant.clone(), thing);
    let said = known.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    if let Some((_, said)) = said.filter(|(at, _)| is_fresh(at) && since.is_none_or(|since| *at > since)) {
        return Ok(said);
    }
    let said = ask.await?;
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    known.retain(|_, (at, _)| is_fresh(at));
    known.insert(key, (now, said.clone()));
    Ok(said)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use countersign_domain::ports::CallErrorKind;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a valid instant")
    }

    /// What is read where the log goes through these states and the forge always shows the latest.
    async fn read_beside(states: &[u32]) -> (Result<(u32, u32), CallError>, usize) {
        let looked = Cell::new(0);
        let latest = || states[looked.get().min(states.len() - 1)];
        let known = || {
            let state = latest();
            looked.set(looked.get() + 1);
            async move { Ok(state) }
        };
        let before = known().await.expect("the log is there");
        let read = steadily(before, known, || async { Ok(latest()) }).await;
        (read, looked.get())
    }

    #[tokio::test]
    async fn trust_a6_what_an_access_of_ours_sets_meanwhile_is_never_taken_for_somebodys_own() {
        let (read, looks) = read_beside(&[1, 1]).await;
        assert_eq!(read.expect("nothing changed"), (1, 1));
        assert_eq!(looks, 2, "once before it is read, and once behind it");
        assert_eq!(read_beside(&[1, 2, 3, 4, 5, 5]).await.0.expect("it stands still in the end"), (5, 5));
        let restless: Vec<u32> = (0..100).collect();
        let error = read_beside(&restless).await.0.expect_err("what was read belongs to no state of the log");
        assert!(matches!(error.kind, CallErrorKind::NotDone { after: None }), "it is asked again later");
    }

    #[tokio::test]
    async fn trust_a5_what_a_vendor_said_counts_for_seconds_and_never_for_what_was_looked_up_later() {
        let (cache, asked) = (Known::default(), Cell::new(0));
        let tenant: Tenant = "acme".parse().expect("a tenant's name");
        let said = async |since: Option<i64>, now: i64| {
            let ask = async {
                asked.set(asked.get() + 1);
                Ok(asked.get())
            };
            let thing = (&tenant, "OPS-17".to_owned());
            known(&cache, thing, since.map(at), at(now), ask).await.expect("it answers")
        };
        assert_eq!(said(None, 100).await, 1);
        assert_eq!(said(None, 101).await, 1);
        assert_eq!(said(Some(99), 101).await, 1);
        assert_eq!(said(Some(100), 101).await, 2, "it was looked up for this request at that very moment");
        assert_eq!(said(None, 103).await, 3, "two seconds are over");
        assert_eq!(said(None, 100).await, 4, "a clock that was put back makes nothing fresh");
    }
}
