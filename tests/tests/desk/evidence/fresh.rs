//! What an approver was shown is looked at again when they decide, and before it is carried out.

use countersign::demo::chats::{SLACK_CHANNEL, slack_user};
use countersign_sandbox::Fault;
use countersign_sandbox::jira::Status;
use countersign_sandbox::slack::SlackAct;
use countersign_tests::stage::Stage;
use countersign_tests::vendors::{Vendor as _, account, trouble};
use jiff::SignedDuration;

use super::{APPROVER, APPROVER2, EMPLOYEE, WRITE, change_ticket, code, move_by_hand, rules_with, times};

#[tokio::test]
async fn trust_a5_a_ticket_that_was_closed_meanwhile_is_told_and_nothing_is_counted() {
    let stage = Stage::new().await;
    let code = code(&stage.says(EMPLOYEE, WRITE).await);
    let seen = stage.says(APPROVER, &format!("status {code}")).await;
    let old = seen.buttons.iter().find(|button| button.label == "Approve").expect("a button").say.clone();
    move_by_hand(&stage, "OPS-17", Status::Done);
    let told = stage.says(APPROVER, &format!("approve {code}")).await;
    assert!(told.refused, "{told:#?}");
    assert!(
        told.text.contains("Since you were asked, OPS-17 was closed (Done); please look again"),
        "{}",
        told.text
    );
    assert_eq!(stage.status(&code).await, "waiting");
    assert_eq!(stage.held(EMPLOYEE, "payments-api"), None);
    let shown = stage.says(APPROVER, &format!("status {code}")).await;
    assert!(shown.text.contains("(Done)"), "it shows what is now: {}", shown.text);
    assert!(shown.text.contains("Since it was first shown, OPS-17 was closed (Done)."), "{}", shown.text);
    let stale = stage.says(APPROVER, &old).await;
    assert!(stale.text.contains("This changed since you saw it"), "{}", stale.text);
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "active", "who has seen it may decide on it");
}

#[tokio::test]
async fn trust_a5_a_button_counts_for_nothing_when_its_evidence_has_changed() {
    let stage = Stage::new().await;
    let code = code(&stage.says(EMPLOYEE, WRITE).await);
    let seen = stage.says(APPROVER, &format!("status {code}")).await;
    let button = seen.buttons.iter().find(|button| button.label == "Approve").expect("a button").say.clone();
    stage.set_by_hand(&account(EMPLOYEE), "payments-api", Some("read"));
    let told = stage.says(APPROVER, &button).await;
    assert!(told.text.contains("Erin Employee holds read now (nothing before)"), "{}", told.text);
    assert_eq!(stage.status(&code).await, "waiting");
    let again = stage.says(APPROVER, &format!("status {code}")).await;
    assert!(
        again.text.contains("Holds already: read, as Bitbucket says; this makes it write"),
        "{}",
        again.text
    );
    let button = again.buttons.iter().find(|button| button.label == "Approve").expect("a button");
    stage.says(APPROVER, &button.say).await;
    assert_eq!(stage.status(&code).await, "active");
}

#[tokio::test]
async fn trust_a5_one_countersignature_of_two_is_void_and_who_gave_it_is_asked_again() {
    let stage = Stage::with_chats().await;
    let card = stage.says(EMPLOYEE, "access admin on infra for 3 hours ticket OPS-18 because disk").await;
    let code = code(&card);
    stage.slack_presses(APPROVER, "Approve").await;
    change_ticket(&stage, "OPS-18", |issue| issue.summary = "Something else".to_owned());
    stage.slack_presses(APPROVER2, "Approve").await;
    assert_eq!(stage.status(&code).await, "waiting");
    let told = stage.slack_sees(APPROVER2).join("\n---\n");
    assert!(told.contains("Since you were asked, OPS-18 is called “Something else” now"), "{told}");
    let told = stage.slack_sees(APPROVER).join("\n---\n");
    assert!(told.contains("Still waiting for you: "), "{told}");
    assert!(told.contains("What was countersigned before counts for nothing"), "{told}");
    stage.says(APPROVER2, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "waiting", "the first one does not count any more");
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "active");
}

