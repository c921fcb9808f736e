//! A repair is a request as any other: it is listed, meant, reminded of, withdrawn and reviewed as accesses are.

use std::sync::Arc;

use countersign::config::TenantConfig;
use countersign::seed::seed;
use countersign_domain::card::Card;
use countersign_store::MemoryStore;
use countersign_tests::stage::{Stage, tenant};
use countersign_tests::vendors::{Vendor as _, account};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{ADMIN, APPROVER, APPROVER2, EMPLOYEE, ON, all_at_once, granted, named, proposed, repair, stage};

/// Two have to countersign a repair, and are reminded after an hour.
const TWO: &str = r#"@id("repairs") @approvers("group:approvers, person:demo-auditor") @quorum("2") @remind_after("1 hour")
permit (principal, action == Action::"repair_access", resource);
@id("rest") @approvers("group:approvers") permit (principal, action, resource);"#;

/// Olga has proposed to take from Erin what was given by hand.
async fn waiting(stage: &Stage) -> String {
    stage.set_by_hand(&account(EMPLOYEE), ON, Some("admin"));
    let name = named(stage, EMPLOYEE).await;
    proposed(stage, &format!("revert {name}")).await
}

async fn status(stage: &Stage, code: &str) -> String {
    repair(stage, code).await["status"].as_str().expect("a word").to_owned()
}

/// The codes of a list of the API.
async fn listed(stage: &Stage, token: &str, query: &str) -> Vec<Value> {
    let page = stage.get(token, &format!("/api/v1/requests?{query}")).await;
    page["items"].as_array().unwrap_or_else(|| panic!("no list in {page:#}")).clone()
}

#[tokio::test]
async fn repair_that_waits_is_listed_for_who_can_countersign_it_and_for_who_asked() {
    let stage = stage().await;
    let code = waiting(&stage).await;
    for who in [APPROVER, ADMIN, EMPLOYEE] {
        let items = listed(&stage, who, "in=waiting").await;
        let found = items.iter().find(|item| item["code"] == code.as_str());
        let found = found.unwrap_or_else(|| panic!("{who}: {items:#?}"));
        assert_eq!(found["kind"], "repair", "{found:#}");
        assert_eq!(found["status"], "waiting", "{found:#}");
        assert_eq!(found["requester"], ADMIN, "{found:#}");
        assert!(found["what"].as_str().is_some_and(|what| what.contains("set back 1")), "{found:#}");
        assert_eq!(found["yours_to_decide"], who == APPROVER, "{who}: {found:#}");
        assert!(found["until"].is_string(), "{found:#}");
    }
    let own = listed(&stage, ADMIN, "in=open&concerning=me&kind=repair").await;
    assert_eq!(own.len(), 1, "{own:#?}");
    assert!(listed(&stage, ADMIN, "in=open&concerning=me&kind=access").await.is_empty());
    stage.says(APPROVER, &format!("deny {code} because not now")).await;
    assert!(listed(&stage, ADMIN, "in=open").await.is_empty(), "it is over");
    assert_eq!(listed(&stage, ADMIN, "").await.len(), 1, "and still known");
}

#[tokio::test]
async fn repair_is_meant_by_who_names_no_code() {
    for text in ["approve", "approve it", "approve the repair", "approve payments-api"] {
        let stage = stage().await;
        let code = waiting(&stage).await;
        stage.says(APPROVER, "status").await;
        stage.says(APPROVER, text).await;
        stage.settle().await;
        assert_eq!(status(&stage, &code).await, "repaired", "{text}");
    }
    let stage = stage().await;
    let code = waiting(&stage).await;
    let card = stage.says(ADMIN, "why").await;
    assert!(card.text.contains("proposed to set back 1"), "{}", card.text);
    let card = stage.says(ADMIN, "who can approve it?").await;
    assert!(!card.refused && card.text.contains(&code), "{}", card.text);
    stage.says(APPROVER, "status").await;
    stage.says(APPROVER, "deny because the incident goes on").await;
    assert_eq!(status(&stage, &code).await, "denied");
}

