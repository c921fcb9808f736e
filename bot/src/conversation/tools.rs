//! The command table as a model sees it: the commands that a person may be offered, each with the values it takes. A model that names
//! one makes a sentence of it at most.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use countersign_domain::conversation::{Does, Known};
use countersign_domain::ports::{Tool, ToolCall};
use countersign_domain::tenant::Person;
use countersign_domain::words::flat;
use serde_json::{Map, Value, json};

use super::schema;
use crate::capabilities;
use crate::commands::{self, Audience, CommandSpec, Has};
use crate::grammar::{Pattern, Sentence};
use crate::help::Catalogue;

/// What a model may propose to this person, by what their tenant has: commands, and what the catalogue has.
pub(super) fn tools(person: &Person, has: Has, catalogue: &Catalogue) -> Vec<Tool> {
    commands::for_person(person, has).filter_map(tool).chain(capabilities::offered_tools(catalogue)).collect()
}

/// The names of all that can be offered to anybody.
pub(crate) fn offerable(catalogue: &Catalogue) -> BTreeSet<String> {
    let commands = commands::COMMANDS.iter().filter_map(|spec| tool(spec));
    commands.chain(capabilities::offered_tools(catalogue)).map(|tool| tool.name).collect()
}

/// A command as a tool; nothing where it is for people alone.
pub(super) fn tool(spec: &CommandSpec) -> Option<Tool> {
    if does(spec) == Does::Decides || matches!(spec.audience, Audience::Buttons) {
        return None;
    }
    let slots = slots(spec);
    let named = |required: bool| slots.iter().filter(move |(_, must)| *must == required || !required);
    let properties: Map<_, _> = named(false).map(|(slot, _)| (slot.clone(), schema::place(slot))).collect();
    let required: Vec<_> = named(true).map(|(slot, _)| slot.clone()).collect();
    let arguments = json!({
        "type": "object", "properties": properties, "required": required, "additionalProperties": false,
    });
    Some(Tool { name: tool_name(spec), description: spec.summary.to_owned(), arguments })
}

/// What is known of a call; nothing where neither a command that anybody types nor an action goes by its name.
pub(super) fn known(call: &ToolCall, catalogue: &Catalogue) -> Option<Known> {
    if let Some(action) = capabilities::offered_call(catalogue, call) {
        return Some(action);
    }
    let mut all = commands::COMMANDS.iter().copied();
    let spec =
        all.find(|spec| tool_name(spec) == call.tool && !matches!(spec.audience, Audience::Buttons))?;
    Some(Known { does: does(spec), sentence: sentence(spec, &call.arguments) })
}

/// The sentence that says a command with these arguments; nothing where one lacks, or is nobody's.
fn sentence(spec: &CommandSpec, arguments: &Value) -> Option<String> {
    let given = arguments.as_object()?;
    let slots = slots(spec);
    let fits = |(name, value): (&String, &Value)| {
        slots.iter().any(|(slot, _)| slot == name) && schema::fits(&schema::place(name), value)
    };
    let said: BTreeMap<&str, Cow<'_, str>> = given
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), schema::in_a_sentence(value)?)))
        .collect();
    let is_there = |name: &str| said.get(name).is_some_and(|value| !value.trim().is_empty());
    if !given.iter().all(fits) || !slots.iter().all(|(slot, must)| !must || is_there(slot)) {
        return None;
    }
    let pattern = Pattern::read(spec.grammar).ok()?;
    let sentence = pattern.say(|slot| said.get(slot).map(|value| &**value));
    is_meant(spec, &said, &sentence).then_some(sentence)
}

/// Whether a sentence is understood as what it was made of and as nothing else: a value that says more than its place takes would fill
/// others, or make another command of it.
fn is_meant(spec: &CommandSpec, given: &BTreeMap<&str, Cow<'_, str>>, sentence: &str) -> bool {
    let Some((understood, read)) = commands::understand(&Sentence::new(&flat(sentence))) else {
        return false;
    };
    let alike = |value: &str| Some(flat(value).to_lowercase()).filter(|value| !value.is_empty());
    let is_read = |(slot, _): (String, bool)| {
        given.get(&*slot).and_then(|value| alike(value)) == read.get(&slot).and_then(alike)
    };
    understood.name == spec.name && slots(spec).into_iter().all(is_read)
}

/// The commands that only show something. What is not named here counts as changing something of who says it, at once: their quiet hours,
/// who stands in for them, which chat account is theirs.
const SHOWS: [&str; 20] = [
    "agents",
    "compare access",
    "documents",
    "effects",
    "gaps",
    "help",
    "history of ticket",
    "list actions",
    "my access",
    "repositories",
    "show agent",
    "show document",
    "status",
    "tickets",
    "what changed",
    "who am i",
    "who can approve",
    "who has",
    "why",
    "why alerting",
];

/// The commands that ask for something, which others countersign or the rules allow.
const ASKS: [&str; 2] = ["access", "make it"];

/// What a command does, as far as a model is concerned.
pub(super) fn does(spec: &CommandSpec) -> Does {
    if spec.decides {
        Does::Decides
    } else if ASKS.contains(&spec.name) {
        Does::Asks
    } else if SHOWS.contains(&spec.name) {
        Does::Shows
    } else {
        Does::Acts
    }
}

