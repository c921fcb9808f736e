//! Who may come in, by token or by session, and what is written down about it.

use axum::body::Body;
use axum::http::Method;
use countersign_domain::names::Tenant;
use countersign_domain::tenant::PeopleCommand;

use super::stage::{Answer, Stage, acme};
use crate::http::routes::{self, Door};

pub(super) const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

pub(super) async fn sign_in(stage: &Stage, token: &str) -> Answer {
    stage.ask(Method::POST, "/sign-in", &[OURS, FORM], Body::from(format!("token={token}"))).await
}

pub(super) fn cookie(answer: &Answer) -> String {
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    cookie.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn without_a_token_nobody_comes_in() {
    let stage = Stage::new().await;
    // Signatures are looked at elsewhere, and refused there where they come twice.
    for path in ["/api/v1/me", "/api/v1/grants", "/events", "/api/v1/export"] {
        let answer = stage.ask(Method::GET, path, &[], Body::empty()).await;
        answer.problem(401);
        assert!(answer.headers["www-authenticate"].to_str().unwrap().starts_with("Bearer"), "{path}");
    }
    for header in ["Basic erin", "Bearer", "Bearer ", "erin"] {
        stage.ask(Method::GET, "/api/v1/me", &[("authorization", header)], Body::empty()).await.problem(401);
    }
}

#[tokio::test]
async fn a_token_is_a_person_of_a_tenant() {
    let stage = Stage::new().await;
    let me = stage.get("erin", "/api/v1/me").await.json();
    assert_eq!(
        (&me["tenant"], &me["person"]["id"], &me["surface"]),
        (&"acme".into(), &"erin".into(), &"api".into())
    );
}

#[tokio::test]
async fn who_was_removed_is_out_at_once() {
    let stage = Stage::new().await;
    let session = cookie(&sign_in(&stage, "erin").await);
    stage.tenant(PeopleCommand::Remove { id: "erin".parse().unwrap() }).await;
    stage.get("erin", "/api/v1/me").await.problem(401);
    stage.ask(Method::GET, "/api/v1/me", &[("cookie", &session)], Body::empty()).await.problem(401);
    let refused = stage.events("sign_in_refused").await.remove(0);
    assert!(refused.tenant == acme() && refused.data.get().contains("does not belong"));
}

#[tokio::test]
async fn trust_b5_unknown_tokens_are_one_event_a_minute_and_no_organisations() {
    let stage = Stage::new().await;
    for _ in 0..100 {
        stage.get("guess", "/api/v1/me").await.problem(401);
    }
    let events = stage.events("sign_in_refused").await;
    assert_eq!((events.len(), &events[0].tenant), (1, &Tenant::installation()));
    assert_eq!(stage.counted(&Tenant::installation()).await, 99);
    assert_eq!(stage.counted(&acme()).await, 0, "nobody's token is nobody's affair");
    assert_eq!(stage.events("refusals_counted").await.len(), 1);
    assert!(events.iter().all(|event| !event.data.get().contains("guess")), "a token stands in the log");
}

#[tokio::test]
async fn signing_in_on_the_page_opens_a_session_and_signing_out_ends_it() {
    let stage = Stage::new().await;
    let answer = sign_in(&stage, "erin").await;
    assert_eq!((answer.status.as_u16(), &answer.headers["location"]), (303, &"/".parse().unwrap()));
    let session = cookie(&answer);
    assert_eq!(stage.events("signed_in").await.len(), 1);
    let me = stage.ask(Method::GET, "/api/v1/me", &[("cookie", &session)], Body::empty()).await;
    assert_eq!(me.json()["person"]["id"], "erin");
    let out = stage.ask(Method::POST, "/sign-out", &[("cookie", &session), OURS], Body::empty()).await;
    assert_eq!(out.status, 303);
    stage.ask(Method::GET, "/api/v1/me", &[("cookie", &session)], Body::empty()).await.problem(401);
}

/// Whether this bot lets the session in.
async fn lets_in(stage: &Stage, session: &str) -> bool {
    let me = stage.ask(Method::GET, "/api/v1/me", &[("cookie", session)], Body::empty()).await;
    me.status == 200
}

#[tokio::test]
async fn a_session_is_good_at_every_bot_of_the_installation_until_it_is_ended_at_one() {
    let (stage, sign_out) = (Stage::new().await, async |bot: &Stage, session: &str| {
        bot.ask(Method::POST, "/sign-out", &[("cookie", session), OURS], Body::empty()).await.status
    });
    let (other, foreign) = (stage.beside([7; 32], None), stage.beside([8; 32], None));
    let [session, second] = [cookie(&sign_in(&stage, "erin").await), cookie(&sign_in(&other, "erin").await)];
    assert!(lets_in(&stage, &session).await && lets_in(&other, &session).await);
    assert!(!lets_in(&foreign, &session).await, "another installation has another key");
    // Whoever still has a copy of the cookie has nothing.
    assert_eq!(sign_out(&other, &session).await, 303);
    assert!(!lets_in(&stage, &session).await && !lets_in(&other, &session).await);
    assert!(lets_in(&stage, &second).await, "the same person elsewhere stays signed in");
    assert_eq!(sign_out(&stage, &session).await, 303);
    let ended = stage.events("signed_out").await;
    assert_eq!((ended.len(), ended[0].actor.id.as_str()), (1, "erin"));
    let began = stage.events("signed_in").await;
    assert!(ended[0].data.get().contains(&began[0].command.to_string()), "it names the session");
    assert_eq!(ended[0].causation, began[0].command);
}

#[tokio::test]
async fn a_session_ends_with_the_token_it_was_opened_with_and_when_another_is_opened() {
    let stage = Stage::new().await;
    let session = cookie(&sign_in(&stage, "erin").await);
    assert!(!lets_in(&stage.beside([7; 32], Some("erin")), &session).await, "the token was taken away");
    assert!(lets_in(&stage.beside([7; 32], Some("ada")), &session).await);
    let again = [OURS, FORM, ("cookie", session.as_str())];
    let second = cookie(&stage.ask(Method::POST, "/sign-in", &again, Body::from("token=ada")).await);
    assert!(!lets_in(&stage, &session).await && lets_in(&stage, &second).await);
    for forged in ["", "guess", &session[..session.len() - 1], &format!("{session}A")] {
        assert!(!lets_in(&stage, forged).await, "{forged}");
    }
}

#[tokio::test]
async fn a_sign_in_that_is_sent_twice_is_one_session() {
    let stage = Stage::new().await;
    let id = ("x-request-id", "6a3f5d0e-0b5c-4a7e-9d1c-c0117e251617");
    let first = stage.ask(Method::POST, "/sign-in", &[OURS, FORM, id], Body::from("token=erin")).await;
    let session = cookie(&first);
    let again = [OURS, FORM, id, ("cookie", session.as_str())];
    let second = cookie(&stage.ask(Method::POST, "/sign-in", &again, Body::from("token=erin")).await);
    assert_eq!(session, second);
    assert!(lets_in(&stage, &second).await && stage.events("signed_out").await.is_empty());
}

#[tokio::test]
async fn a_wrong_token_shows_the_form_again_and_says_so() {
    let stage = Stage::new().await;
    let answer = sign_in(&stage, "guess").await;
    assert_eq!(answer.status, 401);
    assert!(answer.headers.get("set-cookie").is_none() && answer.headers.get("x-countersign-page").is_none());
    assert!(
        answer.body.contains("This token is not good") && answer.body.contains("<form"),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn another_sites_page_cannot_act_in_a_persons_name() {
    let stage = Stage::new().await;
    let session = cookie(&sign_in(&stage, "erin").await);
    let say = "text=access+read+on+web-shop";
    for foreign in [&[("sec-fetch-site", "cross-site")][..], &[("origin", "http://evil.example")], &[]] {
        let headers = [&[("cookie", session.as_str()), FORM], foreign].concat();
        let told = stage.ask(Method::POST, "/say", &headers, Body::from(say)).await.problem(403);
        let why = if foreign.is_empty() { "Nothing says from which page" } else { "a page of another site" };
        assert!(told.contains(why), "{foreign:?}: {told}");
    }
    let theirs = [("sec-fetch-site", "cross-site"), FORM];
    stage.ask(Method::POST, "/sign-in", &theirs, Body::from("token=erin")).await.problem(403);
    assert!(stage.events("access_requested").await.is_empty());
    let ours = [("cookie", session.as_str()), FORM, ("origin", "http://bot.example")];
    assert_eq!(stage.ask(Method::POST, "/say", &ours, Body::from(say)).await.status, 200);
    assert_eq!(stage.events("access_requested").await.len(), 1);
    // A link leads to a page, and to nothing that is read out in their name.
    for site in ["cross-site", "same-site"] {
        let linked = [("cookie", session.as_str()), ("sec-fetch-site", site)];
        assert_eq!(stage.ask(Method::GET, "/me", &linked, Body::empty()).await.status, 200, "{site}");
        for path in ["/api/v1/export", "/api/v1/audit", "/api/v1/me", "/events"] {
            let told = stage.ask(Method::GET, path, &linked, Body::empty()).await.problem(403);
            assert!(told.contains("a page of another site"), "{path}: {told}");
        }
    }
    assert!(stage.events("history_read").await.is_empty());
}

#[tokio::test]
async fn trust_b6_what_comes_with_a_token_comes_from_a_program() {
    let stage = Stage::new().await;
    let ask = async |surface: &str| {
        let headers = [("authorization", "Bearer erin"), ("x-countersign-surface", surface)];
        stage.ask(Method::GET, "/api/v1/me", &headers, Body::empty()).await
    };
    assert_eq!(ask("terminal").await.json()["surface"], "terminal");
    for other in ["web", "scheduler", "slack", "WEB", ""] {
        let told = ask(other).await.problem(400);
        assert!(told.contains("must be terminal or api"), "{other}: {told}");
    }
    // Where a session is, nothing else counts.
    let session = cookie(&sign_in(&stage, "erin").await);
    let headers = [("cookie", session.as_str()), ("x-countersign-surface", "terminal")];
    let me = stage.ask(Method::GET, "/api/v1/me", &headers, Body::empty()).await;
    assert_eq!(me.json()["surface"], "web");
}

#[tokio::test]
async fn trust_b6_what_the_bot_is_not_called_is_refused_before_anything_else() {
    let stage = Stage::called(&["bot.example"]).await;
    assert_eq!(stage.get("erin", "/api/v1/me").await.status, 200);
    for theirs in ["evil.example", "bot.example.evil.example", ""] {
        for path in ["/", "/api/v1/me", "/healthz", "/nowhere"] {
            let headers = [("authorization", "Bearer erin"), ("host", theirs)];
            stage.ask_as_it_is(Method::GET, path, &headers).await.problem(421);
        }
    }
    for ours in ["127.0.0.1:8080", "localhost", "[::1]", "BOT.example:443"] {
        let headers = [("authorization", "Bearer erin"), ("host", ours)];
        assert_eq!(stage.ask_as_it_is(Method::GET, "/api/v1/me", &headers).await.status, 200, "{ours}");
    }
    let twice = [("authorization", "Bearer erin"), ("host", "bot.example"), ("host", "evil.example")];
    stage.ask_as_it_is(Method::GET, "/api/v1/me", &twice).await.problem(400);
}

#[tokio::test]
async fn trust_b6_what_decides_is_said_once() {
    let stage = Stage::new().await;
    let session = cookie(&sign_in(&stage, "erin").await);
    let other = cookie(&sign_in(&stage, "ada").await);
    let both = format!("{session}; {other}");
    let token = ("authorization", "Bearer erin");
    let twice: &[&[(&str, &str)]] = &[
        &[token, token],
        &[token, ("authorization", "Bearer ada")],
        &[("cookie", &session), ("cookie", &other)],
        &[("cookie", &session), ("cookie", "theme=dark")],
        &[("cookie", &both)],
        &[token, ("host", "bot.example")],
        &[token, ("x-countersign-surface", "api"), ("x-countersign-surface", "terminal")],
        &[token, ("x-request-id", "1"), ("x-request-id", "2")],
        &[("cookie", &session), ("origin", "http://bot.example"), ("origin", "http://evil.example")],
        &[("cookie", &session), OURS, ("sec-fetch-site", "cross-site")],
    ];
    for headers in twice {
        let told = stage.ask(Method::GET, "/api/v1/me", headers, Body::empty()).await.problem(400);
        assert!(told.contains("once") || told.contains("twice"), "{headers:?}: {told}");
        assert!(!told.contains("erin"), "{told}");
    }
    for path in [
        "/webhooks/jira/acme",
        "/webhooks/github/acme",
        "/webhooks/slack/acme",
        "/webhooks/discord/acme",
        "/webhooks/teams/acme",
    ] {
        let headers = [
            ("content-type", "application/json"),
            ("authorization", "Bearer a"),
            ("authorization", "Bearer b"),
        ];
        stage.ask(Method::POST, path, &headers, Body::from("{}")).await.problem(400);
    }
    // What decides nothing may come as often as HTTP lets it.
    let lists = [
        token,
        ("accept", "text/html"),
        ("accept", "*/*"),
        ("accept-language", "de"),
        ("accept-language", "en"),
    ];
    assert_eq!(stage.ask(Method::GET, "/api/v1/me", &lists, Body::empty()).await.status, 200);
}

#[tokio::test]
async fn trust_b5_wrong_tokens_are_braked_and_a_good_one_is_let_in_all_the_same() {
    let stage = Stage::new().await;
    let (here, elsewhere) = ("192.0.2.7:40001", "192.0.2.8:40001");
    let me = async |from: &str, token: &str| {
        let header = format!("Bearer {token}");
        stage.ask_from(from, Method::GET, "/api/v1/me", &[("authorization", &header)], "").await
    };
    for _ in 0..10 {
        me(here, "guess").await.problem(401);
    }
    let braked = me(here, "guess").await;
    let told = braked.problem(429);
    assert!(told.contains("try again in 60 seconds") && !told.contains("guess"), "{told}");
    assert_eq!(braked.headers["retry-after"], "60");
    // The same door has other ways in, and each of them counts.
    let door = [OURS, FORM];
    // A person stands at it still, on the way to the same page.
    let form = stage.ask_from(here, Method::POST, "/sign-in", &door, "token=guess&next=%2Frules").await;
    assert_eq!((form.status.as_u16(), &form.headers["retry-after"]), (429, &"60".parse().unwrap()));
    assert!(form.body.contains("<form") && form.body.contains("/rules"), "{}", form.body);
    assert!(form.body.contains("try again in 60 seconds"), "{}", form.body);
    let watch = [("authorization", "Bearer guess")];
    stage.ask_from(here, Method::GET, "/metrics", &watch, "").await.problem(429);
    assert_eq!(me(here, "erin").await.status, 200, "many come from one address");
    let session = cookie(&stage.ask_from(here, Method::POST, "/sign-in", &door, "token=erin").await);
    let say = [OURS, FORM, ("cookie", session.as_str())];
    let proven = stage.ask_from(here, Method::POST, "/say", &say, "text=approve+k7qm2x&proof=guess").await;
    proven.problem(429);
    me(elsewhere, "guess").await.problem(401);
}

#[tokio::test]
async fn trust_b6_a_sign_that_nobody_sees_is_told_and_nothing_is_done() {
    let stage = Stage::new().await;
    let session = cookie(&sign_in(&stage, "erin").await);
    let headers = [OURS, FORM, ("cookie", session.as_str())];
    let said = [
        "text=access+read+on+web-shop%00",
        "text=help&why=%07because",
        "text=help&proof=%1B%5B31m",
        "text=%7F",
        "text=a%C2%9Bb",
    ];
    for body in said {
        let told = stage.ask(Method::POST, "/say", &headers, Body::from(body)).await.problem(400);
        assert!(told.contains("control character") && told.contains("U+00"), "{body}: {told}");
    }
    stage.ask(Method::POST, "/me", &headers, Body::from("say=ping%00")).await.problem(400);
    let unreadable = stage.ask(Method::POST, "/say", &headers, Body::from("text=%FF%FE")).await;
    assert_eq!(
        unreadable.status, 200,
        "what is no text is read as signs of that, and answered: {}",
        unreadable.body
    );
    assert!(stage.events("access_requested").await.is_empty());
    let lines = stage.ask(Method::POST, "/say", &headers, Body::from("text=help%0D%0A%09")).await;
    assert_eq!(lines.status, 200, "line breaks and tabs are white space");
}

#[tokio::test]
async fn trust_b6_what_is_beside_the_bot_is_called_as_the_bot() {
    let stage = Stage::called(&["bot.example"]).await;
    for path in ["/_sandbox", "/_sandbox/refuses", "/_sandbox/slack/_sandbox/act"] {
        stage.ask_as_it_is(Method::GET, path, &[("host", "evil.example")]).await.problem(421);
    }
    // What it answers, and what its pages may do, stays its own.
    let shown = stage.ask_as_it_is(Method::GET, "/_sandbox", &[("host", "bot.example")]).await;
    assert_eq!((shown.status.as_u16(), shown.body.as_str()), (200, "its own page"));
    assert_eq!(shown.headers["content-security-policy"], "default-src 'none'");
    assert!(!shown.headers.contains_key("x-countersign-page"));
    let refused = stage.ask_as_it_is(Method::GET, "/_sandbox/refuses", &[("host", "localhost:1")]).await;
    assert_eq!((refused.status.as_u16(), refused.body.as_str()), (422, "its own words"));
}

#[tokio::test]
async fn trust_b6_over_tls_the_cookie_is_the_hosts_own() {
    let stage = Stage::secure().await;
    let session = cookie(&sign_in(&stage, "erin").await);
    assert!(session.starts_with("__Host-countersign_session="), "{session}");
    assert!(lets_in(&stage, &session).await);
    // A neighbouring name, or somebody without TLS, can set a cookie only without the prefix.
    assert!(!lets_in(&stage, session.trim_start_matches("__Host-")).await);
}

#[tokio::test]
async fn trust_b7_a_stranger_is_answered_at_the_open_addresses_only() {
    let stage = Stage::new().await;
    let before = stage.world.store.read_all(None, 1000).await.unwrap().len();
    let mut open = vec![];
    for route in routes::table() {
        let (method, path) = (route.method.to_uppercase().parse().unwrap(), route.path);
        if route.door == Door::Open {
            open.push(path);
            continue;
        }
        let parts = path.split('/').map(|part| if part.starts_with('{') { "x" } else { part });
        let path = parts.collect::<Vec<_>>().join("/");
        let media = route.body.map_or("application/json", |body| body.0);
        let answer = stage.ask(method, &path, &[("content-type", media)], Body::from("{}")).await;
        let status = answer.status.as_u16();
        assert!(
            if route.door == Door::SignedIn { status == 401 } else { (400..500).contains(&status) },
            "{path}: {status}"
        );
    }
    assert_eq!(
        open,
        [
            "/",
            "/assets/{file}",
            "/sign-in",
            "/sign-out",
            "/api/openapi.json",
            "/healthz",
            "/metrics",
            "/readyz"
        ]
    );
    let told = stage.world.store.read_all(None, 1000).await.unwrap().split_off(before);
    let kinds = ["sign_in_refused", "webhook_rejected", "refusals_counted"];
    assert!(told.iter().all(|event| kinds.contains(&event.kind.as_str())), "{told:#?}");
}

#[tokio::test]
async fn trust_b6_measures_and_details_are_for_who_watches() {
    let stage = Stage::new().await;
    stage.ask(Method::GET, "/metrics", &[], Body::empty()).await.problem(401);
    stage.get("olga", "/metrics").await.problem(401);
    let ready = stage.ask(Method::GET, "/readyz", &[], Body::empty()).await;
    assert_eq!((ready.status.as_u16(), ready.json()), (200, serde_json::json!({ "status": "ready" })));
    assert!(stage.get("watch", "/readyz").await.json()["surfaces"].is_array());
    assert_ne!(stage.get("watch", "/metrics").await.status, 401);
    stage.stopping.cancel();
    let stopping = stage.ask(Method::GET, "/readyz", &[], Body::empty()).await;
    assert_eq!(
        (stopping.status.as_u16(), stopping.json()),
        (503, serde_json::json!({ "status": "not ready" }))
    );
}

/// What a browser sends that opens an address.
const BROWSER: (&str, &str) = ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");

#[tokio::test]
async fn a_link_leads_there_after_signing_in() {
    let stage = Stage::new().await;
    for (page, status) in [
        ("/?request=K7QM2X", 200_u16),
        ("/?text=my%20access&request=K7QM2X", 200),
        ("/me", 401),
        ("/rules", 401),
        ("/rules?proposal=K7QM2X", 401),
    ] {
        let door = stage.ask(Method::GET, page, &[BROWSER], Body::empty()).await;
        assert_eq!(door.status, status, "{page}");
        let field = format!(r#"name="next" value="{}""#, page.replace('&', "&#38;"));
        assert!(door.body.contains(&field) && door.body.contains(r#"action="/sign-in""#), "{}", door.body);
        assert!(!door.body.contains("Authorization"), "a browser sends no header: {}", door.body);
        let sent = async |token: &str| {
            let next = escaped(page);
            let body = Body::from(format!("token={token}&next={next}"));
            stage.ask(Method::POST, "/sign-in", &[OURS, FORM], body).await
        };
        let refused = sent("nobody").await;
        assert!(refused.status == 401 && refused.body.contains(&field), "{}", refused.body);
        let came = sent("erin").await;
        assert_eq!((came.status.as_u16(), came.headers["location"].to_str().unwrap()), (303, page));
    }
    let plain = stage.ask(Method::GET, "/", &[BROWSER], Body::empty()).await.body;
    assert!(!plain.contains(r#"name="next""#), "{plain}");
    assert_eq!(sign_in(&stage, "erin").await.headers["location"], "/");
}

#[tokio::test]
async fn signing_in_leads_nowhere_but_to_our_own_pages() {
    let stage = Stage::new().await;
    for elsewhere in [
        "//evil.example",
        "/\\evil.example",
        "/%2f%2fevil.example",
        "%2f%2fevil.example",
        "/%5cevil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/me\r\nset-cookie: a=b",
        "/sign-out",
        "/api/v1/export",
    ] {
        // As it is, and as a form writes it.
        let encoded = escaped(elsewhere);
        for next in [elsewhere.replace(['\r', '\n'], ""), encoded] {
            let body = Body::from(format!("token=erin&next={next}"));
            let came = stage.ask(Method::POST, "/sign-in", &[OURS, FORM], body).await;
            assert_eq!(
                (came.status.as_u16(), came.headers["location"].to_str().unwrap()),
                (303, "/"),
                "{next}"
            );
        }
    }
}

#[tokio::test]
async fn who_comes_with_a_session_that_is_over_is_told_and_led_on() {
    let stage = Stage::new().await;
    let session = cookie(&sign_in(&stage, "erin").await);
    stage.ask(Method::POST, "/sign-out", &[OURS, ("cookie", &session)], Body::empty()).await;
    for page in ["/me", "/?request=K7QM2X"] {
        let door = stage.ask(Method::GET, page, &[BROWSER, ("cookie", &session)], Body::empty()).await.body;
        assert!(
            door.contains("The session has ended") && door.contains(&format!(r#"value="{page}""#)),
            "{door}"
        );
    }
}

/// Every byte as a form may write it.
fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |all, byte| all + &format!("%{byte:02x}"))
}
