//! Talking over a WebSocket: asked, answered as it is said, stopped, gone on with where it was cut, and by nobody who may not.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_domain::envelope::Cause;
use countersign_domain::tenant::{People, PeopleCommand};
use countersign_tests::answers::Next;
use countersign_tests::sockets::Socket;
use countersign_tests::stage::tenant;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use super::*;

/// Where a page's script offers its token.
const PROTOCOL: &str = "sec-websocket-protocol";
/// A page of another site that may use the API.
const PORTAL: &str = "https://portal.acme.example";

/// A bot with this in its configuration of HTTP, whose agent answers by what a test lets it.
async fn stage_of(configure: impl FnOnce(&mut countersign::config::HttpConfig)) -> Stage {
    let (answers, store) = (Arc::new(Answers::default()), Arc::new(MemoryStore::new()));
    Stage::arranged(store, |config| configure(&mut config.http), |world| answers.furnish(world, |_| {})).await
}

#[tokio::test]
async fn conversation_ws_a_question_is_answered_as_it_is_said_and_goes_on_where_it_was_cut() {
    let (stage, answers) = stage().await;
    live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    answers.next(Next::Speak(&[
        "Tokens are valid",
        " for 30 days [1]. The VPN",
        " is closed on Sundays [1]. So",
    ]));
    let mut socket = Socket::of(&stage, EMPLOYEE).await;
    socket.says(&json!({ "type": "chat", "id": "1", "text": "How long are tokens valid?" })).await;
    answers.go_on.notify_one();
    let first = socket.until("snapshot").await;
    assert_eq!(first["data"]["text"], "Tokens are valid for 30 days . ", "{first:#}");
    drop(socket);

    answers.go_on.notify_one();
    let mut socket = Socket::of(&stage, EMPLOYEE).await;
    socket.says(&json!({ "type": "resume", "id": "2", "after": first["seq"] })).await;
    assert_eq!(socket.until("resumed").await["id"], "2");
    let second = socket.hears().await.expect("it goes on");
    assert_eq!(
        (&second["type"], &second["data"]["turn"]),
        (&json!("piece"), &first["data"]["turn"]),
        "{second:#}"
    );
    let more = second["data"]["text"].as_str().expect("text");
    assert!(more.starts_with("The VPN is closed on Sundays"), "what was seen is not told again: {second:#}");
    answers.go_on.notify_one();
    let last = socket.until("turn").await;
    assert_eq!(last["data"]["stage"], "answered", "{last:#}");
    let whole = last["data"]["answer"]["text"].as_str().expect("an answer");
    assert!(whole.starts_with("Tokens are valid for 30 days") && whole.ends_with("So"), "{whole}");
    stage.settle().await;

    // Who saw all of it is told nothing of it, who comes for the first time hears of it only where they ask for it.
    let mut again = Socket::of(&stage, EMPLOYEE).await;
    again.says(&json!({ "type": "resume", "after": last["seq"] })).await;
    again.until("resumed").await;
    stage.says(EMPLOYEE, "When is the VPN closed?").await;
    assert_eq!(again.until("turn").await["data"]["question"], "When is the VPN closed?");
    let mut late = Socket::of(&stage, EMPLOYEE).await;
    late.says(&json!({ "type": "resume" })).await;
    let resumed = late.hears().await.expect("it is open");
    assert_eq!(resumed["type"], "resumed", "nothing comes by itself: {resumed:#}");
    assert_eq!(late.hears().await.expect("it is open")["data"]["question"], "When is the VPN closed?");
}

#[tokio::test]
async fn conversation_ws_what_is_said_again_by_its_id_is_one_also_by_another_way() {
    let (stage, _) = stage().await;
    let said = json!({ "type": "chat", "id": "lunch-1", "text": "What is for lunch today?" });
    for _ in 0..2 {
        let mut socket = Socket::of(&stage, EMPLOYEE).await;
        socket.says(&said).await;
        let cards = socket.until("cards").await;
        assert!(cards["id"] == "lunch-1" && cards["data"]["cards"][0].is_object(), "{cards:#}");
    }
    let request = stage.client().post(stage.url("/api/v1/chat")).bearer_auth(EMPLOYEE);
    let request = request.header("idempotency-key", "lunch-1").json(&json!({ "text": said["text"] }));
    assert_eq!(request.send().await.expect("the bot answers").status(), 200);
    stage.settle().await;
    let asked = stage.get(EMPLOYEE, "/api/v1/conversations").await;
    assert_eq!(asked["items"].as_array().map(Vec::len), Some(1), "{asked:#}");
}

