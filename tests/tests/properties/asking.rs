//! What is asked for: every fault is named, and the vendors must know it (2, 7, 8).

use countersign_domain::access::{AccessCommand, AccessEvent, AccessRequest, Fault, Form, Status};
use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::capabilities;
use countersign_domain::denied::{Field, Violation};
use countersign_domain::request::Code;
use countersign_domain::rules::{OnLeave, Ruling, Terms};
use countersign_sandbox::bitbucket::BitbucketUser;
use countersign_sandbox::jira::Status as TicketStatus;
use countersign_tests::acting::form;
use countersign_tests::stage::Stage;
use countersign_tests::vendors::Vendor as _;
use countersign_tests::webhook::ticket_created;
use jiff::SignedDuration;
use proptest::prelude::*;

use crate::support::{cases, findings, fresh, noon, on_stage, read};

/// A text of a form, and what is wrong with it.
type Field_ = (Option<String>, Option<Violation>);

fn good(pattern: &'static str) -> BoxedStrategy<Field_> {
    pattern.prop_map(|text| (Some(text), None)).boxed()
}

fn absent(violation: Option<Violation>) -> BoxedStrategy<Field_> {
    let blank = prop::sample::select(vec![None, Some(String::new()), Some("  \t".to_owned())]);
    blank.prop_map(move |text| (text, violation.clone())).boxed()
}

fn too_long(field: Field, max: usize) -> BoxedStrategy<Field_> {
    let text = prop::collection::vec("[a-zé]", max + 1..max + 40).prop_map(|letters| letters.concat());
    text.prop_map(move |text| {
        let length = text.chars().count();
        (Some(text), Some(Violation::TextTooLong { field, length, max }))
    })
    .boxed()
}

fn deceiving(field: Field) -> BoxedStrategy<Field_> {
    let sign = prop::sample::select(vec!['\u{202E}', '\u{200B}', '\u{0007}', '\u{2066}', '\u{FEFF}']);
    ("[a-z]{1,20}", sign, "[a-z]{1,20}")
        .prop_map(move |(before, sign, after)| {
            let (character, place) = (format!("U+{:04X}", u32::from(sign)), before.len() + 1);
            let fault = Violation::BadCharacter { field, character, place };
            (Some(format!("{before}{sign}{after}")), Some(fault))
        })
        .boxed()
}

fn permission_field() -> impl Strategy<Value = Field_> {
    let missing = Violation::from(Fault::MissingField { field: Field::Permission });
    let unknown = "[a-z]{2,14}".prop_filter("not on the list", |word| !on_the_list(word));
    let unknown = unknown
        .prop_map(|given| (Some(given.clone()), Some(Violation::from(Fault::UnknownPermission { given }))));
    prop_oneof![3 => good("read|write|admin|WRITE"), 1 => absent(Some(missing)), 1 => unknown]
}

fn text_field(
    field: Field,
    pattern: &'static str,
    missing: Option<Violation>,
) -> impl Strategy<Value = Field_> {
    let max = if field == Field::Reason { 500 } else { 100 };
    prop_oneof![3 => good(pattern), 1 => absent(missing), 1 => too_long(field, max), 1 => deceiving(field)]
}

fn duration_field() -> impl Strategy<Value = Field_> {
    let bad =
        prop::sample::select(vec!["0 days", "-3 days", "soon", "9999999999999999999 days", "2 moons", "d"]);
    let bad = bad.prop_map(|given| {
        let fault = Violation::from(Fault::BadDuration { given: given.to_owned(), why: String::new() });
        (Some(given.to_owned()), Some(fault))
    });
    prop_oneof![3 => good("[1-6] (days|hours)"), 1 => absent(None), 2 => bad]
}

/// Whether a word is on the list of permissions, said independently of the code.
pub(crate) fn on_the_list(word: &str) -> bool {
    ["read", "write", "admin"].contains(&word.trim().to_ascii_lowercase().as_str())
}

/// Terms that ask nobody and allow everything.
fn generous() -> Terms {
    Terms {
        version: 1,
        policies: vec!["all".to_owned()],
        auto: true,
        quorum: 0,
        approvers: vec![],
        max_minutes: None,
        max_total_minutes: None,
        reason_required: false,
        escalate_after_minutes: None,
        escalate_to: vec![],
        approvers_when_escalated: vec![],
        remind_after_minutes: None,
        reaction: false,
        step_up: false,
        ticket: vec![],
        ticket_status: vec![],
        messages: vec![],
        on_leave: OnLeave::End,
        while_member: vec![],
        own: [].into(),
    }
}

