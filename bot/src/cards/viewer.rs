//! Who may see a request, and what they can do with it now.

use countersign_domain::access::{AccessRequest, Proposal, Status, say_minutes};
use countersign_domain::ports::SurfaceKind;
use countersign_domain::request::{Code, Facets, Stage};
use countersign_domain::rules::Ruling;
use countersign_domain::tenant::{People, Person, Role};
use jiff::Timestamp;

use crate::words;
use countersign_domain::card::{Button, ButtonStyle, Refresh};

/// How much longer is offered at once, in minutes, where as much fits.
const DAY: u64 = 24 * 60;

/// Whether this person could countersign it now, by themselves or in the place of somebody who is away.
pub fn could_decide(request: &dyn Facets, people: &People, person: &Person, now: Timestamp) -> bool {
    request.could_decide(person, &people.absent_for(person, now))
}

/// What this viewer can press now.
pub(crate) fn buttons(
    access: &AccessRequest,
    code: &Code,
    viewer: &Person,
    (absent, now): (&[Person], Timestamp),
) -> Vec<Button> {
    let mut buttons = deciding_buttons(access, code, viewer, absent);
    buttons.extend(own(access, code, viewer, now));
    let could_revoke = viewer.is(Role::Admin)
        || matches!(&access.ruling, Some(Ruling::Allowed(terms)) if terms.may_countersign(viewer));
    if access.held().is_some() && could_revoke {
        buttons.push(button(words::REVOKE, ButtonStyle::Danger, format!("revoke {code}")));
    }
    buttons.extend(see_parked(access, viewer));
    if matches!(access.status(), Status::Denied | Status::Failed) {
        buttons.push(button(words::WHY, ButtonStyle::Plain, format!("why {code}")));
    }
    buttons
}

/// What this viewer can press to decide on a request, whatever is asked for.
pub(super) fn deciding_buttons(
    request: &dyn Facets,
    code: &Code,
    viewer: &Person,
    absent: &[Person],
) -> Vec<Button> {
    let mut buttons = if request.could_decide(viewer, absent) { decisions(request, code) } else { vec![] };
    if request.open().is_some_and(|open| open.countersigned.contains(&viewer.id)) {
        buttons.push(button(words::TAKE_BACK, ButtonStyle::Plain, format!("take back {code}")));
    }
    buttons
}

/// What an administrator can press where something of a request is parked.
pub(super) fn see_parked(request: &dyn Facets, viewer: &Person) -> Option<Button> {
    let fails = request.standing().stage == Stage::Failed && viewer.is(Role::Admin);
    fails.then(|| button(words::SEE_PARKED, ButtonStyle::Plain, "effects parked".to_owned()))
}

/// How those who see the same card are shown their own: unasked those who have something to do with it.
pub fn refresh(
    code: &Code,
    request: &dyn Facets,
    people: &People,
    surface: SurfaceKind,
    now: Timestamp,
) -> Refresh {
    let has_to_do =
        |person: &Person| request.concerns(&person.id) || could_decide(request, people, person, now);
    let here = people.bound.iter().filter(|(identity, _)| identity.surface == surface);
    let theirs = here.filter(|(_, binding)| people.people.get(&binding.principal).is_some_and(has_to_do));
    Refresh {
        reference: format!("status {code}"),
        viewers: theirs.map(|(identity, _)| identity.user.clone()).collect(),
    }
}

/// What everybody can press who sees a card that many see; whether they may is found out when they do.
pub(crate) fn shared_buttons(request: &dyn Facets, code: &Code) -> Vec<Button> {
    decisions(request, code)
}

fn decisions(request: &dyn Facets, code: &Code) -> Vec<Button> {
    let (Some(open), Some(receipt)) = (request.open(), request.receipt()) else { return vec![] };
    let approve = button(words::APPROVE, ButtonStyle::Primary, format!("approve {code} receipt {receipt}"));
    let deny = button(words::DENY, ButtonStyle::Danger, format!("deny {code} receipt {receipt}"));
    vec![Button { proof: open.terms.step_up, ..approve }, Button { asks_why: true, ..deny }]
}

/// What those can do whom it concerns.
fn own(access: &AccessRequest, code: &Code, viewer: &Person, now: Timestamp) -> Vec<Button> {
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
            let label = match access.may_last_longer(DAY, now) {
                0 => None,
                DAY => Some((words::EXTEND.to_owned(), say_minutes(DAY))),
                fits => Some((words::extend_by(fits), say_minutes(fits))),
            };
            buttons.extend(label.map(|(label, more)| {
                button(&label, ButtonStyle::Plain, format!("extend {code} for {more}"))
            }));
        }
        _ => {}
    }
    if access.held().is_some() {
        buttons.push(button(words::GIVE_BACK, ButtonStyle::Plain, format!("give back {code}")));
    }
    buttons
}

pub(crate) fn button(label: &str, style: ButtonStyle, say: String) -> Button {
    Button { label: label.to_owned(), style, say, proof: false, asks_why: false }
}
