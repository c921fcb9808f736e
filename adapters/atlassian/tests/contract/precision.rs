//! Whatever there was and whatever is wanted: exactly that changes, nothing else, and no ticket ever goes back.

use countersign_domain::access::Permission;
use countersign_domain::ports::{Forge, PermissionPlan, TicketMove, TicketStage, Tracker};
use countersign_sandbox::bitbucket::Level;
use countersign_sandbox::jira::Status;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::support::{ADAM, ERIN, World, people};

const REPOSITORIES: [&str; 3] = ["payments-api", "web-shop", "infra"];

fn permission() -> impl Strategy<Value = Option<Permission>> {
    prop::option::of(prop::sample::select(Permission::ALL.to_vec()))
}

fn level(permission: Permission) -> Level {
    match permission {
        Permission::Read => Level::Read,
        Permission::Write => Level::Write,
        Permission::Admin => Level::Admin,
        Permission::Triage | Permission::Maintain => unreachable!("nobody can ask for it"),
    }
}

#[test]
fn exactly_the_wanted_permission_changes_and_nobody_elses() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let world = runtime.block_on(World::start());
    let present = prop::array::uniform6(permission());
    let strategy = (present, permission(), any::<bool>(), 0..REPOSITORIES.len());
    let mut runner = TestRunner::new(Config::with_cases(256));
    runner
        .run(&strategy, |(present, wanted, erins, repository)| {
            let account = if erins { ERIN } else { ADAM };
            let repository = REPOSITORIES[repository];
            let mut expected = people();
            let places = REPOSITORIES.iter().flat_map(|name| [(name, ERIN), (name, ADAM)]);
            for ((name, account), present) in places.zip(present) {
                let permissions = &mut expected.repository_mut(name).unwrap().permissions;
                permissions.extend(present.map(|present| (account.to_owned(), level(present))));
            }
            world.bitbucket_server.change(|kept| *kept = expected.clone()).unwrap();

            let read_back = runtime.block_on(async {
                let before = world.bitbucket.permission(account, repository).await.unwrap();
                let plan = PermissionPlan::between(account, repository, before, wanted);
                world.bitbucket.apply(&plan).await.unwrap();
                world.bitbucket.permission(account, repository).await.unwrap()
            });
            prop_assert_eq!(read_back, wanted);

            let permissions = &mut expected.repository_mut(repository).unwrap().permissions;
            match wanted {
                Some(wanted) => permissions.insert(account.to_owned(), level(wanted)),
                None => permissions.remove(account),
            };
            prop_assert_eq!(world.bitbucket_server.state(), expected);
            Ok(())
        })
        .unwrap();
}

/// How somebody could write a repository of this workspace: as a name or id, alone or behind the workspace, or as an address
/// of it, in any case.
fn spelling() -> impl Strategy<Value = (usize, String)> {
    let frame = prop::sample::select(vec![
        "{r}",
        "{w}/{r}",
        "https://bitbucket.org/{w}/{r}",
        "https://www.bitbucket.org/{w}/{r}/src/main/README.md?at=main#lines-3",
        "bitbucket.org/{w}/{r}/pull-requests/7",
        "https://somebody@bitbucket.org/{w}/{r}.git",
        "git@bitbucket.org:{w}/{r}.git",
        "ssh://git@bitbucket.org:22/{w}/{r}.git",
        "git clone git@bitbucket.org:{w}/{r}.git",
        " <https://bitbucket.org/{w}/{r}/> ",
    ]);
    let written = 0..3_usize;
    let loud = prop::collection::vec(any::<bool>(), 40);
    (0..REPOSITORIES.len(), frame, written, loud).prop_map(|(which, frame, written, loud)| {
        let state = people();
        let id = state.repository_uuid(REPOSITORIES[which]);
        let name = match written {
            0 => REPOSITORIES[which].to_owned(),
            1 => format!("{{{id}}}"),
            _ => format!("%7B{id}%7D"),
        };
        let name: String = name
            .chars()
            .zip(loud.iter().cycle())
            .map(|(c, loud)| if *loud { c.to_ascii_uppercase() } else { c })
            .collect();
        let workspace = if loud[0] { "ACME" } else { "acme" };
        (which, frame.replace("{r}", &name).replace("{w}", workspace))
    })
}

#[test]
fn trust_a1_any_way_to_write_a_repository_leads_to_its_one_identity() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let world = runtime.block_on(World::start());
    TestRunner::new(Config::with_cases(256))
        .run(&spelling(), |(which, written)| {
            let found = runtime.block_on(world.bitbucket.repository(&written)).unwrap();
            let own = runtime.block_on(world.bitbucket.repository(REPOSITORIES[which])).unwrap();
            prop_assert_eq!(
                found.clone().here().map(|found| found.name),
                Some(REPOSITORIES[which].to_owned())
            );
            prop_assert_eq!(found, own, "{}", written);
            Ok(())
        })
        .unwrap();
}

#[test]
fn no_sequence_of_moves_takes_a_ticket_back() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let world = runtime.block_on(World::start());
    let moves = prop::sample::select(vec![TicketMove::Started, TicketMove::Granted, TicketMove::Declined]);
    let strategy = (prop::sample::select(Status::ALL.to_vec()), prop::collection::vec(moves, 1..5));
    let mut runner = TestRunner::new(Config::with_cases(256));
    runner
        .run(&strategy, |(status, moves)| {
            world.jira_server.change(|state| state.issue_mut("OPS-17").unwrap().status = status).unwrap();
            runtime.block_on(async {
                let mut stages: Vec<TicketStage> = Vec::new();
                for to in moves {
                    let plan = world.jira.plan_move("OPS-17", to).await.unwrap();
                    world.jira.apply_move(&plan).await.unwrap();
                    stages.push(world.jira.ticket("OPS-17").await.unwrap().unwrap().stage);
                }
                prop_assert!(stages.is_sorted(), "{:?}", stages);
                Ok(())
            })
        })
        .unwrap();
}
