//! Lives of a tenant in which people come, leave, change groups and go away while requests are open and in force.

use std::sync::Arc;

use proptest::prelude::*;

use super::super::example::{DEPUTIES, findings, form, person, read, terms};
use super::super::{AccessCommand, Countersignature, GrantCommand, Longer, Permission, Subject};
use super::*;
use crate::aggregate::Aggregate as _;
use crate::names::PrincipalId;
use crate::request::{Assurance, Code, Requester};
use crate::rules::{Approvers, Refusal, Terms};
use crate::tenant::{Away, People, PeopleCommand, Preferences};
use crate::testing::noon;

const NAMES: [&str; 5] = ["erin", "ada", "bob", "zoe", "carol"];
const GROUPS: [&str; 3] = ["dev", "approvers", DEPUTIES];
const REQUESTS: usize = 3;

/// What happens.
#[derive(Debug, Clone)]
enum Step {
    Record(usize, Vec<&'static str>),
    Remove(usize),
    Away(usize, bool),
    Ask {
        request: usize,
        by: usize,
        subject: usize,
        by_account: bool,
    },
    Check(usize),
    Countersign(usize, usize),
    Confirm(usize),
    Extend(usize, usize),
    Wait(u64),
    /// The reactor looks at everything; until then it may lag.
    Review,
}

fn step() -> impl Strategy<Value = Step> {
    let who = || 0..NAMES.len();
    let which = || 0..REQUESTS;
    let groups = || {
        prop_oneof![
            3 => Just(vec!["dev", "approvers", DEPUTIES]),
            2 => prop::sample::subsequence(GROUPS.to_vec(), 0..=3),
        ]
    };
    prop_oneof![
        4 => (who(), groups()).prop_map(|(who, groups)| Step::Record(who, groups)),
        3 => who().prop_map(Step::Remove),
        1 => (who(), any::<bool>()).prop_map(|(who, away)| Step::Away(who, away)),
        5 => (which(), who(), who(), any::<bool>())
            .prop_map(|(request, by, subject, by_account)| Step::Ask { request, by, subject, by_account }),
        5 => which().prop_map(Step::Check),
        12 => (which(), who()).prop_map(|(request, by)| Step::Countersign(request, by)),
        5 => which().prop_map(Step::Confirm),
        2 => (which(), who()).prop_map(|(request, by)| Step::Extend(request, by)),
        1 => (1_u64..900).prop_map(Step::Wait),
        3 => Just(Step::Review),
    ]
}

/// What the rules say of everything: developers may ask; how many countersign, and what leaving does, is this life's.
#[derive(Debug, Clone)]
struct Policy {
    quorum: u32,
    on_leave: OnLeave,
    while_member: bool,
}

fn policy() -> impl Strategy<Value = Policy> {
    let on_leave = prop_oneof![2 => Just(OnLeave::End), 1 => Just(OnLeave::Keep { minutes: 600 })];
    (0_u32..=2, on_leave, any::<bool>()).prop_map(|(quorum, on_leave, while_member)| Policy {
        quorum,
        on_leave,
        while_member,
    })
}

struct Life {
    policy: Policy,
    now: Timestamp,
    tenant: People,
    requests: Vec<AccessRequest>,
    /// When the holder of each was found gone.
    gone: Vec<Option<Timestamp>>,
}

fn somebody(index: usize, groups: &[&str]) -> Person {
    let accounts = [("bitbucket".to_owned(), format!("acc-{}", NAMES[index]))].into();
    Person { accounts, ..person(NAMES[index], groups) }
}

impl Life {
    fn begin(policy: Policy) -> Self {
        let (requests, gone) = (vec![AccessRequest::default(); REQUESTS], vec![None; REQUESTS]);
        let mut life = Self { policy, now: noon(), tenant: People::default(), requests, gone };
        (0..NAMES.len())
            .for_each(|index| life.command(PeopleCommand::Record { person: somebody(index, &GROUPS) }));
        life
    }

    fn command(&mut self, command: PeopleCommand) {
        let events = self.tenant.decide(command, self.now).unwrap_or_default();
        for event in &events {
            self.tenant.evolve(event, self.now);
        }
    }

