//! Exactly what was granted is what the forge has, at every moment and through every trouble (4).

use std::collections::BTreeMap;

use countersign_domain::access::Status;
use countersign_domain::capabilities::EffectCommand;
use countersign_domain::denied::{Denied, Violation};
use countersign_domain::effect::{EffectState, Wish as _};
use countersign_domain::request::Code;
use countersign_sandbox::bitbucket::Level;
use countersign_sandbox::jira::Status as TicketStatus;
use countersign_sandbox::{BitbucketState, Drop, Fault};
use countersign_tests::acting::form;
use countersign_tests::stage::Stage;
use countersign_tests::vendors::{Vendor as _, account, level, trouble};
use jiff::SignedDuration;
use proptest::prelude::*;

use crate::support::{fresh, on_stage, permission_name};

const PEOPLE: [&str; 2] = ["demo-employee", "demo-auditor"];

/// One access and how it goes.
#[derive(Debug, Clone)]
struct Wanted {
    person: usize,
    repository: usize,
    permission: &'static str,
    /// The forge refuses it for good at first.
    refused: bool,
    end: End,
}

/// How an access ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Never,
    GivenBack,
    Revoked,
    Expired,
}

fn wanted() -> impl Strategy<Value = Wanted> {
    let end = prop::sample::select(vec![End::Never, End::GivenBack, End::Revoked, End::Expired]);
    let refused = prop::bool::weighted(0.2);
    (0..2_usize, 0..2_usize, permission_name(), refused, end).prop_map(
        |(person, repository, permission, refused, end)| Wanted {
            person,
            repository,
            permission,
            refused,
            end,
        },
    )
}

fn passing_trouble() -> impl Strategy<Value = Fault> {
    let answer = prop::sample::select(vec![
        (Some(503), None),
        (Some(500), None),
        (None, Some(Drop::Before)),
        (None, Some(Drop::After)),
    ]);
    let matching = prop::sample::select(vec!["PUT /2.0", "DELETE /2.0", "GET /2.0"]).prop_map(str::to_owned);
    (matching, answer).prop_map(|(matching, (status, drop))| Fault {
        matching,
        times: 1,
        status,
        drop,
        ..Fault::default()
    })
}

/// One case: two repositories, what people hold on them by themselves, and the accesses in force.
struct Case<'a> {
    stage: &'a Stage,
    repositories: [String; 2],
    before: BitbucketState,
    accesses: Vec<(Code, Wanted)>,
}

