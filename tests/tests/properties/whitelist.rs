//! Only read, write and admin are ever set at the forge, and each as it was asked for (9).

use std::collections::BTreeMap;

use countersign_domain::access::{
    Effect as AccessEffect, Fault, Form, Permission, PermissionTask, Status, react,
};
use countersign_domain::capabilities::{Effect, Then};
use countersign_domain::denied::Field;
use countersign_domain::hidden::deceives;
use countersign_projections::access::{self, AccessFilter};
use countersign_projections::request;
use countersign_sandbox::bitbucket::Level;
use countersign_sandbox::jira::Status as TicketStatus;
use countersign_tests::acting::form;
use countersign_tests::stage::{Stage, tenant};
use countersign_tests::vendors::{Vendor as _, account, level};
use countersign_tests::webhook::ticket_created;
use proptest::prelude::*;

use crate::asking::{checked, on_the_list};
use crate::support::{Outcome, fresh, noon, on_stage, run};

/// Anything that may stand where a permission should.
fn given() -> impl Strategy<Value = String> {
    let near = vec![
        "owner",
        "none",
        "create-repo",
        "reаd",
        "sudo",
        "*",
        "write;admin",
        "read,write",
        "admin/write",
        "writeadmin",
        "\"admin\"",
        "{\"permission\":\"admin\"}",
        "ADMIN\u{0}",
        "read\u{200b}",
        "wr\u{ad}ite",
        "ＡＤＭＩＮ",
        "adm1n",
        "true",
        "3",
        "a\u{7f}",
        "\u{7f}",
    ];
    prop_oneof![
        2 => ".{1,20}".prop_map(|text| text),
        2 => "(read|Read|READ|write|Write|admin|ADMIN)[ s,;]?".prop_map(|text| text),
        3 => " ?(read|write|admin|WRITE|Admin) ?".prop_map(|text| text),
        3 => prop::sample::select(near).prop_map(str::to_owned),
        1 => "(read|write|admin) (and|or|than|not) (read|write|admin)".prop_map(|text| text),
    ]
}

/// What is decided of it, before anything goes out.
fn decided(given: &str) -> Outcome {
    let form = Form { permission: Some(given.to_owned()), ..form("", "payments-api", "2 days", "OPS-17") };
    let happened = checked(&form, (true, true, true));
    let wishes = happened.iter().flat_map(|(state, event)| react(state, event, noon(), &ToString::to_string));
    let granted: Vec<Permission> = wishes
        .filter_map(|reaction| match reaction.then {
            Then::Perform(Effect::Access(AccessEffect::SetPermission {
                task: PermissionTask::Grant { permission },
                ..
            })) => Some(permission),
            _ => None,
        })
        .collect();
    if on_the_list(given) {
        let names: Vec<&str> = granted.iter().map(|permission| permission.as_str()).collect();
        prop_assert_eq!(names, [given.trim().to_ascii_lowercase()]);
        return Ok(());
    }
    prop_assert!(granted.is_empty(), "{:?} was granted for {:?}", granted, given);
    let (state, _) = happened.last().expect("it was checked");
    prop_assert_eq!(state.status(), Status::Denied);
    let violations = &state.denial.as_ref().expect("a denial").violations;
    let blank = given.trim().is_empty();
    let named = violations.iter().any(|violation| match violation.own() {
        Some(Fault::UnknownPermission { given: told }) => {
            let shown: String = given.chars().filter(|c| !deceives(*c)).collect();
            !blank && shown.contains(told.as_str())
        }
        Some(Fault::MissingField { field: Field::Permission }) => blank,
        _ => false,
    });
    prop_assert!(named, "{:?}", violations);
    Ok(())
}

/// The way it comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    Ticket,
    Form,
    Sentence,
}