#[tokio::test]
async fn conversation_ws_an_answer_is_stopped_while_it_is_waited_for() {
    let (stage, answers) = stage().await;
    live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    answers.next(Next::Speak(&["Tokens are valid for 30 days. The VPN", " is"]));
    let mut socket = Socket::of(&stage, EMPLOYEE).await;
    socket.says(&json!({ "type": "chat", "id": "1", "text": "How long are tokens valid?" })).await;
    socket.until("snapshot").await;
    socket.says(&json!({ "type": "stop", "id": "2" })).await;
    let mut heard_of = std::collections::BTreeMap::new();
    while heard_of.len() < 2 {
        let told = socket.hears().await.expect("it is open");
        if told["type"] == "stopped" || told["type"] == "turn" {
            heard_of.insert(told["type"].to_string(), told["data"]["stage"].clone());
        }
    }
    assert!(heard_of.values().all(|stage| stage == "stopped"), "{heard_of:#?}");
    heard(&answers).await;
    stage.settle().await;
    let last = last(&stage, EMPLOYEE).await;
    assert_eq!(last["stage"], "stopped", "{last:#}");
}

#[tokio::test]
async fn conversation_ws_is_opened_by_who_shows_who_they_are_from_a_page_that_may_and_nobody_else() {
    let stage = stage_of(|http| http.origins = vec![PORTAL.to_owned()]).await;
    let (bearer, session) = (format!("Bearer {EMPLOYEE}"), stage.signs_in(EMPLOYEE).await);
    let offered = |token: &str| format!("countersign.v1, bearer.{}", URL_SAFE_NO_PAD.encode(token));
    let (good, bad, ours) = (offered(EMPLOYEE), offered("nobody"), format!("http://{}", stage.address));
    let (good, bad, ours, cookie) = (good.as_str(), bad.as_str(), ours.as_str(), session.cookie());
    let bearer = bearer.as_str();
    for (headers, opened) in [
        (vec![("authorization", bearer)], None),
        (vec![(PROTOCOL, good)], None),
        (vec![(PROTOCOL, good), ("origin", PORTAL)], None),
        (vec![(PROTOCOL, good), ("origin", ours)], None),
        (vec![("cookie", cookie), ("origin", ours)], None),
        (vec![], Some(401)),
        (vec![("authorization", "Bearer nobody")], Some(401)),
        (vec![(PROTOCOL, bad)], Some(401)),
        (vec![(PROTOCOL, good), ("authorization", bearer)], Some(400)),
        (vec![(PROTOCOL, "chat")], Some(400)),
        (vec![("authorization", bearer), ("origin", "https://evil.example")], Some(403)),
        (vec![(PROTOCOL, good), ("origin", "https://evil.example")], Some(403)),
        (vec![("cookie", cookie)], Some(403)),
        (vec![("cookie", cookie), ("origin", PORTAL)], Some(403)),
        (vec![("cookie", cookie), ("origin", "https://evil.example")], Some(403)),
        (vec![("authorization", bearer), ("host", "evil.example")], Some(421)),
    ] {
        let came = Socket::open(&stage, &headers).await;
        assert_eq!(came.err(), opened, "{headers:?}");
    }
    let in_address = stage.url(&format!("/api/v1/ws?token={EMPLOYEE}&access_token={EMPLOYEE}"));
    let answer = stage.client().get(in_address).send().await.expect("the bot answers");
    assert_eq!(answer.status(), 401, "a token in an address is none");
    let answer = stage.client().get(stage.url("/api/v1/ws")).bearer_auth(EMPLOYEE).send().await;
    assert_eq!(answer.expect("the bot answers").status(), 426);
}

