//! The same of the running bot: what the forge holds is what a ledger of those who countersigned has.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use countersign::demo::Demo;
use countersign_domain::access::{Assurance, Code, Form, Status};
use countersign_domain::envelope::{Digest, derived_id};
use countersign_domain::tenant::{Away, Person, Preferences, TenantCommand, TenantState};
use countersign_sandbox::bitbucket::Repository;
use countersign_sandbox::jira::Status as TicketStatus;
use countersign_store::MemoryStore;
use countersign_tests::acting::form;
use countersign_tests::stage::{Stage, tenant};
use countersign_tests::vendors::{Vendor as _, account};
use jiff::SignedDuration;
use proptest::prelude::*;
use uuid::Uuid;

use crate::life::Shown;
use crate::support::{Outcome, fresh, often_on_runtime, runtime};

/// Each is a whole life of the bot with its forge and its tracker, and costs as much as a hundred that are only decided.
const LIVES: u32 = 96;
const EMPLOYEE: &str = "demo-employee";
/// Who may come to decide, under which name, and in which groups they are at first.
const PEOPLE: [(&str, &str, &[&str]); 6] = [
    ("demo-approver", "Ada Approver", &["approvers", "leads"]),
    ("demo-approver2", "Ben Approver", &["approvers"]),
    ("demo-lead", "Lea Lead", &["approvers", "leads"]),
    ("demo-deputy", "Dora Deputy", &["deputies"]),
    ("demo-on-call", "Otto Oncall", &["oncall"]),
    (EMPLOYEE, "Erin Employee", &[]),
];
/// Reading asks nobody, writing one approver or, later, somebody on call, administering two leads with a second factor.
const RULES: &str = r#"
@id("read") @auto @max_duration("7 days") permit (principal, action == Action::"read", resource);
@id("write") @approvers("group:approvers") @quorum("1") @max_duration("7 days")
@escalate_after("1 hour") @escalate_to("group:oncall") permit (principal, action == Action::"write", resource);
@id("admin") @approvers("group:approvers") @quorum("2") @max_duration("7 days")
permit (principal, action == Action::"admin", resource);
@id("admin-leads") @approvers("group:leads") @quorum("1") @step_up permit (principal, action == Action::"admin", resource);
"#;

/// What somebody does.
#[derive(Debug, Clone)]
enum Deed {
    Countersigns {
        who: usize,
        shown: Shown,
        confirmed: bool,
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
    /// The same rules are published in other words.
    Publishes,
}

fn deed() -> impl Strategy<Value = Deed> {
    let who = || 0..PEOPLE.len();
    let shown = prop_oneof![
        4 => Just(Shown::Present), 2 => Just(Shown::Typed), 1 => Just(Shown::Stale), 1 => Just(Shown::Wrong),
    ];
    let groups = prop::sample::subsequence(vec!["approvers", "leads", "deputies", "oncall"], 0..=4);
    prop_oneof![
        12 => (who(), shown, prop::bool::weighted(0.7))
            .prop_map(|(who, shown, confirmed)| Deed::Countersigns { who, shown, confirmed }),
        2 => Just(Deed::Waits),
        2 => who().prop_map(Deed::GoesAway),
        2 => (who(), groups).prop_map(|(who, groups)| Deed::Regroups(who, groups)),
        1 => (0..PEOPLE.len() - 1).prop_map(Deed::Leaves),
        1 => Just(Deed::GivesByHand),
        1 => Just(Deed::RetitlesTicket),
        1 => Just(Deed::Renames),
        1 => Just(Deed::Publishes),
    ]
}

/// Who shall have it, and by which of their names.
#[derive(Debug, Clone, Copy)]
enum Whose {
    Own,
    OwnAccount,
    ColleaguesNickname,
    ColleaguesName,
}

impl Whose {
    fn id(self) -> &'static str {
        if matches!(self, Self::Own | Self::OwnAccount) { EMPLOYEE } else { "demo-approver2" }
    }

