//! `config check` over the log of somebody whom the file names no more: what a start would end is said beforehand, whatever else is wrong.

use std::path::Path;

use countersign_domain::access::{AccessEvent, GrantEvent, Permission};
use countersign_domain::envelope::ActorKind;
use countersign_domain::tenant::{PeopleEvent, Person, Role, RulebookEvent};
use countersign_store::{Journal, Options};
use serde_json::Value;

use crate::{CODE, asked, happened, program, said_of};

const RULES: &str = r#"@id("all") @quorum("1") @approvers("group:approvers") @max_duration("7 days")
permit (principal, action, resource);"#;

fn person(id: &str, name: &str) -> Person {
    let (groups, roles, accounts) = ([].into(), [].into(), [].into());
    Person {
        id: id.parse().unwrap(),
        kind: ActorKind::Person,
        name: name.to_owned(),
        groups,
        roles,
        accounts,
    }
}

/// A data folder in whose log Erin has an access that is in force.
async fn folder() -> tempfile::TempDir {
    folder_with(person("ada", "Ada")).await
}

/// The same beside this person.
async fn folder_with(other: Person) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { reserve_bytes: 0, ..Options::default() };
    let journal = Journal::open(folder.path().join("log"), options).unwrap();
    let recorded = [person("erin", "Erin"), other].map(|person| PeopleEvent::PersonRecorded { person });
    happened(&journal, "acme.people-acme", &recorded).await;
    let rules = RulebookEvent::RulesPublished { version: 1, text: RULES.to_owned(), change: None };
    happened(&journal, "acme.rules-acme", &[rules]).await;
    let granted = AccessEvent::Own(GrantEvent::Granted {
        permission: Permission::Write,
        holds: None,
        before: None,
        until: "2099-03-01T12:00:00Z".parse().unwrap(),
        by_hand: false,
    });
    let history = [AccessEvent::Requested { asked: Box::new(asked()) }, granted];
    happened(&journal, &format!("acme.request-{CODE}"), &history).await;
    folder
}

#[tokio::test]
async fn trust_b6_a_file_by_which_nobody_would_administer_is_told_of_and_starts_no_bot() {
    let folder = folder_with(Person { roles: [Role::Admin].into(), ..person("ada", "Ada") }).await;
    let log = folder.path().join("log");
    let erin = "[[tenants.acme.people]]\nid = \"erin\"\nname = \"Erin\"\n";
    let (code, said) = check(folder.path(), erin, true, &[]);
    assert_eq!(code, Some(3), "{said}");
    let why = "Nobody would administer it any more: Ada would not be there, or be no administrator.";
    assert!(said.contains("tenants.acme.people: ") && said.contains(why), "{said}");
    let mut serve = program();
    serve.current_dir(folder.path()).args(["serve", "--listen", "127.0.0.1:0"]);
    serve.env("COUNTERSIGN_DATA", folder.path()).env("COUNTERSIGN_SECRET_FORGE", "a secret");
    let output = serve.output().unwrap();
    assert!(!output.status.success());
    let said = said_of(&output);
    assert!(said.contains(why) && said.contains("nothing was changed"), "{said}");
    // What the bot does of itself at the start it may have begun; of the file nothing is taken.
    let after = std::fs::read_to_string(log.join("00000000000000000001.jsonl")).unwrap();
    assert!(!after.contains("person_removed"), "not half of it is taken");
    let second = format!("{erin}roles = [\"admin\"]\n");
    let (code, said) = check(folder.path(), &second, true, &[]);
    assert_eq!(code, Some(0), "{said}");
}

/// What the program says of a file that lists Erin so; with the secret that it names, or without.
fn check(data: &Path, erin: &str, secret: bool, more: &[&str]) -> (Option<i32>, String) {
    let people = format!("{erin}[[tenants.acme.people]]\nid = \"ada\"\nname = \"Ada\"\n");
    let bitbucket = "[tenants.acme.bitbucket]\nworkspace = \"acme\"\ntoken_secret = \"forge\"\n";
    let file = format!("[tenants.acme]\nrules_text = '''{RULES}'''\n{people}{bitbucket}");
    std::fs::write(data.join("countersign.toml"), file).unwrap();
    let mut command = program();
    command.current_dir(data).args(["config", "check"]).args(more).env("COUNTERSIGN_DATA", data);
    if secret {
        command.env("COUNTERSIGN_SECRET_FORGE", "a secret");
    }
    let output = command.output().unwrap();
    (output.status.code(), said_of(&output))
}

#[tokio::test]
async fn trust_a4_the_program_says_beforehand_what_ends_because_somebody_left_whatever_else_is_wrong() {
    let folder = folder().await;
    let listed = "[[tenants.acme.people]]\nid = \"erin\"\nname = \"Erin\"\n";
    let ends = [
        "acme: Erin (erin) would not belong there any more: signed out and unlinked.",
        "K7QM2X, write on payments-api for Erin: would be taken back.",
    ];
    let (code, said) = check(folder.path(), listed, true, &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains("would"), "nothing ends: {said}");
    for erin in ["", &format!("{listed}disabled = true\n")] {
        for (secret, expected) in [(true, 0), (false, 3)] {
            let (code, said) = check(folder.path(), erin, secret, &[]);
            assert_eq!(code, Some(expected), "{said}");
            assert!(ends.iter().all(|line| said.contains(line)), "{said}");
            assert_eq!(said.contains("tenants.acme.bitbucket.token_secret"), !secret, "{said}");
        }
    }
    let (_, said) = check(folder.path(), "", false, &["--json"]);
    let report: Value = serde_json::from_str(said.lines().next().unwrap_or_default())
        .or_else(|_| serde_json::from_str(&said))
        .unwrap_or_else(|error| panic!("{error}: {said}"));
    let told: Vec<_> = report["will_end"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(ends.iter().all(|line| told.contains(line)), "{report:#}");
}
