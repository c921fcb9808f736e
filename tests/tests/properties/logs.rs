//! What operators read: log lines of one form, one correlation through everything, errors with what they need (12, 14, 15).

use std::cell::RefCell;
use std::collections::BTreeMap;

use countersign_domain::envelope::{Cause, derived_id};
use countersign_domain::tenant::{People, PeopleCommand};
use countersign_sandbox::jira::Status as TicketStatus;
use countersign_sandbox::{Call, Fault};
use countersign_tests::acting::form;
use countersign_tests::stage::{Stage, tenant};
use countersign_tests::vendors::{Vendor as _, trouble};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::observed::{observed, parsed, play, story};
use crate::support::{Outcome, fresh, person};

/// What somebody writes who wants to write a line of the log, or to break one.
fn hostile() -> impl Strategy<Value = String> {
    let texts = vec![
        "\n{\"timestamp\":\"2026-01-01T00:00:00Z\",\"level\":\"ERROR\",\"target\":\"forged\",\"message\":\"forged\"}\n",
        "\",\"level\":\"ERROR\",\"target\":\"forged",
        "\u{1b}[31mred\u{1b}[0m",
        "\r\n\r\nHTTP/1.1 200 OK",
        "nul \u{0} and \u{7f} and \u{2028}",
        "tenant=other correlation=none level=TRACE",
        "\\\\\\\"\\",
        "plain words",
    ];
    prop_oneof![3 => prop::sample::select(texts).prop_map(str::to_owned), 1 => ".{1,40}".prop_map(|text| text)]
}

/// What befalls a story besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Besides {
    Nothing,
    /// Somebody sends what is not signed.
    Unsigned,
    /// Somebody knocks at a door that is not there.
    NoSuchTenant,
    /// Somebody comes with a token that is none.
    BadToken,
    /// Somebody says what nobody understands.
    Gibberish,
    /// What somebody says is no JSON.
    Garbage,
    /// Somebody leaves the tenant.
    Leaves,
    /// The forge refuses, in words of its own.
    Refused,
    /// The forge asks for a pause.
    Paused,
}

fn besides() -> impl Strategy<Value = Besides> {
    use Besides::{BadToken, Garbage, Gibberish, Leaves, NoSuchTenant, Nothing, Paused, Refused, Unsigned};
    prop::sample::select(vec![
        Nothing,
        Unsigned,
        NoSuchTenant,
        BadToken,
        Gibberish,
        Garbage,
        Leaves,
        Refused,
        Refused,
        Paused,
    ])
}

async fn befalls(stage: &Stage, besides: Besides, text: &str) {
    let client = stage.client();
    let sent = match besides {
        Besides::Nothing => return,
        Besides::Unsigned => {
            stage.delivery(text.to_owned().into_bytes()).header("x-hub-signature", "sha256=00")
        }
        Besides::NoSuchTenant => client.post(stage.url("/webhooks/jira/nobody")).body(text.to_owned()),
        Besides::BadToken => client.get(stage.url("/api/v1/me")).bearer_auth("no-such-token"),
        Besides::Gibberish => {
            let said = client.post(stage.url("/api/v1/chat")).bearer_auth("demo-employee");
            said.json(&json!({"text": format!("wibble {text}")}))
        }
        Besides::Garbage => {
            let said = client.post(stage.url("/api/v1/chat")).bearer_auth("demo-employee");
            said.header("content-type", "application/json").body(text.to_owned())
        }
        Besides::Leaves => return comes_and_leaves(stage, text).await,
        Besides::Refused => return refuses(stage, (400, None), text).await,
        Besides::Paused => return refuses(stage, (429, Some(30)), text).await,
    };
    sent.send().await.expect("the bot answers");
    stage.settle().await;
}

/// Somebody of this name belongs to the tenant for a moment.
async fn comes_and_leaves(stage: &Stage, name: &str) {
    let guest = person(&format!("guest-{}", fresh()), &[], &[]);
    let guest = countersign_domain::tenant::Person { name: name.to_owned(), ..guest };
    let id = guest.id.clone();
    for command in [PeopleCommand::Record { person: guest }, PeopleCommand::Remove { id }] {
        let interaction = Uuid::new_v4();
        let cause = stage.context("demo-admin").await.cause("people", stage.clock_now());
        let cause = Cause { command: derived_id(interaction, "people"), correlation: interaction, ..cause };
        let (engine, tenant) = (&stage.bot.engine, tenant());
        let done = engine.execute::<People>(&tenant, tenant.as_str(), &cause, "people", || command.clone());
        done.await.expect("the log takes it").expect("it can be said");
        stage.settle().await;
    }
}

