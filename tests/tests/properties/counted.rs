//! What operators measure: everything that happens is counted once, and what stands is shown as it stands (13).

mod standing;

use std::cell::Cell;
use std::collections::BTreeMap;

use countersign::telemetry::METRICS;
use countersign_domain::aggregate;
use countersign_domain::capabilities::EffectEvent;
use countersign_domain::effect::Wish as _;
use countersign_domain::envelope::Envelope;
use countersign_sandbox::Call;
use countersign_tests::measured::values;
use countersign_tests::stage::Stage;
use proptest::prelude::*;

use self::standing::{Standing, goes_wrong};
use crate::observed::{observed, play, story};
use crate::support::{Outcome, fresh};

/// Two pages of measures, and what grew between them.
struct Pages {
    before: String,
    after: String,
}

impl Pages {
    fn grew(&self, name: &str, labels: &[(&str, &str)]) -> usize {
        let sum = |text: &str| values(text, name, labels).sum::<f64>();
        let grown = sum(&self.after) - sum(&self.before);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "counts of one case are small"
        )]
        let count = grown.round().max(0.0) as usize;
        count
    }

    fn is(&self, name: &str, labels: &[(&str, &str)], expected: usize) -> Outcome {
        prop_assert_eq!(self.grew(name, labels), expected, "{} of {:?}", name, labels);
        Ok(())
    }

    /// What is counted only grows, and everything has a name of the table.
    fn are_sound(&self) -> Outcome {
        let names: BTreeMap<&str, &str> = METRICS.iter().map(|metric| (metric.name, metric.about)).collect();
        for line in self.before.lines().filter(|line| line.contains("_total")) {
            let Some((series, before)) = line.rsplit_once(' ') else { continue };
            let after =
                self.after.lines().find_map(|line| line.strip_prefix(series)?.trim().parse::<f64>().ok());
            let before: f64 = before.parse().unwrap_or_default();
            prop_assert!(
                line.starts_with('#') || after >= Some(before),
                "{} was {}, is {:?}",
                series,
                before,
                after
            );
        }
        let types = self.after.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
        for name in types.filter(|name| name.starts_with("countersign_")) {
            prop_assert!(names.contains_key(name), "{} is in no table", name);
        }
        for (label, value) in self.after.lines().filter(|line| !line.starts_with('#')).flat_map(labels) {
            prop_assert!(LABELS.contains(&label), "{}={} is no label that was looked at", label, value);
            prop_assert!(!names_one_thing(value), "{}={} names one machine or thing", label, value);
        }
        Ok(())
    }
}

/// What labels say: what it is, and of which organisation; never on which machine, at which address, or of which single thing.
const LABELS: [&str; 14] = [
    "command",
    "effect",
    "kind",
    "le",
    "method",
    "outcome",
    "projection",
    "quantile",
    "route",
    "state",
    "status",
    "surface",
    "tenant",
    "vendor",
];

/// The labels of a series, each with its value.
fn labels(line: &str) -> impl Iterator<Item = (&str, &str)> {
    let all = line.find('{').zip(line.rfind("\"}")).map_or("", |(begin, end)| &line[begin + 1..end]);
    all.split("\",").filter_map(|pair| pair.split_once("=\""))
}

/// Whether a value is an address, a port, an id or a ticket's key.
fn names_one_thing(value: &str) -> bool {
    let is_key = |around: &[char]| {
        matches!(around, [a, '-', b] if a.is_ascii_uppercase() && b.is_ascii_digit())
            || matches!(around, [':', a, b] if a.is_ascii_digit() && b.is_ascii_digit())
    };
    let signs: Vec<char> = value.chars().collect();
    let is_address = |part: &str| part.parse::<std::net::Ipv4Addr>().is_ok();
    let is_id = |part: &str| part.len() == 36 && part.parse::<uuid::Uuid>().is_ok();
    signs.windows(3).any(is_key)
        || value.split(|sign: char| !sign.is_ascii_digit() && sign != '.').any(is_address)
        || value.split(|sign: char| !sign.is_ascii_hexdigit() && sign != '-').any(is_id)
}

