//! What one policy's annotations say, read and checked.

use std::collections::{BTreeMap, BTreeSet};

use cedar_policy::{Effect, Policy};

use super::language::{self, Language, named_actions};
use super::source::PolicyPlace;
use super::terms::{Approvers, OnLeave, ticket_pattern};
use crate::duration::parse_minutes;
use crate::hidden::{deceives, hidden};
use crate::names::PrincipalId;
use crate::person::Role;

/// The annotations there are, for whatever a rule is about.
pub const KNOWN: [&str; 17] = [
    "id",
    "approvers",
    "auto",
    "escalate_after",
    "escalate_to",
    "max_duration",
    "max_total",
    "message",
    "on_leave",
    "quorum",
    "reaction",
    "reason",
    "remind_after",
    "step_up",
    "ticket",
    "ticket_status",
    "while_member",
];
/// Those that say how it is countersigned, and so make no sense beside `@auto`.
const OF_COUNTERSIGNING: [&str; 7] =
    ["approvers", "quorum", "reaction", "remind_after", "step_up", "escalate_after", "escalate_to"];
/// Those that say something of access, and nothing of anything else.
const OF_ACCESS: [&str; 6] =
    ["max_duration", "max_total", "on_leave", "ticket", "ticket_status", "while_member"];
/// Those that a `forbid` may have.
const OF_FORBID: [&str; 2] = ["id", "message"];

/// The most countersignatures a rule may ask for.
const MAX_QUORUM: u32 = 100;
/// The longest message, and the longest pattern of a ticket, in characters.
const MAX_TEXT: usize = 500;

/// An annotation that only rules about one action have. What it says stands in [`Terms::own`](super::Terms::own).
#[derive(Debug)]
pub struct Own {
    /// Its name.
    pub name: &'static str,
    /// What the rules are about that have it.
    pub action: &'static str,
    /// What is wrong with what it says, and what would be right.
    pub check: fn(&str) -> Result<(), String>,
}

/// Every annotation there is.
fn known(language: &Language) -> impl Iterator<Item = &'static str> {
    KNOWN.into_iter().chain(language.annotations.iter().map(|own| own.name))
}

/// What one policy's annotations say. What is missing says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is an annotation that is there or not")]
pub(super) struct Annotations {
    pub(super) auto: bool,
    pub(super) quorum: Option<u32>,
    pub(super) approvers: Option<Approvers>,
    pub(super) max_minutes: Option<u64>,
    pub(super) max_total_minutes: Option<u64>,
    pub(super) reason_required: bool,
    pub(super) escalate_after_minutes: Option<u64>,
    pub(super) escalate_to: Vec<String>,
    pub(super) remind_after_minutes: Option<u64>,
    pub(super) reaction: bool,
    pub(super) step_up: bool,
    pub(super) ticket: Option<String>,
    pub(super) ticket_status: Option<Vec<String>>,
    pub(super) message: Option<String>,
    pub(super) on_leave: OnLeave,
    pub(super) while_member: bool,
    pub(super) own: BTreeMap<String, String>,
}

/// Whether a policy may be called this.
pub(super) fn is_name(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    (1..=64).contains(&text.len()) && text.bytes().all(fits)
}

/// Something wrong, at a byte offset of the text.
pub(super) type Misplaced = (usize, String);

impl Annotations {
    /// Reads the annotations of a policy; every fault is noted, so that all can be mended at once.
    pub(super) fn read(
        language: &Language,
        policy: &Policy,
        place: &PolicyPlace,
        faults: &mut Vec<Misplaced>,
    ) -> Self {
        let mut annotations = Self::default();
        for (name, value) in policy.annotations() {
            if let Err(message) = annotations.take(language, name, value) {
                faults.push((place.of(name), message));
            }
        }
        faults.extend(disagreements(language, policy, place, annotations.auto));
        annotations
    }

