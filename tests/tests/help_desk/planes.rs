//! Agents that a vendor runs: made there once they are countersigned, read back, told where they drift, and taken away.

use std::sync::Mutex;

use async_trait::async_trait;
use countersign::help::Help;
use countersign_domain::conversation::{Allowance, Price};
use countersign_domain::ports::{
    AgentPlane, CallError, CallErrorKind, Model, PROVISIONED, Provision, Provisioned,
};
use countersign_tests::answers::put;
use jiff::SignedDuration;
use serde_json::json;

use super::*;

/// A vendor that runs agents in memory.
#[derive(Default)]
struct Plane {
    answers: Arc<Answers>,
    /// How many more times it is not ready.
    busy: Mutex<u32>,
    /// What was made, in order.
    made: Mutex<Vec<String>>,
    /// How it is otherwise by now.
    drifted: Mutex<Option<String>>,
    /// What was taken away.
    retired: Mutex<Vec<String>>,
}

#[async_trait]
impl AgentPlane for Plane {
    async fn provision(&self, wanted: Provision<'_>) -> Result<Provisioned, CallError> {
        let mut busy = self.busy.lock().expect("nobody panicked with it");
        if *busy > 0 {
            *busy -= 1;
            let (what, detail) = ("make an agent".to_owned(), "it is being made".to_owned());
            let kind = CallErrorKind::NotDone { after: Some(std::time::Duration::from_secs(5)) };
            return Err(CallError { vendor: "plane", what, detail, status: None, kind });
        }
        let made = format!("{}@{}: {}", wanted.name, wanted.version, wanted.instruction);
        self.made.lock().expect("nobody panicked with it").push(made);
        let version = wanted.version.to_string();
        Ok(Provisioned { agent: wanted.name.to_owned(), alias: format!("v{version}"), version })
    }

    async fn drift(&self, _: &Provisioned, _: Provision<'_>) -> Result<Option<String>, CallError> {
        Ok(self.drifted.lock().expect("nobody panicked with it").clone())
    }

    async fn retire(&self, there: &Provisioned) -> Result<(), CallError> {
        self.retired.lock().expect("nobody panicked with it").push(there.alias.clone());
        Ok(())
    }

    fn model(&self, _: &Provisioned) -> Arc<dyn Model> {
        Arc::clone(&self.answers) as Arc<dyn Model>
    }
}

async fn with_a_plane() -> (Stage, Arc<Plane>) {
    with_a_plane_and(|_| {}).await
}

async fn with_a_plane_and(adapt: impl FnOnce(&mut HelpSettings)) -> (Stage, Arc<Plane>) {
    let plane = Arc::new(Plane::default());
    let help = plane.answers.help(adapt);
    let help = Help { plane: Some(Arc::clone(&plane) as Arc<dyn AgentPlane>), ..help };
    let stage = Stage::arranged(Arc::new(MemoryStore::new()), |_| {}, |world| put(world, help)).await;
    live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    (stage, plane)
}

/// The only administrator asks for an agent that the vendor is to run.
async fn asked(stage: &Stage) -> String {
    let agent = json!({ "name": "help", "instruction": "Be brief.", "backend": PROVISIONED });
    let told = stage.post(ADMIN, "/api/v1/agents", &json!({ "agent": agent })).await;
    stage.settle().await;
    code(&told)
}

#[tokio::test]
async fn agent_one_that_a_vendor_runs_is_made_there_before_it_is_in_force_and_taken_away_with_it() {
    let (stage, plane) = with_a_plane().await;
    *plane.busy.lock().unwrap() = 2;
    let code = asked(&stage).await;
    assert_eq!(super::agents::standing(&stage, &code).await, "publishing", "it is not ready there");
    assert!(plane.made.lock().unwrap().is_empty());
    stage.calm().await;
    assert_eq!(super::agents::standing(&stage, &code).await, "published");
    assert_eq!(*plane.made.lock().unwrap(), ["help@1: Be brief."]);
    let whole = stage.get(ADMIN, "/api/v1/agents/help").await;
    assert_eq!(whole["provisioned"]["alias"], "v1", "{whole:#}");
    let card = stage.says(EMPLOYEE, "When is the VPN closed?").await;
    assert!(said(&card).contains("closed on Sundays"), "{card:#?}");
    stage.says(ADMIN, "retire agent help").await;
    assert_eq!(*plane.retired.lock().unwrap(), ["v1"]);
}

#[tokio::test]
async fn agent_what_a_vendor_runs_has_a_price_where_money_is_limited_and_is_counted_by_it() {
    let limited = Allowance { micros: Some(1), ..Allowance::default() };
    let agent = json!({ "name": "help", "instruction": "Be brief.", "backend": PROVISIONED });
    let (stage, _) = with_a_plane_and(|settings| settings.tenant = limited).await;
    let refused = stage.post(ADMIN, "/api/v1/agents", &json!({ "agent": agent })).await;
    let says = refused["detail"].as_str().unwrap_or_default();
    assert!(says.contains("There is no price of the model provisioned here"), "{refused:#}");

    let priced = |settings: &mut HelpSettings| {
        settings.tenant = limited;
        settings.prices.insert(PROVISIONED.to_owned(), Price { read: 1_000_000, written: 1_000_000 });
    };
    let (stage, _) = with_a_plane_and(priced).await;
    assert_eq!(super::agents::standing(&stage, &asked(&stage).await).await, "published");
    assert!(!stage.says(EMPLOYEE, "When is the VPN closed?").await.refused);
    let card = stage.says(EMPLOYEE, "How long are tokens valid?").await;
    assert!(card.refused, "what it took was counted: {card:#?}");
}

#[tokio::test]
async fn agent_one_that_drifts_where_it_is_run_is_told_once_and_so_is_that_it_is_itself_again() {
    let (stage, plane) = with_a_plane().await;
    let code = asked(&stage).await;
    *plane.drifted.lock().unwrap() = Some("the instruction is another one there".to_owned());
    for _ in 0..2 {
        stage.later(SignedDuration::from_hours(1)).await;
    }
    let drifted = async || {
        let history = stage.history(&code).await;
        history.iter().filter(|event| *event == "agent_drifted").count()
    };
    assert_eq!(drifted().await, 1, "it is told once");
    let card = stage.says(ADMIN, &format!("status {code}")).await;
    assert!(said(&card).contains("the instruction is another one there"), "{card:#?}");
    *plane.drifted.lock().unwrap() = None;
    stage.later(SignedDuration::from_hours(1)).await;
    assert!(stage.history(&code).await.contains(&"agent_restored".to_owned()));
}
