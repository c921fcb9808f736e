//! What questions cost, counted in rows: what is asked all the time costs the same however long the past is, and however many
//! tenants there are.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};

use countersign_domain::access::{AccessEvent, Proposal, Status};
use countersign_domain::ports::EventStore as _;
use countersign_projections::access::{self, AccessList, RequestFilter};
use countersign_projections::{Cell, MemoryRows, Range, Row, Rows, RowsError};
use countersign_store::MemoryStore;
use jiff::SignedDuration;
use support::{Happening, History, What, asked, fold, life, person, start, tenant};

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

/// Somebody's three open requests, behind a past of so many.
async fn after(closed: u64) -> Counting {
    let mut history = History::new(MemoryStore::new());
    let acme = tenant("acme");
    for n in 0..3 {
        for happening in waiting("acme", OF_ONE * n) {
            history.happen(&acme, &happening).await;
        }
    }
    for n in 3..3 + closed {
        for happening in withdrawn(OF_ONE * n) {
            history.happen(&acme, &happening).await;
        }
    }
    Counting::over(fold(&AccessList, &history.store.read_all(None, usize::MAX).await.unwrap()))
}

#[tokio::test]
async fn what_is_open_of_somebodys_costs_the_same_however_much_they_asked_for_before() {
    let mut costs = Vec::new();
    for closed in [100, 1_000, 10_000] {
        let rows = after(closed).await;
        let whose = asked(0).requester.id;
        let concerning = RequestFilter {
            statuses: OPEN.to_vec(),
            concerning: Some(whose.clone()),
            ..RequestFilter::default()
        };
        let list = |filter: &RequestFilter| {
            access::list(&rows, &tenant("acme"), filter, None, 30).unwrap().items.len()
        };
        assert_eq!(list(&concerning), 3);
        let open = rows.touched();
        let seen_by = Some(person(whose.as_str()));
        assert_eq!(list(&RequestFilter { statuses: OPEN.to_vec(), seen_by, ..RequestFilter::default() }), 3);
        let seen = rows.touched();
        // The latest thirty of all, be they over.
        let all = RequestFilter { concerning: Some(whose), ..RequestFilter::default() };
        assert_eq!(list(&all), 30);
        costs.push((open, seen, rows.touched()));
    }
    assert!(costs.iter().all(|cost| *cost == costs[0]), "rows touched: {costs:?}");
}

#[tokio::test]
async fn what_is_due_costs_what_is_due_however_many_tenants_there_are() {
    let mut costs = Vec::new();
    for tenants in [1, 10, 200_u64] {
        let mut history = History::new(MemoryStore::new());
        for n in 0..tenants {
            let name = format!("t{n}");
            for happening in waiting(&name, n) {
                history.happen(&tenant(&name), &happening).await;
            }
        }
        let rows =
            Counting::over(fold(&AccessList, &history.store.read_all(None, usize::MAX).await.unwrap()));
        assert_eq!(access::due(&rows, start()).unwrap(), []);
        let none = rows.touched();
        let hour = start().checked_add(SignedDuration::from_hours(1)).unwrap();
        assert_eq!(access::next_due(&rows).unwrap(), Some(hour));
        costs.push((none, rows.touched()));
        let due = access::due(&rows, hour).unwrap();
        assert_eq!(due.len() as u64, tenants, "each is found, of every tenant");
        assert_eq!(rows.touched() as u64, tenants + 1);
        let mut found: Vec<_> =
            due.iter().map(|(_, tenant, code, _)| (tenant.clone(), code.clone())).collect();
        found.dedup();
        assert_eq!(found.len() as u64, tenants);
    }
    assert!(costs.iter().all(|cost| *cost == (1, 2)), "rows touched: {costs:?}");
}
