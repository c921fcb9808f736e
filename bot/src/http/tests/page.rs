//! The page: whole without scripts, harmless whatever people write, kept up by server-sent events.

use axum::body::Body;
use axum::http::Method;
use futures::StreamExt as _;

use super::door::{OURS, cookie, sign_in};
use super::stage::Stage;
use crate::http::SignInChoice;

const ADA: (&str, &str) = ("authorization", "Bearer ada");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[tokio::test]
async fn the_door_asks_for_a_token_or_lets_the_demo_choose() {
    let stage = Stage::new().await;
    let door = stage.ask(Method::GET, "/", &[], Body::empty()).await.body;
    assert!(door.contains(r#"type="password""#) && !door.contains("Come in as"), "{door}");
    let choice = SignInChoice { label: "Erin <Employee>".to_owned(), token: "erin".to_owned() };
    let stage = Stage::with_choices(vec![choice]).await;
    let door = stage.ask(Method::GET, "/", &[], Body::empty()).await.body;
    assert!(door.contains("Come in as") && !door.contains("<Employee>"), "{door}");
}

#[tokio::test]
async fn an_approver_sees_what_waits_with_a_button_that_says_a_sentence() {
    let stage = Stage::new().await;
    let code = stage.waiting_request().await.to_string();
    let page = stage.ask(Method::GET, "/", &[ADA], Body::empty()).await.body;
    assert!(page.contains(&format!(r#"data-code="{code}""#)), "{page}");
    assert!(page.contains(r#"action="/say""#) && page.contains("Waiting"), "{page}");
    assert!(!page.contains("<b>rollout</b>"), "what somebody typed became an element");
    assert!(
        !page.contains("onclick") && !page.contains("<style"),
        "inline code would be refused by the browser"
    );
}

#[tokio::test]
async fn the_page_works_without_scripts() {
    let stage = Stage::new().await;
    let answer = stage.ask(Method::POST, "/say", &[ADA, FORM], Body::from("text=my+access")).await;
    assert_eq!(answer.status, 200);
    assert!(
        answer.body.starts_with("<!doctype html>") && answer.body.contains("my access"),
        "{}",
        answer.body
    );
    let empty = stage.ask(Method::GET, "/", &[("authorization", "Bearer mallory")], Body::empty()).await.body;
    assert!(empty.contains("what do you need?"), "an empty page says what to do");
}

#[tokio::test]
async fn whoever_opens_an_address_in_a_browser_reads_what_is_wrong_on_a_page() {
    let stage = Stage::new().await;
    let browser = ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
    for (address, status, says) in
        [("/nowhere", 404_u16, "There is nothing at this address"), ("/me", 401, "href=\"/\"")]
    {
        let page = stage.ask(Method::GET, address, &[browser], Body::empty()).await;
        assert_eq!(page.status, status, "{address}");
        assert!(page.body.starts_with("<!doctype html>") && page.body.contains(says), "{}", page.body);
        assert!(!page.body.contains("openapi"), "that is for programs: {}", page.body);
        let document = stage.ask(Method::GET, address, &[("accept", "*/*")], Body::empty()).await;
        assert_eq!(
            (document.status.as_u16(), document.json()["status"].as_u64()),
            (status, Some(u64::from(status)))
        );
    }
}

#[tokio::test]
async fn an_answer_takes_the_place_of_the_card_that_stood_there() {
    let stage = Stage::new().await;
    let code = stage.waiting_request().await.to_string();
    let body = format!("text=status+{code}");
    let page = stage.ask(Method::POST, "/say", &[ADA, FORM], Body::from(body)).await.body;
    assert_eq!(page.matches(&format!(r#"data-code="{code}""#)).count(), 1, "{page}");
}

#[tokio::test]
async fn trust_c4_a_refusal_is_seen_beside_the_card_it_is_about() {
    let stage = Stage::new().await;
    let code = stage.waiting_request().await.to_string();
    let headers = [("authorization", "Bearer erin"), FORM, ("accept", "application/json")];
    let said = Body::from(format!("text=approve+{code}"));
    let answer = stage.ask(Method::POST, "/say", &headers, said).await.json();
    let items = answer["items"].as_array().unwrap();
    assert_eq!(items[0]["about"], code, "{answer:#}");
    assert!(items[0]["code"].is_null() && items[0]["html"].as_str().unwrap().contains("own request"));
    assert_eq!(items[1]["code"], code);
    let page =
        stage.ask(Method::POST, "/say", &headers[..2], Body::from(format!("text=approve+{code}"))).await;
    assert!(page.body.contains("own request"), "without scripts: {}", page.body);
    assert_eq!(page.body.matches(&format!(r#"data-code="{code}""#)).count(), 1, "{}", page.body);
}

#[tokio::test]
async fn trust_b2_what_is_too_long_for_the_console_is_not_read_nor_shown_again() {
    let stage = Stage::new().await;
    let code = stage.waiting_request().await.to_string();
    let long = "because+".repeat(5_000);
    for body in [format!("text={long}"), format!("text=deny+{code}&why={long}")] {
        let page = stage.ask(Method::POST, "/say", &[ADA, FORM], Body::from(body)).await.body;
        assert!(page.contains("That is too much at once"), "{page}");
        assert!(page.matches("because ").count() < 600, "{} of them", page.matches("because ").count());
    }
    assert!(stage.events("access_denied").await.is_empty());
}

#[tokio::test]
async fn trust_c4_a_token_that_is_not_theirs_is_said_and_nothing_counts() {
    let stage = Stage::new().await;
    let code = stage.waiting_request().await.to_string();
    let session = cookie(&sign_in(&stage, "ada").await);
    let headers = [("cookie", session.as_str()), OURS, FORM, ("accept", "application/json")];
    let said = Body::from(format!("text=approve+{code}&proof=ben"));
    let answer = stage.ask(Method::POST, "/say", &headers, said).await.json();
    assert_eq!(answer["items"][0]["about"], code, "{answer:#}");
    assert!(answer["items"][0]["html"].as_str().unwrap().contains("not your token"), "{answer:#}");
    assert!(answer["items"][1]["card"]["title"].as_str().unwrap().contains("asks for"), "{answer:#}");
}

#[tokio::test]
async fn trust_b6_the_token_once_more_counts_where_somebody_has_signed_in_and_nowhere_else() {
    let stage = Stage::new().await;
    let code = stage.waiting_request().await.to_string();
    let said = || Body::from(format!("text=approve+{code}&proof=ada"));
    for also in [("accept", "*/*"), ("x-countersign-surface", "terminal"), ("x-countersign-surface", "api")] {
        let told = stage.ask(Method::POST, "/say", &[ADA, FORM, also], said()).await.problem(403);
        assert!(told.contains("in the console") && told.contains("nothing was done"), "{told}");
    }
    stage
        .ask(Method::POST, "/say", &[ADA, FORM, ("x-countersign-surface", "web")], said())
        .await
        .problem(400);
    assert!(stage.events("access_countersigned").await.is_empty());
    let session = cookie(&sign_in(&stage, "ada").await);
    let headers = [("cookie", session.as_str()), OURS, FORM];
    // That it counts, the scenarios with vendors show.
    let page = stage.ask(Method::POST, "/say", &headers, said()).await;
    assert!(page.status == 200 && !page.body.contains("not your token"), "{}", page.body);
}

#[tokio::test]
async fn a_script_gets_cards_with_their_html() {
    let stage = Stage::new().await;
    let headers = [ADA, FORM, ("accept", "application/json")];
    let answer = stage.ask(Method::POST, "/say", &headers, Body::from("text=help")).await.json();
    assert!(answer["items"][0]["html"].as_str().unwrap().contains("<article"));
}

#[tokio::test]
async fn what_was_missed_is_told_to_those_who_may_see_it() {
    let stage = Stage::new().await;
    let head = stage.world.store.head().await.unwrap().unwrap();
    let code = stage.waiting_request().await.to_string();
    let first = async |token: &str| {
        let headers = [("authorization", token), ("last-event-id", &head.to_string())];
        let response = stage.send(Method::GET, "/events", &headers, Body::empty()).await;
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut chunks = response.into_body().into_data_stream();
        String::from_utf8(chunks.next().await.unwrap().unwrap().to_vec()).unwrap()
    };
    let event = first("Bearer ada").await;
    assert!(event.contains("event: card") && event.contains(&code) && event.contains("id: "), "{event}");
    assert!(first("Bearer erin").await.contains(&code));
}

#[tokio::test]
async fn a_stream_tells_what_changes_and_ends_when_the_bot_stops() {
    let stage = Stage::new().await;
    let mallory =
        stage.send(Method::GET, "/events", &[("authorization", "Bearer mallory")], Body::empty()).await;
    let ada = stage.send(Method::GET, "/events", &[ADA], Body::empty()).await;
    let mut ada = ada.into_body().into_data_stream();
    let code = stage.waiting_request().await.to_string();
    let event = ada.next().await.unwrap().unwrap();
    assert!(String::from_utf8(event.to_vec()).unwrap().contains(&code));
    stage.stopping.cancel();
    while ada.next().await.is_some() {}
    let seen = axum::body::to_bytes(mallory.into_body(), usize::MAX).await.unwrap();
    assert!(
        !String::from_utf8(seen.to_vec()).unwrap().contains(&code),
        "a request of somebody else's was told"
    );
}

#[tokio::test]
async fn a_question_whose_only_offer_is_over_is_told_to_be_on_the_page_of_whoever_was_asked() {
    let stage = Stage::new().await;
    let code = stage.waiting_request().await;
    let says = async |token: &str, text: &str| {
        let headers = [("authorization", token), FORM, ("accept", "application/json")];
        stage.ask(Method::POST, "/say", &headers, Body::from(format!("text={text}"))).await.json()
    };
    let asked = says("Bearer ada", "yes").await;
    let html = asked["items"][0]["html"].as_str().unwrap().to_owned();
    let (_, rest) = html.split_once("answer ").unwrap_or_else(|| panic!("a question: {html}"));
    let question = rest.split(' ').next().unwrap();
    let (ada, erin) = (
        stage.send(Method::GET, "/events", &[ADA], Body::empty()).await,
        stage.send(Method::GET, "/events", &[("authorization", "Bearer erin")], Body::empty()).await,
    );
    says("Bearer erin", &format!("withdraw+{code}")).await;
    let mut chunks = ada.into_body().into_data_stream();
    let mut told = String::new();
    // Whatever is told of the request itself comes before it.
    for _ in 0..10 {
        if told.contains("event: over") {
            break;
        }
        told.push_str(std::str::from_utf8(&chunks.next().await.unwrap().unwrap()).unwrap());
    }
    assert!(told.contains("event: over") && told.contains(question), "{told}");
    // Nobody else is told what she was asked.
    let mut chunks = erin.into_body().into_data_stream();
    let told = String::from_utf8(chunks.next().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(told.contains("event: card") && !told.contains(question), "{told}");
}

#[tokio::test]
async fn nobody_opens_windows_without_end() {
    let stage = Stage::new().await;
    let mut open = Vec::new();
    for _ in 0..16 {
        open.push(stage.send(Method::GET, "/events", &[ADA], Body::empty()).await);
    }
    stage.get("ada", "/events").await.problem(429);
    drop(open.pop());
    assert_eq!(stage.send(Method::GET, "/events", &[ADA], Body::empty()).await.status(), 200);
}

#[tokio::test]
async fn what_somebody_wants_of_the_bot_is_shown_and_changed_without_scripts() {
    let stage = Stage::new().await;
    let me = async || stage.ask(Method::GET, "/me", &[ADA], Body::empty()).await.body;
    let send = async |body: &str| {
        let answer = stage.ask(Method::POST, "/me", &[ADA, FORM], Body::from(body.to_owned())).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    };
    let page = me().await;
    assert!(page.contains("None is linked") && page.contains("Do not ping me"), "{page}");
    assert!(me().await.contains(r#"name="zone" required placeholder="Europe/Berlin" value="UTC""#));
    let page = send("home=America%2FNew_York").await;
    assert!(page.contains(r#"name="home" required placeholder="Europe/Berlin" value="America/New_York""#));
    assert!(page.contains(r#"name="zone" required placeholder="Europe/Berlin" value="America/New_York""#));
    let page = send("from=21%3A30&to=06%3A00&zone=Europe%2FBerlin").await;
    assert!(page.contains("Between 21:30 and 06:00 (Europe/Berlin)"), "{page}");
    assert!(me().await.contains(r#"value="21:30""#));
    send("say=do+not+ping+me").await;
    assert!(me().await.contains("Ask me again"));
    let page = send("until=2026-03-09&deputies=approvers").await;
    assert!(page.contains("the group approvers stands in for you"), "{page}");
    send("say=I+am+back").await;
    assert!(!me().await.contains("stands in for you</p>"));
    let page = send("from=21%3A30&to=06%3A00&zone=Atlantis").await;
    assert!(page.contains("Atlantis") && page.contains("tone-bad"), "{page}");
    let empty = stage.ask(Method::POST, "/me", &[ADA, FORM], Body::from("say=")).await;
    assert_eq!(empty.status, 400);
    let stranger = stage.ask(Method::GET, "/me", &[], Body::empty()).await;
    assert_eq!(stranger.status, 401);
}

#[tokio::test]
async fn the_page_of_the_rules_proposes_others_and_shows_a_proposal_whole() {
    let stage = Stage::new().await;
    let olga = ("authorization", "Bearer olga");
    let page = stage.ask(Method::GET, "/rules", &[olga], Body::empty()).await;
    assert_eq!(page.status, 200);
    for part in ["In force: version 1", "<textarea id=\"rules\"", "@max_duration("] {
        assert!(page.body.contains(part), "{part} is not in {}", page.body);
    }
    let sent = "text=%40auto+permit+(principal,+action,+resource)%3B&base=1&because=two+pairs+of+eyes";
    let answer = stage.ask(Method::POST, "/rules", &[olga, FORM], Body::from(sent)).await;
    assert!(
        answer.status == 200 && answer.body.contains("other rules in the place of version 1"),
        "{}",
        answer.body
    );
    assert!(answer.body.contains("In force: version 1"), "and nothing is in force by it");
    let asked = stage.events("rule_change_requested").await.pop().unwrap();
    let address = format!("/rules?proposal={}", asked.stream.id());
    let whole = stage.ask(Method::GET, &address, &[olga], Body::empty()).await.body;
    assert!(whole.contains("<pre>@auto permit (principal, action, resource);"), "{whole}");
    let hidden =
        stage.ask(Method::GET, &address, &[("authorization", "Bearer erin")], Body::empty()).await.body;
    assert!(!hidden.contains("@auto permit"), "who may not see it sees the rules in force alone");
    assert!(hidden.contains("There is no proposal") && hidden.contains("that you may see"), "{hidden}");
    let stale =
        stage.ask(Method::POST, "/rules", &[olga, FORM], Body::from(sent.replace("base=1", "base=7"))).await;
    assert!(stale.body.contains("version 1 is in force by now"), "{}", stale.body);
    // Nobody writes it twice: it stands where it was written, beside what is in force.
    for part in [
        "spellcheck=\"false\">\n@auto permit (principal, action, resource);</textarea>",
        "value=\"two pairs of eyes\"",
        "was not proposed",
        "This is in force:",
    ] {
        assert!(stale.body.contains(part), "{part} is not in {}", stale.body);
    }
    let faulty = sent
        .replace("principal,", "principal,%0Aoops")
        .replace("because=two+pairs+of+eyes", "because=%3Cb%3E");
    let faulty = stage.ask(Method::POST, "/rules", &[olga, FORM], Body::from(faulty)).await.body;
    assert!(
        faulty.contains("line 2") && faulty.contains("oops action") && faulty.contains("&#60;b&#62;"),
        "{faulty}"
    );
    let empty = stage.ask(Method::POST, "/rules", &[olga, FORM], Body::from("because=x")).await;
    assert_eq!(empty.status, 400);
}

#[tokio::test]
async fn a_request_has_an_address_and_one_that_there_is_not_is_said() {
    let stage = Stage::new().await;
    let code = stage.waiting_request().await.to_string();
    let open = async |person: &str, given: &str| {
        let token = format!("Bearer {person}");
        let headers = [("authorization", token.as_str())];
        stage.ask(Method::GET, &format!("/?request={given}"), &headers, Body::empty()).await
    };
    let card = format!(r#"data-code="{code}""#);
    for given in [code.clone(), code.to_lowercase()] {
        let page = open("rita", &given).await;
        assert_eq!((page.status.as_u16(), page.body.matches(&card).count()), (200, 1), "{}", page.body);
    }
    assert!(open("ada", &code).await.body.contains(&format!(r#"href="/?request={code}""#)));
    for (person, given) in
        [("mallory", code.as_str()), ("ada", "ZZZZZZ"), ("ada", "%3Cb%3E"), ("ada", "nonsense")]
    {
        let page = open(person, given).await;
        assert_eq!(page.status, 404, "{given}");
        assert!(
            page.body.contains("I know no request") && page.body.contains("Your requests"),
            "{}",
            page.body
        );
        assert!(!page.body.contains("request <b>"), "{}", page.body);
    }
    assert!(
        !open("mallory", &code).await.body.contains(&card),
        "and it is as unknown as one that there is not"
    );
}

#[tokio::test]
async fn a_version_has_an_address_and_what_there_is_not_is_said_on_the_page_of_the_rules() {
    let stage = Stage::new().await;
    let open =
        async |query: &str| stage.ask(Method::GET, &format!("/rules?{query}"), &[ADA], Body::empty()).await;
    let first = open("version=1").await;
    assert!(first.status == 200 && first.body.contains("Version 1, in force"), "{}", first.body);
    for (query, says) in [
        ("version=7", "There is no version 7 of the rules."),
        ("version=%3Cb%3E", "There is no version"),
        ("proposal=ZZZZZZ", "There is no proposal ZZZZZZ that you may see."),
        ("proposal=nonsense", "that you may see"),
    ] {
        let page = open(query).await;
        assert_eq!(page.status, 404, "{query}");
        assert!(page.body.contains(says) && page.body.contains("In force: version 1"), "{}", page.body);
        assert!(!page.body.contains("version <b>"), "{}", page.body);
    }
}

#[tokio::test]
async fn who_may_not_propose_rules_is_shown_no_form_for_it_and_told_who_may() {
    let stage = Stage::new().await;
    stage.publish("K7QM2X", countersign_domain::rules::EXAMPLE).await;
    for (person, may) in [("erin", false), ("ada", false), ("rita", false), ("olga", true)] {
        let token = format!("Bearer {person}");
        let headers = [("authorization", token.as_str())];
        let page = stage.ask(Method::GET, "/rules", &headers, Body::empty()).await.body;
        for offered in [r#"<form method="post" action="/rules">"#, "<textarea", "Propose version 1 once more"]
        {
            assert_eq!(page.contains(offered), may, "{person}: {offered}");
        }
        assert!(page.contains("@max_duration("), "everybody reads them");
        assert_eq!(page.contains("To propose others it takes"), !may, "{person}");
    }
    let sent = Body::from("back_to=1");
    let refused = stage.ask(Method::POST, "/rules", &[ADA, FORM], sent).await.body;
    assert!(refused.contains("To propose rules it takes an administrator"), "{refused}");
}
