//! What is read of GitHub's deliveries, whole, cut, and of other types than they should be.

use proptest::prelude::*;
use serde_json::json;

use super::*;

const SHA: &str = "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0";
const BASE: &str = "0b9a8f7e6d5c4b3a2f1e0d9c8b7a6f5e4d3c2b1a";

fn received() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn reader() -> Reader {
    let services = [("acme/pay-api".to_owned(), "payments-api".to_owned())].into();
    Reader { host: "github.com".to_owned(), services }
}

fn around(mut body: Value) -> Value {
    body["repository"] = json!({ "full_name": "acme/Pay-API", "pushed_at": 1_772_362_800 });
    body["sender"] = json!({ "login": "octo", "id": 1 });
    body
}

/// One of each, with all that is read of it.
fn whole() -> Vec<(&'static str, Value)> {
    let at = "2026-03-01T11:00:00Z";
    let page = |path: &str| format!("https://github.com/acme/pay-api/{path}");
    let request = json!({
        "number": 12, "title": "Retry the ledger", "merged": true, "merge_commit_sha": SHA, "merged_at": at,
        "closed_at": at, "created_at": at, "updated_at": at, "commits": 3, "html_url": page("pull/12"),
        "head": { "sha": SHA }, "base": { "sha": BASE, "ref": "main" },
    });
    let run = json!({
        "name": "CI", "html_url": page("actions/runs/7"), "head_sha": SHA, "head_branch": "main", "conclusion": "failure",
        "completed_at": at, "updated_at": at,
    });
    let deployment = json!({ "environment": "production", "sha": SHA, "ref": "main", "created_at": at });
    let status = json!({ "state": "success", "created_at": at, "log_url": page("actions/runs/7") });
    let release = json!({ "tag_name": "v1.2", "html_url": page("releases/tag/v1.2"), "published_at": at });
    let push = json!({
        "ref": "refs/heads/main", "before": BASE, "after": SHA, "deleted": false, "forced": false,
        "compare": page("compare/0b9...a1b"), "commits": [{ "id": SHA }, { "id": BASE }],
    });
    [
        ("push", push),
        ("pull_request", json!({ "action": "closed", "pull_request": request })),
        ("check_run", json!({ "action": "completed", "check_run": run })),
        ("workflow_run", json!({ "action": "completed", "workflow_run": run })),
        ("deployment", json!({ "action": "created", "deployment": deployment })),
        ("deployment_status", json!({ "deployment_status": status, "deployment": deployment })),
        ("release", json!({ "action": "published", "release": release })),
    ]
    .map(|(event, body)| (event, around(body)))
    .into()
}

fn one(event: &str, body: &Value) -> Signal {
    let read = reader().read(event, body, received()).expect("such events are read");
    let mut signals = read.unwrap_or_else(|unread| panic!("{event}: {unread:?}"));
    assert_eq!(signals.len(), 1, "{event}");
    signals.remove(0)
}

#[test]
fn each_event_of_githubs_is_one_thing_that_happened() {
    use countersign_domain::timeline::said;
    let said: Vec<_> = whole().iter().map(|(event, body)| said(&one(event, body))).collect();
    assert_eq!(
        said,
        [
            "2 commits pushed to main by octo (a1b2c3d)",
            "pull request 12 “Retry the ledger” merged into main by octo (a1b2c3d)",
            "check “CI” ended: failure (a1b2c3d)",
            "workflow “CI” ended: failure (a1b2c3d)",
            "deployment to production requested by octo (a1b2c3d)",
            "deployment to production ended: success (a1b2c3d)",
            "release v1.2 published by octo",
        ]
    );
    for (event, body) in whole() {
        let signal = one(event, &body);
        assert_eq!(signal.at.to_string(), "2026-03-01T11:00:00Z", "{event}");
        let service = signal.service.expect("a service");
        assert_eq!((service.name.as_str(), service.by), ("payments-api", NamedBy::Configuration));
        let without_page = event == "deployment";
        assert_eq!(signal.subject.link.is_none(), without_page, "{event}");
    }
}

#[test]
fn a_repository_that_nobody_named_is_a_service_by_itself() {
    let (event, mut body) = whole().remove(0);
    body["repository"]["full_name"] = json!("acme/ledger");
    let service = one(event, &body).service.unwrap();
    assert_eq!((service.name.as_str(), service.by), ("ledger", NamedBy::Repository));
}

#[test]
fn a_branch_that_is_taken_away_has_no_commit() {
    let (event, mut body) = whole().remove(0);
    (body["after"], body["deleted"], body["commits"]) = (json!("0".repeat(40)), json!(true), json!([]));
    let signal = one(event, &body);
    assert_eq!((signal.status.as_deref(), signal.change.unwrap().sha), (Some("deleted"), None));
}

