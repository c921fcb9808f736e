//! How our events stand in KurrentDB, for whoever looks at them there.

use countersign_domain::ports::{EventStore as _, Expected, StoreError};
use countersign_kurrentd::{Expected as Any, Options, Proposed};
use countersign_store::contract::fixtures::append;
use eventstore::{Client, ReadStreamOptions, ResolvedEvent, StreamPosition};

use crate::Stage;

async fn read(client: &Client, stream: &str) -> Vec<ResolvedEvent> {
    let options = ReadStreamOptions::default().position(StreamPosition::Start).resolve_link_tos();
    let mut read = client.read_stream(stream, &options).await.expect("the stream is there");
    let mut events = Vec::new();
    while let Some(event) = read.next().await.expect("the stream can be read") {
        events.push(event);
    }
    events
}

#[tokio::test(flavor = "multi_thread")]
async fn kurrent_events_are_found_by_category_and_by_correlation() {
    let stage = Stage::with(Options::default().with_projections(), crate::hasty()).await;
    for id in ["1", "2"] {
        let wish = append(stage.stream(id).as_str(), Expected::NoStream, &[1]);
        stage.store.append(wish).await.unwrap();
    }
    let client = Client::new(stage.cluster.url().parse().unwrap()).unwrap();
    let category = read(&client, &format!("$ce-{}.thing", stage.tenant)).await;
    assert_eq!(category.len(), 2, "all streams of one category of one tenant");
    let event = category[0].event.as_ref().expect("the link leads to the event");
    assert_eq!(event.event_type, "thing_done");
    assert!(event.is_json);
    let metadata: serde_json::Value = serde_json::from_slice(&event.custom_metadata).unwrap();
    let correlation = metadata["$correlationId"].as_str().expect("KurrentDB's own name for it");
    assert!(metadata["$causationId"].is_string());
    let conversation = read(&client, &format!("$bc-{correlation}")).await;
    assert_eq!(conversation.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn kurrent_an_event_that_countersign_did_not_write_is_named() {
    let stage = Stage::new(1).await;
    stage.append(Expected::NoStream, 1).await.unwrap();
    let foreign = [Proposed::json("order_placed", "{}")];
    stage.cluster.append("orders", Any::NoStream, &foreign).expect("appended");
    assert_eq!(stage.numbers().await, [1], "what is not named like ours is nothing to us");
    let foreign = [Proposed::json("order_placed", "{}")];
    stage.cluster.append("shop.order-1", Any::NoStream, &foreign).expect("appended");
    let error = stage.store.read_all(None, 100).await.expect_err("it is not passed over");
    assert!(matches!(error, StoreError::Damaged(_)), "{error}");
    assert!(error.to_string().contains("shop.order-1"), "{error}");
    assert!(error.to_string().contains("a database of its own"), "{error}");
}
