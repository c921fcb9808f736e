//! Whatever there was and whatever is wanted: exactly that changes, and nothing of anybody else.

use countersign_domain::ports::{Permission, PermissionPlan};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::stand::{REPOSITORIES, Stand, Who};

fn permission() -> impl Strategy<Value = Option<Permission>> {
    prop::option::of(prop::sample::select(Permission::ALL.to_vec()))
}

fn places() -> impl Iterator<Item = (&'static str, Who)> {
    REPOSITORIES.iter().flat_map(|name| [(*name, Who::Erin), (*name, Who::Adam)])
}

fn exactly_the_wanted_permission_changes(start: impl AsyncFnOnce() -> Stand) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let stand = runtime.block_on(start());
    let strategy = (prop::array::uniform6(permission()), permission(), 0..6_usize);
    TestRunner::new(Config::with_cases(256))
        .run(&strategy, |(before, wanted, place)| {
            for ((repository, who), held) in places().zip(before) {
                stand.miniature.hold(who, repository, held);
            }
            let (repository, who) = places().nth(place).unwrap();
            let account = stand.miniature.account(who);
            let read_back = runtime.block_on(async {
                let present = stand.forge.permission(&account, repository).await.unwrap();
                let plan = PermissionPlan::between(&account, repository, present, wanted);
                stand.forge.apply(&plan).await.unwrap();
                stand.forge.permission(&account, repository).await.unwrap()
            });
            prop_assert_eq!(read_back, wanted);
            for (at, ((repository, who), held)) in places().zip(before).enumerate() {
                let expected = if at == place { wanted } else { held };
                prop_assert_eq!(stand.miniature.held(who, repository), expected);
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn exactly_the_wanted_permission_changes_on_bitbucket() {
    exactly_the_wanted_permission_changes(crate::bitbucket::stand);
}

#[test]
fn exactly_the_wanted_permission_changes_on_github() {
    exactly_the_wanted_permission_changes(crate::github::stand);
}
