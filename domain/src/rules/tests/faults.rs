//! A rule set with a mistake is answered with the line, what is wrong, and what would be right.

use super::*;

const PERMIT: &str = "permit (principal, action, resource)";

#[test]
fn a_syntax_error_is_reported_with_its_line() {
    insta::assert_snapshot!(faults("@auto\npermit (principal, action, resource);\n\npermit (principal, action\n  oops resource);"), @"");
}

#[test]
fn an_unknown_attribute_is_reported_with_its_line() {
    let text = format!("// é\n@auto\n{PERMIT}\nwhen {{\n  principal.departmant == \"x\" }};");
    insta::assert_snapshot!(faults(&text), @"");
}

#[test]
fn every_wrong_annotation_is_named_with_its_line_and_all_at_once() {
    let text = format!(
        r#"@id("write payments")
@aprovers("group:platform")
@approvers("platform, group:x")
@quorum("0")
@max_duration("1.5 days")
@escalate_after("4 parsecs")
@reaction("maybe")
@ticket("[A-Z")
@message("a\u{{202e}}b")
{PERMIT};

@id("twice") @auto {PERMIT};
@id("twice") @auto("yes") {PERMIT};
"#
    );
    insta::assert_snapshot!(faults(&text), @"");
}

#[test]
fn annotations_that_do_not_fit_together_are_faults() {
    let text = format!(
        "@auto @quorum(\"2\") {PERMIT};\n@id(\"f\")\n@ticket(\"x\") forbid (principal, action, resource);\n\
         @approvers(\"group:a\") @escalate_to(\"group:b\") {PERMIT};"
    );
    insta::assert_snapshot!(faults(&text), @"");
}

#[test]
fn a_permit_that_nobody_could_countersign_is_a_fault() {
    insta::assert_snapshot!(faults(&format!("@auto\n{PERMIT};\n// more\n@id(\"lonely\")\n  {PERMIT};")), @"");
}

#[test]
fn a_rule_that_can_never_apply_or_does_not_exist_in_the_schema_is_a_fault() {
    let text = format!(
        "@auto {PERMIT} when {{ false }};\n@auto permit (principal, action == Action::\"push\", resource);\n\
         @auto permit (principal == Group::\"x\", action, resource);\n\
         @auto {PERMIT} when {{ context.minutes < 5 }};\n@auto {PERMIT} when {{ principal.id == 5 }};"
    );
    insta::assert_snapshot!(faults(&text), @"");
}

#[test]
fn a_template_is_a_fault() {
    insta::assert_snapshot!(faults("@auto\npermit (principal == ?principal, action, resource);"), @"");
}

#[test]
fn a_fault_is_data_for_the_console() {
    let faults = RuleSet::compile(1, "permit").unwrap_err();
    let kept = serde_json::to_string(&faults).unwrap();
    assert_eq!(serde_json::from_str::<crate::rules::RuleFaults>(&kept).unwrap(), faults);
}
