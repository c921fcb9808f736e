//! Somebody asks for an action, whatever they say it in.

use countersign_domain::actions::{Action, Entry, Fault, Run};
use serde_json::{Map, Value};

use super::commands::RUN as NAME;
use crate::context::Context;
use crate::engine::{Decided, Failure};
use crate::requests::{Requests, Touched, requester};

/// An action that is asked for.
pub(super) struct Wanted<'a> {
    /// What the catalogue calls it.
    pub(super) name: &'a str,
    /// With what.
    pub(super) arguments: &'a Value,
    /// Why.
    pub(super) because: Option<&'a str>,
    /// Whether words of others came before it.
    pub(super) tainted: bool,
}

/// Asks for it: it is done once countersigned.
pub(super) async fn ask(
    requests: &Requests,
    context: &Context,
    Wanted { name, arguments, because, tainted }: Wanted<'_>,
) -> Result<Decided<Touched>, Failure> {
    let Some((version, entry)) = entry(requests, context, name) else {
        let given = name.chars().take(40).collect();
        return requests.refuse(context, NAME, Fault::UnknownAction { given }.into()).await;
    };
    let planned = match entry.plan(arguments) {
        Ok(planned) => planned,
        Err(faults) => return requests.refuse(context, NAME, Fault::BadArguments { faults }.into()).await,
    };
    let why = match requests.reason(context, NAME, because).await? {
        Ok(why) => why,
        Err(denied) => return Ok(Err(denied)),
    };
    let (cause, requester) = (context.cause(NAME, requests.world.clock.now()), requester(&context.person));
    let run = |code| Run {
        code,
        requester: requester.clone(),
        catalogue: version,
        entry: Box::new(entry.clone()),
        arguments: arguments.clone(),
        planned: Box::new(planned.clone()),
        tainted,
        why: why.clone(),
    };
    requests.begin::<Action>(&context.tenant, &cause, NAME, run).await
}

/// The action of this name, with the version of the catalogue.
pub(super) fn entry<'a>(requests: &'a Requests, context: &Context, name: &str) -> Option<(u64, &'a Entry)> {
    let catalogue = &requests.world.help(&context.tenant)?.catalogue;
    let entry = catalogue.entries.iter().find(|entry| entry.name == name)?;
    Some((catalogue.version, entry))
}

/// What is said of arguments in a sentence, `job=web-shop, times=2`, as values: of the kind that the schema wants, as far as they can be
/// read so. What cannot is left as it was said, and what names no field goes by the whole of it: the schema says what is wrong with either.
pub(super) fn arguments(said: &str, schema: &Value) -> Value {
    let parts = said.split(',').map(str::trim).filter(|part| !part.is_empty());
    let pairs = parts.map(|part| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let (name, value) = (name.trim(), value.trim());
        let kind = schema["properties"][name]["type"].as_str();
        let typed = match kind {
            Some("integer" | "number") => value.parse::<serde_json::Number>().ok().map(Value::Number),
            Some("boolean") => value.parse().ok().map(Value::Bool),
            _ => None,
        };
        (name.to_owned(), typed.unwrap_or_else(|| Value::from(value)))
    });
    Value::Object(pairs.collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_said_of_arguments_has_the_kinds_that_the_schema_wants() {
        let schema = json!({ "properties": {
            "job": { "type": "string" }, "times": { "type": "integer" }, "now": { "type": "boolean" },
        }});
        for (said, meant) in [
            ("", json!({})),
            ("job=web-shop, times=2, now=true", json!({ "job": "web-shop", "times": 2, "now": true })),
            ("job = 7 ,", json!({ "job": "7" })),
            ("job=a=b", json!({ "job": "a=b" })),
            ("times=two, now=soon", json!({ "times": "two", "now": "soon" })),
            ("quickly", json!({ "quickly": "" })),
        ] {
            assert_eq!(arguments(said, &schema), meant, "{said}");
        }
    }
}
