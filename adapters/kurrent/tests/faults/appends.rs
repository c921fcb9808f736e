//! Appends whose answers are lost: each is there once, and answered as if nothing had happened.

use countersign_domain::ports::{Append, EventStore as _, Expected, StoreError};
use countersign_kurrentd::{Code, Stage as At, WriteFault};
use countersign_store::contract::fixtures::{append, event_with};
use serde_json::json;

use crate::{Stage, hasty};

#[tokio::test(flavor = "multi_thread")]
async fn kurrent_an_append_that_was_done_and_not_answered_is_answered_with_its_result() {
    let stage = Stage::with(countersign_kurrentd::Options::default(), hasty()).await;
    let faults = [
        WriteFault::DropAfter,
        WriteFault::WriteThenRefuse(Code::Unavailable),
        WriteFault::WriteThenRefuse(Code::DeadlineExceeded),
        WriteFault::WriteThenRefuse(Code::Unknown),
        WriteFault::Silence,
    ];
    for (number, fault) in (0..).zip(faults) {
        let name = format!("{fault:?}");
        stage.cluster.fail_writes(fault, 1);
        let expected = Expected::after(number_before(number));
        let appended = stage.append(expected, number).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((appended.rev, appended.repeated), (number, false), "{name}");
        let there = stage.store.read_at(&[appended.position]).await.unwrap();
        assert_eq!(there[0].rev, number, "{name}: its place is told");
    }
    assert_eq!(stage.numbers().await, [0, 1, 2, 3, 4], "each is there once");
    assert!(stage.cluster.counts().repetitions >= 5, "each was sent again");
}

#[tokio::test(flavor = "multi_thread")]
async fn kurrent_an_append_that_did_not_arrive_is_sent_again() {
    let stage = Stage::with(countersign_kurrentd::Options::default(), hasty()).await;
    let faults = [
        WriteFault::DropBefore,
        WriteFault::Refuse(Code::Unavailable),
        WriteFault::Refuse(Code::DeadlineExceeded),
        WriteFault::Refuse(Code::Aborted),
    ];
    for (number, fault) in (0..).zip(faults) {
        let name = format!("{fault:?}");
        stage.cluster.fail_writes(fault, 2);
        let appended = stage.append(Expected::after(number_before(number)), number).await;
        let appended = appended.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((appended.rev, appended.repeated), (number, false), "{name}");
    }
    assert_eq!(stage.numbers().await, [0, 1, 2, 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn kurrent_of_two_that_append_the_same_at_once_one_is_told_that_it_was_there() {
    let stage = Stage::new(1).await;
    let other = crate::open(&stage.cluster.url(), hasty());
    let mut gate = stage.cluster.hold_writes(At::BeforeCommit);
    let wish = append(stage.stream("1").as_str(), Expected::NoStream, &[7]);
    let (ours, theirs) = (stage.store.append(wish.clone()), other.append(wish));
    let both = async { futures::join!(ours, theirs) };
    let open = async {
        gate.reached_by(2).await;
        gate.open();
    };
    let ((ours, theirs), ()) = futures::join!(both, open);
    let (ours, theirs) = (ours.unwrap(), theirs.unwrap());
    assert_ne!(ours.repeated, theirs.repeated, "one of them was first");
    assert_eq!((ours.position, ours.rev), (theirs.position, theirs.rev));
    assert_eq!(stage.numbers().await, [7]);
}

#[tokio::test(flavor = "multi_thread")]
async fn kurrent_an_append_that_stays_unanswered_is_unknown_and_one_that_went_nowhere_is_not() {
    let patience = countersign_kurrent::Patience { operation: std::time::Duration::from_secs(1), ..hasty() };
    let stage = Stage::with(countersign_kurrentd::Options::default(), patience).await;
    stage.append(Expected::NoStream, 0).await.unwrap();
    stage.cluster.fail_writes(WriteFault::WriteThenRefuse(Code::Unavailable), 1000);
    let unknown = stage.append(Expected::Revision(0), 1).await;
    assert!(matches!(unknown, Err(StoreError::Unknown(_))), "{unknown:?}");
    stage.cluster.kill(0).await;
    let nowhere = crate::open(&stage.cluster.url(), patience);
    let refused = nowhere.append(append(stage.stream("2").as_str(), Expected::NoStream, &[2])).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn kurrent_what_the_server_finds_too_large_is_told_and_not_tried_again() {
    let stage = Stage::new(1).await;
    let stream = stage.stream("1");
    let events = (0..3).map(|number| event_with(&stream, number, &json!("x".repeat(500_000)))).collect();
    let large = Append { events, ..append(stream.as_str(), Expected::NoStream, &[]) };
    let refused = stage.store.append(large).await;
    assert!(matches!(refused, Err(StoreError::Invalid { .. })), "{refused:?}");
    assert!(stage.numbers().await.is_empty());
}

fn number_before(number: u64) -> Option<u64> {
    number.checked_sub(1)
}

/// The client gives no way to its sockets, so this looks for them among those of the process.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn kurrent_requests_go_out_at_once_and_do_not_wait_for_acknowledgements() {
    use rustix::net::{getpeername, sockopt};
    use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};

    let stage = Stage::new(1).await;
    let own = pidfd_open(getpid(), PidfdFlags::empty()).expect("a process has itself");
    let servers: Vec<u16> = stage.cluster.endpoints().iter().map(|endpoint| endpoint.port).collect();
    let is_to_a_server = |socket: &std::os::fd::OwnedFd| {
        let peer =
            getpeername(socket).ok().flatten().and_then(|peer| std::net::SocketAddr::try_from(peer).ok());
        peer.is_some_and(|peer| servers.contains(&peer.port()))
    };
    let at_once = || {
        let descriptors = std::fs::read_dir("/proc/self/fd").expect("Linux lists them");
        let numbers = descriptors.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
        let sockets = numbers.filter_map(|number| pidfd_getfd(&own, number, PidfdGetfdFlags::empty()).ok());
        let connections: Vec<_> = sockets.filter(is_to_a_server).collect();
        assert!(!connections.is_empty(), "it is connected");
        connections.iter().all(|connection| sockopt::tcp_nodelay(connection).expect("it is TCP"))
    };
    // A connection that the client makes anew meanwhile, as it does on a busy machine, is looked after some seconds later.
    let begun = std::time::Instant::now();
    let mut expected = Expected::NoStream;
    for number in 1.. {
        stage.append(expected, number).await.expect("it is appended");
        if at_once() {
            break;
        }
        assert!(begun.elapsed() < std::time::Duration::from_mins(1), "requests wait for an acknowledgement");
        expected = Expected::Revision(number - 1);
    }
}