    fn typed(self) -> Option<String> {
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

async fn gated() -> Stage {
    let adapt = |demo: &mut Demo| {
        let acme = demo.config.tenants.get_mut(&tenant()).expect("the demo's tenant");
        RULES.clone_into(&mut acme.rules);
    };
    let stage = Stage::adapted(std::sync::Arc::new(MemoryStore::new()), adapt).await;
    stage.demo.jira.deliver_to(None);
    stage
}

/// One case: what the world is like, and who has countersigned in it.
struct Ledger<'a> {
    stage: &'a Stage,
    people: BTreeMap<&'static str, Person>,
    permission: &'static str,
    whose: Whose,
    repository: String,
    ticket: String,
    code: Code,
    receipts: Vec<Digest>,
    away: BTreeSet<&'static str>,
    on_call: bool,
    signed: Vec<Signed>,
    /// What is held by itself.
    by_hand: Option<&'static str>,
    /// How often the ticket got another title.
    titles: u32,
}

impl Ledger<'_> {
    async fn tell(&self, command: TenantCommand) {
        let (id, at) = (Uuid::new_v4(), self.stage.clock_now());
        let cause = self.stage.context("demo-admin").await.cause(&id.to_string(), at);
        let cause = countersign_domain::envelope::Cause { command: derived_id(id, "people"), ..cause };
        let engine = &self.stage.bot.engine;
        let done = engine
            .execute::<TenantState>(&tenant(), tenant().as_str(), &cause, "people", || command.clone())
            .await;
        done.expect("the log takes it").expect("it can be said");
    }

    /// Everybody is there again, as they were at first, and nobody is away.
    async fn everybody_is_back(&mut self) {
        for (who, (id, _, groups)) in PEOPLE.into_iter().enumerate() {
            let person = person(who, groups);
            self.tell(TenantCommand::Record { person: person.clone() }).await;
            let preferences = Preferences::default();
            self.tell(TenantCommand::Prefer { id: person.id.clone(), preferences }).await;
            self.people.insert(id, person);
        }
        self.stage.settle().await;
    }

    fn held(&self) -> Option<String> {
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

    /// In whose place somebody may decide: nobody's where they may themselves.
    fn place(&self, id: &str) -> Option<Option<&'static str>> {
        if self.is_named(id) {
            return Some(None);
        }
        let is_own = id == EMPLOYEE || id == self.whose.id();
        let is_deputy = self.people.get(id).is_some_and(|person| person.groups.contains("deputies"));
        let free = |other: &&&'static str| {
            let counted = |signed: &Signed| signed.by == **other || signed.place == Some(**other);
            **other != id && self.is_named(other) && !self.signed.iter().any(counted)
        };
        let absent = self.away.iter().find(free).filter(|_| is_deputy && !is_own);
        absent.map(|absent| Some(*absent))
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

    async fn countersigns(&mut self, who: usize, shown: Shown, confirmed: bool) -> Outcome {
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
        let mut context = countersign::context::Context::begin(tenant(), person, "web", Uuid::new_v4());
        context.assurance = if confirmed { Assurance::Confirmed } else { Assurance::Said };
        let done = self.stage.bot.requests.countersign(&context, &self.code.to_string(), receipt).await;
        let taken = done.expect("countersigning works").is_ok();
        self.stage.settle().await;
        if taken {
            prop_assert!(shown.is_good(), "{} countersigned what was not shown", id);
            prop_assert!(self.permission != "admin" || confirmed, "{} gave no second factor", id);
            self.forget();
            let place = self.place(id);
            let again = self.signed.iter().any(|signed| signed.by == id || signed.place == Some(id));
            prop_assert!(place.is_some() && !again, "{} may not", id);
            let evidence = (self.by_hand, self.titles);
            self.signed.push(Signed { by: id, place: place.flatten(), evidence });
        }
        Ok(())
    }

