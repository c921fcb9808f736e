//! Events: messages, mentions, reactions, the Home tab, and changes of people and groups
//! (<https://docs.slack.dev/reference/events>).

use countersign_domain::ports::{Act, Feeling, Interaction, Place, Posted, Stranger};
use serde_json::Value;

use super::shape::{Message, Outer, Reaction};
use super::{Reader, is_speech, shaped, thread};
use crate::delivery::{Delivery, Unreadable, message_delivery};
use crate::{file, profile, text};

/// An event and what stands around it.
struct Event<'a> {
    id: &'a str,
    body: &'a Value,
    /// Our own user, whose messages are ours.
    me: Option<&'a str>,
    shared: bool,
}

impl Reader {
    pub(super) fn event(&self, payload: &Value) -> Result<Delivery, Unreadable> {
        let outer: Outer = shaped(payload, "the event's envelope")?;
        match outer.kind.as_str() {
            "url_verification" => {
                return outer.challenge.map(Delivery::Challenge).ok_or(Unreadable::Missing("challenge"));
            }
            "event_callback" => {}
            // Slack tells how many deliveries it left out.
            "app_rate_limited" => return Ok(Delivery::Ignored),
            other => return Err(Unreadable::UnknownKind(other.chars().take(80).collect())),
        }
        self.for_us(&outer)?;
        let mut bots = outer.authorizations.iter().filter(|for_whom| for_whom.is_bot);
        let event = Event {
            id: outer.event_id.as_deref().ok_or(Unreadable::Missing("event_id"))?,
            body: outer.event.as_ref().ok_or(Unreadable::Missing("event"))?,
            me: bots.find_map(|for_whom| for_whom.user_id.as_deref()),
            shared: outer.is_ext_shared_channel,
        };
        match event.body["type"].as_str().ok_or(Unreadable::Missing("event's type"))? {
            "message" => self.message(&event, false),
            "app_mention" => self.message(&event, true),
            "reaction_added" => self.reaction(&event, false),
            "reaction_removed" => self.reaction(&event, true),
            "app_home_opened" if event.body["tab"] == "home" => {
                let who = self.who(event.body["user"].as_str(), None, false)?;
                Ok(Delivery::Home { who })
            }
            "subteam_members_changed" => group(&event.body["subteam_id"]),
            "subteam_updated" | "subteam_created" => group(&event.body["subteam"]["id"]),
            "user_change" | "team_join" => self.user(&event.body["user"]),
            _ => Ok(Delivery::Ignored),
        }
    }

    /// In a channel that is shared, an event may have happened in the other workspace; for whom it is says the authorization.
    fn for_us(&self, outer: &Outer) -> Result<(), Unreadable> {
        let mut teams = outer.authorizations.iter().filter_map(|for_whom| for_whom.team_id.as_deref());
        if outer.is_ext_shared_channel && teams.any(|team| team == self.team) {
            return Ok(());
        }
        self.ours(outer.team_id.as_deref())
    }

    fn message(&self, event: &Event<'_>, mention: bool) -> Result<Delivery, Unreadable> {
        let message: Message = shaped(event.body, "the message")?;
        let direct = message.channel_type.as_deref() == Some("im");
        if direct && let Some(taken_back) = afterwards(message.subtype.as_deref()) {
            return self.too_late(event, taken_back);
        }
        if !(mention || direct) || !is_speech(message.subtype.as_deref()) {
            return Ok(Delivery::Ignored);
        }
        let bot = message.bot_id.is_some();
        // Our own, and other programs where nobody called us: answering them could go on for ever.
        if bot && !mention || message.user.is_some() && message.user.as_deref() == event.me {
            return Ok(Delivery::Ignored);
        }
        if bot && message.user.is_none() {
            return Ok(Delivery::Ignored);
        }
        let channel = message.channel.ok_or(Unreadable::Missing("channel"))?;
        let ts = message.ts.ok_or(Unreadable::Missing("ts"))?;
        let teams = [&message.user_team, &message.source_team, &message.team];
        let foreign = teams.iter().find_map(|team| team.as_deref().filter(|team| *team != self.team));
        let theirs = foreign.or_else(|| teams.iter().find_map(|team| team.as_deref()));
        let who = self.who(message.user.as_deref(), theirs, event.shared)?;
        let talk = if direct { Place::direct(&who.identity) } else { self.channel(&channel) };
        let place = Place { thread: thread(direct, message.thread_ts.as_deref(), &ts), ..talk };
        let said = text::spoken(message.text.as_deref().unwrap_or_default(), &self.team, event.me);
        Ok(Delivery::Interaction(Interaction {
            delivery: message_delivery(&channel, &ts),
            direct: Place::direct(&who.identity),
            identity: who.identity,
            stranger: if bot { Some(Stranger::Bot) } else { who.stranger },
            place,
            message: None,
            act: Act::said(said, file::attached(&message.files)),
        }))
    }

