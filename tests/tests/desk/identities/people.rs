//! A2 and B6: every name of a person is that person; somebody unknown is nobody's self; two of one name are asked about.

use countersign::demo::chats::{discord_user, email, slack_user};
use countersign_domain::access::{AccessRequest, Fault, Form, Status};
use countersign_domain::denied::Violation;
use countersign_domain::people;
use countersign_sandbox::bitbucket::BitbucketUser;
use countersign_store::MemoryStore;
use countersign_tests::console::read;
use countersign_tests::stage::{Stage, words};
use countersign_tests::teams::teams_user;
use countersign_tests::vendors::Vendor as _;
use std::sync::Arc;

use super::{ADMIN, APPROVER, APPROVER2, EMPLOYEE, rules, write_on};

/// The names by which the demo's second approver is known somewhere.
fn names_of_ben(stage: &Stage) -> Vec<String> {
    let state = stage.demo.bitbucket.state();
    let ben = state.users.iter().find(|user| user.nickname == APPROVER2).expect("he is a member");
    vec![
        APPROVER2.to_owned(),
        format!("@{APPROVER2}"),
        "Ben Approver".to_owned(),
        "ben approver".to_owned(),
        ben.account_id.clone(),
        ben.uuid.clone(),
        ben.uuid.trim_matches(['{', '}']).to_uppercase(),
        email(APPROVER2),
        email(APPROVER2).to_uppercase(),
    ]
}

/// Somebody with an account at the forge whom the tenant does not know.
fn mallory(stage: &Stage) {
    stage.change_forge(|state| {
        state.users.push(BitbucketUser {
            account_id: "712020:mallory".to_owned(),
            uuid: "{00000000-0000-4000-8000-0000000000ff}".to_owned(),
            nickname: "mallory".to_owned(),
            display_name: "Mallory Member".to_owned(),
        });
    });
}

fn denied(access: &AccessRequest) -> Vec<Violation> {
    access.denial.iter().flat_map(|denial| denial.violations.clone()).collect()
}

#[tokio::test]
async fn trust_a2_under_every_name_it_is_one_person_who_cannot_approve_it_and_finds_it_everywhere() {
    let stage = Stage::adapted(Arc::new(MemoryStore::new()), |demo| {
        for person in &mut demo.config.tenants.values_mut().next().expect("the demo's tenant").people {
            person.accounts.insert("email".to_owned(), email(person.id.as_str()));
        }
    })
    .await;
    let mut number = 0;
    for name in names_of_ben(&stage) {
        // Each lasts longer than the one before: what is held already is asked for no more.
        let lasting = Some(format!("{} hours", 24 + number));
        let wish = Form { duration: lasting, ..write_on("payments-api", Some(&name)) };
        let code = stage.ask(EMPLOYEE, &wish).await;
        let own = stage.countersign(APPROVER2, &code).await.expect_err("it is his own");
        assert_eq!(own.0, [Violation::OwnRequest], "{name}");
        stage.countersign(APPROVER, &code).await.expect("it waits for one");
        let access = stage.state(&code).await;
        assert_eq!(access.status(), Status::Active, "{name}");
        let subject = access.asked.expect("it was asked").subject;
        assert_eq!(
            subject.principal.as_ref().map(countersign_domain::names::PrincipalId::as_str),
            Some(APPROVER2),
            "{name}"
        );
        assert_eq!(subject.name, "Ben Approver", "{name}");
        number += 1;
        for asked in names_of_ben(&stage) {
            let asked: String = asked.replace('{', "%7B").replace('}', "%7D").replace(' ', "%20");
            let grants = stage.get(ADMIN, &format!("/api/v1/grants?user={asked}&limit=100")).await;
            assert_eq!(grants["items"].as_array().expect("a list").len(), number, "{asked}: {grants:#}");
            let path = format!("/api/v1/audit?user={asked}&type=access_granted&limit=100");
            let audited = stage.get(ADMIN, &path).await;
            assert_eq!(audited["items"].as_array().expect("a list").len(), number, "{asked}");
        }
        let mine = words(&stage.says(APPROVER2, "my access").await);
        assert!(mine.contains("Ben Approver has write on payments-api"), "{name}: {mine}");
    }
    let code = stage.ask(EMPLOYEE, &write_on("web-shop", Some(&names_of_ben(&stage)[4]))).await;
    stage.countersign(APPROVER, &code).await.expect("it waits for one");
    stage.give_back(APPROVER2, &code).await;
    stage.settle().await;
    assert_eq!(stage.held(APPROVER2, "web-shop"), None);
}

