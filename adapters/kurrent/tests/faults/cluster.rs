//! Nodes that die, hang, or do not lead any more.

use std::sync::Arc;

use countersign_domain::ports::{EventStore as _, Expected, StoreError};
use countersign_kurrentd::Options;
use countersign_store::contract::fixtures::append;

use crate::{Stage, hasty, open};

#[tokio::test(flavor = "multi_thread")]
async fn kurrent_the_first_connections_may_be_refused() {
    let stage = Stage::new(1).await;
    stage.cluster.refuse_connections(4);
    stage.append(Expected::NoStream, 1).await.expect("a client that failed first is replaced");
    assert_eq!(stage.numbers().await, [1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn kurrent_a_leaders_death_costs_a_moment_and_nothing_else() {
    let stage = Arc::new(Stage::new(3).await);
    let writers: Vec<_> = (0..8)
        .map(|writer: u64| {
            let stage = Arc::clone(&stage);
            tokio::spawn(async move {
                let stream = stage.stream(&writer.to_string());
                for number in 0..12 {
                    let expected = Expected::after(number_before(number));
                    let wish = append(stream.as_str(), expected, &[number]);
                    let appended = stage.store.append(wish).await.expect("a death is only a delay");
                    assert_eq!((appended.rev, appended.repeated), (number, false));
                }
            })
        })
        .collect();
    let mut seen = None;
    for _ in 0..3 {
        // Each death comes when there was something new since the one before.
        let head = loop {
            stage.store.wait_past(seen).await.expect("the log goes on");
            let head = stage.store.head().await.expect("the log can be read");
            if head > seen {
                break head;
            }
        };
        seen = head;
        let dead = stage.cluster.kill_leader().await.expect("somebody leads");
        stage.cluster.revive(dead).await.expect("it comes back");
    }
    for writer in writers {
        writer.await.expect("no writer fails");
    }
    let mut numbers = stage.numbers().await;
    numbers.sort_unstable();
    let all: Vec<u64> = (0..12).flat_map(|number| [number; 8]).collect();
    assert_eq!(numbers, all, "everything is there, once");
}

#[tokio::test(flavor = "multi_thread")]
async fn kurrent_a_new_leader_is_followed() {
    let stage = Stage::new(3).await;
    stage.append(Expected::NoStream, 0).await.unwrap();
    for (number, leader) in [(1, 1), (2, 2), (3, 0), (4, 1)] {
        stage.cluster.elect(leader);
        stage.append(Expected::Revision(number - 1), number).await.expect("the new leader is found");
    }
    assert_eq!(stage.numbers().await, [0, 1, 2, 3, 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn kurrent_a_leader_that_was_split_off_is_left() {
    let stage = Stage::with(Options::nodes(3), hasty()).await;
    stage.append(Expected::NoStream, 0).await.unwrap();
    let deposed = stage.cluster.depose().expect("somebody leads");
    stage.append(Expected::Revision(0), 1).await.expect("the others go on");
    assert_eq!(stage.numbers().await, [0, 1], "what the old leader does not know is read, too");
    stage.cluster.heal(deposed);
}

#[tokio::test(flavor = "multi_thread")]
async fn kurrent_while_nobody_leads_appends_wait() {
    let stage = Stage::with(Options::nodes(3), hasty()).await;
    stage.append(Expected::NoStream, 0).await.unwrap();
    stage.cluster.abdicate();
    let election = async {
        // The append has met a cluster without a leader by then.
        let calls = || stage.cluster.counts().calls.values().sum::<u64>();
        let before = calls();
        while calls() < before + 3 {
            tokio::task::yield_now().await;
        }
        stage.cluster.elect(2);
    };
    let (appended, ()) = futures::join!(stage.append(Expected::Revision(0), 1), election);
    assert_eq!(appended.expect("it waited for the election").rev, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn kurrent_a_node_that_says_nothing_any_more_is_left() {
    let stage = Stage::with(Options::nodes(3), hasty()).await;
    stage.append(Expected::NoStream, 0).await.unwrap();
    stage.cluster.hang(0);
    stage.cluster.elect(1);
    stage.append(Expected::Revision(0), 1).await.expect("another node leads now");
    assert_eq!(stage.numbers().await, [0, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn kurrent_without_any_server_calls_fail_at_once_after_a_while_and_work_again_when_there_is_one() {
    let patience =
        countersign_kurrent::Patience { operation: std::time::Duration::from_millis(500), ..hasty() };
    let stage = Stage::new(1).await;
    stage.append(Expected::NoStream, 0).await.unwrap();
    // On a busy machine this much patience may not do even where the server answers.
    let hurried = open(&stage.cluster.url(), patience);
    let head = async || loop {
        match hurried.head().await {
            Err(StoreError::Unavailable(_)) => tokio::task::yield_now().await,
            other => break other.unwrap(),
        }
    };
    assert!(head().await.is_some());
    stage.cluster.kill(0).await;
    // As often as it takes until nobody waits any more: then the breaker is open.
    let refused = hurried.head().await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    stage.cluster.revive(0).await.unwrap();
    assert!(head().await.is_some());
    stage.append(Expected::Revision(0), 1).await.unwrap();
}

fn number_before(number: u64) -> Option<u64> {
    number.checked_sub(1)
}
