//! Many at once: writers, readers and a long log.
use countersign_kurrentd::{Cluster, Expected, Options, Proposed};
use kurrentdb::{Error, ReadAllOptions, StreamPosition, StreamState, SubscriptionFilter};

use crate::common::{append, client, event, events, one, read_all};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kurrentd_lets_one_of_many_writers_win_each_revision() {
    let cluster = Cluster::start(Options::nodes(3)).await.unwrap();
    let url = cluster.url();
    let writers = (0..8).map(|_| {
        let client = client(&url);
        tokio::spawn(async move {
            let (mut won, mut revision) = (0, None);
            while revision < Some(63) {
                let state = revision.map_or(StreamState::NoStream, StreamState::StreamRevision);
                match append(&client, "a-1", state, events(1)).await {
                    Ok(_) => won += 1,
                    Err(Error::WrongExpectedVersion { .. }) => {}
                    Err(other) => panic!("{other:?}"),
                }
                revision = revision.map_or(Some(0), |revision| Some(revision + 1));
            }
            won
        })
    });
    let mut won = 0;
    for writer in writers.collect::<Vec<_>>() {
        won += writer.await.unwrap();
    }
    assert_eq!(won, 64, "every revision had one winner");
    assert_eq!(cluster.counts().appends["a-1"], 64);
}

#[tokio::test]
async fn kurrentd_pages_through_a_long_log() {
    let (cluster, client) = one().await;
    let batch: Vec<_> = (0..1000).map(|_| Proposed::json("counted", r#"{"number":1}"#)).collect();
    for stream in 0..100 {
        cluster.append(&format!("a.x-{stream}"), Expected::NoStream, &batch).unwrap();
    }
    let filter = SubscriptionFilter::on_stream_name().add_prefix("a.");
    let options = ReadAllOptions::default().filter(filter).max_count(501);
    let (mut from, mut seen) = (StreamPosition::Start, 0);
    // a part of it is enough to see that a page costs what it holds
    while seen < 10_000 {
        let page = read_all(&client, options.clone().position(from)).await.unwrap();
        seen += page.len() - 1;
        from = StreamPosition::Position(page.last().unwrap().get_original_event().position);
    }
    append(&client, "a.x-0", StreamState::StreamRevision(999), vec![event(1)]).await.unwrap();
    assert!(cluster.log_length() > 100_000);
}
