//! What a policy can answer to an event: a wish about the outside world, or a command for an aggregate.

use uuid::Uuid;

use crate::access::{ComparisonEvent, Difference, Findings, News, Permission, Phase, Spot};
use crate::alarm::{About, AlarmEvent};
use crate::effect::{Effect, PermissionTask};
use crate::envelope::{Digest, Envelope, derived_id};
use crate::names::{PrincipalId, Tenant};
use crate::ports::SurfaceKind;
use crate::record::{Heard, TicketRequest};
use crate::request::Code;

/// What the ids of requests are derived in that a signed delivery asks for.
const SIGNED: Uuid = Uuid::from_u128(0x5c2e_91d4_03b7_4f6a_8d18_7be0_4a55_c9f2);

/// One reaction. Its id is derived from the event and the step, so that reacting twice is reacting once.
#[derive(Debug, Clone, PartialEq)]
pub struct Reaction {
    /// Which of the event's reactions it is.
    pub step: &'static str,
    /// What to do.
    pub wish: Wish,
}

impl Reaction {
    /// The reaction `step` of an event.
    pub const fn new(step: &'static str, wish: Wish) -> Self {
        Self { step, wish }
    }

    /// The id of the command or effect that follows from the event `cause`.
    pub fn id(&self, cause: &Envelope) -> Uuid {
        match &self.wish {
            Wish::Ask { asks, .. } => derived_id(SIGNED, &format!("{} {asks}", cause.tenant)),
            // One event may end several accesses again.
            Wish::Perform(Effect::SetPermission { code, task: PermissionTask::EndAgain { .. }, .. }) => {
                derived_id(cause.id, &format!("{} {code}", self.step))
            }
            _ => derived_id(cause.id, self.step),
        }
    }
}

/// The id of what is said on a ticket that is no request: of the first that a new one is told, or of something else that it is
/// told later. The same is said once, however often the ticket is edited.
pub fn answer_id(tenant: &Tenant, ticket: &str, later: Option<&[String]>) -> Uuid {
    let first = format!("{tenant} answers {ticket}");
    let said = later.map(|said| format!("{first}: {}", said.join("\n")));
    derived_id(SIGNED, &said.unwrap_or(first))
}

/// The id under which it is kept that a delivery could not be read, so that it is not read otherwise when it is seen again.
pub fn unread_id(tenant: &Tenant, body: &Digest) -> Uuid {
    derived_id(SIGNED, &format!("{tenant} unread {body}"))
}

/// What to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Wish {
    /// Let the outbox perform this.
    Perform(Effect),
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
        /// What to say.
        paragraphs: Vec<String>,
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
