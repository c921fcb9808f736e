//! Samples of what Teams sends, and what nobody should be able to do with others.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use serde_json::json;

use super::*;

const HOME: u128 = 0x8f0c_3e57_5c1b_4f55_9a46_0d2a_7c1e_9b10;
const SERVICE: &str = "https://smba.trafficmanager.net/emea/";

fn proof() -> Verified {
    Verified::of(Origin { channel: "msteams", service_url: SERVICE })
}

fn samples() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut samples: Vec<_> = paths
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, serde_json::from_slice(&fs::read(path).unwrap()).unwrap())
        })
        .collect();
    samples.sort_by(|(one, _), (other, _)| one.cmp(other));
    samples
}

fn sample(name: &str) -> Value {
    samples().into_iter().find(|(other, _)| other == name).unwrap().1
}

fn read(activity: &Value) -> Result<Delivery, Fault> {
    Activity::read(activity.to_string().as_bytes())?.delivery(&proof())
}

#[test]
fn every_sample_is_read() {
    for (name, activity) in samples() {
        insta::assert_debug_snapshot!(name, read(&activity).unwrap());
    }
}

#[test]
fn the_proof_must_be_for_this_activity() {
    let mut activity = sample("press");
    activity["serviceUrl"] = "https://evil.example/".into();
    assert_eq!(read(&activity), Err(Fault::NotVerified));
    activity = sample("press");
    activity["channelId"] = "webchat".into();
    assert_eq!(read(&activity), Err(Fault::NotVerified));
    let webchat = Activity::read(activity.to_string().as_bytes()).unwrap();
    assert_eq!(webchat.delivery(&Verified::of(webchat.origin())), Err(Fault::OtherChannel));
}

#[test]
fn a_conversation_of_unknown_kind_is_no_private_one() {
    for (name, scope) in [("message_personal", Scope::Personal), ("message_channel", Scope::GroupChat)] {
        let mut activity = sample(name);
        activity["conversation"].as_object_mut().unwrap().remove("conversationType");
        let Ok(Delivery::Message { place, .. }) = read(&activity) else { panic!("{name}") };
        assert_eq!(place.scope, scope);
    }
}

#[test]
fn each_fault_is_named() {
    for (place, value, fault) in [
        ("/from", Value::Null, Fault::Missing("sender")),
        ("/from/aadObjectId", Value::Null, Fault::Missing("Entra object of the sender")),
        ("/from/aadObjectId", json!("erin@acme.example"), Fault::Missing("Entra object of the sender")),
        ("/from/aadObjectId", json!(Uuid::nil()), Fault::Missing("Entra object of the sender")),
        ("/from/id", json!("28:another-bot"), Fault::Missing("Entra object of the sender")),
        ("/from/id", json!("29:\n"), Fault::Missing("sender")),
        ("/conversation", Value::Null, Fault::Missing("conversation")),
        ("/conversation/id", json!(""), Fault::Missing("conversation")),
        ("/conversation/id", json!("x".repeat(513)), Fault::Missing("conversation")),
        ("/conversation/tenantId", json!("acme"), Fault::Missing("tenant")),
        ("/conversation/tenantId", json!(Uuid::from_u128(7)), Fault::TwoTenants),
        ("/id", Value::Null, Fault::Missing("id")),
        ("/replyToId", json!("1 2"), Fault::Missing("card")),
        ("/value", Value::Null, Fault::UnknownButton),
        ("/value", json!("press"), Fault::UnknownButton),
        ("/value/action/verb", json!("approve"), Fault::UnknownButton),
        ("/value/action/data", json!({}), Fault::UnknownButton),
        ("/value/action/data/reference", json!(["x"]), Fault::UnknownButton),
    ] {
        let mut activity = sample("press");
        *activity.pointer_mut(place).unwrap() = value;
        assert_eq!(read(&activity), Err(fault), "{place}");
    }
    for body in ["", "[]", "null", "{", "{\"type\":\"message\"}", "{\"type\":1}", &"[".repeat(10_000)] {
        assert_eq!(Activity::read(body.as_bytes()).err().unwrap().code(), "unreadable", "{body}");
    }
    let twice = "{\"type\":\"message\",\"type\":\"invoke\",\"channelId\":\"msteams\",\"serviceUrl\":\"x\"}";
    assert_eq!(Activity::read(twice.as_bytes()).err().unwrap().code(), "unreadable");
    let large = vec![b' '; LARGEST_BODY + 1];
    assert_eq!(Activity::read(&large).err(), Some(Fault::TooLarge(LARGEST_BODY + 1)));
}

