//! `retire document <code> [because <reason>]`: take no more answers from a document.

use countersign_domain::card::Card;

use crate::cards;
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::documents::bring::retire;
use crate::engine::Failure;
use crate::grammar::Said;

const NAME: &str = "retire document";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "retire document <code> [because <reason>]",
    phrases: &[],
    summary: "take no more answers from a document",
    examples: &["retire document K7QM2X", "retire document K7QM2X because it is out of date"],
    audience: Audience::Desk(&[]),
    decides: true,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let requests = chat.requests();
    let opened = match chat.open(context, NAME, said.get("code")).await? {
        Ok(opened) => opened,
        Err(denied) => return Ok(vec![cards::denied(&denied, None)]),
    };
    let reason = match requests.reason(context, NAME, said.get("reason")).await? {
        Ok(reason) => reason,
        Err(denied) => return Ok(vec![cards::denied(&denied, None)]),
    };
    let decided = retire(requests, context, &opened, reason).await?;
    chat.answer(context, Some(&opened.code), decided).await
}
