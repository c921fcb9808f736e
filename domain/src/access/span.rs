//! When an account held something on a repository through the log: what limits over several accesses are measured on.

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::state::AccessRequest;

/// A pause that is not longer than this is none: what follows goes on with what was before.
pub const BREAK_MINUTES: i64 = 60;
/// Over how many days `@max_total` counts.
pub const TOTAL_DAYS: i64 = 30;

/// From one instant until another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// When it began.
    pub from: Timestamp,
    /// When it was over, or will be.
    pub until: Timestamp,
}

impl AccessRequest {
    /// For when the access is, or was, granted: until its end, or until it was over before that. That we end one late is not
    /// for who has it to answer for.
    pub fn span(&self) -> Option<Span> {
        let grant = self.own.grant.as_ref()?;
        let until = grant.ended.map_or(grant.until, |ended| ended.min(grant.until));
        Some(Span { from: grant.since, until })
    }
}

/// For how many minutes it would last without a break with so many more from `now` on.
pub fn unbroken_minutes(earlier: &[Span], now: Timestamp, minutes: u64) -> u64 {
    let new = Span { from: now, until: crate::request::later(now, minutes) };
    minutes_between(unbroken_since(earlier, new), new.until)
}

/// Since when it would last without a break, if it were in force during `new` too.
pub(super) fn unbroken_since(earlier: &[Span], new: Span) -> Timestamp {
    let mut since = new.from;
    let goes_on = |span: &&Span, since: Timestamp| {
        span.from < since && before(since, BREAK_MINUTES) <= span.until && span.from <= new.until
    };
    while let Some(span) = earlier.iter().find(|span| goes_on(span, since)) {
        since = span.from;
    }
    since
}

/// How many minutes there are in all these spans together since then, each counted once.
pub(super) fn total_minutes(spans: impl IntoIterator<Item = Span>, since: Timestamp) -> u64 {
    let mut spans: Vec<_> = spans.into_iter().collect();
    spans.sort_unstable();
    let (mut total, mut reached) = (0, since);
    for span in spans {
        let from = span.from.max(reached);
        if span.until > from {
            total += minutes_between(from, span.until);
            reached = span.until;
        }
    }
    total
}

/// The whole minutes from one instant to another; 0 where that is earlier.
pub(super) fn minutes_between(from: Timestamp, until: Timestamp) -> u64 {
    u64::try_from(until.duration_since(from).as_secs() / 60).unwrap_or(0)
}

/// So many minutes earlier.
pub(super) fn before(at: Timestamp, minutes: i64) -> Timestamp {
    at.checked_sub(minutes.minutes()).unwrap_or(Timestamp::MIN)
}
