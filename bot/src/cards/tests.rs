//! The cards of a request in every status, and what each kind of viewer can press on them.

use countersign_domain::access::{
    AccessEvent, AccessRequest, Asked, Ending, Findings, Form, GrantEvent, Lasting, Longer, Permission,
    Phase, Proposal, Subject,
};
use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::capabilities::AnyRequest;
use countersign_domain::denied::{Denied, Field, Violation};
use countersign_domain::envelope::{ActorKind, Digest};
use countersign_domain::names::PrincipalId;
use countersign_domain::ports::{ForgeRepository, ForgeUser, Reach, Ticket, TicketStage};
use countersign_domain::request::Facets as _;
use countersign_domain::request::{Assurance, Code, Requester};
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

/// The card's text as the requester sees it, and what everybody can press.
fn seen(history: &[AccessEvent]) -> String {
    let (access, people, code) = (state(history), people(), code());
    let card_of = |name: &str| {
        let viewer = &people.people[&id(name)];
        access.is_seen_by(viewer, &[]).then(|| {
            request(Shown {
                code: &code,
                request: &access,
                viewer: Some(viewer),
                people: &people,
                now: noon() + 30.minutes(),
            })
        })
    };
    let mut seen = vec![card_of("erin").unwrap().text, String::new()];
    for name in VIEWERS {
        let pressed = card_of(name).map_or_else(
            || "sees nothing".to_owned(),
            |card| card.buttons.iter().map(|button| button.label.as_str()).collect::<Vec<_>>().join(", "),
        );
        seen.push(format!("{name}: {pressed}").trim_end().to_owned());
    }
    seen.join("\n")
}

