//! A tenant on GitHub: whoever is outside is invited and has nothing until they accept; what they hold between ours comes back as what it
//! was; and everything says GitHub.

use std::sync::Arc;

use countersign::config::{ForgeConfig, GithubAccess, GithubConfig};
use countersign::demo::{Demo, WEBHOOK_SECRET};
use countersign_domain::access::Status;
use countersign_domain::request::Code;
use countersign_outbound::MemorySecrets;
use countersign_sandbox::github::{GithubRepository, GithubUser};
use countersign_sandbox::{Fault, Faults, GithubApp, GithubOptions, GithubSandbox, GithubState};
use countersign_store::MemoryStore;
use countersign_tests::acting::form;
use countersign_tests::stage::{Stage, tenant, words};
use jiff::SignedDuration;
use serde_json::json;

use super::{ADMIN, APPROVER, APPROVER2, EMPLOYEE};

/// The number of the employee at GitHub.
const ERIN: u64 = 583_231;
const TOKEN: &str = "sandbox-github-token";

/// The people of the demo, by their numbers at GitHub.
const PEOPLE: [(&str, u64); 4] =
    [(EMPLOYEE, ERIN), (APPROVER, 583_232), (APPROVER2, 583_233), (ADMIN, 583_234)];

fn seed() -> GithubState {
    let users = PEOPLE.map(|(id, number)| GithubUser { id: number, login: id.to_owned(), name: None });
    let repositories = ["payments-api", "web-shop", "infra"].into_iter().zip(101..).map(|(name, id)| {
        (name.to_owned(), Arc::new(GithubRepository { id, ..GithubRepository::default() }))
    });
    GithubState {
        users: users.into(),
        members: PEOPLE.iter().skip(1).map(|(_, number)| *number).collect(),
        repositories: repositories.collect(),
        ..GithubState::default()
    }
}

/// The demo with GitHub in the place of Bitbucket.
fn on_github(demo: &mut Demo, github: &GithubSandbox, app: Option<&GithubApp>) {
    let access = match app {
        None => GithubAccess::Token { token_secret: "github".to_owned() },
        Some(app) => GithubAccess::App {
            app: app.app.clone(),
            installation: app.installation.parse().expect("a number"),
            private_key_secret: "github".to_owned(),
        },
    };
    let secret = app.map_or_else(|| TOKEN.to_owned(), GithubApp::private_key);
    let acme = demo.config.tenants.get_mut(&tenant()).expect("the demo's tenant");
    acme.forge =
        ForgeConfig::Github(GithubConfig { url: github.base_url(), organization: "acme".to_owned(), access });
    for person in &mut acme.people {
        person.accounts.remove("bitbucket");
        let number = PEOPLE.iter().find(|(id, _)| *id == person.id.as_str());
        person.accounts.extend(number.map(|(_, number)| ("github".to_owned(), number.to_string())));
    }
    demo.secrets = Arc::new(MemorySecrets::from_iter([
        ("github", secret),
        ("jira_token", "sandbox-jira-token".to_owned()),
        ("jira_webhook_secret", WEBHOOK_SECRET.to_owned()),
    ]));
}

async fn stage(state: GithubState) -> (Stage, GithubSandbox) {
    let github = GithubSandbox::start(GithubOptions::new(TOKEN.to_owned(), state)).await.expect("it starts");
    let stage = Stage::adapted(Arc::new(MemoryStore::new()), |demo| on_github(demo, &github, None)).await;
    (stage, github)
}

fn held(github: &GithubSandbox, repository: &str) -> Option<String> {
    github.state().repositories[repository].direct.get(&ERIN).cloned()
}

fn invitations(github: &GithubSandbox, repository: &str) -> usize {
    github.state().repositories[repository].invitations.len()
}

/// Erin asks for write on payments-api, and Ada countersigns it.
async fn approved(stage: &Stage) -> Code {
    let code = stage.ask(EMPLOYEE, &form("write", "payments-api", "2 days", "OPS-17")).await;
    assert_eq!(stage.state(&code).await.status(), Status::Waiting);
    stage.countersign(APPROVER, &code).await.expect("it counts");
    stage.settle().await;
    code
}

