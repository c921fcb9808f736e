//! `countersign rules replay` on a folder, without a bot: what it prints, the codes it exits with, and how far it is.

use countersign_domain::access::AccessEvent;
use countersign_domain::tenant::{PeopleEvent, RulebookEvent};
use countersign_store::{Journal, Options};
use serde_json::{Value, json};

use super::{CODE, asked, happened, run, said, text};

#[tokio::test]
async fn rules_are_tried_on_the_requests_of_the_days_before_without_a_bot() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { reserve_bytes: 0, ..Options::default() };
    let journal = Journal::open(folder.path().join("log"), options).unwrap();
    let rules = |quorum: u32| {
        format!(
            "@id(\"write\")\n@approvers(\"group:a\")\n@quorum(\"{quorum}\")\n\
             permit (principal, action == Action::\"write\", resource);\n"
        )
    };
    let person = json!({ "id": "erin", "kind": "person", "name": "Erin" });
    let recorded = PeopleEvent::PersonRecorded { person: serde_json::from_value(person).unwrap() };
    let published = RulebookEvent::RulesPublished { version: 1, text: rules(1), change: None };
    happened(&journal, "acme.people-acme", &[recorded]).await;
    happened(&journal, "acme.rules-acme", &[published]).await;
    let checked = AccessEvent::Checked { findings: Box::default(), ruling: None };
    let requested = AccessEvent::Requested { asked: Box::new(asked()) };
    happened(&journal, &format!("acme.request-{CODE}"), &[requested, checked]).await;
    drop(journal);
    for (name, text) in [
        ("same.cedar", format!("// As it was.\n{}", rules(1))),
        ("two.cedar", rules(2)),
        ("none.cedar", "@auto permit (principal, action == Action::\"read\", resource);".to_owned()),
        ("bad.cedar", "permit (principal, action, resource)".to_owned()),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let replay = |file: &str, more: &[&str]| {
        run(folder.path(), &[&["rules", "replay", "--data", ".", "--against", file][..], more].concat())
    };
    let same = replay("same.cedar", &[]);
    assert_eq!(same.status.code(), Some(0), "{}{}", text(&same), said(&same));
    assert!(text(&same).contains("1 request since then: would have become the same."), "{}", text(&same));
    let two = replay("two.cedar", &[]);
    assert_eq!(two.status.code(), Some(3), "{}", said(&two));
    for part in [
        "write (changed)",
        "- @quorum(\"1\")",
        "+ @quorum(\"2\")",
        "1 would need 2 countersignatures: K7QM2X",
    ] {
        assert!(text(&two).contains(part), "{part}: {}", text(&two));
    }
    for warned in [
        "“write” speaks of the group “a”, which nobody is in.",
        "“write” asks for 2 countersignatures, and only 0 may give one.",
        "Nobody could change the rules any more",
    ] {
        assert!(text(&two).contains(warned), "{warned}: {}", text(&two));
    }
    assert_eq!(replay("two.cedar", &["--fail-on", "denied"]).status.code(), Some(0));
    let denied = replay("none.cedar", &["--fail-on", "denied", "--json", "--since", "7 days"]);
    assert_eq!(denied.status.code(), Some(3));
    let found: Value = serde_json::from_slice(&denied.stdout).unwrap();
    assert_eq!((&found["ok"], &found["version"]), (&json!(false), &json!(1)));
    assert_eq!(
        found["replayed"]["decided"][0],
        json!({ "becomes": "denied", "count": 1, "codes": ["K7QM2X"] })
    );
    assert_eq!(replay("none.cedar", &["--fail-on", "never"]).status.code(), Some(0));
    let bad = replay("bad.cedar", &[]);
    assert_eq!(bad.status.code(), Some(3));
    assert!(said(&bad).contains("line 1, column"), "{}", said(&bad));
    let rules = |words: &[&str]| run(folder.path(), &[&["rules"], words, &["--data", "."]].concat());
    assert!(text(&rules(&["list"])).lines().nth(1).is_some_and(|line| line.starts_with("1 ")));
    assert!(text(&rules(&["show"])).contains("@quorum(\"1\")"));
    let missing = rules(&["show", "--version", "7"]);
    assert_eq!((missing.status.code(), &*said(&missing)), (Some(3), "There is no version 7 of the rules.\n"));
    let diff = text(&rules(&["diff", "--against", "two.cedar"]));
    assert!(
        diff.contains("From version 1 to two.cedar: 1 rule says something else.")
            && diff.contains("+ @quorum(\"2\")"),
        "{diff}"
    );
    let before = replay("two.cedar", &["--before", "two.cedar"]);
    assert_eq!(before.status.code(), Some(0), "{}", text(&before));
}

#[tokio::test]
async fn how_far_a_long_log_is_gone_through_is_said_beside_what_it_comes_to() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { reserve_bytes: 0, ..Options::default() };
    let journal = Journal::open(folder.path().join("log"), options).unwrap();
    let rules = "@auto permit (principal, action, resource);";
    let published = RulebookEvent::RulesPublished { version: 1, text: rules.to_owned(), change: None };
    happened(&journal, "acme.rules-acme", &[published]).await;
    let person = json!({ "id": "erin", "kind": "person", "name": "Erin" });
    let recorded = PeopleEvent::PersonRecorded { person: serde_json::from_value(person).unwrap() };
    happened(&journal, "acme.people-acme", &vec![recorded; 24_999]).await;
    drop(journal);
    std::fs::write(folder.path().join("new.cedar"), format!("// As it was.\n{rules}")).unwrap();
    let done = run(folder.path(), &["rules", "replay", "--data", ".", "--against", "new.cedar", "--json"]);
    assert_eq!(done.status.code(), Some(0), "{}{}", text(&done), said(&done));
    let counted = |line: &str| {
        let (count, percent) = line.split_once(" of 25000 events, ")?;
        Some((count.parse::<u64>().ok()?, percent.strip_suffix('%')?.parse::<u64>().ok()?))
    };
    let far: Vec<_> = said(&done).lines().map(|line| counted(line).expect(line)).collect();
    assert_eq!(far.len(), 2, "{far:?}");
    assert!(far.iter().all(|(count, percent)| count * 100 / 25_000 == *percent), "{far:?}");
    assert!(far[0].0 < far[1].0 && far[1].0 <= 25_000, "{far:?}");
    let found: Value = serde_json::from_slice(&done.stdout).expect("nothing but JSON on the standard output");
    assert_eq!(found["ok"], true);
}
