//! `make it <change>`: ask for something else instead of what waits; it is done once you say yes.

use countersign_domain::access::Form;
use countersign_domain::card::Card;
use countersign_domain::question::{About, Offer, Wish};
use countersign_domain::request::Code;

use super::CommandSpec;
use crate::chat::{Chat, Concern, Doubt, Seen};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::words;

const NAME: &str = "make it";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "make it <change>",
    phrases: &[
        "actually make it|that|this <change>",
        "make that|this <change>",
        "change it|that|this to <change>",
        "actually change it|that|this to <change>",
        "i meant <change>",
        "rather make it <change>",
        "no make it <change>",
    ],
    summary: "ask for something else instead of what waits",
    examples: &["make it 4 hours", "make it read"],
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let change = said.get("change").unwrap_or_default();
    // What is being asked back is not asked for yet: it is simply changed.
    if let Some(question) = chat.question(context).await?.filter(|question| question.wish.is_some()) {
        let changed = Box::pin(chat.changed(context, &question, change)).await?;
        let answered = match changed {
            Some(cards) => Some(cards),
            None => Box::pin(chat.take_answer(context, &question, change)).await?,
        };
        if let Some(cards) = answered {
            return Ok(cards);
        }
    }
    let rows = chat.concerned(context, Concern::OwnWaiting).await?;
    let in_question = chat.in_question(context).await?;
    let rows: Vec<_> = match &in_question {
        Some(code) if rows.iter().any(|row| row.code == *code) => {
            rows.into_iter().filter(|row| row.code == *code).collect()
        }
        _ => rows,
    };
    if rows.is_empty() {
        return Ok(vec![crate::cards::nothing(words::nothing_of(Concern::OwnWaiting))]);
    }
    let mut offers = Vec::new();
    for row in rows.iter().take(5) {
        let seen = Seen { code: row.code.clone(), access: row.access.clone() };
        let label =
            if rows.len() == 1 { words::YES_ANEW.to_owned() } else { chat.named(context, &seen).await? };
        offers.push(Offer { label, say: format!("replace {} with {change}", row.code) });
    }
    let question = match rows.as_slice() {
        [one] => words::withdraw_and_ask_anew(&one.code.to_string(), change),
        _ => words::which_one(NAME, rows.len()),
    };
    chat.ask_back(context, None, Doubt { about: About::Which, question, lines: vec![], offers }).await
}

/// What was asked for, as a form again.
pub(super) fn wish(asked: &countersign_domain::access::Asked, code: Code) -> Wish {
    let minutes = asked.minutes.map(countersign_domain::access::say_minutes);
    let until = asked.until.map(|until| format!("until {until}"));
    let of_own = asked.subject.principal.as_ref() == Some(&asked.requester.id);
    let user =
        asked.subject.principal.as_ref().map_or_else(|| asked.subject.account.clone(), ToString::to_string);
    let form = Form {
        permission: asked.permission.map(|permission| permission.to_string()),
        repository: asked.repository.clone(),
        user: (!of_own).then_some(user),
        duration: until.or(minutes),
        ticket: asked.ticket.clone(),
        reason: asked.reason.clone(),
    };
    Wish { form, instead_of: Some(code), ..Wish::default() }
}
