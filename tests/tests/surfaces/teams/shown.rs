//! What each viewer is shown: their own buttons on a card that many see, and nothing that is not for them.

use countersign::demo::chats::TEAMS_CHANNEL;
use countersign_sandbox::TeamsAct;
use countersign_sandbox::teams::TeamsUser;
use countersign_tests::teams::{buttons, teams_user, words};
use serde_json::json;

use super::{APPROVER, AUDITOR, EMPLOYEE, WRITE, code, count, stage};

#[tokio::test]
async fn teams_a_shared_card_shows_each_viewer_their_own_buttons() {
    let stage = stage().await;
    stage.teams_says_to_all(EMPLOYEE, WRITE).await;
    let code = code(&stage);
    let card = stage.teams_channel().pop().expect("a card");
    let shared = card.card.clone().expect("a card");
    assert_eq!(buttons(&shared), ["Approve", "Deny"]);
    let asked: Vec<_> = shared["refresh"]["userIds"].as_array().expect("viewers").clone();
    assert!(asked.contains(&json!(teams_user(APPROVER))) && asked.contains(&json!(teams_user(EMPLOYEE))));
    assert!(!asked.contains(&json!(teams_user(AUDITOR))), "{asked:?}");
    assert!(!shared.to_string().contains(&format!("status {code}")), "what it sends back is opaque");

    let before = stage.head().await;
    assert_eq!(buttons(&stage.teams_looks(APPROVER, &card).await), ["Approve", "Deny"]);
    assert_eq!(buttons(&stage.teams_looks(EMPLOYEE, &card).await), ["Withdraw"]);
    assert_eq!(buttons(&stage.teams_looks(AUDITOR, &card).await), [""; 0]);
    let holds = |card: &serde_json::Value| words(card).contains("Holds already");
    assert!(
        holds(&stage.teams_looks(APPROVER, &card).await) && holds(&shared),
        "whoever decides sees what is held"
    );
    assert_eq!(stage.head().await, before, "looking changes nothing");
}

#[tokio::test]
async fn teams_a_guest_a_program_and_somebody_unknown_are_told_and_change_nothing() {
    let stage = stage().await;
    stage.change_teams(|state| {
        let somebody = |name: &str, guest| TeamsUser {
            id: format!("29:1{name}"),
            object: uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, name.as_bytes()).to_string(),
            name: name.to_owned(),
            principal: format!("{name}@acme.example"),
            guest,
        };
        state.users.extend([somebody("gus", true), somebody("una", false)]);
        // Whoever is renamed to somebody else's name is still who they are.
        state.users.push(TeamsUser { name: "Ada Approver".to_owned(), ..somebody("eve", false) });
    });
    stage.teams_says_to_all(EMPLOYEE, WRITE).await;
    let code = code(&stage);
    let card = stage.teams_channel().pop().expect("a card");
    for (name, said) in [
        ("gus", "you are a guest of it"),
        ("una", "I can only help you when I know who you are"),
        ("eve", "I can only help you when I know who you are"),
    ] {
        let user = format!("29:1{name}");
        let text = format!("approve {code}");
        let says = TeamsAct::Say { user: user.clone(), talk: None, thread: None, text };
        assert_eq!(stage.in_teams(says).await.tries, ["200"]);
        let state = stage.teams().state();
        let talk = format!("a:1{}", state.user(&user).expect("a user").object);
        let answer = state.messages.iter().rev().find(|message| message.talk == talk).expect("an answer");
        assert!(answer.card.as_ref().map(words).unwrap_or_default().contains(said), "{answer:#?}");
        let press = TeamsAct::Press {
            user: user.clone(),
            message: card.id.clone(),
            button: "Approve".to_owned(),
            inputs: std::collections::BTreeMap::new(),
        };
        let shown = stage.in_teams(press).await.answer.expect("an answer");
        assert!(shown["value"].to_string().contains(said), "{shown:#}");
        let form = stage.in_teams(TeamsAct::OpenForm { user, talk: None, about: None }).await.answer;
        let form = form.and_then(|form| form.pointer("/task/value/card/content").cloned()).expect("a window");
        assert!(words(&form).contains(said), "{form:#}");
    }
    // Said, pressed, and asked for the form.
    assert_eq!(count(&stage, &["interaction_refused"]).await, 9);
    let bot = json!({ "type": "message", "text": "approve" });
    let token = stage.teams_token(&json!({}));
    let refused = stage.teams_raw("/api/messages", &token, bot.to_string().into_bytes()).await;
    assert_eq!(refused, 400, "an activity without the parts of one");
    assert_eq!(stage.status(&code).await, "waiting");
}

