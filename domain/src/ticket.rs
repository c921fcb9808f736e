//! What is done to tickets, for whichever capability: commented, moved on; and why one is not read as a request.

mod fault;

use std::convert::Infallible;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::alarm::About;
use crate::effect::{Became, Wish};
use crate::envelope::{Digest, Envelope, SIGNED, derived_id};
use crate::heard::TicketRequest;
use crate::names::Tenant;
use crate::ports::{MovePlan, TicketMove, VendorRole};
use crate::reaction::{Reaction, Then};
use crate::request::Code;
use crate::words;

pub use self::fault::Fault;

/// What is wished of the tracker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Effect {
    /// Say something on a ticket.
    Comment {
        /// Which request; `None` where the ticket is told why there is none.
        code: Option<Code>,
        /// The ticket.
        ticket: String,
        /// The paragraphs.
        paragraphs: Vec<String>,
    },
    /// Move a ticket on.
    MoveTicket {
        /// Which request.
        code: Code,
        /// The ticket.
        ticket: String,
        /// Where to.
        to: TicketMove,
    },
    /// Read what a ticket asks for, as soon as the forge can be asked about what it names.
    ReadTicket {
        /// The ticket.
        ticket: String,
        /// The digest of who asks, and for what.
        asks: Digest,
        /// The digest of the delivery that says so.
        body: Digest,
        /// What it asks for.
        request: Box<TicketRequest>,
    },
}

/// The id of what is said on a ticket that is no request: of the first that a new one is told, or of something else that it is
/// told later. The same is said once, however often the ticket is edited.
pub fn answer_id(tenant: &Tenant, ticket: &str, later: Option<&[String]>) -> Uuid {
    let first = format!("{tenant} answers {ticket}");
    let said = later.map(|said| format!("{first}: {}", said.join("\n")));
    derived_id(SIGNED, &said.unwrap_or(first))
}

/// What an attempt is about to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Plan {
    /// Write these paragraphs.
    Comment {
        /// The paragraphs.
        paragraphs: Vec<String>,
    },
    /// Take this transition.
    Move(MovePlan),
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Outcome {
    /// The comment is there.
    Commented,
    /// The ticket is there.
    Moved {
        /// The status it came from.
        from: String,
        /// The status it is in, as far as we moved it; `None` where nothing had to be done.
        to: Option<String>,
    },
    /// What the ticket names can be looked up.
    Readable,
}

impl Effect {
    /// The ticket.
    pub fn ticket(&self) -> &str {
        match self {
            Self::Comment { ticket, .. }
            | Self::MoveTicket { ticket, .. }
            | Self::ReadTicket { ticket, .. } => ticket,
        }
    }

    /// What it is about that a ticket could not be moved: its project has one workflow, or few, and it is mended there.
    pub fn moving(&self) -> Option<About> {
        let Self::MoveTicket { ticket, to, .. } = self else { return None };
        let project = ticket.rsplit_once('-').map_or(ticket.as_str(), |(project, _)| project);
        Some(About::Move { project: project.to_owned(), to: *to })
    }
}

impl Wish for Effect {
    type Plan = Plan;
    type Outcome = Outcome;
    type FollowUp = Infallible;

