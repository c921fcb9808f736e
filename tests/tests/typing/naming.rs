//! Which request, repository or answer somebody means who says it as people do: what is theirs is theirs, what is named is looked
//! up, and what stands behind a code is not lost.

use std::sync::Arc;

use countersign_domain::access::Permission;
use countersign_domain::card::Card;
use countersign_sandbox::Fault;
use countersign_store::MemoryStore;
use countersign_tests::stage::Stage;
use countersign_tests::typed::{self, in_december, labels, press, requests};
use countersign_tests::vendors::trouble;

use crate::{APPROVER, APPROVER2, EMPLOYEE, WRITE};

fn code(card: &Card) -> String {
    card.code.as_ref().unwrap_or_else(|| panic!("no request: {}", card.text)).to_string()
}

#[tokio::test]
async fn trust_c3_what_somebody_calls_their_own_is_nobody_elses() {
    let stage = in_december(Stage::new().await).await;
    let erins = code(&stage.says(EMPLOYEE, WRITE).await);
    let all = [
        "approve my request",
        "approve mine",
        "please approve my access",
        "approve my payments-api request",
        "deny mine because I changed my mind",
        "deny my request because it is late",
    ];
    for said in all {
        let card = stage.says(APPROVER, said).await;
        assert_eq!(stage.status(&erins).await, "waiting", "{said}: {}", card.text);
        assert!(labels(&card).iter().any(|label| label.contains(&erins)), "{said} is asked: {}", card.text);
        stage.says(APPROVER, "never mind").await;
    }
    // With one of their own it is that one, which nobody decides on themselves.
    let own = code(&stage.says(APPROVER2, "access write on infra for 1 day ticket OPS-18").await);
    for said in ["approve my request", "approve mine"] {
        let card = stage.says(APPROVER2, said).await;
        assert!(card.refused && card.text.contains("their own request"), "{said}: {}", card.text);
    }
    // Whoever denies their own means that they take it back, and is asked.
    let card = stage.says(APPROVER2, "deny mine because no").await;
    assert!(card.title.contains("withdraw") && card.text.contains(&own), "{}", card.text);
    stage.says(APPROVER2, "never mind").await;
    assert_eq!(
        (stage.status(&erins).await.as_str(), stage.status(&own).await.as_str()),
        ("waiting", "waiting")
    );
    stage.says(APPROVER, &format!("approve {erins}")).await;
    for said in ["revoke my access", "revoke mine because it is over"] {
        let card = stage.says(APPROVER2, said).await;
        assert_eq!(stage.status(&erins).await, "active", "{said}: {}", card.text);
        stage.says(APPROVER2, "never mind").await;
    }
    let status = stage.says(EMPLOYEE, "status of my request").await;
    assert_eq!(code(&status), erins, "{}", status.text);
}

