//! The program as a person starts it: what its commands print about a folder, and the codes they exit with.

#![expect(clippy::unwrap_used, reason = "a fixture that fails is a test that fails")]

mod agents;
mod leaving;
mod replay;
mod vault;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use countersign_domain::access::{AccessEvent, Asked, Ending, Form, GrantEvent, Permission, Subject};
use countersign_domain::aggregate::encode;
use countersign_domain::envelope::{Actor, ActorKind, Cause};
use countersign_domain::ports::{Append, EventStore as _, Expected};
use countersign_domain::request::Requester;
use countersign_store::{Journal, Options};
use serde_json::Value;
use uuid::Uuid;

const CODE: &str = "k7qm2x";

/// A data folder in which erin was granted write at position 2, at 10:01, and lost it at position 3, at 12:00.
async fn folder() -> tempfile::TempDir {
    filled().await.0
}

/// The same with its journal open. (Closed and opened again at once it may still be locked: by a program that another test just
/// starts, until that is on its own.)
async fn filled() -> (tempfile::TempDir, Journal) {
    let folder = tempfile::tempdir().unwrap();
    let journal =
        Journal::open(folder.path().join("log"), Options { reserve_bytes: 0, ..Options::default() }).unwrap();
    let until = "2026-03-01T12:00:00Z";
    let granted = AccessEvent::Own(GrantEvent::Granted {
        permission: Permission::Write,
        holds: None,
        before: None,
        until: until.parse().unwrap(),
        by_hand: false,
    });
    let steps = [
        (AccessEvent::Requested { asked: Box::new(asked()) }, "2026-03-01T10:00:00Z"),
        (granted, "2026-03-01T10:01:00Z"),
        (AccessEvent::Own(GrantEvent::Ended { ending: Ending::Expired, left: None, by_hand: false }), until),
    ];
    for (rev, (event, at)) in (0_u64..).zip(steps) {
        let id = Uuid::from_u128(100 + u128::from(rev));
        let actor = Actor {
            id: "erin".parse().unwrap(),
            kind: ActorKind::Person,
            surface: "terminal".to_owned(),
            via: None,
        };
        let cause = Cause {
            actor,
            command: id,
            correlation: Uuid::from_u128(100),
            causation: id,
            at: at.parse().unwrap(),
        };
        let append = Append {
            stream: format!("acme.request-{CODE}").parse().unwrap(),
            expected: Expected::after(rev.checked_sub(1)),
            events: encode(&[event], &cause),
            urgent: false,
        };
        journal.append(append).await.unwrap();
    }
    (folder, journal)
}

fn asked() -> Asked {
    let form = Form {
        permission: Some("write".to_owned()),
        repository: Some("payments-api".to_owned()),
        duration: Some("2 hours".to_owned()),
        ticket: Some("OPS-17".to_owned()),
        ..Form::default()
    };
    let id: countersign_domain::names::PrincipalId = "erin".parse().unwrap();
    let requester =
        Requester { id: id.clone(), kind: ActorKind::Person, name: "Erin".to_owned(), known: true };
    let subject = Subject { principal: Some(id), account: "557058:erin".to_owned(), name: "Erin".to_owned() };
    Asked::read(CODE.parse().unwrap(), requester, subject, &form, "2026-03-01T10:00:00Z".parse().unwrap())
}

/// The program without any setting of the shell that runs the tests.
fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("COUNTERSIGN_")) {
        command.env_remove(name);
    }
    command
}

