//! What the bot says about accesses: what is asked for, why one is over, and what its ticket is told.

mod changed;
mod compared;
mod denied;

use jiff::Timestamp;

use super::fault::is_there_already;
use super::{
    AccessEvent, AccessRequest, Asked, Difference, Ending, Fault, GrantEvent, Permission, Phase, Proposal,
    Subject,
};
use crate::code::Code;
use crate::denied::Violation;
use crate::names::PrincipalId;
use crate::ports::{USUAL_FORGE, vendor};
use crate::rules::Terms;
use crate::words::{
    called, countersignatures, countersigned, countersigners, flat, instant, list, plain, prose, signers,
    violation, vouched,
};

pub use changed::{differences, since_it_was_shown};
pub use compared::{deviation, lowered, restored, spot, was_put_back, why_compared};
pub(super) use denied::fault;

/// `write on payments-api for Erin`, with what is known of it.
pub fn content(asked: &Asked) -> String {
    format!("{} for {}", what(asked), whom(asked))
}

/// `write on payments-api`, with what is known of it.
pub fn what(asked: &Asked) -> String {
    let permission = asked.permission.map_or("access", Permission::as_str);
    let repository = asked.repository.as_deref().map_or_else(|| "a repository".to_owned(), plain);
    format!("{permission} on {repository}")
}

/// For whom: the directory's name, or what was typed; of somebody whom the directory does not know, the account too.
pub fn whom(asked: &Asked) -> String {
    let Subject { principal, account, name } = &asked.subject;
    called(principal.is_some(), name, account)
}

/// The same where many read it, whom an account's id tells nothing: the name that an account gives itself stands in quotation marks.
fn whom_on_a_ticket(asked: &Asked) -> String {
    let Subject { principal, name, .. } = &asked.subject;
    if principal.is_some() { flat(name) } else { plain(name) }
}

/// What is written on the ticket when this happened; `None` where it is no news for its readers.
pub fn ticket_news(
    state: &AccessRequest,
    event: &AccessEvent,
    at: Timestamp,
    name: &dyn Fn(&PrincipalId) -> String,
) -> Option<Vec<String>> {
    let asked = state.asked.as_ref()?;
    let what = format!("{} for {}", what(asked), whom_on_a_ticket(asked));
    let code = &asked.code;
    Some(match event {
        AccessEvent::Waiting { proposal: Proposal::Grant, terms, due, .. } => {
            waits(state, &what, (&**terms, *due), code)
        }
        AccessEvent::Denied { proposal: Proposal::Grant, .. } => denied(state, &what, name),
        AccessEvent::Failed { phase, why, given_up: true } => {
            vec![format!("{what}: {}", given_up(*phase, why)), format!("Request {code}.")]
        }
        AccessEvent::Failed { phase, why, .. } => failed(&what, *phase, why, code).to_vec(),
        AccessEvent::Vouched { phase, note } => {
            vec![format!("{what}: {} Request {code}.", vouched(phase_words(*phase), note))]
        }
        AccessEvent::Withdrawn { proposal: Proposal::Grant, by } => {
            vec![format!("{what}: withdrawn by {}. Request {code}.", name(by))]
        }
        AccessEvent::Superseded { ticket, asks_nothing, .. } => {
            vec![superseded(&what, &Violation::superseded(ticket, *asks_nothing), code)]
        }
        AccessEvent::Lapsed { proposal: Proposal::Grant } => {
            vec![format!("{what}: nobody countersigned in time, so it expired. Request {code}.")]
        }
        AccessEvent::Closed { proposal: Proposal::Grant, name, .. } => {
            let name = flat(name);
            vec![format!("{what}: closed, because {name} does not belong here any more. Request {code}.")]
        }
        AccessEvent::Own(event) => return grant_news(state, event, (&what, at), name),
        // What is no news, is told by another event of the same decision, or is about something that stands already.
        AccessEvent::Requested { .. }
        | AccessEvent::Checked { .. }
        | AccessEvent::Rechecked { .. }
        | AccessEvent::EvidenceChanged { .. }
        | AccessEvent::Waiting { proposal: Proposal::Extension { .. }, .. }
        | AccessEvent::Escalated { .. }
        | AccessEvent::Countersigned { .. }
        | AccessEvent::CountersignatureTakenBack { .. }
        | AccessEvent::CountersignatureVoided { .. }
        | AccessEvent::Closed { proposal: Proposal::Extension { .. }, .. }
        | AccessEvent::Reminded { .. }
        | AccessEvent::Announced { .. }
        | AccessEvent::Approved { .. }
        | AccessEvent::Denied { proposal: Proposal::Extension { .. }, .. }
        | AccessEvent::Withdrawn { proposal: Proposal::Extension { .. }, .. }
        | AccessEvent::Lapsed { proposal: Proposal::Extension { .. } }
        | AccessEvent::Delayed { .. } => return None,
    })
}

