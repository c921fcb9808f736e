//! Deciding what the look-ups and the rules say: denied with every reason at once, waiting, or approved alone.

use jiff::Timestamp;

use super::kind::Proposed;
use super::{Carried, Content, Evidence as _, Kind, Request, RequestEvent, Stage, later};
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
        let asked = findings.resolved(asked.clone());
        let mut violations = K::violations(&asked, &findings, ruling.as_ref());
        if let Some(Ruling::Allowed(terms)) = &ruling
            && !violations.iter().any(K::is_there_already)
        {
            violations.extend(self.own.limits(first(&asked, Some(&findings), terms), past, now));
            violations.extend(self.alone_after_others(terms));
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

    /// What speaks against these terms where they ask nobody and others were asked before.
    pub(super) fn alone_after_others(&self, terms: &Terms) -> Option<Violation> {
        let asked_others = || self.asked.as_ref().is_some_and(Content::asked_others);
        let may_not_be = K::LIFE.alone_after_others?;
        (terms.auto && (self.has_waited || asked_others())).then(may_not_be)
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
    /// be asked any more, it does not wait for anybody, and what people could have judged for themselves is a demand. Of which version
    /// the rules are is no change: what says the same leaves the receipt, and all that was countersigned, as it is.
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
            let unmet = self.findings.iter().flat_map(|found| K::unmet(asked, found, &terms));
            let unsaid: Vec<_> = unmet.filter(|unmet| !violations.contains(unmet)).collect();
            violations.extend(unsaid);
            violations.extend(self.own.limits(proposed, past, now));
            violations.extend(self.alone_after_others(&terms));
        }
        let changed = !K::say_the_same(&open.terms, &terms);
        let denied = !violations.is_empty() && (terms.auto || changed);
        let next = if denied {
            Some(denied_by_checks(proposal, violations, None))
        } else {
            terms.auto.then(|| self.carry(proposed, vec![], now))
        };
        // Whatever follows, it is by these terms that it does.
        let is_new = changed || next.is_some() && terms != open.terms;
        let rechecked = is_new.then(|| RequestEvent::Rechecked { terms: Box::new(terms) });
        rechecked.into_iter().chain(next).collect()
    }
}

/// What is asked first, on these terms.
pub(super) const fn first<'a, K: Kind>(
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
fn until_it_is_of_no_use<K: Kind>(asked: &K::Content, event: RequestEvent<K>) -> RequestEvent<K> {
    match asked.no_use_from() {
        Some(last) => no_longer_than(last, event),
        None => event,
    }
}

/// The same of what begins to wait and is of no use from then on.
pub fn no_longer_than<K: Kind>(last: Timestamp, mut event: RequestEvent<K>) -> RequestEvent<K> {
    if let RequestEvent::Waiting { due, .. } = &mut event {
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
        why: None,
    }
}

