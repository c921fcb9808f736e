//! Users, repositories, and one permission changed.

use countersign_domain::named::Named;
use countersign_domain::ports::{CallErrorKind, Located, Permission, PermissionPlan};

use crate::stand::{Stand, Who, for_every_forge};

for_every_forge! {
    trust_a2_a_user_is_found_by_each_of_their_ids_and_the_names_they_go_by
    trust_a1_every_spelling_of_a_repository_is_the_one_repository_and_others_places_are_refused
    trust_a1_a_permission_is_that_of_the_repository_whatever_it_is_called_by_now
    a_permission_is_granted_changed_and_removed_and_read_back
    a_grant_given_twice_is_one_grant_and_an_empty_plan_calls_nobody
    no_repository_is_not_mistaken_for_no_permission
    a_permission_for_nobody_is_rejected
    trust_a8_who_holds_what_is_listed
    hostile_names_find_nothing_and_reach_nothing
    what_is_typed_is_searched_for_within_names
    nothing_is_missing_where_all_is_as_it_should_be
}

async fn trust_a2_a_user_is_found_by_each_of_their_ids_and_the_names_they_go_by(stand: &Stand) {
    for text in stand.miniature.erin() {
        let user = stand.forge.user(&text).await.unwrap().one().unwrap();
        let known = (user.account, user.name);
        assert_eq!(known, (stand.miniature.account(Who::Erin), "Erin Moore".to_owned()), "{text}");
    }
    assert_eq!(stand.forge.user("mallory").await.unwrap(), Named::Nothing);
}

async fn trust_a1_every_spelling_of_a_repository_is_the_one_repository_and_others_places_are_refused(
    stand: &Stand,
) {
    let own = stand.forge.repository("payments-api").await.unwrap();
    let found = own.clone().here().unwrap();
    assert_eq!(found.name, "payments-api");
    let itself = [found.key().to_owned(), found.url.clone()];
    for text in stand.miniature.payments().into_iter().chain(itself) {
        assert_eq!(stand.forge.repository(&text).await.unwrap(), own, "{text}");
    }
    for text in stand.miniature.elsewhere() {
        let found = stand.forge.repository(&text).await.unwrap();
        assert!(matches!(found, Located::Elsewhere { .. }), "{text}: {found:?}");
    }
    assert_eq!(stand.forge.repository("payroll").await.unwrap(), Located::Nowhere);
}

async fn trust_a1_a_permission_is_that_of_the_repository_whatever_it_is_called_by_now(stand: &Stand) {
    let found = stand.forge.repository("payments-api").await.unwrap().here().unwrap();
    stand.miniature.rename();
    let erin = stand.miniature.account(Who::Erin);
    let plan = PermissionPlan::between(&erin, &found.name, None, Some(Permission::Write));
    stand.forge.apply(&plan.by_id(found.id.clone())).await.unwrap();
    assert_eq!(stand.forge.permission(&erin, found.key()).await.unwrap(), Some(Permission::Write));
    assert_eq!(stand.miniature.held(Who::Erin, "payments"), Some(Permission::Write));
    assert_eq!(stand.miniature.held(Who::Erin, "payments-api"), None);
    let now = stand.forge.repository(found.key()).await.unwrap().here().unwrap();
    assert_eq!((now.name.as_str(), now.key()), ("payments", found.key()));
}

async fn a_permission_is_granted_changed_and_removed_and_read_back(stand: &Stand) {
    let erin = stand.miniature.account(Who::Erin);
    for wanted in [Some(Permission::Write), Some(Permission::Admin), Some(Permission::Read), None, None] {
        let present = stand.forge.permission(&erin, "payments-api").await.unwrap();
        let plan = PermissionPlan::between(&erin, "payments-api", present, wanted);
        stand.forge.apply(&plan).await.unwrap();
        assert_eq!(stand.forge.permission(&erin, "payments-api").await.unwrap(), wanted);
        assert_eq!(stand.forge.invited(&erin, "payments-api").await.unwrap(), None);
    }
}

