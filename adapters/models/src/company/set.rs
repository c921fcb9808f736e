//! The four files, read together and checked together.

use std::collections::BTreeSet;
use std::path::Path;

use countersign_domain::digest::Digest;
use countersign_outbound::BaseUrl;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::faults::{FileFault, Source};
use super::files::{Config, Done, Header, Payload, Prompts};
use super::fill::{Part, parts, texts};

/// A file is never larger.
const LARGEST: u64 = 1024 * 1024;

const FILES: [&str; 4] = ["config.json", "header.json", "payload.json", "prompts.json"];

/// What a template can name besides parameters and prompts; see [`super::call`].
pub(super) const NAMES: [&str; 12] = [
    "custom_prompt",
    "instruction",
    "language",
    "messages",
    "model",
    "most_tokens",
    "passages",
    "prompt",
    "session",
    "system",
    "tools",
    "transcript",
];

/// A set that can be used.
#[derive(Debug)]
pub(super) struct Set {
    pub(super) config: Config,
    pub(super) header: Header,
    pub(super) template: Value,
    pub(super) prompts: Prompts,
    pub(super) base: BaseUrl,
    /// The segments below the base, and the query.
    pub(super) path: Vec<String>,
    pub(super) query: Vec<(String, String)>,
    pub(super) digest: Digest,
}

impl Set {
    /// The set in this folder, or everything that is wrong with it.
    pub(super) fn read(folder: &Path) -> Result<Self, Vec<FileFault>> {
        let mut faults = Vec::new();
        let sources = FILES.map(|file| {
            source(folder, file).unwrap_or_else(|fault| {
                faults.push(fault);
                Source { file, text: String::new() }
            })
        });
        if !faults.is_empty() {
            return Err(faults);
        }
        let [config_source, header_source, payload_source, prompts_source] = &sources;
        let config: Option<Config> = parsed(config_source, &mut faults);
        let header: Option<Header> = parsed(header_source, &mut faults);
        let payload: Option<Payload> = parsed(payload_source, &mut faults);
        let prompts: Option<Prompts> = parsed(prompts_source, &mut faults);
        let (Some(config), Some(header), Some(payload), Some(prompts)) = (config, header, payload, prompts)
        else {
            return Err(faults);
        };
        check_header(&header, header_source, &mut faults);
        check_payload(&payload, payload_source, &config, &prompts, &mut faults);
        check_response(&config, config_source, &mut faults);
        let address =
            address(&config.endpoint.url).map_err(|why| config_source.at(&config.endpoint.url, why));
        let template = payload.get(&config.endpoint.payload).cloned().ok_or_else(|| {
            let why = format!("payload.json has no template `{}`", config.endpoint.payload);
            config_source.at(&config.endpoint.payload, why)
        });
        let all: Vec<&[u8]> = sources.iter().map(|source| source.text.as_bytes()).collect();
        match (address, template) {
            (Ok((base, path, query)), Ok(template)) if faults.is_empty() => {
                let digest = Digest::of_leaf_parts(&[all[0], b"\0", all[1], b"\0", all[2], b"\0", all[3]]);
                Ok(Self { config, header, template, prompts, base, path, query, digest })
            }
            (address, template) => {
                faults.extend(address.err());
                faults.extend(template.err());
                Err(faults)
            }
        }
    }

    /// The names of the secrets that a call takes.
    pub(super) fn secrets(&self) -> BTreeSet<&str> {
        let named = self.header.values().flat_map(|value| parts(value).unwrap_or_default());
        named.filter_map(|part| secret(&part)).collect()
    }
}

/// The name of the secret that a part stands for.
pub(super) fn secret<'t>(part: &Part<'t>) -> Option<&'t str> {
    match part {
        Part::Named(name) => name.strip_prefix("secret:").filter(|name| !name.is_empty()),
        Part::Text(_) => None,
    }
}

fn source(folder: &Path, file: &'static str) -> Result<Source, FileFault> {
    let fault = |fault: String| FileFault { file, line: 1, fault };
    let path = folder.join(file);
    let size = std::fs::metadata(&path).map_err(|error| fault(format!("it cannot be read: {error}")))?.len();
    if size > LARGEST {
        return Err(fault(format!("it is larger than {LARGEST} bytes")));
    }
    let text =
        std::fs::read_to_string(&path).map_err(|error| fault(format!("it cannot be read: {error}")))?;
    Ok(Source { file, text })
}

fn parsed<T: DeserializeOwned>(source: &Source, faults: &mut Vec<FileFault>) -> Option<T> {
    match serde_json::from_str(&source.text) {
        Ok(value) => Some(value),
        Err(error) => {
            faults.push(source.json(&error));
            None
        }
    }
}

