//! Who may see a request, and what they can do with it now.

use countersign_domain::access::{AccessRequest, Proposal, Status};
use countersign_domain::ports::SurfaceKind;
use countersign_domain::request::Code;
use countersign_domain::rules::{Ruling, Terms};
use countersign_domain::tenant::{People, Person, Role};
use jiff::Timestamp;

use crate::words;
use countersign_domain::card::{Button, ButtonStyle, Refresh};

/// Whether a person may see a request: those it concerns, those who could countersign it or have decided on it, admins
/// and auditors. To everybody else it is as if there were none.
pub fn may_see(access: &AccessRequest, viewer: &Person) -> bool {
    access.concerns(&viewer.id)
        || viewer.is(Role::Admin)
        || viewer.is(Role::Auditor)
        || access.open.as_ref().is_some_and(|open| open.allows(viewer))
        || terms(access).is_some_and(|terms| terms.may_countersign(viewer))
        || access.countersigned_by.contains(&viewer.id)
        || access.denial.as_ref().is_some_and(|denial| denial.by.as_ref() == Some(&viewer.id))
}

/// Whether this person could countersign it now, by themselves or in the place of somebody who is away.
pub fn could_decide(access: &AccessRequest, people: &People, person: &Person, now: Timestamp) -> bool {
    let stands_in = || access.could_stand_in(person, &people.absent_for(person, now));
    access.open.is_some() && (access.could_countersign(person) || stands_in())
}

/// The terms the rules gave it last.
pub(crate) fn terms(access: &AccessRequest) -> Option<&Terms> {
    match (&access.open, &access.ruling) {
        (Some(open), _) => Some(&open.terms),
        (None, Some(Ruling::Allowed(terms))) => Some(terms),
        _ => None,
    }
}

/// What this viewer can press now.
pub(super) fn buttons(
    access: &AccessRequest,
    code: &Code,
    viewer: &Person,
    absent: &[Person],
) -> Vec<Button> {
    let could = access.could_countersign(viewer) || access.could_stand_in(viewer, absent);
    let mut buttons = if could { decisions(access, code) } else { vec![] };
    let countersigned = access.open.as_ref().is_some_and(|open| open.countersigned.contains(&viewer.id));
    if countersigned {
        buttons.push(button(words::TAKE_BACK, ButtonStyle::Plain, format!("take back {code}")));
    }
    buttons.extend(own(access, code, viewer));
    let could_revoke = viewer.is(Role::Admin)
        || matches!(&access.ruling, Some(Ruling::Allowed(terms)) if terms.may_countersign(viewer));
    if access.held().is_some() && could_revoke {
        buttons.push(button(words::REVOKE, ButtonStyle::Danger, format!("revoke {code}")));
    }
    if access.status() == Status::Failed && viewer.is(Role::Admin) {
        buttons.push(button(words::SEE_PARKED, ButtonStyle::Plain, "effects parked".to_owned()));
    }
    if matches!(access.status(), Status::Denied | Status::Failed) {
        buttons.push(button(words::WHY, ButtonStyle::Plain, format!("why {code}")));
    }
    buttons
}

/// How those who see the same card are shown their own: unasked those who have something to do with it.
pub fn refresh(
    code: &Code,
    access: &AccessRequest,
    people: &People,
    surface: SurfaceKind,
    now: Timestamp,
) -> Refresh {
    let has_to_do =
        |person: &Person| access.concerns(&person.id) || could_decide(access, people, person, now);
    let here = people.bound.iter().filter(|(identity, _)| identity.surface == surface);
    let theirs = here.filter(|(_, binding)| people.people.get(&binding.principal).is_some_and(has_to_do));
    Refresh {
        reference: format!("status {code}"),
        viewers: theirs.map(|(identity, _)| identity.user.clone()).collect(),
    }
}

/// What everybody can press who sees a card that many see; whether they may is found out when they do.
pub(super) fn shared_buttons(access: &AccessRequest, code: &Code) -> Vec<Button> {
    decisions(access, code)
}

fn decisions(access: &AccessRequest, code: &Code) -> Vec<Button> {
    let (Some(open), Some(receipt)) = (&access.open, access.receipt()) else { return vec![] };
    let approve = button(words::APPROVE, ButtonStyle::Primary, format!("approve {code} receipt {receipt}"));
    let deny = button(words::DENY, ButtonStyle::Danger, format!("deny {code} receipt {receipt}"));
    vec![Button { proof: open.terms.step_up, ..approve }, Button { asks_why: true, ..deny }]
}

/// What those can do whom it concerns.
fn own(access: &AccessRequest, code: &Code, viewer: &Person) -> Vec<Button> {
    if !access.concerns(&viewer.id) {
        return vec![];
    }
    let mut buttons = Vec::new();
    let proposal = access.open.as_ref().map(|open| open.proposal);
    match (proposal, access.status()) {
        (Some(Proposal::Extension { .. }), _) => {
            buttons.push(button(words::WITHDRAW_EXTENSION, ButtonStyle::Plain, format!("withdraw {code}")));
        }
        (Some(Proposal::Grant), _) | (None, Status::Checking) => {
            buttons.push(button(words::WITHDRAW, ButtonStyle::Plain, format!("withdraw {code}")));
        }
        (None, Status::Active) => {
            buttons.push(button(words::EXTEND, ButtonStyle::Plain, format!("extend {code} for 1 day")));
        }
        _ => {}
    }
    if access.held().is_some() {
        buttons.push(button(words::GIVE_BACK, ButtonStyle::Plain, format!("give back {code}")));
    }
    buttons
}

fn button(label: &str, style: ButtonStyle, say: String) -> Button {
    Button { label: label.to_owned(), style, say, proof: false, asks_why: false }
}