#[tokio::test]
async fn whoever_is_outside_is_invited_has_it_once_they_accept_and_gives_it_back() {
    let (stage, github) = stage(seed()).await;
    let code = approved(&stage).await;
    stage.later(SignedDuration::from_mins(5)).await;
    assert_eq!(stage.state(&code).await.status(), Status::Granting, "an invitation gives nothing");
    assert_eq!((held(&github, "payments-api"), invitations(&github, "payments-api")), (None, 1));
    assert!(stage.history(&code.to_string()).await.contains(&"access_invited".to_owned()));
    let card = words(&stage.says(EMPLOYEE, &format!("status {code}")).await);
    assert!(card.contains("GitHub has invited whom it is for"), "{card}");

    github.change(|state| assert!(state.accept("payments-api", ERIN))).expect("the sandbox keeps its state");
    stage.later(SignedDuration::from_mins(15)).await;
    let granted = stage.state(&code).await;
    assert_eq!(granted.status(), Status::Active);
    let grant = granted.own.grant.expect("it is granted");
    assert_eq!(grant.before, None, "what the invitation gave is ours");
    assert_eq!(grant.minutes(), 2 * 24 * 60, "its time counts from when they accepted");
    let told = stage.ticket("OPS-17").1.join("\n");
    assert!(told.contains("It was read back from GitHub.") && !told.contains("Bitbucket"), "{told}");

    stage.give_back(EMPLOYEE, &code).await;
    stage.settle().await;
    assert_eq!(stage.state(&code).await.status(), Status::GivenBack);
    assert_eq!((held(&github, "payments-api"), invitations(&github, "payments-api")), (None, 0));
}

#[tokio::test]
async fn an_invitation_that_nobody_accepts_is_taken_back_at_the_end() {
    let (stage, github) = stage(seed()).await;
    let code = approved(&stage).await;
    stage.later(SignedDuration::from_mins(5)).await;
    assert_eq!(invitations(&github, "payments-api"), 1);
    for _ in 0..3 {
        stage.later(SignedDuration::from_hours(24)).await;
    }
    stage.calm().await;
    assert_eq!(stage.state(&code).await.status(), Status::Expired);
    assert_eq!((held(&github, "payments-api"), invitations(&github, "payments-api")), (None, 0));
}

#[tokio::test]
async fn an_invitation_that_is_given_back_before_it_is_accepted_gives_nothing_any_more() {
    let (stage, github) = stage(seed()).await;
    let code = approved(&stage).await;
    stage.later(SignedDuration::from_mins(5)).await;
    stage.give_back(EMPLOYEE, &code).await;
    stage.later(SignedDuration::from_mins(15)).await;
    assert_eq!(stage.state(&code).await.status(), Status::GivenBack);
    assert_eq!((held(&github, "payments-api"), invitations(&github, "payments-api")), (None, 0));
}

#[tokio::test]
async fn an_operator_cannot_say_that_it_has_ended_while_they_need_only_to_accept() {
    let (stage, github) = stage(seed()).await;
    let code = approved(&stage).await;
    stage.later(SignedDuration::from_mins(5)).await;
    let matching = "DELETE /api/v3/repos/".to_owned();
    let refused = Fault { matching, times: 100, status: Some(403), ..Fault::default() };
    github.order(Faults { next: vec![refused], ..Faults::default() });
    stage.give_back(EMPLOYEE, &code).await;
    stage.later(SignedDuration::from_mins(15)).await;
    assert_eq!(invitations(&github, "payments-api"), 1);
    let parked = stage.get(ADMIN, "/api/v1/effects?state=parked").await;
    let mut said = String::new();
    for effect in parked["items"].as_array().expect("a list") {
        let path = format!("/api/v1/effects/{}/resolve", effect["id"].as_str().expect("an id"));
        let body = json!({ "resolution": "done", "note": "I took it back" });
        said.push_str(&stage.post(ADMIN, &path, &body).await.to_string());
    }
    assert!(said.contains("an invitation to write"), "{said}\n{parked:#}");
    assert_ne!(stage.state(&code).await.status(), Status::GivenBack);
}

