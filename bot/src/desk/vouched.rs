//! Whom a vendor called a member lately: what it said while nobody listened, that somebody is a guest now, was switched off or
//! is not there any more, is asked for at their next act.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign_domain::names::Tenant;
use countersign_domain::ports::{Identity, Stranger, SurfaceKind};
use jiff::{SignedDuration, Timestamp};

use super::Desk;
use super::strangers::stranger;
use crate::engine::Failure;

/// For so long a vendor's word counts, where nobody misses what it tells; what changes meanwhile, most tell by themselves.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(1);
/// Where something speaks against somebody, it is asked for so often at most, whatever came of it.
const AGAIN: SignedDuration = SignedDuration::from_mins(1);
/// Nobody waits longer for it: vendors want their deliveries acknowledged within three seconds.
const PATIENCE: Duration = Duration::from_secs(1);

/// When each was called a member last.
#[derive(Debug, Default)]
pub(super) struct Vouched(Mutex<Said>);

#[derive(Debug, Default)]
struct Said {
    at: HashMap<(Tenant, Identity), Timestamp>,
    /// When each was asked about last though it may have been good.
    again: HashMap<(Tenant, Identity), Timestamp>,
    /// How often nobody had listened, or something spoke against somebody and was not asked about: what was asked before is no answer
    /// after it.
    gaps: u64,
}

