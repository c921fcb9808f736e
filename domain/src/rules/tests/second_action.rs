//! Rules about something else than access: changing the rules themselves.

use super::*;
use crate::access::Permission::Read;
use crate::rule_change::{self, Extent};
use crate::rules::EXAMPLE;
use crate::tenant::{People, Role};

/// A tenant of these, of whom those in capitals are administrators.
fn tenant(people: &[&str]) -> People {
    let mut tenant = People::default();
    for name in people {
        let mut person = person(&name.to_lowercase(), &[]);
        if name.chars().all(char::is_uppercase) {
            person.roles.insert(Role::Admin);
        }
        tenant.people.insert_mut(person.id.clone(), person);
    }
    tenant
}

/// What the rules say where this one proposes to take so many rules out.
#[track_caller]
fn proposed(rules: &RuleSet, tenant: &People, by: &str, removes: u64) -> Ruling {
    let by = &tenant.people[&by.parse().unwrap()];
    rules.rule(&rule_change::question(by, Extent { removes, ..Extent::default() }, tenant))
}

#[test]
fn where_the_rules_say_nothing_of_it_another_administrator_countersigns() {
    // However open they are: what names no action is about access.
    let open = "@id(\"all\") @auto permit (principal, action, resource);";
    for text in [open, EXAMPLE] {
        let (rules, tenant) = (given(text), tenant(&["ADA", "ZOE", "erin"]));
        let asked = terms(proposed(&rules, &tenant, "ada", 0));
        assert_eq!((asked.version, asked.auto, asked.quorum), (3, false, 1), "{text}");
        assert_eq!(asked.policies, ["another-administrator"]);
        assert_eq!(asked.approver_names(), ["an administrator"]);
        let may = |name: &str| asked.may_countersign(&tenant.people[&name.parse().unwrap()]);
        assert!(may("zoe") && !may("erin"));
        assert_eq!(refusal(proposed(&rules, &tenant, "erin", 0)).policies, Vec::<String>::new());
    }
}

#[test]
fn the_only_administrator_is_told_that_nobody_countersigns() {
    let rules = given(EXAMPLE);
    let mut tenant = tenant(&["ADA", "erin", "ROBOT"]);
    tenant.people.get_mut(&"robot".parse().unwrap()).unwrap().kind = ActorKind::Agent;
    let alone = terms(proposed(&rules, &tenant, "ada", 0));
    assert!(alone.auto && alone.messages[0].contains("no other administrator"), "{alone:?}");
    let agents = terms(proposed(&rules, &tenant, "robot", 0));
    assert!(!agents.auto, "what an agent proposes is countersigned by a person");
}

#[test]
fn rules_that_name_the_action_say_all_there_is_to_say_of_it() {
    let rules = given(
        r#"@auto permit (principal, action, resource);
        @id("two") @approvers("group:security") @quorum("2") @max_denied("5")
        permit (principal in Group::"x", action == Action::"publish_rules", resource);"#,
    );
    let mut tenant = tenant(&["ADA", "ZOE", "erin"]);
    tenant.people.get_mut(&"erin".parse().unwrap()).unwrap().groups.insert("x".to_owned());
    let asked = terms(proposed(&rules, &tenant, "erin", 0));
    assert_eq!((asked.quorum, asked.policies), (2, vec!["two".to_owned()]));
    assert_eq!(asked.own["max_denied"], ["5"]);
    refusal(proposed(&rules, &tenant, "ada", 0));
}

#[test]
fn a_rule_can_look_at_what_changes() {
    let rules = given(
        r#"@id("small") @auto permit (principal, action == Action::"publish_rules", resource)
        when { context.removes == 0 && context.changes < 3 };
        @id("never") @message("Take nothing out.") forbid (principal, action in [Action::"publish_rules"], resource)
        when { context.removes > 1 };
        @approvers("role:admin") permit (principal, action == Action::"publish_rules", resource is Tenant)
        when { context.removes > 0 };"#,
    );
    let tenant = tenant(&["ADA", "erin"]);
    assert!(terms(proposed(&rules, &tenant, "erin", 0)).auto);
    assert!(!terms(proposed(&rules, &tenant, "erin", 1)).auto);
    assert_eq!(refusal(proposed(&rules, &tenant, "erin", 2)).messages, ["Take nothing out."]);
}

#[test]
fn what_is_about_access_is_none_of_a_change_of_the_rules_and_the_other_way_round() {
    let publish = "action == Action::\"publish_rules\"";
    for (text, said) in [
        (
            format!("@auto @max_duration(\"1 day\") permit (principal, {publish}, resource);"),
            "@max_duration: is for access",
        ),
        (
            format!("@auto @while_member permit (principal, {publish}, resource);"),
            "@while_member: is for access",
        ),
        (
            "@auto @max_denied(\"1\") permit (principal, action, resource);".to_owned(),
            "@max_denied: say that the rule is about",
        ),
        (
            format!("@auto @max_denied(\"many\") permit (principal, {publish}, resource);"),
            "\"many\" is not a number",
        ),
        (format!("@max_denied(\"1\") forbid (principal, {publish}, resource);"), "a forbid takes only"),
        (
            format!("@auto permit (principal, {publish}, resource) when {{ context.has_ticket }};"),
            "has_ticket",
        ),
        (format!("@auto permit (principal, {publish}, resource == Repository::\"x\");"), "policy0"),
        ("@auto permit (principal, action, resource) when { context.removes > 1 };".to_owned(), "removes"),
        ("@auto @approvers(\"role:king\") permit (principal, action, resource);".to_owned(), "role:admin"),
    ] {
        let found = faults(&text);
        assert!(found.contains(said) && found.starts_with("line 1, "), "{text}: {found}");
    }
}

#[test]
fn rules_from_before_there_was_a_second_action_compile_as_they_are() {
    // What each of them looks at, a change of the rules has not.
    for condition in [
        "resource.name like \"web-*\"",
        "resource == Repository::\"web\"",
        "resource in Repository::\"web\"",
        "context.for_self || context.subject in Group::\"a\"",
        "context has minutes && context.minutes < 5",
        "action == Action::\"read\" || action in Action::\"above_read\"",
    ] {
        let rules = given(&format!("@auto permit (principal, action, resource) when {{ {condition} }};"));
        let _ = rules.rule(&question(&person("erin", &[]), Read, "web-shop"));
    }
}

#[test]
fn terms_of_rules_without_annotations_of_their_own_leave_no_trace() {
    let plain = terms(given(EXAMPLE).rule(&question(&person("erin", &[]), Read, "infra")));
    assert!(!serde_json::to_string(&plain).unwrap().contains("own"), "older digests stay as they were");
}

#[test]
fn a_question_about_what_no_schema_knows_is_forbidden() {
    let erin = person("erin", &[]);
    let rules = given("@auto permit (principal, action, resource);");
    let mut asked = question(&erin, Read, "infra");
    asked.action = "own";
    assert!(refusal(rules.rule(&asked)).messages[0].contains("could not be asked"));
    let mut asked = question(&erin, Read, "infra");
    asked.resource.kind = "Castle";
    assert!(refusal(rules.rule(&asked)).messages[0].contains("could not be asked"));
}