    async fn does(&mut self, deed: &Deed) -> Outcome {
        // What a vendor said a moment ago counts for ten seconds.
        self.stage.later(SignedDuration::from_secs(11)).await;
        let before = self.held();
        match deed {
            Deed::Countersigns { who, shown, confirmed } => {
                self.countersigns(*who, *shown, *confirmed).await?
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
                    self.tell(TenantCommand::Record { person: person.clone() }).await;
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
                    self.tell(TenantCommand::Remove { id: person.id }).await;
                    self.stage.settle().await;
                    self.forget();
                }
            }
            Deed::GivesByHand => {
                if self.stage.state(&self.code).await.status == Status::Waiting {
                    self.by_hand = Some("read");
                    self.stage.set_by_hand(&account(self.whose.id()), &self.repository, self.by_hand);
                }
            }
            Deed::RetitlesTicket => self.retitles_ticket(),
            Deed::Renames => self.renames(),
            Deed::Publishes => {
                let text = format!("{RULES}\n// {}", fresh());
                self.stage.put_text("demo-admin", "/api/v1/rules", &text).await;
                self.signed.clear();
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
            self.tell(TenantCommand::Prefer { id: person.id.clone(), preferences }).await;
            self.away.insert(id);
        }
    }

    fn retitles_ticket(&mut self) {
        self.titles += 1;
        let mut state = self.stage.demo.jira.state();
        if let Some(issue) = state.issue_mut(&self.ticket) {
            issue.summary.push('!');
        }
        self.stage.demo.jira.set_state(state).expect("the sandbox keeps its state");
    }

    fn renames(&mut self) {
        let new = format!("renamed-{}", fresh());
        self.stage.change_forge(|state| {
            let uuid = state.repository_uuid(&self.repository);
            let repository = state.repositories.remove(&self.repository).expect("the case's own");
            let repository = Repository { uuid: Some(uuid), ..Repository::clone(&repository) };
            state.repositories.insert(new.clone(), std::sync::Arc::new(repository));
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

/// Whatever people do, in whatever order: the forge holds for who shall have it what they had by themselves, until those who
/// may have countersigned what stands.
pub(super) fn the_forge_holds_what_was_countersigned() {
    let permission = prop::sample::select(vec!["read", "write", "write", "write", "admin", "admin"]);
    let whose = prop::sample::select(vec![
        Whose::Own,
        Whose::Own,
        Whose::OwnAccount,
        Whose::ColleaguesNickname,
        Whose::ColleaguesName,
    ]);
    let case = (permission, whose, 0..5_usize, prop::collection::vec(deed(), 2..9));
    let granted = Cell::new(0_u32);
    let runtime = runtime();
    often_on_runtime((LIVES, &runtime), gated, case, async |stage, (permission, whose, how, deeds)| {
        let number = fresh();
        let (repository, ticket) = (format!("gate-{number}"), format!("GATE-{number}"));
        stage.add_repository(&repository);
        stage.add_ticket(&ticket, TicketStatus::ToDo, EMPLOYEE);
        let mut ledger = Ledger {
            stage,
            people: BTreeMap::new(),
            permission,
            whose,
            repository: repository.clone(),
            ticket: ticket.clone(),
            code: Code::candidate(Uuid::nil(), 0),
            receipts: vec![],
            away: BTreeSet::new(),
            on_call: false,
            signed: vec![],
            by_hand: None,
            titles: 0,
        };
        ledger.everybody_is_back().await;
        let identity = format!("{{{}}}", stage.demo.bitbucket.state().repository_uuid(&repository));
        let typed = if how == 4 { identity } else { crate::life::spelled(&repository, how) };
        let asked = Form { user: whose.typed(), ..form(permission, &typed, "2 days", &ticket) };
        ledger.code = stage.ask(EMPLOYEE, &asked).await;
        let auto = permission == "read";
        prop_assert_eq!(ledger.held().is_some(), auto, "{:#?}", stage.state(&ledger.code).await);
        for deed in &deeds {
            if auto && matches!(deed, Deed::Countersigns { .. }) {
                continue;
            }
            ledger.does(deed).await?;
        }
        let status = stage.state(&ledger.code).await.status;
        granted.set(granted.get() + u32::from(status == Status::Active && !auto));
        // What is still in force ends with the case.
        let context = stage.context("demo-admin").await;
        drop(stage.bot.requests.revoke(&context, &ledger.code.to_string(), None).await);
        drop(stage.bot.requests.withdraw(&stage.context(EMPLOYEE).await, &ledger.code.to_string()).await);
        stage.settle().await;
        Ok(())
    });
    assert!(granted.get() > 5, "of all lives only {} came to a permission", granted.get());
}