    fn ruling(&self, access: &AccessRequest) -> Option<Ruling> {
        let asker = self.tenant.people.get(&access.asked.as_ref()?.requester.id)?;
        if !asker.groups.contains("dev") {
            return Some(Ruling::Forbidden(Refusal { version: 1, policies: vec![], messages: vec![] }));
        }
        let policies = vec!["developers".to_owned()];
        Some(Ruling::Allowed(Terms {
            auto: self.policy.quorum == 0,
            quorum: self.policy.quorum,
            approvers: vec![Approvers(["group:approvers".to_owned()].into())],
            on_leave: self.policy.on_leave,
            while_member: if self.policy.while_member { policies.clone() } else { vec![] },
            policies,
            ..terms()
        }))
    }

    fn looked_at(&self, access: &AccessRequest) -> Review<Access> {
        let ruling = self.ruling(access);
        Review { people: Arc::new(self.tenant.clone()), open: ruling.clone(), granted: ruling, past: vec![] }
    }

    fn tell(&mut self, request: usize, command: AccessCommand) -> Result<(), TestCaseError> {
        let Ok(events) = self.requests[request].decide(command, self.now) else { return Ok(()) };
        let before = self.requests[request].clone();
        for event in events {
            self.requests[request].evolve(&event, self.now);
            if let AccessEvent::Approved { by, .. } | AccessEvent::Own(GrantEvent::Extended { by, .. }) =
                &event
            {
                self.all_count(&before, by)?;
            }
        }
        Ok(())
    }

    /// Nobody counted who may not at this moment, said as simply as can be.
    fn all_count(&self, access: &AccessRequest, by: &[PrincipalId]) -> Result<(), TestCaseError> {
        let asked = access.asked.as_ref().unwrap();
        let is_own = |person: &Person| {
            asked.requester.id == person.id || asked.subject.account == format!("acc-{}", person.id)
        };
        let may = |person: &Person| person.groups.contains("approvers") && !is_own(person);
        for id in by {
            let person = self.tenant.people.get(id);
            prop_assert!(person.is_some(), "{id} is gone and counted");
            let person = person.unwrap();
            let in_place = self.tenant.absent_for(person, self.now).iter().any(may);
            prop_assert!(!is_own(person) && (may(person) || in_place), "{id} may not, and counted");
        }
        prop_assert!(self.tenant.people.contains_key(&asked.requester.id), "who asked is gone, and got it");
        Ok(())
    }

    fn review(&mut self, request: usize) -> Result<(), TestCaseError> {
        let review = self.looked_at(&self.requests[request]);
        self.tell(request, AccessCommand::Review(Box::new(review)))
    }

    fn take(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match *step {
            Step::Record(who, ref groups) => {
                self.command(PeopleCommand::Record { person: somebody(who, groups) });
            }
            Step::Remove(who) => self.command(PeopleCommand::Remove { id: NAMES[who].parse().unwrap() }),
            Step::Away(who, away) => {
                let away = away.then(|| Away {
                    from: None,
                    until: later(self.now, 500),
                    deputies: Some(DEPUTIES.to_owned()),
                });
                let preferences = Preferences { away, ..Preferences::default() };
                let id: PrincipalId = NAMES[who].parse().unwrap();
                if self.tenant.people.contains_key(&id) {
                    self.command(PeopleCommand::Prefer { id, preferences });
                }
            }
            Step::Ask { request, by, subject, by_account } => self.ask(request, by, subject, by_account)?,
            Step::Check(request) => {
                let ruling = self.ruling(&self.requests[request]);
                let mut found = findings();
                if let (Some(user), Some(account)) = (&mut found.user, self.requests[request].account()) {
                    account.clone_into(&mut user.account);
                }
                self.tell(request, AccessCommand::Check { findings: Box::new(found), ruling, past: vec![] })?;
            }
            Step::Countersign(request, by) => self.countersign(request, by)?,
            Step::Confirm(request) => self.confirm(request)?,
            Step::Extend(request, by) => self.extend(request, by)?,
            Step::Wait(minutes) => {
                self.now = later(self.now, minutes);
                for request in 0..REQUESTS {
                    self.tell(request, AccessCommand::Own(GrantCommand::Expire))?;
                }
            }
            Step::Review => (0..REQUESTS).try_for_each(|request| self.review(request))?,
        }
        Ok(())
    }

    fn countersign(&mut self, request: usize, by: usize) -> Result<(), TestCaseError> {
        let signature = Countersignature {
            by: somebody(by, &[]),
            people: Arc::new(self.tenant.clone()),
            receipt: None,
            rules: 1,
            assurance: Assurance::Said,
            past: vec![],
        };
        self.tell(request, AccessCommand::Countersign(Box::new(signature)))
    }