#[tokio::test]
async fn who_holds_maintain_and_gets_admin_holds_maintain_again_when_it_is_over() {
    let mut state = seed();
    state.members.insert(ERIN);
    state.repository_mut("infra").expect("it is there").direct.insert(ERIN, "maintain".to_owned());
    let (stage, github) = stage(state).await;
    let code = stage.ask(EMPLOYEE, &form("admin", "infra", "1 day", "OPS-17")).await;
    let card = words(&stage.says(APPROVER, &format!("status {code}")).await);
    assert!(card.contains("maintain, as GitHub says"), "{card}");
    for approver in [APPROVER, APPROVER2] {
        stage.countersign(approver, &code).await.expect("it counts");
    }
    stage.settle().await;
    assert_eq!(held(&github, "infra").as_deref(), Some("admin"));
    stage.later(SignedDuration::from_hours(25)).await;
    assert_eq!(stage.state(&code).await.status(), Status::Expired);
    assert_eq!(held(&github, "infra").as_deref(), Some("maintain"));
}

#[tokio::test]
async fn what_a_team_gives_is_neither_taken_for_ones_own_nor_changed() {
    let mut state = seed();
    state.members.insert(ERIN);
    state.repository_mut("payments-api").expect("it is there").teams.insert(ERIN, "admin".to_owned());
    let (stage, github) = stage(state).await;
    let code = approved(&stage).await;
    assert_eq!(stage.state(&code).await.status(), Status::Active);
    stage.give_back(EMPLOYEE, &code).await;
    stage.settle().await;
    assert_eq!(held(&github, "payments-api"), None, "what was given is taken back");
    assert!(github.state().repositories["payments-api"].teams.contains_key(&ERIN));
}

#[tokio::test]
async fn a_repository_that_was_renamed_and_whose_name_was_taken_is_followed_by_its_identity() {
    let mut state = seed();
    state.members.insert(ERIN);
    let (stage, github) = stage(state).await;
    let code = approved(&stage).await;
    github
        .change(|state| {
            state.rename("payments-api", "payments");
            let other = GithubRepository { id: 666, ..GithubRepository::default() };
            state.repositories.insert("payments-api".to_owned(), Arc::new(other));
        })
        .expect("the sandbox keeps its state");
    stage.give_back(EMPLOYEE, &code).await;
    stage.settle().await;
    assert_eq!(stage.state(&code).await.status(), Status::GivenBack);
    assert_eq!(held(&github, "payments"), None);
}

#[tokio::test]
async fn what_is_not_there_is_said_not_to_be_in_github() {
    let (stage, _github) = stage(seed()).await;
    let card = words(&stage.says(EMPLOYEE, "who has access to no-such-thing-at-all?").await);
    assert!(!card.contains("Bitbucket"), "{card}");
    let code = stage.ask(EMPLOYEE, &form("write", "no-such-thing", "2 days", "OPS-17")).await;
    let card = words(&stage.says(EMPLOYEE, &format!("status {code}")).await);
    assert!(card.contains("in GitHub") && !card.contains("Bitbucket"), "{card}");
}

#[tokio::test]
async fn as_an_app_its_tokens_renew_themselves_before_they_end_and_when_they_are_withdrawn() {
    let app = Arc::new(GithubApp::new("Iv23liSandbox", "4711"));
    let mut state = seed();
    state.members.insert(ERIN);
    let options =
        GithubOptions { app: Some(Arc::clone(&app)), ..GithubOptions::new(TOKEN.to_owned(), state) };
    let github = GithubSandbox::start(options).await.expect("it starts");
    let store = Arc::new(MemoryStore::new());
    let stage = Stage::adapted(store, |demo| on_github(demo, &github, Some(&app))).await;
    let made = || github.calls().iter().filter(|call| call.request.contains("access_tokens")).count();
    let code = approved(&stage).await;
    assert_eq!(stage.state(&code).await.status(), Status::Active);
    assert_eq!(made(), 1, "one token for all that was asked");
    stage.later(SignedDuration::from_mins(58)).await;
    stage.ask(EMPLOYEE, &form("write", "web-shop", "2 days", "OPS-17")).await;
    assert_eq!(made(), 2, "the first has ended");
    github.withdraw_tokens();
    stage.give_back(EMPLOYEE, &code).await;
    stage.settle().await;
    assert_eq!(stage.state(&code).await.status(), Status::GivenBack);
    assert_eq!(made(), 3, "the second was withdrawn before its time");
}
