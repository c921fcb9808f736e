//! Who may see a request, and what they can do with it now.

use countersign_domain::ports::SurfaceKind;
use countersign_domain::request::{Code, Facets, Stage};
use countersign_domain::tenant::{People, Person, Role};
use jiff::Timestamp;

use crate::words;
use countersign_domain::card::{Button, ButtonStyle, Refresh};

/// Whether this person could countersign it now, by themselves or in the place of somebody who is away.
pub fn could_decide(request: &dyn Facets, people: &People, person: &Person, now: Timestamp) -> bool {
    request.could_decide(person, &people.absent_for(person, now))
}

/// What this viewer can press to decide on a request, whatever is asked for.
pub(crate) fn deciding_buttons(
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
pub(crate) fn see_parked(request: &dyn Facets, viewer: &Person) -> Option<Button> {
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

pub(crate) fn button(label: &str, style: ButtonStyle, say: String) -> Button {
    Button { label: label.to_owned(), style, say, proof: false, asks_why: false }
}
