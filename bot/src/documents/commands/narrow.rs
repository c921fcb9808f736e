//! `narrow document <code> to <readers>`: let fewer read a document that answers are taken from, from the next answer on.

use countersign_domain::card::Card;
use countersign_domain::documents::DocumentCommand;

use crate::cards;
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::documents::bring::{readers_said, tell};
use crate::engine::Failure;
use crate::grammar::Said;

const NAME: &str = "narrow document";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "narrow document <code> to <readers>",
    phrases: &["narrow document <code> to|for <readers>"],
    summary: "let only members of these groups read a document",
    examples: &["narrow document K7QM2X to hr", "narrow document K7QM2X to hr and legal"],
    audience: Audience::Desk(&[]),
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
    let people = chat.requests().directory.present(&context.tenant).await?.state;
    let acl = readers_said(said.get("readers").unwrap_or_default(), &people);
    let by = Box::new(context.person.clone());
    let decided = tell(chat.requests(), context, NAME, &opened, DocumentCommand::Narrow { by, acl }).await?;
    chat.answer(context, Some(&opened.code), decided).await
}