    /// What somebody did to their own message in private. What Slack or we change by ourselves (a link that is unfolded, a
    /// card that is drawn anew) is nobody's act.
    fn too_late(&self, event: &Event<'_>, taken_back: bool) -> Result<Delivery, Unreadable> {
        let part = |name: &str| -> Result<Option<Message>, Unreadable> {
            Some(&event.body[name])
                .filter(|part| !part.is_null())
                .map(|part| shaped(part, "the message"))
                .transpose()
        };
        let (Some(before), after) = (part("previous_message")?, part("message")?) else {
            return Ok(Delivery::Ignored);
        };
        let user = before.user.as_deref().filter(|user| before.bot_id.is_none() && event.me != Some(user));
        let same = !taken_back && after.is_none_or(|after| after.text == before.text);
        if user.is_none() || same {
            return Ok(Delivery::Ignored);
        }
        let who = self.who(user, None, event.shared)?;
        let interaction = Box::new(Interaction {
            delivery: event.id.to_owned(),
            place: Place::direct(&who.identity),
            direct: Place::direct(&who.identity),
            identity: who.identity,
            stranger: who.stranger,
            message: None,
            act: Act::Said(String::new()),
        });
        Ok(Delivery::TooLate { interaction, taken_back })
    }

    fn reaction(&self, event: &Event<'_>, taken_back: bool) -> Result<Delivery, Unreadable> {
        let reaction: Reaction = shaped(event.body, "the reaction")?;
        let name = reaction.name.as_deref().ok_or(Unreadable::Missing("reaction"))?;
        let Some(feeling) = Feeling::of(name) else { return Ok(Delivery::Ignored) };
        let item = reaction.item.ok_or(Unreadable::Missing("item"))?;
        let ours = event.me.is_some() && reaction.item_user.as_deref() == event.me;
        let by_us = event.me.is_some() && reaction.user.as_deref() == event.me;
        if item.kind != "message" || !ours || by_us {
            return Ok(Delivery::Ignored);
        }
        let channel = item.channel.ok_or(Unreadable::Missing("channel"))?;
        let message = item.ts.ok_or(Unreadable::Missing("ts"))?;
        let who = self.who(reaction.user.as_deref(), reaction.user_team.as_deref(), event.shared)?;
        Ok(Delivery::Interaction(Interaction {
            delivery: event.id.to_owned(),
            place: self.aside(&channel, None, &who),
            direct: Place::direct(&who.identity),
            identity: who.identity,
            stranger: who.stranger,
            message: Some(Posted { channel, message, via: None }),
            act: Act::Reacted { feeling, taken_back },
        }))
    }

    fn user(&self, user: &Value) -> Result<Delivery, Unreadable> {
        let user: crate::answers::User = shaped(user, "the user")?;
        let identity = self.who(Some(&user.id), None, false)?.identity;
        Ok(Delivery::UserChanged { identity, profile: profile::profile(user, &self.team) })
    }
}

/// Whether a message of this subtype takes back what was said, or changes it; `None` where it does neither.
fn afterwards(subtype: Option<&str>) -> Option<bool> {
    match subtype {
        Some("message_changed") => Some(false),
        Some("message_deleted") => Some(true),
        _ => None,
    }
}

fn group(id: &Value) -> Result<Delivery, Unreadable> {
    let group = id.as_str().ok_or(Unreadable::Missing("user group"))?;
    Ok(Delivery::GroupChanged { group: group.to_owned() })
}
