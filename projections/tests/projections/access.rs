//! Requests for access as lists, grants and holdings, at every moment of their life.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{Happening, History, What, code, effect_id, fold, id, life, tenant};
use countersign_domain::access::{
    AccessEvent, AccessRequest, Baseline, ComparisonEvent, Effect, GrantEvent, Lowered, Outcome, Permission,
    PermissionTask, Phase, Plan, Status, WhyCompared,
};
use countersign_domain::aggregate;
use countersign_domain::capabilities::EffectEvent;
use countersign_domain::envelope::{Envelope, Position};
use countersign_domain::names::Tenant;
use countersign_domain::ports::{EventStore as _, PermissionPlan};
use countersign_domain::request::Code;
use countersign_projections::access::{self, AccessFilter, GrantFilter};
use countersign_projections::request::RequestList;
use countersign_projections::{MemoryRows, QueryError};
use countersign_store::MemoryStore;

/// A log in memory, and its rows up to the event that `until` says is the last.
async fn rows_until(
    lives: &[(&str, u64)],
    until: impl Fn(&Happening) -> bool,
) -> (MemoryRows, Vec<Envelope>) {
    let mut history = History::new(MemoryStore::new());
    for (name, n) in lives {
        for happening in life(&tenant(name), *n) {
            history.happen(&tenant(name), &happening).await;
            if until(&happening) {
                break;
            }
        }
    }
    let envelopes = history.store.read_all(None, 10_000).await.unwrap();
    (fold(&RequestList, &envelopes), envelopes)
}

fn is(event: fn(&AccessEvent) -> bool) -> impl Fn(&Happening) -> bool {
    move |happening| matches!(&happening.what, What::Access(access) if event(access))
}

fn acme() -> Tenant {
    tenant("acme")
}

#[tokio::test]
async fn a_row_is_the_aggregates_own_state() {
    let (rows, envelopes) = rows_until(&[("acme", 0)], |_| false).await;
    let own = envelopes.iter().filter(|envelope| envelope.stream.category() == "request");
    let row = access::find(&rows, &acme(), &code(0)).unwrap().unwrap();
    assert_eq!(row.access, aggregate::fold::<AccessRequest>(own).unwrap());
    assert_eq!((row.created.for_store(), row.position), (2, envelopes.last().unwrap().pos));
    assert_eq!(access::find(&rows, &tenant("acme2"), &code(0)).unwrap(), None);
}

#[tokio::test]
async fn a_grant_is_in_force_until_its_end_is_confirmed() {
    let grants = async |until: fn(&AccessEvent) -> bool| {
        let (rows, _) = rows_until(&[("acme", 0)], is(until)).await;
        access::grants(&rows, &acme(), &GrantFilter::default(), None, 10).unwrap().items
    };
    assert_eq!(grants(|event| matches!(event, AccessEvent::Approved { .. })).await, []);
    let active =
        grants(|event| matches!(event, AccessEvent::Own(GrantEvent::Granted { .. }))).await.remove(0);
    assert_eq!(
        (active.status, active.permission, active.rules_version),
        (Status::Active, Permission::Read, Some(3))
    );
    assert_eq!((active.user.as_str(), active.account.as_str()), ("erin", "{erin}"));
    assert_eq!((active.repository.as_str(), active.ticket.as_deref()), ("payments-api", Some("OPS-0")));
    assert_eq!(
        (active.countersigned_by, active.policies),
        (vec![id("max")], vec!["write-needs-one".to_owned()])
    );
    let ending = grants(|event| matches!(event, AccessEvent::Own(GrantEvent::Ending { .. }))).await;
    assert_eq!(ending[0].status, Status::Ending);
    assert_eq!(grants(|event| matches!(event, AccessEvent::Own(GrantEvent::Ended { .. }))).await, []);
}

#[tokio::test]
async fn a_grant_whose_end_failed_is_still_in_force() {
    let mut history = History::new(MemoryStore::new());
    let mut end = None;
    for happening in life(&acme(), 0) {
        history.happen(&acme(), &happening).await;
        if matches!(happening.what, What::Access(AccessEvent::Own(GrantEvent::Ending { .. }))) {
            end = Some(happening);
            break;
        }
    }
    let why = "the forge refuses".to_owned();
    let failed = AccessEvent::Failed { phase: Phase::Ending, why, given_up: false };
    history.happen(&acme(), &Happening { what: What::Access(failed), ..end.unwrap() }).await;
    let rows = fold(&RequestList, &history.store.read_all(None, 100).await.unwrap());
    let grants = access::grants(&rows, &acme(), &GrantFilter::default(), None, 10).unwrap().items;
    assert_eq!(grants[0].status, Status::Failed);
}

