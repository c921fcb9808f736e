//! What the bot says, in one place.
//!
//! The tone: short, plain, kind. Say what happened, who decided, what happens next and when. Name things by their real
//! names. Never blame. A refusal says which rule and who could help. No sentence is built in two places.

mod changed;
mod form;
mod happened;
mod operations;
mod repairs;
mod text;

pub use changed::{differences, since_it_was_shown};
pub use form::{
    BLANK, asks_the_same, cannot_be_looked_up, form_to_copy, is_line_of_ours, nobody_reports,
    one_request_a_ticket, to_mend,
};
pub use happened::happened;
pub use operations::*;
pub use text::{flat, list, plain, prose, quoted, told};

use jiff::Timestamp;
use jiff::fmt::strtime;

use crate::access::{
    AccessEvent, AccessRequest, Asked, Difference, Ending, GrantEvent, Permission, Phase, Proposal, Subject,
};
use crate::denied::{Field, Violation};
use crate::duration::say_minutes;
use crate::names::PrincipalId;
pub use crate::ports::vendor;
use crate::request::Code;

/// An instant for people: `2026-03-01 10:00 UTC`.
pub fn instant(at: Timestamp) -> String {
    strtime::format("%Y-%m-%d %H:%M UTC", &at.to_zoned(jiff::tz::TimeZone::UTC))
        .unwrap_or_else(|_| at.to_string())
}

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

/// Somebody by their name, where the directory says that the account is theirs. An account names itself as it likes, be it as
/// somebody else is called: so such a name never stands without the account.
pub fn called(is_known: bool, name: &str, account: &str) -> String {
    if is_known {
        flat(name)
    } else if name == account {
        plain(name)
    } else {
        format!("{} ({})", plain(name), plain(account))
    }
}

/// One reason for a "no", with what helps.
pub fn violation(violation: &Violation) -> String {
    use Violation as V;
    match violation {
        V::MisleadingTitle { character, place } => format!(
            "The ticket's title holds the invisible character {character} at place {place}, which could mislead readers; please leave it out."
        ),
        V::UnreadLine { line } => format!(
            "I do not know what {} means for it, and leave nothing out unsaid. Say it in one of the lines below, or take it out.",
            quoted(line)
        ),
        V::BeginsLater { given } => format!(
            "Access begins as soon as it is countersigned. It cannot begin later, so I did not take {} as its start.",
            quoted(given)
        ),
        V::UnknownUser { user } => {
            format!(
                "There is no user {} in Bitbucket. Check the spelling, or ask an admin to add their account.",
                plain(user)
            )
        }
        V::UnknownRepository { repository } => {
            format!("There is no repository {} in Bitbucket. Check the spelling.", plain(repository))
        }
        V::UnknownTicket { ticket } => {
            format!(
                "I cannot tell whether {} fits: I find no such ticket that you can see in Jira. Check the key, or ask whose ticket it is to make you a watcher.",
                plain(ticket)
            )
        }
        V::HeldAlready { user, permission, repository, holds, through } => {
            changed::held_already((user, repository), (*permission, *holds), through.as_ref())
        }
        V::UnknownRequester { account } => {
            format!(
                "I do not know yet who {} is here. An admin can add them, with their Jira account, to the people of this tenant.",
                plain(account)
            )
        }
        V::TicketRequired { pattern } => {
            format!("This needs a ticket: add “ticket” and {}.", a_key_like(pattern))
        }
        V::TicketMismatch { ticket, pattern } => {
            format!(
                "{} is not a ticket that the rules accept: it takes {}.",
                plain(ticket),
                a_key_like(pattern)
            )
        }
        V::TicketStatus { ticket, wanted } => {
            format!("The rules want {} to be in {}; it is not, at the moment.", plain(ticket), either(wanted))
        }
        V::ForbiddenByRule { policies, messages } if policies.is_empty() && messages.is_empty() => {
            "No rule allows it. An admin can change the rules.".to_owned()
        }
        V::ForbiddenByRule { policies, messages } if messages.is_empty() => {
            format!("The rules forbid it (by {}).", list(policies))
        }
        V::ForbiddenByRule { policies, messages } => {
            format!("The rules forbid it (by {}): {}", list(policies), messages.join(" "))
        }
        V::NoRuleAllows { permission, repository } => {
            format!(
                "No rule allows asking for {permission} on {}. An admin can change the rules.",
                plain(repository)
            )
        }
        V::RuleSetFaults { faults } => {
            let lines: Vec<_> = faults.iter().map(ToString::to_string).collect();
            format!("The rules were not published, the ones before stay in force. {}", lines.join("; "))
        }
        _ => repairs::about_a_plan(violation).unwrap_or_else(|| about_the_form(violation)),
    }
}

