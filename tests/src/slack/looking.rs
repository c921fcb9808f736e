//! What is seen of what came from Slack: in a channel, in the log, in the audit.

use countersign::demo::chats::slack_user;
use serde_json::Value;

use crate::stage::Stage;

impl Stage {
    /// What only this person sees in a channel, oldest first: the text of each message.
    pub fn slack_whispers(&self, user: &str, channel: &str) -> Vec<String> {
        let messages = self.slack_channel(channel).into_iter();
        messages.filter(|message| message.only.as_deref() == Some(user)).map(|message| message.text).collect()
    }

    /// The last thing the bot said to somebody in private.
    #[track_caller]
    pub fn slack_answer(&self, id: &str) -> String {
        self.slack_answer_to(&slack_user(id))
    }

    /// The same of somebody by their Slack id.
    #[track_caller]
    pub fn slack_answer_to(&self, user: &str) -> String {
        self.slack_talk_with(user).pop().map(|(_, message)| message.text).expect("the bot said something")
    }

    /// The audit entries of one type, oldest first.
    pub async fn audited(&self, kind: &str) -> Vec<Value> {
        let page = self.get("demo-auditor", &format!("/api/v1/audit?type={kind}&limit=500")).await;
        page["items"].as_array().unwrap_or_else(|| panic!("no items in {page:#}")).clone()
    }

    /// Returns when there is an audit entry of this type: what the bot does by itself once the clock was turned, it does beside
    /// everything else.
    pub async fn is_audited(&self, kind: &str) {
        for _ in 0..1_000 {
            if !self.audited(kind).await.is_empty() {
                return self.settle().await;
            }
            tokio::task::yield_now().await;
        }
        panic!("there is never a {kind}");
    }

    /// Why things from Slack were refused, oldest first.
    pub async fn refused_of_slack(&self) -> Vec<String> {
        let refused = self.audited("interaction_refused").await;
        refused.iter().map(|entry| entry["data"]["why"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// How many events there are about requests: as long as that stays, no request has changed.
    pub async fn decided(&self) -> usize {
        let log = self.log_after(None).await;
        log.iter().filter(|envelope| envelope.stream.category() == "request").count()
    }
}
