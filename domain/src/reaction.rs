//! What a policy can answer to an event: an effect, or a command for an aggregate.

use uuid::Uuid;

use crate::access::{ComparisonEvent, Difference, Findings, News, Permission, Phase, Spot};
use crate::alarm::{About, AlarmEvent};
use crate::envelope::{Digest, Envelope, SIGNED, derived_id};
use crate::names::PrincipalId;
use crate::ports::SurfaceKind;
use crate::record::{Heard, TicketRequest};
use crate::request::Code;

/// One reaction, of whoever knows effects of this type. Its id is derived from the event and the step, so that reacting twice is
/// reacting once.
#[derive(Debug, Clone, PartialEq)]
pub struct Reaction<E> {
    /// Which of the event's reactions it is.
    pub step: &'static str,
    /// What to do.
    pub then: Then<E>,
}

impl<E> Reaction<E> {
    /// The reaction `step` of an event.
    pub const fn new(step: &'static str, then: Then<E>) -> Self {
        Self { step, then }
    }

    /// The id of the command that follows from the event `cause`. An effect says its own.
    pub fn id(&self, cause: &Envelope) -> Uuid {
        match &self.then {
            Then::Ask { asks, .. } => derived_id(SIGNED, &format!("{} {asks}", cause.tenant)),
            _ => derived_id(cause.id, self.step),
        }
    }
}

/// What to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Then<E> {
    /// Let the outbox perform this.
    Perform(E),
    /// Ask for access in the name of whoever reported a ticket.
    ///
    /// What signs a delivery covers its body and not its id: whoever catches one could send it again under another id. So the
    /// same wish asks once, under however many ids it comes, and in however many deliveries about the same ticket.
    Ask {
        /// The digest of who asks, under which ticket, and for what.
        asks: Digest,
        /// The request.
        request: Box<TicketRequest>,
    },
    /// A ticket is not there any more, or is another one: whatever waits under it has to be looked at again.
    TicketLost {
        /// The ticket, as it was.
        ticket: String,
        /// As it is now, where it was moved.
        to: Option<String>,
    },
    /// Let a request take in what was found.
    Check {
        /// Which request.
        code: Code,
        /// What was found.
        findings: Box<Findings>,
    },
    /// Tell a request that it was not carried out, because what it was decided on has changed.
    Overtake {
        /// Which request.
        code: Code,
        /// What the vendors say now.
        findings: Box<Findings>,
        /// What counts of what has changed.
        differences: Vec<Difference>,
    },
    /// Tell a request that its permission is set.
    Confirm {
        /// Which request.
        code: Code,
        /// What was read back.
        permission: Permission,
        /// What there was before.
        before: Option<Permission>,
        /// An operator says so, and nobody read it back.
        by_hand: bool,
    },
    /// Tell a request that its permission is taken back.
    ConfirmEnd {
        /// Which request.
        code: Code,
        /// What was read back.
        left: Option<Permission>,
        /// An operator says so, and nobody read it back.
        by_hand: bool,
    },
    /// Tell a request that something outside failed.
    Fail {
        /// Which request.
        code: Code,
        /// While doing what.
        phase: Phase,
        /// What was said.
        why: String,
        /// Whether an operator gave it up.
        given_up: bool,
    },
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
    /// Tell those whom a request concerns.
    Notify {
        /// Which request.
        code: Code,
        /// What.
        news: News,
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
    /// Tell the administrators what a comparison with the forge came to.
    TellOfComparison(Box<ComparisonEvent>),
    /// What was different there is as the log wants it now.
    Settle(Spot),
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
