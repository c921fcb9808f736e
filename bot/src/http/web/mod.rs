//! The page: server-rendered, whole without scripts, better with them.

mod assets;
mod card;
mod me;
mod page;
mod say;
mod trouble;

pub(crate) use assets::VERSION;
pub(super) use assets::asset;
pub(crate) use card::Drawn;
pub(super) use me::{change, me};
pub(crate) use page::{ChoiceView, ViewerView, answer, choices};
pub(super) use page::{PARAMETERS, door_to, home, sign_in_page};
pub(super) use say::say;
pub(super) use trouble::{trouble, wants_page};