#[tokio::test]
async fn trust_a2_somebody_unknown_is_judged_as_nobody_and_shown_as_that() {
    let stage = Stage::new().await;
    mallory(&stage);
    let text = r#"
@id("own") @auto @max_duration("7 days") permit (principal, action, resource) when { context.for_self };
@id("team") @auto @max_duration("7 days") permit (principal, action, resource)
when { context.subject in Group::"approvers" };
@id("outside") @quorum("1") @approvers("group:approvers") @max_duration("7 days")
permit (principal, action, resource == Repository::"web-shop") when { context.subject.kind == "unknown" };
"#;
    rules(&stage, text).await;
    for name in ["mallory", "712020:mallory", "{00000000-0000-4000-8000-0000000000ff}", "Mallory Member"] {
        let code = stage.ask(APPROVER, &write_on("payments-api", Some(name))).await;
        let access = stage.state(&code).await;
        assert!(
            matches!(&denied(&access)[..], [only] if matches!(only.own(), Some(Fault::NoRuleAllows { .. }))),
            "{name}: {:?}",
            denied(&access)
        );
    }
    let card =
        words(&stage.says(EMPLOYEE, "access write on web-shop for mallory for 2 days because audit").await);
    assert!(card.contains("waiting, 0 of 1 countersigned"), "{card}");
    assert!(card.contains("“Mallory Member” is not one of the people here."), "{card}");
}

#[tokio::test]
async fn trust_a2_an_account_that_calls_itself_like_somebody_is_not_theirs() {
    let stage = Stage::with_chats_adapted(Arc::new(MemoryStore::new()), |demo| {
        let acme = demo.config.tenants.values_mut().next().expect("the demo's tenant");
        acme.people[0].accounts.remove("bitbucket");
    })
    .await;
    stage.change_forge(|state| {
        let account = &mut state.users[0];
        assert_eq!(account.nickname, EMPLOYEE);
        account.display_name = "Somebody else".to_owned();
    });
    let code = stage.ask(EMPLOYEE, &write_on("payments-api", None)).await;
    let person = "Erin Employee".to_owned();
    assert_eq!(denied(&stage.state(&code).await), [Violation::from(Fault::NoAccount { person })]);
}

#[tokio::test]
async fn trust_b6_of_two_people_of_one_name_who_is_meant_is_asked_back_and_nothing_is_asked_for() {
    let stage = Stage::with_chats_adapted(Arc::new(MemoryStore::new()), |demo| {
        let acme = demo.config.tenants.values_mut().next().expect("the demo's tenant");
        for person in &mut acme.people[1..3] {
            person.name = "Alex Kim".to_owned();
        }
    })
    .await;
    let said = "access write on payments-api for Alex Kim for 2 days ticket OPS-17 because rollout";
    let card = words(&stage.says(EMPLOYEE, said).await);
    assert!(card.contains("Alex Kim (demo-approver) and Alex Kim (demo-approver2)"), "{card}");
    assert!(stage.log_after(None).await.iter().all(|event| event.kind != "access_requested"));
    let said = said.replace("Alex Kim", APPROVER2);
    let card = words(&stage.says(EMPLOYEE, &said).await);
    assert!(card.contains("write on payments-api for Alex Kim"), "{card}");
}

#[tokio::test]
async fn trust_b6_of_two_accounts_that_call_themselves_the_same_neither_is_taken() {
    let stage = Stage::new().await;
    mallory(&stage);
    stage.change_forge(|state| {
        let twin = BitbucketUser {
            account_id: "712020:twin".to_owned(),
            uuid: "{00000000-0000-4000-8000-0000000000fe}".to_owned(),
            ..state.users.last().expect("Mallory").clone()
        };
        state.users.push(twin);
    });
    let code = stage.ask(EMPLOYEE, &write_on("payments-api", Some("mallory"))).await;
    let denied = denied(&stage.state(&code).await);
    let Some(people::Fault::SeveralPeople { people, .. }) = denied[0].own() else { panic!("{denied:?}") };
    assert_eq!(denied.len(), 1, "{denied:?}");
    assert_eq!(people, ["Mallory Member (712020:mallory)", "Mallory Member (712020:twin)"]);
}

#[tokio::test]
async fn trust_d4_the_own_page_calls_chat_accounts_as_people_see_them() {
    let stage = Stage::with_chats().await;
    stage.teams_arrive(&[EMPLOYEE]).await;
    let page = stage.signs_in(EMPLOYEE).await.page("/me").await;
    let told = read(&page);
    for surface in ["Slack", "Teams", "Discord"] {
        assert!(told.contains(&format!("{surface} Erin Employeesince ")), "{told}");
    }
    for id in [slack_user(EMPLOYEE), teams_user(EMPLOYEE), discord_user(EMPLOYEE)] {
        assert!(!told.contains(&id), "an id is nobody's name: {told}");
    }
}