fn run(data: &Path, arguments: &[&str]) -> Output {
    program()
        .args(arguments)
        .current_dir(data)
        .env("COUNTERSIGN_DATA", data)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(data: &Path, arguments: &[&str]) -> Value {
    let output = run(data, arguments);
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{arguments:?}: {}{}", text(&output), said(&output)))
}

#[tokio::test]
async fn as_of_shows_the_grants_of_a_moment() {
    let folder = folder().await;
    let at = |moment: &str| json(folder.path(), &["audit", "as-of", moment, "--json"]);
    for none in ["2026-03-01 10:00", "2026-03-01", "position:1", "now", "position:3", "2026-03-01T12:00:00Z"]
    {
        assert_eq!(at(none)["items"], serde_json::json!([]), "{none}");
    }
    for there in ["2026-03-01 10:01", "position:2", "2026-03-01T12:30:00+01:00"] {
        let answer = at(there);
        assert_eq!(answer["items"][0]["user"], "erin", "{there}");
        assert_eq!((&answer["items"][0]["permission"], &answer["next"]), (&"write".into(), &Value::Null));
    }
    let table = text(&run(folder.path(), &["audit", "as-of", "position:2"]));
    insta::assert_snapshot!(table, @r"
    REQUEST  USER  PERMISSION  REPOSITORY    SINCE                 UNTIL                 STATUS  TICKET  COUNTERSIGNED BY  RULES
    K7QM2X   erin  write       payments-api  2026-03-01 10:01:00Z  2026-03-01 12:00:00Z  active  OPS-17
    ");
    let none = text(&run(folder.path(), &["audit", "as-of", "position:2", "--user", "zoe"]));
    assert_eq!(none, "No grant that fits was in force at position:2.\nThe log knows nobody called “zoe”.\n");
}

#[tokio::test]
async fn trust_c1_an_empty_answer_says_why_it_may_be_empty() {
    let folder = folder().await;
    let said = |arguments: &[&str]| text(&run(folder.path(), arguments));
    let early = said(&["audit", "as-of", "2026-02-01"]);
    assert!(
        early.contains("The log begins on 2026-03-01 10:00 UTC: of before that it knows nothing."),
        "{early}"
    );
    let late = said(&["audit", "as-of", "2026-03-01 13:00"]);
    assert!(
        !late.contains("begins") && !late.contains("knows"),
        "nothing was in force, and that is the answer: {late}"
    );
    for command in [&["audit", "as-of", "position:2"][..], &["audit", "log"]] {
        let nobody = said(&[command, &["--user", "nobody"]].concat());
        assert!(nobody.contains("The log knows nobody called “nobody”."), "{nobody}");
        let nowhere = said(&[command, &["--repository", "payment-api"]].concat());
        assert!(nowhere.contains("The log knows no repository called “payment-api”."), "{nowhere}");
        let known = said(&[command, &["--user", "erin", "--repository", "payments-api"]].concat());
        assert!(!known.contains("knows"), "{known}");
    }
    let notes =
        json(folder.path(), &["audit", "as-of", "2026-02-01", "--user", "nobody", "--json"])["notes"].clone();
    assert_eq!(notes.as_array().map(Vec::len), Some(2), "programs are told as well: {notes}");
    let turned = run(folder.path(), &["audit", "log", "--from", "2026-03-02", "--to", "2026-03-01"]);
    assert!(!turned.status.success() && said_of(&turned).contains("`from` is after `to`"), "{turned:?}");
}

/// Both outputs of a command.
fn said_of(output: &Output) -> String {
    format!("{}{}", text(output), said(output))
}

/// The folder, with an event of no organisation before all others.
async fn folder_with_a_refusal() -> tempfile::TempDir {
    let (folder, journal) = filled().await;
    let id = Uuid::from_u128(900);
    let actor = Actor {
        id: "countersign".parse().unwrap(),
        kind: ActorKind::System,
        surface: "api".to_owned(),
        via: None,
    };
    let at = "2026-03-01T12:00:01Z".parse().unwrap();
    let cause = Cause { actor, command: id, correlation: id, causation: id, at };
    let append = Append {
        stream: "_installation.request-k7qm2z".parse().unwrap(),
        expected: Expected::NoStream,
        events: encode(&[AccessEvent::Requested { asked: Box::new(asked()) }], &cause),
        urgent: false,
    };
    journal.append(append).await.unwrap();
    folder
}

#[tokio::test]
async fn trust_c1_what_belongs_to_no_organisation_makes_no_second_one() {
    let folder = folder_with_a_refusal().await;
    let items = |arguments: &[&str]| json(folder.path(), arguments)["items"].as_array().unwrap().len();
    assert_eq!(items(&["audit", "log", "--json"]), 3, "those of the only organisation");
    assert_eq!(items(&["audit", "log", "--tenant", "_installation", "--json"]), 1);
    for command in [&["audit", "as-of", "position:2"][..], &["rules", "list"]] {
        let output = run(folder.path(), command);
        assert!(output.status.success(), "{command:?}: {}", said(&output));
    }
    let export = folder.path().join("export.jsonl");
    let file = export.to_str().unwrap();
    assert!(run(folder.path(), &["audit", "export", "--output", file]).status.success());
    let root = |arguments: &[&str]| json(folder.path(), arguments)["root"].as_str().unwrap().to_owned();
    let of_export = root(&["audit", "verify", file, "--json"]);
    assert_eq!(
        root(&["audit", "verify", "--tenant", "acme", "--json"]),
        of_export,
        "the copy says what the bot says"
    );
    assert_ne!(root(&["audit", "verify", "--json"]), of_export, "the whole log is more");
}

#[tokio::test]
async fn trust_c2_what_is_cut_off_at_the_beginning_is_counted_and_a_wrong_file_is_none() {
    let folder = folder().await;
    let export = folder.path().join("export.jsonl");
    let file = export.to_str().unwrap();
    assert!(run(folder.path(), &["audit", "export", "--output", file]).status.success());
    let verify = || run(folder.path(), &["audit", "verify", file]);
    assert!(!text(&verify()).contains("are not here"), "{}", text(&verify()));
    // Exports of one day after the other, each with what it says before its events.
    let events: Vec<_> = std::fs::read_to_string(file).unwrap().lines().map(str::to_owned).collect();
    let events: Vec<_> = events.iter().filter(|line| !line.starts_with("{\"notice\"")).collect();
    let notice = r#"{"notice":"Olga is the only administrator here."}"#.to_owned();
    let (day, next) = events.split_at(events.len() / 2);
    let both: Vec<_> = [&[&notice], day, &[&notice], next].concat();
    let joined = folder.path().join("both.jsonl");
    std::fs::write(&joined, both.iter().map(|line| format!("{line}\n")).collect::<Vec<_>>().concat())
        .unwrap();
    let told = run(folder.path(), &["audit", "verify", joined.to_str().unwrap()]);
    assert!(told.status.success(), "{}", said(&told));
    // One event of another stream, whole, far from the beginning.
    let only = folder_with_a_refusal().await;
    let other = only.path().join("other.jsonl");
    let other = other.to_str().unwrap();
    let exported = run(only.path(), &["audit", "export", "--tenant", "_installation", "--output", other]);
    assert!(exported.status.success(), "{}", said(&exported));
    let told = text(&run(only.path(), &["audit", "verify", other]));
    assert!(told.contains("1 event in 1 stream, tenant _installation."), "{told}");
    assert!(told.contains("3 positions before the first event are not here"), "{told}");
    // A folder is no export: it is told how the log in one is verified.
    let folder_named = run(folder.path(), &["audit", "verify", folder.path().to_str().unwrap()]);
    let told = said_of(&folder_named);
    assert!(!folder_named.status.success(), "{told}");
    assert!(told.contains("is a folder") && told.contains("countersign audit verify --data "), "{told}");
    std::fs::write(file, "one\ntwo\nthree\n").unwrap();
    let wrong = verify();
    let told = said_of(&wrong);
    assert_eq!(wrong.status.code(), Some(3));
    assert!(
        told.contains("is no export of events: none of its 3 lines is one") && !told.contains("DAMAGED"),
        "{told}"
    );
}

#[tokio::test]
async fn trust_d6_a_moment_is_told_to_the_second_however_it_was_asked() {
    let folder = folder().await;
    for asked in ["2026-03-01T12:00:00.123456789Z", "2026-03-01T13:00:00.9+01:00", "now"] {
        let table = text(&run(folder.path(), &["audit", "as-of", asked]));
        let told = table.split(" at ").last().expect("at which moment");
        let digits = told.trim().trim_end_matches(['.', 'Z']).chars().rev().take_while(char::is_ascii_digit);
        assert_eq!(digits.count(), 2, "{table}");
        let answer = json(folder.path(), &["audit", "as-of", asked, "--json"]);
        assert!(!answer["at"].to_string().contains('.'), "{answer}");
    }
    let diff = json(folder.path(), &["audit", "diff", "2026-03-01T10:00:00.5Z", "now", "--json"]);
    assert_eq!(diff["from"], "2026-03-01T10:00:00Z");
    assert!(!diff["to"].to_string().contains('.'), "{diff}");
}

#[tokio::test]
async fn diff_shows_what_came_and_went() {
    let folder = folder().await;
    let came = json(folder.path(), &["audit", "diff", "position:1", "position:2", "--json"]);
    assert_eq!((came["added"][0]["user"].as_str(), came["removed"][0].is_null()), (Some("erin"), true));
    let went = json(folder.path(), &["audit", "diff", "2026-03-01 11:00", "now", "--json"]);
    assert_eq!((went["removed"][0]["user"].as_str(), went["added"][0].is_null()), (Some("erin"), true));
    let table = text(&run(folder.path(), &["audit", "diff", "position:1", "position:2"]));
    assert!(table.contains("added") && table.contains("payments-api"), "{table}");
}

#[tokio::test]
async fn the_log_is_listed_filtered_and_written_in_every_form() {
    let folder = folder().await;
    let listed = json(folder.path(), &["audit", "log", "--ticket", "ops-17", "--oldest", "--json"]);
    let types: Vec<_> =
        listed["items"].as_array().unwrap().iter().map(|item| item["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["access_requested", "access_granted", "access_ended"]);
    let filtered = json(folder.path(), &["audit", "log", "--type", "access_granted", "--json"]);
    assert_eq!(filtered["items"].as_array().unwrap().len(), 1);
    let first = json(folder.path(), &["audit", "log", "--limit", "2", "--json"]);
    let rest = json(folder.path(), &["audit", "log", "--after", first["next"].as_str().unwrap(), "--json"]);
    // What happened last comes first.
    assert_eq!(
        (&first["items"][0]["type"], &rest["items"][0]["type"]),
        (&"access_ended".into(), &"access_requested".into())
    );
    let csv = text(&run(folder.path(), &["audit", "log", "--csv"]));
    assert_eq!(csv.lines().count(), 4, "{csv}");
    assert!(csv.lines().next().unwrap().split(',').any(|title| title == "actor.id"), "{csv}");
    let lines = text(&run(folder.path(), &["audit", "log", "--jsonl"]));
    assert!(
        lines.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()) && lines.lines().count() == 3
    );
}

#[tokio::test]
async fn trust_a11_verify_says_what_it_proves_and_names_the_place_when_one_byte_is_changed() {
    let folder = folder().await;
    let good = run(folder.path(), &["audit", "verify"]);
    assert_eq!(good.status.code(), Some(0), "{}", said(&good));
    assert!(
        text(&good).contains("3 events in 1 stream,") && text(&good).contains("root: "),
        "{}",
        text(&good)
    );
    let (proves, proves_not) = ("Every event is whole and in its place", "it does not prove");
    assert!(text(&good).contains(proves) && text(&good).contains(proves_not), "{}", text(&good));
    let export = folder.path().join("export.jsonl");
    let exported = run(folder.path(), &["audit", "export", "--output", export.to_str().unwrap()]);
    assert_eq!(exported.status.code(), Some(0), "{}", said(&exported));
    let whole = json(folder.path(), &["audit", "verify", "--json"]);
    let offline = json(folder.path(), &["audit", "verify", export.to_str().unwrap(), "--json"]);
    assert_eq!((&offline["root"], &offline["ok"]), (&whole["root"], &true.into()));
    for proof in [&whole, &offline] {
        assert!(
            proof["proves_not"].as_str().is_some_and(|said| said.contains("written events anew")),
            "{proof}"
        );
    }

    // Before the first event, an export of a tenant that nobody administers says so.
    for (file, arguments, place) in [
        (folder.path().join("log/00000000000000000001.jsonl"), vec!["audit", "verify"], "line 2 (byte "),
        (folder.path().join("log/00000000000000000001.jsonl"), vec!["store", "check"], "line 2 (byte "),
        (export.clone(), vec!["audit", "verify", "export.jsonl"], "line 3 (byte "),
    ] {
        let written = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, written.replacen("access_granted", "access_grantee", 1)).unwrap();
        let bad = run(folder.path(), &arguments);
        assert_eq!(bad.status.code(), Some(3), "{arguments:?} {}", text(&bad));
        assert!(said(&bad).contains(place), "{arguments:?} {}", said(&bad));
    }
}

#[tokio::test]
async fn a_missing_folder_and_a_missing_bot_are_told_with_the_cure() {
    let folder = tempfile::tempdir().unwrap();
    let none = run(folder.path(), &["audit", "log", "--data", "nowhere"]);
    assert_eq!(none.status.code(), Some(1));
    assert!(
        said(&none).contains("there is no log in nowhere: name a data folder with --data"),
        "{}",
        said(&none)
    );
    let silent =
        run(folder.path(), &["chat", "--as", "demo-employee", "--url", "http://127.0.0.1:9", "help"]);
    assert_eq!(silent.status.code(), Some(1));
    assert!(
        said(&silent).contains("no bot answers at http://127.0.0.1:9: start one with"),
        "{}",
        said(&silent)
    );
    let usage = run(folder.path(), &["audit", "as-of", "lately"]);
    assert_eq!(usage.status.code(), Some(2));
    assert!(said(&usage).contains("is no moment: write `now`, `yesterday`"), "{}", said(&usage));
}

#[test]
fn rules_are_checked_and_explained_without_a_bot() {
    let folder = tempfile::tempdir().unwrap();
    let good = folder.path().join("good.cedar");
    std::fs::write(&good, countersign_domain::rules::EXAMPLE).unwrap();
    std::fs::write(
        folder.path().join("bad.cedar"),
        "@quorum(\"none\")\npermit (principal, action, resource);\n",
    )
    .unwrap();
    assert_eq!(run(folder.path(), &["rules", "check", "good.cedar"]).status.code(), Some(0));
    let bad = run(folder.path(), &["rules", "check", "bad.cedar"]);
    assert_eq!(bad.status.code(), Some(3));
    assert!(text(&bad).contains("bad.cedar: line 1, column"), "{}", text(&bad));
    let question = ["rules", "explain", "write", "payments-api", "--rules", "good.cedar", "--for", "2 days"];
    let without = run(folder.path(), &question);
    assert_eq!(without.status.code(), Some(3));
    assert!(text(&without).contains("Not as asked: a ticket is needed"), "{}", text(&without));
    let with = run(folder.path(), &[&question[..], &["--ticket", "OPS-17"]].concat());
    assert_eq!(with.status.code(), Some(0), "{}", text(&with));
    insta::assert_snapshot!(text(&with), @r"
    Allowed by write.
    1 of the group approvers must countersign.
    For 7 days at most, without a break.
    Under a ticket whose key matches `^[A-Z][A-Z0-9]+-[0-9]+$`.
    After 4 hours without an answer, the group approvers are told too.
    When who has it leaves, it ends at once.
    Writing needs a ticket and one countersignature, for 7 days at most.
    ");
}

/// What happened in a stream just now.
async fn happened<E: countersign_domain::aggregate::Event>(journal: &Journal, stream: &str, events: &[E]) {
    let id = Uuid::new_v4();
    let actor =
        Actor { id: "erin".parse().unwrap(), kind: ActorKind::Person, surface: "web".to_owned(), via: None };
    let at = jiff::Timestamp::now();
    let cause = Cause { actor, command: id, correlation: id, causation: id, at };
    let (stream, events) = (stream.parse().unwrap(), encode(events, &cause));
    journal.append(Append { stream, expected: Expected::NoStream, events, urgent: false }).await.unwrap();
}

#[tokio::test]
async fn trust_c5_rules_are_explained_by_those_in_force_and_for_somebody_who_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { reserve_bytes: 0, ..Options::default() };
    let journal = Journal::open(folder.path().join("log"), options).unwrap();
    let rules = |quorum: u32| {
        format!(
            "@approvers(\"group:approvers\")\n@quorum(\"{quorum}\")\npermit (principal, action == Action::\"write\", resource);"
        )
    };
    let published = |version, quorum| countersign_domain::tenant::RulebookEvent::RulesPublished {
        version,
        text: rules(quorum),
        change: None,
    };
    happened(&journal, "acme.rules-acme", &[published(1, 1), published(2, 2)]).await;
    let person =
        |id: &str, name: &str, groups: &[&str]| countersign_domain::tenant::PeopleEvent::PersonRecorded {
            person: countersign_domain::tenant::Person {
                id: id.parse().unwrap(),
                kind: ActorKind::Person,
                name: name.to_owned(),
                groups: groups.iter().map(|group| (*group).to_owned()).collect(),
                roles: [].into(),
                accounts: [].into(),
            },
        };
    let people = [person("erin", "Erin Example", &[]), person("ada", "Ada", &["approvers"])];
    happened(&journal, "acme.people-acme", &people).await;
    drop(journal);
    let explain =
        |more: &[&str]| run(folder.path(), &[&["rules", "explain", "write", "infra"], more].concat());
    let nobody = explain(&["--as", "errin"]);
    assert_eq!((text(&nobody).as_str(), nobody.status.code()), ("", Some(3)));
    assert!(
        said(&nobody).contains("The log knows nobody called “errin”: is “erin” meant?"),
        "{}",
        said(&nobody)
    );
    let told = text(&explain(&["--as", "Erin"]));
    assert!(
        told.contains("By the rules of acme in force, version 2.")
            && told.contains("2 of the group approvers"),
        "{told}"
    );
    assert!(
        told.contains(
            "Nobody gets that: it takes 2 countersignatures, and only 1 besides Erin Example may give one."
        ),
        "{told}"
    );
    let file = folder.path().join("one.cedar");
    std::fs::write(&file, rules(1)).unwrap();
    let told = text(&explain(&["--rules", "one.cedar"]));
    assert!(
        told.contains("1 of the group approvers must countersign.") && !told.contains("in force"),
        "{told}"
    );
}

#[test]
fn trust_a1_rules_are_explained_for_a_repository_under_each_of_its_names() {
    let folder = tempfile::tempdir().unwrap();
    let rules = "@auto permit (principal, action, resource);\nforbid (principal, action, resource == Repository::\"archive\");";
    std::fs::write(folder.path().join("r.cedar"), rules).unwrap();
    let explained = |name| run(folder.path(), &["rules", "explain", "write", name, "--rules", "r.cedar"]);
    for name in ["archive", "ARCHIVE", "acme/archive", "https://bitbucket.org/acme/archive/src/main/"] {
        let answer = explained(name);
        assert_eq!(answer.status.code(), Some(3), "{name}: {}", text(&answer));
        assert!(text(&answer).contains("Forbidden"), "{name}: {}", text(&answer));
    }
    let by_id = explained("{00000000-0000-4000-8000-000000000001}");
    assert!(said(&by_id).contains("by its name, not by its id"), "{}", said(&by_id));
}

#[test]
fn a_configuration_is_checked_with_code_3_and_rendered() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("countersign.toml"), "lisen = \"127.0.0.1:1\"\n").unwrap();
    let bad = run(folder.path(), &["config", "check"]);
    assert_eq!(bad.status.code(), Some(3));
    assert_eq!(said(&bad), "countersign.toml:1: lisen: there is no such key; did you mean `listen`?\n");
    std::fs::write(folder.path().join("countersign.toml"), "listen = \"127.0.0.1:1\"\n").unwrap();
    let empty = run(folder.path(), &["config", "check"]);
    assert_eq!(empty.status.code(), Some(3), "with it no bot would start");
    assert!(said(&empty).contains("the configuration names no tenant"), "{}", said(&empty));
    assert!(text(&run(folder.path(), &["config", "render"])).contains("listen = \"127.0.0.1:1\""));
}

