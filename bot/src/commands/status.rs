//! `status [<code>]`: how a request stands; without a code, what is open and what waits for you.

use super::{Audience, CommandSpec};
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use countersign_domain::card::Card;

use crate::cards;
use crate::words;

const NAME: &str = "status";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "status [<code>]",
    phrases: &[
        "status of <code>",
        "show [me] <code>",
        "how is|stands <code>",
        "how does|far <code> [stand]",
        "what about <code>",
        "what is open|waiting|pending [for] [me]",
        "what's open|waiting|pending [for] [me]",
        "what waits [for] [me]",
        "who waits [for] [me]",
        "requests that wait [for] [me]",
        "pending [requests] [approvals]",
        "open|waiting requests",
        "how many requests|approvals|things wait|waiting|open|pending [for] [me]",
        "how many requests|approvals|things are waiting|open|pending [for] [me]",
        "wie viele anfragen|anträge warten [auf] [mich]",
        "combien de demandes attendent|sont [en] [attente]",
        "show|list [me] [my] [the] [all] [open] [pending] [waiting] requests|approvals",
        "my queue|inbox|approvals",
        "what's|whats in my queue|inbox",
        "what is in my queue|inbox",
        "is there something|anything [for] [me] to approve|countersign|decide [on]",
        "is something|anything waiting|open|pending [for] [me]",
        "something|anything waiting|open|pending [for] [me]",
        "something|anything to approve|countersign|decide [on]",
        "do i have something|anything [else] to approve|countersign|decide [on]",
        "what do i have to approve|countersign|decide [on]",
        "what should|can|must i approve|countersign|decide [on]",
        "what needs my approval|countersignature|attention",
        "was wartet [auf] [mich]",
        "was ist offen",
        "worauf warte ich [noch]",
        "was habe|hab ich beantragt|angefragt",
        "muss|soll|kann ich etwas|was genehmigen|freigeben|entscheiden",
        "was muss|soll|kann ich [noch] genehmigen|freigeben|entscheiden",
        "meine anfragen|anträge",
        "offene anfragen|anträge",
        "gibt es etwas|was [für] [mich] zu genehmigen|entscheiden|freizugeben",
        "habe ich etwas zu genehmigen|entscheiden",
        "qu'est-ce qui m'attend",
        "demandes en attente",
        "mes demandes",
        "qu'est-ce que je dois|peux valider|approuver",
        "qué hay pendiente [para] [mí]",
        "solicitudes pendientes",
        "mis solicitudes",
        "qué|que tengo que aprobar",
        "is it done [yet]",
        "did it work|succeed",
        "what do i need to approve|countersign|decide [on] [today] [now]",
        "what did|have i ask|asked|request|requested [for]",
        "what am i waiting for|on",
        "what's on my plate|list|desk",
        "what is on my plate|list|desk",
        "anything|something [new] for me",
        "do i have something|anything [else] open|pending|waiting",
        "my requests",
        "estado|situação [de] [do] [da] <code>",
        "o que está pendente",
        "os meus pedidos",
        "meus pedidos",
        "hoe staat het met <code>",
        "wat staat er open",
        "mijn aanvragen",
        "a che punto è [la] [mia] [richiesta] <code>",
        "stato [di] [della] [richiesta] <code>",
        "cosa c'è in attesa|sospeso",
        "le mie richieste",
        "cosa devo approvare",
    ],
    summary: "how a request stands, or what is open and what waits for you",
    examples: &["status", "status K7QM2X"],
    audience: Audience::Everybody,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let Some(code) = said.get("code") else {
        // In the talk about one it is about that one, and others are none of its business.
        if let Some(seen) = chat.talked_about(context).await? {
            return Ok(vec![chat.card(context, &seen).await?]);
        }
        let cards = chat.cards_for(&context.tenant, &context.person).await?;
        if cards.is_empty() {
            return chat.by_example(context, cards::nothing(words::nothing_open())).await;
        }
        return Ok(cards);
    };
    match chat.open(context, NAME, Some(code)).await? {
        Ok(opened) => Ok(vec![chat.card_of(context, &opened)?]),
        Err(denied) => Ok(vec![cards::denied(&denied, None)]),
    }
}
