//! The commands that an agent may propose as OpenAPI documents: what Amazon Bedrock takes for the action groups of an agent. They are made
//! from the command table and the catalogue, as the tools are that other models are given, so none of them says anything else.

use std::borrow::Cow;
use std::collections::BTreeMap;

use countersign_domain::conversation::Does;
use countersign_domain::ports::Tool;
use serde_json::{Map, Value, json};

use super::tools::{does, tool};
use crate::capabilities;
use crate::commands::{Audience, COMMANDS, CommandSpec};
use crate::help::Catalogue;

/// What the groups are called, and what their operations are for.
const GROUPS: [(&str, &str); 5] = [
    ("requests", "Offer the person to ask for something that others countersign, or that the rules allow"),
    ("reading", "Offer the person to look at something"),
    ("settings", "Offer the person to set something of their own"),
    ("operating", "Offer somebody who looks after the bot to look at it"),
    ("actions", "Offer the person an action of the catalogue, done once it is countersigned"),
];

/// The document of each group that has an operation.
pub(crate) fn groups(catalogue: &Catalogue) -> BTreeMap<&'static str, Value> {
    let mut groups: BTreeMap<&'static str, Vec<Tool>> = BTreeMap::new();
    for spec in COMMANDS.iter() {
        if let Some(tool) = tool(spec) {
            groups.entry(group(spec)).or_default().push(tool);
        }
    }
    let actions = capabilities::offered_tools(catalogue);
    if !actions.is_empty() {
        groups.insert("actions", actions);
    }
    groups.into_iter().map(|(name, tools)| (name, document(name, &tools))).collect()
}

/// The group of a command.
fn group(spec: &CommandSpec) -> &'static str {
    match (does(spec), spec.audience) {
        (Does::Asks, _) => "requests",
        (Does::Acts, _) => "settings",
        (_, Audience::Roles(_) | Audience::Desk([_, ..])) => "operating",
        _ => "reading",
    }
}

fn document(name: &str, tools: &[Tool]) -> Value {
    let about = GROUPS.iter().find(|(known, _)| *known == name).map_or("", |(_, about)| about);
    let paths: Map<_, _> =
        tools.iter().map(|tool| (format!("/{}", tool.name), json!({ "post": operation(tool) }))).collect();
    json!({
        // As much of OpenAPI as Bedrock reads.
        "openapi": "3.0.3",
        "info": { "title": format!("Countersign: {name}"), "version": env!("CARGO_PKG_VERSION"), "description": about },
        "paths": paths,
    })
}

fn operation(tool: &Tool) -> Value {
    let offered = json!({
        "type": "object",
        "properties": {
            "offered": { "type": "string", "description": "The sentence that the person can say by a press" },
            "refused": { "type": "string", "description": "Why nothing is offered" },
        },
    });
    let mut operation = json!({
        "operationId": tool.name,
        "summary": tool.description,
        "description": format!("{}. Nothing is done before the person presses.", tool.description),
        "responses": {
            "200": { "description": "What became of it", "content": { "application/json": { "schema": offered } } },
        },
    });
    let mut schema = tool.arguments.clone();
    if let Some(schema) = schema.as_object_mut() {
        schema.remove("$schema");
    }
    let takes_something = schema["properties"].as_object().is_some_and(|properties| !properties.is_empty());
    if takes_something {
        let content = json!({ "application/json": { "schema": schema } });
        operation["requestBody"] = json!({ "required": true, "content": content });
    }
    operation
}

/// What a place of a grammar takes, for whoever fills it. Commands take words, so this is no more than how they are meant; only what is a
/// number is one.
pub(super) fn place(slot: &str) -> Value {
    let text = |about: &str| json!({ "type": "string", "description": about });
    match slot {
        "permission" => {
            let about = "what may be done there";
            json!({ "type": "string", "enum": ["read", "write", "admin"], "description": about })
        }
        "KEY" => {
            let about = "the key of the ticket that it is for, such as OPS-17";
            json!({ "type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_]+-[0-9]+$", "description": about })
        }
        "number" => {
            json!({ "type": "integer", "minimum": 1, "description": "the number of a ticket, or of a page" })
        }
        "agent" => text("the name of an agent, such as travel"),
        "version" => text("the number of a version"),
        "repository" => text("the name of a repository, such as payments-api"),
        "service" => text("the name of a service or a repository, such as payments-api"),
        "user" => text("whom it is for, by name or id, where that is not who asks"),
        "duration" => text("how long, such as 2 days"),
        "time" => text("until when, such as Friday 18:00"),
        "reason" => text("why, in a sentence"),
        "alert" => text("the name of an alarm, or what stands on its card, such as 3f2a1b9c"),
        "code" => text("the code of a request, such as K7QM2X, or what it is about"),
        "change" => text("what shall be otherwise, such as read or 3 days"),
        "command" => text("the name of a command"),
        "state" => text("how they stand, such as parked"),
        "status" => text("how they stand, such as open or resolved"),
        "from" => text("from when, such as 22:00"),
        "to" => text("until when, such as 07:00"),
        "zone" => text("the time zone, by its IANA name or a city, such as Europe/Berlin"),
        "group" => text("the group that stands in, by its name"),
        "token" => text("the code that the console shows"),
        _ => json!({ "type": "string" }),
    }
}