/// That it waits for people. Many can read a ticket, so nothing is said of what somebody holds.
fn waits(state: &AccessRequest, what: &str, (terms, due): (&Terms, Timestamp), code: &Code) -> Vec<String> {
    let changed: Vec<_> = state.changed.iter().map(Difference::without_holding).collect();
    let again = (!changed.is_empty()).then(|| {
        format!("{} What was countersigned before counts for nothing.", since_it_was_shown(&changed))
    });
    let asked = countersignatures(terms.quorum);
    let waits = [
        format!("{what}: waiting for {asked}, until {}.", instant(due)),
        format!("Who may countersign: {}. Request {code}.", list(&terms.approver_names())),
    ];
    again.into_iter().chain(waits).collect()
}

/// What is written on the ticket of what came of it.
fn grant_news(
    state: &AccessRequest,
    event: &GrantEvent,
    (what, at): (&str, Timestamp),
    name: &dyn Fn(&PrincipalId) -> String,
) -> Option<Vec<String>> {
    let asked = state.asked.as_ref()?;
    let code = &asked.code;
    Some(match event {
        GrantEvent::Granted { permission, holds, until, by_hand, .. } => {
            let on = asked.repository.as_deref().unwrap_or_default();
            let (at, whom, until) = (instant(at), whom_on_a_ticket(asked), instant(*until));
            let names = signers(&state.countersigned_by, &|id| state.stood_in_for.get(id), name);
            let by = countersigned(&state.countersigned_by, &names);
            let read = how_it_was_read(*permission, *holds, *by_hand, forge(state));
            vec![
                format!("Granted on {at}: {permission} on {on} for {whom}, until {until}."),
                format!("{by} {read} Request {code}."),
            ]
        }
        GrantEvent::Invited { until, .. } => {
            vec![format!("{what}: {} Request {code}.", invited(forge(state), *until))]
        }
        GrantEvent::Shortened { name, until, .. } => vec![format!(
            "{what}: {} does not belong here any more, so it ends sooner, on {}. Request {code}.",
            flat(name),
            instant(*until)
        )],
        GrantEvent::Extended { until, .. } => {
            vec![format!("{what}: extended until {}. Request {code}.", instant(*until))]
        }
        GrantEvent::Ended { ending, left, by_hand } => {
            let (why, at) = (ended(ending, name), instant(at));
            let known = if *by_hand { format!("; {}", how_it_is_known(true)) } else { String::new() };
            vec![match left {
                Some(left) => {
                    format!("{what}: {why}. It ended on {at}{known}. {} Request {code}.", stays(*left))
                }
                None if state.own.grant.is_none() => {
                    format!("{what}: {why}, before it was granted{known}. Request {code}.")
                }
                None => format!("{what}: {why}. It was taken back on {at}{known}. Request {code}."),
            }]
        }
        GrantEvent::EndsSoon { .. } | GrantEvent::Ending { .. } => return None,
    })
}

fn superseded(what: &str, why: &Violation, code: &Code) -> String {
    let why = violation::<Fault>(why);
    format!("{what}: {why} Nobody decides on this any more. Request {code}.")
}

/// The name of the forge at which it is.
pub fn forge(state: &AccessRequest) -> &str {
    let found = state.findings.as_ref().and_then(|findings| findings.forge.as_deref());
    vendor(found.unwrap_or(USUAL_FORGE))
}

/// That whom it is for has to accept an invitation first.
pub fn invited(forge: &str, until: Timestamp) -> String {
    format!(
        "{forge} has invited whom it is for, and they have not accepted yet: it is granted once they do. If they do not, the invitation is taken back on {}.",
        instant(until)
    )
}

fn how_it_was_read(permission: Permission, holds: Option<Permission>, by_hand: bool, forge: &str) -> String {
    match holds {
        _ if by_hand => "An operator says that they set it by hand; nobody has looked.".to_owned(),
        Some(holds) if holds != permission => {
            format!("It was read back from {forge}, within {holds}, which is held anyway.")
        }
        _ => format!("It was read back from {forge}."),
    }
}

