//! People and user groups.

use serde_json::{Value, json};

use crate::slack::api::Answer;
use crate::slack::arguments::Arguments;
use crate::slack::{SlackState, shapes};

pub(in crate::slack) fn info(state: &SlackState, arguments: &Arguments) -> Answer {
    let id = arguments.needed("user")?;
    if id == state.bot.user {
        return Ok(json!({"user": shapes::bot(state)}));
    }
    let person = state.user(&id).ok_or("user_not_found")?;
    Ok(json!({"user": shapes::user(state, person)}))
}

pub(in crate::slack) fn list(state: &SlackState) -> Value {
    let people = state.users.iter().map(|person| shapes::user(state, person));
    let all: Vec<Value> = people.chain([shapes::bot(state)]).collect();
    json!({"members": all, "cache_ts": 1_700_000_000, "response_metadata": {"next_cursor": ""}})
}

pub(in crate::slack) fn group(state: &SlackState, arguments: &Arguments) -> Answer {
    let group = state.groups.get(&arguments.needed("usergroup")?).ok_or("no_such_subteam")?;
    Ok(json!({"users": group.users}))
}
