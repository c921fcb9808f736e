//! The audit: everything is in it, with who, where, when, what for and because of what (25).

use std::collections::BTreeSet;

use countersign_domain::aggregate;
use countersign_domain::envelope::{Envelope, derived_id};
use countersign_domain::record::Record;
use countersign_domain::words::spoken;
use countersign_sandbox::Call;
use countersign_tests::stage::{Stage, tenant};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::deeds::{Answered, Deed, PEOPLE, act, deed, last_code, searched};
use crate::support::{Outcome, fresh, on_stage};

/// Whatever people do, and whatever is refused of it, leaves its events: the deed itself or the "no" that was answered, with who,
/// where, when, what for and because of what, unchanged since; nothing is changed at a vendor that does not stand there before;
/// and the audit shows each of them, whole, once, in order.
#[test]
fn a25_audit_log_completeness() {
    let deeds = prop::collection::vec((deed(), prop::sample::select(PEOPLE.to_vec())), 1..6);
    on_stage(deeds, async |stage, deeds| {
        // What is refused a minute later is kept whole again.
        stage.later(SignedDuration::from_mins(1)).await;
        let (before, start, called) = (stage.head().await, stage.clock_now(), last_call(stage));
        let mut last = last_code(stage).await;
        for (deed, by) in deeds {
            stage.later(SignedDuration::from_mins(1)).await;
            let (id, at) = (Uuid::new_v4(), stage.clock_now());
            let answered = act(stage, deed, by, id, &last).await;
            last = last_code(stage).await;
            let log = stage.log_after(before).await;
            let id = derived_id(id, &deed.sender(who(deed, by)));
            let of_it: Vec<&Envelope> = log.iter().filter(|envelope| envelope.correlation == id).collect();
            leaves_its_events((deed, by, at), answered, &of_it)?;
        }
        let log = stage.log_after(before).await;
        nothing_is_changed_in_silence(stage, called, &log)?;
        is_whole(&log)?;
        let shown =
            searched(stage, "demo-auditor", &format!("&from={start}"), 7 + (fresh() % 40) as usize).await?;
        shows(&shown, &log)
    });
}

fn leaves_its_events(
    (deed, by, at): (Deed, &str, Timestamp),
    answered: Answered,
    of_it: &[&Envelope],
) -> Outcome {
    let kinds: Vec<&str> = of_it.iter().map(|envelope| envelope.kind.as_str()).collect();
    let expected: &[&str] = if answered.refused { &["command_denied"] } else { deed.leaves() };
    prop_assert!(
        kinds.iter().any(|kind| expected.contains(kind)),
        "{:?} of {} was answered {:?} and left {:?}",
        deed,
        by,
        answered,
        kinds
    );
    let denials = kinds.iter().filter(|kind| **kind == "command_denied").count();
    prop_assert!(denials <= 1, "one no is kept once: {:?}", kinds);
    // A request by itself can be said no to by the checks, which is no denial of the command.
    let is_no = answered.refused || expected.contains(&"command_denied");
    prop_assert!(is_no || denials == 0, "{:?} was not refused, and left {:?}", deed, kinds);
    for envelope in of_it {
        prop_assert!(envelope.at == at && !envelope.actor.surface.is_empty(), "{:?}", envelope);
    }
    let first =
        of_it.iter().find(|envelope| expected.contains(&envelope.kind.as_str())).expect("it is there");
    prop_assert!(!deed.names_who() || first.actor.id.as_str() == who(deed, by), "{:?}", first);
    for denial in of_it.iter().filter(|envelope| envelope.kind == "command_denied") {
        let Record::CommandDenied { command, violations, .. } = aggregate::decode(denial).expect("a denial")
        else {
            return Err(TestCaseError::fail("another record"));
        };
        prop_assert!(!command.is_empty() && !violations.is_empty(), "{:?}", denial);
    }
    Ok(())
}