#[tokio::test]
async fn trust_c3_in_the_thread_of_a_repair_this_is_the_repository_that_it_is_about() {
    let stage = stage().await;
    granted(&stage).await;
    let code = waiting(&stage).await;
    let says = async |text: &str| {
        let mut context = stage.context(APPROVER2).await;
        context.scene.about = code.parse().ok();
        stage.bot.chat.say(&context, text).await.expect("the bot answers").remove(0)
    };
    let card = says("who has write on this").await;
    assert!(card.text.contains("Erin Employee: write, until"), "{}", card.text);
    let card = says("who can approve this repo").await;
    assert!(card.title.contains("payments-api"), "{}", card.text);
    // Of what is about no repository, or about several, it is asked which one is meant.
    let rules = "rules propose ```\n@id(\"rest\") @approvers(\"group:approvers\") permit (principal, action, resource);\n```";
    let change = stage.says(ADMIN, rules).await.code.expect("a code");
    let mut context = stage.context(APPROVER2).await;
    context.scene.about = Some(change);
    let card =
        stage.bot.chat.say(&context, "who has write on this").await.expect("the bot answers").remove(0);
    assert!(card.text.contains("Which repository do you mean?"), "{}", card.text);
}

/// A bot where Ben approves nothing by himself, and stands in for others.
async fn with_a_deputy() -> Stage {
    Stage::adapted(Arc::new(MemoryStore::new()), |demo| {
        let acme = demo.config.tenants.values_mut().next().expect("the demo's tenant");
        acme.people[2].groups = ["deputies".to_owned()].into();
    })
    .await
}

#[tokio::test]
async fn a_repair_is_shown_to_who_stands_in_for_somebody_who_may_decide_on_it() {
    let stage = with_a_deputy().await;
    let code = waiting(&stage).await;
    let path = format!("/api/v1/repairs/{code}");
    let none = stage.get(APPROVER2, &path).await;
    assert_eq!(none["status"], 404, "Ben may not yet: {none:#}");
    assert_eq!(stage.get(APPROVER2, "/api/v1/repairs").await["items"], json!([]));
    stage.says(APPROVER, "omit me until 2027-03-01 ask deputies").await;
    let shown = stage.get(APPROVER2, &path).await;
    assert_eq!(shown["code"], code.as_str(), "{shown:#}");
    let list = stage.get(APPROVER2, "/api/v1/repairs").await;
    assert_eq!(list["items"][0]["code"], code.as_str(), "{list:#}");
    assert!(listed(&stage, APPROVER2, "in=waiting").await.iter().any(|item| item["code"] == code.as_str()));
}

#[tokio::test]
async fn trust_c3_who_stands_in_for_somebody_is_shown_what_they_may_decide() {
    let stage = with_a_deputy().await;
    let asked = "access write on payments-api for 2 days ticket OPS-17 because rollout";
    let code = stage.says(EMPLOYEE, asked).await.code.expect("a code").to_string();
    assert!(listed(&stage, APPROVER2, "in=waiting").await.is_empty(), "Ben may not yet");
    stage.says(APPROVER, "omit me until 2027-03-01 ask deputies").await;
    for (path, query) in
        [("requests", "in=waiting"), ("requests", "in=open"), ("access-requests", "status=waiting")]
    {
        let page = stage.get(APPROVER2, &format!("/api/v1/{path}?{query}")).await;
        let items = page["items"].as_array().expect("a list");
        assert!(items.iter().any(|item| item["code"] == code.as_str()), "{path}?{query}: {page:#}");
    }
    let waiting = listed(&stage, APPROVER2, "in=waiting").await;
    assert_eq!(waiting[0]["yours_to_decide"], true, "{waiting:#?}");
}

