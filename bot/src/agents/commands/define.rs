//! `define agent <definition> [because <reason>]`: ask for an agent, new or in the place of what it is, which stands as TOML or JSON in a
//! code block, or in a file beside the message.

use countersign_domain::card::Card;

use super::{FOR_ADMINS, nothing};
use crate::agents::propose::{DEFINE, Wanted, propose};
use crate::agents::read::read;
use crate::chat::Chat;
use crate::commands::CommandSpec;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::{BLOCK, Said};

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: DEFINE,
    grammar: "define agent <definition> [because <reason>]",
    phrases: &["add|change agent <definition> [because <reason>]"],
    summary: "ask for an agent, whole, in a code block or a file, for admins",
    examples: &["define agent because trips are asked about ```…```"],
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
    let definition = match read(said.get(BLOCK).unwrap_or_default()) {
        Ok(definition) => Box::new(definition),
        Err(fault) => return chat.refuse(context, DEFINE, fault.into()).await,
    };
    let asked = propose(requests, context, Wanted::Agent(definition), (None, said.get("reason"))).await?;
    chat.answer_to_proposal(context, asked).await
}
