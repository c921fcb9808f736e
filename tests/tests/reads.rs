//! How often the log is read for a sentence: the request that it names once, whatever is done with it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use countersign_domain::envelope::Envelope;
use countersign_domain::names::StreamName;
use countersign_domain::ports::{EventStore, StoreError};
use countersign_domain::request::CATEGORY;
use countersign_store::MemoryStore;
use countersign_tests::acting::form;
use countersign_tests::stage::Stage;
use countersign_tests::stores::{Behind, Front};

tokio::task_local! {
    /// How often each stream was read by who counts.
    static READS: Arc<Mutex<BTreeMap<StreamName, usize>>>;
}

/// A log that counts what is read of it while somebody counts.
struct Counted(MemoryStore);

#[async_trait]
impl Front for Counted {
    fn store(&self) -> &dyn EventStore {
        &self.0
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from: u64,
        limit: usize,
    ) -> Result<Vec<Envelope>, StoreError> {
        let count = |reads: &Arc<Mutex<BTreeMap<_, usize>>>| {
            *reads.lock().expect("nobody panics with it").entry(stream.clone()).or_default() += 1;
        };
        // What the bot does by itself beside the sentence is not counted.
        let _ = READS.try_with(count);
        self.0.read_stream(stream, from, limit).await
    }
}

/// Says something, and counts.
async fn reads_of(stage: &Stage, who: &str, text: &str) -> BTreeMap<StreamName, usize> {
    let context = stage.context(who).await;
    // An answer does not wait for what follows: only what it takes to give it is counted.
    let chat = stage.bot.chat.clone().with_patience(Duration::ZERO);
    let reads = Arc::default();
    let cards = READS.scope(Arc::clone(&reads), chat.say(&context, text)).await.expect("it answers");
    assert!(cards.iter().all(|card| !card.refused), "{text}: {cards:?}");
    stage.settle().await;
    reads.lock().expect("nobody panics with it").clone()
}

#[tokio::test]
async fn a_sentence_reads_the_request_that_it_names_once() {
    let stage = Stage::on(Arc::new(Behind(Counted(MemoryStore::new())))).await;
    let asked = async |repository: &str, ticket: &str| {
        stage.ask("demo-employee", &form("write", repository, "2 days", ticket)).await
    };
    let first = asked("payments-api", "OPS-17").await;
    let other = asked("web-shop", "OPS-18").await;
    let third = asked("infra", "OPS-19").await;
    for (who, sentence, code) in [
        ("demo-employee", "status CODE", &first),
        ("demo-employee", "why CODE", &first),
        ("demo-employee", "who can approve CODE", &first),
        ("demo-employee", "ask everybody about CODE", &first),
        ("demo-approver", "approve CODE", &first),
        ("demo-approver", "deny CODE because of the freeze", &other),
        ("demo-employee", "withdraw CODE", &third),
    ] {
        let sentence = sentence.replace("CODE", &code.to_string());
        let reads = Box::pin(reads_of(&stage, who, &sentence)).await;
        let (own, others): (Vec<_>, Vec<_>) =
            reads.into_iter().partition(|(stream, _)| stream.category() == CATEGORY);
        assert_eq!(own.iter().map(|(_, count)| count).sum::<usize>(), 1, "{sentence}: {own:?}");
        let most = others.iter().map(|(_, count)| *count).max().unwrap_or_default();
        assert!(most <= 2, "{sentence}: {others:?}");
    }
}
