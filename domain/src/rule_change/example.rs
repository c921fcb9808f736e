//! Literals for tests: a change of the rules, and the histories that lead to each of its stages.

use std::sync::LazyLock;

use uuid::Uuid;

use super::*;
use crate::access::example::{ada, person};
use crate::denied::Violation;
use crate::envelope::ActorKind;
use crate::request::law::{self, Tried};
use crate::request::{Code, Nothing, Origin, Requester};
use crate::rules::{Approvers, RuleSet, Ruling, Terms, Warning};
use crate::tenant::{Person, Role};
use crate::testing::noon;

/// An administrator.
pub(crate) fn admin(id: &str) -> Person {
    Person { roles: [Role::Admin].into(), ..person(id, &[]) }
}

/// The rules in force.
pub(crate) const RULES: &str = "@id(\"read\")
@auto
permit (principal, action == Action::\"read\", resource);

@id(\"write\")
@approvers(\"group:approvers\")
@quorum(\"1\")
permit (principal, action == Action::\"write\", resource);
";

/// The rules that the draft wants: writing needs two.
pub(crate) fn stricter() -> String {
    RULES.replace("@quorum(\"1\")", "@quorum(\"2\")")
}

pub(crate) fn in_force() -> RuleSet {
    RuleSet::compile(1, RULES).expect("they have no fault")
}

/// Proposed by the administrator zoe, in the place of version 1.
pub(crate) fn draft() -> Draft {
    let zoe = admin("zoe");
    Draft {
        code: Code::candidate(Uuid::from_u128(2), 0),
        requester: Requester { id: zoe.id, kind: ActorKind::Person, name: "Zoe".to_owned(), known: true },
        origin: Origin::Chat,
        base: 1,
        text: stricter(),
        why: Some("two pairs of eyes".to_owned()),
        back_to: None,
        asks_others: false,
    }
}

/// What the draft was compared to: nobody there could give the second countersignature.
pub(crate) fn compared() -> Compared {
    static COMPARED: LazyLock<Compared> = LazyLock::new(compare);
    COMPARED.clone()
}

fn compare() -> Compared {
    let draft = RuleSet::compile(2, &stricter()).expect("it has no fault");
    let mut people = crate::access::example::staff(&[admin("zoe"), admin("yan")]);
    people.people.remove_mut(&"bob".parse().unwrap());
    let replayed = Replayed {
        since: noon(),
        requests: 20,
        decided: vec![Group {
            becomes: Becomes::Needs(2),
            was_denied: false,
            count: 12,
            codes: vec![Code::candidate(Uuid::from_u128(1), 0)],
        }],
        waiting: 1,
        open: vec![],
        lost: 0,
        reworded: 0,
        proposals: vec![],
    };
    Compared { replayed: Some(Box::new(replayed)), ..Compared::of(Some(&in_force()), &draft, &people) }
}

/// It was checked, and more is to be read and looked at than is kept.
pub(crate) fn cut_short() -> RuleChangeEvent {
    let found = Compared { cut: 7, more_warnings: 3, ..compared() };
    RuleChangeEvent::Checked { findings: Box::new(found), ruling: Some(Ruling::Allowed(terms())) }
}

pub(crate) fn terms() -> Terms {
    Terms {
        policies: vec!["another-administrator".to_owned()],
        approvers: vec![Approvers(["role:admin".to_owned()].into())],
        max_minutes: None,
        escalate_after_minutes: None,
        escalate_to: vec![],
        approvers_when_escalated: vec![Approvers(["role:admin".to_owned()].into())],
        ticket: vec![],
        ..crate::access::example::terms()
    }
}

pub(crate) fn requested() -> Vec<RuleChangeEvent> {
    vec![RuleChangeEvent::Requested { asked: Box::new(draft()) }]
}

pub(crate) fn waiting(terms: &Terms) -> Vec<RuleChangeEvent> {
    let ruling = Some(Ruling::Allowed(terms.clone()));
    let mut history = requested();
    history.push(RuleChangeEvent::Checked { findings: Box::new(compared()), ruling });
    history.push(crate::request::waiting(Proposal::Publish, &admin("zoe").id, terms.clone(), noon()));
    history
}

pub(crate) fn approved() -> Vec<RuleChangeEvent> {
    let mut history = waiting(&terms());
    history.push(RuleChangeEvent::Approved { by: vec![ada().id], fixed: Nothing {} });
    history
}

/// One event of each type.
pub(crate) fn every_event() -> Vec<RuleChangeEvent> {
    use RuleChangeEvent as E;
    let (by, terms, proposal) = (ada().id, Box::new(terms()), Proposal::Publish);
    let warning = crate::rules::Warning::HangsOn { person: by.clone() };
    let receipt = crate::envelope::Digest::of(b"what was shown");
    let violations = vec![crate::denied::Violation::RulesMovedOn { base: 1, now: 2 }];
    let mut all = approved();
    all.extend([
        E::Rechecked { terms },
        E::EvidenceChanged {
            findings: Box::new(compared()),
            differences: vec![warning],
            voided: vec![by.clone()],
        },
        E::Escalated { to: vec!["role:admin".to_owned()] },
        E::Countersigned {
            by: by.clone(),
            receipt,
            assurance: crate::request::Assurance::Said,
            stands_in_for: None,
        },
        E::CountersignatureTakenBack { by: by.clone() },
        E::CountersignatureVoided { by: by.clone() },
        E::Closed { proposal, who: by.clone(), name: "Ada".to_owned() },
        E::Superseded { proposal, ticket: "OPS-17".to_owned(), asks_nothing: false },
        E::Reminded { times: 1 },
        E::Announced { by: by.clone() },
        E::Denied { proposal, by: None, reason: None, violations, rules: None },
        E::Withdrawn { proposal, by },
        E::Lapsed { proposal },
        E::Delayed { vendor: "bitbucket".to_owned() },
        E::Failed { phase: Phase::Publishing, why: "the log is full".to_owned(), given_up: false },
        E::Vouched { phase: Phase::Publishing, note: "by hand".to_owned() },
        E::Own(FateEvent::Published { version: 2 }),
        E::Own(FateEvent::Overtaken { now: 2 }),
        E::Own(FateEvent::CalledOff { who: ada().id, name: "Ada".to_owned() }),
    ]);
    all
}

impl Tried for RuleChange {
    /// Rules are nobody's own but who proposes them.
    const IS_ABOUT_SOMEBODY: bool = false;

    fn asked(by: &Person, _: &Person) -> Draft {
        Draft { requester: law::requester(by), ..draft() }
    }

    fn found(whose: &Person, way: u8) -> Compared {
        let alone = (way > 0).then(|| Warning::ChangesAlone { people: vec![] });
        let hangs_on = (way > 1).then(|| Warning::HangsOn { person: whose.id.clone() });
        Compared { warnings: alone.into_iter().chain(hangs_on).collect(), ..compared() }
    }

    fn every_event() -> Vec<RuleChangeEvent> {
        every_event()
    }

    fn carry_out() -> PublishCommand {
        PublishCommand::Confirm { version: 2 }
    }

    fn is_looked_at_once_more(rules: &Terms) -> bool {
        rules.version == draft().base
    }

    fn faults() -> Vec<Violation> {
        let all = [
            Fault::RulesInForceAlready { version: 2 },
            Fault::UnknownVersion { given: "7".to_owned() },
            Fault::MayNotChangeRules,
            Fault::ManyProposals { open: 5, own: true },
            Fault::LocksEverybodyOut,
            Fault::OthersWereAsked,
            Fault::TooManyDenied { denied: 4, max: 3 },
        ];
        all.into_iter().map(Violation::from).collect()
    }
}
