//! What the bot says in chat only; what it says elsewhere too stands in [`countersign_domain::words`].
//!
//! The same tone, and the same rule: no sentence is built in two places.

mod asking;
mod attached;
mod changing;
mod empty;
mod leave;
mod naming;
mod oversight;
mod talk;

use countersign_domain::access::words::{
    ended, given_up, how_it_is_known, phase_words, since_it_was_shown, stays,
};
use countersign_domain::access::{
    AccessRequest, Findings, Longer, OpenAccess, Permission, Phase, Proposal, Status,
};
use countersign_domain::capabilities::violation;
use countersign_domain::duration::{End, say_minutes};
use countersign_domain::envelope::{ActorKind, Digest};
use countersign_domain::names::PrincipalId;
use countersign_domain::request::{Code, Requester};
use countersign_domain::rules::{Ruling, Terms};
use countersign_domain::words::{
    countersignatures, instant, lets_nobody_in, list, prose, quoted, spoken, vouched, what_else,
};
use jiff::Timestamp;

pub use asking::*;
pub(crate) use attached::*;
pub use changing::*;
pub use empty::*;
pub use leave::*;
pub use naming::*;
pub use oversight::*;
pub use talk::*;

/// That an access is for somebody with an account at the forge whom the tenant does not know.
pub fn not_one_of_us(name: &str) -> String {
    format!("{name} is not one of the people here.")
}

/// Whoever was mentioned, where nobody knows who that is.
pub const SOMEBODY: &str = "@somebody";
/// The label of a field.
pub const STATUS: &str = "Status";
/// The label of a field.
pub const ASKED: &str = "Asked on";
/// The label of a field.
pub const PROPOSED_BY: &str = "Proposed by";
/// The label of a field.
pub const REASON: &str = "Why";
/// The label of a field.
pub const AT_THE_LATEST: &str = "Ends at the latest";
/// The label of a field.
pub const TICKET: &str = "Ticket";
/// The label of a field.
pub const HOLDS: &str = "Holds already";
/// The label of a field.
pub const HELD_BEFORE: &str = "Held before";
/// The label of a field.
pub const RULE: &str = "Rule";
/// The label of a field: why what is proposed about a request is.
pub const WHY_PROPOSED: &str = "Why longer";
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
/// What stands on a button, where a day does not fit any more.
pub fn extend_by(minutes: u64) -> String {
    format!("Extend by {}", say_minutes(minutes))
}

/// What stands on a button.
pub const EXTEND_SOMEHOW: &str = "Let it last longer";
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

/// The title of the form that asks for the reason of a denial.
pub const WHY_FORM: &str = "Deny it";
/// What stands on a button.
pub const DENY_UNEXPLAINED: &str = "Deny without a reason";

/// The title of a card that says no.
pub const NOT_DONE: &str = "That was not done";
/// The title of the card that stands for a request there is not.
pub const NO_SUCH_REQUEST: &str = "There is nothing here";
/// What a button that lists them says.
pub const YOUR_REQUESTS: &str = "Your requests";

/// The title of what is asked before somebody denies.
pub fn say_why(code: &Code) -> String {
    format!("Why do you deny {code}?")
}

/// How to say it.
pub fn how_to_say_why(code: &Code) -> String {
    format!(
        "Nothing was decided yet. Who asked will read your reason: just write it, or say “deny {code} because …”."
    )
}

/// The title of a change that changes nothing.
pub const NOTHING_TO_CHANGE: &str = "There is nothing to change";

/// What it would change is so already.
pub fn asks_that_already(code: &Code) -> String {
    format!("{code} asks for that already, and stays as it is.")
}

/// The sentence that denies without a reason.
pub fn denied_unexplained(code: &Code, receipt: &Digest) -> String {
    format!("deny without a reason {code} receipt {receipt}")
}

/// To who denied by a reaction.
pub fn denied_by_reaction(code: &Code) -> String {
    format!("You denied {code}, without a reason")
}