fn failed(what: &str, phase: Phase, why: &str, code: &Code) -> [String; 3] {
    [
        format!("{what}: {} did not work.", phase_words(phase)),
        format!("What was said: {why}"),
        format!("An operator has to look at it; nothing is lost. Request {code}."),
    ]
}

fn denied(state: &AccessRequest, what: &str, name: &dyn Fn(&PrincipalId) -> String) -> Vec<String> {
    let Some(denial) = &state.denial else { return vec![] };
    let head = match (&denial.by, &denial.reason) {
        (Some(by), Some(reason)) => format!("{what}: denied by {}: {}", name(by), prose(reason)),
        (Some(by), None) => format!("{what}: denied by {}.", name(by)),
        (None, _) if denial.violations.iter().all(is_there_already) => {
            format!("{what}: nothing has to be done for it.")
        }
        (None, _) => format!("{what}: this request cannot be granted as it stands."),
    };
    let rules = denial.rules.map(|version| format!("That is what version {version} of the rules says."));
    let code = state.asked.iter().map(|asked| format!("Request {}.", asked.code));
    let why = denial.violations.iter().map(violation::<Fault>);
    std::iter::once(head).chain(why).chain(rules).chain(code).collect()
}

/// What an account still holds when an access has ended.
pub fn stays(left: Permission) -> String {
    format!("{left} stays: it is held beside this access, as I read it back.")
}

/// What was being done, as the subject of a sentence.
pub const fn phase_words(phase: Phase) -> &'static str {
    match phase {
        Phase::Checking => "checking the request",
        Phase::Granting => "setting the permission",
        Phase::Ending => "taking the permission back",
    }
}

/// How it is known that a permission is set.
pub const fn was_set(by_hand: bool) -> &'static str {
    if by_hand { "was set by hand, as an operator says (nobody has looked)" } else { "was set and read back" }
}

/// How it is known that an access has ended.
pub const fn how_it_is_known(by_hand: bool) -> &'static str {
    if by_hand { "an operator did that by hand, on whose word it counts" } else { "that was read back" }
}

/// That an operator has given up what did not work, and why if they said so.
pub fn given_up(phase: Phase, why: &str) -> String {
    let why = if why.is_empty() { String::new() } else { format!(": {}", prose(why)) };
    format!("{} was given up by an administrator{why}.", phase_words(phase))
}

/// Why an access is over, as a phrase.
pub fn ended(ending: &Ending, name: &dyn Fn(&PrincipalId) -> String) -> String {
    match ending {
        Ending::Expired => "its time is over".to_owned(),
        Ending::GivenBack { by } => format!("given back by {}", name(by)),
        Ending::Left { name, .. } => format!("{} does not belong here any more", flat(name)),
        Ending::CalledOff { name, .. } => {
            format!("{}, who countersigned it, may not do so any more", flat(name))
        }
        Ending::TakenAway { repair, by } => {
            let by = countersigners(by, name);
            format!("taken away at the forge, which {repair} took over. {by}").trim_end().to_owned()
        }
        Ending::NotAllowed { policies } => {
            format!("the rules do not allow it any more (by {})", list(policies))
        }
        Ending::Revoked { by, reason: None } => format!("revoked by {}", name(by)),
        Ending::Revoked { by, reason: Some(reason) } => {
            format!("revoked by {} ({})", name(by), prose(reason))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_a6_of_an_access_that_was_never_granted_the_ticket_says_on_whose_word_it_ended() {
        use crate::access::example::{ada, granting};
        let revoked = Ending::Revoked { by: ada().id, reason: None };
        let ending = AccessEvent::Own(GrantEvent::Ending { ending: revoked.clone() });
        let told = |by_hand| {
            let ended = GrantEvent::Ended { ending: revoked.clone(), left: None, by_hand };
            let history = [granting(), vec![ending.clone(), AccessEvent::Own(ended.clone())]].concat();
            let state = crate::testing::given::<AccessRequest>(history);
            ticket_news(state.state(), &AccessEvent::Own(ended), crate::testing::noon(), &ToString::to_string)
                .unwrap()
                .join(" ")
        };
        assert!(told(true).contains("before it was granted; an operator did that by hand"), "{}", told(true));
        assert!(told(false).contains("before it was granted. Request"), "{}", told(false));
    }
}
