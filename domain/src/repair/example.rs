//! Literals for tests: a plan, what is found of it, and the histories that lead to each stage.

use uuid::Uuid;

use super::*;
use crate::access::Permission::{Admin, Read, Write};
use crate::access::{Deviation, How, Permission};
use crate::denied::Violation;
use crate::envelope::ActorKind;
use crate::request::law::{self, Tried};
use crate::request::{Code, Nothing, RequestEvent, Requester, waiting as begins_to_wait};
use crate::rules::{Approvers, Ruling, Terms};
use crate::tenant::{Person, Role};
use crate::testing::noon;

/// Repairs of access.
pub(crate) type OfAccess = Repair<Deviation>;
/// What happens to them.
pub(crate) type Event = RequestEvent<OfAccess>;

pub(crate) fn code() -> Code {
    Code::candidate(Uuid::from_u128(3), 0)
}

/// Who proposes.
pub(crate) fn admin(id: &str) -> Person {
    Person { roles: [Role::Admin].into(), ..crate::access::example::person(id, &[]) }
}

/// A permission on infra that no event gives.
pub(crate) fn deviation(account: &str, present: Option<Permission>) -> Deviation {
    Deviation {
        account: account.to_owned(),
        name: account.to_owned(),
        holder: None,
        repository: "infra".to_owned(),
        repository_id: Some("{1}".to_owned()),
        wanted: None,
        present,
        how: How::Unknown,
        put_back: None,
    }
}

pub(crate) fn item(drift: Deviation, remedy: Remedy) -> Item<Deviation> {
    Item { drift, remedy, seen: Some(noon()), holder: None }
}

/// Eve's is set back, Mallory's adopted, and nobody speaks of Trudy's for a day.
pub(crate) fn plan() -> Plan<Deviation> {
    let tomorrow = crate::request::later(noon(), 24 * 60);
    let requester =
        Requester { id: admin("grace").id, kind: ActorKind::Person, name: "Grace".to_owned(), known: true };
    Plan {
        code: code(),
        requester,
        items: vec![
            item(deviation("eve", Some(Write)), Remedy::Revert),
            item(deviation("mallory", Some(Admin)), Remedy::Adopt),
            item(deviation("trudy", Some(Read)), Remedy::Ignore { until: tomorrow }),
        ],
        reason: None,
    }
}

/// It is as the plan says, among ten that hold something on infra, and forty in all; a fifth may be changed at once.
pub(crate) fn found() -> Found<Deviation> {
    Found {
        items: plan().items.into_iter().map(|item| Some(item.drift)).collect(),
        held: [("{1}".to_owned(), 10)].into(),
        in_all: 40,
        share: Share::percent(20).unwrap(),
    }
}

pub(crate) fn terms() -> Terms {
    Terms {
        approvers: vec![Approvers(["role:admin".to_owned(), "group:approvers".to_owned()].into())],
        escalate_after_minutes: None,
        escalate_to: vec![],
        approvers_when_escalated: vec![],
        ..crate::access::example::terms()
    }
}

pub(crate) fn requested() -> Vec<Event> {
    vec![Event::Requested { asked: Box::new(plan()) }]
}

pub(crate) fn waiting() -> Vec<Event> {
    let (findings, ruling) = (Box::new(found()), Some(Ruling::Allowed(terms())));
    let waits = begins_to_wait(Proposal::Repair, &admin("grace").id, terms(), noon());
    [requested(), vec![Event::Checked { findings, ruling }, waits]].concat()
}

pub(crate) fn approved() -> Vec<Event> {
    let by = vec![crate::access::example::ada().id];
    [waiting(), vec![Event::Approved { by, fixed: Nothing {} }]].concat()
}

/// Differences to try the laws on, one of each capability that has some: a capability that has none to show does not compile.
pub(crate) trait Sample: Drift {
    /// What somebody's account holds, in one of three ways.
    fn samples(account: &str, way: u8) -> Vec<Self>;
}

impl Sample for Deviation {
    fn samples(account: &str, way: u8) -> Vec<Self> {
        vec![deviation(account, Some([Write, Admin, Read][usize::from(way)]))]
    }
}

/// A plan about what the second person holds, which is adopted.
impl<D: Sample> Tried for Repair<D> {
    fn asked(by: &Person, whose: &Person) -> Plan<D> {
        let item =
            |drift| Item { drift, remedy: Remedy::Adopt, seen: Some(noon()), holder: Some(whose.id.clone()) };
        let items = D::samples(&law::account(&whose.id), 0).into_iter().map(item).collect();
        Plan { code: code(), requester: law::requester(by), items, reason: None }
    }

    fn found(whose: &Person, way: u8) -> Found<D> {
        let items = D::samples(&law::account(&whose.id), way).into_iter().map(Some).collect();
        Found { items, ..Found::default() }
    }

    fn own_events() -> Vec<RepairEvent<D>> {
        let drift = || D::samples("eve", 0).swap_remove(0);
        let (by, name) = (crate::access::example::ada().id, "Ada".to_owned());
        vec![
            RepairEvent::Adopted { item: 1, drift: drift(), seen: Some(noon()), by: vec![by.clone()] },
            RepairEvent::Reverted { item: 0, drift: drift(), by_hand: true },
            RepairEvent::Ignored { item: 2, drift: drift(), until: noon(), by: vec![by.clone()] },
            RepairEvent::Otherwise { item: 0, drift: drift(), found: Some(drift()) },
            RepairEvent::LeftUndone { item: 0, drift: drift(), why: "never mind".to_owned() },
            RepairEvent::HolderLeft { item: 0, drift: drift(), name: name.clone() },
            RepairEvent::Finished {},
            RepairEvent::CalledOff { who: by, name },
        ]
    }

    fn carry_out() -> RepairCommand<D> {
        let became = || Became::Repaired { by_hand: false };
        let items = (0..).zip(D::samples("", 0));
        RepairCommand::Settle(items.map(|(item, _)| Settled { item, became: became() }).collect())
    }

    fn faults() -> Vec<Violation> {
        let over = Over { on: Some("infra".to_owned()), changes: 3, elsewhere: 1, held: 9, most: 2 };
        let fits = vec!["Eve on infra".to_owned()];
        let all = [
            Fault::NothingDiffers,
            Fault::TwiceInPlan { what: "Eve on infra".to_owned() },
            Fault::TooManyItems { items: 201, max: 200 },
            Fault::BeyondTheCap { share: 20, over: vec![over], fits },
            Fault::IgnoredUntilWhen,
            Fault::IgnoredTooLong { days: 90 },
            Fault::UnknownDifference { given: "D9".to_owned() },
        ];
        all.into_iter().map(Violation::from).collect()
    }
}
