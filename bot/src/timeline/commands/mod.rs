//! What is said of the timeline, and of alarms.

mod ack;
mod changed;
mod mute;
mod why;

use countersign_domain::card::Card;
use countersign_domain::envelope::derived_id;
use countersign_domain::timeline::{Alert, AlertCommand};
use countersign_domain::words::plain;
use countersign_projections::timeline::AlertRow;

use super::card::card_of;
use super::named::{Which, named, reference};
use crate::cards;
use crate::chat::Chat;
use crate::commands::CommandSpec;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Sentence;

/// All of it.
pub(crate) const ALL: &[CommandSpec] = &[ack::SPEC, changed::SPEC, mute::SPEC, why::SPEC];

/// The name of the command that says why an alarm is on.
pub(crate) const WHY: &str = "why alerting";

/// What an alarm does that is on.
const RINGS: [&str; 4] = ["alerting", "alarming", "firing", "ringing"];

/// Whether it is asked why an alarm is on, and not the story of a request.
pub(crate) fn asks_why_it_rings(sentence: &Sentence<'_>) -> bool {
    let last = sentence.words.last().filter(|word| !word.quoted);
    last.is_some_and(|word| RINGS.contains(&word.lower.as_str()))
}

/// Tells the alarm that is meant something, and shows how it stands then.
async fn told(
    chat: &Chat,
    context: &Context,
    (step, said): (&'static str, Option<&str>),
    command: impl Fn() -> AlertCommand,
) -> Result<Vec<Card>, Failure> {
    let (tenant, world) = (&context.tenant, &chat.requests().world);
    world.folded().await?;
    let fingerprint = match named(world, tenant, said)? {
        Which::One(row) => row.fingerprint,
        Which::Several(rows) => return Ok(vec![which(&rows)]),
        Which::Nothing => return Ok(vec![none(said)]),
    };
    let key = fingerprint.to_string();
    let mut cause = context.cause(step, world.clock.now());
    cause.command = derived_id(cause.command, &key);
    let done = chat.engine().execute::<Alert>(tenant, &key, &cause, step, command).await?;
    if let Err(denied) = done {
        return Ok(vec![cards::denied(&denied, None)]);
    }
    world.folded().await?;
    Ok(card_of(world, tenant, (fingerprint, None)).await?.into_iter().collect())
}

fn none(said: Option<&str>) -> Card {
    let title = match said {
        Some(said) => format!("No alarm that is on is called {}", plain(said)),
        None => "No alarm is on".to_owned(),
    };
    cards::nothing((&title, "An alarm is meant by its name, by its service, or by what stands on its card."))
}

fn which(rows: &[AlertRow]) -> Card {
    let name = |row: &AlertRow| row.alert.signal.as_ref().map(|signal| plain(&signal.subject.name));
    let line = |row: &AlertRow| format!("{}: {}", reference(row.fingerprint), name(row).unwrap_or_default());
    cards::lines("Several alarms are on: say which", &rows.iter().map(line).collect::<Vec<_>>())
}
