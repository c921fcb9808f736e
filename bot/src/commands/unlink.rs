//! `unlink [<account>]`: the bot forgets who is behind a chat account.

use super::{Audience, CommandSpec};
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use countersign_domain::card::Card;

const NAME: &str = "unlink";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "unlink [<account>]",
    phrases: &["forget my account [<account>]", "forget me"],
    summary: "let me forget which chat account is yours; an admin can name anybody's",
    examples: &["unlink", "unlink Slack"],
    audience: Audience::Everybody,
    decides: true,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    chat.unlink(context, NAME, said.get("account")).await
}
