//! What is said about answers: `stop answering`, and what their buttons say.

use countersign_domain::card::Card;
use countersign_domain::conversation::{ConversationCommand, Fault};
use countersign_domain::envelope::derived_id;
use futures::future::BoxFuture;
use uuid::Uuid;

use crate::cards;
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;

/// What stops an answer.
pub(crate) const STOP: &str = "stop answering";
/// What asks for another one.
pub(super) const AGAIN: &str = "answer again";
/// What says how good it is.
pub(super) const RATE: &str = "rate answer";
/// What has a person look at it.
pub(super) const TICKET: &str = "ticket for";

/// All of them.
pub(crate) const ALL: &[CommandSpec] = &[
    CommandSpec {
        name: STOP,
        grammar: STOP,
        phrases: &["stop talking", "stop that answer"],
        summary: "have no more of the answer that is being given",
        examples: &[STOP],
        ..HIDDEN
    },
    CommandSpec {
        name: AGAIN,
        grammar: "answer again <turn>",
        summary: "another answer to the same question",
        examples: &["answer again 0f8fad5b-d9cb-469f-a165-70867728950e"],
        run: |chat, context, said| Box::pin(again(chat, context, said)),
        ..HIDDEN
    },
    CommandSpec {
        name: RATE,
        grammar: "rate answer <turn> [as <verdict>]",
        summary: "say whether an answer was good",
        examples: &["rate answer 0f8fad5b-d9cb-469f-a165-70867728950e as bad"],
        run: |chat, context, said| Box::pin(rate(chat, context, said)),
        ..HIDDEN
    },
    CommandSpec {
        name: TICKET,
        grammar: "ticket for <turn>",
        summary: "have a person look at a question",
        examples: &["ticket for 0f8fad5b-d9cb-469f-a165-70867728950e"],
        run: |chat, context, said| Box::pin(hand_over(chat, context, said)),
        ..HIDDEN
    },
];

/// Buttons say it, and nobody has to know it.
const HIDDEN: CommandSpec = CommandSpec {
    name: STOP,
    grammar: STOP,
    phrases: &[],
    summary: "",
    examples: &[],
    audience: Audience::Buttons,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| -> BoxFuture<'_, Result<Vec<Card>, Failure>> {
        Box::pin(stop(chat, context, said))
    },
};

async fn stop(chat: &Chat, context: &Context, _: &Said) -> Result<Vec<Card>, Failure> {
    let by = Box::new(context.person.clone());
    let stop = ConversationCommand::Stop { by, turn: None, kept: String::new() };
    chat.about_answer(context, STOP, None, stop).await
}

async fn again(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    match turn(said) {
        Some(turn) => chat.answer_again(context, turn).await,
        None => unknown(chat, context, AGAIN).await,
    }
}

async fn rate(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let Some(turn) = turn(said) else { return unknown(chat, context, RATE).await };
    let (by, good) = (Box::new(context.person.clone()), said.get("verdict") != Some("bad"));
    let rate = ConversationCommand::Rate { by, turn, good, reason: None };
    chat.about_answer(context, RATE, Some(turn), rate).await
}

async fn hand_over(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let Some(turn) = turn(said) else { return unknown(chat, context, TICKET).await };
    let (by, marker) = (Box::new(context.person.clone()), derived_id(turn, "ticket"));
    let hand_over = ConversationCommand::HandOver { by, turn, marker };
    chat.about_answer(context, TICKET, Some(turn), hand_over).await
}

fn turn(said: &Said) -> Option<Uuid> {
    said.get("turn")?.parse().ok()
}

async fn unknown(chat: &Chat, context: &Context, name: &'static str) -> Result<Vec<Card>, Failure> {
    let refused = chat.requests().refuse::<()>(context, name, Fault::UnknownTurn.into()).await?;
    Ok(refused.err().map(|denied| cards::denied(&denied, None)).into_iter().collect())
}
