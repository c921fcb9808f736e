//! Every metric of the program, in one table: its name, its kind, and what it counts.

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};

/// What a metric does over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricKind {
    /// It only grows.
    Counter,
    /// It goes up and down.
    Gauge,
    /// Many values, in buckets.
    Histogram,
}

/// One metric.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Its name at `/metrics`.
    pub name: &'static str,
    /// What it does over time.
    pub kind: MetricKind,
    /// Its unit.
    pub unit: Unit,
    /// What it counts, with its labels.
    pub about: &'static str,
}

const fn metric(kind: MetricKind, name: &'static str, unit: Unit, about: &'static str) -> Metric {
    Metric { name, kind, unit, about }
}

use MetricKind::{Counter, Gauge, Histogram};

/// Every metric there is.
pub const METRICS: &[Metric] = &[
    metric(
        Counter,
        "countersign_commands_total",
        Unit::Count,
        "Commands, by tenant, command and outcome (done, denied, failed)",
    ),
    metric(
        Histogram,
        "countersign_command_seconds",
        Unit::Seconds,
        "How long a command takes until it is durable, by command",
    ),
    metric(
        Counter,
        "countersign_conflicts_total",
        Unit::Count,
        "Commands decided anew because somebody else was first",
    ),
    metric(
        Counter,
        "countersign_refusals_total",
        Unit::Count,
        "What was not taken: sign-ins, webhooks, what strangers say in chats; by kind",
    ),
    metric(
        Counter,
        "countersign_readings_refused_total",
        Unit::Count,
        "Expensive readings that had to wait for another one",
    ),
    metric(
        Gauge,
        "countersign_duties",
        Unit::Count,
        "How many shares of the work this bot holds, of several on one log",
    ),
    metric(
        Counter,
        "countersign_interactions_total",
        Unit::Count,
        "What people did in chats, by tenant, surface and outcome (kept, repeated, refused)",
    ),
    metric(Gauge, "countersign_connections", Unit::Count, "Connections to the HTTP side"),
    metric(
        Counter,
        "countersign_connections_refused_total",
        Unit::Count,
        "Connections for which there was no room, because all others were being answered",
    ),
    metric(
        Counter,
        "countersign_accept_errors_total",
        Unit::Count,
        "Connections that the system could not give: no file or no memory was left",
    ),
    metric(Counter, "countersign_appends_total", Unit::Count, "Events appended to the log"),
    metric(
        Histogram,
        "countersign_append_seconds",
        Unit::Seconds,
        "How long an append takes until it is durable",
    ),
    metric(Gauge, "countersign_log_position", Unit::Count, "The position of the last event"),
    metric(
        Gauge,
        "countersign_projection_lag_events",
        Unit::Count,
        "How many events a read model is behind, by projection",
    ),
    metric(Gauge, "countersign_effects", Unit::Count, "Effects, by tenant and state"),
    metric(
        Counter,
        "countersign_effect_attempts_total",
        Unit::Count,
        "Attempts at effects, by tenant, kind of effect and outcome",
    ),
    metric(
        Counter,
        "countersign_vendor_calls_total",
        Unit::Count,
        "Calls to vendors, by vendor, tenant and outcome",
    ),
    metric(
        Histogram,
        "countersign_vendor_call_seconds",
        Unit::Seconds,
        "How long a call to a vendor takes, by vendor",
    ),
    metric(
        Gauge,
        "countersign_breaker_open",
        Unit::Count,
        "1 while a vendor is left alone, or a part of it is and nothing has worked since, by vendor and tenant",
    ),
    metric(
        Counter,
        "countersign_webhooks_total",
        Unit::Count,
        "Webhooks, by vendor, tenant and outcome (accepted, repeated, rejected)",
    ),
    metric(
        Histogram,
        "countersign_webhook_seconds",
        Unit::Seconds,
        "How long a webhook takes until it is durable and answered",
    ),
    metric(
        Counter,
        "countersign_http_requests_total",
        Unit::Count,
        "HTTP requests, by method, route and status",
    ),
    metric(
        Histogram,
        "countersign_http_request_seconds",
        Unit::Seconds,
        "How long an HTTP request takes, by method and route",
    ),
    metric(Counter, "countersign_sign_ins_refused_total", Unit::Count, "Tokens that were refused"),
    metric(
        Gauge,
        "countersign_projection_failed",
        Unit::Count,
        "1 while a read model has stopped, by projection",
    ),
    metric(
        Gauge,
        "countersign_requests_open",
        Unit::Count,
        "Requests that are not over, by tenant, kind and status",
    ),
    metric(
        Gauge,
        "countersign_grants_active",
        Unit::Count,
        "Accesses in force until their end was read back, by tenant",
    ),
    metric(
        Gauge,
        "countersign_endings_open",
        Unit::Count,
        "Accesses that have ended and are not taken back yet, by tenant",
    ),
    metric(
        Gauge,
        "countersign_alarms",
        Unit::Count,
        "What somebody must look after, by tenant and kind (vendor, ending, move)",
    ),
    metric(
        Gauge,
        "countersign_access_differences",
        Unit::Count,
        "Permissions at the forge that are not what the log wants, by tenant",
    ),
    metric(
        Counter,
        "countersign_chat_troubles_total",
        Unit::Count,
        "Trouble on a chat's way to the bot, by vendor, tenant and kind (refused, unreadable, connection, registration)",
    ),
    metric(
        Gauge,
        "countersign_deadlines_late_seconds",
        Unit::Seconds,
        "How far the scheduler is behind the earliest deadline",
    ),
];

