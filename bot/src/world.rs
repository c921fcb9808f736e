//! Every outside thing, in one struct: what production, the demo and the tests put together differently, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use countersign_domain::audience::Collections;
use countersign_domain::effect::BackoffPolicy;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{
    CallError, Clock, EventStore, Examined, Forge, Pauses, Permission, Place, Secrets, Surface, SurfaceKind,
    Tracker, USUAL_FORGE, VendorRole,
};
use countersign_projections::Projections;
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use crate::access::evidence::Looked;
use crate::config::IntegrationsConfig;
use crate::conversation::Stages;
use crate::duties::Duties;
use crate::engine::Failure;
use crate::folds;
use crate::help::Help;
use crate::in_view::InView;
use crate::oversight::Oversight;
use crate::seal::Seal;
use crate::surfaces::Sides;

/// What the bot runs in.
#[derive(Clone)]
pub struct World {
    /// The log.
    pub store: Arc<dyn EventStore>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// The read models.
    pub projections: Arc<Projections>,
    /// Credentials.
    pub secrets: Arc<dyn Secrets>,
    /// What keeps calls to vendors back, for as long as one of them asked for.
    pub pauses: Arc<dyn Pauses>,
    /// The vendors of each tenant.
    pub tenants: Arc<BTreeMap<Tenant, Vendors>>,
    /// How many effects of a tenant are performed at once that call the same vendors, at least 1.
    pub abreast: usize,
    /// How the outbox tries again.
    pub backoff: BackoffPolicy,
    /// Uniform in 0..1, for jitter only.
    pub random: Arc<dyn Fn() -> f64 + Send + Sync>,
    /// The name this bot claims and attempts effects under, which no other bot has or had.
    pub worker: String,
    /// What this bot does, where several work on the log.
    pub duties: Arc<Duties>,
    /// What makes buttons and link codes that only this bot reads.
    pub seal: Arc<Seal>,
    /// What vendors said a moment ago.
    pub looked: Arc<Looked>,
    /// What people were shown last where they talk.
    pub in_view: Arc<InView>,
    /// How many times as long as usual a vendor is waited for where a person waits: once, and longer where the machine has so much to
    /// do beside it that seconds say nothing of the vendor.
    pub patience: u32,
    /// Where people find the console, without a slash at the end.
    pub console: String,
    /// What is watched over besides the requests.
    pub oversight: Arc<Oversight>,
    /// What models are saying at this moment.
    pub stages: Arc<Stages>,
}

/// The systems of one tenant.
#[derive(Clone)]
pub struct Vendors {
    /// Where the repositories are.
    pub forge: Arc<dyn Forge>,
    /// Where the tickets are, if anywhere.
    pub tracker: Option<Arc<dyn Tracker>>,
    /// Where its people talk.
    pub talk: Talk,
    /// What its people mean by what they say.
    pub customs: Arc<Customs>,
    /// What answers their questions, if anything does.
    pub help: Option<Arc<Help>>,
}

/// What goes without saying among the people of one tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Customs {
    /// The IANA name of the time zone of whoever named none of their own.
    pub zone: Option<String>,
    /// Words of their own for the permissions, in lower case, beside those that everybody knows.
    pub permissions: BTreeMap<String, Permission>,
    /// The address of their tracker, where they have one: a ticket's address on another site is none of theirs.
    pub tracker: Option<String>,
    /// A project of theirs in it, for examples.
    pub project: Option<String>,
    /// What tells them of what happens outside, where anything does.
    pub integrations: Option<IntegrationsConfig>,
}

/// Where the people of one tenant talk to the bot, besides its own page.
#[derive(Clone, Default)]
pub struct Talk {
    /// The surfaces.
    pub surfaces: BTreeMap<SurfaceKind, Arc<dyn Surface>>,
    /// Channels in which every request is shown that waits for a countersignature.
    pub channels: Vec<Place>,
    /// Channels in which alarms are shown.
    pub alerts: Vec<Place>,
    /// Where somebody is known by the address that the workspace has verified, without a link code.
    pub by_email: BTreeSet<SurfaceKind>,
    /// The groups of ours whose members are those of a vendor's group.
    pub groups: Vec<FollowedGroup>,
    /// What each vendor's deliveries are given to.
    pub sides: Sides,
}

/// A group of ours that follows a vendor's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowedGroup {
    /// Ours, as the rules name it.
    pub group: String,
    /// Whose it follows.
    pub surface: SurfaceKind,
    /// The vendor's workspace.
    pub workspace: String,
    /// The vendor's id of it.
    pub followed: String,
}

