//! The card that tells an admin what became of everything that somebody left behind.

use countersign_domain::card::{Card, Tone};

use countersign_domain::ports::SurfaceKind;

use super::draft::Draft;
use crate::words;

/// Somebody left: what became of their requests, their accesses and their countersignatures, and whom it leaves alone.
pub fn somebody_left(name: &str, became: &[String], alone: &[String]) -> Card {
    Draft::new(Tone::Neutral, &words::has_left(name)).lines(words::left_behind(became)).lines(alone).card()
}

/// A vendor says that a chat account is no member's any more: what its owner still has.
pub fn switched_off(name: &str, surface: SurfaceKind, requests: usize, accesses: usize) -> Card {
    let title = words::switched_off(name, surface);
    Draft::new(Tone::Waiting, &title).lines(words::still_here(requests, accesses)).card()
}
