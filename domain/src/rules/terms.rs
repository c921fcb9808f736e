//! What the rules answer: forbidden, or allowed under terms. Plain data, because events keep it.

use std::collections::{BTreeMap, BTreeSet};

use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

use crate::duration::say_minutes;
use crate::envelope::ActorKind;
use crate::person::Person;

/// What the rules say to one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "a ruling is made once a request, and read everywhere")]
pub enum Ruling {
    /// It may be asked for, under these terms.
    Allowed(Terms),
    /// It may not be asked for.
    Forbidden(Refusal),
}

/// The terms under which a request may be granted: of all policies that allow it, the strictest of each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a demand that the rules make or not")]
pub struct Terms {
    /// The version of the rule set that decided.
    pub version: u64,
    /// The policies that allowed it, in the order of the text.
    pub policies: Vec<String>,
    /// Granted without any countersignature.
    pub auto: bool,
    /// How many people must countersign: at least 1, and 0 when `auto`.
    pub quorum: u32,
    /// A countersigner must fit every one of these.
    pub approvers: Vec<Approvers>,
    /// The longest time it may last without a break, in minutes.
    pub max_minutes: Option<u64>,
    /// The longest time it may have been granted for within the last days, in minutes, all accesses together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_total_minutes: Option<u64>,
    /// Who asks must say why, and so must who says no.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reason_required: bool,
    /// After how many minutes of waiting more people are told.
    pub escalate_after_minutes: Option<u64>,
    /// Who is told then: `group:<name>`, `person:<id>` or `role:<name>`.
    pub escalate_to: Vec<String>,
    /// Once it has escalated, a countersigner must fit every one of these instead of `approvers`: a policy that
    /// escalates then lets those in whom it names, and no policy opens the door of another.
    #[serde(default)]
    pub approvers_when_escalated: Vec<Approvers>,
    /// Every so many minutes of waiting, those who were asked are reminded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_after_minutes: Option<u64>,
    /// A reaction is enough for a countersignature.
    pub reaction: bool,
    /// It is countersigned in the console only, with a second factor.
    pub step_up: bool,
    /// Regular expressions that the ticket key must match, every one. Empty: no ticket is needed.
    pub ticket: Vec<String>,
    /// Statuses that the ticket must be in one of, of every list. Empty: any will do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ticket_status: Vec<Vec<String>>,
    /// What the policies say to the people, in the order of the text.
    pub messages: Vec<String>,
    /// What becomes of the access when who has it leaves the tenant.
    #[serde(default, skip_serializing_if = "OnLeave::is_end")]
    pub on_leave: OnLeave,
    /// The policies that must go on allowing the same for as long as the access lasts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub while_member: Vec<String>,
    /// What the annotations say that only the capability in question has, by their names, in the order of the text.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub own: BTreeMap<String, Vec<String>>,
}

/// What becomes of an access when who has it leaves the tenant. What comes first is stricter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnLeave {
    /// It ends at once.
    #[default]
    End,
    /// It may last so long from then on, and no longer than it would have lasted.
    Keep {
        /// In minutes.
        minutes: u64,
    },
}

impl OnLeave {
    /// Whether it ends at once.
    pub const fn is_end(&self) -> bool {
        matches!(self, Self::End)
    }
}

/// Why a request may not be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The version of the rule set that decided.
    pub version: u64,
    /// The policies that forbid it, in the order of the text; empty when simply no rule allows it.
    pub policies: Vec<String>,
    /// What these policies say to the people.
    pub messages: Vec<String>,
}

/// One policy's countersigners, as `group:<name>`, `person:<id>` and `role:<name>`: any of these.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Approvers(pub BTreeSet<String>);

impl Approvers {
    /// Whether the person is named here, or one of their groups or roles is.
    pub fn include(&self, person: &Person) -> bool {
        self.0.iter().any(|entry| match entry.split_once(':') {
            Some(("group", name)) => person.groups.contains(name),
            Some(("person", id)) => person.id.as_str() == id,
            Some(("role", name)) => person.roles.iter().any(|role| role.as_str() == name),
            _ => false,
        })
    }
}

/// One term that a request does not meet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Shortfall {
    /// It asks for longer than the rules allow; both in minutes.
    #[error("{} is too long: the rules allow at most {}", say_minutes(*asked), say_minutes(*max))]
    TooLong {
        /// What was asked for.
        asked: u64,
        /// The longest that is allowed.
        max: u64,
    },
    /// It names no duration, but the rules set a longest one, in minutes.
    #[error("say for how long: the rules allow at most {}", say_minutes(*max))]
    DurationMissing {
        /// The longest that is allowed.
        max: u64,
    },
    /// It names no ticket, but the rules want one.
    #[error("a ticket is needed, with a key that matches `{pattern}`")]
    TicketMissing {
        /// The regular expression that its key must match.
        pattern: String,
    },
    /// Its ticket's key is not of the kind that the rules want.
    #[error("the ticket key {ticket:?} does not match `{pattern}`")]
    TicketMismatch {
        /// The key that was given.
        ticket: String,
        /// The regular expression that it must match.
        pattern: String,
    },
    /// Its ticket is in another status than the rules want.
    #[error("the ticket {ticket:?} must be in one of {wanted:?}")]
    TicketStatus {
        /// The key that was given.
        ticket: String,
        /// The statuses that would do.
        wanted: Vec<String>,
    },
}

