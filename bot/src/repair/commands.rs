//! `repair access <command> [until <time>] [because <reason>]`: propose to put right what the forge holds otherwise than the log wants.

use countersign_domain::card::Card;

use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::repair::NAME;

pub(crate) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "repair access <command> [until <time>] [because <reason>]",
    phrases: &["repair accesses|permissions <command> [until <time>] [because <reason>]"],
    summary: "put right what the forge holds otherwise than the log wants, for admins",
    examples: &[
        "repair access revert all",
        "repair access adopt K7QM2 because Eve is on call",
        "repair access ignore all until 2026-12-01",
    ],
    audience: Audience::Everybody,
    decides: true,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    chat.propose_repair(context, said).await
}
