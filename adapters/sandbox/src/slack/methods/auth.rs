//! Whose a token is, and how it is exchanged.

use serde_json::{Value, json};

use crate::slack::api::Answer;
use crate::slack::arguments::Arguments;
use crate::slack::{Shared, SlackState};

pub(in crate::slack) fn test(state: &SlackState) -> Value {
    json!({
        "url": "https://acme.slack.example/", "team": state.team_name, "user": state.bot.name, "team_id": state.team,
        "user_id": state.bot.user, "bot_id": state.bot.id, "is_enterprise_install": false,
    })
}

pub(in crate::slack) fn access(shared: &Shared, arguments: &Arguments) -> Answer {
    if arguments.text("grant_type").as_deref() != Some("refresh_token") {
        return Err("invalid_grant_type".to_owned());
    }
    let [id, secret, refresh] =
        ["client_id", "client_secret", "refresh_token"].map(|name| arguments.needed(name));
    let mut answer = shared.tokens.exchange(&id?, &secret?, &refresh?)?;
    let state = shared.state();
    answer["team"] = json!({"id": state.team, "name": state.team_name});
    answer["bot_user_id"] = json!(state.bot.user);
    answer["app_id"] = json!(state.bot.app);
    Ok(answer)
}
