//! What a channel remembers: our own messages by their key, and what people said while the bot could not listen
//! (<https://docs.slack.dev/reference/methods/conversations.history>).

use countersign_domain::ports::{Act, CallError, Identity, Interaction, Missed, Place, Posted, SurfaceKind};
use countersign_outbound::Trouble as Told;
use jiff::Timestamp;
use uuid::Uuid;

use crate::answers::{HistoryAnswer, HistoryMessage};
use crate::delivery::message_delivery;
use crate::slack::{METADATA, Slack};
use crate::trouble::Trouble;
use crate::{file, read, text};

/// How many messages a page has.
const PAGE: &str = "100";
/// How many pages are read at most, newest first.
const PAGES: usize = 10;

/// Our message with this key, where it is among the newest ones.
pub(crate) async fn find(slack: &Slack, place: &Place, key: Uuid) -> Result<Option<Posted>, CallError> {
    let Some(channel) = slack.channel(place).await? else { return Ok(None) };
    let key = key.to_string();
    let ours = |message: &HistoryMessage| {
        let metadata = message.metadata.as_ref();
        metadata.is_some_and(|kept| kept.event_type == METADATA && kept.event_payload["key"] == *key)
    };
    let pages = Pages { slack, channel: &channel, thread: place.thread.as_deref(), oldest: None };
    let mut cursor = String::new();
    for _ in 0..PAGES {
        let (messages, next) = match pages.read(&cursor).await {
            Ok(page) => page,
            Err(trouble) => {
                slack.forget_if_lost(&channel, &trouble);
                let gone = trouble.is_one_of(&["thread_not_found", "channel_not_found"]);
                return if gone { Ok(None) } else { Err(trouble.error) };
            }
        };
        if let Some(found) = messages.iter().find(|message| ours(message)) {
            return Ok(Some(Posted { channel, message: found.ts.clone(), via: None }));
        }
        match next {
            Some(next) => cursor = next,
            None => break,
        }
    }
    Ok(None)
}

/// What people said to the bot after `since`, oldest first.
pub(crate) async fn missed(slack: &Slack, place: &Place, since: Timestamp) -> Result<Vec<Missed>, CallError> {
    let Some(channel) = slack.channel(place).await? else { return Ok(vec![]) };
    let me = slack.team().await?;
    let oldest = format!("{}.{:06}", since.as_second(), since.subsec_nanosecond().max(0) / 1000);
    let pages = Pages { slack, channel: &channel, thread: place.thread.as_deref(), oldest: Some(&oldest) };
    let (mut found, mut cursor) = (Vec::new(), String::new());
    for _ in 0..PAGES {
        let page = pages.read(&cursor).await;
        let (messages, next) = page.inspect_err(|trouble| slack.forget_if_lost(&channel, trouble))?;
        found.extend(messages.iter().filter_map(|message| said(message, &channel, &me.id, &me.bot_user)));
        match next {
            Some(next) => cursor = next,
            None => break,
        }
    }
    found.sort_by_key(|missed| missed.at);
    Ok(found)
}

/// What a message says to the bot, if it does.
fn said(message: &HistoryMessage, channel: &str, team: &str, me: &str) -> Option<Missed> {
    let user = message.user.as_deref()?;
    let direct = read::act::is_direct(channel);
    let to_us = direct || message.text.contains(&format!("<@{me}>"));
    if !to_us || user == me || message.bot_id.is_some() || !read::is_speech(message.subtype.as_deref()) {
        return None;
    }
    let identity = Identity::new(SurfaceKind::Slack, team, user).ok()?;
    let thread = read::thread(direct, message.thread_ts.as_deref(), &message.ts);
    let talk =
        if direct { Place::direct(&identity) } else { Place::channel(SurfaceKind::Slack, team, channel) };
    let theirs = message.user_team.as_deref().or(message.team.as_deref());
    let interaction = Interaction {
        delivery: message_delivery(channel, &message.ts),
        stranger: read::external(theirs, team, false),
        place: Place { thread, ..talk },
        direct: Place::direct(&identity),
        identity,
        message: None,
        act: Act::said(text::spoken(&message.text, team, Some(me)), file::attached(&message.files)),
    };
    Some(Missed { at: instant(&message.ts)?, interaction })
}

/// When a message was written: its id is the time in seconds.
fn instant(ts: &str) -> Option<Timestamp> {
    let (seconds, micros) = ts.split_once('.')?;
    Timestamp::new(seconds.parse().ok()?, micros.parse::<i32>().ok()?.checked_mul(1000)?).ok()
}

struct Pages<'a> {
    slack: &'a Slack,
    channel: &'a str,
    thread: Option<&'a str>,
    oldest: Option<&'a str>,
}

impl Pages<'_> {
    async fn read(&self, cursor: &str) -> Result<(Vec<HistoryMessage>, Option<String>), Trouble> {
        let mut query = vec![("channel", self.channel), ("limit", PAGE), ("include_all_metadata", "true")];
        query.extend(self.thread.map(|thread| ("ts", thread)));
        query.extend(self.oldest.map(|oldest| ("oldest", oldest)));
        if !cursor.is_empty() {
            query.push(("cursor", cursor));
        }
        let method = if self.thread.is_some() { "conversations.replies" } else { "conversations.history" };
        let what = format!("read the messages of {}", self.channel);
        let answer: HistoryAnswer = self.slack.api.read(&what, method, &query).await?;
        let next = answer.response_metadata.map(|metadata| metadata.next_cursor);
        let messages = answer.messages.into_iter().filter_map(|message| self.message(message)).collect();
        Ok((messages, next.filter(|next| !next.is_empty())))
    }

    /// One message. One that cannot be read is told of and left out by itself: it keeps nobody from being heard.
    fn message(&self, message: serde_json::Value) -> Option<HistoryMessage> {
        let unreadable = |why: &serde_json::Error| {
            let why = format!("a message in {} cannot be read: {why}", self.channel);
            self.slack.troubles().tell(Told::Unreadable, &why);
        };
        serde_json::from_value(message).inspect_err(unreadable).ok()
    }
}