fn about_rules(violation: &Violation) -> String {
    use Violation as V;
    match violation {
        V::RulesMovedOn { base, now } => format!(
            "This was to take the place of version {base} of the rules, and version {now} is in force by now. Look at what it \
             says, and propose yours again."
        ),
        V::RulesInForceAlready { version } => {
            format!("These rules are in force already, as version {version}: nothing would change.")
        }
        V::UnknownVersion { given } => format!("There is no version {} of the rules.", plain(given)),
        V::MayNotChangeRules => {
            "The rules do not let you propose others. Where they say nothing of it, administrators do."
                .to_owned()
        }
        V::ManyProposals { open, own } => {
            let whose = if *own { "of yours " } else { "" };
            format!("{open} proposals of rules {whose}wait already, and more do not at once. Withdraw one or have it decided, and propose these then.")
        }
        V::OthersWereAsked => {
            "It was proposed for others to countersign, and by now there is nobody who would have to. It is not carried out for \
             that: whoever still wants it proposes it again."
                .to_owned()
        }
        V::TooManyDenied { denied, max } => format!(
            "{denied} requests of the days before would be denied under these rules, and the rules in force let a change deny \
             {max} at most."
        ),
        _ => about_what_was_said(violation),
    }
}

fn about_names(violation: &Violation) -> String {
    use Violation as V;
    match violation {
        V::SeveralPeople { given, people } => format!(
            "Several people go by {}: {}. Say which one you mean by what stands in brackets.",
            plain(given),
            list(people)
        ),
        V::NotLinked { surface } => format!(
            "I do not know who that is yet. They can link their {} account: they say “link” in the console, and then say the \
             code to me in private. Or an administrator names it among their accounts in the configuration.",
            surface.name()
        ),
        V::NoAccount { person } => format!(
            "I do not know which Bitbucket account is {}’s. An administrator can name it among their accounts in the \
             configuration.",
            flat(person)
        ),
        V::SharedAccount { account, people } => format!(
            "The configuration gives the Bitbucket account of {} to {}. An administrator has to take it away from all but one.",
            flat(account),
            list(people)
        ),
        V::NotInWorkspace { user } => format!(
            "{} is not in the Bitbucket workspace yet. An administrator of the workspace has to invite them first; then ask again.",
            flat(user)
        ),
        V::OwnsWorkspace { user } => format!(
            "{} owns the Bitbucket workspace, and may do everything in it: there is nothing to grant.",
            flat(user)
        ),
        V::OtherWorkspace { repository, ours } => format!(
            "{} is not in {ours}, and that is the only workspace I can give access to.",
            plain(repository)
        ),
        _ => about_the_person(violation),
    }
}

/// What a ticket's key must look like, by an example: nobody has to read a pattern.
pub fn a_key_like(pattern: &str) -> String {
    match crate::rules::ticket_example(pattern) {
        Some(example) => format!("its key, such as {example}"),
        None => "a key of the kind that the rules name".to_owned(),
    }
}

