//! `countersign agents schema`: what an agent may propose, as its vendor takes it.

use serde_json::Value;

use super::{json, run, said};

#[test]
fn the_schemas_of_action_groups_are_printed_whole_or_one_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let all = json(folder.path(), &["agents", "schema"]);
    assert!(all["requests"]["paths"]["/access"]["post"]["requestBody"].is_object(), "{all:#}");
    assert_eq!(all["actions"], Value::Null, "no tenant was named, whose catalogue it could be");
    assert!(!all.to_string().contains("/approve"), "an agent never countersigns");
    let one = json(folder.path(), &["agents", "schema", "--group", "requests"]);
    assert_eq!(one, all["requests"]);
    let none = run(folder.path(), &["agents", "schema", "--group", "jira"]);
    assert_eq!(none.status.code(), Some(3));
    assert!(said(&none).contains("there is no group jira, only operating, reading"), "{}", said(&none));
}
