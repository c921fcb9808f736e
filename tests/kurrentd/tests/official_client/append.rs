//! Appending, judged by the official client: expectations, repetitions, sizes, batches, deletions.
use crate::common::{append, client, event, events, one, read, read_all, revisions};
use bytes::Bytes;
use countersign_kurrentd::{Cluster, Code, Options};
use kurrentdb::{
    AppendToStreamOptions, BatchAppendOptions, CurrentRevision, DeleteStreamOptions, Error, EventData,
    ReadAllOptions, ReadStreamOptions, StreamMetadataBuilder, StreamState, TombstoneStreamOptions,
};

fn conflict(result: kurrentdb::Result<kurrentdb::WriteResult>) -> (CurrentRevision, StreamState) {
    match result {
        Err(Error::WrongExpectedVersion { current, expected }) => (current, expected),
        other => panic!("a conflict was expected, not {other:?}"),
    }
}

#[tokio::test]
async fn kurrentd_appends_with_an_exact_expectation() {
    let (cluster, client) = one().await;
    let first = append(&client, "a.b-1", StreamState::NoStream, events(2)).await.unwrap();
    assert_eq!(first.next_expected_version, 1);
    let second = append(&client, "a.b-1", StreamState::StreamRevision(1), events(1)).await.unwrap();
    assert_eq!(second.next_expected_version, 2);
    assert!(second.position > first.position);
    assert_eq!(second.position.commit, second.position.prepare);
    assert_eq!(cluster.counts().appends["a.b-1"], 2);
}

#[tokio::test]
async fn kurrentd_tells_a_conflict_with_what_it_found() {
    let (_cluster, client) = one().await;
    let found = conflict(append(&client, "a-1", StreamState::StreamRevision(3), events(1)).await);
    assert_eq!(found, (CurrentRevision::NoStream, StreamState::StreamRevision(3)));
    append(&client, "a-1", StreamState::NoStream, events(2)).await.unwrap();
    let found = conflict(append(&client, "a-1", StreamState::NoStream, events(1)).await);
    assert_eq!(found, (CurrentRevision::Current(1), StreamState::NoStream));
    let found = conflict(append(&client, "a-1", StreamState::StreamRevision(0), events(1)).await);
    assert_eq!(found, (CurrentRevision::Current(1), StreamState::StreamRevision(0)));
    let found = conflict(append(&client, "b-1", StreamState::StreamExists, events(1)).await);
    assert_eq!(found, (CurrentRevision::NoStream, StreamState::StreamExists));
    append(&client, "a-1", StreamState::StreamExists, events(1)).await.unwrap();
}

#[tokio::test]
async fn kurrentd_answers_a_repetition_like_the_first_time() {
    let (cluster, client) = one().await;
    let proposed = events(3);
    let first = append(&client, "a-1", StreamState::NoStream, proposed.clone()).await.unwrap();
    append(&client, "a-1", StreamState::StreamRevision(2), events(1)).await.unwrap();
    let again = append(&client, "a-1", StreamState::NoStream, proposed.clone()).await.unwrap();
    assert_eq!((again.next_expected_version, again.position), (2, first.position));
    // a part of it at its place is a repetition too, with the result of that part
    let part = append(&client, "a-1", StreamState::StreamRevision(0), proposed[1..2].to_vec()).await.unwrap();
    assert_eq!(part.next_expected_version, 1);
    // "any" looks the ids up wherever they stand
    let any = append(&client, "a-1", StreamState::Any, proposed).await.unwrap();
    assert_eq!(any.next_expected_version, 2);
    assert_eq!(read(&client, "a-1", ReadStreamOptions::default()).await.unwrap().len(), 4);
    assert_eq!(cluster.counts().repetitions, 3);
}

#[tokio::test]
async fn kurrentd_takes_a_repetition_in_part_for_a_conflict() {
    let (_cluster, client) = one().await;
    let proposed = events(2);
    append(&client, "a-1", StreamState::NoStream, proposed.clone()).await.unwrap();
    let longer = vec![proposed[0].clone(), proposed[1].clone(), event(9)];
    let found = conflict(append(&client, "a-1", StreamState::NoStream, longer).await);
    assert_eq!(found.0, CurrentRevision::Current(1));
    let other_tail = vec![proposed[0].clone(), event(9)];
    conflict(append(&client, "a-1", StreamState::NoStream, other_tail.clone()).await);
    conflict(append(&client, "a-1", StreamState::Any, other_tail).await);
    // the same ids in another stream are new events
    append(&client, "b-1", StreamState::NoStream, proposed).await.unwrap();
}

