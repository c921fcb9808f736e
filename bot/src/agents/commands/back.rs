//! `agent back <agent> to <version> [because <reason>]`: ask for an earlier version of an agent once more.

use countersign_domain::card::Card;

use super::{FOR_ADMINS, nothing};
use crate::agents::propose::{DEFINE, Wanted, propose, unknown};
use crate::chat::Chat;
use crate::commands::CommandSpec;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;

const NAME: &str = "agent back";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "agent back <agent> to <version> [because <reason>]",
    phrases: &["set agent <agent> to <version> [because <reason>]"],
    summary: "ask for an earlier version of an agent once more, for admins",
    examples: &["agent back travel to 3", "agent back travel to 3 because it cited better"],
    audience: FOR_ADMINS,
    decides: true,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let requests = chat.requests();
    if requests.world.help(&context.tenant).is_none() {
        return Ok(nothing());
    }
    let (agent, given) = (said.get("agent").unwrap_or_default(), said.get("version").unwrap_or_default());
    let Ok(version) = given.parse() else {
        let given = given.chars().take(20).collect();
        return chat.refuse(context, DEFINE, unknown(agent, Some(given))).await;
    };
    let wanted = Wanted::BackTo { agent: agent.to_owned(), version };
    let asked = propose(requests, context, wanted, (None, said.get("reason"))).await?;
    chat.answer_to_proposal(context, asked).await
}
