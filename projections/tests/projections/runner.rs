//! The runner keeps every projection up with the log, alone with its troubles, and rebuilds while serving.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::ops::Bound;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::{History, Mix, fold, life, mix, of_tenant, tenant};
use countersign_domain::envelope::Position;
use countersign_domain::ports::EventStore as _;
use countersign_domain::tenant::SettingsEvent;
use countersign_projections::{
    Comparison, Happened, MemoryRows, Moment, Projection, ProjectionError, Projections, RowsError, WriteRows,
    access, all, audit, conversation, digest, effect, request, tenant as tenants, timeline,
};
use countersign_store::MemoryStore;
use tokio_util::sync::CancellationToken;

const PICKS: [(bool, u8); 3] = [(false, 0), (true, 1), (false, 2)];

fn side() -> sled::Db {
    sled::Config::new().temporary(true).cache_capacity(4 << 20).open().unwrap()
}

async fn grow(history: &mut History<MemoryStore>, lives: &mut Mix, steps: usize) {
    for pick in PICKS.iter().cycle().take(steps) {
        lives.step(history, *pick).await;
    }
}

async fn folded(history: &History<MemoryStore>, projection: &dyn Projection) -> MemoryRows {
    fold(projection, &history.store.read_all(None, usize::MAX).await.unwrap())
}

/// Counts the events of each tenant, and how often it was asked to.
struct Counter {
    version: u32,
    applied: Arc<AtomicUsize>,
}

impl Projection for Counter {
    fn name(&self) -> &'static str {
        "counter"
    }

    fn version(&self) -> u32 {
        self.version
    }

    fn apply(&self, envelope: &Happened, rows: &mut dyn WriteRows) -> Result<(), ProjectionError> {
        self.applied.fetch_add(1, Ordering::Relaxed);
        let key = format!("{}\0{}", envelope.tenant, self.version).into_bytes();
        let count = rows.get(&key)?.map_or(0, |value| value[0]);
        rows.put(key, vec![count.wrapping_add(1)]);
        Ok(())
    }
}

fn counter(version: u32) -> (Vec<Arc<dyn Projection>>, Arc<AtomicUsize>) {
    let applied = Arc::new(AtomicUsize::new(0));
    (vec![Arc::new(Counter { version, applied: applied.clone() })], applied)
}

