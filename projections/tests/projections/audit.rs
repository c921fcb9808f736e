//! The audit finds every event by what it is about, and nothing else.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::support::{Happening, History, What, id, life, mix, of_tenant, person, tenant};
use countersign_domain::access::{self, AccessEvent, Findings, Permission, PermissionTask, Subject};
use countersign_domain::capabilities::{AnyRequest, Effect, EffectEvent};
use countersign_domain::effect::Resolution;
use countersign_domain::envelope::Envelope;
use countersign_domain::ports::{EventStore as _, ForgeRepository, PermissionPlan};
use countersign_domain::tenant::{People, PeopleEvent, Person, Role, SettingsEvent};
use countersign_projections::audit::{self, AuditEntry, AuditFilter, search};
use countersign_projections::{MemoryRows, Moment, QueryError, fold_as_of};
use countersign_store::MemoryStore;
use proptest::prelude::*;

/// The lives of four requests of two people, one after another, in two tenants.
async fn lived() -> (History<MemoryStore>, Arc<MemoryRows>) {
    let mut history = History::new(MemoryStore::new());
    for name in ["acme", "acme2"] {
        history
            .happen(&tenant(name), &of_tenant("ada", PeopleEvent::PersonRecorded { person: person("erin") }))
            .await;
        for n in [0, 1, 4, 5] {
            for happening in life(&tenant(name), n) {
                history.happen(&tenant(name), &happening).await;
            }
        }
    }
    let rows = index(&history).await;
    (history, rows)
}

async fn index(history: &History<MemoryStore>) -> Arc<MemoryRows> {
    let all = Moment::Time(jiff::Timestamp::MAX);
    fold_as_of(&*history.store, &audit::AuditIndex, all).await.unwrap()
}

async fn find(history: &History<MemoryStore>, rows: &MemoryRows, filter: &AuditFilter) -> Vec<AuditEntry> {
    search(rows, &*history.store, &People::default(), &tenant("acme"), filter, None, 1000)
        .await
        .unwrap()
        .items
}

fn streams(entries: &[AuditEntry]) -> BTreeSet<String> {
    entries.iter().map(|entry| entry.stream.as_str().split(['.', '-']).nth(1).unwrap().to_owned()).collect()
}

#[tokio::test]
async fn all_that_belongs_to_a_request_is_found_by_its_code() {
    let (history, rows) = lived().await;
    let filter = AuditFilter { code: Some(crate::support::code(0).to_string()), ..AuditFilter::default() };
    let found = find(&history, &rows, &filter).await;
    assert_eq!(found.len(), life(&tenant("acme"), 0).len());
    assert!(found.iter().all(|entry| entry.code == Some(crate::support::code(0))));
    assert_eq!(streams(&found), ["denial", "effect", "request", "webhook"].map(String::from).into());
}

#[tokio::test]
async fn user_repository_and_ticket_find_commands_denials_decisions_attempts_and_outcomes() {
    let (history, rows) = lived().await;
    let lives = |n: &[u64]| n.iter().map(|n| life(&tenant("acme"), *n).len()).sum::<usize>();
    let by_user = AuditFilter { users: vec!["ERIN".to_owned()], ..AuditFilter::default() };
    assert_eq!(
        find(&history, &rows, &by_user).await.len(),
        lives(&[0, 4]) + 1,
        "and the day she was recorded"
    );
    for (user, count) in
        [("Sam Example", lives(&[1, 5])), ("{sam}", lives(&[1, 5])), ("nosy", 4), ("nobody", 0)]
    {
        let filter = AuditFilter { users: vec![user.to_owned()], ..AuditFilter::default() };
        assert_eq!(find(&history, &rows, &filter).await.len(), count, "{user}");
    }
    let filter = AuditFilter { repository: Some("web-shop".to_owned()), ..AuditFilter::default() };
    assert_eq!(find(&history, &rows, &filter).await.len(), lives(&[4, 5]));
    let filter = AuditFilter {
        ticket: Some("ops-1".to_owned()),
        users: vec!["sam".to_owned()],
        ..AuditFilter::default()
    };
    assert_eq!(find(&history, &rows, &filter).await.len(), lives(&[1]));
}