/// Beneath it.
pub fn no_reason_by_reaction() -> &'static str {
    "Your 👎 counted. Who asked sees that it was you, and no reason: tell them why, or press Deny the next time, which asks for one."
}

/// Above the field for the reason of a denial.
pub fn why_is_asked() -> &'static str {
    "Who asked will read your reason."
}

/// Why a countersignature does not count that was to be proven.
pub fn not_your_token() -> &'static str {
    "That is not your token, so nothing was counted. Try again with the token that you sign in with."
}

/// The title of a card that says that there is nothing to ask for.
pub const HELD_ALREADY: &str = "You have that already";
/// The title of a card that says that there is nothing to ask for, for somebody else.
pub const HELD_BY_OTHERS: &str = "That is there already";
/// To who asks for what they have asked for.
pub const ASKED_ALREADY: &str =
    "You have asked for this already, so nothing new was asked: it stays as it stands here, also the reason.";
/// Until when somebody else holds it is theirs to know.
pub const LONGER_FOR_OTHERS: &str =
    "If it has to last until some time at least, say until when: I ask for it where that is later.";
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

/// How a request stands, as the verb of its title: who asks for it, or who has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// It is to be decided.
    AsksFor,
    /// It came to nothing.
    AskedFor,
    /// It was approved, and is being set.
    Gets,
    /// It is in force, or has not ended yet.
    Has,
    /// It is over.
    Had,
}

impl Verb {
    /// The verb for how a request stands.
    pub const fn of(access: &AccessRequest) -> Self {
        match access.status() {
            Status::New | Status::Checking | Status::Waiting => Self::AsksFor,
            // An extension is asked for, whatever stands already.
            Status::Active if access.open.is_some() => Self::AsksFor,
            Status::Granting => Self::Gets,
            Status::Active | Status::Ending => Self::Has,
            // What could not be taken back is still there.
            Status::Failed if access.own.grant.is_some() => Self::Has,
            // What was never set, nobody had.
            Status::Expired | Status::GivenBack | Status::Revoked if access.own.grant.is_some() => Self::Had,
            Status::Failed
            | Status::Denied
            | Status::Withdrawn
            | Status::Expired
            | Status::GivenBack
            | Status::Revoked => Self::AskedFor,
        }
    }

    /// Whether the title then names who asked; else it names whose access it is.
    pub const fn names_who_asked(self) -> bool {
        matches!(self, Self::AsksFor | Self::AskedFor)
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::AsksFor => "asks for",
            Self::AskedFor => "asked for",
            Self::Gets => "gets",
            Self::Has => "has",
            Self::Had => "had",
        }
    }
}

/// What a request is about in one sentence: `Erin asks for write on payments-api for Bob, for 2 days`. `whom` is named where
/// it is not who the sentence begins with.
pub fn sentence(who: &str, verb: Verb, what: &str, whom: Option<&str>, lasting: Option<String>) -> String {
    // What somebody has, they have until an instant that the card tells.
    let lasting = lasting.filter(|_| !matches!(verb, Verb::Has | Verb::Had));
    let comma = if whom.is_some() { "," } else { "" };
    let lasting = lasting.map(|lasting| format!("{comma} {lasting}")).unwrap_or_default();
    let whom = whom.map(|whom| format!(" for {whom}")).unwrap_or_default();
    format!("{who} {} {what}{whom}{lasting}", verb.as_str())
}

/// How long, where a duration was said.
pub fn for_minutes(minutes: u64) -> String {
    format!("for {}", say_minutes(minutes))
}

/// How long, where an end was said: in the time of who said it, as a title says it to everybody.
pub fn until_end(end: End) -> String {
    format!("until {}", end.said())
}

/// What is asked for, where the permission is to last longer.
pub fn so_much_more(longer: Longer, what: &str) -> String {
    match longer.until {
        Some(end) => format!("{what} for longer, {}", until_end(end)),
        None => format!("{} more of {what}", say_minutes(longer.minutes)),
    }
}

