//! A model whose settings change while the bot runs: what serves is in the log, and so is what cannot.

use std::sync::Mutex;

use async_trait::async_trait;
use countersign::help::Help;
use countersign_domain::envelope::Digest;
use countersign_domain::ports::{Model, ModelFault, ModelName, Pieces, Serving, Step, StepDone, Stop};
use countersign_tests::stage::tenant;

use super::*;

/// The stage's model, as it is set, and what is wrong with what was to be set for it.
struct Changing {
    answers: Arc<Answers>,
    set: Mutex<(&'static str, Vec<String>)>,
}

/// The same as it was set once.
struct Fixed(Arc<Answers>, &'static str);

fn name(set: &str) -> ModelName {
    let (backend, model) = ("company_llm".to_owned(), "house-7b".to_owned());
    ModelName { backend, model, settings: Digest::of(set.as_bytes()) }
}

#[async_trait]
impl Model for Fixed {
    fn name(&self) -> ModelName {
        name(self.1)
    }

    fn calls_tools(&self) -> bool {
        false
    }

    async fn step(
        &self,
        step: &Step,
        pieces: &mut dyn Pieces,
        stop: &dyn Stop,
    ) -> Result<StepDone, ModelFault> {
        self.0.step(step, pieces, stop).await
    }
}

#[async_trait]
impl Model for Changing {
    fn name(&self) -> ModelName {
        name(self.set.lock().expect("no test broke while it held it").0)
    }

    fn calls_tools(&self) -> bool {
        false
    }

    async fn serving(&self) -> Option<Serving> {
        let (set, refused) = self.set.lock().expect("no test broke while it held it").clone();
        Some(Serving { model: Arc::new(Fixed(Arc::clone(&self.answers), set)), refused })
    }

    async fn step(
        &self,
        step: &Step,
        pieces: &mut dyn Pieces,
        stop: &dyn Stop,
    ) -> Result<StepDone, ModelFault> {
        self.answers.step(step, pieces, stop).await
    }
}

async fn changes(stage: &Stage) -> Vec<String> {
    let mut all = Vec::new();
    for kind in ["llm_settings_changed", "llm_settings_refused"] {
        let audit = stage.get("demo-auditor", &format!("/api/v1/audit?type={kind}")).await;
        let items = audit["items"].as_array().unwrap_or_else(|| panic!("{audit:#}"));
        all.extend(items.iter().map(|_| kind.to_owned()));
    }
    all
}

#[tokio::test]
async fn conversation_the_models_settings_are_swapped_while_it_runs_and_what_cannot_be_used_is_told_once() {
    let (answers, set) = (Arc::new(Answers::default()), Mutex::new(("one", vec![])));
    let changing = Arc::new(Changing { answers: Arc::clone(&answers), set });
    let model: Arc<dyn Model> = Arc::clone(&changing) as Arc<dyn Model>;
    let store = Arc::new(MemoryStore::new());
    let arrange = |world: &mut countersign::world::World| {
        answers.furnish(world, |_| {});
        let acme = Arc::make_mut(&mut world.tenants).get_mut(&tenant()).expect("the demo's tenant");
        let help = acme.help.as_deref().expect("it was furnished").clone();
        acme.help = Some(Arc::new(Help { model, ..help }));
    };
    let stage = Stage::arranged(store, |_| {}, arrange).await;
    live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    let asks = async || said(&stage.says(EMPLOYEE, "When is the VPN closed?").await);
    for (set, refused, told) in [
        ("one", vec![], 1),
        ("one", vec![], 1),
        ("two", vec![], 2),
        ("two", vec!["payload.json:3: EOF while parsing".to_owned()], 3),
        ("two", vec!["payload.json:3: EOF while parsing".to_owned()], 3),
        ("three", vec![], 4),
    ] {
        *changing.set.lock().unwrap() = (set, refused);
        assert!(asks().await.contains("closed on Sundays"), "whatever is set, it answers");
        assert_eq!(changes(&stage).await.len(), told, "{set}");
    }
    let steps = stage.get("demo-auditor", "/api/v1/audit?type=llm_settings_refused").await;
    let summary = steps["items"][0]["summary"].as_str().unwrap_or_else(|| panic!("{steps:#}"));
    assert!(summary.contains("payload.json:3"), "{summary}");
}
