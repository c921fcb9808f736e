//! The catalogue: which actions there are, what each takes, what it does, how it is tried, and how it is seen to be done. What somebody
//! asks for holds the entry as it was then, so that a catalogue that changes changes nothing of what was countersigned.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::schema::Schema;
use super::template::{filled, filled_address, leads_elsewhere, places};

/// An action that there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its name, for programs: `restart_job`.
    pub name: String,
    /// What it does, for people.
    pub title: String,
    /// The JSON Schema of its arguments.
    pub arguments: Value,
    /// What is done.
    pub call: Call,
    /// What is done to find out what would be done, and changes nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<Call>,
    /// How it is seen to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_back: Option<ReadBack>,
}

/// Something that is called, with places in braces for arguments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Call {
    /// An address.
    Http {
        /// How.
        method: Method,
        /// Where: `https://jobs.example/{job}/restart`.
        url: String,
        /// With what.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<Value>,
    },
    /// A message to a topic.
    Publish {
        /// Its name.
        topic: String,
        /// The message.
        message: Value,
    },
    /// A function.
    Invoke {
        /// Its name.
        function: String,
        /// What it is given.
        payload: Value,
    },
}

/// How an address is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Only to look.
    Get,
    /// To do something.
    Post,
    /// To set something.
    Put,
    /// To change something.
    Patch,
    /// To take something away.
    Delete,
}

/// What is looked at, and what shall stand there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadBack {
    /// Where it is looked at.
    pub url: String,
    /// What of the answer, by JSON Pointer.
    pub pointer: String,
    /// What shall stand there once it is done.
    pub expected: Value,
}

/// What is about to be done: an entry with its arguments put in. What is shown is this, and what is done is this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// What is done.
    pub call: Call,
    /// What finds out what would be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<Call>,
    /// How it is seen to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_back: Option<ReadBack>,
}

/// An argument that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArgumentFault {
    /// Which; none where it is all of them.
    pub field: String,
    /// What it is.
    pub why: String,
}

impl Entry {
    /// What is wrong with it, in a sentence each. `is_allowed`: whether an address may be called at all.
    pub fn faults(&self, is_allowed: &dyn Fn(&str) -> bool) -> Vec<String> {
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let mut faults = Vec::new();
        if self.name.is_empty() || self.name.len() > 40 || !self.name.chars().all(good) {
            faults.push("its name must be 1 to 40 lower-case letters, digits and underscores".to_owned());
        }
        let schema = match Schema::read(&self.arguments) {
            Ok(schema) => schema,
            Err(wrong) => {
                faults.extend(wrong);
                return faults;
            }
        };
        let calls = [Some(&self.call), self.dry_run.as_ref()];
        for call in calls.into_iter().flatten() {
            faults.extend(call.faults(&schema, is_allowed));
        }
        if matches!(self.call, Call::Http { method: Method::Get, .. }) {
            faults.push("what is only looked at is no action".to_owned());
        }
        if let Some(ReadBack { url, pointer, expected }) = &self.read_back {
            faults.extend(address_faults(url, &schema, is_allowed));
            faults.extend(unfilled(&places(expected), &schema));
            if !pointer.is_empty() && !pointer.starts_with('/') {
                faults.push(format!("`{pointer}` is no JSON Pointer: it begins with /"));
            }
        }
        faults
    }

    /// What is about to be done with these arguments; or all that is wrong with them.
    pub fn plan(&self, arguments: &Value) -> Result<Planned, Vec<ArgumentFault>> {
        let all = |why: String| vec![ArgumentFault { field: String::new(), why }];
        let schema = Schema::read(&self.arguments).map_err(|faults| all(faults.join("; ")))?;
        let faults = schema.faults(arguments);
        if !faults.is_empty() {
            return Err(faults.into_iter().map(|(field, why)| ArgumentFault { field, why }).collect());
        }
        let read_back = self.read_back.as_ref().map(|ReadBack { url, pointer, expected }| ReadBack {
            url: filled_address(url, arguments),
            pointer: pointer.clone(),
            expected: filled(expected, arguments),
        });
        let dry_run = self.dry_run.as_ref().map(|call| call.filled(arguments));
        let planned = Planned { call: self.call.filled(arguments), dry_run, read_back };
        if planned.addresses().any(leads_elsewhere) {
            return Err(all("what would stand in an address leads to another one".to_owned()));
        }
        Ok(planned)
    }
}

impl Planned {
    fn addresses(&self) -> impl Iterator<Item = &str> {
        let calls = [Some(&self.call), self.dry_run.as_ref()].into_iter().flatten();
        let called =
            calls.filter_map(|call| if let Call::Http { url, .. } = call { Some(&**url) } else { None });
        called.chain(self.read_back.iter().map(|read_back| &*read_back.url))
    }
}

