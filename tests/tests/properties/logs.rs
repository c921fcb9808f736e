//! What operators see: log lines, metrics, one correlation through everything, errors with what they need, no secrets
//! (12, 13, 14, 15, 22).

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use countersign::config::{LogConfig, LogFormat};
use countersign::demo::WEBHOOK_SECRET;
use countersign::telemetry::{METRICS, Redactor, subscriber};
use countersign_domain::access::Form;
use countersign_domain::envelope::Envelope;
use countersign_sandbox::Fault;
use countersign_sandbox::jira::Status as TicketStatus;
use countersign_tests::acting::form;
use countersign_tests::stage::Stage;
use countersign_tests::vendors::{Vendor as _, trouble};
use countersign_tests::webhook::ticket_created;
use jiff::Timestamp;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use proptest::prelude::*;
use serde_json::Value;
use tracing::Dispatch;
use tracing::subscriber::NoSubscriber;
use uuid::Uuid;

use crate::support::{Outcome, fresh, on_runtime, passing_trouble, permission_name, quiet_stage};

/// What was logged, and what was counted.
struct Observed {
    lines: Lines,
    metrics: PrometheusHandle,
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Lines {
    /// The text that was logged since the last time.
    fn take(&self) -> String {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        String::from_utf8(bytes).expect("text")
    }
}

/// Every line as JSON.
fn parsed(text: &str) -> Result<Vec<Value>, TestCaseError> {
    let parse = |line: &str| {
        serde_json::from_str(line).map_err(|error| TestCaseError::fail(format!("{error}: {line}")))
    };
    text.lines().map(parse).collect()
}

/// Tries a property with the log and the metrics of all that happens, on one thread, so that they are of nothing else.
#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "a closure reads better where it is written")]
fn observed<S: Strategy>(
    level: &str,
    strategy: S,
    property: impl AsyncFn(&Stage, &Observed, S::Value) -> Outcome,
) {
    // While there is one subscriber only, `tracing` lets the thread that comes to a line first decide for all threads
    // whether it is worth logging; with two it asks both.
    static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::default()));
    LazyLock::force(&SECOND);
    let (lines, recorder) = (Lines::default(), PrometheusBuilder::new().build_recorder());
    let observed = Observed { lines: lines.clone(), metrics: recorder.handle() };
    let config = LogConfig { format: LogFormat::Json, level: level.to_owned() };
    let log = subscriber(&config, &Redactor::default(), move || lines.clone()).expect("a log");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    tracing::subscriber::with_default(log, || {
        metrics::with_local_recorder(&recorder, || {
            on_runtime(&runtime, quiet_stage, strategy, async |stage, value| {
                observed.lines.take();
                property(stage, &observed, value).await
            });
        });
    });
}