fn about_the_form(violation: &Violation) -> String {
    use Violation as V;
    match violation {
        V::MissingField { field } => missing(*field).to_owned(),
        V::UnknownPermission { given } => {
            format!("{} is not a permission: use read, write or admin.", quoted(given))
        }
        V::BadDuration { given, why } => format!("{} is not a duration I can use: {why}.", quoted(given)),
        V::DurationTooLong { asked, max } => {
            format!("{} is longer than the rules allow: at most {}.", say_minutes(*asked), say_minutes(*max))
        }
        V::UnbrokenTooLong { max, since, fits, until } => {
            changed::unbroken_too_long(*max, *since, (*fits, *until))
        }
        V::TotalTooLong { max, used, days, fits, until } => {
            changed::total_too_long(*max, *used, *days, (*fits, *until))
        }
        V::TextTooLong { field, length, max } => {
            format!("The {} has {length} characters; please say it in at most {max}.", field.as_str())
        }
        V::BadCharacter { field, character, place } => format!(
            "The {} holds the invisible character {character} at place {place}, which could mislead readers; please leave it out.",
            field.as_str()
        ),
        _ => about_names(violation),
    }
}

const fn missing(field: Field) -> &'static str {
    match field {
        Field::Permission => "Say which permission you need: read, write or admin.",
        Field::Repository => "Say which repository it is for.",
        Field::User => "Say for whom it is.",
        Field::Duration => "Say for how long you need it, like “for 2 days”.",
        Field::Ticket => "Say which ticket it belongs to.",
        Field::Reason => "Say why it is needed.",
    }
}

fn about_the_person(violation: &Violation) -> String {
    use Violation as V;
    match violation {
        V::OwnRequest => {
            "Nobody countersigns their own request, or one for themselves; somebody else has to.".to_owned()
        }
        V::AgentMayNotCountersign => "Agents may ask, but only people countersign.".to_owned(),
        V::NotEligible { approvers } => {
            format!(
                "The rules do not count you among those who may countersign this; {} may.",
                list(approvers)
            )
        }
        V::AlreadyCountersigned => "You have countersigned this already; it counts once.".to_owned(),
        V::CountersignedAndSet { status } if status == "granting" => {
            "You have countersigned it; it is being set.".to_owned()
        }
        V::CountersignedAndSet { status } => {
            format!("You have countersigned it already, and it is {} now.", spoken(status))
        }
        V::TooLateToTakeBack { status, lasts } => {
            let now = if status == "granting" { "being set".to_owned() } else { spoken(status) };
            let instead = if *lasts { " To end the access, say “revoke” and the code." } else { "" };
            format!(
                "Enough have countersigned it, and it is {now}: a countersignature cannot be taken back any more.{instead}"
            )
        }
        V::Stale => {
            "This changed since you saw it; here is how it stands now. Nothing was counted.".to_owned()
        }
        V::EvidenceChanged { differences } => changed::since_you_were_asked(differences),
        V::EvidenceUnknown { vendor, refused } => changed::cannot_be_asked(vendor, refused.as_deref()),
        V::DenialNeedsReason => {
            "The rule for this wants a reason for a no: say “deny”, the code, and “because” with why."
                .to_owned()
        }
        V::CountersignatureVoid => {
            "Your countersignature counts for nothing any more, because it changed since: there is nothing left to take back."
                .to_owned()
        }
        V::NotCountersigned => {
            "You have not countersigned this, so there is nothing to take back.".to_owned()
        }
        V::ReactionNotEnough => {
            "The rule for this wants more than a reaction: press the button, or say “approve” and the code."
                .to_owned()
        }
        V::StepUpNeeded => {
            "The rule for this wants your countersignature in the console, with your token once more."
                .to_owned()
        }
        _ => about_rules(violation),
    }
}

