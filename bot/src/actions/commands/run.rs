//! `run action <action> [with <text>]`: ask for an action of the catalogue, which is done once countersigned.

use countersign_domain::card::Card;
use serde_json::Value;

use crate::actions::ask;
use crate::cards;
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: "run action",
    grammar: "run action <action> [with <text>]",
    phrases: &[],
    summary: "ask for an action, done once countersigned",
    examples: &["run action restart_job with job=nightly because it hangs"],
    audience: Audience::Everybody,
    decides: true,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

/// What is said where there are none.
const NONE: (&str, &str) = ("There are no actions here", "“help” lists what can be asked for.");

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let (requests, name) = (chat.requests(), said.get("action").unwrap_or_default());
    if requests.world.help(&context.tenant).is_none() {
        return Ok(vec![cards::nothing(NONE)]);
    }
    let given = said.get("text").unwrap_or_default();
    let (given, because) = given.split_once(" because ").map_or((given, None), |(a, b)| (a, Some(b)));
    let schema = ask::entry(requests, context, name).map(|(_, entry)| &entry.arguments);
    let arguments = ask::arguments(given, schema.unwrap_or(&Value::Null));
    let asked = ask::ask(requests, context, (name, &arguments), because).await?;
    chat.answer_to_proposal(context, asked).await
}
