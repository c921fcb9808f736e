//! A1: every way to write a repository is that repository.

use std::collections::BTreeSet;

use countersign_domain::access::{self, AccessRequest, Form, Status};
use countersign_domain::aggregate;
use countersign_domain::capabilities::{Effect, EffectEvent};
use countersign_domain::denied::Violation;
use countersign_domain::effect::Wish as _;
use countersign_domain::request::Code;
use countersign_projections::{access as projected, request};
use countersign_sandbox::Fault;
use countersign_sandbox::bitbucket::Repository;
use countersign_tests::acting::form;
use countersign_tests::stage::{Stage, tenant, words};
use countersign_tests::vendors::{Vendor as _, account, trouble};
use jiff::SignedDuration;

use super::{ADMIN, APPROVER, EMPLOYEE, rules, write_on};

/// How people write and paste the repository of this name.
fn spellings(stage: &Stage, name: &str) -> Vec<String> {
    let id = stage.demo.bitbucket.state().repository_uuid(name);
    let (loud, here) = (name.to_uppercase(), stage.demo.bitbucket.address());
    vec![
        name.to_owned(),
        loud.clone(),
        format!("acme/{name}"),
        format!("Acme/{loud}"),
        format!("{{{id}}}"),
        id.to_string().to_uppercase(),
        format!("https://bitbucket.org/acme/{name}"),
        format!(
            "https://bitbucket.org/acme/{name}/src/main/a/very/long/path/to/some/file/README.md?at=main#lines-1"
        ),
        format!("bitbucket.org/acme/{name}/pull-requests/7"),
        format!("https://erin@bitbucket.org/acme/{name}.git"),
        format!("git@bitbucket.org:acme/{name}.git"),
        format!("ssh://git@bitbucket.org/acme/{name}.git"),
        format!("http://{here}/acme/{name}"),
    ]
}

/// The lanes of everything that was set at the forge.
async fn lanes(stage: &Stage) -> BTreeSet<String> {
    let log = stage.log_after(None).await;
    let set =
        log.iter().filter(|event| event.kind == "effect_claimed").filter_map(
            |event| match aggregate::decode(event).expect("an event") {
                EffectEvent::EffectClaimed {
                    effect: effect @ Effect::Access(access::Effect::SetPermission { .. }),
                    ..
                } => Some(effect.lane()),
                _ => None,
            },
        );
    set.collect()
}

fn violations(access: &AccessRequest) -> Vec<Violation> {
    access.denial.iter().flat_map(|denial| denial.violations.clone()).collect()
}

#[tokio::test]
async fn trust_a1_a_rule_about_a_repository_holds_under_each_of_its_names() {
    let stage = Stage::new().await;
    let text = r#"
@id("open") @auto @max_duration("7 days") permit (principal, action, resource);
@id("no-infra") @message("Not there.") forbid (principal, action, resource == Repository::"infra");
"#;
    rules(&stage, text).await;
    for spelling in spellings(&stage, "infra") {
        let code = stage.ask(EMPLOYEE, &write_on(&spelling, None)).await;
        let access = stage.state(&code).await;
        assert_eq!(access.status(), Status::Denied, "{spelling}");
        let forbidden = Violation::ForbiddenByRule {
            policies: vec!["no-infra".to_owned()],
            messages: vec!["Not there.".to_owned()],
        };
        assert_eq!(violations(&access), [forbidden], "{spelling}");
    }
    assert_eq!(stage.held(EMPLOYEE, "infra"), None);
    let code = stage.ask(EMPLOYEE, &write_on("web-shop", None)).await;
    assert_eq!(stage.state(&code).await.status(), Status::Active, "others are open");
}

