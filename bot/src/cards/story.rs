//! The full story of a request: every event with its time, who decided, which rule, what was found and what failed.

use countersign_domain::access::{AccessEvent, AccessRequest};
use countersign_domain::names::PrincipalId;
use countersign_domain::request::Code;
use countersign_domain::tenant::People;
use countersign_domain::words::{flat, instant};
use jiff::Timestamp;

use super::draft::Draft;
use crate::words;
use countersign_domain::card::{Card, Tone};

/// One event and when it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Happened {
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: AccessEvent,
}

/// The card that answers `why`. `sees_held`: whether it is for somebody who may know what is held.
pub fn story(
    (code, access): (&Code, &AccessRequest),
    events: &[Happened],
    people: &People,
    sees_held: bool,
) -> Card {
    let name =
        |id: &PrincipalId| people.people.get(id).map_or_else(|| id.to_string(), |person| flat(&person.name));
    let lines = events.iter().flat_map(|happened| {
        let at = instant(happened.at);
        words::happened(&happened.event, &name, sees_held)
            .into_iter()
            .map(move |said| format!("{at} · {said}"))
    });
    Draft::new(Tone::Neutral, &words::title_of_story(code))
        .about(code, access.status())
        .field(words::STATUS, &words::standing(access))
        .lines(lines)
        .card()
}
