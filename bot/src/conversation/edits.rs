//! How the message of a question in a chat grows with the answer that is being given. That is a courtesy and stands in no log: it is done
//! as seldom as vendors want, behind everything else that is to be said, and never after the answer itself, which comes by an effect.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use countersign_domain::conversation::Turn;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{Place, Posted, Surface, SurfaceKind};
use countersign_projections::conversation;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::card;
use super::shown::can_change;
use super::stage::Seen;
use crate::engine::Failure;
use crate::perform::sealed;
use crate::world::World;

/// So often one of a tenant's messages on a surface is changed for this, whichever it is: Slack lets some fifty a minute, all together.
const EVERY: SignedDuration = SignedDuration::from_secs(2);

/// When messages were changed last, and whether there is something else to say first.
#[derive(Default)]
pub(crate) struct Edits {
    last: Mutex<HashMap<(Tenant, SurfaceKind), Timestamp>>,
    rests: AtomicBool,
}

impl Edits {
    /// Lets none be made, or lets them be made again: what people do may come faster than it is reacted to.
    pub(crate) fn rest(&self, rests: bool) {
        self.rests.store(rests, Ordering::Relaxed);
    }

    /// Takes the next one; or says when to ask again.
    fn take(&self, tenant: &Tenant, surface: SurfaceKind, now: Timestamp) -> Result<(), Timestamp> {
        if self.rests.load(Ordering::Relaxed) {
            return Err(after(now));
        }
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let at = last.entry((tenant.clone(), surface)).or_insert(Timestamp::MIN);
        let due = after(*at);
        if due > now {
            return Err(due);
        }
        *at = now;
        Ok(())
    }
}

fn after(at: Timestamp) -> Timestamp {
    at.checked_add(EVERY).unwrap_or(Timestamp::MAX)
}

/// The message of a turn.
pub(super) struct Growing<'a> {
    world: &'a World,
    surface: &'a dyn Surface,
    tenant: &'a Tenant,
    turn: &'a Turn,
    place: &'a Place,
}

impl<'a> Growing<'a> {
    /// The message of this turn; none where it was not asked in a chat, or nobody can change it.
    pub(super) fn of(
        world: &'a World,
        tenant: &'a Tenant,
        turn: &'a Turn,
        place: Option<&'a Place>,
    ) -> Option<Self> {
        let place = place.filter(|place| can_change(place))?;
        let surface = &**world.talk(tenant)?.surfaces.get(&place.surface)?;
        Some(Self { world, surface, tenant, turn, place })
    }

    /// Lets it show what can be seen, until the answer is there. What has begun then is finished, so that nothing comes after that.
    pub(super) async fn grow(&self, mut seen: watch::Receiver<Seen>, ended: &CancellationToken) {
        while let Some(Ok(())) = ended.run_until_cancelled(seen.changed()).await {
            let message = match ended.run_until_cancelled(self.its_turn()).await {
                Some(Ok(message)) => message,
                Some(Err(failure)) => {
                    tracing::warn!(tenant = %self.tenant, "where an answer is shown cannot be read: {failure}");
                    return;
                }
                None => return,
            };
            let text = seen.borrow_and_update().text.clone();
            let card = sealed(self.world, self.tenant, card::so_far(self.turn, &text));
            match self.surface.update(&message, &card).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    tracing::info!(tenant = %self.tenant, "an answer is not shown as it is given: {error}");
                    return;
                }
            }
        }
    }

    /// The message, once it is there and may be changed.
    async fn its_turn(&self) -> Result<Posted, Failure> {
        let message = self.message().await?;
        let Self { world, tenant, .. } = self;
        let surface = self.place.surface;
        loop {
            let now = world.clock.now();
            let taken = match world.pauses.paused_until(surface.as_str(), tenant) {
                Some(until) => Err(until),
                None => world.stages.edits.take(tenant, surface, now),
            };
            match taken {
                Ok(()) => return Ok(message),
                Err(again) => world.clock.sleep_until(again).await,
            }
        }
    }

    /// The message, once it was posted.
    async fn message(&self) -> Result<Posted, Failure> {
        let projections = &self.world.projections;
        let mut changed = projections.changed();
        loop {
            changed.borrow_and_update();
            let shown = {
                let rows = projections.rows(conversation::NAME);
                conversation::shown_answer(&*rows, self.tenant, self.turn.id)?
            };
            if let Some(shown) = shown {
                return Ok(shown.message);
            }
            if changed.changed().await.is_err() {
                return std::future::pending().await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_changed_as_seldom_as_its_vendor_wants_and_behind_everything_else() {
        let (edits, acme, other) = (Edits::default(), "acme".parse().unwrap(), "other".parse().unwrap());
        let now: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        assert_eq!(edits.take(&acme, SurfaceKind::Slack, now), Ok(()));
        assert_eq!(edits.take(&acme, SurfaceKind::Slack, now), Err(after(now)));
        for (tenant, surface) in [(&acme, SurfaceKind::Teams), (&other, SurfaceKind::Slack)] {
            assert_eq!(edits.take(tenant, surface, now), Ok(()), "each vendor counts by itself");
        }
        edits.rest(true);
        assert_eq!(edits.take(&acme, SurfaceKind::Slack, after(now)), Err(after(after(now))));
        edits.rest(false);
        assert_eq!(edits.take(&acme, SurfaceKind::Slack, after(now)), Ok(()));
    }
}
