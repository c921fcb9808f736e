//! What the bot says in chat only; what it says elsewhere too stands in [`countersign_domain::words`].
//!
//! The same tone, and the same rule: no sentence is built in two places.

mod asking;
mod history;
mod talk;

use countersign_domain::access::{Access, Code, Open, Permission, Proposal, Requester, Status, say_minutes};
use countersign_domain::envelope::ActorKind;
use countersign_domain::names::PrincipalId;
use countersign_domain::rules::{Ruling, Terms};
use countersign_domain::words::{
    countersignatures, ended, instant, list, phase_words, quoted, spoken, violation,
};
use jiff::Timestamp;

pub use asking::*;
pub use history::happened;
pub use talk::*;

/// The label of a field.
pub const STATUS: &str = "Status";
/// The label of a field.
pub const ASKED_BY: &str = "Asked by";
/// The label of a field.
pub const FOR_WHOM: &str = "For";
/// The label of a field.
pub const PERMISSION: &str = "Permission";
/// The label of a field.
pub const REPOSITORY: &str = "Repository";
/// The label of a field.
pub const HOW_LONG: &str = "For how long";
/// The label of a field.
pub const REASON: &str = "Why";
/// The label of a field.
pub const TICKET: &str = "Ticket";
/// The label of a field.
pub const HOLDS: &str = "Holds already";
/// The label of a field.
pub const RULE: &str = "Rule";
/// The label of a field.
pub const COUNTERSIGNED_BY: &str = "Countersigned by";
/// The label of a field.
pub const MAY_COUNTERSIGN: &str = "May countersign";
/// The label of a field.
pub const UNTIL: &str = "Waits until";
/// The label of a field.
pub const RECEIPT: &str = "Receipt";

/// What stands on a button.
pub const APPROVE: &str = "Approve";
/// What stands on a button.
pub const DENY: &str = "Deny";
/// What stands on a button.
pub const WITHDRAW: &str = "Withdraw";
/// What stands on a button.
pub const WITHDRAW_EXTENSION: &str = "Withdraw the extension";
/// What stands on a button.
pub const EXTEND: &str = "Extend by a day";
/// What stands on a button.
pub const GIVE_BACK: &str = "Give back";
/// What stands on a button.
pub const REVOKE: &str = "Revoke";
/// What stands on a button.
pub const WHY: &str = "Why?";
/// What stands on a button.
pub const HELP: &str = "Help";
/// What stands on a button.
pub const SEE_PARKED: &str = "See what is parked";
/// What stands on a button.
pub const REQUEUE: &str = "Try again";

/// The title of a card that says no.
pub const NOT_DONE: &str = "That was not done";
/// The title of a card that asks what was meant.
pub const NOT_UNDERSTOOD: &str = "I did not understand that";
/// The title of a card that asks for what is missing.
pub const NOT_COMPLETE: &str = "Something is missing";
/// The title of the help.
pub const WHAT_I_CAN_DO: &str = "What I can do";

/// What can be typed instead of pressing buttons; nothing where there are none.
pub fn you_can_say(sentences: &[String]) -> Option<String> {
    (!sentences.is_empty()).then(|| format!("You can say: {}", sentences.join(" · ")))
}

/// The title of a request's card.
pub fn title(code: &Code, what: &str) -> String {
    format!("{code}: {what}")
}

/// The title of a request's card while an extension is proposed.
pub fn title_of_extension(code: &Code, minutes: u64, what: &str) -> String {
    format!("{code}: {} more of {what}", say_minutes(minutes))
}

/// Who asks.
pub fn requester(requester: &Requester, name: &str) -> String {
    match requester.kind {
        ActorKind::Agent => format!("{name}, an agent"),
        _ if !requester.known => format!("{name}, whom I do not know"),
        _ => name.to_owned(),
    }
}

/// Where no reason was given.
pub fn no_reason() -> String {
    "no reason was given".to_owned()
}

/// For how long, and until when at the latest where a time was said.
pub fn how_long(minutes: u64, until: Option<Timestamp>) -> String {
    match until {
        Some(until) => format!("{}, until {} at the latest", say_minutes(minutes), instant(until)),
        None => say_minutes(minutes),
    }
}

/// What somebody holds already.
pub fn holds(present: Option<Permission>) -> String {
    present.map_or_else(|| "nothing".to_owned(), |permission| permission.to_string())
}

/// So many others.
pub fn more(count: usize) -> String {
    if count == 1 { "one other".to_owned() } else { format!("{count} others") }
}

