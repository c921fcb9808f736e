//! How much rules may be, and what of it is kept.

use super::super::example::stricter;
use super::*;

#[test]
fn rules_more_than_anybody_reads_is_a_fault_of_what_is_new() {
    let text =
        format!("{RULES}@message(\"{}\")\nforbid (principal, action, resource);\n", "x".repeat(200_000));
    let long = Draft { text, ..draft() };
    let refused = |draft: &Draft| draft.faults(&LANGUAGE, Some(&in_force()));
    assert!(matches!(&refused(&long)[..], [Violation::RuleSetFaults { .. }]));
    let many = Draft { text: format!("{}{}", "\n".repeat(6_000), stricter()), ..draft() };
    let faults = refused(&many);
    assert!(
        matches!(&faults[..], [Violation::RuleSetFaults { faults }] if faults[0].message.contains("5000 lines")),
        "{faults:?}"
    );
    // What was in force once may be so again.
    assert_eq!(refused(&Draft { back_to: Some(1), ..many }), []);
}

#[test]
fn rules_the_gravest_warning_is_kept_however_many_there_are() {
    let absent = (0..80)
        .map(|number| format!("@id(\"p{number}\") @approvers(\"group:g{number}\") permit (principal, action == Action::\"read\", resource);\n"))
        .collect::<Vec<_>>()
        .concat();
    let shut = format!("{absent}forbid (principal, action == Action::\"publish_rules\", resource);");
    let rules = RuleSet::compile(2, &shut).unwrap();
    let found = Compared::of(Some(&in_force()), &rules, &people());
    assert_eq!((found.warnings.len(), found.warnings.first()), (50, Some(&Warning::LocksEverybodyOut)));
    // Of each policy, that its group is empty and that its quorum is out of reach.
    assert_eq!(found.more_warnings, 2 * 80 + 1 - 50, "the rest are counted");
}
