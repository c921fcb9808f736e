//! What is done by the API: once for the same delivery, with every reason when it is not done.

use axum::body::Body;
use axum::http::Method;
use countersign_domain::envelope::derived_id;
use serde_json::json;

use super::stage::Stage;
use crate::http::routes::table;

#[tokio::test]
async fn a_denial_is_an_answer_and_so_a_card() {
    let stage = Stage::new().await;
    let answer = stage.post("erin", "/api/v1/chat", r#"{"text": "make me a sandwich"}"#).await;
    assert_eq!(answer.status, 200);
    let card = &answer.json()["cards"][0];
    assert!(card["text"].as_str().is_some_and(|text| !text.is_empty()), "{card}");
    assert_eq!(stage.events("command_denied").await.len(), 1);
}

#[tokio::test]
async fn the_same_delivery_has_one_effect() {
    let stage = Stage::new().await;
    let id = "8a5e3f0c-6d3b-4a53-9a39-6b1f4f3c2d10";
    let say = async |token: &str, repository: &str| {
        let token = format!("Bearer {token}");
        let headers =
            [("authorization", token.as_str()), ("content-type", "application/json"), ("x-request-id", id)];
        let body = json!({ "text": format!("access read on {repository}") }).to_string();
        let answer = stage.ask(Method::POST, "/api/v1/chat", &headers, Body::from(body)).await;
        assert_eq!(answer.headers["x-request-id"], id);
        answer.json()["cards"][0]["code"].as_str().unwrap().to_owned()
    };
    let first = say("erin", "web-shop").await;
    assert_eq!(say("erin", "web-shop").await, first, "the same again is the same request");
    assert_ne!(say("mallory", "web-shop").await, first, "somebody else's is their own");
    assert_ne!(say("erin", "infra").await, first, "another sentence is another request");
    let events = stage.events("access_requested").await;
    assert_eq!(events.len(), 3);
    let id = id.parse().unwrap();
    for event in events {
        let who = format!("acme/{}", event.actor.id);
        assert_eq!(event.correlation, derived_id(id, &who), "everybody's id is their own");
    }
}

#[tokio::test]
async fn the_card_of_a_request_is_had_as_it_stands_now_by_those_who_may_see_it() {
    let stage = Stage::new().await;
    let code = stage.waiting_request_for("2 days").await;
    let path = format!("/api/v1/requests/{code}");
    let card = |answer: &serde_json::Value| answer["cards"][0].clone();
    let before = card(&stage.get("erin", &path).await.json());
    assert_eq!((&before["code"], &before["status"]), (&json!(code), &json!("waiting")));
    stage.post("erin", "/api/v1/chat", &json!({ "text": format!("withdraw {code}") }).to_string()).await;
    assert_eq!(card(&stage.get("erin", &path).await.json())["status"], "withdrawn");
    stage.get("mallory", &path).await.problem(404);
    stage.get("erin", "/api/v1/requests/nothing").await.problem(404);
}

#[tokio::test]
async fn what_cannot_be_read_is_named() {
    let stage = Stage::new().await;
    for (body, part) in
        [("", "JSON"), ("{", "EOF"), (r#"{"txt": "help"}"#, "txt"), (r#"{"text": 7}"#, "string")]
    {
        let detail = stage.post("erin", "/api/v1/chat", body).await.problem(400);
        assert!(detail.contains(part) || detail.contains("EOF"), "{body}: {detail}");
        assert!(!detail.contains("deserialize") && !detail.contains("target type"), "{body}: {detail}");
    }
    let large = json!({ "text": "x".repeat(1024 * 1024) }).to_string();
    stage.post("erin", "/api/v1/chat", &large).await.problem(413);
    let headers = [("authorization", "Bearer erin")];
    stage.ask(Method::POST, "/api/v1/chat", &headers, Body::from("{}")).await.problem(415);
    stage.ask(Method::DELETE, "/api/v1/chat", &headers, Body::empty()).await.problem(405);
    stage.get("erin", "/api/v1/nothing").await.problem(404);
}

#[tokio::test]
async fn trust_d8_whoever_a_rule_keeps_from_changing_the_rules_is_told_which() {
    let stage = Stage::new().await;
    let code = stage.waiting_request().await;
    let before = stage.get("olga", "/api/v1/rules").await.json();
    let frozen = format!(
        "{}\n@id(\"frozen\") @message(\"Not before the audit.\") forbid (principal == Person::\"olga\", action == Action::\"publish_rules\", resource);
        @id(\"change\") @auto permit (principal, action == Action::\"publish_rules\", resource);",
        before["text"].as_str().unwrap()
    );
    stage.publish(&code.to_string(), &frozen).await;
    let text = json!({ "text": frozen }).to_string();
    let refused = stage.post("olga", "/api/v1/rules/proposals", &text).await;
    let told = refused.problem(403);
    assert!(told.contains("frozen") && told.contains("Not before the audit."), "{told}");
}

#[tokio::test]
async fn trust_d8_what_there_is_not_is_said_so_in_words() {
    let stage = Stage::new().await;
    for (path, says) in [
        ("/api/v1/rules/proposals/K7QM2X", "no change of the rules with this code"),
        ("/api/v1/rules/proposals/nonsense", "no change of the rules with this code"),
        ("/api/v1/rules/versions/99", "no version 99"),
        ("/api/v1/rules/versions/latest", "no version latest"),
        ("/api/v1/repairs/K7QM2X", "no repair with this code"),
        ("/api/v1/access-requests/K7QM2X", "no request with this code"),
        ("/api/v1/access-requests/%00", "no request with this code"),
        ("/api/v1/nothing", "nothing at this address"),
    ] {
        let told = stage.get("olga", path).await.problem(404);
        assert!(told.contains(says), "{path}: {told}");
    }
    for act in ["requeue", "resolve"] {
        for id in ["00000000-0000-4000-8000-000000000001", "nonsense"] {
            let path = format!("/api/v1/effects/{id}/{act}");
            let told = stage.post("olga", &path, r#"{"resolution": "done"}"#).await.problem(404);
            assert!(told.contains("effect"), "{path}: {told}");
        }
    }
}

#[tokio::test]
async fn a_rule_set_with_faults_is_refused_with_every_line_and_only_admins_propose() {
    let stage = Stage::new().await;
    let before = stage.get("erin", "/api/v1/rules").await.json();
    assert_eq!(before["version"], 1);
    let propose = async |token: &str, text: &str| {
        stage.post(token, "/api/v1/rules/proposals", &json!({ "text": text }).to_string()).await
    };
    let text = format!("{}\n// changed\n", before["text"].as_str().unwrap());
    let refused = propose("erin", &text).await;
    assert!(refused.problem(403).contains("To propose rules it takes an administrator"), "{}", refused.body);
    assert_eq!(refused.json()["violations"][0]["code"], "may_not_change_rules", "{}", refused.body);
    let broken = propose("olga", "permit (\n  principal,\n  oops\n);").await;
    broken.problem(422);
    assert_eq!(broken.json()["violations"][0]["faults"][0]["line"], 3, "{}", broken.body);
    let both = json!({ "text": text, "back_to": 1 }).to_string();
    stage.post("olga", "/api/v1/rules/proposals", &both).await.problem(400);
    let proposed = propose("olga", &text).await;
    assert_eq!(proposed.status, 202, "{}", proposed.body);
    assert_eq!(proposed.json()["status"], "checking", "{}", proposed.body);
    assert_eq!(
        stage.get("erin", "/api/v1/rules").await.json()["version"],
        1,
        "nobody puts rules in force alone"
    );
    let code = proposed.json()["code"].as_str().unwrap().to_owned();
    let own = stage.get("olga", &format!("/api/v1/rules/proposals/{code}")).await.json();
    assert_eq!((&own["text"], &own["base"]), (&json!(text), &json!(1)));
    stage.get("erin", &format!("/api/v1/rules/proposals/{code}")).await.problem(404);
    stage.publish(&code, &text).await;
    assert_eq!(stage.get("erin", "/api/v1/rules").await.json()["version"], 2);
    let all = stage.get("erin", "/api/v1/rules/versions").await.json();
    let numbers: Vec<_> = all["items"].as_array().unwrap().iter().map(|item| &item["version"]).collect();
    assert_eq!((numbers, &all["items"][0]["by"]), (vec![&json!(2), &json!(1)], &json!("olga")));
    assert_eq!(all["items"][0]["request"], json!(code));
    let first = stage.get("erin", "/api/v1/rules/versions/1").await.json();
    assert_eq!((&first["version"], &first["text"]), (&json!(1), &before["text"]));
    stage.get("erin", "/api/v1/rules/versions/3").await.problem(404);
    stage.get("erin", "/api/v1/rules/versions/one").await.problem(404);
}

#[tokio::test]
async fn the_document_lists_what_is_served() {
    let stage = Stage::new().await;
    let document = stage.ask(Method::GET, "/api/openapi.json", &[], Body::empty()).await.json();
    for route in table() {
        let operation = &document["paths"][route.path][route.method];
        assert_eq!(operation["summary"], route.about, "{} {}", route.method, route.path);
        let path = route.path.replace(['{', '}'], "");
        let method = Method::from_bytes(route.method.to_uppercase().as_bytes()).unwrap();
        let answer = stage.send(method, &path, &[], Body::empty()).await;
        assert_ne!(answer.status(), 405, "{} {}", route.method, route.path);
    }
    let count: usize =
        document["paths"].as_object().unwrap().values().map(|path| path.as_object().unwrap().len()).sum();
    assert_eq!(count, table().len());
}

#[tokio::test]
async fn every_answer_is_guarded() {
    let stage = Stage::new().await;
    for path in ["/", "/api/v1/me", "/nothing", "/assets/app.js"] {
        let answer = stage.ask(Method::GET, path, &[], Body::empty()).await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("script-src 'self'") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
        assert!(answer.headers.contains_key("x-request-id"), "{path}");
    }
}

#[tokio::test]
async fn it_is_alive_and_ready_until_it_stops() {
    let stage = Stage::new().await;
    let ready = async || stage.get("watch", "/readyz").await;
    assert_eq!(stage.ask(Method::GET, "/healthz", &[], Body::empty()).await.status, 200);
    assert_eq!(ready().await.status, 200);
    stage.stopping.cancel();
    let answer = ready().await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.json()["reasons"], json!(["the bot is stopping"]));
}

#[tokio::test]
async fn trust_b2_what_is_too_long_is_not_read() {
    let stage = Stage::new().await;
    let events = async || stage.world.store.read_all(None, 1000).await.unwrap().len();
    let before = events().await;
    let say = async |text: String| {
        stage.post("erin", "/api/v1/chat", &json!({ "text": text }).to_string()).await.json()
    };
    for text in ["please ".repeat(145_000), "access write on infra because ".repeat(1_000), "é".repeat(4_001)]
    {
        let card = say(text).await["cards"][0].clone();
        assert_eq!((&card["title"], &card["refused"]), (&json!("That is too much at once"), &json!(true)));
        assert!(card["text"].as_str().unwrap().contains("4000 characters"), "{card}");
    }
    assert_eq!(events().await, before);
    let card = say(format!("help {}", "é".repeat(3_995))).await["cards"][0].clone();
    assert_ne!(card["title"], "That is too much at once");
}
