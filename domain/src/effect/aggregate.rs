//! The life of one effect: claimed, attempted (durable before the call), then succeeded, deferred, uncertain or parked.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Effect, Outcome, Plan};
use crate::access::{Permission, REASON_MAX, text_fault};
use crate::aggregate::{self, Aggregate};
use crate::denied::{Denied, Field, Violation};
use crate::names::PrincipalId;
use crate::tenant::{Person, Role};

/// How an effect stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EffectState {
    /// Not claimed yet.
    #[default]
    New,
    /// Claimed, or requeued: ready for an attempt.
    Claimed,
    /// An attempt is under way; after a restart this means *unknown*.
    Attempted,
    /// Definitely not done; to be tried again.
    Deferred,
    /// Perhaps done: to be looked up before anything is tried again.
    Unknown,
    /// Done, and read back.
    Succeeded,
    /// It waits for a person.
    Parked,
    /// A person has said what shall be.
    Resolved,
}

impl EffectState {
    /// Every state an effect can be seen in.
    pub const ALL: [Self; 7] = [
        Self::Claimed,
        Self::Attempted,
        Self::Deferred,
        Self::Unknown,
        Self::Succeeded,
        Self::Parked,
        Self::Resolved,
    ];

    /// The word in the API and in chat.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Claimed => "claimed",
            Self::Attempted => "attempted",
            Self::Deferred => "deferred",
            Self::Unknown => "unknown",
            Self::Succeeded => "succeeded",
            Self::Parked => "parked",
            Self::Resolved => "resolved",
        }
    }

    /// Whether something is still to be done by the outbox.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Claimed | Self::Attempted | Self::Deferred | Self::Unknown)
    }
}

impl std::str::FromStr for EffectState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or(())
    }
}

/// What a person decides about a parked effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// It was done by hand.
    Done,
    /// It shall not be done.
    Abandoned,
}

/// A vendor's wish that nobody calls it for a while (`Retry-After`). It holds for every bot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// The vendor: `bitbucket`, `jira`.
    pub vendor: String,
    /// Until when.
    pub until: Timestamp,
}

/// The events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
pub enum EffectEvent {
    /// A worker took it: whoever appends this first.
    EffectClaimed {
        /// The wish.
        effect: Effect,
        /// The worker.
        worker: String,
    },
    /// The call goes out now.
    EffectAttempted {
        /// From 1.
        attempt: u32,
        /// What it is about to do.
        plan: Plan,
        /// The bot that makes it; empty in events from before there could be several.
        worker: String,
    },
    /// It was done, and read back.
    EffectSucceeded {
        /// The wish again, so that whoever reacts needs nothing else.
        effect: Effect,
        /// What came of it.
        outcome: Outcome,
    },
    /// It was definitely not done and will be tried again.
    EffectDeferred {
        /// What was said.
        why: String,
        /// When.
        retry_at: Timestamp,
        /// What the vendor asked of all who call it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pause: Option<Pause>,
    },
    /// It may have been done: it will be looked up.
    EffectUnknown {
        /// What was said.
        why: String,
        /// When to look.
        look_at: Timestamp,
    },
    /// It needs a person: refused for good, or tried too often.
    EffectParked {
        /// The wish again.
        effect: Effect,
        /// What was said.
        why: String,
        /// Whether the vendor refused it, so that trying again will not help by itself.
        rejected: bool,
        /// The same for those whom it concerns: in plain words, with nothing of how the bot is set up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        told: Option<String>,
    },
    /// An operator says: try again.
    EffectRequeued {
        /// Who.
        by: PrincipalId,
    },
    /// An operator says how it ends.
    EffectResolved {
        /// The wish again.
        effect: Effect,
        /// Who.
        by: PrincipalId,
        /// How.
        resolution: Resolution,
        /// Why.
        note: Option<String>,
        /// What the first attempt found before anything was changed, where there was one.
        before: Option<Permission>,
    },
}

impl aggregate::Tagged for EffectEvent {}

