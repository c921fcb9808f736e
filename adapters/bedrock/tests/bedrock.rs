//! Bedrock by the vendor's own library, against Bedrock in miniature, which speaks the vendor's event stream.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use countersign_bedrock::{
    Access, AccessSettings, BedrockGuardrail, Converse, ConverseSettings, GuardrailSettings, HostedAgent,
    HostedSettings,
};
use countersign_domain::digest::Digest;
use countersign_domain::ports::{
    ByteRange, Clock, Crossing, Edition, Ended, FindingKind, Guardrail as _, Message, Model, ModelFaultKind,
    Passage, Screened, Step, Stop, Tool, Verdict,
};
use countersign_outbound::{BreakerPolicy, Breakers, MemorySecrets, Patience};
use countersign_sandbox::bedrock::{BedrockOptions, BedrockSandbox, BedrockState, StreamEvent, StreamReply};
use countersign_sandbox::{Fault, Faults};
use proptest::prelude::*;
use serde_json::{Value, json};

struct Never;

#[async_trait]
impl Stop for Never {
    fn is_wanted(&self) -> bool {
        false
    }

    async fn wanted(&self) {
        std::future::pending().await
    }
}

async fn sandbox(state: BedrockState) -> BedrockSandbox {
    countersign_outbound::install_tls();
    BedrockSandbox::start(BedrockOptions::new(state)).await.unwrap()
}

async fn access(sandbox: &BedrockSandbox, patience: Patience) -> Access {
    let settings: AccessSettings = serde_json::from_value(json!({
        "region": "eu-central-1",
        "endpoint": sandbox.base_url(),
        "key": {"id_secret": "id", "key_secret": "key"},
    }))
    .unwrap();
    let secrets = MemorySecrets::from([("id", "AKIDMINI"), ("key", "secret")]);
    Access::new(&AccessSettings { patience, ..settings }, &secrets).await.unwrap()
}

async fn converse(sandbox: &BedrockSandbox) -> Converse {
    let settings: ConverseSettings = serde_json::from_value(json!({"model": "mini", "tools": true})).unwrap();
    Converse::new(access(sandbox, Patience::default()).await, settings)
}

async fn hosted(sandbox: &BedrockSandbox) -> HostedAgent {
    let settings: HostedSettings = serde_json::from_value(
        json!({"agent": "AGENT00001", "alias": "ALIAS00001", "attributes": {"tenant": "acme"}}),
    )
    .unwrap();
    HostedAgent::new(access(sandbox, Patience::default()).await, settings)
}

fn step(messages: Vec<Message>) -> Step {
    let tool = Tool {
        name: "open_ticket".to_owned(),
        description: "x".to_owned(),
        arguments: json!({"type": "object"}),
    };
    Step {
        instruction: "Be kind.".to_owned(),
        messages,
        tools: vec![tool],
        passages: Vec::new(),
        language: None,
        most_tokens: 200,
        session: Digest::of(b"s"),
    }
}

fn asked() -> Vec<Message> {
    vec![Message::Person { text: "how?".to_owned() }]
}

fn delta(index: u32, delta: Value) -> StreamEvent {
    StreamEvent::new("contentBlockDelta", json!({"contentBlockIndex": index, "delta": delta}))
}

fn begin(index: u32, id: &str) -> StreamEvent {
    let start = json!({"toolUse": {"toolUseId": id, "name": "open_ticket"}});
    StreamEvent::new("contentBlockStart", json!({"contentBlockIndex": index, "start": start}))
}