#[tokio::test]
async fn trust_a1_accesses_under_many_names_are_one_holding_on_one_lane_and_all_of_it_ends() {
    let stage = Stage::new().await;
    let mut codes: Vec<Code> = Vec::new();
    for (index, spelling) in spellings(&stage, "payments-api").into_iter().enumerate() {
        // Each lasts longer than the one before: what is held already is asked for no more.
        let lasting = Some(format!("{} hours", 24 + index));
        let wish = Form { duration: lasting, ..write_on(&spelling, None) };
        let code = stage.ask(EMPLOYEE, &wish).await;
        stage.countersign(APPROVER, &code).await.expect("it waits for one");
        let access = stage.state(&code).await;
        assert_eq!(access.status(), Status::Active, "{spelling}");
        assert_eq!(
            access.asked.expect("it was asked").repository.as_deref(),
            Some("payments-api"),
            "{spelling}"
        );
        codes.push(code);
    }
    assert_eq!(lanes(&stage).await.len(), 1, "{:?}", lanes(&stage).await);
    let found =
        stage.get(ADMIN, "/api/v1/grants?repository=https://bitbucket.org/acme/Payments-API&limit=100").await;
    assert_eq!(found["items"].as_array().expect("a list").len(), codes.len(), "{found:#}");
    let audited =
        stage.get(ADMIN, "/api/v1/audit?repository=payments-api&type=access_granted&limit=100").await;
    assert_eq!(audited["items"].as_array().expect("a list").len(), codes.len());
    for code in &codes {
        assert_eq!(stage.held(EMPLOYEE, "payments-api").as_deref(), Some("write"));
        stage.give_back(EMPLOYEE, code).await;
        stage.settle().await;
    }
    assert_eq!(stage.held(EMPLOYEE, "payments-api"), None, "nothing stays behind");
}

#[tokio::test]
async fn trust_a1_the_card_says_the_repositorys_own_name() {
    let stage = Stage::new().await;
    let said = "access write on https://bitbucket.org/acme/Payments-API/src/main for 2 days ticket OPS-17 because rollout";
    let card = words(&stage.says(EMPLOYEE, said).await);
    assert!(card.contains("Erin Employee asks for write on payments-api for 2 days\n"), "{card}");
    assert!(!card.contains("Payments-API") && !card.contains("bitbucket.org"), "{card}");
    let comments = stage.ticket("OPS-17").1.join("\n");
    assert!(comments.contains("write on payments-api for Erin Employee"), "{comments}");
}

/// The repository of the newest request, as the log has it.
fn asked_for(stage: &Stage) -> Option<String> {
    let rows = stage.bot.world.projections.rows(request::NAME);
    let list = projected::list(&*rows, &tenant(), &projected::AccessFilter::default(), None, 1);
    list.expect("the read model answers").items.pop()?.access.asked?.repository
}

/// What the wish for writing on it is, with what a chat makes of an address that is pasted into it.
fn pasted(address: &str) -> String {
    format!("access write on {address} for 2 days ticket OPS-17 because rollout")
}

#[tokio::test]
async fn trust_a1_what_is_pasted_into_a_chat_is_the_repository_by_its_own_name() {
    const ADDRESS: &str = "https://bitbucket.org/acme/Payments-API/src/main";
    const WORD: &str = "<http://bitbucket.org/acme/Payments-API|bitbucket.org/acme/Payments-API>";
    let mut on_slack = String::new();
    for link in [format!("<{ADDRESS}>"), WORD.to_owned()] {
        let stage = Stage::with_chats().await;
        stage.slack_says(EMPLOYEE, &pasted(&link)).await;
        on_slack = stage.slack_sees(APPROVER).pop().expect("who may countersign is asked");
        assert_eq!(asked_for(&stage).as_deref(), Some("payments-api"), "{link}");
    }

    let stage = Stage::with_chats().await;
    stage.teams_arrive(&[EMPLOYEE, APPROVER]).await;
    stage.teams_says(EMPLOYEE, &pasted(ADDRESS)).await;
    let in_teams = stage.teams_sees(APPROVER).pop().expect("who may countersign is asked");
    assert_eq!(asked_for(&stage).as_deref(), Some("payments-api"));

    let stage = Stage::on_discord().await;
    stage.discord_says(EMPLOYEE, &pasted(&format!("<{ADDRESS}>"))).await;
    let on_discord = stage.discord_sees(APPROVER).pop().expect("who may countersign is asked");
    assert_eq!(asked_for(&stage).as_deref(), Some("payments-api"));

    for card in [on_slack, in_teams, on_discord] {
        assert!(card.contains("payments-api") && !card.contains("Payments-API"), "{card}");
    }
}

