//! `extend <code> for|by <duration>`: ask for an access to last longer.

use super::CommandSpec;
use crate::cards;
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use countersign_domain::card::Card;

const NAME: &str = "extend";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "extend <code> for|by <duration>",
    phrases: &[
        "extend|prolong [my] [access] <code> for|by <duration>",
        "i need <code> [longer] [more] for|by <duration> [longer] [more]",
    ],
    summary: "ask for an access to last longer",
    examples: &["extend K7QM2X for 1 day", "extend K7QM2X by 12h"],
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let seen = match chat.seen(context, NAME, said.get("code")).await? {
        Ok(seen) => seen,
        Err(denied) => return Ok(vec![cards::denied(&denied, None)]),
    };
    let duration = said.get("duration").unwrap_or_default();
    let decided = chat.requests().extend(context, seen.code.stream_id(), duration).await?;
    chat.answer(context, Some(&seen.code), decided).await
}
