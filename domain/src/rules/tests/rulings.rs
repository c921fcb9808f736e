//! Who may ask, and what several policies say together.

use super::*;
use crate::access::Permission::{Admin, Read, Write};
use crate::rules::{Approvers, OnLeave, Shortfall};

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
    let for_nia = Sought { subject: Somebody::Person(&nia), ..sought(&ada, Write, "x") };
    assert_eq!(terms(rules.rule(&for_nia.question())).policies, ["subject"]);
    let short = Sought { minutes: Some(60), ticket: Some("OPS-1"), ..sought(&nia, Read, "a\"b") };
    assert_eq!(terms(rules.rule(&short.question())).policies, ["short"]);
    refusal(rules.rule(&Sought { minutes: Some(u64::MAX), ..short }.question()));
    refusal(rules.rule(&Sought { ticket: None, ..short }.question()));
}

#[test]
fn a_person_may_be_named_as_their_own_subject() {
    let text = "@auto permit (principal, action, resource) when { context.for_self };";
    let erin = person("erin", &["a"]);
    let again = person("erin", &["b"]);
    let asked = Sought { subject: Somebody::Person(&again), ..sought(&erin, Read, "x") };
    assert!(terms(given(text).rule(&asked.question())).auto);
}

#[test]
fn trust_a2_somebody_unknown_is_nobody_that_a_rule_speaks_of() {
    let text = r#"
        @id("self") @auto permit (principal, action == Action::"read", resource) when { context.for_self };
        @id("team") @auto permit (principal, action == Action::"write", resource)
        when { context.subject in Group::"platform" || context.subject == principal };
        @id("named") @auto permit (principal, action == Action::"admin", resource)
        when { context.subject == Person::"mallory" || context.subject.kind == "person" || context.subject.roles.contains("admin") };
        @id("anybody") @quorum("1") @approvers("group:platform") permit (principal, action, resource == Repository::"open")
        when { context.subject.kind == "unknown" };
    "#;
    let rules = given(text);
    let mut erin = person("erin", &["platform"]);
    erin.roles.insert(crate::tenant::Role::Admin);
    for permission in Permission::ALL {
        assert!(terms(rules.rule(&question(&erin, permission, "x"))).auto, "{permission}");
        for account in ["mallory", "erin", "712020:erin", ""] {
            let asked = Sought { subject: Somebody::Unknown(account), ..sought(&erin, permission, "x") };
            refusal(rules.rule(&asked.question()));
            let open = Sought { repository: "open", ..asked };
            assert_eq!(terms(rules.rule(&open.question())).policies, ["anybody"]);
        }
    }
}

#[test]
fn a_rule_that_cannot_be_evaluated_forbids() {
    let text = r#"@auto permit (principal, action, resource);
        @id("overflow") forbid (principal, action, resource)
        when { context has minutes && context.minutes + 1 > 600 };"#;
    let erin = person("erin", &[]);
    let rules = given(text);
    let asked = Sought { minutes: Some(u64::MAX), ..sought(&erin, Read, "x") };
    let refused = refusal(rules.rule(&asked.question()));
    assert_eq!(refused.policies, ["overflow"]);
    assert_eq!(refused.messages, ["The rule `overflow` could not be evaluated."]);
    assert!(terms(rules.rule(&Sought { minutes: Some(5), ..asked }.question())).auto);
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
fn trust_c2_a_pattern_for_tickets_is_told_by_an_example() {
    for (pattern, example) in [
        ("^[A-Z][A-Z0-9]+-[0-9]+$", Some("OPS-17")),
        ("OPS-\\d+", Some("OPS-17")),
        ("^(PAY|SEC)-[0-9]+$", Some("PAY-17")),
        ("^SEC-[0-9]{4}$", Some("SEC-1234")),
        ("^[a-z]+-[0-9]+$", Some("ops-17")),
        ("^CHG[0-9]{7}$", None),
        ("(", None),
    ] {
        assert_eq!(crate::rules::ticket_example(pattern).as_deref(), example, "{pattern}");
    }
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

#[test]
fn what_a_rule_says_beside_its_condition_stands_in_the_terms() {
    let text = r#"
        @id("all") @approvers("group:a") @remind_after("2 hours") @on_leave("keep 7 days") @while_member @step_up("true")
        @reaction("false") @ticket("^OPS-") @ticket_status("To Do, In Progress")
        permit (principal, action, resource == Repository::"infra");
        @approvers("group:a") @on_leave("end") @while_member("false") permit (principal, action, resource == Repository::"web");
    "#;
    let (erin, rules) = (person("erin", &[]), given(text));
    let infra = rules.rule(&question(&erin, Read, "infra"));
    let kept = serde_json::to_string(&infra).unwrap();
    assert_eq!(serde_json::from_str::<Ruling>(&kept).unwrap(), infra);
    assert_eq!(infra.version(), 3);
    let infra = terms(infra);
    assert_eq!(infra.remind_after_minutes, Some(120));
    assert_eq!(infra.on_leave, OnLeave::Keep { minutes: 7 * 1440 });
    assert_eq!(infra.while_member, ["all"]);
    assert_eq!((infra.step_up, infra.reaction), (true, false));
    assert_eq!(infra.ticket_status, [["To Do", "In Progress"]]);
    assert_eq!(infra.status_shortfalls("OPS-1", " in progress"), []);
    let (ticket, wanted) = ("OPS-1".to_owned(), vec!["To Do".to_owned(), "In Progress".to_owned()]);
    assert_eq!(infra.status_shortfalls("OPS-1", "Done"), [Shortfall::TicketStatus { ticket, wanted }]);
    let web = terms(rules.rule(&question(&erin, Read, "web")));
    assert_eq!((web.on_leave, web.while_member), (OnLeave::End, vec![]));
    assert_eq!(refusal(rules.rule(&question(&erin, Read, "x"))).version, 3);
}

#[test]
fn a_rule_set_knows_its_version_and_its_text() {
    let rules = given(TWO);
    assert_eq!((rules.version(), rules.text()), (3, TWO));
    let both = terms(rules.rule(&question(&person("erin", &[]), Write, "payments-api")));
    assert_eq!(both.approver_names(), ["the group platform or ada", "the group security"]);
}

#[test]
fn as_long_as_the_rules_allow_is_not_too_long() {
    let week = terms(given(TWO).rule(&question(&person("erin", &[]), Read, "web")));
    assert_eq!(week.shortfalls(Some(7 * 1440), None), []);
    assert_eq!(week.shortfalls(Some(7 * 1440 + 1), None).len(), 1);
}
