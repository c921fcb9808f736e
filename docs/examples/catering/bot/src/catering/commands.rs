//! `catering for <guests> [because <reason>]`: ask for lunch for guests.

use countersign_domain::card::Card;
use countersign_domain::catering::{Catering, Order};
use countersign_domain::denied::Violation;
use countersign_domain::words::flat;

use crate::cards;
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::requests::requester;

const NAME: &str = "catering";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "catering for <guests> [because <reason>]",
    phrases: &["order lunch|catering for <guests> [because <reason>]"],
    summary: "ask for lunch for guests",
    examples: &["catering for 12 because of the workshop"],
    audience: Audience::Everybody,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let (requests, given) = (chat.requests(), said.get("guests").unwrap_or_default());
    let Ok(guests) = given.parse() else {
        let nearest = vec!["catering for 12".to_owned()];
        return chat.refuse(context, NAME, Violation::NotUnderstood { said: flat(given), nearest }).await;
    };
    let why = match requests.reason(context, NAME, said.get("reason")).await? {
        Ok(why) => why,
        Err(denied) => return Ok(vec![cards::denied(&denied, None)]),
    };
    let (cause, requester) = (context.cause(NAME, requests.world.clock.now()), requester(&context.person));
    let order = |code| Order { code, requester: requester.clone(), guests, why: why.clone() };
    let decided = requests.begin::<Catering>(&context.tenant, &cause, NAME, order).await?;
    chat.answer_to_proposal(context, decided).await
}
