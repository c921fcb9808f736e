//! `link [<token>]`: tell the bot in a chat who one is, by a code from the console.

use super::{Audience, CommandSpec};
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use countersign_domain::card::Card;

use crate::cards;

const NAME: &str = "link";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "link [<token>]",
    phrases: &["link my account [<token>]", "link me [<token>]"],
    summary: "let me know in a chat who you are, with a code from the console",
    examples: &["link"],
    audience: Audience::Everybody,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    if let Some(via) = &context.via {
        // Who is heard here is known: since the code that they have just said, or since before, and then no code was looked at.
        let (name, surface) = (&context.person.name, via.identity.surface);
        let is_new = chat.is_just_linked(context, &via.identity).await?;
        return Ok(vec![if is_new {
            cards::linked(name, surface)
        } else {
            cards::known_here(name, surface)
        }]);
    }
    if said.get("token").is_some() {
        return Ok(vec![cards::link_codes_are_for_chats()]);
    }
    chat.offer_link(context, NAME).await
}
