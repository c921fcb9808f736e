//! A tenant's people and rules, now and under any version.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use countersign_domain::aggregate;
use countersign_domain::envelope::Position;
use countersign_domain::ports::EventStore as _;
use countersign_domain::tenant::{TenantEvent, TenantState};
use countersign_projections::tenant::{self as tenants, Tenants};
use countersign_store::MemoryStore;
use support::{History, fold, id, of_tenant, person, tenant};

#[tokio::test]
async fn the_rows_are_the_aggregates_own_state_and_remember_every_version_of_the_rules() {
    let mut history = History::new(MemoryStore::new());
    let published = |version| TenantEvent::RulesPublished { version, text: format!("// {version}") };
    let events = [
        TenantEvent::TenantCreated { name: "Acme".to_owned() },
        TenantEvent::PersonRecorded { person: person("erin") },
        TenantEvent::PersonRecorded { person: person("sam") },
        published(1),
        TenantEvent::GroupSynced { group: "leads".to_owned(), members: [id("sam"), id("erin")].into() },
        TenantEvent::PersonRemoved { id: id("sam") },
        TenantEvent::PersonRecorded { person: person("kim") },
        TenantEvent::PersonRemoved { id: id("kim") },
        TenantEvent::PersonRecorded { person: person("kim") },
        published(2),
    ];
    for event in events {
        history.happen(&tenant("acme"), &of_tenant("ada", event)).await;
    }
    let envelopes = history.store.read_all(None, 100).await.unwrap();
    let rows = fold(&Tenants, &envelopes);
    let state = tenants::find(&rows, &tenant("acme")).unwrap().unwrap();
    assert_eq!(state, aggregate::fold::<TenantState>(&envelopes).unwrap());
    assert_eq!(state.left.keys().collect::<Vec<_>>(), [&id("sam")]);
    let erin = tenants::person(&rows, &tenant("acme"), &id("erin")).unwrap().unwrap();
    assert_eq!(erin.id, id("erin"));
    assert_eq!(tenants::person(&rows, &tenant("acme"), &id("sam")).unwrap(), None);

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
