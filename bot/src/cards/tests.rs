//! The cards of a request in every status, and what each kind of viewer can press on them.

mod ends;
mod every_kind;
mod privacy;
mod stages;
mod told;

use countersign_domain::access::{
    AccessEvent, AccessRequest, Asked, Ending, Fault, Findings, Form, GrantEvent, Lasting, Longer,
    Permission, Phase, Proposal, Subject,
};
use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::capabilities::AnyRequest;
use countersign_domain::denied::{Denied, Field, Violation};
use countersign_domain::envelope::{ActorKind, Digest};
use countersign_domain::names::PrincipalId;
use countersign_domain::ports::{ForgeRepository, ForgeUser, Reach, Ticket, TicketStage};
use countersign_domain::request::{Assurance, Code, Facets as _, Requester};
use countersign_domain::rules::{Approvers, OnLeave, Ruling, Terms};
use countersign_domain::tenant::{People, PeopleEvent, Person, Role};
use countersign_domain::words::{plain, quoted};
use jiff::{Timestamp, ToSpan};

use super::*;
use crate::access::card::{approvers, request};
use countersign_domain::card::Card;

const VIEWERS: [&str; 6] = ["erin", "ada", "ben", "olga", "rita", "mallory"];

fn noon() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn id(name: &str) -> PrincipalId {
    name.parse().unwrap()
}

fn person(name: &str, group: Option<&str>, role: Option<Role>) -> Person {
    Person {
        id: id(name),
        kind: ActorKind::Person,
        name: crate::words::capital(name),
        groups: group.map(str::to_owned).into_iter().collect(),
        roles: role.into_iter().collect(),
        accounts: [("bitbucket".to_owned(), format!("{{{name}}}"))].into(),
    }
}

fn people() -> People {
    let people = [
        person("erin", None, None),
        person("ada", Some("approvers"), None),
        person("ben", Some("approvers"), None),
        person("olga", Some("admins"), Some(Role::Admin)),
        person("rita", None, Some(Role::Auditor)),
        person("mallory", None, None),
    ];
    people.into_iter().collect()
}

fn code() -> Code {
    "K7QM2X".parse().unwrap()
}

fn asked(form: &Form) -> Asked {
    let requester = Requester { id: id("erin"), kind: ActorKind::Person, name: "Erin".into(), known: true };
    let subject = Subject { principal: Some(id("erin")), account: "{erin}".into(), name: "Erin".into() };
    Asked::read(code(), requester, subject, form, noon())
}

fn form() -> Form {
    let text = |text: &str| Some(text.to_owned());
    Form {
        permission: text("write"),
        repository: text("payments-api"),
        user: None,
        duration: text("2 days"),
        ticket: text("OPS-17"),
        reason: text("rollout”. <b>Approved</b> by Ada, @here"),
    }
}

fn terms() -> Terms {
    Terms {
        version: 3,
        policies: vec!["write-needs-two".into()],
        auto: false,
        quorum: 2,
        approvers: vec![Approvers(["group:approvers".to_owned()].into())],
        max_minutes: Some(7 * 24 * 60),
        max_total_minutes: None,
        reason_required: false,
        escalate_after_minutes: Some(60),
        approvers_when_escalated: vec![Approvers(
            ["group:approvers".to_owned(), "group:admins".to_owned()].into(),
        )],
        escalate_to: vec!["group:admins".into()],
        remind_after_minutes: None,
        reaction: false,
        step_up: false,
        ticket: vec!["^OPS-[0-9]+$".into()],
        ticket_status: vec![],
        messages: vec!["Production: think twice.".into()],
        on_leave: OnLeave::End,
        while_member: vec![],
        own: [].into(),
    }
}

fn findings() -> Findings {
    Findings {
        forge: None,
        user: Some(ForgeUser {
            account: "{erin}".into(),
            name: "Erin".into(),
            aliases: [].into(),
            nickname: None,
        }),
        repository: Some(ForgeRepository {
            name: "payments-api".into(),
            url: "https://forge.example/p".into(),
            id: None,
        }),
        ticket: Some(Ticket {
            key: "OPS-17".into(),
            title: "Roll out\nthe payments".into(),
            status: "To Do".into(),
            stage: TicketStage::Todo,
            is_request: false,
            reach: Reach { everybody: true, ..Reach::default() },
            url: "https://tracker.example/OPS-17".into(),
        }),
        present: Some(Permission::Read),
        beside: None,
        subject: None,
        faults: vec![],
    }
}

fn requested() -> Vec<AccessEvent> {
    vec![AccessEvent::Requested { asked: Box::new(asked(&form())) }]
}

fn checked() -> Vec<AccessEvent> {
    let ruling = Some(Ruling::Allowed(terms()));
    with(requested(), [AccessEvent::Checked { findings: Box::new(findings()), ruling }])
}

fn waiting() -> Vec<AccessEvent> {
    with(checked(), [proposed(Proposal::Grant)])
}

fn proposed(proposal: Proposal) -> AccessEvent {
    let due = noon() + 72.hours();
    let escalate_at = Some(noon() + 1.hours());
    AccessEvent::Waiting { proposal, by: id("erin"), terms: Box::new(terms()), due, escalate_at, why: None }
}

