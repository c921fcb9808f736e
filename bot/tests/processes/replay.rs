//! Rules are tried on the requests of the days before where the log is in a KurrentDB: no bot runs, and nothing is in the folder.

use std::process::Command;

use countersign::config::Config;
use countersign::demo::Demo;
use countersign_domain::access::{AccessEvent, Asked, Form, Subject};
use countersign_domain::aggregate::{Event, encode};
use countersign_domain::envelope::{Actor, ActorKind, Cause};
use countersign_domain::ports::{Append, EventStore as _, Expected};
use countersign_domain::request::Requester;
use countersign_domain::tenant::{PeopleEvent, RulebookEvent};
use countersign_kurrent::{Kurrent, Patience};
use countersign_kurrentd::{Cluster, Options};
use serde_json::json;
use uuid::Uuid;

/// More than are read at once, so that a page ends within the past.
const REQUESTS: usize = 700;

async fn happened<E: Event>(log: &Kurrent, stream: &str, events: &[E]) {
    let id = Uuid::new_v4();
    let actor =
        Actor { id: "erin".parse().unwrap(), kind: ActorKind::Person, surface: "web".to_owned(), via: None };
    let cause = Cause { actor, command: id, correlation: id, causation: id, at: jiff::Timestamp::now() };
    let (stream, events) = (stream.parse().unwrap(), encode(events, &cause));
    log.append(Append { stream, expected: Expected::NoStream, events, urgent: false }).await.unwrap();
}

fn rules(quorum: u32) -> String {
    format!(
        "@approvers(\"group:a\")\n@quorum(\"{quorum}\")\npermit (principal, action == Action::\"write\", resource);\n"
    )
}

fn requested(code: &str) -> [AccessEvent; 2] {
    let text = |text: &str| Some(text.to_owned());
    let form = Form { permission: text("write"), repository: text("infra"), ..Form::default() };
    let (id, name) = ("erin".parse::<countersign_domain::names::PrincipalId>().unwrap(), "Erin".to_owned());
    let requester = Requester { id: id.clone(), kind: ActorKind::Person, name: name.clone(), known: true };
    let subject = Subject { principal: Some(id), account: "557058:erin".to_owned(), name };
    let asked = Asked::read(code.parse().unwrap(), requester, subject, &form, jiff::Timestamp::now());
    let requested = AccessEvent::Requested { asked: Box::new(asked) };
    [requested, AccessEvent::Checked { findings: Box::default(), ruling: None }]
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_tried_on_the_past_in_a_kurrentdb() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::start(Options::nodes(1)).await.unwrap();
    let log = Kurrent::new(cluster.url().parse().unwrap(), Patience::default()).unwrap();
    let person = json!({ "id": "erin", "kind": "person", "name": "Erin" });
    let recorded = PeopleEvent::PersonRecorded { person: serde_json::from_value(person).unwrap() };
    happened(&log, "acme.people-acme", &[recorded]).await;
    let published = RulebookEvent::RulesPublished { version: 1, text: rules(1), change: None };
    happened(&log, "acme.rules-acme", &[published]).await;
    for request in 0..REQUESTS {
        let code = countersign_domain::request::Code::candidate(Uuid::from_u128(request as u128), 0);
        let stream = format!("acme.request-{}", code.to_string().to_lowercase());
        happened(&log, &stream, &requested(&code.to_string())).await;
    }
    let demo = Demo::start(Config { data: folder.path().to_owned(), ..Config::default() }).await.unwrap();
    let mut config = demo.config.clone();
    config.store.url = Some(cluster.url());
    config.keys.seal_secret = Some("countersign-seal".to_owned());
    std::fs::write(folder.path().join("countersign.toml"), config.render()).unwrap();
    std::fs::write(folder.path().join("two.cedar"), rules(2)).unwrap();
    let replay = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("COUNTERSIGN_")) {
            command.env_remove(name);
        }
        command.current_dir(folder.path()).args(["rules", "replay", "--against", "two.cedar"]).args(more);
        let done = command.output().unwrap();
        let said =
            format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        (done.status.code(), said)
    };
    let (code, said) = replay(&[]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains(&format!("Of {REQUESTS} requests since then, {REQUESTS} would need 2")), "{said}");
    let (code, said) = replay(&["--data", "."]);
    assert_eq!(code, Some(1), "a folder that is named is read: {said}");
    assert!(said.contains("there is no log in ."), "{said}");
}
