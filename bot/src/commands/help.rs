//! `help [<command>]`: what can be said, or how one command is said.

use super::{Audience, CommandSpec};
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use countersign_domain::card::Card;

use super::{find, for_person};
use crate::cards;
use crate::grammar::Sentence;

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: "help",
    grammar: "help [<command>]",
    phrases: &[
        "help [me] with <command>",
        "what does <command> [do] [mean]",
        "how does <command> [work]",
        "how do|can i <command>",
        "was macht|bedeutet|bewirkt <command>",
        "wie funktioniert <command>",
        "que fait <command>",
        "qué hace <command>",
        "cosa fa <command>",
        "o que faz <command>",
        "help me",
        "what can|do you do",
        "what are you [for]",
        "are you there|here|alive",
        "what can i say|do",
        "what can i ask|request [for]",
        "how do i ask for access",
        "how do i get access|started",
        "how does it|this work",
        "i need help",
        "commands",
        "hilfe|aide|aide-moi|aidez-moi|ayuda|ajuda|hulp",
        "was kannst du",
        "que peux-tu faire",
        "qué puedes hacer",
        "aiuto|aiutami",
        "cosa puoi fare",
        "o que você pode fazer",
    ],
    summary: "what I can do",
    examples: &["help", "help access"],
    audience: Audience::Everybody,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

/// Whether a phrase asks about a command, and none is named behind it: "what does Ada have?" is about something else.
pub(super) fn names_none(opening: &str, said: &Said) -> bool {
    const WITH: &str = "help with";
    opening != WITH && said.get("command").is_some_and(|name| find(name).is_none())
}

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    match said.get("command") {
        None => {
            chat.by_example(context, cards::help_all(for_person(&context.person, chat.has(context)))).await
        }
        Some(name) => match find(name) {
            Some(spec) => chat.by_example(context, cards::help_one(spec)).await,
            None => chat.not_understood(context, &Sentence::new(name)).await,
        },
    }
}
