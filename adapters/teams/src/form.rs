//! A form as an Adaptive Card with inputs, whose names are the places'
//! (<https://learn.microsoft.com/en-us/adaptive-cards/authoring-cards/input-validation>).

use countersign_domain::form::{Fault, Filled, FormSpec, Look, Slot};
use serde_json::{Map, Value, json};

use crate::card::literal;

/// The list that the message extension's search shows: requests.
pub const REQUESTS: &str = "requests";
/// The input's name that says which form it is.
pub(crate) const NAME: &str = "form";

/// What of a fault is shown, in characters.
const FAULT: usize = 300;

/// A form, filled in as far as it is known, with what is wrong above each place. `searches` says whether names are found as
/// somebody types; otherwise they are typed in full.
pub fn content(spec: &FormSpec, filled: &Filled, faults: &[Fault], searches: bool) -> Value {
    let mut body: Vec<Value> = Vec::new();
    for slot in spec.slots {
        body.extend(faults.iter().filter(|(at, _)| *at == slot.name).map(|(_, fault)| complaint(fault)));
        let known = filled.get(slot.name);
        body.push(match slot.look {
            Look::Choice(choices) => chosen(slot, choices, known),
            Look::Suggested(list) if searches => found(slot, list, known),
            Look::Line | Look::Long | Look::Person | Look::Suggested(_) => typed(slot, known),
        });
    }
    json!({
        "type": "AdaptiveCard",
        "version": "1.5",
        "fallbackText": "This app cannot show the form: say what you need in a sentence instead.",
        "body": body,
        "actions": [{
            "type": "Action.Submit",
            "title": spec.submit,
            "style": "positive",
            "data": { NAME: spec.name },
        }],
    })
}

fn chosen(slot: &Slot, choices: &[&str], known: Option<&str>) -> Value {
    let mut shown = labelled("Input.ChoiceSet", slot);
    let titles: Vec<_> = choices.iter().map(|one| json!({ "title": one, "value": one })).collect();
    shown.insert("choices".to_owned(), titles.into());
    shown.insert("style".to_owned(), "expanded".into());
    if let Some(known) = choices.iter().find(|one| Some(**one) == known) {
        shown.insert("value".to_owned(), (*known).into());
    }
    shown.into()
}

fn typed(slot: &Slot, known: Option<&str>) -> Value {
    let mut shown = labelled("Input.Text", slot);
    shown.insert("maxLength".to_owned(), slot.most.into());
    shown.insert("isMultiline".to_owned(), (slot.look == Look::Long).into());
    if let Some(known) = known {
        shown.insert("value".to_owned(), known.chars().take(slot.most).collect::<String>().into());
    }
    shown.into()
}

/// An input that asks the bot for what fits.
fn found(slot: &Slot, list: &str, known: Option<&str>) -> Value {
    let mut shown = labelled("Input.ChoiceSet", slot);
    // What was chosen before must be among the choices to be shown.
    let choices: Vec<_> = known.iter().map(|known| json!({ "title": known, "value": known })).collect();
    shown.insert("choices".to_owned(), choices.into());
    shown.insert("style".to_owned(), "filtered".into());
    shown.insert("choices.data".to_owned(), json!({ "type": "Data.Query", "dataset": list }));
    if let Some(known) = known {
        shown.insert("value".to_owned(), known.into());
    }
    shown.into()
}

fn labelled(kind: &str, slot: &Slot) -> Map<String, Value> {
    let mut shown = Map::new();
    shown.insert("type".to_owned(), kind.into());
    shown.insert("id".to_owned(), slot.name.into());
    shown.insert("label".to_owned(), slot.label.into());
    // An input has no line beneath it: what explains it stands where an example would, if there is none.
    let example = Some(slot.example).filter(|example| !example.is_empty()).unwrap_or(slot.hint);
    if !example.is_empty() {
        shown.insert("placeholder".to_owned(), example.into());
    }
    if let Some(demand) = slot.demand {
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
    use countersign_domain::access::FORM;

    use super::*;

    fn filled() -> Filled {
        let fields = [("permission", "write"), ("reason", "*now*")];
        let fields = fields.map(|(slot, text)| (slot.to_owned(), text.to_owned()));
        Filled { fields: fields.into(), ..FORM.begun(None) }
    }

    #[test]
    fn the_form_is_as_it_was() {
        let faults = [("duration", "“soon” is no duration.".to_owned())];
        insta::assert_json_snapshot!(content(&FORM, &filled(), &faults, false));
    }

    #[test]
    fn a_fault_stands_above_its_field() {
        let faults = [("ticket", "{{DATE}}".to_owned())];
        let form = content(&FORM, &filled(), &faults, true);
        let body = form["body"].as_array().unwrap();
        let place = body.iter().position(|block| block["id"] == "ticket").unwrap();
        assert_eq!(body[place - 1]["type"], "RichTextBlock");
        assert!(!form.to_string().contains("{{"));
    }

    #[test]
    fn every_input_is_read_as_it_is_named() {
        let form = content(&FORM, &filled(), &[], true);
        let names: Vec<_> =
            form["body"].as_array().unwrap().iter().map(|input| input["id"].clone()).collect();
        assert_eq!(names, ["permission", "repository", "user", "duration", "ticket", "reason"]);
    }
}
