//! One of everything that speaks against an access, with all that may be left out.

use uuid::Uuid;

use super::super::{Difference, Fault, Permission};
use crate::denied::Field;
use crate::request::Code;
use crate::testing::noon;

/// What an access alone is not given for.
pub(super) fn every() -> Vec<Fault> {
    [asked(), held(), looked_up(), ruled()].concat()
}

/// What was asked cannot be read, or is too long.
fn asked() -> Vec<Fault> {
    let (max, fits, until) = (2880, 60, Some(noon()));
    vec![
        Fault::MissingField { field: Field::Repository },
        Fault::UnknownPermission { given: "owner".to_owned() },
        Fault::BadDuration { given: "soon".to_owned(), why: "it says no number".to_owned() },
        Fault::DurationTooLong { asked: 4320, max },
        Fault::UnbrokenTooLong { max, since: noon(), fits, until },
        Fault::TotalTooLong { max, used: 2820, days: 30, fits, until },
    ]
}

/// It is held already.
fn held() -> Vec<Fault> {
    let through = Some((Code::candidate(Uuid::from_u128(1), 0), noon()));
    vec![Fault::HeldAlready {
        user: "Erin".to_owned(),
        permission: Permission::Read,
        repository: "infra".to_owned(),
        holds: Permission::Write,
        through,
    }]
}

/// What it is about is not there, or is another.
fn looked_up() -> Vec<Fault> {
    let (user, repository) = (|| "erni".to_owned(), || "infra".to_owned());
    vec![
        Fault::UnknownUser { user: user() },
        Fault::NoAccount { person: "erin".to_owned() },
        Fault::SharedAccount {
            account: "Erin".to_owned(),
            people: vec!["Erin".to_owned(), "Bob".to_owned()],
        },
        Fault::NotInWorkspace { user: user() },
        Fault::OwnsWorkspace { user: user() },
        Fault::OtherWorkspace { repository: repository(), ours: "acme".to_owned() },
        Fault::UnknownRepository { repository: repository() },
        Fault::UnknownTicket { ticket: "OPS-17".to_owned() },
        Fault::UnknownRequester { account: "acc-erin".to_owned() },
    ]
}

/// The rules do not allow it as it is, or it is otherwise than it was shown.
fn ruled() -> Vec<Fault> {
    let (ticket, pattern) = (|| "OPS-17".to_owned(), || "OPS-*".to_owned());
    let (from, to) = (Some(Permission::Read), Some(Permission::Write));
    vec![
        Fault::TicketRequired { pattern: pattern() },
        Fault::TicketMismatch { ticket: ticket(), pattern: pattern() },
        Fault::TicketStatus { ticket: ticket(), wanted: vec!["In Progress".to_owned()] },
        Fault::NoRuleAllows { permission: Permission::Admin, repository: "infra".to_owned() },
        Fault::EvidenceChanged { differences: vec![Difference::Holds { who: "Erin".to_owned(), from, to }] },
    ]
}
