//! Which tickets somebody wants to see: how they stand, whose they are to look after, and since when they are there. Asked for in a
//! sentence or in an address, it is the same.

use countersign_domain::named::Named;
use countersign_domain::names::PrincipalId;
use countersign_domain::support::{Status, Ticket};
use countersign_domain::tenant::{People, Person};
use countersign_domain::words::{list, quoted};
use jiff::Timestamp;

use crate::words;

/// Which tickets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    /// How they stand; where nothing is said, any of these that are not over.
    pub(super) status: Option<Status>,
    /// Whose they are to look after.
    pub(super) assignee: Option<Whose>,
    /// Opened then or later.
    pub(super) since: Option<Timestamp>,
}

/// Whose a ticket is to look after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Whose {
    /// Nobody's yet.
    Nobody,
    /// This person's.
    One(PrincipalId),
}

impl Wanted {
    /// Whether it is one of them.
    pub(super) fn is_one(&self, ticket: &Ticket) -> bool {
        let assignee = ticket.assignee.as_ref().map(|(id, _)| id);
        let is_theirs = match &self.assignee {
            None => true,
            Some(Whose::Nobody) => assignee.is_none(),
            Some(Whose::One(id)) => assignee == Some(id),
        };
        let is_late = self.since.is_none_or(|since| ticket.opened_at.is_some_and(|at| at >= since));
        self.status.is_none_or(|status| ticket.status == status) && is_theirs && is_late
    }
}

/// How tickets stand, by the word for it.
pub(super) fn status(word: &str) -> Option<Status> {
    let word = word.trim().to_lowercase();
    word.parse().ok().filter(|status| *status != Status::New)
}

/// Who is named; why nobody can be taken for it.
pub(super) fn whose(people: &People, speaks: &Person, named: &str) -> Result<Whose, String> {
    let word = named.trim().to_lowercase();
    match word.as_str() {
        "nobody" | "no one" | "noone" => return Ok(Whose::Nobody),
        "me" | "myself" => return Ok(Whose::One(speaks.id.clone())),
        _ => {}
    }
    match people.find_mentioned(named) {
        Named::One(person) => Ok(Whose::One(person.id.clone())),
        Named::Several(several) => {
            let all: Vec<_> = several.iter().map(|person| person.told_apart()).collect();
            Err(format!("Several people go by {}: {}. Say which one you mean.", quoted(named), list(&all)))
        }
        Named::Nothing => match people.by_part_of_name(named) {
            Some(person) => Ok(Whose::One(person.id.clone())),
            None => Err(words::nobody_called(named)),
        },
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn now() -> Timestamp {
        "2026-12-02T09:00:00Z".parse().expect("an instant")
    }

    #[test]
    fn tickets_are_told_apart_by_how_they_stand_whose_they_are_and_when_they_came() {
        let ben: PrincipalId = "ben".parse().expect("an id");
        let ticket = Ticket {
            status: Status::Waiting,
            assignee: Some((ben.clone(), "Ben".to_owned())),
            opened_at: Some(now()),
            ..Ticket::default()
        };
        let all = Wanted::default();
        let wanted = |status, assignee, since| Wanted { status, assignee, since }.is_one(&ticket);
        assert!(all.is_one(&ticket));
        assert!(wanted(status("WAITING"), Some(Whose::One(ben)), Some(now())));
        assert!(!wanted(status("open"), None, None));
        assert!(!wanted(None, Some(Whose::Nobody), None));
        assert!(!wanted(None, Some(Whose::One("ada".parse().expect("an id"))), None));
        assert!(!wanted(None, None, now().checked_add(SignedDuration::from_mins(1)).ok()));
        assert_eq!((status("new"), status("grey")), (None, None));
    }
}