#[tokio::test]
async fn trust_c3_a_repository_that_is_asked_about_is_looked_up_and_nothing_is_said_of_one_that_there_is_not()
{
    let stage = in_december(Stage::new().await).await;
    let erins = code(&stage.says(EMPLOYEE, WRITE).await);
    stage.says(APPROVER, &format!("approve {erins}")).await;
    for said in ["payments-api", "Payments API", "acme/payments-api", "PAYMENTS-API"] {
        let card = stage.says(EMPLOYEE, &format!("who has write on {said}")).await;
        assert!(card.text.contains("Erin Employee: write, until"), "{said}: {}", card.text);
    }
    for said in ["paymnts-api", "payments-api today", "infra since monday", "nosuch", "everything"] {
        // Who may countersign is asked of the rules as they are today.
        let questions = ["who has write on", "who can approve"];
        for question in questions.iter().take(if said.ends_with("today") { 1 } else { 2 }) {
            let card = stage.says(EMPLOYEE, &format!("{question} {said}")).await;
            assert!(
                !card.text.contains("Nobody, as far as") && !card.text.contains("Approver"),
                "{said}: {}",
                card.text
            );
            assert!(card.text.contains("There is no repository"), "{question} {said}: {}", card.text);
            stage.says(EMPLOYEE, "never mind").await;
        }
    }
    for said in ["evil/payments-api", "https://github.com/acme/payments-api"] {
        let card = stage.says(EMPLOYEE, &format!("who has write on {said}")).await;
        assert!(card.refused && !card.text.contains("Erin Employee"), "{said}: {}", card.text);
    }
    let near = stage.says(EMPLOYEE, "who has write on paymnts-api").await;
    let found = press(&stage, EMPLOYEE, &near, "payments-api").await;
    assert!(found.text.contains("Erin Employee: write, until"), "{}", found.text);
    let unknown = stage.says(EMPLOYEE, "who has superpowers on payments-api").await;
    assert!(unknown.text.contains("Which permission do you mean?"), "{}", unknown.text);
    let forbidden = stage.says(EMPLOYEE, "who can approve write on archive").await;
    assert!(!forbidden.text.contains("Approver") && !forbidden.text.contains("read:"), "{}", forbidden.text);
    let today = stage.says(EMPLOYEE, "who can approve payments-api today?").await;
    assert!(today.text.contains("Who could countersign a request for payments-api"), "{}", today.text);
    let own = stage.says(APPROVER, "who can approve payments-api").await;
    assert!(own.text.contains("nobody countersigns their own"), "{}", own.text);
}

#[tokio::test]
async fn trust_c3_what_stands_behind_a_code_is_asked_about_and_never_a_part_of_the_code() {
    let stage = in_december(Stage::new().await).await;
    let erins = code(&stage.says(EMPLOYEE, WRITE).await);
    for (said, reason) in [
        (" too long", "too long"),
        (": wrong ticket", "wrong ticket"),
        (", the freeze begins", "the freeze begins"),
    ] {
        let card = stage.says(APPROVER, &format!("deny {erins}{said}")).await;
        assert_eq!(card.title, format!("Deny {erins} because “{reason}”?"), "{}", card.text);
        assert_eq!(stage.status(&erins).await, "waiting");
    }
    for said in [
        "approve CODE but only for 1 hour",
        "approve CODE because I trust Erin",
        "lgtm CODE",
        "CODE: approve",
    ] {
        let card = stage.says(APPROVER, &said.replace("CODE", &erins)).await;
        assert_eq!(stage.status(&erins).await, "waiting", "{said}: {}", card.text);
        assert!(labels(&card)[0].contains(&erins), "{said}: {}", card.text);
        stage.says(APPROVER, "never mind").await;
    }
    for alone in [erins.clone(), format!("{erins} ok")] {
        let shown = stage.says(APPROVER, &alone).await;
        assert_eq!(code(&shown), erins, "a code alone is asked to be seen: {}", shown.text);
        assert_eq!(stage.status(&erins).await, "waiting");
    }
    let card = stage.says(APPROVER, &format!("deny {erins} too long")).await;
    stage.says(APPROVER, &card.buttons[0].say).await;
    assert_eq!(stage.status(&erins).await, "denied");
    let why = stage.says(EMPLOYEE, "why?").await;
    assert!(
        why.text.contains("too long") && why.text.contains(&erins),
        "what was decided last: {}",
        why.text
    );
    let stranger = stage.says(EMPLOYEE, "deny K7QM2X too long").await;
    assert!(stranger.refused && !stranger.text.contains("“K7QM2X too long”"), "{}", stranger.text);
}

#[tokio::test]
async fn trust_c3_who_can_approve_this_is_about_what_is_open() {
    let stage = in_december(Stage::new().await).await;
    let erins = code(&stage.says(EMPLOYEE, WRITE).await);
    let card = stage.says(EMPLOYEE, "who can approve this?").await;
    assert!(card.text.contains("Ada Approver") && card.text.contains(&erins), "{}", card.text);
}

