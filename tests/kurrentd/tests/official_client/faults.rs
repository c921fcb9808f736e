//! Faults on command, judged by the official client: what it makes of each, and that the log tells the truth.
use std::pin::pin;
use std::time::Duration;

use crate::common::{append, client, events, one, read};
use countersign_kurrentd::{Cluster, Code, Options, ReadFault, Stage, WriteFault};
use kurrentdb::{AppendToStreamOptions, Error, ReadStreamOptions, StreamState};

#[tokio::test]
async fn kurrentd_refuses_the_first_connection_and_the_client_is_dead_for_ever() {
    let (cluster, dead) = one().await;
    cluster.refuse_connections(1);
    let first = append(&dead, "a-1", StreamState::NoStream, events(1)).await;
    assert!(matches!(first, Err(Error::GrpcConnectionError(_))), "{first:?}");
    for _ in 0..3 {
        let later = append(&dead, "a-1", StreamState::NoStream, events(1)).await;
        assert!(matches!(later, Err(Error::ConnectionClosed)), "{later:?}");
    }
    append(&client(&cluster.url()), "a-1", StreamState::NoStream, events(1)).await.unwrap();
    assert_eq!((cluster.counts().refused, cluster.counts().connections), (1, 2));
}

#[tokio::test]
async fn kurrentd_drops_the_connection_after_the_commit() {
    let (cluster, client) = one().await;
    cluster.fail_writes(WriteFault::DropAfter, 1);
    let proposed = events(2);
    let lost = append(&client, "a-1", StreamState::NoStream, proposed.clone()).await;
    assert!(matches!(lost, Err(Error::ServerError(_))), "{lost:?}");
    // it was written once, and a repetition is answered like the first time
    let again = append(&client, "a-1", StreamState::NoStream, proposed).await.unwrap();
    assert_eq!(again.next_expected_version, 1);
    let counts = cluster.counts();
    assert_eq!((counts.appends["a-1"], counts.repetitions, counts.calls["Append"]), (1, 1, 2));
}

#[tokio::test]
async fn kurrentd_drops_the_connection_before_the_commit() {
    let (cluster, client) = one().await;
    cluster.fail_writes(WriteFault::DropBefore, 1);
    let proposed = events(2);
    let lost = append(&client, "a-1", StreamState::NoStream, proposed.clone()).await;
    assert!(matches!(lost, Err(Error::ServerError(_))), "{lost:?}");
    assert!(cluster.counts().appends.is_empty());
    append(&client, "a-1", StreamState::NoStream, proposed).await.unwrap();
    assert_eq!(cluster.counts().repetitions, 0);
}

#[tokio::test]
async fn kurrentd_answers_appends_with_any_code() {
    let (cluster, client) = one().await;
    cluster.fail_writes(WriteFault::Refuse(Code::Unavailable), 1);
    cluster.fail_writes(WriteFault::Refuse(Code::DeadlineExceeded), 1);
    cluster.fail_writes(WriteFault::Refuse(Code::Aborted), 1);
    let mut told = Vec::new();
    for _ in 0..3 {
        told.push(append(&client, "a-1", StreamState::NoStream, events(1)).await.unwrap_err());
    }
    assert!(matches!(
        &told[..],
        [Error::ServerError(_), Error::DeadlineExceeded, Error::Grpc { code: Code::Aborted, .. }]
    ));
    assert!(cluster.counts().appends.is_empty());
    cluster.fail_writes(WriteFault::WriteThenRefuse(Code::DeadlineExceeded), 1);
    let proposed = events(1);
    let uncertain = append(&client, "a-1", StreamState::NoStream, proposed.clone()).await;
    assert!(matches!(uncertain, Err(Error::DeadlineExceeded)));
    append(&client, "a-1", StreamState::NoStream, proposed).await.unwrap();
    assert_eq!(cluster.counts().repetitions, 1);
}

