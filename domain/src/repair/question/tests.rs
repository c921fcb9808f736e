//! Who may propose a plan, and who countersigns it: by rules that say nothing of it, and by rules that do.

use super::super::example::{admin, deviation, item, plan};
use super::*;
use crate::access::Deviation;
use crate::access::Permission::Write;
use crate::access::example::{ada, bob, erin, person};
use crate::rules::EXAMPLE;

const NOBODY_ELSE: &str = "neither who proposes it";

fn tenant(people: &[Person]) -> People {
    let mut tenant = People::default();
    for person in people {
        tenant.people.insert_mut(person.id.clone(), person.clone());
    }
    tenant
}

fn asked(plan: &Plan<Deviation>, people: &[Person], text: &str) -> Ruling {
    let rules = RuleSet::compile(3, text).unwrap_or_else(|faults| panic!("{faults}"));
    ruling(plan, &tenant(people), &rules)
}

#[track_caller]
fn terms(ruling: Ruling) -> Terms {
    match ruling {
        Ruling::Allowed(terms) => terms,
        Ruling::Forbidden(refusal) => panic!("it is forbidden: {refusal:?}"),
    }
}

#[track_caller]
fn refusal(ruling: Ruling) -> Refusal {
    match ruling {
        Ruling::Forbidden(refusal) => refusal,
        Ruling::Allowed(terms) => panic!("it is allowed: {terms:?}"),
    }
}

#[test]
fn where_the_rules_say_nothing_of_it_another_administrator_or_approver_countersigns() {
    let open = "@id(\"all\") @auto permit (principal, action, resource);";
    let people = [admin("grace"), admin("heidi"), ada(), erin()];
    for text in [open, EXAMPLE] {
        let asked = terms(asked(&plan(), &people, text));
        assert!(!asked.auto, "however open they are: what names no action is about access");
        assert!(asked.may_countersign(&admin("heidi")), "{text}");
        assert!(!asked.may_countersign(&erin()));
        assert_eq!(asked.may_countersign(&ada()), text == EXAMPLE, "an approver, where the rules have some");
    }
    let by_erin =
        Plan { requester: crate::request::Requester { id: erin().id, ..plan().requester }, ..plan() };
    assert_eq!(refusal(asked(&by_erin, &people, EXAMPLE)).policies, Vec::<String>::new());
}

#[test]
fn the_only_administrator_needs_an_approver_and_is_told_where_there_is_none() {
    let told = |people: &[Person]| refusal(asked(&plan(), people, EXAMPLE)).messages.join(" ");
    assert!(told(&[admin("grace"), erin()]).contains(NOBODY_ELSE));
    let agent = Person { kind: ActorKind::Agent, ..admin("robot") };
    assert!(told(&[admin("grace"), agent]).contains(NOBODY_ELSE), "no agent countersigns");
    terms(asked(&plan(), &[admin("grace"), ada()], EXAMPLE));
}

#[test]
fn whose_permission_it_is_about_does_not_count_among_those_who_could() {
    let accounts = [("forge".to_owned(), "mallory".to_owned())].into();
    let mallory = Person { accounts, ..admin("mallory") };
    let told = refusal(asked(&plan(), &[admin("grace"), mallory], EXAMPLE)).messages.join(" ");
    assert!(told.contains(NOBODY_ELSE), "{told}");
    let mut held = plan();
    held.items[0].holder = Some(ada().id);
    assert!(matches!(asked(&held, &[admin("grace"), ada()], EXAMPLE), Ruling::Forbidden(_)));
    terms(asked(&held, &[admin("grace"), ada(), bob()], EXAMPLE));
}

#[test]
fn rules_that_name_the_action_say_all_there_is_to_say_of_it() {
    let text = r#"
        @id("few") @approvers("group:security") @quorum("2")
        permit (principal, action == Action::"repair_access", resource) when { context.adopts < 2 };
    "#;
    let people = [admin("grace"), admin("heidi"), person("sam", &["security"]), person("sue", &["security"])];
    let said = terms(asked(&plan(), &people, text));
    assert_eq!((said.quorum, said.may_countersign(&admin("heidi"))), (2, false));
    let mut two = plan();
    two.items[0].remedy = Remedy::Adopt;
    refusal(asked(&two, &people, text));
}

#[test]
fn a_plan_over_several_repositories_is_countersigned_by_who_may_on_each() {
    let text = r#"
        @id("infra") @approvers("group:infra")
        permit (principal, action == Action::"repair_access", resource == Repository::"infra");
        @id("web") @approvers("group:web") @step_up
        permit (principal, action == Action::"repair_access", resource == Repository::"web");
    "#;
    let on = |name: &str| Deviation {
        repository: name.to_owned(),
        repository_id: None,
        ..deviation("eve", Some(Write))
    };
    let of = |names: &[&str]| Plan {
        items: names.iter().map(|name| item(on(name), Remedy::Revert)).collect(),
        ..plan()
    };
    let both = person("sam", &["infra", "web"]);
    let people = [admin("grace"), person("ina", &["infra"]), person("wes", &["web"]), both.clone()];
    let said = terms(asked(&of(&["infra", "web"]), &people, text));
    assert!(said.step_up && said.may_countersign(&both) && !said.may_countersign(&people[1]));
    assert_eq!(said.policies, ["infra", "web"]);
    refusal(asked(&of(&["infra", "archive"]), &people, text));
}
