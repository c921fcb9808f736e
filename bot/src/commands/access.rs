//! `access <permission> on <repository> [for <user>] [for <duration>] [ticket <KEY>] [because <reason>]`: ask for access.
//!
//! What is missing is left empty, so that the check names everything that is wrong at once.

use countersign_domain::access::Form;

use super::CommandSpec;
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use countersign_domain::card::Card;

/// What may follow a plain sentence's beginning.
macro_rules! plainly {
    ($beginning:literal) => {
        concat!(
            $beginning,
            " <permission> [access] on|to <repository> [for <user>] [for <duration>] [ticket|under|with|issue <KEY>]",
            " [because|since|to <reason>]"
        )
    };
}

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: "access",
    grammar: "access <permission> on <repository> [for <user>] [for <duration>] [ticket <KEY>] [because <reason>]",
    phrases: &[
        plainly!("access"),
        plainly!("i|we need|want|require [to] [have]"),
        plainly!("i'd|we'd like [to] [have] [get]"),
        plainly!("i|we would like [to] [have] [get]"),
        plainly!("can|could|may i|we [please] get|have"),
        plainly!("request|ask [for]"),
        plainly!("give|grant|get me"),
        plainly!("give|grant <user>"),
    ],
    summary: "ask for access to a repository",
    examples: &[
        "access read on web-shop",
        "access write on payments-api for 2 days ticket OPS-17 because rollout",
        "access admin on infra for demo-approver for 3h ticket OPS-18 because the disk is full",
    ],
    takes_partial: true,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    chat.ask(context, &form(said)).await
}

/// The form that a sentence fills in.
pub(super) fn form(said: &Said) -> Form {
    let text = |slot| said.get(slot).map(str::to_owned);
    Form {
        permission: text("permission"),
        repository: text("repository"),
        user: text("user"),
        duration: text("duration"),
        ticket: text("KEY"),
        reason: text("reason"),
    }
}