#[tokio::test]
async fn kurrentd_refuses_an_append_that_is_too_large() {
    let options = Options { max_append_size: 1000, ..Options::default() };
    let cluster = Cluster::start(options).await.unwrap();
    let client = client(&cluster.url());
    let large = EventData::binary("large", Bytes::from(vec![0; 1001]));
    match append(&client, "a-1", StreamState::NoStream, vec![large]).await {
        Err(Error::Grpc { code: Code::InvalidArgument, message }) => {
            assert_eq!(message, "Maximum Append Size of 1000 Exceeded.");
        }
        other => panic!("{other:?}"),
    }
    let small = EventData::binary("small", Bytes::from(vec![0; 900]));
    append(&client, "a-1", StreamState::NoStream, vec![small]).await.unwrap();
}

#[tokio::test]
async fn trust_d7_a_batch_tells_a_conflict_as_the_real_server_does() {
    let (_cluster, client) = one().await;
    let batch = client.batch_append(&BatchAppendOptions::default()).await.unwrap();
    let first = batch.append_to_stream("a-1", StreamState::NoStream, events(2)).await.unwrap();
    assert_eq!((first.stream_name(), first.current_revision()), ("a-1", Some(1)));
    let second = batch.append_to_stream("a-1", StreamState::StreamRevision(1), events(1)).await.unwrap();
    assert!(second.current_position() > first.current_position());
    match batch.append_to_stream("a-1", StreamState::NoStream, events(1)).await {
        Err(Error::Grpc { code: Code::AlreadyExists, message }) => {
            assert_eq!(message, "WrongExpectedVersion");
        }
        other => panic!("{other:?}"),
    }
    // after one conflict the client gives the whole batch up, though the server would go on
    assert!(matches!(
        batch.append_to_stream("b-1", StreamState::NoStream, events(1)).await,
        Err(Error::ServerError(_))
    ));
}

#[tokio::test]
async fn kurrentd_deletes_softly_and_begins_again() {
    let (_cluster, client) = one().await;
    append(&client, "a-1", StreamState::NoStream, events(2)).await.unwrap();
    client.delete_stream("a-1", &DeleteStreamOptions::default()).await.unwrap();
    assert!(matches!(read(&client, "a-1", ReadStreamOptions::default()).await, Err(Error::ResourceNotFound)));
    append(&client, "a-1", StreamState::NoStream, events(1)).await.unwrap();
    let left = read(&client, "a-1", ReadStreamOptions::default()).await.unwrap();
    assert_eq!(revisions(&left), [2]);
}

#[tokio::test]
async fn kurrentd_deletes_for_ever() {
    let (_cluster, client) = one().await;
    append(&client, "a-1", StreamState::NoStream, events(2)).await.unwrap();
    client.tombstone_stream("a-1", &TombstoneStreamOptions::default()).await.unwrap();
    assert!(matches!(read(&client, "a-1", ReadStreamOptions::default()).await, Err(Error::ResourceDeleted)));
    assert!(matches!(append(&client, "a-1", StreamState::Any, events(1)).await, Err(Error::ResourceDeleted)));
}

#[tokio::test]
async fn kurrentd_keeps_no_more_than_the_metadata_allows() {
    let (cluster, client) = one().await;
    let metadata = StreamMetadataBuilder::new().max_count(2).build();
    client.set_stream_metadata("a-1", &AppendToStreamOptions::default(), &metadata).await.unwrap();
    append(&client, "a-1", StreamState::NoStream, events(5)).await.unwrap();
    let left = read(&client, "a-1", ReadStreamOptions::default()).await.unwrap();
    assert_eq!(revisions(&left), [3, 4]);
    let backwards = ReadStreamOptions::default().backwards().position(kurrentdb::StreamPosition::End);
    assert_eq!(revisions(&read(&client, "a-1", backwards).await.unwrap()), [4, 3]);
    // everything still has them until a scavenge, as on the real server
    let before = read_all(&client, ReadAllOptions::default()).await.unwrap();
    assert_eq!(cluster.scavenge(), 3);
    let after = read_all(&client, ReadAllOptions::default()).await.unwrap();
    assert_eq!(before.len() - after.len(), 3);
}
