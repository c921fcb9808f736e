//! `rules propose <rules> [because <reason>]`: propose other rules, which stand in a code block, or in a file beside the message.

use countersign_domain::card::Card;
use countersign_domain::tenant::Role;

use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::rule_change::PROPOSE;

pub(crate) const SPEC: CommandSpec = CommandSpec {
    name: PROPOSE,
    grammar: "rules propose <rules> [because <reason>]",
    phrases: &["propose rules <rules> [because <reason>]"],
    summary: "propose other rules, whole, in a code block or a file, for admins",
    examples: &["rules propose because two pairs of eyes see more ```…```"],
    audience: Audience::Roles(&[Role::Admin]),
    decides: true,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    chat.propose_rules(context, said).await
}
