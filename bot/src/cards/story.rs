//! The full story of a request: every event with its time, who decided, which rule, what was found and what failed.

use countersign_domain::capabilities::AnyEvent;
use countersign_domain::card::{Card, Tone};
use countersign_domain::words::instant;
use jiff::Timestamp;

use super::Shown;
use super::draft::Draft;
use crate::capabilities;
use crate::words;

/// One event and when it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Happened {
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: AnyEvent,
}

/// The card that answers `why`.
pub fn story(shown: Shown<'_>, events: Vec<Happened>) -> Card {
    let lines = events.into_iter().flat_map(|Happened { at, event }| {
        let said = capabilities::told(shown, event).into_iter();
        said.map(move |said| format!("{} · {said}", instant(at)))
    });
    Draft::new(Tone::Neutral, &words::title_of_story(shown.code))
        .about_any(shown.code, shown.request)
        .field(words::STATUS, &capabilities::standing(shown.request))
        .lines(lines)
        .card()
}
