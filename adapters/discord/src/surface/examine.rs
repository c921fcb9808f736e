//! Whether the bot can work with Discord: the token is good, the bot is on its server, and can post where it is to.

use countersign_domain::ports::{CallError, CallErrorKind, Examined, Place};
use countersign_outbound::not_the_vendor;
use serenity::all::Route;

use super::{Discord, NO_CHANNEL, field, spoken};
use crate::calls::Ask;

impl Discord {
    pub(super) async fn examined(&self) -> Result<Examined, CallError> {
        let me = self.calls.send(Ask::get("ask who the bot is there", Route::UserMe)).await;
        let me = me.map_err(|failure| not_the_vendor(failure.error, "Discord's REST API 10"))?;
        let Some(name) = me["username"].as_str() else {
            let what = self.calls.rejected("ask who the bot is there", "the answer names nobody");
            return Err(CallError { kind: CallErrorKind::Barred, ..what });
        };
        let what = format!("look at the server {}", self.guild);
        let guild = self.calls.send(Ask::get(what, Route::Guild { guild_id: self.guild })).await;
        let guild = guild.map_err(|failure| not_on_the_server(failure.error))?;
        let server = guild["name"].as_str().unwrap_or_default();
        let mut examined = Examined::good(format!("the server {server} ({}), as {name}", self.guild));
        let route = Route::GuildCommands { application_id: self.application, guild_id: self.guild };
        match self.calls.send(Ask::get("read the slash commands", route)).await {
            Ok(_) => {}
            Err(failure) if failure.error.kind == CallErrorKind::Rejected => examined.faults.push(format!(
                "it may not register its slash command: invite it again with the scope `applications.commands`, and check `application_id` ({})",
                failure.error.detail
            )),
            Err(failure) => return Err(failure.error),
        }
        Ok(examined)
    }
}

/// Discord's numbers for the channels of a server in which a bot can post: for texts, beside a voice, announcements, threads.
const WRITTEN_IN: [u64; 7] = [0, 2, 5, 10, 11, 12, 13];
/// The bot may not see it.
const NO_ACCESS: i64 = 50_001;

impl Discord {
    /// Why the bot could not post in a channel.
    pub(super) async fn closed(&self, place: &Place) -> Result<Option<String>, CallError> {
        let none = "there is none on Discord";
        let Some(channel_id) = spoken(place) else { return Ok(Some(none.to_owned())) };
        let ask = Ask::get(format!("look at the channel {channel_id}"), Route::Channel { channel_id });
        let channel = match self.calls.send(ask).await {
            Ok(channel) => channel,
            Err(failure) if failure.code == Some(NO_CHANNEL) => return Ok(Some(none.to_owned())),
            Err(failure) if failure.code == Some(NO_ACCESS) => {
                return Ok(Some("the bot may not see it: let it, in the channel's permissions".to_owned()));
            }
            Err(failure) => return Err(failure.error),
        };
        let is_here = field(&channel, "guild_id") == Some(self.guild.get());
        let is_written_in = channel["type"].as_u64().is_some_and(|kind| WRITTEN_IN.contains(&kind));
        Ok(match (is_here, is_written_in) {
            (false, _) => Some(format!("it is not on the server {}", self.guild)),
            (true, false) => Some("nobody can post in a channel of its kind".to_owned()),
            (true, true) => (!self.may_write(channel_id, &channel).await?)
                .then(|| "the bot may not write there: let it, in the channel's permissions".to_owned()),
        })
    }
}

/// A bot that is not on its server can do nothing there.
fn not_on_the_server(error: CallError) -> CallError {
    if error.kind != CallErrorKind::Rejected {
        return error;
    }
    let detail =
        format!("{}; invite the bot to the server, or check `guild` in the configuration", error.detail);
    CallError { detail, kind: CallErrorKind::Barred, ..error }
}