#[tokio::test]
async fn a_model_says_and_calls_and_is_told_what_came_of_it() {
    let sandbox = sandbox(BedrockState::default()).await;
    let model = converse(&sandbox).await;
    sandbox.will_say(StreamReply::said("Ask IT.")).unwrap();
    let done = model.step(&step(asked()), &mut (), &Never).await.unwrap();
    assert_eq!((done.text.as_str(), done.why, done.usage.read), ("Ask IT.", Ended::Said, 7));
    // Two calls at once, their pieces in each other's midst.
    let says = vec![
        delta(0, json!({"text": "One moment."})),
        begin(1, "a"),
        begin(2, "b"),
        delta(1, json!({"toolUse": {"input": "{\"n\""}})),
        delta(2, json!({"toolUse": {"input": "{\"n\":2}"}})),
        delta(1, json!({"toolUse": {"input": ":1}"}})),
    ];
    sandbox.will_say(StreamReply::converse(says, "tool_use")).unwrap();
    let done = model.step(&step(asked()), &mut (), &Never).await.unwrap();
    assert_eq!(
        done.calls.iter().map(|call| call.arguments.clone()).collect::<Vec<_>>(),
        [json!({"n": 1}), json!({"n": 2})]
    );
    let told = |call: &str, failed| Message::Tool { call: call.to_owned(), text: "ok".to_owned(), failed };
    let agent = Message::Agent { text: done.text, calls: done.calls };
    let messages = [asked(), vec![agent, told("a", false), told("b", true)]].concat();
    model.step(&step(messages), &mut (), &Never).await.unwrap();
    let sent = sandbox.calls().pop().unwrap().body.unwrap();
    assert_eq!(sent["messages"].as_array().unwrap().len(), 3, "both results are one turn: {sent}");
    assert_eq!(sent["messages"][2]["content"][1]["toolResult"]["status"], "error");
    assert_eq!(sent["inferenceConfig"]["maxTokens"], 200);
}

#[tokio::test]
async fn an_agent_hands_control_back_and_takes_what_came_of_it() {
    let sandbox = sandbox(BedrockState::default()).await;
    let agent = hosted(&sandbox).await;
    let function = json!({"functionInvocationInput": {"actionGroup": "desk", "function": "open_ticket",
        "parameters": [{"name": "title", "type": "string", "value": "VPN"}, {"name": "urgent", "type": "boolean", "value": "true"}]}});
    let wanted =
        StreamEvent::new("returnControl", json!({"invocationId": "inv-1", "invocationInputs": [function]}));
    sandbox.will_say(StreamReply { events: vec![wanted], ..StreamReply::default() }).unwrap();
    let done = agent.step(&step(asked()), &mut (), &Never).await.unwrap();
    assert_eq!(
        (done.why, &done.calls[0].arguments),
        (Ended::Calls, &json!({"title": "VPN", "urgent": true}))
    );
    let result = Message::Tool { call: done.calls[0].id.clone(), text: "OPS-1".to_owned(), failed: false };
    let messages =
        [asked(), vec![Message::Agent { text: String::new(), calls: done.calls }, result]].concat();
    sandbox.will_say(StreamReply::chunks(&["Done: ", "OPS-1."])).unwrap();
    let done = agent.step(&step(messages), &mut (), &Never).await.unwrap();
    assert_eq!(done.text, "Done: OPS-1.");
    let calls = sandbox.calls();
    let sent = calls[1].body.as_ref().unwrap();
    let state = &sent["sessionState"];
    assert_eq!(
        (&state["invocationId"], &state["sessionAttributes"]["tenant"]),
        (&json!("inv-1"), &json!("acme"))
    );
    assert_eq!(
        state["returnControlInvocationResults"][0]["functionResult"]["responseBody"]["TEXT"]["body"],
        "OPS-1"
    );
    let session = |call: &countersign_sandbox::Call| call.request.clone();
    assert_eq!(session(&calls[0]), session(&calls[1]), "the same session, named by a digest");
}

