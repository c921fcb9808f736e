//! What Teams sends, as the bot attends to it.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::*;
use crate::activity::Activity;
use crate::inbound::{Origin, Verified};

const HOME: Uuid = Uuid::from_u128(0x8f0c_3e57_5c1b_4f55_9a46_0d2a_7c1e_9b10);
const SERVICE: &str = "https://smba.trafficmanager.net/emea/";
const CHANNEL: &str = "19:253b1f341670408fb6fe51050b6e5ceb@thread.tacv2";

fn sample(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(format!("{name}.json"));
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn hear(activity: &Value) -> Result<Heard, Unheard> {
    let proof = Verified::of(Origin { channel: "msteams", service_url: SERVICE });
    Activity::read(activity.to_string().as_bytes()).unwrap().delivery(&proof).unwrap().heard(HOME)
}

fn done(activity: &Value) -> Interaction {
    let Ok(Heard::Did(mut all)) = hear(activity) else { panic!("{activity}") };
    assert_eq!(all.len(), 1);
    all.remove(0)
}

#[test]
fn a_press_in_a_thread_names_the_card_by_the_name_it_was_posted_under() {
    let press = done(&sample("press"));
    assert_eq!(press.act, Act::Pressed("opaque-and-signed".to_owned()));
    assert_eq!(press.message, Some(posted(CHANNEL, "1772366399010", SERVICE)));
    assert_eq!(press.message.unwrap().channel, CHANNEL);
    assert_eq!(
        (press.place.channel.as_deref(), press.place.thread.as_deref()),
        (Some(CHANNEL), Some("1772366399010"))
    );
    assert_eq!(press.identity.to_string(), format!("teams/{HOME}/3f6a1d2c-77b8-4f0e-8b1d-1a2b3c4d5e6f"));
    assert_eq!(press.direct.channel, None);
    assert_eq!(press.direct.only, Some(press.identity.user));
    assert_eq!(press.direct.via.as_deref(), Some(SERVICE));
}

#[test]
fn the_private_talk_is_where_somebody_speaks_alone_with_the_bot() {
    let said = done(&sample("message_personal"));
    assert_eq!(said.direct, said.place);
    assert_eq!((said.direct.channel, said.direct.only), (None, Some(said.identity.user)));
}

#[test]
fn the_same_delivery_has_the_same_id_and_another_another() {
    assert_eq!(done(&sample("press")).delivery, done(&sample("press")).delivery);
    let mut elsewhere = sample("press");
    elsewhere["conversation"]["id"] = "19:other@thread.tacv2".into();
    assert_ne!(done(&sample("press")).delivery, done(&elsewhere).delivery);
}

#[test]
fn a_reaction_that_was_changed_is_taken_back_first() {
    let mut changed = sample("reaction_added");
    changed["reactionsRemoved"] = json!([{ "type": "like" }]);
    changed["reactionsAdded"] = json!([{ "type": "1f44e_thumbsdown" }, { "type": "heart" }]);
    let Ok(Heard::Did(all)) = hear(&changed) else { panic!() };
    let acts: Vec<_> = all.iter().map(|one| one.act.clone()).collect();
    let back = Act::Reacted { feeling: Feeling::Yes, taken_back: true };
    assert_eq!(acts, [back, Act::Reacted { feeling: Feeling::No, taken_back: false }]);
    assert_ne!(all[0].delivery, all[1].delivery);
    changed["reactionsRemoved"] = json!([]);
    changed["reactionsAdded"] = json!([{ "type": "heart" }]);
    assert_eq!(hear(&changed), Ok(Heard::Ignored));
}

#[test]
fn another_tenant_is_refused_and_strangers_are_named() {
    let mut other = sample("press");
    for place in ["/conversation/tenantId", "/channelData/tenant/id"] {
        *other.pointer_mut(place).unwrap() = json!(Uuid::from_u128(7));
    }
    assert_eq!(hear(&other), Err(Unheard::OtherWorkspace));
    for (field, value, stranger) in [
        ("userRole", json!("guest"), Stranger::Guest),
        ("userPrincipalName", json!("e_x.com#EXT#@acme.example"), Stranger::Guest),
        ("tenantId", json!(Uuid::from_u128(7)), Stranger::External),
        ("role", json!("bot"), Stranger::Bot),
    ] {
        let mut press = sample("press");
        press["from"][field] = value;
        assert_eq!(done(&press).stranger, Some(stranger), "{field}");
    }
    assert_eq!(done(&sample("press")).stranger, None);
}

#[test]
fn a_form_is_read_with_what_is_empty_left_out() {
    let filled = done(&sample("form_filled"));
    let Act::Filled(form) = filled.act else { panic!() };
    assert_eq!((form.get("permission"), form.get("repository")), (Some("write"), Some("web-shop")));
    assert_eq!((form.get("user"), form.get("ticket")), (None, Some("OPS-17")));
}

#[test]
fn an_input_that_is_no_text_was_not_said_and_keeps_no_form_from_being_read() {
    let mut sample = sample("form_filled");
    sample["value"]["data"]["user"] = json!(["a", "b"]);
    sample["value"]["data"]["agreed"] = json!(true);
    let Act::Filled(form) = done(&sample).act else { panic!() };
    assert_eq!((form.get("permission"), form.get("ticket")), (Some("write"), Some("OPS-17")));
    assert_eq!((form.get("user"), form.get("agreed")), (None, None));
}

#[test]
fn forms_and_searches_are_asked_for() {
    let Ok(Heard::FormWanted { about, .. }) = hear(&sample("form_wanted")) else { panic!() };
    assert_eq!(about.as_deref(), Some("Could I get write on web-shop & docs?"));
    let Ok(Heard::Search { list, text, most, .. }) = hear(&sample("typed_ahead")) else { panic!() };
    assert_eq!((list.as_str(), text.as_str(), most), ("repositories", "web", 15));
    let Ok(Heard::Search { list, text, .. }) = hear(&sample("search")) else { panic!() };
    assert_eq!((list.as_str(), text.as_str()), ("requests", ""));
}

#[test]
fn that_others_come_and_go_is_heard() {
    for change in ["membersAdded", "membersRemoved"] {
        let mut sample = sample("bot_added");
        drop(sample.as_object_mut().unwrap().remove("membersAdded"));
        sample[change] = json!([{ "id": "29:1ada" }]);
        let Ok(Heard::MembersChanged(place)) = hear(&sample) else { panic!("{change}") };
        assert!(place.channel.is_some(), "{change}");
    }
}

#[test]
fn where_the_bot_joins_is_kept() {
    let Ok(Heard::Joined { place, with }) = hear(&sample("bot_added")) else { panic!() };
    assert!(place.channel.is_some() && place.via.is_some());
    assert_eq!(with, None);
    let Ok(Heard::Joined { with: Some(identity), .. }) = hear(&sample("installed")) else { panic!() };
    assert_eq!(identity.workspace, HOME.to_string());
}
