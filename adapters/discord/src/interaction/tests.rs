//! Deliveries: Discord's own samples are read, and nothing that anybody sends makes the reader fall over.

use proptest::prelude::*;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::*;

const TOKEN: &str = "A_UNIQUE_TOKEN";

/// A delivery of a kind, with what it is about, from a member on a server.
fn delivery(kind: u8, data: &Value) -> Value {
    json!({
        "type": kind, "token": TOKEN, "version": 1, "id": "786008729715212338",
        "application_id": "845027738276462632", "guild_id": "290926798626357999", "channel_id": "645027906669510667",
        "member": {
            "user": {
                "id": "53908232506183680", "username": "erin", "global_name": "Erin", "discriminator": "0",
                "avatar": "a_d5efa99b3eeaa7dd43acca82f5692432", "public_flags": 131_141
            },
            "roles": ["539082325061836999"], "premium_since": null, "permissions": "2147483647", "pending": false,
            "nick": null, "mute": false, "joined_at": "2017-03-13T19:19:14.040000+00:00", "is_pending": false,
            "deaf": false, "flags": 0, "avatar": null
        },
        "app_permissions": "442368", "locale": "en-US", "guild_locale": "en-US", "entitlements": [],
        "authorizing_integration_owners": { "0": "290926798626357999" }, "context": 0,
        "attachment_size_limit": 10_485_760, "data": data
    })
}

fn command(kind: u8, option: &Value) -> Value {
    let option = [option.clone()];
    delivery(
        kind,
        &json!({ "type": 1, "id": "771825006014889984", "name": "countersign", "options": option }),
    )
}

fn said(text: &str) -> Value {
    command(2, &json!({ "type": 3, "name": "text", "value": text }))
}

fn typed(text: &str) -> Value {
    command(4, &json!({ "type": 3, "name": "text", "value": text, "focused": true }))
}

fn pressed() -> Value {
    let mut press = delivery(3, &json!({ "custom_id": "reference", "component_type": 2 }));
    press["message"] = json!({
        "type": 0, "tts": false, "timestamp": "2021-05-19T02:12:51.710000+00:00", "pinned": false, "mentions": [],
        "mention_roles": [], "mention_everyone": false, "id": "844397162624450620", "flags": 0, "embeds": [],
        "edited_timestamp": null, "content": "a card", "channel_id": "345626669114982402", "attachments": [],
        "author": {
            "username": "Countersign", "public_flags": 131_072, "id": "845027738276462632", "discriminator": "1344",
            "bot": true, "avatar": null
        },
        "components": [{ "type": 1, "components": [
            { "type": 2, "label": "Approve", "style": 3, "custom_id": "reference" }
        ] }]
    });
    press
}

fn filled_in() -> Value {
    let input = |id: &str, value: &str| json!({ "type": 1, "components": [{ "type": 4, "custom_id": id, "value": value }] });
    delivery(
        5,
        &json!({ "custom_id": "form", "components": [input("why", "the rollout"), input("ticket", "")] }),
    )
}

fn ping() -> Value {
    json!({
        "id": "1", "application_id": "845027738276462632", "type": 1, "token": TOKEN, "version": 1,
        "entitlements": [], "app_permissions": "442368", "authorizing_integration_owners": {},
        "user": { "id": "53908232506183680", "username": "erin", "discriminator": "0", "avatar": null }
    })
}

fn given(delivery: &Value) -> Result<Delivery, Unreadable> {
    read(Verified::unchecked(delivery.to_string().as_bytes()))
}

/// Sets what a pointer points at.
fn with(mut delivery: Value, pointer: &str, value: Value) -> Value {
    *delivery.pointer_mut(pointer).unwrap() = value;
    delivery
}

fn without(mut delivery: Value, key: &str) -> Value {
    delivery.as_object_mut().unwrap().remove(key);
    delivery
}

#[test]
fn a_ping_is_a_ping() {
    assert!(matches!(given(&ping()), Ok(Delivery::Ping)));
}

#[test]
fn a_command_says_who_where_and_what() {
    let Ok(Delivery::Command { from, text, files }) = given(&said("access write on payments-api")) else {
        panic!("not a command")
    };
    assert_eq!((&*text, files.len()), ("access write on payments-api", 0));
    assert_eq!(from.interaction, 786_008_729_715_212_338);
    assert_eq!(from.token.expose_secret(), TOKEN);
    assert_eq!(from.application, 845_027_738_276_462_632);
    assert_eq!(from.guild, Some(GuildId::new(290_926_798_626_357_999)));
    assert_eq!(from.channel, 645_027_906_669_510_667);
    assert_eq!(from.user, 53_908_232_506_183_680);
    assert_eq!(from.roles, [RoleId::new(539_082_325_061_836_999)]);
    assert!(!from.bot);
    assert!(!format!("{from:?}").contains(TOKEN));
}