#[tokio::test]
async fn trust_c2_a_yes_answers_a_question_that_offers_one_and_what_is_no_answer_is_asked_again() {
    let stage = in_december(Stage::new().await).await;
    for yes in ["yes", "yes please", "both", "all of them"] {
        let before = requests(&stage).await;
        let card = stage.says(APPROVER, "write on payments-api and infra for 1 day OPS-17").await;
        assert!(labels(&card)[0].starts_with("Yes"), "{}", card.text);
        let born = stage.says(APPROVER, yes).await;
        assert_eq!(requests(&stage).await, if before == 0 { 2 } else { before }, "{yes}: {}", born.text);
        assert!(born.code.is_some(), "{yes}: {}", born.text);
    }
    stage.says(EMPLOYEE, "access write on web-shop for 1 day").await;
    for none in ["ok", "I don't have any at hand", "it is somewhere in my notes"] {
        let card = stage.says(EMPLOYEE, none).await;
        assert!(
            card.text.contains("write” on “web-shop”"),
            "the question is there again: {none}: {}",
            card.text
        );
    }
    let born = stage.says(EMPLOYEE, "OPS-17").await;
    assert!(born.code.is_some(), "and it still waits for its answer: {}", born.text);
}

#[tokio::test]
async fn trust_c2_who_says_that_both_are_wrong_asks_for_neither() {
    let stage = in_december(Stage::new().await).await;
    let wrong = [
        "both are wrong",
        "all of that was a mistake",
        "alles falsch",
        "all wrong",
        "todo mal",
        "both? no",
        "everything is granted already",
        "not both",
        "alle beide nicht",
        "both, but only read",
    ];
    for said in wrong {
        let card = stage.says(EMPLOYEE, "read on web-shop and infra for 1 hour").await;
        assert!(labels(&card)[0].starts_with("Yes, 2"), "{}", card.text);
        let card = stage.says(EMPLOYEE, said).await;
        assert_eq!(requests(&stage).await, 0, "{said}: {}", card.text);
        stage.says(EMPLOYEE, "cancel").await;
    }
    for (said, all) in [("yes, both of them please", 2), ("both", 2)] {
        stage.says(EMPLOYEE, "read on web-shop and infra for 1 hour").await;
        let card = stage.says(EMPLOYEE, said).await;
        assert_eq!(requests(&stage).await, all, "{said}: {}", card.text);
    }
}

#[tokio::test]
async fn trust_c2_a_yes_chooses_nobody_whose_name_begins_with_it() {
    let stage = Stage::adapted(Arc::new(MemoryStore::new()), |demo| {
        let acme = demo.config.tenants.values_mut().next().expect("the demo's tenant");
        acme.people[1].name = "Yesenia Lopez".to_owned();
        acme.people[2].name = "Maria Lopez".to_owned();
    });
    let stage = in_december(stage.await).await;
    let asked = "read on web-shop for Lopez for 1 day because audit";
    for yes in ["yes", "yes please", "ok", "sure"] {
        let card = stage.says(EMPLOYEE, asked).await;
        assert!(labels(&card).contains(&"Yesenia Lopez"), "{}", card.text);
        let card = stage.says(EMPLOYEE, yes).await;
        assert_eq!(requests(&stage).await, 0, "{yes}: {}", card.text);
        assert!(labels(&card).contains(&"Maria Lopez"), "it is asked again: {}", card.text);
        stage.says(EMPLOYEE, "cancel").await;
    }
    stage.says(EMPLOYEE, asked).await;
    let card = stage.says(EMPLOYEE, "Yesenia").await;
    assert!(card.text.contains("Yesenia Lopez") && card.code.is_some(), "{}", card.text);
}

