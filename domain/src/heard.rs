//! What people say and write to the bot, as it was heard: a sentence or a form in a chat, and a ticket that asks for access.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::canonical;
use crate::denied::Violation;
use crate::envelope::{Digest, Via};
use crate::file::File;
use crate::form::Filled;
use crate::names::PrincipalId;
use crate::place::{Identity, Place, Posted};
use crate::request::Assurance;

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
    /// A sentence that takes a file, with the one that came with it. Its bytes are kept: what follows depends on no vendor any more.
    Shared {
        /// The words.
        text: String,
        /// The file.
        file: File,
    },
    /// A form, as it was filled in.
    Form(Filled),
}

impl Heard {
    /// Through which chat identity it was said, for whatever follows from it.
    pub fn via(&self) -> Via {
        let message = self.message.as_ref().map(|posted| format!("{}/{}", posted.channel, posted.message));
        Via { delivery: self.delivery.clone(), identity: self.identity.clone(), message }
    }
}

/// A ticket that asks for access.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketRequest {
    /// The account at the tracker of who asks: its reporter, or whoever wrote the form into it later.
    pub reporter: Option<String>,
    /// The name people see of them there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reporter_name: Option<String>,
    /// The form that its fields or its description hold.
    pub form: Form,
    /// What is wrong with the ticket besides its form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Violation>,
    /// Lines that every template has: harmless, unless a value names somebody or a repository.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<String>,
    /// Whether it was there before, and asks since it was edited.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub edited: bool,
    /// When that was written, by the tracker's clock, where it says so: deliveries come late, and in another order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

impl TicketRequest {
    /// Who asks, and for what: whatever the vendor sends of the ticket next, the same wish of the same person is the same.
    pub fn asks(&self) -> Option<Digest> {
        canonical::digest(&(&self.reporter, &self.form))
    }

    /// The same wish of whom it is for: what they wrote themselves, where somebody else edits something beside it.
    pub fn of_whom_it_is_for(&self) -> Option<Self> {
        let reporter = Some(self.form.user.clone()?);
        let form = Form { user: None, ..self.form.clone() };
        Some(Self { reporter, form, ..self.clone() })
    }
}

/// A request as it comes in: texts as people or tickets gave them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// `read`, `write`, `admin`.
    pub permission: Option<String>,
    /// The repository's name.
    pub repository: Option<String>,
    /// Who shall have it; the person who asks, where empty.
    pub user: Option<String>,
    /// `2 days`, or `until 2026-12-04T18:00+01:00`.
    pub duration: Option<String>,
    /// `OPS-17`.
    pub ticket: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

impl Form {
    /// The form with at most so many characters of each text: what nobody could mean is not carried about.
    #[must_use]
    pub fn cut(self, most: usize) -> Self {
        let cut = |text: Option<String>| text.map(|text| text.chars().take(most).collect());
        Self {
            permission: cut(self.permission),
            repository: cut(self.repository),
            user: cut(self.user),
            duration: cut(self.duration),
            ticket: cut(self.ticket),
            reason: cut(self.reason),
        }
    }
}
