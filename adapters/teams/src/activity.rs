//! What Teams sends, read into what the bot can use: who (by immutable ids), where, and what was said, pressed or felt.
//!
//! Reading comes in two steps: an [`Activity`] is only what somebody claims, and tells [`Verifier`](crate::inbound::Verifier)
//! where it says it comes from; with the proof it becomes a [`Delivery`].

mod attached;
mod delivery;
mod fault;
mod invoke;
mod shape;
mod text;

use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

pub use self::delivery::{Delivery, Person, Place, Scope};
pub use self::fault::Fault;
use self::shape::{Account, ChannelData, Conversation, Reaction};
use crate::inbound::{Origin, Verified};

/// The largest body that is taken, in bytes; Teams cuts messages off far below.
pub const LARGEST_BODY: usize = 256 * 1024;
/// The largest id that is taken, in bytes.
const LARGEST_ID: usize = 512;

/// An activity as somebody claims it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Activity {
    #[serde(rename = "type")]
    kind: String,
    channel_id: String,
    service_url: String,
    id: Option<String>,
    from: Option<Account>,
    recipient: Option<Account>,
    conversation: Option<Conversation>,
    channel_data: Option<ChannelData>,
    text: Option<String>,
    entities: Option<Vec<Value>>,
    attachments: Option<Vec<Value>>,
    reply_to_id: Option<String>,
    name: Option<String>,
    action: Option<String>,
    value: Option<Value>,
    reactions_added: Option<Vec<Reaction>>,
    reactions_removed: Option<Vec<Reaction>>,
    members_added: Option<Vec<Account>>,
    members_removed: Option<Vec<Account>>,
}

impl Activity {
    /// Reads a body, of which nothing is believed yet.
    pub fn read(body: &[u8]) -> Result<Self, Fault> {
        if body.len() > LARGEST_BODY {
            return Err(Fault::TooLarge(body.len()));
        }
        serde_json::from_slice(body)
            .map_err(|error| Fault::Unreadable { line: error.line(), column: error.column() })
    }

    /// Where it says it comes from.
    pub fn origin(&self) -> Origin<'_> {
        Origin { channel: &self.channel_id, service_url: &self.service_url }
    }

    /// What happened, now that it is believed.
    pub fn delivery(&self, proof: &Verified) -> Result<Delivery, Fault> {
        if proof.channel() != self.channel_id || proof.service_url() != self.service_url {
            return Err(Fault::NotVerified);
        }
        if self.channel_id != "msteams" {
            return Err(Fault::OtherChannel);
        }
        match (self.kind.as_str(), self.name.as_deref()) {
            ("message", _) => self.message(),
            ("invoke", Some(name)) => self.invoke(name),
            ("messageReaction", _) => self.reaction(),
            ("conversationUpdate", _) => self.membership(),
            ("installationUpdate", _) => self.installation(),
            _ => Ok(Delivery::Ignored),
        }
    }

    fn message(&self) -> Result<Delivery, Fault> {
        let (person, place) = (self.person()?, self.place()?);
        let me = self.recipient.as_ref().and_then(|me| me.id.as_deref());
        let entities = self.entities.as_deref().unwrap_or_default();
        let text = text::spoken(self.text.as_deref().unwrap_or_default(), entities, me, place.tenant);
        let files = attached::attached(self.attachments.as_deref().unwrap_or_default());
        Ok(Delivery::Message { person, place, text, files })
    }

    fn reaction(&self) -> Result<Delivery, Fault> {
        let kinds = |reactions: &Option<Vec<Reaction>>| {
            reactions.iter().flatten().map(|reaction| reaction.kind.clone()).collect()
        };
        Ok(Delivery::Reaction {
            person: self.person()?,
            place: self.place()?,
            message: id(self.reply_to_id.as_deref(), "message")?,
            added: kinds(&self.reactions_added),
            removed: kinds(&self.reactions_removed),
        })
    }

    fn membership(&self) -> Result<Delivery, Fault> {
        let me = self.recipient.as_ref().and_then(|me| me.id.as_deref());
        let has_me = |members: &Option<Vec<Account>>| {
            me.is_some() && members.iter().flatten().any(|member| member.id.as_deref() == me)
        };
        if has_me(&self.members_added) {
            self.joined()
        } else if has_me(&self.members_removed) {
            Ok(Delivery::Left(self.place()?))
        } else if self.members_added.is_some() || self.members_removed.is_some() {
            Ok(Delivery::MembersChanged(self.place()?))
        } else {
            Ok(Delivery::Ignored)
        }
    }

    fn installation(&self) -> Result<Delivery, Fault> {
        match self.action.as_deref() {
            Some("add") => self.joined(),
            Some("remove") => Ok(Delivery::Left(self.place()?)),
            _ => Ok(Delivery::Ignored),
        }
    }

    fn joined(&self) -> Result<Delivery, Fault> {
        let place = self.place()?;
        // Elsewhere it is whoever added the bot.
        let with = if place.scope == Scope::Personal { self.person().ok() } else { None };
        Ok(Delivery::Joined { place, with })
    }

    /// Who it is from. Bots have no Entra object, so none of them is anybody.
    fn person(&self) -> Result<Person, Fault> {
        let from = self.from.as_ref().ok_or(Fault::Missing("sender"))?;
        let object = from.aad_object_id.as_deref().and_then(|object| Uuid::try_parse(object).ok());
        let teams = id(from.id.as_deref(), "sender")?;
        match object {
            Some(object) if !object.is_nil() && teams.starts_with("29:") => {
                Ok(Person { object, teams, stranger: from.stranger(self.conversation_tenant()) })
            }
            _ => Err(Fault::Missing("Entra object of the sender")),
        }
    }

    fn place(&self) -> Result<Place, Fault> {
        let conversation = self.conversation.as_ref().ok_or(Fault::Missing("conversation"))?;
        let name = id(conversation.id.as_deref(), "conversation")?;
        // Some activities leave it out. Only what looks like a private chat is taken for one.
        let guessed = if name.starts_with("a:") { Scope::Personal } else { Scope::GroupChat };
        Ok(Place {
            tenant: self.tenant(conversation)?,
            conversation: name,
            scope: conversation.scope.unwrap_or(guessed),
            activity: id(self.id.as_deref(), "id")?,
            service_url: self.service_url.clone(),
        })
    }

    fn conversation_tenant(&self) -> Option<&str> {
        self.conversation.as_ref()?.tenant_id.as_deref()
    }

    fn tenant(&self, conversation: &Conversation) -> Result<Uuid, Fault> {
        let data = self.channel_data.as_ref().and_then(|data| data.tenant.as_ref()?.id.as_deref());
        let mut named = [conversation.tenant_id.as_deref(), data].into_iter().flatten();
        let uuid =
            |text: &str| Uuid::try_parse(text).ok().filter(|id| !id.is_nil()).ok_or(Fault::Missing("tenant"));
        let tenant = uuid(named.next().ok_or(Fault::Missing("tenant"))?)?;
        match named.next() {
            Some(other) if uuid(other)? != tenant => Err(Fault::TwoTenants),
            _ => Ok(tenant),
        }
    }
}

/// An id as Teams makes them.
fn id(id: Option<&str>, what: &'static str) -> Result<String, Fault> {
    match id {
        Some(id)
            if (1..=LARGEST_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic()) =>
        {
            Ok(id.to_owned())
        }
        _ => Err(Fault::Missing(what)),
    }
}

#[cfg(test)]
mod tests;
