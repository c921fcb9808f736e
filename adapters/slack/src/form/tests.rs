//! The form: empty, prefilled, with what is wrong, and with whatever somebody writes.

use countersign_domain::ports::SurfaceKind;
use proptest::prelude::*;

use super::*;

fn place() -> Place {
    Place { thread: Some("1.2".to_owned()), ..Place::channel(SurfaceKind::Slack, "T1", "C1") }
}

fn json(intro: &str, faults: &[(Field, String)], prefill: &Form) -> Value {
    let place = place();
    serde_json::to_value(form(FormContext { place: &place, intro, faults }, prefill)).unwrap()
}

fn lines(view: &Value) -> String {
    let blocks = view["blocks"].as_array().unwrap().iter().map(ToString::to_string);
    let about = ["type", "callback_id", "private_metadata", "title", "submit", "close"];
    about.iter().map(|name| format!("{name}: {}", view[name])).chain(blocks).collect::<Vec<_>>().join("\n")
}

fn filled() -> Form {
    Form {
        permission: Some("write".to_owned()),
        repository: Some("payments-api".to_owned()),
        user: Some("@slack/T1/U2".to_owned()),
        duration: Some("2 days".to_owned()),
        ticket: Some("OPS-17".to_owned()),
        reason: Some("roll out <!here>".to_owned()),
    }
}

#[test]
fn an_empty_form_and_a_filled_one() {
    insta::assert_snapshot!(
        "empty",
        lines(&json("Your request goes to the approvers.", &[], &Form::default()))
    );
    let faults = [(Field::Duration, "Rules allow at most 1 day.".to_owned())];
    insta::assert_snapshot!("filled", lines(&json("", &faults, &filled())));
}

#[test]
fn errors_and_suggestions_are_in_slacks_shape() {
    let faults = [(Field::Ticket, "No such ticket.".to_owned()), (Field::Ticket, "Ask Erin.".to_owned())];
    assert_eq!(
        errors(&faults),
        json!({"response_action": "errors", "errors": {"ticket": "No such ticket. Ask Erin."}})
    );
    let found = Suggestion { value: "payments-api".to_owned(), label: "payments-api".to_owned() };
    assert_eq!(suggestions(std::slice::from_ref(&found))["options"][0]["value"], "payments-api");
    assert_eq!(suggestions(&vec![found; 300])["options"].as_array().unwrap().len(), 100);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_prefill_breaks_a_limit(text in "(<!here>|💥|\\PC| ){0,700}", fault in "\\PC{0,2500}") {
        let some = || Some(text.clone());
        let prefill = Form {
            permission: some(), repository: some(), user: some(), duration: some(), ticket: some(), reason: some(),
        };
        let view = json(&text, &[(Field::Reason, fault)], &prefill);
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
