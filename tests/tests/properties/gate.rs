//! Nothing is provisioned before everything was validated (11): judged by a ledger that is kept beside each request, of what
//! was said to it and in which world.

mod ledger;
mod running;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use countersign_domain::access::{self, AccessEvent, GrantEvent, Lasting, PermissionTask, Proposal};
use countersign_domain::capabilities::Effect;
use countersign_domain::envelope::ActorKind;
use countersign_domain::names::PrincipalId;
use countersign_domain::request::Assurance;
use countersign_domain::tenant::Person;
use proptest::prelude::*;

use crate::life::{Found, Life, Moment, Rules, Step, Told, identity, life};
use crate::support::{Outcome, run_often};

/// How many lives are lived: they cost little, and what is rare in them shall happen.
const LIVES: u32 = 2048;
/// What lives must have met, or the property says nothing about it.
const MET: [&str; 10] = [
    "a permission that nobody was asked for",
    "a permission that several countersigned",
    "a deputy",
    "somebody on call",
    "a second factor",
    "a reaction",
    "another name of the repository",
    "another name of the one who shall have it",
    "a permission after the evidence had changed",
    "more time",
];

/// In every life of a request, whoever comes, leaves, is away and is on call meanwhile, whatever is shown to them, and whatever
/// rules and evidence become: a permission is set only after the vendors knew user, repository and ticket, the rules allowed it
/// as it was asked, and as many others as they ask for countersigned what stands, each once, as surely as the rules want, and
/// while they might; under the names that the vendors gave; and no check refuses without a reason. And the running bot
/// sets nothing at the forge but what such a ledger has.
#[test]
fn a11_validation_gates_provisioning() {
    let met = RefCell::new(BTreeSet::new());
    run_often(LIVES, life(), |life| {
        let mut judge = Judge::new(&life);
        life.moments.iter().try_for_each(|moment| judge.hear(moment))?;
        met.borrow_mut().append(&mut judge.met);
        Ok(())
    });
    for what in MET {
        assert!(met.borrow().contains(what), "no life had {what}");
    }
    running::the_forge_holds_what_was_countersigned();
}

/// Somebody's countersignature, as the ledger has it.
struct Signed {
    in_place_of: Option<PrincipalId>,
    assurance: Assurance,
}

/// Who judges a life by what was said, and believes nothing of what the request says of itself.
struct Judge<'a> {
    life: &'a Life,
    /// What the vendors said first, and last.
    found: Option<(Found, Found)>,
    /// What the rules said last.
    rules: Rules,
    /// Whether those on call were asked too.
    escalated: bool,
    /// Whose countersignatures stand.
    signed: BTreeMap<PrincipalId, Signed>,
    /// Whether the evidence changed.
    changed: bool,
    met: BTreeSet<&'static str>,
}

impl<'a> Judge<'a> {
    fn new(life: &'a Life) -> Self {
        Self {
            life,
            found: None,
            rules: Rules::Unasked,
            escalated: false,
            signed: BTreeMap::new(),
            changed: false,
            met: BTreeSet::new(),
        }
    }

