//! `countersign rules replay` of a running bot: as the versions of the rules are read of it, so are the requests of the days before.

use clap::Parser as _;
use countersign::cli::{Cli, Refused, run};
use countersign_tests::stage::Stage;

use super::{EMPLOYEE, WRITE, stage, writing_needs};

/// What the program says where it does not let the rules of this file through; nothing where it does.
async fn replays(stage: &Stage, token: &str, file: &std::path::Path) -> Option<String> {
    let (url, file) = (stage.url(""), file.display().to_string());
    let words = [
        "countersign",
        "rules",
        "replay",
        "--against",
        &file,
        "--json",
        "--since",
        "3000d",
        "--url",
        &url,
        "--token",
        token,
    ];
    let command = Cli::try_parse_from(words).expect("a command of the terminal");
    let done = tokio::task::spawn_blocking(|| run(command)).await.expect("it does not panic");
    done.err().map(|error| match error.downcast_ref() {
        Some(Refused(said)) => said.clone(),
        None => error.to_string(),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_tried_on_the_requests_of_a_running_bot_by_who_may_read_them() {
    let stage = stage().await;
    stage.says(EMPLOYEE, WRITE).await;
    let folder = tempfile::tempdir().expect("a folder");
    let in_force = stage.get(EMPLOYEE, "/api/v1/rules").await;
    let text = in_force["text"].as_str().expect("the rules");
    let (same, other) = (folder.path().join("same.cedar"), folder.path().join("other.cedar"));
    std::fs::write(&same, text).expect("written");
    std::fs::write(&other, writing_needs(3)).expect("written");
    assert_eq!(replays(&stage, "demo-auditor", &same).await, None);
    assert_eq!(
        replays(&stage, "demo-auditor", &other).await.as_deref(),
        Some(""),
        "something would become otherwise"
    );
    let refused = replays(&stage, EMPLOYEE, &same).await.expect("she may not read all");
    assert!(!refused.is_empty());
}