#[tokio::test]
async fn a_request_of_every_kind_is_found_by_who_asked_and_with_what_was_said_before() {
    for kind in AnyRequest::KINDS {
        let file = format!("{}/../domain/golden/{kind}_requested.v1.json", env!("CARGO_MANIFEST_DIR"));
        let golden = std::fs::read(&file).unwrap_or_else(|why| panic!("{file}: {why}"));
        let golden = Envelope::from_json(&golden).unwrap();
        let data: serde_json::Value = serde_json::from_str(golden.data.get()).unwrap();
        let asker = data["asked"]["requester"]["id"].as_str().unwrap();
        let mut history = History::new(MemoryStore::new());
        let said = life(&tenant("acme"), 7).remove(0);
        history.happen(&tenant("acme"), &said).await;
        // By what it says of itself alone: who wrote it is somebody else.
        let asked = of_tenant("policy", SettingsEvent::TenantCreated { name: "Acme".into() });
        let stream = ("request", crate::support::code(7).stream_id().to_owned());
        let asked = Happening { stream, correlation: said.correlation, ..asked };
        let mut append = history.append(&tenant("acme"), &asked);
        (append.events[0].kind, append.events[0].data) = (golden.kind, golden.data);
        history.store.append(append).await.unwrap();
        let rows = index(&history).await;
        for filter in [
            AuditFilter { users: vec![asker.to_owned()], ..AuditFilter::default() },
            AuditFilter { concerning: Some(id(asker)), ..AuditFilter::default() },
            AuditFilter { code: Some(crate::support::code(7).to_string()), ..AuditFilter::default() },
        ] {
            assert_eq!(find(&history, &rows, &filter).await.len(), 2, "{kind}: {filter:?}");
        }
    }
}

#[tokio::test]
async fn an_access_is_found_by_whose_it_turned_out_to_be_and_by_the_names_that_the_vendors_gave() {
    let (mut history, acme) = (History::new(MemoryStore::new()), tenant("acme"));
    let access = |event| Happening {
        stream: ("request", crate::support::code(0).stream_id().to_owned()),
        actor: "policy".to_owned(),
        correlation: uuid::Uuid::from_u128(7),
        what: What::Access(event),
    };
    let mut asked = crate::support::asked(0);
    asked.subject = Subject { principal: None, account: "typed".to_owned(), name: "typed".to_owned() };
    history.happen(&acme, &access(AccessEvent::Requested { asked: Box::new(asked) })).await;
    let repository = |name: &str| ForgeRepository {
        name: name.to_owned(),
        url: String::new(),
        id: Some("{0f0e0d0c-0b0a-0908-0706-050403020100}".to_owned()),
    };
    let subject = Subject { principal: Some(id("kim")), account: "{kim}".to_owned(), name: "Kim".to_owned() };
    let findings =
        Findings { subject: Some(subject), repository: Some(repository("payments")), ..Findings::default() };
    let checked = AccessEvent::Checked { findings: Box::new(findings.clone()), ruling: None };
    history.happen(&acme, &access(checked)).await;
    let findings = Box::new(Findings { repository: Some(repository("billing")), ..findings });
    let changed = AccessEvent::EvidenceChanged { findings, differences: vec![], voided: vec![] };
    // Max was about to countersign it.
    history.happen(&acme, &Happening { actor: "max".to_owned(), ..access(changed) }).await;
    let rows = index(&history).await;
    for user in ["erin", "typed", "kim", "{kim}"] {
        let filter = AuditFilter { users: vec![user.to_owned()], ..AuditFilter::default() };
        assert_eq!(find(&history, &rows, &filter).await.len(), 3, "{user}");
    }
    for name in ["payments-api", "payments", "billing", "{0f0e0d0c-0b0a-0908-0706-050403020100}"] {
        let filter = AuditFilter { repository: Some(name.to_owned()), ..AuditFilter::default() };
        assert_eq!(find(&history, &rows, &filter).await.len(), 3, "{name}");
    }
    let filter = AuditFilter { concerning: Some(id("kim")), ..AuditFilter::default() };
    let found = find(&history, &rows, &filter).await;
    assert_eq!(found.len(), 3, "her whole request is hers to see");
    let to_max = AuditFilter { concerning: Some(id("max")), ..AuditFilter::default() };
    assert_eq!(find(&history, &rows, &to_max).await.len(), 3, "and that of whoever was about to decide");
    let shown = (found[0].user.as_deref(), found[0].repository.as_deref());
    assert_eq!(shown, (Some("kim"), Some("billing")));
}