#[test]
fn trust_b6_a_label_that_names_a_machine_an_address_or_one_thing_is_found() {
    for wrong in
        ["127.0.0.1", "build7:8080", "23221892-8abf-562f-b19b-0c13e3237033", "OPS-17", "at 10.0.0.7 now"]
    {
        assert!(names_one_thing(wrong), "{wrong}");
    }
    for right in ["acme", "set_permission", "/api/v1/access-requests/{code}", "0.005", "+Inf", "POST", "jira"]
    {
        assert!(!names_one_thing(right), "{right}");
    }
    let series = r#"countersign_things_total{tenant="acme",route="/a/{code}"} 1"#;
    assert_eq!(labels(series).collect::<Vec<_>>(), [("tenant", "acme"), ("route", "/a/{code}")]);
}

fn count(log: &[Envelope], kind: &str) -> usize {
    log.iter().filter(|envelope| envelope.kind == kind).count()
}

/// What came of attempts at effects of one kind.
fn ended(log: &[Envelope], kind: &str) -> usize {
    let claimed = log.iter().filter(|envelope| envelope.kind == "effect_claimed");
    let of_kind = claimed.filter(|envelope| match aggregate::decode(envelope).expect("an event") {
        EffectEvent::EffectClaimed { effect, .. } => effect.kind() == kind,
        _ => false,
    });
    let streams: Vec<&str> = of_kind.map(|envelope| envelope.stream.id()).collect();
    let outcomes = ["effect_succeeded", "effect_deferred", "effect_unknown", "effect_parked"];
    let is_outcome = |envelope: &&Envelope| {
        outcomes.contains(&envelope.kind.as_str()) && streams.contains(&envelope.stream.id())
    };
    log.iter().filter(is_outcome).count()
}

/// Everything that happened in the story is counted once, under its labels.
fn happened(pages: &Pages, log: &[Envelope]) -> Outcome {
    pages.is("countersign_appends_total", &[], log.len())?;
    pages.is(
        "countersign_commands_total",
        &[("tenant", "acme"), ("outcome", "denied")],
        count(log, "command_denied"),
    )?;
    pages.is("countersign_commands_total", &[("outcome", "failed")], 0)?;
    for (command, kind) in [("access", "access_requested"), ("approve", "access_countersigned")] {
        let done = [("tenant", "acme"), ("command", command), ("outcome", "done")];
        pages.is("countersign_commands_total", &done, count(log, kind))?;
    }
    let attempts = "countersign_effect_attempts_total";
    pages.is(attempts, &[("outcome", "succeeded")], count(log, "effect_succeeded"))?;
    for kind in ["look_up", "set_permission", "comment", "move_ticket"] {
        pages.is(attempts, &[("tenant", "acme"), ("effect", kind)], ended(log, kind))?;
    }
    Ok(())
}

/// How many calls came after these: only the last ones are remembered.
fn came_after(before: &[Call], after: &[Call]) -> usize {
    (0..=after.len()).find(|new| before.ends_with(&after[..after.len() - new])).unwrap_or_default()
}

/// Every call to a vendor is counted and timed, under the vendor's name.
fn called(pages: &Pages, (forge, tracker): (usize, usize)) -> Outcome {
    for (vendor, calls) in [("bitbucket", forge), ("jira", tracker)] {
        prop_assert!(calls > 2, "{} was called {} times", vendor, calls);
        pages.is("countersign_vendor_calls_total", &[("vendor", vendor), ("tenant", "acme")], calls)?;
        pages.is("countersign_vendor_call_seconds_count", &[("vendor", vendor)], calls)?;
    }
    Ok(())
}

/// What came in by HTTP, and what became of it.
#[derive(Debug, Clone, Copy)]
struct Knocks {
    repeated: usize,
    unsigned: usize,
    strangers: usize,
}

