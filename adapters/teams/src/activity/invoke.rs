//! What Teams asks and waits for the answer of: pressed buttons, forms, searches
//! (<https://learn.microsoft.com/en-us/microsoftteams/platform/messaging-extensions/how-to/action-commands/create-task-module>).

use std::collections::BTreeMap;

use countersign_domain::form::Filled;
use countersign_domain::request::REASON_MAX;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::shape::Execute;
use super::{Activity, Delivery, Fault, id, text};
use crate::card::{PRESS, REFRESH};
use crate::form::NAME;

/// How many results are given at most.
const MOST_RESULTS: usize = 25;
/// What of a form's field is read, in characters; whoever decides says what is too long.
const FIELD: usize = 2 * REASON_MAX;

/// What is searched for, as the search of a message extension says it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Query {
    command_id: Option<String>,
    #[serde(default)]
    parameters: Vec<Parameter>,
    #[serde(rename = "queryOptions")]
    window: Option<Window>,
}

#[derive(Deserialize)]
struct Parameter {
    value: Option<String>,
}

/// What is searched for, as an input of a card says it
/// (<https://learn.microsoft.com/en-us/microsoftteams/platform/task-modules-and-cards/cards/dynamic-search>).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TypedAhead {
    dataset: Option<String>,
    query_text: Option<String>,
    query_options: Option<Window>,
}

#[derive(Deserialize)]
struct Window {
    #[serde(alias = "top")]
    count: Option<usize>,
}

impl Activity {
    pub(super) fn invoke(&self, name: &str) -> Result<Delivery, Fault> {
        match name {
            "adaptiveCard/action" => self.press(),
            "task/fetch" | "composeExtension/fetchTask" => self.form_wanted(),
            "task/submit" | "composeExtension/submitAction" => self.filled(),
            "composeExtension/query" => self.query(),
            "application/search" => self.typed_ahead(),
            _ => Ok(Delivery::Ignored),
        }
    }

    fn press(&self) -> Result<Delivery, Fault> {
        let (person, place) = (self.person()?, self.place()?);
        let value = self.value.as_ref().ok_or(Fault::UnknownButton)?;
        let Execute { action } = Execute::deserialize(value).map_err(|_| Fault::UnknownButton)?;
        let card = self.card()?;
        let (reference, why) = (action.data.reference, action.data.why.map(|why| cut(why.trim())));
        match action.verb.as_str() {
            PRESS => Ok(Delivery::Press { person, place, card, reference, why }),
            REFRESH => Ok(Delivery::Refresh { person, place, card, reference }),
            _ => Err(Fault::UnknownButton),
        }
    }

    fn form_wanted(&self) -> Result<Delivery, Fault> {
        let body = self.value.as_ref().and_then(|value| value.pointer("/messagePayload/body/content"));
        let about = body.and_then(Value::as_str).map(|body| cut(&text::without_markup(body)));
        let about = about.filter(|about| !about.is_empty());
        Ok(Delivery::FormWanted { person: self.person()?, place: self.place()?, about })
    }

    fn filled(&self) -> Result<Delivery, Fault> {
        let (person, place, card) = (self.person()?, self.place()?, self.card()?);
        let data = self.value.as_ref().and_then(|value| value.get("data")?.as_object());
        let filled = filled(data.ok_or(Fault::UnknownForm)?)?;
        Ok(Delivery::Filled { person, place, card, filled })
    }

    fn query(&self) -> Result<Delivery, Fault> {
        let query: Query = self.read_value()?;
        let text = query.parameters.into_iter().find_map(|parameter| parameter.value);
        self.search(query.command_id.as_deref(), text, query.window.as_ref())
    }

    fn typed_ahead(&self) -> Result<Delivery, Fault> {
        let typed: TypedAhead = self.read_value()?;
        self.search(typed.dataset.as_deref(), typed.query_text, typed.query_options.as_ref())
    }

    fn search(
        &self,
        list: Option<&str>,
        text: Option<String>,
        window: Option<&Window>,
    ) -> Result<Delivery, Fault> {
        let list = id(list, "list to search")?;
        let text = cut(text.unwrap_or_default().trim());
        // What Teams sends before anything was typed.
        let text = if text == "true" && self.is_first_search() { String::new() } else { text };
        let most = window.and_then(|window| window.count).unwrap_or(MOST_RESULTS).clamp(1, MOST_RESULTS);
        Ok(Delivery::Search { person: self.person()?, place: self.place()?, list, text, most })
    }

    fn is_first_search(&self) -> bool {
        let first = self.value.as_ref().and_then(|value| value.pointer("/parameters/0/name")?.as_str());
        first == Some("initialRun")
    }

    /// The message with the card.
    fn card(&self) -> Result<Option<String>, Fault> {
        self.reply_to_id.as_deref().map(|card| id(Some(card), "card")).transpose()
    }

    fn read_value<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Fault> {
        let value = self.value.as_ref().ok_or(Fault::Missing("value"))?;
        T::deserialize(value).map_err(|_| Fault::Missing("value"))
    }
}

/// A form as its inputs are named; what is left empty, and what is no text, was not said.
fn filled(data: &Map<String, Value>) -> Result<Filled, Fault> {
    let text = |value: &Value| value.as_str().map(|text| cut(text.trim())).filter(|text| !text.is_empty());
    let form = data.get(NAME).and_then(text).ok_or(Fault::UnknownForm)?;
    let others = data.iter().filter(|(name, _)| *name != NAME);
    let fields: BTreeMap<_, _> =
        others.filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect();
    Ok(Filled { form, fields })
}

fn cut(text: &str) -> String {
    text.chars().take(FIELD).collect()
}
