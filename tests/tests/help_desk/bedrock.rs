//! What a tenant has at Amazon Bedrock, against Bedrock in miniature: an agent that gives control back, a guardrail behind the built-in
//! one, models that fail, and a knowledge base.

use countersign::config::BedrockConfig;
use countersign::help::{Way, on_bedrock};
use countersign_domain::ports::{Clock, Crossing, ModelFaultKind, Secrets};
use countersign_outbound::{MemorySecrets, Outbound, OutboundConfig};
use countersign_sandbox::bedrock::{
    BedrockOptions, BedrockSandbox, BedrockState, StoredChunk, StreamEvent, StreamReply,
};
use countersign_sandbox::{Fault, Faults};
use countersign_tests::answers::{Next, put};
use countersign_tests::clock::HandClock;
use countersign_tests::guards::Guard;
use countersign_tests::stage::tenant;
use jiff::SignedDuration;
use serde_json::json;

use super::*;

const CLOSED: &str = "When is the VPN closed?";
/// As it stands in the document.
const ANSWER: &str = "The VPN is closed on Sundays from 02:00 to 04:00 [1].";

/// A bot, and what it asks.
struct There {
    stage: Stage,
    answers: Arc<Answers>,
    bedrock: BedrockSandbox,
    /// What its breakers go by.
    clock: Arc<HandClock>,
    _folder: tempfile::TempDir,
}

/// A bot with a document whose tenant has this at Bedrock, behind what `answers` is.
async fn there(answers: Arc<Answers>, state: BedrockState, mut uses: Value) -> There {
    countersign_outbound::install_tls();
    let bedrock = BedrockSandbox::start(BedrockOptions::new(state)).await.expect("Bedrock in miniature");
    let folder = tempfile::tempdir().expect("a temporary folder");
    uses["access"] = json!({
        "region": "eu-central-1", "endpoint": bedrock.base_url(), "key": { "id_secret": "aws-id", "key_secret": "aws-key" },
    });
    if let Some(knowledge) = uses.get_mut("knowledge") {
        knowledge["folder"] = json!(folder.path());
    }
    let config: BedrockConfig = serde_json::from_value(uses).expect("a configuration");
    let secrets = MemorySecrets::from([("aws-id", "AKIDMINI"), ("aws-key", "secret")]);
    let secrets: Arc<dyn Secrets> = Arc::new(secrets);
    let clock = Arc::new(HandClock::at("2026-03-02T09:00:00Z".parse().expect("a valid instant")));
    let outbound = Outbound::new(OutboundConfig::default(), Arc::clone(&clock) as Arc<dyn Clock>);
    let outbound = Arc::new(outbound.expect("a way out"));
    let way = Way { tenant: &tenant(), outbound: &outbound, secrets: &secrets };
    let help = on_bedrock(answers.help(|_| {}), &config, way).await.expect("it is furnished");
    let stage = Stage::arranged(Arc::new(MemoryStore::new()), |_| {}, |world| put(world, help)).await;
    There { stage, answers, bedrock, clock, _folder: folder }
}

