//! The roster in KurrentDB: replaced only by whoever read the last one, and no part of the log.

use countersign_domain::ports::EventStore as _;
use countersign_domain::roster::{Kept, Member, Roster, Rosters as _};
use countersign_kurrentd::{Code, WriteFault};

use crate::Stage;

fn roster(bot: &str, beat: u64) -> Roster {
    let member = Member { beat, ..Member::default() };
    Roster { members: [(bot.to_owned(), member)].into(), ..Roster::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn kurrent_a_roster_is_replaced_by_whoever_read_the_last_one() {
    let stage = Stage::new(1).await;
    assert_eq!(stage.store.load().await.unwrap(), Kept::default());
    assert!(stage.store.replace(None, &roster("one", 1)).await.unwrap());
    assert!(!stage.store.replace(None, &roster("two", 1)).await.unwrap(), "somebody else was first");
    let kept = stage.store.load().await.unwrap();
    assert_eq!(kept, Kept { rev: Some(0), roster: roster("one", 1) });
    assert!(stage.store.replace(kept.rev, &roster("two", 1)).await.unwrap());
    assert!(!stage.store.replace(kept.rev, &roster("one", 2)).await.unwrap());
    assert!(stage.store.read_all(None, 10).await.unwrap().is_empty(), "the log holds nothing of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn kurrent_a_roster_that_was_replaced_without_an_answer_counts_as_replaced() {
    let stage = Stage::new(1).await;
    for (rev, fault) in [
        (None, WriteFault::DropAfter),
        (Some(0), WriteFault::WriteThenRefuse(Code::Unavailable)),
        (Some(1), WriteFault::DropBefore),
    ] {
        let name = format!("{fault:?}");
        stage.cluster.fail_writes(fault, 1);
        assert!(stage.store.replace(rev, &roster("one", 1)).await.unwrap(), "{name}");
    }
    assert_eq!(stage.store.load().await.unwrap().rev, Some(2));
}