#[tokio::test]
async fn kurrentd_holds_a_write_until_the_gate_opens() {
    let (cluster, client) = one().await;
    let mut gate = cluster.hold_writes(Stage::AfterCommit);
    let held = tokio::spawn({
        let client = client.clone();
        async move { append(&client, "a-1", StreamState::NoStream, events(1)).await }
    });
    gate.reached_by(1).await;
    assert!(!held.is_finished());
    assert_eq!(read(&client, "a-1", ReadStreamOptions::default()).await.unwrap().len(), 1, "it is written");
    gate.open();
    held.await.unwrap().unwrap();
}

#[tokio::test]
async fn kurrentd_keeps_the_clients_deadline() {
    let (cluster, client) = one().await;
    let _gate = cluster.hold_writes(Stage::BeforeCommit);
    let options = AppendToStreamOptions::default().deadline(Duration::from_millis(50));
    let late = client.append_to_stream("a-1", &options, events(1)).await;
    assert!(matches!(late, Err(Error::DeadlineExceeded)), "{late:?}");
    cluster.delay_answers(Duration::from_mins(1));
    let late = client.append_to_stream("a-1", &options, events(1)).await;
    assert!(matches!(late, Err(Error::DeadlineExceeded)), "{late:?}");
}

#[tokio::test]
async fn kurrentd_is_silent_and_the_client_waits_beyond_its_deadline() {
    let (cluster, client) = one().await;
    cluster.fail_writes(WriteFault::Silence, 1);
    // The client leaves the deadline to the server: without an answer it waits until the connection dies. The deadline
    // may pass before the write comes to its fault, on a busy machine; then it is heard, and the next one is longer.
    let mut deadline = Duration::from_millis(50);
    loop {
        let options = AppendToStreamOptions::default().deadline(deadline);
        let waiting = client.append_to_stream("a-1", &options, events(1));
        if tokio::time::timeout(deadline * 2, waiting).await.is_err() {
            break;
        }
        deadline *= 2;
    }
    assert_eq!(cluster.counts().appends["a-1"], 1);
}

#[tokio::test]
async fn kurrentd_breaks_reads_off() {
    let (cluster, client) = one().await;
    append(&client, "a-1", StreamState::NoStream, events(5)).await.unwrap();
    let options = ReadStreamOptions::default();
    cluster.fail_reads(ReadFault::Refuse(Code::Aborted), 1);
    let refused = read(&client, "a-1", options.clone()).await;
    assert!(matches!(refused, Err(Error::Grpc { code: Code::Aborted, .. })));
    cluster.fail_reads(ReadFault::DropAfter(2), 1);
    let broken = read(&client, "a-1", options.clone()).await;
    assert!(matches!(broken, Err(Error::ServerError(_))), "{broken:?}");
    // an answer that is cut cleanly looks like the end of the stream: only the word of its end is missing
    cluster.fail_reads(ReadFault::CutAfter(2), 1);
    assert_eq!(read(&client, "a-1", options.clone()).await.unwrap().len(), 2);
    assert_eq!(read(&client, "a-1", options).await.unwrap().len(), 5);
}

#[tokio::test]
async fn kurrentd_hangs_and_the_client_hangs_with_it() {
    let cluster = Cluster::start(Options::nodes(2)).await.unwrap();
    let stuck = client(&cluster.url());
    append(&stuck, "a-1", StreamState::NoStream, events(1)).await.unwrap();
    cluster.hang(0);
    assert_eq!(cluster.leader(), Some(1));
    let options = AppendToStreamOptions::default().deadline(Duration::from_millis(1));
    let mut waiting = pin!(stuck.append_to_stream("a-1", &options, events(1)));
    assert!(tokio::time::timeout(Duration::from_millis(100), &mut waiting).await.is_err(), "it waits on");
    append(&client(&cluster.url()), "a-1", StreamState::StreamRevision(0), events(1)).await.unwrap();
    cluster.resume(0);
    // what it had sent is heard now, and answered: too late, or that another leads
    assert!(waiting.await.is_err());
}
