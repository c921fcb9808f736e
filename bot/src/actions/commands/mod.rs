//! What is said of actions.

mod list;
mod offered;
mod run;

pub(super) use offered::NAME as OFFERED;
pub(super) use run::NAME as RUN;

use countersign_domain::card::Card;
use serde_json::Value;

use super::ask::{self, Wanted};
use crate::cards;
use crate::chat::Chat;
use crate::commands::CommandSpec;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;

/// All of them.
pub(super) const ALL: &[CommandSpec] = &[list::SPEC, offered::SPEC, run::SPEC];

/// What is said where there are none.
const NONE: (&str, &str) = ("There are no actions here", "“help” lists what can be asked for.");

/// The arguments that are given, and why.
pub(super) fn given(said: &Said) -> (&str, Option<&str>) {
    let given = said.get("text").unwrap_or_default();
    given.split_once(" because ").map_or((given, None), |(given, because)| (given, Some(because)))
}

/// Asks for what is named; `tainted`: words of others came before it.
async fn carry_out(chat: &Chat, context: &Context, said: &Said, tainted: bool) -> Result<Vec<Card>, Failure> {
    let (requests, name) = (chat.requests(), said.get("action").unwrap_or_default());
    if requests.world.help(&context.tenant).is_none() {
        return Ok(vec![cards::nothing(NONE)]);
    }
    let (given, because) = given(said);
    let schema = ask::entry(requests, context, name).map(|(_, entry)| &entry.arguments);
    let arguments = ask::arguments(given, schema.unwrap_or(&Value::Null));
    let wanted = Wanted { name, arguments: &arguments, because, tainted };
    let asked = ask::ask(requests, context, wanted).await?;
    chat.answer_to_proposal(context, asked).await
}
