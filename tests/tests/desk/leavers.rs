//! When somebody leaves: nothing of theirs is left open or in force, and the admins are told once.

mod deputies;

use countersign::config::TenantConfig;
use countersign::seed::seed;
use countersign_domain::request::Code;
use countersign_sandbox::{Fault, Faults};
use countersign_tests::acting::form;
use countersign_tests::stage::{Stage, tenant};
use jiff::SignedDuration;

const EMPLOYEE: &str = "demo-employee";
const APPROVER: &str = "demo-approver";
const APPROVER2: &str = "demo-approver2";
const ADMIN: &str = "demo-admin";
const WRITE: &str = "access write on payments-api for 2 days ticket OPS-17 because rollout";

async fn asked(stage: &Stage, token: &str, text: &str) -> String {
    let card = stage.says(token, text).await;
    card.code.as_ref().map_or_else(|| panic!("no code on {card:#?}"), Code::to_string)
}

async fn granted(stage: &Stage) -> String {
    let code = asked(stage, EMPLOYEE, WRITE).await;
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "active");
    code
}

fn change(stage: &mut Stage, change: impl FnOnce(&mut TenantConfig)) {
    change(stage.demo.config.tenants.get_mut(&tenant()).expect("the demo's tenant"));
}

/// Who runs the bot takes somebody out of the file.
fn remove(config: &mut TenantConfig, who: &str) {
    config.people.retain(|person| person.id.as_str() != who);
}

/// They leave them in the file, and say there that they left.
fn disable(config: &mut TenantConfig, who: &str) {
    config.disabled.insert(who.parse().expect("an id"));
}

/// They stay, and are in no group any more.
fn ungroup(config: &mut TenantConfig, who: &str) {
    let person = config.people.iter_mut().find(|person| person.id.as_str() == who);
    person.expect("somebody of the tenant").groups.clear();
}

/// The configuration is read anew while the bot runs.
async fn reread(stage: &Stage) {
    let (bot, config) = (&stage.bot, &stage.demo.config.tenants[&tenant()]);
    seed(&bot.world, &bot.engine, &bot.directory, &tenant(), config).await.expect("the tenant is seeded");
    stage.settle().await;
}

/// The bot is stopped, the file changes, and another one is started that has forgotten how far it had reacted.
async fn restarted_without(stage: Stage, who: &str) -> Stage {
    restarted_as(stage, |config| remove(config, who)).await
}

async fn restarted_as(mut stage: Stage, becomes: impl FnOnce(&mut TenantConfig)) -> Stage {
    change(&mut stage, becomes);
    stage.restarted(async |_| {}).await
}

async fn count(stage: &Stage, code: &str, kind: &str) -> usize {
    stage.history(code).await.iter().filter(|event| *event == kind).count()
}

#[tokio::test]
async fn trust_a4_what_became_of_what_a_leaver_left_is_shown_to_administrators_without_a_chat() {
    let mut stage = Stage::new().await;
    let held = granted(&stage).await;
    change(&mut stage, |config| remove(config, EMPLOYEE));
    reread(&stage).await;
    let shown = async |who| {
        let said = stage.post(who, "/api/v1/chat", &serde_json::json!({"text": "status"})).await;
        said["cards"]
            .as_array()
            .expect("cards")
            .iter()
            .map(|card| card["text"].to_string())
            .collect::<String>()
    };
    let told = format!("{held}, write on payments-api for Erin Employee: is being taken back");
    let seen = shown(ADMIN).await;
    assert!(seen.contains("Erin Employee does not belong here any more") && seen.contains(&told), "{seen}");
    assert!(!shown(APPROVER).await.contains("Erin Employee does not"), "that is for administrators");
}