#[test]
fn a_command_says_which_file_came_with_it() {
    let file = json!({
        "id": "9", "filename": "rules.cedar", "size": 7, "url": "https://cdn.example/9", "proxy_url": "https://cdn.example/9",
        "content_type": "text/plain"
    });
    let mut sent = said("rules propose");
    let text = sent["data"]["options"][0].clone();
    let option = json!({ "type": 11, "name": "file", "value": "9" });
    sent["data"]["options"] = json!([text, option]);
    sent["data"]["resolved"] = json!({ "attachments": { "9": file } });
    let Ok(Delivery::Command { text, files, .. }) = given(&sent) else { panic!("not a command") };
    let names: Vec<_> = files.iter().map(|file| (&*file.filename, &*file.url)).collect();
    assert_eq!((&*text, &names[..]), ("rules propose", &[("rules.cedar", "https://cdn.example/9")][..]));
    sent["data"]["options"] = json!([option]);
    assert!(
        matches!(given(&sent), Ok(Delivery::Command { text, files, .. }) if text.is_empty() && files.len() == 1)
    );
    for twice in [json!([option, option]), json!([{ "type": 11, "name": "picture", "value": "9" }])] {
        sent["data"]["options"] = twice;
        assert_eq!(given(&sent).unwrap_err(), Unreadable::UnknownOption);
    }
}

#[test]
fn typing_a_press_and_a_form_are_told_apart() {
    assert!(matches!(given(&typed("acc")), Ok(Delivery::Typing { text, .. }) if text == "acc"));
    let Ok(Delivery::Press { message, reference, .. }) = given(&pressed()) else { panic!("not a press") };
    assert_eq!((message.get(), reference.as_str()), (844_397_162_624_450_620, "reference"));
    let Ok(Delivery::Form { reference, inputs, .. }) = given(&filled_in()) else { panic!("not a form") };
    assert_eq!(reference, "form");
    let owned = |id: &str, value: &str| (id.to_owned(), value.to_owned());
    assert_eq!(inputs, [owned("why", "the rollout"), owned("ticket", "")]);
}

#[test]
fn a_direct_message_has_a_user_and_no_server() {
    let user = json!({ "id": "53908232506183680", "username": "erin", "discriminator": "0", "bot": true });
    let mut direct = without(without(said("help"), "guild_id"), "member");
    direct["user"] = user;
    let Ok(Delivery::Command { from, .. }) = given(&direct) else { panic!("not a command") };
    assert_eq!((from.guild, from.user.get(), from.bot), (None, 53_908_232_506_183_680, true));
}

#[test]
fn nobody_is_made_up_where_discord_names_nobody() {
    for nobody in [
        without(said("help"), "member"),
        without(said("help"), "guild_id"),
        without(without(said("help"), "member"), "guild_id"),
        with(said("help"), "/member/user/id", json!("1")),
    ] {
        assert_eq!(given(&nobody).err(), Some(Unreadable::Nobody));
    }
}

#[test]
fn what_we_did_not_register_is_refused() {
    let refused = |delivery: Value| given(&delivery).err().unwrap();
    assert_eq!(refused(with(said("x"), "/data/name", json!("other"))), Unreadable::UnknownCommand);
    assert_eq!(refused(with(said("x"), "/data/type", json!(2))), Unreadable::UnknownCommand);
    assert_eq!(refused(with(said("x"), "/data/options/0/name", json!("other"))), Unreadable::UnknownOption);
    let number = json!({ "type": 4, "name": "text", "value": 7 });
    assert_eq!(refused(command(2, &number)), Unreadable::UnknownOption);
    let select = json!({ "custom_id": "reference", "component_type": 3, "values": ["a"] });
    assert_eq!(refused(with(pressed(), "/data", select)), Unreadable::NotAButton);
    let button = json!({ "type": 2, "style": 3, "custom_id": "x", "label": "y" });
    assert_eq!(
        refused(with(filled_in(), "/data/components/0/components/0", button)),
        Unreadable::UnknownInput
    );
    assert!(matches!(refused(with(ping(), "/type", json!(9))), Unreadable::NotAnInteraction(_)));
    assert!(
        matches!(given(&with(said("x"), "/data/options", json!([]))), Ok(Delivery::Command { text, .. }) if text.is_empty())
    );
}

/// Every place in a delivery.
fn pointers(value: &Value, here: &str, all: &mut Vec<String>) {
    all.push(here.to_owned());
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                pointers(value, &format!("{here}/{key}"), all);
            }
        }
        Value::Array(list) => {
            for (place, value) in list.iter().enumerate() {
                pointers(value, &format!("{here}/{place}"), all);
            }
        }
        _ => {}
    }
}

/// What stands where something else should.
fn hostile() -> impl Strategy<Value = Value> {
    let nested =
        |depth| (0..depth).fold(json!([]), |inner, _| json!({ "type": 2, "name": "x", "options": [inner] }));
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (0_u64..20).prop_map(Value::from),
        (0_u64..20).prop_map(|id| json!(id.to_string())),
        "\\PC{0,40}".prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
        Just(json!("💥".repeat(5_000))),
        Just(json!(vec![Value::Null; 1_000])),
        (1_usize..300).prop_map(nested),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn whatever_is_sent_is_read_or_refused(
        sample in prop_oneof![Just(ping()), Just(said("help")), Just(typed("h")), Just(pressed()), Just(filled_in())],
        changes in prop::collection::vec((any::<prop::sample::Index>(), hostile()), 0..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let changed = changes.into_iter().fold(sample, |sample, (place, value)| {
            let mut all = vec![];
            pointers(&sample, "", &mut all);
            with(sample, place.get::<String>(&all), value)
        });
        if let Err(refusal) = given(&changed) {
            prop_assert!(refusal.to_string().chars().count() < 300);
        }
        let bytes = changed.to_string().into_bytes();
        prop_assert!(read(Verified::unchecked(&bytes[..cut.index(bytes.len())])).is_err());
    }

    #[test]
    fn any_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(matches!(read(Verified::unchecked(&bytes)), Err(Unreadable::NotAnInteraction(_))));
    }
}