/// A value as it stands in a sentence; nothing where it has parts.
pub(crate) fn in_a_sentence(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        Value::Bool(flag) => Some(Cow::Borrowed(if *flag { "true" } else { "false" })),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Whether a value may stand in a place that takes this.
pub(super) fn fits(place: &Value, value: &Value) -> bool {
    match (place["type"].as_str(), value) {
        // Some models write every value in quotation marks.
        (Some("integer"), Value::String(text)) => text.parse::<u64>().is_ok(),
        (Some("integer"), value) => value.is_u64(),
        (_, value) => value.is_string(),
    }
}

#[cfg(test)]
mod tests {
    use countersign_domain::ports::Permission;
    use regex::Regex;

    use super::*;
    use crate::commands::understand;
    use crate::grammar::Sentence;

    /// All operations, with the group and what they take.
    fn operations(catalogue: &Catalogue) -> Vec<(&'static str, String, Value)> {
        let of_group = |(group, document): (&'static str, Value)| {
            let paths = document["paths"].as_object().expect("paths").clone();
            paths.into_iter().map(move |(path, item)| {
                let schema = &item["post"]["requestBody"]["content"]["application/json"]["schema"];
                assert_eq!(format!("/{}", item["post"]["operationId"].as_str().expect("an id")), path);
                (group, path.trim_start_matches('/').to_owned(), schema.clone())
            })
        };
        groups(catalogue).into_iter().flat_map(of_group).collect()
    }

    fn name(spec: &CommandSpec) -> String {
        spec.name.replace(|c: char| !c.is_ascii_alphanumeric(), "_")
    }

    /// The places of a grammar as the parser knows them: said and not said.
    fn places(spec: &CommandSpec) -> Vec<String> {
        let names = spec.grammar.split('<').skip(1);
        names.map(|rest| rest.split('>').next().unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn every_command_that_may_be_proposed_is_one_operation_with_all_its_places_and_no_other_is() {
        let operations = operations(&Catalogue::default());
        for spec in COMMANDS.iter() {
            let found: Vec<_> = operations.iter().filter(|(_, id, _)| *id == name(spec)).collect();
            let is_for_people = spec.decides || matches!(spec.audience, Audience::Buttons);
            assert_eq!(found.len(), usize::from(!is_for_people), "{}", spec.name);
            let Some((_, _, schema)) = found.first() else { continue };
            let places = places(spec);
            let taken = schema["properties"].as_object().map_or(0, Map::len);
            assert_eq!(taken, places.len(), "{}: {schema:#}", spec.name);
            for place in &places {
                let about = schema["properties"][place]["description"].as_str();
                assert!(about.is_some(), "{}: nobody says what <{place}> is", spec.name);
                let may_lack = spec.grammar.contains(&format!("<{place}>]"));
                let must =
                    schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == place));
                assert_eq!(must, !may_lack, "{}: <{place}>", spec.name);
            }
        }
        let commands = COMMANDS.iter().map(|spec| name(spec)).collect::<Vec<_>>();
        assert!(operations.iter().all(|(_, id, _)| commands.contains(id)), "{operations:#?}");
    }

    #[test]
    fn what_people_say_as_an_example_fits_what_its_operation_takes() {
        for (_, id, schema) in operations(&Catalogue::default()) {
            let spec = COMMANDS.iter().find(|spec| name(spec) == id).expect("it is a command");
            for example in spec.examples {
                let Some((found, said)) = understand(&Sentence::new(example)) else { continue };
                assert_eq!(found.name, spec.name, "{example}");
                for (place, takes) in schema["properties"].as_object().into_iter().flatten() {
                    let Some(value) = said.get(place) else { continue };
                    assert!(fits(takes, &json!(value)), "{example}: {place} is {value}, and takes {takes}");
                    let one_of = takes["enum"].as_array();
                    assert!(
                        one_of.is_none_or(|all| all.iter().any(|one| one == value)),
                        "{example}: {value}"
                    );
                    let like = takes["pattern"].as_str().map(|like| Regex::new(like).expect("a pattern"));
                    assert!(like.is_none_or(|like| like.is_match(value)), "{example}: {value}");
                }
            }
        }
        let permissions = place("permission")["enum"].clone();
        let permissions = permissions.as_array().expect("a list").iter().filter_map(Value::as_str);
        assert!(permissions.clone().all(|one| one.parse::<Permission>().is_ok()) && permissions.count() == 3);
    }

    #[test]
    fn the_documents_are_as_bedrock_wants_them() {
        let entry = json!([{
            "name": "clear_cache", "title": "clear the cache",
            "arguments": {
                "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false,
                "required": ["cache"], "properties": { "cache": { "type": "string", "enum": ["cdn"] } },
            },
            "call": { "kind": "http", "method": "POST", "url": "https://jobs.example/clear" },
        }]);
        let catalogue = Catalogue { version: 1, entries: serde_json::from_value(entry).expect("entries") };
        let operations = operations(&catalogue);
        let action = operations.iter().find(|(group, ..)| *group == "actions").expect("there is an action");
        assert_eq!(
            (action.1.as_str(), &action.2["properties"]["cache"]["enum"]),
            ("run_action_clear_cache", &json!(["cdn"]))
        );
        assert!(action.2.get("$schema").is_none(), "3.0 knows no such thing");
        for (name, document) in groups(&catalogue) {
            assert!(GROUPS.iter().any(|(known, _)| *known == name), "{name}");
            assert_eq!(document["openapi"], "3.0.3");
            for (path, item) in document["paths"].as_object().expect("paths") {
                let post = &item["post"];
                assert!(path.len() <= 65 && post["operationId"].is_string(), "{path}");
                let about = post["description"].as_str().expect("what it is for");
                assert!((1..=1_200).contains(&about.len()), "{about}");
                assert!(post["responses"]["200"]["description"].is_string());
            }
        }
    }
}
