//! People of the demo in its Discord: what they do there, and what they see.

use std::sync::Arc;

use countersign::demo::chats::{DISCORD_APPLICATION, discord_user};
use countersign_sandbox::discord::{DiscordAct, DiscordInteraction, DiscordMessage};
use countersign_sandbox::{DiscordSandbox, DiscordState};
use countersign_store::MemoryStore;
use jiff::Timestamp;

use crate::stage::Stage;
use crate::until::until;

impl Stage {
    /// A new bot on an empty log, whose people chat in Discord only.
    pub async fn on_discord() -> Self {
        Self::with_discord(Arc::new(MemoryStore::new()), |_| {}).await
    }

    /// The Discord in miniature.
    pub fn discord(&self) -> &DiscordSandbox {
        &self.demo.chats.as_ref().expect("a stage with chats").discord
    }

    /// Changes the server itself, past the bot.
    pub fn change_discord(&self, change: impl FnOnce(&mut DiscordState)) {
        self.discord().change(change).expect("the sandbox keeps its state");
    }

    /// From now on Discord delivers over HTTP, where the tenant has it so. Discord's ids and signatures tell the system's time, and the
    /// stage's is turned to it.
    pub fn hears_discord_over_http(&self) {
        let typed =
            DiscordAct::Type { user: discord_user("demo-auditor"), channel: None, text: String::new() };
        let id: i64 = self.discord().act(typed).expect("somebody types").parse().expect("a number");
        let now =
            Timestamp::from_millisecond((id >> 22) + 1_420_070_400_000).expect("a time on the calendar");
        self.clock.turn(now.duration_since(self.clock_now()));
        self.discord().deliver_to(Some(self.url("/webhooks/discord/acme")));
    }

    /// Somebody does something in Discord, and everything follows that can follow now. The message's or interaction's id.
    pub async fn in_discord(&self, act: DiscordAct) -> String {
        let id = self.discord().act(act).expect("it can be done in Discord");
        let open = || {
            let state = self.discord().state();
            state.interactions.iter().any(|interaction| interaction.id == id && interaction.answer.is_none())
        };
        until("it is answered", || !open()).await;
        self.settle().await;
        id
    }

    /// Somebody says something to the bot, in private.
    pub async fn discord_says(&self, id: &str, text: &str) -> String {
        let (user, text) = (discord_user(id), text.to_owned());
        self.in_discord(DiscordAct::Say { user, channel: None, text }).await
    }

    /// Somebody replies to this message.
    pub async fn discord_replies(&self, id: &str, message: &DiscordMessage, text: &str) -> String {
        let (user, message, text) = (discord_user(id), message.id.clone(), text.to_owned());
        self.in_discord(DiscordAct::Reply { user, message, text }).await
    }

    /// Somebody sends the slash command; in private, where no channel is named.
    pub async fn discord_slash(&self, id: &str, channel: Option<&str>, text: &str) -> String {
        let (user, channel) = (discord_user(id), channel.map(str::to_owned));
        let text = Some(text.to_owned()).filter(|text| !text.is_empty());
        self.in_discord(DiscordAct::Slash { user, channel, text }).await
    }

    /// Somebody presses a button of this message.
    pub async fn discord_presses_on(&self, id: &str, message: &DiscordMessage, button: &str) -> String {
        let (user, message) = (discord_user(id), message.id.clone());
        self.in_discord(DiscordAct::Press { user, message, button: button.to_owned() }).await
    }

    /// Somebody presses a button of what the bot said to them in private last that has one of this label.
    pub async fn discord_presses(&self, id: &str, button: &str) -> String {
        let talk = self.discord_talk(id);
        let found = talk.iter().rev().find(|message| labels(message).iter().any(|label| label == button));
        let found = found.unwrap_or_else(|| panic!("nobody showed {id} a button “{button}”: {talk:#?}"));
        self.discord_presses_on(id, found, button).await
    }

    /// The bot's messages in the private talk with somebody, oldest first.
    pub fn discord_talk(&self, id: &str) -> Vec<Arc<DiscordMessage>> {
        let (state, user) = (self.discord().state(), discord_user(id));
        let talk = state.channels.iter().find(|channel| channel.with.as_deref() == Some(&user));
        let Some(talk) = talk else { return vec![] };
        let own = |message: &&Arc<DiscordMessage>| {
            message.channel == talk.id && message.author == DISCORD_APPLICATION
        };
        state.messages.iter().filter(own).cloned().collect()
    }

    /// What the bot shows somebody in private now, oldest first.
    pub fn discord_sees(&self, id: &str) -> Vec<String> {
        self.discord_talk(id).iter().map(|message| shown(message)).collect()
    }

    /// The bot's messages of a channel, oldest first: those that everybody sees, and those that only this one does.
    pub fn discord_channel(&self, channel: &str, id: &str) -> Vec<Arc<DiscordMessage>> {
        let user = discord_user(id);
        let sees = |message: &Arc<DiscordMessage>| message.only.as_ref().is_none_or(|only| *only == user);
        let all = self.discord().state().messages;
        let own = |message: &&Arc<DiscordMessage>| {
            message.channel == channel && message.author == DISCORD_APPLICATION
        };
        all.iter().filter(own).filter(|message| sees(message)).cloned().collect()
    }

    /// What Discord knows of an interaction.
    pub fn discord_interaction(&self, id: &str) -> Arc<DiscordInteraction> {
        let state = self.discord().state();
        state.interactions.into_iter().find(|interaction| interaction.id == id).expect("an interaction")
    }

    /// What the bot answered to an interaction at once: the kind, and everything.
    pub fn discord_answer(&self, id: &str) -> (u64, serde_json::Value) {
        let answer = self.discord_interaction(id).answer.clone().expect("an answer");
        (answer["type"].as_u64().unwrap_or_default(), answer)
    }

    /// Returns when the bot has begun to deal with everything that was delivered so far: it is asked for suggestions, and has
    /// answered. The gateway delivers in order.
    pub(crate) async fn discord_delivered(&self) {
        let discord = self.discord();
        let by_http = discord.delivers_by_http();
        if !by_http {
            until("the bot is at Discord's gateway", || discord.connections().0 > 0).await;
        }
        let user = discord_user("demo-auditor");
        let typed = DiscordAct::Type { user, channel: None, text: "help".to_owned() };
        let typed = discord.act(typed).expect("somebody types");
        until("the bot hears Discord", || self.discord_interaction(&typed).answer.is_some()).await;
        if by_http {
            let delivered = |id: &str| discord.deliveries().iter().any(|delivery| delivery.interaction == id);
            until("everything is delivered", || delivered(&typed)).await;
        }
    }
}

/// Everything that a message shows, without what keeps it from being read as Markdown.
pub fn shown(message: &DiscordMessage) -> String {
    let mut text = message.content.clone();
    for embed in &message.embeds {
        for part in ["title", "description"] {
            text = format!("{text}\n{}", embed[part].as_str().unwrap_or_default());
        }
    }
    text.replace("**", "").replace('\\', "")
}

/// What stands on the buttons of a message.
pub fn labels(message: &DiscordMessage) -> Vec<String> {
    let rows = message.components.iter().flat_map(|row| row["components"].as_array().into_iter().flatten());
    rows.filter_map(|button| button["label"].as_str().map(str::to_owned)).collect()
}