/// The commands.
#[derive(Debug, Clone)]
pub enum EffectCommand {
    /// Take it.
    Claim {
        /// The wish.
        effect: Effect,
        /// The worker.
        worker: String,
    },
    /// Record what is about to be done.
    Attempt {
        /// What.
        plan: Plan,
        /// By which bot.
        worker: String,
        /// How many attempts it knew of. If there was another one meanwhile, this one is not made.
        seen: u32,
    },
    /// It was done.
    Succeed {
        /// What came of it.
        outcome: Outcome,
    },
    /// It was not done; try again then.
    Defer {
        /// What was said.
        why: String,
        /// When.
        retry_at: Timestamp,
        /// What the vendor asked of all who call it.
        pause: Option<Pause>,
    },
    /// It may have been done; look then.
    Doubt {
        /// What was said.
        why: String,
        /// When.
        look_at: Timestamp,
    },
    /// Give it to a person.
    Park {
        /// What was said.
        why: String,
        /// Whether the vendor refused it.
        rejected: bool,
        /// The same in plain words.
        told: Option<String>,
    },
    /// Try again.
    Requeue {
        /// Who says so.
        by: Person,
    },
    /// Say how it ends.
    Resolve {
        /// Who says so.
        by: Person,
        /// How.
        resolution: Resolution,
        /// Why.
        note: Option<String>,
    },
}

/// The last attempt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// From 1.
    pub number: u32,
    /// What it set out to do.
    pub plan: Plan,
    /// The bot that made it.
    #[serde(default)]
    pub worker: String,
}

/// One effect.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Effects {
    /// The wish.
    pub effect: Option<Effect>,
    /// How it stands.
    pub state: EffectState,
    /// The last attempt.
    pub attempt: Option<Attempt>,
    /// How many attempts there were.
    pub attempts: u32,
    /// How often it did not work since it was claimed or requeued: attempts, and looks before an attempt.
    pub tries: u32,
    /// How often an operator requeued it.
    pub requeues: u32,
    /// What the first attempt of all found before anything was changed.
    pub before: Option<Option<Permission>>,
    /// When to try again or look.
    pub due: Option<Timestamp>,
    /// What was said last.
    pub why: Option<String>,
}

impl Effects {
    fn parked(&self) -> Result<(), Denied> {
        if self.state == EffectState::Parked {
            return Ok(());
        }
        Err(Violation::NotParked { state: self.state.as_str().to_owned() }.into())
    }

    fn open_event(&self, event: impl FnOnce(&Effect) -> EffectEvent) -> Vec<EffectEvent> {
        self.effect.as_ref().filter(|_| self.state.is_open()).map(event).into_iter().collect()
    }
}

fn operator(by: &Person, action: &str) -> Result<(), Denied> {
    if by.is(Role::Admin) {
        return Ok(());
    }
    Err(Violation::RoleRequired { action: action.to_owned(), role: "an admin".to_owned() }.into())
}

/// What an operator said, where they said anything; others read it.
fn said(note: Option<String>) -> Result<Option<String>, Denied> {
    let note = note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
    match note.as_deref().and_then(|note| text_fault(Field::Reason, note, REASON_MAX)) {
        Some(fault) => Err(fault.into()),
        None => Ok(note),
    }
}

/// What is put off is put off until a time to come, whoever reckoned it: a time that has passed would be due at once, be put
/// off again, and fill the log.
fn to_come(at: Timestamp, now: Timestamp) -> Timestamp {
    const FLOOR: SignedDuration = SignedDuration::from_secs(1);
    if at > now { at } else { now.checked_add(FLOOR).unwrap_or(Timestamp::MAX) }
}

impl Aggregate for Effects {
    const CATEGORY: &'static str = "effect";
    type Command = EffectCommand;
    type Event = EffectEvent;

    fn decide(&self, command: EffectCommand, now: Timestamp) -> Result<Vec<EffectEvent>, Denied> {
        use EffectCommand as C;
        Ok(match command {
            C::Claim { effect, worker } if self.effect.is_none() => {
                vec![EffectEvent::EffectClaimed { effect, worker }]
            }
            C::Claim { .. } => vec![],
            C::Attempt { seen, .. } if seen != self.attempts => vec![],
            C::Attempt { plan, worker, seen } => {
                self.open_event(|_| EffectEvent::EffectAttempted { attempt: seen + 1, plan, worker })
            }
            C::Succeed { outcome } => {
                self.open_event(|effect| EffectEvent::EffectSucceeded { effect: effect.clone(), outcome })
            }
            C::Defer { why, retry_at, pause } => {
                let retry_at = to_come(retry_at, now);
                self.open_event(|_| EffectEvent::EffectDeferred { why, retry_at, pause })
            }
            C::Doubt { why, look_at } => {
                let look_at = look_at.max(now);
                self.open_event(|_| EffectEvent::EffectUnknown { why, look_at })
            }
            C::Park { why, rejected, told } => self.open_event(|effect| {
                let effect = effect.clone();
                EffectEvent::EffectParked { effect, why, rejected, told }
            }),
            C::Requeue { by } => {
                operator(&by, "requeue an effect")?;
                self.parked()?;
                vec![EffectEvent::EffectRequeued { by: by.id }]
            }
            C::Resolve { by, resolution, note } => {
                operator(&by, "resolve an effect")?;
                self.parked()?;
                let note = said(note)?;
                let effect = self.effect.clone();
                let before = self.before.flatten();
                let resolved =
                    |effect| EffectEvent::EffectResolved { effect, by: by.id, resolution, note, before };
                effect.map(resolved).into_iter().collect()
            }
        })
    }

