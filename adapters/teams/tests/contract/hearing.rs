//! What the bot hears of what people do in Teams, and what they are shown.

use countersign_domain::ports::{Act, Feeling, Posted, Surface as _};
use countersign_sandbox::TeamsAct;
use countersign_sandbox::teams::Mischief;
use countersign_teams::interaction::Heard;
use jiff::SignedDuration;
use serde_json::json;
use uuid::Uuid;

use crate::stage::{CHANNEL, ERIN, Stage, named, viewers};

fn say(talk: Option<&str>, text: &str) -> TeamsAct {
    TeamsAct::Say {
        user: "Erin".to_owned(),
        talk: talk.map(str::to_owned),
        thread: None,
        text: text.to_owned(),
    }
}

fn press(message: &str, button: &str) -> TeamsAct {
    TeamsAct::Press {
        user: "Erin".to_owned(),
        message: message.to_owned(),
        button: button.to_owned(),
        inputs: std::collections::BTreeMap::new(),
    }
}

async fn posted(stage: &Stage) -> Posted {
    stage.teams.post_for(&stage.channel(), &named("Waiting"), Some(&viewers())).await.unwrap()
}

fn did(heard: Heard) -> countersign_domain::ports::Interaction {
    let Heard::Did(mut all) = heard else { panic!("{heard:?}") };
    all.remove(0)
}

#[tokio::test]
async fn people_speak_alone_with_the_bot_in_groups_and_in_threads_and_are_answered_there() {
    let stage = Stage::new().await;
    for talk in [None, Some("on call"), Some("access")] {
        let delivered = stage.sandbox.act(say(talk, "access read on web-shop")).await.unwrap();
        assert_eq!(delivered.tries, ["200"]);
        let said = did(stage.heard());
        assert_eq!(said.act, Act::Said("access read on web-shop".to_owned()));
        assert_eq!(said.identity.user, ERIN);
        assert_eq!(said.place.thread.is_some(), talk == Some("access"));
        stage.teams.post(&said.place, &named("Asked"), Uuid::nil()).await.unwrap();
        let answer = stage.sandbox.state().messages.last().unwrap().clone();
        assert!(said.place.channel.is_none_or(|channel| channel == answer.talk));
        assert_eq!(answer.thread, said.place.thread);
        stage.teams.post(&said.direct, &named("Between us"), Uuid::nil()).await.unwrap();
        assert_eq!(stage.sandbox.state().messages.last().unwrap().talk, format!("a:1{ERIN}"));
    }
}

#[tokio::test]
async fn a_press_names_the_posted_card_and_changes_it_for_who_pressed_only() {
    let stage = Stage::new().await;
    let card = posted(&stage).await;
    stage.sandbox.act(press(&card.message, "Approve")).await.unwrap();
    let pressed = did(stage.heard());
    assert_eq!(pressed.act, Act::Pressed("Approve-reference".to_owned()));
    assert_eq!(pressed.message, Some(card.clone()));
    let message = stage.sandbox.state().message(&card.message).unwrap().clone();
    assert!(message.seen["29:1erin"].to_string().contains("pressed"));
    assert!(!message.card.unwrap().to_string().contains("pressed"));
    stage.teams.update(&card, &named("Granted")).await.unwrap();
    assert!(stage.sandbox.state().message(&card.message).unwrap().seen.is_empty());
}

#[tokio::test]
async fn every_viewer_is_shown_a_card_of_their_own() {
    let stage = Stage::new().await;
    let card = posted(&stage).await;
    for (user, id) in [("Erin", "29:1erin"), ("Ada", "29:1ada")] {
        let look = TeamsAct::Look { user: user.to_owned(), message: card.message.clone() };
        stage.sandbox.act(look).await.unwrap();
        let Heard::Refresh { asker, message, reference } = stage.heard() else { panic!() };
        assert_eq!((reference.as_str(), message), ("the-card", Some(card.clone())));
        let message = stage.sandbox.state().message(&card.message).unwrap().clone();
        assert!(message.seen[id].to_string().contains(&asker.identity.user));
    }
}

#[tokio::test]
async fn a_reaction_is_heard_and_taken_back() {
    let stage = Stage::new().await;
    let card = posted(&stage).await;
    for back in [false, true] {
        let (user, message, kind) = ("Ada".to_owned(), card.message.clone(), "like".to_owned());
        stage.sandbox.act(TeamsAct::React { user, message, kind, back }).await.unwrap();
        let reacted = did(stage.heard());
        assert_eq!(reacted.act, Act::Reacted { feeling: Feeling::Yes, taken_back: back });
        assert_eq!(reacted.message, Some(card.clone()));
    }
}

