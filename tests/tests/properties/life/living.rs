//! Living: each step becomes a command in the world as it is then, and what came of it is kept.

use std::sync::Arc;

use countersign_domain::access::{
    AccessCommand, AccessRequest, Asked, Countersignature, Findings, GrantCommand, Longer, react,
};
use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::capabilities::Then;
use countersign_domain::envelope::Digest;
use countersign_domain::ports::{ForgeRepository, Reach, Ticket, TicketStage};
use countersign_domain::request::{Common, Review};
use countersign_domain::rules::{Refusal, Ruling};
use countersign_domain::tenant::{Away, People, PeopleEvent, Person, Preferences};
use jiff::{Timestamp, ToSpan as _};

use super::people::{everybody, groups_of, principal, somebody};
use super::rules::ruling;
use super::{Found, Moment, Policy, Rules, Shown, Step, Whose, identity};
use crate::support::noon;

/// What was said, and in which world: what a judge beside the request knows of it.
#[derive(Debug)]
pub(crate) struct Told {
    /// The step.
    pub(crate) step: Step,
    /// When.
    pub(crate) at: Timestamp,
    /// The people then.
    pub(crate) people: Arc<People>,
    /// The rules in force then, and their version.
    pub(crate) rules: (Rules, u64),
    /// The receipt of what stood before.
    pub(crate) receipt: Option<Digest>,
}

/// Lives it.
pub(super) fn live(
    asked: Asked,
    repository: &str,
    (policy, whose): (Policy, Whose),
    steps: impl IntoIterator<Item = Step>,
) -> Vec<Moment> {
    let mut living = Living {
        repository: repository.to_owned(),
        policy,
        whose,
        people: everybody(),
        rules: (Rules::Quorum(1), 1),
        receipts: Vec::new(),
        state: AccessRequest::default(),
        now: noon(),
        moments: Vec::new(),
    };
    living.tell(Step::Ask, AccessCommand::Ask(Box::new(asked)));
    steps.into_iter().for_each(|step| living.take(step));
    living.moments
}

struct Living {
    repository: String,
    policy: Policy,
    whose: Whose,
    people: Arc<People>,
    rules: (Rules, u64),
    /// What stood, one receipt after the other.
    receipts: Vec<Digest>,
    state: AccessRequest,
    now: Timestamp,
    moments: Vec<Moment>,
}

impl Living {
    fn take(&mut self, step: Step) {
        match &step {
            Step::Wait(minutes) => {
                self.now = self.now.checked_add(minutes.minutes()).expect("a time on the calendar");
                for (at, deadline) in self.state.deadlines() {
                    if at <= self.now {
                        self.tell(step.clone(), deadline.command());
                    }
                }
            }
            Step::Leave(_) | Step::Come(..) | Step::Away(..) => self.change_people(&step),
            Step::Publish(rules) => self.rules = (*rules, self.rules.1 + 1),
            _ => {
                if let Step::Check { rules, .. } = &step {
                    // What was asked first is what was published; a look after that is of the same version.
                    self.rules.0 = *rules;
                }
                if let Some(command) = self.command(&step) {
                    self.tell(step, command);
                }
            }
        }
    }

    fn change_people(&mut self, step: &Step) {
        let is_here = |id: &str| self.people.people.contains_key(&principal(id));
        let event = match step {
            Step::Leave(who) if is_here(who) => PeopleEvent::PersonRemoved { id: principal(who) },
            Step::Come(who, groups) => PeopleEvent::PersonRecorded { person: somebody(who, groups) },
            Step::Away(who, deputies) if is_here(who) => {
                let until = self.now.checked_add(2_000.minutes()).expect("a time on the calendar");
                let away = Away { from: None, until, deputies: deputies.map(str::to_owned) };
                let preferences = Preferences { away: Some(away), ..Preferences::default() };
                PeopleEvent::PreferencesChanged { id: principal(who), preferences }
            }
            _ => return,
        };
        Arc::make_mut(&mut self.people).evolve(&event, self.now);
    }

    /// Somebody as they are now, or as they were.
    fn person(&self, id: &str) -> Person {
        self.people.people.get(&principal(id)).cloned().unwrap_or_else(|| somebody(id, groups_of(id)))
    }

    fn ruling(&self) -> Option<Ruling> {
        ruling(self.rules.0, self.policy, self.rules.1)
    }

    /// A receipt as it comes back with a button.
    fn shown(&self, shown: Shown) -> Option<Digest> {
        let present = self.state.receipt();
        let wrong = Digest::of(b"what never stood");
        let stale = || self.receipts.iter().rev().find(|receipt| present != Some(**receipt)).copied();
        match shown {
            Shown::Typed => None,
            // Where nothing is proposed there is no receipt, and any is wrong.
            Shown::Present => Some(present.unwrap_or(wrong)),
            Shown::Stale => Some(stale().unwrap_or(wrong)),
            Shown::Wrong => Some(wrong),
        }
    }

