//! What GitHub alone does: invitations, roles between ours, limits told in the head or in words, names that moved on, and errors that come
//! with 200.

use std::sync::Arc;
use std::time::Duration;

use countersign_domain::ports::{CallErrorKind, Clock, Forge, Located, Permission, PermissionPlan, Refusal};
use countersign_github::{Github, GithubAuth, GithubConfig};
use countersign_outbound::{MemorySecrets, Outbound};
use countersign_sandbox::github::GithubInvitation;
use countersign_sandbox::{Fault, Faults, GithubApp, GithubOptions, GithubSandbox, GithubState};

use crate::github::{ADAM, ERIN, seed};
use crate::stand::{HandClock, SECRET, patience, tenant};

/// The number of somebody outside the organization.
const OUTSIDE: &str = "583231";

struct World {
    server: GithubSandbox,
    github: Github,
    clock: Arc<HandClock>,
}

impl World {
    async fn with(state: GithubState) -> Self {
        Self::as_app(state, None).await
    }

    async fn as_app(state: GithubState, app: Option<Arc<GithubApp>>) -> Self {
        let options = GithubOptions { app: app.clone(), ..GithubOptions::new(SECRET.to_owned(), state) };
        let server = GithubSandbox::start(options).await.unwrap();
        let clock = Arc::new(HandClock::default());
        clock.turn(Duration::from_secs(1_000_000));
        let outbound = Outbound::new(patience(), Arc::clone(&clock) as Arc<dyn Clock>).unwrap();
        let (auth, secret) = match &app {
            None => (GithubAuth::Token { secret: "forge-token".to_owned() }, SECRET.to_owned()),
            Some(app) => {
                let auth = GithubAuth::App {
                    app: app.app.clone(),
                    installation: app.installation.clone(),
                    key_secret: "forge-token".to_owned(),
                };
                (auth, app.private_key())
            }
        };
        let secrets = Arc::new(MemorySecrets::from([("forge-token", secret.as_str())]));
        let config = GithubConfig { base_url: server.base_url(), organization: "acme".to_owned(), auth };
        let github = Github::new(&config, &tenant(), &outbound, secrets).unwrap();
        Self { server, github, clock }
    }

    /// Erin is outside of the organization.
    async fn outside() -> Self {
        let mut state = seed();
        state.members.remove(&ERIN);
        Self::with(state).await
    }

    async fn set(&self, wanted: Option<Permission>) -> Result<(), countersign_domain::ports::CallError> {
        let present = self.github.permission(OUTSIDE, "infra").await?;
        let invited = self.github.invited(OUTSIDE, "infra").await?;
        let plan = PermissionPlan::between(OUTSIDE, "infra", present, wanted).beside_invitation(invited);
        self.github.apply(&plan).await
    }

    fn invitations(&self) -> Vec<GithubInvitation> {
        self.server.state().repositories["infra"].invitations.clone()
    }

    fn order(&self, fault: Fault) {
        self.server.order(Faults { next: vec![Fault { times: 1, ..fault }], ..Faults::default() });
    }
}

#[tokio::test]
async fn whoever_is_outside_is_invited_once_to_what_is_wanted_last_and_has_nothing_until_they_accept() {
    let world = World::outside().await;
    world.set(Some(Permission::Write)).await.unwrap();
    assert_eq!(world.github.permission(OUTSIDE, "infra").await.unwrap(), None);
    assert_eq!(world.github.invited(OUTSIDE, "infra").await.unwrap(), Some(Permission::Write));
    world.set(Some(Permission::Admin)).await.unwrap();
    let roles: Vec<_> = world.invitations().into_iter().map(|one| one.role).collect();
    assert_eq!(roles, ["admin"]);
    world.server.change(|state| assert!(state.accept("infra", ERIN))).unwrap();
    assert_eq!(world.github.permission(OUTSIDE, "infra").await.unwrap(), Some(Permission::Admin));
    assert_eq!(world.github.invited(OUTSIDE, "infra").await.unwrap(), None);
}

#[tokio::test]
async fn an_invitation_is_taken_back_and_one_that_somebody_else_made_is_left_alone() {
    let world = World::outside().await;
    world.set(Some(Permission::Write)).await.unwrap();
    world.set(None).await.unwrap();
    assert_eq!(world.invitations(), []);
    let other = GithubInvitation {
        id: 99,
        invitee: ERIN,
        inviter: "adam".to_owned(),
        role: "read".to_owned(),
        expired: false,
    };
    let theirs = other.clone();
    world.server.change(|state| state.repository_mut("infra").unwrap().invitations.push(theirs)).unwrap();
    assert_eq!(world.github.invited(OUTSIDE, "infra").await.unwrap(), None, "it is none of ours");
    let error = world.set(Some(Permission::Write)).await.unwrap_err();
    assert!(error.detail.contains("adam has invited them there already"), "{error}");
    let plan = PermissionPlan::between(OUTSIDE, "infra", Some(Permission::Read), None);
    world.github.apply(&plan).await.unwrap();
    assert_eq!(world.invitations(), [other]);
}

