//! `who can approve <code>`: who may countersign a request, by which rule, and who did already.

use super::CommandSpec;
use crate::cards;
use crate::chat::{Chat, is_pronoun};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use countersign_domain::card::Card;
use countersign_domain::request::Code;

const NAME: &str = "who can approve";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "who can approve <code>",
    phrases: &[
        "who can|could|may|might|must|should approve|countersign|deny|decide <code>",
        "who approves|countersigns|decides <code>",
        "who can|could|may|might approve|countersign a request for|on <code>",
        "who can|could|may|might approve|countersign requests for|on <code>",
        "wer kann|darf|muss <code> [genehmigen] [freigeben]",
        "wer genehmigt <code>",
        "qui peut|doit approuver <code>",
        "qui approuve <code>",
        "quién|quien puede|debe aprobar <code>",
        "quem pode aprovar <code>",
    ],
    summary: "who may countersign a request",
    examples: &["who can approve K7QM2X"],
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    // A repository has no code: then it is about whoever could, by the rules.
    if let Some(repository) =
        said.get("code").filter(|given| given.parse::<Code>().is_err() && !is_pronoun(given))
    {
        return chat.who_could_approve(context, repository).await;
    }
    match chat.open(context, NAME, said.get("code")).await? {
        Ok(opened) => Ok(vec![chat.approvers(context, &opened)]),
        Err(denied) => Ok(vec![cards::denied(&denied, None)]),
    }
}
