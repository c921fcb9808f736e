//! `withdraw <code>`: take the own request, or the own wish for an extension, back.

use super::{Audience, CommandSpec, verb};

const NAME: &str = "withdraw";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "withdraw <code>",
    phrases: &[
        "withdraw|cancel [my] [request] <code>",
        "i withdraw|cancel [my] [request] <code>",
        "forget|scratch|scrap|drop my request|application <code>",
        "zurückziehen|storniere|stornieren|abbrechen|retirer|annuler|annule|annulez|retirar|retira|cancelar|cancela [meine] [die] [anfrage] [ma] [la] [mi] [demande] [solicitud] <code>",
        "intrekken|annuleren [mijn] [aanvraag] <code>",
        "ritiro|ritira|ritirare|annullo|annulla|annullare [la] [mia] [richiesta] <code>",
        "ziehe [meine] [die] [anfrage] <code> [zurück]",
        "je retire|annule [ma] [la] [demande] <code>",
        "pode|podes|poderia retirar|cancelar [o] [meu] [pedido] [a] [minha] [solicitação] <code>",
        "retiro|cancelo|cancela [o] [meu] [pedido] [mi] [la] [solicitud] <code>",
    ],
    summary: "take your request back",
    examples: &["withdraw K7QM2X"],
    audience: Audience::Everybody,
    decides: true,
    by_any_name: true,
    takes_partial: false,
    run: |chat, context, said| {
        verb::run(chat, context, (NAME, said), |requests, context, opened, _| {
            Box::pin(requests.withdraw(context, opened))
        })
    },
};
