//! `deny without a reason <code> [receipt <receipt>]`: say no to what is proposed, and leave open why.

use super::{Audience, CommandSpec, deny};
use crate::cards;
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use countersign_domain::card::Card;
use countersign_domain::request::Assurance;

pub(super) const NAME: &str = "deny without a reason";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "deny without a reason <code> [receipt <receipt>]",
    phrases: &["deny|reject|refuse|decline without [a] reason <code> [receipt <receipt>]"],
    summary: "say no to a request, and leave open why",
    examples: &["deny without a reason K7QM2X"],
    audience: Audience::Everybody,
    decides: true,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let opened = match chat.open(context, NAME, said.get("code")).await? {
        Ok(opened) => opened,
        Err(denied) => return Ok(vec![cards::denied(&denied, None)]),
    };
    let said_receipt = chat.requests().said_receipt(context, NAME, &opened, said.get("receipt")).await?;
    let receipt = match said_receipt {
        Ok(receipt) => receipt,
        Err(denied) => return chat.answer(context, Some(&opened.code), Err(denied)).await,
    };
    // Whoever only reacts is asked for the reason that the rule wants; nothing is denied before they give it.
    let must = opened.open().is_some_and(|open| open.terms.reason_required);
    if let (true, Assurance::Reacted, Some(shown)) = (must, context.assurance, receipt) {
        return chat.ask_why(context, &opened.code, &shown, must).await;
    }
    let mut cards = deny::decide(chat, context, &opened, receipt, None).await?;
    // Whoever only reacts sees no answer but the card that many see.
    let is_denied = cards.first().is_some_and(|card| !card.refused);
    if context.assurance == Assurance::Reacted && is_denied {
        cards.push(cards::denied_by_reaction(&opened.code));
    }
    Ok(cards)
}
