//! What the bot says in Teams.

use countersign_domain::card::CardField;
use countersign_domain::ports::{CallErrorKind, Identity, Place, Stranger, Surface as _, SurfaceKind};
use countersign_sandbox::{Drop, Fault, Faults};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use crate::stage::{CHANNEL, ERIN, HOME, Stage, named};

const KEY: Uuid = Uuid::nil();

fn person(object: &str) -> Identity {
    Identity::new(SurfaceKind::Teams, HOME.to_string(), object).unwrap()
}

#[tokio::test]
async fn a_card_is_posted_shown_anew_and_taken_away() {
    let stage = Stage::new().await;
    let posted = stage.teams.post(&stage.channel(), &named("Waiting"), KEY).await.unwrap();
    assert_eq!(posted.channel, CHANNEL);
    assert_eq!(stage.teams.update(&posted, &named("Granted")).await, Ok(true));
    let message = stage.sandbox.state().messages[0].clone();
    assert!(message.edited && message.card.clone().unwrap().to_string().contains("Granted"));
    assert_eq!(stage.teams.delete(&posted).await, Ok(true));
    assert_eq!(stage.teams.update(&posted, &named("Granted")).await, Ok(false));
    assert_eq!(stage.teams.delete(&posted).await, Ok(false));
    assert_eq!(stage.teams.find(&stage.channel(), KEY).await, Ok(None));
    assert_eq!(stage.teams.missed(&stage.channel(), Timestamp::UNIX_EPOCH).await, Ok(vec![]));
}

#[tokio::test]
async fn an_answer_stays_in_its_thread() {
    let stage = Stage::new().await;
    let root = stage.teams.post(&stage.channel(), &named("Waiting"), KEY).await.unwrap();
    let thread = Place { thread: Some(root.message.clone()), ..stage.channel() };
    let reply = stage.teams.post(&thread, &named("Granted"), KEY).await.unwrap();
    let message = stage.sandbox.state().message(&reply.message).unwrap().clone();
    assert_eq!(message.thread, Some(root.message));
    assert_eq!(stage.teams.update(&reply, &named("Ended")).await, Ok(true));
}

#[tokio::test]
async fn what_only_one_person_may_see_is_said_in_their_private_talk() {
    let stage = Stage::new().await;
    // By the id in Teams, as deliveries have it, and by the Entra object, as identities have it.
    for only in ["29:1erin", ERIN] {
        let place = Place { only: Some(only.to_owned()), ..stage.channel() };
        let posted = stage.teams.post(&place, &named("For Erin"), KEY).await.unwrap();
        assert_eq!(posted.channel, format!("a:1{ERIN}"));
    }
    stage.teams.post(&Place::direct(&person(ERIN)), &named("For Erin"), KEY).await.unwrap();
    assert_eq!(stage.asked("POST /v3/conversations "), 0);
    let opened = stage.sandbox.calls().iter().filter(|call| call.request == "POST /v3/conversations").count();
    assert_eq!(opened, 2, "the talk is opened once for each name");
}

#[tokio::test]
async fn trust_d1_a_conversation_that_fails_holds_up_no_other() {
    let stage = Stage::new().await;
    let erin = Place { via: Some(stage.sandbox.base_url()), ..Place::direct(&person(ERIN)) };
    stage.teams.post(&erin, &named("One"), KEY).await.unwrap();
    let path = format!("POST /v3/conversations/a:1{ERIN}/");
    let fault = Fault { matching: path, times: 1_000, status: Some(500), ..Fault::default() };
    stage.sandbox.order(Faults { next: vec![fault], ..Faults::default() });
    for _ in 0..12 {
        stage.teams.post(&erin, &named("Waiting"), KEY).await.unwrap_err();
        stage.teams.post(&stage.channel(), &named("Waiting"), KEY).await.unwrap();
    }
    assert_eq!(stage.asked(&format!("POST /v3/conversations/a:1{ERIN}/")), 1 + 5, "then it is left alone");
}

#[tokio::test]
async fn another_workspace_is_nobodys_business() {
    let stage = Stage::new().await;
    let elsewhere = Place { workspace: Uuid::from_u128(7).to_string(), ..stage.channel() };
    let error = stage.teams.post(&elsewhere, &named("Secret"), KEY).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Rejected);
    let stranger = Identity::new(SurfaceKind::Teams, Uuid::from_u128(7).to_string(), ERIN).unwrap();
    assert_eq!(stage.teams.profile(&stranger).await, Ok(None));
    assert!(stage.sandbox.calls().is_empty());
}

#[tokio::test]
async fn people_are_known_by_what_their_tenant_has_proven() {
    let stage = Stage::new().await;
    let erin = stage.teams.profile(&person(ERIN)).await.unwrap().unwrap();
    assert_eq!(
        (erin.name.as_str(), erin.email.as_deref(), erin.stranger),
        ("Erin", Some("erin@acme.example"), None)
    );
    let gus = stage.teams.profile(&person("3f6a1d2c-77b8-4f0e-8b1d-000000000002")).await.unwrap().unwrap();
    assert_eq!((gus.email, gus.stranger), (None, Some(Stranger::Guest)));
    assert_eq!(stage.teams.viewers([ERIN, "nobody"]), ["29:1erin"]);
    assert_eq!(stage.teams.profile(&person(&Uuid::from_u128(9).to_string())).await, Ok(None));
}

