//! A log that older versions kept otherwise is not taken for an empty one.

use std::sync::Arc;

use countersign::context::system;
use countersign_domain::aggregate::encode;
use countersign_domain::envelope::Cause;
use countersign_domain::names::StreamName;
use countersign_domain::ports::{Append, EventStore as _, Expected};
use countersign_domain::tenant::SettingsEvent;
use countersign_store::MemoryStore;
use countersign_tests::stage::{Stage, tenant};
use uuid::Uuid;

/// What it says, and what helps, stands beside [`countersign::seed`].
#[tokio::test]
#[should_panic(expected = "the bot starts: Earlier")]
async fn a_bot_does_not_start_on_a_log_whose_tenant_it_would_take_for_an_empty_one() {
    let (store, id) = (Arc::new(MemoryStore::new()), Uuid::from_u128(1));
    let at = "2026-03-01T12:00:00Z".parse().expect("a valid instant");
    let cause = Cause { actor: system("test"), command: id, correlation: id, causation: id, at };
    let stream = StreamName::new(&tenant(), "tenant", tenant().as_str()).expect("a name");
    let events = encode(&[SettingsEvent::TenantCreated { name: "Acme".to_owned() }], &cause);
    let append = Append { stream, expected: Expected::NoStream, events, urgent: false };
    store.append(append).await.expect("it is kept");
    Stage::on(store).await;
}