impl Case<'_> {
    async fn grant(&mut self, wanted: &Wanted, faults: &[Fault]) -> Result<(), TestCaseError> {
        let (stage, ticket) = (self.stage, format!("HOLD-{}", fresh()));
        stage.add_ticket(&ticket, TicketStatus::ToDo, PEOPLE[wanted.person]);
        // Each lasts longer than those before it: what an access in force gives for as long is asked for no more.
        let lasting = format!("{} hours", 24 + self.accesses.len());
        let asked = form(wanted.permission, &self.repositories[wanted.repository], &lasting, &ticket);
        let code = stage.ask(PEOPLE[wanted.person], &asked).await;
        stage.calm().await;
        if self.holds_by_itself(wanted) {
            prop_assert_eq!(stage.state(&code).await.status(), Status::Denied, "it is held already");
            return self.check().await;
        }
        let refusal =
            Fault { matching: "PUT /2.0".to_owned(), times: 1, status: Some(403), ..Fault::default() };
        let refused = wanted.refused && self.changes(wanted);
        stage.demo.bitbucket.order(trouble(if refused { vec![refusal] } else { faults.to_vec() }));
        let approvers = if wanted.permission == "admin" { 2 } else { 1 };
        for approver in ["demo-approver", "demo-approver2"].iter().take(approvers) {
            // While the forge does not answer nobody can decide; when it does, they can as before.
            let mut done = stage.countersign(approver, &code).await;
            for _ in 0..=faults.len() {
                if let Err(Denied(why)) = &done
                    && matches!(why[..], [Violation::EvidenceUnknown { .. }])
                {
                    done = stage.countersign(approver, &code).await;
                }
            }
            prop_assert!(done.is_ok(), "{:?}", done);
        }
        stage.calm().await;
        stage.demo.bitbucket.order(trouble([]));
        let status = stage.state(&code).await.status();
        prop_assert_eq!(status, if refused { Status::Failed } else { Status::Active });
        self.accesses.push((code, wanted.clone()));
        self.check().await
    }

    /// Whether the person holds as much by themselves.
    fn holds_by_itself(&self, wanted: &Wanted) -> bool {
        let held = &self.before.repositories[&self.repositories[wanted.repository]].permissions;
        held.get(&account(PEOPLE[wanted.person]))
            .is_some_and(|held| rank(*held) >= rank(level(wanted.permission)))
    }

    /// Whether the forge has anything to do for it, and so anything to refuse.
    fn changes(&self, wanted: &Wanted) -> bool {
        let state = self.stage.demo.bitbucket.state();
        let held = &state.repositories[&self.repositories[wanted.repository]].permissions;
        held.get(&account(PEOPLE[wanted.person]))
            .is_none_or(|held| rank(*held) < rank(level(wanted.permission)))
    }

    /// An operator has a grant that failed tried again.
    async fn again(&self, code: &Code) -> Result<(), TestCaseError> {
        let parked = self.stage.effects(EffectState::Parked);
        let row = parked
            .iter()
            .find(|row| row.effects.effect.as_ref().is_some_and(|effect| effect.code() == Some(code)));
        let by = self.stage.person("demo-admin").await;
        let id = row.expect("it is parked").id;
        self.stage.operate("demo-admin", id, EffectCommand::Requeue { by }).await.expect("an admin may");
        self.stage.calm().await;
        prop_assert_eq!(self.stage.state(code).await.status(), Status::Active);
        self.check().await
    }

    async fn end(&self, code: &Code, wanted: &Wanted, faults: &[Fault]) -> Result<(), TestCaseError> {
        self.stage.demo.bitbucket.order(trouble(faults.to_vec()));
        let opened = self.stage.opened(code).await;
        match wanted.end {
            End::Never => {}
            End::GivenBack => {
                let context = self.stage.context(PEOPLE[wanted.person]).await;
                prop_assert!(self.stage.bot.requests.give_back(&context, &opened).await.unwrap().is_ok());
            }
            End::Revoked => {
                let context = self.stage.context("demo-admin").await;
                prop_assert!(self.stage.bot.requests.revoke(&context, &opened, None).await.unwrap().is_ok());
            }
            End::Expired => {
                let until = self.stage.state(code).await.own.grant.expect("a grant").until;
                self.stage
                    .later(until.duration_since(self.stage.clock_now()).max(SignedDuration::ZERO))
                    .await;
            }
        }
        self.stage.calm().await;
        self.stage.demo.bitbucket.order(trouble([]));
        if wanted.end != End::Never {
            let status = self.stage.state(code).await.status();
            prop_assert!(status.is_final(), "{:?} after {:?}", status, wanted.end);
        }
        self.check().await
    }

    /// The forge holds what was there by itself or the strongest access in force, and nothing else has changed anywhere.
    async fn check(&self) -> Result<(), TestCaseError> {
        let mut expected = self.before.clone();
        for (code, wanted) in &self.accesses {
            if self.stage.state(code).await.status() != Status::Active {
                continue;
            }
            let name = &self.repositories[wanted.repository];
            let held = &mut expected.repository_mut(name).expect("a repository").permissions;
            let permission = level(wanted.permission);
            let own = held.entry(account(PEOPLE[wanted.person])).or_insert(permission);
            if rank(*own) < rank(permission) {
                *own = permission;
            }
        }
        let now = self.stage.demo.bitbucket.state();
        let seen: BTreeMap<_, _> = now
            .repositories
            .iter()
            .filter(|(name, held)| expected.repositories.get(*name) != Some(*held))
            .collect();
        prop_assert_eq!(&now, &expected, "differing: {:?}", seen);
        Ok(())
    }
}

const fn rank(level: Level) -> u8 {
    match level {
        Level::Read => 1,
        Level::Write => 2,
        Level::Admin => 3,
    }
}

/// Whatever is asked, granted, refused, tried again and ended, in whatever order and with whatever passing trouble: after
/// each step the forge holds for everybody exactly what they had by themselves or the strongest access in force.
#[test]
fn a04_permission_grant_precision() {
    let baseline = prop::collection::vec(prop::option::weighted(0.3, permission_name()), 4);
    let faults = || prop::collection::vec(passing_trouble(), 0..3);
    let wanted = prop::collection::vec((wanted(), faults(), faults()), 1..3);
    on_stage((baseline, wanted), async |stage, (baseline, wanted)| {
        let repositories = [format!("grants-{}", fresh()), format!("grants-{}", fresh())];
        for (index, permission) in baseline.into_iter().enumerate() {
            let (person, repository) = (PEOPLE[index % 2], &repositories[index / 2]);
            if index % 2 == 0 {
                stage.add_repository(repository);
            }
            stage.set_by_hand(&account(person), repository, permission);
        }
        let before = stage.demo.bitbucket.state();
        let mut case = Case { stage, repositories, before, accesses: Vec::new() };
        for (wanted, faults, _) in &wanted {
            Box::pin(case.grant(wanted, faults)).await?;
        }
        for (code, _) in &case.accesses {
            if stage.state(code).await.status() == Status::Failed {
                case.again(code).await?;
            }
        }
        for ((code, wanted), (_, _, faults)) in case.accesses.iter().zip(&wanted) {
            if stage.state(code).await.status() == Status::Active {
                case.end(code, wanted, faults).await?;
            }
        }
        // What still is in force is ended, so that the next case begins with nobody's access.
        let rest = Wanted { end: End::Revoked, ..wanted[0].0.clone() };
        for (code, _) in &case.accesses {
            if stage.state(code).await.status() == Status::Active {
                case.end(code, &rest, &[]).await?;
            }
        }
        prop_assert_eq!(&stage.demo.bitbucket.state(), &case.before);
        Ok(())
    });
}