#[tokio::test]
async fn all_members_of_a_channel_are_listed_page_by_page() {
    let stage = Stage::new().await;
    stage
        .sandbox
        .change(|state| {
            let one = state.users[0].clone();
            for number in 0..1_100_u32 {
                let id = format!("29:1many{number}");
                state.talks[0].members.push(id.clone());
                let object = Uuid::from_u128(1_000_000 + u128::from(number)).to_string();
                state.users.push(countersign_sandbox::teams::TeamsUser { id, object, ..one.clone() });
            }
        })
        .unwrap();
    let members = stage.teams.members(CHANNEL).await.unwrap().unwrap();
    assert_eq!(members.len(), 1_103);
    assert!(members.contains(&ERIN.to_owned()));
    assert_eq!(stage.asked("GET /v3/conversations/"), 3);
    assert_eq!(
        stage.teams.members("19:nowhere@thread.tacv2").await.unwrap(),
        None,
        "there is no such channel"
    );
}

#[tokio::test]
async fn trouble_says_what_may_be_concluded() {
    let stage = Stage::new().await;
    let ordered = |fault: Fault| {
        let fault = Fault { matching: "POST /v3".to_owned(), times: 1, ..fault };
        stage.sandbox.order(Faults { next: vec![fault], ..Faults::default() });
    };
    let (place, card) = (stage.channel(), named("Waiting"));
    ordered(Fault { status: Some(429), retry_after: Some(7), ..Fault::default() });
    let error = stage.teams.post(&place, &card, KEY).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::NotDone { after: Some(std::time::Duration::from_secs(7)) });
    for fault in [
        Fault { status: Some(500), ..Fault::default() },
        Fault { drop: Some(Drop::After), ..Fault::default() },
    ] {
        ordered(fault);
        assert_eq!(stage.teams.post(&place, &card, KEY).await.unwrap_err().kind, CallErrorKind::Unknown);
    }
}

#[tokio::test]
async fn the_largest_card_fits_what_teams_takes() {
    let stage = Stage::new().await;
    let mut card = named("Large");
    card.text = "\u{1f9e1}".repeat(9_000);
    card.lines = vec!["\u{1f9e1}\"\\".repeat(9_000)];
    let field =
        |number| CardField { label: format!("{number}"), value: "ü\"".repeat(500), link: None, note: None };
    card.fields = (0..60).map(field).collect();
    stage.teams.post_for(&stage.channel(), &card, Some(&crate::stage::viewers())).await.unwrap();
}

#[tokio::test]
async fn trust_d2_an_address_that_is_not_known_says_nothing_of_who_is_a_member() {
    let refused = |code: &str| json!({ "error": { "code": code, "message": "Not found." } }).to_string();
    let nobody = [refused("MemberNotFoundInConversation")];
    let anything_else =
        ["<html>Not Found</html>".to_owned(), refused("ServiceNotFound"), json!({}).to_string()];
    for (path, body) in ["POST /v3/conversations", "GET /v3/conversations"]
        .into_iter()
        .flat_map(|path| nobody.iter().chain(&anything_else).map(move |body| (path, body)))
    {
        let stage = Stage::new().await;
        let fault = Fault {
            matching: path.to_owned(),
            times: 10,
            status: Some(404),
            body: Some(body.clone()),
            ..Fault::default()
        };
        stage.sandbox.order(Faults { next: vec![fault], ..Faults::default() });
        let said = stage.teams.profile(&person(ERIN)).await;
        if nobody.contains(body) {
            assert_eq!(said, Ok(None), "{path}: the connector says that there is nobody");
        } else {
            assert_eq!(said.map_err(|error| error.status), Err(Some(404)), "{path} {body}: nobody knows");
        }
    }
}

#[tokio::test]
async fn trust_d2_a_private_talk_that_is_gone_is_opened_anew_before_anybody_counts_as_gone() {
    let stage = Stage::new().await;
    assert!(stage.teams.profile(&person(ERIN)).await.unwrap().is_some());
    let gone = json!({ "error": { "code": "ConversationNotFound", "message": "Conversation not found." } });
    let fault = |times| Fault {
        matching: "GET /v3/conversations".to_owned(),
        times,
        status: Some(404),
        body: Some(gone.to_string()),
        ..Fault::default()
    };
    stage.sandbox.order(Faults { next: vec![fault(1)], ..Faults::default() });
    assert!(stage.teams.profile(&person(ERIN)).await.unwrap().is_some(), "the talk was opened anew");
    stage.sandbox.order(Faults { next: vec![fault(10)], ..Faults::default() });
    stage.teams.profile(&person(ERIN)).await.unwrap_err();
}