/// What a case does: what is asked for, whether somebody denies it, and what trouble there is.
type Story = (&'static str, bool, Vec<Fault>, Vec<Fault>);

fn story() -> impl Strategy<Value = Story> {
    let faults = || prop::collection::vec(passing_trouble(), 0..3);
    (permission_name(), any::<bool>(), faults(), faults())
}

/// What became of a story.
struct Told {
    /// The ticket.
    ticket: String,
    /// The correlations of what people did.
    conversations: Vec<Uuid>,
    /// The events of it.
    log: Vec<Envelope>,
}

/// Plays a story: a webhook or a sentence asks, approvers answer by sentences, somebody unknown fails to.
async fn play(stage: &Stage, (permission, denied, forge, tracker): &Story) -> Told {
    let number = fresh();
    let (ticket, repository) = (format!("LOG-{number}"), format!("logs-{number}"));
    stage.add_repository(&repository);
    stage.add_ticket(&ticket, TicketStatus::ToDo, "demo-employee");
    let anywhere = |fault: &Fault| Fault { matching: String::new(), ..fault.clone() };
    stage.demo.bitbucket.order(trouble(forge.iter().map(anywhere)));
    stage.demo.jira.order(trouble(tracker.clone()));
    let before = stage.head().await;
    let ids = [Uuid::new_v4(), Uuid::new_v4(), Uuid::new_v4(), Uuid::new_v4()];
    let asked = Form { ticket: None, ..form(permission, &repository, "1 day", "") };
    let delivery = stage.signed_delivery(&ticket, &ticket_created(&ticket, "demo-employee", &asked));
    delivery.header("x-request-id", ids[0].to_string()).send().await.expect("the bot answers");
    stage.calm().await;
    let page = stage.get("demo-admin", "/api/v1/access-requests?limit=1").await;
    let code = page["items"][0]["code"].as_str().expect("a request").to_owned();
    stage.say_as("demo-employee", ids[1], &format!("approve {code}")).await;
    if *denied {
        stage.say_as("demo-approver", ids[2], &format!("deny without a reason {code}")).await;
    } else {
        stage.say_as("demo-approver", ids[2], &format!("approve {code}")).await;
        stage.say_as("demo-approver2", ids[3], &format!("approve {code}")).await;
    }
    stage.calm().await;
    let log = stage.log_after(before).await;
    Told { ticket, conversations: ids.to_vec(), log }
}

/// Every line is one JSON object with time, level, target and message; and every line about work for a tenant says which
/// tenant and which conversation, in the same two fields.
#[test]
fn a12_structured_logging_consistency() {
    observed("info,countersign=debug,countersign_outbound=debug", story(), async |stage, observed, story| {
        play(stage, &story).await;
        let lines = parsed(&observed.lines.take())?;
        prop_assert!(lines.len() > 10, "{} lines", lines.len());
        for line in &lines {
            let time = line["timestamp"].as_str().and_then(|text| text.parse::<Timestamp>().ok());
            prop_assert!(time.is_some(), "{}", line);
            prop_assert!(
                ["ERROR", "WARN", "INFO", "DEBUG"].contains(&line["level"].as_str().unwrap_or_default())
            );
            let target = line["target"].as_str().unwrap_or_default();
            prop_assert!(!target.is_empty(), "{}", line);
            let said = line["message"].as_str().is_some_and(|text| !text.is_empty());
            prop_assert!(said, "{}", line);
            let about_work =
                ["attempt", "engine", "outbound", "outbox"].iter().any(|part| target.ends_with(part));
            if about_work {
                let conversation = line["correlation"].as_str().and_then(|id| id.parse::<Uuid>().ok());
                prop_assert!(conversation.is_some_and(|id| !id.is_nil()), "{}", line);
                prop_assert_eq!(&line["tenant"], "acme", "{}", line);
            }
        }
        Ok(())
    });
}

/// The sum of a counter over its labels, or of those series that have all of these.
fn sum(text: &str, name: &str, labels: &[(&str, &str)]) -> u64 {
    let series = text.lines().filter(|line| {
        let rest = line.strip_prefix(name).unwrap_or_default();
        (rest.starts_with('{') || rest.starts_with(' '))
            && labels.iter().all(|(name, value)| rest.contains(&format!("{name}=\"{value}\"")))
    });
    series.filter_map(|line| line.rsplit_once(' ')?.1.parse::<u64>().ok()).sum()
}

/// Everything that happens is counted once, under a name of the table, and everything the table names that counts requests
/// and outcomes is there.
#[test]
fn a13_metrics_emission_completeness() {
    let names: BTreeMap<&str, &str> = METRICS.iter().map(|metric| (metric.name, metric.about)).collect();
    observed("warn", story(), async |stage, observed, story| {
        let before = observed.metrics.render();
        let calls = || stage.demo.bitbucket.calls().len() + stage.demo.jira.calls().len();
        let called = calls();
        let told = play(stage, &story).await;
        let after = observed.metrics.render();
        let grew =
            |name: &str, labels: &[(&str, &str)]| sum(&after, name, labels) - sum(&before, name, labels);
        let events = |kind: &str| told.log.iter().filter(|envelope| envelope.kind == kind).count() as u64;
        prop_assert_eq!(grew("countersign_appends_total", &[]), told.log.len() as u64);
        let denied = [("tenant", "acme"), ("outcome", "denied")];
        prop_assert_eq!(grew("countersign_commands_total", &denied), events("command_denied"));
        let outcomes = [("succeeded", "effect_succeeded"), ("not_done", "effect_deferred")];
        for (outcome, kind) in outcomes {
            prop_assert_eq!(
                grew("countersign_effect_attempts_total", &[("outcome", outcome)]),
                events(kind),
                "{}",
                outcome
            );
        }
        let webhooks = [("vendor", "jira"), ("tenant", "acme"), ("outcome", "accepted")];
        prop_assert_eq!(grew("countersign_webhooks_total", &webhooks), 1);
        let sent = grew("countersign_vendor_calls_total", &[]);
        prop_assert_eq!(sent, (calls() - called) as u64);
        prop_assert!(sent > 5);
        prop_assert_eq!(grew("countersign_vendor_call_seconds_count", &[]), sent);
        prop_assert!(grew("countersign_command_seconds_count", &[]) > 0);
        let types = after.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
        for name in types.filter(|name| name.starts_with("countersign_")) {
            prop_assert!(names.contains_key(name), "{} is in no table", name);
        }
        Ok(())
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
        let calls = stage.demo.jira.calls();
        let ours = calls.iter().filter(|call| call.request.contains(&told.ticket));
        let ids: Vec<_> =
            ours.map(|call| call.request_id.as_deref().and_then(|id| id.parse().ok())).collect();
        prop_assert!(!ids.is_empty() && ids.iter().all(|id| id.as_ref().is_some_and(known)), "{:?}", ids);
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

/// However a vendor repeats our credentials in its errors, and whatever people paste into their reasons' place, no log line,
/// no event, no ticket and no answer of the API shows them.
#[test]
fn a22_log_sanitization() {
    let pair = "Ym90QGFjbWUuZXhhbXBsZTpzYW5kYm94LWppcmEtdG9rZW4=";
    let forges = "Ym90QGFjbWUuZXhhbXBsZTpzYW5kYm94LWJpdGJ1Y2tldC10b2tlbg==";
    let secrets = ["sandbox-bitbucket-token", "sandbox-jira-token", WEBHOOK_SECRET, pair, forges];
    let echoes = prop::sample::select(vec![
        (true, "Authorization: Bearer sandbox-bitbucket-token"),
        (true, "Authorization: Basic Ym90QGFjbWUuZXhhbXBsZTpzYW5kYm94LWJpdGJ1Y2tldC10b2tlbg=="),
        (true, "sandbox-bitbucket-token"),
        (true, "{\"token\":\"sandbox-bitbucket-token\"}"),
        (true, "https://x-token-auth:sandbox-bitbucket-token@bitbucket.example/acme"),
        (false, "Basic Ym90QGFjbWUuZXhhbXBsZTpzYW5kYm94LWppcmEtdG9rZW4="),
        (false, "password=sandbox-jira-token&x=1"),
        (false, "sandbox-jira-token"),
    ]);
    let around = ("[ -~]{0,20}", "[ -~]{0,20}", prop::sample::select(vec![400_u16, 401, 403, 409, 503]));
    observed(
        "trace,hyper=off,reqwest=off",
        (echoes, around),
        async |stage, observed, ((forge, echo), (before, after, status))| {
            let number = fresh();
            let (ticket, repository) = (format!("HUSH-{number}"), format!("hush-{number}"));
            stage.add_repository(&repository);
            stage.add_ticket(&ticket, TicketStatus::ToDo, "demo-employee");
            let message = format!("{before} {echo} {after}");
            let body =
                serde_json::json!({"error": {"message": message}, "errorMessages": [message]}).to_string();
            let fault = Fault { times: 1, status: Some(status), body: Some(body), ..Fault::default() };
            if forge {
                let matching = format!("PUT {}", stage.forge_path(&repository));
                stage.demo.bitbucket.order(trouble([Fault { matching, ..fault }]));
            } else {
                let matching = format!("POST /rest/api/3/issue/{ticket}/comment");
                stage.demo.jira.order(trouble([Fault { matching, ..fault }]));
            }
            let begin = stage.head().await;
            let mut asked = form("write", &repository, "1 day", "");
            asked.ticket = None;
            let body = ticket_created(&ticket, "demo-employee", &asked);
            stage.signed_delivery(&ticket, &body).send().await.expect("the bot answers");
            stage.calm().await;
            let page = stage.get("demo-admin", "/api/v1/access-requests?limit=1").await;
            let code = page["items"][0]["code"].as_str().expect("a request").parse().expect("a code");
            let _ = stage.countersign("demo-approver", &code).await;
            stage.calm().await;
            let lines = observed.lines.take();
            // Whom a vendor does not let in waits: that is the vendor's fault, and is logged as one.
            let failed = if status == 401 { "the vendor lets nobody in" } else { "the effect did not work" };
            prop_assert!(lines.contains(failed), "{}", lines);
            let log = stage.log_after(begin).await;
            let events: String = log.iter().map(|envelope| envelope.data.get()).collect();
            let effects = stage.get("demo-admin", "/api/v1/effects?limit=20").await.to_string();
            let comments = stage.ticket(&ticket).1.concat();
            for secret in secrets {
                for (place, text) in
                    [("log", &lines), ("events", &events), ("API", &effects), ("ticket", &comments)]
                {
                    let shown = text.find(secret).map(|at| &text[at.saturating_sub(200)..at + secret.len()]);
                    prop_assert!(shown.is_none(), "{} in the {}: {:?}", secret, place, shown);
                }
            }
            Ok(())
        },
    );
}