fn knocks() -> impl Strategy<Value = Knocks> {
    (0..3_usize, 0..3_usize, 0..3_usize).prop_map(|(repeated, unsigned, strangers)| Knocks {
        repeated,
        unsigned,
        strangers,
    })
}

async fn knock(stage: &Stage, knocks: Knocks) {
    let body = serde_json::json!({"webhookEvent": "comment_created"});
    let delivery = format!("KNOCK-{}", fresh());
    for _ in 0..=knocks.repeated {
        stage.signed_delivery(&delivery, &body).send().await.expect("the bot answers");
    }
    for _ in 0..knocks.unsigned {
        stage.delivery(b"{}".to_vec()).send().await.expect("the bot answers");
    }
    for _ in 0..knocks.strangers {
        stage.get("no-such-token", "/api/v1/me").await;
    }
    stage.settle().await;
}

fn knocked(pages: &Pages, knocks: Knocks) -> Outcome {
    let Knocks { repeated, unsigned, strangers } = knocks;
    let webhooks = "countersign_webhooks_total";
    let of = |outcome| [("vendor", "jira"), ("tenant", "acme"), ("outcome", outcome)];
    // One of the story, which asks; one of ours, which does not, and comes again.
    pages.is(webhooks, &of("accepted"), 1)?;
    pages.is(webhooks, &of("ignored"), 1)?;
    pages.is(webhooks, &of("repeated"), repeated)?;
    pages.is(webhooks, &of("rejected"), unsigned)?;
    pages.is("countersign_webhook_seconds_count", &[], 2 + repeated + unsigned)?;
    pages.is("countersign_sign_ins_refused_total", &[], strangers)?;
    pages.is("countersign_refusals_total", &[], unsigned + strangers)?;
    let requests = "countersign_http_requests_total";
    let door = [("method", "POST"), ("route", "/webhooks/jira/{tenant}")];
    pages.is(requests, &door, 2 + repeated + unsigned)?;
    // All cases knock at one door within its minute: the eleventh wrong token is told to wait.
    let told =
        ["401", "429"].map(|status| pages.grew(requests, &[("route", "/api/v1/me"), ("status", status)]));
    prop_assert_eq!(told.iter().sum::<usize>(), strangers, "{:?} of wrong tokens", told);
    pages.is("countersign_http_request_seconds_count", &door, 2 + repeated + unsigned)
}

/// Everything that happens is counted once, under a name of the table and under its labels: commands and denials, attempts by
/// the kind of effect, calls by vendor, webhooks, requests and whoever was not let in; what is counted only grows; and
/// what stands in the log is what the gauges show, also of what somebody must look after.
#[test]
fn a13_metrics_emission_completeness() {
    let seen = Cell::new([0; 3]);
    let case = (story(), knocks(), prop::bool::weighted(0.15));
    observed("warn", case, async |stage, observed, (story, knocks, wrong)| {
        let called_before = (stage.demo.bitbucket.calls(), stage.demo.jira.calls());
        let (before, head) = (observed.metrics.render(), stage.head().await);
        let told = play(stage, &story).await;
        knock(stage, knocks).await;
        let after = observed.metrics.render();
        let pages = Pages { before, after };
        happened(&pages, &stage.log_after(head).await)?;
        prop_assert!(told.log.len() > 10);
        let forge = came_after(&called_before.0, &stage.demo.bitbucket.calls());
        let tracker = came_after(&called_before.1, &stage.demo.jira.calls());
        called(&pages, (forge, tracker))?;
        knocked(&pages, knocks)?;
        pages.are_sound()?;
        if wrong {
            goes_wrong(stage).await;
        }
        let standing = Standing::of(&stage.log_after(None).await);
        let (most, amiss) = (seen.get(), standing.amiss());
        seen.set(std::array::from_fn(|at| most[at].max(amiss[at])));
        standing.is_shown(&stage.measures(&observed.metrics).await)
    });
    assert!(seen.get().iter().all(|most| *most > 0), "ends, alarms and differences: {:?}", seen.get());
}
