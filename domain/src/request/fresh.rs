//! Evidence is fresh or it does not count: what follows when it is otherwise than an approver was shown.
//!
//! Whoever decides was shown how things are, so whatever of that is otherwise counts, whoever changed it: a permission that another
//! access of ours gives as well. Only a ticket that the bot moved for the request itself is no news, for it would send the request
//! round in circles; and once it is decided, what other accesses of ours give.

use jiff::Timestamp;

use super::check::{denied_by_checks, first};
use super::{Difference, Evidence as _, Kind, Request, RequestEvent, Stage};
use crate::denied::Violation;
use crate::rules::{Ruling, Terms};

impl<K: Kind> Request<K> {
    /// What is otherwise than it was shown, and news. `by_us`: what the bot itself has brought about since.
    pub fn differences(&self, found: &K::Evidence, by_us: &[String]) -> Vec<Difference<K>> {
        let (Some(asked), Some(shown)) = (&self.asked, &self.findings) else { return vec![] };
        let mut differences = K::Evidence::differences(asked, shown, found, by_us);
        differences.retain(|difference| K::is_news(self, difference));
        differences
    }

    /// Somebody is about to decide, and this is how things are: what is otherwise than it was shown makes a new receipt. It is
    /// for the rules to say at once whether that may be, under the names that things have now.
    pub(super) fn look_again(
        &self,
        found: K::Evidence,
        by_us: &[String],
        ruling: Option<Ruling>,
        now: Timestamp,
    ) -> Vec<RequestEvent<K>> {
        let is_there = self.open.is_some() || self.stage == Stage::Standing;
        let differences = self.differences(&found, by_us);
        if !is_there || differences.is_empty() {
            return vec![];
        }
        let voided = self.open.iter().flat_map(|open| open.countersigned.clone()).collect();
        let changed = RequestEvent::EvidenceChanged { findings: Box::new(found), differences, voided };
        let after = self.after(&changed, now);
        let next = after.open.as_ref().and_then(|open| match after.allowed(&open.terms, ruling) {
            // What asks nobody under the names it has now would wait for ever on such terms. The next review carries it, which
            // knows what else in the log limits it; until then those can decide who could before.
            Ok(terms) if terms.auto => None,
            Ok(terms) => rechecked(&open.terms, terms),
            Err((violations, rules)) => Some(denied_by_checks(open.proposal, violations, rules)),
        });
        std::iter::once(changed).chain(next).collect()
    }

    /// It is approved, and was not carried out because what it was decided on has changed: it waits for those who decide
    /// once more, where the rules still allow it. Where they ask nobody, all that limits it limits it here.
    pub(super) fn overtake(
        &self,
        found: K::Evidence,
        differences: Vec<Difference<K>>,
        (ruling, past): (Option<Ruling>, &K::Past),
        now: Timestamp,
    ) -> Vec<RequestEvent<K>> {
        let (Some(asked), Some(shown), true, false) =
            (&self.asked, self.terms(), self.is_approved(), differences.is_empty())
        else {
            return vec![];
        };
        let voided = self.countersigned_by.clone();
        let changed = RequestEvent::EvidenceChanged { findings: Box::new(found), differences, voided };
        let after = self.after(&changed, now);
        let asked = after.asked.as_ref().unwrap_or(asked);
        let next = match after.allowed(shown, ruling) {
            Ok(terms) => {
                let proposed = first(asked, after.findings.as_ref(), &terms);
                let broken = if terms.auto { after.own.limits(proposed, past, now) } else { vec![] };
                let next = if broken.is_empty() {
                    after.proceed(asked, terms.clone(), now)
                } else {
                    denied_by_checks(K::FIRST, broken, None)
                };
                rechecked(shown, terms).into_iter().chain([next]).collect()
            }
            Err((violations, rules)) => vec![denied_by_checks(K::FIRST, violations, rules)],
        };
        std::iter::once(changed).chain(next).collect()
    }

    fn after(&self, event: &RequestEvent<K>, now: Timestamp) -> Self {
        let mut after = self.clone();
        after.apply(event, now);
        after
    }

    /// On which terms it may be as it is now: those that the rules give, or where they were not asked, those that `stand`.
    /// Else all that speaks against it, and the version of the rules that forbid it.
    fn allowed(&self, stand: &Terms, ruling: Option<Ruling>) -> Result<Terms, (Vec<Violation>, Option<u64>)> {
        let (Some(asked), Some(found)) = (&self.asked, &self.findings) else { return Ok(stand.clone()) };
        match ruling.unwrap_or_else(|| Ruling::Allowed(stand.clone())) {
            Ruling::Allowed(terms) => {
                let mut unmet = K::unmet(asked, found, &terms);
                unmet.extend(self.alone_after_others(&terms));
                if unmet.is_empty() { Ok(terms) } else { Err((unmet, None)) }
            }
            Ruling::Forbidden(refusal) => {
                let rules = Some(refusal.version);
                Err((K::ruled_out(asked, Some(found), &Ruling::Forbidden(refusal)), rules))
            }
        }
    }
}

/// That other terms stand from now on, where they are others.
fn rechecked<K: Kind>(before: &Terms, terms: Terms) -> Option<RequestEvent<K>> {
    (*before != terms).then(|| RequestEvent::Rechecked { terms: Box::new(terms) })
}
