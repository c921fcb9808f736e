//! The surfaces of one tenant: each knows how its vendor delivers and wants to be answered, and brings what people do to the
//! [`Desk`].

pub mod discord;
pub mod slack;
pub mod teams;

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use countersign_domain::card::Card;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{Place, Secrets, Surface, SurfaceKind};
use countersign_outbound::Outbound;
use jiff::Timestamp;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::discord::DiscordSide;
use self::slack::SlackSide;
use self::teams::TeamsSide;
use crate::config::{ChatConfig, TenantConfig};
use crate::desk::Desk;
use crate::world::{FollowedGroup, Talk};

/// What each vendor's deliveries are given to.
#[derive(Clone, Default)]
pub struct Sides {
    /// Slack's.
    pub slack: Option<Arc<SlackSide>>,
    /// Microsoft Teams'.
    pub teams: Option<Arc<TeamsSide>>,
    /// Discord's.
    pub discord: Option<Arc<DiscordSide>>,
}

/// A side that keeps a connection of its own, by which its vendor delivers.
#[derive(Clone)]
pub(crate) enum Listening {
    Slack(Arc<SlackSide>),
    Discord(Arc<DiscordSide>),
}

impl Sides {
    /// The sides that keep a connection of their own.
    pub(crate) fn listening(&self) -> impl Iterator<Item = Listening> {
        let slack = self.slack.clone().filter(|slack| slack.is_connected().is_some()).map(Listening::Slack);
        slack.into_iter().chain(self.discord.clone().map(Listening::Discord))
    }
}

impl Listening {
    /// Whose deliveries come.
    pub(crate) const fn surface(&self) -> SurfaceKind {
        match self {
            Self::Slack(_) => SurfaceKind::Slack,
            Self::Discord(_) => SurfaceKind::Discord,
        }
    }

    /// Listens until told to stop. `listened`: when somebody surely did so last.
    pub(crate) async fn listen(
        &self,
        desk: Arc<Desk>,
        tenant: Tenant,
        listened: Option<Timestamp>,
        stop: CancellationToken,
    ) {
        match self {
            Self::Slack(slack) => Box::pin(Arc::clone(slack).listen(desk, tenant, stop)).await,
            Self::Discord(discord) => Arc::clone(discord).listen(desk, tenant, listened, stop).await,
        }
    }
}

/// Where the people of a tenant talk, as its configuration says, with a bot that listens on `listen`. Nothing is called yet.
pub fn connect(
    tenant: &Tenant,
    config: &TenantConfig,
    listen: SocketAddr,
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
    if let Some(teams) = &config.teams {
        let side =
            TeamsSide::new(&teams.vendor, tenant, outbound, secrets, listen).context("Microsoft Teams")?;
        talk.surfaces.insert(SurfaceKind::Teams, side.client());
        talk.sides.teams = Some(Arc::new(side));
        follow(&mut talk, SurfaceKind::Teams, &teams.vendor.tenant.to_string(), teams);
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

/// At the first connection and after each gap, takes in what changed and was said meanwhile. Never ends by itself.
pub(crate) async fn gaps<C: Copy + Send + Sync>(
    mut connection: watch::Receiver<C>,
    desk: &Arc<Desk>,
    tenant: &Tenant,
    surface: (SurfaceKind, &dyn Surface),
    look: impl Fn(C) -> (bool, Option<Timestamp>) + Send,
) {
    // The gap that was read last; nothing before the first connection.
    let mut read: Option<Option<Timestamp>> = None;
    loop {
        let (connected, gap) = look(*connection.borrow_and_update());
        if connected && read != Some(gap) {
            match desk.catch_up(tenant, surface, gap).await {
                Ok(()) => read = Some(gap),
                Err(failure) => tracing::warn!(%tenant, "what was missed could not be taken in: {failure}"),
            }
        }
        if connection.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