/// The same with answers that a test lets be, and one document.
async fn with_vpn(uses: Value) -> There {
    let there = there(Arc::new(Answers::default()), BedrockState::default(), uses).await;
    live(&there.stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    there
}

fn agent() -> Value {
    json!({ "agent": { "agent": "AGENT00001", "alias": "TSTALIASID", "attributes": { "desk": "it" } } })
}

/// An agent's wish, as it comes back from the vendor.
fn wants(path: &str, arguments: &[(&str, &str)]) -> StreamReply {
    let properties: Vec<_> = arguments
        .iter()
        .map(|(name, value)| json!({ "name": name, "type": "string", "value": value }))
        .collect();
    let input = json!({ "apiInvocationInput": {
        "actionGroup": "requests", "apiPath": path, "httpMethod": "POST",
        "requestBody": { "content": { "application/json": { "properties": properties } } },
    } });
    let event =
        StreamEvent::new("returnControl", json!({ "invocationId": "inv-1", "invocationInputs": [input] }));
    StreamReply { events: vec![event], ..StreamReply::default() }
}

fn down(bedrock: &BedrockSandbox, matching: &str) {
    let fault =
        Fault { matching: matching.to_owned(), times: u32::MAX, status: Some(503), ..Fault::default() };
    bedrock.order(Faults { next: vec![fault], ..Faults::default() });
}

/// All that was said to it.
fn texts(bedrock: &BedrockSandbox) -> String {
    let calls = bedrock.calls().into_iter();
    let texts = calls.map(|call| format!("{} {}", call.request, call.body.unwrap_or_default()));
    texts.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn conversation_what_an_agent_at_bedrock_wants_called_is_a_button_and_a_person_asks_by_pressing_it() {
    let There { stage, bedrock, .. } = &with_vpn(agent()).await;
    bedrock.will_say(wants("/access", &[("permission", "write"), ("repository", "payments-api")])).unwrap();
    let card = stage.says(EMPLOYEE, "Why is my pull request at payments-api grey?").await;
    let button = card.buttons.iter().find(|button| button.say.starts_with("access ")).expect("it is offered");
    assert_eq!(button.say, "access write on payments-api");
    let asked = async || {
        let asked = stage.get(ADMIN, "/api/v1/requests").await;
        let items = asked["items"].as_array().cloned().unwrap_or_default();
        items.iter().filter(|item| item["kind"] == "access").count()
    };
    assert_eq!(asked().await, 0, "nothing is asked for before somebody presses");
    let proposed = stage.get("demo-auditor", "/api/v1/audit?type=tool_proposed").await;
    assert_eq!(proposed["items"].as_array().map(Vec::len), Some(1), "{proposed:#}");
    let pressed = stage.says(EMPLOYEE, &button.say).await;
    assert!(!pressed.text.is_empty());

    bedrock.will_say(wants("/approve", &[("code", "K7QM2X")])).unwrap();
    let card = stage.says(EMPLOYEE, "What is for lunch today?").await;
    assert!(!card.buttons.iter().any(|button| button.say.contains("approve")), "{card:#?}");
}

#[tokio::test]
async fn conversation_an_agent_at_bedrock_is_told_the_tenant_and_the_passages_and_nobodys_name() {
    let There { stage, bedrock, .. } = &with_vpn(agent()).await;
    let usage = json!({ "usage": { "inputTokens": 120, "outputTokens": 9 } });
    let trace =
        json!({ "orchestrationTrace": { "modelInvocationOutput": { "traceId": "t-1", "metadata": usage } } });
    let mut reply = StreamReply::chunks(&["The VPN is closed on Sundays ", "from 02:00 to 04:00 [1]."]);
    reply.events.insert(0, StreamEvent::new("trace", json!({ "trace": trace })));
    bedrock.will_say(reply).unwrap();
    let card = stage.says(EMPLOYEE, CLOSED).await;
    assert!(said(&card).contains("closed on Sundays") && said(&card).contains("The VPN"), "{card:#?}");
    let turn = last(stage, EMPLOYEE).await;
    assert_eq!(turn["answer"]["citations"][0]["title"], "The VPN", "{turn:#}");
    stage.says(EMPLOYEE, "How long are tokens valid?").await;
    let calls = bedrock.calls();
    let [first, second] = &calls[..] else { panic!("each question is one step: {calls:#?}") };
    assert_eq!(first.request, second.request, "one talk is one session");
    let sent = first.body.clone().unwrap_or_default();
    assert_eq!(
        (&sent["sessionState"]["sessionAttributes"], &sent["enableTrace"]),
        (&json!({ "tenant": "acme", "desk": "it" }), &json!(true))
    );
    assert!(sent["inputText"].as_str().unwrap().contains("[1] \nThe VPN is closed"), "{sent:#}");
    assert!(!texts(bedrock).to_lowercase().contains(EMPLOYEE), "nobody's name goes there");
    let steps = stage.get("demo-auditor", "/api/v1/audit?type=model_step_finished").await;
    let steps = steps.to_string();
    assert!(
        steps.contains("AGENT00001@TSTALIASID (bedrock_agent)") && steps.contains("120 tokens read"),
        "{steps}"
    );
}

#[tokio::test]
async fn guardrail_at_bedrock_sees_only_what_the_built_in_one_lets_over_and_what_it_refuses_reaches_nobody() {
    let topic = json!({ "name": "salaries", "type": "DENY", "action": "BLOCKED", "detected": true });
    let refused = json!({
        "action": "GUARDRAIL_INTERVENED", "outputs": [{ "text": "No." }],
        "assessments": [{ "topicPolicy": { "topics": [topic] } }],
        "usage": { "topicPolicyUnits": 1, "contentPolicyUnits": 1, "wordPolicyUnits": 1, "sensitiveInformationPolicyUnits": 1,
            "sensitiveInformationPolicyFreeUnits": 0, "contextualGroundingPolicyUnits": 0 },
    });
    let state =
        BedrockState { guardrail: [("salary".to_owned(), refused)].into(), ..BedrockState::default() };
    let answers = Arc::new(Answers::default());
    let guards = answers.guarded();
    let uses = json!({ "guardrail": { "id": "abc123", "version": "3" } });
    let There { stage, answers, bedrock, .. } = &there(answers, state, uses).await;
    guards.only(Crossing::Asked, Guard::Refuses);
    let card = stage.says(EMPLOYEE, "How do I cheat at cards?").await;
    assert!(said(&card).contains("I do not talk about that"), "{card:#?}");
    assert!(!texts(bedrock).contains("cheat"), "what the first refuses, no vendor hears of");
    guards.only(Crossing::Asked, Guard::Masks("hunter2"));
    stage.says(EMPLOYEE, "Is the VPN closed for hunter2 on Sundays?").await;
    assert!(texts(bedrock).contains("[secret]") && !texts(bedrock).contains("hunter2"), "{}", texts(bedrock));
    guards.none();
    answers.asked.lock().unwrap().clear();
    let card = stage.says(EMPLOYEE, "What is the salary of Ada?").await;
    assert!(said(&card).contains("I do not talk about that"), "{card:#?}");
    assert!(answers.asked.lock().unwrap().is_empty(), "no model hears of it");
    answers.next(Next::Say("The salary is 7."));
    let card = stage.says(EMPLOYEE, "What is for lunch today?").await;
    assert!(!card.text.contains("salary is 7"), "{card:#?}");
    let screened = stage.get_text("demo-auditor", "/api/v1/export").await;
    assert!(
        screened.contains("stage+bedrock") && screened.contains("abc123:3"),
        "the log says who has looked"
    );
}

#[tokio::test]
async fn guardrail_at_bedrock_that_does_not_answer_lets_nothing_out_and_every_question_in() {
    let There { stage, answers, bedrock, .. } =
        &with_vpn(json!({ "guardrail": { "id": "abc123", "version": "3" } })).await;
    down(bedrock, "POST /guardrail");
    answers.next(Next::Say("The safe is opened with rhubarb [1]."));
    let card = stage.says(EMPLOYEE, CLOSED).await;
    assert!(said(&card).contains("does not answer at the moment, so I say nothing"), "{card:#?}");
    assert_eq!(answers.asked.lock().unwrap().len(), 1, "it was asked all the same");
    let export = stage.get_text("demo-auditor", "/api/v1/export").await;
    assert!(!export.contains("rhubarb"), "nor does it stand in the log");
    bedrock.order(Faults::default());
}

#[tokio::test]
async fn conversation_a_model_at_bedrock_answers_where_nobody_else_does_and_that_is_said() {
    let There { stage, answers, bedrock, .. } = &with_vpn(json!({ "fallback": { "model": "mini" } })).await;
    answers.next(Next::Fail(ModelFaultKind::Barred));
    bedrock.will_say(StreamReply::said(ANSWER)).unwrap();
    let card = stage.says(EMPLOYEE, CLOSED).await;
    assert!(
        said(&card).contains("closed on Sundays") && said(&card).contains("another one (mini)"),
        "{card:#?}"
    );
    let steps = stage.get_text("demo-auditor", "/api/v1/export").await;
    assert!(steps.contains("bedrock_converse"), "the log says which model it was");
}

#[tokio::test]
async fn conversation_a_model_at_bedrock_that_fails_again_and_again_is_left_alone_and_people_are_told_kindly()
{
    let There { stage, bedrock, clock, .. } = &with_vpn(json!({ "model": { "model": "mini" } })).await;
    down(bedrock, "POST /model");
    for _ in 0..4 {
        let card = stage.says(EMPLOYEE, CLOSED).await;
        assert!(said(&card).contains("I could not answer that just now"), "{card:#?}");
    }
    assert_eq!(bedrock.calls().len(), 5, "of eight steps only five are asked of it");
    bedrock.order(Faults::default());
    clock.turn(SignedDuration::from_mins(1));
    bedrock.will_say(StreamReply::said(ANSWER)).unwrap();
    let card = stage.says(EMPLOYEE, CLOSED).await;
    assert!(said(&card).contains("closed on Sundays"), "{card:#?}");
}

#[tokio::test]
async fn conversation_a_key_that_bedrock_does_not_take_is_said_to_be_mended_by_who_runs_the_bot() {
    let state = BedrockState { key_id: "ANOTHER".to_owned(), ..BedrockState::default() };
    let There { stage, .. } = &there(Arc::new(Answers::default()), state, agent()).await;
    let card = stage.says(EMPLOYEE, CLOSED).await;
    assert!(said(&card).contains("until somebody who runs this bot has mended it"), "{card:#?}");
}

#[tokio::test]
async fn document_what_a_knowledge_base_at_bedrock_finds_is_cited_and_nothing_that_may_not_be_read() {
    let uses = json!({ "knowledge": { "knowledge_base": "KB00000001" } });
    let There { stage, bedrock, .. } =
        &there(Arc::new(Answers::default()), BedrockState::default(), uses).await;
    let vpn = live(stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    let pay =
        live(stage, "name=pay.txt&title=Pay&groups=approvers", "The VPN of the bonus is paid in March.\n")
            .await;
    for (code, text) in [
        (&vpn, "The VPN is closed on Sundays from 02:00 to 04:00."),
        (&pay, "The VPN of the bonus is paid in March."),
        (&vpn, "The VPN is closed for ever."),
    ] {
        let chunk = StoredChunk { edition: format!("{code}@1"), text: text.to_owned(), score: 0.9 };
        bedrock.will_find(chunk).unwrap();
    }
    let card = stage.says(EMPLOYEE, CLOSED).await;
    assert!(said(&card).contains("closed on Sundays") && said(&card).contains("The VPN"), "{card:#?}");
    assert!(!card.text.contains("March") && !card.text.contains("for ever"), "{card:#?}");
    let turn = last(stage, EMPLOYEE).await;
    assert_eq!(turn["answer"]["citations"].as_array().map(Vec::len), Some(1), "{turn:#}");
}
