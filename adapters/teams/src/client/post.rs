//! Cards on their way: posted, shown anew, taken away.

use countersign_domain::card::{Button, Card};
use countersign_domain::ports::{CallError, Place, Posted};
use countersign_outbound::{Answer, Ask};

use super::answers::Made;
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
        let path = ["v3", "conversations", &conversation, "activities"];
        let ask = Ask::post("post a card", &path).json(&message(card, said, viewers));
        let answer = self.send(to.via.as_deref(), ask).await;
        if answer.as_ref().is_err_and(|error| matches!(error.status, Some(403 | 404))) {
            lock(&self.talks).retain(|_, talk| *talk != conversation);
        }
        let made: Made = answer?.json()?;
        Ok(posted(&conversation, &made.id, self.via(to.via.as_deref())))
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
        still_there(self.send(posted.via.as_deref(), ask).await)
    }

    /// Takes a message away. `false` where it is not there any more.
    pub async fn delete(&self, posted: &Posted) -> Result<bool, CallError> {
        let path = ["v3", "conversations", &posted.channel, "activities", &posted.message];
        still_there(self.send(posted.via.as_deref(), Ask::delete("take a message away", &path)).await)
    }
}

/// What a press sends back: the bot has made it opaque already.
fn said(button: &Button) -> String {
    button.say.clone()
}

fn still_there(result: Result<Answer, CallError>) -> Result<bool, CallError> {
    match result {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.status, Some(404 | 410)) => Ok(false),
        Err(error) => Err(error),
    }
}
