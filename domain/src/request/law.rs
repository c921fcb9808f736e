//! What every kind of request is held to, whatever is asked for: a receipt, one winner, nobody's own, eligibility when it
//! counts, lapse, recheck, and evidence that is fresh.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde::Serialize;

use super::lunch::Lunch;
use super::*;
use crate::access::example::{DEPUTIES, auto, person, terms};
use crate::aggregate::{Aggregate as _, Event as _};
use crate::denied::Violation;
use crate::envelope::{ActorKind, Digest};
use crate::names::PrincipalId;
use crate::rules::{Approvers, Refusal, Ruling, Terms};
use crate::tenant::{Away, People, PeopleEvent, Person, Preferences};
use crate::testing::noon;

/// A kind that the laws are tried on: each says in its own examples how it is asked for, found and carried out, and what can happen
/// to it.
pub(crate) trait Tried: Kind<Event: Serialize> {
    /// Whether it is about somebody, besides who asks.
    const IS_ABOUT_SOMEBODY: bool = true;
    /// Whether whom it is about may take it back as well.
    const IS_THEIRS: bool = false;

    /// Asked by the first person for the second.
    fn asked(by: &Person, whose: &Person) -> Self::Content;
    /// What is found for the second person, in one of three ways.
    fn found(whose: &Person, way: u8) -> Self::Evidence;
    /// Carries out what was approved.
    fn carry_out() -> Self::Command;
    /// One event of each type of its own.
    fn own_events() -> Vec<Self::Event> {
        vec![]
    }
    /// One event of each type, as it stands in its golden file for ever.
    fn every_event() -> Vec<RequestEvent<Self>> {
        of_its_own()
    }
    /// Everything that it alone says no for, with all that may be left out, as it stands in its golden file for ever.
    fn faults() -> Vec<Violation> {
        vec![]
    }
    /// Whether by these rules it is carried out only where its countersignatures would be taken at that moment, and are enough.
    fn is_looked_at_once_more(_: &Terms) -> bool {
        false
    }
}

/// One event of each type that every kind has, and of its own.
pub(crate) fn of_its_own<K: Tried>() -> Vec<RequestEvent<K>> {
    every_event(K::own_events())
}

/// One event of each type that every kind has, and these of its own.
fn every_event<K: Tried>(own: Vec<K::Event>) -> Vec<RequestEvent<K>> {
    use RequestEvent as E;
    let (erin, ada) = (person("erin", &[]), person("ada", &["approvers"]));
    let (asked, found, proposal) = (K::asked(&erin, &erin), K::found(&erin, 0), K::FIRST);
    let (by, terms, ruling) = (ada.id, Box::new(terms()), Some(Ruling::Allowed(terms())));
    let proposed = Proposed { asked: &asked, proposal, found: Some(&found), terms: &terms };
    let approved = match K::default().carried(proposed, vec![by.clone()], noon()) {
        Carried::Approved(fixed) => Some(E::Approved { by: vec![by.clone()], fixed }),
        Carried::Own(_) => None,
    };
    let differences = K::differences(&asked, &found, &K::found(&erin, 1), &[]);
    let (ticket, vendor, why) = ("OPS-17".to_owned(), "bitbucket".to_owned(), "it says no".to_owned());
    let mut all = vec![
        E::Requested { asked: Box::new(asked.clone()) },
        E::Checked { findings: Box::new(found.clone()), ruling },
        E::Rechecked { terms: terms.clone() },
        E::EvidenceChanged { findings: Box::new(found.clone()), differences, voided: vec![by.clone()] },
        waiting(proposal, &erin.id, *terms, noon()),
        E::Escalated { to: vec!["role:admin".to_owned()] },
        E::Countersigned {
            by: by.clone(),
            receipt: Digest::of(b"what was shown"),
            assurance: Assurance::Said,
            stands_in_for: None,
        },
        E::CountersignatureTakenBack { by: by.clone() },
        E::CountersignatureVoided { by: by.clone() },
        E::Closed { proposal, who: by.clone(), name: "Ada".to_owned() },
        E::Superseded { proposal, ticket, asks_nothing: false },
        E::Reminded { times: 1 },
        E::Announced { by: by.clone() },
        E::Denied { proposal, by: None, reason: None, violations: vec![], rules: None },
        E::Withdrawn { proposal, by },
        E::Lapsed { proposal },
        E::Delayed { vendor },
        E::Failed { phase: K::CHECKING, why, given_up: false },
        E::Vouched { phase: K::CHECKING, note: "by hand".to_owned() },
    ];
    all.extend(approved);
    all.extend(own.into_iter().map(E::Own));
    all
}

