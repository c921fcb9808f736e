//! A subscription that only wakes up: what it tells is read again anyway. It lives on a thread and in a runtime of its own.
//!
//! The official client has a trap here: a subscription that the server ends in good order loops within one poll and never
//! yields, so nothing can cancel it. But it says so at every turn, by a `tracing` event; the subscriber of this thread
//! takes that as the end, and unwinds out of the loop.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::time::Duration;

use eventstore::{
    Client, Position, ReadAllOptions, StreamPosition, SubscribeToAllOptions, SubscriptionEvent,
    SubscriptionFilter,
};
use tokio::sync::watch;
use tracing::field::{Field, Visit};
use tracing::span;

use crate::address::Address;
use crate::form::STREAMS;
use crate::seen::Seen;

/// After an end, how long until the next subscription, at the least and at the most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(10));
/// What the client says at each turn of the loop it does not leave.
const SPINNING: &str = "unknown subscription message";

/// The thread that listens; it ends when this is dropped.
pub(crate) struct Hint {
    _stop: watch::Sender<()>,
}

impl Hint {
    pub(crate) fn listen(address: Address, seen: Arc<Seen>) -> std::io::Result<Self> {
        let (stop, stopped) = watch::channel(());
        std::thread::Builder::new()
            .name("kurrentdb-hint".to_owned())
            .spawn(move || listen(&address, &seen, stopped))?;
        Ok(Self { _stop: stop })
    }
}

fn listen(address: &Address, seen: &Seen, mut stopped: watch::Receiver<()>) {
    let mut pause = PAUSES.0;
    loop {
        let heard = seen.last();
        let turn = || tracing::subscriber::with_default(Spotter, || one(address, seen, &mut stopped));
        match catch_unwind(AssertUnwindSafe(turn)) {
            Ok(Ended::Told) => return,
            Ok(Ended::Failed(why)) => tracing::debug!("the hint of news ended: {why}"),
            Err(_) => tracing::debug!("the hint of news was ended by the server"),
        }
        pause = if seen.last() > heard { PAUSES.0 } else { (pause * 2).min(PAUSES.1) };
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_time().build() else { return };
        if runtime.block_on(async { tokio::time::timeout(pause, stopped.changed()).await }).is_ok() {
            return;
        }
    }
}

enum Ended {
    Told,
    Failed(String),
}

/// One subscription, until it ends.
fn one(address: &Address, seen: &Seen, stopped: &mut watch::Receiver<()>) -> Ended {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Ended::Failed(error.to_string()),
    };
    let ended = runtime.block_on(async {
        tokio::select! {
            // The sender is gone: told to end.
            _ = stopped.changed() => Ended::Told,
            error = follow(address, seen) => Ended::Failed(error),
        }
    });
    runtime.shutdown_background();
    ended
}

async fn follow(address: &Address, seen: &Seen) -> String {
    let client = match Client::new(address.settings().clone()) {
        Ok(client) => client,
        Err(error) => return error.to_string(),
    };
    let options = SubscribeToAllOptions::default().filter(ours()).position(StreamPosition::End);
    let options = match address.credentials() {
        Some(credentials) => options.authenticated(credentials.clone()),
        None => options,
    };
    let mut subscription = client.subscribe_to_all(&options).await;
    loop {
        match subscription.next_subscription_event().await {
            Ok(SubscriptionEvent::EventAppeared(event)) => {
                let Position { commit, .. } = event.get_original_event().position;
                seen.advance(commit);
            }
            // What came since the last subscription ended was told to nobody.
            Ok(SubscriptionEvent::Confirmed(_)) => match last(&client, address).await {
                Ok(last) => seen.advance(last),
                Err(error) => return error.to_string(),
            },
            Ok(_) => {}
            Err(error) => return error.to_string(),
        }
    }
}

fn ours() -> SubscriptionFilter {
    SubscriptionFilter::on_stream_name().regex(STREAMS)
}

/// The place of the last event there is.
async fn last(client: &Client, address: &Address) -> eventstore::Result<u64> {
    let options = ReadAllOptions::default().position(StreamPosition::End).filter(ours()).max_count(1);
    let options = match address.credentials() {
        Some(credentials) => options.authenticated(credentials.clone()),
        None => options,
    };
    let event = client.read_all(&options).await?.next().await?;
    Ok(event.map_or(0, |event| event.get_original_event().position.commit))
}

/// What hears this thread's `tracing`: the end of a subscription, and nothing else.
struct Spotter;

impl tracing::Subscriber for Spotter {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.is_event()
            && *metadata.level() == tracing::Level::WARN
            && metadata.target().starts_with("kurrentdb")
    }

    fn event(&self, event: &tracing::Event<'_>) {
        let mut message = Message(false);
        event.record(&mut message);
        if message.0 {
            // Not a panic: no hook is called, nothing is printed.
            resume_unwind(Box::new("the subscription has ended"));
        }
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

/// Whether an event's message says that the subscription spins.
struct Message(bool);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.0 |= field.name() == "message" && format!("{value:?}").contains(SPINNING);
    }
}
