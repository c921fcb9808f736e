//! `run action <action> [with <text>]`: ask for an action of the catalogue, which is done once countersigned.

use countersign_domain::card::Card;

use super::carry_out;
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;

/// Its name, which is how it is said.
pub(in crate::actions) const NAME: &str = "run action";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "run action <action> [with <text>]",
    phrases: &[],
    summary: "ask for an action, done once countersigned",
    examples: &["run action restart_job with job=nightly because it hangs"],
    audience: Audience::Desk(&[]),
    decides: true,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    carry_out(chat, context, said, false).await
}
