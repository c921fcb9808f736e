//! Deciding what the look-ups and the rules say: denied with every reason at once, waiting, or approved alone.

use jiff::Timestamp;

use super::kind::Proposed;
use super::{Carried, Content, Kind, Request, RequestEvent, Stage, later};
use crate::denied::Violation;
use crate::names::PrincipalId;
use crate::rules::{Ruling, Terms};

/// How long a proposal waits for countersignatures, in minutes: three days, so that a weekend does not swallow it.
pub const WAIT_MINUTES: u64 = 3 * 24 * 60;

impl<K: Kind> Request<K> {
    pub(super) fn check(
        &self,
        findings: K::Evidence,
        ruling: Option<Ruling>,
        past: &K::Past,
        now: Timestamp,
    ) -> Vec<RequestEvent<K>> {
        let pending = self.stage == Stage::Checking || self.could_not_be_checked();
        let (Some(asked), true) = (&self.asked, pending) else { return vec![] };
        let asked = K::resolved(asked.clone(), &findings);
        let mut violations = K::violations(&asked, &findings, ruling.as_ref());
        if let Some(Ruling::Allowed(terms)) = &ruling {
            violations.extend(self.own.limits(first(&asked, Some(&findings), terms), past, now));
        }
        let checked = RequestEvent::Checked { findings: Box::new(findings), ruling: ruling.clone() };
        let outcome = match ruling {
            Some(Ruling::Allowed(terms)) if violations.is_empty() => self.proceed(&asked, terms, now),
            _ => denied_by_checks(K::FIRST, violations, None),
        };
        vec![checked, outcome]
    }

    /// What is asked first waits on these terms, or is approved where they ask nobody.
    pub(super) fn proceed(&self, asked: &K::Content, terms: Terms, now: Timestamp) -> RequestEvent<K> {
        if terms.auto {
            self.carry(first(asked, self.findings.as_ref(), &terms), vec![], now)
        } else {
            until_it_is_of_no_use(asked, waiting(K::FIRST, &asked.requester().id, terms, now))
        }
    }

    /// What follows when nobody has to be asked any more.
    pub(super) fn carry(
        &self,
        proposed: Proposed<'_, K>,
        by: Vec<PrincipalId>,
        now: Timestamp,
    ) -> RequestEvent<K> {
        match self.own.carried(proposed, by.clone(), now) {
            Carried::Approved(fixed) => RequestEvent::Approved { by, fixed },
            Carried::Own(event) => RequestEvent::Own(event),
        }
    }

    /// The rules or the people changed while a proposal waits: what is said now replaces what was said. Where nobody has to
    /// be asked any more, it does not wait for anybody; but what has changed since it was shown is for somebody to look at.
    pub(super) fn recheck(&self, ruling: Ruling, past: &K::Past, now: Timestamp) -> Vec<RequestEvent<K>> {
        let (Some(asked), Some(open)) = (&self.asked, &self.open) else { return vec![] };
        let proposal = open.proposal;
        let mut violations = K::ruled_out(asked, self.findings.as_ref(), &ruling);
        let terms = match ruling {
            Ruling::Allowed(terms) => terms,
            Ruling::Forbidden(refusal) => {
                return vec![denied_by_checks(proposal, violations, Some(refusal.version))];
            }
        };
        let proposed = Proposed { asked, proposal, found: self.findings.as_ref(), terms: &terms };
        if terms.auto {
            violations.extend(self.own.limits(proposed, past, now));
        }
        let changed = terms != open.terms;
        let denied = !violations.is_empty() && (terms.auto || changed);
        let next = if denied {
            Some(denied_by_checks(proposal, violations, None))
        } else {
            (terms.auto && self.changed.is_empty()).then(|| self.carry(proposed, vec![], now))
        };
        // Whatever follows, it is by these terms that it does.
        let rechecked = changed.then(|| RequestEvent::Rechecked { terms: Box::new(terms) });
        rechecked.into_iter().chain(next).collect()
    }
}

/// What is asked first, on these terms.
const fn first<'a, K: Kind>(
    asked: &'a K::Content,
    found: Option<&'a K::Evidence>,
    terms: &'a Terms,
) -> Proposed<'a, K> {
    Proposed { asked, proposal: K::FIRST, found, terms }
}

/// `rules`: the version that forbids it by now, which nothing else in its history says.
pub(super) const fn denied_by_checks<K: Kind>(
    proposal: K::Proposal,
    violations: Vec<Violation>,
    rules: Option<u64>,
) -> RequestEvent<K> {
    RequestEvent::Denied { proposal, by: None, reason: None, violations, rules }
}

/// What is of no use from some time on waits no longer than that.
fn until_it_is_of_no_use<K: Kind>(asked: &K::Content, mut event: RequestEvent<K>) -> RequestEvent<K> {
    if let (RequestEvent::Waiting { due, .. }, Some(last)) = (&mut event, asked.no_use_from()) {
        *due = last.min(*due);
    }
    event
}

/// The event by which a proposal begins to wait on these terms.
pub fn waiting<K: Kind>(
    proposal: K::Proposal,
    by: &PrincipalId,
    terms: Terms,
    now: Timestamp,
) -> RequestEvent<K> {
    RequestEvent::Waiting {
        proposal,
        by: by.clone(),
        due: later(now, WAIT_MINUTES),
        escalate_at: terms.escalate_after_minutes.map(|minutes| later(now, minutes)),
        terms: Box::new(terms),
    }
}