#[tokio::test]
async fn grants_are_found_by_principal_account_name_and_repository() {
    let until = is(|event| matches!(event, AccessEvent::Own(GrantEvent::Granted { .. })));
    let (rows, _) = rows_until(&[("acme", 0), ("acme", 1), ("acme", 4), ("acme2", 8)], until).await;
    let codes = |user: Option<&str>, repository: Option<&str>| -> Vec<_> {
        let filter = GrantFilter {
            users: user.map(Into::into).into_iter().collect(),
            repository: repository.map(Into::into),
            ..Default::default()
        };
        let page = access::grants(&rows, &acme(), &filter, None, 10).unwrap();
        page.items.into_iter().map(|grant| grant.code).collect()
    };
    for user in ["erin", "ERIN", "{erin}", "Erin Example"] {
        assert_eq!(codes(Some(user), None), [code(4), code(0)], "{user}");
    }
    assert_eq!(codes(Some("erin"), Some("Web-Shop")), [code(4)]);
    assert_eq!(codes(None, Some("payments-api")), [code(1), code(0)]);
    assert_eq!(codes(Some("nobody"), None), []);
}

#[tokio::test]
async fn a_holding_remembers_what_there_was_until_all_is_taken_back() {
    let holding = async |until: fn(&AccessEvent) -> bool| {
        let (rows, _) = rows_until(&[("acme", 1)], is(until)).await;
        access::holding(&rows, &acme(), "{sam}", "payments-api").unwrap()
    };
    let approved = holding(|event| matches!(event, AccessEvent::Approved { .. })).await;
    assert_eq!((approved.baseline, approved.holders), (None, [(code(1), Permission::Write)].into()));
    let granted = holding(|event| matches!(event, AccessEvent::Own(GrantEvent::Granted { .. }))).await;
    assert_eq!(granted.baseline, Some(Baseline { permission: None }));
    let ending = holding(|event| matches!(event, AccessEvent::Own(GrantEvent::Ending { .. }))).await;
    assert_eq!((ending.wanted(Some(Permission::Write)), ending.holders.len()), (None, 0));
    assert!(holding(|event| matches!(event, AccessEvent::Own(GrantEvent::Ended { .. }))).await.is_empty());
}

