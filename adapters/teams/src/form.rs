//! The form of a request as an Adaptive Card with inputs, whose names are the fields'
//! (<https://learn.microsoft.com/en-us/adaptive-cards/authoring-cards/input-validation>).

use countersign_domain::access::{Form, NAME_MAX, Permission, REASON_MAX};
use countersign_domain::denied::Field;
use serde_json::{Map, Value, json};

use crate::card::literal;

/// The list that the repository's input searches as somebody types.
pub const REPOSITORIES: &str = "repositories";
/// The list that the message extension's search shows: requests.
pub const REQUESTS: &str = "requests";
/// The title of the form's window.
pub const TITLE: &str = "Ask for access";

/// What of a fault is shown, in characters.
const FAULT: usize = 300;

/// One input, in the order of the form.
struct Input {
    field: Field,
    label: &'static str,
    hint: &'static str,
    most: usize,
    /// What is said where it is left empty; nothing where it may be.
    demand: Option<&'static str>,
}

const INPUTS: [Input; 5] = [
    Input {
        field: Field::Repository,
        label: "Repository",
        hint: "payments-api",
        most: NAME_MAX,
        demand: Some("Name the repository."),
    },
    Input { field: Field::User, label: "For whom", hint: "You, if left empty", most: NAME_MAX, demand: None },
    Input { field: Field::Duration, label: "For how long", hint: "2 days", most: 40, demand: None },
    Input { field: Field::Ticket, label: "Ticket", hint: "OPS-17", most: NAME_MAX, demand: None },
    Input {
        field: Field::Reason,
        label: "Why",
        hint: "What you need it for",
        most: REASON_MAX,
        demand: None,
    },
];

/// The form, filled in as far as it is known, with what is wrong beside each field and what is wrong with the whole on
/// top. `searches` says whether repositories are found as somebody types; otherwise their names are typed in full.
pub fn content(form: &Form, faults: &[(Option<Field>, String)], searches: bool) -> Value {
    let mut body: Vec<Value> =
        faults.iter().filter(|(field, _)| field.is_none()).map(|(_, fault)| complaint(fault)).collect();
    let about = |body: &mut Vec<Value>, field: Field| {
        let here = faults.iter().filter(|(other, _)| *other == Some(field));
        body.extend(here.map(|(_, fault)| complaint(fault)));
    };
    about(&mut body, Field::Permission);
    body.push(permission(form.permission.as_deref()));
    for input in &INPUTS {
        about(&mut body, input.field);
        let value = value(form, input.field);
        body.push(if searches && input.field == Field::Repository {
            found(input, value)
        } else {
            typed(input, value)
        });
    }
    json!({
        "type": "AdaptiveCard",
        "version": "1.5",
        "fallbackText": "This app cannot show the form: write “access” and what you need instead.",
        "body": body,
        "actions": [{
            "type": "Action.Submit",
            "title": "Ask",
            "style": "positive",
            "data": { "form": "request" },
        }],
    })
}

fn value(form: &Form, field: Field) -> Option<&str> {
    match field {
        Field::User => form.user.as_deref(),
        Field::Repository => form.repository.as_deref(),
        Field::Permission => form.permission.as_deref(),
        Field::Duration => form.duration.as_deref(),
        Field::Ticket => form.ticket.as_deref(),
        Field::Reason => form.reason.as_deref(),
    }
}

fn permission(value: Option<&str>) -> Value {
    let choices = Permission::ALL.map(|level| json!({ "title": level.as_str(), "value": level.as_str() }));
    let known = value.and_then(|value| value.parse::<Permission>().ok()).unwrap_or(Permission::Read);
    json!({
        "type": "Input.ChoiceSet",
        "id": Field::Permission.as_str(),
        "label": "Permission",
        "style": "expanded",
        "choices": choices,
        "value": known.as_str(),
        "isRequired": true,
        "errorMessage": "Choose the permission.",
    })
}

fn typed(input: &Input, value: Option<&str>) -> Value {
    let mut shown = labelled("Input.Text", input);
    shown.insert("maxLength".to_owned(), input.most.into());
    shown.insert("isMultiline".to_owned(), (input.field == Field::Reason).into());
    if let Some(value) = value {
        shown.insert("value".to_owned(), value.chars().take(input.most).collect::<String>().into());
    }
    shown.into()
}

/// An input that asks the bot for what fits.
fn found(input: &Input, value: Option<&str>) -> Value {
    let mut shown = labelled("Input.ChoiceSet", input);
    // What was chosen before must be among the choices to be shown.
    let choices: Vec<_> = value.iter().map(|value| json!({ "title": value, "value": value })).collect();
    shown.insert("choices".to_owned(), choices.into());
    shown.insert("style".to_owned(), "filtered".into());
    shown.insert("choices.data".to_owned(), json!({ "type": "Data.Query", "dataset": REPOSITORIES }));
    if let Some(value) = value {
        shown.insert("value".to_owned(), value.into());
    }
    shown.into()
}

fn labelled(kind: &str, input: &Input) -> Map<String, Value> {
    let mut shown = Map::new();
    shown.insert("type".to_owned(), kind.into());
    shown.insert("id".to_owned(), input.field.as_str().into());
    shown.insert("label".to_owned(), input.label.into());
    shown.insert("placeholder".to_owned(), input.hint.into());
    if let Some(demand) = input.demand {
        shown.insert("isRequired".to_owned(), true.into());
        shown.insert("errorMessage".to_owned(), demand.into());
    }
    shown
}

/// What is wrong, in a text run, in which nothing is markup.
fn complaint(fault: &str) -> Value {
    let text: String = fault.chars().take(FAULT).collect();
    let run = json!({ "type": "TextRun", "text": literal(&text), "color": "Attention" });
    json!({ "type": "RichTextBlock", "inlines": [run] })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled() -> Form {
        Form { permission: Some("write".to_owned()), reason: Some("*now*".to_owned()), ..Form::default() }
    }

    #[test]
    fn the_form_is_as_it_was() {
        let faults =
            [(Some(Field::Duration), "“soon” is no duration.".to_owned()), (None, "You hold it.".to_owned())];
        insta::assert_json_snapshot!(content(&filled(), &faults, false));
    }

    #[test]
    fn a_fault_stands_above_its_field() {
        let faults = [(Some(Field::Ticket), "{{DATE}}".to_owned())];
        let form = content(&filled(), &faults, true);
        let body = form["body"].as_array().unwrap();
        let place = body.iter().position(|block| block["id"] == "ticket").unwrap();
        assert_eq!(body[place - 1]["type"], "RichTextBlock");
        assert!(!form.to_string().contains("{{"));
    }

    #[test]
    fn every_input_is_read_as_it_is_named() {
        let form = content(&filled(), &[], true);
        let names: Vec<_> =
            form["body"].as_array().unwrap().iter().map(|input| input["id"].clone()).collect();
        assert_eq!(names, ["permission", "repository", "user", "duration", "ticket", "reason"]);
    }
}
