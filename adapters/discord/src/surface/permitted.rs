//! Whether the bot may write in a channel: by its roles on the server, and by what the channel allows and forbids them.

use countersign_domain::ports::CallError;
use serde_json::Value;
use serenity::all::{ChannelId, GuildChannel, Member, PartialGuild, Permissions, Route, UserId};

use super::{Discord, field};
use crate::calls::Ask;

/// Discord's numbers for the channels that are threads.
const THREADS: [u64; 3] = [10, 11, 12];

impl Discord {
    /// Whether the bot may write in a channel of its server, which Discord describes so.
    pub(super) async fn may_write(
        &self,
        channel_id: ChannelId,
        described: &Value,
    ) -> Result<bool, CallError> {
        let is_thread = described["type"].as_u64().is_some_and(|kind| THREADS.contains(&kind));
        // What is allowed in a thread, the channel says that it is in.
        let above = field(described, "parent_id").filter(|_| is_thread);
        let channel_id = above.map_or(channel_id, ChannelId::new);
        let ask = Ask::get(format!("look at the channel {channel_id}"), Route::Channel { channel_id });
        let channel: GuildChannel = self.calls.read(ask).await?;
        let bot = self.calls.send(Ask::get("ask who the bot is there", Route::UserMe)).await?;
        let user_id = field(&bot, "id").map_or_else(|| self.bot(), UserId::new);
        let route = Route::GuildMember { guild_id: self.guild, user_id };
        let bot: Member = self.calls.read(Ask::get("look up the bot's own roles", route)).await?;
        let what = format!("look at the server {}", self.guild);
        let guild: PartialGuild =
            self.calls.read(Ask::get(what, Route::Guild { guild_id: self.guild })).await?;
        let to_write =
            if is_thread { Permissions::SEND_MESSAGES_IN_THREADS } else { Permissions::SEND_MESSAGES };
        Ok(guild.user_permissions_in(&channel, &bot).contains(to_write))
    }
}
