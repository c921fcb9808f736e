//! The same of the running bot: what the forge holds is what a ledger of those who countersigned has.

use std::cell::Cell;
use std::sync::Arc;

use countersign::demo::Demo;
use countersign_domain::access::{Form, Status};
use countersign_domain::request::Assurance;
use countersign_sandbox::jira::Status as TicketStatus;
use countersign_store::MemoryStore;
use countersign_tests::acting::form;
use countersign_tests::stage::{Stage, tenant};
use countersign_tests::vendors::Vendor as _;
use proptest::prelude::*;

use super::ledger::{Deed, EMPLOYEE, Ledger, PEOPLE, RULES, Whose};
use crate::life::Shown;
use crate::support::{fresh, often_on_runtime, runtime};

/// Each is a whole life of the bot with its forge and its tracker, and costs as much as a hundred that are only decided.
const LIVES: u32 = 96;
fn deed() -> impl Strategy<Value = Deed> {
    let who = || 0..PEOPLE.len();
    let shown = prop_oneof![
        4 => Just(Shown::Present), 2 => Just(Shown::Typed), 1 => Just(Shown::Stale), 1 => Just(Shown::Wrong),
    ];
    let given = prop_oneof![
        7 => Just(Assurance::Confirmed), 3 => Just(Assurance::Said), 2 => Just(Assurance::Reacted),
    ];
    let groups = prop::sample::subsequence(vec!["approvers", "leads", "deputies", "oncall"], 0..=4);
    prop_oneof![
        12 => (who(), shown, given).prop_map(|(who, shown, given)| Deed::Countersigns { who, shown, given }),
        2 => Just(Deed::Waits),
        2 => who().prop_map(Deed::GoesAway),
        2 => (who(), groups).prop_map(|(who, groups)| Deed::Regroups(who, groups)),
        1 => (0..PEOPLE.len() - 1).prop_map(Deed::Leaves),
        1 => Just(Deed::GivesByHand),
        1 => Just(Deed::RetitlesTicket),
        1 => Just(Deed::Renames),
        1 => Just(Deed::Publishes),
        1 => Just(Deed::Comments),
    ]
}

async fn gated() -> Stage {
    let adapt = |demo: &mut Demo| {
        let acme = demo.config.tenants.get_mut(&tenant()).expect("the demo's tenant");
        RULES.clone_into(&mut acme.rules);
    };
    let stage = Stage::adapted(Arc::new(MemoryStore::new()), adapt).await;
    stage.demo.jira.deliver_to(None);
    stage
}

/// Whatever people do, in whatever order: the forge holds for who shall have it what they had by themselves, until those who
/// may have countersigned what stands.
pub(super) fn the_forge_holds_what_was_countersigned() {
    let permission = prop::sample::select(vec!["read", "write", "write", "write", "admin", "admin"]);
    let whose = prop::sample::select(vec![
        Whose::Own,
        Whose::Own,
        Whose::OwnAccount,
        Whose::ColleaguesNickname,
        Whose::ColleaguesName,
    ]);
    let case = (permission, whose, 0..5_usize, prop::collection::vec(deed(), 2..9));
    let granted = Cell::new(0_u32);
    let runtime = runtime();
    often_on_runtime((LIVES, &runtime), gated, case, async |stage, (permission, whose, how, deeds)| {
        let number = fresh();
        let (repository, ticket) = (format!("gate-{number}"), format!("GATE-{number}"));
        stage.add_repository(&repository);
        stage.add_ticket(&ticket, TicketStatus::ToDo, EMPLOYEE);
        let mut ledger = Ledger::begin(stage, (permission, whose), (&repository, &ticket)).await;
        let identity = format!("{{{}}}", stage.demo.bitbucket.state().repository_uuid(&repository));
        let typed = if how == 4 { identity } else { crate::life::spelled(&repository, how) };
        let asked = Form { user: whose.typed(), ..form(permission, &typed, "2 days", &ticket) };
        ledger.code = stage.ask(EMPLOYEE, &asked).await;
        let auto = permission == "read";
        prop_assert_eq!(ledger.held().is_some(), auto, "{:#?}", stage.state(&ledger.code).await);
        for deed in &deeds {
            if auto && matches!(deed, Deed::Countersigns { .. }) {
                continue;
            }
            ledger.does(deed).await?;
        }
        let status = stage.state(&ledger.code).await.status();
        granted.set(granted.get() + u32::from(status == Status::Active && !auto));
        // What is still in force ends with the case.
        let context = stage.context("demo-admin").await;
        let (requests, opened) = (&stage.bot.requests, stage.opened(&ledger.code).await);
        drop(requests.revoke(&context, &opened, None).await);
        drop(requests.withdraw(&stage.context(EMPLOYEE).await, &opened).await);
        stage.settle().await;
        Ok(())
    });
    assert!(granted.get() > 5, "of all lives only {} came to a permission", granted.get());
}
