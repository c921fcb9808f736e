//! Rules are proposed, compared with what is in force and with the days before, countersigned, published, and gone back to.

mod alone;
mod files;
mod replaying;
mod surfaces;
mod trust;
mod unseen;

use std::sync::Arc;

use countersign::demo::Demo;
use countersign::seed::seed;
use countersign_domain::rule_change::tidy;
use countersign_domain::tenant::{Person, Role};
use countersign_store::MemoryStore;
use countersign_tests::agents::administering;
use countersign_tests::lines::Lines;
use countersign_tests::stage::{Stage, tenant};
use countersign_tests::wherever::{SURFACES, asked, says_on};
use jiff::SignedDuration;
use serde_json::{Value, json};

const ADMIN: &str = "demo-admin";
const BEN: &str = "demo-approver2";
const ADA: &str = "demo-approver";
const EMPLOYEE: &str = "demo-employee";
const ROBOT: &str = "demo-robot";
const WRITE: &str = "access write on payments-api for 2 days ticket OPS-17 because rollout";

/// A file of rules whoever wants may read everything by.
const OPEN: &str = "@id(\"open\") @auto permit (principal, action, resource);\n";
/// Rules in which writing needs this many.
fn writing_needs(quorum: u32) -> String {
    format!(
        "@id(\"write\")\n@approvers(\"group:approvers\")\n@quorum(\"{quorum}\")\npermit (principal, action == Action::\"write\", resource);\n"
    )
}

/// Ben administers too.
fn two_admins(demo: &mut Demo) {
    make_admin(demo, BEN);
}

fn make_admin(demo: &mut Demo, who: &str) {
    let acme = demo.config.tenants.get_mut(&tenant()).expect("the demo's tenant");
    let person = acme.people.iter_mut().find(|person| person.id.as_str() == who).expect("one of the demo");
    person.roles.insert(Role::Admin);
}

async fn stage() -> Stage {
    Stage::adapted(Arc::new(MemoryStore::new()), two_admins).await
}

async fn propose(stage: &Stage, by: &str, text: &str) -> String {
    let proposed = stage.post(by, "/api/v1/rules/proposals", &json!({ "text": text })).await;
    stage.settle().await;
    proposed["code"].as_str().unwrap_or_else(|| panic!("no code in {proposed:#}")).to_owned()
}

async fn proposal(stage: &Stage, code: &str) -> Value {
    stage.get(ADMIN, &format!("/api/v1/rules/proposals/{code}")).await
}

async fn in_force(stage: &Stage) -> (u64, String) {
    let rules = stage.get(EMPLOYEE, "/api/v1/rules").await;
    (rules["version"].as_u64().expect("a version"), rules["text"].as_str().expect("a text").to_owned())
}

/// The configuration is read anew while the bot runs.
async fn reread(stage: &Stage) {
    let (bot, config) = (&stage.bot, &stage.demo.config.tenants[&tenant()]);
    seed(&bot.world, &bot.engine, &bot.directory, &tenant(), config).await.expect("the tenant is seeded");
    stage.settle().await;
}

fn people(stage: &mut Stage) -> &mut Vec<Person> {
    &mut stage.demo.config.tenants.get_mut(&tenant()).expect("the demo's tenant").people
}

/// The code of the newest change of the rules.
async fn newest(stage: &Stage) -> String {
    let events = stage.audited("rule_change_requested").await;
    events.last().and_then(|event| event["code"].as_str()).expect("somebody proposed").to_owned()
}

