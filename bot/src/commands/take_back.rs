//! `take back <code>`: take the own countersignature back before the decision.

use super::CommandSpec;
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use countersign_domain::card::Card;

use crate::cards;

const NAME: &str = "take back";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "take back <code>",
    phrases: &["take my countersignature|approval [of|on|for] <code> [back]", "i take back <code>"],
    summary: "take your countersignature back before it is decided",
    examples: &["take back K7QM2X"],
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let opened = match chat.open(context, NAME, said.get("code")).await? {
        Ok(opened) => opened,
        Err(denied) => return Ok(vec![cards::denied(&denied, None)]),
    };
    let decided = chat.requests().take_back(context, &opened).await?;
    chat.answer(context, Some(&opened.code), decided).await
}
