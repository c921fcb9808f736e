//! The life of an access, from the form to its end; and what happens where the connector is away.

use countersign::demo::chats::TEAMS_CHANNEL;
use countersign_sandbox::{Fault, Faults, TeamsAct};
use countersign_tests::stage::Stage;
use countersign_tests::teams::{buttons, teams_user, words};
use jiff::SignedDuration;
use serde_json::json;

use super::{ADMIN, APPROVER, APPROVER2, EMPLOYEE, WRITE, code, stage};

#[tokio::test]
async fn teams_a_form_becomes_an_access_by_two_countersignatures_and_is_given_back() {
    let stage = stage().await;
    let user = teams_user(EMPLOYEE);
    let opened = stage.in_teams(TeamsAct::OpenForm { user: user.clone(), talk: None, about: None }).await;
    let shown = opened.answer.expect("the form");
    assert_eq!(shown.pointer("/task/type"), Some(&json!("continue")), "{shown:#}");
    let list = "repositories".to_owned();
    let search = TeamsAct::Search { user: user.clone(), talk: None, list, text: "inf".to_owned() };
    let found = stage.in_teams(search).await.answer.expect("what was found");
    assert_eq!(found.pointer("/value/results/0/value"), Some(&json!("infra")), "{found:#}");

    let form = shown.pointer("/task/value/card/content/actions/0/data/form").expect("its name");
    let mut data = json!({
        "form": form, "permission": "admin", "repository": "infra", "duration": "soon", "ticket": "OPS-18",
        "reason": "the certificates expire",
    });
    let submit = |data: &serde_json::Value| TeamsAct::SubmitForm {
        user: user.clone(),
        talk: None,
        data: data.clone(),
    };
    let again = stage.in_teams(submit(&data)).await.answer.expect("the form again");
    assert_eq!(again.pointer("/task/type"), Some(&json!("continue")));
    assert!(again.to_string().contains("soon"), "{again:#}");
    data["duration"] = "3 hours".into();
    let closed = stage.in_teams(submit(&data)).await.answer.expect("a word");
    assert_eq!(closed.pointer("/task/type"), Some(&json!("message")));

    let code = code(&stage);
    assert_eq!(stage.status(&code).await, "waiting");
    let shown = stage.teams_presses(APPROVER, "Approve").await;
    assert!(words(&shown["value"]).contains("waiting, 1 of 2 countersigned"), "{shown:#}");
    assert_eq!(buttons(&shown["value"]), ["Take it back"]);
    stage.teams_presses(APPROVER2, "Approve").await;
    assert_eq!(stage.status(&code).await, "active");
    assert_eq!(stage.held(EMPLOYEE, "infra").as_deref(), Some("admin"));
    let told = stage.teams_sees(EMPLOYEE).join("\n---\n");
    assert!(told.contains("Granted: "), "{told}");

    stage.later(SignedDuration::from_mins(136)).await;
    let told = stage.teams_sees(EMPLOYEE).join("\n---\n");
    assert!(told.contains("It ends soon: "), "{told}");
    stage.teams_presses(EMPLOYEE, "Give back").await;
    assert_eq!(stage.status(&code).await, "given_back");
    assert_eq!(stage.held(EMPLOYEE, "infra"), None);
    let is_news = |text: &str| ["Granted: ", "It ends soon: "].iter().any(|news| text.contains(news));
    let talk = stage.teams_talk(EMPLOYEE);
    let cards = talk.iter().filter_map(|message| message.card.as_ref());
    let news: Vec<_> = cards.filter(|card| is_news(&words(card))).collect();
    assert_eq!(news.len(), 2, "what was told stays said: {news:#?}");
    for card in news {
        assert_eq!(buttons(card), [""; 0], "what is over can be neither extended nor given back");
        let said = words(card);
        assert!(said.contains("The permission was taken back") && !said.contains("I am taking"), "{said}");
    }
}