#[tokio::test]
async fn rules_are_proposed_countersigned_published_and_gone_back_to_wherever_people_talk() {
    let stage = Stage::with_chats_adapted(Arc::new(MemoryStore::new()), two_admins).await;
    let granted = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    stage.says(ADA, &format!("approve {granted}")).await;
    for surface in SURFACES {
        let (base, before) = in_force(&stage).await;
        let text = writing_needs(2);
        let sentence = format!("rules propose ```\n{text}``` because two pairs of eyes on {surface}");
        says_on(&stage, surface, ADMIN, &sentence).await;
        let code = newest(&stage).await;
        let open = proposal(&stage, &code).await;
        assert_eq!(
            (&open["status"], in_force(&stage).await.0),
            (&json!("waiting"), base),
            "{surface}: {open:#}"
        );
        assert_eq!(open["text"], tidy(&text), "as it was written");
        let decided = &open["replayed"]["decided"][0];
        assert!(decided["says"].as_str().is_some_and(|says| says.contains("would need 2")), "{open:#}");
        assert_eq!(decided["requests"][0]["code"], granted.as_str());
        let link = decided["requests"][0]["link"].as_str().expect("a link");
        assert!(link.ends_with(&format!("/?request={granted}")), "{link}");
        let told = asked(&stage, BEN);
        for part in [&code, "two pairs of eyes", "would need 2 countersignatures", "+ @quorum"] {
            assert!(told.contains(part), "{surface}: {part} is not in {told}");
        }
        says_on(&stage, surface, ADMIN, &format!("approve {code}")).await;
        assert_eq!(proposal(&stage, &code).await["status"], "waiting", "nobody countersigns their own");
        says_on(&stage, surface, ADA, &format!("approve {code}")).await;
        assert_eq!(
            proposal(&stage, &code).await["status"],
            "waiting",
            "who is no administrator does not count"
        );
        says_on(&stage, surface, BEN, &format!("approve {code}")).await;
        let published = proposal(&stage, &code).await;
        assert_eq!(published["status"], "published", "{surface}: {published:#}");
        assert_eq!(in_force(&stage).await, (base + 1, tidy(&text)), "exactly what was countersigned");

        says_on(&stage, surface, ADMIN, &format!("rules back to {base} because nobody can write")).await;
        let back = newest(&stage).await;
        assert_eq!(proposal(&stage, &back).await["back_to"], base);
        says_on(&stage, surface, BEN, &format!("approve {back}")).await;
        assert_eq!(in_force(&stage).await, (base + 2, before), "{surface}");
    }
    let versions = stage.get(EMPLOYEE, "/api/v1/rules/versions").await;
    let newest = &versions["items"][0];
    assert_eq!((&newest["by"], &newest["countersigned_by"]), (&json!(ADMIN), &json!([BEN])), "{versions:#}");
}

#[tokio::test]
async fn rules_of_two_proposals_at_once_one_wins_and_the_other_must_be_proposed_anew() {
    let stage = stage().await;
    let first = propose(&stage, ADMIN, &writing_needs(2)).await;
    let second = propose(&stage, ADMIN, &writing_needs(3)).await;
    let (one, other) = (format!("approve {first}"), format!("approve {second}"));
    let both = tokio::join!(stage.says_without_waiting(BEN, &one), stage.says_without_waiting(BEN, &other));
    stage.settle().await;
    let mut stand = Vec::new();
    for code in [&first, &second] {
        stand.push(proposal(&stage, code).await["status"].as_str().expect("a status").to_owned());
    }
    let won = stand.iter().filter(|status| *status == "published").count();
    assert_eq!(won, 1, "{stand:?} {both:#?}");
    assert!(stand.iter().any(|status| status == "denied" || status == "not_published"), "{stand:?}");
    assert_eq!((in_force(&stage).await.0, stage.audited("rules_published").await.len()), (2, 2));
}

#[tokio::test]
async fn rules_proposed_on_a_version_that_is_in_force_no_more_are_not_published() {
    let stage = stage().await;
    let late = propose(&stage, ADMIN, &writing_needs(3)).await;
    let first = propose(&stage, BEN, &writing_needs(2)).await;
    stage.says(ADMIN, &format!("approve {first}")).await;
    assert_eq!(in_force(&stage).await, (2, writing_needs(2)));
    let refused = stage.says(BEN, &format!("approve {late}")).await;
    assert!(refused.refused, "{}", refused.text);
    let stands = proposal(&stage, &late).await;
    assert_eq!(stands["status"], "denied", "{stands:#}");
    let why = stands["denied"][0].as_str().expect("a reason");
    assert!(
        why.contains("version 1")
            && why.contains("version 2 is in force")
            && why.contains("propose yours again"),
        "{why}"
    );
    assert_eq!(in_force(&stage).await.0, 2);
    // Who says which version they have read is told at once.
    let stale = json!({ "text": writing_needs(4), "base": 1 });
    let told = stage.post(ADMIN, "/api/v1/rules/proposals", &stale).await;
    assert_eq!(told["violations"][0]["code"], "rules_moved_on", "{told:#}");
    let anew = propose(&stage, ADMIN, &writing_needs(3)).await;
    stage.says(BEN, &format!("approve {anew}")).await;
    assert_eq!(in_force(&stage).await, (3, writing_needs(3)));
}

