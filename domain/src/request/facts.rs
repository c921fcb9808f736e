//! By what a request is found: whose it is and what it is about, under every name that there is for it. The audit finds by it all
//! that belongs to the request.

use std::collections::BTreeSet;

use super::event::{CHECKED, EVIDENCE_CHANGED, REQUESTED};
use super::{Content as _, Evidence as _, Kind, RequestEvent, Thing};
use crate::names::PrincipalId;

/// What an event tells of that by which its request is found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Whose it is, where it is somebody's: the principal, or else the account.
    pub whose: Option<String>,
    /// All texts that mean who asked, or whose it is.
    pub people: BTreeSet<String>,
    /// What it is about; of several names for one thing the one to be shown comes first.
    pub things: Vec<Thing>,
    /// Whom it concerns.
    pub concerned: BTreeSet<PrincipalId>,
}

impl Facts {
    /// What is found by these things, each with what kind of thing it is.
    pub fn about<'a>(things: impl IntoIterator<Item = (&'static str, &'a str)>) -> Self {
        let things = things.into_iter().map(|(kind, id)| Thing { kind, id: id.to_owned() });
        Self { things: things.collect(), ..Self::default() }
    }
}

impl<K: Kind> RequestEvent<K> {
    /// Whether an event of this name can tell by what its request is found: no other need be read for that.
    pub fn tells_facts(name: &str) -> bool {
        let what = name.strip_prefix(K::NAME).and_then(|rest| rest.strip_prefix('_'));
        what.is_some_and(|what| [REQUESTED, CHECKED, EVIDENCE_CHANGED].contains(&what))
    }

    /// By what its request is found, as far as the event tells it.
    pub fn facts(&self) -> Option<Facts> {
        match self {
            Self::Requested { asked } => {
                let mut facts = asked.facts();
                let own = asked.subjects().into_iter().chain([&asked.requester().id]);
                facts.concerned.extend(own.cloned());
                facts.people.extend(facts.concerned.iter().map(ToString::to_string));
                Some(facts)
            }
            Self::Checked { findings, .. } | Self::EvidenceChanged { findings, .. } => Some(findings.facts()),
            _ => None,
        }
    }
}
