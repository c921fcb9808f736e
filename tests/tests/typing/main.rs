//! What people type, as they type it: read once and rightly, or asked back; a request is born when it is complete.
//!
//! It is Wednesday, 2026-12-02, ten in the morning in Berlin, where everybody of the demo lives.

mod afterwards;
mod again;
mod answering;
mod approving;
mod away;
mod behind;
mod called;
mod changing;
mod choosing;
mod clauses;
mod deciding;
mod drafts;
mod each;
mod elsewhere;
mod explaining;
mod foreign;
mod giving_up;
mod held;
mod helping;
mod many;
mod naming;
mod ordinary;
mod own_writes;
mod past;
mod reasons;
mod second;
mod standing;
mod surfaces;
mod swapped;
mod threads;
mod times;
mod told;
mod unasked;
mod undoing;
mod unseen;
mod whether;

use countersign::demo::chats::{SLACK_CHANNEL, slack_user};
use countersign_domain::card::Card;
use countersign_sandbox::slack::SlackAct;
use countersign_sandbox::{Fault, Faults};
use countersign_tests::stage::Stage;
use countersign_tests::typed::{self, in_december, labels, press, requests};
use countersign_tests::vendors::trouble;
use jiff::SignedDuration;

const EMPLOYEE: &str = "demo-employee";
const APPROVER: &str = "demo-approver";
const APPROVER2: &str = "demo-approver2";
const WRITE: &str = "access write on payments-api for 2 days ticket OPS-17";

/// The same with the reason that was given.
async fn born(stage: &Stage, card: &Card) -> String {
    let reason = typed::request(stage, card).await["reason"].as_str().unwrap_or("-").to_owned();
    format!("{} because {reason}", typed::born(stage, card).await)
}

fn title(card: &Card) -> &str {
    &card.title
}

#[tokio::test]
async fn trust_c1_ordinary_sentences_become_the_requests_that_are_meant() {
    for (text, request) in [
        (
            "acces wirte on payments-api for 2 days ticket OPS-17",
            "write on payments-api for demo-employee 2880 minutes ticket OPS-17 because -",
        ),
        (
            "hi, could you please give me write access to payments-api for two days? It's for OPS-17. Thanks!",
            "write on payments-api for demo-employee 2880 minutes ticket OPS-17 because -",
        ),
        (
            "Hallo, ich brauche Schreibrechte auf payments-api bis Freitag für OPS-17",
            "write on payments-api for demo-employee until 2026-12-04T22:59:00Z ticket OPS-17 because -",
        ),
        (
            "j'ai besoin d'un accès en lecture à web-shop pour 3 heures",
            "read on web-shop for demo-employee 180 minutes ticket - because -",
        ),
        (
            "necesito permiso de lectura en web-shop por 2 días",
            "read on web-shop for demo-employee 2880 minutes ticket - because -",
        ),
        (
            "I need to look at the web shop code for an hour",
            "read on web-shop for demo-employee 60 minutes ticket - because -",
        ),
        ("*access read on web-shop*", "read on web-shop for demo-employee ticket - because -"),
        (
            "access read on `web-shop` for 1h30",
            "read on web-shop for demo-employee 90 minutes ticket - because -",
        ),
        (
            "access write on “payments-api” for 2 days ticket OPS–17 because the rollout — phase 2",
            "write on payments-api for demo-employee 2880 minutes ticket OPS-17 because the rollout — phase 2",
        ),
        (
            "access admin on infra for 4 hours, ticket is OPS-18, disk full on the runners",
            "admin on infra for demo-employee 240 minutes ticket OPS-18 because disk full on the runners",
        ),
        (
            "access write on payments-api for Ben Approver for 1 day ticket OPS-17",
            "write on payments-api for demo-approver2 1440 minutes ticket OPS-17 because -",
        ),
        (
            "Repository: payments-api\nPermission: write\nDuration: until tomorrow 6pm\nTicket: OPS-17\nReason: line one\nline two",
            "write on payments-api for demo-employee until 2026-12-03T17:00:00Z ticket OPS-17 because line one\nline two",
        ),
    ] {
        let stage = in_december(Stage::new().await).await;
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(born(&stage, &card).await, request, "{text}\n{}", card.text);
    }
}