impl Vouched {
    fn said(&self) -> MutexGuard<'_, Said> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_good(&self, key: &(Tenant, Identity), now: Timestamp) -> bool {
        let at = self.said().at.get(key).copied();
        at.is_some_and(|at| at <= now && now.duration_since(at) < GOOD_FOR)
    }

    /// Whether it is time to ask about somebody whatever was said lately; if so, it is for this one to ask.
    fn takes_turn(&self, key: (Tenant, Identity), now: Timestamp) -> bool {
        let mut said = self.said();
        said.again.retain(|_, at| *at <= now && now.duration_since(*at) < AGAIN);
        let asked_before = said.again.contains_key(&key);
        if asked_before {
            // What was said of them counts no more, nor what is being said just now: whatever they do next, it is asked then.
            said.at.remove(&key);
            said.gaps += 1;
        }
        said.again.entry(key).or_insert(now);
        !asked_before
    }

    /// After how many gaps it is now.
    fn gaps(&self) -> u64 {
        self.said().gaps
    }

    /// Keeps what was asked after so many gaps.
    fn keep(&self, key: (Tenant, Identity), now: Timestamp, gaps: u64) {
        let mut said = self.said();
        said.at.retain(|_, at| *at <= now && now.duration_since(*at) < GOOD_FOR);
        if said.gaps == gaps {
            said.at.insert(key, now);
        }
    }

    fn forget(&self, tenant: &Tenant, surface: SurfaceKind) {
        let mut said = self.said();
        said.gaps += 1;
        let is_other = |(of, identity): &(Tenant, Identity)| of != tenant || identity.surface != surface;
        said.at.retain(|key, _| is_other(key));
        said.again.retain(|key, _| is_other(key));
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
        let turned = self.said_of(tenant, identity).await;
        if turned.is_some() {
            self.forget(tenant, identity).await?;
        }
        Ok(turned)
    }

    /// The same, whatever the vendor said lately: something speaks against it. However often that comes, it is asked once a minute.
    pub(super) async fn asked_again(&self, tenant: &Tenant, identity: &Identity) -> Result<(), Failure> {
        let key = (tenant.clone(), identity.clone());
        if self.vouched.takes_turn(key, self.world.clock.now())
            && self.asked(tenant, identity).await.is_some()
        {
            self.forget(tenant, identity).await?;
        }
        Ok(())
    }

    /// What the vendor says of somebody we know, where it makes them a stranger: lately, or now.
    pub(super) async fn said_of(&self, tenant: &Tenant, identity: &Identity) -> Option<Stranger> {
        if self.vouched.is_good(&(tenant.clone(), identity.clone()), self.world.clock.now()) {
            return None;
        }
        self.asked(tenant, identity).await
    }

    async fn asked(&self, tenant: &Tenant, identity: &Identity) -> Option<Stranger> {
        let surface = self.world.talk(tenant)?.surfaces.get(&identity.surface)?;
        let (now, gaps) = (self.world.clock.now(), self.vouched.gaps());
        let said = match self.world.waits(PATIENCE, surface.profile(identity)).await {
            Ok(Ok(said)) => said,
            Ok(Err(error)) => {
                tracing::warn!(%tenant, "whether {identity} is still a member could not be asked: {error}");
                return None;
            }
            Err(_) => {
                tracing::warn!(%tenant, "whether {identity} is still a member was not answered in time");
                return None;
            }
        };
        let turned = stranger(said);
        if turned.is_none() {
            self.vouched.keep((tenant.clone(), identity.clone()), now, gaps);
        }
        turned
    }

    /// Nobody listened to a surface for a while: what it would have told of its people meanwhile is asked for.
    pub(crate) fn nobody_listened(&self, tenant: &Tenant, surface: SurfaceKind) {
        self.vouched.forget(tenant, surface);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_d5_what_was_asked_before_a_gap_is_not_kept_after_it() {
        let tenant: Tenant = "acme".parse().expect("a tenant");
        let identity: Identity = "slack/T024BE7LD/W012A3CDE".parse().expect("an identity");
        let (key, now) = ((tenant.clone(), identity), Timestamp::UNIX_EPOCH);
        let vouched = Vouched::default();
        let gaps = vouched.gaps();
        vouched.forget(&tenant, SurfaceKind::Slack);
        vouched.keep(key.clone(), now, gaps);
        assert!(!vouched.is_good(&key, now));
        vouched.keep(key.clone(), now, vouched.gaps());
        assert!(vouched.is_good(&key, now));
    }

    #[test]
    fn trust_d5_what_speaks_against_somebody_and_is_not_asked_about_at_once_is_asked_at_their_next_act() {
        let tenant: Tenant = "acme".parse().expect("a tenant");
        let identity: Identity = "slack/T024BE7LD/W012A3CDE".parse().expect("an identity");
        let (key, now) = ((tenant, identity), Timestamp::UNIX_EPOCH);
        let vouched = Vouched::default();
        assert!(vouched.takes_turn(key.clone(), now));
        vouched.keep(key.clone(), now, vouched.gaps());
        assert!(vouched.is_good(&key, now));
        assert!(!vouched.takes_turn(key.clone(), now));
        assert!(!vouched.is_good(&key, now));
    }

    #[test]
    fn trust_d5_what_is_answered_to_one_sign_is_no_answer_to_another_that_came_meanwhile() {
        let tenant: Tenant = "acme".parse().expect("a tenant");
        let identity: Identity = "slack/T024BE7LD/W012A3CDE".parse().expect("an identity");
        let (key, now) = ((tenant, identity), Timestamp::UNIX_EPOCH);
        let vouched = Vouched::default();
        assert!(vouched.takes_turn(key.clone(), now));
        let gaps = vouched.gaps();
        assert!(!vouched.takes_turn(key.clone(), now), "while the vendor is asked");
        vouched.keep(key.clone(), now, gaps);
        assert!(!vouched.is_good(&key, now), "it may be of before that");
    }

    #[test]
    fn trust_d5_whoever_something_speaks_against_is_asked_about_once_a_minute_and_at_once_after_a_gap() {
        let tenant: Tenant = "acme".parse().expect("a tenant");
        let identity: Identity = "slack/T024BE7LD/W012A3CDE".parse().expect("an identity");
        let other: Identity = "slack/T024BE7LD/W012A3CDF".parse().expect("an identity");
        let vouched = Vouched::default();
        let takes_turn = |identity: &Identity, second| {
            let now = Timestamp::from_second(second).expect("a moment of that hour");
            vouched.takes_turn((tenant.clone(), identity.clone()), now)
        };
        assert!(takes_turn(&identity, 0) && takes_turn(&other, 30));
        assert!(!takes_turn(&identity, 59));
        assert!(takes_turn(&identity, 60), "whoever comes too early puts it off for nobody");
        assert!(!takes_turn(&identity, 61));
        vouched.forget(&tenant, SurfaceKind::Slack);
        assert!(takes_turn(&identity, 61));
    }
}