fn about_what_was_said(violation: &Violation) -> String {
    use Violation as V;
    match violation {
        V::LinkNotGood => {
            "This link code is not good (any more): each is good once, for ten minutes. Say “link” in the console for a new one."
                .to_owned()
        }
        V::Forgotten => {
            "This chat account was unlinked; say “link” in the console to link it again.".to_owned()
        }
        V::LinkTaken => {
            "This chat account is linked to somebody else already. An admin can end that with “unlink”.".to_owned()
        }
        V::BadMoment { given } => bad_moment(given),
        V::BadZone { given } => bad_zone(given),
        V::NoHours { given } => no_hours(given),
        V::QuestionOver => "I do not ask that any more. Please say the whole of it once more.".to_owned(),
        V::UnknownGroup { group } => unknown_group(group),
        V::AsksOtherwise { ticket } => edited(ticket, "something else now"),
        V::AsksNothing { ticket } => edited(ticket, "nothing any more"),
        V::HasLeft { name } => format!("{} does not belong here any more.", flat(name)),
        V::NothingToDecide { status } => {
            format!("There is nothing to decide here any more: it is {}.", spoken(status))
        }
        V::WrongStatus { action, status } => format!("I cannot {action} this: it is {}.", spoken(status)),
        V::AnotherKind { kind } => {
            format!("That cannot be done with this request: it is about {}.", spoken(kind))
        }
        V::NotYours { action } => format!("Only who asked, or whose access it is, can {action} this."),
        V::RoleRequired { action, role } => format!("To {action} it takes {role}."),
        V::UnknownCode { given } => {
            format!("I know no request {}. “status” lists yours, with their codes.", plain(given))
        }
        V::NotParked { state } => {
            format!("This effect is not parked, it is {}; there is nothing to decide.", spoken(state))
        }
        V::NotDone { shown, wanted } => not_done(shown, wanted),
        V::NotUnderstood { said, nearest } => {
            format!("I did not understand {}. {}", quoted(said), what_else(nearest))
        }
        // Said above.
        V::RulesMovedOn { .. }
        | V::RulesInForceAlready { .. }
        | V::UnknownVersion { .. }
        | V::MayNotChangeRules
        | V::ManyProposals { .. }
        | V::OthersWereAsked
        | V::TooManyDenied { .. }
        | V::TooLateToTakeBack { .. }
        | V::MissingField { .. }
        | V::UnknownPermission { .. }
        | V::BadDuration { .. }
        | V::DurationTooLong { .. }
        | V::UnbrokenTooLong { .. }
        | V::TotalTooLong { .. }
        | V::HeldAlready { .. }
        | V::TextTooLong { .. }
        | V::BadCharacter { .. }
        | V::MisleadingTitle { .. }
        | V::UnreadLine { .. }
        | V::BeginsLater { .. }
        | V::UnknownUser { .. }
        | V::SeveralPeople { .. }
        | V::NotLinked { .. }
        | V::NoAccount { .. }
        | V::SharedAccount { .. }
        | V::NotInWorkspace { .. }
        | V::OwnsWorkspace { .. }
        | V::OtherWorkspace { .. }
        | V::UnknownRepository { .. }
        | V::UnknownTicket { .. }
        | V::UnknownRequester { .. }
        | V::TicketRequired { .. }
        | V::TicketMismatch { .. }
        | V::TicketStatus { .. }
        | V::ForbiddenByRule { .. }
        | V::NoRuleAllows { .. }
        | V::OwnRequest
        | V::AgentMayNotCountersign
        | V::NotEligible { .. }
        | V::AlreadyCountersigned
        | V::CountersignedAndSet { .. }
        | V::Stale
        | V::EvidenceChanged { .. }
        | V::EvidenceUnknown { .. }
        | V::DenialNeedsReason
        | V::NotCountersigned
        | V::CountersignatureVoid
        | V::ReactionNotEnough
        | V::StepUpNeeded
        | V::RuleSetFaults { .. }
        | V::NothingDiffers
        | V::PlanChanged { .. }
        | V::TwiceInPlan { .. }
        | V::TooManyItems { .. }
        | V::BeyondTheCap { .. }
        | V::IgnoredUntilWhen
        | V::IgnoredTooLong { .. }
        | V::UnknownDifference { .. } => String::new(),
    }
}