#[tokio::test]
async fn trust_c1_a_line_break_in_a_reason_is_one_on_the_card_on_the_ticket_and_in_the_api() {
    let stage = in_december(Stage::new().await).await;
    let ask =
        "access write on payments-api for 2 days ticket OPS-17 because the rollout:\nthe database\n*the web*";
    let card = stage.says(EMPLOYEE, ask).await;
    assert!(card.text.contains("Why: “the rollout:\n“the database\n“*the web*”\n"), "{}", card.text);
    let code = card.code.expect("a code").to_string();
    let told = stage.get(EMPLOYEE, &format!("/api/v1/access-requests/{code}")).await.to_string();
    assert!(told.contains(r"the rollout:\nthe database\n*the web*"), "{told}");
    stage.says(APPROVER, &format!("deny {code} because too risky\nwe freeze")).await;
    let story = stage.says(EMPLOYEE, &format!("why {code}")).await.text;
    assert!(story.contains("Denied by Ada Approver: “too risky\n“we freeze”"), "{story}");
    let comments = stage.ticket("OPS-17").1.join("\n");
    assert!(comments.contains("denied by Ada Approver: “too risky\n“we freeze”"), "{comments}");
}

#[tokio::test]
async fn trust_c1_an_address_and_another_case_mean_the_repository_itself() {
    for (text, request) in [
        (
            "https://bitbucket.org/acme/payments-api/src/main/ — need to push there until tomorrow 6pm, OPS-17",
            "write on payments-api for demo-employee until 2026-12-03T17:00:00Z ticket OPS-17 because -",
        ),
        (
            "access write on PAYMENTS-API for 2 days ticket ops-17",
            "write on payments-api for demo-employee 2880 minutes ticket OPS-17 because -",
        ),
    ] {
        let stage = in_december(Stage::new().await).await;
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(born(&stage, &card).await, request, "{text}\n{}", card.text);
    }
}

#[tokio::test]
async fn trust_c1_who_asks_until_friday_has_it_until_friday_however_late_it_is_countersigned() {
    let stage = in_december(Stage::new().await).await;
    let card = stage.says(EMPLOYEE, "write on payments-api until friday ticket OPS-17").await;
    assert!(card.text.contains("Ends at the latest: 2026-12-04 22:59 UTC"), "{}", card.text);
    let code = card.code.expect("a code").to_string();
    stage.later(SignedDuration::from_hours(48)).await;
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "active");
    stage.later(SignedDuration::from_mins(14 * 60)).await;
    assert_eq!(stage.status(&code).await, "expired", "it is Friday, one minute to midnight in Berlin");
    // What nobody countersigned until then is over as well.
    let card = stage.says(EMPLOYEE, "write on infra until sunday noon ticket OPS-18").await;
    let code = card.code.expect("a code").to_string();
    stage.later(SignedDuration::from_hours(37)).await;
    assert_eq!(stage.status(&code).await, "expired");
}

#[tokio::test]
async fn trust_c1_everybody_lives_in_their_own_time_zone() {
    let stage = in_december(Stage::new().await).await;
    stage.says(EMPLOYEE, "my time zone is New York").await;
    let card = stage.says(EMPLOYEE, "write on payments-api until tomorrow 6pm ticket OPS-17").await;
    assert!(card.text.contains("Ends at the latest: 2026-12-03 23:00 UTC"), "{}", card.text);
    let card = stage.says(EMPLOYEE, "my time zone is Atlantis").await;
    assert!(card.text.contains("is no place whose time I know"), "{}", card.text);
}

