//! How much of the API somebody has, which pages may use it, and what is not sent again to who has it already.

use std::num::NonZeroU32;

use axum::body::Body;
use axum::http::Method;

use super::stage::{Answer, Stage};
use crate::http::Quotas;

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.headers.get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn rate_what_is_left_is_said_with_every_answer_and_what_is_more_is_told_when_to_come_again() {
    let quotas = Quotas { person: NonZeroU32::new(3), tenant: NonZeroU32::new(60) };
    let stage = Stage::set_up(|settings| settings.quotas = quotas).await;
    for left in ["2", "1"] {
        let answer = stage.get("erin", "/api/v1/me").await;
        assert_eq!(answer.status, 200);
        assert_eq!(header(&answer, "ratelimit-policy"), Some(r#""person";q=3;w=60, "tenant";q=60;w=60"#));
        let said = header(&answer, "ratelimit").unwrap();
        assert!(said.starts_with(&format!(r#""person";r={left};t="#)), "{said}");
    }
    // What is wrong with a question is asked as well.
    stage.get("erin", "/api/v1/audit?limit=0").await.problem(400);
    let refused = stage.post("erin", "/api/v1/chat", r#"{"text": "help"}"#).await;
    assert_eq!(
        (header(&refused, "retry-after"), header(&refused, "ratelimit").is_some()),
        (Some("20"), true)
    );
    assert!(refused.problem(429).contains("come again in 20 seconds"));
    assert_eq!(refused.json()["type"], "urn:countersign:problem:quota-exceeded");
    assert_eq!(stage.get("ada", "/api/v1/me").await.status, 200, "it is one's own");
    assert_eq!(stage.get("erin", "/me").await.status, 200, "who reads a page is no program");
    stage.get("nobody", "/api/v1/me").await.problem(401);
}

#[tokio::test]
async fn rate_where_nobody_sets_an_end_nothing_is_said_of_one() {
    let stage = Stage::new().await;
    let answer = stage.get("erin", "/api/v1/me").await;
    assert_eq!((header(&answer, "ratelimit"), header(&answer, "ratelimit-policy")), (None, None));
}

#[tokio::test]
async fn cors_only_pages_of_the_sites_that_are_named_use_the_api_and_none_a_session() {
    const PORTAL: &str = "https://portal.acme.example";
    let named = Stage::set_up(|settings| settings.origins = vec![PORTAL.parse().unwrap()]).await;
    let preflight = async |stage: &Stage, origin: &str, path: &str| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "DELETE"),
            ("access-control-request-headers", "authorization, idempotency-key"),
        ];
        stage.ask(Method::OPTIONS, path, &headers, Body::empty()).await
    };
    let may = preflight(&named, PORTAL, "/api/v1/tickets/1").await;
    assert_eq!((may.status.as_u16(), header(&may, "access-control-allow-origin")), (200, Some(PORTAL)));
    assert!(header(&may, "access-control-allow-methods").unwrap().contains("DELETE"));
    assert_eq!(header(&may, "access-control-allow-credentials"), None, "a session is nobody else's");
    for (origin, path) in [
        ("https://evil.example", "/api/v1/tickets/1"),
        ("null", "/api/v1/tickets/1"),
        (PORTAL, "/me"),
        (PORTAL, "/sign-in"),
    ] {
        let answer = preflight(&named, origin, path).await;
        assert_eq!(header(&answer, "access-control-allow-origin"), None, "{origin} {path}");
    }
    let token = [("authorization", "Bearer erin"), ("origin", PORTAL)];
    let answer = named.ask(Method::GET, "/api/v1/me", &token, Body::empty()).await;
    assert_eq!((answer.status.as_u16(), header(&answer, "access-control-allow-origin")), (200, Some(PORTAL)));
    assert!(header(&answer, "access-control-expose-headers").unwrap().contains("etag"));
    let nobody = Stage::new().await;
    let answer = preflight(&nobody, PORTAL, "/api/v1/tickets/1").await;
    assert_eq!((answer.status.as_u16(), header(&answer, "access-control-allow-origin")), (405, None));
}

#[tokio::test]
async fn etag_what_somebody_has_already_is_not_sent_again_until_it_changes_for_them() {
    let stage = Stage::new().await;
    let path = format!("/api/v1/access-requests/{}", stage.waiting_request().await);
    let first = stage.get("erin", &path).await;
    let tag = header(&first, "etag").expect("one thing has a tag").to_owned();
    let known = async |who: &str, tag: &str| {
        let token = format!("Bearer {who}");
        let headers = [("authorization", token.as_str()), ("if-none-match", tag)];
        stage.ask(Method::GET, &path, &headers, Body::empty()).await
    };
    let same = known("erin", &tag).await;
    assert_eq!((same.status.as_u16(), same.body.as_str(), header(&same, "etag")), (304, "", Some(&*tag)));
    assert_eq!(header(&same, "cache-control"), Some("no-store"), "it is for nobody's cache");
    known("mallory", &tag).await.problem(404);
    known("nobody", &tag).await.problem(401);
    let code = path.rsplit('/').next().unwrap();
    let withdrawn = stage.post("erin", "/api/v1/chat", &format!(r#"{{"text": "withdraw {code}"}}"#)).await;
    assert_eq!(withdrawn.status, 200, "{}", withdrawn.body);
    let changed = known("erin", &tag).await;
    assert_eq!(changed.status, 200);
    assert_ne!(header(&changed, "etag"), Some(&*tag));
}
