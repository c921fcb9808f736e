//! `ask everybody about <code>`: have everybody asked who may countersign it, however many they are.

use super::{Audience, CommandSpec};
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use countersign_domain::card::Card;

use crate::cards;

const NAME: &str = "ask everybody";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "ask everybody about <code>",
    phrases: &["ask everyone|all about <code>"],
    summary: "have all who can countersign asked, however many",
    examples: &["ask everybody about K7QM2X"],
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
    let decided = chat.requests().announce(context, &opened).await?;
    Ok(vec![match decided {
        Ok(_) => cards::everybody_is_asked(&opened.code),
        Err(denied) => cards::denied(&denied, None),
    }])
}