#[test]
fn checking() {
    insta::assert_snapshot!(seen(&requested()), @r"
    K7QM2X: Erin asks for write on payments-api for 2 days
    Why: “rollout'. <b>Approved</b> by Ada, @here”
    Ticket: OPS-17
    Status: checking
    Asked on: 2026-03-01 12:00 UTC
    I am checking user, repository, ticket and rules; this card will change.
    You can say: withdraw K7QM2X

    erin: Withdraw
    ada: sees nothing
    ben: sees nothing
    olga:
    rita:
    mallory: sees nothing
    ");
}

#[test]
fn waiting_for_countersignatures() {
    insta::assert_snapshot!(seen(&waiting()), @r"
    K7QM2X: Erin asks for write on payments-api for 2 days
    Why: “rollout'. <b>Approved</b> by Ada, @here”
    Ticket: OPS-17 “Roll out the payments” (To Do) https://tracker.example/OPS-17
    Holds already: read; this makes it write
    Status: waiting, 0 of 2 countersigned
    May countersign: Ada and Ben (the group approvers)
    Waits until: 2026-03-04 12:00 UTC
    Asked on: 2026-03-01 12:00 UTC
    Rule: write-needs-two, version 3 of the rules: “Production: think twice.”
    Receipt: e537c49f
    You can say: withdraw K7QM2X

    erin: Withdraw
    ada: Approve, Deny
    ben: Approve, Deny
    olga:
    rita:
    mallory: sees nothing
    ");
}

#[test]
fn half_countersigned_and_escalated() {
    let receipt = Digest::of(b"what was shown");
    let more = [signed(id("ada"), receipt), AccessEvent::Escalated { to: vec!["group:admins".into()] }];
    insta::assert_snapshot!(seen(&with(waiting(), more)), @r"
    K7QM2X: Erin asks for write on payments-api for 2 days
    Why: “rollout'. <b>Approved</b> by Ada, @here”
    Ticket: OPS-17 “Roll out the payments” (To Do) https://tracker.example/OPS-17
    Holds already: read; this makes it write
    Status: waiting, 1 of 2 countersigned
    Countersigned by: Ada
    May countersign: Ben and Olga (the group admins or the group approvers)
    Waits until: 2026-03-04 12:00 UTC
    Asked on: 2026-03-01 12:00 UTC
    Rule: write-needs-two, version 3 of the rules: “Production: think twice.”
    Receipt: e537c49f
    Nobody answered for long, so more people were asked.
    You can say: withdraw K7QM2X

    erin: Withdraw
    ada: Take it back
    ben: Approve, Deny
    olga: Approve, Deny
    rita:
    mallory: sees nothing
    ");
}

#[test]
fn granting() {
    insta::assert_snapshot!(seen(&approved()), @r"
    K7QM2X: Erin gets write on payments-api for 2 days
    Why: “rollout'. <b>Approved</b> by Ada, @here”
    Ticket: OPS-17 “Roll out the payments” (To Do) https://tracker.example/OPS-17
    Held before: read
    Status: granting
    Countersigned by: Ada and Ben
    Asked on: 2026-03-01 12:00 UTC
    Rule: write-needs-two, version 3 of the rules: “Production: think twice.”
    Approved. I am setting the permission, and read it back before I call it granted.
    You can say: give back K7QM2X

    erin: Give back
    ada: Revoke
    ben: Revoke
    olga: Revoke
    rita:
    mallory: sees nothing
    ");
}

#[test]
fn in_force() {
    insta::assert_snapshot!(seen(&active()), @r"
    K7QM2X: Erin has write on payments-api
    Why: “rollout'. <b>Approved</b> by Ada, @here”
    Ticket: OPS-17 “Roll out the payments” (To Do) https://tracker.example/OPS-17
    Held before: read
    Status: active
    Countersigned by: Ada and Ben
    Asked on: 2026-03-01 12:00 UTC
    Rule: write-needs-two, version 3 of the rules: “Production: think twice.”
    Granted on 2026-03-01 12:00 UTC, and read back. It ends by itself on 2026-03-03 12:00 UTC.
    You can say: extend K7QM2X for 1 day · give back K7QM2X

    erin: Extend by a day, Give back
    ada: Revoke
    ben: Revoke
    olga: Revoke
    rita:
    mallory: sees nothing
    ");
}

#[test]
fn in_force_with_an_extension_proposed() {
    let history = with(active(), [proposed(Proposal::Extension(Longer::by(60)))]);
    insta::assert_snapshot!(seen(&history), @r"
    K7QM2X: Erin asks for 1 hour more of write on payments-api
    Why: “rollout'. <b>Approved</b> by Ada, @here”
    Ticket: OPS-17 “Roll out the payments” (To Do) https://tracker.example/OPS-17
    Held before: read
    Status: active, an extension waits, 0 of 2 countersigned
    May countersign: Ada and Ben (the group approvers)
    Waits until: 2026-03-04 12:00 UTC
    Asked on: 2026-03-01 12:00 UTC
    Rule: write-needs-two, version 3 of the rules: “Production: think twice.”
    Receipt: 5f072b81
    Granted on 2026-03-01 12:00 UTC, and read back. It ends by itself on 2026-03-03 12:00 UTC; with this extension, on 2026-03-03 13:00 UTC.
    You can say: withdraw K7QM2X · give back K7QM2X

    erin: Withdraw the extension, Give back
    ada: Approve, Deny, Revoke
    ben: Approve, Deny, Revoke
    olga: Revoke
    rita:
    mallory: sees nothing
    ");
}

#[test]
fn in_force_with_an_extension_denied() {
    let proposal = Proposal::Extension(Longer::by(60));
    let denied = AccessEvent::Denied {
        proposal,
        by: Some(id("ada")),
        reason: Some("two days are enough".into()),
        violations: vec![],
        rules: None,
    };
    insta::assert_snapshot!(seen(&with(active(), [proposed(proposal), denied])), @r"
    K7QM2X: Erin has write on payments-api
    Why: “rollout'. <b>Approved</b> by Ada, @here”
    Ticket: OPS-17 “Roll out the payments” (To Do) https://tracker.example/OPS-17
    Held before: read
    Status: active
    Countersigned by: Ada and Ben
    Asked on: 2026-03-01 12:00 UTC
    Rule: write-needs-two, version 3 of the rules: “Production: think twice.”
    Granted on 2026-03-01 12:00 UTC, and read back. It ends by itself on 2026-03-03 12:00 UTC.
    An extension was asked for and denied:
    Denied by Ada: “two days are enough”
    You can say: extend K7QM2X for 1 day · give back K7QM2X

    erin: Extend by a day, Give back
    ada: Revoke
    ben: Revoke
    olga: Revoke
    rita:
    mallory: sees nothing
    ");
}

#[test]
fn ending() {
    let ending = Ending::GivenBack { by: id("erin") };
    insta::assert_snapshot!(seen(&with(active(), [AccessEvent::Own(GrantEvent::Ending { ending })])), @r"
    K7QM2X: Erin has write on payments-api
    Why: “rollout'. <b>Approved</b> by Ada, @here”
    Ticket: OPS-17 “Roll out the payments” (To Do) https://tracker.example/OPS-17
    Held before: read
    Status: ending
    Countersigned by: Ada and Ben
    Asked on: 2026-03-01 12:00 UTC
    Rule: write-needs-two, version 3 of the rules: “Production: think twice.”
    I am taking the permission back: given back by Erin.

    erin:
    ada:
    ben:
    olga:
    rita:
    mallory: sees nothing
    ");
}

#[test]
fn failed_while_granting() {
    let failed = AccessEvent::Failed {
        phase: Phase::Granting,
        why: "Bitbucket answered 403: the token\nmay not administer payments-api".into(),
        given_up: false,
    };
    insta::assert_snapshot!(seen(&with(approved(), [failed])), @r"
    K7QM2X: Erin asked for write on payments-api for 2 days
    Why: “rollout'. <b>Approved</b> by Ada, @here”
    Ticket: OPS-17 “Roll out the payments” (To Do) https://tracker.example/OPS-17
    Held before: read
    Status: failed
    Countersigned by: Ada and Ben
    Asked on: 2026-03-01 12:00 UTC
    Rule: write-needs-two, version 3 of the rules: “Production: think twice.”
    Setting the permission did not work: Bitbucket answered 403: the token may not administer payments-api
    Nothing is lost: an admin can have it tried again, or say how it ends.
    You can say: give back K7QM2X · why K7QM2X

    erin: Give back, Why?
    ada: Revoke, Why?
    ben: Revoke, Why?
    olga: Revoke, See what is parked, Why?
    rita: Why?
    mallory: sees nothing
    ");
}

#[test]
fn denied_by_the_checks_with_every_reason() {
    let form = Form {
        permission: Some("owner".into()),
        repository: Some("no such thing".into()),
        duration: Some("0 days".into()),
        reason: Some("a\u{202E}b".into()),
        ..Form::default()
    };
    let asked = asked(&form);
    let mut violations = asked.faults.clone();
    violations.push(Violation::UnknownRepository { repository: "no such thing".into() });
    let history = vec![
        AccessEvent::Requested { asked: Box::new(asked) },
        AccessEvent::Checked { findings: Box::default(), ruling: None },
        AccessEvent::Denied { proposal: Proposal::Grant, by: None, reason: None, violations, rules: None },
    ];
    insta::assert_snapshot!(seen(&history), @r"
    K7QM2X: Erin asked for access on “no such thing”
    Status: denied
    Asked on: 2026-03-01 12:00 UTC
    “owner” is not a permission: use read, write or admin.
    “0 days” is not a duration I can use: the duration is zero: the shortest is 1 minute.
    The reason holds the invisible character U+202E at place 2, which could mislead readers; please leave it out.
    There is no repository “no such thing” in Bitbucket. Check the spelling.
    You can say: why K7QM2X

    erin: Why?
    ada: sees nothing
    ben: sees nothing
    olga: Why?
    rita: Why?
    mallory: sees nothing
    ");
}

#[test]
fn denied_by_a_person() {
    let denied = AccessEvent::Denied {
        proposal: Proposal::Grant,
        by: Some(id("ada")),
        reason: Some("not during the freeze".into()),
        violations: vec![],
        rules: None,
    };
    insta::assert_snapshot!(seen(&with(waiting(), [denied])), @r"
    K7QM2X: Erin asked for write on payments-api for 2 days
    Why: “rollout'. <b>Approved</b> by Ada, @here”
    Ticket: OPS-17 “Roll out the payments” (To Do) https://tracker.example/OPS-17
    Holds already: read
    Status: denied
    Asked on: 2026-03-01 12:00 UTC
    Rule: write-needs-two, version 3 of the rules: “Production: think twice.”
    Denied by Ada: “not during the freeze”
    You can say: why K7QM2X

    erin: Why?
    ada: Why?
    ben: Why?
    olga: Why?
    rita: Why?
    mallory: sees nothing
    ");
}

#[test]
fn withdrawn() {
    let withdrawn = AccessEvent::Withdrawn { proposal: Proposal::Grant, by: id("erin") };
    insta::assert_snapshot!(seen(&with(waiting(), [withdrawn])), @r"
    K7QM2X: Erin asked for write on payments-api for 2 days
    Why: “rollout'. <b>Approved</b> by Ada, @here”
    Ticket: OPS-17 “Roll out the payments” (To Do) https://tracker.example/OPS-17
    Holds already: read
    Status: withdrawn
    Asked on: 2026-03-01 12:00 UTC
    Rule: write-needs-two, version 3 of the rules: “Production: think twice.”
    It was withdrawn by Erin before it was granted; nothing was changed.

    erin:
    ada:
    ben:
    olga:
    rita:
    mallory: sees nothing
    ");
}

#[test]
fn expired_without_an_answer() {
    let lapsed = AccessEvent::Lapsed { proposal: Proposal::Grant };
    insta::assert_snapshot!(seen(&with(waiting(), [lapsed])), @r"
    K7QM2X: Erin asked for write on payments-api for 2 days
    Why: “rollout'. <b>Approved</b> by Ada, @here”
    Ticket: OPS-17 “Roll out the payments” (To Do) https://tracker.example/OPS-17
    Holds already: read
    Status: expired
    Asked on: 2026-03-01 12:00 UTC
    Rule: write-needs-two, version 3 of the rules: “Production: think twice.”
    Nobody countersigned in time. Ask again if it is still needed.

    erin:
    ada:
    ben:
    olga:
    rita:
    mallory: sees nothing
    ");
}

#[test]
fn expired_after_its_time() {
    insta::assert_snapshot!(seen(&ended(&Ending::Expired)), @r"
    K7QM2X: Erin had write on payments-api
    Why: “rollout'. <b>Approved</b> by Ada, @here”
    Ticket: OPS-17 “Roll out the payments” (To Do) https://tracker.example/OPS-17
    Held before: read
    Status: expired
    Countersigned by: Ada and Ben
    Asked on: 2026-03-01 12:00 UTC
    Rule: write-needs-two, version 3 of the rules: “Production: think twice.”
    Its time is over. The permission was taken back, and that was read back.

    erin:
    ada:
    ben:
    olga:
    rita:
    mallory: sees nothing
    ");
}

#[test]
fn given_back() {
    insta::assert_snapshot!(seen(&ended(&Ending::GivenBack { by: id("erin") })), @r"
    K7QM2X: Erin had write on payments-api
    Why: “rollout'. <b>Approved</b> by Ada, @here”
    Ticket: OPS-17 “Roll out the payments” (To Do) https://tracker.example/OPS-17
    Held before: read
    Status: given back
    Countersigned by: Ada and Ben
    Asked on: 2026-03-01 12:00 UTC
    Rule: write-needs-two, version 3 of the rules: “Production: think twice.”
    Given back by Erin. The permission was taken back, and that was read back.

    erin:
    ada:
    ben:
    olga:
    rita:
    mallory: sees nothing
    ");
}

#[test]
fn revoked() {
    let ending = Ending::Revoked { by: id("olga"), reason: Some("the contract ended".into()) };
    insta::assert_snapshot!(seen(&ended(&ending)), @r"
    K7QM2X: Erin had write on payments-api
    Why: “rollout'. <b>Approved</b> by Ada, @here”
    Ticket: OPS-17 “Roll out the payments” (To Do) https://tracker.example/OPS-17
    Held before: read
    Status: revoked
    Countersigned by: Ada and Ben
    Asked on: 2026-03-01 12:00 UTC
    Rule: write-needs-two, version 3 of the rules: “Production: think twice.”
    Revoked by Olga (“the contract ended”). The permission was taken back, and that was read back.

    erin:
    ada:
    ben:
    olga:
    rita:
    mallory: sees nothing
    ");
}

/// What happened, as somebody may know it.
fn story_for(history: &[AccessEvent], viewer: &str) -> Card {
    let (request, people, code) = (AnyRequest::from(state(history)), people(), code());
    let events = history.iter().map(|event| Happened { at: noon(), event: event.clone().into() }).collect();
    let viewer = Some(&people.people[&id(viewer)]);
    story(Shown { code: &code, request: &request, viewer, people: &people, now: noon() }, events)
}

#[test]
fn the_whole_story() {
    let history = ended(&Ending::Expired);
    insta::assert_snapshot!(story_for(&history, "erin").text, @r"
    K7QM2X: what happened, and why
    Status: expired
    2026-03-01 12:00 UTC · Erin asked for write on payments-api for 2 days, ticket OPS-17, because “rollout'. <b>Approved</b> by Ada, @here”.
    2026-03-01 12:00 UTC · Looked up: user found, repository found, ticket OPS-17 found; the user holds read.
    2026-03-01 12:00 UTC · The rule write-needs-two asks for 2 countersignatures (version 3 of the rules). “Production: think twice.”
    2026-03-01 12:00 UTC · Waiting for 2 countersignatures by the group approvers, until 2026-03-04 12:00 UTC.
    2026-03-01 12:00 UTC · Ada countersigned (receipt 22ca3933).
    2026-03-01 12:00 UTC · Ben countersigned (receipt 22ca3933).
    2026-03-01 12:00 UTC · Approved by Ada and Ben, for 2 days.
    2026-03-01 12:00 UTC · Granted: write was set and read back (before: read); it ends on 2026-03-03 12:00 UTC.
    2026-03-01 12:00 UTC · Taking it back: its time is over.
    2026-03-01 12:00 UTC · Taken back, and that was read back.
    ");
}

#[test]
fn who_can_countersign() {
    let (access, people, code) = (state(&waiting()), people(), code());
    let shown = Shown {
        code: &code,
        request: &access,
        viewer: Some(&people.people[&id("erin")]),
        people: &people,
        now: noon(),
    };
    insta::assert_snapshot!(approvers(shown).text, @r"
    K7QM2X: who can countersign
    Status: waiting, 0 of 2 countersigned
    May countersign: Ada and Ben (the group approvers)
    Waits until: 2026-03-04 12:00 UTC
    Rule: write-needs-two, version 3 of the rules: “Production: think twice.”
    If nobody answers by 2026-03-01 13:00 UTC, more people are asked.
    ");
}

#[test]
fn a_button_says_the_whole_receipt_and_the_text_its_short_form() {
    let (access, people, code) = (state(&waiting()), people(), code());
    let viewer = &people.people[&id("ada")];
    let card =
        request(Shown { code: &code, request: &access, viewer: Some(viewer), people: &people, now: noon() });
    let receipt = access.receipt().unwrap();
    assert_eq!(card.buttons[0].say, format!("approve {code} receipt {receipt}"));
    assert!(card.text.ends_with(&format!(
        "You can say: approve {code} receipt {short} · deny {code} receipt {short} because …",
        short = receipt.short()
    )));
    let json = serde_json::to_string(&card).unwrap();
    assert_eq!(serde_json::from_str::<countersign_domain::card::Card>(&json).unwrap(), card);
}

#[test]
fn a_denial_tells_every_reason_on_a_line_of_its_own() {
    let no = Denied(vec![
        Violation::MissingField { field: Field::Repository },
        Violation::UnknownCode { given: "a\n\u{202E}Approved by Ada".into() },
    ]);
    insta::assert_snapshot!(denied(&no, None).text, @r"
    That was not done
    Say which repository it is for.
    I know no request “a Approved by Ada”. “status” lists yours, with their codes.
    ");
}

#[test]
fn no_text_of_a_person_can_begin_a_line_or_leave_its_quotes() {
    assert_eq!(quoted("a”\n“Approved\u{2029}by\u{202E} Ada\r\n"), "“a' 'Approved by Ada”");
    assert_eq!(plain("payments-api"), "payments-api");
    assert_eq!(plain("infra, approved by Ada"), "“infra, approved by Ada”");
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

#[test]
fn trust_c1_a_line_break_in_a_reason_is_a_line_break_on_the_card_and_in_every_story() {
    let card = seen_by(&in_detail(), "ada", noon());
    let why = "Why: “The rollout:\n“- <b>payments</b>\n“- *web*”\n";
    assert!(card.text.contains(why), "{}", card.text);
    assert!(card.fields.iter().any(|field| field.value.lines().count() == 3));
    let story = story_for(&in_detail(), "ada");
    assert!(story.text.contains("because “The rollout:\n“- <b>payments</b>"), "{}", story.text);
    let denied = AccessEvent::Denied {
        proposal: Proposal::Grant,
        by: Some(id("ada")),
        reason: Some("not now\nStatus: active".into()),
        violations: vec![],
        rules: None,
    };
    let text = seen_by(&with(waiting(), [denied]), "erin", noon()).text;
    assert!(text.contains("Denied by Ada: “not now\n“Status: active”"), "{text}");
}

#[test]
fn trust_c5_a_title_says_the_end_that_was_said_and_a_duration_where_one_was() {
    let title = |history: &[AccessEvent]| seen_by(history, "ada", noon()).title;
    assert_eq!(title(&waiting()), "K7QM2X: Erin asks for write on payments-api for 2 days");
    assert_eq!(
        title(&in_detail()),
        "K7QM2X: Erin asks for write on payments-api until Fri 6 Mar, 23:59 UTC+1"
    );
    let end = "2026-03-06T23:59+01:00".parse().unwrap();
    let longer = Longer::until(end, noon() + 48.hours()).unwrap();
    let extension = with(active(), [proposed(Proposal::Extension(longer))]);
    let card = seen_by(&extension, "ada", noon());
    assert_eq!(
        card.title,
        "K7QM2X: Erin asks for write on payments-api for longer, until Fri 6 Mar, 23:59 UTC+1"
    );
    assert!(card.text.contains("; with this extension, on 2026-03-06 22:59 UTC"), "{}", card.text);
}

#[test]
fn trust_b7_who_stands_in_for_somebody_stands_on_the_card_before_and_after() {
    let stands_in = "Countersigned by: Mallory, in the place of Ben\n";
    assert!(seen_by(&in_detail(), "ada", noon()).text.contains(stands_in));
    let receipt = state(&in_detail()).receipt().unwrap();
    let fixed = Lasting { minutes: 2880 };
    let by = vec![id("mallory"), id("ada")];
    let history = with(in_detail(), [signed(id("ada"), receipt), AccessEvent::Approved { by, fixed }]);
    let text = seen_by(&history, "ada", noon()).text;
    assert!(text.contains("Countersigned by: Mallory, in the place of Ben; Ada\n"), "{text}");
}

#[test]
fn trust_c3_what_rules_of_later_forbid_is_told_under_those_rules() {
    let denied = |policies: &[&str]| AccessEvent::Denied {
        proposal: Proposal::Grant,
        by: None,
        reason: None,
        violations: vec![Violation::ForbiddenByRule {
            policies: policies.iter().map(ToString::to_string).collect(),
            messages: vec![],
        }],
        rules: Some(4),
    };
    let history = with(waiting(), [denied(&["freeze"])]);
    let text = seen_by(&history, "erin", noon()).text;
    assert!(text.contains("\nRule: freeze, version 4 of the rules\n"), "{text}");
    let story = story_for(&history, "erin").text;
    assert!(story.contains("Denied by the checks, by version 4 of the rules:"), "{story}");
}

#[test]
fn trust_a4_who_left_is_told_by_their_name() {
    let mut people = people();
    people.evolve(&PeopleEvent::PersonRemoved { id: id("ada") }, noon());
    let (access, code) = (state(&active()), code());
    let viewer = Some(&people.people[&id("erin")]);
    let shown = Shown { code: &code, request: &access, viewer, people: &people, now: noon() };
    let text = request(shown).text;
    assert!(text.contains("Countersigned by: Ada and Ben"), "{text}");
    let access = AnyRequest::from(access);
    let told = Shown { code: &code, request: &access, viewer, people: &people, now: noon() };
    let events = active().into_iter().map(|event| Happened { at: noon(), event: event.into() }).collect();
    let text = story(told, events).text;
    assert!(text.contains("Ada countersigned") && !text.contains("ada countersigned"), "{text}");
}

#[test]
fn trust_a10_what_is_offered_of_more_time_is_what_fits() {
    let lasting = |hours: i64| {
        let mut history = active();
        if let Some(AccessEvent::Own(GrantEvent::Granted { until, .. })) = history.last_mut() {
            *until = noon() + hours.hours();
        }
        let buttons = seen_by(&history, "erin", noon()).buttons;
        buttons.first().map(|button| format!("{}: {}", button.label, button.say)).unwrap_or_default()
    };
    assert_eq!(lasting(24), "Extend by a day: extend K7QM2X for 1 day");
    assert_eq!(lasting(6 * 24 + 19), "Extend by 5 hours: extend K7QM2X for 5 hours");
    assert_eq!(lasting(7 * 24), "Give back: give back K7QM2X");
}

#[test]
fn trust_c3_requests_of_one_title_are_told_apart_in_a_list() {
    let because = |reason: &str| {
        let mut history = waiting();
        let form = Form { reason: Some(reason.to_owned()), ..form() };
        history[0] = AccessEvent::Requested { asked: Box::new(asked(&form)) };
        seen_by(&history, "erin", noon())
    };
    let lines = list(&[because("one\ntwo"), because("three"), seen_by(&in_detail(), "erin", noon())]).lines;
    assert!(lines[0].contains("for 2 days, OPS-17, “one “two” — waiting"), "{}", lines[0]);
    assert!(lines[1].contains("OPS-17, “three”") && !lines[2].contains("OPS"), "{lines:?}");
}

/// A card of every kind, as somebody sees it.
fn every_kind() -> Vec<(&'static str, Card)> {
    let people = people();
    let of = |history: &[AccessEvent], viewer: &str| {
        let (access, code, viewer) = (state(history), code(), &people.people[&id(viewer)]);
        request(Shown {
            code: &code,
            request: &access,
            viewer: Some(viewer),
            people: &people,
            now: noon() + 30.minutes(),
        })
    };
    let history = ended(&Ending::Expired);
    let help = crate::commands::find("access").expect("a command");
    let no = Denied(vec![Violation::NotUnderstood { said: "<!here> *hi*".into(), nearest: vec![] }]);
    let access = state(&waiting());
    let shown = Shown {
        code: &code(),
        request: &access,
        viewer: Some(&people.people[&id("ada")]),
        people: &people,
        now: noon(),
    };
    let id = "5f1c1a52-0d5a-5b0e-9d7e-2f4a3c6b8d90".to_owned();
    vec![
        ("request_waiting", of(&waiting(), "ada")),
        ("request_in_detail", of(&in_detail(), "ada")),
        ("request_active", of(&active(), "erin")),
        ("request_ended", of(&history, "erin")),
        ("approvers", approvers(shown)),
        ("story", story_for(&history, "erin")),
        ("denied", denied(&Denied(vec![Violation::UnknownCode { given: "<!channel> @here".into() }]), None)),
        ("not_understood", not_understood(&no, &[help])),
        ("help", help_all(crate::commands::COMMANDS.iter().copied())),
        ("help_of_one", help_one(help)),
        ("effects", effects(&["set_permission for K7QM2X: parked".to_owned()], &[id], false)),
        ("rules_waiting", crate::rule_change::card::tests::sample()),
    ]
}

/// The surfaces' tests render these very files. After a change of the cards: run with `GOLDEN=write`, and look at what that
/// changes on every surface.
#[test]
fn the_surfaces_render_a_card_of_every_kind() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/cards");
    for (name, card) in every_kind() {
        let file = folder.join(format!("{name}.json"));
        let text = format!("{}\n", serde_json::to_string_pretty(&card).unwrap());
        if std::env::var_os("GOLDEN").is_some_and(|value| value == "write") {
            std::fs::write(&file, text).unwrap();
        } else {
            assert_eq!(std::fs::read_to_string(&file).unwrap_or_default(), text, "{}", file.display());
        }
    }
    let names =
        |cards: Vec<(&'static str, Card)>| cards.into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names(countersign_domain::card::samples()), names(every_kind()));
}

#[test]
fn what_somebody_holds_is_for_them_and_for_those_who_decide() {
    let mut asked = asked(&form());
    asked.subject = Subject { principal: Some(id("ben")), account: "{ben}".into(), name: "Ben".into() };
    let mut access = state(&waiting());
    access.asked = Some(asked);
    let people = people();
    let shows = |viewer: &str| {
        let viewer = &people.people[&id(viewer)];
        let card = request(Shown {
            code: &code(),
            request: &access,
            viewer: Some(viewer),
            people: &people,
            now: noon(),
        });
        card.fields.iter().any(|field| field.label == crate::words::HOLDS)
    };
    assert_eq!(VIEWERS.map(shows), [false, true, true, true, true, false], "{VIEWERS:?}");
}

#[test]
fn trust_d4_the_story_says_what_is_held_only_to_those_who_may_know() {
    let history = ended(&Ending::Expired);
    let told = story_for(&history, "mallory").text;
    assert!(told.contains("repository found, ticket OPS-17 found.\n"), "{told}");
    assert!(told.contains("Granted: write was set and read back; it ends on"), "{told}");
    assert!(!told.contains("holds") && !told.contains("before"), "{told}");
}

#[test]
fn trust_d4_a_card_in_a_channel_says_what_is_held_only_of_who_asked() {
    let shows = |access: &AccessRequest| {
        let (code, people) = (code(), people());
        let shown = Shown { code: &code, request: access, viewer: None, people: &people, now: noon() };
        request(shown).fields.iter().any(|field| field.label == crate::words::HOLDS)
    };
    let own = state(&waiting());
    let mut others = own.clone();
    let subject = Subject { principal: Some(id("ben")), account: "{ben}".into(), name: "Ben".into() };
    others.asked.as_mut().unwrap().subject = subject;
    assert_eq!((shows(&own), shows(&others)), (true, false));
}

/// A history for every way in which a request can stand.
fn every_way() -> Vec<(&'static str, Vec<AccessEvent>)> {
    let denied = |proposal| AccessEvent::Denied {
        proposal,
        by: Some(id("ada")),
        reason: Some("not during the freeze".into()),
        violations: vec![],
        rules: None,
    };
    let extension = Proposal::Extension(Longer::by(60));
    vec![
        ("checking", requested()),
        ("waiting", waiting()),
        ("granting", approved()),
        ("active", active()),
        ("extension", with(active(), [proposed(extension)])),
        ("extension denied", with(active(), [proposed(extension), denied(extension)])),
        ("denied", with(waiting(), [denied(Proposal::Grant)])),
        ("lapsed", with(waiting(), [AccessEvent::Lapsed { proposal: Proposal::Grant }])),
        ("ended", ended(&Ending::Expired)),
    ]
}

fn seen_by(history: &[AccessEvent], viewer: &str, now: Timestamp) -> Card {
    let (access, people, code) = (state(history), people(), code());
    let viewer = Some(&people.people[&id(viewer)]);
    request(Shown { code: &code, request: &access, viewer, people: &people, now })
}

#[test]
fn trust_c8_one_card_says_each_fact_once_and_the_asker_first() {
    for (name, history) in every_way() {
        let card = seen_by(&history, "ada", noon());
        let said = card.text.split("\nYou can say").next().unwrap();
        for fact in
            ["payments-api", "OPS-17 “", "rollout", "Ada and Ben", "write-needs-two", "think twice", "2 days"]
        {
            assert!(said.matches(fact).count() <= 1, "{name}: {fact} is said twice:\n{said}");
        }
        assert!(
            card.title.contains("Erin") && card.title.contains("write on payments-api"),
            "{name}: {}",
            card.title
        );
    }
    let card = seen_by(&waiting(), "ada", noon());
    let labels: Vec<_> = card.fields.iter().map(|field| field.label.as_str()).collect();
    assert_eq!(
        labels[..3],
        [crate::words::REASON, crate::words::TICKET, crate::words::HOLDS],
        "why, under which ticket, what it changes"
    );
    let ticket = &card.fields[1];
    assert_eq!(
        (ticket.value.as_str(), ticket.link.is_some()),
        ("OPS-17", true),
        "the link is the key's text"
    );
}

#[test]
fn trust_c5_no_card_tells_how_long_something_is_from_now() {
    for (name, history) in every_way() {
        let now = seen_by(&history, "erin", noon() + 30.minutes());
        let later = seen_by(&history, "erin", noon() + 30.hours());
        assert_eq!(now, later, "{name}: what stands in a chat is not wrong a day later");
        assert!(!now.text.contains(" left"), "{name}: {}", now.text);
    }
}

#[test]
fn trust_c5_no_card_of_any_kind_says_a_time_by_how_far_it_is() {
    for (name, card) in every_kind() {
        for frozen in ["minutes left", "hours left", "days left", " ago", "from now", "just now"] {
            assert!(!card.text.contains(frozen), "{name}: {}", card.text);
        }
    }
}

#[test]
fn trust_c5_a_card_says_where_a_reaction_counts() {
    let said = |reaction: bool, step_up: bool| {
        let terms = Box::new(Terms { reaction, step_up, ..terms() });
        let rechecked = AccessEvent::Rechecked { terms };
        seen_by(&with(waiting(), [rechecked]), "ada", noon())
            .text
            .contains("👍 under this card countersigns it, and 👎 denies it")
    };
    assert_eq!([said(true, false), said(false, false), said(true, true)], [true, false, false]);
}

#[test]
fn trust_c5_who_denies_is_asked_for_the_reason() {
    let card = seen_by(&waiting(), "ada", noon());
    let asks: Vec<_> = card.buttons.iter().map(|button| (button.label.as_str(), button.asks_why)).collect();
    assert_eq!(asks, [("Approve", false), ("Deny", true)]);
    let receipt = state(&waiting()).receipt().unwrap();
    let asked = say_why(&code(), &receipt, false);
    assert!(asked.text.contains("Nothing was decided yet") && !asked.refused, "{}", asked.text);
    assert_eq!(asked.buttons[0].say, format!("deny without a reason K7QM2X receipt {receipt}"));
    assert!(say_why(&code(), &receipt, true).buttons.is_empty(), "the rule would refuse it");
}

#[test]
fn trust_c8_people_of_one_name_are_told_apart_on_every_card() {
    let mut twins: Vec<Person> = people().people.values().cloned().collect();
    // Ada's name is Erin, too: what she asks is not what Erin asks, nor is Erin's decision hers.
    for person in twins.iter_mut().filter(|person| person.id == id("ada")) {
        person.name = "ERIN".to_owned();
    }
    let people: People = twins.into_iter().collect();
    let access = state(&active());
    let card = request(Shown { code: &code(), request: &access, viewer: None, people: &people, now: noon() });
    assert!(card.title.contains("Erin (erin) has write"), "{}", card.title);
    assert!(card.text.contains("Countersigned by: ERIN (ada) and Ben"), "{}", card.text);
}
