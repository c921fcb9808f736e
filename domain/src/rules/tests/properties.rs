//! What holds for all rule sets: more rules are never looser, forbid always wins, no text makes the compiler panic.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// One permit that fits every question, with any annotations.
fn permit() -> impl Strategy<Value = String> {
    let countersigned = (
        vec(prop::sample::select(vec!["group:a", "group:b", "person:ada"]), 1..3),
        prop::option::of(1_u32..5),
        any::<[bool; 2]>(),
        prop::option::of((1_u64..4, prop::sample::select(vec!["group:b", "person:bo"]))),
    )
        .prop_map(|(approvers, quorum, [reaction, step_up], escalate)| {
            let mut text = format!("@approvers(\"{}\") ", approvers.join(","));
            text += &quorum.map(|number| format!("@quorum(\"{number}\") ")).unwrap_or_default();
            text += if reaction { "@reaction " } else { "" };
            text += if step_up { "@step_up @remind_after(\"4m\") " } else { "@remind_after(\"7m\") " };
            text += &escalate
                .map(|(minutes, to)| format!("@escalate_after(\"{minutes}m\") @escalate_to(\"{to}\") "))
                .unwrap_or_default();
            text
        });
    let kind = prop_oneof![Just("@auto ".to_owned()), countersigned];
    let ticket = prop::option::of(prop::sample::select(vec!["^OPS-", "7$", "."]));
    (kind, prop::option::of(1_u64..10_000), ticket, demands()).prop_map(
        |(mut text, minutes, ticket, more)| {
            text += &minutes.map(|minutes| format!("@max_duration(\"{minutes}m\") ")).unwrap_or_default();
            text += &ticket.map(|pattern| format!("@ticket(\"{pattern}\") ")).unwrap_or_default();
            text += &more;
            text + "permit (principal, action, resource);\n"
        },
    )
}

