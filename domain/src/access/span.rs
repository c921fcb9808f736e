//! When an account held something on a repository through the log: what limits over several accesses are measured on.

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::state::AccessRequest;

/// A pause that is not longer than this is none: what follows goes on with what was before.
pub(super) const BREAK_MINUTES: i64 = 60;
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

#[cfg(test)]
mod tests {
    use super::super::example::{active, granting};
    use super::super::{AccessEvent, Ending, GrantEvent};
    use super::*;
    use crate::aggregate::Aggregate as _;
    use crate::request::later;
    use crate::testing::{given, noon};

    fn span(from: i64, until: i64) -> Span {
        Span { from: noon() + from.minutes(), until: noon() + until.minutes() }
    }

    #[test]
    fn trust_a10_an_access_counts_until_its_end_or_until_it_was_over_before() {
        assert_eq!(given::<AccessRequest>(granting()).state().span(), None);
        let access = given::<AccessRequest>(active()).state().clone();
        let until = later(noon(), 2880);
        assert_eq!(access.span(), Some(Span { from: noon(), until }));
        for (minutes, counted) in [(60, 60), (3000, 2880)] {
            let mut access = access.clone();
            let ended =
                AccessEvent::Own(GrantEvent::Ended { ending: Ending::Expired, left: None, by_hand: false });
            access.evolve(&ended, later(noon(), minutes));
            assert_eq!(access.span(), Some(Span { from: noon(), until: later(noon(), counted) }));
        }
    }

    #[test]
    fn trust_a10_a_pause_that_is_too_short_does_not_break_and_what_comes_later_does_not_join() {
        let minutes = |earlier: &[Span]| unbroken_minutes(earlier, noon(), 30);
        assert_eq!(minutes(&[]), 30);
        assert_eq!(minutes(&[span(-100, -60)]), 130);
        assert_eq!(minutes(&[span(-100, -61)]), 30);
        assert_eq!(minutes(&[span(-200, -130), span(-100, -10)]), 230, "one after the other");
        assert_eq!(minutes(&[span(31, 90)]), 30);
    }

    #[test]
    fn trust_a10_time_that_two_accesses_share_counts_once() {
        let total =
            |spans: &[Span], since: i64| total_minutes(spans.iter().copied(), noon() + since.minutes());
        assert_eq!(total(&[span(0, 60), span(30, 90)], 0), 90);
        assert_eq!(total(&[span(0, 60), span(10, 20), span(70, 80)], 0), 70);
        assert_eq!(total(&[span(-60, 60)], 0), 60, "what was before counts no more");
        assert_eq!(total(&[span(-60, -30), span(-30, 0)], 0), 0);
    }
}