#[test]
fn whoever_names_no_samples_has_one_of_every_event() {
    let mut sampled: Vec<_> = Lunch::every_event().iter().map(|event| event.name().into_owned()).collect();
    let mut all = RequestEvent::<Lunch>::names();
    sampled.sort_unstable();
    all.sort_unstable();
    assert_eq!(sampled, all);
}

/// Something that is tried on one kind after the other.
pub(crate) trait Trial {
    /// On this one.
    fn on<K: Tried>(&mut self) -> Checked;
}

/// Somebody as the one who asks.
pub(crate) fn requester(person: &Person) -> Requester {
    Requester { id: person.id.clone(), kind: person.kind, name: person.name.clone(), known: true }
}

/// Their account at the forge.
pub(crate) fn account(id: &PrincipalId) -> String {
    format!("acc-{id}")
}

const NAMES: [&str; 6] = ["erin", "ada", "bob", "zoe", "carol", "robot"];
const GROUPS: [&str; 3] = ["approvers", DEPUTIES, "leads"];
const ROBOT: usize = 5;

/// What somebody shows to have seen.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shown {
    Now,
    Before,
    Nothing,
}

/// What the rules are heard to say to what was found.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Heard {
    /// They were not asked.
    Nothing,
    /// What they say to everything.
    Rules,
    /// That under the names it has now nobody need be asked.
    AskNobody,
}

/// What happens next.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Check(u8),
    Sign(usize, Shown, Assurance),
    TakeBack(usize, Assurance),
    Deny(usize, Shown),
    Withdraw(usize),
    LookAgain(u8, Heard),
    Overtaken(u8, Heard),
    CarryOut,
    Rules(u32, bool, bool),
    /// By who is there, the same rules ask for so many.
    People(u32),
    Forbid,
    Leave(usize),
    Away(usize),
    Escalate,
    Remind,
    Supersede,
    Lapse,
    Wait(u16),
}

fn step() -> impl Strategy<Value = Step> {
    let who = || 0..NAMES.len();
    let heard = || prop::sample::select(vec![Heard::Nothing, Heard::Rules, Heard::AskNobody]);
    let shown = || prop_oneof![6 => Just(Shown::Now), 2 => Just(Shown::Before), 3 => Just(Shown::Nothing)];
    let assurance = || prop_oneof![1 => Just(Assurance::Reacted), 4 => Just(Assurance::Said), 1 => Just(Assurance::Confirmed)];
    prop_oneof![
        3 => (0..2u8).prop_map(Step::Check),
        12 => (who(), shown(), assurance()).prop_map(|(by, shown, how)| Step::Sign(by, shown, how)),
        2 => (who(), assurance()).prop_map(|(by, how)| Step::TakeBack(by, how)),
        1 => (who(), shown()).prop_map(|(by, shown)| Step::Deny(by, shown)),
        1 => who().prop_map(Step::Withdraw),
        2 => (0..3u8, heard()).prop_map(|(way, heard)| Step::LookAgain(way, heard)),
        1 => (0..3u8, heard()).prop_map(|(way, heard)| Step::Overtaken(way, heard)),
        1 => Just(Step::CarryOut),
        2 => (0..4u32, any::<bool>(), any::<bool>()).prop_map(|(quorum, step_up, reaction)| {
            Step::Rules(quorum, step_up, reaction)
        }),
        1 => (0..4u32).prop_map(Step::People),
        1 => Just(Step::Forbid),
        1 => who().prop_map(Step::Leave),
        2 => who().prop_map(Step::Away),
        1 => Just(Step::Escalate),
        1 => Just(Step::Remind),
        1 => Just(Step::Supersede),
        2 => Just(Step::Lapse),
        2 => (1..3000u16).prop_map(Step::Wait),
    ]
}

/// Everybody and one request, as they go on.
struct Life<K: Tried> {
    now: Timestamp,
    tenant: People,
    rules: Terms,
    forbidden: bool,
    request: Request<K>,
    whose: Person,
    seen: Vec<Digest>,
    /// Whether what was asked first has been decided, and it was not opened again.
    decided: bool,
    /// Whether others were asked too when it was approved.
    escalated: bool,
    /// In whose place each countersigned who did so in somebody's.
    in_place_of: BTreeMap<PrincipalId, PrincipalId>,
}