#[tokio::test]
async fn a_rebuild_serves_while_events_keep_coming_and_ends_at_the_same_rows() {
    for side in [Some(side()), None] {
        let mut history = History::new(MemoryStore::new());
        let mut lives = Mix::default();
        grow(&mut history, &mut lives, 30).await;
        let kept = Projections::open(history.store.clone(), side).unwrap();
        let stop = CancellationToken::new();
        let running = tokio::spawn(kept.clone().run(stop.clone()));
        let rows = kept.rows(request::NAME);
        let mut rebuilds = tokio::task::JoinSet::new();
        for projection in all() {
            let kept = kept.clone();
            rebuilds.spawn(async move { kept.rebuild(projection.name()).await.unwrap() });
        }
        for _ in 0..30 {
            grow(&mut history, &mut lives, 1).await;
            let first = access::find(&rows, &tenant("acme"), &crate::support::code(0)).unwrap();
            assert!(first.is_some() || kept.position().is_none(), "it is served all the time");
            tokio::task::yield_now().await;
        }
        for report in rebuilds.join_all().await {
            assert_eq!(report.comparison, Comparison::Same, "{}", report.name);
            assert!(report.events >= 30);
        }
        let head = history.store.head().await.unwrap().unwrap();
        kept.wait_for(head).await.unwrap();
        for projection in all() {
            let expected = digest(&folded(&history, &*projection).await).unwrap();
            assert_eq!(kept.digest(projection.name()).unwrap(), expected, "{}", projection.name());
        }
        stop.cancel();
        running.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn who_waits_for_their_own_write_reads_it() {
    let mut history = History::new(MemoryStore::new());
    let kept = Projections::open(history.store.clone(), None).unwrap();
    let stop = CancellationToken::new();
    let running = tokio::spawn(kept.clone().run(stop.clone()));
    for happening in life(&tenant("acme"), 0) {
        let position = history.happen(&tenant("acme"), &happening).await;
        kept.wait_for(position).await.unwrap();
        assert!(kept.position() >= Some(position));
    }
    let row =
        access::find(&kept.rows(request::NAME), &tenant("acme"), &crate::support::code(0)).unwrap().unwrap();
    assert_eq!(row.access.status(), countersign_domain::access::Status::Revoked);
    stop.cancel();
    running.await.unwrap().unwrap();
}

#[tokio::test]
async fn an_event_of_an_unknown_type_stops_its_own_projections_and_no_others() {
    let mut history = History::new(MemoryStore::new());
    mix(&mut history, &PICKS).await;
    let good = history.store.head().await.unwrap();
    let claim =
        life(&tenant("acme"), 9).into_iter().find(|happening| happening.stream.0 == "effect").unwrap();
    let mut append = history.append(&tenant("acme"), &claim);
    append.events[0].kind = "effect_exploded".to_owned();
    history.store.append(append).await.unwrap();
    let last = history
        .happen(&tenant("acme"), &of_tenant("ada", SettingsEvent::TenantCreated { name: "A".into() }))
        .await;

    let kept = Projections::open(history.store.clone(), Some(side())).unwrap();
    kept.catch_up().await.unwrap();
    kept.wait_for(last).await.unwrap();
    for state in kept.states() {
        if [request::NAME, conversation::NAME, effect::NAME, timeline::NAME].contains(&state.name) {
            assert_eq!(state.position, good, "{} stands right before it", state.name);
            assert!(state.failed.unwrap().contains("effect_exploded v1"));
        } else {
            assert_eq!((state.position, state.failed), (Some(last), None), "{}", state.name);
        }
    }
    let name = tenants::find(&kept.rows(tenants::NAME), &tenant("acme")).unwrap().unwrap().settings.name;
    assert_eq!(name.as_deref(), Some("A"));
    assert!(kept.rebuild(request::NAME).await.unwrap_err().to_string().contains("effect_exploded"));
}

#[tokio::test]
async fn when_all_have_stopped_nobody_waits_for_ever() {
    let mut history = History::new(MemoryStore::new());
    let mut append =
        history.append(&tenant("acme"), &of_tenant("ada", SettingsEvent::TenantCreated { name: "A".into() }));
    append.events[0].version = 99;
    let position = history.store.append(append).await.unwrap().position;
    let only: Vec<Arc<dyn Projection>> = vec![Arc::new(tenants::Tenants)];
    let kept = Projections::open_with(history.store.clone(), None, only).unwrap();
    let waiting = tokio::spawn({
        let kept = kept.clone();
        async move { kept.wait_for(position).await }
    });
    tokio::task::yield_now().await;
    assert!(matches!(kept.catch_up().await, Err(ProjectionError::Stopped(why)) if why.contains("v99")));
    assert!(matches!(waiting.await.unwrap(), Err(ProjectionError::Stopped(_))));
}

#[tokio::test]
async fn a_restart_goes_on_where_it_was_and_another_version_starts_anew() {
    let mut history = History::new(MemoryStore::new());
    let mut lives = Mix::default();
    let side = side();
    grow(&mut history, &mut lives, 40).await;
    let mut expected = [(1, 40), (1, 10), (2, 50), (2, 0)].into_iter();
    for round in 0..4 {
        let (version, count) = expected.next().unwrap();
        let (projections, applied) = counter(version);
        let kept = Projections::open_with(history.store.clone(), Some(side.clone()), projections).unwrap();
        kept.catch_up().await.unwrap();
        assert_eq!(applied.load(Ordering::Relaxed), count, "round {round}");
        if round == 0 {
            grow(&mut history, &mut lives, 10).await;
        }
        let rows = kept.rows("counter");
        let keys = rows.scan((Bound::Unbounded, Bound::Unbounded), false, 10).unwrap();
        assert!(keys.iter().all(|(key, _)| key.ends_with(version.to_string().as_bytes())), "{keys:?}");
    }
}

#[tokio::test]
async fn rows_of_another_log_or_of_a_longer_one_are_folded_anew() {
    let mut long = History::new(MemoryStore::new());
    grow(&mut long, &mut Mix::default(), 40).await;
    let mut short = History::new(MemoryStore::new());
    grow(&mut short, &mut Mix::default(), 25).await;
    let mut other = History::new(MemoryStore::new());
    mix(&mut other, &[(true, 7); 20]).await;
    let side = side();
    for history in [&long, &short, &other] {
        let kept = Projections::open(history.store.clone(), Some(side.clone())).unwrap();
        kept.catch_up().await.unwrap();
        for projection in all() {
            let expected = digest(&folded(history, &*projection).await).unwrap();
            assert_eq!(kept.digest(projection.name()).unwrap(), expected, "{}", projection.name());
        }
    }
}

#[tokio::test]
async fn nobody_is_told_that_rows_of_a_longer_log_hold_what_is_written_to_the_shorter_one() {
    let mut long = History::new(MemoryStore::new());
    grow(&mut long, &mut Mix::default(), 40).await;
    let mut short = History::new(MemoryStore::new());
    grow(&mut short, &mut Mix::default(), 25).await;
    let side = side();
    Projections::open(long.store.clone(), Some(side.clone())).unwrap().catch_up().await.unwrap();
    let kept = Projections::open(short.store.clone(), Some(side)).unwrap();
    assert_eq!(kept.position(), None, "nothing was compared with this log yet");
    let head = short.store.head().await.unwrap().unwrap();
    let at_once = tokio::time::timeout(std::time::Duration::ZERO, kept.wait_for(head)).await;
    assert!(at_once.is_err(), "who waits for what the log holds waits until it is applied");
    let stop = CancellationToken::new();
    let running = tokio::spawn(kept.clone().run(stop.clone()));
    kept.wait_for(head).await.unwrap();
    assert_eq!(kept.position(), Some(head));
    for projection in all() {
        let expected = digest(&folded(&short, &*projection).await).unwrap();
        assert_eq!(kept.digest(projection.name()).unwrap(), expected, "{}", projection.name());
    }
    stop.cancel();
    running.await.unwrap().unwrap();
}

#[tokio::test]
async fn rows_that_were_tampered_with_are_seen_and_mended_by_a_rebuild() {
    let mut history = History::new(MemoryStore::new());
    grow(&mut history, &mut Mix::default(), 40).await;
    let side = side();
    let kept = Projections::open(history.store.clone(), Some(side.clone())).unwrap();
    kept.catch_up().await.unwrap();
    let tree = side.open_tree("projections/request/0").unwrap();
    let (key, _) = tree.iter().next_back().unwrap().unwrap();
    tree.remove(key).unwrap();
    assert_eq!(kept.rebuild(request::NAME).await.unwrap().comparison, Comparison::Different);
    let expected = digest(&folded(&history, &request::RequestList).await).unwrap();
    assert_eq!(kept.digest(request::NAME).unwrap(), expected);
    let left: Vec<_> =
        side.tree_names().into_iter().filter(|name| name.starts_with(b"projections/request/")).collect();
    assert_eq!(left, [&b"projections/request/1"[..]], "nothing is left lying about");
}

#[tokio::test]
async fn a_name_that_is_none_is_named() {
    let kept = Projections::open(Arc::new(MemoryStore::new()), None).unwrap();
    assert_eq!(kept.rows("nothing").get(b"k"), Err(RowsError::NoSuchProjection("nothing".to_owned())));
    let error = kept.digest("nothing").unwrap_err().to_string();
    assert_eq!(
        error,
        "there is no projection named nothing; there are audit, conversation, effect, help_desk, oversight, request, tenant, timeline"
    );
}

#[tokio::test]
async fn the_past_is_asked_by_position_or_by_time_and_never_changes() {
    let mut history = History::new(MemoryStore::new());
    let noon = history.now;
    for name in ["First", "Second"] {
        let named = SettingsEvent::TenantCreated { name: name.to_owned() };
        history.happen(&tenant("acme"), &of_tenant("ada", named)).await;
    }
    // A clock that goes wrong does not change what was the past at noon.
    history.now = noon.checked_sub(jiff::SignedDuration::from_hours(1)).unwrap();
    let late = SettingsEvent::TenantCreated { name: "Late".to_owned() };
    history.happen(&tenant("acme"), &of_tenant("ada", late)).await;
    let kept = Projections::open(history.store.clone(), None).unwrap();
    let name = async |moment: &str| {
        let rows = kept.as_of(tenants::NAME, moment.parse::<Moment>().unwrap()).await.unwrap();
        tenants::find(&rows, &tenant("acme")).unwrap().and_then(|state| state.settings.name)
    };
    assert_eq!(name("2026-03-01T11:59:59Z").await, None);
    assert_eq!(name("2026-03-01T12:00:00Z").await.as_deref(), Some("First"));
    assert_eq!(name("2026-03-01T12:01:00Z").await.as_deref(), Some("Late"));
    assert_eq!(name("2").await.as_deref(), Some("Second"));
    assert_eq!(name("0").await, None);
    assert!("yesterday".parse::<Moment>().unwrap_err().to_string().contains("yesterday"));
    assert!(kept.rows(audit::NAME).get(b"k").unwrap().is_none());
    assert_eq!(Moment::Position(Position::from_store(2)).to_string(), "2");
}

/// A projection that older programs had.
struct Former;

impl Projection for Former {
    fn name(&self) -> &'static str {
        "access"
    }

    fn version(&self) -> u32 {
        7
    }

    fn apply(&self, envelope: &Happened, rows: &mut dyn WriteRows) -> Result<(), ProjectionError> {
        rows.put(envelope.id.as_bytes().to_vec(), b"known".to_vec());
        Ok(())
    }
}

#[tokio::test]
async fn rows_of_a_projection_that_is_none_any_more_are_thrown_away() {
    let mut history = History::new(MemoryStore::new());
    grow(&mut history, &mut Mix::default(), 4).await;
    let side = side();
    let former: Vec<Arc<dyn Projection>> = vec![Arc::new(Former)];
    Projections::open_with(history.store.clone(), Some(side.clone()), former)
        .unwrap()
        .catch_up()
        .await
        .unwrap();
    let trees =
        || side.tree_names().into_iter().filter(|name| name.starts_with(b"projections/access/")).count();
    assert_eq!(trees(), 1);
    Projections::open(history.store.clone(), Some(side.clone())).unwrap().catch_up().await.unwrap();
    assert_eq!(trees(), 0);
}
