//! What the bot wants of a surface, in the connector's calls.

use async_trait::async_trait;
use countersign_domain::card::Card;
use countersign_domain::ports::{
    Attached, CallError, Examined, Identity, Missed, Place, Posted, Profile, Surface, SurfaceKind,
};
use countersign_outbound::Ask;
use http::StatusCode;
use jiff::Timestamp;
use uuid::Uuid;

use super::answers::{Member, Missing, Page};
use super::{PAGES, Teams, lock, rejected, remember};

/// How many members Teams names at most on a page, and at least.
const PAGE: u16 = 500;
const SMALLEST: u16 = 50;

#[async_trait]
impl Surface for Teams {
    async fn examine(&self) -> Result<Examined, CallError> {
        self.examined().await
    }

    async fn post(&self, to: &Place, card: &Card, _: Uuid) -> Result<Posted, CallError> {
        self.post_for(to, card, self.refresh(card).as_ref()).await
    }

    async fn find(&self, _: &Place, _: Uuid) -> Result<Option<Posted>, CallError> {
        // A bot cannot read a conversation's history.
        Ok(None)
    }

    async fn update(&self, message: &Posted, card: &Card) -> Result<bool, CallError> {
        self.update_for(message, card, self.refresh(card).as_ref()).await
    }

    async fn profile(&self, identity: &Identity) -> Result<Option<Profile>, CallError> {
        if identity.surface != SurfaceKind::Teams || identity.workspace != self.workspace {
            return Ok(None);
        }
        let Some(member) = self.somebody(&identity.user).await? else { return Ok(None) };
        if let Some(object) = member.object() {
            remember(&mut lock(&self.people), object, member.id.clone());
        }
        Ok(Some(member.profile(&self.workspace)))
    }

    async fn members(&self, group: &str) -> Result<Option<Vec<String>>, CallError> {
        let mut members = Vec::new();
        let mut token: Option<String> = None;
        for _ in 0..PAGES {
            let Some(page) = self.page(group, PAGE, token.as_deref()).await? else { return Ok(None) };
            members.extend(page.members.iter().filter_map(Member::object));
            token = page.continuation_token.filter(|token| !token.is_empty());
            if token.is_none() {
                return Ok(Some(members));
            }
        }
        Err(rejected("list the members", "there are more members than 20,000"))
    }

    async fn has_group(&self, group: &str) -> Result<bool, CallError> {
        self.is_there(group).await
    }

    async fn obstacle(&self, channel: &Place) -> Result<Option<String>, CallError> {
        let Some(conversation) = &channel.channel else { return Ok(None) };
        let there = self.is_there(conversation).await?;
        let cure = "there is none in which the bot is: add it to the team, or to the group chat";
        Ok((!there).then(|| cure.to_owned()))
    }

    async fn missed(&self, _: &Place, _: Timestamp) -> Result<Vec<Missed>, CallError> {
        // What Teams could not deliver it tries again by itself; a bot has no history to read.
        Ok(vec![])
    }

    async fn file(&self, file: &Attached, most: usize) -> Result<Vec<u8>, CallError> {
        let what = format!("read the file {}", file.name);
        let Some(address) = &file.address else {
            return Err(rejected(&what, "Teams gives a bot only the files that are sent to it in private"));
        };
        Ok(self.files.fetch(&what, address, most).await?.to_vec())
    }
}

impl Teams {
    /// Whether there is a conversation: it has members.
    async fn is_there(&self, conversation: &str) -> Result<bool, CallError> {
        Ok(self.page(conversation, SMALLEST, None).await?.is_some())
    }

    /// A page of the members of a conversation; `None` where there surely is no such conversation.
    async fn page(
        &self,
        conversation: &str,
        size: u16,
        after: Option<&str>,
    ) -> Result<Option<Page>, CallError> {
        let path = ["v3", "conversations", conversation, "pagedmembers"];
        let mut ask = Ask::get(format!("list the members of {conversation}"), &path).query("pageSize", size);
        if let Some(after) = after {
            ask = ask.query("continuationToken", after);
        }
        let answer = self.send(None, ask.also(StatusCode::NOT_FOUND)).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return match Missing::of(&answer)? {
                Missing::Talk => Ok(None),
                Missing::Member | Missing::Message => {
                    Err(answer.unexpected("it does not know whose members it was to list"))
                }
            };
        }
        answer.json().map(Some)
    }
}