    /// It is looked at before it is set, as the outbox does, and then read back.
    fn confirm(&mut self, request: usize) -> Result<(), TestCaseError> {
        self.review(request)?;
        let before = self.requests[request].own.grant.is_some();
        let confirm = GrantCommand::Confirm { permission: Permission::Write, before: None, by_hand: false };
        self.tell(request, AccessCommand::Own(confirm))?;
        let granted = !before && self.requests[request].own.grant.is_some();
        prop_assert!(!granted || self.holder(request).is_some(), "somebody got it who is gone");
        if granted {
            let access = &self.requests[request];
            self.all_count(access, &access.countersigned_by)?;
        }
        Ok(())
    }

    fn extend(&mut self, request: usize, by: usize) -> Result<(), TestCaseError> {
        let by = self.tenant.people.get(&NAMES[by].parse::<PrincipalId>().unwrap()).cloned();
        let (Some(by), Some(ruling)) = (by, self.ruling(&self.requests[request])) else { return Ok(()) };
        let (longer, earlier) = (Longer::by(60), vec![]);
        let extend = GrantCommand::Extend { why: None, by, longer, ruling, earlier, instead: false };
        self.tell(request, AccessCommand::Own(extend))
    }

    fn ask(
        &mut self,
        request: usize,
        by: usize,
        subject: usize,
        by_account: bool,
    ) -> Result<(), TestCaseError> {
        let Some(by) = self.tenant.people.get(&NAMES[by].parse::<PrincipalId>().unwrap()) else {
            return Ok(());
        };
        let whose = somebody(subject, &[]);
        if !self.tenant.people.contains_key(&whose.id) {
            return Ok(());
        }
        let mut asked = read(&form());
        asked.code = Code::candidate(uuid::Uuid::from_u128(request as u128), 0);
        asked.requester = Requester { id: by.id.clone(), kind: by.kind, name: by.name.clone(), known: true };
        asked.subject = Subject {
            principal: (!by_account).then(|| whose.id.clone()),
            account: format!("acc-{}", whose.id),
            name: whose.name.clone(),
        };
        self.tell(request, AccessCommand::Ask(Box::new(asked)))
    }

    /// Whose account it is for, while they are there.
    fn holder(&self, request: usize) -> Option<&Person> {
        let account = self.requests[request].asked.as_ref()?.subject.account.as_str();
        self.tenant.people.values().find(|person| format!("acc-{}", person.id) == account)
    }

    /// What must be true of everything once it was looked at.
    fn is_sound(&mut self) -> Result<(), TestCaseError> {
        for request in 0..REQUESTS {
            self.review(request)?;
            let access = self.requests[request].clone();
            let Some(asked) = &access.asked else { continue };
            let again = access.review(&self.looked_at(&access), self.now);
            prop_assert!(again.is_empty(), "looking again changes {again:?}");
            let is_here = |id: &PrincipalId| self.tenant.people.contains_key(id);
            if let Some(open) = &access.open {
                prop_assert!(is_here(&asked.requester.id) && self.holder(request).is_some(), "it stays open");
                prop_assert!(open.countersigned.iter().all(is_here), "{:?} count", open.countersigned);
            }
            if access.held().is_none() {
                continue;
            }
            let keep = match self.policy.on_leave {
                OnLeave::End => 0,
                OnLeave::Keep { minutes } => minutes,
            };
            if self.holder(request).is_none() {
                let since = *self.gone[request].get_or_insert(self.now);
                let until = access.own.grant.as_ref().map(|grant| grant.until);
                prop_assert!(
                    until.is_some_and(|until| keep > 0 && until <= later(since, keep)),
                    "{access:?}"
                );
            } else {
                self.gone[request] = None;
                let may_ask = matches!(self.ruling(&access), Some(Ruling::Allowed(_)));
                prop_assert!(!self.policy.while_member || may_ask, "it stays with who is no member");
            }
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1024) })]

    /// Whatever people do while others come and go: nobody's countersignature counts who may not give it then, nobody gets
    /// what they are not there for, and once it was looked at nothing of somebody who left is open or in force.
    #[test]
    fn trust_a4_nothing_stays_with_who_left_and_nobody_counts_who_may_not(
        policy in policy(),
        steps in prop::collection::vec(step(), 0..60),
    ) {
        let mut life = Life::begin(policy);
        for step in &steps {
            life.take(step)?;
            if matches!(step, Step::Review | Step::Wait(_)) {
                life.is_sound()?;
            }
        }
        life.is_sound()?;
    }
}
