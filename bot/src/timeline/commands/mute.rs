//! `mute [<alert>] for <duration> [because|since <reason>]`: hear nothing of an alarm for a while; what it does stands in the timeline all the same.

use countersign_domain::card::Card;
use countersign_domain::duration::parse_minutes;
use countersign_domain::timeline::AlertCommand;
use jiff::SignedDuration;

use super::told;
use crate::cards;
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;

/// Its name.
const NAME: &str = "mute";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "mute [<alert>] for <duration> [because|since <reason>]",
    phrases: &[],
    summary: "hear nothing of an alarm for a while",
    examples: &[
        "mute for 2 hours because we are draining the queue",
        "mute checkout-errors for 2 hours because we are draining the queue",
    ],
    audience: Audience::Observed,
    decides: true,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let minutes = said.get("duration").and_then(|text| parse_minutes(text).ok());
    let long = minutes.and_then(|minutes| SignedDuration::try_from_mins(i64::try_from(minutes).ok()?));
    let Some(until) = long.and_then(|long| chat.now().checked_add(long).ok()) else {
        let next = "Say for how long: mute checkout-errors for 2 hours because …";
        return Ok(vec![cards::nothing(("I do not know for how long", next))]);
    };
    let why = said.get("reason").map(str::to_owned);
    let mute = || AlertCommand::Mute { by: Box::new(context.person.clone()), until, why: why.clone() };
    told(chat, context, (NAME, said.get("alert")), mute).await
}
