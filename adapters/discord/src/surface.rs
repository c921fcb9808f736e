//! Discord behind the port `Surface`: one tenant's server.

mod examine;
mod people;
mod permitted;
mod talk;
mod tokens;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use countersign_domain::card::Card;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{
    Attached, CallError, CallErrorKind, Clock, Examined, Identity, Interaction, Missed, Place, Posted,
    Profile, Secrets, Surface,
};
use countersign_outbound::{Credential, Files, Outbound, Troubles};
use http::Method;
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde_json::Value;
use serenity::all::{ApplicationId, ChannelId, GuildId, InteractionId, MessageId, Nonce, Route, UserId};
use uuid::Uuid;

use self::tokens::{Held, Tokens};
use crate::answer::Answer;
use crate::calls::{Ask, Calls, Failure, VENDOR};
use crate::config::number;
use crate::heard::{Ear, Heard, NotHeard};
use crate::{ConnectError, Delivery, DiscordConfig, Message, Origin, message};

/// There is no such message, or no such channel any more.
const GONE: [i64; 2] = [10_008, NO_CHANNEL];
/// There is no such channel any more.
const NO_CHANNEL: i64 = 10_003;
/// When it is tried again to say more, where Discord did not know of the interaction's first answer.
const TOO_EARLY: Duration = Duration::from_secs(1);
/// Where Discord hands out what is attached to messages.
const HOSTS: &[&str] = &["cdn.discordapp.com", "media.discordapp.net"];
/// Where a doubtful post is looked for.
const LOOKED_AT: u8 = 50;

/// One tenant's Discord server, as the bot speaks to it.
pub struct Discord {
    pub(crate) calls: Calls,
    pub(crate) application: ApplicationId,
    pub(crate) guild: GuildId,
    pub(crate) clock: Arc<dyn Clock>,
    bot: AtomicU64,
    tokens: Tokens,
    files: Files,
    /// The private talks that were opened.
    talks: Mutex<HashMap<UserId, ChannelId>>,
    troubles: Arc<Troubles>,
}

impl Discord {
    /// The server of `config`. `outbound` says how calls are made: time-outs, trust, and when Discord is left alone, which is seen
    /// there.
    pub fn new(
        config: &DiscordConfig,
        tenant: &Tenant,
        secrets: Arc<dyn Secrets>,
        outbound: &Outbound,
    ) -> Result<Self, ConnectError> {
        let clock = outbound.clock();
        let (application, guild) = (config.application()?, config.server()?);
        let secret = &config.bot_token_secret;
        let files =
            outbound.files(VENDOR, config.base()?, HOSTS, Credential::Nobody, Arc::clone(&secrets))?;
        let calls = Calls::new(config.base()?, tenant, secret, secrets, outbound)?;
        let bot = AtomicU64::new(application.get());
        let troubles = Arc::new(Troubles::new(VENDOR, tenant, Arc::clone(&clock)));
        let (tokens, talks) = (Tokens::default(), Mutex::default());
        Ok(Self { calls, application, guild, clock, bot, tokens, files, talks, troubles })
    }

    /// What goes wrong on Discord's way to the bot.
    pub fn troubles(&self) -> &Arc<Troubles> {
        &self.troubles
    }

    /// Reads a delivery that [`read`](crate::read) understood or the gateway brought, and keeps its token: for 15 minutes an
    /// answer to this person can be shown to them alone.
    pub fn hear(&self, delivery: &Delivery) -> Result<Heard, NotHeard> {
        let heard = self.ear().delivery(delivery)?;
        if let (Heard::Did(interaction), Some(from)) = (&heard, delivery.origin()) {
            let shown = !matches!(delivery, Delivery::Press { .. });
            let channel = interaction.place.channel.as_ref().map(|_| from.channel);
            let token = Arc::new(Held::new(from.interaction, &from.token, shown, self.clock.now()));
            self.tokens.keep((from.user, channel), token, self.clock.now());
        }
        Ok(heard)
    }

    /// Gives Discord its answer where it cannot be the body of an HTTP answer: after a delivery by the gateway.
    pub async fn answer(&self, to: &Origin, answer: &Answer) -> Result<(), CallError> {
        let route = callback(to.interaction, to.token.expose_secret());
        let ask = Ask::new("answer an interaction", Method::POST, route).json(&answer.body());
        let answered = self.calls.send(ask).await;
        // Where it was not, what follows finds that out.
        self.answered(to.interaction, answer);
        Ok(answered.map(|_| ())?)
    }

    /// Discord has its answer; only from then on more can be said to the person alone.
    pub fn answered(&self, interaction: InteractionId, answer: &Answer) {
        self.tokens.answered(interaction, matches!(answer, Answer::Later));
    }

    /// A card that is said at once in answer to an interaction, to this person only.
    pub fn say(&self, card: &Card) -> Result<Answer, CallError> {
        Ok(Answer::Say(Box::new(self.rendered(card)?)))
    }

