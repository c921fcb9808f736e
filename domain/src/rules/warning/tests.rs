//! What is warned of, and what is not.

use super::*;
use crate::access::example::person;
use crate::rule_change::{Extent, question_beside};
use crate::rules::EXAMPLE;
use crate::tenant::Role;

fn tenant(people: &[Person]) -> People {
    people.iter().cloned().collect()
}

fn admin(id: &str) -> Person {
    Person { roles: [Role::Admin].into(), ..person(id, &["approvers"]) }
}

#[track_caller]
fn warned(text: &str, people: &[Person]) -> Vec<Warning> {
    let rules = RuleSet::compile(1, text).unwrap_or_else(|faults| panic!("{faults}\n{text}"));
    let people = tenant(people);
    warnings(&rules, &people, &|person, others| {
        question_beside(person, Extent { adds: 1, ..Extent::default() }, others)
    })
}

/// Two administrators who are approvers as well.
fn two() -> [Person; 2] {
    [admin("ada"), admin("zoe")]
}

fn id(name: &str) -> PrincipalId {
    name.parse().unwrap()
}

#[test]
fn the_example_is_fine_where_there_are_enough_people() {
    let three = [admin("ada"), admin("zoe"), admin("yan")];
    assert_eq!(warned(EXAMPLE, &three), []);
}

#[test]
fn of_two_administrators_each_can_go_on_alone_and_the_only_one_changes_the_rules_alone() {
    let ada = id("ada");
    assert!(!warned(EXAMPLE, &two()).iter().any(|warning| matches!(warning, Warning::HangsOn { .. })));
    let said = warned("@auto permit (principal, action, resource);", &[admin("ada")]);
    assert_eq!(said, [Warning::HangsOn { person: ada.clone() }, Warning::ChangesAlone { people: vec![ada] }]);
}

#[test]
fn a_quorum_that_nobody_can_reach_and_whoever_is_not_there() {
    let text = r#"@id("a") @approvers("group:approvers, person:gone") @quorum("3") @escalate_after("1h") @escalate_to("group:night")
        permit (principal in Group::"interns", action == Action::"write", resource);
        @id("b") @auto permit (principal, action == Action::"read", resource) unless { principal == Person::"mallory" };"#;
    let (policy, group) = (|| "a".to_owned(), |group: &str| group.to_owned());
    let said = warned(
        text,
        &[admin("ada"), admin("zoe"), admin("yan")].map(|mut person| {
            if person.id.as_str() == "yan" {
                person.groups.clear();
            }
            person
        }),
    );
    assert_eq!(
        said,
        [
            Warning::QuorumOutOfReach { policy: policy(), quorum: 3, people: 2 },
            Warning::EmptyGroup { policy: policy(), group: group("interns") },
            Warning::EmptyGroup { policy: policy(), group: group("night") },
            Warning::UnknownPerson { policy: policy(), person: "gone".to_owned() },
            Warning::UnknownPerson { policy: "b".to_owned(), person: "mallory".to_owned() },
        ]
    );
}

