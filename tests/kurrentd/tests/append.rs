//! Appending, judged by the official client: expectations, repetitions, sizes, batches, deletions.
mod common;

use common::{append, client, event, events, one, read, revisions};
use countersign_kurrentd::{Cluster, Options};
use kurrentdb::{CurrentRevision, Error, ReadStreamOptions, StreamState};

#[tokio::test]
async fn kurrentd_appends_with_an_exact_expectation() {
    let (_cluster, client) = one().await;
    let first = append(&client, "a.b-1", StreamState::NoStream, events(2)).await.unwrap();
    assert_eq!(first.next_expected_version, 1);
    let second = append(&client, "a.b-1", StreamState::StreamRevision(1), events(1)).await.unwrap();
    assert_eq!(second.next_expected_version, 2);
    assert!(second.position > first.position);
    assert_eq!(second.position.commit, second.position.prepare);
}
