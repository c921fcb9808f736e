//! Everybody and one request, as they go on.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use proptest::prelude::*;

use super::step::{Heard, NAMES, ROBOT, Shown, Step};
use super::{Checked, Tried, account};
use crate::access::example::{DEPUTIES, auto, person, terms};
use crate::aggregate::{Aggregate as _, Event as _};
use crate::envelope::{ActorKind, Digest};
use crate::names::PrincipalId;
use crate::request::{
    Command, Common, Content as _, Countersignature, Facets as _, Request, RequestEvent, Review, Stage, later,
};
use crate::rules::{Approvers, Refusal, Ruling, Terms};
use crate::tenant::{Away, People, PeopleEvent, Person, Preferences};
use crate::testing::noon;

/// Everybody and one request, as they go on.
pub(super) struct Life<K: Tried> {
    pub(super) now: Timestamp,
    pub(super) tenant: People,
    pub(super) rules: Terms,
    pub(super) forbidden: bool,
    pub(super) request: Request<K>,
    pub(super) whose: Person,
    pub(super) seen: Vec<Digest>,
    /// Whether what was asked first has been decided, and it was not opened again.
    pub(super) decided: bool,
    /// Whether others were asked too when it was approved.
    pub(super) escalated: bool,
    /// In whose place each countersigned who did so in somebody's.
    pub(super) in_place_of: BTreeMap<PrincipalId, PrincipalId>,
}

