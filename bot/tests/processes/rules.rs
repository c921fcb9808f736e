//! `countersign rules propose`, `proposal`, `show` and `diff` at a running bot: what they print, and the codes they exit with.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::support::Running;
use serde_json::{Value, json};

/// What the terminal says to the bot as its only administrator: the code, what it prints, and what it says beside.
fn says(bot: &Running, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("COUNTERSIGN_")) {
        command.env_remove(name);
    }
    command.arg("rules").args(arguments).args(["--url", &bot.address, "--as", "demo-admin"]);
    let Output { status, stdout, stderr } = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

fn json(bot: &Running, arguments: &[&str]) -> Value {
    let (code, said, beside) = says(bot, &[arguments, &["--json"]].concat());
    assert_eq!(code, Some(0), "{arguments:?}: {said}{beside}");
    serde_json::from_str(&said).unwrap_or_else(|fault| panic!("{fault} in {said}"))
}

/// How a proposal stands once it is carried out, or nobody decides on it any more.
fn settled(bot: &Running, code: &str) -> Value {
    let is_under_way =
        |proposal: &Value| proposal["status"] != "published" && proposal["status"] != "waiting";
    let looks = (0..200).map(|_| json(bot, &["proposal", code]));
    let mut looks = looks.skip_while(is_under_way);
    looks.next().expect("it is carried out at last")
}

/// Rules in which writing needs this many; changes of the rules are left to whoever they are left to.
fn writing_needs(quorum: u32) -> String {
    format!(
        "@id(\"write\")\n@approvers(\"group:approvers\")\n@quorum(\"{quorum}\")\n\
         permit (principal, action == Action::\"write\", resource);\n"
    )
}

fn file(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn rules_are_proposed_shown_and_gone_back_to_in_the_terminal() {
    let (data, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let bot = Running::start(data.path());
    let first = json(&bot, &["show"]);
    let two = file(folder.path(), "two.cedar", &writing_needs(2));
    let proposed = json(&bot, &["propose", &two, "--because", "two pairs of eyes", "--base", "1"]);
    assert_eq!(
        (&proposed["because"], &proposed["base"]),
        (&json!("two pairs of eyes"), &json!(1)),
        "{proposed:#}"
    );
    let code = proposed["code"].as_str().unwrap();
    assert_eq!(settled(&bot, code)["status"], "published", "the only administrator changes them alone");
    let (exit, said, beside) = says(&bot, &["proposal", code]);
    assert_eq!(exit, Some(0), "{said}{beside}");
    for part in
        [&format!("{code}: published"), "In force as version 2.", "write (changed)", "+ @quorum(\"2\")"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(json(&bot, &["show"]), json!({ "version": 2, "text": writing_needs(2) }));
    assert_eq!(json(&bot, &["show", "--version", "1"]), first, "what there was stays readable");
    let (exit, said, _) = says(&bot, &["show", "--version", "1"]);
    assert_eq!((exit, said.trim_end()), (Some(0), first["text"].as_str().unwrap().trim_end()));
    let diff = json(&bot, &["diff", "--from", "1", "--to", "2"]);
    assert_eq!((&diff["from"], &diff["to"]), (&json!(1), &json!(2)), "{diff:#}");
    let policies = diff["changes"].as_array().unwrap();
    assert!(policies.iter().any(|change| change["policy"] == "write"), "{diff:#}");
    let (exit, said, _) = says(&bot, &["diff", "--from", "2", "--to", "1"]);
    assert!(exit == Some(0) && said.starts_with("From version 2 to 1: "), "{exit:?}: {said}");

    let back = json(&bot, &["propose", "--back-to", "1", "--because", "nobody can read"]);
    assert_eq!(back["back_to"], 1, "{back:#}");
    settled(&bot, back["code"].as_str().unwrap());
    assert_eq!(json(&bot, &["show"]), json!({ "version": 3, "text": first["text"] }));
    let (exit, said, beside) = says(&bot, &["propose", "--back-to", "7"]);
    assert!(exit == Some(3) && beside.contains("There is no version 7"), "{exit:?}: {said}{beside}");
    assert!(bot.stop().0.success());
}

#[test]
fn rules_that_cannot_be_proposed_are_refused_with_code_3_and_the_very_line() {
    let (data, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let bot = Running::start(data.path());
    let refused = |arguments: &[&str], part: &str| {
        let (exit, said, beside) = says(&bot, arguments);
        assert_eq!(exit, Some(3), "{arguments:?}: {said}{beside}");
        assert!(beside.contains(part), "{part}: {said}{beside}");
    };
    let broken =
        file(folder.path(), "broken.cedar", "@id(\"a\")\npermit (\n  principal,\n  oops,\n  resource\n);");
    refused(&["propose", &broken], "line 4");
    let own = format!(
        "{}@id(\"change\")\n@approvers(\"group:approvers\")\npermit (principal, action == Action::\"publish_rules\", resource);\n",
        writing_needs(2)
    );
    let own = file(folder.path(), "own.cedar", &own);
    let proposed = json(&bot, &["propose", &own]);
    settled(&bot, proposed["code"].as_str().unwrap());
    // Whoever read version 1 has not read what is in force.
    let three = file(folder.path(), "three.cedar", &writing_needs(3));
    refused(&["propose", &three, "--base", "1"], "version 2 is in force");
    refused(&["propose", &own], "in force already");
    // From now on others countersign, and what waits is in force nowhere.
    let waiting = json(&bot, &["propose", &three, "--base", "2"]);
    assert_eq!(settled(&bot, waiting["code"].as_str().unwrap())["status"], "waiting");
    assert_eq!(json(&bot, &["show"])["version"], 2);
    for (nowhere, part) in [
        (["proposal", "ZZZZZZ", "--json"], "no change of the rules with this code"),
        (["show", "--version", "9"], "no version 9"),
    ] {
        let (exit, said, beside) = says(&bot, &nowhere);
        assert!(exit == Some(1) && beside.contains(part), "{exit:?}: {said}{beside}");
    }
    let (exit, _, beside) = says(&bot, &["propose"]);
    assert!(exit == Some(2) && beside.contains("FILE"), "neither a file nor a version: {exit:?}: {beside}");
    assert!(bot.stop().0.success());
}
