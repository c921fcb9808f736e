//! `compare access`: what the forge holds beside what the log wants, for admins.

use countersign_domain::access::WhyCompared;
use countersign_domain::denied::Violation;
use countersign_domain::tenant::Role;

use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use countersign_domain::card::Card;

const NAME: &str = "compare access";

pub(crate) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "compare access",
    phrases: &[
        "access compare|comparison",
        "compare accesses|grants|permissions",
        "compare [the] forge with [the] log",
    ],
    summary: "what the forge holds beside what the log wants, for admins",
    examples: &["compare access"],
    audience: Audience::Roles(&[Role::Admin]),
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, _said: &Said) -> Result<Vec<Card>, Failure> {
    if !context.person.is(Role::Admin) {
        let role =
            Violation::RoleRequired { action: "compare access".to_owned(), role: "an admin".to_owned() };
        return chat.refuse(context, NAME, role).await;
    }
    let by = context.person.id.clone();
    Ok(vec![chat.compare(context, WhyCompared::Asked { by }).await?])
}