#[tokio::test]
async fn trust_c2_the_ticket_is_asked_for_and_typing_it_goes_on() {
    let stage = in_december(Stage::new().await).await;
    let card = stage.says(EMPLOYEE, "can I get push rights to payments api til friday pls").await;
    insta::assert_snapshot!(card.text, @r"
    Which ticket does it belong to?
    This needs a ticket: say its key, such as OPS-17.
    Writing needs a ticket and one countersignature, for 7 days at most.
    So far I have: “write” on “payments-api” until 2026-12-04 22:59 UTC.
    You can also just write the answer. “cancel” forgets it; nothing was asked for yet.
    ");
    assert_eq!(requests(&stage).await, 0, "nothing is born before it is complete");
    let card = stage.says(EMPLOYEE, "it's OPS-17").await;
    assert_eq!(
        born(&stage, &card).await,
        "write on payments-api for demo-employee until 2026-12-04T22:59:00Z ticket OPS-17 because -"
    );
    // Neither a ticket that is none is a denied request.
    let card = stage.says(EMPLOYEE, "access write on infra for 2 days ticket OPS-99").await;
    assert!(card.text.contains("I cannot tell whether OPS-99 fits"), "{}", card.text);
    let card = stage.says(EMPLOYEE, "OPS-18").await;
    assert!(card.text.contains("waiting, 0 of 1"), "{}", card.text);
    assert_eq!(requests(&stage).await, 2);
}

#[tokio::test]
async fn trust_c2_a_repository_that_there_is_not_is_asked_with_the_nearest() {
    let stage = in_december(Stage::new().await).await;
    let card = stage.says(EMPLOYEE, "access read on the-web-shop for 2 days").await;
    assert_eq!(
        (title(&card), labels(&card)),
        ("There is no repository the-web-shop. Do you mean web-shop?", vec!["web-shop"])
    );
    // The same once more, under the same id, is asked the same.
    let id = uuid::Uuid::from_u128(7);
    for _ in 0..2 {
        assert_eq!(stage.say_as(EMPLOYEE, id, "access read on the-web-shop for 2 days").await, 200);
    }
    assert_eq!(requests(&stage).await, 0);
    let card = stage.says(EMPLOYEE, "web-shop").await;
    assert_eq!(
        born(&stage, &card).await,
        "read on web-shop for demo-employee 2880 minutes ticket - because -"
    );
    for answer in ["web-shop", "yes", "the web shop", "web-shop please", "the first one", "I meant web-shop!"]
    {
        let stage = in_december(Stage::new().await).await;
        stage.says(EMPLOYEE, "access read on the-web-shop for 2 days").await;
        let card = stage.says(EMPLOYEE, answer).await;
        assert_eq!(
            born(&stage, &card).await,
            "read on web-shop for demo-employee 2880 minutes ticket - because -",
            "{answer}"
        );
    }
}

#[tokio::test]
async fn trust_c2_one_thing_is_asked_at_a_time_until_all_is_there() {
    let stage = in_december(Stage::new().await).await;
    let card = stage.says(EMPLOYEE, "access owner on paymentz for Ada for 0 days").await;
    assert_eq!(
        (title(&card), labels(&card)),
        ("Which permission do you need?", vec!["read", "write", "admin"])
    );
    let card = press(&stage, EMPLOYEE, &card, "write").await;
    assert_eq!(title(&card), "For how long do you need it?", "{}", card.text);
    let card = stage.says(EMPLOYEE, "2 days").await;
    assert_eq!((title(&card), labels(&card)), ("Whom do you mean by “Ada”?", vec!["Ada Approver"]));
    let card = stage.says(EMPLOYEE, "yes").await;
    assert_eq!(title(&card), "There is no repository paymentz. Do you mean payments-api?");
    let card = stage.says(EMPLOYEE, "payments-api").await;
    assert_eq!(title(&card), "Which ticket does it belong to?");
    let card = stage.says(EMPLOYEE, "OPS-17").await;
    assert_eq!(
        born(&stage, &card).await,
        "write on payments-api for demo-approver 2880 minutes ticket OPS-17 because -"
    );
    assert_eq!(requests(&stage).await, 1);
}

#[tokio::test]
async fn trust_c2_too_long_is_asked_with_what_would_fit() {
    let stage = in_december(Stage::new().await).await;
    let card = stage.says(EMPLOYEE, "access read on web-shop for 30 days").await;
    assert_eq!((title(&card), labels(&card)), ("For how long do you need it?", vec!["7 days"]));
    let card = press(&stage, EMPLOYEE, &card, "7 days").await;
    assert_eq!(
        born(&stage, &card).await,
        "read on web-shop for demo-employee 10080 minutes ticket - because -"
    );
}

#[tokio::test]
async fn trust_c2_several_repositories_are_asked_about_and_each_becomes_a_request() {
    let stage = in_december(Stage::new().await).await;
    let card = stage.says(EMPLOYEE, "write on payments-api, web-shop and infra for OPS-17 please").await;
    assert_eq!(title(&card), "Do you want one request each for payments-api, web-shop and infra?");
    assert_eq!(labels(&card), ["Yes, 3 requests", "Only payments-api", "Only web-shop", "Only infra"]);
    press(&stage, EMPLOYEE, &card, "Yes, 3 requests").await;
    assert_eq!(requests(&stage).await, 3);
}

#[tokio::test]
async fn trust_c2_what_nobody_could_place_is_asked() {
    let stage = in_december(Stage::new().await).await;
    let card =
        stage.says(EMPLOYEE, "access admin on infra for 4 hours ticket OPS-18, but not payments-api").await;
    assert_eq!(title(&card), "I am not sure about “but not payments-api”. Did I understand the rest right?");
    assert_eq!(requests(&stage).await, 0);
    let card = stage.says(EMPLOYEE, "yes").await;
    assert_eq!(
        born(&stage, &card).await,
        "admin on infra for demo-employee 240 minutes ticket OPS-18 because -"
    );
}

#[tokio::test]
async fn trust_c2_everybody_is_no_one_person_and_it_is_asked_whom() {
    let stage = in_december(Stage::new().await).await;
    for (text, all) in [
        ("access read on web-shop for everyone for 1 hour", "everyone"),
        ("access read on web-shop for the team for 1 hour", "the team"),
        ("give everyone read on web-shop", "everyone"),
        ("give read on web-shop to all", "all"),
    ] {
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(title(&card), "For whom is it?", "{text}: {}", card.text);
        let line = format!("I ask for one person at a time, and “{all}” is more than one.");
        assert!(card.text.contains(&line), "{text}: {}", card.text);
    }
    assert_eq!(requests(&stage).await, 0);
    let card = stage.says(EMPLOYEE, "Ben Approver").await;
    assert_eq!(born(&stage, &card).await, "read on web-shop for demo-approver2 ticket - because -");
}

#[tokio::test]
async fn trust_c2_whoever_is_named_is_the_one_it_is_for() {
    for text in [
        "could Ben Approver please get read on web-shop for 1 hour",
        "mein Kollege Ben Approver braucht Leserechte auf web-shop für 1 Stunde",
        "add Ben Approver to web-shop as reader for 1 hour",
        "@demo-approver2 could use read on web-shop for 1 hour",
    ] {
        let stage = in_december(Stage::new().await).await;
        let card = stage.says(EMPLOYEE, text).await;
        let request = "read on web-shop for demo-approver2 60 minutes ticket - because -";
        assert_eq!(born(&stage, &card).await, request, "{text}: {}", card.text);
    }
}

#[tokio::test]
async fn trust_c2_a_duration_without_one_length_is_asked_with_what_it_may_be() {
    let stage = in_december(Stage::new().await).await;
    let card = stage.says(EMPLOYEE, "read on web-shop for a couple of hours").await;
    assert_eq!((title(&card), labels(&card)), ("For how long do you need it?", vec!["2 hours", "3 hours"]));
    assert!(card.text.contains("it says no number"), "{}", card.text);
    let card = press(&stage, EMPLOYEE, &card, "3 hours").await;
    assert_eq!(
        born(&stage, &card).await,
        "read on web-shop for demo-employee 180 minutes ticket - because -"
    );
}

#[tokio::test]
async fn trust_c2_an_address_that_leads_elsewhere_is_asked() {
    let stage = in_december(Stage::new().await).await;
    let card = stage.says(EMPLOYEE, "read on https://bitbucket.org/acme/web-shop/../archive").await;
    let asked =
        "There is no repository https://bitbucket.org/acme/web-shop/../archive. Do you mean web-shop?";
    assert_eq!(title(&card), asked);
    assert_eq!(requests(&stage).await, 0);
}

#[tokio::test]
async fn trust_c2_a_time_that_may_be_two_is_asked() {
    let stage = in_december(Stage::new().await).await;
    let card = stage.says(EMPLOYEE, "read on web-shop until wednesday").await;
    assert_eq!(title(&card), "Which one do you mean by “wednesday”?");
    let first = labels(&card)[0].to_owned();
    assert_eq!(first, "Wed 2 Dec 2026, 23:59 (Europe/Berlin)");
    let card = press(&stage, EMPLOYEE, &card, &first).await;
    assert_eq!(
        born(&stage, &card).await,
        "read on web-shop for demo-employee until 2026-12-02T22:59:00Z ticket - because -"
    );
}

#[tokio::test]
async fn trust_c2_a_question_survives_a_restart_and_ends_after_an_hour() {
    let stage = in_december(Stage::new().await).await;
    let asked = stage.says(EMPLOYEE, "access read on the-web-shop").await;
    let stage = stage.restarted(async |_| {}).await;
    let card = press(&stage, EMPLOYEE, &asked, "web-shop").await;
    assert!(card.text.contains("Status: active"), "{}", card.text);
    // Its button counts once.
    let card = press(&stage, EMPLOYEE, &asked, "web-shop").await;
    assert!(card.text.contains("I do not ask that any more"), "{}", card.text);
    let asked = stage.says(EMPLOYEE, "access read on the-web-shop").await;
    stage.later(SignedDuration::from_mins(61)).await;
    let card = press(&stage, EMPLOYEE, &asked, "web-shop").await;
    assert!(card.text.contains("I do not ask that any more"), "{}", card.text);
    let card = stage.says(EMPLOYEE, "web-shop").await;
    assert!(card.text.contains("I did not understand"), "{}", card.text);
    assert_eq!(requests(&stage).await, 1);
}

#[tokio::test]
async fn trust_c2_where_a_vendor_cannot_be_asked_the_request_is_born_and_checked_later() {
    let stage = in_december(Stage::new().await).await;
    let down = Fault { matching: "GET".to_owned(), times: 99, status: Some(503), ..Fault::default() };
    stage.demo.bitbucket.order(trouble([down]));
    let card = stage.says(EMPLOYEE, "access read on the-web-shop for 2 days").await;
    let code = card.code.as_ref().expect("a request").to_string();
    assert_eq!(stage.status(&code).await, "checking");
    stage.demo.bitbucket.order(Faults::default());
    stage.calm().await;
    assert_eq!(stage.status(&code).await, "denied");
}

#[tokio::test]
async fn trust_c2_never_mind_forgets_what_was_asked() {
    let stage = in_december(Stage::new().await).await;
    for never_mind in ["cancel", "no", "never mind", "nein danke"] {
        stage.says(EMPLOYEE, "access read on the-web-shop").await;
        let card = stage.says(EMPLOYEE, never_mind).await;
        assert!(card.text.contains("I forgot it"), "{never_mind}: {}", card.text);
    }
    let card = stage.says(EMPLOYEE, "cancel").await;
    assert_eq!(title(&card), "Nothing is open");
    assert_eq!(requests(&stage).await, 0);
}

#[tokio::test]
async fn trust_c3_the_only_one_is_meant_and_of_several_it_is_asked_which() {
    let stage = in_december(Stage::new().await).await;
    stage.says(EMPLOYEE, WRITE).await;
    stage.says(APPROVER, "status").await;
    let card = stage.says(APPROVER, "approve").await;
    assert!(card.text.contains("Status: active"), "{}", card.text);
    let card = stage.says(EMPLOYEE, "I don't need payments-api any more").await;
    assert!(card.text.contains("given back"), "{}", card.text);

    stage.says(EMPLOYEE, "access write on infra for 2 days ticket OPS-18").await;
    stage.says(EMPLOYEE, WRITE).await;
    let card = stage.says(APPROVER, "approve").await;
    assert_eq!(title(&card), "Which one do you want to countersign?");
    assert_eq!(labels(&card).len(), 2, "{}", card.text);
    let answer = labels(&card).into_iter().find(|label| label.contains("infra")).expect("infra").to_owned();
    let asked = press(&stage, APPROVER, &card, &answer).await;
    assert_eq!(title(&asked), "Do you want to countersign this one?", "a line of it showed too little");
    let done = stage.says(APPROVER, "yes").await;
    assert!(done.text.contains("write on infra") && done.text.contains("Status: active"), "{}", done.text);
    // One repository names one request.
    stage.says(APPROVER2, "status").await;
    let card = stage.says(APPROVER2, "approve payments-api").await;
    assert!(card.text.contains("Status: active"), "{}", card.text);
    let card = stage.says(EMPLOYEE, "give it back").await;
    assert_eq!(title(&card), "Which one do you want to give back?");
    let card = stage.says(EMPLOYEE, "infra").await;
    assert!(card.text.contains("given back"), "{}", card.text);
    let card = stage.says(EMPLOYEE, "extend by 1 day").await;
    assert!(card.text.contains("extension"), "{}", card.text);
    let card = stage.says(EMPLOYEE, "why").await;
    assert!(card.text.contains("what happened, and why"), "{}", card.text);
}

#[tokio::test]
async fn trust_c3_a_word_alone_decides_nothing_where_nothing_is_in_question() {
    let stage = in_december(Stage::new().await).await;
    let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    for word in ["lgtm", "yes", "ok", "👍", "ja"] {
        let card = stage.says(APPROVER, word).await;
        assert_eq!(title(&card), "Do you want to countersign this one?", "{word}");
        assert_eq!(stage.status(&code).await, "waiting", "{word}");
        stage.says(APPROVER, "never mind").await;
    }
    stage.says(APPROVER, "lgtm").await;
    stage.says(APPROVER, "yes").await;
    assert_eq!(stage.status(&code).await, "active");
    let card = stage.says(APPROVER, "lgtm").await;
    assert_eq!(title(&card), "Nothing waits for you");
}

#[tokio::test]
async fn trust_c3_actually_make_it_four_hours_is_one_step_that_is_confirmed() {
    let stage = in_december(Stage::new().await).await;
    let card = stage.says(EMPLOYEE, "actually make it 4 hours").await;
    assert_eq!(title(&card), "Nothing is open");
    let old =
        stage.says(EMPLOYEE, &format!("{WRITE} because rollout")).await.code.expect("a code").to_string();
    let card = stage.says(EMPLOYEE, "actually make it 4 hours").await;
    assert_eq!(title(&card), &format!("Shall I withdraw {old} and ask for 4 hours instead?"));
    assert_eq!(stage.status(&old).await, "waiting");
    let card = stage.says(EMPLOYEE, "yes").await;
    assert_eq!(
        born(&stage, &card).await,
        "write on payments-api for demo-employee 240 minutes ticket OPS-17 because rollout"
    );
    assert_eq!(stage.status(&old).await, "withdrawn");
    // What cannot be asked for does not cost what waits.
    let new = card.code.expect("a code").to_string();
    let card = stage.says(EMPLOYEE, "make it 30 days").await;
    let card = press(&stage, EMPLOYEE, &card, "Yes, withdraw it and ask anew").await;
    assert_eq!(title(&card), "For how long do you need it?");
    assert_eq!(stage.status(&new).await, "waiting");
}

#[tokio::test]
async fn trust_c1_a_slip_of_a_finger_in_a_decision_is_asked() {
    let stage = in_december(Stage::new().await).await;
    let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    let card = stage.says(APPROVER, &format!("aprove {code}")).await;
    assert_eq!(title(&card), format!("Do you mean “approve {code}”?"));
    assert_eq!(stage.status(&code).await, "waiting");
    stage.says(APPROVER, "yes").await;
    assert_eq!(stage.status(&code).await, "active");
}

#[tokio::test]
async fn trust_c3_who_has_it_and_who_could_approve_it() {
    let stage = in_december(Stage::new().await).await;
    let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    stage.says(APPROVER, &format!("approve {code}")).await;
    for text in
        ["who has write on payments-api?", "who has access to payments-api?", "who can push to payments-api"]
    {
        let card = stage.says(APPROVER2, text).await;
        assert!(
            card.text.contains("Erin Employee: write, until 2026-12-04 09:00 UTC"),
            "{text}: {}",
            card.text
        );
    }
    let card = stage.says(APPROVER2, "who has admin on payments-api?").await;
    assert!(card.text.contains("Nobody, as far as I gave it"), "{}", card.text);
    let card = stage.says(EMPLOYEE, "who could approve payments-api?").await;
    assert!(
        card.text.contains("write: Olga Operator, Ada Approver and Ben Approver (one countersignature)"),
        "{}",
        card.text
    );
    let card = stage.says(EMPLOYEE, "what do I have right now?").await;
    assert!(card.text.contains("write on payments-api"), "{}", card.text);
}

#[tokio::test]
async fn trust_c3_a_vacation_is_an_absence_and_which_group_stands_in_is_asked() {
    let stage = in_december(Stage::new().await).await;
    let card = stage.says(APPROVER2, "I'm on vacation from Dec 20 to Jan 3, Ada stands in").await;
    assert_eq!(
        title(&card),
        "A group stands in for somebody, not one person. Which group of Ada Approver is it?"
    );
    assert_eq!(labels(&card), ["approvers"]);
    let card = press(&stage, APPROVER2, &card, "approvers").await;
    assert!(
        card.text.contains(
            "From 2026-12-19 23:00 UTC until 2027-01-03 22:59 UTC I leave you out, and the group approvers"
        ),
        "{}",
        card.text
    );
}

#[tokio::test]
async fn trust_c3_in_the_thread_of_a_card_a_word_is_about_that_request() {
    let stage = in_december(Stage::with_chats().await).await;
    let said =
        stage.slack_user_says(&slack_user(EMPLOYEE), Some(SLACK_CHANNEL), &format!("<@U0BOT> {WRITE}")).await;
    stage.slack_says(EMPLOYEE, "access write on infra for 2 days ticket OPS-18").await;
    let thread = said.ts.expect("a message");
    let code = |text: &str| text.split(':').next().expect("a code").to_owned();
    let card = stage
        .slack_channel(SLACK_CHANNEL)
        .into_iter()
        .find(|message| message.thread_ts.as_deref() == Some(&thread));
    let first = code(&card.expect("a card in the thread").text);
    let says = async |id: &str, text: &str| {
        let (user, text) = (slack_user(id), format!("<@U0BOT> {text}"));
        let (channel, thread) = (Some(SLACK_CHANNEL.to_owned()), Some(thread.clone()));
        stage.in_slack(SlackAct::Say { user, channel, text, thread }).await;
    };
    says(APPROVER, "no, not before the freeze is over").await;
    assert_eq!(stage.status(&first).await, "denied");
    let story = stage.says("demo-admin", &format!("why {first}")).await;
    assert!(story.text.contains("not before the freeze is over"), "{}", story.text);
    let others = stage.get("demo-admin", "/api/v1/access-requests?status=waiting").await;
    assert_eq!(others["items"].as_array().map(Vec::len), Some(1), "the other one still waits");
}

#[tokio::test]
async fn trust_c2_in_slack_a_question_is_answered_by_its_button_and_by_typing() {
    let stage = in_december(Stage::with_chats().await).await;
    stage.slack_says(EMPLOYEE, "access read on the-web-shop for 2 days").await;
    assert!(
        stage.slack_answer(EMPLOYEE).contains("Do you mean web-shop?"),
        "{}",
        stage.slack_answer(EMPLOYEE)
    );
    stage.slack_presses(EMPLOYEE, "web-shop").await;
    assert_eq!(requests(&stage).await, 1);
    stage.slack_says(EMPLOYEE, "access write on payments-api for 2 days").await;
    stage.slack_says(EMPLOYEE, "OPS-17").await;
    assert_eq!(requests(&stage).await, 2);
    // In a channel, what somebody is asked is for them alone.
    let user = slack_user(EMPLOYEE);
    stage.slack_user_says(&user, Some(SLACK_CHANNEL), "<@U0BOT> access write on infra for 2 days").await;
    let told = stage.slack_whispers(&user, SLACK_CHANNEL);
    assert!(told.iter().any(|text| text.contains("Which ticket does it belong to?")), "{told:#?}");
    stage.slack_user_says(&user, Some(SLACK_CHANNEL), "<@U0BOT> OPS-18").await;
    assert_eq!(requests(&stage).await, 3);
}

#[tokio::test]
async fn trust_c3_a_guess_is_carried_out_by_a_yes_and_by_nothing_that_only_names_it() {
    let stage = in_december(Stage::new().await).await;
    let card = stage.says(EMPLOYEE, WRITE).await;
    let code = card.code.as_ref().expect("a request").to_string();
    let asked = stage.says(APPROVER, &format!("aprove {code}")).await;
    assert!(asked.text.starts_with("Do you mean"), "{}", asked.text);
    stage.says(APPROVER, &format!("not {code} please")).await;
    assert_eq!(stage.status(&code).await, "waiting", "a no was taken for a yes");
    stage.says(APPROVER, &format!("aprove {code}")).await;
    stage.says(APPROVER, "yes").await;
    assert_eq!(stage.status(&code).await, "active");
}

#[tokio::test]
async fn trust_c2_of_two_times_and_of_a_later_start_it_is_asked_and_nothing_is_lost() {
    for (text, asked, label, request) in [
        (
            "write on payments-api for 2h OPS-17 until friday",
            "You named more than one time. Which one do you mean?",
            "for 2h",
            "write on payments-api for demo-employee 120 minutes ticket OPS-17 because -",
        ),
        (
            "read on web-shop from tomorrow until friday",
            "For how long do you need it, from now on?",
            "until Fri 4 Dec 2026, 23:59 (Europe/Berlin)",
            "read on web-shop for demo-employee until 2026-12-04T22:59:00Z ticket - because -",
        ),
        (
            "write on payments-api and read on web-shop for 1 day OPS-17",
            "I can take one of these at a time. Which one first?",
            "read on web-shop for 1 day ticket OPS-17",
            "read on web-shop for demo-employee 1440 minutes ticket OPS-17 because -",
        ),
    ] {
        let stage = in_december(Stage::new().await).await;
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(title(&card), asked, "{text}");
        assert_eq!(requests(&stage).await, 0, "{text}");
        let card = press(&stage, EMPLOYEE, &card, label).await;
        assert_eq!(born(&stage, &card).await, request, "{text}");
    }
}

#[tokio::test]
async fn trust_c2_what_is_not_wanted_is_no_request_behind_a_yes() {
    for text in [
        "I don't need write on payments-api anymore",
        "please don't give Ben write on payments-api",
        "do I have write on payments-api?",
    ] {
        let stage = in_december(Stage::new().await).await;
        assert_eq!(title(&stage.says(EMPLOYEE, text).await), "I asked for nothing", "{text}");
        stage.says(EMPLOYEE, "yes").await;
        assert_eq!(requests(&stage).await, 0, "{text}");
    }
}

#[tokio::test]
async fn trust_c3_a_question_is_never_a_decision() {
    let stage = in_december(Stage::new().await).await;
    let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    for text in [
        "approve?",
        "can you approve this?",
        "could you approve payments-api",
        "lgtm?",
        "deny?",
        "revoke payments-api?",
    ] {
        let card = stage.says(APPROVER, text).await;
        assert_eq!(stage.status(&code).await, "waiting", "{text}: {}", card.text);
        stage.says(APPROVER, "never mind").await;
    }
    let card = stage.says(APPROVER, "can you approve this?").await;
    assert_eq!(title(&card), "Do you want to countersign this one?");
    assert!(card.text.contains("Erin Employee asks for write on payments-api"), "{}", card.text);
    stage.says(APPROVER, "yes?").await;
    assert_eq!(stage.status(&code).await, "waiting");
    stage.says(APPROVER, "yes").await;
    assert_eq!(stage.status(&code).await, "active");
}

#[tokio::test]
async fn trust_c2_a_question_is_no_answer_and_what_was_asked_stays() {
    let stage = in_december(Stage::new().await).await;
    stage.says(EMPLOYEE, "write on payments for 2h OPS-17").await;
    for text in [
        "who may write on payments-api?",
        "what is payments-api anyway?",
        "wer darf auf payments-api schreiben?",
        "payments-api?",
        "not payments-api",
    ] {
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(requests(&stage).await, 0, "{text}: {}", card.text);
    }
    stage.says(EMPLOYEE, "payments-api").await;
    assert_eq!(requests(&stage).await, 1);
}

#[tokio::test]
async fn trust_c2_a_complete_request_takes_the_place_of_a_question() {
    let stage = in_december(Stage::new().await).await;
    stage.says(EMPLOYEE, "read on foo for 2h").await;
    let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    let card = stage.says(EMPLOYEE, "cancel").await;
    assert_eq!(title(&card), "Do you want to withdraw this one?");
    assert!(card.text.contains(&code), "{}", card.text);
}

#[tokio::test]
async fn trust_c2_what_a_new_request_leaves_out_is_not_taken_from_the_one_before() {
    for asked_before in [
        "access write on the-web-shop for 2 days",
        "access write on web-shop",
        "access write on web-shop for Adaa for 2 days",
        "write on payments-api for 2 days",
        "write on payments-api for 2 days or 3 days OPS-17",
    ] {
        for anew in ["access * on web-shop for 2 days ticket OPS-17", "I need access to web-shop for 2 days"]
        {
            let stage = in_december(Stage::new().await).await;
            stage.says(EMPLOYEE, asked_before).await;
            let card = stage.says(EMPLOYEE, anew).await;
            let code = card.code.as_ref().map(ToString::to_string);
            assert_eq!(
                title(&card),
                "Which permission do you need?",
                "{asked_before}, then {anew}: {code:?}"
            );
        }
    }
}

#[tokio::test]
async fn trust_c8_who_says_no_time_is_told_what_is_taken() {
    let stage = in_december(Stage::new().await).await;
    let usual = "For how long was not said; 1 day is usual.";
    let card = stage.says(EMPLOYEE, "write on payments-api OPS-17").await;
    assert!(card.text.contains("for 1 day") && card.text.contains(usual), "{}", card.text);
    for said in ["write on payments-api for 1 day OPS-18", "write on payments-api until tomorrow OPS-19"] {
        let card = stage.says(EMPLOYEE, said).await;
        assert!(card.code.is_some() && !card.text.contains("was not said"), "{}", card.text);
    }
}

#[tokio::test]
async fn trust_c3_the_reason_of_a_denial_may_be_typed() {
    let stage = in_december(Stage::new().await).await;
    let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    stage.says(APPROVER, "deny").await;
    let card = stage.says(APPROVER, "the freeze begins tomorrow").await;
    assert_eq!(title(&card), format!("Deny {code} because “the freeze begins tomorrow”?"));
    assert_eq!(stage.status(&code).await, "waiting", "it is read back first");
    stage.says(APPROVER, "yes").await;
    assert_eq!(stage.status(&code).await, "denied");
    let story = stage.says("demo-admin", &format!("why {code}")).await;
    assert!(story.text.contains("the freeze begins tomorrow"), "{}", story.text);
}

#[tokio::test]
async fn trust_c3_every_command_finds_a_request_by_any_name() {
    let stage = in_december(Stage::new().await).await;
    for text in [
        "revoke payments-api",
        "revoke write on payments-api from Erin",
        "revoke access to payments-api for Erin",
    ] {
        let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
        stage.says(APPROVER, "status").await;
        stage.says(APPROVER, "genehmige payments-api").await;
        assert_eq!(stage.status(&code).await, "active", "{text}");
        // Who ends it by a name was shown what it names.
        stage.says("demo-admin", &format!("status {code}")).await;
        let card = stage.says("demo-admin", text).await;
        assert_eq!(stage.status(&code).await, "revoked", "{text}: {}", card.text);
    }
    let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    stage.says(EMPLOYEE, "withdraw both").await;
    assert_eq!(stage.status(&code).await, "waiting");
    stage.says(APPROVER, &format!("approve {code}")).await;
    for text in [
        "extend payments-api for two more hours",
        "I need more time on payments-api, 2 hours",
        "extend until friday noon",
    ] {
        let card = stage.says(EMPLOYEE, text).await;
        assert!(card.text.contains("extension"), "{text}: {}", card.text);
        stage.says(EMPLOYEE, &format!("withdraw {code}")).await;
    }
    stage.says(EMPLOYEE, "remove my access to payments-api").await;
    assert_eq!(stage.status(&code).await, "given_back");
}

#[tokio::test]
async fn trust_c2_what_is_wrong_with_a_time_or_a_place_is_said_as_that() {
    let stage = in_december(Stage::new().await).await;
    let card = stage.says(EMPLOYEE, "my time zone is Mars/Phobos").await;
    assert!(card.text.contains("“Mars/Phobos” is no place whose time I know"), "{}", card.text);
    let card = stage.says(EMPLOYEE, "quiet from 22:00 to 22:00").await;
    assert!(card.text.contains("From 22:00 to 22:00 is no time at all"), "{}", card.text);
}
