//! Answers as they are given: seen sentence by sentence, from wherever a connection was lost, by who may read them and by nobody else.

use countersign_tests::answers::Next;
use reqwest::header::COOKIE;
use reqwest::{RequestBuilder, Response};
use serde_json::json;

use super::*;

/// A stream of answers, as a browser reads it.
struct Watched {
    response: Response,
    unread: Vec<u8>,
}

/// One event of it.
#[derive(Debug)]
struct Event {
    kind: String,
    id: String,
    data: Value,
}

impl Watched {
    /// The next event; nothing where the stream is over.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(end) = self.unread.windows(2).position(|pair| pair == b"\n\n") {
                let event: Vec<u8> = self.unread.drain(..end + 2).collect();
                let event = String::from_utf8(event).expect("text");
                let field =
                    |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
                // What only keeps the connection is no event.
                let Some(kind) = field("event:") else { continue };
                let data = serde_json::from_str(field("data:").unwrap_or("null")).expect("JSON");
                let id = field("id:").unwrap_or_default().to_owned();
                return Some(Event { kind: kind.to_owned(), id, data });
            }
            // Real time: what never comes is a fault to be told, not waited for.
            let chunk = tokio::time::timeout(std::time::Duration::from_secs(20), self.response.chunk()).await;
            let bytes = chunk.expect("something comes, or it ends").expect("the bot answers")?;
            self.unread.extend_from_slice(&bytes);
        }
    }

    /// The next event, which there is.
    async fn event(&mut self) -> Event {
        self.next().await.expect("it goes on")
    }
}

fn asked_for(stage: &Stage, conversation: &str, last: Option<&str>) -> RequestBuilder {
    let request = stage.client().get(stage.url(&format!("/api/v1/conversations/{conversation}/events")));
    match last {
        Some(last) => request.header("last-event-id", last),
        None => request,
    }
}

/// Somebody watches a conversation, from where they have seen it.
async fn watch(stage: &Stage, token: &str, conversation: &str, last: Option<&str>) -> Watched {
    let request = asked_for(stage, conversation, last).bearer_auth(token);
    let response = request.send().await.expect("the bot answers");
    assert_eq!(response.status(), 200);
    Watched { response, unread: Vec::new() }
}

/// The conversation of somebody in the console.
async fn conversation(stage: &Stage, token: &str) -> String {
    let asked = stage.get(token, "/api/v1/conversations").await;
    asked["items"][0]["conversation"].as_str().unwrap_or_else(|| panic!("nothing in {asked:#}")).to_owned()
}

#[tokio::test]
async fn conversation_an_answer_is_seen_as_it_is_given_and_goes_on_where_it_was_cut() {
    let (stage, answers) = stage().await;
    live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    answers.next(Next::Speak(&[
        "Tokens are valid",
        " for 30 days [1]. The VPN",
        " is closed on Sundays ![](https://evil/?q) [1]. So",
    ]));
    stage.says_without_waiting(EMPLOYEE, "How long are tokens valid?").await;
    let own = conversation(&stage, EMPLOYEE).await;
    let mut watched = watch(&stage, EMPLOYEE, &own, None).await;
    answers.go_on.notify_one();
    let first = watched.event().await;
    assert_eq!(
        (&*first.kind, &first.data["text"]),
        ("snapshot", &json!("Tokens are valid for 30 days . ")),
        "half a sentence was not seen: {first:?}"
    );
    drop(watched);
    answers.go_on.notify_one();
    let mut watched = watch(&stage, EMPLOYEE, &own, Some(&first.id)).await;
    let second = watched.event().await;
    assert_eq!((&*second.kind, &second.data["turn"]), ("piece", &first.data["turn"]), "{second:?}");
    let text = second.data["text"].as_str().unwrap();
    assert!(text.starts_with("The VPN is closed on Sundays") && !text.contains("evil"), "{second:?}");
    answers.go_on.notify_one();
    let last = watched.event().await;
    assert_eq!((&*last.kind, &last.data["stage"]), ("turn", &json!("answered")), "{last:?}");
    let whole = last.data["answer"]["text"].as_str().unwrap();
    assert!(whole.starts_with("Tokens are valid for 30 days") && whole.ends_with("So"), "{whole}");
    assert_eq!(last.data["answer"]["citations"].as_array().map(Vec::len), Some(1), "{last:?}");
    assert!(last.data["html"].as_str().unwrap().contains("<article"), "{last:?}");
    stage.settle().await;
    // Whoever comes late has all of it at once; whoever had it hears of what is asked next.
    let mut late = watch(&stage, EMPLOYEE, &own, None).await;
    assert_eq!(late.event().await.id, last.id);
    let mut again = watch(&stage, EMPLOYEE, &own, Some(&last.id)).await;
    stage.says(EMPLOYEE, "When is the VPN closed?").await;
    let next = again.event().await;
    assert_eq!(
        (&*next.kind, &next.data["question"]),
        ("turn", &json!("When is the VPN closed?")),
        "{next:?}"
    );
}

#[tokio::test]
async fn conversation_what_is_stopped_or_fails_ends_for_who_watches_and_what_was_seen_of_it_is_kept() {
    let (stage, answers) = stage().await;
    live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    answers.next(Next::Speak(&["Tokens are valid for 30 days. The VPN", " is"]));
    stage.says_without_waiting(EMPLOYEE, "How long are tokens valid?").await;
    let own = conversation(&stage, EMPLOYEE).await;
    let mut watched = watch(&stage, EMPLOYEE, &own, None).await;
    assert_eq!(watched.event().await.kind, "snapshot");
    let stopped = stage.says_without_waiting(EMPLOYEE, "stop").await;
    assert!(said(&stopped).contains("“Tokens are valid for 30 days.”"), "{stopped:#?}");
    heard(&answers).await;
    let last = watched.event().await;
    assert_eq!((&*last.kind, &last.data["stage"]), ("turn", &json!("stopped")), "{last:?}");
    stage.settle().await;
    answers.next(Next::Fail(countersign_domain::ports::ModelFaultKind::Barred));
    stage.says(EMPLOYEE, "When is the VPN closed?").await;
    assert_eq!(watched.event().await.data["stage"], "failed");
}

#[tokio::test]
async fn conversation_who_may_not_read_an_answer_sees_nothing_of_it_and_who_signs_out_nothing_more() {
    let (stage, _) = stage().await;
    stage.says(EMPLOYEE, "What is for lunch today?").await;
    let own = conversation(&stage, EMPLOYEE).await;
    let own = own.as_str();
    for (token, id, last, status) in [
        (APPROVER, own, None, 404),
        (ADMIN, own, None, 404),
        (EMPLOYEE, "0f8fad5b-d9cb-469f-a165-70867728950e", None, 404),
        (EMPLOYEE, "nothing", None, 404),
        (EMPLOYEE, own, Some("yesterday"), 400),
        ("nobody", own, None, 401),
    ] {
        let answer = asked_for(&stage, id, last).bearer_auth(token).send().await.expect("the bot answers");
        assert_eq!(answer.status(), status, "{token} {id} {last:?}");
    }
    let session = stage.signs_in(EMPLOYEE).await;
    let request = asked_for(&stage, own, None).header(COOKIE, session.cookie());
    let response = request.send().await.expect("the bot answers");
    let mut watched = Watched { response, unread: Vec::new() };
    assert_eq!(watched.event().await.kind, "turn");
    session.sends("/sign-out", &[]).await;
    assert!(watched.next().await.is_none(), "it ends with the session, and not with the next answer");
}