/// The same of what is proposed for a reason of its own.
pub fn waiting_because<K: Kind>(
    proposal: K::Proposal,
    by: &PrincipalId,
    terms: Terms,
    reason: Option<String>,
    now: Timestamp,
) -> RequestEvent<K> {
    let mut event = waiting(proposal, by, terms, now);
    if let RequestEvent::Waiting { why, .. } = &mut event {
        *why = reason;
    }
    event
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::SignedDuration;

    use super::*;
    use crate::access::example::{findings, staff, terms, two, waiting as waiting_history};
    use crate::access::{AccessCommand, AccessEvent, AccessRequest, Difference, Lasting, Proposal, Span};
    use crate::request::Review;
    use crate::testing::{given, noon};

    /// The rules ask nobody.
    fn alone() -> Terms {
        Terms { auto: true, quorum: 0, ..terms() }
    }

    fn six_days_ago() -> Timestamp {
        noon().checked_sub(SignedDuration::from_hours(6 * 24)).unwrap()
    }

    /// The rules are asked again, after these other accesses to the same.
    fn rules_say(terms: Terms, past: Vec<Span>) -> AccessCommand {
        let ruling = Some(Ruling::Allowed(terms));
        let people = Arc::new(staff(&[]));
        AccessCommand::Review(Box::new(Review { people, open: ruling.clone(), granted: ruling, past }))
    }

    /// They had it for the last six of the seven days that are allowed, and the request is for two.
    fn just_before() -> Vec<Span> {
        vec![Span { from: six_days_ago(), until: noon() }]
    }

    fn too_long() -> AccessEvent {
        let (max, until) = (7 * 1440, Some(later(noon(), 1440)));
        let violation = Violation::from(crate::access::Fault::UnbrokenTooLong {
            max,
            since: six_days_ago(),
            fits: 1440,
            until,
        });
        denied_by_checks(Proposal::Grant, vec![violation], None)
    }

    fn rechecked(terms: Terms) -> AccessEvent {
        AccessEvent::Rechecked { terms: Box::new(terms) }
    }

    /// It waits, and its ticket is in review by now.
    fn changed(terms: &Terms) -> Vec<AccessEvent> {
        let mut findings = findings();
        findings.ticket.as_mut().unwrap().status = "In Review".to_owned();
        let (ticket, from, to) = ("OPS-17".to_owned(), "To Do".to_owned(), "In Review".to_owned());
        let differences = vec![Difference::TicketStatus { ticket, from, to, closed: false }];
        let findings = Box::new(findings);
        let changed = AccessEvent::EvidenceChanged { findings, differences, voided: vec![] };
        [waiting_history(terms), vec![changed]].concat()
    }

    #[test]
    fn what_nobody_is_asked_about_any_more_is_approved_unless_it_would_last_too_long() {
        let waiting = given::<AccessRequest>(waiting_history(&terms()));
        let approved = AccessEvent::Approved { by: vec![], fixed: Lasting { minutes: 2880 } };
        waiting.when(rules_say(alone(), vec![])).then([rechecked(alone()), approved]);
        waiting.when(rules_say(alone(), just_before())).then([rechecked(alone()), too_long()]);
    }

    #[test]
    fn what_somebody_is_still_asked_about_is_measured_when_they_answer() {
        let waiting = given::<AccessRequest>(waiting_history(&terms()));
        waiting.when(rules_say(two(), just_before())).then([rechecked(two())]);
        waiting.when(rules_say(terms(), just_before())).then_nothing();
    }

    #[test]
    fn what_has_changed_since_it_was_shown_waits_for_nobody_once_the_rules_ask_nobody() {
        // Nobody could decide it on such terms, so it would wait until it lapsed.
        let approved = || AccessEvent::Approved { by: vec![], fixed: Lasting { minutes: 2880 } };
        let mut history = changed(&terms());
        let before = given::<AccessRequest>(history.clone());
        before.when(rules_say(alone(), vec![])).then([rechecked(alone()), approved()]);
        // Also where an older bot let it wait so.
        history.push(rechecked(alone()));
        let after = given::<AccessRequest>(history);
        after.when(rules_say(alone(), vec![])).then([approved()]);
        after.when(rules_say(alone(), just_before())).then([too_long()]);
    }

    #[test]
    fn rules_that_say_what_they_said_deny_nothing_that_is_to_be_looked_at() {
        let to_do = || Terms { ticket_status: vec![vec!["To Do".to_owned()]], ..terms() };
        let two_to_do = || Terms { quorum: 2, ..to_do() };
        let open = given::<AccessRequest>(changed(&to_do()));
        open.when(rules_say(to_do(), vec![])).then_nothing();
        let (ticket, wanted) = ("OPS-17".to_owned(), vec!["To Do".to_owned()]);
        let denied = denied_by_checks(
            Proposal::Grant,
            vec![Violation::from(crate::access::Fault::TicketStatus { ticket, wanted })],
            None,
        );
        open.when(rules_say(Terms { version: 2, ..to_do() }, vec![])).then_nothing();
        let other = Terms { version: 2, ..two_to_do() };
        open.when(rules_say(other.clone(), vec![])).then([rechecked(other), denied]);
    }
}