async fn asks(stage: &Stage, door: Door, given: &str, (ticket, repository): (&str, &str)) {
    let asked = Form { permission: Some(given.to_owned()), ..form("", repository, "2 days", ticket) };
    match door {
        Door::Ticket => {
            let body = ticket_created(ticket, "demo-employee", &asked);
            let answer = stage.signed_delivery(ticket, &body).send().await.expect("the bot answers");
            let status = answer.status();
            assert_eq!(status, 202, "{}", answer.text().await.unwrap_or_default());
        }
        Door::Form => {
            let context = stage.context("demo-employee").await;
            drop(stage.bot.requests.ask(&context, &asked).await.expect("the log takes it"));
        }
        Door::Sentence => {
            let sentence = format!("access {given} on {repository} for 2 days ticket {ticket}");
            stage.says_without_waiting("demo-employee", &sentence).await;
        }
    }
    stage.settle().await;
}

/// Whatever waits for this repository is countersigned by all who may; the permission that they were shown.
async fn all_countersign(stage: &Stage, repository: &str) -> Option<Permission> {
    let rows = stage.bot.world.projections.rows(request::NAME);
    let filter = AccessFilter { repository: Some(repository.to_owned()), ..AccessFilter::default() };
    let found = access::list(&*rows, &tenant(), &filter, None, 10).expect("the read model answers").items;
    for row in &found {
        for approver in ["demo-approver", "demo-approver2"] {
            drop(stage.countersign(approver, &row.code).await);
        }
    }
    stage.calm().await;
    let shown = found.first()?.access.asked.as_ref()?.permission?;
    let card =
        stage.bot.chat.shared_card(&tenant(), &found[0].code, None).await.expect("the log can be read")?;
    card.text.contains(&format!("{shown} on {repository}")).then_some(shown)
}

/// What is none of them in any language, nor near one.
const FAR: [&str; 8] = ["owner", "none", "create-repo", "sudo", "*", "true", "3", "\u{7f}"];

/// The permission that may be set: exactly what is on the list. What a ticket or a sentence says otherwise is read as people
/// write it, and then it is what everybody was shown who decided on it.
fn may_be_set(door: Door, given: &str, shown: Option<Permission>) -> Option<Level> {
    let on_the_list = on_the_list(given).then(|| level(&given.trim().to_ascii_lowercase()));
    let is_read = door != Door::Form && !FAR.contains(&given);
    on_the_list.or_else(|| shown.filter(|_| is_read).map(|permission| level(permission.as_str())))
}

/// What is not read, write or admin is refused by name, and nothing of it ever reaches the forge, whichever way it comes in and
/// however many countersign; what is, reaches it as it was asked for, and the forge is told of nothing else.
#[test]
fn a09_permission_level_whitelist_enforcement() {
    run(given(), |given| decided(&given));
    let door = prop::sample::select(vec![Door::Ticket, Door::Form, Door::Sentence]);
    on_stage((given(), door), async |stage, (given, door)| {
        let number = fresh();
        let (ticket, repository) = (format!("LIST-{number}"), format!("lists-{number}"));
        stage.add_repository(&repository);
        stage.add_ticket(&ticket, TicketStatus::ToDo, "demo-employee");
        let before = stage.demo.bitbucket.state();
        asks(stage, door, &given, (&ticket, &repository)).await;
        let shown = all_countersign(stage, &repository).await;
        let may = may_be_set(door, &given, shown);
        let mut expected = before;
        let held = stage.demo.bitbucket.state().repositories[&repository].permissions.clone();
        if on_the_list(&given) {
            prop_assert_eq!(
                &held,
                &BTreeMap::from([(account("demo-employee"), may.expect("it is on the list"))])
            );
        }
        prop_assert!(held.values().all(|held| Some(*held) == may), "{:?} for {:?}", held, given);
        // Nothing else has changed anywhere.
        expected.repository_mut(&repository).expect("the case's own").permissions = held;
        prop_assert_eq!(&stage.demo.bitbucket.state(), &expected);
        let sent = stage.demo.bitbucket.calls().into_iter().filter(|call| call.request.starts_with("PUT "));
        for call in sent {
            let told = call.body.as_ref().and_then(|body| body["permission"].as_str().map(str::to_owned));
            prop_assert!(told.as_deref().is_some_and(on_the_list), "{:?}", call);
        }
        Ok(())
    });
}
