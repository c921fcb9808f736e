//! What operators see of a stage: its log lines and what it counts, and the stories that are played to have some.

use countersign_domain::access::Form;
use countersign_domain::envelope::{Envelope, derived_id};
use countersign_sandbox::Fault;
use countersign_sandbox::jira::Status as TicketStatus;
use countersign_tests::acting::form;
use countersign_tests::lines::Lines;
use countersign_tests::stage::Stage;
use countersign_tests::vendors::{Vendor as _, trouble};
use countersign_tests::webhook::ticket_created;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use proptest::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use crate::support::{Outcome, fresh, on_runtime, passing_trouble, permission_name, quiet_stage};

/// What was logged, and what was counted.
pub(crate) struct Observed {
    /// The lines.
    pub(crate) lines: Lines,
    /// What was counted.
    pub(crate) metrics: PrometheusHandle,
}

/// Every line as JSON.
pub(crate) fn parsed(text: &str) -> Result<Vec<Value>, TestCaseError> {
    let parse = |line: &str| {
        serde_json::from_str(line).map_err(|error| TestCaseError::fail(format!("{error}: {line}")))
    };
    text.lines().map(parse).collect()
}

/// Tries a property with the log and the metrics of all that happens, on one thread, so that they are of nothing else.
#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "a closure reads better where it is written")]
pub(crate) fn observed<S: Strategy>(
    level: &str,
    strategy: S,
    property: impl AsyncFn(&Stage, &Observed, S::Value) -> Outcome,
) {
    let ((lines, log), recorder) = (Lines::log(level), PrometheusBuilder::new().build_recorder());
    let observed = Observed { lines, metrics: recorder.handle() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    tracing::dispatcher::with_default(&log, || {
        metrics::with_local_recorder(&recorder, || {
            on_runtime(&runtime, quiet_stage, strategy, async |stage, value| {
                drop(observed.lines.take());
                property(stage, &observed, value).await
            });
        });
    });
}

/// What a case does: what is asked for, whether somebody denies it, and what trouble there is.
pub(crate) type Story = (&'static str, bool, Vec<Fault>, Vec<Fault>);

pub(crate) fn story() -> impl Strategy<Value = Story> {
    let faults = || prop::collection::vec(passing_trouble(), 0..3);
    (permission_name(), any::<bool>(), faults(), faults())
}

/// What became of a story.
pub(crate) struct Told {
    /// The ticket.
    pub(crate) ticket: String,
    /// The repository.
    pub(crate) repository: String,
    /// The correlations of what people did.
    pub(crate) conversations: Vec<Uuid>,
    /// The events of it.
    pub(crate) log: Vec<Envelope>,
}

/// Plays a story: a webhook or a sentence asks, approvers answer by sentences, somebody unknown fails to.
pub(crate) async fn play(stage: &Stage, (permission, denied, forge, tracker): &Story) -> Told {
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
    let who = ["acme jira", "acme/demo-employee", "acme/demo-approver", "acme/demo-approver2"];
    let conversations = ids.into_iter().zip(who).map(|(id, who)| derived_id(id, who)).collect();
    Told { ticket, repository, conversations, log }
}