    fn take(&mut self, language: &Language, name: &str, value: &str) -> Result<(), String> {
        let named = |message: String| format!("@{name}: {message}");
        match name {
            "id" => id(value),
            "approvers" => principals(value).map(|entries| self.approvers = Some(Approvers(entries))),
            "auto" => flag(value).map(|flag| self.auto = flag),
            "escalate_after" => minutes(value).map(|minutes| self.escalate_after_minutes = Some(minutes)),
            "escalate_to" => {
                principals(value).map(|entries| self.escalate_to = entries.into_iter().collect())
            }
            "max_duration" => minutes(value).map(|minutes| self.max_minutes = Some(minutes)),
            "max_total" => minutes(value).map(|minutes| self.max_total_minutes = Some(minutes)),
            "message" => text(value).map(|text| self.message = Some(text)),
            "on_leave" => on_leave(value).map(|what| self.on_leave = what),
            "quorum" => quorum(value).map(|quorum| self.quorum = Some(quorum)),
            "reason" => reason(value).map(|required| self.reason_required = required),
            "remind_after" => minutes(value).map(|minutes| self.remind_after_minutes = Some(minutes)),
            "reaction" => flag(value).map(|flag| self.reaction = flag),
            "step_up" => flag(value).map(|flag| self.step_up = flag),
            "ticket" => pattern(value).map(|pattern| self.ticket = Some(pattern)),
            "ticket_status" => statuses(value).map(|statuses| self.ticket_status = Some(statuses)),
            "while_member" => flag(value).map(|flag| self.while_member = flag),
            _ => match language.annotations.iter().find(|own| own.name == name) {
                Some(own) => {
                    (own.check)(value).map(|()| drop(self.own.insert(name.to_owned(), value.to_owned())))
                }
                None => return Err(unknown(language, name)),
            },
        }
        .map_err(named)
    }
}

/// Annotations that are right each for itself, but not together or not on this kind of policy.
fn disagreements(language: &Language, policy: &Policy, place: &PolicyPlace, auto: bool) -> Vec<Misplaced> {
    let has = |name: &str| policy.annotation(name).is_some();
    let at = |name: &str, message: String| (place.of(name), message);
    if policy.effect() == Effect::Forbid {
        let wrong = known(language).filter(|name| has(name) && !OF_FORBID.contains(name));
        return wrong
            .map(|name| at(name, format!("@{name}: a forbid takes only @id and @message")))
            .collect();
    }
    let mut faults = Vec::new();
    if auto {
        let wrong = OF_COUNTERSIGNING.into_iter().filter(|name| has(name));
        faults
            .extend(wrong.map(|name| at(name, format!("@{name}: with @auto nobody countersigns; drop one"))));
    } else if !has("approvers") && matches!(policy.annotation("auto"), None | Some("false")) {
        let message = "nobody could ever countersign this: add @approvers(\"group:…\") or @auto";
        faults.push((place.start(), message.to_owned()));
    }
    if has("escalate_to") && !has("escalate_after") {
        faults
            .push(at("escalate_to", "@escalate_to: say when, with @escalate_after(\"4 hours\")".to_owned()));
    }
    if has("ticket_status") && !has("ticket") {
        let message = "@ticket_status: say which tickets, with @ticket(\"^[A-Z][A-Z0-9]+-[0-9]+$\")";
        faults.push(at("ticket_status", message.to_owned()));
    }
    faults.extend(misapplied(language, policy).into_iter().map(|(name, message)| at(name, message)));
    faults
}

/// Annotations that say nothing of what the policy is about: whoever wrote them believes that they do.
fn misapplied(language: &Language, policy: &Policy) -> Vec<(&'static str, String)> {
    let has = |name: &&str| policy.annotation(name).is_some();
    let actions = named_actions(policy);
    let about = |action: &str| {
        actions.as_ref().is_some_and(|named| named.iter().all(|one| *one == language::action(action)))
    };
    let of_access = actions
        .iter()
        .flatten()
        .find(|action| language.whole.has(action) && !language.unnamed.has(action))
        .map(|other| {
            let message = move |name| {
                (name, format!("@{name}: is for access, and this rule is about {}", other.id().unescaped()))
            };
            OF_ACCESS.into_iter().filter(has).map(message)
        });
    let own = language.annotations.iter().filter(|own| has(&own.name) && !about(own.action));
    let own = own.map(|own| {
        (
            own.name,
            format!(
                "@{}: say that the rule is about it, with action == Action::\"{}\"",
                own.name, own.action
            ),
        )
    });
    of_access.into_iter().flatten().chain(own).collect()
}

