//! Whom a vendor called a member lately: what it said while nobody listened, that somebody is a guest now or was switched
//! off, is asked for at their next act.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use countersign_domain::names::Tenant;
use countersign_domain::ports::{Identity, Stranger};
use jiff::{SignedDuration, Timestamp};

use super::Desk;
use crate::engine::Failure;

/// For so long a vendor's word counts; what changes meanwhile, the vendor tells by itself.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(1);
/// Nobody waits longer for it: vendors want their deliveries acknowledged within three seconds.
const PATIENCE: Duration = Duration::from_secs(1);

/// When each was called a member last.
#[derive(Debug, Default)]
pub(super) struct Vouched(Mutex<HashMap<(Tenant, Identity), Timestamp>>);

impl Vouched {
    fn is_good(&self, key: &(Tenant, Identity), now: Timestamp) -> bool {
        let said = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).copied();
        said.is_some_and(|at| at <= now && now.duration_since(at) < GOOD_FOR)
    }

    fn keep(&self, key: (Tenant, Identity), now: Timestamp) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, at| *at <= now && now.duration_since(*at) < GOOD_FOR);
        all.insert(key, now);
    }
}

impl Desk {
    /// Whether somebody we know is a stranger by now, by the vendor's own word; then they are known no more. Where the vendor
    /// cannot say, its delivery counts as it always did, and it is asked again at the next act.
    pub(super) async fn turned_stranger(
        &self,
        tenant: &Tenant,
        identity: &Identity,
    ) -> Result<Option<Stranger>, Failure> {
        let (key, now) = ((tenant.clone(), identity.clone()), self.world.clock.now());
        if self.vouched.is_good(&key, now) {
            return Ok(None);
        }
        let Some(surface) = self.world.talk(tenant).and_then(|talk| talk.surfaces.get(&identity.surface))
        else {
            return Ok(None);
        };
        match tokio::time::timeout(PATIENCE, surface.profile(identity)).await {
            Ok(Ok(Some(profile))) => match profile.stranger {
                Some(stranger) => {
                    self.forget(tenant, identity).await?;
                    return Ok(Some(stranger));
                }
                None => self.vouched.keep(key, now),
            },
            Ok(Ok(None)) => self.vouched.keep(key, now),
            Ok(Err(error)) => {
                tracing::warn!(%tenant, "whether {identity} is still a member could not be asked: {error}");
            }
            Err(_) => {
                tracing::warn!(%tenant, "whether {identity} is still a member was not answered in time");
            }
        }
        Ok(None)
    }
}