#[tokio::test]
async fn rules_the_only_administrator_publishes_alone_and_every_export_says_so() {
    let stage = Stage::new().await;
    let card = stage.says(ADMIN, &format!("rules propose\n{}", writing_needs(2))).await;
    assert!(!card.refused, "{}", card.text);
    assert_eq!(in_force(&stage).await, (2, writing_needs(2)));
    let code = newest(&stage).await;
    let why = stage.says(ADMIN, &format!("why {code}")).await;
    assert!(why.text.contains("Nobody countersigned"), "{}", why.text);
    let published = stage.audited("rules_published").await.pop().expect("an event");
    let summary = published["summary"].as_str().expect("a sentence");
    assert!(summary.contains("nobody countersigned"), "{summary}");
    let exported = stage.get_text("demo-auditor", "/api/v1/export").await;
    let notice: Value = serde_json::from_str(exported.lines().next().expect("a line")).expect("JSON");
    let notice = notice["notice"].as_str().unwrap_or_else(|| panic!("no notice in {exported:.300}"));
    assert!(notice.contains("Olga Operator (demo-admin) is the only administrator here"), "{notice}");
    // Only as the rules say: where they name somebody, that one countersigns.
    let named = format!(
        "{}@id(\"change\")\n@approvers(\"group:approvers\")\npermit (principal, action == Action::\"publish_rules\", resource);\n",
        writing_needs(2)
    );
    stage.publish(&named).await;
    let next = propose(&stage, ADMIN, OPEN).await;
    assert_eq!(proposal(&stage, &next).await["status"], "waiting");
    stage.says(ADA, &format!("approve {next}")).await;
    assert_eq!(in_force(&stage).await.1, OPEN);
}

#[tokio::test]
async fn rules_two_administrators_are_no_notice() {
    let stage = stage().await;
    let exported = stage.get_text("demo-auditor", "/api/v1/export").await;
    assert!(!exported.contains("\"notice\""), "{exported:.300}");
}

#[tokio::test]
async fn rules_proposed_by_an_agent_are_countersigned_by_a_person() {
    let robots = |demo: &mut Demo| administering(demo, &[ROBOT, "demo-robot2"]);
    let stage = Stage::adapted(Arc::new(MemoryStore::new()), robots).await;
    let code = propose(&stage, ROBOT, &writing_needs(2)).await;
    let open = proposal(&stage, &code).await;
    assert_eq!(open["status"], "waiting", "{open:#}");
    for agent in [ROBOT, "demo-robot2"] {
        let refused = stage.says(agent, &format!("approve {code}")).await;
        assert!(refused.refused, "{agent}: {}", refused.text);
    }
    let card = stage.says(ADMIN, &format!("status {code}")).await;
    assert!(card.text.contains("Proposed by: Rob the Robot (an agent)"), "{}", card.text);
    assert_eq!(in_force(&stage).await.0, 1);
    stage.says(ADMIN, &format!("approve {code}")).await;
    assert_eq!(in_force(&stage).await, (2, writing_needs(2)));
}

