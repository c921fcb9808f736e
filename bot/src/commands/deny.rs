//! `deny <code> [receipt <receipt>] [because <reason>]`: say no to what is proposed.

use super::CommandSpec;
use crate::cards;
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use countersign_domain::card::Card;

const NAME: &str = "deny";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "deny <code> [receipt <receipt>] [because <reason>]",
    phrases: &[
        "reject|refuse|decline <code> [receipt <receipt>] [because|since <reason>]",
        "i deny|reject|refuse|decline <code> [receipt <receipt>] [because|since <reason>]",
    ],
    summary: "say no to a request",
    examples: &["deny K7QM2X because the rollout is over"],
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let seen = match chat.seen(context, NAME, said.get("code")).await? {
        Ok(seen) => seen,
        Err(denied) => return Ok(vec![cards::denied(&denied, None)]),
    };
    let receipt = seen.receipt(said.get("receipt"));
    let decided = chat.requests().deny(context, seen.code.stream_id(), receipt, said.get("reason")).await?;
    chat.answer(context, Some(&seen.code), decided).await
}