    fn kind(&self) -> &'static str {
        self.into()
    }

    fn code(&self) -> Option<&Code> {
        match self {
            Self::Comment { code, .. } => code.as_ref(),
            Self::MoveTicket { code, .. } => Some(code),
            Self::ReadTicket { .. } => None,
        }
    }

    /// What waits for the forge keeps nothing back that is said on the ticket.
    fn lane(&self) -> String {
        match self {
            Self::Comment { ticket, .. } | Self::MoveTicket { ticket, .. } => format!("ticket {ticket}"),
            Self::ReadTicket { ticket, asks, .. } => format!("read {ticket} {asks}"),
        }
    }

    fn calls(&self) -> &'static [VendorRole] {
        match self {
            Self::Comment { .. } | Self::MoveTicket { .. } => &[VendorRole::Tracker],
            Self::ReadTicket { .. } => &[VendorRole::Forge],
        }
    }

    fn id(&self, step: &str, cause: &Envelope) -> Uuid {
        match self {
            Self::Comment { code: None, ticket, .. } => answer_id(&cause.tenant, ticket, None),
            _ => derived_id(cause.id, step),
        }
    }

    fn in_words(&self) -> String {
        match self {
            Self::Comment { ticket, .. } => format!("comment on {ticket}"),
            Self::MoveTicket { ticket, .. } => format!("move {ticket}"),
            Self::ReadTicket { ticket, .. } => format!("read what {ticket} asks for"),
        }
    }

    fn plan_in_words(plan: &Plan) -> String {
        match plan {
            Plan::Comment { .. } => "write a comment".to_owned(),
            Plan::Move(_) => "move the ticket".to_owned(),
        }
    }

    fn outcome_in_words(outcome: &Outcome) -> String {
        match outcome {
            Outcome::Moved { from, to: None } => format!("Left in {}, nothing to do", words::quoted(from)),
            Outcome::Moved { .. } | Outcome::Commented => "Done and read back".to_owned(),
            Outcome::Readable => "It can be looked up".to_owned(),
        }
    }

    /// What could not be said changes nothing. What can be looked up is asked for; where the forge stays away, the ticket is told.
    /// A ticket that the tracker does not let go where it belongs is an alarm, until it went there or an operator has said what
    /// shall be.
    fn outcome<E>(&self, became: Became<'_, Self>) -> Vec<Reaction<E, Infallible>> {
        if let Self::ReadTicket { ticket, asks, body, request } = self {
            return read(&became, ticket, (*asks, *body), request);
        }
        let Some(about) = self.moving() else { return vec![] };
        match became {
            Became::Parked { why, rejected: true, .. } => {
                vec![Reaction::new("alarm", Then::RaiseAlarm { about, why: why.to_owned() })]
            }
            // That the tracker was away is none of the workflow's faults.
            Became::Parked { .. } | Became::Vouched { .. } => vec![],
            Became::Done(_) | Became::DoneByHand { .. } | Became::GivenUp { .. } => {
                vec![Reaction::new("alarm_over", Then::EndAlarm { about })]
            }
        }
    }
}