#[tokio::test]
async fn an_invitation_that_expired_is_made_anew() {
    let world = World::outside().await;
    world.set(Some(Permission::Write)).await.unwrap();
    world
        .server
        .change(|state| state.repository_mut("infra").unwrap().invitations[0].expired = true)
        .unwrap();
    assert_eq!(world.github.invited(OUTSIDE, "infra").await.unwrap(), None);
    world.set(Some(Permission::Write)).await.unwrap();
    assert_eq!(world.github.invited(OUTSIDE, "infra").await.unwrap(), Some(Permission::Write));
}

#[tokio::test]
async fn roles_between_ours_are_told_and_brought_back_and_an_organizations_own_role_is_touched_by_nothing() {
    let world = World::with(seed()).await;
    for role in [Permission::Triage, Permission::Maintain] {
        let set = |wanted| PermissionPlan::between(OUTSIDE, "infra", None, Some(wanted));
        world.github.apply(&set(role)).await.unwrap();
        assert_eq!(world.github.permission(OUTSIDE, "infra").await.unwrap(), Some(role));
        world.github.apply(&set(Permission::Admin)).await.unwrap();
        world.github.apply(&set(role)).await.unwrap();
        assert_eq!(world.github.permission(OUTSIDE, "infra").await.unwrap(), Some(role));
    }
    let own = "Security engineer".to_owned();
    world
        .server
        .change(|state| drop(state.repository_mut("infra").unwrap().direct.insert(ERIN, own)))
        .unwrap();
    assert_eq!(world.github.permission(OUTSIDE, "infra").await.unwrap(), Some(Permission::Read));
    let error = world.set(Some(Permission::Write)).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Rejected);
    assert!(error.detail.contains("the role Security engineer"), "{error}");
    assert_eq!(world.server.state().repositories["infra"].direct[&ERIN], "Security engineer");
}

#[tokio::test]
async fn who_owns_the_organization_is_given_nothing_and_what_is_archived_or_closed_is_not_changed() {
    let mut state = seed();
    state.owners.insert(ADAM);
    state.repository_mut("infra").unwrap().archived = true;
    state.repository_mut("web-shop").unwrap().closed = true;
    let world = World::with(state).await;
    assert_eq!(world.github.obstacle(&ADAM.to_string()).await.unwrap(), Some(Refusal::Owner));
    assert_eq!(world.github.obstacle(OUTSIDE).await.unwrap(), None);
    let error = world.set(Some(Permission::Write)).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Refused(Refusal::ReadOnly), "{error}");
    let error = world.github.permission(OUTSIDE, "web-shop").await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Refused(Refusal::NotAllowed), "{error}");
    assert!(world.github.holders("web-shop", 1).await.is_err());
}

#[tokio::test]
async fn a_name_that_moved_on_leads_to_the_repository_and_what_left_the_organization_is_elsewhere() {
    let world = World::with(seed()).await;
    let before = world.github.repository("infra").await.unwrap().here().unwrap();
    world.server.change(|state| state.rename("infra", "platform")).unwrap();
    let after = world.github.repository("infra").await.unwrap().here().unwrap();
    assert_eq!((after.name.as_str(), after.key()), ("platform", before.key()));
    world
        .server
        .change(|state| state.repository_mut("platform").unwrap().owner = Some("globex".to_owned()))
        .unwrap();
    for named in ["infra", before.key()] {
        let found = world.github.repository(named).await.unwrap();
        assert!(matches!(found, Located::Elsewhere { .. }), "{named}: {found:?}");
    }
}

#[tokio::test]
async fn whoever_took_the_login_of_somebody_is_not_them() {
    let world = World::with(seed()).await;
    world
        .server
        .change(|state| {
            state.users[0].login = "erin-moore".to_owned();
            state.users[1].login = "erin".to_owned();
        })
        .unwrap();
    world.set(Some(Permission::Write)).await.unwrap();
    let held = world.server.state().repositories["infra"].direct.clone();
    assert_eq!(held.into_keys().collect::<Vec<_>>(), [ERIN]);
    let user = world.github.user("erin").await.unwrap().one().unwrap();
    assert_eq!(user.account, ADAM.to_string());
}

#[tokio::test]
async fn limits_are_waited_for_however_they_are_told() {
    let world = World::with(seed()).await;
    let minute = CallErrorKind::NotDone { after: Some(Duration::from_mins(1)) };
    let words = r#"{"message":"You have exceeded a secondary rate limit. Please wait."}"#.to_owned();
    world.order(Fault { status: Some(403), body: Some(words), ..Fault::default() });
    assert_eq!(world.github.repository("infra").await.unwrap_err().kind, minute);
    let head = Fault { status: Some(403), retry_after: Some(9), ..Fault::default() };
    world.order(head);
    let wait = Duration::from_secs(9);
    let kind = world.github.repository("infra").await.unwrap_err().kind;
    assert_eq!(kind, CallErrorKind::NotDone { after: Some(wait) });
    world.clock.turn(wait);
    assert!(world.github.repository("infra").await.unwrap().here().is_some());
    let graph = r#"{"data":null,"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded"}]}"#;
    world.order(Fault {
        matching: "POST /api/graphql".to_owned(),
        body: Some(graph.to_owned()),
        ..Fault::default()
    });
    assert_eq!(world.github.permission(OUTSIDE, "infra").await.unwrap_err().kind, minute);
}