#[tokio::test]
async fn a_plain_employee_sees_what_concerns_them_and_nothing_of_others() {
    let (history, rows) = lived().await;
    let sees = async |who: &str, user: Option<&str>| {
        let filter = AuditFilter {
            concerning: Some(id(who)),
            users: user.map(ToOwned::to_owned).into_iter().collect(),
            ..AuditFilter::default()
        };
        find(&history, &rows, &filter).await
    };
    assert!(sees("sam", Some("erin")).await.is_empty());
    assert!(sees("erin", None).await.iter().all(|entry| entry.user.as_deref() == Some("erin")));
    // Whoever decided on a request sees its whole life, from before they came to it.
    assert!(sees("max", None).await.iter().any(|entry| entry.kind == "webhook_received"));
    // Whoever was refused sees their own try only.
    assert_eq!(streams(&sees("nosy", None).await), ["denial".to_owned()].into());
}

#[tokio::test]
async fn a_search_can_be_paged_in_both_directions_and_bounded_in_time() {
    let (history, rows) = lived().await;
    let all = find(&history, &rows, &AuditFilter::default()).await;
    assert_eq!(all.len() * 2, history.store.read_all(None, 1000).await.unwrap().len());
    for newest in [false, true] {
        let filter = AuditFilter { newest, ..AuditFilter::default() };
        let (mut paged, mut after) = (vec![], None);
        loop {
            let page = search(
                &rows,
                &*history.store,
                &People::default(),
                &tenant("acme"),
                &filter,
                after.as_deref(),
                7,
            )
            .await
            .unwrap();
            paged.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        if newest {
            paged.reverse();
        }
        assert_eq!(paged, all);
    }
    let (from, to) = (all[3].at, all[9].at);
    let filter = AuditFilter { from: Some(from), to: Some(to), ..AuditFilter::default() };
    assert_eq!(find(&history, &rows, &filter).await, all[3..=9]);
}

#[tokio::test]
async fn bad_cursors_and_codes_are_named() {
    let (history, rows) = lived().await;
    let ask = async |filter: AuditFilter, after: &str| {
        search(&rows, &*history.store, &People::default(), &tenant("acme"), &filter, Some(after), 7)
            .await
            .unwrap_err()
    };
    for after in ["z1", "1", "a", "a-1", "axyz", "a11111111111111111111"] {
        assert!(matches!(ask(AuditFilter::default(), after).await, QueryError::BadCursor(_)), "{after}");
    }
    let filter = AuditFilter { code: Some("no code".to_owned()), ..AuditFilter::default() };
    assert!(matches!(ask(filter, "a1").await, QueryError::BadCode(_)));
}

#[tokio::test]
async fn an_event_of_a_type_that_is_not_known_is_found_and_named_all_the_same() {
    let mut history = History::new(MemoryStore::new());
    let mut append = history
        .append(&tenant("acme"), &of_tenant("ada", SettingsEvent::TenantCreated { name: "Acme".into() }));
    append.events[0].kind = "tenant_painted_blue".to_owned();
    history.store.append(append).await.unwrap();
    let rows = index(&history).await;
    let filter = AuditFilter { kinds: vec!["tenant_painted_blue".to_owned()], ..AuditFilter::default() };
    let found = find(&history, &rows, &filter).await;
    assert_eq!(found[0].summary, "ada: tenant painted blue.");
}

#[tokio::test]
async fn the_sentences_of_a_life() {
    let (history, rows) = lived().await;
    let filter = AuditFilter { code: Some(crate::support::code(0).to_string()), ..AuditFilter::default() };
    let found = find(&history, &rows, &filter).await;
    let sentences: Vec<_> = found.iter().map(|entry| format!("{}: {}", entry.kind, entry.summary)).collect();
    insta::assert_snapshot!(sentences.join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// Whatever is mixed: a search finds exactly the events that show what was searched for.
    #[test]
    fn a_search_finds_what_looking_at_every_event_finds(
        picks in proptest::collection::vec((any::<bool>(), 0..6_u8), 1..150),
        kind in prop::option::of(prop::sample::select(vec!["access_requested", "effect_attempted", "command_denied"])),
        repository in prop::option::of(prop::sample::select(&crate::support::REPOSITORIES[..])),
        ticket in prop::option::of(0..5_u64),
        newest: bool,
    ) {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
            let mut history = History::new(MemoryStore::new());
            mix(&mut history, &picks).await;
            let rows = index(&history).await;
            let ticket = ticket.map(|n| format!("OPS-{n}"));
            let filter = AuditFilter {
                kinds: kind.into_iter().map(String::from).collect(),
                repository: repository.map(String::from),
                ticket: ticket.clone(),
                newest,
                ..AuditFilter::default()
            };
            let all = find(&history, &rows, &AuditFilter { newest, ..AuditFilter::default() }).await;
            let expected: Vec<_> = all.into_iter().filter(|entry| {
                kind.is_none_or(|kind| entry.kind == kind)
                    && repository.is_none_or(|name| entry.repository.as_deref() == Some(name))
                    && ticket.as_ref().is_none_or(|key| entry.ticket.as_ref() == Some(key))
            }).collect();
            prop_assert_eq!(find(&history, &rows, &filter).await, expected);
            Ok(())
        })?;
    }
}