#[tokio::test]
async fn an_export_says_what_is_not_in_it_and_an_empty_one_is_none() {
    let folder = folder().await;
    let exported = text(&run(folder.path(), &["audit", "export"]));
    // The last event of the stream: nothing behind it looks wrong, but a place is empty.
    let mut lines: Vec<&str> = exported.lines().collect();
    assert!(lines[0].starts_with("{\"notice\":\"Nobody is an administrator here"), "{}", lines[0]);
    let moved = lines[3].replace("\"pos\":3}", "\"pos\":5}");
    assert_ne!(moved, lines[3]);
    lines[3] = &moved;
    std::fs::write(folder.path().join("gap.jsonl"), format!("{}\n", lines.join("\n"))).unwrap();
    let gap = run(folder.path(), &["audit", "verify", "gap.jsonl"]);
    assert!(text(&gap).contains("2 positions in between are not here"), "{}{}", text(&gap), said(&gap));
    std::fs::write(folder.path().join("notice.jsonl"), format!("{}\n", lines[0])).unwrap();
    let notice = run(folder.path(), &["audit", "verify", "notice.jsonl"]);
    assert_eq!(notice.status.code(), Some(3), "a notice is no event");
    std::fs::write(folder.path().join("empty.jsonl"), "").unwrap();
    let empty = run(folder.path(), &["audit", "verify", "empty.jsonl"]);
    assert_eq!(empty.status.code(), Some(3));
    assert!(said(&empty).contains("expected at least one event, found nothing"), "{}", said(&empty));
}

