//! Who answers is defined, countersigned and in force without a restart; every answer says which version gave it.

use countersign::demo::chats::{SLACK_CHANNEL, slack_user};
use countersign_domain::agents::Definition;
use countersign_domain::conversation::Allowance;
use countersign_domain::ports::EventStore;
use countersign_domain::rules::EXAMPLE;
use countersign_tests::answers::Next;
use countersign_tests::stage::tenant;
use serde_json::json;

use super::*;

const AUDITOR: &str = "demo-auditor";
const CLOSED: &str = "When is the VPN closed?";

/// A tenant whose approvers countersign agents.
async fn countersigning() -> (Stage, Arc<Answers>) {
    let (stage, answers) = stage().await;
    let_approvers_countersign(&stage).await;
    live(&stage, "name=vpn.txt&title=The%20VPN&collection=network&groups=*", VPN).await;
    (stage, answers)
}

async fn let_approvers_countersign(stage: &Stage) {
    let rule = "@id(\"agents\") @approvers(\"group:approvers\") @quorum(\"1\") permit (principal, action == Action::\"publish_agent\", \
                resource) when { principal.roles.contains(\"admin\") };";
    stage.publish(&format!("{EXAMPLE}\n{rule}\n")).await;
}

fn agent(name: &str, instruction: &str) -> Value {
    json!({ "name": name, "instruction": instruction })
}

async fn asked(stage: &Stage, path: &str, body: Value) -> Value {
    let told = stage.post(ADMIN, path, &body).await;
    stage.settle().await;
    told
}

/// How the proposal of one stands.
pub(super) async fn standing(stage: &Stage, code: &str) -> String {
    let stands = stage.get(ADMIN, &format!("/api/v1/agents/proposals/{code}")).await;
    stands["status"].as_str().unwrap_or_else(|| panic!("{stands:#}")).to_owned()
}

/// An agent that the administrator asked for and an approver countersigned.
async fn in_force(stage: &Stage, agent: Value) -> String {
    let code = code(&asked(stage, "/api/v1/agents", json!({ "agent": agent })).await);
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(standing(stage, &code).await, "published");
    code
}

async fn retire(stage: &Stage, token: &str, name: &str) -> Value {
    let url = stage.url(&format!("/api/v1/agents/{name}?because=enough"));
    let answer = stage.client().delete(url).bearer_auth(token).send().await.expect("the bot answers");
    let told = answer.json().await.expect("JSON");
    stage.settle().await;
    told
}

/// What the model was told to be when it was asked last.
fn told_to_be(answers: &Answers) -> String {
    let asked = answers.asked.lock().expect("nobody panicked with it");
    asked.last().expect("it was asked").instruction.clone()
}

#[tokio::test]
async fn agent_what_is_countersigned_answers_from_then_on_and_every_answer_says_which_version_gave_it() {
    let (stage, answers) = countersigning().await;
    stage.says(EMPLOYEE, CLOSED).await;
    assert_eq!(last(&stage, EMPLOYEE).await["agent"], json!({ "name": "help", "version": 0 }));
    let told = asked(&stage, "/api/v1/agents", json!({ "agent": agent("help", "Be brief.") })).await;
    let proposal = code(&told);
    let card = stage.says(APPROVER, &format!("status {proposal}")).await;
    assert!(said(&card).contains("It is new:") && said(&card).contains("Be brief."), "{card:#?}");
    stage.says(EMPLOYEE, CLOSED).await;
    assert_ne!(told_to_be(&answers), "Be brief.", "nobody has countersigned it");
    stage.says(ADMIN, &format!("approve {proposal}")).await;
    assert_eq!(standing(&stage, &proposal).await, "waiting", "nobody countersigns their own");
    stage.says(APPROVER, &format!("approve {proposal}")).await;
    let card = stage.says(EMPLOYEE, CLOSED).await;
    assert!(said(&card).contains("closed on Sundays"), "{card:#?}");
    assert_eq!(told_to_be(&answers), "Be brief.", "without a restart");
    assert_eq!(last(&stage, EMPLOYEE).await["agent"], json!({ "name": "help", "version": 1 }));
    let before = stage.get(EMPLOYEE, "/api/v1/conversations").await["items"][2]["agent"].clone();
    assert_eq!(before["version"], 0, "what was answered before says by whom");
    assert!(stage.history(&proposal).await.contains(&"agent_published".to_owned()));
}

