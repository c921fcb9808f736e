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
use countersign_outbound::{Outbound, Troubles};
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::discord::DiscordSide;
use self::slack::SlackSide;
use self::teams::TeamsSide;
use crate::config::{ChatConfig, TenantConfig};
use crate::desk::{Desk, Unread};
use crate::world::{FollowedGroup, Talk};

/// How it stands with the way by which a vendor delivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Connection {
    /// The vendor can deliver now.
    Connected,
    /// The bot is not connected, and tries to be.
    Lost,
    /// The vendor calls the bot; whether it could now, nobody knows before it does.
    ByHttp,
}

impl Connection {
    /// Of a connection that the bot keeps.
    const fn kept(connected: bool) -> Self {
        if connected { Self::Connected } else { Self::Lost }
    }
}

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

impl Sides {
    /// The sides that keep a connection of their own.
    pub(crate) fn listening(&self) -> impl Iterator<Item = Listening> {
        let by_socket = |slack: &Arc<SlackSide>| !matches!(slack.connection(), Connection::ByHttp);
        let slack = self.slack.clone().filter(by_socket).map(Listening::Slack);
        slack.into_iter().chain(self.discord.clone().map(Listening::Discord))
    }

    /// How it stands with each of them.
    pub fn connections(&self) -> impl Iterator<Item = (SurfaceKind, Connection)> {
        let slack = self.slack.as_ref().map(|slack| (SurfaceKind::Slack, slack.connection()));
        let teams = self.teams.as_ref().map(|_| (SurfaceKind::Teams, Connection::ByHttp));
        let discord = self.discord.as_ref().map(|discord| (SurfaceKind::Discord, discord.connection()));
        [slack, teams, discord].into_iter().flatten()
    }

    /// What goes wrong on a vendor's way to the bot; nothing where there is no such side.
    pub fn troubles(&self, surface: SurfaceKind) -> Option<&Troubles> {
        match surface {
            SurfaceKind::Slack => self.slack.as_ref().map(|slack| slack.troubles()),
            SurfaceKind::Teams => self.teams.as_ref().map(|teams| teams.troubles()),
            SurfaceKind::Discord => self.discord.as_ref().map(|discord| discord.troubles()),
        }
    }
}

/// A side that keeps a connection of its own, by which its vendor delivers.
#[derive(Clone)]
pub(crate) enum Listening {
    Slack(Arc<SlackSide>),
    Discord(Arc<DiscordSide>),
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
            Self::Slack(slack) => Box::pin(Arc::clone(slack).listen(desk, tenant, listened, stop)).await,
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
    let alerts = config.alerts.iter().map(|channel| Place::channel(surface, workspace, channel));
    talk.alerts.extend(alerts);
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

/// At the first connection and after each gap, takes in what changed and was said meanwhile; what could not be read is read
/// again a little later. `listened`: when the bot surely did so before it started. Never ends by itself.
pub(crate) async fn gaps<C: Copy + Send + Sync>(
    mut connection: watch::Receiver<C>,
    listened: Option<Timestamp>,
    desk: &Arc<Desk>,
    tenant: &Tenant,
    surface: (SurfaceKind, &dyn Surface),
    look: impl Fn(C) -> (bool, Option<Timestamp>) + Send,
) {
    let (mut unread, mut known, mut caught_up) = (Unread::since(listened), None, false);
    loop {
        let (connected, gap) = look(*connection.borrow_and_update());
        if let Some(since) = gap.filter(|_| gap != known) {
            desk.nobody_listened(tenant, surface.0);
            unread.gap(since);
            (known, caught_up) = (gap, false);
        }
        if connected && !caught_up {
            caught_up = desk.catch_up(tenant, surface, &mut unread).await;
        }
        tokio::select! {
            changed = connection.changed() => if changed.is_err() {
                return std::future::pending().await;
            },
            () = desk.before_reading_again(), if connected && !caught_up => {}
        }
    }
}
