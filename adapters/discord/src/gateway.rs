//! Discord's gateway (<https://discord.com/developers/docs/events/gateway>): one connection that the bot keeps, over which
//! everything comes that people do. Serenity keeps it: heartbeats, resuming, beginning anew.
//!
//! Whatever comes is first kept by the [`Listener`], and only then acknowledged.

mod command;
mod events;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use async_trait::async_trait;
use countersign_domain::ports::{CallError, Identity, Interaction};
use countersign_outbound::is_guarded;
use secrecy::ExposeSecret;
use serenity::all::{
    ClientBuilder, ConnectionStage, GatewayIntents, HttpBuilder, Route, ShardId, ShardManager,
};
use tokio::sync::watch;

use self::events::Events;
use crate::calls::Ask;
use crate::{Answer, Discord, Heard, NotHeard, SlashCommand, Unreadable};
use url::Url;

/// What the bot wants to be told of; none of it is privileged. Interactions always come.
const INTENTS: GatewayIntents = GatewayIntents::GUILD_MESSAGES
    .union(GatewayIntents::GUILD_MESSAGE_REACTIONS)
    .union(GatewayIntents::DIRECT_MESSAGES)
    .union(GatewayIntents::DIRECT_MESSAGE_REACTIONS);
/// How often it is looked whether the connection is still there.
const LOOK: Duration = Duration::from_secs(1);

/// Who keeps what people do.
#[async_trait]
pub trait Listener: Send + Sync {
    /// A session begins that is none of those before: what happened since the last one, nobody tells. It is called before anything
    /// of the new one is brought.
    async fn begins(&self);

    /// Takes in what Discord waits for an answer to: the answer once it is durable, and again where it was kept before;
    /// none where it could not be kept, so that Discord tells the person that it failed.
    async fn take(&self, heard: Heard) -> Option<Answer>;

    /// Keeps what was said or felt, to which Discord wants no answer.
    async fn keep(&self, interaction: Interaction);

    /// Something about the members of the server changed: their roles, or that they are on it.
    async fn member(&self, change: MemberChange);

    /// Something came that the bot does not listen to.
    async fn unheard(&self, why: Unheard);
}

/// What changed about the members of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberChange {
    /// Somebody has other roles now.
    Roles,
    /// Somebody is on the server no more.
    Left(Identity),
}

/// Why something that came is not listened to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unheard {
    /// Not for this bot, or not from its server.
    #[error(transparent)]
    NotHeard(#[from] NotHeard),
    /// Nothing that the bot could do.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

/// How the connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// There is none: what people do now comes later, or never.
    Gap,
    /// It is there. A session that was resumed keeps its number, for Discord brings what came meanwhile; with a new number,
    /// what was said in between must be read from the history.
    Connected {
        /// The session's number since the start, from 1.
        session: u64,
    },
}

/// Why the gateway ended.
#[derive(Debug, thiserror::Error)]
pub enum GatewayEnd {
    /// Discord could not be asked for the way to it.
    #[error(transparent)]
    Call(#[from] CallError),
    /// Discord or serenity gave up.
    #[error("the connection to Discord's gateway ended for good: {0}")]
    GaveUp(String),
}

/// One tenant's gateway.
pub struct Gateway {
    discord: Arc<Discord>,
    command: Arc<SlashCommand>,
    link: watch::Sender<Link>,
    sessions: Arc<AtomicU64>,
    intents: GatewayIntents,
}

impl Gateway {
    /// The gateway of this server, whose slash command is registered at every start, as soon as Discord takes it.
    pub fn new(discord: Arc<Discord>, command: SlashCommand) -> Self {
        Self {
            discord,
            command: Arc::new(command),
            link: watch::Sender::new(Link::Gap),
            sessions: Arc::default(),
            intents: INTENTS,
        }
    }

    /// The same, told of members' roles and of who leaves. Discord allows that only where the developer portal says that the
    /// bot may know its server's members, as listing the members of a role does.
    #[must_use]
    pub fn with_members(self) -> Self {
        Self { intents: INTENTS | GatewayIntents::GUILD_MEMBERS, ..self }
    }

    /// How the connection stands, now and from now on.
    pub fn link(&self) -> watch::Receiver<Link> {
        self.link.subscribe()
    }

    /// Listens until `stop`. What ends before is an error, to be tried again after a while.
    pub async fn run(
        &self,
        listener: Arc<dyn Listener>,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<(), GatewayEnd> {
        let ended = self.listen(listener, stop).await;
        self.link.send_replace(Link::Gap);
        ended
    }

    async fn listen(
        &self,
        listener: Arc<dyn Listener>,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<(), GatewayEnd> {
        let registered = self.discord.try_to_register(&self.command).await;
        let registering = async {
            if !registered {
                self.discord.register_later(&self.command).await;
            }
            std::future::pending::<()>().await;
        };
        let ask = Ask::get("ask for the way to the gateway", Route::GatewayBot);
        let way = self.discord.calls.send(ask).await.map_err(CallError::from)?;
        let way =
            way["url"].as_str().ok_or_else(|| GatewayEnd::GaveUp("Discord names no address".to_owned()))?;
        if !Url::parse(way).is_ok_and(|way| is_guarded(&way)) {
            return Err(GatewayEnd::GaveUp("Discord names an address without TLS".to_owned()));
        }
        let token = self.discord.calls.token().await?;
        // Serenity asks for the address itself, of nobody in particular; ours counts.
        let http = HttpBuilder::new(token.expose_secret())
            .proxy(self.discord.calls.base().as_str())
            .ratelimiter_disabled(true)
            .application_id(self.discord.application)
            .build();
        let events = Events::new(&self.discord, listener, self.link.clone(), &self.sessions);
        let client = ClientBuilder::new_with_http(http, self.intents).event_handler(events).await;
        let mut client = client.map_err(|error| GatewayEnd::GaveUp(error.to_string()))?;
        *client.ws_url.lock().await = way.trim_end_matches('/').to_owned();
        let shards = Arc::clone(&client.shard_manager);
        tokio::select! {
            ended = client.start() => match ended {
                Ok(()) => Err(GatewayEnd::GaveUp("it was closed".to_owned())),
                Err(error) => Err(GatewayEnd::GaveUp(error.to_string())),
            },
            // Neither ends by itself.
            () = self.watch(&shards) => Ok(()),
            () = registering => Ok(()),
            () = stop => {
                shards.shutdown_all().await;
                Ok(())
            }
        }
    }

    /// Serenity tells of new connections, not of lost ones: a shard that is not connected is looked for. One that serenity is
    /// just giving up counts as connected for up to five seconds; then the new session's number says that there was a gap.
    async fn watch(&self, shards: &ShardManager) {
        let mut look = tokio::time::interval(LOOK);
        loop {
            look.tick().await;
            let stage = shards.runners.lock().await.get(&ShardId(0)).map(|runner| runner.stage);
            if stage != Some(ConnectionStage::Connected) {
                self.link.send_if_modified(|link| std::mem::replace(link, Link::Gap) != Link::Gap);
            }
        }
    }
}