#[tokio::test]
async fn trust_a1_what_is_elsewhere_is_refused_in_plain_words() {
    let stage = Stage::new().await;
    for named in ["other/payments-api", "https://github.com/acme/payments-api"] {
        let said = format!("access write on {named} ticket OPS-17 because rollout");
        let card = words(&stage.says(EMPLOYEE, &said).await);
        assert!(card.contains("is not in the Bitbucket workspace acme"), "{card}");
        assert!(!card.contains("There is no repository"), "{card}");
        assert!(card.starts_with("Which repository is it for?\n"), "{card}");
    }
}

#[tokio::test]
async fn trust_a1_a_repository_that_is_renamed_stays_itself_and_its_access_ends() {
    let stage = Stage::new().await;
    let code = stage.ask(EMPLOYEE, &write_on("payments-api", None)).await;
    stage.countersign(APPROVER, &code).await.expect("it waits for one");
    stage.change_forge(|state| {
        let uuid = Some(state.repository_uuid("payments-api"));
        let renamed = state.repositories.remove("payments-api").expect("it is there");
        let renamed = Repository { uuid, ..Repository::clone(&renamed) };
        state.repositories.insert("billing".to_owned(), renamed.into());
    });
    assert_eq!(stage.held(EMPLOYEE, "billing").as_deref(), Some("write"));
    // A second access under the new name is on the same repository: the first one's end leaves it.
    let longer = Form { duration: Some("3 days".to_owned()), ..write_on("billing", None) };
    let second = stage.ask(EMPLOYEE, &longer).await;
    stage.countersign(APPROVER, &second).await.expect("it waits for one");
    stage.give_back(EMPLOYEE, &code).await;
    stage.settle().await;
    assert_eq!(stage.held(EMPLOYEE, "billing").as_deref(), Some("write"));
    stage.later(SignedDuration::from_hours(72)).await;
    assert_eq!(stage.state(&second).await.status(), Status::Expired);
    assert_eq!(stage.held(EMPLOYEE, "billing"), None);
}

#[tokio::test]
async fn trust_a10_two_spellings_of_one_repository_or_person_are_one_open_request() {
    let stage = Stage::new().await;
    let first = stage.ask("demo-employee", &form("write", "payments-api", "1 day", "OPS-17")).await;
    for spelled in spellings(&stage, "payments-api") {
        let again = stage.ask("demo-employee", &form("write", &spelled, "24 hours", "ops-17")).await;
        assert_eq!(again, first, "{spelled} is the same repository");
    }
    for user in ["demo-employee", "Erin Employee", &account("demo-employee")] {
        let asked = Form { user: Some(user.to_owned()), ..form("write", "payments-api", "1 day", "OPS-17") };
        assert_eq!(stage.ask("demo-employee", &asked).await, first, "{user} is the same person");
    }
    let other = stage.ask("demo-employee", &form("write", "infra", "1 day", "OPS-17")).await;
    assert_ne!(other, first, "another repository is another request");
    // Where the forge cannot say what a name stands for, what is written otherwise is another request, and nothing is refused.
    let away =
        Fault { matching: "GET /2.0/".to_owned(), times: 1_000, status: Some(503), ..Fault::default() };
    stage.demo.bitbucket.order(trouble([away]));
    assert_ne!(stage.ask("demo-employee", &form("write", "acme/infra", "1 day", "OPS-17")).await, other);
    assert_eq!(stage.ask("demo-employee", &form("write", "infra", "1 day", "OPS-17")).await, other);
    // An id is the same one with braces and without, also then.
    let id = "0a1b2c3d-0000-4000-8000-00000000000f";
    let braced = format!("{{{id}}}");
    let [first, again] = [braced.as_str(), id]
        .map(|user| Form { user: Some(user.to_owned()), ..form("read", "infra", "1 day", "OPS-17") });
    assert_eq!(
        stage.ask("demo-employee", &first).await,
        stage.ask("demo-employee", &again).await,
        "it is the same account"
    );
}