/// When it was asked, and by whom where the title does not say it.
pub fn asked_on(at: Timestamp, by: Option<&str>) -> String {
    by.map_or_else(|| instant(at), |by| format!("{} by {by}", instant(at)))
}

/// To whom something was asked for by somebody else.
pub fn asked_by(name: &str) -> String {
    format!("{name} asked for it.")
}

/// That nobody said for how long, so that the usual time was taken.
pub fn as_is_usual(minutes: u64) -> String {
    format!("For how long was not said; {} is usual.", say_minutes(minutes))
}

/// Who asks.
pub fn requester(requester: &Requester, name: &str) -> String {
    match requester.kind {
        ActorKind::Agent => format!("{name} (an agent)"),
        _ if !requester.known => format!("{name} (whom I do not know)"),
        _ => name.to_owned(),
    }
}

/// Where no reason was given.
pub fn no_reason() -> String {
    "no reason was given".to_owned()
}

/// What somebody holds already; of what an access of ours gives, what is theirs by itself. Of that the log has given nothing, so it is
/// said who says so.
pub fn holds(findings: &Findings) -> String {
    held(findings, "as Bitbucket says")
}

/// The same, once something came of what was asked for.
pub fn held_before(findings: &Findings) -> String {
    held(findings, "as Bitbucket said")
}

fn held(findings: &Findings, source: &str) -> String {
    let by_itself = |held: Option<Permission>, place: &str| match held {
        Some(held) => format!("{held}{place}, {source}"),
        None => format!("nothing{place}"),
    };
    match &findings.beside {
        None => by_itself(findings.present, ""),
        Some(beside) => {
            let all = findings.present.map_or("nothing", Permission::as_str);
            format!("{all}, through access that I gave ({})", by_itself(beside.permission, " beside it"))
        }
    }
}

