//! Why it is said no, to whoever asked, with what helps.

use super::{list, plain, quoted, spoken};
use crate::denied::{Fault, RuleFault, Violation};
use crate::text::flat;

const OWN_REQUEST: &str =
    "Nobody countersigns their own request, or one for themselves; somebody else has to.";
const AGENT: &str = "Agents may ask, but only people countersign.";
const ALREADY_COUNTERSIGNED: &str = "You have countersigned this already; it counts once.";
const STALE: &str = "This changed since you saw it; here is how it stands now. Nothing was counted.";
const DENIAL_NEEDS_REASON: &str =
    "The rule for this wants a reason for a no: say “deny”, the code, and “because” with why.";
const COUNTERSIGNATURE_VOID: &str = "Your countersignature counts for nothing any more, because it changed since: there is nothing left \
                                     to take back.";
const NOT_COUNTERSIGNED: &str = "You have not countersigned this, so there is nothing to take back.";
const REACTION_NOT_ENOUGH: &str =
    "The rule for this wants more than a reaction: press the button, or say “approve” and the code.";
const STEP_UP_NEEDED: &str =
    "The rule for this wants your countersignature in the console, with your token once more.";
const QUESTION_OVER: &str = "I do not ask that any more. Please say the whole of it once more.";

/// Every reason for a "no", a line each.
pub fn denied<F: Fault>(violations: &[Violation]) -> String {
    violations.iter().map(violation::<F>).collect::<Vec<_>>().join("\n")
}

/// One reason for a "no", with what helps. `F` is what is said no for besides what every kind can.
pub fn violation<F: Fault>(violation: &Violation) -> String {
    use Violation as V;
    match violation {
        V::Own(own) => {
            let said = |fault: F| own.forge().map_or_else(|| fault.said(), |forge| fault.said_at(forge));
            F::of(own).map_or_else(|| of_another_program(own.code()), said)
        }
        V::TextTooLong { field, length, max } => {
            format!("The {} has {length} characters; please say it in at most {max}.", field.as_str())
        }
        V::BadCharacter { field, character, place } => bad_character(field.as_str(), character, *place),
        V::BadMoment { given } => bad_moment(given),
        V::NotUnderstood { said, nearest } => {
            format!("I did not understand {}. {}", quoted(said), what_else(nearest))
        }
        V::QuestionOver => QUESTION_OVER.to_owned(),
        V::ForbiddenByRule { policies, messages } => forbidden(policies, messages),
        V::OwnRequest => OWN_REQUEST.to_owned(),
        V::AgentMayNotCountersign => AGENT.to_owned(),
        V::NotEligible { approvers } => not_eligible(approvers),
        V::AlreadyCountersigned => ALREADY_COUNTERSIGNED.to_owned(),
        V::CountersignedAndSet { status } => countersigned_and_set(status),
        V::TooLateToTakeBack { status, lasts } => too_late_to_take_back(status, *lasts),
        V::Stale => STALE.to_owned(),
        V::NotItsReceipt { given } => not_its_receipt(given),
        V::PlanChanged { what } => plan_changed(what),
        V::EvidenceUnknown { vendor, refused } => cannot_be_asked(vendor, refused.as_deref()),
        V::DenialNeedsReason => DENIAL_NEEDS_REASON.to_owned(),
        V::CountersignatureVoid => COUNTERSIGNATURE_VOID.to_owned(),
        V::NotCountersigned => NOT_COUNTERSIGNED.to_owned(),
        V::ReactionNotEnough => REACTION_NOT_ENOUGH.to_owned(),
        V::StepUpNeeded => STEP_UP_NEEDED.to_owned(),
        V::HasLeft { name } => format!("{} does not belong here any more.", flat(name)),
        V::AsksOtherwise { ticket } => edited(ticket, "something else now"),
        V::AsksNothing { ticket } => edited(ticket, "nothing any more"),
        V::NothingToDecide { status } => {
            format!("There is nothing to decide here any more: it is {}.", spoken(status))
        }
        V::WrongStatus { action, status } => format!("I cannot {action} this: it is {}.", spoken(status)),
        V::AnotherKind { kind } => {
            format!("That cannot be done with this request: it is about {}.", spoken(kind))
        }
        V::NotYours { action } => format!("Only who asked, or whose access it is, can {action} this."),
        V::RoleRequired { action, role } => format!("To {action} it takes {role}."),
        V::UnknownCode { given } => unknown_code(given),
        V::RulesMovedOn { base, now } => rules_moved_on(*base, *now),
        V::RuleSetFaults { faults } => rule_set_faults(faults),
    }
}

/// To who said a receipt that is none of the request's, or none at all.
fn not_its_receipt(given: &str) -> String {
    let what = if given.is_empty() {
        "The receipt is missing behind “receipt”.".to_owned()
    } else {
        format!("{} is no receipt of it.", quoted(given))
    };
    format!(
        "{what} Its card says the first eight digits of the one that it has; without “receipt” you decide on it as it stands. Nothing was counted."
    )
}

/// What this program does not know the words for.
fn of_another_program(code: &str) -> String {
    format!("It was refused for a reason that another version of me gave: {}.", spoken(code))
}

fn bad_character(field: &str, character: &str, place: usize) -> String {
    format!(
        "The {field} holds the invisible character {character} at place {place}, which could mislead readers; please leave it out."
    )
}

fn bad_moment(given: &str) -> String {
    format!(
        "{} is no time I can use: say it like “22:00”, “Monday”, “2026-12-01 14:00” or “3 days”, and a place like “Europe/Berlin”.",
        quoted(given)
    )
}

fn forbidden(policies: &[String], messages: &[String]) -> String {
    match (policies, messages) {
        ([], []) => "No rule allows it. An admin can change the rules.".to_owned(),
        (policies, []) => format!("The rules forbid it (by {}).", list(policies)),
        (policies, messages) => {
            format!("The rules forbid it (by {}): {}", list(policies), messages.join(" "))
        }
    }
}

fn not_eligible(approvers: &[String]) -> String {
    format!("The rules do not count you among those who may countersign this; {} may.", list(approvers))
}

fn countersigned_and_set(status: &str) -> String {
    if status == SETTING {
        return "You have countersigned it; it is being set.".to_owned();
    }
    format!("You have countersigned it already, and it is {} now.", spoken(status))
}

fn too_late_to_take_back(status: &str, lasts: bool) -> String {
    let now = if status == SETTING { "being set".to_owned() } else { spoken(status) };
    let instead = if lasts { " To end the access, say “revoke” and the code." } else { "" };
    format!(
        "Enough have countersigned it, and it is {now}: a countersignature cannot be taken back any more.{instead}"
    )
}

/// The word for how a request stands whose access is being given.
const SETTING: &str = "granting";

fn plan_changed(what: &str) -> String {
    format!("Since you were asked, {what}; please look again and decide on what is now. Nothing was counted.")
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
        flat(super::vendor(vendor))
    )
}

fn edited(ticket: &str, asks_for: &str) -> String {
    format!("{} was edited, and asks for {asks_for}.", plain(ticket))
}

fn unknown_code(given: &str) -> String {
    format!("I know no request {}. “status” lists yours, with their codes.", plain(given))
}

fn rules_moved_on(base: u64, now: u64) -> String {
    format!(
        "This was to take the place of version {base} of the rules, and version {now} is in force by now. Look at what it \
         says, and propose yours again."
    )
}

fn rule_set_faults(faults: &[RuleFault]) -> String {
    let lines: Vec<_> = faults.iter().map(ToString::to_string).collect();
    format!("The rules were not published, the ones before stay in force. {}", lines.join("; "))
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
