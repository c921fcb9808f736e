//! People of the demo in its Slack: what they do there, and what they see.

use countersign::demo::chats::slack_user;
use countersign_sandbox::SlackSandbox;
use countersign_sandbox::slack::{SlackAct, SlackActed, SlackMessage};

use crate::stage::Stage;

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

    /// What the bot shows somebody in private now, oldest first: the text of each message.
    pub fn slack_sees(&self, id: &str) -> Vec<String> {
        self.slack_talk(id).into_iter().map(|(_, message)| message.text).collect()
    }

    /// The bot's messages that somebody sees in private, with the channel of each.
    pub fn slack_talk(&self, id: &str) -> Vec<(String, SlackMessage)> {
        let (state, user) = (self.slack().state(), slack_user(id));
        let bot = state.bot.user.clone();
        let own = state
            .channels
            .into_iter()
            .filter(|(id, channel)| id.starts_with('D') && channel.members.contains(&user));
        own.flat_map(|(id, channel)| channel.messages.into_iter().map(move |message| (id.clone(), message)))
            .filter(|(_, message)| message.user == bot)
            .collect()
    }

    /// The messages of a channel, oldest first.
    pub fn slack_channel(&self, channel: &str) -> Vec<SlackMessage> {
        self.slack().state().channels.remove(channel).expect("a channel of the demo").messages
    }
}

/// What stands on the buttons of a message.
pub fn labels(message: &SlackMessage) -> Vec<String> {
    let elements = message.blocks.iter().filter(|block| block["type"] == "actions");
    let elements = elements.flat_map(|block| block["elements"].as_array().cloned().unwrap_or_default());
    elements.filter_map(|button| button["text"]["text"].as_str().map(str::to_owned)).collect()
}
