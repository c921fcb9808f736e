//! The page: server-rendered, whole without scripts, better with them.

mod assets;
mod card;
mod me;
mod page;
mod rules;
mod say;
mod trouble;

pub(super) use assets::asset;
pub(super) use card::Drawn;
pub(super) use me::{change, me};
pub(super) use page::{home, sign_in_page};
pub(super) use rules::{PARAMETERS as RULES_PARAMETERS, propose_rules, rules};
pub(super) use say::say;
pub(super) use trouble::{trouble, wants_page};
