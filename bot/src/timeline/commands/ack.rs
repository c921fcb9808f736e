//! `ack <alert>`: say that you look after an alarm that is on, for everybody to see.

use countersign_domain::timeline::AlertCommand;

use super::told;
use crate::commands::{Audience, CommandSpec};

/// Its name.
const NAME: &str = "ack";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "ack <alert>",
    phrases: &["acknowledge <alert>"],
    summary: "say that you look after an alarm",
    examples: &["ack checkout-errors", "ack 3f2a1b9c"],
    audience: Audience::Observed,
    decides: true,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| {
        Box::pin(async move {
            let acknowledge = || AlertCommand::Acknowledge { by: Box::new(context.person.clone()) };
            told(chat, context, (NAME, said.get("alert")), acknowledge).await
        })
    },
};
