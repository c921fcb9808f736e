//! Deciding what the look-ups and the rules say: denied with every reason at once, waiting, or approved alone.

use jiff::Timestamp;

use super::event::{AccessEvent, Findings, Proposal};
use super::state::{Access, later};
use super::{Asked, Status};
use crate::denied::{Denied, Field, Violation};
use crate::rules::{Refusal, Ruling, Shortfall, Terms};

/// How long a proposal waits for countersignatures, in minutes: three days, so that a weekend does not swallow it.
pub const WAIT_MINUTES: u64 = 3 * 24 * 60;

impl Access {
    pub(super) fn check(
        &self,
        findings: Findings,
        ruling: Option<Ruling>,
        now: Timestamp,
    ) -> Result<Vec<AccessEvent>, Denied> {
        let pending = self.status == Status::Checking
            || self.failure.as_ref().is_some_and(|failure| failure.phase == super::Phase::Checking);
        let (Some(asked), true) = (&self.asked, pending) else { return Ok(vec![]) };
        let violations = violations(asked, &findings, ruling.as_ref());
        let checked = AccessEvent::AccessChecked { findings: Box::new(findings), ruling: ruling.clone() };
        let outcome = match ruling {
            Some(Ruling::Allowed(terms)) if violations.is_empty() => Self::proceed(asked, terms, now),
            _ => AccessEvent::AccessDenied { proposal: Proposal::Grant, by: None, reason: None, violations },
        };
        Ok(vec![checked, outcome])
    }

    fn proceed(asked: &Asked, terms: Terms, now: Timestamp) -> AccessEvent {
        if terms.auto {
            AccessEvent::AccessApproved { by: vec![], minutes: asked.minutes_under(&terms) }
        } else {
            waiting(Proposal::Grant, &asked.requester.id, terms, now)
        }
    }

    /// The rules changed while a proposal waits: what they say now replaces what they said.
    pub(super) fn recheck(&self, ruling: Ruling) -> Result<Vec<AccessEvent>, Denied> {
        let (Some(asked), Some(open)) = (&self.asked, &self.open) else { return Ok(vec![]) };
        if ruling.version() == open.terms.version {
            return Ok(vec![]);
        }
        let violations = ruling_violations(asked, &ruling);
        Ok(match ruling {
            Ruling::Allowed(terms) if violations.is_empty() => {
                vec![AccessEvent::AccessRechecked { terms: Box::new(terms) }]
            }
            _ => vec![AccessEvent::AccessDenied {
                proposal: open.proposal,
                by: None,
                reason: None,
                violations,
            }],
        })
    }
}

/// The event by which a proposal begins to wait on these terms.
pub(super) fn waiting(
    proposal: Proposal,
    by: &crate::names::PrincipalId,
    terms: Terms,
    now: Timestamp,
) -> AccessEvent {
    AccessEvent::AccessWaiting {
        proposal,
        by: by.clone(),
        due: later(now, WAIT_MINUTES),
        escalate_at: terms.escalate_after_minutes.map(|minutes| later(now, minutes)),
        terms: Box::new(terms),
    }
}

/// Everything that speaks against a request: its content, what the vendors know, what the rules say.
fn violations(asked: &Asked, findings: &Findings, ruling: Option<&Ruling>) -> Vec<Violation> {
    let mut violations = asked.faults.clone();
    let user_unreadable = asked.faults.iter().any(|fault| {
        matches!(
            fault,
            Violation::TextTooLong { field: Field::User, .. }
                | Violation::BadCharacter { field: Field::User, .. }
        )
    });
    if findings.user.is_none() && !user_unreadable && asked.requester.known {
        violations.push(Violation::UnknownUser { user: asked.subject.name.clone() });
    }
    if let (Some(repository), None) = (&asked.repository, &findings.repository) {
        violations.push(Violation::UnknownRepository { repository: repository.clone() });
    }
    if let (Some(ticket), None) = (&asked.ticket, &findings.ticket) {
        violations.push(Violation::UnknownTicket { ticket: ticket.clone() });
    }
    violations.extend(ruling.into_iter().flat_map(|ruling| ruling_violations(asked, ruling)));
    violations
}

/// What the rules say against it.
pub(super) fn ruling_violations(asked: &Asked, ruling: &Ruling) -> Vec<Violation> {
    match ruling {
        Ruling::Allowed(terms) => {
            let minutes = asked.minutes_under(terms);
            terms.shortfalls(Some(minutes), asked.ticket.as_deref()).into_iter().map(from_shortfall).collect()
        }
        Ruling::Forbidden(Refusal { policies, messages, .. }) if !policies.is_empty() => {
            vec![Violation::ForbiddenByRule { policies: policies.clone(), messages: messages.clone() }]
        }
        Ruling::Forbidden(_) => asked
            .permission
            .map(|permission| Violation::NoRuleAllows {
                permission,
                repository: asked.repository.clone().unwrap_or_default(),
            })
            .into_iter()
            .collect(),
    }
}

pub(super) fn from_shortfall(shortfall: Shortfall) -> Violation {
    match shortfall {
        Shortfall::TooLong { asked, max } => Violation::DurationTooLong { asked, max },
        Shortfall::DurationMissing { .. } => Violation::MissingField { field: Field::Duration },
        Shortfall::TicketMissing { pattern } => Violation::TicketRequired { pattern },
        Shortfall::TicketMismatch { ticket, pattern } => Violation::TicketMismatch { ticket, pattern },
    }
}
