//! What can happen to a version of a document besides what can to every request. Names and shapes are for ever.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Document, Read};
use crate::aggregate::Tagged;
use crate::audience::Acl;
use crate::names::PrincipalId;
use crate::person::Person;
use crate::request::{self, Code, Command, Request, RequestEvent};

/// A request that a file be a version of a document.
pub type DocumentRequest = Request<Document>;
/// What can have happened to it.
pub type DocumentRequestEvent = RequestEvent<Document>;
/// What it can be asked to do.
pub type DocumentRequestCommand = Command<Document>;

/// What is proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Proposal {
    /// To let it be read.
    Publish,
}

/// What was being done when something failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Reading it, and putting it into the index.
    Reading,
    /// Taking it out of the index.
    TakingOut,
}

/// What becomes of a version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum DocumentEvent {
    /// Its text was read.
    Extracted {
        /// What stands in it.
        read: Box<Read>,
    },
    /// From now on answers are taken from it.
    Live {},
    /// Another version is in its place.
    Replaced {
        /// The request of that version.
        by: Code,
    },
    /// Another version was to be in its place, which has been taken by a third.
    PassedOver {
        /// The request of the version that was late.
        by: Code,
    },
    /// It is not, for another version is in the place that it was to have.
    Overtaken {},
    /// Fewer may read it from now on.
    Narrowed {
        /// Who says so.
        by: PrincipalId,
        /// Who may.
        acl: Acl,
    },
    /// Nothing is taken from it any more.
    Retired {
        /// Who says so.
        by: PrincipalId,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Somebody is to look whether it is still right.
    ReviewDue {},
    /// Somebody has.
    Reviewed {
        /// Who.
        by: PrincipalId,
        /// When it is looked at next.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
}

impl Tagged for DocumentEvent {}

/// What a version is told besides what every request is.
#[derive(Debug, Clone, PartialEq)]
pub enum DocumentCommand {
    /// Its text was read.
    TakeText(Box<Read>),
    /// Its place is free, and it was countersigned.
    GoLive,
    /// Another one is to be in its place.
    GiveWay {
        /// The request of that one.
        to: Code,
    },
    /// The place that it was to have is taken.
    Overtake,
    /// Let fewer read it.
    Narrow {
        /// Who says so.
        by: Box<Person>,
        /// Who may from now on.
        acl: Acl,
    },
    /// Let nothing be taken from it.
    Retire {
        /// Who says so.
        by: Box<Person>,
        /// Why.
        reason: Option<String>,
    },
    /// It may be time to look at it.
    RemindOfReview,
    /// It is still right.
    Review {
        /// Who says so.
        by: Box<Person>,
        /// When it is looked at next.
        until: Option<Date>,
    },
}

impl From<DocumentCommand> for DocumentRequestCommand {
    fn from(command: DocumentCommand) -> Self {
        Self::Own(command)
    }
}

/// What becomes due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// That somebody looks at it.
    Review,
}

impl request::Due<DocumentCommand> for Due {
    fn command(self) -> DocumentCommand {
        let Self::Review = self;
        DocumentCommand::RemindOfReview
    }
}

impl From<Due> for &'static str {
    fn from(Due::Review: Due) -> Self {
        "review"
    }
}

/// What those are told who have to do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentNews {
    /// Answers are taken from it.
    Live,
    /// They are not, for another version is in its place.
    Overtaken,
    /// Nothing is taken from it any more.
    Retired,
    /// Somebody is to look at it.
    ReviewDue,
}