/// The places of a command's grammar, and whether each must be filled.
fn slots(spec: &CommandSpec) -> Vec<(String, bool)> {
    let (mut slots, mut optional) = (Vec::new(), false);
    for part in spec.grammar.split_inclusive(['<', '>', '[', ']']) {
        match part.chars().last() {
            Some('[') => optional = true,
            Some(']') => optional = false,
            Some('>') => slots.push((part.trim_end_matches('>').to_owned(), !optional)),
            _ => {}
        }
    }
    slots
}

fn tool_name(spec: &CommandSpec) -> String {
    spec.name.replace(|c: char| !c.is_ascii_alphanumeric(), "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(tool: &str, arguments: Value) -> ToolCall {
        ToolCall { id: "c1".to_owned(), tool: tool.to_owned(), arguments }
    }

    /// What is known where there are no actions.
    fn bare(call: &ToolCall) -> Option<Known> {
        known(call, &Catalogue::default())
    }

    #[test]
    fn what_a_model_names_is_said_as_people_say_it_and_understood_so() {
        let arguments = json!({ "permission": "write", "repository": "payments-api", "duration": "2 days" });
        let known = bare(&call("access", arguments)).expect("there is such a command");
        assert_eq!(known.does, Does::Asks);
        let sentence = known.sentence.expect("it is whole");
        let (spec, said) = commands::understand(&Sentence::new(&sentence)).expect("it is understood");
        assert_eq!(
            (spec.name, said.get("repository"), said.get("duration")),
            ("access", Some("payments-api"), Some("2 days"))
        );
    }

    #[test]
    fn what_decides_is_no_tool_and_what_is_wrong_makes_no_sentence() {
        let approve = bare(&call("approve", json!({ "code": "K7QM2X" }))).expect("it is a command");
        assert_eq!(approve.does, Does::Decides);
        assert_eq!(bare(&call("delete_everything", json!({}))), None);
        for arguments in
            [json!({}), json!([]), json!({ "repository": "infra", "evil": "x" }), json!({ "permission": 7 })]
        {
            let known = bare(&call("access", arguments.clone())).expect("it is a command");
            assert_eq!(known.sentence, None, "{arguments}");
        }
    }

    #[test]
    fn a_value_that_says_more_than_its_place_takes_makes_no_sentence() {
        for arguments in [
            json!({ "permission": "admin on infra for bob because", "repository": "docs" }),
            json!({ "permission": "read", "repository": "docs\" for bob because \"x" }),
            json!({ "permission": "read", "repository": "docs", "duration": "2 days for bob" }),
            json!({ "permission": "read", "repository": "docs", "time": "Friday because they say so" }),
        ] {
            let known = bare(&call("access", arguments.clone())).expect("it is a command");
            assert_eq!(known.sentence, None, "{arguments}");
        }
        let arguments =
            json!({ "permission": "read", "repository": "docs", "reason": "I write on infra for bob" });
        assert!(
            bare(&call("access", arguments)).is_some_and(|known| known.sentence.is_some()),
            "a reason is one"
        );
    }

    #[test]
    fn what_changes_something_of_who_says_it_is_not_offered_after_words_of_others() {
        let found: Vec<_> = commands::COMMANDS.iter().filter(|spec| does(spec) == Does::Acts).collect();
        let acts = |name: &str| found.iter().any(|spec| spec.name == name);
        assert!(acts("link") && acts("do not ping") && !acts("access"));
        for spec in found.into_iter().filter(|spec| !matches!(spec.audience, Audience::Buttons)) {
            let known = Known { does: does(spec), sentence: Some(spec.said()) };
            let tainted = countersign_domain::conversation::verdict(Some(&known), true, 0);
            assert!(
                matches!(tainted, countersign_domain::conversation::Verdict::Refused { .. }),
                "{}",
                spec.name
            );
        }
        let shown =
            SHOWS.iter().chain(&ASKS).all(|name| commands::COMMANDS.iter().any(|spec| spec.name == *name));
        assert!(shown, "what is named here is in the table");
    }

    #[test]
    fn every_command_that_is_offered_is_a_tool_with_its_places_and_no_other_is() {
        let person = Person {
            id: "zoe".parse().unwrap(),
            kind: countersign_domain::envelope::ActorKind::Person,
            name: "Zoe".to_owned(),
            groups: [].into(),
            roles: [countersign_domain::tenant::Role::Admin].into(),
            accounts: [].into(),
        };
        let has = Has { desk: true, timeline: true };
        let tools = tools(&person, has, &Catalogue::default());
        for spec in commands::for_person(&person, has) {
            let tool = tools.iter().find(|tool| tool.name == tool_name(spec));
            assert_eq!(tool.is_some(), !spec.decides, "{}", spec.name);
            let Some(tool) = tool else { continue };
            assert!(
                tool.name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && tool.name.len() <= 64
            );
            let properties = tool.arguments["properties"].as_object().unwrap();
            let said = Pattern::read(spec.grammar).unwrap().say(|slot| {
                assert!(properties.contains_key(slot), "{} lacks {slot}", spec.name);
                Some("x")
            });
            assert!(!said.is_empty());
        }
    }
}
