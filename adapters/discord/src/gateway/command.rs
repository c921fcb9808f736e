//! The slash command's registration on the server, where it changed
//! (<https://discord.com/developers/docs/interactions/application-commands#bulk-overwrite-guild-application-commands>).

use std::time::Duration;

use countersign_domain::ports::CallError;
use countersign_outbound::Trouble;
use http::Method;
use serde_json::Value;
use serenity::all::Route;

use crate::calls::Ask;
use crate::{Discord, SlashCommand};

/// What could not be registered is tried again after so long at first, and twice as long each time …
const SOONEST: Duration = Duration::from_secs(10);
/// … up to this.
const LATEST: Duration = Duration::from_hours(1);

impl Discord {
    /// Registers the command on the server, where that works now. Where it does not, that is told of, and nothing else waits
    /// for it: people can still say what they want in messages, and press buttons.
    pub async fn try_to_register(&self, command: &SlashCommand) -> bool {
        match self.register(command).await {
            Ok(_) => self.troubles().over(Trouble::Registration),
            Err(error) => {
                self.troubles().tell(Trouble::Registration, &error.to_string());
                return false;
            }
        }
        true
    }

    /// Tries again, as often as it takes, what could not be registered.
    pub async fn register_later(&self, command: &SlashCommand) {
        let mut wait = SOONEST;
        loop {
            let now = self.clock.now();
            self.clock.sleep_until(now.saturating_add(wait).unwrap_or(now)).await;
            if self.try_to_register(command).await {
                return;
            }
            wait = (wait * 2).min(LATEST);
        }
    }

    /// Registers the command on the server, unless it stands there already. `true` where it was changed.
    pub async fn register(&self, command: &SlashCommand) -> Result<bool, CallError> {
        let ours = serde_json::to_value([command.definition()]).unwrap_or_default();
        let route = Route::GuildCommands { application_id: self.application, guild_id: self.guild };
        let theirs = self.calls.send(Ask::get("read the slash commands", route)).await?;
        if says(&theirs, &ours) {
            return Ok(false);
        }
        self.calls.send(Ask::new("register the slash command", Method::PUT, route).json(&ours)).await?;
        Ok(true)
    }
}

/// Whether `theirs` says all that `ours` says. Discord adds ids and what stands there by default, and leaves out what is no.
fn says(theirs: &Value, ours: &Value) -> bool {
    match (theirs, ours) {
        (Value::Object(theirs), Value::Object(ours)) => {
            ours.iter().all(|(name, value)| says(theirs.get(name).unwrap_or(&Value::Null), value))
        }
        (Value::Array(theirs), Value::Array(ours)) => {
            theirs.len() == ours.len() && theirs.iter().zip(ours).all(|(theirs, ours)| says(theirs, ours))
        }
        (Value::Null, ours) => empty(ours),
        _ => theirs == ours,
    }
}

fn empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(yes) => !yes,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.values().all(empty),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_discord_adds_or_leaves_out_is_no_change() {
        let ours =
            json!([{"name": "countersign", "options": [{"name": "text", "required": false, "choices": []}]}]);
        let theirs = json!([{"id": "7", "name": "countersign", "options": [{"type": 3, "name": "text"}], "nsfw": false}]);
        assert!(says(&theirs, &ours));
        assert!(!says(&json!([]), &ours));
        assert!(!says(&json!([{"name": "countersign", "options": []}]), &ours));
        assert!(!says(
            &json!([{"name": "countersign", "options": [{"name": "text", "required": true}]}]),
            &ours
        ));
    }
}
