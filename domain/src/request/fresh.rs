//! Evidence is fresh or it does not count: what follows when it is otherwise than an approver was shown.
//!
//! Only what others changed is compared. What the bot did itself (a ticket that it moved, a permission that one of its
//! accesses gives) is no news, and could otherwise send a request round in circles.

use jiff::Timestamp;

use super::check::denied_by_checks;
use super::{Kind, Request, RequestEvent, Stage};
use crate::rules::Ruling;

impl<K: Kind> Request<K> {
    /// What others changed of what was shown. `by_us`: what the bot itself has brought about since.
    pub fn differences(&self, found: &K::Evidence, by_us: &[String]) -> Vec<K::Difference> {
        match (&self.asked, &self.findings) {
            (Some(asked), Some(shown)) => K::differences(asked, shown, found, by_us),
            _ => vec![],
        }
    }

    /// Somebody is about to decide, and this is how things are: what is otherwise than it was shown makes a new receipt.
    pub(super) fn look_again(&self, found: K::Evidence, by_us: &[String]) -> Vec<RequestEvent<K>> {
        let is_there = self.open.is_some() || self.stage == Stage::Standing;
        let differences = self.differences(&found, by_us);
        let (Some(asked), true, false) = (&self.asked, is_there, differences.is_empty()) else {
            return vec![];
        };
        let unmet = self.open.as_ref().map(|open| (open, K::unmet(asked, &found, &open.terms)));
        let voided = self.open.iter().flat_map(|open| open.countersigned.clone()).collect();
        let changed = RequestEvent::EvidenceChanged { findings: Box::new(found), differences, voided };
        let denied = unmet.filter(|(_, unmet)| !unmet.is_empty());
        let denied = denied.map(|(open, violations)| denied_by_checks(open.proposal, violations));
        std::iter::once(changed).chain(denied).collect()
    }

    /// It is approved, and was not carried out because what it was decided on has changed: it waits for those who decide
    /// once more.
    pub(super) fn overtake(
        &self,
        found: K::Evidence,
        differences: Vec<K::Difference>,
        now: Timestamp,
    ) -> Vec<RequestEvent<K>> {
        let (Some(asked), Some(Ruling::Allowed(terms)), true, false) =
            (&self.asked, &self.ruling, self.is_approved(), differences.is_empty())
        else {
            return vec![];
        };
        let unmet = K::unmet(asked, &found, terms);
        let next = if unmet.is_empty() {
            self.proceed(asked, terms.clone(), now)
        } else {
            denied_by_checks(K::FIRST, unmet)
        };
        let voided = self.countersigned_by.clone();
        vec![RequestEvent::EvidenceChanged { findings: Box::new(found), differences, voided }, next]
    }
}