#[tokio::test]
async fn agent_versions_are_compared_listed_gone_back_to_and_retired() {
    let (stage, answers) = countersigning().await;
    let first = in_force(&stage, agent("help", "Be brief.")).await;
    let body = json!({ "agent": agent("help", "Be long."), "base": 1, "because": "people ask back" });
    let second = code(&asked(&stage, "/api/v1/agents/help", body.clone()).await);
    let again = asked(&stage, "/api/v1/agents/help", body.clone()).await;
    assert_eq!(again["code"], json!(second), "the same once more is the same request");
    let card = stage.says(APPROVER, &format!("status {second}")).await;
    for line in ["Beside version 1, which is in force:", "-   Be brief.", "+   Be long."] {
        let flat = said(&card);
        assert!(flat.contains(line) || flat.contains(&line.replace("   ", " ")), "{line}: {card:#?}");
    }
    stage.says(APPROVER, &format!("approve {second}")).await;
    assert_eq!(standing(&stage, &first).await, "replaced");
    let stale = asked(&stage, "/api/v1/agents/help", body).await;
    assert!(stale["detail"].as_str().unwrap().contains("Version 2 of help is in force by now"), "{stale:#}");
    let whole = stage.get(AUDITOR, "/api/v1/agents/help").await;
    assert_eq!((&whole["version"], &whole["in_force"]), (&json!(2), &json!(true)), "{whole:#}");
    assert_eq!(whole["versions"].as_array().map(Vec::len), Some(2));
    let old = stage.get(AUDITOR, "/api/v1/agents/help/versions/1").await;
    assert_eq!(old["agent"]["instruction"], "Be brief.", "{old:#}");
    let back = stage.says(ADMIN, "agent back help to 1 because it was better").await;
    let back = back.code.unwrap_or_else(|| panic!("it is proposed")).to_string();
    stage.says(APPROVER, &format!("approve {back}")).await;
    stage.says(EMPLOYEE, CLOSED).await;
    assert_eq!(told_to_be(&answers), "Be brief.");
    assert_eq!(last(&stage, EMPLOYEE).await["agent"]["version"], 3, "it is a version of its own");
    assert_eq!(retire(&stage, ADMIN, "help").await["status"], "retired");
    stage.says(EMPLOYEE, CLOSED).await;
    assert_eq!(last(&stage, EMPLOYEE).await["agent"]["version"], 0, "what the configuration sets up answers");
    assert_eq!(stage.get(AUDITOR, "/api/v1/agents").await["items"], json!([]));
}

#[tokio::test]
async fn agent_of_two_that_want_the_same_place_one_has_it_and_the_other_is_told() {
    let (stage, _) = countersigning().await;
    let first = code(&asked(&stage, "/api/v1/agents", json!({ "agent": agent("travel", "One.") })).await);
    let second = code(&asked(&stage, "/api/v1/agents", json!({ "agent": agent("travel", "Two.") })).await);
    stage.says(APPROVER, &format!("approve {first}")).await;
    let card = stage.says(APPROVER, &format!("approve {second}")).await;
    assert!(card.text.contains("would run otherwise than was shown"), "{card:#?}");
    stage.settle().await;
    let card = stage.says(APPROVER, &format!("status {second}")).await;
    assert!(card.text.contains("Version 1 of travel is in force by now"), "{card:#?}");
    assert_eq!(stage.get(ADMIN, "/api/v1/agents/travel").await["agent"]["instruction"], "One.");
}