fn edited(ticket: &str, asks_for: &str) -> String {
    format!("{} was edited, and asks for {asks_for}.", plain(ticket))
}

fn bad_moment(given: &str) -> String {
    format!(
        "{} is no time I can use: say it like “22:00”, “Monday”, “2026-12-01 14:00” or “3 days”, and a place like “Europe/Berlin”.",
        quoted(given)
    )
}

fn bad_zone(given: &str) -> String {
    format!(
        "{} is no place whose time I know: say it like “Europe/Berlin” or “America/New_York”.",
        quoted(given)
    )
}

fn no_hours(given: &str) -> String {
    format!(
        "From {0} to {0} is no time at all: say when the quiet hours begin and when they end, like “quiet from 22:00 to 7:00”.",
        plain(given)
    )
}

fn unknown_group(group: &str) -> String {
    format!("Nobody here is in a group {}. Only a group can stand in for somebody: name one.", plain(group))
}

fn not_done(shown: &str, wanted: &str) -> String {
    format!(
        "I have looked, and that is not done: {} is there, and it should be {}. Do it and say so again; or have it tried again (“requeue”), or give it up (“abandoned”).",
        spoken(shown),
        spoken(wanted)
    )
}

/// What to say instead of what was not understood.
pub fn what_else(nearest: &[String]) -> String {
    match nearest {
        [] => "Say “help” to see what I can do.".to_owned(),
        _ => format!("Did you mean {}? “help” shows all I can do.", either(nearest)),
    }
}

fn either(commands: &[String]) -> String {
    let quoted: Vec<_> = commands.iter().map(|command| format!("“{command}”")).collect();
    quoted.join(" or ")
}

/// A status as a word of a sentence: `given back`.
pub fn spoken(status: &str) -> String {
    status.replace('_', " ")
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
            // Many can read a ticket.
            let changed: Vec<_> = state.changed.iter().map(Difference::without_holding).collect();
            let again = (!changed.is_empty()).then(|| since_it_was_shown(&changed));
            again
                .into_iter()
                .chain([
                    format!(
                        "{what}: waiting for {}, until {}.",
                        countersignatures(terms.quorum),
                        instant(*due)
                    ),
                    format!("Who may countersign: {}. Request {code}.", list(&terms.approver_names())),
                ])
                .collect()
        }
        AccessEvent::Own(GrantEvent::Granted { permission, holds, until, by_hand, .. }) => vec![
            format!(
                "Granted on {}: {permission} on {} for {}, until {}.",
                instant(at),
                asked.repository.as_deref().unwrap_or_default(),
                whom_on_a_ticket(asked),
                instant(*until)
            ),
            format!(
                "{} {} Request {code}.",
                countersigned(
                    &state.countersigned_by,
                    &signers(&state.countersigned_by, &|id| state.stood_in_for.get(id), name)
                ),
                how_it_was_read(*permission, *holds, *by_hand)
            ),
        ],
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
            vec![format!(
                "{what}: closed, because {} does not belong here any more. Request {code}.",
                flat(name)
            )]
        }
        AccessEvent::Own(GrantEvent::Shortened { name, until, .. }) => vec![format!(
            "{what}: {} does not belong here any more, so it ends sooner, on {}. Request {code}.",
            flat(name),
            instant(*until)
        )],
        AccessEvent::Own(GrantEvent::Extended { until, .. }) => {
            vec![format!("{what}: extended until {}. Request {code}.", instant(*until))]
        }
        AccessEvent::Own(GrantEvent::Ended { ending, left, by_hand }) => {
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
        | AccessEvent::Delayed { .. }
        | AccessEvent::Own(GrantEvent::EndsSoon { .. } | GrantEvent::Ending { .. }) => return None,
    })
}

fn superseded(what: &str, why: &Violation, code: &Code) -> String {
    let why = violation(why);
    format!("{what}: {why} Nobody decides on this any more. Request {code}.")
}

