//! `who can approve <code>`: who may countersign a request, by which rule, and who did already.

use super::CommandSpec;
use crate::cards;
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use countersign_domain::card::Card;

const NAME: &str = "who can approve";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "who can approve <code>",
    phrases: &[
        "who can|could|may|might|must|should approve|countersign|deny|decide <code>",
        "who approves|countersigns|decides <code>",
    ],
    summary: "who may countersign a request",
    examples: &["who can approve K7QM2X"],
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    match chat.seen(context, NAME, said.get("code")).await? {
        Ok(seen) => Ok(vec![chat.approvers(context, &seen).await?]),
        Err(denied) => Ok(vec![cards::denied(&denied, None)]),
    }
}
