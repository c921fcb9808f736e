//! People of the demo in its Teams: what they do there, and what they see.

use countersign::demo::chats::{TEAMS_APP, TEAMS_CHANNEL, teams_object};
use countersign_domain::ports::Clock as _;
use countersign_sandbox::teams::{Delivered, TeamsMessage};
use countersign_sandbox::{TeamsAct, TeamsSandbox, TeamsState};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::stage::Stage;

/// The Teams id of somebody of the demo.
pub fn teams_user(id: &str) -> String {
    format!("29:1{id}")
}

impl Stage {
    /// The Teams in miniature.
    pub fn teams(&self) -> &TeamsSandbox {
        &self.demo.chats.as_ref().expect("a stage with chats").teams
    }

    /// Changes the tenant's Teams itself, past the bot.
    pub fn change_teams(&self, change: impl FnOnce(&mut TeamsState)) {
        self.teams().change(change).expect("the sandbox keeps its state");
    }

    /// Somebody does something in Teams, and everything follows that can follow now.
    pub async fn in_teams(&self, act: TeamsAct) -> Delivered {
        let delivered = self.teams().act(act).await.expect("it can be done in Teams");
        self.settle().await;
        delivered
    }

    /// People talk to the bot in Teams for the first time, by which it comes to know them there.
    pub async fn teams_arrive(&self, people: &[&str]) {
        self.later(SignedDuration::from_secs(1)).await;
        for id in people {
            self.teams_says(id, "my access").await;
        }
    }

    /// Somebody says something to the bot, in private.
    pub async fn teams_says(&self, id: &str, text: &str) -> Delivered {
        let text = text.to_owned();
        self.in_teams(TeamsAct::Say { user: teams_user(id), talk: None, thread: None, text }).await
    }

    /// Somebody says something to the bot, in the channel.
    pub async fn teams_says_to_all(&self, id: &str, text: &str) -> Delivered {
        let (talk, text) = (Some(TEAMS_CHANNEL.to_owned()), text.to_owned());
        self.in_teams(TeamsAct::Say { user: teams_user(id), talk, thread: None, text }).await
    }

    /// Somebody says something to the bot in a thread of the channel.
    pub async fn teams_says_in_thread(&self, id: &str, thread: &str, text: &str) -> Delivered {
        let (talk, thread) = (Some(TEAMS_CHANNEL.to_owned()), Some(thread.to_owned()));
        self.in_teams(TeamsAct::Say { user: teams_user(id), talk, thread, text: text.to_owned() }).await
    }

    /// Somebody presses a button of what the bot said to them last that has one of this label; what they are shown.
    pub async fn teams_presses(&self, id: &str, button: &str) -> Value {
        let message = self.teams_newest(id, button);
        self.teams_presses_on(id, &message, button).await
    }

    /// The same where deliveries come more than once; the status of each.
    pub async fn teams_presses_many(&self, id: &str, button: &str) -> Vec<String> {
        let (user, message) = (teams_user(id), self.teams_newest(id, button).id);
        self.in_teams(TeamsAct::Press {
            user,
            message,
            button: button.to_owned(),
            inputs: std::collections::BTreeMap::new(),
        })
        .await
        .tries
    }

    fn teams_newest(&self, id: &str, button: &str) -> TeamsMessage {
        let message = self.teams_talk(id).into_iter().rev().find(|message| {
            message.card.as_ref().is_some_and(|card| buttons(card).iter().any(|label| label == button))
        });
        message.unwrap_or_else(|| {
            panic!("nobody showed {id} a button “{button}” in Teams: {:#?}", self.teams_sees(id))
        })
    }

    /// Somebody presses a button of this message; what they are shown.
    pub async fn teams_presses_on(&self, id: &str, message: &TeamsMessage, button: &str) -> Value {
        let (user, message, button) = (teams_user(id), message.id.clone(), button.to_owned());
        let delivered = self
            .in_teams(TeamsAct::Press { user, message, button, inputs: std::collections::BTreeMap::new() })
            .await;
        assert_eq!(delivered.tries, ["200"], "{delivered:#?}");
        delivered.answer.expect("an answer that Teams shows")
    }

    /// Somebody looks at a message; the card that they are shown.
    pub async fn teams_looks(&self, id: &str, message: &TeamsMessage) -> Value {
        let act = TeamsAct::Look { user: teams_user(id), message: message.id.clone() };
        self.in_teams(act).await.answer.expect("an answer that Teams shows")["value"].clone()
    }

    /// The bot's messages that somebody sees in private, oldest first.
    pub fn teams_talk(&self, id: &str) -> Vec<TeamsMessage> {
        self.teams_said_in(&format!("a:1{}", teams_object(id)))
    }

    /// What the bot shows somebody in private now, oldest first: all words of each message.
    pub fn teams_sees(&self, id: &str) -> Vec<String> {
        self.teams_talk(id).iter().filter_map(|message| message.card.as_ref()).map(words).collect()
    }

    /// The bot's messages in the channel, oldest first.
    pub fn teams_channel(&self) -> Vec<TeamsMessage> {
        self.teams_said_in(TEAMS_CHANNEL)
    }

    fn teams_said_in(&self, talk: &str) -> Vec<TeamsMessage> {
        let state = self.teams().state();
        let bot = state.bot();
        let own = state.messages.iter().filter(|message| message.talk == talk && message.from == bot);
        own.map(|message| TeamsMessage::clone(message)).collect()
    }

    /// What a good token says, with these claims in the place of its own.
    pub fn teams_token(&self, claims: &Value) -> String {
        let now = self.clock.now().as_second();
        let mut all = json!({
            "iss": self.teams().issuer(),
            "aud": TEAMS_APP.to_string(),
            "serviceurl": self.teams().base_url(),
            "nbf": now - 60,
            "exp": now + 3600,
        });
        let claims = claims.as_object().expect("claims by name").clone();
        all.as_object_mut().expect("claims by name").extend(claims);
        self.teams().token(&all)
    }

    /// Any body with any token at the address of Teams' deliveries; the status of the answer.
    pub async fn teams_raw(&self, path: &str, token: &str, body: Vec<u8>) -> u16 {
        let request = self.http.post(self.url(path)).bearer_auth(token);
        let answer = request.header("content-type", "application/json").body(body).send().await;
        let status = answer.expect("the bot answers").status().as_u16();
        self.settle().await;
        status
    }
}

/// What stands on the buttons of a card.
pub fn buttons(card: &Value) -> Vec<String> {
    let sets = card["body"].as_array().into_iter().flatten().filter_map(|block| block["actions"].as_array());
    sets.flatten().filter_map(|action| action["title"].as_str().map(str::to_owned)).collect()
}

/// All words of a card, a line for each block.
pub fn words(card: &Value) -> String {
    let block = |block: &Value| {
        let runs = block["inlines"].as_array().into_iter().flatten();
        let runs: String = runs.filter_map(|run| run["text"].as_str()).collect();
        block["text"].as_str().map_or(runs, str::to_owned)
    };
    card["body"].as_array().into_iter().flatten().map(block).collect::<Vec<_>>().join("\n")
}
