//! How long an access may last in all: without a break (`@max_duration`), and within a month (`@max_total`).
//!
//! Neither is reset by asking anew: what the same account held on the same repository through other accesses counts, and
//! so does what this one has lasted already.

use jiff::Timestamp;

use super::span::{Span, TOTAL_DAYS, before, minutes_between, total_minutes, unbroken_since};
use super::{AccessRequest, Fault};
use crate::denied::Violation;
use crate::request::later;
use crate::rules::Terms;

/// What is asked for, beside what there was.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits<'a> {
    /// The terms that set the limits.
    pub(super) terms: &'a Terms,
    /// When the same account held as much on the same repository through other accesses.
    pub(super) earlier: &'a [Span],
    /// Since when this access is in force, if it is.
    pub(super) since: Option<Timestamp>,
    /// From when on it is asked for: now, or from its end on where it is in force.
    pub(super) from: Timestamp,
    /// What time it is.
    pub(super) now: Timestamp,
}

/// The limits that a request for so many minutes from now on would break, each with what would fit.
pub fn limits_broken(terms: &Terms, earlier: &[Span], minutes: u64, now: Timestamp) -> Vec<Violation> {
    Limits { terms, earlier, since: None, from: now, now }.broken_by(minutes)
}

impl AccessRequest {
    /// How many minutes longer it may last by its own terms, at most so many. What else the account held is counted when it is asked
    /// for.
    pub fn may_last_longer(&self, most: u64, now: Timestamp) -> u64 {
        let (Some(terms), Some(grant)) = (self.terms(), &self.own.grant) else { return 0 };
        let limits = Limits { terms, earlier: &[], since: Some(grant.since), from: grant.until, now };
        if limits.broken_by(most).is_empty() { most } else { limits.most_that_fits(most) }
    }
}

