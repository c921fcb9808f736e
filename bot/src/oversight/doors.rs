//! Whether the vendors let the bot in. Where one does not, all that is asked of it waits, and it is asked again every minute by
//! a question that changes nothing; when it does again, everything goes on by itself.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use countersign_domain::alarm::{About, AlarmCommand};
use countersign_domain::names::Tenant;
use countersign_domain::ports::{CallError, CallErrorKind, Examined};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::{alarm, lock};
use crate::engine::{Engine, Failure};
use crate::world::World;

/// After so long a vendor that lets nobody in is asked again.
const AGAIN: SignedDuration = SignedDuration::from_mins(1);

/// The vendors of all tenants, as this bot found them.
#[derive(Default)]
pub struct Doors {
    shut: Mutex<BTreeMap<Door, Arc<Shut>>>,
    seen: Mutex<BTreeMap<Door, Seen>>,
}

/// A tenant's vendor, by its name: `bitbucket`, `slack`.
type Door = (Tenant, String);

/// A vendor that lets nobody in.
struct Shut {
    until: Mutex<Timestamp>,
    /// Whoever holds it asks.
    asking: tokio::sync::Mutex<()>,
}

/// What a vendor said when it was asked last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// Whose.
    pub tenant: Tenant,
    /// Which.
    pub vendor: String,
    /// When.
    pub at: Timestamp,
    /// As whom it knows the bot, and where; nothing where it did not answer that.
    pub answered: Option<String>,
    /// What is missing or wrong, each with the cure.
    pub faults: Vec<String>,
}

impl Doors {
    /// What every vendor said that was asked since the start.
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.seen).values().cloned().collect()
    }

    /// Whether it let the bot in when it was asked less than a minute ago.
    pub(crate) fn was_open(&self, tenant: &Tenant, vendor: &str, now: Timestamp) -> bool {
        let seen = lock(&self.seen);
        let seen = seen.get(&(tenant.clone(), vendor.to_owned()));
        seen.is_some_and(|seen| seen.answered.is_some() && now.duration_since(seen.at) < AGAIN)
    }

    /// When one that lets nobody in is to be asked again first.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        lock(&self.shut).values().map(|shut| *lock(&shut.until)).min()
    }

    /// Those that let nobody in, and are to be asked again by now.
    pub(super) fn due(&self, now: Timestamp) -> Vec<Door> {
        let shut = lock(&self.shut);
        shut.iter().filter(|(_, shut)| *lock(&shut.until) <= now).map(|(door, _)| door.clone()).collect()
    }

    fn found(&self, tenant: &Tenant, vendor: &str) -> Option<Arc<Shut>> {
        lock(&self.shut).get(&(tenant.clone(), vendor.to_owned())).cloned()
    }

    fn close(&self, tenant: &Tenant, vendor: &str, until: Timestamp) {
        let new = || Arc::new(Shut { until: Mutex::new(until), asking: tokio::sync::Mutex::default() });
        let door = (tenant.clone(), vendor.to_owned());
        let shut = Arc::clone(lock(&self.shut).entry(door).or_insert_with(new));
        *lock(&shut.until) = until;
    }

    fn keep(&self, tenant: &Tenant, vendor: &str, at: Timestamp, said: &Result<Examined, CallError>) {
        let (answered, faults) = match said {
            Ok(Examined { answered, faults }) => (Some(answered.clone()), faults.clone()),
            Err(error) => (None, vec![error.detail.clone()]),
        };
        let seen = Seen { tenant: tenant.clone(), vendor: vendor.to_owned(), at, answered, faults };
        lock(&self.seen).insert((tenant.clone(), vendor.to_owned()), seen);
    }
}

impl World {
    /// Until when a vendor lets nobody in, if it does not now. Whoever asks first after that finds out whether it does again.
    pub(crate) async fn shut_until(
        &self,
        engine: &Engine,
        tenant: &Tenant,
        vendor: &str,
    ) -> Result<Option<Timestamp>, Failure> {
        let Some(shut) = self.oversight.doors.found(tenant, vendor) else { return Ok(None) };
        let still = || Some(*lock(&shut.until)).filter(|until| *until > self.clock.now());
        if let Some(until) = still() {
            return Ok(Some(until));
        }
        let _asking = shut.asking.lock().await;
        if self.oversight.doors.found(tenant, vendor).is_none() {
            return Ok(None);
        }
        if let Some(until) = still() {
            return Ok(Some(until));
        }
        Box::pin(self.examine(engine, tenant, vendor)).await?;
        Ok(if self.oversight.doors.found(tenant, vendor).is_some() { still() } else { None })
    }

    /// A vendor lets nobody in: all that is asked of it waits until the time that comes back, and administrators are told once.
    pub(crate) async fn shut(
        &self,
        engine: &Engine,
        tenant: &Tenant,
        vendor: &str,
        error: &CallError,
    ) -> Result<Timestamp, Failure> {
        let now = self.clock.now();
        let until = now.checked_add(AGAIN).unwrap_or(Timestamp::MAX);
        self.oversight.doors.close(tenant, vendor, until);
        self.oversight.doors.keep(tenant, vendor, now, &Err(error.clone()));
        let about = About::Vendor { vendor: vendor.to_owned() };
        let why = error.to_string();
        alarm(self, engine, tenant, &about, AlarmCommand::Raise { about: about.clone(), why }).await?;
        Ok(until)
    }

    /// Asks a vendor whether the bot can work with it, and takes in what it says.
    pub(crate) async fn examine(
        &self,
        engine: &Engine,
        tenant: &Tenant,
        vendor: &str,
    ) -> Result<Option<Result<Examined, CallError>>, Failure> {
        let Some(said) = self.asked(tenant, vendor).await else { return Ok(None) };
        match &said {
            Err(error) if error.kind == CallErrorKind::Barred => {
                self.shut(engine, tenant, vendor, error).await?;
            }
            Err(_) => {
                // It cannot even be asked now: what is shut stays so.
                let now = self.clock.now();
                self.oversight.doors.keep(tenant, vendor, now, &said);
                if self.oversight.doors.found(tenant, vendor).is_some() {
                    self.oversight.doors.close(
                        tenant,
                        vendor,
                        now.checked_add(AGAIN).unwrap_or(Timestamp::MAX),
                    );
                }
            }
            Ok(_) => {
                self.oversight.doors.keep(tenant, vendor, self.clock.now(), &said);
                lock(&self.oversight.doors.shut).remove(&(tenant.clone(), vendor.to_owned()));
                let about = About::Vendor { vendor: vendor.to_owned() };
                alarm(self, engine, tenant, &about, AlarmCommand::End).await?;
            }
        }
        Ok(Some(said))
    }

    /// What a vendor says when it is asked; nothing where the tenant has no such vendor.
    async fn asked(&self, tenant: &Tenant, vendor: &str) -> Option<Result<Examined, CallError>> {
        self.vendors(tenant)?.examine(vendor).await
    }
}
