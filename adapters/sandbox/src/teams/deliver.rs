//! Deliveries to the bot: signed as the Bot Framework signs them, and again, held back or out of order when told.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Shared, TeamsAccess, lock};

/// How many deliveries are remembered.
const REMEMBERED: usize = 200;
/// How long the bot may take; Teams gives it fifteen seconds.
const PATIENCE: Duration = Duration::from_secs(15);

/// One delivery and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delivered {
    /// When it was made.
    pub at: Timestamp,
    /// What was sent.
    pub activity: Value,
    /// The status of each sending, or why there was none; empty while it is held back.
    pub tries: Vec<String>,
    /// What the bot answered at first, where it was JSON.
    pub answer: Option<Value>,
}

/// What befalls deliveries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mischief {
    /// How many more times each is sent.
    pub copies: u32,
    /// Whether messages and reactions are held back, until they are let go, last first. What waits for an answer is not.
    pub hold: bool,
}

impl Shared {
    pub(super) async fn deliver(&self, activity: Value) -> Delivered {
        let mischief = *lock(&self.mischief);
        let mut delivered = Delivered { at: Timestamp::now(), activity, tries: vec![], answer: None };
        if mischief.hold && delivered.activity["type"] != "invoke" {
            lock(&self.held).push(delivered.activity.clone());
        } else {
            for _ in 0..=mischief.copies {
                let (outcome, answer) = self.send(&delivered.activity, None).await;
                delivered.answer = delivered.answer.or(answer);
                delivered.tries.push(outcome);
            }
        }
        self.remember(delivered.clone());
        delivered
    }

    /// Sends what was held back, the last first.
    pub(super) async fn release(&self) -> Vec<Delivered> {
        let held = std::mem::take(&mut *lock(&self.held));
        let mut all = vec![];
        for activity in held.into_iter().rev() {
            let (outcome, answer) = self.send(&activity, None).await;
            let delivered = Delivered { at: Timestamp::now(), activity, tries: vec![outcome], answer };
            self.remember(delivered.clone());
            all.push(delivered);
        }
        all
    }

    /// Sends one activity, with this token where one is given.
    pub(super) async fn send(&self, activity: &Value, token: Option<&str>) -> (String, Option<Value>) {
        let Some(bot) = lock(&self.bot).clone() else { return ("nobody to tell".to_owned(), None) };
        let mut request = self.client.post(bot).timeout(PATIENCE).json(activity);
        request = match (token, &self.access) {
            (Some(token), _) => request.bearer_auth(token),
            (None, TeamsAccess::Nobody) => request,
            (None, _) => request.bearer_auth(self.inbound_token()),
        };
        match request.send().await {
            Ok(answer) => (answer.status().as_u16().to_string(), answer.json().await.ok()),
            Err(error) => (error.without_url().to_string(), None),
        }
    }

    fn remember(&self, delivered: Delivered) {
        let mut deliveries = lock(&self.deliveries);
        if deliveries.len() == REMEMBERED {
            deliveries.pop_front();
        }
        deliveries.push_back(delivered);
    }
}
