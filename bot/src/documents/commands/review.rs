//! `review document <code> [until <date>]`: say that a document is still right, and until when nobody has to look at it again.

use countersign_domain::card::Card;
use countersign_domain::documents::DocumentCommand;

use super::add::day;
use crate::cards;
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::documents::bring::tell;
use crate::engine::Failure;
use crate::grammar::Said;

const NAME: &str = "review document";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "review document <code> [until <date>]",
    phrases: &["review document <code> [by|until <date>]"],
    summary: "say that a document is still right, and when it is to be looked at next",
    examples: &["review document K7QM2X", "review document K7QM2X until 2027-01-31"],
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
    let until = match day(chat, context, NAME, said.get("date")).await? {
        Ok(until) => until,
        Err(denied) => return Ok(vec![cards::denied(&denied, None)]),
    };
    let by = Box::new(context.person.clone());
    let decided =
        tell(chat.requests(), context, NAME, &opened, DocumentCommand::Review { by, until }).await?;
    chat.answer(context, Some(&opened.code), decided).await
}