/// Somebody leaves while the bot is down, and keeps nothing.
async fn leaves_while_it_is_down(leaves: impl FnOnce(&mut TenantConfig)) {
    let stage = Stage::with_chats().await;
    let held = granted(&stage).await;
    let open = asked(&stage, EMPLOYEE, "access write on infra for 1 day ticket OPS-18").await;
    let (_, comments) = stage.ticket("OPS-18");
    assert_eq!(comments.len(), 1, "{comments:#?}");

    let stage = restarted_as(stage, leaves).await;
    assert_eq!(
        (stage.status(&held).await.as_str(), stage.status(&open).await.as_str()),
        ("revoked", "denied")
    );
    assert_eq!(stage.held(EMPLOYEE, "payments-api"), None);
    let refused = stage.says(APPROVER, &format!("approve {open}")).await;
    assert!(refused.text.contains("nothing to decide here any more"), "{}", refused.text);
    let (_, comments) = stage.ticket("OPS-18");
    assert!(
        comments[1].contains("closed, because Erin Employee does not belong here any more"),
        "{comments:#?}"
    );
    let card = stage.slack_sees(APPROVER).into_iter().rfind(|card| card.contains(&open)).expect("a card");
    assert!(card.contains("Erin Employee does not belong here any more."), "{card}");

    let told = |stage: &Stage| {
        let all = stage.slack_sees(ADMIN).into_iter();
        all.filter(|text| text.starts_with("Erin Employee does not belong here any more")).collect::<Vec<_>>()
    };
    let [card] = &told(&stage)[..] else { panic!("once: {:#?}", stage.slack_sees(ADMIN)) };
    for line in [
        format!("{held}, write on payments-api for Erin Employee: is being taken back."),
        format!("{open}, write on infra for Erin Employee: closed."),
        "They are signed out, their chat accounts are unlinked, and nobody stands in for them.".to_owned(),
    ] {
        assert!(card.contains(&line), "{line} in {card}");
    }
    // What was told is told, however often it is looked at again.
    let stage = stage.restarted(async |_| {}).await;
    assert_eq!(told(&stage).len(), 1);
    assert_eq!(count(&stage, &held, "access_ending").await, 1);
}

#[tokio::test]
async fn trust_a4_whoever_is_taken_out_of_the_file_while_the_bot_is_down_keeps_nothing() {
    Box::pin(leaves_while_it_is_down(|config| remove(config, EMPLOYEE))).await;
}

#[tokio::test]
async fn trust_a4_whoever_is_disabled_while_the_bot_is_down_keeps_nothing() {
    Box::pin(leaves_while_it_is_down(|config| disable(config, EMPLOYEE))).await;
}

#[tokio::test]
async fn trust_a4_a_token_and_a_session_of_who_left_are_good_for_nothing() {
    let mut stage = Stage::new().await;
    let session = stage.signs_in(EMPLOYEE).await;
    assert!(session.page("/").await.contains("Erin Employee"));
    let cookie = session.cookie().to_owned();
    let erin = stage.person(EMPLOYEE).await;
    change(&mut stage, |config| remove(config, EMPLOYEE));
    reread(&stage).await;
    assert_eq!(stage.say_as(EMPLOYEE, uuid::Uuid::new_v4(), "status").await, 401);
    // Nor is it when they come back: what was opened before stays closed.
    stage.later(SignedDuration::from_mins(5)).await;
    change(&mut stage, |config| config.people.push(erin));
    reread(&stage).await;
    assert_eq!(stage.say_as(EMPLOYEE, uuid::Uuid::new_v4(), "status").await, 200);
    let page = stage.client().get(stage.url("/api/v1/me")).header("cookie", cookie).send().await;
    assert_eq!(page.expect("the bot answers").status(), 401);
}

#[tokio::test]
async fn trust_a4_whoever_is_disabled_while_the_bot_runs_says_nothing_that_counts() {
    let mut stage = Stage::new().await;
    let code = asked(&stage, EMPLOYEE, WRITE).await;
    let approves =
        async |stage: &Stage| stage.say_as(APPROVER, uuid::Uuid::new_v4(), &format!("approve {code}")).await;
    change(&mut stage, |config| disable(config, APPROVER));
    reread(&stage).await;
    assert_eq!(approves(&stage).await, 401);
    assert_eq!(stage.status(&code).await, "waiting");
    change(&mut stage, |config| config.disabled.clear());
    reread(&stage).await;
    assert_eq!(approves(&stage).await, 200);
    assert_eq!(stage.status(&code).await, "active");
}

