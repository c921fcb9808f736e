//! `why <code>`: the full story of a request: which rule and policies, who decided, what was found, what failed.

use super::{Audience, CommandSpec};
use crate::cards;
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use countersign_domain::card::Card;

const NAME: &str = "why";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "why <code>",
    phrases: &[
        "why is|was|did|does|has <code> ...",
        "why can't|cannot|can i [no] [not] [longer] read|write|push|access|see|use|reach [to] [on] <code> [any] [more] [anymore] [longer]",
        "what happened to|with <code> ...",
        "explain|history <code>",
        "history of <code>",
        "[tell] [me] the story of|behind <code>",
        "who said yes|no [to] <code>",
        "who approved|countersigned|denied <code>",
        "warum ist|wurde|war <code> ...",
        "pourquoi est|a|ma|mon <code> ...",
        "por qué fue|está|se|mi <code> ...",
        "por que foi|está|meu|minha <code> ...",
        "perché è|mi|la|il <code> ...",
    ],
    summary: "the full story of a request",
    examples: &["why K7QM2X", "why was K7QM2X denied?"],
    audience: Audience::Everybody,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    match chat.story(context, NAME, said.get("code")).await? {
        Ok(story) => Ok(vec![story]),
        Err(denied) => Ok(vec![cards::denied(&denied, None)]),
    }
}
