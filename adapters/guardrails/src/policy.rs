//! What a tenant wants of the guardrail: a value, with a version.

use std::collections::BTreeMap;

use countersign_domain::ports::{Crossing, FindingKind};
use serde::{Deserialize, Serialize};

/// A policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Which version it is: it stands in the log beside what was found.
    pub version: u32,
    /// What becomes of each kind at each crossing. What is not named passes.
    pub does: BTreeMap<Crossing, BTreeMap<Kind, Does>>,
    /// What is not talked about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<Topic>,
}

/// A kind of what can be found, as policies name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// E-mail addresses.
    Email,
    /// Telephone numbers.
    Phone,
    /// Numbers of payment cards.
    Card,
    /// Bank accounts.
    BankAccount,
    /// Numbers that states give to people.
    NationalId,
    /// Credentials.
    Secret,
    /// The policy's topics.
    DeniedTopic,
    /// What is harmful.
    Harmful,
    /// Orders to a model.
    Injection,
    /// What nobody sees.
    Hidden,
}

/// What becomes of what is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Does {
    /// It is masked, and the rest crosses.
    Mask,
    /// Nothing crosses.
    Refuse,
}

/// A subject, by the words that show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// What it is called.
    pub name: String,
    /// Words and phrases. One of them, whole, in whatever case, is enough.
    pub phrases: Vec<String>,
}

/// A policy that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPolicy {
    /// A topic says nothing of when it is met.
    #[error("the topic `{0}` has no phrases, so nothing would show it")]
    NoPhrases(String),
    /// A phrase has no letter.
    #[error("the topic `{topic}` has a phrase without a letter or digit: `{phrase}`")]
    NoWord {
        /// The topic.
        topic: String,
        /// The phrase.
        phrase: String,
    },
    /// There is too much of it.
    #[error("the topic `{topic}` has more than {most} phrases, or longer ones than {longest} characters")]
    TooMuch {
        /// The topic.
        topic: String,
        /// How many it may have.
        most: usize,
        /// How long each may be.
        longest: usize,
    },
}

impl Kind {
    /// The kind of a finding.
    pub fn of(finding: &FindingKind) -> Option<Self> {
        Some(match finding {
            FindingKind::Email => Self::Email,
            FindingKind::Phone => Self::Phone,
            FindingKind::Card => Self::Card,
            FindingKind::BankAccount => Self::BankAccount,
            FindingKind::NationalId => Self::NationalId,
            FindingKind::Secret => Self::Secret,
            FindingKind::DeniedTopic(_) => Self::DeniedTopic,
            FindingKind::Harmful(_) => Self::Harmful,
            FindingKind::Injection => Self::Injection,
            FindingKind::Hidden => Self::Hidden,
            FindingKind::Ungrounded | FindingKind::Unseen | FindingKind::Other(_) => return None,
        })
    }
}

impl Default for Policy {
    /// What a help desk needs: numbers that can be misused cross nowhere, no document gives orders, nobody is told how to do harm,
    /// and nobody is given the advice of a doctor or a lawyer. Addresses and telephone numbers pass: a help desk is asked for them.
    fn default() -> Self {
        use Does::{Mask, Refuse};
        use Kind::{BankAccount, Card, DeniedTopic, Harmful, Hidden, Injection, NationalId, Secret};

        let numbers = [(Card, Mask), (BankAccount, Mask), (NationalId, Mask), (Secret, Mask)];
        let of = |more: &[(Kind, Does)]| numbers.into_iter().chain(more.iter().copied()).collect();
        let does = BTreeMap::from([
            (Crossing::Asked, of(&[(DeniedTopic, Refuse), (Harmful, Refuse), (Hidden, Mask)])),
            (Crossing::Untrusted, of(&[(Injection, Refuse), (Hidden, Mask)])),
            (
                Crossing::Called,
                of(&[(Card, Refuse), (BankAccount, Refuse), (NationalId, Refuse), (Secret, Refuse)]),
            ),
            (Crossing::Answered, of(&[(DeniedTopic, Refuse), (Harmful, Refuse), (Hidden, Mask)])),
        ]);
        let topic = |name: &str, phrases: &[&str]| Topic {
            name: name.to_owned(),
            phrases: phrases.iter().map(|phrase| (*phrase).to_owned()).collect(),
        };
        let topics = vec![
            topic(
                "medical advice",
                &[
                    "diagnose me",
                    "my symptoms",
                    "what dose",
                    "which dose",
                    "which medication",
                    "medical advice",
                    "is this rash",
                ],
            ),
            topic(
                "legal advice",
                &[
                    "legal advice",
                    "should I sue",
                    "can I sue",
                    "my divorce",
                    "am I liable",
                    "will I go to prison",
                ],
            ),
            topic(
                "personal advice",
                &[
                    "relationship advice",
                    "break up with my",
                    "should I marry",
                    "invest my savings",
                    "which stocks",
                ],
            ),
        ];
        Self { version: 1, does, topics }
    }
}