/// Asks, and lets the vendors and the rules answer.
pub(crate) fn checked(form: &Form, known: (bool, bool, bool)) -> Vec<(AccessRequest, AccessEvent)> {
    let asked = read(form);
    let findings = findings(&asked, known.0, known.1, known.2);
    let ruling =
        (asked.permission.is_some() && asked.repository.is_some()).then(|| Ruling::Allowed(generous()));
    let mut state = AccessRequest::default();
    let mut happened = Vec::new();
    let commands = [
        AccessCommand::Ask(Box::new(asked)),
        AccessCommand::Check { findings: Box::new(findings), ruling, past: vec![] },
    ];
    for command in commands {
        for event in state.decide(command, noon()).expect("a check is never refused") {
            state.evolve(&event, noon());
            happened.push((state.clone(), event));
        }
    }
    happened
}

fn without_why(violation: &Violation) -> Violation {
    match violation.own() {
        Some(Fault::BadDuration { given, .. }) => Fault::BadDuration { given, why: String::new() }.into(),
        _ => violation.clone(),
    }
}

/// What the person must be able to find in the sentence about a fault.
fn named_in_sentence(violation: &Violation) -> String {
    if let Violation::TextTooLong { field, .. } | Violation::BadCharacter { field, .. } = violation {
        return field.as_str().to_owned();
    }
    match violation.own() {
        Some(Fault::MissingField { field }) => field.as_str().to_owned(),
        Some(Fault::UnknownPermission { given } | Fault::BadDuration { given, .. }) => given,
        Some(Fault::UnknownUser { user }) => user,
        Some(Fault::UnknownRepository { repository }) => repository,
        Some(Fault::UnknownTicket { ticket }) => ticket,
        _ => panic!("not expected: {violation:?}"),
    }
}

proptest! {
    #![proptest_config(cases())]

    /// Whatever is wrong with a request, each fault is reported once, all at once, in a sentence that names the thing.
    #[test]
    fn a02_validation_error_specificity(
        permission in permission_field(),
        repository in text_field(
            Field::Repository, "[a-z][a-z0-9-]{0,30}", Some(Violation::from(Fault::MissingField { field: Field::Repository })),
        ),
        ticket in text_field(Field::Ticket, "[A-Z]{2,5}-[1-9][0-9]{0,3}", None),
        reason in text_field(Field::Reason, "[ -~]{1,200}", None),
        duration in duration_field(),
        known in any::<(bool, bool, bool)>(),
    ) {
        let given = |field: &Field_| field.0.clone();
        let form = Form {
            permission: given(&permission), repository: given(&repository), ticket: given(&ticket),
            reason: given(&reason), duration: given(&duration), user: None,
        };
        let usable = |field: &Field_| field.0.clone().filter(|text| field.1.is_none() && !text.trim().is_empty());
        let mut expected: Vec<Violation> = [&permission, &repository, &ticket, &reason, &duration]
            .into_iter().filter_map(|field| field.1.clone()).collect();
        if !known.0 {
            expected.push(Fault::UnknownUser { user: "Erin".to_owned() }.into());
        }
        if let (Some(repository), false) = (usable(&repository), known.1) {
            expected.push(Fault::UnknownRepository { repository }.into());
        }
        if let (Some(ticket), false) = (usable(&ticket), known.2) {
            expected.push(Fault::UnknownTicket { ticket }.into());
        }
        let happened = checked(&form, known);
        let Some((_, AccessEvent::Denied { violations, .. })) = happened.last() else {
            prop_assert!(expected.is_empty(), "{:?} was let through", expected);
            return Ok(());
        };
        prop_assert!(!expected.is_empty(), "denied for {:?}", violations);
        let found: Vec<Violation> = violations.iter().map(without_why).collect();
        prop_assert_eq!(found.len(), expected.len(), "{:?} instead of {:?}", found, expected);
        for fault in &expected {
            prop_assert!(found.contains(fault), "{:?} is missing in {:?}", fault, found);
        }
        let mut sentences: Vec<String> = violations.iter().map(capabilities::violation).collect();
        for (violation, sentence) in violations.iter().zip(&sentences) {
            prop_assert!(sentence.contains(&named_in_sentence(violation)), "{}", sentence);
        }
        sentences.sort();
        sentences.dedup();
        prop_assert_eq!(sentences.len(), expected.len(), "two faults are told in the same words");
    }
}