#[tokio::test]
async fn agent_the_only_administrator_is_told_that_nobody_countersigns() {
    let (stage, _) = stage().await;
    let told = asked(&stage, "/api/v1/agents", json!({ "agent": agent("help", "Be brief.") })).await;
    let card = stage.says(ADMIN, &format!("status {}", code(&told))).await;
    assert_eq!(card.status.as_deref(), Some("published"), "{card:#?}");
    assert!(said(&card).contains("Nobody countersigned this"), "{card:#?}");
    let refused = stage.post(EMPLOYEE, "/api/v1/agents", &json!({ "agent": agent("other", "Be.") })).await;
    stage.settle().await;
    let is_denied = refused["status"] == "denied" || refused["status"].is_number();
    assert!(is_denied, "nobody else says what an agent is: {refused:#}");
    assert_eq!(stage.get(ADMIN, "/api/v1/agents").await["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn agent_what_cannot_run_is_refused_at_once_with_what_there_is() {
    let (stage, _) = countersigning().await;
    for (field, value, says) in [
        ("backend", json!("gpt-9"), "There is no model gpt-9 here, only quoting@1 and stage"),
        ("tools", json!(["drop_all"]), "There is no command or action drop_all here"),
        ("collections", json!(["hr"]), "There is no collection hr here, only network"),
        ("instruction", json!(""), "instruction must have 1 to 8000 characters"),
        ("name", json!("Travel Desk"), "name must be 1 to 40 lower-case letters"),
        ("limits", json!({ "passages": 99 }), "limits.passages must be 1 to 20"),
    ] {
        let mut bad = agent("travel", "Answer.");
        bad[field] = value;
        let refused = asked(&stage, "/api/v1/agents", json!({ "agent": bad })).await;
        assert!(refused["detail"].as_str().is_some_and(|said| said.contains(says)), "{field}: {refused:#}");
    }
    let card = stage.says(ADMIN, "define agent because we want one ```\nnaem = \"travel\"\n```").await;
    assert!(card.refused && card.text.contains("naem"), "{card:#?}");
}

#[tokio::test]
async fn agent_whoever_is_no_administrator_is_not_told_which_collections_there_are() {
    let (stage, _) = countersigning().await;
    let mut bad = agent("travel", "Answer.");
    bad["collections"] = json!(["hr"]);
    let refused = stage.post(EMPLOYEE, "/api/v1/agents", &json!({ "agent": bad })).await;
    let said = refused["detail"].as_str().unwrap_or_else(|| panic!("it is refused: {refused:#}"));
    assert!(said.contains("There is no collection hr here.") && !said.contains("network"), "{said}");
}

#[tokio::test]
async fn agent_one_is_written_in_a_code_block_and_read_whole_before_it_is_countersigned() {
    let (stage, _) = countersigning().await;
    let long: Vec<_> = (1..=60).map(|number| format!("Line {number} of what it is.")).collect();
    let text = format!("name = \"travel\"\ninstruction = \"\"\"\n{}\n\"\"\"\n", long.join("\n"));
    let card =
        stage.says(ADMIN, &format!("define agent because trips are asked about ```toml\n{text}```")).await;
    let code = card.code.as_ref().unwrap_or_else(|| panic!("it is asked for: {card:#?}")).to_string();
    assert!(said(&card).contains("“show agent"), "that it is cut is said, and how all is read: {card:#?}");
    let whole = stage.says(APPROVER, &format!("show agent {code}")).await;
    assert!(said(&whole).contains("Line 60 of what it is."), "{whole:#?}");
    stage.says(APPROVER, &format!("approve {code}")).await;
    let listed = stage.says(ADMIN, "agents").await;
    assert!(said(&listed).contains("travel version 1"), "{listed:#?}");
    let shown = stage.says(ADMIN, "show agent travel").await;
    assert!(shown.text.contains("version 1, in force"), "{shown:#?}");
    let refused = stage.says(EMPLOYEE, "show agent travel").await;
    assert!(refused.refused, "what an agent is told is not for everybody: {refused:#?}");
}

#[tokio::test]
async fn agent_one_reads_and_offers_what_it_was_given_and_nothing_else() {
    let (stage, answers) = countersigning().await;
    live(&stage, "name=trips.txt&collection=travel&groups=*", "The VPN is closed to trips on Mondays.\n")
        .await;
    let mut travel = agent("travel", "Answer about trips.");
    travel["collections"] = json!(["travel"]);
    travel["tools"] = json!(["access"]);
    travel["limits"] = json!({ "a_day": { "turns": 2 } });
    in_force(&stage, travel).await;
    let card = stage.says(EMPLOYEE, &format!("travel: {CLOSED}")).await;
    assert!(said(&card).contains("Mondays") && !said(&card).contains("Sundays"), "{card:#?}");
    assert_eq!(last(&stage, EMPLOYEE).await["agent"]["name"], "travel");
    let tools: Vec<_> = {
        let asked = answers.asked.lock().expect("nobody panicked with it");
        asked.last().expect("it was asked").tools.iter().map(|tool| tool.name.clone()).collect()
    };
    assert_eq!(tools, ["access"]);
    answers.next(Next::Call("run_action_restart_job", json!({ "job": "mail", "times": 2 })));
    let card = stage.says(EMPLOYEE, &format!("travel: {CLOSED}")).await;
    assert!(!card.buttons.iter().any(|button| button.say.contains("restart_job")), "{card:#?}");
    let card = stage.says(EMPLOYEE, &format!("travel: {CLOSED}")).await;
    assert!(card.refused && card.text.contains("2 questions today"), "its own limit is told: {card:#?}");
    let card =
        stage.post(EMPLOYEE, "/api/v1/conversations", &json!({ "text": CLOSED, "agent": "nobody" })).await;
    assert!(
        card["detail"].as_str().is_some_and(|said| said.contains("There is no agent nobody")),
        "{card:#}"
    );
    let other =
        stage.post(EMPLOYEE, "/api/v1/conversations", &json!({ "text": CLOSED, "agent": "help" })).await;
    assert_eq!(other["agent"]["name"], "help", "{other:#}");
}

#[tokio::test]
async fn agent_what_another_one_answered_before_is_told_to_none_that_was_not_given_its_documents() {
    let (stage, answers) = countersigning().await;
    let card = stage.says(EMPLOYEE, CLOSED).await;
    assert!(said(&card).contains("Sundays"), "{card:#?}");
    live(&stage, "name=trips.txt&collection=travel&groups=*", "The VPN is closed to trips on Mondays.\n")
        .await;
    let mut travel = agent("travel", "Answer about trips.");
    travel["collections"] = json!(["travel"]);
    in_force(&stage, travel).await;
    let given = || {
        let asked = answers.asked.lock().expect("nobody panicked with it");
        format!("{:?}", asked.last().expect("it was asked").messages)
    };
    stage.says(EMPLOYEE, &format!("travel: {CLOSED}")).await;
    assert!(!given().contains("Sundays"), "it goes to no other agent, and its model: {}", given());
    stage.says(EMPLOYEE, CLOSED).await;
    assert!(given().contains("Sundays"), "each goes on with what it said itself: {}", given());
}

#[tokio::test]
async fn agent_a_turn_keeps_the_version_that_it_began_with() {
    let (stage, answers) = countersigning().await;
    in_force(&stage, agent("help", "Be brief.")).await;
    let body = json!({ "agent": agent("help", "Be long.") });
    let second = code(&asked(&stage, "/api/v1/agents/help", body).await);
    answers.next(Next::Wait);
    stage.says_without_waiting(EMPLOYEE, CLOSED).await;
    stage.says_without_waiting(APPROVER, &format!("approve {second}")).await;
    answers.go_on.notify_one();
    stage.settle().await;
    assert_eq!(last(&stage, EMPLOYEE).await["agent"]["version"], 1);
    assert_eq!(told_to_be(&answers), "Be brief.");
}

#[tokio::test]
async fn agent_what_agents_are_told_is_for_administrators_and_auditors() {
    let (stage, _) = countersigning().await;
    in_force(&stage, agent("help", "Be brief.")).await;
    for path in ["/api/v1/agents", "/api/v1/agents/help", "/api/v1/agents/help/versions/1"] {
        let refused = stage.get(EMPLOYEE, path).await;
        assert!(refused["detail"].is_string() && refused["items"].is_null(), "{path}: {refused:#}");
    }
    let unknown = stage.get(ADMIN, "/api/v1/agents/nobody").await;
    assert!(unknown["detail"].as_str().unwrap().contains("There is no agent nobody"), "{unknown:#}");
    let refused = retire(&stage, EMPLOYEE, "help").await;
    assert!(refused["detail"].is_string(), "nobody retires what is not theirs: {refused:#}");
}

#[tokio::test]
async fn agent_what_one_is_told_stands_in_no_channel_and_who_decides_reads_it_in_private() {
    let (stage, _) = in_chats().await;
    let_approvers_countersign(&stage).await;
    let told =
        asked(&stage, "/api/v1/agents", json!({ "agent": agent("travel", "Never say rosebud.") })).await;
    let code = code(&told);
    for text in [format!("<@U0BOT> status {code}"), format!("<@U0BOT> show agent {code}")] {
        stage.slack_user_says(&slack_user(APPROVER), Some(SLACK_CHANNEL), &text).await;
    }
    let all: Vec<_> = stage.slack_channel(SLACK_CHANNEL).into_iter().map(|message| message.text).collect();
    assert!(all.iter().any(|text| text.contains(&code) && !text.contains("<@U0BOT>")), "{all:#?}");
    assert!(!all.iter().any(|text| text.contains("rosebud")), "{all:#?}");
    for said_alone in ["status", "show agent"] {
        let card = stage.says(APPROVER, &format!("{said_alone} {code}")).await;
        assert!(said(&card).contains("rosebud"), "{said_alone}: {card:#?}");
    }
}

#[tokio::test]
async fn agent_that_it_would_answer_from_more_than_before_is_said_on_its_card() {
    let (stage, _) = countersigning().await;
    let mut narrow = agent("travel", "Answer.");
    narrow["collections"] = json!(["network"]);
    in_force(&stage, narrow).await;
    let wide = asked(&stage, "/api/v1/agents/travel", json!({ "agent": agent("travel", "Answer.") })).await;
    let card = stage.says(APPROVER, &format!("status {}", code(&wide))).await;
    assert!(said(&card).contains("It would answer from all that may be read where it is asked"), "{card:#?}");
}

#[tokio::test]
async fn agent_a_tenant_without_any_begins_with_those_of_its_configuration_and_no_file_replaces_them() {
    let answers = Arc::new(Answers::default());
    let own = |instruction: &str| Definition {
        name: "help".to_owned(),
        instruction: instruction.to_owned(),
        ..Definition::default()
    };
    let store: Arc<dyn EventStore> = Arc::new(MemoryStore::new());
    let arranged = async |instruction: &str| {
        let definition = own(instruction);
        let furnish = |world: &mut countersign::world::World| {
            answers.furnish(world, |settings| settings.person = Allowance::default());
            let acme = Arc::make_mut(&mut world.tenants).get_mut(&tenant()).expect("the demo's tenant");
            let help = acme.help.as_deref().expect("it was furnished").clone();
            acme.help = Some(Arc::new(countersign::help::Help { agents: vec![definition], ..help }));
        };
        Stage::arranged(Arc::clone(&store), |_| {}, furnish).await
    };
    let stage = arranged("As the file says.").await;
    let whole = stage.get(ADMIN, "/api/v1/agents/help").await;
    assert_eq!((&whole["agent"]["instruction"], &whole["version"]), (&json!("As the file says."), &json!(1)));
    drop(stage);
    let stage = arranged("As another file says.").await;
    let whole = stage.get(ADMIN, "/api/v1/agents/help").await;
    assert_eq!(whole["agent"]["instruction"], "As the file says.", "{whole:#}");
    retire(&stage, ADMIN, "help").await;
    assert_eq!(stage.get(ADMIN, "/api/v1/agents").await["items"], json!([]));
}