#[tokio::test]
async fn teams_a_sentence_in_the_channel_is_one_card_for_all_wherever_it_is_shown() {
    let stage = stage().await;
    stage.teams_says_to_all(EMPLOYEE, WRITE).await;
    let code = code(&stage);
    let cards = || {
        let own = [APPROVER, APPROVER2, ADMIN].into_iter().map(|id| stage.teams_sees(id).pop());
        let shared = stage.teams_channel().into_iter().map(|message| message.card.as_ref().map(words));
        own.chain(shared).flatten().collect::<Vec<_>>()
    };
    assert_eq!(cards().len(), 4, "three private ones, and the one in the channel's thread: {:#?}", cards());
    assert!(cards().iter().all(|card| card.contains("waiting, 0 of 1 countersigned")), "{:#?}", cards());
    stage.teams_presses(APPROVER, "Approve").await;
    for card in cards() {
        assert!(card.contains(&format!("{code}: Erin Employee has write on payments-api")), "{card}");
        assert!(card.contains("Status: active") && card.contains("Countersigned by: Ada Approver"), "{card}");
    }
}

#[tokio::test]
async fn teams_away_for_hours_its_cards_catch_up_when_it_is_back() {
    let stage = stage().await;
    stage.teams_says(EMPLOYEE, WRITE).await;
    let code = code(&stage);
    let away = Fault { times: 40, status: Some(503), ..Fault::default() };
    stage.teams().order(Faults { next: vec![away], ..Faults::default() });
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "active", "what counts does not wait for a chat");
    let stale = words(stage.teams_channel()[0].card.as_ref().expect("a card"));
    assert!(stale.contains("waiting"), "{stale}");
    stage.teams().order(Faults::default());
    for _ in 0..12 {
        stage.later(SignedDuration::from_mins(10)).await;
    }
    let shown = words(stage.teams_channel()[0].card.as_ref().expect("a card"));
    assert!(shown.contains("Status: active"), "{shown}");
}

#[tokio::test]
async fn teams_a_like_countersigns_only_where_the_rule_says_so_and_can_be_taken_back() {
    let stage = stage().await;
    stage.teams_says_to_all(EMPLOYEE, WRITE).await;
    let first = code(&stage);
    like(&stage, APPROVER, false).await;
    assert_eq!(stage.status(&first).await, "waiting", "the rule wants more than a reaction");
    stage.says(EMPLOYEE, &format!("withdraw {first}")).await;

    let rules = stage.get(ADMIN, "/api/v1/rules").await["text"].as_str().expect("the rules' text").to_owned();
    let relaxed = rules.replace("@id(\"admin\")", "@id(\"admin\")\n@reaction");
    stage.publish(&relaxed).await;
    stage.settle().await;
    stage.teams_says_to_all(EMPLOYEE, "access admin on infra for 3 hours ticket OPS-18").await;
    let code = code(&stage);
    assert_ne!(code, first);
    let counted = |stage: &Stage| {
        let card = stage.teams_channel().pop().and_then(|message| message.card).expect("a card");
        words(&card).lines().find(|line| line.starts_with("Status")).map(str::to_owned).expect("a status")
    };
    like(&stage, EMPLOYEE, false).await;
    assert_eq!(counted(&stage), "Status: waiting, 0 of 2 countersigned", "nobody likes their own");
    like(&stage, APPROVER, false).await;
    assert_eq!(counted(&stage), "Status: waiting, 1 of 2 countersigned");
    like(&stage, APPROVER, true).await;
    assert_eq!(counted(&stage), "Status: waiting, 0 of 2 countersigned");
    like(&stage, APPROVER, false).await;
    like(&stage, APPROVER2, false).await;
    assert_eq!(stage.status(&code).await, "active");
}

/// Somebody likes the newest card of the channel, or takes that back.
async fn like(stage: &Stage, id: &str, back: bool) {
    let message = stage.teams_channel().pop().expect("a card").id;
    assert!(stage.teams().state().talk(TEAMS_CHANNEL).is_some());
    stage.in_teams(TeamsAct::React { user: teams_user(id), message, kind: "like".to_owned(), back }).await;
}
