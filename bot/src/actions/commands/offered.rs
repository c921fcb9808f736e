//! `run offered <action> [with <text>]`: ask for an action that was offered after words of others, so that it is countersigned
//! whatever the rules say of who asks.

use countersign_domain::card::Card;

use super::carry_out;
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;

/// Its name, which is how it is said.
pub(in crate::actions) const NAME: &str = "run offered";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "run offered <action> [with <text>]",
    phrases: &[],
    summary: "ask for an action that the agent offered",
    examples: &["run offered restart_job with times=2"],
    audience: Audience::Buttons,
    decides: true,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

/// Whoever says it without having been offered it gains nothing by it: it only asks for one more pair of eyes.
async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    carry_out(chat, context, said, true).await
}
