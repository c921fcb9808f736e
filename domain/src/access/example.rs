//! Literals for tests: one request, its people, its terms, and the histories that lead to each status.

mod faults;

use std::sync::Arc;

use super::*;
use crate::aggregate::Aggregate as _;
use crate::denied::Violation;
use crate::envelope::{ActorKind, Digest};
use crate::ports::{ForgeRepository, ForgeUser, Reach, Ticket, TicketStage};
use crate::request::law::{self, Tried};
use crate::request::{Assurance, Code, Requester, Review, later};
use crate::rules::{Approvers, OnLeave, Ruling, Terms};
use crate::tenant::{Away, People, PeopleEvent, Person, Preferences};
use crate::testing::noon;
use uuid::Uuid;

pub(crate) fn person(id: &str, groups: &[&str]) -> Person {
    Person {
        id: id.parse().unwrap(),
        kind: ActorKind::Person,
        name: id.to_owned(),
        groups: groups.iter().map(ToString::to_string).collect(),
        roles: [].into(),
        accounts: [].into(),
    }
}

pub(crate) fn erin() -> Person {
    person("erin", &[])
}

pub(crate) fn ada() -> Person {
    person("ada", &["approvers"])
}

pub(crate) fn bob() -> Person {
    person("bob", &["approvers"])
}

pub(crate) fn form() -> Form {
    let text = |text: &str| Some(text.to_owned());
    Form {
        permission: text("write"),
        repository: text("payments-api"),
        user: None,
        duration: text("2 days"),
        ticket: text("OPS-17"),
        reason: text("rollout"),
    }
}

pub(crate) fn read(form: &Form) -> Asked {
    let requester =
        Requester { id: erin().id, kind: ActorKind::Person, name: "Erin".to_owned(), known: true };
    let subject =
        Subject { principal: Some(erin().id), account: "acc-erin".to_owned(), name: "Erin".to_owned() };
    Asked::read(Code::candidate(Uuid::from_u128(1), 0), requester, subject, form, noon())
}

pub(crate) fn asked() -> Asked {
    read(&form())
}

pub(crate) fn findings() -> Findings {
    Findings {
        forge: None,
        user: Some(ForgeUser {
            account: "acc-erin".to_owned(),
            name: "Erin".to_owned(),
            aliases: [].into(),
            nickname: None,
        }),
        repository: Some(ForgeRepository {
            name: "payments-api".to_owned(),
            url: "https://forge/payments-api".to_owned(),
            id: None,
        }),
        ticket: Some(Ticket {
            key: "OPS-17".to_owned(),
            title: "Roll out".to_owned(),
            status: "To Do".to_owned(),
            stage: TicketStage::Todo,
            url: "https://tracker/OPS-17".to_owned(),
            is_request: false,
            reach: Reach { everybody: true, ..Reach::default() },
        }),
        present: Some(Permission::Read),
        beside: None,
        subject: None,
        faults: vec![],
    }
}

/// Terms as rules that ask nobody give them: nothing is said of whom, and how.
pub(crate) fn auto() -> Terms {
    let (approvers, approvers_when_escalated, escalate_to) = (vec![], vec![], vec![]);
    let (escalate_after_minutes, ticket) = (None, vec![]);
    Terms {
        auto: true,
        quorum: 0,
        approvers,
        approvers_when_escalated,
        escalate_to,
        escalate_after_minutes,
        ticket,
        ..terms()
    }
}

pub(crate) fn terms() -> Terms {
    Terms {
        version: 1,
        policies: vec!["write-one".to_owned()],
        auto: false,
        quorum: 1,
        approvers: vec![Approvers(["group:approvers".to_owned()].into())],
        max_minutes: Some(7 * 24 * 60),
        max_total_minutes: None,
        reason_required: false,
        escalate_after_minutes: Some(60),
        escalate_to: vec!["person:zoe".to_owned()],
        approvers_when_escalated: vec![Approvers(
            ["group:approvers".to_owned(), "person:zoe".to_owned()].into(),
        )],
        remind_after_minutes: None,
        reaction: false,
        step_up: false,
        ticket: vec!["^[A-Z]+-[0-9]+$".to_owned()],
        ticket_status: vec![],
        messages: vec![],
        on_leave: OnLeave::End,
        while_member: vec![],
        own: [].into(),
    }
}

pub(crate) fn two() -> Terms {
    Terms { quorum: 2, ..terms() }
}

pub(crate) fn requested() -> Vec<AccessEvent> {
    vec![AccessEvent::Requested { asked: Box::new(asked()) }]
}

