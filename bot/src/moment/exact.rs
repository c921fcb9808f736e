//! Times as machines write them, and which of them are further away than anybody reckons with.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::temporal::Pieces;

use super::Here;

/// An instant, or a date and time of where somebody lives, as machines write them.
pub(super) fn instant(text: &str, here: &Here) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    // Without seconds: `2026-12-04T18:00+01:00`.
    if let Some((date, offset)) = text.get(..16).zip(text.get(16..))
        && let Ok(at) = format!("{date}:00{offset}").parse::<Timestamp>()
    {
        return Some(at);
    }
    let local = (text.len() > 10).then(|| text.parse::<DateTime>().ok())??;
    here.coming(local).or_else(|| here.zone.to_timestamp(local).ok())
}

/// Whether a day is in a year further away than anybody reckons with.
pub(super) fn is_beyond(day: Date, here: &Here) -> bool {
    day.year() > here.furthest().to_zoned(here.zone.clone()).year()
}

/// Whether a time is written as machines do, and of such a year. The last days that can be written are no instants any more.
pub(super) fn is_written_beyond(text: &str, here: &Here) -> bool {
    Pieces::parse(text).is_ok_and(|written| is_beyond(written.date(), here))
}