async fn a_grant_given_twice_is_one_grant_and_an_empty_plan_calls_nobody(stand: &Stand) {
    let (erin, adam) = (stand.miniature.account(Who::Erin), stand.miniature.account(Who::Adam));
    let plan = PermissionPlan::between(&erin, "payments-api", None, Some(Permission::Write));
    stand.forge.apply(&plan).await.unwrap();
    stand.forge.apply(&plan).await.unwrap();
    assert_eq!(stand.miniature.held(Who::Erin, "payments-api"), Some(Permission::Write));
    assert_eq!(stand.miniature.held(Who::Adam, "payments-api"), None);
    let before = stand.miniature.calls().len();
    let nothing = PermissionPlan::between(&adam, "infra", Some(Permission::Read), Some(Permission::Read));
    stand.forge.apply(&nothing).await.unwrap();
    assert_eq!(stand.miniature.calls().len(), before);
}

async fn no_repository_is_not_mistaken_for_no_permission(stand: &Stand) {
    let error = stand.forge.permission(&stand.miniature.account(Who::Erin), "payroll").await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Rejected);
    assert!(error.detail.contains("there is no such repository any more"), "{error}");
}

async fn a_permission_for_nobody_is_rejected(stand: &Stand) {
    let plan = PermissionPlan::between("nobody", "infra", None, Some(Permission::Read));
    let error = stand.forge.apply(&plan).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Rejected);
    assert!(error.to_string().contains("nobody is not a user"), "{error}");
}

async fn trust_a8_who_holds_what_is_listed(stand: &Stand) {
    stand.miniature.hold(Who::Erin, "infra", Some(Permission::Read));
    let page = stand.forge.holders("infra", 1).await.unwrap().unwrap();
    let held: Vec<_> = page.holders.iter().map(|held| (held.account.clone(), held.permission)).collect();
    assert_eq!(held, [(stand.miniature.account(Who::Erin), Permission::Read)]);
    assert!(!page.more);
    assert_eq!(stand.forge.holders("no-such", 1).await.unwrap(), None);
    let all = stand.forge.repositories(1).await.unwrap().repositories;
    let located = stand.forge.repository("infra").await.unwrap().here();
    assert_eq!(all.into_iter().find(|found| found.name == "infra"), located, "the same by either way");
}

async fn hostile_names_find_nothing_and_reach_nothing(stand: &Stand) {
    for name in
        ["..", "../users", "infra/../payments-api", "a?b=c", "a#b", "%2e%2e", "..\\..", "", ".", "a\0b"]
    {
        assert_eq!(stand.forge.repository(name).await.unwrap(), Located::Nowhere, "{name}");
        assert_eq!(stand.forge.user(name).await.unwrap(), Named::Nothing, "{name}");
    }
    for request in stand.miniature.calls() {
        let leads_up = request.split(['/', ' ', '?']).any(|part| part == ".." || part == ".");
        assert!(!leads_up, "{request}");
    }
}

async fn what_is_typed_is_searched_for_within_names(stand: &Stand) {
    assert_eq!(stand.forge.search("shop", 5).await.unwrap(), ["web-shop"]);
    assert_eq!(stand.forge.search("", 2).await.unwrap().len(), 2);
    assert_eq!(stand.forge.search("nothing-like-it", 5).await.unwrap(), Vec::<String>::new());
}

async fn nothing_is_missing_where_all_is_as_it_should_be(stand: &Stand) {
    let examined = stand.forge.examine().await.unwrap();
    assert_eq!(examined.faults, Vec::<String>::new());
    assert!(examined.answered.contains("acme"), "{}", examined.answered);
    assert_eq!(stand.forge.obstacle(&stand.miniature.account(Who::Erin)).await.unwrap(), None);
}
