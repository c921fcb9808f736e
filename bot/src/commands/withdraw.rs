//! `withdraw <code>`: take the own request, or the own wish for an extension, back.

use super::CommandSpec;
use crate::cards;
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use countersign_domain::card::Card;

const NAME: &str = "withdraw";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "withdraw <code>",
    phrases: &[
        "withdraw|cancel [my] [request] <code>",
        "i withdraw|cancel [my] [request] <code>",
        "zurückziehen|storniere|stornieren|abbrechen|retirer|annuler|annule|annulez|retirar|retira|cancelar|cancela [meine] [die] [anfrage] [ma] [la] [mi] [demande] [solicitud] <code>",
        "intrekken|annuleren [mijn] [aanvraag] <code>",
        "retiro|cancelo [o] [meu] [pedido] [mi] [la] [solicitud] <code>",
    ],
    summary: "take your request back",
    examples: &["withdraw K7QM2X"],
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let opened = match chat.open(context, NAME, said.get("code")).await? {
        Ok(opened) => opened,
        Err(denied) => return Ok(vec![cards::denied(&denied, None)]),
    };
    let decided = chat.requests().withdraw(context, &opened).await?;
    chat.answer(context, Some(&opened.code), decided).await
}