fn how_it_was_read(permission: Permission, holds: Option<Permission>, by_hand: bool) -> String {
    match holds {
        _ if by_hand => "An operator says that they set it by hand; nobody has looked.".to_owned(),
        Some(holds) if holds != permission => {
            format!("It was read back from Bitbucket, within {holds}, which is held anyway.")
        }
        _ => "It was read back from Bitbucket.".to_owned(),
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
        (None, _) if denial.violations.iter().all(Violation::is_there_already) => {
            format!("{what}: nothing has to be done for it.")
        }
        (None, _) => format!("{what}: this request cannot be granted as it stands."),
    };
    let rules = denial.rules.map(|version| format!("That is what version {version} of the rules says."));
    let code = state.asked.iter().map(|asked| format!("Request {}.", asked.code));
    let why = denial.violations.iter().map(violation);
    std::iter::once(head).chain(why).chain(rules).chain(code).collect()
}

/// What an account still holds when an access has ended.
pub fn stays(left: Permission) -> String {
    format!("{left} stays: it is held beside this access, as I read it back from Bitbucket.")
}

/// `one countersignature`, `2 countersignatures`.
pub fn countersignatures(quorum: u32) -> String {
    if quorum == 1 { "one countersignature".to_owned() } else { format!("{quorum} countersignatures") }
}

/// Who countersigned, as a sentence.
pub fn countersigners(by: &[PrincipalId], name: &dyn Fn(&PrincipalId) -> String) -> String {
    let names: Vec<_> = by.iter().map(name).collect();
    countersigned(by, &list(&names))
}

fn countersigned(by: &[PrincipalId], names: &str) -> String {
    if by.is_empty() {
        "The rules ask for no countersignature.".to_owned()
    } else {
        format!("Countersigned by {names}.")
    }
}

/// The names of who countersigned a request, each with that of whom they stood in for.
pub fn signers<'a>(
    by: &[PrincipalId],
    place: &dyn Fn(&PrincipalId) -> Option<&'a PrincipalId>,
    name: &dyn Fn(&PrincipalId) -> String,
) -> String {
    let said = |id: &PrincipalId| match place(id) {
        Some(absent) => format!("{}, in the place of {}", name(id), name(absent)),
        None => name(id),
    };
    let names: Vec<_> = by.iter().map(said).collect();
    // Whose place it was belongs to one of them only.
    if by.iter().any(|id| place(id).is_some()) { names.join("; ") } else { list(&names) }
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

/// What an operator says was done by hand, and nobody could look at yet.
pub fn vouched(doing: &str, note: &str) -> String {
    let note = if note.is_empty() { String::new() } else { format!(": {}", prose(note)) };
    format!(
        "An administrator says that {doing} was done by hand{note}. I cannot look at it at the moment, and look again by myself until I have read that back."
    )
}

/// Why an effect is looked at of which an operator says that it was done by hand.
pub const fn vouched_for() -> &'static str {
    "an operator says that it was done by hand, and it is looked at until that is read back"
}

/// Why an attempt that ends its bot each time is made no more.
pub fn ends_its_bot(times: u32) -> String {
    format!("I was ended {times} times in a row while I was at it, and do not know what came of it")
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

    #[test]
    fn trust_c2_what_ends_an_access_is_told_of_what_lasts_and_of_nothing_else() {
        let told = |lasts| violation(&Violation::TooLateToTakeBack { status: "failed".to_owned(), lasts });
        assert!(told(true).contains("To end the access, say “revoke”"), "{}", told(true));
        assert!(told(false).ends_with("cannot be taken back any more."), "{}", told(false));
    }

    #[test]
    fn trust_d6_a_chat_account_is_never_told_by_its_address() {
        assert_eq!(plain("slack/T024BE7LD/W012A3CDE"), "the Slack account W012A3CDE");
        assert_eq!(plain("payments-api/x/y"), "payments-api/x/y");
        let said = violation(&Violation::UnknownUser { user: "slack/T024/W012".into() });
        assert!(!said.contains("slack/T"), "{said}");
    }
}
