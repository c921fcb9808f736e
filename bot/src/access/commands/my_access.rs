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
        "what access|permissions|rights do i have [now] [at] [the] [moment] [atm] [currently] [today]",
        "what do i [currently] have|hold [access] [to] [now] [at] [the] [moment] [atm] [currently] [today]",
        "what have i got [access] [to] [now] [at] [the] [moment] [atm]",
        "do i have access [now]",
        "what access|permissions have i [got]",
        "what can i [currently] access|see|use [now] [at] [the] [moment] [atm]",
        "what am i allowed to do|access",
        "what|which repos|repositories do i have access to",
        "what|which repos|repositories can i access|see|use",
        "when does my access end|expire",
        "when does|will my access to|on ...",
        "when does|will my read|write|admin ...",
        "until when does|is my read|write|admin ...",
        "how long|much do i have left ...",
        "how long do i still have it|this|access|read|write|admin|my ...",
        "how much time do i have ...",
        "how much longer do|can|will i [still] have|keep|hold|use ...",
        "what do i [currently] hold on|for ...",
        "what access|permissions|rights do i have|hold on|to|for ...",
        "how much time is left ...",
        "when does it|this end|expire|stop",
        "when do i lose it|access|this",
        "how long do i have it|access|this",
        "until when is it",
        "until when do i have ...",
        "wann endet es|er|das|mein [zugriff]",
        "wann läuft|endet mein zugriff|lesezugriff|schreibzugriff|adminzugriff|read|write|admin ...",
        "wann läuft|endet|enden|laufen meine leserechte|schreibrechte|adminrechte ...",
        "bis wann habe|hab|darf ich ...",
        "wie lange habe|hab|darf ich noch ...",
        "quand est-ce que ça finit|termine|expire",
        "quand expire|finit|termine mon accès ...",
        "jusqu'à quand ai-je|j'ai ...",
        "combien de temps il me reste ...",
        "combien de temps me reste-t-il ...",
        "cuándo termina|acaba|caduca [mi] [acceso]",
        "hasta cuándo|cuando tengo ...",
        "cuánto|cuanto tiempo me queda ...",
        "fino a quando ho ...",
        "quanto tempo mi resta|rimane ...",
        "quando scade [il] [mio] [l'accesso] [accesso]",
        "which access|permissions do i have [now]",
        "i miei accessi|permessi|diritti",
        "quali|che accessi|permessi ho",
        "meus|os acessos|permissões",
        "quais acessos|permissões tenho",
        "mis accesos|permisos|derechos",
        "qué|que accesos|permisos tengo",
        "meine zugriffe|rechte|berechtigungen",
        "welche zugriffe|rechte|berechtigungen habe|hab ich [gerade] [noch] [jetzt]",
        "was habe|hab|darf ich [gerade] [noch] [jetzt] [alles] [für] [an] [rechte] [rechten] [zugriffe] [zugriffen]",
        "worauf habe|hab ich [gerade] [noch] [jetzt] [alles] zugriff",
        "worauf darf|kann ich [gerade] [noch] [jetzt] [alles] zugreifen",
        "mes accès|droits",
        "quels accès|droits ai-je|j'ai",
        "qu'est-ce que j'ai [comme] [accès] [droits]",
        "qu'ai-je [comme] [accès] [droits]",
        "à quoi ai-je|j'ai accès",
        "j'ai accès à quoi",
        "mis accesos|permisos",
        "qué|que tengo",
        "a qué|que tengo acceso",
        "a [che] cosa ho accesso",
        "cosa ho",
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

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let cards = chat.held_by(context, said.said_openly()).await?;
    if cards.is_empty() {
        return chat.by_example(context, cards::nothing(words::no_access())).await;
    }
    Ok(cards)
}
