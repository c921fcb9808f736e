//! The people of a tenant, in a stream of their own: who belongs to it, in which groups, whose chat identity is whose, and what they
//! want of the bot.

mod binding;
mod fault;
mod groups;
mod leaving;
mod missed;
mod naming;
mod preferences;
mod stream;

pub use binding::{Binding, BoundBy, LINK_MINUTES, Link, UnboundWhy};
pub use fault::Fault;
pub use missed::{LINK_LOCKED, LINK_TRIES, Missed};
pub use preferences::{Away, Preferences, QuietHours};
pub use stream::{Map, People, PeopleCommand, PeopleEvent, Set};

use crate::person::{Person, Role};
