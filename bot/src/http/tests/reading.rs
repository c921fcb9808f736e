//! Lists: their shape, and who sees what.

use axum::body::Body;
use axum::http::Method;
use serde_json::Value;

use super::stage::Stage;

fn codes(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["code"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_request_is_seen_by_whom_it_concerns_and_who_could_countersign_it() {
    let stage = Stage::new().await;
    let code = stage.waiting_request().await.to_string();
    for (viewer, sees) in [("erin", true), ("ada", true), ("olga", true), ("rita", true), ("mallory", false)]
    {
        let list = stage.get(viewer, "/api/v1/access-requests").await.json();
        assert_eq!(codes(&list).contains(&code.as_str()), sees, "{viewer}");
        let one = stage.get(viewer, &format!("/api/v1/access-requests/{code}")).await;
        assert_eq!(one.status.as_u16(), if sees { 200 } else { 404 }, "{viewer}");
    }
    stage.get("mallory", "/api/v1/access-requests/zzzzzz").await.problem(404);
    let one = stage.get("erin", &format!("/api/v1/access-requests/{}", code.to_lowercase())).await.json();
    assert_eq!(
        (&one["status"], &one["user"], &one["permission"]),
        (&"waiting".into(), &"erin".into(), &"write".into())
    );
}

#[tokio::test]
async fn a_list_goes_on_where_its_page_ended() {
    let stage = Stage::new().await;
    for duration in ["1 day", "2 days", "3 days"] {
        stage.waiting_request_for(duration).await;
    }
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let page = stage
            .get("ada", &format!("/api/v1/access-requests?status=waiting&limit=2&after={after}"))
            .await
            .json();
        seen.extend(codes(&page).into_iter().map(str::to_owned));
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut after),
            None => break,
        }
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 3);
}

#[tokio::test]
async fn every_list_has_items_and_next() {
    let stage = Stage::new().await;
    let of_the_desk = ["conversations", "documents", "tickets", "gaps", "actions"];
    for path in
        ["access-requests", "grants", "audit", "effects", "projections"].into_iter().chain(of_the_desk)
    {
        let list = stage.get("olga", &format!("/api/v1/{path}")).await.json();
        assert!(list["items"].is_array() && list.as_object().unwrap().contains_key("next"), "{path}: {list}");
    }
}

#[tokio::test]
async fn a_bad_parameter_is_named_with_the_cure() {
    let stage = Stage::new().await;
    for (path, part) in [
        ("access-requests?status=open", "waiting"),
        ("access-requests?stauts=waiting", "Did you mean `status`?"),
        ("access-requests?limit=0", "1 to 500"),
        ("access-requests?after=nonsense", "hand back `next`"),
        ("grants?at=lately", "position:1042"),
        ("grants?at=position:-1", "position:1042"),
        ("audit?from=2026", "2026-03-01T12:00:00Z"),
        ("audit?code=!!", "K7QM2X"),
        ("audit?correlation=7", "UUID"),
        ("audit?type=access_grant", "access_granted"),
        ("grants?at=2099-01-01T00:00:00Z", "has not come yet"),
        ("grants?at=position:100000", "has not come yet"),
        ("effects?state=lost", "parked"),
        ("export?after=x", "position"),
    ] {
        let detail = stage.get("olga", &format!("/api/v1/{path}")).await.problem(400);
        assert!(detail.contains(part), "{path}: {detail}");
    }
}

#[tokio::test]
async fn an_auditor_reads_everything_and_others_what_concerns_them() {
    let stage = Stage::new().await;
    let code = stage.waiting_request().await;
    let events = async |viewer: &str| {
        let list = stage.get(viewer, &format!("/api/v1/audit?limit=500&code={code}")).await.json();
        list["items"].as_array().unwrap().len()
    };
    assert!(events("rita").await >= 3);
    assert_eq!(events("erin").await, events("rita").await);
    assert_eq!(events("mallory").await, 0);
    for path in ["effects", "projections", "export"] {
        stage.get("erin", &format!("/api/v1/{path}")).await.problem(403);
    }
}

#[tokio::test]
async fn an_export_is_the_tenants_envelopes_line_by_line() {
    let stage = Stage::new().await;
    stage.waiting_request().await;
    let all = stage.world.store.read_all(None, 1000).await.unwrap();
    let answer = stage.get("rita", "/api/v1/export").await;
    let mut lines = answer.body.lines();
    let notice: serde_json::Value = serde_json::from_str(lines.next().unwrap()).unwrap();
    let said = notice["notice"].as_str().unwrap();
    assert!(said.contains("Olga (olga) is the only administrator here"), "before anything else: {said}");
    let envelopes: Vec<countersign_domain::envelope::Envelope> =
        lines.map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(envelopes.len(), all.len());
    assert!(envelopes.iter().all(|envelope| envelope.hash == envelope.expected_hash()));
    let last = envelopes.last().unwrap().pos;
    let more = stage.get("rita", &format!("/api/v1/export?after={last}")).await.body;
    let (notice, more) = more.split_once('\n').unwrap();
    assert_eq!(notice, answer.body.lines().next().unwrap(), "every export says so");
    assert!(more.lines().count() == 1 && more.contains("history_read"), "that it was read: {more}");
}

