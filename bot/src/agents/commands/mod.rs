//! What is said of agents.

mod back;
mod define;
mod list;
mod retire;
mod show;

use countersign_domain::card::Card;
use countersign_domain::tenant::Role;

use crate::cards;
use crate::commands::{Audience, CommandSpec};

/// All of them.
pub(super) const ALL: &[CommandSpec] = &[back::SPEC, define::SPEC, list::SPEC, retire::SPEC, show::SPEC];

/// What an agent is told is for those who may change it, and who look at what was done.
const FOR: Audience = Audience::Desk(&[Role::Admin, Role::Auditor]);
const FOR_ADMINS: Audience = Audience::Desk(&[Role::Admin]);

/// What is said where there are none.
fn nothing() -> Vec<Card> {
    vec![cards::nothing((
        "There are no agents here",
        "An administrator sets the help desk up in the configuration, under `help`.",
    ))]
}