/// What somebody holds already, and what countersigning makes of it.
pub fn changes(findings: &Findings, asked: Permission) -> String {
    let stays = findings.present.is_some_and(|present| present >= asked);
    let then = if stays { "it stays so".to_owned() } else { format!("this makes it {asked}") };
    format!("{}; {then}", holds(findings))
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

/// The same where fewer can countersign it than it takes, so that nobody gets it as things are.
pub fn too_few(may: &str, missing: usize) -> String {
    let more = if missing == 1 { "one more".to_owned() } else { format!("{missing} more") };
    format!("{may}. It takes {more}, and nobody else here can: as things are, nobody gets it")
}

/// What the rules said, as a sentence.
pub fn ruling(ruling: &Ruling) -> String {
    match ruling {
        Ruling::Allowed(allowed) => terms(allowed),
        Ruling::Forbidden(refusal) if refusal.policies.is_empty() => {
            format!("No rule allows it ({}).", of_rules(refusal.version))
        }
        Ruling::Forbidden(refusal) => {
            let (rules, s) = the_rules(&refusal.policies);
            format!("{} forbid{s} it ({}).", capital(&rules), of_rules(refusal.version))
        }
    }
}

/// What the rules demand, as a sentence.
pub fn terms(terms: &Terms) -> String {
    let (rules, s) = the_rules(&terms.policies);
    let (rules, version) = (capital(&rules), of_rules(terms.version));
    let demand = if terms.auto {
        format!("{rules} let{s} it pass without a countersignature ({version}).")
    } else {
        format!("{rules} ask{s} for {} ({version}).", countersignatures(terms.quorum))
    };
    std::iter::once(demand).chain(message(terms)).collect::<Vec<_>>().join(" ")
}

/// Which rules decided, where the card says itself what they demand.
pub fn deciding(terms: &Terms) -> String {
    let rules = format!("{}, {}", list(&terms.policies), of_rules(terms.version));
    message(terms).map_or_else(|| rules.clone(), |message| format!("{rules}: {message}"))
}

/// What the rules say to people.
fn message(terms: &Terms) -> Option<String> {
    (!terms.messages.is_empty()).then(|| quoted(&terms.messages.join(" ")))
}

/// Rules as the subject of a sentence, and what its verb ends with.
fn the_rules(names: &[String]) -> (String, &'static str) {
    match names {
        [one] => (format!("the rule {one}"), "s"),
        many => (format!("the rules {}", list(many)), ""),
    }
}

fn of_rules(version: u64) -> String {
    format!("version {version} of the rules")
}

/// The status, as people say it.
pub fn standing(access: &AccessRequest) -> String {
    match (&access.open, access.status()) {
        (Some(open), status) => {
            let (have, need) = (open.countersigned.len(), open.terms.quorum);
            let waiting = if status == Status::Active { "active, an extension waits" } else { "waiting" };
            format!("{waiting}, {have} of {need} countersigned")
        }
        _ => spoken(access.status().as_str()),
    }
}

/// What happens now and next, in sentences.
pub fn how_it_stands(access: &AccessRequest, name: &dyn Fn(&PrincipalId) -> String) -> Vec<String> {
    let mut lines = match access.status() {
        Status::New | Status::Waiting => vec![],
        Status::Checking => {
            vec!["I am checking user, repository, ticket and rules; this card will change.".to_owned()]
        }
        Status::Granting => vec![
            "Approved. I am setting the permission, and read it back before I call it granted.".to_owned(),
        ],
        Status::Active => active(access),
        Status::Ending => {
            let why = access.own.ending.as_ref().map(|ending| ended(ending, name)).unwrap_or_default();
            vec![format!("I am taking the permission back: {why}.")]
        }
        Status::Failed => failed(access),
        Status::Denied => denied(access, name),
        Status::Withdrawn => match &access.denial {
            None => vec![withdrawn(access.withdrawn_by.as_ref().map(name).as_deref())],
            Some(denial) => {
                let why = denial.violations.iter().map(violation);
                why.chain(["Nobody decides on this any more; nothing was changed.".to_owned()]).collect()
            }
        },
        Status::Expired if access.own.ending.is_none() => {
            vec!["Nobody countersigned in time. Ask again if it is still needed.".to_owned()]
        }
        Status::Expired | Status::GivenBack | Status::Revoked => {
            let why = access.own.ending.as_ref().map(|ending| ended(ending, name)).unwrap_or_default();
            vec![if let Some(left) = access.own.left {
                format!("{}. This access has ended. {}", capital(&why), capital(&stays(left)))
            } else if access.own.grant.is_none() {
                never_set(&why, access.own.ended_by_hand)
            } else {
                let known = how_it_is_known(access.own.ended_by_hand);
                format!("{}. The permission was taken back, and {known}.", capital(&why))
            }]
        }
    };
    lines.extend(access.delayed.as_deref().map(lets_nobody_in));
    if access.status() == Status::Active && access.denial.is_some() && access.open.is_none() {
        lines.push("An extension was asked for and denied:".to_owned());
        lines.extend(denied(access, name));
    }
    lines.extend(access.open.as_ref().map(|open| while_it_waits(access, open)).into_iter().flatten());
    lines
}

/// It came to nothing because somebody withdrew it.
fn withdrawn(by: Option<&str>) -> String {
    let by = by.map(|by| format!(" by {by}")).unwrap_or_default();
    format!("It was withdrawn{by} before it was granted; nothing was changed.")
}

/// It ended before it was granted; what had been tried may have left something behind.
fn never_set(why: &str, by_hand: bool) -> String {
    let known = if by_hand { "as an operator says (nobody has looked)" } else { "and that was read back" };
    format!("{}. It was never granted, and nothing of it is there, {known}.", capital(why))
}

/// What is worth knowing of a countersignature that is waited for, besides what the fields say.
fn while_it_waits(access: &AccessRequest, open: &OpenAccess) -> Vec<String> {
    let mut lines = Vec::new();
    if !open.voided.is_empty() {
        lines.push(voided(open.voided.len()));
    }
    if !access.changed.is_empty() {
        lines.push(since_it_was_shown(&access.changed));
    }
    if open.escalated {
        lines.push("Nobody answered for long, so more people were asked.".to_owned());
    }
    if open.terms.reaction && !open.terms.step_up {
        lines.push("In a chat, 👍 under this card countersigns it, and 👎 denies it.".to_owned());
    }
    lines
}

/// Since when and until when: never how long that is from now, which would be wrong a moment later.
fn active(access: &AccessRequest) -> Vec<String> {
    let Some(grant) = &access.own.grant else { return vec![] };
    let (since, until) = (instant(grant.since), instant(grant.until));
    let extension = access.open.as_ref().and_then(|open| match open.proposal {
        Proposal::Extension(longer) => {
            Some(format!("; with this extension, on {}", instant(longer.after(grant.until))))
        }
        Proposal::Grant => None,
    });
    let extension = extension.unwrap_or_default();
    let known =
        if grant.by_hand { "by hand, as an operator says (nobody has looked)" } else { "and read back" };
    vec![format!("Granted on {since}, {known}. It ends by itself on {until}{extension}.")]
}

fn failed(access: &AccessRequest) -> Vec<String> {
    let Some(failure) = &access.failure else { return vec![] };
    let (what, next) = if let Some(note) = &failure.vouched {
        (vouched(phase_words(failure.phase), note), None)
    } else if failure.given_up {
        let next = "Ask again if it is still needed.";
        (
            capital(&given_up(failure.phase, &failure.why)),
            Some(next).filter(|_| failure.phase != Phase::Ending),
        )
    } else {
        let next = "Nothing is lost: an admin can have it tried again, or say how it ends.";
        (format!("{} did not work: {}", capital(phase_words(failure.phase)), failure.why), Some(next))
    };
    [Some(what), next.map(str::to_owned)]
    .into_iter()
    .flatten()
    .chain(access.could_not_end().then(|| {
        "It counts as in force until it was read back that it is gone; the administrators are reminded every day.".to_owned()
    }))
    .collect()
}

fn denied(access: &AccessRequest, name: &dyn Fn(&PrincipalId) -> String) -> Vec<String> {
    let Some(denial) = &access.denial else { return vec![] };
    let by = denial.by.as_ref().map(|by| denied_by(&name(by), denial.reason.as_deref()));
    by.into_iter().chain(denial.violations.iter().map(violation)).collect()
}

/// That nobody said no, but what holds here; by which version of the rules, where they are others than it was asked under.
pub fn denied_by_checks(rules: Option<u64>) -> String {
    rules.map_or_else(
        || "Denied by the checks:".to_owned(),
        |version| format!("Denied by the checks, by {}:", of_rules(version)),
    )
}

/// What forbids it by now, where the card says why.
pub fn forbidding(policies: &[String], version: u64) -> String {
    match policies {
        [] => of_rules(version),
        policies => format!("{}, {}", list(policies), of_rules(version)),
    }
}

/// Who said no, and why.
pub fn denied_by(name: &str, reason: Option<&str>) -> String {
    match reason {
        Some(reason) => format!("Denied by {name}: {}", prose(reason)),
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

/// What could not be read, and what to say instead.
pub fn not_read(said: &str, nearest: &[String]) -> String {
    format!("You said {}. {}", quoted(said), what_else(nearest))
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

/// The title of a card of what there is not, and what it means.
pub fn no_such_request() -> (&'static str, &'static str) {
    ("No such request", "Nobody has asked for this.")
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

/// An operator said that it was done, and nobody can look at the moment.
pub fn is_looked_at(id: &str) -> String {
    format!(
        "{id} is not closed yet: I cannot look at the moment. The access counts as in force until I have read back that it is gone. I look again by myself until then; nothing has to be said again."
    )
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
pub fn escalation(open: &OpenAccess) -> Option<String> {
    let at = open.escalate_at.filter(|_| !open.escalated && !open.terms.escalate_to.is_empty())?;
    Some(format!("If nobody answers by {}, more people are asked.", instant(at)))
}
