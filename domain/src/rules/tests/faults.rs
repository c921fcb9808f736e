//! A rule set with a mistake is answered with the line, what is wrong, and what would be right.

use super::*;

const PERMIT: &str = "permit (principal, action, resource)";

#[test]
fn a_syntax_error_is_reported_with_its_line() {
    insta::assert_snapshot!(faults("@auto\npermit (principal, action, resource);\n\npermit (principal, action\n  oops resource);"), @r#"line 5, column 3: unexpected token `oops`; expected `!=`, `)`, `,`, `:`, `<`, `<=`, `==`, `>`, `>=`, `in`, or `is`"#);
}

#[test]
fn rules_without_a_policy_are_a_mistake() {
    for text in ["", " \n ", "// all of it commented out"] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(faults(text), @"line 1, column 1: there is no policy, so nobody could ask for anything; begin with one `permit`");
        }
    }
}

#[test]
fn an_unknown_attribute_is_reported_with_its_line() {
    let text = format!("// é\n@auto\n{PERMIT}\nwhen {{\n  principal.departmant == \"x\" }};");
    insta::assert_snapshot!(faults(&text), @r#"line 5, column 3: in `policy0`: attribute `departmant` on entity type `Person` not found; did you mean `kind`?"#);
}

#[test]
fn every_wrong_annotation_is_named_with_its_line_and_all_at_once() {
    let text = format!(
        r#"@id("write payments")
@aprovers("group:platform")
@approvers("platform, group:x")
@quorum("0")
@max_duration("1/3 day")
@escalate_after("4 parsecs")
@reaction("maybe")
@ticket("[A-Z")
@message("a\u{{202e}}b")
{PERMIT};

@id("twice") @auto {PERMIT};
@id("twice") @auto("yes") {PERMIT};
"#
    );
    insta::assert_snapshot!(faults(&text), @r#"
    line 1, column 1: in `policy0`: @id: use 1 to 64 letters, digits and - _ .
    line 2, column 1: in `policy0`: there is no annotation @aprovers: did you mean @approvers?
    line 3, column 1: in `policy0`: @approvers: "platform" names nobody: write group:<name>, person:<id> or role:admin, separated by commas
    line 4, column 1: in `policy0`: @quorum: "0" is not a number from 1 to 100
    line 5, column 1: in `policy0`: @max_duration: the duration has a fraction: use whole numbers, like “1h 30m”
    line 6, column 1: in `policy0`: @escalate_after: “parsecs” is no unit of time: write how many minutes, hours, days or weeks
    line 7, column 1: in `policy0`: @reaction: "maybe" is neither "true" nor "false"; leave the value out to say yes
    line 8, column 1: in `policy0`: @ticket: "[A-Z" is not a regular expression: unclosed character class
    line 9, column 1: in `policy0`: @message: the invisible character '\u{202e}' is not allowed
    line 13, column 1: in `twice`: @id: an earlier policy is called `twice` as well
    line 13, column 14: in `twice`: @auto: "yes" is neither "true" nor "false"; leave the value out to say yes
    "#);
}

#[test]
fn annotations_that_do_not_fit_together_are_faults() {
    let text = format!(
        "@auto @quorum(\"2\") {PERMIT};\n@id(\"f\")\n@ticket(\"x\") forbid (principal, action, resource);\n\
         @approvers(\"group:a\") @escalate_to(\"group:b\") {PERMIT};"
    );
    insta::assert_snapshot!(faults(&text), @r#"
    line 1, column 7: in `policy0`: @quorum: with @auto nobody countersigns; drop one
    line 3, column 1: in `f`: @ticket: a forbid takes only @id and @message
    line 4, column 23: in `policy2`: @escalate_to: say when, with @escalate_after("4 hours")
    "#);
}

#[test]
fn a_permit_that_nobody_could_countersign_is_a_fault() {
    insta::assert_snapshot!(faults(&format!("@auto\n{PERMIT};\n// more\n@id(\"lonely\")\n  {PERMIT};")), @r#"line 5, column 3: in `lonely`: nobody could ever countersign this: add @approvers("group:…") or @auto"#);
}

#[test]
fn a_rule_that_can_never_apply_or_does_not_exist_in_the_schema_is_a_fault() {
    insta::assert_snapshot!(faults(&format!("@auto {PERMIT}\nwhen {{ false }};")), @r#"line 1, column 1: in `policy0`: policy is impossible: the policy expression evaluates to false for all valid requests"#);
    let text = format!(
        "@auto permit (principal, action == Action::\"push\", resource);\n\
         @auto permit (principal == Group::\"x\", action, resource);\n\
         @auto {PERMIT} when {{ context.minutes < 5 }};\n@auto {PERMIT} when {{ principal.id == 5 }};"
    );
    insta::assert_snapshot!(faults(&text), @r#"
    line 1, column 36: in `policy0`: there is no action “push”: there are above_read, admin, publish_agent, publish_document, publish_rules, read, repair_access, run_action, write
    line 3, column 51: in `policy2`: unable to guarantee safety of access to optional attribute `minutes` in context for Action::"admin"; try testing for the attribute's presence with `context has minutes && ..`
    line 4, column 51: in `policy3`: the types Long and String are not compatible; both operands to a `==` expression must have compatible types. Types must be exactly equal to be compatible
    "#);
}

#[test]
fn trust_a10_a_reason_is_required_or_not() {
    insta::assert_snapshot!(faults(&format!("@auto @reason(\"yes\") {PERMIT};")), @r#"line 1, column 7: in `policy0`: @reason: "yes" is neither "required" nor "optional""#);
}

#[test]
fn trust_a1_a_rule_names_a_repository_as_it_is_called_or_is_no_rule() {
    for name in ["Infra", "acme/infra", "https://bitbucket.org/acme/infra", "INFRA"] {
        for condition in [
            format!("(principal, action, resource == Repository::\"{name}\")"),
            format!("(principal, action, resource) when {{ resource.name == \"{name}\" }}"),
            format!(
                "(principal, action, resource) unless {{ principal.id == \"x\" || \"{name}\" != resource.name }}"
            ),
            format!("(principal, action, resource) when {{ resource.name like \"{name}*\" }}"),
        ] {
            let said = faults(&format!("@auto permit (principal, action, resource);\nforbid {condition};"));
            assert!(said.starts_with("line 2, "), "{condition}: {said}");
            assert!(said.contains(&format!("no repository is called “{name}")), "{condition}: {said}");
            assert!(said.contains(": “infra"), "{condition}: {said}");
        }
    }
    let said = faults(
        "forbid (principal, action, resource == Repository::\"{00000000-0000-0000-0000-000000000001}\");",
    );
    assert!(said.contains("no repository is called"), "{said}");
    let fits = "@auto permit (principal, action, resource) when { resource.name like \"web-*\" && context has ticket && \
                context.ticket like \"OPS-*\" } unless { resource == Repository::\"my_repo.v2\" };";
    assert!(RuleSet::compile(1, fits).is_ok());
}

#[test]
fn a_template_is_a_fault() {
    insta::assert_snapshot!(faults("@auto\npermit (principal == ?principal, action, resource);"), @r#"line 2, column 1: rules have no slots such as ?principal: name whom you mean"#);
}

#[test]
fn a_fault_is_data_for_the_console() {
    let faults = RuleSet::compile(1, "permit").unwrap_err();
    let said = faults.0[0].to_string();
    let twice = crate::rules::RuleFaults([faults.0.clone(), faults.0.clone()].concat());
    assert_eq!(twice.to_string(), format!("{said}\n{said}"), "one a line");
    let kept = serde_json::to_string(&faults).unwrap();
    assert_eq!(serde_json::from_str::<crate::rules::RuleFaults>(&kept).unwrap(), faults);
}

#[test]
fn what_an_annotation_may_say_has_bounds() {
    let long = |length| "x".repeat(length);
    for (annotations, taken) in [
        (r#"@approvers("group:a, person:ada")"#.to_owned(), true),
        (r#"@approvers("group:")"#.to_owned(), false),
        (r#"@approvers("group: a")"#.to_owned(), false),
        (r#"@approvers("person:")"#.to_owned(), false),
        (r#"@approvers("person:a b")"#.to_owned(), false),
        (r#"@approvers("team:a")"#.to_owned(), false),
        (r#"@approvers("")"#.to_owned(), false),
        (r#"@approvers("group:a") @quorum("100")"#.to_owned(), true),
        (r#"@approvers("group:a") @quorum("101")"#.to_owned(), false),
        (r#"@auto @on_leave("keep 7 days")"#.to_owned(), true),
        (r#"@auto @on_leave("keep")"#.to_owned(), false),
        (r#"@auto @on_leave("keep for ever")"#.to_owned(), false),
        (r#"@auto("true")"#.to_owned(), true),
        (r#"@auto("false")"#.to_owned(), false),
        (r#"@auto("false") @approvers("group:a") @quorum("2")"#.to_owned(), true),
        (r#"@auto @ticket("^OPS-") @ticket_status("To Do")"#.to_owned(), true),
        (r#"@auto @ticket_status("To Do")"#.to_owned(), false),
        (r#"@auto @ticket("^OPS-") @ticket_status("To Do,,Done")"#.to_owned(), false),
        (r#"@auto @ticket("(a{1000}){1000}")"#.to_owned(), false),
        (r#"@auto @message(" ")"#.to_owned(), false),
        (format!(r#"@auto @message("{}")"#, long(500)), true),
        (format!(r#"@auto @message("{}")"#, long(501)), false),
        (format!(r#"@auto @message("{}")"#, long(600)), false),
        (format!(r#"@auto @id("{}")"#, long(64)), true),
        (format!(r#"@auto @id("{}")"#, long(65)), false),
        (r#"@auto @id("a.b-c_1")"#.to_owned(), true),
        (r#"@auto @id("")"#.to_owned(), false),
    ] {
        let compiled = RuleSet::compile(3, &format!("{annotations} {PERMIT};"));
        assert_eq!(compiled.is_ok(), taken, "{annotations}: {compiled:?}");
    }
}

#[test]
fn a_status_is_wanted_of_some_ticket_and_has_a_name() {
    let text = format!(
        "@auto @ticket_status(\"To Do\") {PERMIT};\n@auto @ticket(\"x\") @ticket_status(\"a,,b\") {PERMIT};\n\
         @auto @on_leave(\"stay\") {PERMIT};"
    );
    insta::assert_snapshot!(faults(&text), @r#"
    line 1, column 7: in `policy0`: @ticket_status: say which tickets, with @ticket("^[A-Z][A-Z0-9]+-[0-9]+$")
    line 2, column 20: in `policy1`: @ticket_status: "a,,b" names no status between two commas: write "To Do, In Progress"
    line 3, column 7: in `policy2`: @on_leave: "stay" is neither "end" nor "keep 7 days"
    "#);
}
