//! What can be pressed on the card of an access.

use countersign_domain::access::{AccessRequest, Proposal, Status};
use countersign_domain::card::{Button, ButtonStyle};
use countersign_domain::duration::say_minutes;
use countersign_domain::request::Code;
use countersign_domain::rules::Ruling;
use countersign_domain::tenant::{Person, Role};
use jiff::Timestamp;

use crate::cards::{button, deciding_buttons, see_parked};
use crate::words;

/// How much longer is offered at once, in minutes, where as much fits.
const DAY: u64 = 24 * 60;

/// What this viewer can press now.
pub(super) fn buttons(
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