/// Who may countersign: as the rules say it, and who that is now.
pub fn may_countersign(rule: &[String], people: &[String]) -> String {
    let rule = rule.join(", and also of ");
    if people.is_empty() {
        format!("{rule} (nobody at the moment)")
    } else {
        format!("{} ({rule})", list(people))
    }
}

/// What the rules said.
pub fn ruling(ruling: &Ruling) -> String {
    match ruling {
        Ruling::Allowed(allowed) => terms(allowed),
        Ruling::Forbidden(refusal) if refusal.policies.is_empty() => {
            format!("no rule allows it; rules version {}", refusal.version)
        }
        Ruling::Forbidden(refusal) => {
            format!("forbidden by {}; rules version {}", list(&refusal.policies), refusal.version)
        }
    }
}

/// What the rules demand.
pub fn terms(terms: &Terms) -> String {
    let quorum = if terms.auto { "no countersignature".to_owned() } else { countersignatures(terms.quorum) };
    let said =
        if terms.messages.is_empty() { String::new() } else { format!(" ({})", terms.messages.join(" ")) };
    format!("{quorum}, by {}; rules version {}{said}", list(&terms.policies), terms.version)
}

/// The status, as people say it.
pub fn standing(access: &Access) -> String {
    match (&access.open, access.status) {
        (Some(open), Status::Active) => {
            format!("active, an extension waits for {}", countersignatures(open.terms.quorum))
        }
        (Some(open), _) => {
            let (have, need) = (open.countersigned.len(), open.terms.quorum);
            format!("waiting, {have} of {need} countersigned")
        }
        _ => spoken(access.status.as_str()),
    }
}

/// What happens now and next, in sentences.
pub fn how_it_stands(access: &Access, now: Timestamp, name: &dyn Fn(&PrincipalId) -> String) -> Vec<String> {
    let mut lines = match access.status {
        Status::New => vec![],
        Status::Checking => {
            vec!["I am checking user, repository, ticket and rules; this card will change.".to_owned()]
        }
        Status::Waiting => waiting(access),
        Status::Granting => vec![
            "Approved. I am setting the permission, and read it back before I call it granted.".to_owned(),
        ],
        Status::Active => active(access, now),
        Status::Ending => {
            let why = access.ending.as_ref().map(|ending| ended(ending, name)).unwrap_or_default();
            vec![format!("I am taking the permission back: {why}.")]
        }
        Status::Failed => failed(access),
        Status::Denied => denied(access, name),
        Status::Withdrawn => vec!["It was withdrawn before it was granted; nothing was changed.".to_owned()],
        Status::Expired if access.ending.is_none() => {
            vec!["Nobody countersigned in time. Ask again if it is still needed.".to_owned()]
        }
        Status::Expired | Status::GivenBack | Status::Revoked => {
            let why = access.ending.as_ref().map(|ending| ended(ending, name)).unwrap_or_default();
            vec![match access.left {
                Some(left) => format!(
                    "{}. This access has ended, and that was read back: {left} stays, which is held anyway.",
                    capital(&why)
                ),
                None => format!("{}. The permission was taken back, and that was read back.", capital(&why)),
            }]
        }
    };
    if access.status == Status::Active && access.denial.is_some() && access.open.is_none() {
        lines.push("An extension was asked for and denied:".to_owned());
        lines.extend(denied(access, name));
    }
    lines
}

fn waiting(access: &Access) -> Vec<String> {
    let Some(open) = &access.open else { return vec![] };
    let left =
        u32::try_from(open.countersigned.len()).map_or(0, |have| open.terms.quorum.saturating_sub(have));
    let mut lines =
        vec![format!("It waits for {}, and expires if nobody answers in time.", countersignatures(left))];
    if open.escalated {
        lines.push("Nobody answered for long, so more people were asked.".to_owned());
    }
    lines
}

fn countersignatures_left(open: &Open) -> u32 {
    u32::try_from(open.countersigned.len()).map_or(0, |have| open.terms.quorum.saturating_sub(have))
}

fn active(access: &Access, now: Timestamp) -> Vec<String> {
    let Some(grant) = &access.grant else { return vec![] };
    let left = grant.until.duration_since(now).as_secs() / 60;
    let mut lines = vec![format!(
        "Granted on {}, and read back. It ends by itself on {} ({} left).",
        instant(grant.since),
        instant(grant.until),
        say_minutes(u64::try_from(left).unwrap_or(0))
    )];
    let extension = access.open.as_ref().map(|open| (open, open.proposal));
    if let Some((open, Proposal::Extension { minutes })) = extension {
        let left = countersignatures(countersignatures_left(open));
        lines.push(format!("An extension by {} waits for {left}.", say_minutes(minutes)));
    }
    lines
}

