//! `revoke <code> [because <reason>]`: take an access away before its time.

use crate::cards;
use crate::chat::Chat;
use crate::commands::CommandSpec;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use countersign_domain::card::Card;

const NAME: &str = "revoke";

pub(crate) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "revoke <code> [because <reason>]",
    phrases: &[
        "take away <code> [because|since <reason>]",
        "widerrufe|widerrufen|entziehe|entziehen <code> [weil|denn <reason>]",
        "révoque|révoquer <code> [parce|car <reason>]",
        "revoca|revocar <code> [porque <reason>]",
        "revogo|revogar <code> [porque <reason>]",
    ],
    summary: "take an access away",
    examples: &["revoke K7QM2X because the contract ended"],
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let opened = match chat.open(context, NAME, said.get("code")).await? {
        Ok(opened) => opened,
        Err(denied) => return Ok(vec![cards::denied(&denied, None)]),
    };
    let decided = chat.requests().revoke(context, &opened, said.get("reason")).await?;
    chat.answer(context, Some(&opened.code), decided).await
}