    /// Takes away the sign that the bot is at it, where nothing was shown to the person alone in answer to it.
    pub async fn settle(&self, interaction: &Interaction) -> Result<(), CallError> {
        let id = number(&interaction.delivery).map(InteractionId::new);
        match id.and_then(|id| self.tokens.of_interaction(id)) {
            Some(held) => self.settled(&held).await,
            None => Ok(()),
        }
    }

    async fn settled(&self, held: &Held) -> Result<(), CallError> {
        held.answered().await;
        let _turn = held.turn().await;
        if !held.is_shown() || held.is_over(self.clock.now()) {
            return Ok(());
        }
        held.was_shown();
        let token = held.token.expose_secret();
        let route = Route::WebhookOriginalInteractionResponse { application_id: self.application, token };
        let ask = Ask::new("take away the sign that the bot is at it", Method::DELETE, route);
        Ok(self.calls.send(ask).await.map(|_| ())?)
    }

    pub(crate) fn ear(&self) -> Ear {
        Ear { application: self.application, guild: self.guild, bot: self.bot() }
    }

    pub(crate) fn bot(&self) -> UserId {
        UserId::new(self.bot.load(Ordering::Relaxed))
    }

    /// The gateway says who the bot is.
    pub(crate) fn is(&self, bot: UserId) {
        self.bot.store(bot.get(), Ordering::Relaxed);
    }

    /// The channel to speak in: of the place, or the private talk.
    async fn channel(&self, place: &Place) -> Result<ChannelId, CallError> {
        match (spoken(place), &place.only) {
            (Some(channel), _) => Ok(channel),
            (None, Some(user)) if place.channel.is_none() => self.talk(user).await,
            _ => Err(self.calls.rejected("find a place", "it is no place on Discord")),
        }
    }

    /// The private talk with somebody, opened where there is none yet; opening it again gives the same one.
    async fn talk(&self, user: &str) -> Result<ChannelId, CallError> {
        let what = "open a private talk";
        let user = number(user).ok_or_else(|| self.calls.rejected(what, "there is nobody of this id"))?;
        let talks = || self.talks.lock().unwrap_or_else(PoisonError::into_inner);
        let user = UserId::new(user);
        if let Some(channel) = talks().get(&user) {
            return Ok(*channel);
        }
        let body = serde_json::json!({"recipient_id": user.to_string()});
        let ask = Ask::new(what, Method::POST, Route::UserMeDmChannels).json(&body);
        let channel = field(&self.calls.send(ask).await?, "id").map(ChannelId::new);
        let channel = channel.ok_or_else(|| self.calls.rejected(what, "the answer has no id"))?;
        talks().insert(user, channel);
        Ok(channel)
    }

    fn forget_talk(&self, channel: ChannelId) {
        self.talks.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, talk| *talk != channel);
    }

    /// To one person alone, beside what everybody sees; `None` where they did not use the bot there lately.
    async fn whisper(&self, to: &Place, card: &Message) -> Result<Option<Posted>, CallError> {
        let (Some(user), Some(channel)) = (to.only.as_deref().and_then(number), spoken(to)) else {
            return Ok(None);
        };
        let key = (UserId::new(user), Some(channel));
        let Some(held) = self.tokens.held(key, self.clock.now()) else { return Ok(None) };
        held.answered().await;
        let _turn = held.turn().await;
        let secret = held.token.expose_secret();
        let route = Route::WebhookFollowupMessages { application_id: self.application, token: secret };
        let ask = Ask::new("show a card to one person", Method::POST, route).query("wait", &true);
        let answer = match self.calls.send(ask.json(&card.followup())).await {
            // Discord may not have our first answer yet.
            Err(mut failure) if failure.error.status == Some(404) && held.is_young(self.clock.now()) => {
                failure.error.kind = CallErrorKind::NotDone { after: Some(TOO_EARLY) };
                return Err(failure.into());
            }
            // The token is not good any more, whatever our clock says.
            Err(failure) if failure.error.status.is_some_and(|status| matches!(status, 401 | 404)) => {
                self.tokens.forget(key, &held);
                return Ok(None);
            }
            answer => answer?,
        };
        let posted = self.posted(&answer)?;
        held.was_shown();
        self.tokens.shows(&posted.message, &held);
        Ok(Some(posted))
    }

    fn posted(&self, answer: &Value) -> Result<Posted, CallError> {
        let missing = || self.calls.rejected("post a card", "the answer does not say what was posted");
        let id = |name| field(answer, name).map(|id| id.to_string()).ok_or_else(missing);
        Ok(Posted { channel: id("channel_id")?, message: id("id")?, via: None })
    }

    fn rendered(&self, card: &Card) -> Result<Message, CallError> {
        message(card, |button| button.say.clone())
            .map_err(|unfit| self.calls.rejected("show a card", &unfit.to_string()))
    }
}

#[async_trait]
impl Surface for Discord {
    async fn examine(&self) -> Result<Examined, CallError> {
        self.examined().await
    }

