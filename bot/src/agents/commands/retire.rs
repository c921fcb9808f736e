//! `retire agent <agent> [because <reason>]`: let an agent answer nobody any more.

use countersign_domain::card::Card;
use countersign_domain::words::flat;

use super::{FOR_ADMINS, nothing};
use crate::agents::propose::{RETIRE, retire};
use crate::cards;
use crate::chat::Chat;
use crate::commands::CommandSpec;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: RETIRE,
    grammar: "retire agent <agent> [because <reason>]",
    phrases: &[],
    summary: "let an agent answer nobody any more, for admins",
    examples: &["retire agent travel", "retire agent travel because nobody travels"],
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
    let agent = said.get("agent").unwrap_or_default();
    match retire(requests, context, agent, said.get("reason")).await? {
        Ok(Some(touched)) => chat.answer(context, None, Ok(touched)).await,
        Ok(None) => {
            Ok(vec![cards::lines("It answers nobody any more", &[format!("{} was retired.", flat(agent))])])
        }
        Err(denied) => chat.answer(context, None, Err(denied)).await,
    }
}
