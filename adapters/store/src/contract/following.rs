//! The contract of following: whoever waits is woken, and misses nothing.

use std::sync::Arc;
use std::time::Duration;

use countersign_domain::ports::Expected;
use tokio::time::timeout;

use super::Store;
use super::fixtures::{append, number, read_tenant, stream, tenant};

const LONG: Duration = Duration::from_secs(20);

/// A waiting task goes on after an append.
pub async fn waiting_ends_when_something_is_appended(store: Store) {
    let tenant = tenant();
    let head = store.head().await.expect("the head can be read");
    let waiting = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.wait_past(head).await }
    });
    store.append(append(stream(&tenant, "1").as_str(), Expected::NoStream, &[1])).await.expect("appended");
    let woken = timeout(LONG, waiting).await.expect("woken in time").expect("no task panics");
    woken.expect("the store goes on");
}

/// There is nothing to wait for where there is more already.
pub async fn waiting_for_what_is_there_ends_at_once(store: Store) {
    let tenant = tenant();
    let head = store.head().await.expect("the head can be read");
    store.append(append(stream(&tenant, "1").as_str(), Expected::NoStream, &[1])).await.expect("appended");
    for after in [None, head] {
        timeout(LONG, store.wait_past(after)).await.expect("at once").expect("the store goes on");
    }
}

/// Two followers that read and wait in turn see all that is appended meanwhile, in order, once.
pub async fn every_follower_sees_every_event_once(store: Store) {
    const EVENTS: usize = 60;
    let tenant = tenant();
    let start = store.head().await.expect("the head can be read");
    let followers: Vec<_> = [3, 50]
        .into_iter()
        .map(|page| {
            let (store, tenant) = (Arc::clone(&store), tenant.clone());
            tokio::spawn(async move {
                let (mut seen, mut after) = (Vec::new(), start);
                while seen.len() < EVENTS {
                    store.wait_past(after).await.expect("the store goes on");
                    let events = read_tenant(&*store, &tenant, after, page).await;
                    after = events.last().map_or(after, |event| Some(event.pos));
                    seen.extend(events);
                }
                seen
            })
        })
        .collect();
    let name = stream(&tenant, "1");
    for rev in 0..EVENTS as u64 {
        let expected = Expected::after(rev.checked_sub(1));
        store.append(append(name.as_str(), expected, &[rev])).await.expect("appended");
    }
    for follower in followers {
        let seen = timeout(LONG, follower).await.expect("in time").expect("no task panics");
        assert!(seen.iter().filter_map(number).eq(0..EVENTS as u64), "each once and in order");
    }
}