#[tokio::test]
async fn trust_b4_one_expensive_reading_at_a_time_and_each_is_an_event() {
    let stage = Stage::new().await;
    stage.waiting_request().await;
    let export = async |who: &str| {
        let token = format!("Bearer {who}");
        stage.send(Method::GET, "/api/v1/export", &[("authorization", token.as_str())], Body::empty()).await
    };
    // Nobody takes what is read.
    let first = export("rita").await;
    assert_eq!(first.status(), 200);
    for path in ["export", "grants?at=1"] {
        let path = format!("/api/v1/{path}");
        let (own, others) = (stage.get("rita", &path).await, stage.get("olga", &path).await);
        assert!(own.problem(429).contains("You are reading"), "{path}");
        assert!(others.problem(503).contains("Somebody else of your organisation"), "{path}");
        assert!(own.headers.contains_key("retry-after") && others.headers.contains_key("retry-after"));
    }
    stage.post("olga", "/api/v1/projections/request/rebuild", "").await.problem(503);
    assert_eq!(stage.get("erin", "/api/v1/grants").await.status, 200, "how things stand, everybody reads");
    // Whoever goes, gives the turn back.
    drop(first);
    assert_eq!(stage.get("olga", "/api/v1/grants?at=1").await.status, 200);
    assert_eq!(stage.post("olga", "/api/v1/projections/request/rebuild", "").await.status, 200);
    let read = stage.events("history_read").await;
    let who: Vec<_> =
        read.iter().map(|event| (event.actor.id.as_str(), event.data.get().contains("request"))).collect();
    assert_eq!(who, [("rita", false), ("olga", true), ("olga", true)], "what was refused was not read");
}

#[test]
fn trust_b4_whoever_goes_while_the_past_or_a_rebuild_is_read_gives_the_turn_back() {
    // There is one thread for what is set aside: while it stands still, nothing of that is done.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(1).build();
    runtime.unwrap().block_on(async {
        let stage = Stage::new().await;
        stage.waiting_request().await;
        let past = "/api/v1/grants?at=1";
        assert_eq!(stage.get("olga", past).await.status, 200);
        let rita = [("authorization", "Bearer rita")];
        for (method, path) in [(Method::GET, past), (Method::POST, "/api/v1/projections/request/rebuild")] {
            let (go, wait) = std::sync::mpsc::channel::<()>();
            let stands_still = tokio::task::spawn_blocking(move || wait.recv());
            let mut reading = Box::pin(stage.send(method, path, &rita, Body::empty()));
            assert!(futures::poll!(&mut reading).is_pending(), "{path}");
            let other = stage.get("olga", past).await;
            assert!(other.problem(503).contains("Somebody else of your organisation"), "{path}");
            drop(reading);
            go.send(()).unwrap();
            stands_still.await.unwrap().unwrap();
            assert_eq!(stage.get("olga", past).await.status, 200, "{path}");
        }
    });
}

#[tokio::test]
async fn the_past_is_asked_by_position_and_by_time() {
    let stage = Stage::new().await;
    stage.waiting_request().await;
    for at in ["position:1", "1", "2026-03-01T12:00:00Z", "1999-01-01T00:00:00Z"] {
        assert_eq!(
            stage.get("rita", &format!("/api/v1/grants?at={at}")).await.json()["items"],
            Value::Array(vec![])
        );
    }
}

#[tokio::test]
async fn an_effect_that_there_is_not_cannot_be_requeued() {
    let stage = Stage::new().await;
    for id in ["7", "23221892-8abf-562f-b19b-0c13e3237033"] {
        stage.post("olga", &format!("/api/v1/effects/{id}/requeue"), "").await.problem(404);
    }
    let unknown = "/api/v1/effects/23221892-8abf-562f-b19b-0c13e3237033/requeue";
    stage.post("erin", unknown, "").await.problem(403);
    stage.post("olga", "/api/v1/projections/nothing/rebuild", "").await.problem(404);
    let report = stage.post("olga", "/api/v1/projections/request/rebuild", "").await.json();
    assert_eq!(report["comparison"], "same");
}