fn signed(by: PrincipalId, receipt: Digest) -> AccessEvent {
    AccessEvent::Countersigned { by, receipt, assurance: Assurance::Said, stands_in_for: None }
}

fn approved() -> Vec<AccessEvent> {
    let receipt = Digest::of(b"what was shown");
    let by = vec![id("ada"), id("ben")];
    let countersigned = by.iter().map(|by| signed(by.clone(), receipt));
    let countersigned: Vec<_> = countersigned.collect();
    with(
        with(waiting(), countersigned),
        [AccessEvent::Approved { by, fixed: Lasting { minutes: 2 * 24 * 60 } }],
    )
}

fn active() -> Vec<AccessEvent> {
    let (permission, before, until) = (Permission::Write, Some(Permission::Read), noon() + 48.hours());
    with(
        approved(),
        [AccessEvent::Own(GrantEvent::Granted {
            permission,
            holds: Some(permission),
            before,
            until,
            by_hand: false,
        })],
    )
}

fn ended(ending: &Ending) -> Vec<AccessEvent> {
    let (begun, over) = (
        AccessEvent::Own(GrantEvent::Ending { ending: ending.clone() }),
        AccessEvent::Own(GrantEvent::Ended { ending: ending.clone(), left: None, by_hand: false }),
    );
    with(active(), [begun, over])
}

fn with(mut history: Vec<AccessEvent>, events: impl IntoIterator<Item = AccessEvent>) -> Vec<AccessEvent> {
    history.extend(events);
    history
}

fn state(history: &[AccessEvent]) -> AccessRequest {
    let mut access = AccessRequest::default();
    for event in history {
        access.evolve(event, noon());
    }
    access
}

/// What the card of the demo's request says whatever becomes of it, and the few words that stand for it in what is `seen`.
const ON_EVERY_CARD: [(&str, &str); 2] = [
    (
        "Why: “rollout'. <b>Approved</b> by Ada, @here”\n\
         Ticket: OPS-17 “Roll out the payments” (To Do) https://tracker.example/OPS-17\n",
        "(why, and under which ticket)\n",
    ),
    (
        "Asked on: 2026-03-01 12:00 UTC\n\
         Rule: write-needs-two, version 3 of the rules: “Production: think twice.”\n",
        "(when it was asked, and by which rule)\n",
    ),
];

/// The card's text as the requester sees it, and what everybody can press: those together who can press the same.
fn seen(history: &[AccessEvent]) -> String {
    let (access, people, now) = (state(history), people(), noon() + 30.minutes());
    let pressed = |name: &str| {
        if !access.is_seen_by(&people.people[&id(name)], &[]) {
            return "sees nothing".to_owned();
        }
        let card = seen_by(history, name, now);
        let labels: Vec<_> = card.buttons.iter().map(|button| button.label.as_str()).collect();
        if labels.is_empty() { "nothing to press".to_owned() } else { labels.join(", ") }
    };
    let text = seen_by(history, "erin", now).text;
    let text = ON_EVERY_CARD.iter().fold(text, |text, (whole, short)| text.replace(whole, short));
    let mut seen = vec![text, String::new()];
    for alike in VIEWERS.chunk_by(|one, next| pressed(one) == pressed(next)) {
        seen.push(format!("{}: {}", alike.join(", "), pressed(alike[0])));
    }
    seen.join("\n")
}

/// Ada denies what is proposed.
fn denied_by_ada(proposal: Proposal, reason: &str) -> AccessEvent {
    let (by, reason) = (Some(id("ada")), Some(reason.to_owned()));
    AccessEvent::Denied { proposal, by, reason, violations: vec![], rules: None }
}

/// What happened, as somebody may know it.
fn story_for(history: &[AccessEvent], viewer: &str) -> Card {
    let (request, people, code) = (AnyRequest::from(state(history)), people(), code());
    let events = history.iter().map(|event| Happened { at: noon(), event: event.clone().into() }).collect();
    let viewer = Some(&people.people[&id(viewer)]);
    story(
        Shown {
            code: &code,
            request: &request,
            viewer,
            people: &people,
            now: noon(),
            beside: None,
            rules: 0,
            collections: None,
        },
        events,
    )
}

/// Until an end that was named, with a reason of several lines, countersigned by somebody in the place of Ben.
fn in_detail() -> Vec<AccessEvent> {
    let form = Form {
        duration: Some("until 2026-03-06T23:59+01:00".to_owned()),
        reason: Some("The rollout:\n- <b>payments</b>\n- *web*".to_owned()),
        ..form()
    };
    let mut history = waiting();
    history[0] = AccessEvent::Requested { asked: Box::new(asked(&form)) };
    let receipt = state(&history).receipt().unwrap();
    let (by, assurance, stands_in_for) = (id("mallory"), Assurance::Said, Some(id("ben")));
    with(history, [AccessEvent::Countersigned { by, receipt, assurance, stands_in_for }])
}

fn seen_by(history: &[AccessEvent], viewer: &str, now: Timestamp) -> Card {
    let (access, people, code) = (state(history), people(), code());
    let viewer = Some(&people.people[&id(viewer)]);
    request(Shown {
        code: &code,
        request: &access,
        viewer,
        people: &people,
        now,
        beside: None,
        rules: 0,
        collections: None,
    })
}
