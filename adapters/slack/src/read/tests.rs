//! Deliveries as Slack's documentation shows them (<https://docs.slack.dev/reference/events>,
//! <https://docs.slack.dev/reference/interaction-payloads>), shortened where nothing is read.

mod interactive;

use countersign_domain::ports::{Act, Feeling, Interaction, Posted};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::delivery::{CheckForm, OpenForm};

const TEAM: &str = "T123ABC456";

#[expect(clippy::needless_pass_by_value, reason = "it reads better with json!")]
fn event(event: Value) -> Value {
    json!({
        "token": "ZZZZZZWSxiZZZ2yIvs3peJ", "team_id": TEAM, "api_app_id": "A123ABC456", "event": event,
        "type": "event_callback", "event_id": "Ev123ABC456", "event_time": 1_515_449_522_000_016_u64,
        "authorizations": [{"enterprise_id": null, "team_id": TEAM, "user_id": "U0LAN0Z89", "is_bot": true,
            "is_enterprise_install": false}],
        "is_ext_shared_channel": false, "event_context": "4-eyJ0…",
    })
}

fn mention() -> Value {
    event(
        json!({"type": "app_mention", "user": "U061F7AUR", "text": "<@U0LAN0Z89> is it everything a river should be?",
        "ts": "1515449522.000016", "channel": "C123ABC456", "event_ts": "1515449522000016"}),
    )
}

fn direct_message() -> Value {
    event(
        json!({"type": "message", "channel": "D024BE91L", "user": "U2147483697", "text": "Hello hello can you hear me?",
        "ts": "1355517523.000005", "event_ts": "1355517523.000005", "channel_type": "im"}),
    )
}

fn reaction() -> Value {
    event(
        json!({"type": "reaction_added", "user": "U123ABC456", "reaction": "thumbsup", "item_user": "U0LAN0Z89",
        "item": {"type": "message", "channel": "C123ABC456", "ts": "1464196127.000002"}, "event_ts": "1465244570.336841"}),
    )
}

fn press() -> Value {
    json!({
        "type": "block_actions", "team": {"id": TEAM, "domain": "example"},
        "user": {"id": "U123ABC456", "username": "bobby", "team_id": TEAM}, "api_app_id": "AABA1ABCD",
        "token": "9s8d9as89d8as9d8as989", "trigger_id": "12321423423.333649436676.d8c1bb837935619ccad0f624c448ffb3",
        "container": {"type": "message", "message_ts": "1548261231.000200", "channel_id": "CBR2V3XEX", "is_ephemeral": false},
        "channel": {"id": "CBR2V3XEX", "name": "review-updates"},
        "message": {"bot_id": "BAH5CA16Z", "type": "message", "text": "This content can't be displayed.",
            "user": "UAJ2RU415", "ts": "1548261231.000200"},
        "response_url": "https://hooks.slack.com/actions/AABA1ABCD/1232321423432/D09sSasdasdAS9091209",
        "actions": [{"action_id": "press.0", "block_id": "=qXel", "text": {"type": "plain_text", "text": "View"},
            "value": "click_me_123", "type": "button", "action_ts": "1548426417.840180"}],
    })
}

fn values() -> Value {
    json!({"values": {
        "permission": {"form.permission": {"type": "static_select", "selected_option":
            {"text": {"type": "plain_text", "text": "write"}, "value": "write"}}},
        "repository": {"suggest.repositories": {"type": "external_select", "selected_option":
            {"text": {"type": "plain_text", "text": "payments-api"}, "value": "payments-api"}}},
        "user": {"form.user": {"type": "users_select", "selected_user": "U2"}},
        "duration": {"form.duration": {"type": "plain_text_input", "value": " 2 days "}},
        "ticket": {"form.ticket": {"type": "plain_text_input", "value": null}},
        "reason": {"form.reason": {"type": "plain_text_input", "value": "roll out"}},
    }})
}

fn view() -> Value {
    json!({"id": "VNHU13V36", "team_id": TEAM, "type": "modal", "callback_id": "countersign.form.access",
        "private_metadata": "{\"c\":\"C1\",\"t\":\"1.2\"}", "hash": "156663117.cd33ad1f", "state": values()})
}

fn filled() -> Value {
    json!({"type": "view_submission", "team": {"id": TEAM, "domain": "x"}, "user": {"id": "UXXX", "team_id": TEAM},
        "view": view(), "trigger_id": "1.2.3"})
}

fn command(text: &str) -> Value {
    json!({"token": "gIkuvaNzQIHg97ATvDxqgjtO", "team_id": TEAM, "team_domain": "example", "channel_id": "C2147483705",
        "channel_name": "test", "user_id": "U2147483697", "user_name": "Steve", "command": "/countersign", "text": text,
        "response_url": "https://hooks.slack.com/commands/1234/5678", "trigger_id": "13345224609.738474920.8088930838d88f008e0"})
}

fn reader() -> Reader {
    Reader::new(TEAM)
}

