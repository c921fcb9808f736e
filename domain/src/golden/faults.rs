//! What each capability, and each part that all of them have, alone says no for, in a golden file of its own: the log keeps it word for
//! word, so nothing else would notice that a code or a field is called otherwise than it was, and nobody could be told what it says.

use super::optional::Fields;
use super::{check_also, golden_files};
use crate::aggregate::decode;
use crate::capabilities::Fault;
use crate::denied::Violation;
use crate::place::SurfaceKind;
use crate::record::Record;
use crate::request::law::Tried;
use crate::{conversation, documents, effect, people, rule_change, support, ticket, timeline};

/// Everything that a kind of request alone says no for.
pub(super) fn check<K: Tried>() {
    let violations = K::faults();
    if !violations.is_empty() {
        kept(K::NAME, "request", violations);
    }
}

/// The same of what is no request, and of the parts that every kind has.
pub(super) fn check_parts() {
    let given = || "Erin".to_owned();
    let people = vec![
        people::Fault::SeveralPeople { given: given(), people: vec!["Erin (acc-1)".to_owned()] },
        people::Fault::NotLinked { surface: SurfaceKind::Slack },
        people::Fault::LinkNotGood,
        people::Fault::Forgotten,
        people::Fault::LinkTaken,
        people::Fault::BadZone { given: given() },
        people::Fault::NoHours { given: "22:00".to_owned() },
        people::Fault::UnknownGroup { group: "night-watch".to_owned() },
    ];
    kept("people", "link", people.into_iter().map(Violation::from).collect());
    let effects = vec![
        effect::Fault::NotParked { state: "attempted".to_owned() },
        effect::Fault::NotDone { shown: "read".to_owned(), wanted: "write".to_owned() },
    ];
    kept("effect", "resolve", effects.into_iter().map(Violation::from).collect());
    let tickets = vec![
        ticket::Fault::MisleadingTitle { character: "U+202E".to_owned(), place: 3 },
        ticket::Fault::UnreadTitle,
        ticket::Fault::UnreadLine { line: "or so".to_owned() },
        ticket::Fault::BeginsLater { given: "Monday".to_owned() },
    ];
    kept("ticket", "ask", tickets.into_iter().map(Violation::from).collect());
    let conversations = conversation::example::faults();
    kept("conversation", "request", conversations.into_iter().map(Violation::from).collect());
    let of_a_day = conversation::example::faults_since();
    kept("conversation_a_day", "request", of_a_day.into_iter().map(Violation::from).collect());
    let of_readers = documents::example::faults_since();
    kept("document_readers", "request", of_readers.into_iter().map(Violation::from).collect());
    let support = support::example::faults();
    kept("support", "request", support.into_iter().map(Violation::from).collect());
    let outside = support::example::faults_since();
    kept("support_outside", "request", outside.into_iter().map(Violation::from).collect());
    let timeline = timeline::example::faults();
    kept("timeline", "requeue a delivery", timeline.into_iter().map(Violation::from).collect());
}

fn kept(whose: &str, command: &str, violations: Vec<Violation>) {
    let (command, stream) = (command.to_owned(), None);
    check_also(&format!("command_denied.v1.{whose}"), Record::CommandDenied { command, stream, violations });
}

/// What was added to those of the rules since, each in a file of its own.
pub(super) fn added() -> [(&'static str, Record); 2] {
    use rule_change::Fault;
    let denied = |fault: Fault| Record::CommandDenied {
        command: "request".to_owned(),
        stream: None,
        violations: vec![fault.into()],
    };
    [
        ("command_denied.v1.locks_everybody_out", denied(Fault::LocksEverybodyOut)),
        ("command_denied.v1.undoes_several", denied(Fault::UndoesSeveral { version: 1, now: 3 })),
    ]
}

#[test]
fn what_a_capability_alone_says_no_for_is_known_by_its_code_and_written_as_it_was() {
    let (fields, mut missing) = (Fields::default(), Fault::codes());
    for golden in golden_files().iter().filter(|golden| golden.kind == "command_denied") {
        let Record::CommandDenied { violations, .. } = decode(golden).unwrap() else {
            unreachable!("its type says what it is")
        };
        for violation in &violations {
            let Violation::Own(own) = violation else { continue };
            let fault: Fault = violation.own().unwrap_or_else(|| panic!("{own:?} is known to nobody"));
            assert_eq!(serde_json::to_value(&fault).unwrap(), serde_json::to_value(own).unwrap());
            fields.note_part(own.code(), &fault);
            missing.retain(|code| *code != own.code());
        }
    }
    assert!(missing.is_empty(), "no golden file holds these, for `Tried::faults` does not: {missing:?}");
    let empty = fields.never_with_a_value();
    assert!(empty.is_empty(), "no golden file would notice if these were called otherwise: {empty:#?}");
}