#[test]
fn a_workflow_without_a_name_is_called_by_its_file_and_a_check_has_the_branch_of_its_suite() {
    let of = |event: &str| whole().into_iter().find(|(name, _)| *name == event).unwrap().1;
    let mut body = of("workflow_run");
    let run = &mut body["workflow_run"];
    (run["name"], run["path"]) = (json!(null), json!(".github/workflows/ci.yml"));
    assert_eq!(one("workflow_run", &body).subject.name, ".github/workflows/ci.yml");
    let mut body = of("check_run");
    let run = &mut body["check_run"];
    (run["head_branch"], run["check_suite"]) = (json!(null), json!({ "head_branch": "main" }));
    assert_eq!(one("check_run", &body).change.unwrap().reference.as_deref(), Some("main"));
}

#[test]
fn what_is_of_no_interest_is_no_fault() {
    for event in ["ping", "star", "deployment_protection_rule", ""] {
        assert_eq!(reader().read(event, &json!([]), received()), None, "{event}");
    }
    let unfinished = [("pull_request", "labeled"), ("check_run", "created"), ("release", "deleted")];
    for (event, action) in unfinished {
        let (_, mut body) = whole().into_iter().find(|(name, _)| *name == event).unwrap();
        body["action"] = json!(action);
        assert_eq!(reader().read(event, &body, received()), Some(Ok(vec![])), "{event}");
    }
}

#[test]
fn a_link_to_elsewhere_is_left_out_and_the_rest_is_told() {
    let (event, mut body) = whole().remove(1);
    body["pull_request"]["html_url"] = json!("https://github.com.evil.example/acme");
    assert_eq!(one(event, &body).subject.link, None);
}

#[test]
fn what_is_no_repositorys_name_never_becomes_part_of_a_link() {
    for name in ["acme/pay api", "acme/x|click>", "acme/a/b", "acme/", "/pay", "acme", "acme/pay?x"] {
        let (event, mut body) = whole().remove(0);
        body["repository"]["full_name"] = json!(name);
        let unread = reader().read(event, &body, received()).unwrap().unwrap_err();
        assert_eq!(unread.place, "repository.full_name", "{name}");
    }
}

/// Every path in a value.
fn paths(value: &Value, from: &str) -> Vec<String> {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(table) => table.iter().map(|(key, value)| (format!("{from}/{key}"), value)).collect(),
        Value::Array(list) => {
            list.iter().enumerate().map(|(at, value)| (format!("{from}/{at}"), value)).collect()
        }
        _ => vec![],
    };
    below.into_iter().flat_map(|(path, value)| [vec![path.clone()], paths(value, &path)].concat()).collect()
}

/// A body with what stands at a path put otherwise, or taken out.
fn changed(body: &Value, path: &str, with: Option<&Value>) -> Value {
    let mut body = body.clone();
    let (above, key) = path.rsplit_once('/').expect("a path has a last part");
    if let (Some(Value::Object(table)), None) = (body.pointer_mut(above), with) {
        table.remove(key);
    } else {
        *body.pointer_mut(path).expect("it is there") = with.cloned().unwrap_or(Value::Null);
    }
    body
}

fn odd() -> impl Strategy<Value = Option<Value>> {
    let deep = (0..100).fold(json!("x"), |inner, _| json!([inner]));
    let texts = "\\PC{0,300}".prop_map(|text| Some(json!(text)));
    prop_oneof![
        Just(None),
        texts,
        Just(Some(deep)),
        Just(Some(Value::Null)),
        Just(Some(json!({}))),
        Just(Some(json!(-1))),
        Just(Some(json!(1e300))),
        Just(Some(json!(true))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever is wrong with a delivery, it is read or it is told where it cannot be: the same bytes each time.
    #[test]
    fn e04_a_delivery_is_read_or_told_where_it_cannot_be(
        which in any::<prop::sample::Index>(), place in any::<prop::sample::Index>(), with in odd(),
    ) {
        let all = whole();
        let (event, body) = &all[which.index(all.len())];
        let paths = paths(body, "");
        let body = changed(body, &paths[place.index(paths.len())], with.as_ref());
        let read = reader().read(event, &body, received()).expect("such events are read");
        prop_assert_eq!(&reader().read(event, &body, received()), &Some(read.clone()));
        match read {
            Err(unread) => prop_assert!(!unread.place.is_empty() && !unread.why.is_empty()),
            Ok(signals) => for signal in signals {
                prop_assert!(signal.at <= received());
                prop_assert!(signal.subject.name.chars().count() <= 200);
                let link = signal.subject.link.as_deref();
                prop_assert!(link.is_none_or(|link| link.starts_with("https://github.com/")));
                let json = serde_json::to_string(&signal).unwrap();
                prop_assert_eq!(serde_json::from_str::<Signal>(&json).unwrap(), signal);
            },
        }
    }
}

/// Each field that is read is needed or may be left out, and which it is does not change by itself.
#[test]
fn e04_without_a_field_that_is_needed_the_delivery_says_which() {
    for (event, body) in whole() {
        for path in paths(&body, "") {
            let read = reader().read(event, &changed(&body, &path, None), received()).unwrap();
            if let Err(unread) = read {
                let place = path.trim_start_matches('/').replace('/', ".");
                assert!(place.starts_with(&unread.place), "{event} without {path}: {unread:?}");
                assert_eq!(unread.why, "it is missing");
            }
        }
    }
}
