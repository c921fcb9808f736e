//! Groups of ours that follow a vendor's: who is in that one is in ours, at once where the vendor tells of it, and within an hour where
//! it does not, or what it told was lost.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::ports::{Identity, Surface, SurfaceKind};
use countersign_domain::tenant::PeopleCommand;
use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use super::{Busy, Desk};
use crate::engine::Failure;
use crate::shared::Shared;
use crate::world::{FollowedGroup, there_is_no_group};

/// So often it is read who is in a group that follows a vendor's, beside when the vendor tells of it.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);
/// So often what could not be read is read again.
const SOON: SignedDuration = SignedDuration::from_mins(5);
/// So often it is read whether what was just kept is still so.
const ROUNDS: usize = 5;

/// When the groups of each tenant's surfaces could all be read last; nothing where some could not.
#[derive(Default)]
pub(super) struct Following(Mutex<HashMap<(Tenant, SurfaceKind), Arc<Reading>>>);

/// What was read later is also kept later, and a flood of changes is read once more when it is over.
type Reading = Shared<Option<Timestamp>>;

impl Following {
    fn of(&self, tenant: &Tenant, surface: SurfaceKind) -> Arc<Reading> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry((tenant.clone(), surface)).or_default())
    }
}

impl Desk {
    /// Lets every group of a tenant that follows a vendor's have its members.
    pub async fn sync_groups(&self, tenant: &Tenant) -> Result<(), Failure> {
        let Some(talk) = self.world.talk(tenant) else { return Ok(()) };
        for surface in talk.surfaces.keys() {
            self.sync_groups_of(tenant, *surface).await?;
        }
        Ok(())
    }

    /// The same of those that follow this surface's. Only people who are linked can be members, so it is done whenever somebody is.
    pub(crate) async fn sync_groups_of(&self, tenant: &Tenant, kind: SurfaceKind) -> Result<(), Failure> {
        let Some(talk) = self.world.talk(tenant) else { return Ok(()) };
        let Some(surface) = talk.surfaces.get(&kind) else { return Ok(()) };
        let followed: Vec<_> = talk.groups.iter().filter(|followed| followed.surface == kind).collect();
        if followed.is_empty() {
            return Ok(());
        }
        let read = async {
            let mut whole = true;
            for followed in followed {
                whole &= self.sync_group(tenant, &**surface, followed).await?;
            }
            Ok::<_, Failure>(whole.then(|| self.world.clock.now()))
        };
        self.following.of(tenant, kind).fresh(read).await.map(drop)
    }

    /// Whether the members of the group that is followed could be read, and are ours.
    async fn sync_group(
        &self,
        tenant: &Tenant,
        surface: &dyn Surface,
        followed: &FollowedGroup,
    ) -> Result<bool, Failure> {
        let group = &followed.group;
        // What was read may be older than what another bot has read, and kept: whoever changed something looks once more.
        for _ in 0..ROUNDS {
            let users = match surface.members(&followed.followed).await {
                Ok(Some(users)) => users,
                // Whoever was in it decides nothing any more.
                Ok(None) => {
                    let there_is_none = there_is_no_group(followed);
                    tracing::warn!(%tenant, group, "it has no members: {there_is_none}");
                    vec![]
                }
                Err(error) => {
                    tracing::warn!(%tenant, group, "its members could not be read: {error}");
                    return Ok(false);
                }
            };
            let people = self.directory.present(tenant).await?.state;
            let behind = |user: String| {
                let identity = Identity::new(followed.surface, followed.workspace.clone(), user).ok()?;
                people.behind(&identity).map(|person| person.id.clone())
            };
            let members: BTreeSet<PrincipalId> = users.into_iter().filter_map(behind).collect();
            let sync = || PeopleCommand::SyncGroup { group: group.clone(), members: members.clone() };
            match self.of_the_vendor(tenant, followed.surface, "sync groups", sync).await? {
                Some(true) => {}
                Some(false) => return Ok(true),
                None => return Ok(false),
            }
        }
        tracing::warn!(%tenant, group, "who is in it is another each time it is read");
        Ok(false)
    }

    /// Lets the groups of a tenant have their members at once and again and again, until told to stop: not every vendor tells of
    /// whoever leaves, and what is told can be lost.
    pub(crate) async fn follow_groups(self: Arc<Self>, tenant: Tenant, first: Busy, stop: CancellationToken) {
        let mut busy = first;
        loop {
            if let Err(failure) = self.sync_old_groups(&tenant).await {
                tracing::warn!(%tenant, "the members of groups could not be taken over: {failure}");
            }
            drop(busy);
            let again = self.world.clock.sleep_until(self.world.clock.now() + SOON);
            if stop.run_until_cancelled(again).await.is_none() {
                return;
            }
            busy = self.busy();
        }
    }

    /// Those that could not be read, or were read long ago.
    async fn sync_old_groups(&self, tenant: &Tenant) -> Result<(), Failure> {
        let Some(talk) = self.world.talk(tenant) else { return Ok(()) };
        for surface in talk.surfaces.keys() {
            let whole = self.following.of(tenant, *surface).last().await.flatten();
            let now = self.world.clock.now();
            if whole.is_none_or(|at| now < at || now.duration_since(at) >= AGAIN) {
                self.sync_groups_of(tenant, *surface).await?;
            }
        }
        Ok(())
    }
}
