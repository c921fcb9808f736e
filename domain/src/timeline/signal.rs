//! One thing that happened, in the same form whoever told of it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SignalKind {
    /// Commits came to a branch or a tag, or it was taken away.
    #[serde(rename = "change.pushed")]
    ChangePushed,
    /// A change was proposed.
    #[serde(rename = "change.proposed")]
    ChangeProposed,
    /// A proposed change was taken in.
    #[serde(rename = "change.merged")]
    ChangeMerged,
    /// A proposed change was closed without being taken in.
    #[serde(rename = "change.declined")]
    ChangeDeclined,
    /// A version was published.
    #[serde(rename = "change.released")]
    ChangeReleased,
    /// A check, or a run of a workflow, came to its end.
    #[serde(rename = "run.finished")]
    RunFinished,
    /// Somebody wants a version in an environment.
    #[serde(rename = "deployment.requested")]
    DeploymentRequested,
    /// A version is being put into an environment.
    #[serde(rename = "deployment.started")]
    DeploymentStarted,
    /// It is there, or it failed.
    #[serde(rename = "deployment.finished")]
    DeploymentFinished,
    /// An alarm went on.
    #[serde(rename = "alert.opened")]
    AlertOpened,
    /// It went off.
    #[serde(rename = "alert.cleared")]
    AlertCleared,
}

/// By which clock the time of a signal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeSource {
    /// The sender's.
    Payload,
    /// Ours: the sender said nothing, or what cannot be.
    Received,
}

/// What it happened to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// `branch`, `tag`, `pull request`, `check`, `workflow`, `deployment`, `release`, `alarm`.
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// Its page at the vendor's: of HTTPS, of the host that the tenant named or the vendor's own console, and without credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// The versions that it is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha: Option<String>,
    /// The one before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// The branch or tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The number of the pull request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<u64>,
    /// How many commits came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commits: Option<u64>,
}

/// A name that was found for it, and what said so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// The name.
    pub name: String,
    /// By what.
    pub by: NamedBy,
}

/// What says what something is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NamedBy {
    /// The tenant's configuration.
    Configuration,
    /// The repository, which is called so.
    Repository,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    /// What.
    pub kind: SignalKind,
    /// When.
    pub at: Timestamp,
    /// By which clock that is.
    pub time_source: TimeSource,
    /// To what.
    pub subject: Subject,
    /// In which repository, as its owner and its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// Of which service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Named>,
    /// In which environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// By whom, as the vendor calls them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// How it ended, in the vendor's word: `success`, `failure`, `deleted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// About which versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
    /// What is wrong, where something is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub symptom: Option<Symptom>,
}

/// Something that is wrong: the same one whenever it is told of, on whatever way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Symptom {
    /// What it is known by.
    pub fingerprint: Uuid,
    /// What that is made of: the vendor, and its own names of where and what.
    pub made_of: Vec<String>,
    /// Why, as the vendor says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What fingerprints are derived in.
const FINGERPRINTS: Uuid = Uuid::from_u128(0x4e1d_70b2_6c35_4d0f_93a8_17be_c2d4_5a06);

impl Symptom {
    /// What is known by these names.
    pub fn fingerprint(made_of: &[String]) -> Uuid {
        // Each with its length: no two lists of names read the same.
        let written: Vec<_> = made_of.iter().map(|name| format!("{}:{name}", name.len())).collect();
        Uuid::new_v5(&FINGERPRINTS, written.concat().as_bytes())
    }
}

/// So much later than ours a sender's clock may be.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);
/// So long after something happened it may be told: GitHub sends a delivery again for three days, on its own servers for seven.
const BEHIND: SignedDuration = SignedDuration::from_hours(24 * 8);

impl Signal {
    /// When something happened that a delivery tells of: by the sender's clock, where that can be.
    pub fn happened(said: Option<Timestamp>, received: Timestamp) -> (Timestamp, TimeSource) {
        let can_be = |at: &Timestamp| (-BEHIND..=AHEAD).contains(&at.duration_since(received));
        match said.filter(can_be) {
            Some(at) => (at.min(received), TimeSource::Payload),
            None => (received, TimeSource::Received),
        }
    }

    /// Everything it is found by, in lower case: its service, its repository with and without the owner, and of an alarm its name and
    /// fingerprint. Each once.
    pub fn found_by(&self) -> Vec<String> {
        let repository = self.repository.iter().flat_map(|name| {
            let short = name.rsplit('/').next().map(str::to_owned);
            std::iter::once(name.clone()).chain(short)
        });
        let service = self.service.iter().map(|service| service.name.clone());
        let symptom = self
            .symptom
            .iter()
            .flat_map(|symptom| [self.subject.name.clone(), symptom.fingerprint.to_string()]);
        let names = service.chain(repository).chain(symptom);
        let mut names: Vec<_> = names.map(|name| name.to_lowercase()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use proptest::prelude::*;

    use super::*;
    use crate::testing::noon;
    use crate::timeline::example;

    #[test]
    fn a_sender_whose_clock_is_three_days_ahead_is_told_by_ours() {
        assert_eq!(Signal::happened(Some(noon() + 72.hours()), noon()), (noon(), TimeSource::Received));
        assert_eq!(Signal::happened(None, noon()), (noon(), TimeSource::Received));
        let late = noon() - 72.hours();
        assert_eq!(Signal::happened(Some(late), noon()), (late, TimeSource::Payload), "it came again");
        assert_eq!(Signal::happened(Some(noon() - 900.hours()), noon()).1, TimeSource::Received);
    }

    #[test]
    fn what_happened_is_found_by_its_service_and_by_its_repository_however_that_is_named() {
        assert_eq!(example::merged().found_by(), ["acme/pay-api", "pay-api", "payments-api"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn nothing_happened_later_than_it_was_told(seconds in -10_000_000_i64..10_000_000) {
            let said = noon() + SignedDuration::from_secs(seconds);
            prop_assert!(Signal::happened(Some(said), noon()).0 <= noon());
        }
    }
}
