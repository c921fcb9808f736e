//! Who may ask, and what several policies say together.

use super::*;
use crate::access::Permission::{Admin, Read, Write};
use crate::rules::Approvers;

const TWO: &str = r#"
    @id("anyone") @approvers("group:platform, person:ada") @max_duration("7d") @reaction
    @message("Ask early.") @escalate_after("4h") @escalate_to("group:leads")
    permit (principal, action, resource);
    @id("payments") @approvers("group:security") @quorum("2") @max_duration("1 day") @step_up @ticket("^PAY-")
    @escalate_after("1h") @escalate_to("person:ada")
    permit (principal, action in Action::"above_read", resource) when { resource.name like "payments-*" };
"#;

#[test]
fn of_several_policies_the_strictest_term_of_each_counts() {
    let erin = person("erin", &[]);
    let both = terms(given(TWO).rule(&question(&erin, Write, "payments-api")));
    insta::assert_json_snapshot!(both, @r#"
    {
      "version": 3,
      "policies": [
        "anyone",
        "payments"
      ],
      "auto": false,
      "quorum": 2,
      "approvers": [
        [
          "group:platform",
          "person:ada"
        ],
        [
          "group:security"
        ]
      ],
      "max_minutes": 1440,
      "escalate_after_minutes": 60,
      "escalate_to": [
        "group:leads",
        "person:ada"
      ],
      "approvers_when_escalated": [
        [
          "group:platform",
          "person:ada"
        ],
        [
          "group:security",
          "person:ada"
        ]
      ],
      "reaction": false,
      "step_up": true,
      "ticket": [
        "^PAY-"
      ],
      "messages": [
        "Ask early."
      ]
    }
    "#);
    let one = terms(given(TWO).rule(&question(&erin, Read, "payments-api")));
    assert_eq!((one.quorum, one.reaction, one.step_up, one.max_minutes), (1, true, false, Some(7 * 1440)));
}

#[test]
fn a_countersigner_must_fit_every_policys_approvers() {
    let erin = person("erin", &[]);
    let both = terms(given(TWO).rule(&question(&erin, Write, "payments-api")));
    assert!(both.may_countersign(&person("ada", &["security"])));
    assert!(both.may_countersign(&person("bo", &["platform", "security"])));
    assert!(!both.may_countersign(&person("ada", &["platform"])));
    assert!(!both.may_countersign(&person("bo", &["security"])));
    assert!(!both.may_countersign(&agent("ada", &["platform", "security"])));
    assert!(!both.may_countersign(&person("platform", &["ada"])));
}

#[test]
fn a_policy_that_escalates_does_not_open_the_door_of_another() {
    let erin = person("erin", &[]);
    // After an hour only the rule of payments escalates, to ada; the platform's rule would after four.
    let both = terms(given(TWO).rule(&question(&erin, Write, "payments-api")));
    assert!(both.may_countersign_when_escalated(&person("ada", &[])));
    assert!(!both.may_countersign_when_escalated(&person("lea", &["leads"])));
    assert!(!both.may_countersign_when_escalated(&person("lea", &["leads", "security"])));
    assert!(!both.may_countersign_when_escalated(&agent("ada", &[])));
    let one = terms(given(TWO).rule(&question(&erin, Read, "payments-api")));
    assert!(one.may_countersign_when_escalated(&person("lea", &["leads"])));
}

#[test]
fn terms_without_approvers_are_countersigned_by_nobody() {
    let rules = given("@auto permit (principal, action, resource);");
    let erin = person("erin", &[]);
    assert!(!terms(rules.rule(&question(&erin, Read, "infra"))).may_countersign(&person("ada", &["x"])));
}

#[test]
fn auto_counts_only_when_all_say_so() {
    let text = r#"@auto permit (principal, action, resource);
        @approvers("group:a") permit (principal, action == Action::"admin", resource);"#;
    let erin = person("erin", &[]);
    let read = terms(given(text).rule(&question(&erin, Read, "infra")));
    assert_eq!((read.auto, read.quorum, read.policies), (true, 0, vec!["policy0".to_owned()]));
    let admin = terms(given(text).rule(&question(&erin, Admin, "infra")));
    assert_eq!((admin.auto, admin.quorum), (false, 1));
    assert_eq!(admin.policies, ["policy0", "policy1"]);
}

#[test]
fn forbid_wins_and_says_why() {
    let text = r#"@auto permit (principal, action, resource);
        @id("no-agents") @message("Agents only read.")
        forbid (principal, action in Action::"above_read", resource) when { principal.kind == "agent" };
        @id("frozen") @message("Frozen until Monday.") forbid (principal, action, resource == Repository::"infra");"#;
    let rules = given(text);
    let (erin, bot) = (person("erin", &[]), agent("bot", &[]));
    assert!(terms(rules.rule(&question(&bot, Read, "web"))).auto);
    assert!(terms(rules.rule(&question(&erin, Write, "web"))).auto);
    let refused = refusal(rules.rule(&question(&bot, Write, "infra")));
    assert_eq!(refused.version, 3);
    assert_eq!(refused.policies, ["no-agents", "frozen"]);
    assert_eq!(refused.messages, ["Agents only read.", "Frozen until Monday."]);
}

/// Rules that say nothing of what is asked for.
const ELSEWHERE: &str = r#"@auto permit (principal, action, resource == Repository::"elsewhere");"#;

#[test]
fn what_no_rule_allows_is_forbidden_by_no_policy() {
    let refused = refusal(given(ELSEWHERE).rule(&question(&person("erin", &[]), Read, "infra")));
    assert_eq!((refused.policies, refused.messages), (Vec::new(), Vec::new()));
}

#[test]
fn rules_know_groups_roles_subject_duration_and_ticket() {
    let text = r#"
        @id("group") @auto permit (principal in Group::"platform", action == Action::"read", resource);
        @id("role") @auto permit (principal, action == Action::"admin", resource) when { principal.roles.contains("admin") };
        @id("subject") @auto permit (principal, action == Action::"write", resource)
        when { !context.for_self && context.subject in Group::"new" };
        @id("short") @auto permit (principal, action, resource == Repository::"a\"b")
        when { context has minutes && context.minutes <= 60 && context has ticket && context.ticket like "OPS-*" };
    "#;
    let rules = given(text);
    let (erin, nia) = (person("erin", &["platform"]), person("nia", &["new"]));
    let mut ada = person("ada", &[]);
    ada.roles.insert(crate::tenant::Role::Admin);
    assert_eq!(terms(rules.rule(&question(&erin, Read, "x"))).policies, ["group"]);
    assert_eq!(terms(rules.rule(&question(&ada, Admin, "x"))).policies, ["role"]);
    refusal(rules.rule(&question(&nia, Write, "x")));
    let for_nia = Question { subject: Some(&nia), ..question(&ada, Write, "x") };
    assert_eq!(terms(rules.rule(&for_nia)).policies, ["subject"]);
    let short = Question { minutes: Some(60), ticket: Some("OPS-1"), ..question(&nia, Read, "a\"b") };
    assert_eq!(terms(rules.rule(&short)).policies, ["short"]);
    refusal(rules.rule(&Question { minutes: Some(u64::MAX), ..short }));
    refusal(rules.rule(&Question { ticket: None, ..short }));
}

#[test]
fn a_person_may_be_named_as_their_own_subject() {
    let text = "@auto permit (principal, action, resource) when { context.for_self };";
    let erin = person("erin", &["a"]);
    let again = person("erin", &["b"]);
    let asked = Question { subject: Some(&again), ..question(&erin, Read, "x") };
    assert!(terms(given(text).rule(&asked)).auto);
}

#[test]
fn a_rule_that_cannot_be_evaluated_forbids() {
    let text = r#"@auto permit (principal, action, resource);
        @id("overflow") forbid (principal, action, resource)
        when { context has minutes && context.minutes + 1 > 600 };"#;
    let erin = person("erin", &[]);
    let rules = given(text);
    let asked = Question { minutes: Some(u64::MAX), ..question(&erin, Read, "x") };
    let refused = refusal(rules.rule(&asked));
    assert_eq!(refused.policies, ["overflow"]);
    assert_eq!(refused.messages, ["The rule `overflow` could not be evaluated."]);
    assert!(terms(rules.rule(&Question { minutes: Some(5), ..asked })).auto);
}

#[test]
fn a_ruling_is_kept_in_an_event_and_read_back() {
    let erin = person("erin", &[]);
    let rules = given(TWO);
    for ruling in [
        rules.rule(&question(&erin, Write, "payments-api")),
        given(ELSEWHERE).rule(&question(&erin, Read, "x")),
    ] {
        let kept = serde_json::to_string(&ruling).unwrap();
        assert_eq!(serde_json::from_str::<Ruling>(&kept).unwrap(), ruling);
    }
    let refused = given(ELSEWHERE).rule(&question(&erin, Read, "x"));
    insta::assert_snapshot!(serde_json::to_string(&refused).unwrap(), @r#"{"forbidden":{"version":3,"policies":[],"messages":[]}}"#);
    let approvers: Approvers = serde_json::from_str(r#"["group:a"]"#).unwrap();
    assert!(approvers.include(&person("erin", &["a"])));
}

#[test]
fn trust_a10_a_total_and_a_reason_are_of_the_strictest_rule_and_leave_no_trace_where_no_rule_names_them() {
    let erin = person("erin", &[]);
    let text = r#"
        @id("all") @auto @max_total("10 days") permit (principal, action, resource);
        @id("above") @auto @max_total("2 days") @reason("required")
        permit (principal, action in Action::"above_read", resource);
        @id("other") @auto @reason("optional") permit (principal, action, resource);
    "#;
    let ask = |permission| terms(given(text).rule(&question(&erin, permission, "infra")));
    let (read, write) = (ask(Read), ask(Write));
    assert_eq!((read.max_total_minutes, read.reason_required), (Some(14_400), false));
    assert_eq!((write.max_total_minutes, write.reason_required), (Some(2880), true));
    let plain = terms(given(TWO).rule(&question(&erin, Read, "infra")));
    let json = serde_json::to_string(&plain).unwrap();
    assert!(
        !json.contains("max_total") && !json.contains("reason"),
        "older digests stay as they were: {json}"
    );
}