#[tokio::test]
async fn trust_c3_where_the_forge_does_not_answer_nobody_is_told_that_nobody_has_it() {
    let stage = in_december(Stage::new().await).await;
    let erins = code(&stage.says(EMPLOYEE, WRITE).await);
    stage.says(APPROVER, &format!("approve {erins}")).await;
    let away =
        Fault { matching: "GET /2.0/".to_owned(), times: 1_000, status: Some(503), ..Fault::default() };
    stage.demo.bitbucket.order(trouble([away]));
    for said in ["who has write on paymnts-api", "who has write on nosuch", "who can approve nosuch"] {
        let card = stage.says(EMPLOYEE, said).await;
        assert!(
            !card.text.contains("Nobody, as far as") && !card.text.contains("Approver"),
            "{said}: {}",
            card.text
        );
        assert!(card.text.contains("I cannot tell whether there is a repository"), "{said}: {}", card.text);
    }
    let card = stage.says(EMPLOYEE, "who has write on payments-api").await;
    assert!(card.text.contains("Erin Employee: write, until"), "the log knows that one: {}", card.text);
}

#[tokio::test]
async fn trust_c3_who_could_approve_something_for_somebody_is_neither_them_nor_who_asks() {
    let stage = in_december(Stage::new().await).await;
    for whom in ["Ada Approver", "demo-approver", "Ada"] {
        let card = stage.says(EMPLOYEE, &format!("who can approve write on infra for {whom}")).await;
        let line = card.text.lines().find(|line| line.starts_with("write: "));
        let line = line.unwrap_or_else(|| panic!("{whom}: {}", card.text));
        assert!(line.contains("Ben Approver") && !line.contains("Ada"), "{whom}: {line}");
        assert!(card.text.contains("Ada Approver is not in this list"), "{whom}: {}", card.text);
    }
    let own = stage.says(APPROVER, "who can approve write on infra for Ben Approver").await;
    let line = own.text.lines().find(|line| line.starts_with("write: ")).unwrap_or_default().to_owned();
    assert!(!line.contains("Ada") && !line.contains("Ben"), "{}", own.text);
}

#[tokio::test]
async fn trust_c3_a_request_that_too_few_can_grant_says_so_on_its_card_and_beforehand() {
    let stage = in_december(Stage::new().await).await;
    let three =
        r#"@id("three") @approvers("group:approvers") @quorum("3") permit (principal, action, resource);"#;
    stage.publish(three).await;
    let bens = code(&stage.says(APPROVER2, "access read on infra for 1 hour because of the incident").await);
    let card = stage.says(APPROVER, &format!("status {bens}")).await;
    assert!(card.text.contains("It takes one more, and nobody else here can"), "{}", card.text);
    let before = stage.says(APPROVER2, "who can approve read on infra").await;
    assert!(before.text.contains("so nobody gets it: too few can"), "{}", before.text);
    let erins = code(&stage.says(EMPLOYEE, "access read on infra for 1 hour because of the incident").await);
    let card = stage.says(APPROVER, &format!("status {erins}")).await;
    assert!(!card.text.contains("nobody gets it"), "{}", card.text);
}

#[tokio::test]
async fn trust_c3_who_withdrew_a_request_is_said_on_its_card() {
    let stage = in_december(Stage::new().await).await;
    let asked =
        "access write on payments-api for Ada Approver for 2 hours ticket OPS-17 because of the rollout";
    let code = code(&stage.says(EMPLOYEE, asked).await);
    stage.says(APPROVER, &format!("withdraw {code}")).await;
    let card = stage.says(EMPLOYEE, &format!("status {code}")).await;
    assert!(card.text.contains("It was withdrawn by Ada Approver"), "{}", card.text);
}

