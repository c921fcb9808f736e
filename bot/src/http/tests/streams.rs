//! A stream of somebody who may look no more ends at once, and not with the next thing there is to see.

use axum::body::Body;
use axum::http::Method;
use countersign_domain::envelope::ActorKind;
use countersign_domain::tenant::{PeopleCommand, Person};

use super::door::{OURS, cookie, sign_in};
use super::stage::Stage;

async fn watching(stage: &Stage, header: (&str, &str)) -> axum::response::Response {
    let response = stage.send(Method::GET, "/events", &[header], Body::empty()).await;
    assert_eq!(response.status(), 200);
    response
}

/// Everything that is still said; only a stream that is over has an end, and one that goes on is told and not waited for.
async fn rest(response: axum::response::Response) -> String {
    let whole = axum::body::to_bytes(response.into_body(), usize::MAX);
    let bytes = tokio::time::timeout(std::time::Duration::from_secs(30), whole).await;
    String::from_utf8(bytes.expect("the stream goes on").unwrap().to_vec()).unwrap()
}

#[tokio::test]
async fn trust_b6_a_stream_ends_when_its_owner_signs_out_here_or_at_another_bot() {
    let stage = Stage::new().await;
    // What is asked for equally while it waits is one request, and nothing new happens to it.
    for (bot, duration) in [(&stage, "2 days"), (&stage.beside([7; 32], None), "3 days")] {
        let [session, other] =
            [cookie(&sign_in(&stage, "erin").await), cookie(&sign_in(&stage, "erin").await)];
        let (ended, goes_on) =
            (watching(&stage, ("cookie", &session)).await, watching(&stage, ("cookie", &other)).await);
        let out = [("cookie", session.as_str()), OURS];
        assert_eq!(bot.ask(Method::POST, "/sign-out", &out, Body::empty()).await.status, 303);
        rest(ended).await;
        stage.ask(Method::GET, "/events", &[("cookie", &session)], Body::empty()).await.problem(401);
        // Who signed out elsewhere is still signed in here, and sees what happens.
        let code = stage.waiting_request_for(duration).await.to_string();
        let mut chunks = goes_on.into_body().into_data_stream();
        // What is left to be told of an earlier one may come first.
        let mut seen = String::new();
        while !seen.contains(&code) {
            let event = futures::StreamExt::next(&mut chunks).await.expect("it goes on").unwrap();
            seen.push_str(std::str::from_utf8(&event).unwrap());
        }
    }
}

#[tokio::test]
async fn trust_b6_a_stream_ends_when_its_owner_is_removed_by_token_or_by_session() {
    let stage = Stage::new().await;
    let session = cookie(&sign_in(&stage, "erin").await);
    let by_session = watching(&stage, ("cookie", &session)).await;
    let by_token = watching(&stage, ("authorization", "Bearer erin")).await;
    stage.tenant(PeopleCommand::Remove { id: "erin".parse().unwrap() }).await;
    assert_eq!((rest(by_session).await, rest(by_token).await), (String::new(), String::new()));
}

#[tokio::test]
async fn trust_b6_a_stream_ends_when_its_owner_was_removed_though_they_are_back_already() {
    let stage = Stage::new().await;
    let session = cookie(&sign_in(&stage, "erin").await);
    let by_session = watching(&stage, ("cookie", &session)).await;
    let erin = Person {
        id: "erin".parse().unwrap(),
        kind: ActorKind::Person,
        name: "Erin".to_owned(),
        groups: [].into(),
        roles: [].into(),
        accounts: [].into(),
    };
    stage.tenant(PeopleCommand::Remove { id: erin.id.clone() }).await;
    stage.tenant_after(1, PeopleCommand::Record { person: erin }).await;
    assert_eq!(rest(by_session).await, "");
}

#[tokio::test]
async fn one_tenant_has_so_many_streams_and_what_is_closed_makes_room() {
    let stage = Stage::set_up(|settings| settings.streams_of_tenant = 2).await;
    let (first, second) = (("authorization", "Bearer erin"), ("authorization", "Bearer ada"));
    let open = [watching(&stage, first).await, watching(&stage, second).await];
    let refused = stage.get("olga", "/events").await;
    assert!(refused.problem(429).contains("Your organisation has 2 windows open"), "{}", refused.body);
    let [left, _goes_on] = open;
    drop(left);
    watching(&stage, ("authorization", "Bearer olga")).await;
}