#[tokio::test]
async fn an_agent_is_told_what_it_may_answer_from_and_tells_what_it_took() {
    let sandbox = sandbox(BedrockState::default()).await;
    let agent = hosted(&sandbox).await;
    let usage = |read: u32, written: u32| json!({"usage": {"inputTokens": read, "outputTokens": written}});
    let trace = |trace: Value| StreamEvent::new("trace", json!({"agentId": "AGENT00001", "trace": trace}));
    let thought = |read, written| {
        let output = json!({"traceId": "t-1", "metadata": usage(read, written)});
        trace(json!({"orchestrationTrace": {"modelInvocationOutput": output}}))
    };
    let stepped_in = trace(json!({"guardrailTrace": {"action": "INTERVENED", "traceId": "t-2"}}));
    let mut reply = StreamReply::chunks(&["Ask IT [1]."]);
    reply.events = [vec![thought(40, 5), thought(60, 7), stepped_in], reply.events].concat();
    sandbox.will_say(reply).unwrap();
    let passage = Passage {
        edition: Edition { document: "K7QM2X".parse().unwrap(), version: std::num::NonZeroU32::MIN },
        at: ByteRange { from: 0, to: 7 },
        sha: Digest::of(b"Ask IT."),
        text: "Ask IT.".to_owned(),
        headings: Vec::new(),
    };
    let step = Step { passages: vec![passage], language: Some("de".to_owned()), ..step(asked()) };
    let done = agent.step(&step, &mut (), &Never).await.unwrap();
    assert_eq!((done.usage.read, done.usage.written, done.usage.said), (100, 12, true));
    assert_eq!((done.response.as_deref(), done.notes.len()), (Some("t-1"), 1));
    let sent = sandbox.calls().pop().unwrap().body.unwrap();
    let said = sent["inputText"].as_str().unwrap();
    assert!(said.contains("[1] \nAsk IT.") && said.ends_with("how?"), "{said}");
    assert_eq!(
        (&sent["enableTrace"], &sent["sessionState"]["promptSessionAttributes"]["language"]),
        (&json!(true), &json!("de"))
    );
}

#[tokio::test]
async fn what_an_agent_calls_a_text_is_one_also_where_it_reads_as_a_number() {
    let sandbox = sandbox(BedrockState::default()).await;
    let agent = hosted(&sandbox).await;
    let one = |name: &str, kind: &str, value: &str| json!({"name": name, "type": kind, "value": value});
    let body = json!({"application/json": {"properties": [
        one("reason", "string", "2026"), one("number", "integer", "7"), one("again", "boolean", "true"),
    ]}});
    let input = json!({"apiInvocationInput": {"actionGroup": "requests", "apiPath": "/access", "httpMethod": "POST",
        "requestBody": {"content": body}}});
    let wanted =
        StreamEvent::new("returnControl", json!({"invocationId": "inv-1", "invocationInputs": [input]}));
    sandbox.will_say(StreamReply { events: vec![wanted], ..StreamReply::default() }).unwrap();
    let done = agent.step(&step(asked()), &mut (), &Never).await.unwrap();
    assert_eq!(
        (&*done.calls[0].tool, &done.calls[0].arguments),
        ("access", &json!({"reason": "2026", "number": 7, "again": true}))
    );
}

struct Hand(std::sync::Mutex<jiff::Timestamp>);

#[async_trait]
impl Clock for Hand {
    fn now(&self) -> jiff::Timestamp {
        *self.0.lock().unwrap()
    }

    async fn sleep_until(&self, _: jiff::Timestamp) {
        std::future::pending::<()>().await;
    }
}