    fn hear(&mut self, moment: &Moment) -> Outcome {
        let told = &*moment.told;
        match &moment.event {
            AccessEvent::Checked { .. } => {
                let Step::Check { found, rules } = &told.step else { return unexpected(moment) };
                (self.found, self.rules) = (Some((*found, *found)), *rules);
            }
            AccessEvent::Rechecked { .. } => {
                self.signed.clear();
                self.rules = told.rules.0;
            }
            AccessEvent::EvidenceChanged { .. } => {
                let (Step::LookAgain(now) | Step::Overtake(now)) = &told.step else {
                    return unexpected(moment);
                };
                self.signed.clear();
                self.changed = true;
                self.found = self.found.map(|(first, _)| (first, *now));
            }
            AccessEvent::Waiting { proposal, .. } => {
                self.signed.clear();
                self.escalated = false;
                if matches!(proposal, Proposal::Extension { .. }) {
                    self.rules = told.rules.0;
                }
            }
            AccessEvent::Escalated { .. } => self.escalated = true,
            AccessEvent::Countersigned { by, receipt, assurance, stands_in_for } => {
                prop_assert_eq!(Some(*receipt), told.receipt, "what was countersigned never stood");
                self.sign(told, by, *assurance, stands_in_for.clone())?;
            }
            AccessEvent::CountersignatureTakenBack { by } | AccessEvent::CountersignatureVoided { by } => {
                drop(self.signed.remove(by));
            }
            AccessEvent::Approved { by, fixed: Lasting { minutes } } => {
                self.decided(told, by)?;
                prop_assert!(*minutes <= self.rules.longest(), "{} minutes", minutes);
            }
            AccessEvent::Own(GrantEvent::Extended { by, .. }) => {
                if matches!(told.step, Step::Extend(_)) {
                    self.signed.clear();
                    self.rules = told.rules.0;
                }
                self.decided(told, by)?;
                self.met.insert("more time");
            }
            AccessEvent::Denied { by: None, violations, .. } => {
                prop_assert!(!violations.is_empty(), "denied without a reason: {:#?}", moment.state);
            }
            _ => {}
        }
        self.provisioned(moment)
    }

    /// Whether it is this person's own: they asked for it, or shall have it.
    fn is_own(&self, person: &Person) -> bool {
        person.id.as_str() == "erin" || Some(person.id.as_str()) == self.life.whose.id()
    }

    /// Whether the rules name this person from the beginning.
    fn is_named(&self, person: &Person) -> bool {
        let is_in = |group: &str| person.groups.contains(group);
        is_in("approvers") && (!self.life.policy.leads || is_in("leads"))
    }

    /// Whether this person's own countersignature could count.
    fn fits(&self, person: &Person) -> bool {
        let on_call = self.escalated && self.life.policy.escalates && person.groups.contains("oncall");
        person.kind == ActorKind::Person && !self.is_own(person) && (self.is_named(person) || on_call)
    }

    /// Whether somebody who is there may act for somebody who is away and could countersign it themselves.
    fn stands_in(&self, told: &Told, deputy: &Person, absent: &PrincipalId) -> bool {
        let away = told.people.preferences(absent).away;
        let group = away.filter(|away| told.at < away.until).and_then(|away| away.deputies);
        deputy.kind == ActorKind::Person
            && !self.is_own(deputy)
            && deputy.id != *absent
            && group.is_some_and(|group| deputy.groups.contains(&group))
            && told.people.people.get(absent).is_some_and(|absent| self.fits(absent))
    }

    /// Whether a countersignature that somebody gives, or gave, counts in this world.
    fn counts(&self, told: &Told, by: &PrincipalId, in_place_of: Option<&PrincipalId>) -> bool {
        let person = told.people.people.get(by);
        person.is_some_and(|person| match in_place_of {
            None => self.fits(person),
            // Who is put into a group meanwhile needs nobody's place any more.
            Some(absent) => self.fits(person) || self.stands_in(told, person, absent),
        })
    }

    fn sign(
        &mut self,
        told: &Told,
        by: &PrincipalId,
        assurance: Assurance,
        in_place_of: Option<PrincipalId>,
    ) -> Outcome {
        let Step::Countersign { by: who, shown, assurance: given } = &told.step else {
            return Err(TestCaseError::fail("nobody countersigned"));
        };
        prop_assert_eq!((by.as_str(), assurance), (*who, *given));
        prop_assert!(shown.is_good(), "it counts for what was not shown: {:?}", shown);
        let policy = self.life.policy;
        prop_assert!(!policy.step_up || assurance == Assurance::Confirmed, "without a second factor");
        prop_assert!(policy.reaction || assurance != Assurance::Reacted, "a reaction is not enough");
        prop_assert!(self.counts(told, by, in_place_of.as_ref()), "{} may not, for {:?}", by, in_place_of);
        let is_here = |id: &str| told.people.people.keys().any(|here| here.as_str() == id);
        prop_assert!(is_here("erin") && self.life.whose.id().is_none_or(is_here), "for somebody who left");
        self.met.extend(in_place_of.is_some().then_some("a deputy"));
        let on_call =
            told.people.people.get(by).is_some_and(|person| !self.is_named(person) && self.fits(person));
        self.met.extend(on_call.then_some("somebody on call"));
        self.met.extend((policy.step_up && assurance == Assurance::Confirmed).then_some("a second factor"));
        self.met.extend((assurance == Assurance::Reacted).then_some("a reaction"));
        self.signed.insert(by.clone(), Signed { in_place_of, assurance });
        let people: Vec<&PrincipalId> = self
            .signed
            .iter()
            .flat_map(|(by, signed)| [Some(by), signed.in_place_of.as_ref()])
            .flatten()
            .collect();
        let distinct: BTreeSet<_> = people.iter().collect();
        prop_assert_eq!(people.len(), distinct.len(), "somebody counts twice: {:?}", people);
        Ok(())
    }