#[tokio::test]
async fn trust_c1_a_tenants_own_word_for_a_permission_is_read_in_a_sentence() {
    let stage = in_december(
        Stage::adapted(Arc::new(MemoryStore::new()), |demo| {
            let acme = demo.config.tenants.values_mut().next().expect("the demo's tenant");
            acme.words.insert(Permission::Write, vec!["deploy rights".to_owned(), "Rollout".to_owned()]);
        })
        .await,
    )
    .await;
    for (text, repository) in [
        ("I need deploy rights on payments-api for 2 days, OPS-17", "payments-api"),
        ("could I have rollout on infra for 2 days please? OPS-18", "infra"),
    ] {
        let card = stage.says(EMPLOYEE, text).await;
        let ticket = if repository == "infra" { "OPS-18" } else { "OPS-17" };
        let request = format!("write on {repository} for demo-employee 2880 minutes ticket {ticket}");
        assert_eq!(typed::born(&stage, &card).await, request, "{text}");
    }
    let other = in_december(Stage::new().await).await;
    let card = other.says(EMPLOYEE, "I need deploy rights on payments-api for 2 days, OPS-17").await;
    assert!(card.code.is_none(), "elsewhere it is no word for anything: {}", card.text);
}

#[tokio::test]
async fn trust_c3_people_are_found_without_accents_by_initials_and_titles_and_a_group_is_said_to_be_one() {
    let stage = in_december(Stage::new().await).await;
    for (name, offered) in [
        ("Bén Approver", "Ben Approver"),
        ("ben a", "Ben Approver"),
        ("@ben", "Ben Approver"),
        ("Frau Approver", "Ada Approver"),
    ] {
        let card = stage.says(EMPLOYEE, &format!("read on web-shop for {name} for 1 hour")).await;
        assert_eq!(requests(&stage).await, 0, "{name}: {}", card.text);
        assert!(labels(&card).contains(&offered), "{name}: {}", card.text);
        stage.says(EMPLOYEE, "cancel").await;
    }
    for name in ["the approvers", "approvers"] {
        let card = stage.says(EMPLOYEE, &format!("read on web-shop for {name} for 1 hour")).await;
        assert!(card.text.contains("is a group of 3 people"), "{name}: {}", card.text);
        assert_eq!(requests(&stage).await, 0, "{name}");
        stage.says(EMPLOYEE, "cancel").await;
    }
    // What is struck out is taken back, and what is left is shown before it counts.
    let card = stage.says(EMPLOYEE, "read on web-shop for ~1 hour~ 2 hours").await;
    assert!(card.title.starts_with("Do you mean") && card.title.contains("for 2 hours"), "{}", card.text);
    assert_eq!(requests(&stage).await, 0);
}

#[tokio::test]
async fn trust_c3_a_repository_that_is_named_narrows_whatever_stands_beside_it() {
    let stage = in_december(Stage::new().await).await;
    let held = stage.says(EMPLOYEE, "read on web-shop for 1 hour").await.code.expect("a code").to_string();
    let waits = stage.says(EMPLOYEE, "read on infra for 2 hours").await.code.expect("a code").to_string();
    let card = stage.says(EMPLOYEE, "I don't need access to infra any more, could you withdraw it").await;
    assert!(card.text.contains(&waits) && !card.text.contains(&held), "{}", card.text);
    stage.says(EMPLOYEE, "yes").await;
    assert_eq!(
        (stage.status(&waits).await, stage.status(&held).await),
        ("withdrawn".to_owned(), "active".to_owned())
    );
}

#[tokio::test]
async fn trust_c3_nothing_like_what_is_named_is_no_reason_to_decide_on_another() {
    for said in
        ["approve the one for 1 hour", "approve archive as Erin needs it", "approve Erin's web-shop request"]
    {
        let stage = in_december(Stage::new().await).await;
        let waits = stage.says(EMPLOYEE, "read on infra for 2 hours").await.code.expect("a code").to_string();
        let card = stage.says(APPROVER, said).await;
        assert!(!card.text.contains(&waits), "{said}: {}", card.text);
        stage.says(APPROVER, "never mind").await;
        assert_eq!(stage.status(&waits).await, "waiting", "{said}");
    }
    let stage = in_december(Stage::new().await).await;
    let waits = stage.says(EMPLOYEE, "read on infra for 2 hours").await.code.expect("a code").to_string();
    let card = stage.says(APPROVER, "approve the one for 2 hours").await;
    assert!(card.text.contains(&waits), "{}", card.text);
}
