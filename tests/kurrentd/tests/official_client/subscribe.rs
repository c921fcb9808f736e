//! Subscriptions, judged by the official client: what is there, what comes, checkpoints, and their end.
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::common::{append, events, one};
use countersign_kurrentd::{Code, Expected, Proposed};
use kurrentdb::{
    Error, RetryOptions, StreamPosition, StreamState, SubscribeToAllOptions, SubscribeToStreamOptions,
    Subscription, SubscriptionEvent, SubscriptionFilter,
};

fn ours() -> SubscriptionFilter {
    SubscriptionFilter::on_stream_name().add_prefix("a.")
}

async fn next(subscription: &mut Subscription) -> SubscriptionEvent {
    subscription.next_subscription_event().await.expect("the subscription goes on")
}

/// What a subscription says until it has caught up: how many events, how many checkpoints.
async fn until_caught_up(subscription: &mut Subscription) -> (usize, usize) {
    let (mut seen, mut checkpoints) = (0, 0);
    loop {
        match next(subscription).await {
            SubscriptionEvent::EventAppeared(_) => seen += 1,
            SubscriptionEvent::Checkpoint(_) => checkpoints += 1,
            SubscriptionEvent::CaughtUp(word) => {
                assert!(word.is_some(), "the word carries its time");
                return (seen, checkpoints);
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn kurrentd_subscribes_to_a_stream_that_comes_later() {
    let (_cluster, client) = one().await;
    let options = SubscribeToStreamOptions::default().start_from(StreamPosition::Start);
    let mut subscription = client.subscribe_to_stream("a.x-1", &options).await;
    assert!(matches!(next(&mut subscription).await, SubscriptionEvent::Confirmed(_)));
    assert_eq!(until_caught_up(&mut subscription).await, (0, 0));
    append(&client, "a.x-1", StreamState::NoStream, events(50)).await.unwrap();
    for revision in 0..50 {
        assert_eq!(subscription.next().await.unwrap().get_original_event().revision, revision);
    }
    let options = options.start_from(StreamPosition::Position(47));
    let mut subscription = client.subscribe_to_stream("a.x-1", &options).await;
    assert_eq!(subscription.next().await.unwrap().get_original_event().revision, 48);
    let options = options.start_from(StreamPosition::End);
    let mut subscription = client.subscribe_to_stream("a.x-1", &options).await;
    assert_eq!(until_caught_up(&mut subscription).await, (0, 0));
    append(&client, "a.x-1", StreamState::StreamRevision(49), events(1)).await.unwrap();
    assert_eq!(subscription.next().await.unwrap().get_original_event().revision, 50);
}

#[tokio::test]
async fn kurrentd_subscribes_to_everything_with_a_filter_and_checkpoints() {
    let (cluster, client) = one().await;
    let first = append(&client, "a.x-1", StreamState::NoStream, events(1)).await.unwrap();
    for number in 0..100 {
        cluster
            .append(&format!("b.x-{number}"), Expected::NoStream, &[Proposed::json("other", "{}")])
            .unwrap();
    }
    append(&client, "a.x-1", StreamState::StreamRevision(0), events(1)).await.unwrap();
    let options = SubscribeToAllOptions::default().position(StreamPosition::Start).filter(ours());
    let mut subscription = client.subscribe_to_all(&options).await;
    let (seen, checkpoints) = until_caught_up(&mut subscription).await;
    assert_eq!((seen, checkpoints), (2, 3), "a checkpoint for every 32 events that were looked at");
    // what the filter leaves out moves the checkpoint on, though no event comes
    for number in 100..140 {
        cluster
            .append(&format!("b.x-{number}"), Expected::NoStream, &[Proposed::json("other", "{}")])
            .unwrap();
    }
    assert!(matches!(next(&mut subscription).await, SubscriptionEvent::Checkpoint(_)));
    append(&client, "a.x-1", StreamState::StreamRevision(1), events(1)).await.unwrap();
    assert_eq!(subscription.next().await.unwrap().get_original_event().revision, 2);
    // from a position on, without it
    let options = options.position(StreamPosition::Position(first.position));
    let mut subscription = client.subscribe_to_all(&options).await;
    assert_eq!(subscription.next().await.unwrap().get_original_event().revision, 1);
}

#[tokio::test]
async fn kurrentd_ends_a_subscription_with_an_error() {
    let (cluster, client) = one().await;
    let mut subscription = client.subscribe_to_all(&SubscribeToAllOptions::default()).await;
    until_caught_up(&mut subscription).await;
    cluster.end_subscriptions(Code::Aborted);
    assert!(matches!(subscription.next().await, Err(Error::Grpc { code: Code::Aborted, .. })));
    // one that may try again comes back where it was
    let options = SubscribeToAllOptions::default().filter(ours()).retry_options(RetryOptions::default());
    let mut subscription = client.subscribe_to_all(&options).await;
    until_caught_up(&mut subscription).await;
    append(&client, "a.x-1", StreamState::NoStream, events(1)).await.unwrap();
    assert_eq!(subscription.next().await.unwrap().get_original_event().revision, 0);
    cluster.end_subscriptions(Code::Aborted);
    append(&client, "a.x-1", StreamState::StreamRevision(0), events(1)).await.unwrap();
    assert_eq!(subscription.next().await.unwrap().get_original_event().revision, 1);
}

/// Stops the client's spinning: it logs each turn, and the hundredth is one too many.
struct Fuse(AtomicUsize);

impl tracing::Subscriber for Fuse {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target() == "kurrentdb::commands" && *metadata.level() == tracing::Level::WARN
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, _: &tracing::Event<'_>) {
        assert!(self.0.fetch_add(1, Ordering::Relaxed) < 100, "it spins");
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

#[tokio::test]
async fn kurrentd_ends_a_subscription_cleanly_and_the_client_spins_without_yielding() {
    let (cluster, client) = one().await;
    let mut subscription = client.subscribe_to_all(&SubscribeToAllOptions::default()).await;
    until_caught_up(&mut subscription).await;
    cluster.end_subscriptions(Code::Ok);
    let _fuse = tracing::subscriber::set_default(Fuse(AtomicUsize::new(0)));
    let spinning = tokio::spawn(async move { subscription.next().await.map(|_| ()) });
    assert!(spinning.await.unwrap_err().is_panic(), "the fuse blew");
}