/// The forge does not set a permission, for good or for now, and says why in these words.
async fn refuses(stage: &Stage, (status, retry_after): (u16, Option<u64>), words: &str) {
    let number = fresh();
    let (ticket, repository) = (format!("REF-{number}"), format!("refused-{number}"));
    stage.add_repository(&repository);
    stage.add_ticket(&ticket, TicketStatus::ToDo, "demo-employee");
    let body = Some(json!({"type": "error", "error": {"message": words}}).to_string());
    let matching = format!("PUT {}", stage.forge_path(&repository));
    let fault = Fault { matching, times: 1, status: Some(status), retry_after, body, ..Fault::default() };
    stage.demo.bitbucket.order(trouble([fault]));
    let code = stage.ask("demo-employee", &form("write", &repository, "1 day", &ticket)).await;
    drop(stage.countersign("demo-approver", &code).await);
    stage.calm().await;
}

/// The kind of a field's value.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a truth",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Whether a line is about work for a tenant that began with somebody, or something, outside.
fn is_about_work(line: &Value) -> bool {
    let target = line["target"].as_str().unwrap_or_default();
    let is_known = ["attempt", "engine", "outbound", "outbox"].iter().any(|part| target.ends_with(part));
    // What the bot looks after by itself belongs to nobody's conversation.
    let by_itself = target.contains("::oversight");
    is_known || !line["tenant"].is_null() && !by_itself
}

fn is_well_formed(line: &Value, kinds: &mut BTreeMap<String, &'static str>) -> Outcome {
    let time = line["timestamp"].as_str().and_then(|text| text.parse::<Timestamp>().ok());
    prop_assert!(time.is_some(), "{}", line);
    prop_assert!(
        ["ERROR", "WARN", "INFO", "DEBUG"].contains(&line["level"].as_str().unwrap_or_default()),
        "{}",
        line
    );
    let target = line["target"].as_str().unwrap_or_default();
    prop_assert!(target.starts_with("countersign") && target != "forged", "{}", line);
    let said = line["message"].as_str().is_some_and(|text| !text.is_empty());
    prop_assert!(said, "{}", line);
    for (name, value) in line.as_object().expect("an object") {
        let known = *kinds.entry(name.clone()).or_insert_with(|| kind(value));
        prop_assert_eq!(known, kind(value), "{} is sometimes this and sometimes that: {}", name, line);
        let is_name = name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        prop_assert!(is_name, "{} is no field's name: {}", name, line);
    }
    if is_about_work(line) {
        let conversation = line["correlation"].as_str().and_then(|id| id.parse::<Uuid>().ok());
        prop_assert!(conversation.is_some_and(|id| !id.is_nil()), "whose conversation is this? {}", line);
        let of_ours = [json!("acme"), json!(countersign_domain::names::Tenant::installation())];
        prop_assert!(of_ours.contains(&line["tenant"]), "{}", line);
    }
    Ok(())
}

/// Every line is one JSON object with time, level, target and message, whatever people and vendors write; a field of one name is
/// of one kind in all lines; and every line about work for a tenant says which tenant and which conversation, in the same two
/// fields, whichever part of the bot writes it.
#[test]
fn a12_structured_logging_consistency() {
    let kinds = RefCell::new(BTreeMap::new());
    let case = (story(), besides(), hostile());
    observed("info,countersign=debug,countersign_outbound=debug", case, async |stage, observed, case| {
        let (story, besides, text) = case;
        play(stage, &story).await;
        let lines = parsed(&observed.lines.take())?;
        prop_assert!(lines.len() > 10, "{} lines", lines.len());
        lines.iter().try_for_each(|line| is_well_formed(line, &mut kinds.borrow_mut()))?;
        befalls(stage, besides, &text).await;
        let lines = parsed(&observed.lines.take())?;
        prop_assert!(besides == Besides::Nothing || !lines.is_empty(), "{:?} left no line", besides);
        lines.iter().try_for_each(|line| is_well_formed(line, &mut kinds.borrow_mut()))
    });
}

