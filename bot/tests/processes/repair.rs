//! `countersign access repair` at a running bot: what it prints, and the codes it exits with.

use std::process::{Command, Output, Stdio};

use crate::support::Running;
use serde_json::{Value, json};

/// What the terminal says to the bot.
fn says(bot: &Running, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("COUNTERSIGN_")) {
        command.env_remove(name);
    }
    command.args(arguments).args(["--url", &bot.address, "--as", "demo-admin"]).stdin(Stdio::null());
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout) + &text(stderr))
}

/// Gives the first member of the workspace everything on a repository, past the bot.
async fn give_by_hand(bot: &Running) {
    countersign_outbound::install_tls();
    let (client, sandbox) = (reqwest::Client::new(), format!("{}/_sandbox/bitbucket/_sandbox", bot.address));
    let mut state: Value = client.get(&sandbox).send().await.unwrap().json().await.unwrap();
    let account = state["users"][0]["account_id"].as_str().unwrap().to_owned();
    state["repositories"]["payments-api"]["permissions"][account] = json!("admin");
    let kept = client.put(&sandbox).json(&state).send().await.unwrap();
    assert!(kept.status().is_success(), "{kept:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repair_is_tried_proposed_and_refused_in_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let bot = Running::start(folder.path());
    let (code, said) = says(&bot, &["access", "repair", "revert", "all", "--dry-run"]);
    assert!(code == Some(3) && said.contains("Nothing of this is different"), "{code:?}: {said}");
    give_by_hand(&bot).await;
    let (code, said) = says(&bot, &["access", "compare"]);
    assert!(code == Some(3) && said.contains("payments-api"), "{code:?}: {said}");
    let (code, said) = says(&bot, &["access", "repair", "revert", "all", "--dry-run"]);
    assert!(
        code == Some(0) && said.contains("Nothing was changed: this is what it would do."),
        "{code:?}: {said}"
    );
    assert!(said.contains("set back to nothing"), "{said}");
    let (code, said) = says(&bot, &["access", "repair", "ignore", "all"]);
    assert!(code == Some(3) && said.contains("Say until when it is to be ignored"), "{code:?}: {said}");
    let (code, said) = says(&bot, &["access", "repair", "look", "at", "it"]);
    assert!(code == Some(1) && said.contains("Say what to do about which difference"), "{code:?}: {said}");
    let (code, said) =
        says(&bot, &["access", "repair", "revert", "all", "--because", "an incident", "--json"]);
    let proposed: Value = serde_json::from_str(&said).unwrap_or_else(|_| panic!("{code:?}: {said}"));
    assert_eq!(
        (code, &proposed["status"], &proposed["reason"]),
        (Some(0), &json!("waiting"), &json!("an incident"))
    );
    assert!(bot.stop().0.success());
}