#[tokio::test]
async fn repair_and_access_that_wait_are_both_offered_each_with_its_sentence() {
    let stage = stage().await;
    let repair = waiting(&stage).await;
    let asked = "access write on payments-api for 2 days ticket OPS-17 because rollout";
    let access = stage.says(APPROVER2, asked).await.code.expect("a code").to_string();
    for (who, text) in [(APPROVER, "approve"), (APPROVER, "deny because not now"), (APPROVER, "why")] {
        let card = stage.says(who, text).await;
        assert_eq!(card.buttons.len(), 2, "{text}: {:?}", card.buttons);
        for part in [repair.as_str(), access.as_str(), "set back 1", "write on payments-api"] {
            assert!(card.text.contains(part), "{part} is not in what {text} offers: {}", card.text);
        }
    }
    assert_eq!(status(&stage, &repair).await, "waiting");
    assert_eq!(stage.status(&access).await, "waiting");
    let context = stage.context(APPROVER).await;
    let cards = stage.bot.chat.say(&context, "what waits for me").await.expect("the bot answers");
    let all: String = cards.iter().map(|card| card.text.as_str()).collect();
    assert!(all.contains(&repair) && all.contains(&access), "{all}");
}

#[tokio::test]
async fn repair_is_withdrawn_by_its_asker_in_a_sentence_and_by_nobody_else() {
    for text in ["withdraw", "withdraw it", "withdraw the repair", "withdraw my request"] {
        let stage = stage().await;
        let code = waiting(&stage).await;
        stage.says(ADMIN, text).await;
        assert_eq!(status(&stage, &code).await, "withdrawn", "{text}");
    }
    let stage = stage().await;
    let code = waiting(&stage).await;
    // What is taken from somebody is not theirs to call off.
    let refused = stage.says(EMPLOYEE, &format!("withdraw {code}")).await;
    assert!(refused.refused, "{}", refused.text);
    stage.says(EMPLOYEE, "withdraw").await;
    assert_eq!(status(&stage, &code).await, "waiting");
    let card = stage.says(ADMIN, "take that back").await;
    assert_eq!(card.title, "Do you want to withdraw this one?", "{}", card.text);
    stage.says(ADMIN, "yes").await;
    assert_eq!(status(&stage, &code).await, "withdrawn");
}

#[tokio::test]
async fn repair_whose_countersignature_is_taken_back_waits_as_before() {
    let stage = stage().await;
    stage.publish(TWO).await;
    let code = waiting(&stage).await;
    stage.says(APPROVER, "status").await;
    stage.says(APPROVER, "approve").await;
    let given = repair(&stage, &code).await;
    assert_eq!(given["countersigned_by"][0], APPROVER, "{given:#}");
    stage.says(APPROVER, "take that back").await;
    let taken = repair(&stage, &code).await;
    assert_eq!((&taken["countersigned_by"], &taken["status"]), (&json!([]), &json!("waiting")), "{taken:#}");
}

#[tokio::test]
async fn repair_is_reminded_of_and_lapses() {
    let stage = Stage::with_chats_arranged(all_at_once).await;
    stage.publish(TWO).await;
    let code = waiting(&stage).await;
    let before = stage.slack_sees(APPROVER).len();
    stage.later(SignedDuration::from_mins(61)).await;
    let reminded = stage.slack_sees(APPROVER).split_off(before);
    assert!(reminded.iter().any(|text| text.contains(&code)), "{reminded:#?}");
    assert_eq!(stage.audited("repair_reminded").await.len(), 1);
    stage.later(SignedDuration::from_hours(73)).await;
    assert_eq!(status(&stage, &code).await, "lapsed");
}

#[tokio::test]
async fn repair_is_on_the_home_tab_of_who_asked_and_of_who_decides() {
    let stage = Stage::with_chats_arranged(all_at_once).await;
    let code = waiting(&stage).await;
    let chat = &stage.bot.chat;
    let home = async |id: &str| chat.home(&tenant(), &stage.person(id).await).await.expect("a home page");
    let (ada, olga) = (home(APPROVER).await, home(ADMIN).await);
    let are = |cards: &[Card]| {
        cards.iter().any(|card| card.code.as_ref().is_some_and(|own| own.to_string() == code))
    };
    assert_eq!((are(&ada.waiting), are(&ada.requests)), (true, false));
    assert_eq!((are(&olga.waiting), are(&olga.requests), are(&olga.access)), (false, true, false));
    let erin = home(EMPLOYEE).await;
    assert!(!are(&erin.waiting) && !are(&erin.requests) && !are(&erin.access), "Erin asked for nothing");
}

