//! `ticket for <turn>`: have a person look at a question.
//!
//! It shows what would go along and whom it reaches; what the buttons of that say opens the ticket.

use countersign_domain::card::{Card, Tone};
use countersign_domain::conversation::ConversationCommand;
use countersign_domain::envelope::derived_id;
use countersign_domain::support::title;
use countersign_projections::help_desk::TurnRow;
use uuid::Uuid;

use super::{turn, unknown};
use crate::cards::{self, Draft};
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::conversation::{gaps, handing};
use crate::engine::Failure;
use crate::grammar::Said;
use crate::help::Help;

/// Its name.
pub(in crate::conversation) const NAME: &str = "ticket for";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "ticket for <turn>",
    phrases: &["send ticket of <whole>", "send ticket only of <question>"],
    summary: "have a person look at a question",
    examples: &["ticket for 0f8fad5b-d9cb-469f-a165-70867728950e"],
    audience: Audience::Buttons,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let named = |slot| said.get(slot).and_then(|id| id.parse().ok());
    match (named("whole"), named("question"), turn(said)) {
        (Some(turn), ..) => hand_over(chat, context, turn, false).await,
        (None, Some(turn), _) => hand_over(chat, context, turn, true).await,
        (None, None, Some(turn)) => shown(chat, context, turn).await,
        (None, None, None) => unknown(chat, context, NAME).await,
    }
}

/// What would go along, and to whom.
async fn shown(chat: &Chat, context: &Context, turn: Uuid) -> Result<Vec<Card>, Failure> {
    let requests = chat.requests();
    let Some(help) = requests.world.help(&context.tenant) else { return unknown(chat, context, NAME).await };
    if let Some(gap) = gaps::of_another_talk(requests, context, turn)? {
        return of_gap(chat, context, help, &gap).await;
    }
    match handing::shown(requests, context, help, turn).await? {
        Ok(card) => Ok(vec![card]),
        Err(fault) => chat.refuse(context, NAME, fault.into()).await,
    }
}

/// Opens the ticket. In a chat the message of the question shows its number a moment later.
async fn hand_over(chat: &Chat, context: &Context, turn: Uuid, alone: bool) -> Result<Vec<Card>, Failure> {
    let (by, marker) = (Box::new(context.person.clone()), derived_id(turn, "ticket"));
    let hand_over = ConversationCommand::HandOver { by, turn, marker, alone };
    let cards = chat.about_answer(context, NAME, Some(turn), hand_over).await?;
    Ok(if cards.is_empty() { vec![cards::nothing(ON_ITS_WAY)] } else { cards })
}

/// What is said where the message of the question shows the rest.
const ON_ITS_WAY: (&str, &str) = (
    "A person looks at it",
    "The number of its ticket stands under the answer in a moment, and what they say comes here.",
);

/// What could not be answered in another talk, and who sees that wants looked at.
async fn of_gap(chat: &Chat, context: &Context, help: &Help, gap: &TurnRow) -> Result<Vec<Card>, Failure> {
    Ok(match gaps::ticket(chat.requests(), context, help, gap).await? {
        Ok(ticket) => {
            let about = ticket.opened.as_ref().map(title).unwrap_or_default();
            let next = "Whoever looks after tickets hears of it, and you hear what they say.";
            vec![Draft::new(Tone::Good, &format!("Ticket {about} is open")).line(next).card()]
        }
        Err(denied) => vec![cards::denied(&denied, None)],
    })
}