#[tokio::test]
async fn trust_b7_a_token_that_leaves_the_configuration_lets_nobody_in_and_ends_its_sessions() {
    let stage = Stage::new().await;
    let cookie = stage.signs_in(EMPLOYEE).await.cookie().to_owned();
    let lets_in = async |stage: &Stage| {
        let page = stage.client().get(stage.url("/api/v1/me")).header("cookie", &cookie).send().await;
        (
            page.expect("the bot answers").status().as_u16(),
            stage.say_as(EMPLOYEE, uuid::Uuid::new_v4(), "status").await,
        )
    };
    assert_eq!(lets_in(&stage).await, (200, 200));
    let stage = stage.restarted(async |_| {}).await;
    assert_eq!(lets_in(&stage).await, (200, 200), "it is the same key");
    let stage = restarted_as(stage, |config| {
        config.tokens.retain(|token| token.principal.as_str() != EMPLOYEE);
    })
    .await;
    assert_eq!(lets_in(&stage).await, (401, 401));
}

#[tokio::test]
async fn trust_a4_half_of_what_it_takes_is_nothing_when_who_gave_it_leaves_or_leaves_the_group() {
    for leaves in [true, false] {
        let mut stage = Stage::new().await;
        let code = asked(&stage, EMPLOYEE, "access admin on infra for 3 hours ticket OPS-18").await;
        stage.says(APPROVER, &format!("approve {code}")).await;
        change(
            &mut stage,
            |config| {
                if leaves { remove(config, APPROVER) } else { ungroup(config, APPROVER) }
            },
        );
        reread(&stage).await;
        assert_eq!(count(&stage, &code, "access_countersignature_voided").await, 1, "leaves: {leaves}");
        stage.says(APPROVER2, &format!("approve {code}")).await;
        assert_eq!(stage.status(&code).await, "waiting", "one of two counts");
        assert_eq!(stage.held(EMPLOYEE, "infra"), None);
        stage.says(ADMIN, &format!("approve {code}")).await;
        assert_eq!(stage.status(&code).await, "active");
    }
}

/// Somebody leaves, or leaves their group, after it was approved and before it could be set; what is said to who asked.
async fn approved_and_then(becomes: impl FnOnce(&mut TenantConfig)) -> String {
    let mut stage = Stage::new().await;
    let code = asked(&stage, EMPLOYEE, WRITE).await;
    let busy = Fault {
        matching: "PUT /2.0/repositories".to_owned(),
        times: 2,
        status: Some(503),
        ..Fault::default()
    };
    stage.demo.bitbucket.order(Faults { next: vec![busy], ..Faults::default() });
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "granting");
    change(&mut stage, becomes);
    reread(&stage).await;
    stage.calm().await;
    assert_eq!((stage.status(&code).await.as_str(), stage.held(EMPLOYEE, "payments-api")), ("revoked", None));
    assert_eq!(count(&stage, &code, "access_granted").await, 0);
    stage.says(ADMIN, &format!("why {code}")).await.text
}

#[tokio::test]
async fn trust_a4_what_was_approved_is_not_set_for_somebody_who_left_before_it_could_be() {
    for (who, name) in [(EMPLOYEE, "Erin Employee"), (APPROVER, "Ada Approver")] {
        let why = approved_and_then(|config| remove(config, who)).await;
        assert!(why.contains(&format!("{name} does not belong here any more")), "{why}");
    }
}

#[tokio::test]
async fn trust_a4_what_was_approved_is_not_set_where_who_countersigned_it_may_not_any_more() {
    let why = approved_and_then(|config| ungroup(config, APPROVER)).await;
    assert!(why.contains("Ada Approver, who countersigned it, may not do so any more"), "{why}");
}

