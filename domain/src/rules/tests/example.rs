//! The rule set that a new tenant starts with, and that the demo uses.

use super::*;
use crate::rules::{EXAMPLE, Shortfall};

const DAY: u64 = 24 * 60;

#[test]
fn reading_the_web_shop_passes_alone() {
    let erin = person("erin", &[]);
    let terms = terms(given(EXAMPLE).rule(&question(&erin, Permission::Read, "web-shop")));
    assert!(terms.auto);
    assert_eq!((terms.quorum, terms.policies), (0, vec!["read-web-shop".to_owned()]));
    assert!(terms.ticket.is_empty());
}

#[test]
fn reading_elsewhere_needs_one_countersignature_and_no_ticket() {
    let erin = person("erin", &[]);
    let terms = terms(given(EXAMPLE).rule(&question(&erin, Permission::Read, "infra")));
    assert_eq!((terms.auto, terms.quorum), (false, 1));
    assert_eq!(terms.shortfalls(Some(7 * DAY), None), []);
    assert!(terms.may_countersign(&person("abel", &["approvers"])));
    assert!(!terms.may_countersign(&erin));
}

#[test]
fn writing_needs_one_countersignature_and_administering_two() {
    let erin = person("erin", &[]);
    let rules = given(EXAMPLE);
    assert_eq!(terms(rules.rule(&question(&erin, Permission::Write, "web-shop"))).quorum, 1);
    assert_eq!(terms(rules.rule(&question(&erin, Permission::Admin, "web-shop"))).quorum, 2);
}

#[test]
fn everything_above_read_needs_a_ticket_and_lasts_a_week_at_most() {
    let erin = person("erin", &[]);
    let pattern = "^[A-Z][A-Z0-9]+-[0-9]+$".to_owned();
    for permission in [Permission::Write, Permission::Admin] {
        let terms = terms(given(EXAMPLE).rule(&question(&erin, permission, "payments-api")));
        assert_eq!(terms.shortfalls(Some(2 * DAY), Some("OPS-17")), []);
        assert_eq!(
            terms.shortfalls(Some(8 * DAY), None),
            [
                Shortfall::TooLong { asked: 8 * DAY, max: 7 * DAY },
                Shortfall::TicketMissing { pattern: pattern.clone() },
            ]
        );
        assert_eq!(
            terms.shortfalls(None, Some("ops-17")),
            [
                Shortfall::DurationMissing { max: 7 * DAY },
                Shortfall::TicketMismatch { ticket: "ops-17".into(), pattern: pattern.clone() },
            ]
        );
    }
}

#[test]
fn trust_c5_the_example_shows_a_reaction_a_step_up_and_a_denial() {
    let erin = person("erin", &[]);
    let rules = given(EXAMPLE);
    let ask = |permission, repository| rules.rule(&question(&erin, permission, repository));
    assert!(terms(ask(Permission::Read, "infra")).reaction);
    assert!(
        !terms(ask(Permission::Write, "infra")).reaction,
        "what changes something wants more than a reaction"
    );
    let admin = terms(ask(Permission::Admin, "web-shop"));
    assert!(admin.step_up && admin.quorum == 2, "{admin:?}");
    assert!(!terms(ask(Permission::Admin, "infra")).step_up);
    let Ruling::Forbidden(refusal) = ask(Permission::Write, "archive") else { panic!("it is allowed") };
    assert_eq!(refusal.policies, ["archive-stays"]);
    assert!(matches!(ask(Permission::Read, "archive"), Ruling::Allowed(_)));
}

#[test]
fn an_agent_may_ask_but_not_countersign() {
    let bot = agent("deploy-bot", &["approvers"]);
    let terms = terms(given(EXAMPLE).rule(&question(&bot, Permission::Write, "payments-api")));
    assert!(!terms.may_countersign(&bot));
}

#[test]
fn a_shortfall_is_said_in_words() {
    let erin = person("erin", &[]);
    let terms = terms(given(EXAMPLE).rule(&question(&erin, Permission::Write, "infra")));
    let said: Vec<_> = terms.shortfalls(Some(8 * DAY), Some("x\n")).iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(said.join("\n"), @r#"
    8 days is too long: the rules allow at most 7 days
    the ticket key "x\n" does not match `^[A-Z][A-Z0-9]+-[0-9]+$`
    "#);
}