fn failed(access: &Access) -> Vec<String> {
    let Some(failure) = &access.failure else { return vec![] };
    vec![
        format!("{} did not work: {}", capital(phase_words(failure.phase)), failure.why),
        "Nothing is lost: an admin can have it tried again, or say how it ends.".to_owned(),
    ]
}

fn denied(access: &Access, name: &dyn Fn(&PrincipalId) -> String) -> Vec<String> {
    let Some(denial) = &access.denial else { return vec![] };
    let by = denial.by.as_ref().map(|by| denied_by(&name(by), denial.reason.as_deref()));
    by.into_iter().chain(denial.violations.iter().map(violation)).collect()
}

/// Who said no, and why.
pub fn denied_by(name: &str, reason: Option<&str>) -> String {
    match reason {
        Some(reason) => format!("Denied by {name}: {}", quoted(reason)),
        None => format!("Denied by {name}, without a reason."),
    }
}

/// The first letter as a capital.
pub fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// The title of a request's story.
pub fn title_of_story(code: &Code) -> String {
    format!("{code}: what happened, and why")
}

/// What a command still needs, with an example.
pub fn is_missing(missing: &[String], grammar: &str, example: &str) -> Vec<String> {
    let missing: Vec<_> = missing.iter().map(|slot| format!("the {slot}")).collect();
    vec![format!("I still need {}: “{grammar}”, like “{example}”.", list(&missing))]
}

/// How a command is said, and what it does.
pub fn usage(grammar: &str, summary: &str) -> String {
    format!("{grammar} — {summary}")
}

/// An example.
pub fn for_example(example: &str) -> String {
    format!("For example: {example}")
}

/// Under the help.
pub fn plain_sentences() -> &'static str {
    "Plain sentences work too: “I need write access to payments-api for 2 days, ticket OPS-17, because of the rollout”."
}

/// The title of an empty list, and what to do next.
pub fn nothing_open() -> (&'static str, &'static str) {
    (
        "Nothing is open",
        "You have no open request and nothing waits for you. To ask: access write on payments-api for 2 days.",
    )
}

/// The title of an empty list, and what to do next.
pub fn no_access() -> (&'static str, &'static str) {
    ("No access in force", "You have no access that I gave you. To ask: access read on web-shop for 1 day.")
}

/// The title of an empty list, and what it means.
pub fn no_effects() -> (&'static str, &'static str) {
    ("No effects", "There are none in that state.")
}

/// The title of the list of effects.
pub fn effects(count: usize, more: bool) -> String {
    format!(
        "{count} effect{}{}",
        if count == 1 { "" } else { "s" },
        if more { " (the newest; there are more)" } else { "" }
    )
}

/// One effect on one line.
pub fn effect(id: &str, state: &str, kind: &str, code: Option<&Code>, why: Option<&str>) -> String {
    let why = why.map(|why| format!(": {why}")).unwrap_or_default();
    let code = code.map(|code| format!(" for {code}")).unwrap_or_default();
    format!("{id} · {} · {}{code}{why}", spoken(state), spoken(kind))
}

/// The title of a list of requests.
pub fn so_many_requests(count: usize) -> String {
    format!("{count} requests")
}

/// One request of a list.
pub fn listed(title: &str, standing: Option<&str>) -> String {
    standing.map_or_else(|| title.to_owned(), |standing| format!("{title} — {standing}"))
}

/// An effect is tried again.
pub fn requeued(id: &str) -> String {
    format!("{id} will be tried again.")
}

/// An operator said how an effect ends.
pub fn resolved(id: &str, how: &str) -> String {
    format!("{id} is resolved as {how}. It will not be tried again.")
}

/// The state of an effect that there is not.
pub fn no_such_effect() -> String {
    "not known here".to_owned()
}

/// The title of the list of those who can approve.
pub fn title_of_approvers(code: &Code) -> String {
    format!("{code}: who can countersign")
}

/// Whom it goes to when nobody answers.
pub fn escalation(open: &Open) -> Option<String> {
    let at = open.escalate_at.filter(|_| !open.escalated && !open.terms.escalate_to.is_empty())?;
    Some(format!("If nobody answers by {}, more people are asked.", instant(at)))
}