#[tokio::test]
async fn requests_are_listed_newest_first_by_every_filter_and_page() {
    let lives = [("acme", 0), ("acme", 1), ("acme2", 0), ("acme", 4), ("acme", 5)];
    let (rows, _) = rows_until(&lives, |_| false).await;
    let list = |filter: &AccessFilter| -> Vec<_> {
        let page = access::list(&rows, &acme(), filter, None, 10).unwrap();
        page.items.into_iter().map(|row| row.code).collect()
    };
    let all = [code(5), code(4), code(1), code(0)];
    assert_eq!(list(&AccessFilter::default()), all);
    for person in ["max", "ada"] {
        let filter = AccessFilter { concerning: Some(id(person)), ..Default::default() };
        assert_eq!(list(&filter), all, "{person} decided on all of them");
    }
    let own = AccessFilter { concerning: Some(id("erin")), ..Default::default() };
    assert_eq!(list(&own), [code(4), code(0)]);
    let statuses = vec![Status::Revoked, Status::Active];
    let filter = AccessFilter { statuses, users: vec!["Sam".into()], ..Default::default() };
    assert_eq!(list(&filter), [code(5), code(1)]);
    let filter = AccessFilter { repository: Some("WEB-SHOP".into()), ..Default::default() };
    assert_eq!(list(&filter), [code(5), code(4)]);
    assert_eq!(list(&AccessFilter { statuses: vec![Status::Active], ..Default::default() }), []);

    let (mut paged, mut after) = (vec![], None);
    loop {
        let page = access::list(&rows, &acme(), &AccessFilter::default(), after.as_deref(), 1).unwrap();
        assert_eq!(page.items.len(), 1);
        paged.extend(page.items.into_iter().map(|row| row.code));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(paged, all);
    let bad = access::list(&rows, &acme(), &AccessFilter::default(), Some("g1"), 1);
    assert!(matches!(bad, Err(QueryError::BadCursor(_))), "a cursor of another list");
}

/// What happens to an effect of the request number 1, the one after those of its life.
fn of_another_effect(events: Vec<EffectEvent>) -> Vec<Happening> {
    let happening = |event| Happening {
        stream: ("effect", effect_id(1, 9).to_string()),
        actor: "outbox".to_owned(),
        correlation: uuid::Uuid::from_u128(9),
        what: What::Effect(event),
    };
    events.into_iter().map(happening).collect()
}

#[tokio::test]
async fn trust_a8_what_is_ended_again_is_the_logs_whatever_becomes_of_the_attempts() {
    let (account, repository) = ("{sam}".to_owned(), "payments-api".to_owned());
    let plan = PermissionPlan::between(&account, &repository, Some(Permission::Write), None);
    let task = PermissionTask::EndAgain { left: None };
    let effect = Effect::SetPermission { code: code(1), account, repository, repository_id: None, task };
    let claimed = EffectEvent::EffectClaimed { effect: effect.clone().into(), worker: "one".to_owned() };
    let attempted = || EffectEvent::EffectAttempted {
        attempt: 1,
        plan: Plan::Permission(plan.clone()).into(),
        worker: "one".to_owned(),
    };
    let (why, at) = ("503".to_owned(), crate::support::start());
    let deferred = EffectEvent::EffectDeferred { why: why.clone(), retry_at: at, pause: None, waits: false };
    let unknown = EffectEvent::EffectUnknown { why: why.clone(), look_at: at, ended: false };
    let parked = EffectEvent::EffectParked { effect: effect.clone().into(), why, rejected: true, told: None };
    for failed in [deferred, unknown, parked] {
        let mut history = History::new(MemoryStore::new());
        let again = of_another_effect(vec![claimed.clone(), attempted(), failed.clone()]);
        for happening in life(&acme(), 1).iter().chain(&again) {
            history.happen(&acme(), happening).await;
        }
        let rows = fold(&RequestList, &history.store.read_all(None, 100).await.unwrap());
        let held = access::holding(&rows, &acme(), "{sam}", "payments-api").unwrap();
        assert_eq!(held.ended_again(Some(Permission::Write), None), None, "{failed:?}");
        assert_eq!(held.wanted(Some(Permission::Write)), None, "it is nobody's own: {failed:?}");
        let outcome = Outcome::PermissionIs { now: None, before: Some(Permission::Write) };
        let done = EffectEvent::EffectSucceeded { effect: effect.clone().into(), outcome: outcome.into() };
        for happening in of_another_effect(vec![attempted(), done]) {
            history.happen(&acme(), &happening).await;
        }
        let rows = fold(&RequestList, &history.store.read_all(None, 100).await.unwrap());
        assert!(access::holding(&rows, &acme(), "{sam}", "payments-api").unwrap().is_empty(), "{failed:?}");
    }
}

#[tokio::test]
async fn trust_a8_what_was_adopted_after_a_comparison_looked_is_not_what_it_found_gone() {
    let adopted = async |of: Option<Code>, factor: u64| {
        let mut history = History::new(MemoryStore::new());
        for happening in crate::support::repair(1) {
            history.happen(&acme(), &happening).await;
        }
        let lowered = Lowered {
            account: "{sam}".to_owned(),
            name: "Sam Example".to_owned(),
            holder: None,
            repository: "payments-api".to_owned(),
            repository_id: None,
            adopted: Permission::Admin,
            present: None,
            of,
        };
        let compared = ComparisonEvent::AccessCompared {
            why: WhyCompared::Schedule,
            repositories: 1,
            accounts: 0,
            unread: BTreeMap::new(),
            unseen: BTreeSet::new(),
            found: vec![],
            gone: vec![],
            lowered: vec![lowered],
            goes_on: false,
        };
        let happening = Happening {
            stream: ("comparison", "acme".to_owned()),
            actor: "policy".to_owned(),
            correlation: uuid::Uuid::from_u128(11),
            what: What::Comparison(compared),
        };
        history.happen(&acme(), &happening).await;
        let mut envelopes = history.store.read_all(None, 100).await.unwrap();
        for envelope in &mut envelopes {
            envelope.pos = Position::from_store(envelope.pos.for_store() * factor);
        }
        let rows = fold(&RequestList, &envelopes);
        access::holding(&rows, &acme(), "{sam}", "payments-api").unwrap().adopted
    };
    // Another store gives the same events other places.
    for factor in [1, 1_000] {
        let before = adopted(Some(code(2)), factor).await;
        assert_eq!(before, Some(Permission::Admin), "another repair has adopted it since");
        assert_eq!(adopted(Some(code(1)), factor).await, None, "it is gone");
        assert_eq!(adopted(None, factor).await, None, "as earlier events say it");
    }
}