/// Whoever does it: the log is read by Rita, whoever has the idea.
fn who(deed: Deed, by: &str) -> &str {
    if deed == Deed::Export { "demo-auditor" } else { by }
}

fn last_call(stage: &Stage) -> Option<Timestamp> {
    all_calls(stage).map(|call| call.at).max()
}

fn all_calls(stage: &Stage) -> impl Iterator<Item = Call> {
    stage.demo.bitbucket.calls().into_iter().chain(stage.demo.jira.calls())
}

/// Whatever was changed at a vendor, the attempt stood in the log, in the conversation that the vendor was told.
fn nothing_is_changed_in_silence(stage: &Stage, since: Option<Timestamp>, log: &[Envelope]) -> Outcome {
    let changes = |call: &Call| {
        let path = call.request.split('?').next().unwrap_or_default();
        let is_change = path.starts_with("PUT ")
            || path.starts_with("DELETE ")
            || path.starts_with("POST ") && (path.ends_with("/comment") || path.ends_with("/transitions"));
        is_change && Some(call.at) > since
    };
    for call in all_calls(stage).filter(changes) {
        let conversation = call.request_id.as_deref().and_then(|id| id.parse::<Uuid>().ok());
        let attempted = |envelope: &&Envelope| {
            envelope.kind == "effect_attempted" && Some(envelope.correlation) == conversation
        };
        prop_assert!(log.iter().any(|envelope| attempted(&envelope)), "{:?} is in no log", call);
    }
    Ok(())
}

fn is_whole(log: &[Envelope]) -> Outcome {
    for envelope in log {
        prop_assert_eq!(envelope.hash, envelope.expected_hash());
        let ids = [envelope.causation, envelope.command, envelope.correlation];
        prop_assert!(ids.iter().all(|id| !id.is_nil()), "{:?}", envelope);
    }
    let ids: BTreeSet<Uuid> = log.iter().map(|envelope| envelope.id).collect();
    prop_assert_eq!(ids.len(), log.len(), "two events share an id");
    Ok(())
}

/// An auditor is shown each event of their organisation as it stands in the log. An unknown token belongs to none: what is
/// refused of it is in none's audit.
fn shows(shown: &[Value], log: &[Envelope]) -> Outcome {
    let own: Vec<&Envelope> = log.iter().filter(|envelope| envelope.tenant == tenant()).collect();
    let ids: Vec<Value> = own.iter().map(|envelope| json!(envelope.id)).collect();
    prop_assert_eq!(shown.iter().map(|item| item["id"].clone()).collect::<Vec<_>>(), ids);
    for (item, envelope) in shown.iter().zip(own) {
        let mut data: Value = serde_json::from_str(envelope.data.get()).expect("an event's data");
        // Who can see a ticket is the tracker's affair.
        without_reach(&mut data);
        let expected = json!({
            "type": envelope.kind, "v": envelope.v, "at": envelope.at, "actor": envelope.actor, "stream": envelope.stream,
            "rev": envelope.rev, "correlation": envelope.correlation, "causation": envelope.causation,
            "command": envelope.command, "hash": envelope.hash, "tenant": envelope.tenant, "data": data,
        });
        for (name, value) in expected.as_object().expect("an object") {
            prop_assert_eq!(&item[name], value, "{} of {}", name, envelope.kind);
        }
        let summary = item["summary"].as_str().unwrap_or_default();
        let unknown = format!("{}: {}.", envelope.actor.id, spoken(&envelope.kind));
        prop_assert!(!summary.is_empty() && summary != unknown, "{} has no sentence", envelope.kind);
    }
    Ok(())
}

fn without_reach(data: &mut Value) {
    match data {
        Value::Object(fields) => {
            fields.remove("reach");
            fields.values_mut().for_each(without_reach);
        }
        Value::Array(items) => items.iter_mut().for_each(without_reach),
        _ => {}
    }
}