#[test]
fn trust_a11_where_there_is_no_log_nothing_is_called_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (empty, other) = (folder.path().join("empty"), folder.path().join("other"));
    std::fs::create_dir(&empty).unwrap();
    std::fs::create_dir_all(other.join("log")).unwrap();
    std::fs::write(other.join("log/notes.txt"), "nothing of a log").unwrap();
    let begun = folder.path().join("begun");
    drop(Journal::open(begun.join("log"), Options { reserve_bytes: 0, ..Options::default() }).unwrap());
    let commands: [&[&str]; 6] = [
        &["audit", "verify"],
        &["audit", "verify", "--json"],
        &["audit", "verify", "--tenant", "acme"],
        &["store", "check"],
        &["store", "check", "--json"],
        &["audit", "log", "--tenant", "acme"],
    ];
    for command in commands {
        for data in [&empty, &other, &folder.path().join("missing"), &begun] {
            let told = run(folder.path(), &[command, &["--data", data.to_str().unwrap()]].concat());
            assert!(matches!(told.status.code(), Some(1 | 3)), "{command:?}: {}{}", text(&told), said(&told));
            assert!(!text(&told).contains("Every event is whole"), "{command:?}: {}", text(&told));
            assert!(!text(&told).contains("\"ok\": true"), "{command:?}: {}", text(&told));
            let why = format!("{}{}", text(&told), said(&told));
            let named = ["there is no log in", "not one event", "at least one event", "holds nothing of"];
            assert!(named.iter().any(|part| why.contains(part)), "{command:?}: {why}");
        }
    }
}

