//! What was said while the bot could not listen: the channel's messages after a time.

use countersign_domain::ports::{CallError, Missed};
use countersign_outbound::Trouble;
use jiff::Timestamp;
use serde_json::Value;
use serenity::all::{ChannelId, GuildId, Message, Route};

use super::{Discord, field};
use crate::calls::Ask;
use crate::wire;

/// When Discord's time begins, in milliseconds (<https://discord.com/developers/docs/reference#snowflakes>).
const EPOCH: i64 = 1_420_070_400_000;
/// The most that one page holds.
const PAGE: usize = 100;
/// More pages than this are not read: who was away for so long looks at the channel.
const PAGES: usize = 20;

impl Discord {
    pub(super) async fn said_after(
        &self,
        channel_id: ChannelId,
        on_server: bool,
        since: Timestamp,
    ) -> Result<Vec<Missed>, CallError> {
        let mut missed = Vec::new();
        let mut after = snowflake(since);
        let guild = on_server.then_some(self.guild);
        for _ in 0..PAGES {
            let route = Route::ChannelMessages { channel_id };
            let ask = Ask::get("read what was missed", route).query("limit", &PAGE).query("after", &after);
            let mut page: Vec<Value> = self.calls.read(ask).await?;
            // The newest comes first. What was said in the same millisecond is told apart by the rest of its id only.
            page.sort_by_key(|message| field(message, "id"));
            missed.extend(page.iter().filter_map(|message| self.said(message, guild)));
            match page.last().and_then(|message| field(message, "id")) {
                Some(last) if page.len() == PAGE => after = last,
                _ => break,
            }
        }
        Ok(missed)
    }

    /// What a message says to the bot, if it does. One that cannot be read is told of and left out by itself: it keeps nobody
    /// from being heard.
    fn said(&self, message: &Value, guild: Option<GuildId>) -> Option<Missed> {
        let unreadable = |why: &dyn std::fmt::Display| {
            self.troubles()
                .tell(Trouble::Unreadable, &format!("a message that was missed cannot be read: {why}"));
        };
        let message: Message = wire::read(message.clone()).inspect_err(|why| unreadable(why)).ok()?;
        let interaction = self.ear().message(&message, guild).inspect_err(|why| unreadable(why)).ok()??;
        Some(Missed { at: said_at(&message), interaction })
    }
}

/// The id that a message of just before this time would have at most.
fn snowflake(at: Timestamp) -> u64 {
    let passed = u64::try_from(at.as_millisecond() - EPOCH).unwrap_or_default();
    (passed << 22).saturating_sub(1)
}

/// A message's id tells its time.
fn said_at(message: &Message) -> Timestamp {
    let passed = i64::try_from(message.id.get() >> 22).unwrap_or_default();
    Timestamp::from_millisecond(EPOCH + passed).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_becomes_the_last_id_before_it() {
        // The sample of Discord's documentation: 175928847299117063 is of 2016-04-30 11:18:25.796 UTC.
        let at: Timestamp = "2016-04-30T11:18:25.796Z".parse().unwrap();
        assert_eq!(snowflake(at), (175_928_847_299_117_063 >> 22 << 22) - 1);
        assert_eq!(snowflake(Timestamp::UNIX_EPOCH), 0);
    }
}