    fn evolve(&mut self, event: &EffectEvent, _at: Timestamp) {
        self.state = match event {
            EffectEvent::EffectClaimed { effect, .. } => {
                self.effect = Some(effect.clone());
                EffectState::Claimed
            }
            EffectEvent::EffectAttempted { attempt, plan, worker } => {
                self.attempts = *attempt;
                if let (None, Plan::Permission(plan)) = (self.before, plan) {
                    self.before = Some(plan.present());
                }
                self.attempt = Some(Attempt { number: *attempt, plan: plan.clone(), worker: worker.clone() });
                EffectState::Attempted
            }
            EffectEvent::EffectSucceeded { .. } => EffectState::Succeeded,
            EffectEvent::EffectDeferred { why, retry_at, .. } => {
                self.why = Some(why.clone());
                self.due = Some(*retry_at);
                self.tries += 1;
                EffectState::Deferred
            }
            EffectEvent::EffectUnknown { why, look_at } => {
                self.why = Some(why.clone());
                self.due = Some(*look_at);
                self.tries += 1;
                EffectState::Unknown
            }
            EffectEvent::EffectParked { why, .. } => {
                self.why = Some(why.clone());
                EffectState::Parked
            }
            EffectEvent::EffectRequeued { .. } => {
                self.tries = 0;
                self.requeues += 1;
                // A parked effect may have been done after all: what was attempted before is looked up first.
                if self.attempt.is_some() { EffectState::Unknown } else { EffectState::Claimed }
            }
            EffectEvent::EffectResolved { .. } => EffectState::Resolved,
        };
        if !matches!(self.state, EffectState::Deferred | EffectState::Unknown)
            || matches!(event, EffectEvent::EffectRequeued { .. })
        {
            self.due = None;
        }
    }

    /// Every step of an effect that takes access away, not only its claim.
    fn is_urgent(&self, command: &EffectCommand) -> bool {
        let effect = match command {
            EffectCommand::Claim { effect, .. } => Some(effect),
            _ => self.effect.as_ref(),
        };
        effect.is_some_and(Effect::is_urgent)
    }
}

#[cfg(test)]
mod tests {
    use super::EffectCommand::{Attempt, Claim, Defer, Doubt, Park, Requeue, Resolve, Succeed};
    use super::*;
    use crate::access::example::person;
    use crate::effect::PermissionTask;
    use crate::ports::PermissionPlan;
    use crate::request::Code;
    use crate::testing::{given, noon};
    use uuid::Uuid;

    fn effect() -> Effect {
        Effect::SetPermission {
            code: Code::candidate(Uuid::from_u128(1), 0),
            account: "acc".to_owned(),
            repository: "infra".to_owned(),
            repository_id: None,
            task: PermissionTask::Grant { permission: Permission::Write },
        }
    }

    fn plan() -> Plan {
        Plan::Permission(PermissionPlan::between(
            "acc",
            "infra",
            Some(Permission::Read),
            Some(Permission::Write),
        ))
    }

    fn claimed() -> Vec<EffectEvent> {
        vec![EffectEvent::EffectClaimed { effect: effect(), worker: "one".to_owned() }]
    }

    fn made(attempt: u32, plan: Plan) -> EffectEvent {
        EffectEvent::EffectAttempted { attempt, plan, worker: "one".to_owned() }
    }

    fn attempt(seen: u32) -> EffectCommand {
        Attempt { plan: plan(), worker: "one".to_owned(), seen }
    }

    fn attempted() -> Vec<EffectEvent> {
        [claimed(), vec![made(1, plan())]].concat()
    }

    fn parked() -> Vec<EffectEvent> {
        let parked =
            EffectEvent::EffectParked { effect: effect(), why: "403".to_owned(), rejected: true, told: None };
        [attempted(), vec![parked]].concat()
    }

    fn admin() -> Person {
        Person { roles: [Role::Admin].into(), ..person("root", &[]) }
    }