#[tokio::test]
async fn conversation_ws_ends_at_once_with_its_session_and_with_who_is_removed() {
    let (stage, _) = stage().await;
    let (session, other) = (stage.signs_in(EMPLOYEE).await, stage.signs_in(EMPLOYEE).await);
    let ours = format!("http://{}", stage.address);
    let open = async |cookie: &str| {
        let opened = Socket::open(&stage, &[("cookie", cookie), ("origin", &ours)]).await;
        opened.expect("it is open").0
    };
    let (mut ended, mut goes_on) = (open(session.cookie()).await, open(other.cookie()).await);
    session.sends("/sign-out", &[]).await;
    assert_eq!(ended.end().await, Some(1008), "it ends with the session, and not with the next answer");
    goes_on.says(&json!({ "type": "chat", "text": "What is for lunch today?" })).await;
    goes_on.until("cards").await;

    let mut by_token = Socket::of(&stage, EMPLOYEE).await;
    let (id, at) = (Uuid::new_v4(), stage.bot.world.clock.now());
    let actor = countersign::context::system("test");
    let cause = Cause { actor, command: id, correlation: id, causation: id, at };
    let remove = || PeopleCommand::Remove { id: EMPLOYEE.parse().expect("an id") };
    let (tenant, engine) = (tenant(), &stage.bot.engine);
    let done = engine.execute::<People>(&tenant, tenant.as_str(), &cause, "configure", remove).await;
    done.expect("the log answers").expect("nothing speaks against it");
    assert_eq!([goes_on.end().await, by_token.end().await], [Some(1008); 2]);
}

#[tokio::test]
async fn conversation_ws_others_read_nothing_of_it_and_what_cannot_be_taken_ends_nothing() {
    let (stage, _) = stage().await;
    stage.says(EMPLOYEE, "What is for lunch today?").await;
    let theirs = last(&stage, EMPLOYEE).await["conversation"].clone();
    let mut socket = Socket::of(&stage, APPROVER).await;
    for (said, status) in [
        (json!({ "type": "resume", "conversation": theirs }), 404),
        (json!({ "type": "chat", "text": "help", "conversation": theirs }), 404),
        (json!({ "type": "resume", "after": "yesterday" }), 400),
        (json!({ "type": "chat" }), 400),
        (json!({ "type": "shout", "text": "help" }), 400),
        (json!({ "type": "chat", "text": "help", "loud": true }), 400),
        (json!({ "type": "chat", "text": "help", "id": "not an id" }), 400),
        (json!("help"), 400),
    ] {
        socket.says(&said).await;
        let told = socket.hears().await.expect("it is open");
        assert_eq!(
            (&told["type"], &told["data"]["status"]),
            (&json!("problem"), &json!(status)),
            "{said}: {told:#}"
        );
    }
    socket.says(&json!({ "type": "chat", "id": "7", "text": "help" })).await;
    assert_eq!(socket.until("cards").await["id"], "7", "it goes on");
    socket.sends(Message::binary(vec![1, 2, 3])).await;
    assert_eq!(socket.end().await, Some(1003));
    let mut socket = Socket::of(&stage, APPROVER).await;
    socket.sends(Message::text("x".repeat(300 * 1_024))).await;
    // Who is still sending while it is closed may not hear why.
    assert!(matches!(socket.end().await, Some(1009) | None));
}

#[tokio::test]
async fn conversation_ws_one_person_has_so_many_and_says_as_much_as_may_be_asked() {
    let stage = stage_of(|http| http.person_per_minute = std::num::NonZeroU32::new(20)).await;
    let mut open = Vec::new();
    for _ in 0..16 {
        open.push(Socket::of(&stage, EMPLOYEE).await);
    }
    let bearer = format!("Bearer {EMPLOYEE}");
    let refused = Socket::open(&stage, &[("authorization", &bearer)]).await;
    assert_eq!(refused.err(), Some(429), "no more windows than of the page");
    Socket::of(&stage, APPROVER).await;
    let mut socket = open.pop().expect("it is open");
    // Opening them was asked for too: of twenty, three are left.
    for turn in 0..4 {
        socket.says(&json!({ "type": "resume", "id": turn.to_string() })).await;
        let told = socket.hears().await.expect("it is open");
        assert_eq!(told["data"]["status"] == 429, turn == 3, "{turn}: {told:#}");
    }
}

#[tokio::test]
async fn conversation_ws_has_its_place_among_all_connections_for_as_long_as_it_lasts() {
    let stage = stage_of(|http| http.connections = 2).await;
    let (mut first, second) = (Socket::of(&stage, EMPLOYEE).await, Socket::of(&stage, APPROVER).await);
    let turned_away = stage.client().get(stage.url("/healthz")).send().await;
    assert!(turned_away.is_err(), "there is no room: {turned_away:?}");
    first.says(&json!({ "type": "resume" })).await;
    first.until("resumed").await;
    drop((first, second));
    let there_is_room = async {
        while stage.client().get(stage.url("/healthz")).send().await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    // Real time: a place that is never given back is a fault to be told, not waited for.
    let waited = tokio::time::timeout(std::time::Duration::from_secs(20), there_is_room).await;
    waited.expect("the places are given back");
}
