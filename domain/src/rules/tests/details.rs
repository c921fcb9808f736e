//! What the reading of rules tells apart by one sign: approvers who are named twice, strokes that are no comment, conditions beside
//! the same scope.

use std::collections::BTreeSet;

use super::super::lines::lines;
use super::super::shadow::{Shadow, shadows};
use super::super::source::Source;
use super::super::{Approvers, Terms};
use super::given;

fn set(entries: &[&str]) -> Approvers {
    Approvers(entries.iter().map(|entry| (*entry).to_owned()).collect::<BTreeSet<_>>())
}

#[test]
fn who_may_countersign_is_said_once_and_as_narrow_as_it_is() {
    let ada = || set(&["person:ada"]);
    let wide = || set(&["person:ada", "group:ops"]);
    let bob = || set(&["person:bob"]);
    let said =
        |approvers: Vec<Approvers>| Terms { approvers, ..crate::access::example::terms() }.approver_names();
    assert_eq!(said(vec![ada(), bob(), ada()]), ["ada", "bob"], "twice is said once, where it stands first");
    assert_eq!(said(vec![wide(), ada()]), ["ada"], "whoever is in the small set is in the large one");
    assert_eq!(said(vec![ada(), wide()]), ["ada"]);
    assert_eq!(said(vec![bob(), wide()]), ["bob", "the group ops or ada"], "neither is within the other");
}

#[test]
fn one_stroke_is_no_comment_and_a_comments_quotes_are_no_strings() {
    assert_eq!(lines("a / b // c\n\"x // y\" / z"), ["a / b", "\"x // y\" / z"]);
    let strings =
        |text| Source(text).strings().into_iter().map(|(_, string)| string.to_owned()).collect::<Vec<_>>();
    assert_eq!(strings("\"a\" / \"b\""), ["a", "b"]);
    assert_eq!(strings("// \"a\"\n\"b\""), ["b"]);
}

#[test]
fn a_policy_under_other_conditions_is_in_nobodys_shadow() {
    let text = |condition: &str| {
        format!(
            r#"@id("open") @auto permit (principal, action, resource) when {{ context.for_self }};
            @id("no") forbid (principal, action, resource) when {{ {condition} }};"#
        )
    };
    let (other, same) = (given(&text("!context.for_self")), given(&text("context.for_self")));
    assert_eq!(shadows(other.compiled()), []);
    assert_eq!(shadows(same.compiled()), [Shadow { policy: "open", by: "no", is_whole: true }]);
}
