//! Lives of a request: any order of what can be said to it, and what it answered to each.

use std::fmt;
use std::sync::Arc;

use countersign_domain::access::{
    Access, AccessCommand, AccessEvent, Asked, Assurance, Countersignature, Form, Origin, Phase, react,
};
use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::effect::Effect;
use countersign_domain::envelope::ActorKind;
use countersign_domain::reaction::Wish;
use countersign_domain::rules::{Approvers, OnLeave, Refusal, Ruling, Terms};
use countersign_domain::tenant::{Person, Role, TenantEvent, TenantState};
use jiff::{Timestamp, ToSpan as _};
use proptest::prelude::*;

use crate::support::{findings, noon, permission_name, person, read};

/// Something said to a request.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// The vendors and the rules answer.
    Check { user: bool, repository: bool, ticket: bool, rules: Rules },
    /// Somebody countersigns.
    Countersign(&'static str),
    /// Somebody says no.
    Deny(&'static str, Option<String>),
    /// Who asked takes it back.
    Withdraw,
    /// The permission was read back.
    Confirm,
    /// An effect was parked.
    Fail(Phase, String),
    /// More time is asked for, in minutes.
    Extend(u64),
    /// The access is given back.
    GiveBack,
    /// Somebody takes it away.
    Revoke(&'static str),
    /// Time passes, in minutes, and what is due is sent.
    Wait(i64),
    /// The end was read back.
    ConfirmEnd,
}

/// What the rules say.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Rules {
    /// It needs this many countersignatures; with 0 nobody is asked.
    Quorum(u32),
    /// It may last an hour at most.
    Briefly,
    /// The ticket must be one of another project.
    OtherTicket,
    /// A policy forbids it.
    Forbid,
    /// No policy allows it.
    Silent,
    /// They cannot be asked.
    Unasked,
}

/// One event of a life.
#[derive(Clone)]
pub(crate) struct Moment {
    /// What happened.
    pub(crate) event: AccessEvent,
    /// The state it led to.
    pub(crate) state: Access,
    /// When.
    pub(crate) at: Timestamp,
    /// What it led to outside.
    pub(crate) effects: Vec<Effect>,
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let effects: Vec<_> = self.effects.iter().map(Effect::kind).collect();
        write!(f, "{:?} -> {} {effects:?}", self.event, self.state.status)
    }
}

impl Moment {
    /// What is written on the ticket, if anything.
    pub(crate) fn comment(&self) -> Option<String> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::Comment { paragraphs, .. } => Some(paragraphs.join("\n")),
            _ => None,
        })
    }
}

/// The terms that these rules set.
pub(crate) fn terms(quorum: u32) -> Terms {
    let approvers = || vec![Approvers(["group:approvers".to_owned()].into())];
    Terms {
        version: 1,
        policies: vec!["write".to_owned()],
        auto: quorum == 0,
        quorum,
        approvers: approvers(),
        max_minutes: Some(7 * 24 * 60),
        max_total_minutes: None,
        reason_required: false,
        escalate_after_minutes: Some(60),
        escalate_to: vec!["person:zoe".to_owned()],
        approvers_when_escalated: approvers(),
        remind_after_minutes: None,
        reaction: false,
        step_up: false,
        ticket: vec![],
        ticket_status: vec![],
        messages: vec![],
        on_leave: OnLeave::End,
        while_member: vec![],
    }
}

fn ruling(rules: Rules) -> Option<Ruling> {
    let refusal = |policies: &[&str]| Refusal {
        version: 1,
        policies: policies.iter().map(ToString::to_string).collect(),
        messages: vec![],
    };
    Some(match rules {
        Rules::Quorum(quorum) => Ruling::Allowed(terms(quorum)),
        Rules::Briefly => Ruling::Allowed(Terms { max_minutes: Some(60), ..terms(1) }),
        Rules::OtherTicket => Ruling::Allowed(Terms { ticket: vec!["^SEC-[0-9]+$".to_owned()], ..terms(1) }),
        Rules::Forbid => Ruling::Forbidden(refusal(&["frozen"])),
        Rules::Silent => Ruling::Forbidden(refusal(&[])),
        Rules::Unasked => return None,
    })
}

/// The people of these lives: who asks, two approvers, one who is none, an agent, and an admin.
pub(crate) fn somebody(id: &str) -> Person {
    match id {
        "ada" | "bob" => person(id, &["approvers"], &[]),
        "bot" => Person { kind: ActorKind::Agent, ..person(id, &["approvers"], &[]) },
        "olga" => person(id, &[], &[Role::Admin]),
        other => person(other, &[], &[]),
    }
}

/// The tenant they belong to.
pub(crate) fn everybody() -> Arc<TenantState> {
    let mut tenant = TenantState::default();
    for id in ["erin", "ada", "bob", "bot", "olga", "mallory"] {
        tenant.evolve(&TenantEvent::PersonRecorded { person: somebody(id) }, noon());
    }
    Arc::new(tenant)
}

fn anybody() -> impl Strategy<Value = &'static str> {
    prop_oneof![3 => Just("ada"), 3 => Just("bob"), 1 => prop::sample::select(vec!["erin", "mallory", "bot", "olga"])]
}

