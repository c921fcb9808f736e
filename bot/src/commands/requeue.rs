//! `requeue <effect>`: have a parked effect tried again, for admins.

use countersign_domain::capabilities::EffectCommand;
use countersign_domain::tenant::Role;

use super::{Audience, CommandSpec};
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use countersign_domain::card::Card;

use crate::cards;

const NAME: &str = "requeue";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "requeue <effect>",
    phrases: &["retry [effect] <effect>"],
    summary: "have a parked effect tried again, for admins",
    examples: &["requeue 23221892-8abf-562f-b19b-0c13e3237033"],
    audience: Audience::Roles(&[Role::Admin]),
    decides: true,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let command = || EffectCommand::Requeue { by: context.person.clone() };
    chat.operate(context, NAME, said, command, |id, _| cards::requeued(id)).await
}