    /// Whether it may be carried out by those who countersigned.
    fn decided(&mut self, told: &Told, by: &[PrincipalId]) -> Outcome {
        let Some(quorum) = self.rules.quorum() else {
            return Err(TestCaseError::fail(format!("the rules say {:?}", self.rules)));
        };
        let ledger: BTreeSet<&PrincipalId> = self.signed.keys().collect();
        prop_assert_eq!(&by.iter().collect::<BTreeSet<_>>(), &ledger);
        prop_assert!(by.len() >= quorum as usize, "{:?} of {}", by, quorum);
        for (by, signed) in &self.signed {
            prop_assert!(self.counts(told, by, signed.in_place_of.as_ref()), "{} may not any more", by);
            prop_assert!(!self.life.policy.step_up || signed.assurance == Assurance::Confirmed);
        }
        self.met.extend(by.is_empty().then_some("a permission that nobody was asked for"));
        self.met.extend((by.len() > 1).then_some("a permission that several countersigned"));
        Ok(())
    }

    /// A permission is set for what was asked, found and decided, by the vendors' own names.
    fn provisioned(&mut self, moment: &Moment) -> Outcome {
        let granted = moment.effects.iter().find_map(|effect| match effect {
            Effect::Access(access::Effect::SetPermission {
                task: PermissionTask::Grant { permission },
                ..
            }) => Some((effect, *permission)),
            _ => None,
        });
        let Some((effect, permission)) = granted else { return Ok(()) };
        prop_assert!(matches!(moment.event, AccessEvent::Approved { .. }), "{:?}", moment.event);
        let Some(AccessEvent::Requested { asked }) = self.life.moments.first().map(|first| &first.event)
        else {
            return unexpected(moment);
        };
        let Some((first, last)) = self.found else { return unexpected(moment) };
        prop_assert!(asked.faults.is_empty(), "{:?}", asked.faults);
        prop_assert!(first.user && first.repository, "{:?}", first);
        prop_assert!(first.ticket || asked.ticket.is_none(), "there was no ticket");
        // Whether a ticket that is gone since matters is for those to say who decide.
        let is_seen = !self.signed.is_empty() || last.ticket || asked.ticket.is_none();
        prop_assert!(is_seen, "nobody was asked about a ticket that is gone");
        prop_assert!(first.held < Some(permission), "it was held already: {:?}", first.held);
        let Effect::Access(access::Effect::SetPermission { account, repository, repository_id, .. }) = effect
        else {
            return unexpected(moment);
        };
        prop_assert_eq!(account, &self.life.whose.account());
        prop_assert_eq!(repository, &self.life.repository);
        prop_assert_eq!(repository_id, &Some(identity(&self.life.repository)));
        prop_assert_eq!(Some(permission), asked.permission);
        let typed = asked.repository.as_deref().unwrap_or_default();
        self.met.extend((typed != self.life.repository).then_some("another name of the repository"));
        let named = asked.subject.account.as_str();
        self.met.extend(
            (named != self.life.whose.account()).then_some("another name of the one who shall have it"),
        );
        self.met.extend(self.changed.then_some("a permission after the evidence had changed"));
        Ok(())
    }
}

fn unexpected(moment: &Moment) -> Outcome {
    Err(TestCaseError::fail(format!("it came of something else: {moment:?}")))
}