impl Limits<'_> {
    /// The limits that so many minutes more would break, each with what would fit.
    pub(super) fn broken_by(&self, minutes: u64) -> Vec<Violation> {
        let (unbroken, total) = (self.unbroken(minutes), self.total(minutes));
        if unbroken.is_none() && total.is_none() {
            return vec![];
        }
        let fits = self.most_that_fits(minutes);
        let until = (fits > 0).then(|| later(self.from, fits));
        let unbroken =
            unbroken.map(|(since, max)| Violation::from(Fault::UnbrokenTooLong { max, since, fits, until }));
        let total = total.map(|(used, max)| {
            let days = TOTAL_DAYS.unsigned_abs();
            Violation::from(Fault::TotalTooLong { max, used, days, fits, until })
        });
        unbroken.into_iter().chain(total).collect()
    }

    /// Since when it would last without a break, and what is allowed, where that is too long. What does not last longer than
    /// another access in force adds nothing; a first request by itself is measured by its own length alone.
    fn unbroken(&self, minutes: u64) -> Option<(Timestamp, u64)> {
        let max = self.terms.max_minutes?;
        let new = self.lasting(minutes);
        let since = unbroken_since(self.earlier, new);
        let is_first = self.since.is_none() && since == new.from;
        let is_covered = self.earlier.iter().any(|span| span.from <= self.from && new.until <= span.until);
        let too_long = minutes_between(since, new.until) > max;
        (too_long && !is_covered && !is_first).then_some((since, max))
    }

    /// How much there was already, and what is allowed, where it would be too much within the last days.
    fn total(&self, minutes: u64) -> Option<(u64, u64)> {
        let max = self.terms.max_total_minutes?;
        let start = before(self.now, TOTAL_DAYS * 24 * 60);
        let own = self.since.map(|from| Span { from, until: self.from });
        let others = || self.earlier.iter().copied();
        let used = total_minutes(others().chain(own), start);
        let whole = total_minutes(others().chain([self.lasting(minutes)]), start);
        (whole > max && whole > used).then_some((used, max))
    }

    /// The most minutes that break no limit, at most so many.
    fn most_that_fits(&self, minutes: u64) -> u64 {
        let fits = |minutes: u64| self.unbroken(minutes).is_none() && self.total(minutes).is_none();
        let (mut good, mut bad) = (0, minutes);
        while bad - good > 1 {
            let middle = good + (bad - good) / 2;
            if fits(middle) {
                good = middle;
            } else {
                bad = middle;
            }
        }
        // The plain maximum holds for what is asked for by itself.
        good.min(self.terms.max_minutes.unwrap_or(u64::MAX))
    }

    /// When this access would be in force.
    fn lasting(&self, minutes: u64) -> Span {
        Span { from: self.since.unwrap_or(self.from), until: later(self.from, minutes) }
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::super::example::{active, terms};
    use super::*;
    use crate::rules::Ruling;
    use crate::testing::{given, noon};

    const DAY: u64 = 24 * 60;

    fn at(hours: i64) -> Timestamp {
        noon() + hours.hours()
    }

    fn span(from: i64, until: i64) -> Span {
        Span { from: at(from), until: at(until) }
    }

    fn week() -> Terms {
        Terms { max_minutes: Some(7 * DAY), ..terms() }
    }

    fn asked(terms: &Terms, earlier: &[Span], minutes: u64) -> Vec<Violation> {
        limits_broken(terms, earlier, minutes, noon())
    }

    #[test]
    fn trust_a10_what_follows_at_once_goes_on_with_what_was_before() {
        let since = at(-6 * 24);
        let too_long =
            |fits, until| Violation::from(Fault::UnbrokenTooLong { max: 7 * DAY, since, fits, until });
        let earlier = [span(-6 * 24, -3 * 24), span(-3 * 24, 0)];
        assert_eq!(asked(&week(), &earlier, 2 * DAY), [too_long(DAY, Some(at(24)))]);
        assert_eq!(asked(&week(), &earlier, DAY), []);
        let nearly = [span(-7 * 24, 0)];
        let since = at(-7 * 24);
        let nothing = Violation::from(Fault::UnbrokenTooLong { max: 7 * DAY, since, fits: 0, until: None });
        assert_eq!(asked(&week(), &nearly, 1), [nothing]);
    }

    #[test]
    fn trust_a10_a_pause_of_an_hour_is_a_break() {
        assert_eq!(asked(&week(), &[span(-7 * 24, -1)], DAY).len(), 1, "an hour sharp is still none");
        assert_eq!(asked(&week(), &[span(-7 * 24, -2)], DAY), []);
    }

    #[test]
    fn trust_a10_an_access_that_is_in_force_counts_from_its_beginning() {
        let (terms, from) = (week(), at(24));
        let limits = Limits { terms: &terms, earlier: &[], since: Some(at(-5 * 24)), from, now: noon() };
        assert_eq!(limits.broken_by(DAY), []);
        let since = at(-5 * 24);
        let too_long =
            Violation::from(Fault::UnbrokenTooLong { max: 7 * DAY, since, fits: DAY, until: Some(at(48)) });
        assert_eq!(limits.broken_by(2 * DAY), [too_long]);
    }

    #[test]
    fn trust_a10_what_ends_before_another_one_does_adds_nothing() {
        let there = [span(-6 * 24, 48)];
        assert_eq!(asked(&week(), &there, 2 * DAY), []);
        assert_eq!(asked(&week(), &there, 2 * DAY + 1).len(), 1);
        // Also where there was too much already, under rules that wanted less.
        let terms = Terms { max_total_minutes: Some(DAY), ..week() };
        assert_eq!(asked(&terms, &there, 2 * DAY), []);
    }

    #[test]
    fn trust_a10_what_is_offered_of_more_time_is_what_its_own_terms_leave() {
        let lasting = |hours: i64, terms: &Terms| {
            let mut access = given::<AccessRequest>(active()).state().clone();
            let grant = access.own.grant.as_mut().unwrap();
            (grant.since, grant.until) = (noon(), at(hours));
            access.ruling = Some(Ruling::Allowed(terms.clone()));
            access.may_last_longer(DAY, noon())
        };
        assert_eq!([24, 6 * 24 + 19, 7 * 24].map(|hours| lasting(hours, &week())), [DAY, 5 * 60, 0]);
        assert_eq!(lasting(7 * 24, &Terms { max_minutes: None, ..week() }), DAY);
        let total = Terms { max_total_minutes: Some(3 * DAY), ..week() };
        assert_eq!([2 * 24, 2 * 24 + 1, 3 * 24].map(|hours| lasting(hours, &total)), [DAY, 23 * 60, 0]);
        assert_eq!(AccessRequest::default().may_last_longer(DAY, noon()), 0);
    }

    #[test]
    fn trust_a10_within_a_month_breaks_do_not_help() {
        let terms = Terms { max_total_minutes: Some(10 * DAY), ..week() };
        let earlier = [span(-29 * 24, -24 * 24), span(-20 * 24, -16 * 24)];
        let fits = DAY;
        let too_much = Violation::from(Fault::TotalTooLong {
            max: 10 * DAY,
            used: 9 * DAY,
            days: 30,
            fits,
            until: Some(at(24)),
        });
        assert_eq!(asked(&terms, &earlier, 2 * DAY), [too_much]);
        assert_eq!(asked(&terms, &earlier, DAY), []);
        assert_eq!(asked(&terms, &[span(-40 * 24, -31 * 24)], 7 * DAY), []);
    }
}
