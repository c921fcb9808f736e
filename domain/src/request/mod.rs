//! Requests: what people ask for and others countersign.
//!
//! The life of a request is written here once, whatever is asked for: asked, checked, waiting, approved or not, with receipts,
//! a quorum, deputies, escalation, reminders and rechecks. What is asked for is a [`Kind`].

mod assurance;
mod check;
mod command;
mod common;
mod content;
mod countersign;
mod deadline;
mod event;
mod facets;
mod facts;
mod follow_up;
mod fresh;
mod kind;
#[cfg(test)]
pub(crate) mod law;
mod leave;
mod life;
#[cfg(test)]
mod lunch;
mod open;
mod requester;
mod tell;
mod time;
mod trouble;

pub use assurance::Assurance;
pub use check::{WAIT_MINUTES, no_longer_than, waiting, waiting_because};
pub use command::{Command, Countersignature, Review};
pub use common::Common;
pub use content::{Content, Due, Evidence, Never, Nothing, Plain};
pub use deadline::Deadline;
pub use event::RequestEvent;
pub use facets::{Facets, OpenView, Standing, Thing};
pub use facts::Facts;
pub use follow_up::FollowUp;
pub use kind::{Carried, Difference, Kind, KnownBy, Life, Meaning, Proposed};
pub(crate) use leave::closed;
pub use leave::{Leaver, Unsigned};
pub use life::{Request, Stage};
pub use open::{Denial, Failure, Open, WhyVoid};
pub use requester::{Origin, Requester};
pub use tell::{News, Telling, tell};
pub use time::later;

pub use crate::code::{Code, NotACode};

use jiff::Timestamp;

use crate::aggregate::Aggregate;
use crate::denied::Denied;

/// The longest reason, in characters: of a request, and of a decision on it.
pub const REASON_MAX: usize = 500;

/// The category of all requests' streams.
pub const CATEGORY: &str = "request";

impl<K: Kind> Aggregate for Request<K> {
    /// One for all kinds, so that a code is unique whatever it is the code of: the log itself sees to it.
    const CATEGORY: &'static str = CATEGORY;
    type Command = Command<K>;
    type Event = RequestEvent<K>;

    fn decide(&self, command: Command<K>, now: Timestamp) -> Result<Vec<RequestEvent<K>>, Denied> {
        use Command as C;
        match command {
            C::Ask(asked) if self.asked.is_none() => Ok(vec![RequestEvent::Requested { asked }]),
            C::Ask(_) => Ok(vec![]),
            C::Check { findings, ruling, past } => Ok(self.check(*findings, ruling, &past, now)),
            C::LookAgain { findings, by_us, ruling } => Ok(self.look_again(*findings, &by_us, ruling, now)),
            C::Overtake { findings, differences, ruling, past } => {
                Ok(self.overtake(*findings, differences, (ruling, &past), now))
            }
            C::Review(review) => Ok(self.review(&review, now)),
            C::Countersign(signature) => self.countersign(&signature, now),
            C::Common(common) => self.decide_common(common, now),
            C::Supersede { ticket, asks_nothing } => Ok(self.supersede(ticket, asks_nothing)),
            C::Fail { phase, why, given_up } => {
                Ok(self.fail(Failure { phase, why, given_up, vouched: None }))
            }
            C::Vouch { phase, note } => Ok(self.vouch(phase, note)),
            C::Own(command) => K::decide(self, command, now),
        }
    }

    fn evolve(&mut self, event: &RequestEvent<K>, at: Timestamp) {
        self.apply(event, at);
    }

    fn is_urgent(&self, command: &Command<K>) -> bool {
        match command {
            Command::Common(common) => self.is_urgent_common(common),
            command => command.is_urgent(),
        }
    }
}
