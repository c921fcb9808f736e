//! `rules back to <version> [because <reason>]`: propose an earlier version of the rules once more. Where that undoes more
//! than the last change, it is asked first, and “from <base>” says that this was read.

use countersign_domain::card::Card;
use countersign_domain::tenant::Role;

use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::rule_change::BACK;

pub(crate) const SPEC: CommandSpec = CommandSpec {
    name: BACK,
    grammar: "rules back to <version> [because <reason>]",
    phrases: &["rules back to <version> from <base> [because <reason>]"],
    summary: "propose an earlier version of the rules once more, for admins",
    examples: &["rules back to 3", "rules back to 3 because nobody could ask any more"],
    audience: Audience::Roles(&[Role::Admin]),
    decides: true,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    chat.propose_going_back(context, said).await
}