#[tokio::test]
async fn trust_a5_pressed_or_reacted_in_slack_it_is_looked_at_again() {
    let stage = Stage::with_chats().await;
    rules_with(&stage, "write", "@reaction").await;
    stage.slack_says(EMPLOYEE, WRITE).await;
    let card = stage.slack_channel(SLACK_CHANNEL).remove(0);
    assert!(card.text.contains("Holds already: nothing"), "{}", card.text);
    move_by_hand(&stage, "OPS-17", Status::Done);
    stage.slack_presses_on(APPROVER, SLACK_CHANNEL, &card, "Approve").await;
    let told = stage.slack_whispers(&slack_user(APPROVER), SLACK_CHANNEL).join("\n");
    assert!(told.contains("Since you were asked, OPS-17 was closed (Done)"), "{told}");
    let card = stage.slack_channel(SLACK_CHANNEL).remove(0);
    assert!(card.text.contains("Since it was first shown, OPS-17 was closed (Done)"), "{}", card.text);

    stage.set_by_hand(&account(EMPLOYEE), "payments-api", Some("read"));
    let react = |name: &str| SlackAct::React {
        user: slack_user(APPROVER2),
        channel: SLACK_CHANNEL.to_owned(),
        ts: card.ts.clone(),
        name: name.to_owned(),
    };
    stage.in_slack(react("+1")).await;
    let told = stage.slack_whispers(&slack_user(APPROVER2), SLACK_CHANNEL).join("\n");
    assert!(told.contains("Erin Employee holds read now (nothing before)"), "{told}");
    let card = stage.slack_channel(SLACK_CHANNEL).remove(0);
    assert!(card.text.contains("waiting, 0 of 1 countersigned"), "{}", card.text);
    assert!(
        card.text.contains("Holds already: read, as Bitbucket says; this makes it write"),
        "{}",
        card.text
    );
    stage.in_slack(react("thumbsup")).await;
    assert_eq!(stage.held(EMPLOYEE, "payments-api").as_deref(), Some("write"));
}

#[tokio::test]
async fn trust_a5_pressed_in_teams_it_is_looked_at_again() {
    let stage = Stage::with_chats().await;
    stage.teams_arrive(&[EMPLOYEE, APPROVER]).await;
    let code = code(&stage.says(EMPLOYEE, WRITE).await);
    move_by_hand(&stage, "OPS-17", Status::Done);
    stage.teams_presses(APPROVER, "Approve").await;
    assert_eq!(stage.status(&code).await, "waiting");
    let seen = stage.teams_sees(APPROVER).join("\n---\n");
    assert!(seen.contains("OPS-17 was closed (Done)"), "{seen}");
    assert!(seen.contains("Holds already: nothing"), "{seen}");
    stage.teams_presses(APPROVER, "Approve").await;
    assert_eq!(stage.status(&code).await, "active");
}

#[tokio::test]
async fn trust_a5_pressed_in_discord_it_is_looked_at_again() {
    let stage = Stage::on_discord().await;
    let code = code(&stage.says(EMPLOYEE, WRITE).await);
    move_by_hand(&stage, "OPS-17", Status::Done);
    stage.discord_presses(APPROVER, "Approve").await;
    assert_eq!(stage.status(&code).await, "waiting");
    let seen = stage.discord_sees(APPROVER).join("\n---\n");
    assert!(seen.contains("was closed (Done)"), "{seen}");
    assert!(seen.contains("Holds already: nothing"), "{seen}");
    stage.discord_presses(APPROVER, "Approve").await;
    assert_eq!(stage.status(&code).await, "active");
}

#[tokio::test]
async fn trust_a5_what_cannot_be_looked_at_is_not_decided_and_waits_until_it_can() {
    let stage = Stage::new().await;
    let code = code(&stage.says(EMPLOYEE, WRITE).await);
    for (vendor, matching) in [("Jira", "GET /rest"), ("Bitbucket", "GET /2.0")] {
        let fault =
            Fault { matching: matching.to_owned(), times: 100, status: Some(503), ..Fault::default() };
        let faults = trouble([fault]);
        if vendor == "Jira" {
            stage.demo.jira.order(faults);
        } else {
            stage.demo.bitbucket.order(faults);
        }
        let told = stage.says(APPROVER, &format!("approve {code}")).await;
        assert!(told.refused, "{told:#?}");
        assert!(told.text.contains(&format!("{vendor} does not answer just now")), "{}", told.text);
        assert!(told.text.contains("can be decided then as before"), "{}", told.text);
        assert_eq!(stage.status(&code).await, "waiting");
        stage.demo.jira.order(trouble([]));
        stage.demo.bitbucket.order(trouble([]));
        stage.later(SignedDuration::from_mins(10)).await;
    }
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "active");
}

#[tokio::test]
async fn trust_a5_who_may_not_decide_learns_nothing_and_asks_no_vendor() {
    let stage = Stage::new().await;
    let code = code(&stage.says(EMPLOYEE, WRITE).await);
    move_by_hand(&stage, "OPS-17", Status::Done);
    let told = stage.says(EMPLOYEE, &format!("approve {code}")).await;
    assert!(told.text.contains("Nobody countersigns their own request"), "{}", told.text);
    assert_eq!(times(&stage, &code, "access_evidence_changed").await, 0);
}

