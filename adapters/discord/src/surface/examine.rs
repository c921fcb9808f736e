//! Whether the bot can work with Discord: the token is good, and the bot is on its server.

use countersign_domain::ports::{CallError, CallErrorKind, Examined};
use countersign_outbound::not_the_vendor;
use serenity::all::Route;

use super::Discord;
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

/// A bot that is not on its server can do nothing there.
fn not_on_the_server(error: CallError) -> CallError {
    if error.kind != CallErrorKind::Rejected {
        return error;
    }
    let detail =
        format!("{}; invite the bot to the server, or check `guild` in the configuration", error.detail);
    CallError { detail, kind: CallErrorKind::Barred, ..error }
}