impl<K: Tried> Life<K> {
    pub(super) fn begin(groups: &[Vec<&'static str>], asker: usize, whose: usize) -> Self {
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
        let was_approved = self.request.is_approved();
        self.look_at_it()?;
        // What is asked anew waits as it was approved until it is looked at as all that waits.
        if was_approved && self.request.is_undecided() {
            self.look_at_it()?;
        }
        let is_alone = !self.forbidden && self.rules.auto;
        prop_assert!(!(is_alone && self.request.open.is_some()), "it waits for nobody");
        if let Some(open) = self.request.open.as_ref().filter(|_| self.request.is_undecided()) {
            prop_assert!(!self.forbidden, "what is forbidden waits");
            let same = K::say_the_same(&open.terms, &self.rules);
            prop_assert!(same, "it waits as rules of before say: {:?}", open.terms);
        }
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

    fn look_at_it(&mut self) -> Checked {
        let (people, ruling) = (Arc::new(self.tenant.clone()), Some(self.ruling()));
        self.tell(Command::Review(Box::new(Review {
            people,
            open: ruling.clone(),
            granted: ruling,
            past: K::Past::default(),
        })))
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

    /// Somebody as they were known last: whoever is gone may try all the same.
    fn last_known(&self, who: usize) -> Person {
        let unknown = somebody(NAMES[who], &[]);
        let People { people, left, .. } = &self.tenant;
        people.get(&unknown.id).or_else(|| left.get(&unknown.id)).cloned().unwrap_or(unknown)
    }

    pub(super) fn take(&mut self, step: &Step) -> Checked {
        let find = |who: usize| somebody(NAMES[who], &[]);
        match *step {
            Step::Check(way) => {
                let (findings, ruling) = (Box::new(K::found(&self.whose, way)), Some(self.ruling()));
                self.tell(Command::Check { findings, ruling, past: K::Past::default() })
            }
            Step::Sign(who, shown, assurance) => {
                let (by, people) = (self.last_known(who), Arc::new(self.tenant.clone()));
                let (receipt, rules, past) =
                    (self.receipt(shown), self.request.ruled_by(&self.ruling()), K::Past::default());
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
            Step::LookAgain(way, heard) => self.look_again(way, heard),
            Step::Overtaken(way, heard) => self.overtake(way, heard),
            Step::CarryOut => self.tell(Command::Own(K::carry_out())),
            Step::Rules(..)
            | Step::Published(..)
            | Step::People(_)
            | Step::Forbid
            | Step::Leave(_)
            | Step::Away(_)
            | Step::Wait(_) => self.go_on(step),
            Step::Escalate => self.tell(Common::Escalate.into()),
            Step::Remind => self.tell(Common::Remind.into()),
            Step::Supersede => {
                self.tell(Command::Supersede { ticket: "OPS-17".to_owned(), asks_nothing: false })
            }
            Step::Lapse => self.lapse(),
        }
    }

    /// Somebody is about to decide: what others changed since it was shown, no receipt of before is for.
    fn look_again(&mut self, way: u8, heard: Heard) -> Checked {
        let (findings, ruling) = (Box::new(K::found(&self.whose, way)), self.heard(heard));
        let shown = self.request.receipt().filter(|_| !self.request.differences(&findings, &[]).is_empty());
        self.tell(Command::LookAgain { findings, by_us: vec![], ruling })?;
        prop_assert!(shown.is_none() || self.request.receipt() != shown, "what has changed is not shown");
        Ok(())
    }

    /// It is about to be carried out: what others changed since, nobody has countersigned.
    fn overtake(&mut self, way: u8, heard: Heard) -> Checked {
        let (findings, ruling) = (K::found(&self.whose, way), self.heard(heard));
        let differences = self.request.differences(&findings, &[]);
        let has_changed = self.request.is_approved() && !differences.is_empty();
        let past = K::Past::default();
        self.tell(Command::Overtake { findings: Box::new(findings), differences, ruling, past })?;
        let by = &self.request.countersigned_by;
        prop_assert!(!has_changed || by.is_empty(), "{by:?} were shown something else");
        Ok(())
    }

    /// Something happens around the request, and where it concerns it, it is looked at again.
    fn go_on(&mut self, step: &Step) -> Checked {
        match *step {
            Step::Rules(quorum, step_up, reaction) => {
                let next = rules(self.rules.version + 1, quorum, step_up, reaction);
                // It may wait on terms of before: where the rules were not heard when it was asked anew.
                let open = self.request.open.as_ref();
                let same = open.is_some_and(|open| K::say_the_same(&open.terms, &next));
                let shown = self.request.receipt().filter(|_| same);
                (self.rules, self.forbidden) = (next, false);
                self.review()?;
                prop_assert!(shown.is_none() || self.request.receipt() == shown, "what says the same is new");
                return Ok(());
            }
            Step::Published(quorum, step_up, reaction) => {
                self.rules = rules(self.rules.version + 1, quorum, step_up, reaction);
                self.forbidden = false;
                return Ok(());
            }
            Step::People(quorum) => {
                let Terms { version, step_up, reaction, .. } = self.rules;
                self.rules = rules(version, quorum, step_up, reaction);
            }
            Step::Forbid => {
                self.rules.version += 1;
                self.forbidden = true;
            }
            Step::Leave(who) => {
                let id = somebody(NAMES[who], &[]).id;
                if self.tenant.people.contains_key(&id) {
                    self.tenant.evolve(&PeopleEvent::PersonRemoved { id }, self.now);
                }
            }
            Step::Away(who) => {
                let away = Away { from: None, until: later(self.now, 600), deputies: Some(DEPUTIES.into()) };
                let preferences = Preferences { away: Some(away), ..Preferences::default() };
                let id = somebody(NAMES[who], &[]).id;
                self.tenant.evolve(&PeopleEvent::PreferencesChanged { id, preferences }, self.now);
                return Ok(());
            }
            Step::Wait(minutes) => {
                self.now = later(self.now, minutes.into());
                return Ok(());
            }
            _ => unreachable!("everything else is told to the request"),
        }
        self.review()
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

/// Of some the directory knows no account: that it is theirs is known by who they are, and by nothing else.
fn somebody(name: &str, groups: &[&str]) -> Person {
    let person = person(name, groups);
    let is_known = !["bob", "carol"].contains(&name);
    let own = is_known.then(|| ("bitbucket".to_owned(), account(&person.id)));
    Person { accounts: own.into_iter().collect(), ..person }
}