#[tokio::test]
async fn a_form_is_opened_searched_and_sent() {
    let stage = Stage::new().await;
    let user = "Erin".to_owned();
    let open = TeamsAct::OpenForm { user: user.clone(), talk: Some(CHANNEL.to_owned()), about: None };
    let window = stage.sandbox.act(open).await.unwrap().answer.unwrap();
    assert_eq!(window["task"]["value"]["card"]["content"]["type"], "AdaptiveCard");
    let (list, text) = ("repositories".to_owned(), "web".to_owned());
    let search = TeamsAct::Search { user: user.clone(), talk: None, list, text };
    let found = stage.sandbox.act(search).await.unwrap().answer.unwrap();
    assert_eq!(found["value"]["results"][0]["value"], "web");
    let data = json!({ "form": "access", "permission": "read", "repository": "web-shop" });
    stage.sandbox.act(TeamsAct::SubmitForm { user, talk: None, data }).await.unwrap();
    let Act::Filled(form) = did(stage.heard()).act else { panic!() };
    assert_eq!((form.get("permission"), form.get("repository")), (Some("read"), Some("web-shop")));
}

#[tokio::test]
async fn joining_is_heard_and_what_is_edited_or_deleted_is_not() {
    let stage = Stage::new().await;
    stage.sandbox.act(TeamsAct::Install { user: "Erin".to_owned(), talk: None }).await.unwrap();
    let Heard::Joined { with: Some(identity), place } = stage.heard() else { panic!() };
    assert_eq!((identity.user.as_str(), place.channel, place.only.as_deref()), (ERIN, None, Some(ERIN)));
    stage.sandbox.act(say(None, "help")).await.unwrap();
    let message = stage.sandbox.state().messages[0].id.clone();
    let (user, text) = ("Erin".to_owned(), "approve everything".to_owned());
    let edit = TeamsAct::Edit { user: user.clone(), message: message.clone(), text };
    stage.sandbox.act(edit).await.unwrap();
    assert_eq!(stage.heard(), Heard::Ignored);
    stage.sandbox.act(TeamsAct::Delete { user, message }).await.unwrap();
    assert_eq!(stage.heard(), Heard::Ignored);
}

#[tokio::test]
async fn what_is_delivered_again_or_out_of_order_has_the_id_it_had() {
    let stage = Stage::new().await;
    stage.sandbox.mischief(Mischief { copies: 2, hold: false });
    stage.sandbox.act(say(None, "help")).await.unwrap();
    let ids = |stage: &Stage| -> Vec<String> {
        let ears = stage.ears.lock().unwrap();
        ears.iter().map(|heard| did(heard.clone().unwrap()).delivery).collect()
    };
    let heard = ids(&stage);
    assert!(heard.len() == 3 && heard.iter().all(|id| *id == heard[0]), "{heard:?}");
    stage.sandbox.mischief(Mischief { copies: 0, hold: true });
    for text in ["one", "two"] {
        stage.sandbox.act(say(None, text)).await.unwrap();
    }
    assert_eq!(ids(&stage).len(), 3);
    stage.sandbox.release().await;
    assert!(ids(&stage)[3] > ids(&stage)[4], "the last comes first");
}

#[tokio::test]
async fn new_keys_are_found_and_tokens_for_others_are_refused() {
    let stage = Stage::new().await;
    stage.sandbox.act(say(None, "help")).await.unwrap();
    stage.sandbox.rotate_keys();
    stage.clock.turn(SignedDuration::from_mins(6));
    assert_eq!(stage.sandbox.act(say(None, "help")).await.unwrap().tries, ["200"]);
    let activity = stage.sandbox.deliveries()[0].activity.clone();
    let forged = stage.sandbox.token(&json!({
        "iss": stage.sandbox.issuer(),
        "aud": "another-bot",
        "serviceurl": stage.sandbox.base_url(),
        "exp": 4_000_000_000_i64,
    }));
    assert_eq!(stage.sandbox.send(&activity, Some(&forged)).await.0, "403");
    assert_eq!(stage.sandbox.send(&activity, Some("x")).await.0, "401");
}
