//! `my access`: the access you have now, and until when.

use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use countersign_domain::card::Card;

use crate::cards;
use crate::words;

pub(crate) const SPEC: CommandSpec = CommandSpec {
    name: "my access",
    grammar: "my access",
    phrases: &[
        "my accesses|grants|permissions",
        "show|list [me] my access|accesses|grants|permissions",
        "what access|permissions|rights do i have [now]",
        "what do i have",
        "what do i hold",
        "what have i got",
        "do i have access [now]",
        "what access|permissions have i [got]",
        "what can i access",
        "when does my access end|expire",
        "when does it|this end|expire|stop",
        "when do i lose it|access|this",
        "how long do i have it|access|this",
        "until when is it",
        "wann endet es|er|das|mein [zugriff]",
        "bis wann habe ich [den] [zugriff] [es] [das]",
        "quand est-ce que ça finit|termine|expire",
        "cuándo termina|acaba|caduca [mi] [acceso]",
        "until when do i have access|it",
        "which access|permissions do i have [now]",
        "i miei accessi|permessi|diritti",
        "quali|che accessi|permessi ho",
        "meus|os acessos|permissões",
        "quais acessos|permissões tenho",
        "mis accesos|permisos|derechos",
        "qué|que accesos|permisos tengo",
        "meine zugriffe|rechte|berechtigungen",
        "welche zugriffe|rechte|berechtigungen habe ich [gerade]",
        "mes accès|droits",
        "quels accès|droits ai-je",
        "mis accesos|permisos",
        "qué accesos|permisos tengo",
        "os meus acessos",
        "meus acessos",
        "que acessos|permissões tenho [agora]",
        "quais acessos eu tenho [agora]",
        "mijn toegang|rechten",
        "welke toegang|rechten heb ik [nu]",
    ],
    summary: "the access you have now, and until when",
    examples: &["my access", "what access do I have?"],
    audience: Audience::Everybody,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, _said: &Said) -> Result<Vec<Card>, Failure> {
    let cards = chat.held_by(context).await?;
    if cards.is_empty() {
        return chat.by_example(context, cards::nothing(words::no_access())).await;
    }
    Ok(cards)
}
