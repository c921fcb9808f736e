//! What questions cost, counted in rows: what is asked all the time costs the same however long the past is, and however many
//! tenants there are.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::{Happening, History, What, asked, fold, life, person, repair, start, tenant};
use countersign_domain::access::{AccessEvent, Proposal, Status};
use countersign_domain::ports::EventStore as _;
use countersign_domain::request::RequestEvent;
use countersign_projections::access::{self, AccessFilter};
use countersign_projections::repair as plans;
use countersign_projections::request::{self, Reader, RequestFilter, RequestList, Which};
use countersign_projections::{Cell, MemoryRows, Range, Row, Rows, RowsError};
use countersign_store::MemoryStore;
use jiff::SignedDuration;

/// In these, something can still happen, or is in force.
const OPEN: [Status; 6] =
    [Status::Checking, Status::Waiting, Status::Granting, Status::Active, Status::Ending, Status::Failed];
/// Of these requests, the same person asks for each.
const OF_ONE: u64 = 4;

/// Rows that count how many of them are touched.
struct Counting {
    rows: MemoryRows,
    touched: AtomicUsize,
}

impl Counting {
    fn over(rows: MemoryRows) -> Self {
        Self { rows, touched: AtomicUsize::new(0) }
    }

    /// How many were touched since this was asked before.
    fn touched(&self) -> usize {
        self.touched.swap(0, Ordering::Relaxed)
    }

    fn touch(&self, rows: usize) {
        self.touched.fetch_add(rows, Ordering::Relaxed);
    }
}

impl Rows for Counting {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
        self.touch(1);
        self.rows.get(key)
    }

    fn scan(&self, range: Range, reverse: bool, limit: usize) -> Result<Vec<Row>, RowsError> {
        let found = self.rows.scan(range, reverse, limit)?;
        self.touch(found.len() + 1);
        Ok(found)
    }

    fn cell(&self, key: &[u8]) -> Result<Option<Cell>, RowsError> {
        self.touch(1);
        self.rows.cell(key)
    }
}

/// The life of a request as far as it waits.
fn waiting(name: &str, n: u64) -> Vec<Happening> {
    let life = life(&tenant(name), n);
    let is_waiting =
        |happening: &Happening| matches!(&happening.what, What::Access(AccessEvent::Waiting { .. }));
    let end = life.iter().position(is_waiting).unwrap();
    life[..=end].to_vec()
}

/// A request that was taken back at once.
fn withdrawn(n: u64) -> [Happening; 2] {
    let requested = life(&tenant("acme"), n).swap_remove(1);
    let by = asked(n).requester.id;
    let withdrawn = AccessEvent::Withdrawn { proposal: Proposal::Grant, by };
    let taken_back = Happening { what: What::Access(withdrawn), ..requested.clone() };
    [requested, taken_back]
}

/// A repair that waits, of what somebody holds.
fn waiting_repair(n: u64) -> Vec<Happening> {
    let mut life = repair(n);
    let is_waiting =
        |happening: &Happening| matches!(&happening.what, What::Repair(RequestEvent::Waiting { .. }));
    life.truncate(1 + life.iter().position(is_waiting).unwrap());
    life
}

/// Somebody's three open requests and a repair of what they hold, behind a past of so many.
async fn after(closed: u64) -> Counting {
    let mut history = History::new(MemoryStore::new());
    let acme = tenant("acme");
    for n in 0..3 {
        for happening in waiting("acme", OF_ONE * n) {
            history.happen(&acme, &happening).await;
        }
    }
    for happening in waiting_repair(OF_ONE * 3) {
        history.happen(&acme, &happening).await;
    }
    for n in 4..4 + closed {
        for happening in withdrawn(OF_ONE * n) {
            history.happen(&acme, &happening).await;
        }
    }
    Counting::over(fold(&RequestList, &history.store.read_all(None, usize::MAX).await.unwrap()))
}

#[tokio::test]
async fn what_is_open_of_somebodys_costs_the_same_however_much_they_asked_for_before() {
    let mut costs = Vec::new();
    for closed in [100, 1_000, 10_000] {
        let rows = after(closed).await;
        let whose = asked(0).requester.id;
        let concerning = AccessFilter {
            statuses: OPEN.to_vec(),
            concerning: Some(whose.clone()),
            ..AccessFilter::default()
        };
        let list = |filter: &AccessFilter| {
            access::list(&rows, &tenant("acme"), filter, None, 30).unwrap().items.len()
        };
        assert_eq!(list(&concerning), 3);
        let open = rows.touched();
        let reader = || Some(Reader { person: person(whose.as_str()), absent: vec![] });
        let listed_for = reader();
        assert_eq!(list(&AccessFilter { statuses: OPEN.to_vec(), listed_for, ..AccessFilter::default() }), 3);
        let seen = rows.touched();
        // The latest thirty of all, be they over.
        let all = AccessFilter { concerning: Some(whose.clone()), ..AccessFilter::default() };
        assert_eq!(list(&all), 30);
        let latest = rows.touched();
        let asked = |which, concerning, listed_for| {
            let filter = RequestFilter { which, concerning, listed_for, ..RequestFilter::default() };
            let found = request::list(&rows, &tenant("acme"), &filter, None, 30).unwrap().items.len();
            (found, rows.touched())
        };
        // The same of every kind; the repair concerns them as well.
        let of_all = [
            asked(Which::Open, Some(whose.clone()), None),
            asked(Which::Open, None, reader()),
            asked(Which::Open, None, None),
            asked(Which::Waiting, None, None),
            asked(Which::Failed, None, None),
            asked(Which::InForce, None, None),
            asked(Which::All, Some(whose.clone()), None),
            asked(Which::All, None, None),
        ];
        assert_eq!(of_all.map(|(found, _)| found), [4, 4, 4, 4, 0, 0, 30, 30]);
        assert_eq!(request::open(&rows, &tenant("acme")).unwrap().len(), 4);
        costs.push((open, seen, latest, of_all, rows.touched()));
    }
    assert!(costs.iter().all(|cost| *cost == costs[0]), "rows touched: {costs:?}");
}

