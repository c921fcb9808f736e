//! `draft document for <turn>`: begin a document that answers what was asked in vain.

use countersign_domain::card::{Card, Tone};
use countersign_domain::words::quoted;
use uuid::Uuid;

use crate::cards::{self, Draft};
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::documents::draft::of_gap;
use crate::engine::Failure;
use crate::grammar::Said;

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: "draft document for",
    grammar: "draft document for <turn>",
    phrases: &[],
    summary: "begin a document that answers a question",
    examples: &["draft document for 0f8fad5b-d9cb-469f-a165-70867728950e"],
    audience: Audience::Buttons,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

/// What is said where there is nothing to write about.
const NOTHING: (&str, &str) =
    ("There is nothing to answer there", "It was answered meanwhile, or it is not yours to read.");

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let requests = chat.requests();
    requests.world.folded().await?;
    let turn = said.get("turn").and_then(|turn| turn.parse::<Uuid>().ok());
    let begun = match turn.filter(|_| !context.is_overheard()) {
        Some(turn) => of_gap(requests, &context.tenant, &context.person, turn)?.map(|begun| (turn, begun)),
        None => None,
    };
    let Some((turn, begun)) = begun else { return Ok(vec![cards::nothing(NOTHING)]) };
    let title = format!("A document that answers {}", quoted(&begun.title));
    let sentence = format!("add document called \"{}\" for everybody", begun.title.replace('"', "'"));
    let card = Draft::new(Tone::Neutral, &title)
        .on_a_page("Write it", "on the page Documents, where it is begun", &format!("/documents?gap={turn}"))
        .line(&format!("Or write it into a file, and send me that with the sentence: {sentence}"))
        .line("Answers are taken from it once others have countersigned it.")
        .card();
    Ok(vec![card])
}
