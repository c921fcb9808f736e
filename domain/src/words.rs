//! What the bot says, in one place.
//!
//! The tone: short, plain, kind. Say what happened, who decided, what happens next and when. Name things by their real
//! names. Never blame. A refusal says which rule and who could help. No sentence is built in two places.

mod form;
mod happened;
mod operations;

pub use form::{
    BLANK, asks_the_same, cannot_be_looked_up, form_to_copy, is_line_of_ours, nobody_reports,
    one_request_a_ticket, to_mend,
};
pub use happened::happened;
pub use operations::*;

use crate::denied::{Fault, Violation};
use crate::names::PrincipalId;
pub use crate::ports::vendor;
pub use crate::text::{flat, instant, list, plain, prose, quoted, told};

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

/// Every reason for a "no", a line each.
pub fn denied<F: Fault>(violations: &[Violation]) -> String {
    violations.iter().map(violation::<F>).collect::<Vec<_>>().join("\n")
}

/// One reason for a "no", with what helps. `F` is what capabilities say no for besides what every one can.
pub fn violation<F: Fault>(violation: &Violation) -> String {
    use Violation as V;
    match violation {
        V::Own(own) => F::of(own).map_or_else(|| of_another_program(own.code()), |fault| fault.said()),
        V::MisleadingTitle { .. } | V::UnreadTitle | V::UnreadLine { .. } | V::BeginsLater { .. } => {
            form::unplaced(violation)
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
        V::RuleSetFaults { faults } => {
            let lines: Vec<_> = faults.iter().map(ToString::to_string).collect();
            format!("The rules were not published, the ones before stay in force. {}", lines.join("; "))
        }
        _ => about_the_form(violation),
    }
}

fn about_rules(violation: &Violation) -> String {
    use Violation as V;
    match violation {
        V::RulesMovedOn { base, now } => format!(
            "This was to take the place of version {base} of the rules, and version {now} is in force by now. Look at what it \
             says, and propose yours again."
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
        V::PlanChanged { what } => format!(
            "Since you were asked, {what}; please look again and decide on what is now. Nothing was counted."
        ),
        V::EvidenceUnknown { vendor, refused } => cannot_be_asked(vendor, refused.as_deref()),
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
        V::Own(_)
        | V::RulesMovedOn { .. }
        | V::TooLateToTakeBack { .. }
        | V::TextTooLong { .. }
        | V::BadCharacter { .. }
        | V::MisleadingTitle { .. }
        | V::UnreadTitle
        | V::UnreadLine { .. }
        | V::BeginsLater { .. }
        | V::SeveralPeople { .. }
        | V::NotLinked { .. }
        | V::ForbiddenByRule { .. }
        | V::OwnRequest
        | V::AgentMayNotCountersign
        | V::NotEligible { .. }
        | V::AlreadyCountersigned
        | V::CountersignedAndSet { .. }
        | V::Stale
        | V::EvidenceUnknown { .. }
        | V::DenialNeedsReason
        | V::NotCountersigned
        | V::CountersignatureVoid
        | V::ReactionNotEnough
        | V::StepUpNeeded
        | V::RuleSetFaults { .. }
        | V::PlanChanged { .. } => String::new(),
    }
}

/// To somebody who was about to decide while a vendor does not answer, or does not let the bot look.
fn cannot_be_asked(vendor: &str, refused: Option<&str>) -> String {
    if let Some(refused) = refused {
        return format!(
            "{refused} So I cannot tell whether things are still as they were, and nothing was decided. Nothing is lost: \
             what waits can be decided as soon as that is mended."
        );
    }
    format!(
        "{} does not answer just now, so I cannot tell whether things are still as they were, and nothing was decided. \
         Nothing is lost: please do the same again when {0} is back; what waits can be decided then as before.",
        flat(self::vendor(vendor))
    )
}

/// What this program does not know the words for.
fn of_another_program(code: &str) -> String {
    format!("It was refused for a reason that another version of me gave: {}.", spoken(code))
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

pub(crate) fn either(commands: &[String]) -> String {
    let quoted: Vec<_> = commands.iter().map(|command| format!("“{command}”")).collect();
    quoted.join(" or ")
}

/// A status as a word of a sentence: `given back`.
pub fn spoken(status: &str) -> String {
    status.replace('_', " ")
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

pub(crate) fn countersigned(by: &[PrincipalId], names: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Fault;

    #[test]
    fn trust_a5_that_a_vendor_does_not_answer_is_said_in_words() {
        let unknown = Violation::EvidenceUnknown { vendor: "jira".to_owned(), refused: None };
        insta::assert_snapshot!(violation::<Fault>(&unknown), @"Jira does not answer just now, so I cannot tell whether things are still as they were, and nothing was decided. Nothing is lost: please do the same again when Jira is back; what waits can be decided then as before.");
    }

    #[test]
    fn of_a_reason_that_another_program_gave_its_code_is_told() {
        let other: Violation = serde_json::from_str(r#"{"code":"moon_is_full"}"#).unwrap();
        let said = violation::<Fault>(&other);
        assert_eq!(said, "It was refused for a reason that another version of me gave: moon is full.");
    }

    #[test]
    fn trust_c2_what_ends_an_access_is_told_of_what_lasts_and_of_nothing_else() {
        let told =
            |lasts| violation::<Fault>(&Violation::TooLateToTakeBack { status: "failed".to_owned(), lasts });
        assert!(told(true).contains("To end the access, say “revoke”"), "{}", told(true));
        assert!(told(false).ends_with("cannot be taken back any more."), "{}", told(false));
    }
}