#[tokio::test]
async fn trust_a4_before_a_permission_is_set_it_is_looked_at_once_more() {
    let mut stage = Stage::new().await;
    let code = asked(&stage, EMPLOYEE, WRITE).await;
    let refused = Fault {
        matching: "PUT /2.0/repositories".to_owned(),
        times: 1,
        status: Some(403),
        ..Fault::default()
    };
    stage.demo.bitbucket.order(Faults { next: vec![refused], ..Faults::default() });
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(stage.status(&code).await, "failed");
    let parked = stage.get(ADMIN, "/api/v1/effects?state=parked").await;
    let id = parked["items"][0]["id"].as_str().expect("a parked effect").to_owned();
    change(&mut stage, |config| remove(config, EMPLOYEE));
    reread(&stage).await;
    stage.says(ADMIN, &format!("requeue {id}")).await;
    assert_eq!((stage.status(&code).await.as_str(), stage.held(EMPLOYEE, "payments-api")), ("revoked", None));
}

/// The demo's rules, with these annotations on writing.
async fn write_rule(stage: &Stage, annotations: &str, condition: &str) {
    let rules = countersign_domain::rules::EXAMPLE
        .replace("@id(\"write\")", &format!("@id(\"write\")\n{annotations}"));
    let (before, after) = rules.split_once("  action == Action::\"write\",").expect("the rule of writing");
    let after = after.replacen("resource\n)", &format!("resource\n) {condition}"), 1);
    let text = format!("{before}  action == Action::\"write\",{after}");
    let published = stage.publish(&text).await;
    assert_eq!(published["version"], 2, "{published:#}");
}

#[tokio::test]
async fn trust_a4_a_rule_lets_it_last_for_some_days_after_leaving() {
    let mut stage = Stage::new().await;
    write_rule(&stage, "@on_leave(\"keep 3 hours\")", "").await;
    let code = granted(&stage).await;
    change(&mut stage, |config| remove(config, EMPLOYEE));
    reread(&stage).await;
    assert_eq!(
        (stage.status(&code).await.as_str(), count(&stage, &code, "access_shortened").await),
        ("active", 1)
    );
    stage.later(SignedDuration::from_hours(2)).await;
    assert_eq!(stage.held(EMPLOYEE, "payments-api").as_deref(), Some("write"));
    stage.later(SignedDuration::from_hours(1)).await;
    assert_eq!((stage.status(&code).await.as_str(), stage.held(EMPLOYEE, "payments-api")), ("expired", None));
}

#[tokio::test]
async fn trust_a4_who_leaves_the_group_is_asked_about_again() {
    let mut stage = Stage::new().await;
    let erin = |config: &mut TenantConfig, groups: &[&str]| {
        let erin = config.people.iter_mut().find(|person| person.id.as_str() == EMPLOYEE);
        erin.expect("the employee").groups = groups.iter().map(ToString::to_string).collect();
    };
    change(&mut stage, |config| erin(config, &["payments"]));
    reread(&stage).await;
    write_rule(&stage, "@while_member", "when { principal in Group::\"payments\" }").await;
    let held = granted(&stage).await;
    let open = asked(&stage, EMPLOYEE, "access write on infra for 1 day ticket OPS-18").await;
    change(&mut stage, |config| erin(config, &[]));
    reread(&stage).await;
    assert_eq!(
        (stage.status(&held).await.as_str(), stage.status(&open).await.as_str()),
        ("revoked", "denied")
    );
    assert_eq!(stage.held(EMPLOYEE, "payments-api"), None);
}

#[tokio::test]
async fn trust_a4_what_a_leaver_asked_for_a_colleague_is_closed_and_what_the_colleague_has_stays() {
    let stage = Stage::new().await;
    let for_ada = |repository| {
        let mut form = form("write", repository, "2 days", "OPS-17");
        form.user = Some(APPROVER.to_owned());
        form
    };
    let held = stage.ask(EMPLOYEE, &for_ada("payments-api")).await;
    stage.countersign(APPROVER2, &held).await.expect("an approver may");
    let open = stage.ask(EMPLOYEE, &for_ada("infra")).await;
    let stage = restarted_without(stage, EMPLOYEE).await;
    assert_eq!(stage.status(&held.to_string()).await, "active");
    assert_eq!(stage.status(&open.to_string()).await, "denied");
    assert_eq!(stage.held(APPROVER, "payments-api").as_deref(), Some("write"));
}
