//! `deny <code> [receipt <receipt>] [because <reason>]`: say no to what is proposed.
//!
//! Whoever gives no reason is asked for it, in whatever way their surface has: a form, a field, or this answer.

use super::{Audience, CommandSpec, deny_unexplained};
use crate::cards;
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::requests::Opened;
use countersign_domain::card::Card;
use countersign_domain::envelope::Digest;

const NAME: &str = "deny";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "deny <code> [receipt <receipt>] [because <reason>]",
    phrases: &[
        "reject|refuse|decline|disapprove <code> [receipt <receipt>] [because|since <reason>]",
        "i deny|reject|refuse|decline <code> [receipt <receipt>] [because|since <reason>]",
        "deny|reject|refuse|decline <code> [weil|denn|wegen|parce|car|porque|pois|omdat <reason>]",
        "ablehnen|abgelehnt|verweigert <code> [weil|denn|because <reason>]",
        "ich lehne <code> [ab] [weil|denn|because <reason>]",
        "refuser|refusé|refus|rejeter <code> [parce|car|because <reason>]",
        "je refuse|rejette <code> [parce|car|because <reason>]",
        "rechazado|rechazar|rechazo|rechaza|rechace|deniega|denegar <code> [porque|because <reason>]",
        "recuso|recusado|recusar|rejeito|rejeitar|nego <code> [porque|pois|because <reason>]",
        "afwijzen|afgewezen|weiger|weigeren <code> [omdat|want|because <reason>]",
        "ik wijs <code> [af] [omdat|want|because <reason>]",
        "rifiuto|rifiuta|rifiutare|rifiutato|respingo|respinto|nego|negato <code> [perché|perchè|because <reason>]",
        "je refuse|rejette|décline [la] [demande] <code> [parce|car|because <reason>]",
        "rechazo|rechaza|deniego [la] [solicitud] <code> [porque|because <reason>]",
    ],
    summary: "say no to a request",
    examples: &["deny K7QM2X because the rollout is over"],
    audience: Audience::Everybody,
    decides: true,
    by_any_name: true,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let opened = match chat.open(context, NAME, said.get("code")).await? {
        Ok(opened) => opened,
        Err(denied) => return Ok(vec![cards::denied(&denied, None)]),
    };
    let said_receipt = chat.requests().said_receipt(context, NAME, &opened, said.get("receipt")).await?;
    let receipt = match said_receipt {
        Ok(receipt) => receipt,
        Err(denied) => return chat.answer(context, Some(&opened.code), Err(denied)).await,
    };
    let present = opened.receipt();
    if let (None, Some(present)) = (said.get("reason"), present)
        && receipt.is_none_or(|receipt| receipt == present)
        && chat.could_decide(context, &opened)
    {
        let must = opened.open().is_some_and(|open| open.terms.reason_required);
        return chat.ask_why(context, &opened.code, &present, must).await;
    }
    decide(chat, context, &opened, receipt, said.get("reason")).await
}

/// Says no, with the reason that there is.
pub(super) async fn decide(
    chat: &Chat,
    context: &Context,
    opened: &Opened,
    receipt: Option<Digest>,
    reason: Option<&str>,
) -> Result<Vec<Card>, Failure> {
    let decided = chat.requests().deny(context, opened, receipt, reason).await?;
    chat.answer(context, Some(&opened.code), decided).await
}

/// The sentence of a button that asks for the reason, with what was given.
pub fn explained(sentence: &str, reason: &str) -> String {
    match (reason.trim(), sentence.strip_prefix(NAME)) {
        ("", Some(what)) => format!("{}{what}", deny_unexplained::NAME),
        ("", None) => sentence.to_owned(),
        (reason, _) => format!("{sentence} because {reason}"),
    }
}

/// Whether a sentence is one that the reason is asked for.
pub fn asks_why(sentence: &str) -> bool {
    sentence.strip_prefix(NAME).is_some_and(|rest| rest.starts_with(' ') && !rest.contains(" because "))
        && !sentence.starts_with(deny_unexplained::NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_c5_a_denial_without_a_reason_is_one_on_purpose() {
        assert!(asks_why("deny K7QM2X receipt 00") && !asks_why("deny without a reason K7QM2X"));
        assert!(!asks_why("approve K7QM2X") && !asks_why("denyK7QM2X"));
        for (reason, command) in [("  ", deny_unexplained::NAME), ("not now", NAME), ("because", NAME)] {
            let sentence = explained("deny K7QM2X receipt 00000000", reason);
            let read = crate::grammar::Sentence::new(&sentence);
            let (spec, said) = crate::commands::understand(&read).unwrap();
            assert_eq!(spec.name, command, "{sentence}");
            assert_eq!(
                (said.get("code"), said.get("receipt")),
                (Some("K7QM2X"), Some("00000000")),
                "{sentence}"
            );
            assert_eq!(said.get("reason"), Some(reason.trim()).filter(|reason| !reason.is_empty()));
        }
    }
}
