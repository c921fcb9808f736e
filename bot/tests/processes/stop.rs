//! How a bot ends when it is told to, and how it refuses to begin beside another one.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use crate::support::{Clients, Running, whole_log};
use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::capabilities::Effects;

/// In so much time an operator may expect it to be gone.
const PATIENCE: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_finishes_what_is_being_done() {
    let (folder, clients) = (tempfile::tempdir().unwrap(), Clients::new());
    for answers in [3, 8, 20, 5] {
        let bot = Running::start(folder.path());
        let (speaking, mut told) = clients.load(&bot.address);
        for _ in 0..answers {
            told.recv().await.unwrap();
        }
        stopped(bot).await;
        speaking.join_all().await;
        let half = attempted(folder.path());
        assert!(half.is_empty(), "attempted, and nobody wrote down what came of it: {half:?}");
    }
    // What nobody was answered is said again, and is one with what was heard the first time.
    let bot = Running::start(folder.path());
    clients.finish(&bot.address).await;
    stopped(bot).await;
    let events = whole_log(folder.path());
    let asked: Vec<_> = events.iter().filter(|event| event.kind == "access_requested").collect();
    assert_eq!(asked.len(), clients.asked());
    for code in clients.acknowledged().into_keys() {
        assert!(asked.iter().any(|event| event.stream.id() == code.to_lowercase()), "{code}");
    }
}

/// Ends it with SIGTERM, which must go well and take no longer than people wait.
async fn stopped(bot: Running) {
    let stopping = tokio::task::spawn_blocking(move || bot.stop());
    let (ended, said) = tokio::time::timeout(PATIENCE, stopping).await.expect("it does not end").unwrap();
    assert!(ended.success(), "{ended}: {said}");
    assert!(!said.contains("ERROR"), "{said}");
}

/// The effects whose last word is that they were begun.
fn attempted(data: &Path) -> Vec<String> {
    let events = whole_log(data).into_iter().filter(|event| event.stream.category() == Effects::CATEGORY);
    let last: BTreeMap<_, _> = events.map(|event| (event.stream.to_string(), event.kind)).collect();
    last.into_iter().filter(|(_, kind)| kind == "effect_attempted").map(|(stream, _)| stream).collect()
}

#[tokio::test]
async fn a_second_bot_on_the_same_folder_is_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let bot = Running::start(folder.path());
    let second = Running::command(folder.path()).output().unwrap();
    let said = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(1), "{said}");
    assert!(said.contains(folder.path().to_str().unwrap()), "{said}");
    assert!(said.contains(&bot.pid().to_string()), "{said}");
    // The first one goes on as if nothing had been.
    assert_eq!(
        Clients::new().audit(&format!("{}/api/v1/me", bot.address)).await["person"]["id"],
        "demo-auditor"
    );
    assert!(bot.stop().0.success());
}
