//! What Bitbucket's published contract refuses to everybody: the adapter says which it is, what people are told, and changes
//! nothing.

use countersign_atlassian::{Bitbucket, BitbucketConfig};
use countersign_domain::access::Permission;
use countersign_domain::ports::{CallError, CallErrorKind, Forge, PermissionPlan, Refusal};
use countersign_domain::words::could_not;
use countersign_outbound::Credential;
use countersign_sandbox::bitbucket::Level;
use countersign_sandbox::{Access, BitbucketOptions, BitbucketSandbox, BitbucketState, Fault, Faults};

use crate::support::{ADAM, ERIN, World, bitbucket_config, people, secrets, tenant, tickets};

fn change(world: &World, change: impl FnOnce(&mut BitbucketState)) {
    world.bitbucket_server.change(change).unwrap();
}

async fn set(world: &World, account: &str, wanted: Option<Permission>) -> Result<(), CallError> {
    let present = if wanted.is_some() { None } else { Some(Permission::Read) };
    world.bitbucket.apply(&PermissionPlan::between(account, "infra", present, wanted)).await
}

fn held(world: &World, account: &str) -> Option<Level> {
    world.bitbucket_server.state().repositories["infra"].permissions.get(account).copied()
}

/// The refusal; what those hear whom it concerns holds these words, and nothing of how the bot is set up.
fn refused(error: &CallError, status: u16, refusal: Refusal, words: &str) {
    assert_eq!((error.kind, error.status), (CallErrorKind::Refused(refusal), Some(status)), "{error}");
    let told = could_not(error);
    assert!(told.contains(words), "{told}");
    assert!(!told.contains("bitbucket-token") && !told.contains(&status.to_string()), "{told}");
    assert!(error.detail.chars().count() <= 500, "{error}");
}

#[tokio::test]
async fn trust_e4_bitbucket_gives_nothing_to_who_is_not_in_the_workspace() {
    let world = World::start().await;
    assert_eq!(world.bitbucket.obstacle(ERIN).await.unwrap(), None);
    change(&world, |state| {
        let erin = state.users.remove(0);
        state.outsiders.push(erin);
    });
    let user = world.bitbucket.user(ERIN).await.unwrap().one().unwrap();
    assert_eq!(user.name, "Erin Moore", "Bitbucket knows them, in the workspace or not");
    assert_eq!(world.bitbucket.obstacle(ERIN).await.unwrap(), Some(Refusal::NotAMember));
    let error = set(&world, ERIN, Some(Permission::Write)).await.unwrap_err();
    refused(&error, 400, Refusal::NotAMember, "that person is not in it yet");
    assert_eq!(held(&world, ERIN), None);
    set(&world, ERIN, None).await.unwrap();
    change(&world, |state| state.users.append(&mut state.outsiders));
    set(&world, ERIN, Some(Permission::Write)).await.unwrap();
    assert_eq!(held(&world, ERIN), Some(Level::Write));
}

#[tokio::test]
async fn trust_e4_bitbucket_gives_nothing_to_who_owns_the_workspace() {
    let world = World::start().await;
    change(&world, |state| state.owner = Some(ADAM.to_owned()));
    assert_eq!(world.bitbucket.obstacle(ADAM).await.unwrap(), Some(Refusal::Owner));
    assert_eq!(world.bitbucket.obstacle(ERIN).await.unwrap(), None);
    let error = set(&world, ADAM, Some(Permission::Read)).await.unwrap_err();
    refused(&error, 400, Refusal::Owner, "that person owns the workspace");
    assert_eq!(held(&world, ADAM), None);
}

#[tokio::test]
async fn trust_e4_bitbucket_has_room_for_as_many_as_the_plan_says() {
    let world = World::start().await;
    change(&world, |state| state.seats = Some(1));
    set(&world, ERIN, Some(Permission::Read)).await.unwrap();
    set(&world, ERIN, Some(Permission::Write)).await.unwrap();
    let error = set(&world, ADAM, Some(Permission::Read)).await.unwrap_err();
    refused(&error, 402, Refusal::PlanFull, "the workspace's plan is full");
    assert_eq!((held(&world, ERIN), held(&world, ADAM)), (Some(Level::Write), None));
    set(&world, ERIN, None).await.unwrap();
    set(&world, ADAM, Some(Permission::Read)).await.unwrap();
}