    #[test]
    fn whoever_claims_second_gets_nothing() {
        let claim = |worker: &str| Claim { effect: effect(), worker: worker.to_owned() };
        given::<Effects>([]).when(claim("one")).then(claimed());
        given::<Effects>(claimed()).when(claim("two")).then_nothing();
    }

    #[test]
    fn attempts_are_numbered_and_the_first_ones_finding_is_kept() {
        given::<Effects>(claimed()).when(attempt(0)).then([made(1, plan())]);
        let again = Plan::Permission(PermissionPlan::between(
            "acc",
            "infra",
            Some(Permission::Write),
            Some(Permission::Write),
        ));
        let mut history = attempted();
        history.push(EffectEvent::EffectUnknown { why: "time-out".to_owned(), look_at: noon() });
        history.push(made(2, again));
        assert_eq!(given::<Effects>(history).state().before, Some(Some(Permission::Read)));
    }

    #[test]
    fn of_two_bots_at_the_same_effect_one_makes_the_attempt() {
        given::<Effects>(attempted()).when(attempt(0)).then_nothing();
        given::<Effects>(attempted()).when(attempt(1)).then([made(2, plan())]);
    }

    #[test]
    fn a_time_out_is_a_doubt_and_not_an_outcome() {
        let doubt = Doubt { why: "time-out".to_owned(), look_at: noon() };
        let unknown = EffectEvent::EffectUnknown { why: "time-out".to_owned(), look_at: noon() };
        given::<Effects>(attempted()).when(doubt).then([unknown.clone()]);
        let after = given::<Effects>([attempted(), vec![unknown]].concat());
        assert_eq!(
            (after.state().state, after.state().tries, after.state().due),
            (EffectState::Unknown, 1, Some(noon()))
        );
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(256))]

        #[test]
        fn trust_c6_nothing_is_put_off_until_a_time_that_has_passed(
            by in proptest::prop_oneof![1 => proptest::strategy::Just(0_i64), 9 => -200_000_i64..200_000],
        ) {
            let asked_for = noon() + SignedDuration::from_secs(by);
            let defer = Defer { why: String::new(), retry_at: asked_for, pause: None };
            let events = given::<Effects>(attempted()).when(defer).events();
            let [EffectEvent::EffectDeferred { retry_at, .. }] = events.as_slice() else { panic!("{events:?}") };
            proptest::prop_assert!(*retry_at > noon() && *retry_at >= asked_for);
            proptest::prop_assert!(by <= 0 || *retry_at == asked_for);
            let doubt = Doubt { why: String::new(), look_at: asked_for };
            let events = given::<Effects>(attempted()).when(doubt).events();
            let [EffectEvent::EffectUnknown { look_at, .. }] = events.as_slice() else { panic!("{events:?}") };
            proptest::prop_assert_eq!(*look_at, asked_for.max(noon()));
        }
    }

    #[test]
    fn what_is_over_stays_over() {
        let outcome = Outcome::PermissionIs { now: Some(Permission::Write), before: None };
        let succeed = || Succeed { outcome: outcome.clone() };
        let succeeded = EffectEvent::EffectSucceeded { effect: effect(), outcome: outcome.clone() };
        given::<Effects>(attempted()).when(succeed()).then([succeeded.clone()]);
        let over = given::<Effects>([attempted(), vec![succeeded]].concat());
        over.when(succeed()).then_nothing();
        over.when(Defer { why: String::new(), retry_at: noon(), pause: None }).then_nothing();
        over.when(Park { why: String::new(), rejected: false, told: None }).then_nothing();
    }

    #[test]
    fn an_operator_requeues_what_is_parked_and_it_is_looked_up_first() {
        let requeued = EffectEvent::EffectRequeued { by: admin().id };
        given::<Effects>(parked()).when(Requeue { by: admin() }).then([requeued.clone()]);
        let after = given::<Effects>([parked(), vec![requeued]].concat());
        assert_eq!((after.state().state, after.state().tries), (EffectState::Unknown, 0));
        let not_parked = Violation::NotParked { state: "attempted".to_owned() };
        given::<Effects>(attempted()).when(Requeue { by: admin() }).then_denied([not_parked]);
        let role =
            Violation::RoleRequired { action: "requeue an effect".to_owned(), role: "an admin".to_owned() };
        given::<Effects>(parked()).when(Requeue { by: person("erin", &[]) }).then_denied([role]);
    }

    #[test]
    fn an_operator_resolves_what_was_done_by_hand_and_the_old_permission_is_not_forgotten() {
        let resolve = Resolve { by: admin(), resolution: Resolution::Done, note: None };
        given::<Effects>(parked()).when(resolve).then([EffectEvent::EffectResolved {
            effect: effect(),
            by: admin().id,
            resolution: Resolution::Done,
            note: None,
            before: Some(Permission::Read),
        }]);
    }

    #[test]
    fn the_words_of_the_states_are_read_back_and_four_are_open() {
        for state in EffectState::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
        }
        assert!("".parse::<EffectState>().is_err() && "new".parse::<EffectState>().is_err());
        let open: Vec<_> = EffectState::ALL.into_iter().filter(|state| state.is_open()).collect();
        assert_eq!(
            open,
            [EffectState::Claimed, EffectState::Attempted, EffectState::Deferred, EffectState::Unknown]
        );
    }

    #[test]
    fn nothing_is_attempted_that_nobody_claimed_or_that_is_parked() {
        given::<Effects>([]).when(attempt(0)).then_nothing();
        given::<Effects>(parked()).when(attempt(1)).then_nothing();
    }

    #[test]
    fn every_time_it_did_not_work_counts_until_an_operator_requeues_it() {
        let (retry_at, look_at) = (noon() + SignedDuration::from_secs(60), noon());
        let deferred = || EffectEvent::EffectDeferred { why: "503".to_owned(), retry_at, pause: None };
        let unknown = EffectEvent::EffectUnknown { why: "time-out".to_owned(), look_at };
        let mut history = [claimed(), vec![deferred(), deferred(), unknown, made(1, plan())]].concat();
        let seen = |history: &[EffectEvent]| {
            let state = given::<Effects>(history.to_vec()).state().clone();
            (state.state, state.tries, state.requeues, state.due)
        };
        assert_eq!(seen(&history[..3]), (EffectState::Deferred, 2, 0, Some(retry_at)));
        assert_eq!(seen(&history), (EffectState::Attempted, 3, 0, None), "it is being made");
        history.push(parked().pop().unwrap());
        history.push(EffectEvent::EffectRequeued { by: admin().id });
        assert_eq!(seen(&history), (EffectState::Unknown, 0, 1, None), "it is looked up at once");
        history.push(parked().pop().unwrap());
        history.push(EffectEvent::EffectRequeued { by: admin().id });
        assert_eq!(seen(&history).2, 2);
        let never =
            [claimed(), vec![parked().pop().unwrap(), EffectEvent::EffectRequeued { by: admin().id }]];
        assert_eq!(seen(&never.concat()).0, EffectState::Claimed, "there is nothing to look up");
    }

    #[test]
    fn every_step_of_what_takes_access_away_may_use_the_reserve_of_space() {
        let of = |task| {
            let Effect::SetPermission { code, account, repository, repository_id, .. } = effect() else {
                panic!("a permission is set")
            };
            Effect::SetPermission { code, account, repository, repository_id, task }
        };
        for (task, urgent) in [
            (PermissionTask::Grant { permission: Permission::Write }, false),
            (PermissionTask::End, true),
            (PermissionTask::EndAgain { left: None }, true),
        ] {
            let claim = Claim { effect: of(task), worker: "one".to_owned() };
            assert_eq!(Effects::default().is_urgent(&claim), urgent, "{task:?}");
            let claimed = EffectEvent::EffectClaimed { effect: of(task), worker: "one".to_owned() };
            assert_eq!(given::<Effects>([claimed]).state().is_urgent(&attempt(0)), urgent, "{task:?}");
        }
        assert!(!Effects::default().is_urgent(&attempt(0)));
    }

    #[test]
    fn trust_e3_a_note_that_says_nothing_is_none_and_one_that_deceives_is_refused() {
        let resolve = |note: &str| Resolve {
            by: admin(),
            resolution: Resolution::Abandoned,
            note: Some(note.to_owned()),
        };
        let noted = |note: &str| {
            let events = given::<Effects>(parked()).when(resolve(note)).events();
            let [EffectEvent::EffectResolved { note, .. }] = events.as_slice() else { panic!("{events:?}") };
            note.clone()
        };
        assert_eq!((noted("  "), noted(" by hand ")), (None, Some("by hand".to_owned())));
        let character = "U+202E".to_owned();
        let fault = Violation::BadCharacter { field: Field::Reason, character, place: 4 };
        given::<Effects>(parked()).when(resolve("by \u{202e}hand")).then_denied([fault]);
    }
}