#[track_caller]
fn interaction(envelope: Envelope, payload: &Value) -> Interaction {
    match reader().socket(envelope, payload) {
        Ok(Delivery::Interaction(interaction)) => interaction,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn ignored(payload: &Value) {
    assert!(matches!(reader().socket(Envelope::EventsApi, payload), Ok(Delivery::Ignored)), "{payload}");
}

fn changed(mut payload: Value, changes: &[(&str, Value)]) -> Value {
    for (pointer, value) in changes {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        payload.pointer_mut(parent).unwrap()[name] = value.clone();
    }
    payload
}

#[test]
fn a_mention_is_said_in_its_thread() {
    let said = interaction(Envelope::EventsApi, &mention());
    assert_eq!(said.identity.to_string(), "slack/T123ABC456/U061F7AUR");
    assert_eq!(said.act, Act::Said("is it everything a river should be?".to_owned()));
    assert_eq!(said.place.channel.as_deref(), Some("C123ABC456"));
    assert_eq!(said.place.thread.as_deref(), Some("1515449522.000016"));
    assert_eq!((said.place.only, said.stranger, said.message), (None, None, None));
    assert_eq!(said.direct, Place::direct(&said.identity));
}

#[test]
fn a_direct_message_and_its_repetition_have_one_id() {
    let said = interaction(Envelope::EventsApi, &direct_message());
    assert_eq!(said.place, said.direct, "the private talk is one place, whatever Slack calls its channel");
    let again = changed(direct_message(), &[("/event_id", json!("Ev999"))]);
    assert_eq!(interaction(Envelope::EventsApi, &again), said);
}

#[test]
fn what_somebody_changes_or_takes_back_is_told_and_what_slack_unfolds_is_not() {
    let own = |text: &str| json!({"type": "message", "user": "U1", "text": text, "ts": "1.5"});
    let edited = |subtype: &str, after: Value| {
        let event = json!({"type": "message", "subtype": subtype, "channel": "D1", "channel_type": "im", "ts": "1.6",
            "message": after, "previous_message": own("a")});
        let payload = changed(direct_message(), &[("/event", event)]);
        reader().socket(Envelope::EventsApi, &payload).unwrap()
    };
    let too_late = |delivery| match delivery {
        Delivery::TooLate { interaction, taken_back } => Some((interaction.identity.user, taken_back)),
        _ => None,
    };
    assert_eq!(too_late(edited("message_changed", own("b"))), Some(("U1".to_owned(), false)));
    assert_eq!(too_late(edited("message_deleted", Value::Null)), Some(("U1".to_owned(), true)));
    assert_eq!(too_late(edited("message_changed", own("a"))), None);
}

#[test]
fn what_nobody_said_to_the_bot_is_ignored() {
    ignored(&changed(direct_message(), &[("/event/channel_type", json!("channel"))]));
    for subtype in ["message_changed", "message_deleted", "bot_message", "channel_join"] {
        ignored(&changed(direct_message(), &[("/event/subtype", json!(subtype))]));
    }
    ignored(&changed(direct_message(), &[("/event/user", json!("U0LAN0Z89"))]));
    ignored(&changed(direct_message(), &[("/event/bot_id", json!("B1"))]));
    ignored(&event(json!({"type": "star_added", "user": "U024BE7LH"})));
    ignored(&changed(reaction(), &[("/event/item_user", json!("U_SOMEBODY"))]));
    ignored(&changed(reaction(), &[("/event/reaction", json!("eyes"))]));
}

#[test]
fn a_bot_that_mentions_us_and_people_of_elsewhere_are_strangers() {
    let stranger = |payload: Value| interaction(Envelope::EventsApi, &payload).stranger;
    assert_eq!(stranger(changed(mention(), &[("/event/bot_id", json!("B1"))])), Some(Stranger::Bot));
    for field in ["user_team", "source_team", "team"] {
        let elsewhere = changed(mention(), &[(&format!("/event/{field}"), json!("TOTHER"))]);
        assert_eq!(stranger(elsewhere), Some(Stranger::External), "{field}");
    }
    let shared = changed(mention(), &[("/is_ext_shared_channel", json!(true))]);
    assert_eq!(stranger(shared.clone()), Some(Stranger::External));
    assert_eq!(stranger(changed(shared.clone(), &[("/event/user_team", json!(TEAM))])), None);
    // in a shared channel the event is of the other workspace, and for ours
    assert_eq!(stranger(changed(shared, &[("/team_id", json!("TOTHER"))])), Some(Stranger::External));
    let guest = changed(press(), &[("/user/team_id", json!("TOTHER"))]);
    assert_eq!(interaction(Envelope::Interactive, &guest).stranger, Some(Stranger::External));
}

#[test]
fn a_reaction_to_our_card_counts_and_so_does_taking_it_back() {
    let yes = interaction(Envelope::EventsApi, &reaction());
    assert_eq!(yes.act, Act::Reacted { feeling: Feeling::Yes, taken_back: false });
    assert_eq!(yes.delivery, "Ev123ABC456");
    assert_eq!(yes.place.only.as_deref(), Some("U123ABC456"));
    let posted =
        Posted { channel: "C123ABC456".to_owned(), message: "1464196127.000002".to_owned(), via: None };
    assert_eq!(yes.message, Some(posted));
    let back =
        changed(reaction(), &[("/event/type", json!("reaction_removed")), ("/event/reaction", json!("-1"))]);
    let back = interaction(Envelope::EventsApi, &back);
    assert_eq!(back.act, Act::Reacted { feeling: Feeling::No, taken_back: true });
}

#[test]
fn the_home_tab_groups_and_people_are_told_of() {
    let read = |payload: Value| reader().socket(Envelope::EventsApi, &payload).unwrap();
    let home = event(
        json!({"type": "app_home_opened", "user": "U123ABC456", "channel": "D123ABC456", "tab": "home"}),
    );
    assert!(matches!(read(home.clone()), Delivery::Home { .. }));
    ignored(&changed(home, &[("/event/tab", json!("messages"))]));
    let group =
        event(json!({"type": "subteam_members_changed", "subteam_id": "S0614TZR7", "team_id": "T060RNRCH"}));
    assert!(matches!(read(group), Delivery::GroupChanged { group } if group == "S0614TZR7"));
    let person = json!({"id": "U1", "team_id": TEAM, "name": "erin", "deleted": true, "profile": {"display_name": "Erin"}});
    let Delivery::UserChanged { identity, profile } =
        read(event(json!({"type": "user_change", "user": person})))
    else {
        panic!("a person changed")
    };
    assert_eq!((identity.user.as_str(), profile.stranger), ("U1", Some(Stranger::Deactivated)));
}

#[test]
fn slacks_question_is_given_back() {
    let body = br#"{"token":"Jhj5dZrVaK7ZwHHjRyZWjbDl","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CYFFv","type":"url_verification"}"#;
    match reader().http(Verified::unchecked(body, false)).unwrap() {
        Delivery::Challenge(challenge) => assert_eq!(challenge, "3eZbrw1aBm2rZgRNFdxV2595E9CYFFv"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn another_workspace_is_refused_whatever_it_sends() {
    let other = json!("TOTHER");
    for (envelope, payload, at) in [
        (Envelope::EventsApi, mention(), "/team_id"),
        (Envelope::Interactive, press(), "/team/id"),
        (Envelope::Interactive, filled(), "/team/id"),
        (Envelope::SlashCommands, command("help"), "/team_id"),
    ] {
        let payload = changed(payload, &[(at, other.clone())]);
        assert_eq!(reader().socket(envelope, &payload).unwrap_err(), Unreadable::OtherWorkspace);
    }
}

#[test]
fn what_is_missing_is_named() {
    let error = |envelope, payload: &Value| reader().socket(envelope, payload).unwrap_err().to_string();
    let mut nobody = mention();
    nobody["event"].as_object_mut().unwrap().remove("user");
    assert_eq!(error(Envelope::EventsApi, &nobody), "the delivery does not say its user");
    assert_eq!(
        error(Envelope::Interactive, &json!({"type": 7})),
        "the interaction is not as Slack's documentation says"
    );
    let bad = reader().http(Verified::unchecked(b"{\n\"a\":", false)).unwrap_err();
    assert_eq!(bad.to_string(), "the body is no JSON: line 2, column 4");
    let odd = changed(mention(), &[("/event/user", json!("U 1"))]);
    assert_eq!(error(Envelope::EventsApi, &odd), "the user is not as Slack's documentation says");
}

fn samples() -> Vec<(Envelope, Value)> {
    let events = [mention(), direct_message(), reaction()].map(|event| (Envelope::EventsApi, event));
    let used = [press(), filled()].map(|used| (Envelope::Interactive, used));
    events.into_iter().chain(used).chain([(Envelope::SlashCommands, command("help"))]).collect()
}

/// Every place in a payload that can be damaged.
fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                all.push(format!("{at}/{name}"));
                pointers(value, &format!("{at}/{name}"), all);
            }
        }
        Value::Array(items) => {
            for (place, value) in items.iter().enumerate() {
                all.push(format!("{at}/{place}"));
                pointers(value, &format!("{at}/{place}"), all);
            }
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_damaged_delivery_is_never_somebody_elses(which in 0..6_usize, place in any::<prop::sample::Index>(), with in 0..5_usize) {
        let (envelope, mut payload) = samples().swap_remove(which);
        let before = interaction(envelope, &payload).identity;
        let mut all = vec![];
        pointers(&payload, "", &mut all);
        let at = place.get(&all);
        let damage = [json!(null), json!(7), json!([]), json!({"a": 1}), json!("")][with].clone();
        *payload.pointer_mut(at).unwrap() = damage;
        if let Ok(Delivery::Interaction(after)) = reader().socket(envelope, &payload) {
            prop_assert_eq!(after.identity, before);
        }
    }
}
