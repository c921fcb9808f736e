//! Lives of a request: any order of what can be said to it, while people come and go, rules and evidence change, and things
//! have several names; and what it answered to each.

mod living;
mod people;
mod rules;
mod step;

use std::fmt;
use std::sync::Arc;

use countersign_domain::access::{AccessEvent, AccessRequest, Asked, Form, Subject};
use countersign_domain::capabilities::Effect;
use countersign_domain::effect::Wish as _;
use countersign_domain::envelope::ActorKind;
use countersign_domain::request::{Code, Origin, Requester};
use countersign_domain::ticket;
use jiff::Timestamp;
use proptest::prelude::*;
use uuid::Uuid;

use self::living::live;
use self::step::step;
use crate::support::{noon, permission_name};

pub(crate) use self::living::Told;
pub(crate) use self::people::Whose;
pub(crate) use self::rules::{Policy, Rules};
pub(crate) use self::step::{Found, Shown, Step};

use self::people::principal;
use self::rules::{policy, rules};

/// One event of a life.
#[derive(Clone)]
pub(crate) struct Moment {
    /// What happened.
    pub(crate) event: AccessEvent,
    /// The state it led to.
    pub(crate) state: AccessRequest,
    /// When.
    pub(crate) at: Timestamp,
    /// What it led to outside.
    pub(crate) effects: Vec<Effect>,
    /// What was said of which it came, and in which world.
    pub(crate) told: Arc<Told>,
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let effects: Vec<_> = self.effects.iter().map(Effect::kind).collect();
        write!(f, "{:?} -> {:?} -> {} {effects:?}", self.told.step, self.event, self.state.status())
    }
}

impl Moment {
    /// What is written on the ticket, if anything.
    pub(crate) fn comment(&self) -> Option<String> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::Ticket(ticket::Effect::Comment { paragraphs, .. }) => Some(paragraphs.join("\n")),
            _ => None,
        })
    }
}

/// A whole life, and for what it was lived.
#[derive(Clone)]
pub(crate) struct Life {
    /// The rules' demands in all of it.
    pub(crate) policy: Policy,
    /// Whose the access is that is asked for.
    pub(crate) whose: Whose,
    /// The repository's name at the forge, whatever was typed.
    pub(crate) repository: String,
    /// What happened.
    pub(crate) moments: Vec<Moment>,
}

impl fmt::Debug for Life {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { policy, whose, repository, moments } = self;
        write!(f, "{policy:?} {whose:?} on {repository}: {moments:#?}")
    }
}

/// What is typed for a repository of this name: each of them is the same one.
pub(crate) fn spelled(name: &str, how: usize) -> String {
    match how {
        0 => name.to_owned(),
        1 => name.to_uppercase(),
        2 => format!("acme/{name}"),
        3 => format!("https://bitbucket.org/acme/{name}/src/main/"),
        _ => identity(name),
    }
}

/// The forge's immutable id of a repository that was made under this name.
pub(crate) fn identity(name: &str) -> String {
    format!("{{{}}}", Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()))
}

/// Erin asks with this form, for somebody.
fn asked(form: &Form, origin: Origin, whose: Whose) -> Asked {
    let requester =
        Requester { id: principal("erin"), kind: ActorKind::Person, name: "Erin".to_owned(), known: true };
    let subject: Subject = whose.named();
    Asked { origin, ..Asked::read(Code::candidate(Uuid::from_u128(1), 0), requester, subject, form, noon()) }
}

/// Any life, of any request that is good by itself.
pub(crate) fn life() -> impl Strategy<Value = Life> {
    let good = rules().prop_map(|rules| Step::Check { found: Found::all(), rules });
    let steps = (prop::option::weighted(0.9, good), prop::collection::vec(step(), 0..28));
    let ticket = prop::option::weighted(0.9, "[A-Z]{2,4}-[1-9][0-9]{0,2}");
    let duration = prop::option::weighted(0.8, Just("2 days".to_owned()));
    let form = (permission_name(), ticket, "[a-z]{3,9}-api", 0..5_usize, duration);
    let origin = prop::sample::select(vec![Origin::Chat, Origin::Ticket, Origin::EditedTicket]);
    (form, origin, policy(), Whose::any(), steps).prop_map(
        |((permission, ticket, repository, how, duration), origin, policy, whose, (first, rest))| {
            let form = Form {
                permission: Some(permission.to_owned()),
                repository: Some(spelled(&repository, how)),
                duration,
                ticket,
                reason: Some("rollout".to_owned()),
                user: None,
            };
            let asked = asked(&form, origin, whose);
            let moments = live(asked, &repository, (policy, whose), first.into_iter().chain(rest));
            Life { policy, whose, repository, moments }
        },
    )
}