#[tokio::test]
async fn trust_a11_a_tenant_that_is_not_in_a_log_has_no_history_there() {
    let folder = folder().await;
    for command in ["log", "export", "verify"] {
        let told = run(folder.path(), &["audit", command, "--tenant", "umbrella"]);
        assert!(matches!(told.status.code(), Some(1 | 3)), "{command}: {}", text(&told));
    }
}

#[tokio::test]
async fn what_the_log_cannot_know_is_not_answered() {
    let folder = folder().await;
    for moment in ["2999-01-01", "position:4"] {
        let ahead = run(folder.path(), &["audit", "as-of", moment]);
        assert_eq!(ahead.status.code(), Some(1), "{moment}: {}", text(&ahead));
        assert!(said(&ahead).contains("the log ends at position:3"), "{}", said(&ahead));
    }
    let unknown = run(folder.path(), &["audit", "log", "--type", "access_grant"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(said(&unknown).contains("a similar value exists: 'access_granted'"), "{}", said(&unknown));
}

#[test]
fn a_secret_that_is_missing_is_named_before_anything_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/countersign.example.toml");
    let text_of = std::fs::read_to_string(example).unwrap();
    let placeholder = "put here what `countersign token hash` prints for a token of ada's";
    let own = text_of.replace(placeholder, &"3f".repeat(32));
    std::fs::write(folder.path().join("countersign.toml"), own).unwrap();
    for (arguments, code) in [(vec!["config", "check"], 3), (vec!["serve", "--listen", "127.0.0.1:0"], 1)] {
        let refused = run(folder.path(), &arguments);
        assert_eq!(refused.status.code(), Some(code), "{arguments:?}: {}", said(&refused));
        for name in ["acme-bitbucket-token", "acme-jira-token", "acme-jira-webhook"] {
            assert!(said(&refused).contains(name), "{name}: {}", said(&refused));
        }
    }
}

#[tokio::test]
async fn migrate_copies_a_log_goes_on_with_it_and_proves_that_both_are_the_same() {
    let (source, target) = (folder().await, tempfile::tempdir().unwrap());
    let (from, to) =
        (format!("journal:{}", source.path().display()), format!("journal:{}", target.path().display()));
    let command = ["store", "migrate", "--from", &from, "--to", &to];
    let first = run(source.path(), &command);
    assert_eq!(first.status.code(), Some(0), "{}", said(&first));
    assert!(text(&first).starts_with("3 events are the same in both: 3 copied, "), "{}", text(&first));
    assert!(text(&first).contains("Nobody writes to the source"), "{}", text(&first));
    let again = json(source.path(), &[&command[..], &["--json"]].concat());
    assert_eq!((&again["known"], &again["copied"]), (&3.into(), &0.into()));
    let whole = json(source.path(), &[&command[..], &["--from-start", "--json"]].concat());
    assert_eq!((&whole["compared"], &whole["known"]), (&3.into(), &0.into()));
    let [one, two] =
        [&source, &target].map(|folder| json(folder.path(), &["audit", "verify", "--json"])["root"].clone());
    assert_eq!((&one, &two), (&two, &whole["root"]));
    let name = "log/00000000000000000001.jsonl";
    assert_eq!(
        std::fs::read(source.path().join(name)).unwrap(),
        std::fs::read(target.path().join(name)).unwrap()
    );

    // Somebody else is in the target, or a bot is on the source.
    let journal = Journal::open(target.path().join("log"), Options::default()).unwrap();
    let held = run(source.path(), &command);
    assert_eq!(held.status.code(), Some(1));
    assert!(said(&held).contains("is in use by process"), "{}", said(&held));
    let back = ["store", "migrate", "--from", &to, "--to", &from];
    assert!(text(&run(source.path(), &back)).contains("A bot is running on the source. Stop it"));
    drop(journal);
}

#[tokio::test]
async fn migrate_names_what_is_wrong_with_an_address_or_a_log() {
    let (source, other) = (folder().await, tempfile::tempdir().unwrap());
    let from = format!("journal:{}", source.path().display());
    let migrate = |to: &str| run(source.path(), &["store", "migrate", "--from", &from, "--to", to]);
    let unknown = migrate("postgres://a");
    assert_eq!(unknown.status.code(), Some(2));
    assert!(said(&unknown).contains("write journal:<data folder>, or kurrentdb:"), "{}", said(&unknown));
    let itself = migrate(&format!("{from}/log"));
    assert!(said(&itself).contains("are the same log"), "{}", said(&itself));
    let nothing = run(source.path(), &["store", "migrate", "--from", "journal:nowhere", "--to", &from]);
    assert!(said(&nothing).contains("there is no log in nowhere: name a data folder"), "{}", said(&nothing));

    let changed = std::fs::read_to_string(source.path().join("log/00000000000000000001.jsonl")).unwrap();
    let shorter: String = changed.split_inclusive('\n').take(2).collect();
    std::fs::create_dir(other.path().join("log")).unwrap();
    std::fs::write(other.path().join("log/00000000000000000001.jsonl"), shorter).unwrap();
    let exchanged = run(
        source.path(),
        &["store", "migrate", "--from", &format!("journal:{}", other.path().display()), "--to", &from],
    );
    assert_eq!(exchanged.status.code(), Some(3), "{}", said(&exchanged));
    assert!(said(&exchanged).contains("holds more than the 2 events"), "{}", said(&exchanged));
    assert!(said(&exchanged).contains("position 3: `access_ended`"), "{}", said(&exchanged));
}

/// What `config check --connect` says of the demo's vendors: whether all is well, and both outputs together.
async fn connected(change: impl FnOnce(&mut countersign::config::Config)) -> (Option<i32>, String) {
    use countersign::config::Config;
    use secrecy::ExposeSecret as _;
    let folder = tempfile::tempdir().unwrap();
    let listen = ([127, 0, 0, 1], 0).into();
    let base = Config { data: folder.path().join("data"), listen, ..Config::default() };
    let demo = countersign::demo::Demo::start(base).await.unwrap();
    let mut config = demo.config.clone();
    change(&mut config);
    std::fs::write(folder.path().join("countersign.toml"), config.render()).unwrap();
    let mut command = program();
    command.current_dir(folder.path()).args(["config", "check", "--connect"]);
    for (_, name) in config.tenants.values().flat_map(countersign::config::TenantConfig::secrets) {
        let value = demo.secrets.get(name).await.unwrap();
        let variable = format!("COUNTERSIGN_SECRET_{}", name.to_uppercase().replace(['-', '.'], "_"));
        command.env(variable, value.expose_secret());
    }
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    (output.status.code(), format!("{}{}", text(&output), said(&output)))
}

#[tokio::test]
async fn trust_d2_the_configuration_is_checked_at_the_vendors_themselves() {
    let (code, said) = connected(|_| {}).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("tenants.acme: Bitbucket: it is the workspace acme"), "{said}");
    let (code, said) = connected(|config| {
        let acme = config.tenants.values_mut().next().unwrap();
        acme.forge.bitbucket_mut().unwrap().workspace = "another".to_owned();
        let jira = acme.jira.as_mut().unwrap();
        jira.statuses.declined = "Rejected".to_owned();
        jira.projects.open.insert("NOWHERE".to_owned());
    })
    .await;
    assert_eq!(code, Some(3), "{said}");
    assert!(
        said.contains("Bitbucket: it does not let the bot in") && said.contains("the workspace another"),
        "{said}"
    );
    assert!(said.contains("there is no status “Rejected”"), "{said}");
    assert!(
        said.contains("there is no project NOWHERE that its account can see: check `open_projects`"),
        "{said}"
    );
    let (code, said) = connected(|config| {
        let acme = config.tenants.values_mut().next().unwrap();
        let ben = acme.people.iter_mut().find(|person| person.id.as_str() == "demo-approver2").unwrap();
        ben.accounts.insert("bitbucket".to_owned(), "712020:nobody".to_owned());
    })
    .await;
    assert_eq!(code, Some(3), "{said}");
    assert!(
        said.contains("demo-approver2 is given the account 712020:nobody, which Bitbucket does not know"),
        "{said}"
    );
}

#[tokio::test]
async fn trust_b6_one_account_under_two_of_its_ids_is_a_fault_that_the_forge_tells() {
    let (code, said) = connected(|config| {
        let acme = config.tenants.values_mut().next().unwrap();
        let ben = acme.people.iter_mut().find(|person| person.id.as_str() == "demo-approver2").unwrap();
        ben.accounts.insert("bitbucket".to_owned(), "{00000000-0000-4000-8000-000000000002}".to_owned());
    })
    .await;
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("demo-approver2 and demo-approver are given one account"), "{said}");
}

#[tokio::test]
async fn trust_a2_a_name_in_the_place_of_an_account_is_a_fault_that_says_the_account() {
    let (code, said) = connected(|config| {
        let acme = config.tenants.values_mut().next().unwrap();
        let ben = acme.people.iter_mut().find(|person| person.id.as_str() == "demo-approver2").unwrap();
        ben.accounts.insert("bitbucket".to_owned(), "Ben Approver".to_owned());
    })
    .await;
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("write 712020:demo-approver2"), "{said}");
}
