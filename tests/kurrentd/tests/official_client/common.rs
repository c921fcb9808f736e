//! What the tests share: a client of the official crate, events, and whole reads.
use countersign_kurrentd::{Cluster, Options};
use kurrentdb::{
    AppendToStreamOptions, Client, ClientSettings, EventData, ReadAllOptions, ReadStreamOptions,
    ResolvedEvent, StreamState, WriteResult,
};
use uuid::Uuid;

/// A cluster of one, and its client.
pub(crate) async fn one() -> (Cluster, Client) {
    let cluster = Cluster::start(Options::default()).await.expect("the system has a free port");
    let client = client(&cluster.url());
    (cluster, client)
}

/// A client of the official crate. It rests once before its first connection, by default for half a second.
pub(crate) fn client(url: &str) -> Client {
    Client::new(settings(&format!("{url}&discoveryInterval=1")))
        .expect("the certificates of the url are there")
}

/// What a connection string says.
pub(crate) fn settings(url: &str) -> ClientSettings {
    url.parse().expect("the cluster writes connection strings that the client can read")
}

/// An event with a number in it.
pub(crate) fn event(number: u32) -> EventData {
    EventData::json("counted", &serde_json::json!({ "number": number }))
        .expect("a number can be told")
        .id(Uuid::new_v4())
}

/// So many events.
pub(crate) fn events(count: u32) -> Vec<EventData> {
    (0..count).map(event).collect()
}

/// Appends with an exact expectation.
pub(crate) async fn append(
    client: &Client,
    stream: &str,
    state: StreamState,
    events: Vec<EventData>,
) -> kurrentdb::Result<WriteResult> {
    let options = AppendToStreamOptions::default().stream_state(state);
    client.append_to_stream(stream, &options, events).await
}

/// Reads a stream to its end.
pub(crate) async fn read(
    client: &Client,
    stream: &str,
    options: ReadStreamOptions,
) -> kurrentdb::Result<Vec<ResolvedEvent>> {
    let mut events = client.read_stream(stream, &options).await?;
    let mut all = Vec::new();
    while let Some(event) = events.next().await? {
        all.push(event);
    }
    Ok(all)
}

/// Reads everything.
pub(crate) async fn read_all(
    client: &Client,
    options: ReadAllOptions,
) -> kurrentdb::Result<Vec<ResolvedEvent>> {
    let mut events = client.read_all(&options).await?;
    let mut all = Vec::new();
    while let Some(event) = events.next().await? {
        all.push(event);
    }
    Ok(all)
}

/// The revisions of what was read.
pub(crate) fn revisions(events: &[ResolvedEvent]) -> Vec<u64> {
    events.iter().map(|event| event.get_original_event().revision).collect()
}
