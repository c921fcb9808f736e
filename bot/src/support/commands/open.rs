//! `open ticket saying <text>`: ask the help desk for something, without a question before it.
//!
//! What is said so is shown first, with whom it reaches, and opens nothing: `send ticket saying <reason>` does, which the button says.

use countersign_domain::card::{Card, Tone};
use countersign_domain::question::{About, Offer};
use countersign_domain::words::prose;

use super::line;
use crate::cards::{self, Draft};
use crate::chat::{Chat, Doubt, LONGEST};
use crate::commands::{self, Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::help::Help;
use crate::support::open::{fault, open_saying};
use crate::support::reach::reached;

/// Its name.
const NAME: &str = "open ticket";
/// What opens it once it was shown.
const SEND: &str = "send ticket saying";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "open ticket saying <text>",
    phrases: &["open a ticket saying <text>", "send ticket saying <reason>"],
    summary: "ask the help desk for something",
    examples: &["open ticket saying the printer on the second floor prints grey"],
    audience: Audience::Desk(&[]),
    decides: true,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

/// What is said where nobody looks after tickets.
const NO_DESK: (&str, &str) = (
    "There is no help desk here",
    "“who can approve” says who decides on something, and “help” what I can do.",
);

/// Whether what was said only shows what would be opened, so that nothing is to be asked before.
pub(crate) fn only_shows(spec: &CommandSpec, said: &Said) -> bool {
    spec.name == NAME && said.get("reason").is_none()
}

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let Some(help) = chat.requests().world.help(&context.tenant) else {
        return Ok(vec![cards::nothing(NO_DESK)]);
    };
    match (said.get("reason"), said.get("text")) {
        (Some(text), _) => open(chat, context, help, text).await,
        (None, Some(text)) => shown(chat, context, help, text).await,
        // What they asked last and nobody looks at yet is what they want a person for.
        (None, None) => {
            if let Some(cards) = chat.handing_over_the_last(context, help).await? {
                return Ok(cards);
            }
            let spec = commands::find(NAME).expect("it was found in the table by its name");
            chat.ask_for_text(context, spec, said).await
        }
    }
}

/// What would be opened, and whom it reaches.
async fn shown(chat: &Chat, context: &Context, help: &Help, text: &str) -> Result<Vec<Card>, Failure> {
    // What cannot be opened is not asked about.
    if let Some(fault) = fault(text) {
        return chat.refuse(context, NAME, fault).await;
    }
    let say = format!("{SEND} {text}");
    if say.chars().nth(LONGEST).is_some() {
        return Ok(vec![cards::too_long(LONGEST)]);
    }
    let people = chat.requests().directory.present(&context.tenant).await?.state;
    let lines = std::iter::once(format!("It says: {}", prose(text))).chain(reached(help, &people)).collect();
    let (about, question) = (About::Which, "Shall I open this ticket?".to_owned());
    let offers = vec![Offer { label: "Open it".to_owned(), say }];
    chat.ask_back(context, None, Doubt { about, question, lines, offers }).await
}

async fn open(chat: &Chat, context: &Context, help: &Help, text: &str) -> Result<Vec<Card>, Failure> {
    Ok(match open_saying(chat.requests(), context, help, text).await? {
        Ok(ticket) => {
            let number = ticket.opened.as_ref().map(|opened| opened.number).unwrap_or_default();
            let next = format!("You hear of it here. “reply to ticket {number} saying …” adds something.");
            vec![Draft::new(Tone::Good, &format!("Ticket {}", line(&ticket))).line(&next).card()]
        }
        Err(denied) => vec![cards::denied(&denied, None)],
    })
}
