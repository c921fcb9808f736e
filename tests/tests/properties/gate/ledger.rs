//! A ledger beside a request of the running bot: what the world is like, and who has countersigned in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use countersign::context::Context;
use countersign_domain::access::Status;
use countersign_domain::envelope::{Cause, Digest, derived_id};
use countersign_domain::request::{Assurance, Code};
use countersign_domain::tenant::{Away, People, PeopleCommand, Person, Preferences};
use countersign_sandbox::bitbucket::Repository;
use countersign_tests::stage::{Stage, tenant};
use countersign_tests::vendors::{Vendor as _, account};
use jiff::SignedDuration;
use proptest::prelude::*;
use uuid::Uuid;

use crate::life::Shown;
use crate::support::{Outcome, fresh};

/// Who asks.
pub(super) const EMPLOYEE: &str = "demo-employee";
/// Who may come to decide, under which name, and in which groups they are at first.
pub(super) const PEOPLE: [(&str, &str, &[&str]); 6] = [
    ("demo-approver", "Ada Approver", &["approvers", "leads"]),
    ("demo-approver2", "Ben Approver", &["approvers"]),
    ("demo-lead", "Lea Lead", &["approvers", "leads"]),
    ("demo-deputy", "Dora Deputy", &["deputies"]),
    ("demo-on-call", "Otto Oncall", &["oncall"]),
    (EMPLOYEE, "Erin Employee", &[]),
];
/// Reading asks nobody, writing one approver or, later, somebody on call, of whom a reaction is enough, administering two leads
/// with a second factor.
pub(super) const RULES: &str = r#"
@id("read") @auto @max_duration("7 days") permit (principal, action == Action::"read", resource);
@id("write") @approvers("group:approvers") @quorum("1") @reaction @max_duration("7 days")
@escalate_after("1 hour") @escalate_to("group:oncall") permit (principal, action == Action::"write", resource);
@id("admin") @approvers("group:approvers") @quorum("2") @max_duration("7 days")
permit (principal, action == Action::"admin", resource);
@id("admin-leads") @approvers("group:leads") @quorum("1") @step_up permit (principal, action == Action::"admin", resource);
"#;

/// What somebody does.
#[derive(Debug, Clone)]
pub(super) enum Deed {
    Countersigns {
        who: usize,
        shown: Shown,
        given: Assurance,
    },
    /// Two hours pass.
    Waits,
    /// Somebody is away, and the deputies stand in for them.
    GoesAway(usize),
    /// Somebody is in these groups from now on.
    Regroups(usize, Vec<&'static str>),
    /// Somebody leaves.
    Leaves(usize),
    /// Somebody gives a permission by hand.
    GivesByHand,
    /// The ticket gets another title.
    RetitlesTicket,
    /// The repository gets another name.
    Renames,
    /// Rules are published that tell people something else.
    Publishes,
    /// The same rules are published in other words.
    Comments,
}

/// Who shall have it, and by which of their names.
#[derive(Debug, Clone, Copy)]
pub(super) enum Whose {
    Own,
    OwnAccount,
    ColleaguesNickname,
    ColleaguesName,
}

impl Whose {
    pub(super) fn id(self) -> &'static str {
        if matches!(self, Self::Own | Self::OwnAccount) { EMPLOYEE } else { "demo-approver2" }
    }

    pub(super) fn typed(self) -> Option<String> {
        match self {
            Self::Own => None,
            Self::OwnAccount => Some(account(EMPLOYEE)),
            // The forge's nicknames are the demo's ids, and so are the directory's.
            Self::ColleaguesNickname => Some("demo-approver2".to_owned()),
            Self::ColleaguesName => Some("Ben Approver".to_owned()),
        }
    }
}

fn person(who: usize, groups: &[&str]) -> Person {
    let (id, name, _) = PEOPLE[who];
    let accounts = [("bitbucket".to_owned(), account(id)), ("jira".to_owned(), account(id))].into();
    Person { name: name.to_owned(), accounts, ..crate::support::person(id, groups, &[]) }
}

/// Somebody's countersignature: in whose place, and with what evidence before them.
struct Signed {
    by: &'static str,
    place: Option<&'static str>,
    evidence: (Option<&'static str>, u32),
}

/// One case: what the world is like, and who has countersigned in it.
pub(super) struct Ledger<'a> {
    stage: &'a Stage,
    people: BTreeMap<&'static str, Person>,
    permission: &'static str,
    whose: Whose,
    repository: String,
    ticket: String,
    /// The request's code.
    pub(super) code: Code,
    receipts: Vec<Digest>,
    away: BTreeSet<&'static str>,
    on_call: bool,
    signed: Vec<Signed>,
    /// What is held by itself.
    by_hand: Option<&'static str>,
    /// How often the ticket got another title.
    titles: u32,
}

