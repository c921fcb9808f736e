//! What speaks against a request for access: its content, what the vendors know, what the rules say.

use super::event::Findings;
use super::fault::is_nobody;
use super::{Asked, Fault};
use crate::denied::{Field, Violation};
use crate::ports::Ticket;
use crate::rules::{Refusal, Ruling, Shortfall};

/// Everything that speaks against a request: its content, what the vendors know, what the rules say.
pub(super) fn violations(asked: &Asked, findings: &Findings, ruling: Option<&Ruling>) -> Vec<Violation> {
    let mut violations = asked.faults.clone();
    violations.extend(findings.faults.iter().cloned());
    // What is wrong with a name by itself is said instead of that there is nobody, or nothing, of that name.
    let explained = |is_about: fn(&Violation) -> bool| violations.iter().any(is_about);
    let (user_explained, repository_explained) = (explained(about_user), explained(about_repository));
    if findings.user.is_none() && !user_explained && asked.requester.known {
        violations.push(Fault::UnknownUser { user: asked.subject.name.clone() }.into());
    }
    if let (Some(repository), None, false) = (&asked.repository, &findings.repository, repository_explained) {
        violations.push(Fault::UnknownRepository { repository: repository.clone() }.into());
    }
    if let (Some(ticket), None) = (&asked.ticket, &findings.ticket) {
        violations.push(Fault::UnknownTicket { ticket: ticket.clone() }.into());
    }
    violations.extend(held_already(asked, findings));
    if let Some(forge) = &findings.forge {
        violations = violations.into_iter().map(|violation| violation.at(forge)).collect();
    }
    let ticket = findings.ticket.as_ref();
    violations.extend(ruling.into_iter().flat_map(|ruling| ruling_violations(asked, ticket, ruling)));
    if ruling.is_none() && violations.is_empty() {
        // The content was good, and yet the rules could not be asked: there are none, or they know the asker no more.
        violations.extend(no_rule(asked));
    }
    violations
}

fn about_user(violation: &Violation) -> bool {
    let is_text = matches!(
        violation,
        Violation::TextTooLong { field: Field::User, .. }
            | Violation::BadCharacter { field: Field::User, .. }
    );
    is_text || is_nobody(violation)
}

fn about_repository(violation: &Violation) -> bool {
    matches!(violation.own(), Some(Fault::OtherWorkspace { .. }))
}

/// What is held already by itself need not be asked for.
fn held_already(asked: &Asked, findings: &Findings) -> Option<Violation> {
    let (permission, repository) = (asked.permission?, asked.repository.clone()?);
    let holds = findings.by_itself().filter(|holds| *holds >= permission)?;
    let user = asked.subject.name.clone();
    // What others hold beyond what is asked for is not for everybody who asks.
    let is_own = asked.subject.principal.as_ref() == Some(&asked.requester.id);
    let holds = if is_own { holds } else { permission };
    Some(Violation::from(Fault::HeldAlready { user, permission, repository, holds, through: None }))
}

/// What the rules say against it. A ticket counts by the key it has now, wherever it was moved from.
pub(super) fn ruling_violations(asked: &Asked, ticket: Option<&Ticket>, ruling: &Ruling) -> Vec<Violation> {
    match ruling {
        Ruling::Allowed(terms) => {
            let minutes = asked.minutes_under(terms);
            let key = ticket.map(|ticket| ticket.key.as_str()).or(asked.ticket.as_deref());
            // A ticket that was named and not found is told of by itself.
            let status = ticket.map(|ticket| terms.status_shortfalls(&ticket.key, &ticket.status));
            let shortfalls =
                terms.shortfalls(Some(minutes), key).into_iter().chain(status.into_iter().flatten());
            let reason = (terms.reason_required && !asked.has_reason())
                .then(|| Violation::from(Fault::MissingField { field: Field::Reason }));
            shortfalls.map(from_shortfall).chain(reason).collect()
        }
        Ruling::Forbidden(Refusal { policies, messages, .. }) if !policies.is_empty() => {
            vec![Violation::ForbiddenByRule { policies: policies.clone(), messages: messages.clone() }]
        }
        Ruling::Forbidden(_) => no_rule(asked).into_iter().collect(),
    }
}

fn no_rule(asked: &Asked) -> Option<Violation> {
    let repository = asked.repository.clone().unwrap_or_default();
    asked.permission.map(|permission| Violation::from(Fault::NoRuleAllows { permission, repository }))
}

pub(super) fn from_shortfall(shortfall: Shortfall) -> Violation {
    let fault = match shortfall {
        Shortfall::TooLong { asked, max } => Fault::DurationTooLong { asked, max },
        Shortfall::DurationMissing { .. } => Fault::MissingField { field: Field::Duration },
        Shortfall::TicketMissing { pattern } => Fault::TicketRequired { pattern },
        Shortfall::TicketMismatch { ticket, pattern } => Fault::TicketMismatch { ticket, pattern },
        Shortfall::TicketStatus { ticket, wanted } => Fault::TicketStatus { ticket, wanted },
    };
    fault.into()
}

#[cfg(test)]
mod tests;
