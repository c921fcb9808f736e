//! `revoke <code> [because <reason>]`: take an access away before its time.

use crate::commands::{Audience, CommandSpec, verb};

const NAME: &str = "revoke";

pub(crate) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "revoke <code> [because <reason>]",
    phrases: &[
        "take away <code> [because|since <reason>]",
        "revoke <code> [weil|denn|wegen|parce|car|porque|pois|omdat <reason>]",
        "widerrufe|widerrufen|entziehe|entziehen <code> [weil|denn <reason>]",
        "révoque|révoquer <code> [parce|car <reason>]",
        "revoca|revocar <code> [porque <reason>]",
        "revogo|revogar <code> [porque <reason>]",
        "revoco|revocare <code> [perché|perchè <reason>]",
    ],
    summary: "take an access away",
    examples: &["revoke K7QM2X because the contract ended"],
    audience: Audience::Everybody,
    decides: true,
    by_any_name: true,
    takes_partial: false,
    run: |chat, context, said| {
        verb::run(chat, context, (NAME, said), |requests, context, opened, said| {
            // "Parce que" is one word to people.
            let reason = said.get("reason").map(|reason| reason.strip_prefix("que ").unwrap_or(reason));
            Box::pin(requests.revoke(context, opened, reason))
        })
    },
};
