//! What is kept because it happened, though no aggregate decided it: denials, webhooks, sign-ins.
//!
//! Each stands alone in a stream of its own, named after its delivery or command, so that the same one twice is one.

use serde::{Deserialize, Serialize};

use crate::access::Form;
use crate::aggregate;
use crate::denied::Violation;
use crate::envelope::Digest;
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
    /// Somebody signed in.
    SignedIn {
        /// How: `token`.
        method: String,
    },
    /// Somebody could not sign in.
    SignInRefused {
        /// Why.
        why: String,
    },
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
    /// The category of its stream.
    pub const fn category(&self) -> &'static str {
        match self {
            Self::CommandDenied { .. } => "denial",
            Self::WebhookReceived { .. } => "webhook",
            Self::WebhookRejected { .. } => "webhook_rejection",
            Self::SignedIn { .. } | Self::SignInRefused { .. } => "sign_in",
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
        _ => vec![],
    }
}
