//! One call of Slack's Web API (<https://docs.slack.dev/apis/web-api>).

use std::sync::Arc;

use countersign_domain::ports::CallError;
use countersign_outbound::{Ask, Vendor};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::answers::Outcome;
use crate::rotation::Rotation;
use crate::trouble::{self, Trouble};

/// Slack's Web API with one token.
#[derive(Debug)]
pub(crate) struct Api {
    vendor: Vendor,
    /// What the token is called.
    secret: String,
    rotation: Option<Arc<Rotation>>,
}

impl Api {
    pub(crate) const fn new(vendor: Vendor, secret: String, rotation: Option<Arc<Rotation>>) -> Self {
        Self { vendor, secret, rotation }
    }

    /// Asks for something by query parameters; nothing changes by it.
    pub(crate) async fn read<T: DeserializeOwned>(
        &self,
        what: &str,
        method: &str,
        query: &[(&str, &str)],
    ) -> Result<T, Trouble> {
        let about = query.iter().find(|(name, _)| ["channel", "user", "usergroup"].contains(name));
        let ask = Ask::get(what, &[method]).about(about.map_or(method, |(_, part)| *part));
        let ask = query.iter().fold(ask, |ask, (name, value)| ask.query(name, value));
        self.call(what, ask, true).await
    }

    /// Changes something; the body goes as JSON. Where it fails, that counts for the channel or person it names, else for the
    /// method.
    pub(crate) async fn write<T: DeserializeOwned>(
        &self,
        what: &str,
        method: &str,
        body: &(impl Serialize + Sync),
    ) -> Result<T, Trouble> {
        // One that cannot be written is refused as `null`.
        let body = serde_json::to_value(body).unwrap_or_default();
        let about = ["channel", "users", "user_id"].iter().find_map(|name| body[name].as_str());
        let ask = Ask::post(what, &[method]).about(about.unwrap_or(method)).json(&body);
        self.call(what, ask, false).await
    }

    /// What the token may do, as Slack says with every answer; nothing where it does not say so.
    pub(crate) async fn scopes(&self, what: &str, method: &str) -> Result<Option<Vec<String>>, CallError> {
        Ok(self.vendor.send(Ask::get(what, &[method])).await?.scopes())
    }

    /// An error of our own: it is not even asked.
    pub(crate) fn refused(&self, what: &str, why: &str) -> CallError {
        self.vendor.rejected(what, why)
    }

    /// Calls, and once more with a new token where Slack says that the one it got has ended.
    async fn call<T: DeserializeOwned>(&self, what: &str, ask: Ask<'_>, reads: bool) -> Result<T, Trouble> {
        let Some(rotation) = &self.rotation else { return self.once(what, ask, reads).await };
        let before = rotation.generation().await;
        match self.once(what, ask.clone(), reads).await {
            Err(trouble) if trouble.is_one_of(&["token_expired"]) => {
                rotation.renew(before).await.map_err(|why| self.refused(what, &why.to_string()))?;
                self.once(what, ask, reads).await
            }
            result => result,
        }
    }

    async fn once<T: DeserializeOwned>(&self, what: &str, ask: Ask<'_>, reads: bool) -> Result<T, Trouble> {
        let answer = self.vendor.send(ask).await?;
        let outcome: Outcome = answer.json()?;
        if outcome.ok { Ok(answer.json()?) } else { Err(trouble::read(what, &outcome, reads, &self.secret)) }
    }
}