/// What an event says that happens in acme where these are the people.
async fn told(happening: &Happening, people: &People) -> String {
    let mut history = History::new(MemoryStore::new());
    history.happen(&tenant("acme"), happening).await;
    let events = history.store.read_all(None, 1).await.unwrap();
    audit::summary(&events[0].clone().into(), Some(people))
}

#[tokio::test]
async fn trust_a2_a_name_takes_the_place_of_an_account_and_of_nothing_that_is_written_alike() {
    let mut ann = person("ann");
    ann.accounts = [("bitbucket".to_owned(), "api".to_owned())].into();
    ann.name = "Ann".to_owned();
    let people: People = [ann].into_iter().collect();
    let repository = "payments-api".to_owned();
    let task = PermissionTask::Grant { permission: Permission::Write };
    let (code, account) = (crate::support::code(0), "api".to_owned());
    let effect: Effect =
        access::Effect::SetPermission { code, account, repository, repository_id: None, task }.into();
    let happening = |event| Happening {
        stream: ("effect", uuid::Uuid::from_u128(1).to_string()),
        actor: "outbox".to_owned(),
        correlation: uuid::Uuid::from_u128(1),
        what: What::Effect(event),
    };
    let why = "the api says no".to_owned();
    let parked = EffectEvent::EffectParked { effect: effect.clone(), why, rejected: true, told: None };
    assert_eq!(
        told(&happening(parked), &people).await,
        "A person must look at “set write on payments-api for Ann (ann)”: the api says no"
    );
    let claimed = EffectEvent::EffectClaimed { effect: effect.clone(), worker: "api-1".to_owned() };
    assert_eq!(
        told(&happening(claimed), &people).await,
        "The bot api-1 took it on to set write on payments-api for Ann (ann)."
    );
    let plan = PermissionPlan::between("api", "payments-api", None, Some(Permission::Write));
    let attempted = EffectEvent::EffectAttempted {
        attempt: 1,
        plan: access::Plan::Permission(plan).into(),
        worker: "api-1".to_owned(),
    };
    assert_eq!(
        told(&happening(attempted), &people).await,
        "Attempt 1: Ann (ann) on payments-api from nothing to write."
    );
    let vouched = EffectEvent::EffectVouched { effect: effect.clone(), by: id("ada"), note: None };
    let said = told(&happening(vouched), &people).await;
    assert!(said.contains("set write on payments-api for Ann (ann)"), "{said}");
    let resolved = EffectEvent::EffectResolved {
        effect,
        by: id("ada"),
        resolution: Resolution::Abandoned,
        note: Some("the api is down".to_owned()),
        before: None,
        outcome: None,
    };
    assert_eq!(
        told(&happening(resolved), &people).await,
        "ada gave up “set write on payments-api for Ann (ann)”: the api is down"
    );
}

#[tokio::test]
async fn trust_c4_the_audit_says_what_changed_of_a_person_each_time_they_were_recorded() {
    let (mut history, mut erin) = (History::new(MemoryStore::new()), person("erin"));
    let acme = tenant("acme");
    let record = |person: &Person| of_tenant("ada", PeopleEvent::PersonRecorded { person: person.clone() });
    history.happen(&acme, &record(&erin)).await;
    history.happen(&acme, &record(&erin)).await;
    erin.roles = [Role::Admin].into();
    erin.name = "Erin Admin".to_owned();
    history.happen(&acme, &record(&erin)).await;
    history.happen(&acme, &of_tenant("ada", PeopleEvent::PersonRemoved { id: id("erin") })).await;
    history.happen(&acme, &record(&erin)).await;
    let rows = index(&history).await;
    let filter = AuditFilter { kinds: vec!["person_recorded".to_owned()], ..AuditFilter::default() };
    let said: Vec<_> = find(&history, &rows, &filter).await.into_iter().map(|entry| entry.summary).collect();
    assert_eq!(
        said,
        [
            "ada recorded Erin Example (erin): now with the bitbucket account {erin} and the group developers.",
            "ada recorded Erin Example (erin).",
            "ada recorded Erin Admin (erin): now with the role admin; before: Erin Example.",
            "ada recorded Erin Admin (erin): now with the bitbucket account {erin}, the group developers and the role admin.",
        ]
    );
}