/// That no law was broken, or which.
pub(crate) type Checked = Result<(), TestCaseError>;

impl<K: Tried> Life<K> {
    fn begin(groups: &[Vec<&'static str>], asker: usize, whose: usize) -> Self {
        let mut people: Vec<_> =
            NAMES.iter().zip(groups).map(|(name, groups)| somebody(name, groups)).collect();
        people[ROBOT].kind = ActorKind::Agent;
        let tenant: People = people.iter().cloned().collect();
        let whose = if K::IS_ABOUT_SOMEBODY { whose } else { asker };
        let (by, whose) = (people[asker].clone(), people[whose].clone());
        let rules = rules(1, 2, false, false);
        let mut life = Self {
            now: noon(),
            tenant,
            rules,
            forbidden: false,
            request: Request::default(),
            whose: whose.clone(),
            seen: vec![],
            decided: false,
            escalated: false,
            in_place_of: BTreeMap::new(),
        };
        life.tell(Command::Ask(Box::new(K::asked(&by, &whose)))).expect("asking breaks no law");
        life
    }

    fn ruling(&self) -> Ruling {
        if self.forbidden {
            let (policies, messages) = (vec!["never".to_owned()], vec![]);
            return Ruling::Forbidden(Refusal { version: self.rules.version, policies, messages });
        }
        Ruling::Allowed(self.rules.clone())
    }

    fn heard(&self, heard: Heard) -> Option<Ruling> {
        match heard {
            Heard::Nothing => None,
            Heard::Rules => Some(self.ruling()),
            Heard::AskNobody => Some(Ruling::Allowed(rules(self.rules.version, 0, false, false))),
        }
    }

    fn receipt(&self, shown: Shown) -> Option<Digest> {
        match shown {
            Shown::Now => self.request.receipt(),
            Shown::Before => self.seen.first().copied(),
            Shown::Nothing => None,
        }
    }

    fn review(&mut self) -> Checked {
        let (people, ruling) = (Arc::new(self.tenant.clone()), Some(self.ruling()));
        self.tell(Command::Review(Box::new(Review {
            people,
            open: ruling.clone(),
            granted: ruling,
            past: K::Past::default(),
        })))?;
        let is_alone = !self.forbidden && self.rules.auto;
        prop_assert!(!(is_alone && self.request.open.is_some()), "it waits for nobody");
        let is_left_for = !self.tenant.people.contains_key(&self.whose.id);
        let may_come_about = self.request.is_undecided() || self.request.is_approved();
        prop_assert!(!(is_left_for && may_come_about), "somebody who is gone may still get it");
        if self.request.is_approved() && !self.forbidden && K::is_looked_at_once_more(&self.rules) {
            let by = &self.request.countersigned_by;
            prop_assert!(by.iter().all(|id| self.still_may(id)), "{by:?} may not countersign any more");
            let is_enough = self.rules.auto || by.len() >= self.rules.quorum as usize;
            prop_assert!(is_enough, "{by:?} are too few by now");
        }
        Ok(())
    }

    /// Whether a countersignature that somebody gave would be taken now, said as simply as can be.
    fn still_may(&self, id: &PrincipalId) -> bool {
        let asked = self.request.asked.as_ref().unwrap();
        let is_own = |id: &PrincipalId| asked.requester().id == *id || self.whose.id == *id;
        let is_named = |person: &Person| {
            person.groups.contains("approvers") || self.escalated && person.groups.contains("leads")
        };
        let Some(person) = self.tenant.people.get(id) else { return false };
        let in_place = self.in_place_of.get(id).is_some_and(|absent| {
            let mut absences = self.tenant.absent_for(person, self.now).into_iter();
            absences.any(|other| other.id == *absent && is_named(&other) && !is_own(absent))
        });
        !is_own(id) && (is_named(person) || in_place)
    }

    fn take(&mut self, step: &Step) -> Checked {
        let find = |who: usize| somebody(NAMES[who], &[]);
        match *step {
            Step::Check(way) => {
                let (findings, ruling) = (Box::new(K::found(&self.whose, way)), Some(self.ruling()));
                self.tell(Command::Check { findings, ruling, past: K::Past::default() })
            }
            Step::Sign(who, shown, assurance) => {
                let (by, people) = (find(who), Arc::new(self.tenant.clone()));
                let (receipt, rules, past) = (self.receipt(shown), self.rules.version, K::Past::default());
                let signature = Countersignature { by, people, receipt, rules, assurance, past };
                self.tell(Command::Countersign(Box::new(signature)))
            }
            Step::TakeBack(who, assurance) => self.tell(Common::TakeBack { by: find(who), assurance }.into()),
            Step::Deny(who, shown) => {
                let by = self.tenant.people.get(&find(who).id).cloned();
                let Some(by) = by else { return Ok(()) };
                let (absent, receipt) = (self.tenant.absent_for(&by, self.now), self.receipt(shown));
                self.tell(Common::Deny { by, absent, receipt, reason: None }.into())
            }
            Step::Withdraw(who) => self.tell(Common::Withdraw { by: find(who) }.into()),
            Step::LookAgain(way, heard) => {
                let (findings, ruling) = (Box::new(K::found(&self.whose, way)), self.heard(heard));
                self.tell(Command::LookAgain { findings, by_us: vec![], ruling })
            }
            Step::Overtaken(way, heard) => {
                let (findings, ruling) = (K::found(&self.whose, way), self.heard(heard));
                let differences = self.request.differences(&findings, &[]);
                let past = K::Past::default();
                self.tell(Command::Overtake { findings: Box::new(findings), differences, ruling, past })
            }
            Step::CarryOut => self.tell(Command::Own(K::carry_out())),
            Step::Rules(quorum, step_up, reaction) => {
                self.rules = rules(self.rules.version + 1, quorum, step_up, reaction);
                self.forbidden = false;
                self.review()
            }
            Step::People(quorum) => {
                let Terms { version, step_up, reaction, .. } = self.rules;
                self.rules = rules(version, quorum, step_up, reaction);
                self.review()
            }
            Step::Forbid => {
                self.rules.version += 1;
                self.forbidden = true;
                self.review()
            }
            Step::Leave(who) => {
                let id = find(who).id;
                if self.tenant.people.contains_key(&id) {
                    self.tenant.evolve(&PeopleEvent::PersonRemoved { id }, self.now);
                }
                self.review()
            }
            Step::Away(who) => {
                let away = Away { from: None, until: later(self.now, 600), deputies: Some(DEPUTIES.into()) };
                let preferences = Preferences { away: Some(away), ..Preferences::default() };
                let id = find(who).id;
                self.tenant.evolve(&PeopleEvent::PreferencesChanged { id, preferences }, self.now);
                Ok(())
            }
            Step::Escalate => self.tell(Common::Escalate.into()),
            Step::Remind => self.tell(Common::Remind.into()),
            Step::Supersede => {
                self.tell(Command::Supersede { ticket: "OPS-17".to_owned(), asks_nothing: false })
            }
            Step::Lapse => self.lapse(),
            Step::Wait(minutes) => {
                self.now = later(self.now, minutes.into());
                Ok(())
            }
        }
    }

    /// What is due lapses as soon as that is said, and what is not due goes on.
    fn lapse(&mut self) -> Checked {
        let before = self.request.clone();
        let due = before.open.as_ref().filter(|open| open.due <= self.now).map(|open| open.proposal);
        self.tell(Common::Lapse.into())?;
        let Some(proposal) = due else {
            prop_assert_eq!(&self.request, &before, "nothing was due");
            return Ok(());
        };
        prop_assert!(self.request.open.is_none(), "what was due waits on");
        let has_lapsed = self.request.stage == Stage::Lapsed;
        prop_assert_eq!(has_lapsed, proposal == K::FIRST, "it is {:?}", self.request.stage);
        Ok(())
    }

    fn tell(&mut self, command: Command<K>) -> Checked {
        let signature = match &command {
            Command::Countersign(signature) => Some((signature.by.id.clone(), signature.receipt)),
            _ => None,
        };
        let now = self.request.receipt();
        let has_lapsed = self.request.stage == Stage::Lapsed;
        let decided = self.request.decide(command, self.now);
        prop_assert!(!has_lapsed || signature.is_none() || decided.is_err(), "it counts after it has lapsed");
        let Ok(events) = decided else { return Ok(()) };
        prop_assert!(!has_lapsed || events.is_empty(), "it has lapsed, and then {events:?}");
        if let Some((_, shown)) = &signature {
            prop_assert!(shown.is_none() || *shown == now, "what nobody was shown was countersigned");
        }
        for event in events {
            let name = event.name();
            let again = RequestEvent::<K>::read(&name, &event.content().to_string());
            prop_assert_eq!(again.unwrap().unwrap(), event.clone(), "{} is read otherwise", name);
            prop_assert_eq!(event.facts().is_some(), RequestEvent::<K>::tells_facts(&name), "{}", name);
            let before = self.request.clone();
            self.request.evolve(&event, self.now);
            self.lawful(&before, &event)?;
        }
        self.seen.extend(self.request.receipt());
        let asks_nobody = self.request.open.as_ref().is_some_and(|open| open.terms.auto);
        prop_assert!(!asks_nobody, "nobody can decide it");
        let word = self.request.standing().word;
        prop_assert!(
            self.request.is_over() || self.request.asked.is_none() || K::OPEN_WORDS.contains(&word),
            "{} is counted nowhere",
            word
        );
        let written = serde_json::to_string(&self.request).unwrap();
        prop_assert_eq!(serde_json::from_str::<Request<K>>(&written).unwrap(), self.request.clone());
        Ok(())
    }

    /// What must be true of every event, given what was before.
    fn lawful(&mut self, before: &Request<K>, event: &RequestEvent<K>) -> Checked {
        let is_first = |proposal: &K::Proposal| *proposal == K::FIRST;
        match event {
            RequestEvent::Countersigned { by, receipt, assurance, stands_in_for } => {
                self.in_place_of.remove(by);
                self.in_place_of.extend(stands_in_for.clone().map(|absent| (by.clone(), absent)));
                prop_assert_eq!(Some(*receipt), before.receipt(), "it is not the receipt of what is open");
                let open = before.open.as_ref().unwrap();
                prop_assert!(!open.countersigned.contains(by), "{by} counts twice");
                prop_assert!(!open.terms.step_up || *assurance == Assurance::Confirmed);
                prop_assert!(open.terms.reaction || *assurance > Assurance::Reacted);
                self.may(before, by)?;
            }
            RequestEvent::Approved { by, .. } => {
                prop_assert!(!self.decided, "it was decided already");
                self.escalated = before.open.as_ref().is_some_and(|open| open.escalated);
                if let Some(open) = &before.open {
                    prop_assert!(by.len() >= open.terms.quorum as usize, "{by:?} are too few");
                    prop_assert!(!by.is_empty() || open.terms.auto, "nobody was asked");
                    prop_assert_eq!(open.terms.version, self.rules.version, "under rules of before");
                } else {
                    prop_assert!(by.is_empty(), "{by:?} were not asked");
                }
                by.iter().try_for_each(|id| self.may(before, id))?;
                self.decided = true;
            }
            RequestEvent::Denied { proposal, by, .. } if is_first(proposal) => {
                prop_assert!(!self.decided, "it was decided already");
                by.iter().try_for_each(|id| self.may(before, id))?;
                self.decided = true;
            }
            RequestEvent::Withdrawn { proposal, by } => {
                let asker = &before.asked.as_ref().unwrap().requester().id;
                let is_theirs = by == asker || K::IS_THEIRS && *by == self.whose.id;
                prop_assert!(is_theirs, "{by} withdrew what is not theirs");
                prop_assert!(!(is_first(proposal) && self.decided), "it was decided already");
                self.decided |= is_first(proposal);
            }
            RequestEvent::Superseded { .. } => {
                prop_assert!(!self.decided, "it was decided already");
                self.decided = true;
            }
            RequestEvent::Closed { proposal, .. } if is_first(proposal) => {
                prop_assert!(!self.decided || before.is_approved(), "it was decided already");
                let asker = &before.asked.as_ref().unwrap().requester().id;
                let all_are_there = [asker, &self.whose.id].map(|id| self.tenant.people.contains_key(id));
                prop_assert!(all_are_there != [true, true], "nobody is gone");
                self.decided = true;
            }
            RequestEvent::Lapsed { proposal } if is_first(proposal) => {
                prop_assert!(!self.decided && before.open.as_ref().unwrap().due <= self.now, "too early");
                self.decided = true;
            }
            RequestEvent::EvidenceChanged { .. } | RequestEvent::Rechecked { .. } => {
                let open = self.request.open.as_ref();
                prop_assert!(open.is_none_or(|open| open.countersigned.is_empty()), "old ones count");
                let same = before.receipt().is_some_and(|old| self.request.receipt() == Some(old));
                prop_assert!(!same, "an old button still counts");
                // What was approved and has been overtaken is open again.
                self.decided &= self.request.fixed.is_some();
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether somebody may decide at this moment, said as simply as can be.
    fn may(&self, before: &Request<K>, id: &PrincipalId) -> Checked {
        let asked = before.asked.as_ref().unwrap();
        let is_own = |id: &PrincipalId| asked.requester().id == *id || self.whose.id == *id;
        let escalated = before.open.as_ref().is_some_and(|open| open.escalated);
        let counts = |person: &Person| {
            let named = person.groups.contains("approvers") || escalated && person.groups.contains("leads");
            named && !is_own(&person.id)
        };
        let person = self.tenant.people.get(id);
        prop_assert!(person.is_some_and(|person| person.kind == ActorKind::Person), "{id} is nobody here");
        let person = person.unwrap();
        let in_place = self.tenant.absent_for(person, self.now).iter().any(counts);
        prop_assert!(!is_own(id) && (counts(person) || in_place), "{id} may not, and counted");
        prop_assert!(self.tenant.people.contains_key(&asked.requester().id), "who asked is gone");
        prop_assert!(self.tenant.people.contains_key(&self.whose.id), "whose it is has gone");
        Ok(())
    }
}

/// Terms as rules can give them: where nobody is asked, nothing is said of whom and how.
fn rules(version: u64, quorum: u32, step_up: bool, reaction: bool) -> Terms {
    let asks = |groups: &[&str]| Approvers(groups.iter().map(|group| format!("group:{group}")).collect());
    if quorum == 0 {
        return Terms { version, ..auto() };
    }
    Terms {
        version,
        quorum,
        step_up,
        reaction,
        approvers: vec![asks(&["approvers"])],
        escalate_to: vec!["group:leads".to_owned()],
        approvers_when_escalated: vec![asks(&["approvers", "leads"])],
        remind_after_minutes: Some(30),
        ..terms()
    }
}

fn somebody(name: &str, groups: &[&str]) -> Person {
    let person = person(name, groups);
    Person { accounts: [("bitbucket".to_owned(), account(&person.id))].into(), ..person }
}

/// What one life is made of: the groups people are in, who asks for whom, and what happens.
pub(crate) type Plot = (Vec<Vec<&'static str>>, (usize, usize), Vec<Step>);

/// Any life there can be.
pub(crate) fn plot() -> impl Strategy<Value = Plot> {
    let groups = prop::collection::vec(prop::sample::subsequence(GROUPS.to_vec(), 0..=2), NAMES.len());
    (groups, (0..NAMES.len(), 0..NAMES.len()), prop::collection::vec(step(), 0..40))
}

/// Lives it, and says how it ends.
pub(crate) fn lived<K: Tried>((groups, (asker, whose), steps): &Plot) -> Result<Stage, TestCaseError> {
    let mut life = Life::<K>::begin(groups, *asker, *whose);
    life.take(&Step::Check(0))?;
    for step in steps {
        life.take(step)?;
    }
    Ok(life.request.stage)
}

/// That of so many lives of a kind, the same in every run, some come to each of the ends there are.
pub(crate) fn come_to_every_end<K: Tried>() {
    let mut runner = TestRunner::deterministic();
    let mut live = || lived::<K>(&plot().new_tree(&mut runner).expect("any life will do").current());
    let ends: Vec<_> = (0..1500).map(|_| live().expect("no law is broken")).collect();
    for stage in
        [Stage::Waiting, Stage::Working, Stage::Standing, Stage::Denied, Stage::Withdrawn, Stage::Lapsed]
    {
        assert!(ends.contains(&stage), "no {} ends as {stage:?}", K::NAME);
    }
}

/// Often enough that what breaks a law is found.
pub(crate) fn often() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1024) }
}

proptest! {
    #![proptest_config(often())]

    /// Whatever people do; `capabilities` has the same of every kind there is.
    #[test]
    fn the_smallest_kind_obeys_the_laws_of_the_life(plot in plot()) {
        lived::<Lunch>(&plot)?;
    }
}

#[test]
fn lives_of_the_smallest_kind_come_to_every_end() {
    come_to_every_end::<Lunch>();
}
