//! Following: whoever waits is told by the hint, and where there is none, looks.

use countersign_domain::ports::{EventStore as _, Expected};
use countersign_kurrentd::{Code, Options};

use crate::{Stage, open, patient};

#[tokio::test(flavor = "multi_thread")]
async fn kurrent_whoever_waits_is_told_of_what_others_append() {
    let stage = Stage::with(Options::default(), patient()).await;
    let other = open(&stage.cluster.url(), patient());
    let mut head = None;
    for (number, ends) in
        [(0, None), (1, Some(Code::Ok)), (2, Some(Code::Unavailable)), (3, Some(Code::Ok)), (4, None)]
    {
        if let Some(code) = ends {
            // In good order, which the client does not notice; and with an error.
            stage.cluster.end_subscriptions(code);
        }
        let expected = Expected::after(u64::checked_sub(number, 1));
        let (appended, told) = futures::join!(stage.append(expected, number), async {
            loop {
                other.wait_past(head).await.expect("the log goes on");
                let page = other.read_all(head, 10).await.expect("the log can be read");
                if let Some(last) = page.last() {
                    break last.pos;
                }
            }
        });
        assert_eq!(appended.unwrap().position, told);
        head = Some(told);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kurrent_without_the_hint_whoever_waits_looks() {
    let patience = countersign_kurrent::Patience {
        poll: std::time::Duration::from_millis(20),
        ..countersign_kurrent::Patience::default()
    };
    let stage = Stage::with(Options::default(), patience).await;
    stage.cluster.end_subscriptions(Code::Unavailable);
    stage.cluster.refuse_connections(1);
    let other = open(&stage.cluster.url(), patience);
    stage.append(Expected::NoStream, 0).await.unwrap();
    while other.read_all(None, 1).await.unwrap().is_empty() {
        other.wait_past(None).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kurrent_gaps_between_positions_and_the_systems_own_events_are_nothing_to_anybody() {
    let stage = Stage::new(1).await;
    for number in 0..6 {
        stage.append(Expected::after(u64::checked_sub(number, 1)), number).await.unwrap();
        stage.cluster.leave_gap(1 << 20);
        stage.cluster.write_statistics();
    }
    for page in [1, 2, 5, 100] {
        let mut after = None;
        let mut numbers = Vec::new();
        loop {
            let events = stage.store.read_all(after, page).await.unwrap();
            let Some(last) = events.last() else { break };
            after = Some(last.pos);
            numbers.extend(events.iter().filter_map(countersign_store::contract::fixtures::number));
        }
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5], "by pages of {page}");
    }
    assert!(stage.store.head().await.unwrap().is_some());
}