impl<'a> Ledger<'a> {
    /// A new case with everybody there.
    pub(super) async fn begin(
        stage: &'a Stage,
        (permission, whose): (&'static str, Whose),
        (repository, ticket): (&str, &str),
    ) -> Self {
        let mut ledger = Self {
            stage,
            people: BTreeMap::new(),
            permission,
            whose,
            repository: repository.to_owned(),
            ticket: ticket.to_owned(),
            code: Code::candidate(Uuid::nil(), 0),
            receipts: vec![],
            away: BTreeSet::new(),
            on_call: false,
            signed: vec![],
            by_hand: None,
            titles: 0,
        };
        ledger.everybody_is_back().await;
        ledger
    }

    async fn tell(&self, command: PeopleCommand) {
        let (id, at) = (Uuid::new_v4(), self.stage.clock_now());
        let cause = self.stage.context("demo-admin").await.cause(&id.to_string(), at);
        let cause = Cause { command: derived_id(id, "people"), ..cause };
        let engine = &self.stage.bot.engine;
        let done = engine
            .execute::<People>(&tenant(), tenant().as_str(), &cause, "people", || command.clone())
            .await;
        done.expect("the log takes it").expect("it can be said");
    }

    /// Everybody is there again, as they were at first, and nobody is away.
    async fn everybody_is_back(&mut self) {
        for (who, (id, _, groups)) in PEOPLE.into_iter().enumerate() {
            let person = person(who, groups);
            self.tell(PeopleCommand::Record { person: person.clone() }).await;
            let preferences = Preferences::default();
            self.tell(PeopleCommand::Prefer { id: person.id.clone(), preferences }).await;
            self.people.insert(id, person);
        }
        self.stage.settle().await;
    }

    /// What the forge holds for who shall have it.
    pub(super) fn held(&self) -> Option<String> {
        self.stage.held(self.whose.id(), &self.repository)
    }

    fn is_named(&self, id: &str) -> bool {
        let Some(person) = self.people.get(id) else { return false };
        let is_in = |group: &str| person.groups.contains(group);
        let is_own = id == EMPLOYEE || id == self.whose.id();
        let named = match self.permission {
            "admin" => is_in("approvers") && is_in("leads"),
            _ => is_in("approvers") || self.on_call && is_in("oncall"),
        };
        !is_own && named
    }

    /// In whose place somebody may decide who may not themselves.
    fn place(&self, id: &str) -> Option<&'static str> {
        let is_own = id == EMPLOYEE || id == self.whose.id();
        let is_deputy = self.people.get(id).is_some_and(|person| person.groups.contains("deputies"));
        let free = |other: &&'static str| {
            let counted = |signed: &Signed| signed.by == *other || signed.place == Some(*other);
            *other != id && self.is_named(other) && !self.signed.iter().any(counted)
        };
        let stands_in = is_deputy && !is_own && !self.is_named(id);
        self.away.iter().copied().find(free).filter(|_| stands_in)
    }

    /// Whether somebody's countersignature counts as things are now.
    fn counts(&self, signed: &Signed) -> bool {
        let in_place = |absent: &&'static str| self.away.contains(absent) && self.is_named(absent);
        let may = self.is_named(signed.by) || signed.place.as_ref().is_some_and(in_place);
        may && signed.evidence == (self.by_hand, self.titles)
    }

    /// What does not count any more was given for nothing.
    fn forget(&mut self) {
        let signed = std::mem::take(&mut self.signed);
        self.signed = signed.into_iter().filter(|signed| self.counts(signed)).collect();
    }

    /// Whether those who have countersigned are enough.
    fn is_enough(&self) -> bool {
        let counting = self.signed.iter().filter(|signed| self.counts(signed)).count();
        counting >= if self.permission == "admin" { 2 } else { 1 }
    }

    async fn countersigns(&mut self, who: usize, shown: Shown, given: Assurance) -> Outcome {
        let id = PEOPLE[who].0;
        let Some(person) = self.people.get(id).cloned() else { return Ok(()) };
        let present = self.stage.state(&self.code).await.receipt();
        let wrong = Digest::of(b"what never stood");
        let receipt = match shown {
            Shown::Typed => None,
            Shown::Present => Some(present.unwrap_or(wrong)),
            Shown::Wrong => Some(wrong),
            Shown::Stale => {
                Some(self.receipts.iter().copied().find(|receipt| Some(*receipt) != present).unwrap_or(wrong))
            }
        };
        self.receipts.extend(present);
        let mut context = Context::begin(tenant(), person, "web", Uuid::new_v4());
        context.assurance = given;
        let opened = self.stage.opened(&self.code).await;
        let done = self.stage.bot.requests.countersign(&context, &opened, receipt).await;
        let taken = done.expect("countersigning works").is_ok();
        self.stage.settle().await;
        if taken {
            prop_assert!(shown.is_good(), "{} countersigned what was not shown", id);
            let is_sure = self.permission != "admin" || given == Assurance::Confirmed;
            prop_assert!(is_sure, "{} gave no second factor", id);
            let may_react = self.permission == "write";
            prop_assert!(may_react || given != Assurance::Reacted, "a reaction of {} is not enough", id);
            self.forget();
            let place = self.place(id);
            let again = self.signed.iter().any(|signed| signed.by == id || signed.place == Some(id));
            prop_assert!((self.is_named(id) || place.is_some()) && !again, "{} may not", id);
            let evidence = (self.by_hand, self.titles);
            self.signed.push(Signed { by: id, place, evidence });
        }
        Ok(())
    }

    /// Does it, and judges what came of it.
    pub(super) async fn does(&mut self, deed: &Deed) -> Outcome {
        // What a vendor said a moment ago counts for ten seconds.
        self.stage.later(SignedDuration::from_secs(11)).await;
        let before = self.held();
        match deed {
            Deed::Countersigns { who, shown, given } => {
                self.countersigns(*who, *shown, *given).await?;
            }
            Deed::Waits => {
                self.stage.later(SignedDuration::from_hours(2)).await;
                self.on_call |= self.stage.state(&self.code).await.open.is_some_and(|open| open.escalated);
            }
            Deed::GoesAway(who) => self.goes_away(PEOPLE[*who].0).await,
            Deed::Regroups(who, groups) => {
                let id = PEOPLE[*who].0;
                if self.people.contains_key(id) {
                    let person = person(*who, groups);
                    self.tell(PeopleCommand::Record { person: person.clone() }).await;
                    self.people.insert(id, person);
                    // Who may not any more has given what they gave in vain, also when they may again.
                    self.stage.settle().await;
                    self.forget();
                }
            }
            Deed::Leaves(who) => {
                let id = PEOPLE[*who].0;
                if let Some(person) = self.people.remove(id) {
                    self.away.remove(id);
                    self.tell(PeopleCommand::Remove { id: person.id }).await;
                    self.stage.settle().await;
                    self.forget();
                }
            }
            Deed::GivesByHand => {
                if self.stage.state(&self.code).await.status() == Status::Waiting {
                    self.by_hand = Some("read");
                    self.stage.set_by_hand(&account(self.whose.id()), &self.repository, self.by_hand);
                }
            }
            Deed::RetitlesTicket => self.retitles_ticket(),
            Deed::Renames => self.renames(),
            Deed::Publishes => {
                let text = RULES.replace("permit (", &format!("@message(\"{}\") permit (", fresh()));
                self.stage.publish(&text).await;
                self.signed.clear();
            }
            // What says the same voids nothing.
            Deed::Comments => {
                let rules = self.stage.get("demo-admin", "/api/v1/rules").await;
                let text = rules["text"].as_str().expect("there are rules");
                self.stage.publish(&format!("{text}\n// {}", fresh())).await;
            }
        }
        self.stage.settle().await;
        self.judge(deed, before).await
    }

    async fn goes_away(&mut self, id: &'static str) {
        if let Some(person) = self.people.get(id) {
            let until = self.stage.clock_now().checked_add(SignedDuration::from_hours(96)).expect("a time");
            let away = Some(Away { from: None, until, deputies: Some("deputies".to_owned()) });
            let preferences = Preferences { away, ..Preferences::default() };
            self.tell(PeopleCommand::Prefer { id: person.id.clone(), preferences }).await;
            self.away.insert(id);
        }
    }

    fn retitles_ticket(&mut self) {
        self.titles += 1;
        self.stage.change_tracker(|state| {
            if let Some(issue) = state.issue_mut(&self.ticket) {
                issue.summary.push('!');
            }
        });
    }

    fn renames(&mut self) {
        let new = format!("renamed-{}", fresh());
        self.stage.change_forge(|state| {
            let uuid = state.repository_uuid(&self.repository);
            let repository = state.repositories.remove(&self.repository).expect("the case's own");
            let repository = Repository { uuid: Some(uuid), ..Repository::clone(&repository) };
            state.repositories.insert(new.clone(), Arc::new(repository));
        });
        self.repository = new;
    }

    /// The bot gives nothing that the ledger has not.
    async fn judge(&mut self, deed: &Deed, before: Option<String>) -> Outcome {
        let now = self.held();
        if matches!(deed, Deed::GivesByHand) || now == before {
            return Ok(());
        }
        let is_ended = self.stage.state(&self.code).await.held().is_none();
        if is_ended {
            prop_assert_eq!(now.as_deref(), self.by_hand, "after {:?}", deed);
            return Ok(());
        }
        prop_assert_eq!(now.as_deref(), Some(self.permission), "after {:?}", deed);
        let signed: Vec<_> = self.signed.iter().map(|signed| (signed.by, signed.place)).collect();
        prop_assert!(
            self.permission == "read" || self.is_enough(),
            "only {:?} countersigned, after {:?}",
            signed,
            deed
        );
        Ok(())
    }
}
