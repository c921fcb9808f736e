//! Models one behind the other: who is asked where somebody does not answer, and what is said of it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::Arc;

use crate::support::{Heard, Never, Once, openai_with, settings, step};
use countersign_domain::ports::{Ended, Model, ModelFaultKind, Stop as _};
use countersign_models::{Fallbacks, OpenAi, OpenAiSettings};
use countersign_outbound::Patience;
use countersign_sandbox::models::{ModelsOptions, ModelsSandbox, ModelsState, Reply, Said, Trouble};
use countersign_sandbox::{Fault, Faults};
use serde_json::json;

/// The model of this name, at this server.
fn model(sandbox: &ModelsSandbox, name: &str, tools: bool) -> OpenAi {
    let settings = OpenAiSettings { model: name.to_owned(), tools, ..settings() };
    openai_with(&sandbox.base_url(), settings, Patience::default())
}

/// A server with the model of this name.
async fn server(name: &str) -> ModelsSandbox {
    let seed = ModelsState { model: name.to_owned(), ..ModelsState::default() };
    ModelsSandbox::start(ModelsOptions::new(seed)).await.unwrap()
}

/// Two servers, and a model at the second behind one at the first.
async fn two() -> (ModelsSandbox, ModelsSandbox, Fallbacks) {
    let (first, second) = (server("large").await, server("small").await);
    let behind = model(&second, "small", false);
    let all = Fallbacks::new(Arc::new(model(&first, "large", true)), vec![Arc::new(behind)]);
    (first, second, all)
}

fn down(sandbox: &ModelsSandbox, status: u16) {
    let fault = Fault { times: u32::MAX, status: Some(status), ..Fault::default() };
    sandbox.order(Faults { next: vec![fault], ..Faults::default() });
}

#[tokio::test]
async fn nobody_else_is_asked_while_the_first_answers() {
    let (first, second, all) = two().await;
    first.will_say(Reply::text(&["Ask IT."])).unwrap();
    let done = all.step(&step("how?"), &mut (), &Never).await.unwrap();
    assert_eq!((done.text.as_str(), done.by, done.notes), ("Ask IT.", None, vec![]));
    assert!(second.calls().is_empty());
    assert_eq!((all.name().model.as_str(), all.calls_tools()), ("large", true));
}

#[tokio::test]
async fn whoever_stands_behind_answers_where_the_first_does_not_and_the_answer_says_so() {
    let (first, second, all) = two().await;
    for status in [401, 404, 500, 503] {
        down(&first, status);
        second.will_say(Reply::text(&["Ask ", "IT."])).unwrap();
        let mut heard = Heard::default();
        let done = all.step(&step("how?"), &mut heard, &Never).await.unwrap();
        assert_eq!((done.text.as_str(), heard.texts()), ("Ask IT.", vec!["Ask ", "IT."]), "{status}");
        assert_eq!(done.by.map(|name| name.model).as_deref(), Some("small"), "{status}");
        assert!(done.notes.len() == 1 && done.notes[0].contains("another one (small)"), "{:?}", done.notes);
        let asked = second.calls().pop().unwrap().body.unwrap();
        assert!(asked.get("tools").is_none(), "what cannot call tools is given none: {asked}");
    }
}

#[tokio::test]
async fn what_was_begun_to_be_heard_is_not_begun_anew_in_another_voice_before_it_is_asked_again() {
    let (first, second, all) = two().await;
    let broken = Said::Event(json!({"error": {"message": "no", "code": "server_error"}}));
    let says = vec![Said::Text("Ask the ".to_owned()), broken];
    first.will_say(Reply { says, ..Reply::default() }).unwrap();
    let mut heard = Heard::default();
    let fault = all.step(&step("how?"), &mut heard, &Never).await.unwrap_err();
    assert!(fault.kind.is_passing() && second.calls().is_empty(), "{fault}");
    second.will_say(Reply::text(&["Ask IT."])).unwrap();
    let done = all.step(&step("how?"), &mut (), &Never).await.unwrap();
    assert_eq!((done.text.as_str(), done.notes.len()), ("Ask IT.", 1));
    assert_eq!(first.calls().len(), 1, "it is not asked again at once");
    first.will_say(Reply::text(&["Back."])).unwrap();
    let done = all.step(&step("how?"), &mut (), &Never).await.unwrap();
    assert_eq!((done.text.as_str(), done.notes.len()), ("Back.", 0), "but the next time");
}

#[tokio::test]
async fn where_nobody_answers_what_may_pass_is_told() {
    let (first, second, all) = two().await;
    for (statuses, wanted) in [
        ((401, 503), ModelFaultKind::Overloaded { after: None }),
        ((503, 401), ModelFaultKind::Overloaded { after: None }),
        ((401, 404), ModelFaultKind::Barred),
    ] {
        down(&first, statuses.0);
        down(&second, statuses.1);
        let fault = all.step(&step("how?"), &mut (), &Never).await.unwrap_err();
        assert_eq!(fault.kind, wanted, "{statuses:?}: {fault}");
    }
}

#[tokio::test]
async fn whoever_wants_no_more_is_heard_by_whoever_answers() {
    let (first, second, all) = two().await;
    down(&first, 503);
    second.will_say(Reply::text(&["a", "b"]).with(Trouble::SilentAfter(350))).unwrap();
    let stop = Once::default();
    let mut heard = Heard::until(&stop, 1);
    let done = all.step(&step("how?"), &mut heard, &stop).await.unwrap();
    assert_eq!(done.why, Ended::Stopped);
    assert!(stop.is_wanted());
}
