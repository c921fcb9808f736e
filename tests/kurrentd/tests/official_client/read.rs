//! Reading, judged by the official client: streams and everything, both ways, filters, links, positions.
use crate::common::{append, client, events, one, read, read_all, revisions};
use countersign_kurrentd::{Cluster, Code, Expected, Options, Proposed};
use kurrentdb::{
    Error, EventData, Position, ReadAllOptions, ReadEvent, ReadStreamOptions, ResolvedEvent, StreamPosition,
    StreamState, SubscriptionFilter,
};
use uuid::Uuid;

fn ours() -> SubscriptionFilter {
    SubscriptionFilter::on_stream_name().add_prefix("a.")
}

fn names(events: &[ResolvedEvent]) -> Vec<String> {
    events
        .iter()
        .map(|event| format!("{}@{}", event.get_original_event().revision, event.get_original_stream_id()))
        .collect()
}

fn position(event: &ResolvedEvent) -> Position {
    event.get_original_event().position
}

#[tokio::test]
async fn kurrentd_reads_a_stream_both_ways_in_pieces() {
    let (_cluster, client) = one().await;
    append(&client, "a.x-1", StreamState::NoStream, events(100)).await.unwrap();
    let options = ReadStreamOptions::default();
    let all = read(&client, "a.x-1", options.clone()).await.unwrap();
    assert_eq!(revisions(&all), (0..100).collect::<Vec<_>>());
    let piece = options.clone().position(StreamPosition::Position(40)).max_count(3);
    assert_eq!(revisions(&read(&client, "a.x-1", piece).await.unwrap()), [40, 41, 42]);
    let back = options.clone().backwards().position(StreamPosition::End).max_count(2);
    assert_eq!(revisions(&read(&client, "a.x-1", back).await.unwrap()), [99, 98]);
    let back = options.clone().backwards().position(StreamPosition::Position(1));
    assert_eq!(revisions(&read(&client, "a.x-1", back).await.unwrap()), [1, 0]);
    let past = options.position(StreamPosition::Position(100));
    assert_eq!(read(&client, "a.x-1", past).await.unwrap().len(), 0);
}

