//! `approve <code> [receipt <receipt>]`: countersign what is proposed.
//!
//! A button says the receipt of what it stood beside; an old one counts for nothing.

use super::{Audience, CommandSpec, verb};

const NAME: &str = "approve";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "approve <code> [receipt <receipt>]",
    phrases: &[
        "countersign|approved <code> [receipt <receipt>]",
        "i approve|countersign <code> [receipt <receipt>]",
        "genehmigt|genehmige|genehmigen|freigeben|freigegeben <code> [receipt <receipt>]",
        "ich genehmige|bestätige <code> [receipt <receipt>]",
        "approuver|approuve|approuvé|j'approuve <code> [receipt <receipt>]",
        "apruebo|aprobado|aprobar|aprueba <code> [receipt <receipt>]",
        "aprovo|aprovado|aprovar|aprova <code> [receipt <receipt>]",
        "goedkeuren|goedgekeurd <code> [receipt <receipt>]",
        "approvo|approva|approvare|approvato|confermo <code> [receipt <receipt>]",
    ],
    summary: "countersign a request",
    examples: &["approve K7QM2X", "approve K7QM2X receipt 3f12ab90"],
    audience: Audience::Everybody,
    decides: true,
    by_any_name: true,
    takes_partial: false,
    run: |chat, context, said| {
        verb::run(chat, context, (NAME, said), |requests, context, opened, said| {
            Box::pin(async move {
                match requests.said_receipt(context, NAME, opened, said.get("receipt")).await? {
                    Ok(receipt) => requests.countersign(context, opened, receipt).await,
                    Err(denied) => Ok(Err(denied)),
                }
            })
        })
    },
};