#[tokio::test]
async fn an_answer_of_200_with_an_error_in_it_is_an_error() {
    let world = World::with(seed()).await;
    let body = r#"{"errors":[{"message":"Something went wrong while executing your query."}]}"#.to_owned();
    let matching = "POST /api/graphql".to_owned();
    world.order(Fault { matching, body: Some(body), ..Fault::default() });
    let error = world.github.permission(OUTSIDE, "infra").await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Rejected);
    assert!(error.detail.contains("Something went wrong"), "{error}");
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let world = World::with(seed()).await;
    for _ in 0..3 {
        assert_eq!(world.github.user(OUTSIDE).await.unwrap().one().unwrap().name, "Erin Moore");
    }
    let statuses: Vec<_> = world.server.calls().into_iter().map(|call| call.status).collect();
    assert_eq!(statuses, [Some(200), Some(304), Some(304)]);
}

#[tokio::test]
async fn an_app_makes_a_token_for_an_hour_and_another_where_that_is_not_taken_any_more() {
    let app = Arc::new(GithubApp::new("Iv23liSandbox", "4711"));
    let world = World::as_app(seed(), Some(app)).await;
    let made = || world.server.calls().iter().filter(|call| call.request.contains("access_tokens")).count();
    for turned in [0, 50 * 60] {
        world.clock.turn(Duration::from_secs(turned));
        assert!(world.github.repository("infra").await.unwrap().here().is_some());
        assert_eq!(made(), 1);
    }
    world.clock.turn(Duration::from_mins(5));
    assert!(world.github.repository("infra").await.unwrap().here().is_some());
    assert_eq!(made(), 2, "it ends within five minutes");
    world.server.withdraw_tokens();
    assert!(world.github.repository("infra").await.unwrap().here().is_some());
    assert_eq!(made(), 3);
    let answered = world.github.examine().await.unwrap().answered;
    assert_eq!(answered, "the organization acme, as countersign[bot]");
}

#[tokio::test]
async fn another_apps_key_lets_nobody_in() {
    let app = Arc::new(GithubApp::new("Iv23liSandbox", "4711"));
    let world = World::as_app(seed(), Some(app)).await;
    let other = GithubApp::new("Iv23liSandbox", "4711");
    let outbound = Outbound::new(patience(), Arc::clone(&world.clock) as Arc<dyn Clock>).unwrap();
    for key in [other.private_key(), "no key".to_owned()] {
        let secrets = Arc::new(MemorySecrets::from([("key", key.as_str())]));
        let auth = GithubAuth::App {
            app: "Iv23liSandbox".to_owned(),
            installation: "4711".to_owned(),
            key_secret: "key".to_owned(),
        };
        let base_url = world.server.base_url();
        let config = GithubConfig { base_url, organization: "acme".to_owned(), auth };
        let github = Github::new(&config, &tenant(), &outbound, secrets).unwrap();
        let error = github.repository("infra").await.unwrap_err();
        assert_eq!(error.kind, CallErrorKind::Barred, "{error}");
        assert!(!error.to_string().contains("PRIVATE"), "{error}");
    }
}

#[tokio::test]
async fn an_invitation_that_is_accepted_before_it_is_changed_is_looked_at_again_and_not_refused() {
    let world = World::outside().await;
    world.set(Some(Permission::Write)).await.unwrap();
    let matching = "PATCH /api/v3/repos/".to_owned();
    world.order(Fault { matching, status: Some(404), ..Fault::default() });
    assert_eq!(world.set(Some(Permission::Admin)).await.unwrap_err().kind, CallErrorKind::Unknown);
}

#[tokio::test]
async fn what_github_keeps_back_of_who_may_do_what_is_not_taken_for_nothing() {
    let world = World::with(seed()).await;
    let edge = r#"{"node":{"databaseId":583231,"login":"erin","name":null},"permissionSources":null}"#;
    let collaborators =
        format!(r#"{{"edges":[{edge}],"pageInfo":{{"hasNextPage":false,"endCursor":null}}}}"#);
    let node = format!(
        r#"{{"id":"R_1","name":"infra","url":null,"isArchived":false,"owner":{{"login":"acme"}},"collaborators":{collaborators}}}"#
    );
    let body = format!(r#"{{"data":{{"node":{node}}}}}"#);
    world.order(Fault { matching: "POST /api/graphql".to_owned(), body: Some(body), ..Fault::default() });
    let error = world.github.permission(OUTSIDE, "infra").await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Refused(Refusal::NotAllowed), "{error}");
}