impl Vendors {
    /// The name of the one in this role, if there is one: `bitbucket`, `jira`, `slack`.
    pub fn in_role(&self, role: VendorRole) -> Option<&'static str> {
        match role {
            VendorRole::Forge => Some(self.forge.vendor()),
            VendorRole::Tracker => self.tracker.as_ref().map(|tracker| tracker.vendor()),
            VendorRole::Surface(surface) => Some(surface.as_str()),
            // What is not there is told to who waits for it, and holds nobody else's up.
            VendorRole::Knowledge | VendorRole::Model => None,
        }
    }

    /// The names of all of them: `bitbucket`, `jira`, `slack`.
    pub fn names(&self) -> Vec<String> {
        let tracker = self.tracker.iter().map(|tracker| tracker.vendor().to_owned());
        let chats = self.talk.surfaces.keys().map(ToString::to_string);
        std::iter::once(self.forge.vendor().to_owned()).chain(tracker).chain(chats).collect()
    }

    /// What the one of this name says when it is asked whether the bot can work with it; nothing where there is none.
    pub async fn examine(&self, name: &str) -> Option<Result<Examined, CallError>> {
        if name == self.forge.vendor() {
            return Some(self.forge.examine().await);
        }
        if let Some(tracker) = self.tracker.as_ref().filter(|tracker| tracker.vendor() == name) {
            return Some(tracker.examine().await);
        }
        let kind: SurfaceKind = name.parse().ok()?;
        let surface = self.talk.surfaces.get(&kind)?;
        let mut said = surface.examine().await;
        if let Ok(examined) = &mut said {
            examined.faults.extend(self.talk.wrongly_named(kind, &**surface).await);
        }
        Some(said)
    }
}

impl Talk {
    /// Whether everybody who is there sees whatever waits: in a channel meant for that, and in its threads.
    pub(crate) fn is_for_all_that_waits(&self, place: &Place) -> bool {
        !place.is_private() && self.channels.iter().any(|channel| place.is_in(channel))
    }

    /// What is wrong with what the configuration names at a surface: the groups that ours follow, and the channels in which
    /// requests are shown.
    async fn wrongly_named(&self, kind: SurfaceKind, surface: &dyn Surface) -> Vec<String> {
        let mut faults = Vec::new();
        for followed in self.groups.iter().filter(|followed| followed.surface == kind) {
            match surface.has_group(&followed.followed).await {
                Ok(true) => {}
                Ok(false) => faults.push(there_is_no_group(followed)),
                Err(error) => faults.push(format!(
                    "whether there is {}, which the group {} follows, cannot be asked: {}",
                    followed.followed, followed.group, error.detail
                )),
            }
        }
        let channels = self.channels.iter().map(|place| (place, "channels"));
        let named = channels.chain(self.alerts.iter().map(|place| (place, "alert_channels")));
        for (place, key) in named.filter(|(place, _)| place.surface == kind) {
            let channel = place.channel.as_deref().unwrap_or_default();
            match surface.obstacle(place).await {
                Ok(None) => {}
                Ok(Some(obstacle)) => faults.push(format!(
                    "nothing can be shown in the channel {channel}: {obstacle}; or check `{kind}.{key}` in the configuration"
                )),
                Err(error) => faults.push(format!(
                    "whether there is the channel {channel} cannot be asked: {}",
                    error.detail
                )),
            }
        }
        faults
    }
}

/// What is said of a group of ours that follows one that there is not.
pub(crate) fn there_is_no_group(followed: &FollowedGroup) -> String {
    let FollowedGroup { group, surface, followed, .. } = followed;
    format!(
        "there is no {followed} for the group {group} to follow: check `{surface}.groups` in the configuration"
    )
}

impl World {
    /// Where a tenant's people talk; nowhere, where the configuration names nothing.
    pub fn talk(&self, tenant: &Tenant) -> Option<&Talk> {
        self.tenants.get(tenant).map(|vendors| &vendors.talk).filter(|talk| !talk.surfaces.is_empty())
    }

    /// Waits as long for a vendor as a person would, who usually waits so long in real time.
    pub(crate) async fn waits<T>(
        &self,
        usually: Duration,
        for_a_vendor: impl Future<Output = T>,
    ) -> Result<T, Elapsed> {
        timeout(usually.saturating_mul(self.patience), for_a_vendor).await
    }

    /// Waits until the read models have seen all that is in the log.
    pub async fn folded(&self) -> Result<(), Failure> {
        if let Some(head) = self.store.head().await? {
            self.projections.wait_for(head).await?;
        }
        Ok(())
    }

    /// The vendors of a tenant, for whoever is about to ask one; `None` where the configuration names none.
    pub fn vendors(&self, tenant: &Tenant) -> Option<&Vendors> {
        folds::turned_to_a_vendor();
        self.tenants.get(tenant)
    }

    /// The word for a tenant's forge: under it stand the accounts that its people have there.
    pub fn forge(&self, tenant: &Tenant) -> &'static str {
        self.tenants.get(tenant).map_or(USUAL_FORGE, |vendors| vendors.forge.vendor())
    }

    /// What answers the questions of a tenant's people, if anything does; nobody is asked yet.
    pub fn help(&self, tenant: &Tenant) -> Option<&Help> {
        self.tenants.get(tenant)?.help.as_deref()
    }

    /// Who may read what belongs to each collection of a tenant's, where that is said.
    pub fn collections(&self, tenant: &Tenant) -> Option<&Collections> {
        self.help(tenant).map(|help| &help.settings.collections)
    }

    /// What goes without saying among the people of a tenant; nobody is asked for it.
    pub fn customs(&self, tenant: &Tenant) -> Arc<Customs> {
        self.tenants.get(tenant).map(|vendors| Arc::clone(&vendors.customs)).unwrap_or_default()
    }
}