#[tokio::test]
async fn what_ended_because_somebody_left_costs_that_however_much_they_asked_for_before() {
    let (acme, who) = (tenant("acme"), asked(0).requester.id);
    let closed = |n: u64| {
        let (who, name) = (who.clone(), "Erin Example".to_owned());
        let closed = AccessEvent::Closed { proposal: Proposal::Grant, who, name };
        Happening { what: What::Access(closed), ..life(&tenant("acme"), n).swap_remove(1) }
    };
    for past in [100, 1_000] {
        let mut history = History::new(MemoryStore::new());
        for n in 4..4 + past {
            for happening in withdrawn(OF_ONE * n) {
                history.happen(&acme, &happening).await;
            }
        }
        for happening in (0..4).flat_map(|n| waiting("acme", OF_ONE * n)) {
            history.happen(&acme, &happening).await;
        }
        // One was closed because they had left before, and came back.
        let left = history.happen(&acme, &closed(0)).await;
        for n in 1..4 {
            history.happen(&acme, &closed(OF_ONE * n)).await;
        }
        let rows =
            Counting::over(fold(&RequestList, &history.store.read_all(None, usize::MAX).await.unwrap()));
        let ended = |who| request::because_of(&rows, &acme, who, left).unwrap();
        assert_eq!(ended(&who), (1..4).map(|n| asked(OF_ONE * n).code).collect());
        assert_eq!(rows.touched(), 4, "after a past of {past}");
        assert!(ended(&"sam".parse().unwrap()).is_empty(), "nothing ended because of others");
    }
}

#[tokio::test]
async fn what_is_due_costs_what_is_due_however_many_tenants_there_are() {
    let mut costs = Vec::new();
    for tenants in [1, 10, 200_u64] {
        let mut history = History::new(MemoryStore::new());
        for n in 0..tenants {
            let name = format!("t{n}");
            for happening in waiting(&name, n).into_iter().chain(waiting_repair(n + tenants)) {
                history.happen(&tenant(&name), &happening).await;
            }
        }
        let rows =
            Counting::over(fold(&RequestList, &history.store.read_all(None, usize::MAX).await.unwrap()));
        assert_eq!(request::due(&rows, start()).unwrap(), []);
        let none = rows.touched();
        let hour = start().checked_add(SignedDuration::from_hours(1)).unwrap();
        assert_eq!(request::next_due(&rows).unwrap(), Some(hour));
        costs.push((none, rows.touched()));
        let due = request::due(&rows, hour).unwrap();
        assert_eq!(due.len() as u64, 2 * tenants, "each is found, of every kind and tenant");
        assert_eq!(rows.touched() as u64, 2 * tenants + 1);
        let mut found: Vec<_> = due.iter().map(|due| (due.tenant.clone(), due.code.clone())).collect();
        found.dedup();
        assert_eq!(found.len() as u64, 2 * tenants);
    }
    assert!(costs.iter().all(|cost| *cost == (1, 2)), "rows touched: {costs:?}");
}

#[tokio::test]
async fn what_plans_are_open_costs_the_same_however_many_accesses_are_in_force() {
    let granted = |event: &What| {
        matches!(
            event,
            What::Access(AccessEvent::Own(countersign_domain::access::GrantEvent::Granted { .. }))
        )
    };
    let mut costs = Vec::new();
    for in_force in [1, 100, 1_000] {
        let (mut history, acme) = (History::new(MemoryStore::new()), tenant("acme"));
        for happening in waiting_repair(2) {
            history.happen(&acme, &happening).await;
        }
        for n in 4..4 + in_force {
            let life = life(&acme, n);
            let end = life.iter().position(|happening| granted(&happening.what)).unwrap();
            for happening in &life[..=end] {
                history.happen(&acme, happening).await;
            }
        }
        let rows =
            Counting::over(fold(&RequestList, &history.store.read_all(None, usize::MAX).await.unwrap()));
        assert_eq!(plans::open(&rows, &acme).unwrap().len(), 1);
        costs.push(rows.touched());
    }
    assert!(costs.iter().all(|cost| *cost == costs[0]), "rows touched: {costs:?}");
}
