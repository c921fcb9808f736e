//! What of the forge is Bitbucket's alone; what every forge does is in `adapters/sandbox/tests/forges`.

use countersign_domain::access::Permission;
use countersign_domain::named::Named;
use countersign_domain::ports::{CallErrorKind, Forge, Located, PermissionPlan};
use countersign_sandbox::bitbucket::BitbucketUser;
use countersign_sandbox::{Fault, Faults};

use crate::support::{ERIN, World, people, tickets};

#[tokio::test]
async fn trust_a2_a_user_is_found_by_account_id_uuid_and_the_names_they_go_by() {
    let world = World::start().await;
    for text in [
        ERIN,
        "{d301aafa-d676-4ee0-88be-962be7417567}",
        "d301aafa-d676-4ee0-88be-962be7417567",
        "D301AAFA-D676-4EE0-88BE-962BE7417567",
        "erin",
        "@Erin",
        " erin ",
        "erin moore",
    ] {
        let user = world.bitbucket.user(text).await.unwrap().one().unwrap();
        assert_eq!((user.account.as_str(), user.name.as_str()), (ERIN, "Erin Moore"), "{text}");
    }
    assert_eq!(world.bitbucket.user("mallory").await.unwrap(), Named::Nothing);
}

#[tokio::test]
async fn trust_b6_two_people_with_one_nickname_are_not_guessed_between() {
    let mut state = people();
    let twin =
        BitbucketUser { account_id: "666".to_owned(), uuid: "{666}".to_owned(), ..state.users[0].clone() };
    state.users.push(twin);
    let world = World::with(state, tickets()).await;
    let Named::Several(both) = world.bitbucket.user("erin").await.unwrap() else { panic!("one was taken") };
    let accounts: Vec<_> = both.iter().map(|user| user.account.as_str()).collect();
    assert_eq!(accounts, [ERIN, "666"]);
}

#[tokio::test]
async fn a_nickname_on_the_third_page_is_found() {
    let mut state = people();
    for number in 0..250 {
        state.users.push(BitbucketUser {
            account_id: format!("id-{number}"),
            uuid: format!("{{{number}}}"),
            nickname: format!("member{number}"),
            display_name: format!("Member {number}"),
        });
    }
    let world = World::with(state, tickets()).await;
    let user = world.bitbucket.user("member249").await.unwrap().one().unwrap();
    assert_eq!(user.account, "id-249");
    let requests = world.bitbucket_requests();
    let pages = requests.iter().filter(|request| request.contains("/acme/members?page=")).count();
    // Beside the pages: the account by this id, and, since there is none, whether the workspace is there.
    assert_eq!((pages, requests.len()), (3, 5), "{requests:#?}");
}

#[tokio::test]
async fn a_repository_is_found_with_its_link_or_not_at_all() {
    let world = World::start().await;
    let repository = world.bitbucket.repository("payments-api").await.unwrap().here().unwrap();
    assert_eq!(repository.name, "payments-api");
    assert!(repository.url.ends_with("/acme/payments-api"), "{}", repository.url);
    assert_eq!(world.bitbucket.repository("payroll").await.unwrap(), Located::Nowhere);
}

#[tokio::test]
async fn trust_a1_every_spelling_of_a_repository_is_the_one_repository_and_others_places_are_refused() {
    let world = World::start().await;
    let own = world.bitbucket.repository("payments-api").await.unwrap();
    let state = world.bitbucket_server.state();
    let (id, workspace) = (state.repository_uuid("payments-api"), state.workspace_uuid());
    let url = own.clone().here().unwrap().url;
    for text in [
        "PAYMENTS-API".to_owned(),
        "Acme/payments-api".to_owned(),
        format!("{{{id}}}"),
        id.to_string().to_uppercase(),
        "https://bitbucket.org/acme/payments-api/src/main/README.md?at=main".to_owned(),
        "git@bitbucket.org:acme/payments-api.git".to_owned(),
        "ssh://git@altssh.bitbucket.org:443/acme/payments-api.git".to_owned(),
        format!("https://bitbucket.org/%7B{workspace}%7D/%7B{id}%7D"),
        url,
    ] {
        assert_eq!(world.bitbucket.repository(&text).await.unwrap(), own, "{text}");
    }
    for text in [
        "other/payments-api",
        "https://bitbucket.org/other/payments-api",
        "https://github.com/acme/payments-api",
        "https://bitbucket.org.evil.example/acme/payments-api",
        "https://bitbucket.org/%7B0a1b2c3d-0000-4000-8000-00000000000f%7D/payments-api",
    ] {
        let found = world.bitbucket.repository(text).await.unwrap();
        assert!(matches!(found, Located::Elsewhere { .. }), "{text}: {found:?}");
    }
}

#[tokio::test]
async fn hostile_names_find_nothing_and_reach_nothing() {
    let world = World::start().await;
    let names = [
        "..",
        "../users",
        "payments-api/../infra",
        "a?b=c",
        "a#b",
        "%2e%2e",
        "..\\..",
        "päyments 🦀",
        "",
        ".",
        "a\0b",
    ];
    for name in names {
        assert_eq!(world.bitbucket.repository(name).await.unwrap(), Located::Nowhere, "{name}");
        assert_eq!(world.bitbucket.user(name).await.unwrap(), Named::Nothing, "{name}");
    }
    for request in world.bitbucket_requests() {
        let path = request.strip_prefix("GET /2.0/").unwrap();
        // Whether the workspace is there at all.
        if path == "repositories/acme?pagelen=1" {
            continue;
        }
        let known = ["repositories/acme/", "users/", "workspaces/acme/members?page="];
        let rest = known.iter().find_map(|start| path.strip_prefix(start));
        assert!(rest.is_some_and(|rest| !rest.contains('/') && !rest.contains('#')), "{request}");
    }
}

#[tokio::test]
async fn not_found_on_a_repository_that_is_there_means_no_permission() {
    let world = World::start().await;
    let matching = "GET /2.0/repositories/acme/infra/permissions-config".to_owned();
    let next = vec![Fault { matching, times: 1, status: Some(404), ..Fault::default() }];
    world.bitbucket_server.order(Faults { next, ..Faults::default() });
    assert_eq!(world.bitbucket.permission(ERIN, "infra").await.unwrap(), None);
}

#[tokio::test]
async fn a_permission_for_nobody_is_rejected_with_the_vendors_words() {
    let world = World::start().await;
    let plan = PermissionPlan::between("nobody", "infra", None, Some(Permission::Read));
    let error = world.bitbucket.apply(&plan).await.unwrap_err();
    assert_eq!((error.kind, error.status), (CallErrorKind::Rejected, Some(404)));
    assert!(error.to_string().contains("give nobody read on infra"), "{error}");
    assert!(error.to_string().contains("nobody is not a user"), "{error}");
}

#[tokio::test]
async fn trust_d2_nothing_is_missing_in_a_workspace_that_is_not_there() {
    let world = World::start().await;
    let next = vec![Fault {
        matching: "GET /2.0/repositories".to_owned(),
        times: 2,
        status: Some(404),
        ..Fault::default()
    }];
    world.bitbucket_server.order(Faults { next, ..Faults::default() });
    let error = world.bitbucket.repository("infra").await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Barred);
    assert!(error.detail.contains("check the address in the configuration"), "{error}");
    assert_eq!(world.bitbucket.repository("infra2").await.unwrap(), Located::Nowhere, "now it is there");
}
