//! Which tickets somebody wants to see: how they stand, whose they are to look after, and since when they are there. Asked for in a
//! sentence or in an address, it is the same.

use countersign_domain::duration::parse_minutes;
use countersign_domain::named::Named;
use countersign_domain::names::PrincipalId;
use countersign_domain::support::{Status, Ticket};
use countersign_domain::tenant::{People, Person};
use countersign_domain::words::{list, quoted};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _, Zoned};

use crate::moment::Here;
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

/// A moment that is over, as people and programs name it: `yesterday`, `Monday`, `2026-03-01`, `3 days`, or an instant.
pub(super) fn since(said: &str, here: &Here) -> Option<Timestamp> {
    let (word, now) = (said.trim().to_lowercase(), here.now.to_zoned(here.zone.clone()));
    if let Ok(at) = said.trim().parse::<Timestamp>() {
        return Some(at);
    }
    if let Ok(date) = word.parse::<Date>() {
        return date.to_zoned(here.zone.clone()).ok().map(|begins| begins.timestamp());
    }
    let days_before = match word.as_str() {
        "today" => Some(0),
        "yesterday" => Some(1),
        weekday => (1..=7).find(|days| is_called(&now, *days, weekday)),
    };
    if let Some(days) = days_before {
        let day = now.checked_sub(days.days()).ok()?;
        return day.start_of_day().ok().map(|begins| begins.timestamp());
    }
    let minutes = i64::try_from(parse_minutes(&word).ok()?).ok()?;
    here.now.checked_sub(SignedDuration::from_mins(minutes)).ok()
}

fn is_called(now: &Zoned, days: i64, weekday: &str) -> bool {
    let day = now.checked_sub(days.days());
    day.is_ok_and(|day| day.strftime("%A").to_string().to_lowercase() == weekday)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    fn here() -> Here {
        // A Wednesday.
        let zone = TimeZone::get("Europe/Berlin").expect("a zone");
        Here { now: "2026-12-02T09:00:00Z".parse().expect("an instant"), zone }
    }

    #[test]
    fn a_moment_that_is_over_is_named_in_many_ways_and_is_that_of_who_names_it() {
        for (said, meant) in [
            ("today", "2026-12-01T23:00:00Z"),
            ("Yesterday", "2026-11-30T23:00:00Z"),
            ("monday", "2026-11-29T23:00:00Z"),
            ("wednesday", "2026-11-24T23:00:00Z"),
            ("2026-11-01", "2026-10-31T23:00:00Z"),
            ("2 hours", "2026-12-02T07:00:00Z"),
            ("3 days", "2026-11-29T09:00:00Z"),
            ("2026-11-01T12:00:00Z", "2026-11-01T12:00:00Z"),
        ] {
            assert_eq!(since(said, &here()).map(|at| at.to_string()).as_deref(), Some(meant), "{said}");
        }
        assert_eq!(since("the flood", &here()), None);
    }

    #[test]
    fn tickets_are_told_apart_by_how_they_stand_whose_they_are_and_when_they_came() {
        let ben: PrincipalId = "ben".parse().expect("an id");
        let ticket = Ticket {
            status: Status::Waiting,
            assignee: Some((ben.clone(), "Ben".to_owned())),
            opened_at: Some(here().now),
            ..Ticket::default()
        };
        let all = Wanted::default();
        let wanted = |status, assignee, since| Wanted { status, assignee, since }.is_one(&ticket);
        assert!(all.is_one(&ticket));
        assert!(wanted(status("WAITING"), Some(Whose::One(ben)), Some(here().now)));
        assert!(!wanted(status("open"), None, None));
        assert!(!wanted(None, Some(Whose::Nobody), None));
        assert!(!wanted(None, Some(Whose::One("ada".parse().expect("an id"))), None));
        assert!(!wanted(None, None, here().now.checked_add(SignedDuration::from_mins(1)).ok()));
        assert_eq!((status("new"), status("grey")), (None, None));
    }
}
