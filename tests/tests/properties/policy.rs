//! What the rules refuse is said with the rule (10).

use countersign_domain::access::{AccessCommand, AccessRequest, Fault, Permission, Sought};
use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::capabilities;
use countersign_domain::denied::Violation;
use countersign_domain::rules::{RuleSet, Somebody};
use countersign_tests::acting::form;
use proptest::prelude::*;

use crate::support::{cases, findings, noon, permission, person, read};

/// A `forbid`: for which permission, on which repository, and what it says.
type Forbid = (Option<Permission>, Option<&'static str>, Option<String>);

fn forbids() -> impl Strategy<Value = Vec<Forbid>> {
    let repository = prop::option::of(prop::sample::select(vec!["infra", "web-shop"]));
    let message = prop::option::of("[A-Z][a-z]{2,10}( [a-z]{2,8}){0,4}");
    prop::collection::vec((prop::option::of(permission()), repository, message), 0..4)
}

fn cedar(permits: bool, forbids: &[Forbid]) -> String {
    let mut text = "@auto\npermit (principal, action, resource == Repository::\"elsewhere\");\n".to_owned();
    if permits {
        text.push_str(
            "@id(\"open\")\n@approvers(\"group:approvers\")\n@quorum(\"1\")\n@max_duration(\"3 days\")\n\
             @ticket(\"^OPS-[0-9]+$\")\npermit (principal, action, resource);\n",
        );
    }
    for (index, (permission, repository, message)) in forbids.iter().enumerate() {
        let message = message.as_ref().map_or_else(String::new, |text| format!("@message(\"{text}\")\n"));
        let action = permission
            .map_or_else(|| "action".to_owned(), |permission| format!("action == Action::\"{permission}\""));
        let resource = repository
            .map_or_else(|| "resource".to_owned(), |name| format!("resource == Repository::\"{name}\""));
        text.extend([format!("@id(\"no-{index}\")\n{message}forbid (principal, {action}, {resource});\n")]);
    }
    text
}

fn denial(form: &countersign_domain::access::Form, rules: &RuleSet) -> Option<Vec<Violation>> {
    let asked = read(form);
    let erin = person("erin", &[], &[]);
    let sought = Sought {
        asker: &erin,
        subject: Somebody::Person(&erin),
        permission: asked.permission?,
        repository: asked.repository.as_deref()?,
        minutes: asked.minutes,
        ticket: asked.ticket.as_deref(),
    };
    let ruling = rules.rule(&sought.question());
    let findings = Box::new(findings(&asked, true, true, true));
    let mut state = AccessRequest::default();
    for command in [
        AccessCommand::Ask(Box::new(asked)),
        AccessCommand::Check { findings, ruling: Some(ruling), past: vec![] },
    ] {
        for event in state.decide(command, noon()).expect("a check is never refused") {
            state.evolve(&event, noon());
        }
    }
    state.denial.map(|denial| denial.violations)
}

proptest! {
    #![proptest_config(cases())]

    /// A request that breaks the rules is told every rule it breaks, by the policy's name and in the policy's own words.
    #[test]
    fn a10_security_policy_violation_reporting(
        permits in prop::bool::weighted(0.9), forbids in forbids(), permission in permission(),
        repository in prop::sample::select(vec!["infra", "web-shop", "payments-api"]),
        days in 1_u32..6, ticket in prop::sample::select(vec!["OPS-17", "SHOP-3", ""]),
    ) {
        let rules = RuleSet::compile(1, &cedar(permits, &forbids)).expect("rules without a fault");
        let asked = form(permission.as_str(), repository, &format!("{days} days"), ticket);
        let broken: Vec<usize> = forbids.iter().enumerate().filter(|(_, (of, on, _))| {
            of.is_none_or(|of| of == permission) && on.is_none_or(|on| on == repository)
        }).map(|(index, _)| index).collect();
        let mut expected = Vec::new();
        if !broken.is_empty() {
            expected.push(Violation::ForbiddenByRule {
                policies: broken.iter().map(|index| format!("no-{index}")).collect(),
                messages: broken.iter().filter_map(|index| forbids[*index].2.clone()).collect(),
            });
        } else if permits {
            let pattern = "^OPS-[0-9]+$".to_owned();
            if days > 3 {
                expected.push(Fault::DurationTooLong { asked: u64::from(days) * 1440, max: 3 * 1440 }.into());
            }
            match ticket {
                "" => expected.push(Fault::TicketRequired { pattern }.into()),
                "SHOP-3" => expected.push(Fault::TicketMismatch { ticket: ticket.to_owned(), pattern }.into()),
                _ => {}
            }
        } else {
            expected.push(Fault::NoRuleAllows { permission, repository: repository.to_owned() }.into());
        }
        let found = denial(&asked, &rules).unwrap_or_default();
        prop_assert_eq!(&found, &expected);
        let told = found.iter().map(capabilities::violation).collect::<Vec<_>>().join("\n");
        for index in broken {
            prop_assert!(told.contains(&format!("no-{index}")), "{}", told);
            let message = forbids[index].2.as_deref().unwrap_or_default();
            prop_assert!(told.contains(message), "{} does not say {}", told, message);
        }
    }
}