async fn without(stage: &mut Stage, who: &str) {
    let config: &mut TenantConfig = stage.demo.config.tenants.get_mut(&tenant()).expect("the demo's tenant");
    config.people.retain(|person| person.id.as_str() != who);
    let (bot, config) = (&stage.bot, &stage.demo.config.tenants[&tenant()]);
    seed(&bot.world, &bot.engine, &bot.directory, &tenant(), config).await.expect("the tenant is seeded");
    stage.settle().await;
}

#[tokio::test]
async fn repair_is_reviewed_when_who_countersigned_leaves_and_the_admins_are_told() {
    let mut stage = Stage::with_chats_arranged(all_at_once).await;
    stage.publish(TWO).await;
    let code = waiting(&stage).await;
    stage.says(APPROVER, &format!("approve {code}")).await;
    without(&mut stage, APPROVER).await;
    let left = repair(&stage, &code).await;
    assert_eq!(
        (left["status"].as_str(), left["countersigned_by"].as_array().map(Vec::len)),
        (Some("waiting"), Some(0))
    );
    let told =
        stage.slack_sees(ADMIN).into_iter().rfind(|text| text.contains("does not belong here any more"));
    let told = told.expect("the admins are told");
    assert!(told.contains(&code) && told.contains("one countersignature counts no more"), "{told}");
}

#[tokio::test]
async fn repair_that_is_asked_about_by_who_left_is_closed_and_said_so() {
    let mut stage = Stage::with_chats_arranged(all_at_once).await;
    let code = waiting(&stage).await;
    without(&mut stage, EMPLOYEE).await;
    assert_eq!(status(&stage, &code).await, "denied", "whose permission it is about is gone");
    let told = stage.slack_sees(ADMIN).into_iter().rfind(|text| text.starts_with("Erin Employee does not"));
    let told = told.expect("the admins are told");
    assert!(told.contains(&code) && told.contains("closed"), "{told}");
}

#[tokio::test]
async fn repair_that_is_about_others_too_goes_on_when_one_of_them_leaves() {
    let mut stage = Stage::with_chats_arranged(all_at_once).await;
    for who in [EMPLOYEE, APPROVER2] {
        stage.set_by_hand(&account(who), ON, Some("admin"));
    }
    let (erin, ben) = (named(&stage, EMPLOYEE).await, named(&stage, APPROVER2).await);
    let code = proposed(&stage, &format!("adopt {erin} and {ben}")).await;
    without(&mut stage, EMPLOYEE).await;
    assert_eq!(status(&stage, &code).await, "waiting", "it is about Ben as well");
    let card = stage.says(APPROVER, &format!("status {code}")).await.text;
    assert!(card.contains("Erin Employee does not belong here any more: nothing is given to them"), "{card}");
    let repair = super::carried_out(&stage, &code).await;
    let would = |step: usize| repair["steps"][step]["would"].as_str().expect("a sentence").to_owned();
    assert!(would(0).contains("Erin Employee does not belong here any more"), "{}", would(0));
    assert_eq!(would(1), "Adopted: the log says so now.");
    assert_eq!(stage.audited("repair_adopted").await.len(), 1, "nothing is adopted of who is gone");
}

#[tokio::test]
async fn repair_takes_from_who_left_what_it_was_to_take() {
    let mut stage = Stage::with_chats_arranged(all_at_once).await;
    for who in [EMPLOYEE, APPROVER2] {
        stage.set_by_hand(&account(who), ON, Some("admin"));
    }
    let (erin, ben) = (named(&stage, EMPLOYEE).await, named(&stage, APPROVER2).await);
    let code = proposed(&stage, &format!("revert {erin} and {ben}")).await;
    without(&mut stage, EMPLOYEE).await;
    super::carried_out(&stage, &code).await;
    assert_eq!((stage.held(EMPLOYEE, ON), stage.held(APPROVER2, ON)), (None, None));
}
