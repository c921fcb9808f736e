//! What people press, fill in and open.

use super::*;

#[test]
fn a_press_holds_the_buttons_reference_and_never_the_trigger() {
    let pressed = interaction(Envelope::Interactive, &press());
    assert_eq!(pressed.act, Act::Pressed("click_me_123".to_owned()));
    assert_eq!(pressed.message.as_ref().unwrap().message, "1548261231.000200");
    assert_eq!(pressed.place.only.as_deref(), Some("U123ABC456"));
    let told = format!("{pressed:?}");
    assert!(
        !told.contains("d8c1bb837935619ccad0f624c448ffb3") && !told.contains("hooks.slack.com"),
        "{told}"
    );
    let alone = changed(press(), &[("/container/is_ephemeral", json!(true))]);
    assert_eq!(interaction(Envelope::Interactive, &alone).message, None);
}

#[test]
fn a_press_on_the_home_tab_is_answered_in_private() {
    let mut home = changed(press(), &[("/view", json!({"id": "V1", "type": "home", "hash": "1.a"}))]);
    for gone in ["channel", "message", "container"] {
        home.as_object_mut().unwrap().remove(gone);
    }
    let pressed = interaction(Envelope::Interactive, &home);
    assert_eq!(pressed.place, pressed.direct);
}

#[test]
fn a_slash_command_says_something_or_opens_the_form() {
    let said = interaction(Envelope::SlashCommands, &command("grant write on x to <@U7|bob>"));
    assert_eq!(said.act, Act::Said("grant write on x to @slack/T123ABC456/U7".to_owned()));
    assert_eq!(said.place.only.as_deref(), Some("U2147483697"));
    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(
            command("  ").as_object().unwrap().iter().map(|(name, value)| (name, value.as_str().unwrap())),
        )
        .finish();
    match reader().http(Verified::unchecked(form.as_bytes(), true)).unwrap() {
        Delivery::OpenForm(open) => assert_eq!(open.about, None),
        other => panic!("{other:?}"),
    }
    assert!(matches!(
        reader().http(Verified::unchecked(b"ssl_check=1&token=x", true)),
        Ok(Delivery::Ignored)
    ));
}

#[test]
fn shortcuts_open_the_form_and_a_message_becomes_the_reason() {
    let shortcut = |kind: &str, id: &str| {
        json!({"type": kind, "callback_id": id, "trigger_id": "944799105734.773906753841.38b5894552bdd4a780554ee59d1f3638",
            "team": {"id": TEAM, "domain": "example"}, "user": {"id": "U123ABC456", "username": "aman", "team_id": TEAM}})
    };
    let open = |payload: &Value| match reader().socket(Envelope::Interactive, payload) {
        Ok(Delivery::OpenForm(open)) => open,
        other => panic!("{other:?}"),
    };
    let global = open(&shortcut("shortcut", "countersign.open"));
    assert_eq!(global.place, Place::direct(&global.who.identity));
    let message = changed(
        shortcut("message_action", "countersign.make_request"),
        &[
            ("/channel", json!({"id": "C1", "name": "ops"})),
            (
                "/message",
                json!({"type": "message", "user": "U8", "ts": "1.5", "text": "deploys &lt;fail&gt;"}),
            ),
        ],
    );
    let OpenForm { about, place, message, .. } = *open(&message);
    assert_eq!(about.as_deref(), Some("deploys <fail>"));
    assert_eq!((place.channel.as_deref(), message.unwrap().message.as_str()), (Some("C1"), "1.5"));
    ignored_interactive(&shortcut("shortcut", "of_another_app"));
}

#[track_caller]
fn ignored_interactive(payload: &Value) {
    assert!(matches!(reader().socket(Envelope::Interactive, payload), Ok(Delivery::Ignored)), "{payload}");
}

#[test]
fn a_sent_form_is_read_field_by_field_and_remembers_its_place() {
    let sent = interaction(Envelope::Interactive, &filled());
    assert_eq!((sent.place.channel.as_deref(), sent.place.thread.as_deref()), (Some("C1"), Some("1.2")));
    assert_eq!(sent.place.only.as_deref(), Some("UXXX"));
    let Act::Filled(form) = sent.act else { panic!("{:?}", sent.act) };
    let fields = [
        ("permission", "write"),
        ("repository", "payments-api"),
        ("user", "@slack/T123ABC456/U2"),
        ("duration", "2 days"),
        ("reason", "roll out"),
    ];
    assert_eq!(form.form, "access");
    assert_eq!(form.fields, fields.map(|(slot, text)| (slot.to_owned(), text.to_owned())).into());
}

#[test]
fn a_form_that_is_filled_in_asks_to_be_checked_and_for_repositories() {
    let change = json!({"type": "block_actions", "team": {"id": TEAM}, "user": {"id": "U1", "team_id": TEAM}, "view": view(),
        "trigger_id": "1.2.3", "container": {"type": "view", "view_id": "VNHU13V36"},
        "actions": [{"action_id": "form.duration", "block_id": "duration", "type": "plain_text_input", "value": "2 days"}]});
    match reader().socket(Envelope::Interactive, &change).unwrap() {
        Delivery::CheckForm(check) => {
            let CheckForm { view, hash, filled, .. } = *check;
            assert_eq!((view.as_str(), hash.as_deref()), ("VNHU13V36", Some("156663117.cd33ad1f")));
            assert_eq!(filled.get("duration"), Some("2 days"));
        }
        other => panic!("{other:?}"),
    }
    let typing = json!({"type": "block_suggestion", "team": {"id": TEAM}, "user": {"id": "U1", "team_id": TEAM},
        "action_id": "suggest.repositories", "block_id": "repository", "value": "pay", "view": view()});
    match reader().socket(Envelope::Interactive, &typing).unwrap() {
        Delivery::Suggest { list, query, .. } => {
            assert_eq!((list.as_str(), query.as_str()), ("repositories", "pay"));
        }
        other => panic!("{other:?}"),
    }
}
