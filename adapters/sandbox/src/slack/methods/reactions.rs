//! The app's own reactions.

use serde_json::json;

use crate::slack::api::Answer;
use crate::slack::arguments::Arguments;
use crate::slack::{Shared, SlackState, shapes};

pub(in crate::slack) fn add(shared: &Shared, arguments: &Arguments) -> Answer {
    let [channel, ts, name] = ["channel", "timestamp", "name"].map(|argument| arguments.needed(argument));
    let (channel, ts, name) = (channel?, ts?, name?);
    shared.change(|state| {
        let bot = state.bot.user.clone();
        let kept = state.channels.get_mut(&channel).ok_or("channel_not_found")?;
        let message = kept.message_mut(&ts).ok_or("message_not_found")?;
        if message.reactions.entry(name).or_default().insert(bot) {
            Ok(json!({}))
        } else {
            Err("already_reacted")
        }
    })
}

pub(in crate::slack) fn get(state: &SlackState, arguments: &Arguments) -> Answer {
    let (channel, ts) = (arguments.needed("channel")?, arguments.needed("timestamp")?);
    let message = state.message(&channel, &ts).ok_or("message_not_found")?;
    Ok(json!({"type": "message", "channel": channel, "message": shapes::message(state, message, false)}))
}
