//! `ticket for <turn>`: have a person look at a question.

use countersign_domain::card::{Card, Tone};
use countersign_domain::conversation::ConversationCommand;
use countersign_domain::envelope::derived_id;
use countersign_domain::support::title;
use countersign_projections::help_desk::TurnRow;

use super::{turn, unknown};
use crate::cards::{self, Draft};
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::conversation::gaps;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::help::Help;

/// Its name.
pub(in crate::conversation) const NAME: &str = "ticket for";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "ticket for <turn>",
    phrases: &[],
    summary: "have a person look at a question",
    examples: &["ticket for 0f8fad5b-d9cb-469f-a165-70867728950e"],
    audience: Audience::Buttons,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let Some(turn) = turn(said) else { return unknown(chat, context, NAME).await };
    if let Some(help) = chat.requests().world.help(&context.tenant)
        && let Some(gap) = gaps::of_another_talk(chat.requests(), context, turn)?
    {
        return of_gap(chat, context, help, &gap).await;
    }
    let (by, marker) = (Box::new(context.person.clone()), derived_id(turn, "ticket"));
    let hand_over = ConversationCommand::HandOver { by, turn, marker };
    chat.about_answer(context, NAME, Some(turn), hand_over).await
}

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
