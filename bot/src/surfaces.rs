//! The surfaces of one tenant: each knows how its vendor delivers and wants to be answered, and brings what people do to the
//! [`Desk`](crate::desk::Desk).

pub mod discord;
pub mod slack;

use std::sync::Arc;

use anyhow::Context as _;
use countersign_domain::card::Card;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{Place, Secrets, Surface, SurfaceKind};
use countersign_outbound::Outbound;
use jiff::Timestamp;
use tokio::sync::watch;
use uuid::Uuid;

use self::discord::DiscordSide;
use self::slack::SlackSide;
use crate::config::{ChatConfig, TenantConfig};
use crate::desk::Desk;
use crate::world::{FollowedGroup, Talk};

/// What each vendor's deliveries are given to.
#[derive(Clone, Default)]
pub struct Sides {
    /// Slack's.
    pub slack: Option<Arc<SlackSide>>,
    /// Discord's.
    pub discord: Option<Arc<DiscordSide>>,
}

/// Where the people of a tenant talk, as its configuration says. Nothing is called yet.
pub fn connect(
    tenant: &Tenant,
    config: &TenantConfig,
    outbound: &Arc<Outbound>,
    secrets: &Arc<dyn Secrets>,
) -> anyhow::Result<Talk> {
    let mut talk = Talk::default();
    if let Some(slack) = &config.slack {
        let side = SlackSide::new(&slack.vendor, tenant, outbound, secrets).context("Slack")?;
        talk.surfaces.insert(SurfaceKind::Slack, side.client());
        talk.sides.slack = Some(Arc::new(side));
        follow(&mut talk, SurfaceKind::Slack, &slack.vendor.team, slack);
    }
    if let Some(discord) = &config.discord {
        let side = DiscordSide::new(discord, tenant, outbound, secrets).context("Discord")?;
        talk.surfaces.insert(SurfaceKind::Discord, side.surface());
        talk.sides.discord = Some(Arc::new(side));
        follow(&mut talk, SurfaceKind::Discord, discord::WORKSPACE, discord);
    }
    Ok(talk)
}

/// What every surface's configuration says beside the vendor's own.
fn follow<T>(talk: &mut Talk, surface: SurfaceKind, workspace: &str, config: &ChatConfig<T>) {
    let channels = config.channels.iter().map(|channel| Place::channel(surface, workspace, channel));
    talk.channels.extend(channels);
    if config.by_email {
        talk.by_email.insert(surface);
    }
    let groups = config.groups.iter().map(|(group, followed)| FollowedGroup {
        group: group.clone(),
        surface,
        workspace: workspace.to_owned(),
        followed: followed.clone(),
    });
    talk.groups.extend(groups);
}

/// Says something that nothing depends on, beside everything else.
pub(crate) fn say(
    surface: &Arc<dyn Surface>,
    desk: &Arc<Desk>,
    tenant: &Tenant,
    place: Place,
    direct: Place,
    card: Card,
    key: Uuid,
) {
    let (surface, tenant) = (Arc::clone(surface), tenant.clone());
    let card = desk.sealed(&tenant, card);
    desk.beside(async move {
        let said = match surface.post(&place, &card, key).await {
            Err(_) if place != direct => surface.post(&direct, &card, key).await,
            said => said,
        };
        if let Err(error) = said {
            tracing::warn!(%tenant, "somebody could not be answered: {error}");
        }
    });
}

/// After each gap of a connection, reads what was said meanwhile. Never ends by itself.
pub(crate) async fn gaps<C: Copy + Send + Sync>(
    mut connection: watch::Receiver<C>,
    desk: &Arc<Desk>,
    tenant: &Tenant,
    surface: (SurfaceKind, &dyn Surface),
    look: impl Fn(C) -> (bool, Option<Timestamp>) + Send,
) {
    let mut read = None;
    loop {
        let (connected, gap) = look(*connection.borrow_and_update());
        if let Some(since) = gap.filter(|since| connected && read != Some(*since)) {
            match desk.reconcile(tenant, surface, since).await {
                Ok(()) => read = Some(since),
                Err(failure) => tracing::warn!(%tenant, "what was missed could not be taken in: {failure}"),
            }
        }
        if connection.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