#[tokio::test]
async fn teams_who_is_not_eligible_is_told_in_private_and_nothing_is_counted() {
    let stage = stage().await;
    stage.teams_says_to_all(EMPLOYEE, WRITE).await;
    let code = code(&stage);
    let card = stage.teams_channel().pop().expect("a card");
    for who in [AUDITOR, EMPLOYEE] {
        let shown = stage.teams_presses_on(who, &card, "Approve").await;
        assert!(!buttons(&shown["value"]).contains(&"Approve".to_owned()), "{shown:#}");
        let told = stage.teams_sees(who).join("\n---\n");
        assert!(told.contains("That was not done"), "{told}");
    }
    assert_eq!(count(&stage, &["access_countersigned"]).await, 0);
    assert_eq!(stage.status(&code).await, "waiting");
}

#[tokio::test]
async fn teams_what_is_open_beside_is_drawn_where_all_that_waits_is_and_shown_so_to_whoever_looks() {
    let stage = stage().await;
    stage.change_teams(|state| {
        state.users.push(TeamsUser {
            id: "29:1una".to_owned(),
            object: uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, b"una").to_string(),
            name: "una".to_owned(),
            principal: "una@acme.example".to_owned(),
            guest: false,
        });
    });
    // One is asked in a thread of the channel, the other in private: the channel is told of both.
    stage.teams_says_to_all(EMPLOYEE, WRITE).await;
    let first = code(&stage);
    stage.teams_says(EMPLOYEE, "access write on payments-api for 3 hours ticket OPS-18").await;
    let second = code(&stage);
    let cards = stage.teams_channel();
    assert_eq!(cards.len(), 2, "{cards:#?}");
    for (message, other) in cards.iter().zip([&second, &first]) {
        let names = |card: &serde_json::Value| {
            let words = words(card);
            words.contains("Open beside it") && words.contains(other.as_str())
        };
        let drawn = message.card.as_ref().expect("a card");
        assert!(names(drawn), "{drawn:#}");
        let act = TeamsAct::Look { user: "29:1una".to_owned(), message: message.id.clone() };
        let looked = stage.in_teams(act).await.answer.expect("an answer that Teams shows")["value"].clone();
        assert!(names(&looked), "whoever sees the channel sees the same each time: {looked:#}");
    }
}

#[tokio::test]
async fn teams_a_request_is_found_and_put_into_a_message_without_anything_to_press() {
    let stage = stage().await;
    stage.teams_says(EMPLOYEE, WRITE).await;
    let (user, list) = (teams_user(EMPLOYEE), "requests".to_owned());
    let search =
        TeamsAct::Search { user, talk: Some(TEAMS_CHANNEL.to_owned()), list, text: "PAYMENTS".to_owned() };
    let found = stage.in_teams(search).await.answer.expect("what was found");
    let card = found.pointer("/composeExtension/attachments/0/content").expect("a card");
    assert!(words(card).contains("write on payments-api"), "{found:#}");
    assert_eq!(buttons(card), [""; 0]);
    assert!(card["refresh"]["action"].is_object(), "each viewer is shown the bot's own");
}
