//! What comes by the gateway, one event at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use countersign_domain::ports::Interaction;
use serenity::all::{
    Context, EventHandler, GuildId, GuildMemberUpdateEvent, Interaction as Delivered, Member, Message,
    Reaction, Ready, ResumedEvent, User,
};
use tokio::sync::watch;

use super::{Link, Listener, MemberChange, Unheard};
use crate::heard::{Reactions, identity};
use crate::{Delivery, Discord, NotHeard};

/// Takes what comes.
pub(super) struct Events {
    discord: Arc<Discord>,
    listener: Arc<dyn Listener>,
    link: watch::Sender<Link>,
    sessions: Arc<AtomicU64>,
    reactions: Reactions,
}

impl Events {
    pub(super) fn new(
        discord: &Arc<Discord>,
        listener: Arc<dyn Listener>,
        link: watch::Sender<Link>,
        sessions: &Arc<AtomicU64>,
    ) -> Self {
        let reactions = Reactions::new(discord.clock.now());
        let (discord, sessions) = (Arc::clone(discord), Arc::clone(sessions));
        Self { discord, listener, link, sessions, reactions }
    }

    async fn delivered(&self, delivered: Delivered) -> Result<(), Unheard> {
        let delivery = Delivery::try_from(delivered)?;
        let heard = self.discord.hear(&delivery)?;
        // Without an answer Discord tells the person that it failed, which is true.
        let Some(answer) = self.listener.take(heard).await else { return Ok(()) };
        if let Some(to) = delivery.origin()
            && let Err(error) = self.discord.answer(to, &answer).await
        {
            tracing::warn!(%error, "an interaction was kept but could not be acknowledged");
        }
        Ok(())
    }

    async fn take(&self, heard: Result<Option<Interaction>, NotHeard>) {
        match heard {
            // What is not kept now is found in the history after the next start.
            Ok(Some(interaction)) => self.listener.keep(interaction).await,
            Ok(None) => {}
            Err(why) => self.listener.unheard(why.into()).await,
        }
    }

    fn connected(&self, session: u64) {
        self.link.send_replace(Link::Connected { session });
    }
}

#[async_trait]
impl EventHandler for Events {
    async fn ready(&self, _: Context, ready: Ready) {
        self.discord.is(ready.user.id);
        self.listener.begins().await;
        self.connected(self.sessions.fetch_add(1, Ordering::SeqCst) + 1);
    }

    async fn resume(&self, _: Context, _: ResumedEvent) {
        self.connected(self.sessions.load(Ordering::SeqCst));
    }

    async fn interaction_create(&self, _: Context, delivered: Delivered) {
        if let Err(why) = self.delivered(delivered).await {
            self.listener.unheard(why).await;
        }
    }

    async fn message(&self, _: Context, message: Message) {
        self.take(self.discord.ear().message(&message, message.guild_id)).await;
    }

    async fn reaction_add(&self, _: Context, reaction: Reaction) {
        self.take(self.discord.ear().reaction(&reaction, false, &self.reactions)).await;
    }

    async fn guild_member_update(
        &self,
        _: Context,
        _: Option<Member>,
        _: Option<Member>,
        update: GuildMemberUpdateEvent,
    ) {
        if update.guild_id == self.discord.guild {
            self.listener.member(MemberChange::Roles).await;
        }
    }

    async fn guild_member_removal(&self, _: Context, guild: GuildId, user: User, _: Option<Member>) {
        if guild == self.discord.guild {
            self.listener.member(MemberChange::Left(identity(user.id))).await;
        }
    }

    async fn reaction_remove(&self, _: Context, reaction: Reaction) {
        self.take(self.discord.ear().reaction(&reaction, true, &self.reactions)).await;
    }
}