/// What a permit may demand, whoever countersigns it.
fn demands() -> impl Strategy<Value = String> {
    let one_of = |texts: &[&'static str]| prop::sample::select(texts.to_vec());
    (
        one_of(&["", "@reason(\"required\") "]),
        one_of(&["", "@max_total(\"3m\") ", "@max_total(\"5m\") "]),
        one_of(&["", "@on_leave(\"keep 2m\") ", "@on_leave(\"keep 3m\") "]),
        one_of(&["", "@while_member "]),
        one_of(&["", "@message(\"one\") ", "@message(\"two\") "]),
    )
        .prop_map(|(reason, total, leave, member, message)| [reason, total, leave, member, message].concat())
}

/// These policies under names of their own.
fn named(prefix: &str, policies: &[String]) -> String {
    let named = policies.iter().enumerate().map(|(n, policy)| format!("@id(\"{prefix}{n}\") {policy}"));
    named.collect::<Vec<_>>().concat()
}

fn ask(text: &str) -> Ruling {
    given(text).rule(&question(&person("erin", &[]), Permission::Write, "infra"))
}

/// The smaller of two limits, where none is no limit.
fn at_most(limit: Option<u64>) -> u64 {
    limit.unwrap_or(u64::MAX)
}

/// Whether this person may countersign when it has waited this long.
fn countersigns(terms: &Terms, person: &Person, waited: u64) -> bool {
    let escalated = terms.escalate_after_minutes.is_some_and(|after| after <= waited);
    terms.may_countersign(person) || (escalated && terms.may_countersign_when_escalated(person))
}

/// Text that looks like rules, so that the fuzzing reaches past the first token.
fn rulish() -> impl Strategy<Value = String> {
    let pieces = [
        "permit",
        "forbid",
        "(",
        ")",
        "principal",
        ", action",
        ", resource",
        " when ",
        "{",
        "}",
        ";",
        "@",
        "id",
        "auto",
        "(\"x\")",
        "\"",
        "\\",
        "//",
        "\n",
        "\r",
        " == ",
        "&&",
        "if ",
        " then ",
        " else ",
        "[",
        "]",
        "context.",
        "minutes",
        "?principal",
        "é",
        "\u{202e}",
        "Group::\"a\"",
        " in ",
        "-",
        "!",
        "9223372036854775808",
        " has ",
    ];
    vec(prop::sample::select(pieces.to_vec()), 0..60).prop_map(|pieces| pieces.concat())
}

#[test]
fn the_longest_policies_there_may_be_do_not_use_up_the_stack() {
    let deep = |open: &str, close: &str| format!("{}true{}", open.repeat(31), close.repeat(31));
    for condition in [
        "true && ".repeat(650) + "true",
        "true || ".repeat(650) + "true",
        "1 + ".repeat(2000) + "1 == 1",
        "if true then 1 else ".repeat(240) + "1 == 1",
        "principal".to_owned() + &".a".repeat(2000),
        "context.subject".to_owned() + &" has a".repeat(1000),
        "- ".repeat(4000) + "1 == 1",
        "!".repeat(4000) + "true",
        deep("(", ")"),
        deep("[", "]"),
        deep("(if true then true else true && (", "))"),
        deep("{a: ", "}"),
    ] {
        let text = format!("@auto permit (principal, action, resource) when {{ {condition} }};");
        if let Ok(rules) = RuleSet::compile(1, &text) {
            rules.rule(&question(&person("erin", &[]), Permission::Read, "infra"));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn another_permit_never_loosens(
        policies in vec(permit(), 1..5),
        more in permit(),
        minutes in prop::option::of(1_u64..12_000),
        ticket in prop::option::of(prop::sample::select(vec!["OPS-17", "OPS-18", "X-7", ""])),
        groups in vec(prop::sample::select(vec!["a", "b"]), 0..3),
        id in prop::sample::select(vec!["ada", "bo"]),
    ) {
        let text = policies.concat();
        let before = terms(ask(&text));
        let after = terms(ask(&(text + &more)));
        let signer = person(id, &groups);
        prop_assert!(before.auto || !after.auto);
        prop_assert!(after.quorum >= before.quorum);
        prop_assert!(after.auto == (after.quorum == 0));
        prop_assert!(at_most(after.max_minutes) <= at_most(before.max_minutes));
        prop_assert!(at_most(after.escalate_after_minutes) <= at_most(before.escalate_after_minutes));
        prop_assert!(before.reaction || !after.reaction);
        prop_assert!(after.step_up || !before.step_up);
        prop_assert!(before.auto || before.may_countersign(&signer) || !after.may_countersign(&signer));
        for waited in 0..5 {
            let (may, might) = (countersigns(&before, &signer, waited), countersigns(&after, &signer, waited));
            prop_assert!(before.auto || may || !might, "after {waited} minutes");
        }
        let shortfalls = (before.shortfalls(minutes, ticket).len(), after.shortfalls(minutes, ticket).len());
        prop_assert!(shortfalls.0 <= shortfalls.1, "{shortfalls:?}");
    }

    #[test]
    fn the_terms_of_two_questions_together_are_those_of_all_their_rules(
        one in vec(permit(), 1..4),
        other in vec(permit(), 1..4),
    ) {
        let (one, other) = (named("one", &one), named("other", &other));
        let all = terms(ask(&format!("{one}{other}")));
        prop_assert_eq!(terms(ask(&one)).and(terms(ask(&other))), all);
    }

    #[test]
    fn a_forbid_that_fits_always_forbids(policies in vec(permit(), 0..5), place in any::<prop::sample::Index>()) {
        let mut policies = policies;
        let forbid = "@id(\"stop\") forbid (principal, action, resource == Repository::\"infra\");\n";
        policies.insert(place.index(policies.len() + 1), forbid.to_owned());
        prop_assert_eq!(refusal(ask(&policies.concat())).policies, ["stop"]);
    }

    #[test]
    fn the_order_of_the_text_changes_only_the_order_of_the_answer(policies in vec(permit(), 2..5)) {
        let reversed: Vec<_> = policies.iter().rev().cloned().collect();
        let (one, other) = (terms(ask(&policies.concat())), terms(ask(&reversed.concat())));
        prop_assert_eq!((one.auto, one.quorum, one.max_minutes), (other.auto, other.quorum, other.max_minutes));
        prop_assert_eq!((one.reaction, one.step_up), (other.reaction, other.step_up));
    }

    #[test]
    fn a_syntax_error_on_line_n_is_reported_with_line_n(before in 0_usize..20, after in 0_usize..20) {
        let good = "@auto permit (principal, action, resource);\n";
        let text = format!("{}@auto permit (principal, action, );\n{}", good.repeat(before), good.repeat(after));
        let faults = RuleSet::compile(1, &text).unwrap_err();
        prop_assert_eq!(faults.0[0].line, before + 1, "{}", faults);
    }

    #[test]
    fn no_text_makes_the_compiler_panic(text in prop_oneof![any::<String>(), rulish()]) {
        let lines = text.matches('\n').count() + 1;
        if let Err(faults) = RuleSet::compile(1, &text) {
            prop_assert!((1..=50).contains(&faults.0.len()));
            for fault in faults.0 {
                prop_assert!((1..=lines).contains(&fault.line) && fault.column >= 1, "{fault}");
            }
        }
    }
}
