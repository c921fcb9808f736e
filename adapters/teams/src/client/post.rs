//! Cards on their way: posted, shown anew, taken away.

use countersign_domain::card::{Button, Card};
use countersign_domain::ports::{CallError, Place, Posted};
use countersign_outbound::Ask;
use http::StatusCode;

use super::answers::{Made, Missing};
use super::{Teams, lock};
use crate::card::{Refresh, message};
use crate::conversation::posted;

impl Teams {
    /// Posts a card whose viewers are shown cards of their own.
    pub async fn post_for(
        &self,
        to: &Place,
        card: &Card,
        viewers: Option<&Refresh>,
    ) -> Result<Posted, CallError> {
        let conversation = self.conversation(to).await?;
        match self.say(to, &conversation, card, viewers).await {
            // A private talk that is not there any more is opened anew; a second time it is nobody's.
            Err(error) if to.only.is_some() && matches!(error.status, Some(403 | 404)) => {
                lock(&self.talks).retain(|_, talk| *talk != conversation);
                let conversation = self.conversation(to).await?;
                self.say(to, &conversation, card, viewers).await
            }
            result => result,
        }
    }

    async fn say(
        &self,
        to: &Place,
        conversation: &str,
        card: &Card,
        viewers: Option<&Refresh>,
    ) -> Result<Posted, CallError> {
        let path = ["v3", "conversations", conversation, "activities"];
        let ask = Ask::post("post a card", &path).json(&message(card, said, viewers));
        let made: Made = self.send(to.via.as_deref(), ask).await?.json()?;
        Ok(posted(conversation, &made.id, self.via(to.via.as_deref())))
    }

    /// Puts a card in the place of what a message shows, whose viewers are shown cards of their own. `false` where the
    /// message is not there any more.
    pub async fn update_for(
        &self,
        posted: &Posted,
        card: &Card,
        viewers: Option<&Refresh>,
    ) -> Result<bool, CallError> {
        let path = ["v3", "conversations", &posted.channel, "activities", &posted.message];
        let mut activity = message(card, said, viewers);
        activity["id"] = posted.message.as_str().into();
        let ask = Ask::put("show a card anew", &path).json(&activity);
        self.still_there(posted, ask).await
    }

    /// Takes a message away. `false` where it is not there any more.
    pub async fn delete(&self, posted: &Posted) -> Result<bool, CallError> {
        let path = ["v3", "conversations", &posted.channel, "activities", &posted.message];
        self.still_there(posted, Ask::delete("take a message away", &path)).await
    }

    /// Whether the message was still there for it.
    async fn still_there(&self, posted: &Posted, ask: Ask<'_>) -> Result<bool, CallError> {
        match self.send(posted.via.as_deref(), ask.also(StatusCode::NOT_FOUND)).await {
            Ok(answer) if answer.status == StatusCode::NOT_FOUND => Missing::of(&answer).map(|_| false),
            Ok(_) => Ok(true),
            Err(error) if error.status == Some(410) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// What a press sends back: the bot has made it opaque already.
fn said(button: &Button) -> String {
    button.say.clone()
}
