//! In what the evidence for an access can be otherwise than it was shown, and what of that counts.

use super::check::violations;
use super::event::Findings;
use super::state::AccessRequest;
use super::{Asked, Difference, Fault, Permission};
use crate::denied::Violation;
use crate::ports::{ForgeRepository, Ticket, TicketStage};
use crate::request::Stage;
use crate::rules::{Ruling, Terms};

impl Difference {
    /// Whether it counts after the decision too. `changes`: whether anything at all would be changed at the forge. What another
    /// access of ours gives does not: what was countersigned comes of it all the same, and the granted card tells what was held.
    const fn overtakes(&self, changes: bool) -> bool {
        match self {
            Self::TicketGone { .. } | Self::RepositoryGone { .. } | Self::RepositoryName { .. } => true,
            Self::TicketStatus { closed, .. } => *closed,
            Self::Holds { .. } => changes,
            Self::TicketFound { .. }
            | Self::TicketKey { .. }
            | Self::TicketTitle { .. }
            | Self::TicketChanged { .. }
            | Self::HoldsThroughUs { .. }
            | Self::HoldingChanged { .. } => false,
        }
    }
}

impl Difference {
    /// The same, told to somebody who may not know what others hold.
    #[must_use]
    pub fn without_holding(&self) -> Self {
        match self {
            Self::Holds { who, .. } | Self::HoldsThroughUs { who, .. } => {
                Self::HoldingChanged { who: who.clone() }
            }
            other => other.clone(),
        }
    }

    /// Whether it is about something else for the rules, so that it counts also where nobody was asked.
    const fn is_of_the_repository(&self) -> bool {
        matches!(self, Self::RepositoryGone { .. } | Self::RepositoryName { .. })
    }
}

impl Findings {
    /// What the user holds by themselves, whatever the log's accesses give.
    pub fn by_itself(&self) -> Option<Permission> {
        self.beside.map_or(self.present, |beside| beside.permission)
    }
}

/// What is otherwise than it was shown. `by_us`: the statuses that the bot itself brought the ticket to since, which are no
/// evidence that anybody weighs; what is held is, whoever gave it.
pub(super) fn differences(
    asked: &Asked,
    shown: &Findings,
    found: &Findings,
    by_us: &[String],
) -> Vec<Difference> {
    let mut differences = of_ticket(asked, shown.ticket.as_ref(), found.ticket.as_ref(), by_us);
    differences.extend(of_repository(shown.repository.as_ref(), found.repository.as_ref()));
    // On what is gone nobody holds anything.
    let is_there = found.repository.is_some() || shown.repository.is_none();
    differences.extend(of_holding(&asked.subject.name, shown, found).filter(|_| is_there));
    differences
}

/// A ticket that stands otherwise than it was shown, which was told to nobody, was moved by the bot itself.
pub(super) fn brought_on(
    mut first: Findings,
    shown: &Findings,
    found: &Findings,
    told: &[Difference],
) -> Findings {
    let is_told = told.iter().any(|difference| matches!(difference, Difference::TicketStatus { .. }));
    if let (Some(first), Some(shown), Some(found), false) =
        (&mut first.ticket, &shown.ticket, &found.ticket, is_told)
        && shown.status != found.status
    {
        first.status.clone_from(&found.status);
        first.stage = found.stage;
    }
    first
}

/// What is held by itself, and all that is held: both are shown.
fn of_holding(who: &str, shown: &Findings, found: &Findings) -> Option<Difference> {
    let (from, to) = (shown.by_itself(), found.by_itself());
    if from != to {
        return Some(Difference::Holds { who: who.to_owned(), from, to });
    }
    let (from, to) = (shown.present, found.present);
    (from != to).then(|| Difference::HoldsThroughUs { who: who.to_owned(), from, to })
}

impl AccessRequest {
    /// Whether a difference is news to those who decide. What accesses of ours give is, until it is decided: from then on this
    /// is one of them.
    pub(super) const fn is_news(&self, difference: &Difference) -> bool {
        !matches!(difference, Difference::HoldsThroughUs { .. }) || matches!(self.stage, Stage::Waiting)
    }

    /// What has changed and counts though it is decided already and only has to be carried out. What somebody holds does not
    /// where nothing would be `changed` at the forge; where nobody countersigned, only what the rules demand does.
    pub fn overtaken(&self, found: &Findings, by_us: &[String], changed: bool) -> Vec<Difference> {
        let (Some(asked), Some(terms)) = (&self.asked, self.terms()) else { return vec![] };
        let mut differences = self.differences(found, by_us);
        if unmet(asked, found, terms).is_empty() {
            let counts = |difference: &Difference| !terms.auto && difference.overtakes(changed);
            differences.retain(|difference| counts(difference) || difference.is_of_the_repository());
        }
        differences
    }
}

/// What the rules demand and is not so any more. Whether a ticket that is gone matters, and what somebody holds by now, is
/// for those to say who decide.
pub(super) fn unmet(asked: &Asked, found: &Findings, terms: &Terms) -> Vec<Violation> {
    let mut violations = violations(asked, found, Some(&Ruling::Allowed(terms.clone())));
    let for_people = |violation: &Violation| {
        matches!(violation.own(), Some(Fault::UnknownTicket { .. } | Fault::HeldAlready { .. }))
    };
    violations.retain(|violation| !for_people(violation) || terms.auto && is_unknown_ticket(violation));
    violations
}

fn is_unknown_ticket(violation: &Violation) -> bool {
    matches!(violation.own(), Some(Fault::UnknownTicket { .. }))
}

/// The same repository, by its identity, under another name.
fn of_repository(shown: Option<&ForgeRepository>, found: Option<&ForgeRepository>) -> Option<Difference> {
    match (&shown?.name, found.map(|found| &found.name)) {
        (from, None) => Some(Difference::RepositoryGone { repository: from.clone() }),
        (from, Some(to)) => {
            (from != to).then(|| Difference::RepositoryName { from: from.clone(), to: to.clone() })
        }
    }
}

fn of_ticket(
    asked: &Asked,
    shown: Option<&Ticket>,
    found: Option<&Ticket>,
    by_us: &[String],
) -> Vec<Difference> {
    let key = || asked.ticket.clone().unwrap_or_default();
    let (shown, found) = match (shown, found) {
        (None, None) => return vec![],
        (Some(shown), None) => return vec![Difference::TicketGone { ticket: shown.key.clone() }],
        (None, Some(_)) => return vec![Difference::TicketFound { ticket: key() }],
        (Some(shown), Some(found)) => (shown, found),
    };
    let mut differences = Vec::new();
    let ticket = || found.key.clone();
    if shown.key != found.key {
        differences.push(Difference::TicketKey { from: shown.key.clone(), to: ticket() });
    }
    if shown.status != found.status && !by_us.contains(&found.status) {
        let closed = found.stage == TicketStage::Done;
        let (from, to) = (shown.status.clone(), found.status.clone());
        differences.push(Difference::TicketStatus { ticket: ticket(), from, to, closed });
    }
    if shown.title != found.title {
        differences.push(Difference::TicketTitle { ticket: ticket(), to: found.title.clone() });
    }
    differences
}

#[cfg(test)]
mod tests;