    async fn post(&self, to: &Place, card: &Card, key: Uuid) -> Result<Posted, CallError> {
        let card = self.rendered(card)?;
        if let Some(posted) = self.whisper(to, &card).await? {
            return Ok(posted);
        }
        let channel_id = match &to.only {
            Some(user) => self.talk(user).await?,
            None => self.channel(to).await?,
        };
        // Within some minutes Discord answers a second post of the same nonce with the first one's message.
        let body = card.create().nonce(Nonce::String(nonce(key))).enforce_nonce(true);
        let ask = |channel_id| {
            Ask::new("post a card", Method::POST, Route::ChannelMessages { channel_id }).json(&body)
        };
        let answer = match (self.calls.send(ask(channel_id)).await, &to.only) {
            // A private talk that is not there any more is opened anew.
            (Err(failure), Some(user)) if failure.code == Some(NO_CHANNEL) => {
                self.forget_talk(channel_id);
                self.calls.send(ask(self.talk(user).await?)).await
            }
            (answer, _) => answer,
        };
        let posted = self.posted(&answer?)?;
        if to.channel.is_none() {
            // In private the card itself is the answer; a sign that could not be taken away goes by itself.
            let used = to.only.as_deref().and_then(number).map(|user| (UserId::new(user), None));
            if let Some(held) = used.and_then(|used| self.tokens.held(used, self.clock.now())) {
                let _ = self.settled(&held).await;
            }
        }
        Ok(posted)
    }

    async fn find(&self, to: &Place, key: Uuid) -> Result<Option<Posted>, CallError> {
        let channel_id = match (&to.only, &to.channel) {
            // What is shown to one person alone, or to them in private instead: a second one does no harm.
            (Some(_), Some(_)) => return Ok(None),
            _ => self.channel(to).await?,
        };
        let ask =
            Ask::get("look for a card", Route::ChannelMessages { channel_id }).query("limit", &LOOKED_AT);
        let messages = self.calls.send(ask).await?;
        let key = nonce(key);
        let is_it = |message: &&Value| {
            message["nonce"] == key && field(&message["author"], "id") == Some(self.bot().get())
        };
        messages.as_array().into_iter().flatten().find(is_it).map(|message| self.posted(message)).transpose()
    }

    async fn update(&self, message: &Posted, card: &Card) -> Result<bool, CallError> {
        let what = "put a card in order";
        let card = self.rendered(card)?;
        let ids = (number(&message.channel), number(&message.message));
        let (Some(channel_id), Some(message_id)) = ids else {
            return Err(self.calls.rejected(what, "it is no message on Discord"));
        };
        let (channel_id, message_id) = (ChannelId::new(channel_id), MessageId::new(message_id));
        let token = self.tokens.of_message(&message.message, self.clock.now());
        let ask = if let Some(held) = &token {
            let token = held.token.expose_secret();
            let application_id = self.application;
            let route = Route::WebhookFollowupMessage { application_id, token, message_id };
            Ask::new(what, Method::PATCH, route).json(&card.edit_response())
        } else {
            let route = Route::ChannelMessage { channel_id, message_id };
            Ask::new(what, Method::PATCH, route).json(&card.edit())
        };
        there(self.calls.send(ask).await)
    }

    async fn profile(&self, identity: &Identity) -> Result<Option<Profile>, CallError> {
        self.person(identity).await
    }

    async fn members(&self, group: &str) -> Result<Option<Vec<String>>, CallError> {
        self.of_role(group).await
    }

    async fn has_group(&self, group: &str) -> Result<bool, CallError> {
        match number(group) {
            Some(role) => self.has_role(role).await,
            None => Ok(false),
        }
    }

    async fn obstacle(&self, channel: &Place) -> Result<Option<String>, CallError> {
        self.closed(channel).await
    }

    async fn missed(&self, place: &Place, since: Timestamp) -> Result<Vec<Missed>, CallError> {
        let channel = self.channel(place).await?;
        self.said_after(channel, place.channel.is_some(), since).await
    }

    async fn file(&self, file: &Attached, most: usize) -> Result<Vec<u8>, CallError> {
        let what = format!("read the file {}", file.name);
        let Some(address) = &file.address else {
            return Err(self.calls.rejected(&what, "Discord says no address of it"));
        };
        Ok(self.files.fetch(&what, address, most).await?.to_vec())
    }
}

/// The channel that a place names; a thread is one.
fn spoken(place: &Place) -> Option<ChannelId> {
    let id = place.thread.as_deref().or(place.channel.as_deref())?;
    number(id).map(ChannelId::new)
}

fn callback(interaction_id: InteractionId, token: &str) -> Route<'_> {
    Route::InteractionResponse { interaction_id, token }
}

/// An id in an answer.
fn field(answer: &Value, name: &str) -> Option<u64> {
    number(answer[name].as_str()?)
}

/// `false` where the message is not there any more.
fn there(result: Result<Value, Failure>) -> Result<bool, CallError> {
    match result {
        Ok(_) => Ok(true),
        Err(failure) if failure.code.is_some_and(|code| GONE.contains(&code)) => Ok(false),
        Err(failure) => Err(failure.error),
    }
}

/// A key in at most 25 characters, which is what Discord takes.
fn nonce(key: Uuid) -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(key.as_bytes())
}