#[test]
fn trust_a3_the_mention_of_the_bot_goes_and_people_are_mentioned_as_everywhere() {
    let said = |text: &str, entities: Value| {
        let mut activity = sample("message_personal");
        activity["text"] = text.into();
        activity["entities"] = entities;
        let Ok(Delivery::Message { text, .. }) = read(&activity) else { panic!("{text}") };
        text
    };
    let me = json!({ "type": "mention", "text": "<at>C</at>", "mentioned": { "id": "28:f0e7b3c1-1111-4222-8333-444455556666" } });
    let mention = |who: Value| json!({ "type": "mention", "text": "<at>C</at>", "mentioned": who });
    let other = mention(json!({ "id": "29:1x", "name": "Cleo" }));
    let object = "0A1B2C3D-0000-4000-8000-00000000000F";
    let known = mention(json!({ "id": "29:1x", "name": "Cleo", "aadObjectId": object }));
    let channel = mention(json!({ "id": "19:general", "name": "General" }));
    let home = sample("message_personal")["conversation"]["tenantId"].as_str().unwrap().to_owned();
    assert_eq!(said("<at>C</at> help", json!([me])), "help");
    assert_eq!(said("<at>C</at> ask <at>C</at>", json!([me, other])), format!("ask @teams/{home}/29:1x"));
    assert_eq!(said("<at>C</at>!", json!([known])), format!("@teams/{home}/{}!", object.to_lowercase()));
    assert_eq!(said("<at>C</at>", json!([channel])), "General");
    assert_eq!(said("<at>C</at> typed by hand", json!([])), "<at>C</at> typed by hand");
    let empty = json!({ "type": "mention", "text": "", "mentioned": { "name": "x" } });
    assert_eq!(said("help", json!([empty, 1, null, { "type": "mention" }])), "help");
    assert_eq!(said("&amp;lt; &lt;b&gt;", json!([])), "&lt; <b>");
}

/// Anything that JSON can hold.
fn hostile() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,40}".prop_map(Value::from),
        Just(json!("\u{0}\u{202e}\u{2060}<at>")),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map("(id|type|reference|action|data|verb|tenant)", inner, 0..4)
                .prop_map(Value::from_iter),
        ]
    })
}

/// The places of all values, as JSON pointers.
fn places(value: &Value, here: &str) -> Vec<String> {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(list) => {
            list.iter().enumerate().map(|(place, value)| (place.to_string(), value)).collect()
        }
        _ => vec![],
    };
    let below = below.into_iter().flat_map(|(key, value)| {
        let place = format!("{here}/{}", key.replace('~', "~0").replace('/', "~1"));
        [vec![place.clone()], places(value, &place)].concat()
    });
    below.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn whatever_is_changed_is_read_or_refused(
        sample in prop::sample::select(samples()),
        changes in prop::collection::vec((any::<prop::sample::Index>(), hostile()), 1..4),
    ) {
        let mut activity = sample.1;
        for (place, value) in changes {
            let places = places(&activity, "");
            if !places.is_empty() {
                let place: &String = place.get(&places);
                *activity.pointer_mut(place).unwrap() = value;
            }
        }
        let read = read(&activity);
        if let Ok(delivery) = read.clone() {
            // Whatever it is, it is told from nonsense without a panic, and never of another tenant.
            if let Ok(crate::interaction::Heard::Did(all)) = delivery.heard(Uuid::from_u128(HOME)) {
                prop_assert!(all.iter().all(|one| one.place.workspace == Uuid::from_u128(HOME).to_string()));
            }
        }
        if let Ok(Delivery::Message { person, place, .. } | Delivery::Press { person, place, .. }) = read {
            prop_assert!(!person.object.is_nil() && !place.tenant.is_nil());
            prop_assert!(place.service_url == SERVICE && place.conversation.len() <= 512);
        }
    }

    #[test]
    fn broken_bytes_are_an_error_value(
        sample in prop::sample::select(samples()),
        place in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        cut in any::<bool>(),
    ) {
        let mut body = sample.1.to_string().into_bytes();
        let place = place.index(body.len());
        body[place] = byte;
        if cut {
            body.truncate(place);
        }
        let _ = Activity::read(&body).and_then(|activity| activity.delivery(&proof()));
    }
}