#[tokio::test]
async fn a_model_that_fails_again_and_again_is_left_alone_and_asked_again_later() {
    let sandbox = sandbox(BedrockState::default()).await;
    let clock = Arc::new(Hand(std::sync::Mutex::new(jiff::Timestamp::UNIX_EPOCH)));
    let policy = BreakerPolicy { failures: 2, cool_down: Duration::from_secs(30) };
    let access = access(&sandbox, Patience::default()).await;
    let access = access.watched(Arc::new(Breakers::new(policy)), Arc::clone(&clock) as Arc<dyn Clock>);
    let settings: ConverseSettings = serde_json::from_value(json!({"model": "mini"})).unwrap();
    let model = Converse::new(access, settings);
    let fault = Fault { times: 2, status: Some(503), ..Fault::default() };
    sandbox.order(Faults { next: vec![fault], ..Faults::default() });
    for _ in 0..2 {
        model.step(&step(asked()), &mut (), &Never).await.unwrap_err();
    }
    let asked_so_far = sandbox.calls().len();
    let error = model.step(&step(asked()), &mut (), &Never).await.unwrap_err();
    assert_eq!(error.kind, ModelFaultKind::Overloaded { after: Some(Duration::from_secs(30)) });
    assert!(error.detail.contains("left alone for 30 s"), "{error}");
    assert_eq!(sandbox.calls().len(), asked_so_far, "nobody asks it meanwhile");
    *clock.0.lock().unwrap() = jiff::Timestamp::from_second(31).unwrap();
    model.step(&step(asked()), &mut (), &Never).await.unwrap();
    model.step(&step(asked()), &mut (), &Never).await.unwrap();
}

#[tokio::test]
async fn errors_before_and_within_an_answer_say_what_may_be_concluded() {
    let sandbox = sandbox(BedrockState::default()).await;
    let model = converse(&sandbox).await;
    for (name, wanted) in [
        ("throttlingException", ModelFaultKind::Overloaded { after: None }),
        ("validationException", ModelFaultKind::Refused),
        ("modelStreamErrorException", ModelFaultKind::Cut),
        ("internalServerException", ModelFaultKind::Overloaded { after: None }),
    ] {
        let events =
            vec![StreamEvent::new("messageStart", json!({"role": "assistant"})), StreamEvent::error(name)];
        sandbox.will_say(StreamReply { events, ..StreamReply::default() }).unwrap();
        let error = model.step(&step(asked()), &mut (), &Never).await.unwrap_err();
        assert_eq!(error.kind, wanted, "{name}: {error}");
    }
    for (status, wanted) in
        [(403, ModelFaultKind::Overloaded { after: None }), (503, ModelFaultKind::Overloaded { after: None })]
    {
        let fault = Fault { times: 1, status: Some(status), ..Fault::default() };
        sandbox.order(Faults { next: vec![fault], ..Faults::default() });
        assert_eq!(model.step(&step(asked()), &mut (), &Never).await.unwrap_err().kind, wanted);
    }
    for (why, wanted) in [("max_tokens", Ended::Length), ("guardrail_intervened", Ended::Screened)] {
        sandbox.will_say(StreamReply::converse(vec![delta(0, json!({"text": "a"}))], why)).unwrap();
        assert_eq!(model.step(&step(asked()), &mut (), &Never).await.unwrap().why, wanted);
    }
    let other = BedrockState { key_id: "ANOTHER".to_owned(), ..BedrockState::default() };
    let shut = self::sandbox(other).await;
    let error = converse(&shut).await.step(&step(asked()), &mut (), &Never).await.unwrap_err();
    assert_eq!(error.kind, ModelFaultKind::Barred, "{error}");
}

#[tokio::test]
async fn silence_is_waited_for_as_long_as_was_said() {
    let sandbox = sandbox(BedrockState::default()).await;
    let (short, long) = (Duration::from_millis(150), Duration::from_secs(60));
    let settings: ConverseSettings = serde_json::from_value(json!({"model": "mini"})).unwrap();
    let said =
        StreamReply { events: vec![delta(0, json!({"text": "a"}))], silent: true, ..StreamReply::default() };
    let nothing = StreamReply { events: Vec::new(), ..said.clone() };
    for (reply, patience, wanted) in [
        (nothing, Patience { first: short, between: long, whole: long }, ModelFaultKind::SilentAtFirst),
        (said, Patience { first: long, between: short, whole: long }, ModelFaultKind::SilentBetween),
    ] {
        sandbox.will_say(reply).unwrap();
        let model = Converse::new(access(&sandbox, patience).await, settings.clone());
        assert_eq!(model.step(&step(asked()), &mut (), &Never).await.unwrap_err().kind, wanted);
    }
}