#[tokio::test]
async fn rules_with_a_fault_are_refused_at_once_with_the_very_line() {
    let stage = Stage::with_chats_adapted(Arc::new(MemoryStore::new()), two_admins).await;
    let broken = "@id(\"a\")\npermit (\n  principal,\n  oops,\n  resource\n);";
    let sentence = format!("rules propose ```{broken}```");
    let card = stage.says(ADMIN, &sentence).await;
    assert!(card.refused && card.text.contains("line 4"), "{}", card.text);
    for surface in ["slack", "teams", "discord"] {
        says_on(&stage, surface, ADMIN, &sentence).await;
        let told = match surface {
            "slack" => stage.slack_sees(ADMIN),
            "teams" => stage.teams_sees(ADMIN),
            _ => stage.discord_sees(ADMIN),
        };
        assert!(told.last().is_some_and(|told| told.contains("line 4")), "{surface}: {told:#?}");
    }
    assert_eq!(stage.audited("rule_change_requested").await.len(), 0);
    let same = in_force(&stage).await.1;
    let told = stage.post(ADMIN, "/api/v1/rules/proposals", &json!({ "text": same })).await;
    assert_eq!(told["violations"][0]["code"], "rules_in_force_already", "{told:#}");
    let none = stage.says(ADMIN, "rules back to 7").await;
    assert!(none.refused && none.text.contains("There is no version 7"), "{}", none.text);
    let refused = stage.says(EMPLOYEE, &format!("rules propose ```{OPEN}```")).await;
    assert!(refused.refused && refused.text.contains("do not let you propose"), "{}", refused.text);
}

#[tokio::test]
async fn rules_whoever_loses_the_role_before_they_are_published_does_not_count() {
    let mut stage = Stage::adapted(Arc::new(MemoryStore::new()), |demo| {
        two_admins(demo);
        make_admin(demo, ADA);
    })
    .await;
    let two = "@id(\"change\")\n@approvers(\"role:admin\")\n@quorum(\"2\")\npermit (principal, action == Action::\"publish_rules\", resource);\n";
    let first = propose(&stage, ADMIN, two).await;
    stage.says(ADA, &format!("approve {first}")).await;
    assert_eq!(in_force(&stage).await.0, 2);
    let code = propose(&stage, ADMIN, &format!("{two}{OPEN}")).await;
    stage.says(BEN, &format!("approve {code}")).await;
    let ben = people(&mut stage).iter_mut().find(|person| person.id.as_str() == BEN).expect("Ben");
    ben.roles.clear();
    reread(&stage).await;
    // That there are fewer who could countersign is new to whoever decides.
    let told = stage.says(ADA, &format!("approve {code}")).await;
    assert!(told.refused && told.text.contains("something new to look at twice"), "{}", told.text);
    let card = stage.says(ADA, &format!("approve {code}")).await;
    assert_eq!(in_force(&stage).await.0, 2, "one of two: {}", card.text);
    assert_eq!(proposal(&stage, &code).await["countersigned_by"], json!([ADA]));
    // And who proposed it, too.
    let own = people(&mut stage).iter_mut().find(|person| person.id.as_str() == ADMIN).expect("Olga");
    own.roles.clear();
    let ben = people(&mut stage).iter_mut().find(|person| person.id.as_str() == BEN).expect("Ben");
    ben.roles.insert(Role::Admin);
    people(&mut stage).retain(|person| person.id.as_str() != ADMIN);
    reread(&stage).await;
    // Olga's token is nobody's any more.
    let path = format!("/api/v1/rules/proposals/{code}");
    let stands = stage.get(BEN, &path).await;
    let why = stands["denied"].to_string();
    assert!(stands["status"] == "denied" && why.contains("Olga Operator"), "{stands:#}");
    for _ in 0..2 {
        let late = stage.says(BEN, &format!("approve {code}")).await;
        assert!(late.refused, "{}", late.text);
    }
    assert_eq!(
        (in_force(&stage).await.0, stage.get(BEN, &path).await["status"].clone()),
        (2, json!("denied"))
    );
}

#[tokio::test]
async fn rules_that_change_have_everything_open_looked_at_again() {
    let stage = stage().await;
    let waiting = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    let code = propose(&stage, ADMIN, &writing_needs(2)).await;
    let open = proposal(&stage, &code).await;
    assert_eq!(open["replayed"]["open"][0]["requests"][0]["code"], waiting.as_str(), "{open:#}");
    stage.says(BEN, &format!("approve {code}")).await;
    let card = stage.says(ADA, &format!("status {waiting}")).await;
    assert!(card.text.contains("waiting, 0 of 2 countersigned"), "{}", card.text);
}

