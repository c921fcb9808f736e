//! What a policy can answer to an event: an effect, or a command for an aggregate.

use jiff::Timestamp;
use uuid::Uuid;

use crate::alarm::{About, AlarmEvent};
use crate::code::Code;
use crate::envelope::{Digest, Envelope, SIGNED, derived_id};
use crate::heard::{Heard, TicketRequest};
use crate::names::{PrincipalId, Tenant};
use crate::place::SurfaceKind;

/// One reaction, of whoever knows effects and follow-ups of these types. Its id is derived from the event and the step, so that
/// reacting twice is reacting once.
#[derive(Debug, Clone, PartialEq)]
pub struct Reaction<E, F> {
    /// Which of the event's reactions it is.
    pub step: &'static str,
    /// What to do.
    pub then: Then<E, F>,
}

impl<E, F> Reaction<E, F> {
    /// The reaction `step` of an event.
    pub const fn new(step: &'static str, then: Then<E, F>) -> Self {
        Self { step, then }
    }

    /// The same where follow-ups are of another type.
    pub fn map<G>(self, follow_up: impl FnOnce(F) -> G) -> Reaction<E, G> {
        let then = match self.then {
            Then::FollowUp(own) => Then::FollowUp(follow_up(own)),
            Then::Perform(effect) => Then::Perform(effect),
            Then::Ask { asks, body, request } => Then::Ask { asks, body, request },
            Then::Answer { ticket, edited, at, paragraphs } => {
                Then::Answer { ticket, edited, at, paragraphs }
            }
            Then::AsksNothing { ticket, at } => Then::AsksNothing { ticket, at },
            Then::TicketLost { ticket, to } => Then::TicketLost { ticket, to },
            Then::Interact(heard) => Then::Interact(heard),
            Then::Mirror { code } => Then::Mirror { code },
            Then::Announce { code } => Then::Announce { code },
            Then::Remind { code } => Then::Remind { code },
            Then::RaiseAlarm { about, why } => Then::RaiseAlarm { about, why },
            Then::EndAlarm { about } => Then::EndAlarm { about },
            Then::Warn(event) => Then::Warn(event),
            Then::Review => Then::Review,
            Then::Leave { id } => Then::Leave { id },
            Then::SwitchedOff { id, surface } => Then::SwitchedOff { id, surface },
        };
        Reaction { step: self.step, then }
    }

    /// The id of the command that follows from the event `cause`. An effect says its own.
    pub fn id(&self, cause: &Envelope) -> Uuid {
        match &self.then {
            Then::Ask { asks, .. } => ask_id(&cause.tenant, asks),
            _ => derived_id(cause.id, self.step),
        }
    }
}

/// What follows from an alarm: the administrators are told.
pub fn to_an_alarm<E, F>(event: &AlarmEvent) -> Vec<Reaction<E, F>> {
    vec![Reaction::new("warn", Then::Warn(Box::new(event.clone())))]
}

/// The id of what a ticket asks for: who asks, and for what.
pub fn ask_id(tenant: &Tenant, asks: &Digest) -> Uuid {
    derived_id(SIGNED, &format!("{tenant} {asks}"))
}

/// The id under which it is kept that a delivery could not be read, so that it is not read otherwise when it is seen again.
pub fn unread_id(tenant: &Tenant, body: &Digest) -> Uuid {
    derived_id(SIGNED, &format!("{tenant} unread {body}"))
}

/// What to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Then<E, F> {
    /// Let the outbox perform this.
    Perform(E),
    /// Ask for access in the name of whoever reported a ticket.
    ///
    /// What signs a delivery covers its body and not its id: whoever catches one could send it again under another id. So the
    /// same wish asks once, under however many ids it comes, and in however many deliveries about the same ticket.
    Ask {
        /// The digest of who asks, under which ticket, and for what.
        asks: Digest,
        /// The digest of the delivery that says so.
        body: Digest,
        /// The request.
        request: Box<TicketRequest>,
    },
    /// Tell whoever looks at a ticket that is no request why it is none.
    Answer {
        /// The ticket.
        ticket: String,
        /// Whether it was there before, and was edited.
        edited: bool,
        /// When, by the tracker's clock.
        at: Option<Timestamp>,
        /// What to say.
        paragraphs: Vec<String>,
    },
    /// A ticket was edited and asks for nothing any more: what it asked for, and nobody has decided on, is closed.
    AsksNothing {
        /// The ticket.
        ticket: String,
        /// When, by the tracker's clock.
        at: Option<Timestamp>,
    },
    /// A ticket is not there any more, or is another one: whatever waits under it has to be looked at again.
    TicketLost {
        /// The ticket, as it was.
        ticket: String,
        /// As it is now, where it was moved.
        to: Option<String>,
    },
    /// Let a capability go on with what became of what it wished.
    FollowUp(F),
    /// Do what somebody said in a chat.
    Interact(Box<Heard>),
    /// Draw every card of a request as it stands now.
    Mirror {
        /// Which request.
        code: Code,
    },
    /// Ask those who may countersign a request, where they talk.
    Announce {
        /// Which request.
        code: Code,
    },
    /// Remind those who were asked and have not answered.
    Remind {
        /// Which request.
        code: Code,
    },
    /// Somebody must look after something.
    RaiseAlarm {
        /// What.
        about: About,
        /// What was said.
        why: String,
    },
    /// Nobody has to look after it any more.
    EndAlarm {
        /// What.
        about: About,
    },
    /// Tell the administrators of an alarm.
    Warn(Box<AlarmEvent>),
    /// Look again at everything that is open or in force, with the rules and the people there are now.
    Review,
    /// The same because somebody left, with what becomes of theirs told to the admins.
    Leave {
        /// Who.
        id: PrincipalId,
    },
    /// Tell the admins that a vendor says that somebody's account is no member's any more.
    SwitchedOff {
        /// Whose it was.
        id: PrincipalId,
        /// Where.
        surface: SurfaceKind,
    },
}