/// The buckets of every histogram, in seconds.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 20.0];

/// Sets up the metrics of this process; what the handle renders belongs at `/metrics`. Only once a process.
pub fn install_recorder() -> Result<PrometheusHandle, BuildError> {
    let recorder = PrometheusBuilder::new().set_buckets(&BUCKETS)?.build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).map_err(BuildError::FailedToSetGlobalRecorder)?;
    describe();
    Ok(handle)
}

/// Tells the recorder of this thread or process what every metric means.
pub fn describe() {
    for Metric { name, kind, unit, about } in METRICS {
        match kind {
            Counter => describe_counter!(*name, *unit, *about),
            Gauge => describe_gauge!(*name, *unit, *about),
            Histogram => describe_histogram!(*name, *unit, *about),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_is_explained_and_named_by_its_kind() {
        for metric in METRICS {
            assert!(metric.name.starts_with("countersign_") && !metric.about.is_empty(), "{}", metric.name);
            assert_eq!(metric.kind == Counter, metric.name.ends_with("_total"), "{}", metric.name);
            assert!(metric.kind != Histogram || metric.name.ends_with("_seconds"), "{}", metric.name);
            assert_eq!(
                METRICS.iter().filter(|other| other.name == metric.name).count(),
                1,
                "{}",
                metric.name
            );
        }
    }

    #[test]
    fn what_is_counted_is_rendered_with_its_meaning() {
        let recorder = PrometheusBuilder::new().set_buckets(&BUCKETS).unwrap().build_recorder();
        let handle = recorder.handle();
        metrics::with_local_recorder(&recorder, || {
            describe();
            metrics::counter!("countersign_conflicts_total").increment(3);
        });
        let text = handle.render();
        assert!(text.contains("# HELP countersign_conflicts_total Commands decided anew"), "{text}");
        assert!(text.contains("countersign_conflicts_total 3"), "{text}");
    }

    /// Every name of ours that stands behind one of the recording macros, wherever in the tree.
    fn recorded(folder: &std::path::Path, found: &mut std::collections::BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() && entry.file_name().is_some_and(|name| name != "target" && name != "tests") {
                recorded(&entry, found);
            }
            if entry.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&entry).unwrap();
                for call in ["counter!(", "gauge!(", "histogram!(", " gauge("] {
                    let behind = text.split(call).skip(1).map(str::trim_start);
                    let names = behind.filter_map(|rest| rest.strip_prefix('"')?.split_once('"'));
                    found.extend(names.map(|(name, _)| name.to_owned()));
                }
            }
        }
    }

    #[test]
    fn trust_d8_every_metric_that_is_recorded_is_explained() {
        let tree = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut found = std::collections::BTreeSet::new();
        for folder in ["bot/src", "adapters", "projections/src"] {
            recorded(&tree.join(folder), &mut found);
        }
        found.retain(|name| name.starts_with("countersign_"));
        let explained = METRICS.iter().map(|metric| metric.name.to_owned()).collect();
        assert_eq!(found, explained, "recorded, and explained");
    }
}