#[tokio::test]
async fn rules_what_is_new_to_look_at_twice_is_shown_before_a_countersignature_counts() {
    let mut stage = stage().await;
    let named = format!(
        "{}@id(\"erin\")\n@approvers(\"person:demo-employee\")\npermit (principal, action == Action::\"admin\", resource);\n",
        writing_needs(1)
    );
    let code = propose(&stage, ADMIN, &named).await;
    let before = proposal(&stage, &code).await["receipt"].clone();
    people(&mut stage).retain(|person| person.id.as_str() != EMPLOYEE);
    reread(&stage).await;
    let refused = stage.says(BEN, &format!("approve {code}")).await;
    assert!(refused.refused && refused.text.contains("something new to look at twice"), "{}", refused.text);
    let receipt = before.as_str().expect("a receipt");
    let stale = stage.says(BEN, &format!("approve {code} receipt {receipt}")).await;
    assert!(stale.refused, "{}", stale.text);
    stage.says(BEN, &format!("approve {code}")).await;
    assert_eq!(proposal(&stage, &code).await["status"], "published");
}

#[tokio::test]
async fn rules_that_nobody_answers_lapse_and_those_that_are_denied_or_withdrawn_are_over() {
    let stage = stage().await;
    let lapsing = propose(&stage, ADMIN, &writing_needs(2)).await;
    let denied = propose(&stage, ADMIN, &writing_needs(3)).await;
    let withdrawn = propose(&stage, ADMIN, &writing_needs(4)).await;
    stage.says(BEN, &format!("deny {denied} because not now")).await;
    stage.says(ADMIN, &format!("withdraw {withdrawn}")).await;
    stage.later(SignedDuration::from_hours(73)).await;
    let mut stood = Vec::new();
    for code in [lapsing, denied, withdrawn] {
        stood.push(proposal(&stage, &code).await["status"].clone());
    }
    assert_eq!(
        (stood, in_force(&stage).await.0),
        (vec![json!("lapsed"), json!("denied"), json!("withdrawn")], 1)
    );
}

#[tokio::test]
async fn rules_in_a_file_are_what_a_tenant_begins_with_and_never_take_the_place_of_those_in_force() {
    let store = Arc::new(MemoryStore::new());
    let (warned, log) = Lines::log("warn");
    let looking = tracing::dispatcher::set_default(&log);
    let stage = Stage::on(store.clone()).await;
    let (version, first) = in_force(&stage).await;
    assert_eq!(version, 1, "what the file said");
    let stricter =
        format!("{first}\n@id(\"no\") forbid (principal, action, resource == Repository::\"x\");\n");
    stage.publish(&stricter).await;
    drop(stage);
    assert!(!warned.take().contains("stay unused"), "the file said what is in force");
    // Somebody edits the file, and starts the bot again.
    let stage = Stage::adapted(store, |demo| {
        let acme = demo.config.tenants.get_mut(&tenant()).expect("the demo's tenant");
        OPEN.clone_into(&mut acme.rules);
    })
    .await;
    drop(looking);
    let lines = warned.take();
    let warning = lines.lines().find(|line| line.contains("stay unused"));
    let warning: Value =
        serde_json::from_str(warning.unwrap_or_else(|| panic!("no warning in {lines}"))).expect("JSON");
    let told = warning.to_string();
    for part in ["WARN", "are not those in force", "rules diff --against FILE", "\"acme\"", "2"] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
    assert_eq!(in_force(&stage).await, (2, stricter));
    let versions = stage.get(EMPLOYEE, "/api/v1/rules/versions").await;
    let numbers: Vec<_> =
        versions["items"].as_array().into_iter().flatten().map(|item| &item["version"]).collect();
    assert_eq!(numbers, [&json!(2), &json!(1)]);
    let again = stage.get(EMPLOYEE, "/api/v1/rules/versions/1").await;
    assert_eq!(again["text"], first);
}

#[tokio::test]
async fn rules_of_a_file_begin_an_empty_tenant() {
    let stage = Stage::adapted(Arc::new(MemoryStore::new()), |demo| {
        let acme = demo.config.tenants.get_mut(&tenant()).expect("the demo's tenant");
        OPEN.clone_into(&mut acme.rules);
    })
    .await;
    assert_eq!(in_force(&stage).await, (1, OPEN.to_owned()));
}
