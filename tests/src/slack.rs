//! People of the demo in its Slack: what they do there, and what they see.

pub mod deliveries;
mod looking;

use countersign::demo::chats::slack_user;
use countersign_sandbox::slack::{SlackAct, SlackActed, SlackMessage, SlackPerson, SlackPersonKind};
use countersign_sandbox::{SlackSandbox, SlackState};

use crate::stage::Stage;
use crate::until::until;

impl Stage {
    /// The Slack in miniature.
    pub fn slack(&self) -> &SlackSandbox {
        &self.demo.chats.as_ref().expect("a stage with chats").slack
    }

    /// Somebody does something in Slack, and everything follows that can follow now.
    pub async fn in_slack(&self, act: SlackAct) -> SlackActed {
        let acted = self.slack().act(act).await.expect("it can be done in Slack");
        self.settle().await;
        acted
    }

    /// Somebody says something to the bot, in private.
    pub async fn slack_says(&self, id: &str, text: &str) {
        let (user, text) = (slack_user(id), text.to_owned());
        self.in_slack(SlackAct::Say { user, channel: None, text, thread: None }).await;
    }

    /// Somebody of the workspace, by their Slack id, says something where they are.
    pub async fn slack_user_says(&self, user: &str, channel: Option<&str>, text: &str) -> SlackActed {
        let (user, channel, text) = (user.to_owned(), channel.map(str::to_owned), text.to_owned());
        self.in_slack(SlackAct::Say { user, channel, text, thread: None }).await
    }

    /// Changes the workspace itself, past the bot.
    pub fn change_slack(&self, change: impl FnOnce(&mut SlackState)) {
        self.slack().change(change).expect("the sandbox keeps its state");
    }

    /// After the connection was cut: turns the clock until the bot listens again, and has taken in what it missed.
    pub async fn slack_reconnects(&self) {
        let caught_up = self.bot.desk.caught_up();
        let before = *caught_up.borrow();
        let mut turned = 0;
        until("the bot listens to Slack again", || {
            // A minute is longer than it ever waits; the rest is the network's time.
            if turned < 600 {
                self.clock.turn(jiff::SignedDuration::from_millis(100));
                turned += 1;
            }
            *caught_up.borrow() > before
        })
        .await;
        self.settle().await;
    }

    /// Somebody comes into the workspace of whom the bot knows nothing.
    pub fn joins_slack(&self, user: &str, name: &str, kind: SlackPersonKind) {
        let (id, name) = (user.to_owned(), name.to_owned());
        let person = SlackPerson { id, name, email: None, email_confirmed: false, kind };
        self.change_slack(|state| state.users.push(person));
    }

    /// Somebody presses a button of what the bot said to them last that has one of this label.
    pub async fn slack_presses(&self, id: &str, button: &str) {
        let (channel, message) = self
            .slack_talk(id)
            .into_iter()
            .rev()
            .find(|(_, message)| labels(message).iter().any(|label| label == button))
            .unwrap_or_else(|| {
                panic!("nobody showed {id} a button “{button}” in Slack: {:#?}", self.slack_sees(id))
            });
        self.slack_presses_on(id, &channel, &message, button).await;
    }

    /// Somebody presses a button of this message.
    pub async fn slack_presses_on(&self, id: &str, channel: &str, message: &SlackMessage, button: &str) {
        let act = SlackAct::Press {
            user: slack_user(id),
            channel: Some(channel.to_owned()),
            ts: Some(message.ts.clone()),
            button: button.to_owned(),
        };
        self.in_slack(act).await;
    }

    /// Somebody presses “Deny” on what the bot said to them last that has one, and gives this reason in the form that opens.
    pub async fn slack_denies(&self, id: &str, reason: &str) {
        self.slack_presses(id, "Deny").await;
        let user = slack_user(id);
        let views = self.slack().state().views;
        let open = views.iter().find(|(_, view)| view.user == user);
        let (view, _) = open.unwrap_or_else(|| panic!("nobody asked {id} for the reason: {views:#?}"));
        let (view, value) = (view.clone(), reason.to_owned());
        let fill =
            SlackAct::Fill { user: user.clone(), view: view.clone(), block: "reason".to_owned(), value };
        self.in_slack(fill).await;
        self.in_slack(SlackAct::Submit { user, view }).await;
    }

    /// What the bot shows somebody in private now, oldest first: the text of each message.
    pub fn slack_sees(&self, id: &str) -> Vec<String> {
        self.slack_talk(id).into_iter().map(|(_, message)| message.text).collect()
    }

    /// The bot's messages that somebody sees in private, with the channel of each.
    pub fn slack_talk(&self, id: &str) -> Vec<(String, SlackMessage)> {
        self.slack_talk_with(&slack_user(id))
    }

    /// The same of somebody by their Slack id.
    pub fn slack_talk_with(&self, user: &str) -> Vec<(String, SlackMessage)> {
        let state = self.slack().state();
        let bot = state.bot.user.clone();
        let own = state
            .channels
            .into_iter()
            .filter(|(id, channel)| id.starts_with('D') && channel.members.contains(user));
        own.flat_map(|(id, channel)| {
            let own: Vec<_> = channel.messages.iter().map(|message| SlackMessage::clone(message)).collect();
            own.into_iter().map(move |message| (id.clone(), message))
        })
        .filter(|(_, message)| message.user == bot)
        .collect()
    }

    /// The messages of a channel, oldest first.
    pub fn slack_channel(&self, channel: &str) -> Vec<SlackMessage> {
        self.slack()
            .state()
            .channels
            .remove(channel)
            .expect("a channel of the demo")
            .messages
            .iter()
            .map(|message| SlackMessage::clone(message))
            .collect()
    }
}

/// What stands on the buttons of a message.
pub fn labels(message: &SlackMessage) -> Vec<String> {
    let elements = message.blocks.iter().filter(|block| block["type"] == "actions");
    let elements = elements.flat_map(|block| block["elements"].as_array().cloned().unwrap_or_default());
    elements.filter_map(|button| button["text"]["text"].as_str().map(str::to_owned)).collect()
}