/// The ticket asks; its request, where one was born.
async fn of_ticket(stage: &Stage, ticket: &str, form: &Form) -> Option<Code> {
    let body = ticket_created(ticket, "demo-employee", form);
    let answer = stage.signed_delivery(ticket, &body).send().await.expect("the bot answers");
    assert_eq!(answer.status(), 202, "the webhook is taken");
    stage.settle().await;
    let page = stage.get("demo-admin", "/api/v1/access-requests?limit=50").await;
    let items = page["items"].as_array().expect("a list");
    let own = items.iter().find(|item| item["ticket"] == ticket)?;
    Some(own["code"].as_str().expect("a code").parse().expect("a code"))
}

/// Asking for a user the forge does not know is told on the ticket with the user's name, asks nobody and changes nothing: the
/// ticket can be mended. One whom it knows, by account or by nickname, gets the access under their account.
#[test]
fn a07_user_existence_validation_with_specific_feedback() {
    on_stage(("[a-z]{4,12}", any::<bool>(), any::<bool>()), async |stage, (name, exists, by_account)| {
        let number = fresh();
        let (nickname, account) = (format!("{name}.{number}"), format!("557058:{name}-{number}"));
        let (ticket, repository) = (format!("USR-{number}"), format!("users-{number}"));
        if exists {
            stage.add_user(BitbucketUser {
                account_id: account.clone(),
                uuid: format!("{{00000000-0000-4000-9000-{number:012}}}"),
                nickname: nickname.clone(),
                display_name: format!("Somebody {number}"),
            });
            // Who joined this very minute may be nobody yet: the members are listed once a minute.
            stage.later(SignedDuration::from_mins(1)).await;
        }
        stage.add_repository(&repository);
        stage.add_ticket(&ticket, TicketStatus::ToDo, "demo-employee");
        let given = if by_account { account.clone() } else { nickname };
        let form = Form { user: Some(given.clone()), ..form("write", &repository, "1 day", &ticket) };
        let code = of_ticket(stage, &ticket, &form).await;
        prop_assert_eq!(code.is_some(), exists);
        if let Some(code) = &code {
            stage.countersign("demo-approver", code).await.expect("an approver may");
        }
        let held = stage.demo.bitbucket.state().repositories[&repository].permissions.clone();
        if let Some(code) = &code {
            let state = stage.state(code).await;
            prop_assert_eq!(state.status(), Status::Active, "{:#?}", state);
            prop_assert_eq!(
                held.into_iter().collect::<Vec<_>>(),
                [(account, countersign_tests::vendors::level("write"))]
            );
            return Ok(());
        }
        prop_assert!(held.is_empty(), "{:?}", held);
        let (status, comments) = stage.ticket(&ticket);
        prop_assert_eq!(status.as_str(), "To Do");
        prop_assert!(
            comments.iter().any(|text| text.contains(&format!("no user {given} "))),
            "{:?}",
            comments
        );
        Ok(())
    });
}

/// The same for repositories.
#[test]
fn a08_repository_existence_validation_with_specific_feedback() {
    on_stage(("[a-z]{4,12}", any::<bool>()), async |stage, (name, exists)| {
        let number = fresh();
        let (ticket, repository) = (format!("REP-{number}"), format!("{name}-{number}"));
        if exists {
            stage.add_repository(&repository);
        }
        stage.add_ticket(&ticket, TicketStatus::ToDo, "demo-employee");
        let form = form("write", &repository, "1 day", &ticket);
        let code = of_ticket(stage, &ticket, &form).await;
        prop_assert_eq!(code.is_some(), exists);
        if let Some(code) = &code {
            let state = stage.state(code).await;
            prop_assert_eq!(state.status(), Status::Waiting, "{:#?}", state);
            return Ok(());
        }
        let (status, comments) = stage.ticket(&ticket);
        prop_assert_eq!(status.as_str(), "To Do");
        prop_assert!(
            comments.iter().any(|text| text.contains(&format!("no repository {repository} "))),
            "{:?}",
            comments
        );
        Ok(())
    });
}
