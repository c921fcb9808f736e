//! The form: empty, prefilled, with what is wrong, and with whatever somebody writes.

use countersign_domain::access::FORM;
use proptest::prelude::*;

use super::*;

fn place() -> Place {
    Place { thread: Some("1.2".to_owned()), ..Place::channel(SurfaceKind::Slack, "T1", "C1") }
}

fn json(intro: &str, faults: &[Fault], filled: &Filled) -> Value {
    let place = place();
    serde_json::to_value(form(&FORM, FormContext { place: &place, intro, faults }, filled)).unwrap()
}

fn lines(view: &Value) -> String {
    let blocks = view["blocks"].as_array().unwrap().iter().map(ToString::to_string);
    let about = ["type", "callback_id", "private_metadata", "title", "submit", "close"];
    about.iter().map(|name| format!("{name}: {}", view[name])).chain(blocks).collect::<Vec<_>>().join("\n")
}

fn filled() -> Filled {
    let fields = [
        ("permission", "write"),
        ("repository", "payments-api"),
        ("user", "@slack/T1/U2"),
        ("duration", "2 days"),
        ("ticket", "OPS-17"),
        ("reason", "roll out <!here>"),
    ];
    let fields = fields.map(|(slot, text)| (slot.to_owned(), text.to_owned()));
    Filled { fields: fields.into(), ..FORM.begun(None) }
}

#[test]
fn an_empty_form_and_a_filled_one() {
    insta::assert_snapshot!(
        "empty",
        lines(&json("Your request goes to the approvers.", &[], &FORM.begun(None)))
    );
    let faults = [("duration", "Rules allow at most 1 day.".to_owned())];
    insta::assert_snapshot!("filled", lines(&json("", &faults, &filled())));
}

#[test]
fn errors_and_suggestions_are_in_slacks_shape() {
    let faults = [("ticket", "No such ticket.".to_owned()), ("ticket", "Ask Erin.".to_owned())];
    assert_eq!(
        errors(&faults),
        json!({"response_action": "errors", "errors": {"ticket": "No such ticket. Ask Erin."}})
    );
    let found = "payments-api".to_owned();
    assert_eq!(suggestions(std::slice::from_ref(&found))["options"][0]["value"], "payments-api");
    assert_eq!(suggestions(&vec![found; 300])["options"].as_array().unwrap().len(), 100);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_prefill_breaks_a_limit(text in "(<!here>|💥|\\PC| ){0,700}", fault in "\\PC{0,2500}") {
        let fields = FORM.slots.iter().map(|slot| (slot.name.to_owned(), text.clone())).collect();
        let view = json(&text, &[("reason", fault)], &Filled { fields, ..FORM.begun(None) });
        let length = |value: &Value| value.as_str().unwrap_or_default().chars().count();
        for block in view["blocks"].as_array().unwrap() {
            prop_assert!(length(&block["text"]["text"]) <= 3000);
            prop_assert!(length(&block["elements"][0]["text"]) <= 2000);
            let element = &block["element"];
            if let Some(most) = element["max_length"].as_u64() {
                prop_assert!(length(&element["initial_value"]) as u64 <= most);
            }
            prop_assert!(length(&element["initial_option"]["text"]["text"]) <= 75);
            prop_assert!(length(&element["initial_option"]["value"]) <= 150);
            prop_assert!(length(&element["action_id"]) <= 255);
        }
        prop_assert!(length(&view["private_metadata"]) <= 3000);
    }
}
