//! A tenant's people and rules, now and under any version.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use crate::support::{History, What, fold, id, of_tenant, person, tenant};
use countersign_domain::envelope::{Envelope, Position};
use countersign_domain::ports::{EventStore as _, Identity, Place, SurfaceKind};
use countersign_domain::tenant::{
    BoundBy, People, PeopleEvent, Preferences, RulebookEvent, SettingsEvent, UnboundWhy,
};
use countersign_projections::tenant::{self as tenants, Tenants};
use countersign_store::MemoryStore;

fn published(version: u64) -> What {
    RulebookEvent::RulesPublished { version, text: format!("// {version}"), change: None }.into()
}

fn recorded(who: &str) -> What {
    PeopleEvent::PersonRecorded { person: person(who) }.into()
}

fn bound(who: &str, user: &str) -> What {
    let identity = Identity::new(SurfaceKind::Slack, "T1", user).unwrap();
    let (principal, direct, by) = (id(who), Place::direct(&identity), BoundBy::Directory);
    PeopleEvent::AccountBound { identity, principal, by, direct, code: None }.into()
}

fn unbound(who: &str, user: &str) -> What {
    let identity = Identity::new(SurfaceKind::Slack, "T1", user).unwrap();
    let (principal, by, why) = (id(who), None, UnboundWhy::Vendor);
    PeopleEvent::AccountUnbound { identity, principal, by, why }.into()
}

fn group(members: &[&str]) -> What {
    let members = members.iter().map(|who| id(who)).collect();
    PeopleEvent::GroupSynced { group: "leads".to_owned(), members }.into()
}

fn joined(members: &[&str]) -> What {
    let members = members.iter().map(|who| id(who)).collect();
    PeopleEvent::GroupJoined { group: "leads".to_owned(), members }.into()
}

fn left(members: &[&str]) -> What {
    let members = members.iter().map(|who| id(who)).collect();
    PeopleEvent::GroupLeft { group: "leads".to_owned(), members }.into()
}

async fn happened(events: Vec<What>) -> Vec<Envelope> {
    let mut history = History::new(MemoryStore::new());
    for event in events {
        history.happen(&tenant("acme"), &of_tenant("ada", event)).await;
    }
    history.store.read_all(None, 100).await.unwrap()
}

fn people(envelopes: &[Envelope]) -> People {
    let mut people = People::default();
    for envelope in envelopes {
        people.take(envelope).unwrap();
    }
    people
}

#[tokio::test]
async fn the_rows_are_the_aggregates_own_state_and_remember_every_version_of_the_rules() {
    let preferences = Preferences { do_not_ping: true, ..Preferences::default() };
    let events = vec![
        SettingsEvent::TenantCreated { name: "Acme".to_owned() }.into(),
        recorded("erin"),
        recorded("sam"),
        published(1),
        group(&["sam", "erin"]),
        bound("sam", "U1"),
        bound("erin", "U2"),
        bound("erin", "U3"),
        PeopleEvent::PreferencesChanged { id: id("erin"), preferences }.into(),
        PeopleEvent::PersonRemoved { id: id("sam") }.into(),
        recorded("kim"),
        unbound("erin", "U3"),
        joined(&["kim"]),
        PeopleEvent::PersonRemoved { id: id("kim") }.into(),
        recorded("kim"),
        joined(&["kim"]),
        left(&["erin"]),
        group(&["kim", "joe"]),
        published(2),
    ];
    let envelopes = happened(events).await;
    let rows = fold(&Tenants, &envelopes);
    let stands = tenants::find(&rows, &tenant("acme")).unwrap().unwrap();
    assert_eq!(stands.people, people(&envelopes));
    assert_eq!(stands.people.left.keys().collect::<Vec<_>>(), [&id("sam")]);
    assert_eq!(stands.settings.name.as_deref(), Some("Acme"));
    assert_eq!(stands.rules.map(|rules| rules.version), Some(2));
    for who in ["erin", "kim", "sam"] {
        let found = tenants::person(&rows, &tenant("acme"), &id(who)).unwrap();
        assert_eq!(found.as_ref(), stands.people.people.get(&id(who)));
    }
    assert!(stands.people.people[&id("kim")].groups.contains("leads"));

    let first = tenants::rules(&rows, &tenant("acme"), 1).unwrap().unwrap();
    assert_eq!(
        (first.text.as_str(), first.position, first.by.id),
        ("// 1", Position::from_store(4), id("ada"))
    );
    assert_eq!(first.at, envelopes[3].at);
    assert_eq!(tenants::rules(&rows, &tenant("acme"), 3).unwrap(), None);
    assert_eq!(tenants::find(&rows, &tenant("acme2")).unwrap(), None);
    assert_eq!(tenants::all(&rows).unwrap(), [tenant("acme")]);
}
