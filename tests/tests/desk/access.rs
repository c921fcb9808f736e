//! The life of an access, from the asking to its end, over real HTTP.

use countersign_domain::request::Code;
use countersign_tests::stage::{Stage, words};
use countersign_tests::vendors::Vendor as _;
use jiff::SignedDuration;

const EMPLOYEE: &str = "demo-employee";
const APPROVER: &str = "demo-approver";
const APPROVER2: &str = "demo-approver2";
const ADMIN: &str = "demo-admin";
const WRITE: &str = "access write on payments-api for 2 days ticket OPS-17 because rollout";

fn code(card: &countersign_domain::card::Card) -> String {
    card.code.as_ref().map_or_else(|| panic!("no code on {card:#?}"), Code::to_string)
}

/// An access to write on payments-api that was granted to the employee for two days.
async fn granted(stage: &Stage) -> String {
    let code = code(&stage.says(EMPLOYEE, WRITE).await);
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "active");
    code
}

#[tokio::test]
async fn an_employee_asks_an_approver_countersigns_and_the_access_ends_by_itself() {
    let stage = Stage::new().await;
    let asked = stage.says(EMPLOYEE, WRITE).await;
    insta::assert_snapshot!(words(&asked), @r"
    DWPKKJ: Erin Employee asks for write on payments-api for 2 days
    Why: “rollout”
    Ticket: OPS-17 “Roll out the new payment flow” (To Do) http://jira/browse/OPS-17
    Holds already: nothing; this makes it write
    Status: waiting, 0 of 1 countersigned
    May countersign: Olga Operator, Ada Approver and Ben Approver (the group approvers)
    Waits until: 2026-03-05 09:00 UTC
    Asked on: 2026-03-02 09:00 UTC
    Rule: write, version 1 of the rules: “Writing needs a ticket and one countersignature, for 7 days at most.”
    Receipt: …
    You can say: withdraw DWPKKJ
    ");
    assert_eq!(stage.ticket("OPS-17").0, "To Do", "it is work, which goes its own way");
    assert_eq!(stage.held(EMPLOYEE, "payments-api"), None);

    let approved = stage.says(APPROVER, &format!("approve {}", code(&asked))).await;
    insta::assert_snapshot!(words(&approved), @r"
    DWPKKJ: Erin Employee has write on payments-api
    Why: “rollout”
    Ticket: OPS-17 “Roll out the new payment flow” (To Do) http://jira/browse/OPS-17
    Held before: nothing
    Status: active
    Countersigned by: Ada Approver
    Asked on: 2026-03-02 09:00 UTC
    Rule: write, version 1 of the rules: “Writing needs a ticket and one countersignature, for 7 days at most.”
    Granted on 2026-03-02 09:00 UTC, and read back. It ends by itself on 2026-03-04 09:00 UTC.
    You can say: revoke DWPKKJ
    ");
    assert_eq!(stage.held(EMPLOYEE, "payments-api").as_deref(), Some("write"));
    let (status, comments) = stage.ticket("OPS-17");
    assert_eq!(status, "To Do");
    insta::assert_snapshot!(comments.join("\n---\n"), @r"
    write on payments-api for Erin Employee: waiting for one countersignature, until 2026-03-05 09:00 UTC.
    Who may countersign: the group approvers. Request DWPKKJ.
    ---
    Granted on 2026-03-02 09:00 UTC: write on payments-api for Erin Employee, until 2026-03-04 09:00 UTC.
    Countersigned by Ada Approver. It was read back from Bitbucket. Request DWPKKJ.
    ");

    stage.later(SignedDuration::from_hours(47)).await;
    assert_eq!(stage.status(&code(&asked)).await, "active");
    stage.later(SignedDuration::from_hours(1)).await;
    assert_eq!(stage.status(&code(&asked)).await, "expired");
    assert_eq!(stage.held(EMPLOYEE, "payments-api"), None);
    assert_eq!(stage.ticket("OPS-17").1.len(), 3);
}

#[tokio::test]
async fn reading_the_web_shop_passes_alone() {
    let stage = Stage::new().await;
    let card = stage.says(EMPLOYEE, "can I get read on web-shop please?").await;
    assert_eq!(stage.status(&code(&card)).await, "active");
    assert_eq!(stage.held(EMPLOYEE, "web-shop").as_deref(), Some("read"));
}

#[tokio::test]
async fn admin_takes_two_and_nobody_their_own() {
    let stage = Stage::new().await;
    let card = stage.says(APPROVER, "access admin on infra for 3 hours ticket OPS-18").await;
    let code = code(&card);
    let own = stage.says(APPROVER, &format!("approve {code}")).await;
    insta::assert_snapshot!(own.text.lines().next().unwrap_or_default(), @"That was not done");
    stage.says(APPROVER2, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "waiting");
    let twice = stage.says(APPROVER2, &format!("approve {code}")).await;
    assert!(twice.text.contains("counts once"), "{}", twice.text);
    stage.says(ADMIN, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "active");
    assert_eq!(stage.held(APPROVER, "infra").as_deref(), Some("admin"));
}

#[tokio::test]
async fn two_people_clicking_at_once_make_one_decision_and_one_grant() {
    let stage = Stage::new().await;
    let code = code(&stage.says(EMPLOYEE, WRITE).await);
    let approve = format!("approve {code}");
    tokio::join!(
        stage.says_without_waiting(APPROVER, &approve),
        stage.says_without_waiting(APPROVER2, &approve)
    );
    stage.settle().await;
    let history = stage.history(&code).await;
    let count = |kind: &str| history.iter().filter(|event| *event == kind).count();
    assert_eq!(
        (count("access_approved"), count("access_granted"), count("access_countersigned")),
        (1, 1, 1),
        "{history:#?}"
    );
}

#[tokio::test]
async fn an_old_button_after_new_rules_counts_for_nothing() {
    let stage = Stage::new().await;
    let request = stage.says(EMPLOYEE, WRITE).await;
    let code = code(&request);
    let seen = stage.says(APPROVER, &format!("status {code}")).await;
    let button = seen
        .buttons
        .iter()
        .find(|button| button.say.starts_with("approve"))
        .expect("an approve button")
        .clone();
    let rules = stage.get(ADMIN, "/api/v1/rules").await["text"].as_str().expect("the rules' text").to_owned();
    let stricter = rules.replacen("@quorum(\"1\")", "@quorum(\"2\")", 2);
    stage.publish(&stricter).await;
    let answer = stage.says(APPROVER, &button.say).await;
    assert!(answer.text.contains("changed since you saw it"), "{}", answer.text);
    assert_eq!(stage.status(&code).await, "waiting");
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "waiting", "the new rules ask for two");
    stage.says(APPROVER2, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "active");
}

#[tokio::test]
async fn a_request_that_nobody_answers_expires_and_the_ticket_hears_of_it() {
    let stage = Stage::new().await;
    let code = code(&stage.says(EMPLOYEE, WRITE).await);
    stage.later(SignedDuration::from_hours(5)).await;
    assert!(stage.history(&code).await.contains(&"access_escalated".to_owned()));
    stage.later(SignedDuration::from_hours(72)).await;
    assert_eq!(stage.status(&code).await, "expired");
    let (status, comments) = stage.ticket("OPS-17");
    assert_eq!(status, "To Do");
    assert!(
        comments.last().is_some_and(|comment| comment.contains("nobody countersigned in time")),
        "{comments:#?}"
    );
}

#[tokio::test]
async fn an_access_is_extended_by_another_countersignature_and_given_back() {
    let stage = Stage::new().await;
    let code = granted(&stage).await;
    stage.says(EMPLOYEE, &format!("extend {code} for 1 day")).await;
    stage.says(APPROVER2, &format!("approve {code}")).await;
    stage.later(SignedDuration::from_hours(50)).await;
    assert_eq!(stage.status(&code).await, "active", "it was extended to three days");
    let too_long = stage.says(EMPLOYEE, &format!("extend {code} for 9 days")).await;
    assert!(too_long.text.contains("longer than the rules allow"), "{}", too_long.text);
    stage.says(EMPLOYEE, &format!("give back {code}")).await;
    assert_eq!(stage.status(&code).await, "given_back");
    assert_eq!(stage.held(EMPLOYEE, "payments-api"), None);
}

#[tokio::test]
async fn an_admin_revokes_and_an_employee_cannot() {
    let stage = Stage::new().await;
    let code = granted(&stage).await;
    let refused = stage.says("demo-auditor", &format!("revoke {code}")).await;
    assert!(refused.text.contains("To revoke it takes"), "{}", refused.text);
    stage.says(ADMIN, &format!("revoke {code} because the rollout is over")).await;
    assert_eq!(stage.status(&code).await, "revoked");
    assert_eq!(stage.held(EMPLOYEE, "payments-api"), None);
}

#[tokio::test]
async fn a_denial_says_who_and_why_and_a_withdrawal_is_ones_own() {
    let stage = Stage::new().await;
    let denied = code(&stage.says(EMPLOYEE, WRITE).await);
    stage.says(APPROVER, &format!("deny {denied} because the freeze is on")).await;
    assert_eq!(stage.status(&denied).await, "denied");
    assert!(stage.ticket("OPS-17").1.iter().any(|comment| comment.contains("the freeze is on")));
    let withdrawn = code(&stage.says(EMPLOYEE, "access write on infra ticket OPS-18").await);
    stage.says(APPROVER, &format!("withdraw {withdrawn}")).await;
    assert_eq!(stage.status(&withdrawn).await, "waiting");
    stage.says(EMPLOYEE, &format!("withdraw {withdrawn}")).await;
    assert_eq!(stage.status(&withdrawn).await, "withdrawn");
}

#[tokio::test]
async fn two_overlapping_accesses_end_one_after_the_other() {
    let stage = Stage::new().await;
    let write = granted(&stage).await;
    let admin = code(&stage.says(EMPLOYEE, "access admin on payments-api for 1 hour ticket OPS-17").await);
    stage.says(APPROVER, &format!("approve {admin}")).await;
    stage.says(APPROVER2, &format!("approve {admin}")).await;
    assert_eq!(stage.held(EMPLOYEE, "payments-api").as_deref(), Some("admin"));
    stage.later(SignedDuration::from_hours(1)).await;
    assert_eq!(stage.held(EMPLOYEE, "payments-api").as_deref(), Some("write"), "the longer one still stands");
    stage.says(EMPLOYEE, &format!("give back {write}")).await;
    assert_eq!(stage.held(EMPLOYEE, "payments-api"), None);
}

#[tokio::test]
async fn unknown_words_get_the_nearest_commands_and_never_silence() {
    let stage = Stage::new().await;
    // One slip of a finger is asked about, and not done.
    let waiting = code(&stage.says(EMPLOYEE, "access write on payments-api for 1 hour ticket OPS-17").await);
    let asked = stage.says(APPROVER, &format!("aprove {waiting}")).await;
    assert!(asked.text.starts_with("Do you "), "{}", asked.text);
    assert!(asked.text.contains("write on payments-api"), "it says which one: {}", asked.text);
    assert_eq!(stage.status(&waiting).await, "waiting");
    stage.says(APPROVER, "never mind").await;
    insta::assert_snapshot!(stage.says(EMPLOYEE, "aprove K7QM2X").await.text, @r"
    That was not done
    I know no request K7QM2X. “status” lists yours, with their codes.
    ");
    // With more slips than one it is not done either: what is near is shown, and nothing that is not.
    let card = stage.says(APPROVER, "aprovee K7QM2X").await;
    assert!(card.text.starts_with("I did not understand that\n"), "{}", card.text);
    assert!(card.text.contains("Did you mean “approve”?"), "{}", card.text);
    assert!(card.text.contains("\napprove <code>"), "{}", card.text);
    assert!(card.text.ends_with("You can say: help"), "{}", card.text);
    let unknown = stage.says(EMPLOYEE, "approve K7QM2X").await;
    insta::assert_snapshot!(unknown.text, @r"
    That was not done
    I know no request K7QM2X. “status” lists yours, with their codes.
    ");
}

#[tokio::test]
async fn trust_a4_what_the_rules_ask_nobody_for_any_more_waits_for_nobody() {
    let stage = Stage::new().await;
    let fits = code(&stage.says(EMPLOYEE, "access write on payments-api for 1 hour ticket OPS-17").await);
    let too_long = code(&stage.says(EMPLOYEE, "access write on infra for 2 hours ticket OPS-18").await);
    let alone = "@id(\"alone\") @auto @max_duration(\"1 hour\") permit (principal, action, resource);";
    stage.publish(alone).await;
    assert_eq!(stage.status(&fits).await, "active");
    assert_eq!(stage.status(&too_long).await, "denied", "no longer than the rules allow");
}

#[tokio::test]
async fn what_the_checks_refuse_of_a_sentence_is_no_news_for_the_ticket_it_names() {
    let stage = Stage::new().await;
    let rules = stage.get(ADMIN, "/api/v1/rules").await["text"].as_str().expect("the rules' text").to_owned();
    let forbid = "@id(\"frozen\") forbid (principal, action, resource == Repository::\"payments-api\");";
    stage.publish(&format!("{rules}\n{forbid}")).await;
    let before = stage.ticket("OPS-17");
    let card = stage.says(EMPLOYEE, "access write on payments-api ticket OPS-17").await;
    assert_eq!(card.status.as_deref(), Some("denied"));
    assert_eq!(stage.ticket("OPS-17"), before, "anybody could decline a colleague's ticket");
}

#[tokio::test]
async fn a_request_grants_what_it_asks_for_however_much_is_held() {
    let stage = Stage::new().await;
    let write = approved(&stage, "access write on infra for 1 hour ticket OPS-18").await;
    let read = approved(&stage, "access read on infra for 2 days").await;
    let grants = stage.get("demo-auditor", "/api/v1/grants?repository=infra").await;
    let held: Vec<_> =
        grants["items"].as_array().unwrap().iter().map(|item| item["permission"].clone()).collect();
    assert_eq!(held, ["read", "write"], "the latest first");
    let card = stage.says(EMPLOYEE, &format!("give back {read}")).await;
    assert!(card.text.contains("Write stays: it is held beside this access"), "{}", card.text);
    assert_eq!(stage.held(EMPLOYEE, "infra").as_deref(), Some("write"));
    let card = stage.says(EMPLOYEE, &format!("give back {write}")).await;
    assert!(card.text.contains("The permission was taken back"), "{}", card.text);
    assert_eq!(stage.held(EMPLOYEE, "infra"), None);
}

/// Asks, and has it countersigned; the code.
async fn approved(stage: &Stage, sentence: &str) -> String {
    let code = code(&stage.says(EMPLOYEE, sentence).await);
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "active");
    code
}

#[tokio::test]
async fn trust_b4_who_is_nobody_is_not_looked_for_among_all_members_each_time() {
    let stage = Stage::new().await;
    let listed = |stage: &Stage| {
        stage.demo.bitbucket.calls().iter().filter(|call| call.request.contains("/members")).count()
    };
    let before = listed(&stage);
    for permission in ["read", "write", "admin", "read", "write"] {
        let text = format!("access {permission} on web-shop for nobody.at.all ticket OPS-17 because rollout");
        stage.says("demo-employee", &text).await;
    }
    for name in ["nobody1", "nobody2", "nobody3", "{00000000-0000-0000-0000-00000000dead}"] {
        stage.says("demo-employee", &format!("access read on web-shop for {name}")).await;
    }
    let once = listed(&stage) - before;
    assert!((1..=2).contains(&once), "{once} lists");
    stage.later(SignedDuration::from_mins(2)).await;
    stage.says("demo-employee", "access read on web-shop for nobody.at.all").await;
    assert!(listed(&stage) - before > once, "somebody may have come meanwhile");
}

#[tokio::test]
async fn trust_a10_equal_open_requests_are_one_and_the_second_is_answered_with_the_first() {
    let stage = Stage::new().await;
    let first = code(&stage.says(EMPLOYEE, WRITE).await);
    let again = "access write on payments-api for 2 days ticket OPS-17 because I need it";
    let (second, third) = tokio::join!(
        stage.says_without_waiting(EMPLOYEE, WRITE),
        stage.says_without_waiting(EMPLOYEE, again)
    );
    stage.settle().await;
    assert_eq!([code(&second), code(&third)], [first.clone(), first.clone()]);
    // What differs in what is asked for is another request, and so is the same once it is over.
    let longer = code(&stage.says(EMPLOYEE, "access write on payments-api for 3 days ticket OPS-17").await);
    let other = code(&stage.says(EMPLOYEE, "access write on payments-api for 2 days ticket OPS-18").await);
    assert!(longer != first && other != first && longer != other);
    stage.says(EMPLOYEE, &format!("withdraw {first}")).await;
    assert_ne!(code(&stage.says(EMPLOYEE, WRITE).await), first);
}

#[tokio::test]
async fn trust_a10_equal_requests_that_are_said_at_once_are_one() {
    let stage = Stage::new().await;
    let cards = tokio::join!(
        stage.says_without_waiting(EMPLOYEE, WRITE),
        stage.says_without_waiting(EMPLOYEE, WRITE),
        stage.says_without_waiting(EMPLOYEE, WRITE),
        stage.says_without_waiting(EMPLOYEE, WRITE),
    );
    let codes = [code(&cards.0), code(&cards.1), code(&cards.2), code(&cards.3)];
    assert!(codes.iter().all(|code| *code == codes[0]), "{codes:?}");
}

#[tokio::test]
async fn examples_name_what_the_tenant_has() {
    let stage = Stage::new().await;
    stage.change_forge(|forge| forge.repositories.clear());
    for name in ["billing", "site"] {
        stage.add_repository(name);
    }
    for (sentence, example) in [
        ("hello", "“write on billing for 2 days ticket OPS-17”"),
        ("help", "“I need write access to billing for 2 days"),
        ("help access", "For example: access read on site"),
        ("status", "To ask: access write on billing for 2 days."),
        ("my access", "To ask: access read on site for 1 day."),
        ("who has write", "billing"),
    ] {
        let said = words(&stage.says(EMPLOYEE, sentence).await);
        assert!(said.contains(example), "{sentence}: {said}");
        for nobodys in ["payments-api", "web-shop", "infra"] {
            assert!(!said.contains(nobodys), "{sentence}: {said}");
        }
    }
    let page = stage.get_text(EMPLOYEE, "/").await;
    assert!(
        page.contains("access read on site") && page.contains("access write on billing for 2 days…"),
        "{page}"
    );
    assert!(!page.contains("payments-api"), "{page}");
}
