//! Requests of every kind in one list: what waits, what is due, what is open, and what concerns whom.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use crate::support::{Happening, History, What, code, fold, id, life, person, repair, start, tenant};
use countersign_domain::access::{AccessEvent, Ending, GrantEvent, Phase};
use countersign_domain::aggregate;
use countersign_domain::capabilities::AnyRequest;
use countersign_domain::names::Tenant;
use countersign_domain::ports::EventStore as _;
use countersign_domain::request::{RequestEvent, Stage};
use countersign_domain::tenant::Person;
use countersign_projections::request::{self, Due, Reader, RequestFilter, RequestList, Which};
use countersign_projections::{MemoryRows, QueryError, repair as plans};
use countersign_store::MemoryStore;
use jiff::SignedDuration;

fn acme() -> Tenant {
    tenant("acme")
}

/// The rows of these lives, each up to the event that `until` says is the last.
async fn rows(lives: &[(&str, Vec<Happening>)], until: impl Fn(&What) -> bool) -> MemoryRows {
    let mut history = History::new(MemoryStore::new());
    for (name, life) in lives {
        for happening in life {
            history.happen(&tenant(name), happening).await;
            if until(&happening.what) {
                break;
            }
        }
    }
    fold(&RequestList, &history.store.read_all(None, 10_000).await.unwrap())
}

fn waits(what: &What) -> bool {
    matches!(what, What::Access(AccessEvent::Waiting { .. }) | What::Repair(RequestEvent::Waiting { .. }))
}

/// Two accesses and a repair, and one of each kind in another tenant.
fn lives() -> Vec<(&'static str, Vec<Happening>)> {
    let access = |name, n| (name, life(&tenant(name), n));
    vec![access("acme", 0), access("acme2", 1), ("acme", repair(2)), access("acme", 4), ("acme2", repair(5))]
}

/// What stands in the own lists of somebody who is in this group.
fn own_list(who: &str, group: &str) -> RequestFilter {
    let person = Person { groups: [group.to_owned()].into(), ..person(who) };
    RequestFilter { listed_for: Some(Reader { person, absent: vec![] }), ..Default::default() }
}

/// An end that has failed for good.
fn failed(n: u64) -> Vec<Happening> {
    let mut life = life(&acme(), n);
    let is_ending = |happening: &Happening| {
        matches!(happening.what, What::Access(AccessEvent::Own(GrantEvent::Ending { .. })))
    };
    life.truncate(1 + life.iter().position(is_ending).unwrap());
    let why = "the forge refuses".to_owned();
    let event = AccessEvent::Failed { phase: Phase::Ending, why, given_up: false };
    let last = life.last().unwrap().clone();
    life.push(Happening { what: What::Access(event), ..last });
    life
}

fn codes(rows: &MemoryRows, filter: &RequestFilter) -> Vec<countersign_domain::request::Code> {
    request::list(rows, &acme(), filter, None, 10).unwrap().items.into_iter().map(|row| row.code).collect()
}

#[tokio::test]
async fn what_waits_is_listed_with_its_deadlines_whatever_it_is() {
    let rows = rows(&lives(), waits).await;
    assert_eq!(request::waiting(&rows, &acme()).unwrap(), [code(0), code(2), code(4)]);
    let hour = start().checked_add(SignedDuration::from_hours(1)).unwrap();
    let day = start().checked_add(SignedDuration::from_hours(24)).unwrap();
    assert_eq!(request::next_due(&rows).unwrap(), Some(hour));
    assert_eq!(request::due(&rows, start()).unwrap(), []);
    let due = request::due(&rows, hour).unwrap();
    assert_eq!(due.len(), 5, "of all tenants and kinds");
    assert!(due.iter().all(|Due { at, what, .. }| (*at, what.as_str()) == (hour, "escalate")), "{due:?}");
    let lapsing = request::due(&rows, day).unwrap();
    assert_eq!(lapsing.iter().filter(|due| (due.at, due.what.as_str()) == (day, "lapse")).count(), 5);
    assert!(lapsing.is_sorted_by_key(|due| due.at), "the earliest first");
    let counts = [(("access", "waiting"), 2), (("repair", "waiting"), 1)];
    let known = request::open_counts(&rows, &acme()).unwrap();
    for ((kind, word), count) in counts {
        assert_eq!(known.get(&(kind, word)), Some(&count), "{known:?}");
    }
}