/// Names of a head must be names, and what is secret must be named: a credential in a file is told, and not repeated.
fn check_header(header: &Header, source: &Source, faults: &mut Vec<FileFault>) {
    const SECRET: [&str; 4] = ["authorization", "cookie", "proxy-authorization", "x-api-key"];
    for (name, value) in header {
        let is_name = !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if !is_name {
            faults.push(source.at(name, "this is no name of a header"));
        }
        if value.contains(char::is_control) {
            faults.push(source.at(name, format!("`{name}` holds characters that cannot be sent")));
        }
        match parts(value) {
            Err(_) => {
                faults.push(source.at(name, format!("`{name}` has a placeholder without a name or an end")));
            }
            Ok(all) => {
                let known = all.iter().all(|part| match part {
                    Part::Text(_) => true,
                    Part::Named(name) => name.strip_prefix("secret:").is_some_and(|name| !name.is_empty()),
                });
                let named = all.iter().any(|part| secret(part).is_some());
                if !known {
                    faults.push(
                        source.at(
                            name,
                            format!("`{name}` can only name secrets, like {{{{secret:llm-cookie}}}}"),
                        ),
                    );
                } else if SECRET.contains(&name.to_ascii_lowercase().as_str()) && !named {
                    let why = format!(
                        "`{name}` is a credential: store it as a secret and name that, like {{{{secret:llm-cookie}}}}"
                    );
                    faults.push(source.at(name, why));
                }
            }
        }
    }
}

fn check_payload(
    payload: &Payload,
    source: &Source,
    config: &Config,
    prompts: &Prompts,
    faults: &mut Vec<FileFault>,
) {
    let known = |name: &str| match name.split_once('.') {
        Some(("parameters", name)) => config.parameters.contains_key(name),
        Some(("system_prompts", name)) => prompts.system_prompts.contains_key(name),
        Some(("custom_prompts", name)) => prompts.custom_prompts.contains_key(name),
        _ => NAMES.contains(&name),
    };
    for text in payload.values().flat_map(texts) {
        match parts(text) {
            Err(part) => {
                faults.push(source.at(text, format!("the placeholder `{part}` has no name or no end")));
            }
            Ok(all) => {
                for part in all {
                    if let Part::Named(name) = part
                        && !known(name)
                    {
                        let why = if name.starts_with("secret:") {
                            "secrets go into header.json and nowhere else".to_owned()
                        } else {
                            format!("there is nothing called `{name}`; there are {}", NAMES.join(", "))
                        };
                        faults.push(source.at(text, why));
                    }
                }
            }
        }
    }
    if let Some(template) = payload.get(&config.endpoint.payload) {
        let named = |wanted: &[&str]| {
            let all = texts(template).into_iter().flat_map(|text| parts(text).unwrap_or_default());
            all.into_iter().any(|part| matches!(part, Part::Named(name) if wanted.contains(&name)))
        };
        if !named(&["messages", "prompt", "transcript"]) {
            let why =
                "it says nothing of what was asked: it needs {{messages}}, {{transcript}} or {{prompt}}";
            faults.push(source.at(&config.endpoint.payload, why));
        }
    }
}

fn check_response(config: &Config, source: &Source, faults: &mut Vec<FileFault>) {
    let response = &config.response;
    let done = match &response.done {
        Some(Done::At(done)) => Some(&done.at),
        _ => None,
    };
    let optional = [&response.calls, &response.error, &response.read_tokens, &response.written_tokens];
    let pointers = std::iter::once(&response.text).chain(optional.into_iter().flatten()).chain(done);
    for pointer in pointers {
        if !pointer.is_empty() && !pointer.starts_with('/') {
            faults.push(source.at(pointer, format!("`{pointer}` is no JSON Pointer: it begins with /")));
        }
    }
    if config.timeouts.any_is_none() {
        faults.push(source.at("timeouts", "a time of 0 seconds is none"));
    }
    if config.retry.attempts > 5 || config.retry.wait_seconds > 60 {
        faults
            .push(source.at("retry", "at most 5 attempts, 60 seconds apart: somebody waits for the answer"));
    }
}

type Address = (BaseUrl, Vec<String>, Vec<(String, String)>);

/// An address, taken apart as calls are made.
fn address(text: &str) -> Result<Address, String> {
    let url = Url::parse(text).map_err(|error| format!("`{text}` is no address: {error}"))?;
    let base = url.origin().ascii_serialization();
    if !url.username().is_empty() || url.password().is_some() {
        return Err("a user or password has no place in an address".to_owned());
    }
    let base = BaseUrl::parse(&base).map_err(|error| error.to_string())?;
    let decoded = |segment: &str| {
        let pair = format!("x={}", segment.replace('+', "%2B"));
        url::form_urlencoded::parse(pair.as_bytes())
            .next()
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    };
    let path: Vec<String> =
        url.path_segments().into_iter().flatten().filter(|one| !one.is_empty()).map(decoded).collect();
    let query = url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    Ok((base, path, query))
}
