//! How the bot says what has changed since somebody was asked, how long something may still last, and what is held already.

use jiff::Timestamp;

use super::super::span::BREAK_MINUTES;
use super::super::{Difference, Permission};
use crate::code::Code;
use crate::duration::say_minutes;
use crate::words::{flat, instant, list, plain, quoted};

/// What is otherwise than it was shown, as the end of a sentence.
pub fn differences(differences: &[Difference]) -> String {
    let said: Vec<_> = differences.iter().map(difference).collect();
    list(&said)
}

fn difference(difference: &Difference) -> String {
    use Difference as D;
    match difference {
        D::TicketGone { ticket } => format!("{} is gone from Jira", plain(ticket)),
        D::TicketFound { ticket } => format!("{} was found in Jira", plain(ticket)),
        D::TicketKey { from, to } => format!("{} became {}", plain(from), plain(to)),
        D::TicketStatus { ticket, to, closed: true, .. } => {
            format!("{} was closed ({})", plain(ticket), flat(to))
        }
        D::TicketStatus { ticket, from, to, closed: false } => {
            format!("{} went from {} to {}", plain(ticket), flat(from), flat(to))
        }
        D::TicketChanged { ticket } => format!("{} has changed in Jira", plain(ticket)),
        D::TicketTitle { ticket, to } => format!("{} is called {} now", plain(ticket), quoted(to)),
        D::RepositoryGone { repository } => {
            format!("the repository {} is not there any more", plain(repository))
        }
        D::RepositoryName { from, to } => {
            format!("the repository {} is called {} now", plain(from), plain(to))
        }
        D::Holds { who, from, to } => {
            format!("{} holds {} now ({} before)", flat(who), held(*to), held(*from))
        }
        D::HoldsThroughUs { who, from, to } => {
            format!(
                "{} holds {} now ({} before): another access that I gave has begun or ended",
                flat(who),
                held(*to),
                held(*from)
            )
        }
        D::HoldingChanged { who } => format!("what {} holds is not what it was", flat(who)),
    }
}

fn held(permission: Option<Permission>) -> &'static str {
    permission.map_or("nothing", Permission::as_str)
}

/// To somebody who was about to decide.
pub(super) fn since_you_were_asked(changed: &[Difference]) -> String {
    format!(
        "Since you were asked, {}; please look again and decide on what is now. Nothing was counted.",
        differences(changed)
    )
}

/// On what waits, where it is not as it was first shown.
pub fn since_it_was_shown(changed: &[Difference]) -> String {
    let gone = changed.iter().any(|difference| matches!(difference, Difference::TicketGone { .. }));
    let question = if gone { " Does that matter? Deny it if it does." } else { "" };
    format!("Since it was first shown, {}.{question}", differences(changed))
}

/// What is held already.
pub(super) fn held_already(
    (user, repository): (&str, &str),
    (permission, holds): (Permission, Permission),
    through: Option<&(Code, Timestamp)>,
    forge: &str,
) -> String {
    let part = if holds == permission { String::new() } else { format!(", and {permission} is part of it") };
    let (user, repository) = (flat(user), plain(repository));
    match through {
        None => format!(
            "{user} holds {holds} on {repository} already, as {forge} says{part}: there is nothing to ask for."
        ),
        Some((code, until)) => format!(
            "{user} holds {holds} on {repository} already, until {}, through {code}{part}: there is nothing to ask for. \
             If that is too short, say “extend {code}” and for how long.",
            instant(*until)
        ),
    }
}

/// It would last too long without a break.
pub(super) fn unbroken_too_long(
    max: u64,
    since: Timestamp,
    (fits, until): (u64, Option<Timestamp>),
) -> String {
    let nothing = || {
        let pause = say_minutes(BREAK_MINUTES.unsigned_abs());
        format!("Nothing more fits; when it has been over for {pause}, it can be asked for anew.")
    };
    let fits = until.map_or_else(nothing, |until| most(fits, until));
    format!(
        "Together with what there was since {}, that is longer than the rules allow without a break: at most {} (a pause of {} or \
         less is none). {fits}",
        instant(since),
        say_minutes(max),
        say_minutes(BREAK_MINUTES.unsigned_abs())
    )
}

/// It would be too much within some days.
pub(super) fn total_too_long(
    max: u64,
    used: u64,
    days: u64,
    (fits, until): (u64, Option<Timestamp>),
) -> String {
    let fits = match until {
        Some(until) => most(fits, until),
        None => "Nothing more fits for now.".to_owned(),
    };
    format!(
        "That is more than the rules allow within {days} days: at most {} in all, of which {} are given already. {fits}",
        say_minutes(max),
        say_minutes(used)
    )
}

fn most(fits: u64, until: Timestamp) -> String {
    format!("What would fit: at most {} more, until {}.", say_minutes(fits), instant(until))
}

#[cfg(test)]
mod tests {
    use super::super::super::Fault;
    use super::*;
    use crate::denied::Fault as _;
    use crate::testing::noon;

    #[test]
    fn trust_a5_what_changed_is_said_in_words() {
        let text = |text: &str| text.to_owned();
        let closed = Difference::TicketStatus {
            ticket: text("OPS-17"),
            from: text("To Do"),
            to: text("Done"),
            closed: true,
        };
        let holds = Difference::Holds { who: text("Erin"), from: None, to: Some(Permission::Admin) };
        let changed = Fault::EvidenceChanged { differences: vec![closed, holds] };
        insta::assert_snapshot!(changed.said(), @"Since you were asked, OPS-17 was closed (Done) and Erin holds admin now (nothing before); please look again and decide on what is now. Nothing was counted.");
    }

    #[test]
    fn trust_a10_a_refusal_says_what_would_fit() {
        let until = Some(noon());
        let unbroken = Fault::UnbrokenTooLong { max: 1440, since: noon(), fits: 180, until };
        insta::assert_snapshot!(unbroken.said(), @"Together with what there was since 2026-03-01 12:00 UTC, that is longer than the rules allow without a break: at most 1 day (a pause of 1 hour or less is none). What would fit: at most 3 hours more, until 2026-03-01 12:00 UTC.");
        let nothing = Fault::TotalTooLong { max: 2880, used: 2880, days: 30, fits: 0, until: None };
        insta::assert_snapshot!(nothing.said(), @"That is more than the rules allow within 30 days: at most 2 days in all, of which 2 days are given already. Nothing more fits for now.");
    }
}