#[tokio::test]
async fn requests_of_every_kind_are_listed_newest_first_by_every_filter_and_page() {
    let rows = rows(&lives(), waits).await;
    let all = [code(4), code(2), code(0)];
    assert_eq!(codes(&rows, &RequestFilter::default()), all);
    for which in [Which::Open, Which::Waiting] {
        assert_eq!(codes(&rows, &RequestFilter { which, ..Default::default() }), all, "{which:?}");
    }
    let under = |ticket: &str| -> Vec<_> {
        let open = request::open_under(&rows, &acme(), ticket).unwrap();
        open.into_iter().map(|row| row.code).collect()
    };
    assert_eq!((under("OPS-0"), under("OPS-4"), under("OPS-40")), (vec![code(0)], vec![code(4)], vec![]));
    let kind = |kind: &str| RequestFilter { kind: Some(kind.to_owned()), ..Default::default() };
    assert_eq!(codes(&rows, &kind("repair")), [code(2)]);
    assert_eq!(codes(&rows, &kind("access")), [code(4), code(0)]);
    let concerning = |who: &str| RequestFilter { concerning: Some(id(who)), ..Default::default() };
    assert_eq!(codes(&rows, &concerning("olga")), [code(2)]);
    let open = RequestFilter { which: Which::Open, ..concerning("erin") };
    assert_eq!(codes(&rows, &open), [code(4), code(0)]);
    // Kim holds what the repair is about; whoever may countersign sees all that waits.
    let waiting = |who: &str, group: &str| RequestFilter { which: Which::Waiting, ..own_list(who, group) };
    assert_eq!(codes(&rows, &waiting("kim", "developers")), [code(2)]);
    assert_eq!(codes(&rows, &waiting("ada", "approvers")), all);
    for which in [Which::Failed, Which::InForce] {
        assert_eq!(codes(&rows, &RequestFilter { which, ..Default::default() }), [], "{which:?}");
    }
    let (mut paged, mut after) = (vec![], None);
    loop {
        let page = request::list(&rows, &acme(), &RequestFilter::default(), after.as_deref(), 1).unwrap();
        paged.extend(page.items.into_iter().map(|row| row.code));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(paged, all);
    let bad = request::list(&rows, &acme(), &RequestFilter::default(), Some("r1"), 1);
    assert!(matches!(bad, Err(QueryError::BadCursor(_))), "a cursor of another list");
}

#[tokio::test]
async fn what_is_over_is_open_no_more_and_nothing_of_it_is_due() {
    let rows = rows(&lives(), |_| false).await;
    assert_eq!(request::next_due(&rows).unwrap(), None);
    assert_eq!(request::waiting(&rows, &acme()).unwrap(), []);
    assert_eq!(request::open(&rows, &acme()).unwrap(), []);
    assert_eq!(request::open_under(&rows, &acme(), "OPS-0").unwrap(), []);
    assert!(request::open_counts(&rows, &acme()).unwrap().values().all(|count| *count == 0));
    assert_eq!(codes(&rows, &RequestFilter::default()).len(), 3, "and they are still known");
    let row = request::find(&rows, &acme(), &code(2)).unwrap().unwrap();
    assert_eq!((row.request.kind(), row.request.standing().stage), ("repair", Stage::Standing));
    assert!(row.approved.is_some());
    let row = request::find(&rows, &acme(), &code(0)).unwrap().unwrap();
    let AnyRequest::Access(access) = &row.request else { panic!("{row:?}") };
    assert!(matches!(access.own.ending, Some(Ending::Revoked { .. })));
}

#[tokio::test]
async fn a_row_is_the_aggregates_own_state_of_whichever_kind() {
    let mut history = History::new(MemoryStore::new());
    for (name, life) in lives() {
        for happening in life {
            history.happen(&tenant(name), &happening).await;
        }
    }
    let envelopes = history.store.read_all(None, 10_000).await.unwrap();
    let rows = fold(&RequestList, &envelopes);
    for n in [0, 2, 4] {
        let own = envelopes.iter().filter(|envelope| {
            let stream = &envelope.stream;
            (stream.category(), stream.id(), envelope.tenant.as_str())
                == ("request", code(n).stream_id(), "acme")
        });
        let row = request::find(&rows, &acme(), &code(n)).unwrap().unwrap();
        assert_eq!(Some(row.request), aggregate::fold::<Option<AnyRequest>>(own).unwrap());
    }
}

#[tokio::test]
async fn trust_a7_what_has_failed_is_in_force_and_not_undone_and_who_did_not_sign_it_has_it_in_no_list() {
    let rows = rows(&[("acme", failed(0)), ("acme", life(&acme(), 4)), ("acme", repair(2))], |_| false).await;
    for which in [Which::Failed, Which::InForce, Which::Open] {
        assert_eq!(codes(&rows, &RequestFilter { which, ..Default::default() }), [code(0)], "{which:?}");
    }
    assert_eq!(request::not_undone(&rows, &acme()).unwrap(), 1);
    // Max countersigned it and Erin has it; Zoe might have countersigned it, too, and it waits for her no more.
    for which in [Which::All, Which::Open, Which::Waiting, Which::InForce, Which::Failed] {
        let has = |who: &str, group: &str| {
            codes(&rows, &RequestFilter { which, ..own_list(who, group) }).contains(&code(0))
        };
        let is_over_for_them = which != Which::Waiting;
        assert_eq!(
            (has("max", "approvers"), has("erin", "developers")),
            (is_over_for_them, is_over_for_them)
        );
        assert!(!has("zoe", "approvers"), "{which:?}");
    }
}

#[tokio::test]
async fn trust_c3_what_somebody_may_decide_in_the_place_of_another_stands_in_their_lists() {
    let rows = rows(&lives(), waits).await;
    let absent = Person { groups: ["approvers".to_owned()].into(), ..person("ada") };
    let standing_in = |which| {
        let reader = Reader { person: person("zoe"), absent: vec![absent.clone()] };
        RequestFilter { which, listed_for: Some(reader), ..Default::default() }
    };
    for which in [Which::All, Which::Open, Which::Waiting] {
        assert_eq!(codes(&rows, &standing_in(which)), [code(4), code(2), code(0)], "{which:?}");
        assert_eq!(codes(&rows, &RequestFilter { which, ..own_list("zoe", "developers") }), [], "{which:?}");
    }
}

#[tokio::test]
async fn what_is_in_force_is_what_lasts_and_a_repair_that_is_done_does_not() {
    let stands = |what: &What| {
        matches!(
            what,
            What::Access(AccessEvent::Own(GrantEvent::Granted { .. }))
                | What::Repair(RequestEvent::Own(countersign_domain::repair::RepairEvent::Finished {}))
        )
    };
    let rows = rows(&lives(), stands).await;
    let in_force = RequestFilter { which: Which::InForce, ..Default::default() };
    assert_eq!(codes(&rows, &in_force), [code(4), code(0)]);
    assert_eq!(request::in_force_count(&rows, &acme()).unwrap(), 2);
    assert_eq!(request::not_undone(&rows, &acme()).unwrap(), 0);
    assert_eq!(request::open(&rows, &acme()).unwrap().len(), 2, "the repair is over");
    let since = |minutes| start().checked_add(SignedDuration::from_mins(minutes)).unwrap();
    assert_eq!(plans::changing_since(&rows, &acme(), since(0)).unwrap().len(), 1);
    assert_eq!(plans::changing_since(&rows, &acme(), since(10_000)).unwrap().len(), 0);
}
