//! `give back <code>`: give an access back before its time.

use crate::commands::{Audience, CommandSpec, verb};

const NAME: &str = "give back";

pub(crate) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "give back <code>",
    phrases: &[
        "give|hand <code> [back]",
        "return|returning <code>",
        "giving|handing <code> [back]",
        // The permission belongs to the name, and is compared with what is held.
        "remove|drop|end my [access] [rights] [to] [on] <code>",
        "remove|take me from|off <code>",
        "revoke my access|rights [access] [rights] [to] [on] <code>",
        "rends|rendre [mon] [l'accès] [accès] [à] [sur] <code>",
        "devuelvo|devolver [mi] [el] [acceso] [a] [al] [en] <code>",
        "i don't need [my] [access] [to] [on] <code> [any] [more] [anymore] [longer]",
        "i do not need <code> [any] [more] [anymore] [longer]",
        "i no longer need <code>",
        "i'm done with <code>",
        "ya no necesito [mi] [el] [acceso] [a] [al] [en] <code>",
        "je n'ai plus besoin [de] [d'accès] [mon] [l'accès] [accès] [à] [sur] <code>",
        "je rends [mon] [l'accès] [accès] [à] [sur] <code>",
        "ich brauche keinen zugriff [mehr] [auf] [zu] <code> [mehr]",
        "zurückgeben <code>",
        "devolvo [o] [meu] [acesso] [a] [ao] [em] <code>",
        "já não preciso [mais] [de] [do] [acesso] [a] [ao] <code>",
        "não preciso mais [de] [do] [acesso] [a] [ao] <code>",
        "teruggeven <code>",
        "i am done with <code>",
        "restituisco|restituire [il] [mio] [l'accesso] [accesso] [a] [al] [su] <code>",
        "non ho più bisogno [di] [dell'accesso] [a] [al] [su] <code>",
    ],
    summary: "give your access back before its time",
    examples: &["give back K7QM2X", "I don't need K7QM2X any more"],
    audience: Audience::Everybody,
    decides: true,
    by_any_name: true,
    takes_partial: false,
    run: |chat, context, said| {
        verb::run(chat, context, (NAME, said), |requests, context, opened, _| {
            Box::pin(requests.give_back(context, opened))
        })
    },
};
