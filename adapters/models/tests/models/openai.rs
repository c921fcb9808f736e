//! A server that speaks as OpenAI's does, in everything that it can do wrong.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::Duration;

use crate::support::{Heard, Never, Once, openai, openai_with, sandbox, settings, step};
use countersign_domain::ports::{Ended, Message, Model as _, ModelFaultKind, Piece, ToolCall};
use countersign_models::OpenAi;
use countersign_outbound::Patience;
use countersign_sandbox::models::{Line, ModelsSandbox, Reply, Said, Trouble};
use countersign_sandbox::{Fault, Faults};
use proptest::prelude::*;
use serde_json::json;

#[tokio::test]
async fn an_answer_comes_in_pieces_and_whole() {
    let sandbox = sandbox().await;
    sandbox.will_say(Reply::text(&["Ask ", "IT. ", "[1]"])).unwrap();
    let mut heard = Heard::default();
    let done = openai(&sandbox).step(&step("how?"), &mut heard, &Never).await.unwrap();
    assert_eq!((done.text.as_str(), done.why), ("Ask IT. [1]", Ended::Said));
    assert_eq!(heard.texts(), ["Ask ", "IT. ", "[1]"]);
    assert_eq!((done.usage.read, done.usage.written, done.usage.said), (7, 3, true));
    assert_eq!(done.response.as_deref(), Some("chatcmpl-mini"));
    let asked = sandbox.calls().remove(0).body.unwrap();
    assert_eq!(asked["messages"][1], json!({"role": "user", "content": "how?"}));
    let system = asked["messages"][0]["content"].as_str().unwrap();
    assert!(system.starts_with("Be kind.") && system.contains("[1] VPN\nAsk IT."), "{system}");
    assert_eq!(asked["tools"][0]["function"]["name"], "open_ticket");
}

#[tokio::test]
async fn calls_come_in_pieces_and_are_wanted_whole() {
    let sandbox = sandbox().await;
    let piece = |index, id: Option<&str>, name: Option<&str>, arguments: &str| Said::Call {
        index,
        id: id.map(str::to_owned),
        name: name.map(str::to_owned),
        arguments: arguments.to_owned(),
    };
    let says = vec![
        Said::Text("One moment.".to_owned()),
        piece(0, Some("a"), Some("open_ticket"), "{\"ti"),
        piece(1, Some("a"), Some("open_ticket"), ""),
        piece(0, None, None, "tle\":\"é\"}"),
    ];
    sandbox.will_say(Reply { says, ..Reply::default() }).unwrap();
    let mut heard = Heard::default();
    let done = openai(&sandbox).step(&step("how?"), &mut heard, &Never).await.unwrap();
    assert_eq!(done.why, Ended::Calls);
    let call =
        |id: &str, arguments| ToolCall { id: id.to_owned(), tool: "open_ticket".to_owned(), arguments };
    assert_eq!(
        done.calls,
        [call("a", json!({"title": "é"})), call("a'", json!({}))],
        "each has an id of its own"
    );
    assert_eq!(heard.0.iter().filter(|piece| matches!(piece, Piece::Call(_))).count(), 2);

    for (arguments, name) in [("{\"half\": ", Some("x")), ("{}", None)] {
        sandbox
            .will_say(Reply { says: vec![piece(0, Some("a"), name, arguments)], ..Reply::default() })
            .unwrap();
        assert_eq!(fault(&sandbox).await, ModelFaultKind::Malformed);
    }
    let many = (0..65).map(|index| piece(index, None, Some("x"), "{}")).collect();
    sandbox.will_say(Reply { says: many, ..Reply::default() }).unwrap();
    assert_eq!(fault(&sandbox).await, ModelFaultKind::Malformed);
}

#[tokio::test]
async fn what_was_called_is_told_again() {
    let sandbox = sandbox().await;
    let call =
        ToolCall { id: "a".to_owned(), tool: "open_ticket".to_owned(), arguments: json!({"title": "x"}) };
    let mut step = step("how?");
    step.messages.push(Message::Agent { text: String::new(), calls: vec![call] });
    step.messages.push(Message::Tool {
        call: "a".to_owned(),
        text: "no such project".to_owned(),
        failed: true,
    });
    openai(&sandbox).step(&step, &mut (), &Never).await.unwrap();
    let messages = sandbox.calls().remove(0).body.unwrap()["messages"].clone();
    assert_eq!(messages[2]["tool_calls"][0]["function"]["arguments"], "{\"title\":\"x\"}");
    assert_eq!(
        messages[3],
        json!({"role": "tool", "tool_call_id": "a", "content": "It failed: no such project"})
    );
}

