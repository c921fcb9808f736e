//! `who has <permission> on <repository>`: who holds an access, and until when.

use countersign_domain::access::Permission;
use countersign_domain::card::Card;

use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::{Said, permission};
use crate::normalise::LEXICON;

pub(crate) const SPEC: CommandSpec = CommandSpec {
    name: "who has",
    grammar: "who has <permission> on <repository>",
    phrases: &[
        "who [else] has|have|got <permission> [access] [rights] [permission] on|to|for <repository>",
        "who's got <permission> [access] [rights] on|to|for <repository>",
        "list|show everyone|everybody|people with <permission> [access] [rights] on|to <repository>",
        "list|show everyone|everybody|people with [access] [rights] on|to <repository>",
        "list|show [me] [all] access|accesses|grants on|to <repository>",
        "who can|could|may|might <permission> on|to|in <repository>",
        "who is allowed to <permission> on|to|in <repository>",
        "wer darf|kann auf|in <repository> <permission>",
        "wer hat auf <repository> <permission>",
        "qui peut <permission> sur|dans <repository>",
        "quién|quien puede <permission> en <repository>",
        "who [else] has|have [access] [rights] on|to <repository>",
        "wer hat <permission> auf <repository>",
        "qui a [un] [accès] [acces] [en] <permission> à|au|sur <repository>",
        "quién|quien tiene [acceso] [permiso] [de] [en] <permission> a|al|en <repository>",
        "wer hat [sonst] [noch] [zugriff] [zugang] [rechte] [schon] auf|zu <repository>",
        "qui [d'autre] a [accès] [acces] [déjà] à|au|sur <repository>",
        "quién|quien [más] tiene [acceso] [permisos] [ya] a|al|en <repository>",
        "quem [mais] tem [acesso] [permissões] a|ao|em <repository>",
        "wie heeft [er] [nog] [toegang] [rechten] tot|op <repository>",
        "qui a <permission> sur <repository>",
        "quién tiene <permission> en <repository>",
        "chi ha [accesso] [permessi] [in] [di] <permission> a|al|su|sul <repository>",
        "chi [altro] ha [accesso] [permessi] [già] a|al|su|sul <repository>",
        "chi può <permission> su|sul|in <repository>",
        "quem pode <permission> em|no|na <repository>",
        "quem tem [acesso] [de] <permission> a|ao|em|no|na <repository>",
    ],
    summary: "who holds an access, and until when",
    examples: &["who has write on payments-api"],
    audience: Audience::Everybody,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let repository = said.get("repository").unwrap_or_default();
    let read = said.get("permission").map(|word| (word, permission(word)));
    match read {
        // Whoever has any access has read.
        None => chat.who_has(context, Permission::Read, repository).await,
        Some((_, Some(permission))) => chat.who_has(context, permission, repository).await,
        Some((word, None)) if LEXICON.is_access(word) => {
            chat.who_has(context, Permission::Read, repository).await
        }
        Some((word, None)) => chat.which_permission(context, word, repository).await,
    }
}