fn rules() -> impl Strategy<Value = Rules> {
    prop_oneof![
        6 => (0_u32..=2).prop_map(Rules::Quorum),
        1 => prop::sample::select(vec![Rules::Briefly, Rules::OtherTicket, Rules::Forbid, Rules::Silent, Rules::Unasked]),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let phase = prop::sample::select(vec![Phase::Checking, Phase::Granting, Phase::Ending]);
    let known = || prop::bool::weighted(0.9);
    prop_oneof![
        3 => (known(), known(), known(), rules())
            .prop_map(|(user, repository, ticket, rules)| Step::Check { user, repository, ticket, rules }),
        6 => anybody().prop_map(Step::Countersign),
        1 => (anybody(), prop::option::of("[a-z]{3,9}( [a-z]{2,8}){0,2}")).prop_map(|(by, why)| Step::Deny(by, why)),
        1 => Just(Step::Withdraw),
        5 => Just(Step::Confirm),
        2 => (phase, "[a-z]{4,10}: [a-z]{3,9}( [a-z]{2,8}){0,2}").prop_map(|(phase, why)| Step::Fail(phase, why)),
        2 => (1_u64..20_000).prop_map(Step::Extend),
        1 => Just(Step::GiveBack),
        1 => anybody().prop_map(Step::Revoke),
        3 => prop::sample::select(vec![30_i64, 90, 3_000, 5_000]).prop_map(Step::Wait),
        3 => Just(Step::ConfirmEnd),
    ]
}

/// Any life, of any request that is good by itself.
pub(crate) fn life() -> impl Strategy<Value = Vec<Moment>> {
    let good = rules().prop_map(|rules| Step::Check { user: true, repository: true, ticket: true, rules });
    let steps = (prop::option::weighted(0.8, good), prop::collection::vec(step(), 0..20));
    let form =
        (permission_name(), prop::option::weighted(0.9, "[A-Z]{2,4}-[1-9][0-9]{0,2}"), "[a-z]{3,9}-api");
    let origin = prop::sample::select(vec![Origin::Chat, Origin::Ticket]);
    (form, origin, steps).prop_map(|((permission, ticket, repository), origin, (first, rest))| {
        let form = Form {
            permission: Some(permission.to_owned()),
            repository: Some(repository),
            duration: Some("2 days".to_owned()),
            ticket,
            reason: Some("rollout".to_owned()),
            user: None,
        };
        live(&form, origin, first.into_iter().chain(rest))
    })
}

fn live(form: &Form, origin: Origin, steps: impl IntoIterator<Item = Step>) -> Vec<Moment> {
    let mut life = Life { state: Access::default(), now: noon(), moments: Vec::new() };
    life.tell(AccessCommand::Ask(Box::new(Asked { origin, ..read(form) })));
    steps.into_iter().for_each(|step| life.take(step));
    life.moments
}

struct Life {
    state: Access,
    now: Timestamp,
    moments: Vec<Moment>,
}

impl Life {
    fn take(&mut self, step: Step) {
        if let Step::Wait(minutes) = step {
            self.now = self.now.checked_add(minutes.minutes()).expect("a time on the calendar");
            for (at, deadline) in self.state.deadlines() {
                if at <= self.now {
                    self.tell(deadline.command());
                }
            }
            return;
        }
        if let Some(command) = self.command(step) {
            self.tell(command);
        }
    }

    fn command(&self, step: Step) -> Option<AccessCommand> {
        let asked = self.state.asked.as_ref()?;
        let erin = || somebody("erin");
        Some(match step {
            Step::Check { user, repository, ticket, rules } => AccessCommand::Check {
                findings: Box::new(findings(asked, user, repository, ticket)),
                subject: None,
                ruling: ruling(rules),
                earlier: vec![],
            },
            Step::Countersign(by) => AccessCommand::Countersign(Box::new(Countersignature {
                by: somebody(by),
                people: everybody(),
                receipt: self.state.receipt(),
                rules: 1,
                assurance: Assurance::Said,
                earlier: vec![],
            })),
            Step::Deny(by, reason) => {
                AccessCommand::Deny { by: somebody(by), absent: vec![], receipt: None, reason }
            }
            Step::Withdraw => AccessCommand::Withdraw { by: erin() },
            Step::Confirm => AccessCommand::Confirm { permission: asked.permission?, before: None },
            Step::Fail(phase, why) => AccessCommand::Fail { phase, why, given_up: false },
            Step::Extend(minutes) => AccessCommand::Extend {
                by: erin(),
                minutes,
                ruling: Ruling::Allowed(terms(1)),
                earlier: vec![],
            },
            Step::GiveBack => AccessCommand::GiveBack { by: erin() },
            Step::Revoke(by) => AccessCommand::Revoke { by: somebody(by), reason: None },
            Step::ConfirmEnd => AccessCommand::ConfirmEnd { left: None },
            Step::Wait(_) => return None,
        })
    }

    fn tell(&mut self, command: AccessCommand) {
        let Ok(events) = self.state.decide(command, self.now) else { return };
        for event in events {
            self.state.evolve(&event, self.now);
            let reactions = react(&self.state, &event, self.now, &ToString::to_string);
            let effects = reactions.into_iter().filter_map(|reaction| match reaction.wish {
                Wish::Perform(effect) => Some(effect),
                _ => None,
            });
            let effects = effects.collect();
            self.moments.push(Moment { event, state: self.state.clone(), at: self.now, effects });
        }
    }
}