#[test]
fn a_policy_in_the_shadow_of_another() {
    let admins = [admin("ada"), admin("zoe"), admin("yan")];
    let (never, alone) = (
        |policy: &str, by: &str| Warning::NeverAllows { policy: policy.to_owned(), by: by.to_owned() },
        |policy: &str, by: &str| Warning::NeverAlone { policy: policy.to_owned(), by: by.to_owned() },
    );
    let text = |rest: &str| {
        format!(
            "@id(\"shop\") @auto permit (principal, action == Action::\"write\", resource == Repository::\"shop\");{rest}"
        )
    };
    let approvers = "@approvers(\"group:approvers\")";
    for (rest, said) in [
        (
            format!("@id(\"all\") {approvers} permit (principal, action, resource);"),
            vec![alone("shop", "all")],
        ),
        (
            format!(
                "@id(\"all\") {approvers} permit (principal, action in Action::\"above_read\", resource is Repository);"
            ),
            vec![alone("shop", "all")],
        ),
        ("@id(\"all\") @auto permit (principal, action, resource);".to_owned(), vec![]),
        (
            format!("@id(\"all\") {approvers} permit (principal, action == Action::\"read\", resource);"),
            vec![],
        ),
        (
            format!(
                "@id(\"all\") {approvers} permit (principal, action, resource) when {{ context.has_ticket }};"
            ),
            vec![],
        ),
        (
            format!("@id(\"all\") {approvers} permit (principal in Group::\"approvers\", action, resource);"),
            vec![],
        ),
        (
            "@id(\"no\") forbid (principal, action in [Action::\"write\"], resource);".to_owned(),
            vec![Warning::AllowsNothing, never("shop", "no")],
        ),
        ("@id(\"no\") forbid (principal, action in [Action::\"read\"], resource);".to_owned(), vec![]),
    ] {
        assert_eq!(warned(&text(&rest), &admins), said, "{rest}");
    }
    let same = "when { context.has_ticket }";
    let text = format!(
        "@id(\"a\") @auto permit (principal, action, resource) {same};@id(\"b\") forbid (principal, action, resource) {same};"
    );
    assert_eq!(warned(&text, &admins), [Warning::AllowsNothing, never("a", "b")]);
}

#[test]
fn a_policy_covers_another_for_everybody_or_for_the_same_people() {
    let admins = [admin("ada"), admin("zoe"), admin("yan")];
    let covers = |cover: &str| {
        let text = format!(
            "@id(\"a\") @auto permit (principal in Group::\"approvers\", action == Action::\"write\", resource);\
             @id(\"b\") forbid ({cover}, action == Action::\"write\", resource);"
        );
        let never = Warning::NeverAllows { policy: "a".to_owned(), by: "b".to_owned() };
        warned(&text, &admins).contains(&never)
    };
    assert!(covers("principal") && covers("principal in Group::\"approvers\""));
    assert!(!covers("principal in Group::\"interns\"") && !covers("principal == Person::\"ada\""));
}

#[test]
fn rules_the_gravest_is_told_first_however_much_there_is_to_look_at_twice() {
    let absent = (0..60)
        .map(|number| format!("@id(\"p{number}\") @approvers(\"group:g{number}\") permit (principal, action == Action::\"read\", resource);"))
        .collect::<Vec<_>>()
        .concat();
    let shut = "forbid (principal, action == Action::\"publish_rules\", resource);";
    let said = warned(&format!("{absent}{shut}"), &two());
    assert_eq!(said.first(), Some(&Warning::LocksEverybodyOut));
    assert!(matches!(said.last(), Some(Warning::EmptyGroup { .. })), "{said:?}");
    // A quorum out of reach is graver than the group of which nobody is the reason.
    assert!(matches!(said[1], Warning::QuorumOutOfReach { .. }), "{said:?}");
}

#[test]
fn who_could_lock_everybody_out() {
    let publish = |annotations: &str, who: &str| {
        format!(
            "@auto permit (principal, action, resource); {annotations} permit ({who}, action == Action::\"publish_rules\", resource);"
        )
    };
    let nobody = warned(&publish("@approvers(\"group:approvers\") @quorum(\"2\")", "principal"), &two());
    assert!(nobody.contains(&Warning::LocksEverybodyOut), "two, of whom one asks: {nobody:?}");
    let admins = [admin("ada"), admin("zoe"), admin("yan"), person("erin", &[])];
    let alone = warned(&publish("@auto", "principal == Person::\"erin\""), &admins);
    assert_eq!(
        alone,
        [Warning::HangsOn { person: id("erin") }, Warning::ChangesAlone { people: vec![id("erin")] }]
    );
    let hangs = warned(&publish("@approvers(\"person:ada\")", "principal"), &admins);
    assert_eq!(hangs, [Warning::HangsOn { person: id("ada") }]);
    let hangs = warned(&publish("@approvers(\"person:ada\")", "principal"), &admins[..3]);
    assert_eq!(hangs, [Warning::HangsOn { person: id("ada") }], "with whom each of two others can do it");
    let many: Vec<_> = (0..MOST_NAMED + 2).map(|number| admin(&format!("admin-{number}"))).collect();
    let alone = warned(&publish("@auto", "principal"), &many);
    assert!(
        matches!(&alone[..], [Warning::ChangesAlone { people }] if people.len() == MOST_NAMED),
        "{alone:?}"
    );
    // Exactly as many as are asked for can do it; whoever asks is none of them.
    let of_admins = |quorum: u32| {
        let annotations = format!("@approvers(\"role:admin\") @quorum(\"{quorum}\")");
        warned(&publish(&annotations, "principal in Group::\"approvers\""), &admins)
    };
    assert_eq!(of_admins(2), ["ada", "yan", "zoe"].map(|person| Warning::HangsOn { person: id(person) }));
    assert!(of_admins(3).contains(&Warning::LocksEverybodyOut));
    assert_eq!(warned(&publish("@approvers(\"role:admin\")", "principal"), &admins), []);
}

