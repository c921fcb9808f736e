//! Who is erased in the vault: the log is told once, wherever that was done, and all that stands there stays whole.

use countersign::config::Config;
use countersign::vault::{Whereabouts, tell_erased};
use countersign_domain::names::PrincipalId;
use countersign_tests::stage::{Stage, tenant};
use countersign_vault::{Opened, Place};
use jiff::Timestamp;

use super::{ADMIN, EMPLOYEE};

#[tokio::test]
async fn a_person_who_is_erased_is_told_to_the_log_once_and_every_hash_stays_valid() {
    let stage = Stage::new().await;
    stage.says(EMPLOYEE, "access write on payments-api for 2 days ticket OPS-17 because rollout").await;
    let outer = tempfile::tempdir().expect("a folder");
    let config = Config { data: outer.path().join("data"), ..Config::default() };
    let (place, secrets, tenant) = (Whereabouts::of(&config), &*stage.bot.world.secrets, tenant());
    let told = async || tell_erased(&stage.bot.engine, &place, secrets, &tenant).await.expect("it is told");
    assert_eq!(told().await, 0, "where there is no vault there is nothing to tell");
    let vault = place.init(secrets).await.expect("a vault");
    let person: PrincipalId = EMPLOYEE.parse().expect("an id");
    let at = Place { tenant: &tenant, stream: "acme.request-k7qm2x", event: "e1", field: "reason" };
    let sealed = vault.seal(Some(&person), &at, b"because I am ill").expect("it is sealed");
    assert_eq!(told().await, 0);
    vault.erase(&tenant, &person, Timestamp::UNIX_EPOCH).expect("they are erased");
    assert_eq!((told().await, told().await), (1, 0), "once, however often it is looked");
    assert_eq!(vault.open_sealed(&at, &sealed).expect("its key was ours"), Opened::Erased);
    let log = stage.bot.world.store.read_all(None, usize::MAX).await.expect("the log");
    let erased: Vec<_> = log.iter().filter(|event| event.kind == "subject_erased").collect();
    let [event] = &erased[..] else { panic!("one event was expected: {erased:?}") };
    assert!(event.data.get().contains(EMPLOYEE) && event.tenant == tenant, "{event:?}");
    assert!(log.iter().all(|event| event.hash == event.expected_hash()));
    stage.settle().await;
    let seen = stage.get_text(ADMIN, &format!("/api/v1/audit?type=subject_erased&user={EMPLOYEE}")).await;
    assert!(seen.contains("was erased: what was sealed for them can be read by nobody any more"), "{seen}");
}