pub(crate) fn waiting(terms: &Terms) -> Vec<AccessEvent> {
    let mut history = requested();
    history.push(AccessEvent::Checked {
        findings: Box::new(findings()),
        ruling: Some(Ruling::Allowed(terms.clone())),
    });
    history.push(crate::request::waiting(Proposal::Grant, &erin().id, terms.clone(), noon()));
    history
}

pub(crate) fn granting() -> Vec<AccessEvent> {
    let mut history = waiting(&terms());
    history.push(AccessEvent::Approved { by: vec![ada().id], fixed: Lasting { minutes: 2880 } });
    history
}

pub(crate) fn active() -> Vec<AccessEvent> {
    let mut history = granting();
    history.push(AccessEvent::Own(GrantEvent::Granted {
        permission: Permission::Write,
        holds: Some(Permission::Write),
        before: Some(Permission::Read),
        until: later(noon(), 2880),
        by_hand: false,
    }));
    history
}

pub(crate) fn ending(ending: Ending) -> Vec<AccessEvent> {
    let mut history = active();
    history.push(AccessEvent::Own(GrantEvent::Ending { ending }));
    history
}

/// The group whose members stand in for those who are away.
pub(crate) const DEPUTIES: &str = "deputies";

/// The tenant with who asks and the approvers, and these besides or instead.
pub(crate) fn staff(others: &[Person]) -> People {
    let people = [erin(), ada(), bob()].into_iter().chain(others.iter().cloned());
    people.fold(People::default(), |mut tenant, person| {
        tenant.evolve(&PeopleEvent::PersonRecorded { person }, noon());
        tenant
    })
}

/// The same while these are away, and the deputies stand in for them.
pub(crate) fn staff_without(others: &[Person], absent: &[Person]) -> People {
    let away = Away { from: None, until: later(noon(), 60 * 24), deputies: Some(DEPUTIES.to_owned()) };
    let preferences = Preferences { away: Some(away), ..Preferences::default() };
    absent.iter().fold(staff(&[others, absent].concat()), |mut tenant, person| {
        let (id, preferences) = (person.id.clone(), preferences.clone());
        tenant.evolve(&PeopleEvent::PreferencesChanged { id, preferences }, noon());
        tenant
    })
}

/// The same after this one left.
pub(crate) fn after_leaving(mut tenant: People, who: &Person) -> People {
    tenant.evolve(&PeopleEvent::PersonRemoved { id: who.id.clone() }, noon());
    tenant
}

pub(crate) fn countersign(by: Person, receipt: Option<Digest>, rules: u64) -> AccessCommand {
    let people = Arc::new(staff(std::slice::from_ref(&by)));
    let (assurance, earlier) = (Assurance::Said, vec![]);
    AccessCommand::Countersign(Box::new(Countersignature {
        by,
        people,
        receipt,
        rules,
        assurance,
        past: earlier,
    }))
}

/// Everybody is looked at again, and the rules say this to everything.
pub(crate) fn review(people: People, ruling: Option<&Ruling>) -> AccessCommand {
    let (people, open, granted) = (Arc::new(people), ruling.cloned(), ruling.cloned());
    AccessCommand::Review(Box::new(Review { people, open, granted, past: vec![] }))
}

/// The rules say this now.
pub(crate) fn rules_say(ruling: &Ruling) -> AccessCommand {
    review(staff(&[]), Some(ruling))
}

pub(crate) fn signed(by: &Person, receipt: Digest) -> AccessEvent {
    AccessEvent::Countersigned { by: by.id.clone(), receipt, assurance: Assurance::Said, stands_in_for: None }
}

impl Tried for Access {
    const IS_THEIRS: bool = true;

    fn asked(by: &Person, whose: &Person) -> Asked {
        let mut asked = read(&form());
        asked.requester = law::requester(by);
        asked.subject.principal = Some(whose.id.clone());
        asked.subject.account = law::account(&whose.id);
        asked
    }

    fn found(whose: &Person, way: u8) -> Findings {
        let mut found = findings();
        found.user.as_mut().unwrap().account = law::account(&whose.id);
        found.ticket.as_mut().unwrap().title = format!("Roll out {way}");
        found
    }

    fn every_event() -> Vec<AccessEvent> {
        crate::golden::access()
    }

    fn carry_out() -> GrantCommand {
        GrantCommand::Confirm { permission: Permission::Write, before: None, by_hand: false }
    }

    fn faults() -> Vec<Violation> {
        faults::every().into_iter().map(Violation::from).collect()
    }
}