#[test]
fn a_warning_is_kept_in_an_event_and_read_back() {
    for warning in warned(EXAMPLE, &[]) {
        let kept = serde_json::to_string(&warning).unwrap();
        assert_eq!(serde_json::from_str::<Warning>(&kept).unwrap(), warning);
    }
}

#[test]
fn that_nobody_could_ask_for_anything_any_more_is_said_however_the_rules_come_to_that() {
    let admins = [admin("ada"), admin("zoe"), admin("yan")];
    let everything = "@id(\"no\") forbid (principal, action, resource);";
    let read = "@id(\"read\") @auto permit (principal, action == Action::\"read\", resource);";
    let publish =
        "@approvers(\"role:admin\") permit (principal, action == Action::\"publish_rules\", resource);";
    for nothing in [
        everything.to_owned(),
        format!("{read}{everything}"),
        publish.to_owned(),
        format!("{publish}{everything}"),
        format!("{read}@id(\"no\") forbid (principal, action == Action::\"read\", resource);"),
        // All who are here are approvers.
        format!("{read}@id(\"no\") forbid (principal in Group::\"approvers\", action, resource);"),
    ] {
        assert!(warned(&nothing, &admins).contains(&Warning::AllowsNothing), "{nothing}");
    }
    for something in [
        EXAMPLE.to_owned(),
        read.to_owned(),
        format!("{read}{publish}"),
        format!("{read}@id(\"no\") forbid (principal, action == Action::\"write\", resource);"),
        format!("{read}@id(\"no\") forbid (principal in Group::\"interns\", action, resource);"),
        format!("{read}@id(\"no\") forbid (principal, action, resource) when {{ context.has_ticket }};"),
    ] {
        assert!(!warned(&something, &admins).contains(&Warning::AllowsNothing), "{something}");
    }
}

#[test]
fn who_could_ask_before_and_not_after_is_named() {
    let people = tenant(&[admin("ada"), admin("zoe"), person("erin", &[])]);
    let rules = |text: &str| RuleSet::compile(1, text).unwrap();
    let all = "@auto permit (principal, action, resource);";
    let shut = |before: &str, after: &str| shut_out(&rules(before), &rules(after), &people);
    let named =
        |names: &[&str]| Some(Warning::ShutsOut { people: names.iter().map(|name| id(name)).collect() });
    let approvers = "@auto permit (principal in Group::\"approvers\", action, resource);";
    assert_eq!(shut(all, approvers), named(&["erin"]));
    let forbids = |whom: &str| format!("{all}@id(\"no\") forbid ({whom}, action, resource);");
    assert_eq!(shut(all, &forbids("principal in Group::\"approvers\"")), named(&["ada", "zoe"]));
    assert_eq!(shut(all, &forbids("principal == Person::\"erin\"")), named(&["erin"]));
    // That nobody can is another thing, and who could not before loses nothing.
    assert_eq!(shut(all, &forbids("principal")), None);
    assert_eq!(shut(approvers, approvers), None);
    assert_eq!(shut(approvers, all), None);
}
