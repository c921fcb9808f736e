//! Moments as people write them in the terminal and in addresses: `now`, `today`, `yesterday`, `2h ago`, `10:00` (today), `2026-03-01`, `2026-03-01 10:00`, RFC 3339,
//! `position:1042`.

use countersign_projections::Moment;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Zoned};

/// A text that is no moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no moment: write `now`, `yesterday`, `2h ago`, `2026-03-01`, `2026-03-01 10:00`, `2026-03-01T10:00:00Z` or `position:1042`"
)]
pub(crate) struct NotAMoment(String);

/// The moment that a text means, seen from `now`. Dates and times without a zone are UTC, as everything we print is.
pub(crate) fn moment(text: &str, now: Timestamp) -> Result<Moment, NotAMoment> {
    let text = text.trim();
    let bad = || NotAMoment(text.chars().take(80).collect());
    if let Some(position) = text.strip_prefix("position:") {
        return position.trim().parse().map(Moment::Position).map_err(|_| bad());
    }
    instant(text, now).map(Moment::Time).ok_or_else(bad)
}

/// The instant that a text means, seen from `now`; for filters, where positions mean nothing.
pub(crate) fn at(text: &str) -> Result<Timestamp, NotAMoment> {
    let bad = || NotAMoment(text.chars().take(80).collect());
    instant(text.trim(), Timestamp::now()).ok_or_else(bad)
}

fn instant(text: &str, now: Timestamp) -> Option<Timestamp> {
    if text.eq_ignore_ascii_case("now") {
        return Some(now);
    }
    // Days begin at midnight, as dates do.
    let days_before =
        [("today", 0), ("yesterday", 1)].into_iter().find(|(day, _)| text.eq_ignore_ascii_case(day));
    if let Some((_, days)) = days_before {
        let before = Zoned::new(now, TimeZone::UTC).checked_sub(Span::new().days(days)).ok()?;
        return before.start_of_day().ok().map(|midnight| midnight.timestamp());
    }
    if let Some(ago) = text.strip_suffix("ago") {
        let span: Span = ago.trim().parse().ok()?;
        let before = Zoned::new(now, TimeZone::UTC).checked_sub(span.abs()).ok()?;
        return Some(before.timestamp());
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    if !text.starts_with(|first: char| first.is_ascii_digit()) || text.ends_with(['z', 'Z', ']']) {
        return None;
    }
    // A time of day by itself is today's.
    let is_time = matches!(text.len(), 5 | 8) && text.contains(':');
    if let Some(time) = text.parse::<Time>().ok().filter(|_| is_time) {
        let today = Zoned::new(now, TimeZone::UTC).date();
        return today.to_datetime(time).to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    }
    let of_day = text.parse::<Date>().ok().filter(|_| text.len() == 10).map(|date| date.at(0, 0, 0, 0));
    let civil = of_day.or_else(|| text.parse::<DateTime>().ok().filter(|_| text.len() >= 16))?;
    civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        let now = "2026-03-01T12:00:00Z".parse().unwrap();
        moment(text, now).map_or_else(|_| "no".to_owned(), |moment| moment.to_string())
    }

    #[test]
    fn moments_are_read_as_people_write_them() {
        let table = [
            ("now", "2026-03-01T12:00:00Z"),
            ("2h ago", "2026-03-01T10:00:00Z"),
            ("2 hours ago", "2026-03-01T10:00:00Z"),
            ("1 day 30 minutes ago", "2026-02-28T11:30:00Z"),
            ("2026-02-01", "2026-02-01T00:00:00Z"),
            ("2026-02-01 10:30", "2026-02-01T10:30:00Z"),
            ("2026-02-01T10:30:05Z", "2026-02-01T10:30:05Z"),
            ("2026-02-01T10:30:05+02:00", "2026-02-01T08:30:05Z"),
            ("10:30", "2026-03-01T10:30:00Z"),
            ("10:30:05", "2026-03-01T10:30:05Z"),
            ("25:00", "no"),
            ("position:1042", "1042"),
            ("position:x", "no"),
            ("today", "2026-03-01T00:00:00Z"),
            ("Yesterday", "2026-02-28T00:00:00Z"),
            ("tomorrow", "no"),
            ("ago", "no"),
            ("2026-13-01", "no"),
            ("12", "no"),
            ("", "no"),
        ];
        for (text, expected) in table {
            assert_eq!(said(text), expected, "{text:?}");
        }
    }
}
