//! What every property needs: cases on one runtime and one stage, and names that no two cases share.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU32, Ordering};

use countersign_domain::access::{Asked, Findings, Form, Permission, Subject};
use countersign_domain::envelope::ActorKind;
use countersign_domain::names::PrincipalId;
use countersign_domain::ports::{ForgeRepository, ForgeUser, Reach, Ticket, TicketStage};
use countersign_domain::request::{Code, Requester};
use countersign_domain::tenant::{Person, Role};
use countersign_sandbox::{Drop, Fault};
use countersign_tests::stage::Stage;
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::{TestError, TestRunner};
use tokio::runtime::Runtime;
use uuid::Uuid;

/// What a property answers.
pub(crate) type Outcome = Result<(), TestCaseError>;

/// How many cases every property is tried on.
pub(crate) const CASES: u32 = 256;

/// The same for properties that are plain functions.
pub(crate) fn cases() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, max_shrink_iters: 32, ..ProptestConfig::with_cases(CASES) }
}

/// How many cases share what was begun once: what they leave behind makes the later ones slower.
const SHARED: u32 = 16;

/// Tries a property on a stage that some cases share, so a case uses names of its own ([`fresh`]).
#[track_caller]
pub(crate) fn on_stage<S: Strategy>(strategy: S, property: impl AsyncFn(&Stage, S::Value) -> Outcome) {
    on(quiet_stage, strategy, property);
}

/// A stage on which Jira tells the bot only of what a case lets it tell.
pub(crate) async fn quiet_stage() -> Stage {
    let stage = Stage::new().await;
    stage.demo.jira.deliver_to(None);
    stage
}

/// Tries a property on what `begin` makes for some cases together.
#[track_caller]
pub(crate) fn on<S: Strategy, T>(
    begin: impl AsyncFn() -> T,
    strategy: S,
    property: impl AsyncFn(&T, S::Value) -> Outcome,
) {
    on_runtime(&runtime(), begin, strategy, property);
}

/// The same on this runtime.
#[track_caller]
pub(crate) fn on_runtime<S: Strategy, T>(
    runtime: &Runtime,
    begin: impl AsyncFn() -> T,
    strategy: S,
    property: impl AsyncFn(&T, S::Value) -> Outcome,
) {
    often_on_runtime((CASES, runtime), begin, strategy, property);
}

/// The same on so many cases.
#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "a closure reads better where it is written")]
pub(crate) fn often_on_runtime<S: Strategy, T>(
    (cases, runtime): (u32, &Runtime),
    begin: impl AsyncFn() -> T,
    strategy: S,
    property: impl AsyncFn(&T, S::Value) -> Outcome,
) {
    let shared: RefCell<(Option<T>, u32)> = RefCell::new((None, 0));
    run_often(cases, strategy, |value| {
        let (kept, uses) = &mut *shared.borrow_mut();
        let begun = kept.take().filter(|_| *uses % SHARED != 0);
        *uses += 1;
        let begun = begun.unwrap_or_else(|| runtime.block_on(begin()));
        let outcome = runtime.block_on(property(&begun, value));
        // After a failure the next case begins anew, or it would fail for what this one left behind.
        *kept = outcome.is_ok().then_some(begun);
        outcome
    });
}

/// Tries a property.
#[track_caller]
pub(crate) fn run<S: Strategy>(strategy: S, property: impl Fn(S::Value) -> Outcome) {
    run_often(CASES, strategy, property);
}

/// Tries a property on so many cases.
#[track_caller]
pub(crate) fn run_often<S: Strategy>(cases: u32, strategy: S, property: impl Fn(S::Value) -> Outcome) {
    let config = ProptestConfig { max_shrink_iters: 64, cases, ..self::cases() };
    match TestRunner::new(config).run(&strategy, property) {
        Ok(()) => {}
        Err(TestError::Fail(reason, value)) => panic!("{reason}\nsmallest case: {value:#?}"),
        Err(TestError::Abort(reason)) => panic!("given up: {reason}"),
    }
}

/// A runtime for one test.
pub(crate) fn runtime() -> Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(1).enable_all().build().expect("a runtime")
}

/// A number that no other case has.
pub(crate) fn fresh() -> u32 {
    static LAST: AtomicU32 = AtomicU32::new(100);
    LAST.fetch_add(1, Ordering::Relaxed)
}

/// The instant at which everything happens that happens at no special time.
pub(crate) fn noon() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().expect("a valid instant")
}

/// A person.
pub(crate) fn person(id: &str, groups: &[&str], roles: &[Role]) -> Person {
    Person {
        id: principal(id),
        kind: ActorKind::Person,
        name: id.to_owned(),
        groups: groups.iter().map(ToString::to_string).collect(),
        roles: roles.iter().copied().collect(),
        accounts: [].into(),
    }
}

/// A principal's id.
pub(crate) fn principal(id: &str) -> PrincipalId {
    id.parse().expect("a principal's id")
}

/// Who asks in properties about decisions: `erin`, for herself.
pub(crate) fn read(form: &Form) -> Asked {
    let requester =
        Requester { id: principal("erin"), kind: ActorKind::Person, name: "Erin".to_owned(), known: true };
    let subject = Subject {
        principal: Some(principal("erin")),
        account: "acc-erin".to_owned(),
        name: form.user.clone().unwrap_or_else(|| "Erin".to_owned()),
    };
    Asked::read(Code::candidate(Uuid::from_u128(1), 0), requester, subject, form, noon())
}

/// What vendors say who know some of these.
pub(crate) fn findings(asked: &Asked, user: bool, repository: bool, ticket: bool) -> Findings {
    let name = asked.repository.clone().filter(|_| repository);
    let key = asked.ticket.clone().filter(|_| ticket);
    Findings {
        subject: None,
        forge: None,
        user: user.then(|| ForgeUser {
            account: asked.subject.account.clone(),
            name: asked.subject.name.clone(),
            aliases: [].into(),
            nickname: None,
        }),
        repository: name.map(|name| ForgeRepository { url: format!("https://forge/{name}"), name, id: None }),
        ticket: key.map(|key| Ticket {
            url: format!("https://tracker/{key}"),
            key,
            title: "A title".to_owned(),
            status: "To Do".to_owned(),
            stage: TicketStage::Todo,
            is_request: false,
            reach: Reach { everybody: true, ..Reach::default() },
        }),
        present: None,
        beside: None,
        faults: vec![],
    }
}

/// Any permission of the list.
pub(crate) fn permission() -> impl Strategy<Value = Permission> + Clone {
    prop::sample::select(Permission::ALL.to_vec())
}

/// The names of permissions, as the forge and people write them.
pub(crate) fn permission_name() -> impl Strategy<Value = &'static str> + Clone {
    prop::sample::select(vec!["read", "write", "admin"])
}

/// Trouble that passes, at any call about tickets.
pub(crate) fn passing_trouble() -> impl Strategy<Value = Fault> {
    let matching = prop::sample::select(vec!["POST /rest", "GET /rest", ""]).prop_map(str::to_owned);
    let answer = prop::sample::select(vec![
        (Some(503), None),
        (Some(429), None),
        (Some(500), None),
        (None, Some(Drop::Before)),
        (None, Some(Drop::After)),
    ]);
    (matching, answer).prop_map(|(matching, (status, drop))| Fault {
        matching,
        times: 1,
        status,
        drop,
        ..Fault::default()
    })
}