/// What follows when a ticket can be read, or when it was given up to wait for that.
fn read<E>(
    became: &Became<'_, Effect>,
    ticket: &str,
    (asks, body): (Digest, Digest),
    request: &TicketRequest,
) -> Vec<Reaction<E, Infallible>> {
    match became {
        Became::Done(_) | Became::DoneByHand { .. } => {
            vec![Reaction::new("ask", Then::Ask { asks, body, request: Box::new(request.clone()) })]
        }
        Became::Parked { told, .. } => {
            let (ticket, edited, at) = (ticket.to_owned(), request.edited, request.at);
            let paragraphs = words::cannot_be_looked_up(told);
            vec![Reaction::new("answer", Then::Answer { ticket, edited, at, paragraphs })]
        }
        Became::GivenUp { .. } | Became::Vouched { .. } => vec![],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code() -> Code {
        Code::candidate(Uuid::from_u128(1), 0)
    }

    fn moved(ticket: &str) -> Effect {
        Effect::MoveTicket { code: code(), ticket: ticket.to_owned(), to: TicketMove::Granted }
    }

    fn then(effect: &Effect, became: Became<'_, Effect>) -> Option<Then<Effect, Infallible>> {
        effect.outcome(became).into_iter().next().map(|reaction| reaction.then)
    }

    #[test]
    fn trust_d3_a_move_that_the_tracker_refuses_is_one_alarm_a_project_until_it_is_done_or_resolved() {
        let about = || About::Move { project: "OPS".to_owned(), to: TicketMove::Granted };
        let parked =
            |ticket, rejected| then(&moved(ticket), Became::Parked { why: "no way", told: "no", rejected });
        let raised = Then::RaiseAlarm { about: about(), why: "no way".to_owned() };
        assert_eq!((parked("OPS-1", true), parked("OPS-2", true)), (Some(raised.clone()), Some(raised)));
        assert_eq!(
            parked("OPS-1", false),
            None,
            "that the tracker was away is none of the workflow's faults"
        );
        let outcome = Outcome::Moved { from: "To Do".to_owned(), to: Some("Done".to_owned()) };
        for over in
            [Became::Done(&outcome), Became::DoneByHand { before: None }, Became::GivenUp { why: "no" }]
        {
            assert_eq!(then(&moved("OPS-1"), over), Some(Then::EndAlarm { about: about() }));
        }
    }

    #[test]
    fn a_comment_that_could_not_be_written_changes_nothing() {
        let comment = Effect::Comment { code: Some(code()), ticket: "OPS-1".to_owned(), paragraphs: vec![] };
        let became = [
            Became::Done(&Outcome::Commented),
            Became::Parked { why: "403", told: "no", rejected: true },
            Became::GivenUp { why: "no" },
        ];
        assert!(became.into_iter().all(|became| then(&comment, became).is_none()));
    }

    #[test]
    fn a_comment_and_a_move_of_one_ticket_share_its_lane_and_are_for_their_request() {
        let comment = |code| Effect::Comment { code, ticket: "OPS-1".to_owned(), paragraphs: vec![] };
        assert_eq!(comment(None).lane(), moved("OPS-1").lane());
        assert_ne!(moved("OPS-1").lane(), moved("OPS-2").lane());
        assert_eq!((comment(None).code(), comment(Some(code())).code()), (None, Some(&code())));
        assert_eq!((moved("OPS-1").code(), moved("OPS-1").kind()), (Some(&code()), "move_ticket"));
        assert_eq!(moved("OPS-1").calls(), [VendorRole::Tracker]);
    }

    #[test]
    fn trust_d4_a_ticket_that_waits_for_the_forge_asks_when_it_can_be_read_and_is_told_when_that_is_given_up()
    {
        let (asks, body) = (Digest::of(b"who and what"), Digest::of(b"the delivery"));
        let request = Box::new(TicketRequest { edited: true, ..TicketRequest::default() });
        let waits = Effect::ReadTicket { ticket: "OPS-1".to_owned(), asks, body, request: request.clone() };
        assert_eq!(waits.calls(), [VendorRole::Forge]);
        assert_ne!(waits.lane(), moved("OPS-1").lane(), "what is said on it meanwhile does not wait");
        for became in [Became::Done(&Outcome::Readable), Became::DoneByHand { before: None }] {
            let asked = Then::Ask { asks, body, request: request.clone() };
            assert_eq!(then(&waits, became), Some(asked));
        }
        let told = then(&waits, Became::Parked { why: "503", told: "it is away.", rejected: false });
        let Some(Then::Answer { ticket, edited: true, paragraphs, .. }) = told else { panic!("{told:?}") };
        assert!(ticket == "OPS-1" && paragraphs[0].contains("it is away."), "{paragraphs:?}");
        assert_eq!(then(&waits, Became::GivenUp { why: "no" }), None);
    }

    #[test]
    fn what_is_done_to_a_ticket_is_said_in_words() {
        let comment = Effect::Comment { code: None, ticket: "OPS-1".to_owned(), paragraphs: vec![] };
        assert_eq!(
            [comment, moved("OPS-1")].map(|effect| effect.in_words()),
            ["comment on OPS-1", "move OPS-1"]
        );
        assert_eq!(Effect::plan_in_words(&Plan::Comment { paragraphs: vec![] }), "write a comment");
        let came = |to: Option<&str>| {
            let (from, to) = ("Done".to_owned(), to.map(str::to_owned));
            Effect::outcome_in_words(&Outcome::Moved { from, to })
        };
        assert_eq!(
            (came(Some("Done")), came(None)),
            ("Done and read back".to_owned(), "Left in “Done”, nothing to do".to_owned())
        );
    }
}