/// Approved, but the forge did not take it at first: time passes before it is carried out.
async fn approved_and_held_up(stage: &Stage) -> String {
    let code = code(&stage.says(EMPLOYEE, WRITE).await);
    let refusal = Fault { matching: "PUT /2.0".to_owned(), times: 1, status: Some(503), ..Fault::default() };
    stage.demo.bitbucket.order(trouble([refusal]));
    stage.says_without_waiting(APPROVER, &format!("approve {code}")).await;
    stage.settle().await;
    assert_eq!(stage.status(&code).await, "granting");
    code
}

#[tokio::test]
async fn trust_a5_what_changes_between_approval_and_grant_sends_it_back_to_those_who_decide() {
    let stage = Stage::with_chats().await;
    let code = approved_and_held_up(&stage).await;
    move_by_hand(&stage, "OPS-17", Status::Done);
    stage.later(SignedDuration::from_mins(10)).await;
    stage.calm().await;
    assert_eq!(stage.status(&code).await, "waiting");
    assert_eq!(stage.held(EMPLOYEE, "payments-api"), None);
    let told = stage.slack_sees(APPROVER).join("\n---\n");
    assert!(told.contains("Since it was first shown, OPS-17 was closed (Done)"), "{told}");
    assert!(told.contains("Still waiting for you: "), "{told}");
    let told = stage.slack_sees(EMPLOYEE).join("\n---\n");
    assert!(told.contains("It waits again: "), "{told}");
    assert!(stage.ticket("OPS-17").1.iter().any(|comment| comment.contains("was closed (Done)")));
    stage.says(APPROVER, &format!("approve {code}")).await;
    stage.calm().await;
    assert_eq!(stage.status(&code).await, "active");
    assert_eq!(stage.held(EMPLOYEE, "payments-api").as_deref(), Some("write"));
    stage.says(EMPLOYEE, &format!("give back {code}")).await;
    assert_eq!(stage.held(EMPLOYEE, "payments-api"), None, "nothing outlives its end");
}

#[tokio::test]
async fn trust_a5_what_somebody_holds_by_then_sends_it_back_unless_nothing_is_left_to_do() {
    let stage = Stage::new().await;
    let code = approved_and_held_up(&stage).await;
    stage.set_by_hand(&account(EMPLOYEE), "payments-api", Some("read"));
    stage.later(SignedDuration::from_mins(10)).await;
    assert_eq!(stage.status(&code).await, "waiting");
    let refusal = Fault { matching: "PUT /2.0".to_owned(), times: 1, status: Some(503), ..Fault::default() };
    stage.demo.bitbucket.order(trouble([refusal]));
    stage.says(APPROVER, &format!("approve {code}")).await;
    stage.set_by_hand(&account(EMPLOYEE), "payments-api", Some("admin"));
    stage.later(SignedDuration::from_mins(10)).await;
    assert_eq!(stage.status(&code).await, "active", "it is within what is held, so nothing had to be done");
    stage.later(SignedDuration::from_hours(48)).await;
    assert_eq!(stage.held(EMPLOYEE, "payments-api").as_deref(), Some("admin"));
}

#[tokio::test]
async fn trust_a5_what_the_bot_gives_is_shown_once_and_nothing_goes_round_in_circles() {
    let stage = Stage::new().await;
    // The bot moves the ticket, which is no change; each of these raises, or ends and lowers, what the others that wait show.
    let short = code(&stage.says(EMPLOYEE, "access read on infra for 1 hour ticket OPS-17").await);
    let long = code(&stage.says(EMPLOYEE, "access write on infra for 5 hours ticket OPS-17").await);
    let later = code(&stage.says(EMPLOYEE, "access read on infra for 2 days ticket OPS-17").await);
    stage.says(APPROVER, &format!("approve {short}")).await;
    assert_eq!(stage.status(&short).await, "active");
    stage.says(APPROVER, &format!("approve {long}")).await;
    assert_eq!(stage.status(&long).await, "active");
    let last = code(&stage.says(EMPLOYEE, "access admin on infra for 1 day ticket OPS-17").await);
    stage.later(SignedDuration::from_hours(6)).await;
    assert_eq!(stage.held(EMPLOYEE, "infra"), None);
    for approver in [APPROVER, APPROVER2] {
        stage.says(approver, &format!("approve {last}")).await;
    }
    assert_eq!(stage.status(&last).await, "active");
    stage.says(APPROVER, &format!("approve {later}")).await;
    assert_eq!(stage.status(&later).await, "active");
    stage.says(EMPLOYEE, &format!("extend {later} for 1 day")).await;
    stage.says(APPROVER, &format!("approve {later}")).await;
    assert_eq!(times(&stage, &later, "access_extended").await, 1);
    // Nothing is held when the first is granted, then read, then write; and when both have ended nothing again.
    for (code, changes) in [(short, 0), (long, 1), (last, 1), (later, 4)] {
        assert_eq!(times(&stage, &code, "access_evidence_changed").await, changes, "{code}");
    }
}