impl Terms {
    /// Whether these say what the others say, whichever version of the rules they are of. By which policies, and what those tell
    /// people, counts: whoever countersigns is shown that too.
    pub fn say_the_same(&self, others: &Self) -> bool {
        *self == Self { version: self.version, ..others.clone() }
    }

    /// Whether this person's countersignature could count: they fit every set of approvers. Agents and the system
    /// never do. That nobody countersigns their own request is for the request to check, which knows who asked.
    pub fn may_countersign(&self, person: &Person) -> bool {
        fits_all(&self.approvers, person)
    }

    /// Whether it could count once the request has escalated.
    pub fn may_countersign_when_escalated(&self, person: &Person) -> bool {
        fits_all(&self.approvers_when_escalated, person)
    }

    /// Whether the rules let anybody else countersign it once it has escalated: who was asked already may be asked once more.
    pub fn lets_more_in_when_escalated(&self) -> bool {
        self.approvers_when_escalated != self.approvers
    }

    /// Every term that a request for `minutes` with this ticket does not meet. A missing duration is a shortfall only
    /// where there is a longest one; whoever asks with a default fills it in first.
    pub fn shortfalls(&self, minutes: Option<u64>, ticket: Option<&str>) -> Vec<Shortfall> {
        let duration = match (minutes, self.max_minutes) {
            (Some(asked), Some(max)) if asked > max => Some(Shortfall::TooLong { asked, max }),
            (None, Some(max)) => Some(Shortfall::DurationMissing { max }),
            _ => None,
        };
        let tickets = self.ticket.iter().filter_map(|pattern| ticket_shortfall(pattern, ticket));
        duration.into_iter().chain(tickets).collect()
    }

    /// Every list of statuses that this ticket is in none of. However they are capitalised.
    pub fn status_shortfalls(&self, ticket: &str, status: &str) -> Vec<Shortfall> {
        let same = |wanted: &String| wanted.trim().to_lowercase() == status.trim().to_lowercase();
        let unmet = self.ticket_status.iter().filter(|wanted| !wanted.iter().any(same));
        unmet
            .map(|wanted| Shortfall::TicketStatus { ticket: ticket.to_owned(), wanted: wanted.clone() })
            .collect()
    }
}

fn fits_all(all: &[Approvers], person: &Person) -> bool {
    person.kind == ActorKind::Person
        && !all.is_empty()
        && all.iter().all(|approvers| approvers.include(person))
}

fn ticket_shortfall(pattern: &str, ticket: Option<&str>) -> Option<Shortfall> {
    let pattern = pattern.to_owned();
    let Some(ticket) = ticket else {
        return Some(Shortfall::TicketMissing { pattern });
    };
    // A pattern that does not compile cannot come out of a compiled rule set; should it, nothing matches it.
    let matches = ticket_pattern(&pattern).is_ok_and(|regex| regex.is_match(ticket));
    (!matches).then(|| Shortfall::TicketMismatch { ticket: ticket.to_owned(), pattern })
}

/// A key that a `@ticket` pattern accepts, for people who do not read patterns: of a project that the pattern names, or of any.
pub fn ticket_example(pattern: &str) -> Option<String> {
    let regex = ticket_pattern(pattern).ok()?;
    // What stands in brackets are letters to choose from, not a name.
    let mut depth = 0_u32;
    let outside = pattern.chars().map(|c| {
        depth = if c == '[' {
            depth + 1
        } else if c == ']' {
            depth.saturating_sub(1)
        } else {
            depth
        };
        if depth > 0 { ' ' } else { c }
    });
    let outside: String = outside.collect();
    let projects = outside.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let named = projects.filter(|word| word.len() > 1 && word.starts_with(|c: char| c.is_ascii_alphabetic()));
    let keys = named
        .chain(["OPS", "ops", "PROJ"])
        .flat_map(|project| ["17", "1", "123", "1234", "12345"].map(|number| format!("{project}-{number}")));
    let mut keys = keys.take(64);
    keys.find(|key| regex.find(key).is_some_and(|found| found.as_str() == key))
}

/// The compiled form of a `@ticket` pattern, bounded so that no rule set can eat the memory.
pub(super) fn ticket_pattern(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).size_limit(64 * 1024).dfa_size_limit(64 * 1024).build()
}