    fn found(&self, asked: &Asked, found: Found) -> Findings {
        let (status, stage) =
            if found.closed { ("Done", TicketStage::Done) } else { ("To Do", TicketStage::Todo) };
        let ticket = asked.ticket.clone().filter(|_| found.ticket).map(|key| Ticket {
            url: format!("https://tracker/{key}"),
            key,
            title: "A title".to_owned(),
            status: status.to_owned(),
            stage,
            is_request: false,
            reach: Reach { everybody: true, ..Reach::default() },
        });
        let repository = found.repository.then(|| ForgeRepository {
            url: format!("https://forge/{}", self.repository),
            name: self.repository.clone(),
            id: Some(identity(&self.repository)),
        });
        Findings {
            user: found.user.then(|| self.whose.found()),
            repository,
            ticket,
            present: found.held,
            beside: None,
            subject: None,
            forge: None,
            faults: vec![],
        }
    }

    fn check(&self, asked: &Asked, found: Found) -> AccessCommand {
        let findings = self.found(asked, found);
        let settled =
            findings.user.as_ref().map(|user| asked.subject.settled(user, "bitbucket", &self.people));
        // Who cannot be settled is told of with the rest.
        let (subject, faults) = match settled {
            Some(Ok(subject)) => (Some(subject), vec![]),
            Some(Err(violation)) => (None, vec![violation]),
            None => (None, vec![]),
        };
        let findings = Box::new(Findings { faults, subject, ..findings });
        AccessCommand::Check { findings, ruling: self.ruling(), past: vec![] }
    }

    fn command(&self, step: &Step) -> Option<AccessCommand> {
        let asked = self.state.asked.as_ref()?;
        let erin = || self.person("erin");
        Some(match step {
            Step::Check { found, .. } => self.check(asked, *found),
            Step::Countersign { by, shown, assurance } => {
                AccessCommand::Countersign(Box::new(Countersignature {
                    by: self.person(by),
                    people: Arc::clone(&self.people),
                    receipt: self.shown(*shown),
                    rules: self.ruling().map_or(self.rules.1, |now| self.state.ruled_by(&now)),
                    assurance: *assurance,
                    past: vec![],
                }))
            }
            Step::TakeBack(by, assurance) => {
                Common::TakeBack { by: self.person(by), assurance: *assurance }.into()
            }
            Step::Deny(by, shown, reason) => Common::Deny {
                by: self.person(by),
                absent: self.people.absent_for(&self.person(by), self.now),
                receipt: self.shown(*shown),
                reason: reason.clone(),
            }
            .into(),
            Step::Withdraw => Common::Withdraw { by: erin() }.into(),
            Step::Confirm => AccessCommand::Own(GrantCommand::Confirm {
                permission: asked.permission?,
                before: None,
                by_hand: false,
            }),
            Step::Fail(phase, why) => {
                AccessCommand::Fail { phase: *phase, why: why.clone(), given_up: false }
            }
            Step::Extend(minutes) => {
                let none = Refusal { version: self.rules.1, policies: vec![], messages: vec![] };
                let ruling = self.ruling().unwrap_or(Ruling::Forbidden(none));
                AccessCommand::Own(GrantCommand::Extend {
                    why: None,
                    by: erin(),
                    longer: Longer::by(*minutes),
                    ruling,
                    earlier: vec![],
                    instead: false,
                })
            }
            Step::GiveBack => AccessCommand::Own(GrantCommand::GiveBack { by: erin() }),
            Step::Revoke(by) => {
                AccessCommand::Own(GrantCommand::Revoke { by: self.person(by), reason: None })
            }
            Step::ConfirmEnd => AccessCommand::Own(GrantCommand::ConfirmEnd { left: None, by_hand: false }),
            Step::LookAgain(found) => {
                let findings = Box::new(self.found(asked, *found));
                AccessCommand::LookAgain { findings, by_us: vec![], ruling: None }
            }
            Step::Overtake(found) => {
                let findings = self.found(asked, *found);
                let differences = self.state.overtaken(&findings, &[], true);
                AccessCommand::Overtake {
                    findings: Box::new(findings),
                    differences,
                    ruling: None,
                    past: vec![],
                }
            }
            Step::Review => {
                let (people, open) = (Arc::clone(&self.people), self.ruling());
                AccessCommand::Review(Box::new(Review { people, granted: open.clone(), open, past: vec![] }))
            }
            Step::Ask
            | Step::Wait(_)
            | Step::Leave(_)
            | Step::Come(..)
            | Step::Away(..)
            | Step::Publish(_) => {
                return None;
            }
        })
    }

    fn tell(&mut self, step: Step, command: AccessCommand) {
        let Ok(events) = self.state.decide(command, self.now) else { return };
        let told = Arc::new(Told {
            step,
            at: self.now,
            people: Arc::clone(&self.people),
            rules: self.rules,
            receipt: self.state.receipt(),
        });
        for event in events {
            self.state.evolve(&event, self.now);
            self.receipts.extend(self.state.receipt());
            let reactions = react(&self.state, &event, self.now, &ToString::to_string);
            let effects = reactions.into_iter().filter_map(|reaction| match reaction.then {
                Then::Perform(effect) => Some(effect),
                _ => None,
            });
            let (effects, told) = (effects.collect(), Arc::clone(&told));
            self.moments.push(Moment { event, state: self.state.clone(), at: self.now, effects, told });
        }
    }
}