/// All that follows from one thing that somebody said or sent carries its id: every event, every log line of the work, and
/// every call to a vendor.
#[test]
fn a14_correlation_propagation() {
    observed("info,countersign=debug", story(), async |stage, observed, story| {
        let told = play(stage, &story).await;
        let known = |id: &Uuid| told.conversations.contains(id);
        for envelope in &told.log {
            prop_assert!(known(&envelope.correlation), "{} of {}", envelope.kind, envelope.correlation);
            prop_assert!(!envelope.causation.is_nil() && !envelope.command.is_nil());
        }
        // What follows from an event of a conversation belongs to the same one.
        let of_event: BTreeMap<Uuid, Uuid> =
            told.log.iter().map(|event| (event.id, event.correlation)).collect();
        for envelope in &told.log {
            let cause = of_event.get(&envelope.causation);
            prop_assert!(cause.is_none_or(|cause| *cause == envelope.correlation), "{}", envelope.kind);
        }
        for kind in ["webhook_received", "access_requested", "effect_claimed"] {
            let first = told.log.iter().find(|envelope| envelope.kind == kind).expect("it happened");
            prop_assert_eq!(first.correlation, told.conversations[0], "{}", kind);
        }
        for line in parsed(&observed.lines.take())? {
            if let Some(id) = line["correlation"].as_str() {
                // Reading the list of requests is a conversation of its own.
                let ours = id.parse().is_ok_and(|id| known(&id)) || line["message"] == "answered";
                prop_assert!(ours, "{}", line);
            }
        }
        let by_id = stage.forge_path(&told.repository);
        for (calls, names) in [
            (stage.demo.jira.calls(), [&told.ticket, &told.ticket]),
            (stage.demo.bitbucket.calls(), [&told.repository, &by_id]),
        ] {
            let is_ours = |call: &&Call| names.iter().any(|name| call.request.contains(*name));
            let ours: Vec<&Call> = calls.iter().filter(is_ours).collect();
            let is_known = |call: &&Call| {
                let id = call.request_id.as_deref().and_then(|id| id.parse().ok());
                id.as_ref().is_some_and(known)
            };
            prop_assert!(!ours.is_empty() && ours.iter().all(is_known), "{:#?}", ours);
        }
        Ok(())
    });
}

/// A vendor's failure is logged with everything it takes to look into it: whose, which effect, which conversation, the how
/// manieth attempt, which vendor, what was tried, the status, and the vendor's own words.
#[test]
fn a15_error_logs_contain_debugging_context() {
    let status = prop::sample::select(vec![400_u16, 401, 403, 404, 409, 422, 429, 500, 503]);
    observed(
        "warn",
        (status, "[a-z]{5,12} [a-z]{5,12}", any::<bool>()),
        async |stage, observed, (status, words, look)| {
            let number = fresh();
            let (ticket, repository) = (format!("ERR-{number}"), format!("errors-{number}"));
            stage.add_repository(&repository);
            stage.add_ticket(&ticket, TicketStatus::ToDo, "demo-employee");
            // A repository that is not found is an answer, and no error.
            let look = look && status != 404;
            let matching = if look {
                format!("GET /2.0/repositories/acme/{repository}")
            } else {
                format!("PUT {}", stage.forge_path(&repository))
            };
            let fault = Fault {
                matching,
                times: 1,
                status: Some(status),
                body: Some(serde_json::json!({"error": {"message": words}}).to_string()),
                ..Fault::default()
            };
            stage.demo.bitbucket.order(trouble([fault]));
            let code = stage.ask("demo-employee", &form("write", &repository, "1 day", &ticket)).await;
            stage.calm().await;
            let _ = stage.countersign("demo-approver", &code).await;
            stage.calm().await;
            let lines = parsed(&observed.lines.take())?;
            let told: Vec<&Value> = lines.iter().filter(|line| line.to_string().contains(&words)).collect();
            prop_assert_eq!(told.len(), 1, "{:?}", lines);
            let line = told[0];
            prop_assert_eq!(&line["level"], "WARN");
            prop_assert_eq!(&line["tenant"], "acme");
            prop_assert_eq!(&line["vendor"], "bitbucket");
            prop_assert_eq!(&line["status"].to_string(), &status.to_string());
            prop_assert_eq!(&line["attempt"], 1);
            let operation = line["operation"].as_str().unwrap_or_default();
            prop_assert!(operation.contains(&repository), "{}", line);
            for field in ["effect", "correlation"] {
                let id = line[field].as_str().and_then(|text| text.parse::<Uuid>().ok());
                prop_assert!(id.is_some_and(|id| !id.is_nil()), "{}", line);
            }
            Ok(())
        },
    );
}