fn unknown(language: &Language, name: &str) -> String {
    let nearest = known(language).max_by(|a, b| {
        let likeness = |known: &str| strsim::normalized_damerau_levenshtein(known, name);
        likeness(a).total_cmp(&likeness(b))
    });
    format!("there is no annotation @{name}: did you mean @{}?", nearest.unwrap_or_default())
}

fn id(value: &str) -> Result<(), String> {
    if is_name(value) { Ok(()) } else { Err("use 1 to 64 letters, digits and - _ .".to_owned()) }
}

fn flag(value: &str) -> Result<bool, String> {
    match value {
        "" | "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(format!("{value:?} is neither \"true\" nor \"false\"; leave the value out to say yes")),
    }
}

fn reason(value: &str) -> Result<bool, String> {
    match value {
        "required" => Ok(true),
        "optional" => Ok(false),
        _ => Err(format!("{value:?} is neither \"required\" nor \"optional\"")),
    }
}

fn minutes(value: &str) -> Result<u64, String> {
    parse_minutes(value).map_err(|fault| fault.to_string())
}

fn on_leave(value: &str) -> Result<OnLeave, String> {
    match value.trim() {
        "end" => Ok(OnLeave::End),
        text => match text.strip_prefix("keep ") {
            Some(time) => minutes(time.trim()).map(|minutes| OnLeave::Keep { minutes }),
            None => Err(format!("{value:?} is neither \"end\" nor \"keep 7 days\"")),
        },
    }
}

fn quorum(value: &str) -> Result<u32, String> {
    let number = value.parse().ok().filter(|number| (1..=MAX_QUORUM).contains(number));
    number.ok_or_else(|| format!("{value:?} is not a number from 1 to {MAX_QUORUM}"))
}

fn text(value: &str) -> Result<String, String> {
    if value.trim().is_empty() || value.chars().count() > MAX_TEXT {
        return Err(format!("write 1 to {MAX_TEXT} characters"));
    }
    match hidden(value) {
        Some((_, hidden)) => Err(format!("the invisible character {hidden:?} is not allowed")),
        None => Ok(value.to_owned()),
    }
}

fn pattern(value: &str) -> Result<String, String> {
    let pattern = text(value)?;
    match ticket_pattern(&pattern) {
        Ok(_) => Ok(pattern),
        Err(regex::Error::CompiledTooBig(_)) => Err("the regular expression is too large".to_owned()),
        // The parser's own message draws the pattern over several lines; its last line says what is wrong.
        Err(error) => {
            let message = error.to_string();
            let reason = message.lines().last().unwrap_or_default().trim_start_matches("error: ");
            Err(format!("{pattern:?} is not a regular expression: {reason}"))
        }
    }
}

/// `To Do, In Progress`, each the name of a status.
fn statuses(value: &str) -> Result<Vec<String>, String> {
    let names: Vec<_> = text(value)?.split(',').map(|name| name.trim().to_owned()).collect();
    if names.iter().any(String::is_empty) {
        return Err(format!("{value:?} names no status between two commas: write \"To Do, In Progress\""));
    }
    Ok(names)
}

/// `group:platform, person:ada, role:admin`, each checked.
fn principals(value: &str) -> Result<BTreeSet<String>, String> {
    value.split(',').map(|entry| principal(entry.trim())).collect()
}

fn principal(entry: &str) -> Result<String, String> {
    let wrong = || {
        format!("{entry:?} names nobody: write group:<name>, person:<id> or role:admin, separated by commas")
    };
    let (kind, name) = entry.split_once(':').ok_or_else(wrong)?;
    let fits = match kind {
        "group" => !name.is_empty() && name.trim() == name && !name.chars().any(deceives),
        "person" => PrincipalId::try_from(name.to_owned()).is_ok(),
        "role" => [Role::Admin, Role::Auditor].iter().any(|role| role.as_str() == name),
        _ => false,
    };
    if fits { Ok(entry.to_owned()) } else { Err(wrong()) }
}