#[tokio::test]
async fn trust_e4_bitbucket_shows_and_changes_permissions_to_who_administers_the_repository_only() {
    let world = World::start().await;
    set(&world, ERIN, Some(Permission::Read)).await.unwrap();
    change(&world, |state| state.repository_mut("infra").unwrap().closed = true);
    assert!(world.bitbucket.repository("infra").await.unwrap().here().is_some(), "it is there to be seen");
    let errors = [
        set(&world, ADAM, Some(Permission::Write)).await.unwrap_err(),
        set(&world, ERIN, None).await.unwrap_err(),
        world.bitbucket.permission(ERIN, "infra").await.unwrap_err(),
        world.bitbucket.holders("infra", 1).await.unwrap_err(),
    ];
    for error in errors {
        refused(&error, 403, Refusal::NotAllowed, "Whoever administers the repository must give my account");
        assert!(error.detail.contains("must administer the repository"), "{error}");
    }
    assert_eq!((held(&world, ERIN), held(&world, ADAM)), (Some(Level::Read), None));
}

#[tokio::test]
async fn trust_e4_bitbucket_takes_changes_with_an_api_token_only_and_says_so_at_the_start() {
    let world = World::start().await;
    let access = Access::Bearer("bitbucket-token-value".to_owned());
    let server = BitbucketSandbox::start(BitbucketOptions::new(access, people())).await.unwrap();
    let credential = Credential::Bearer { secret: "bitbucket-token".to_owned() };
    let config = BitbucketConfig { credential, ..bitbucket_config(server.base_url()) };
    let bitbucket = Bitbucket::new(&config, &tenant(), &world.outbound, secrets()).unwrap();
    assert_eq!(bitbucket.permission(ERIN, "infra").await.unwrap(), None, "looking is allowed");
    for wanted in [Some(Permission::Write), None] {
        let present = if wanted.is_some() { None } else { Some(Permission::Read) };
        let plan = PermissionPlan::between(ERIN, "infra", present, wanted);
        let error = bitbucket.apply(&plan).await.unwrap_err();
        assert_eq!((error.kind, error.status), (CallErrorKind::Rejected, Some(403)), "{error}");
        assert!(error.detail.contains("give the account's address as `email`"), "{error}");
        let told = could_not(&error);
        assert!(!told.contains("bitbucket-token") && !told.contains("email"), "{told}");
    }
    assert!(server.state().repositories["infra"].permissions.is_empty());
    let faults = bitbucket.examine().await.unwrap().faults;
    assert!(faults.iter().any(|fault| fault.contains("`email`")), "{faults:?}");
    assert_eq!(world.bitbucket.examine().await.unwrap().faults, Vec::<String>::new());
}

#[tokio::test]
async fn trust_e4_another_refusal_of_bitbucket_is_told_in_its_own_words() {
    let world = World::with(people(), tickets()).await;
    let body = r#"{"type":"error","error":{"message":"Not on a Sunday"}}"#;
    let no = |matching: &str, status, body: Option<&str>| Fault {
        matching: matching.to_owned(),
        times: 1,
        status: Some(status),
        body: body.map(str::to_owned),
        ..Fault::default()
    };
    // Whatever comes of the look at the workspace: a member who does not own it was not refused for that.
    for look in [None, Some(403), Some(401), Some(503)] {
        let put = no("PUT /2.0/repositories/acme/infra", 400, Some(body));
        let looks = look.map(|status| no("GET /2.0/workspaces/acme", status, None));
        let next = std::iter::once(put).chain(looks).collect();
        world.bitbucket_server.order(Faults { next, ..Faults::default() });
        let error = set(&world, ERIN, Some(Permission::Write)).await.unwrap_err();
        assert_eq!((error.kind, error.status), (CallErrorKind::Rejected, Some(400)), "{look:?}: {error}");
        assert_eq!(could_not(&error), "Bitbucket did not accept it, and says “Not on a Sunday”.");
        world.bitbucket_server.order(Faults::default());
    }
    for (status, known) in [(403, true), (401, true), (503, false)] {
        let next = vec![no("GET /2.0/workspaces/acme", status, None)];
        world.bitbucket_server.order(Faults { next, ..Faults::default() });
        let obstacle = world.bitbucket.obstacle(ERIN).await;
        assert_eq!(obstacle.ok(), known.then_some(None), "{status}: a token that may not look, may set");
    }
}