impl Call {
    fn faults(&self, schema: &Schema, is_allowed: &dyn Fn(&str) -> bool) -> Vec<String> {
        match self {
            Self::Http { url, body, .. } => {
                let places = body.as_ref().map(places).unwrap_or_default();
                let mut faults = address_faults(url, schema, is_allowed);
                faults.extend(unfilled(&places, schema));
                faults
            }
            Self::Publish { message: value, .. } | Self::Invoke { payload: value, .. } => {
                unfilled(&places(value), schema)
            }
        }
    }

    fn filled(&self, arguments: &Value) -> Self {
        match self {
            Self::Http { method, url, body } => Self::Http {
                method: *method,
                url: filled_address(url, arguments),
                body: body.as_ref().map(|body| filled(body, arguments)),
            },
            Self::Publish { topic, message } => {
                Self::Publish { topic: topic.clone(), message: filled(message, arguments) }
            }
            Self::Invoke { function, payload } => {
                Self::Invoke { function: function.clone(), payload: filled(payload, arguments) }
            }
        }
    }

    /// As people read it: `POST https://jobs.example/web-shop/restart`.
    pub fn in_words(&self) -> String {
        match self {
            Self::Http { method, url, .. } => format!("{} {url}", method.as_str()),
            Self::Publish { topic, .. } => format!("publish to {topic}"),
            Self::Invoke { function, .. } => format!("invoke {function}"),
        }
    }

    /// What is sent with it.
    pub const fn sent(&self) -> Option<&Value> {
        match self {
            Self::Http { body, .. } => body.as_ref(),
            Self::Publish { message: sent, .. } | Self::Invoke { payload: sent, .. } => Some(sent),
        }
    }
}

impl Method {
    /// As it is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// An argument never says whom is called: only what, there.
fn address_faults(url: &str, schema: &Schema, is_allowed: &dyn Fn(&str) -> bool) -> Vec<String> {
    let names: Vec<_> = places(&Value::from(url));
    let mut faults = unfilled(&names, schema);
    let authority =
        url.split_once("://").map(|(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or_default());
    match authority {
        None | Some("") => faults.push(format!("`{url}` is no address")),
        Some(authority) if authority.contains(['{', '}', '@', '\\']) => {
            faults.push(format!("`{url}`: whom it calls is no argument"));
        }
        Some(_) if !is_allowed(url) => faults.push(format!("`{url}` may not be called")),
        Some(_) => {}
    }
    faults
}

fn unfilled(places: &[String], schema: &Schema) -> Vec<String> {
    let lacking = places.iter().filter(|place| !schema.always_has(place));
    lacking.map(|place| format!("`{{{place}}}` is no field that is always filled")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::example::entry;
    use super::*;

    fn faults(entry: &Entry) -> Vec<String> {
        entry.faults(&|url| url.starts_with("https://jobs.example/"))
    }

    #[test]
    fn what_is_planned_holds_the_arguments_as_values_and_never_as_text() {
        let planned = entry().plan(&json!({ "job": "web/../x?y", "times": 2 })).unwrap();
        let Call::Http { url, body, .. } = &planned.call else { panic!("{planned:?}") };
        assert_eq!(url, "https://jobs.example/web%2F..%2Fx%3Fy/restart");
        assert_eq!(*body, Some(json!({ "job": "web/../x?y", "times": 2, "note": "restart web/../x?y" })));
        let Some(ReadBack { url, expected, .. }) = planned.read_back else { panic!("it is looked at") };
        assert_eq!((&*url, expected), ("https://jobs.example/web%2F..%2Fx%3Fy", json!("running")));
    }

    #[test]
    fn what_does_not_fit_is_not_planned() {
        let wrong = entry().plan(&json!({ "job": "web", "times": 9 })).unwrap_err();
        assert_eq!(wrong, [ArgumentFault { field: "times".to_owned(), why: "must be 1 to 3".to_owned() }]);
        let above = entry().plan(&json!({ "job": "..", "times": 1 })).unwrap_err();
        assert!(above[0].why.contains("leads to another one"), "{above:?}");
    }

    #[test]
    fn an_entry_that_could_call_anybody_or_leaves_a_place_open_is_none() {
        assert_eq!(faults(&entry()), Vec::<String>::new());
        let with = |url: &str| {
            let call = Call::Http { method: Method::Post, url: url.to_owned(), body: None };
            faults(&Entry { call, ..entry() }).join("; ")
        };
        assert!(with("https://{job}.example/x").contains("whom it calls"));
        assert!(with("https://jobs.example@evil/x").contains("whom it calls"));
        assert!(with("https://evil.example/x").contains("may not be called"));
        assert!(with("https://jobs.example/{host}").contains("`{host}`"));
        assert!(with("jobs").contains("no address"));
        let name = "Restart job".to_owned();
        assert_eq!(faults(&Entry { name, ..entry() }).len(), 1);
    }
}
