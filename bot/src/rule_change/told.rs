//! A change of the rules as programs read it.

use countersign_domain::capabilities::violation;
use countersign_domain::request::{Code, Facets as _};
use countersign_domain::rule_change::{Compared, Group, RuleChangeRequest as State, words as said};
use countersign_domain::tenant::People;
use serde_json::{Value, json};

/// All of it: the text, what is decided on in words and as data, who decided, and what came of it. Requests are named with
/// their addresses below `console`, people in sentences by their names.
pub fn told(change: &State, people: &People, console: &str) -> Value {
    let asked = change.asked.as_ref();
    let found = change.findings.as_ref();
    json!({
        "code": asked.map(|draft| &draft.code),
        "status": change.standing().word,
        "requester": asked.map(|draft| &draft.requester.id),
        "base": asked.map(|draft| draft.base),
        "text": asked.map(|draft| &draft.text),
        "back_to": asked.and_then(|draft| draft.back_to),
        "because": asked.and_then(|draft| draft.why.as_ref()),
        "changes": found.map(|found| &found.changes),
        "lines_left_out": found.map(|found| found.cut),
        "warnings_left_out": found.map(|found| found.more_warnings),
        "warnings": found.map(|found| said::warnings(&found.warnings, people)),
        "replayed": found.map(|found| replayed(found, console)),
        "may_countersign": change.open.as_ref().map(|_| may_countersign(change, people)),
        "due": change.open.as_ref().map(|open| open.due),
        "countersigned_by": change.open.as_ref().map_or(&change.countersigned_by, |open| &open.countersigned),
        "receipt": change.receipt(),
        "version": change.own.published(),
        "denied": change.denial.as_ref().map(|denial| denial.violations.iter().map(violation).collect::<Vec<_>>()),
        "change": change,
    })
}

/// Those who may countersign it now, by their names.
fn may_countersign(change: &State, people: &People) -> Vec<String> {
    let may = people.people.values().filter(|person| change.could_countersign(person));
    may.map(|person| people.called(&person.id)).collect()
}

fn replayed(found: &Compared, console: &str) -> Value {
    let Some(replayed) = &found.replayed else { return Value::Null };
    let link = |code: &Code| json!({ "code": code, "link": format!("{console}/?request={code}") });
    let group = |group: &Group| {
        json!({
            "says": said::group(group),
            "count": group.count,
            "requests": group.codes.iter().map(link).collect::<Vec<_>>(),
        })
    };
    let groups = |groups: &[Group]| groups.iter().map(group).collect::<Vec<_>>();
    json!({
        "since": replayed.since,
        "says": said::replayed(replayed),
        "requests": replayed.requests,
        "decided": groups(&replayed.decided),
        "waiting": replayed.waiting,
        "open": groups(&replayed.open),
        "proposals": groups(&replayed.proposals),
    })
}