async fn fault(sandbox: &ModelsSandbox) -> ModelFaultKind {
    openai(sandbox).step(&step("how?"), &mut (), &Never).await.unwrap_err().kind
}

#[tokio::test]
async fn what_goes_wrong_is_told_by_what_may_be_concluded() {
    let sandbox = sandbox().await;
    let says = |says: Vec<Said>| Reply { says, ..Reply::default() };
    let error = |code: &str| Said::Event(json!({"error": {"message": "how?", "code": code}}));
    for (reply, wanted) in [
        (Reply::default(), ModelFaultKind::Malformed),
        (Reply::text(&["a"]).with(Trouble::Page), ModelFaultKind::Barred),
        (
            says(vec![Said::Text("a".to_owned()), error("server_error")]),
            ModelFaultKind::Overloaded { after: None },
        ),
        (says(vec![error("context_length_exceeded")]), ModelFaultKind::Refused),
        (says(vec![Said::Raw("data: {\"half\": \n\n".to_owned())]), ModelFaultKind::Malformed),
        (Reply { curt: true, ..Reply::text(&["a"]) }, ModelFaultKind::Cut),
    ] {
        sandbox.will_say(reply.clone()).unwrap();
        let error = openai(&sandbox).step(&step("how?"), &mut (), &Never).await.unwrap_err();
        assert_eq!(error.kind, wanted, "{reply:?}: {error}");
        assert!(!error.to_string().contains("how?"), "{error}");
    }
    for (status, wanted) in [
        (401, ModelFaultKind::Barred),
        (403, ModelFaultKind::Barred),
        (400, ModelFaultKind::Refused),
        (404, ModelFaultKind::Refused),
        (429, ModelFaultKind::Overloaded { after: Some(Duration::from_secs(3)) }),
        (500, ModelFaultKind::Overloaded { after: None }),
    ] {
        let fault_of_status = Fault {
            times: 1,
            status: Some(status),
            retry_after: (status == 429).then_some(3),
            body: Some(r#"{"error":{"message":"you said how? with sk-mini"}}"#.to_owned()),
            ..Fault::default()
        };
        sandbox.order(Faults { next: vec![fault_of_status], ..Faults::default() });
        let error = openai(&sandbox).step(&step("how?"), &mut (), &Never).await.unwrap_err();
        assert_eq!(error.kind, wanted, "{status}: {error}");
        assert!(!error.to_string().contains("how?") && !error.to_string().contains("sk-mini"), "{error}");
    }
    let address = sandbox.base_url();
    sandbox.stop().await;
    let gone = openai_with(&address, settings(), Patience::default());
    let error = gone.step(&step("how?"), &mut (), &Never).await.unwrap_err();
    assert_eq!(error.kind, ModelFaultKind::Overloaded { after: None }, "{error}");
}

#[tokio::test]
async fn a_server_that_says_nothing_is_waited_for_as_long_as_was_said() {
    let sandbox = sandbox().await;
    // Longer than a busy machine takes for what was said to arrive.
    let short = Duration::from_secs(1);
    let long = Duration::from_mins(1);
    let told = |patience| openai_with(&sandbox.base_url(), settings(), patience);
    let at_first = Patience { first: short, between: long, whole: long };
    for silent_after in [0, 20] {
        sandbox.will_say(Reply::text(&["a", "b"]).with(Trouble::SilentAfter(silent_after))).unwrap();
        let error = told(at_first).step(&step("how?"), &mut (), &Never).await.unwrap_err();
        assert_eq!(error.kind, ModelFaultKind::SilentAtFirst, "{error}");
    }
    let between = Patience { first: long, between: short, whole: long };
    sandbox.will_say(Reply::text(&["a", "b"]).with(Trouble::SilentAfter(350))).unwrap();
    let mut heard = Heard::default();
    let error = told(between).step(&step("how?"), &mut heard, &Never).await.unwrap_err();
    assert_eq!((error.kind, heard.texts()), (ModelFaultKind::SilentBetween, vec!["a"]));
    sandbox.nobody_listens().await;
}

#[tokio::test]
async fn whoever_wants_no_more_hears_no_more_and_the_server_knows() {
    let sandbox = sandbox().await;
    sandbox.will_say(Reply::text(&["a", "b"]).with(Trouble::SilentAfter(350))).unwrap();
    let stop = Once::default();
    let mut heard = Heard::until(&stop, 1);
    let done = openai(&sandbox).step(&step("how?"), &mut heard, &stop).await.unwrap();
    assert_eq!((done.text.as_str(), done.why), ("a", Ended::Stopped));
    sandbox.nobody_listens().await;
    let done = openai(&sandbox).step(&step("how?"), &mut (), &stop).await.unwrap();
    assert_eq!((done.text.as_str(), done.why), ("", Ended::Stopped), "before it begins, too");
    assert_eq!(sandbox.calls().len(), 1);
}

#[tokio::test]
async fn a_model_that_never_ends_is_ended() {
    let sandbox = sandbox().await;
    sandbox.will_say(Reply::text(&["again and again "]).with(Trouble::Endless)).unwrap();
    let done = openai(&sandbox).step(&step("how?"), &mut (), &Never).await.unwrap();
    assert_eq!(done.why, Ended::Length);
    assert!(done.text.len() <= 16 * 200, "{}", done.text.len());
    sandbox.nobody_listens().await;
}

#[tokio::test]
async fn servers_that_leave_things_out_are_understood() {
    let sandbox = sandbox().await;
    let event = |event| Said::Event(event);
    let done = |reply| {
        sandbox.will_say(reply).unwrap();
        let model = openai(&sandbox);
        async move { model.step(&step("how?"), &mut (), &Never).await.unwrap() }
    };
    let curt = |says| Reply { says, curt: true, line: Line::CrLf, ..Reply::default() };
    let no_goodbye =
        curt(vec![event(json!({"choices": [{"delta": {"content": "a"}, "finish_reason": "stop"}]}))]);
    assert_eq!(done(no_goodbye).await.text, "a");
    let odd = curt(vec![
        event(json!({})),
        event(json!({"choices": [], "usage": {}})),
        event(json!({"choices": [{"delta": null}], "error": null})),
        event(json!({"choices": [{"delta": {"content": [{"type": "text", "text": "a"}]}}]})),
        Said::Raw(": ping\r\n\r\nevent: x\r\n\r\n".to_owned()),
        event(json!({"choices": [{"text": "b", "finish_reason": "eos"}]})),
        Said::Raw("data: [DONE]".to_owned()),
    ]);
    let done = done(odd).await;
    assert_eq!((done.text.as_str(), done.usage.said), ("ab", false));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Wherever the connection is lost or ends: no answer is taken for whole that is not, and no piece comes that is not of it.
    #[test]
    fn a_connection_lost_at_any_byte_is_told(at in 0_usize..1_300, ends in any::<bool>()) {
        static SHARED: crate::support::Shared = crate::support::shared();
        let (runtime, sandbox) = &*SHARED;
        let pieces = ["Näh", "er ", "ist ", "es ", "nicht."];
        let trouble = if ends { Trouble::EndsAfter(at) } else { Trouble::CutAfter(at) };
        let mut heard = Heard::default();
        let done = runtime.block_on(async {
            sandbox.will_say(Reply::text(&pieces).with(trouble)).unwrap();
            openai(sandbox).step(&step("how?"), &mut heard, &Never).await
        });
        let whole = pieces.concat();
        prop_assert!(whole.starts_with(&heard.texts().concat()));
        match done {
            Ok(done) => prop_assert_eq!(done.text, whole),
            Err(error) => prop_assert!(matches!(error.kind, ModelFaultKind::Cut), "{}", error),
        }
    }
}

#[test]
fn a_model_is_named_by_what_it_is_and_how_it_is_set() {
    let name = |settings| openai_with("http://127.0.0.1:9/v1", settings, Patience::default()).name();
    let one = name(settings());
    assert_eq!((one.backend.as_str(), one.model.as_str()), ("openai", "mini"));
    let mut other = settings();
    other.temperature = Some(0.5);
    assert!(name(other).settings != one.settings && name(settings()) == one);
    let _: fn(countersign_outbound::Vendor, _) -> OpenAi = OpenAi::new;
}
