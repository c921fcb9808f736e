//! What can have happened to a request. Names and shapes are for ever.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use strum::VariantNames;

use super::{Assurance, Difference, Kind};
use crate::aggregate::{self, content_of, read_tagged};
use crate::denied::Violation;
use crate::envelope::Digest;
use crate::names::PrincipalId;
use crate::rules::{Ruling, Terms};

/// The events of a request of kind `K`. The name in the log is the kind's, an underscore, and the variant's in snake case:
/// `access_requested`. A kind's own events are named in the same way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[serde(tag = "type", content = "data", rename_all = "snake_case", bound = "")]
#[strum(serialize_all = "snake_case")]
#[expect(
    clippy::large_enum_variant,
    reason = "events are read one page at a time, so that their size does not add up"
)]
pub enum RequestEvent<K: Kind> {
    /// Somebody asked.
    Requested {
        /// For what.
        asked: Box<K::Content>,
    },
    /// The outside and the rules were asked.
    Checked {
        /// What was found.
        findings: Box<K::Evidence>,
        /// What the rules said, where the content was good enough to ask them.
        ruling: Option<Ruling>,
    },
    /// The rules changed while it waited: they were asked again, and countersignatures given before count for nothing.
    Rechecked {
        /// What they say now.
        terms: Box<Terms>,
    },
    /// What it is decided on is otherwise than was shown: it is decided on what is now, and countersignatures given before
    /// count for nothing.
    EvidenceChanged {
        /// What there is now.
        findings: Box<K::Evidence>,
        /// What is otherwise.
        differences: Vec<Difference<K>>,
        /// Whose countersignatures count no more.
        voided: Vec<PrincipalId>,
    },
    /// It waits for countersignatures.
    Waiting {
        /// To do what.
        proposal: K::Proposal,
        /// By whom it was proposed.
        by: PrincipalId,
        /// On these terms.
        terms: Box<Terms>,
        /// Nobody countersigning by then, it lapses.
        due: Timestamp,
        /// Nobody countersigning by then, others are asked too.
        escalate_at: Option<Timestamp>,
        /// Why, in the words of who proposed it, where that is not said with what was asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
    /// Others are asked too.
    Escalated {
        /// Whom the rules name.
        to: Vec<String>,
    },
    /// Somebody countersigned what the receipt is the digest of.
    Countersigned {
        /// Who.
        by: PrincipalId,
        /// Of what.
        receipt: Digest,
        /// How surely it was them.
        #[serde(default, skip_serializing_if = "Assurance::is_said")]
        assurance: Assurance,
        /// Whom they stand in for, where the rules name that person and not them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stands_in_for: Option<PrincipalId>,
    },
    /// Somebody took their countersignature back before it was decided.
    CountersignatureTakenBack {
        /// Who.
        by: PrincipalId,
    },
    /// Somebody's countersignature counts no more: they may not countersign this now.
    CountersignatureVoided {
        /// Whose.
        by: PrincipalId,
    },
    /// Somebody left the tenant who asked, or whose own it was: nobody decides on it any more.
    Closed {
        /// On what.
        proposal: K::Proposal,
        /// Who left.
        who: PrincipalId,
        /// The name people saw.
        name: String,
    },
    /// The ticket that asked for it was edited, and asks for something else now: nobody decides on it any more.
    Superseded {
        /// On what.
        proposal: K::Proposal,
        /// The ticket.
        ticket: String,
        /// Whether nothing of a request stands in it any more.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        asks_nothing: bool,
    },
    /// Those who were asked are reminded.
    Reminded {
        /// How often so far, with this time.
        times: u32,
    },
    /// Who asked wants everybody to be asked, however many they are.
    Announced {
        /// Who wants it.
        by: PrincipalId,
    },
    /// Enough have countersigned, or the rules ask nobody.
    Approved {
        /// Who countersigned.
        by: Vec<PrincipalId>,
        /// What that fixed.
        #[serde(flatten)]
        fixed: K::Fixed,
    },
    /// Somebody said no, or the checks did.
    Denied {
        /// To what.
        proposal: K::Proposal,
        /// Who; nobody where the checks did.
        by: Option<PrincipalId>,
        /// Why, where they said.
        reason: Option<String>,
        /// All that the checks found.
        violations: Vec<Violation>,
        /// The version of the rules that said no to what waited already.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rules: Option<u64>,
    },
    /// Who asked took it back.
    Withdrawn {
        /// What.
        proposal: K::Proposal,
        /// Who.
        by: PrincipalId,
    },
    /// Nobody answered in time.
    Lapsed {
        /// What.
        proposal: K::Proposal,
    },
    /// A vendor lets nobody in at the moment. Administrators are told; what it holds back goes on by itself.
    Delayed {
        /// Which: `bitbucket`, `jira`.
        vendor: String,
    },
    /// Something outside refused, or failed too often: a person must look.
    Failed {
        /// While doing what.
        phase: K::Phase,
        /// What was said.
        why: String,
        /// Whether an operator has said that it shall not be done: nothing tries it any more.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        given_up: bool,
    },
    /// What could not be done was done by hand, an operator says. Nobody's word ends an access: it is looked at until that is
    /// read back.
    Vouched {
        /// While doing what it had failed.
        phase: K::Phase,
        /// What else they said.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        note: String,
    },
    /// Something happened that only this kind knows.
    #[serde(skip)]
    Own(K::Event),
}

/// The variant that has no name of its own.
const OWN: &str = "own";
/// The variants that tell what is asked for, and what was found of it.
pub(super) const REQUESTED: &str = "requested";
pub(super) const CHECKED: &str = "checked";
pub(super) const EVIDENCE_CHANGED: &str = "evidence_changed";

impl<K: Kind> aggregate::Event for RequestEvent<K> {
    fn name(&self) -> Cow<'static, str> {
        let what = match self {
            Self::Own(event) => event.name(),
            life => Cow::Borrowed(<&'static str>::from(life)),
        };
        Cow::Owned(format!("{}_{what}", K::NAME))
    }

    fn content(&self) -> Value {
        match self {
            Self::Own(event) => event.content(),
            life => content_of(life),
        }
    }

    fn read(name: &str, content: &str) -> Option<Result<Self, serde_json::Error>> {
        let what = name.strip_prefix(K::NAME)?.strip_prefix('_')?;
        if what != OWN && Self::VARIANTS.contains(&what) {
            return Some(read_tagged(what, content));
        }
        K::Event::read(what, content).map(|event| event.map(Self::Own))
    }

    fn names() -> Vec<String> {
        let life = Self::VARIANTS.iter().filter(|what| **what != OWN).map(ToString::to_string);
        life.chain(K::Event::names()).map(|what| format!("{}_{what}", K::NAME)).collect()
    }
}

impl<K: Kind> RequestEvent<K> {
    /// Because of whom it came about, where that is somebody who left.
    pub fn because_of(&self) -> Option<&PrincipalId> {
        match self {
            Self::Closed { who, .. } | Self::CountersignatureVoided { by: who } => Some(who),
            Self::Own(event) => K::meaning(event).because_of,
            _ => None,
        }
    }
}