#[tokio::test]
async fn kurrentd_tells_what_an_event_is() {
    let (_cluster, client) = one().await;
    let id = Uuid::new_v4();
    let event = EventData::json("made", &serde_json::json!({"a": 1})).unwrap().id(id);
    let event = event.metadata_as_json(&serde_json::json!({"$correlationId": "c"})).unwrap();
    append(&client, "a.x-1", StreamState::NoStream, vec![event]).await.unwrap();
    let read = read(&client, "a.x-1", ReadStreamOptions::default()).await.unwrap();
    let event = read[0].get_original_event();
    assert_eq!((event.id, event.event_type.as_str(), event.is_json), (id, "made", true));
    assert_eq!(
        (&event.data[..], &event.custom_metadata[..]),
        (&br#"{"a":1}"#[..], &br#"{"$correlationId":"c"}"#[..])
    );
    assert!(event.created.timestamp() > 1_700_000_000);
}

#[tokio::test]
async fn trust_d7_reads_of_a_stream_tell_positions() {
    let (_cluster, client) = one().await;
    append(&client, "a.x-1", StreamState::NoStream, events(2)).await.unwrap();
    let read = read(&client, "a.x-1", ReadStreamOptions::default()).await.unwrap();
    let all = read_all(&client, ReadAllOptions::default()).await.unwrap();
    let ours = all.iter().filter(|event| event.get_original_stream_id() == "a.x-1");
    assert_eq!(read.iter().map(position).collect::<Vec<_>>(), ours.map(position).collect::<Vec<_>>());
}

#[tokio::test]
async fn kurrentd_knows_a_missing_stream_and_a_streams_end() {
    let (_cluster, client) = one().await;
    let missing = read(&client, "a.x-1", ReadStreamOptions::default()).await;
    assert!(matches!(missing, Err(Error::ResourceNotFound)));
    append(&client, "a.x-1", StreamState::NoStream, events(2)).await.unwrap();
    let mut messages = client.read_stream("a.x-1", &ReadStreamOptions::default()).await.unwrap();
    let mut last = None;
    while let Some(message) = messages.next_read_event().await.unwrap() {
        if let ReadEvent::LastStreamPosition(revision) = message {
            last = Some(revision);
        }
    }
    assert_eq!(last, Some(1));
}

#[tokio::test]
async fn kurrentd_reads_everything_from_a_position_on_and_with_it() {
    let (cluster, client) = one().await;
    append(&client, "a.x-1", StreamState::NoStream, events(3)).await.unwrap();
    append(&client, "a.x-2", StreamState::NoStream, events(2)).await.unwrap();
    cluster.write_statistics();
    let all = read_all(&client, ReadAllOptions::default()).await.unwrap();
    assert!(all.first().unwrap().get_original_stream_id().starts_with('$'), "the system was there first");
    assert_eq!(all.last().unwrap().get_original_event().event_type, "$statsCollected");
    assert!(all.is_sorted_by_key(position));
    let found = read_all(&client, ReadAllOptions::default().filter(ours())).await.unwrap();
    assert_eq!(names(&found), ["0@a.x-1", "1@a.x-1", "2@a.x-1", "0@a.x-2", "1@a.x-2"]);
    let from =
        ReadAllOptions::default().filter(ours()).position(StreamPosition::Position(position(&found[2])));
    assert_eq!(names(&read_all(&client, from.clone()).await.unwrap()), ["2@a.x-1", "0@a.x-2", "1@a.x-2"]);
    assert_eq!(names(&read_all(&client, from.clone().max_count(1)).await.unwrap()), ["2@a.x-1"]);
    // backwards the position itself is not among them
    assert_eq!(names(&read_all(&client, from.backwards()).await.unwrap()), ["1@a.x-1", "0@a.x-1"]);
    let end = ReadAllOptions::default().backwards().position(StreamPosition::End).max_count(2);
    assert_eq!(read_all(&client, end).await.unwrap().len(), 2);
}

#[tokio::test]
async fn kurrentd_filters_by_stream_and_type_with_prefixes_or_an_expression() {
    let (cluster, client) = one().await;
    for (stream, kind) in [("a.x-1", "made"), ("a.y-1", "lost"), ("b.x-1", "made")] {
        cluster.append(stream, Expected::NoStream, &[Proposed::json(kind, "{}")]).unwrap();
    }
    let by_type = SubscriptionFilter::on_event_type();
    for (filter, expected) in [
        (ours(), vec!["0@a.x-1", "0@a.y-1"]),
        (ours().add_prefix("b."), vec!["0@a.x-1", "0@a.y-1", "0@b.x-1"]),
        (SubscriptionFilter::on_stream_name().regex(r"^[^$]*\.x-"), vec!["0@a.x-1", "0@b.x-1"]),
        (by_type.clone().add_prefix("lo"), vec!["0@a.y-1"]),
        (by_type.exclude_system_events(), vec!["0@a.x-1", "0@a.y-1", "0@b.x-1"]),
    ] {
        let found = read_all(&client, ReadAllOptions::default().filter(filter)).await.unwrap();
        assert_eq!(names(&found), expected);
    }
    let wrong = ReadAllOptions::default().filter(SubscriptionFilter::on_stream_name().regex("("));
    assert!(matches!(read_all(&client, wrong).await, Err(Error::Grpc { code: Code::InvalidArgument, .. })));
}

#[tokio::test]
async fn kurrentd_has_gaps_between_positions_and_refuses_what_lies_in_them() {
    let (cluster, client) = one().await;
    let before = append(&client, "a.x-1", StreamState::NoStream, events(1)).await.unwrap().position;
    cluster.leave_gap(1_000_000);
    let after = append(&client, "a.x-1", StreamState::StreamRevision(0), events(1)).await.unwrap().position;
    assert!(after.commit > before.commit + 1_000_000);
    let options = ReadAllOptions::default().filter(ours());
    let from = options.clone().position(StreamPosition::Position(before));
    assert_eq!(names(&read_all(&client, from).await.unwrap()), ["0@a.x-1", "1@a.x-1"]);
    let inside = Position { commit: before.commit + 1000, prepare: before.commit + 1000 };
    let inside = options.position(StreamPosition::Position(inside));
    assert!(matches!(read_all(&client, inside).await, Err(Error::Grpc { code: Code::InvalidArgument, .. })));
}

#[tokio::test]
async fn kurrentd_links_by_category_and_by_correlation() {
    let cluster = Cluster::start(Options::default().with_projections()).await.unwrap();
    let client = client(&cluster.url());
    let event = EventData::json("made", &serde_json::json!({})).unwrap();
    let event = event.metadata_as_json(&serde_json::json!({"$correlationId": "c1"})).unwrap();
    append(&client, "a.request-1-x", StreamState::NoStream, vec![event]).await.unwrap();
    append(&client, "a.request-2", StreamState::NoStream, events(1)).await.unwrap();
    append(&client, "nocategory", StreamState::NoStream, events(1)).await.unwrap();
    let links = read(&client, "$ce-a.request", ReadStreamOptions::default()).await.unwrap();
    assert_eq!(names(&links), ["0@$ce-a.request", "1@$ce-a.request"]);
    assert_eq!(&links[0].get_original_event().data[..], b"0@a.request-1-x");
    let resolved =
        read(&client, "$ce-a.request", ReadStreamOptions::default().resolve_link_tos()).await.unwrap();
    let streams: Vec<_> =
        resolved.iter().map(|event| event.event.as_ref().unwrap().stream_id().to_owned()).collect();
    assert_eq!(streams, ["a.request-1-x", "a.request-2"]);
    let correlated = read(&client, "$bc-c1", ReadStreamOptions::default().resolve_link_tos()).await.unwrap();
    assert_eq!(correlated[0].event.as_ref().unwrap().stream_id(), "a.request-1-x");
    // the links are events of the log, too
    let all = read_all(&client, ReadAllOptions::default()).await.unwrap();
    assert_eq!(all.iter().filter(|event| event.get_original_event().event_type == "$>").count(), 3);
}

#[tokio::test]
async fn trust_d7_filters_look_ahead() {
    let (_cluster, client) = one().await;
    append(&client, "a.x-1", StreamState::NoStream, events(2)).await.unwrap();
    append(&client, "b.x-1", StreamState::NoStream, events(1)).await.unwrap();
    let all_but_a = SubscriptionFilter::on_stream_name().regex(r"^(?!(a\..*|\$.*)$)");
    let options = ReadAllOptions::default().filter(all_but_a);
    assert_eq!(names(&read_all(&client, options).await.unwrap()), ["0@b.x-1"]);
    let broken = SubscriptionFilter::on_stream_name().regex("(?!");
    let refused = read_all(&client, ReadAllOptions::default().filter(broken)).await;
    assert!(matches!(refused, Err(Error::Grpc { code: Code::InvalidArgument, .. })), "{refused:?}");
}
