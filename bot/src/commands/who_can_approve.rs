//! `who can approve <code>`: who may countersign a request, by which rule, and who did already.

use super::{Audience, CommandSpec};
use crate::cards;
use crate::chat::{Ask, Chat, is_pronoun};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::{Said, Sentence, permission};
use crate::plain;
use countersign_domain::card::Card;
use countersign_domain::request::Code;

const NAME: &str = "who can approve";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "who can approve <code>",
    phrases: &[
        "who can|could|may|might|must|should approve|countersign|deny|decide <code>",
        "who approves|countersigns|decides [on] <code>",
        "who can|could|may|might give|grant me|us [access] [rights] [to] [on] <code>",
        "who can|could|may|might approve|countersign a request for|on <code>",
        "who can|could|may|might approve|countersign requests for|on <code>",
        "wer kann|darf|muss <code> [genehmigen] [freigeben]",
        "wer genehmigt <code>",
        "wer gibt <code> [frei]",
        "qui peut|doit approuver|valider <code>",
        "qui approuve|valide <code>",
        "quién|quien puede|debe aprobar|autorizar <code>",
        "quem pode aprovar <code>",
        "quem aprova <code>",
        "chi può|deve approvare|autorizzare <code>",
        "chi approva <code>",
        "quién|quien aprueba <code>",
    ],
    summary: "who may countersign a request",
    examples: &["who can approve K7QM2X"],
    audience: Audience::Everybody,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let Some(given) = said.get("code").filter(|given| given.parse::<Code>().is_err()) else {
        return match chat.open(context, NAME, said.get("code")).await? {
            Ok(opened) => Ok(vec![chat.approvers(context, &opened)]),
            Err(denied) => Ok(vec![cards::denied(&denied, None)]),
        };
    };
    if is_pronoun(given) {
        return Box::pin(chat.on_what_is_meant(context, super::who_can_approve_spec(), said, Ask::IfSeveral))
            .await;
    }
    // A repository has no code: then it is about whoever could, by the rules.
    let part = plain::part(&Sentence::new(given));
    let permission = part.permission.as_deref().and_then(permission);
    let repository = part.repositories.first().map_or(given, String::as_str);
    chat.who_could_approve(context, permission, repository, part.user.as_deref()).await
}