/// What others do by hand, if anything.
#[derive(Debug, Clone, Copy)]
enum ByHand {
    Nothing,
    Sets(Option<&'static str>),
}

fn by_hand() -> impl Strategy<Value = ByHand> {
    let sets = prop::option::of(permission_name()).prop_map(ByHand::Sets);
    prop_oneof![3 => Just(ByHand::Nothing), 2 => sets]
}

/// What others do by hand: once between two of the bot's looks, for what is put back before it looks nobody can see.
struct Hands<'a> {
    stage: &'a Stage,
    repository: &'a str,
    /// What they set last.
    last: Option<String>,
    /// Whether the bot has not looked since.
    unseen: bool,
}

impl Hands<'_> {
    fn set(&mut self, by_hand: ByHand) {
        let ByHand::Sets(set) = by_hand else { return };
        if self.unseen || self.held().as_deref() == set {
            return;
        }
        self.stage.set_by_hand(&account(PEOPLE[0]), self.repository, set);
        (self.last, self.unseen) = (set.map(str::to_owned), true);
    }

    fn held(&self) -> Option<String> {
        self.stage.held(PEOPLE[0], self.repository)
    }

    /// After a grant or an end: the strongest of what is in force and of what was given by hand.
    fn check(&mut self, in_force: &[(Code, &str)]) -> Result<(), TestCaseError> {
        self.unseen = false;
        let rank_of = |permission: Option<String>| permission.map(|name| rank(level(&name)));
        let ours = in_force.iter().map(|(_, permission)| rank(level(permission))).max();
        prop_assert_eq!(rank_of(self.held()), ours.max(rank_of(self.last.clone())));
        Ok(())
    }
}

/// Whatever others give and take by hand between all steps: no grant and no end ever leaves less than they gave last, and
/// when no access is in force any more, exactly that is there.
#[test]
fn trust_a6_by_hand_changes_between_all_steps_are_kept() {
    let access = (permission_name(), by_hand(), by_hand(), by_hand());
    on_stage((by_hand(), prop::collection::vec(access, 1..4)), async |stage, (start, accesses)| {
        let (repository, ticket) = (format!("hands-{}", fresh()), format!("HAND-{}", fresh()));
        stage.add_repository(&repository);
        stage.add_ticket(&ticket, TicketStatus::ToDo, PEOPLE[0]);
        let mut hands = Hands { stage, repository: &repository, last: None, unseen: false };
        hands.set(start);
        let mut in_force: Vec<(Code, &str)> = Vec::new();
        for (permission, before, meanwhile, _) in &accesses {
            hands.set(*before);
            let lasting = format!("{} hours", 24 + in_force.len());
            let code = stage.ask(PEOPLE[0], &form(permission, &repository, &lasting, &ticket)).await;
            hands.set(*meanwhile);
            // Who decides on what they were not shown is told, and decides once more.
            for approver in ["demo-approver", "demo-approver2", "demo-approver", "demo-approver2"] {
                if stage.state(&code).await.status() == Status::Waiting {
                    drop(stage.countersign(approver, &code).await);
                }
            }
            let status = stage.state(&code).await.status();
            if status != Status::Denied {
                prop_assert_eq!(status, Status::Active);
                in_force.push((code, permission));
                hands.check(&in_force)?;
            }
        }
        for (_, _, _, before_end) in &accesses {
            let Some((code, _)) = in_force.pop() else { break };
            hands.set(*before_end);
            stage.give_back(PEOPLE[0], &code).await;
            stage.settle().await;
            prop_assert!(stage.state(&code).await.status().is_final());
            hands.check(&in_force)?;
        }
        prop_assert_eq!(hands.held(), hands.last);
        Ok(())
    });
}
