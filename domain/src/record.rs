//! What is kept because it happened, though no aggregate decided it: denials, webhooks, interactions, sign-ins.
//!
//! Each stands alone in a stream of its own, named after its delivery or command, so that the same one twice is one.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::{Assurance, Form};
use crate::aggregate;
use crate::denied::Violation;
use crate::envelope::{Digest, Via};
use crate::names::PrincipalId;
use crate::ports::{Identity, Place, Posted, SurfaceKind};
use crate::reaction::{Reaction, Wish};

/// The records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
pub enum Record {
    /// A command was not carried out.
    CommandDenied {
        /// The command's name, as in the command table.
        command: String,
        /// The stream it was for, where there is one.
        stream: Option<String>,
        /// Every reason.
        violations: Vec<Violation>,
    },
    /// A webhook was verified and taken in.
    WebhookReceived {
        /// Whose: `jira`.
        vendor: String,
        /// The vendor's id of the delivery.
        delivery: String,
        /// The digest of the body.
        body: Digest,
        /// What it asks for; `None` where it is no access request.
        request: Option<TicketRequest>,
    },
    /// A webhook was refused.
    WebhookRejected {
        /// Whose it claimed to be.
        vendor: String,
        /// The HTTP status it was answered with.
        status: u16,
        /// Why.
        why: String,
        /// The digest of the body, as far as it was read.
        body: Digest,
    },
    /// Somebody said, pressed, sent or felt something in a chat, and we know who. What follows from it is carried out as a
    /// reaction to this, so what was acknowledged to the vendor is never lost.
    InteractionReceived(Box<Heard>),
    /// Something came from a chat that counts for nothing.
    InteractionRefused {
        /// Whose surface.
        surface: SurfaceKind,
        /// Who, to the vendor, where it said so.
        identity: Option<Identity>,
        /// The vendor's id of it.
        delivery: String,
        /// Why.
        why: String,
    },
    /// Somebody signed in.
    SignedIn {
        /// How: `token`.
        method: String,
    },
    /// Somebody signed out: the session counts for nothing from here on, whoever still has its cookie.
    SignedOut {
        /// The session: the id of the command that signed them in.
        session: Uuid,
    },
    /// Somebody could not sign in.
    SignInRefused {
        /// Why.
        why: String,
    },
    /// Somebody read what costs much to read: the past, the whole log, a read model folded anew.
    HistoryRead {
        /// What: `an export after 1042`.
        what: String,
    },
    /// So many were refused beyond the one that was kept whole: a flood is one event a minute, however large it is.
    RefusalsCounted {
        /// What was refused: `sign-in`, `webhook jira: signature-refused`.
        kind: String,
        /// How many.
        times: u64,
        /// From where, as far as we know: a few addresses or identities.
        from: Vec<String>,
        /// Since when.
        since: Timestamp,
    },
}

/// What somebody did in a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// The vendor's id of it.
    pub delivery: String,
    /// Who, to the vendor.
    pub identity: Identity,
    /// Who that is here, by the binding of that moment.
    pub principal: PrincipalId,
    /// Where.
    pub place: Place,
    /// The private talk with them.
    pub direct: Place,
    /// The bot's message that they used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Posted>,
    /// What it says.
    pub said: Said,
    /// How surely it was them.
    #[serde(default, skip_serializing_if = "Assurance::is_said")]
    pub assurance: Assurance,
}

/// What it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Said {
    /// A sentence; what a button or a reaction says, too.
    Sentence {
        /// The words.
        text: String,
    },
    /// A request's form.
    Form {
        /// As it was filled in.
        form: Form,
    },
}

impl Heard {
    /// Through which chat identity it was said, for whatever follows from it.
    pub fn via(&self) -> Via {
        let message = self.message.as_ref().map(|posted| format!("{}/{}", posted.channel, posted.message));
        Via { delivery: self.delivery.clone(), identity: self.identity.clone(), message }
    }
}

/// A ticket that asks for access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketRequest {
    /// The reporter's account at the tracker.
    pub reporter: Option<String>,
    /// The form that its fields or its description hold.
    pub form: Form,
}

impl aggregate::Event for Record {}

impl Record {
    /// The category of what is kept of a sign-out: one stream a session, named after it.
    pub const SIGN_OUT: &str = "sign_out";

    /// The category of its stream.
    pub const fn category(&self) -> &'static str {
        match self {
            Self::CommandDenied { .. } => "denial",
            Self::WebhookReceived { .. } => "webhook",
            Self::WebhookRejected { .. } => "webhook_rejection",
            Self::InteractionReceived(_) => "interaction",
            Self::InteractionRefused { .. } => "interaction_refusal",
            Self::SignedIn { .. } | Self::SignInRefused { .. } => "sign_in",
            Self::SignedOut { .. } => Self::SIGN_OUT,
            Self::RefusalsCounted { .. } => "refusals",
            Self::HistoryRead { .. } => "reading",
        }
    }
}

/// What follows from a record: a ticket that asks for access is a request.
pub fn react(record: &Record) -> Vec<Reaction> {
    match record {
        Record::WebhookReceived { request: Some(request), body, .. } => vec![Reaction::new(
            "ask",
            Wish::Ask { signed: *body, reporter: request.reporter.clone(), form: request.form.clone() },
        )],
        Record::InteractionReceived(heard) => vec![Reaction::new("interact", Wish::Interact(heard.clone()))],
        _ => vec![],
    }
}