#[tokio::test]
async fn a_guardrail_there_masks_and_refuses() {
    let usage = json!({"topicPolicyUnits": 1, "contentPolicyUnits": 1, "wordPolicyUnits": 1,
        "sensitiveInformationPolicyUnits": 1, "sensitiveInformationPolicyFreeUnits": 0, "contextualGroundingPolicyUnits": 0});
    let entity =
        json!({"match": "ada@example.com", "type": "EMAIL", "action": "ANONYMIZED", "detected": true});
    let masked = json!({"action": "GUARDRAIL_INTERVENED", "usage": usage, "outputs": [{"text": "write to {EMAIL}"}],
        "assessments": [{"sensitiveInformationPolicy": {"piiEntities": [entity], "regexes": []}}]});
    let topic = json!({"name": "salaries", "type": "DENY", "action": "BLOCKED", "detected": true});
    let refused = json!({"action": "GUARDRAIL_INTERVENED", "usage": usage, "outputs": [{"text": "No."}],
        "assessments": [{"topicPolicy": {"topics": [topic]}}]});
    let guardrail = [("ada@".to_owned(), masked), ("salary".to_owned(), refused)].into();
    let sandbox = sandbox(BedrockState { guardrail, ..BedrockState::default() }).await;
    let guardrail = BedrockGuardrail::new(access(&sandbox, Patience::default()).await, guardrail_settings());
    let screen = |text| Screened { at: Crossing::Answered, text, sources: &["a source"] };
    assert_eq!(guardrail.screen(screen("hello")).await.unwrap(), Verdict::Passed);
    let Verdict::Masked { text, what } = guardrail.screen(screen("write to ada@example.com")).await.unwrap()
    else {
        panic!("it crossed")
    };
    assert_eq!((text.as_str(), &what[0].kind), ("write to {EMAIL}", &FindingKind::Email));
    assert_eq!(what[0].at.and_then(|at| at.of("write to ada@example.com")), Some("ada@example.com"));
    let Verdict::Refused { what } = guardrail.screen(screen("her salary")).await.unwrap() else {
        panic!("it crossed")
    };
    assert_eq!(what[0].kind, FindingKind::DeniedTopic("salaries".to_owned()));
    assert_eq!(guardrail.policy().version, "gr-1:3");
    let sent = sandbox.calls().pop().unwrap().body.unwrap();
    assert_eq!(sent["content"][0]["text"]["qualifiers"][0], "grounding_source");
}

fn guardrail_settings() -> GuardrailSettings {
    GuardrailSettings { id: "gr-1".to_owned(), version: "3".to_owned() }
}

fn shared() -> &'static (tokio::runtime::Runtime, BedrockSandbox, Arc<Converse>) {
    static SHARED: std::sync::LazyLock<(tokio::runtime::Runtime, BedrockSandbox, Arc<Converse>)> =
        std::sync::LazyLock::new(|| {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            let (sandbox, model) = runtime.block_on(async {
                let sandbox = sandbox(BedrockState::default()).await;
                let model = Arc::new(converse(&sandbox).await);
                (sandbox, model)
            });
            (runtime, sandbox, model)
        });
    &SHARED
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Wherever the connection is lost: no answer is taken for whole that is not.
    #[test]
    fn a_connection_lost_at_any_byte_is_told(at in 0_usize..900) {
        let (runtime, sandbox, model) = shared();
        let says = vec![delta(0, json!({"text": "Näh"})), delta(0, json!({"text": "er."}))];
        let reply = StreamReply { cut_after: Some(at), ..StreamReply::converse(says, "end_turn") };
        let done = runtime.block_on(async {
            sandbox.will_say(reply).unwrap();
            model.step(&step(asked()), &mut (), &Never).await
        });
        match done {
            Ok(done) => prop_assert_eq!(done.text, "Näher."),
            Err(error) => prop_assert!(matches!(error.kind, ModelFaultKind::Cut | ModelFaultKind::Overloaded { .. }), "{}", error),
        }
    }
}
