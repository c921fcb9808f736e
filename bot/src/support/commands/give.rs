//! `give ticket <number> to <user>`: hand a ticket to somebody who looks after them, or back to nobody.

use countersign_domain::card::Card;
use countersign_domain::support::TicketCommand;

use super::told;
use crate::cards;
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::support::wanted::{self, Whose};

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: "give ticket",
    grammar: "give ticket <number> to <user>",
    phrases: &["assign ticket <number> to <user>", "hand ticket <number> to <user>"],
    summary: "hand a ticket to somebody of the desk, or to nobody",
    examples: &["give ticket 7 to demo-approver", "give ticket 7 to nobody"],
    audience: Audience::Desk(&[]),
    decides: true,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let people = chat.requests().directory.present(&context.tenant).await?.state;
    let named = said.get("user").unwrap_or_default();
    let to = match wanted::whose(&people, &context.person, named) {
        Ok(Whose::Nobody) => None,
        Ok(Whose::One(id)) => people.people.get(&id).cloned().map(Box::new),
        Err(why) => return Ok(vec![cards::nothing(("Nobody is given it", &why))]),
    };
    told(chat, context, said, |by, _| TicketCommand::Assign { by, to: to.clone() }).await
}
