//! On a full disk nothing is lost, nothing is claimed, and what takes access away still goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use countersign::seed::seed;
use countersign_domain::ports::{Append, Appended, EventStore, StoreError};
use countersign_sandbox::Fault;
use countersign_store::{Journal, MemoryStore, Options};
use countersign_tests::disk::Disk;
use countersign_tests::stage::Stage;
use countersign_tests::stores::{Behind, Front};
use countersign_tests::vendors::trouble;
use jiff::SignedDuration;

/// A store whose disk can be filled: then only what takes access away finds room, in the reserve.
#[derive(Default)]
struct Fillable {
    store: MemoryStore,
    full: AtomicBool,
}

#[async_trait]
impl Front for Fillable {
    fn store(&self) -> &dyn EventStore {
        &self.store
    }

    async fn append(&self, append: Append) -> Result<Appended, StoreError> {
        if self.full.load(Ordering::SeqCst) && !append.urgent {
            return Err(StoreError::Full { place: "here".to_owned(), detail: "no space left".to_owned() });
        }
        self.store.append(append).await
    }
}

#[tokio::test]
async fn a_revocation_goes_through_and_the_ticket_hears_of_it_when_there_is_space_again() {
    let store = Arc::new(Behind(Fillable::default()));
    let stage = Stage::on(store.clone()).await;
    let asked = stage.says("demo-employee", "access write on payments-api for 2 days ticket OPS-17").await;
    let code = asked.code.expect("a request has a code").to_string();
    stage.says("demo-approver", &format!("approve {code}")).await;
    assert_eq!(stage.held("demo-employee", "payments-api").as_deref(), Some("write"));

    store.0.full.store(true, Ordering::SeqCst);
    let refused = stage
        .post("demo-employee", "/api/v1/chat", &serde_json::json!({"text": "access read on infra"}))
        .await;
    assert_eq!(refused["status"], 503, "{refused:#}");
    stage.says_without_waiting("demo-admin", &format!("revoke {code}")).await;
    until_it_is(&stage, &code, "revoked").await;
    assert_eq!(stage.held("demo-employee", "payments-api"), None);
    let comments = stage.ticket("OPS-17").1.len();

    store.0.full.store(false, Ordering::SeqCst);
    stage.later(SignedDuration::from_secs(10)).await;
    assert_eq!(stage.ticket("OPS-17").1.len(), comments + 1, "the comment was not lost");
}

#[tokio::test]
async fn trust_e3_whoever_is_removed_on_a_full_disk_loses_what_they_hold() {
    let store = Arc::new(Behind(Fillable::default()));
    let stage = Stage::on(store.clone()).await;
    let code = granted(&stage, "write on payments-api for 2 days ticket OPS-17").await;
    store.0.full.store(true, Ordering::SeqCst);
    let mut config = stage.demo.config.tenants[&countersign_tests::stage::tenant()].clone();
    config.people.retain(|person| person.id.as_str() != "demo-employee");
    let (bot, tenant) = (&stage.bot, countersign_tests::stage::tenant());
    let seeded = seed(&bot.world, &bot.engine, &bot.directory, &tenant, &config).await;
    seeded.expect("a removal needs no space that others may use");
    until_it_is(&stage, &code, "revoked").await;
    assert_eq!(stage.held("demo-employee", "payments-api"), None);
}

/// Waits until a request stands so. Nothing settles on a full disk, where much is tried again and again.
async fn until_it_is(stage: &Stage, code: &str, status: &str) {
    let mut changed = stage.bot.world.projections.changed();
    let there = async {
        while stage.status(code).await != status {
            changed.changed().await.expect("the read models follow");
        }
    };
    // Real time: a bot that does not get there is a fault to be told, not waited for.
    let there = tokio::time::timeout(Duration::from_mins(1), there).await;
    assert!(there.is_ok(), "{code} is never {status}, but {}", stage.status(code).await);
}

async fn granted(stage: &Stage, what: &str) -> String {
    let code = asked(stage, what).await;
    stage.says("demo-approver", &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "active");
    code
}

async fn asked(stage: &Stage, what: &str) -> String {
    stage.says("demo-employee", &format!("access {what}")).await.code.expect("a code").to_string()
}

/// How often a permission was set at the forge.
fn set(stage: &Stage) -> usize {
    stage.demo.bitbucket.calls().iter().filter(|call| call.request.starts_with("PUT")).count()
}

#[tokio::test]
async fn trust_e3_on_a_full_disk_the_reserve_takes_access_away_and_gives_none() {
    let Some(disk) = Disk::new(24) else { return };
    let options = Options { reserve_bytes: 1 << 20, ..Options::default() };
    let journal = Arc::new(Journal::open(disk.path(), options).expect("the journal opens"));
    let stage = Stage::on(Arc::clone(&journal) as Arc<dyn EventStore>).await;
    let expires = granted(&stage, "read on payments-api for 1 day").await;
    let revoked = granted(&stage, "read on infra for 3 days").await;
    // One grant is on its way when the disk becomes full, another one waits for a countersignature.
    let busy = Fault {
        matching: "PUT /2.0/repositories".to_owned(),
        times: 1,
        status: Some(503),
        ..Fault::default()
    };
    stage.demo.bitbucket.order(trouble([busy]));
    let under_way = asked(&stage, "read on archive for 3 days").await;
    stage.says("demo-approver", &format!("approve {under_way}")).await;
    assert_eq!(stage.status(&under_way).await, "granting");
    let waiting = asked(&stage, "write on web-shop for 3 days ticket OPS-17").await;
    let set_before = set(&stage);

    disk.fill(&*journal).await;
    let say = |text: String| serde_json::json!({ "text": text });
    let refused = stage.post("demo-approver", "/api/v1/chat", &say(format!("approve {waiting}"))).await;
    assert_eq!(refused["status"], 503, "no countersignature counts that is not written: {refused:#}");
    stage.says_without_waiting("demo-admin", &format!("revoke {revoked}")).await;
    until_it_is(&stage, &revoked, "revoked").await;
    // A day later the other one has ended by itself, and what was to be set was tried again long ago.
    stage.clock.turn(SignedDuration::from_hours(25));
    until_it_is(&stage, &expires, "expired").await;
    assert_eq!(
        (stage.held("demo-employee", "infra"), stage.held("demo-employee", "payments-api")),
        (None, None)
    );
    assert_eq!(set(&stage), set_before, "no access was given meanwhile");
    assert_eq!(
        (stage.status(&under_way).await, stage.status(&waiting).await),
        ("granting".into(), "waiting".into())
    );

    disk.clear();
    for _ in 0..3 {
        stage.later(SignedDuration::from_mins(10)).await;
    }
    assert_eq!(stage.status(&under_way).await, "active", "what waited goes on by itself");
    assert_eq!(set(&stage), set_before + 1);
}
