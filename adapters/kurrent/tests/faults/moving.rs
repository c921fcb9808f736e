//! Moving a log to KurrentDB and back, with trouble on the way: the same events, in the same order, with the same hashes.

use countersign_domain::ports::{EventStore as _, Expected};
use countersign_kurrentd::{Code, Options, WriteFault};
use countersign_store::MemoryStore;
use countersign_store::contract::fixtures::append;
use countersign_store::migrate::{MigrateOptions, migrate};

use crate::{Stage, hasty};

#[tokio::test(flavor = "multi_thread")]
async fn kurrent_a_log_is_moved_there_and_back_as_it_is() {
    let stage = Stage::with(Options::nodes(3), hasty()).await;
    let source = MemoryStore::new();
    for number in 0..20 {
        for id in ["1", "2", "3"] {
            let expected = Expected::after((number * 2_u64).checked_sub(1));
            let wish = append(stage.stream(id).as_str(), expected, &[number * 2, number * 2 + 1]);
            source.append(wish).await.expect("appended");
        }
    }
    stage.cluster.fail_writes(WriteFault::DropAfter, 2);
    stage.cluster.fail_writes(WriteFault::Refuse(Code::Unavailable), 1);
    let options = MigrateOptions::default();
    let there = migrate(&source, &*stage.store, &options, None, &mut |_| {}).await.expect("moved");
    assert_eq!(there.events, 120);
    stage.cluster.kill_leader().await.expect("somebody leads");
    let back = MemoryStore::new();
    let returned = migrate(&*stage.store, &back, &options, None, &mut |_| {}).await.expect("moved back");
    assert_eq!((returned.events, returned.root), (there.events, there.root));
    let lines = async |store: &MemoryStore| {
        let events = store.read_all(None, 1000).await.expect("the log can be read");
        events.iter().map(|event| serde_json::to_string(event).expect("JSON")).collect::<Vec<_>>()
    };
    assert_eq!(lines(&source).await, lines(&back).await, "ids, times, order and hashes are the same");
}
