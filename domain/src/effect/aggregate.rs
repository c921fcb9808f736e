//! The life of one effect: claimed, attempted (durable before the call), then succeeded, deferred, uncertain or parked.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{EffectCommand, EffectEvent, EffectState, Fault, Look, Resolution, Wish};
use crate::aggregate::Aggregate;
use crate::denied::{Denied, Field, Violation, text_fault};
use crate::names::PrincipalId;
use crate::request::REASON_MAX;
use crate::tenant::{Person, Role};
use crate::words;

/// After so many attempts in a row that ended with their bot, a person must look.
const MOST_ENDED: u32 = 5;
/// What an operator says was done, and cannot be looked at however often it is tried, is looked at again after so long.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// The last attempt, with a plan of this type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attempt<P> {
    /// From 1.
    pub number: u32,
    /// What it set out to do.
    pub plan: P,
    /// The bot that made it.
    #[serde(default)]
    pub worker: String,
}

/// One effect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Effects<E: Wish> {
    /// The wish.
    pub effect: Option<E>,
    /// How it stands.
    pub state: EffectState,
    /// The last attempt.
    pub attempt: Option<Attempt<E::Plan>>,
    /// How many attempts there were.
    pub attempts: u32,
    /// How often it did not work since it was claimed or requeued: attempts, and looks before an attempt.
    pub tries: u32,
    /// How many of these were no failures, or lie before the last time that it only had to wait.
    #[serde(default)]
    pub fine: u32,
    /// How often it was requeued: by an operator, or because what it was for had come about without it.
    pub requeues: u32,
    /// What the first attempt of all set out to do, where there was another one after it.
    pub first: Option<E::Plan>,
    /// When to try again or look.
    pub due: Option<Timestamp>,
    /// What was said last.
    pub why: Option<String>,
    /// How many attempts in a row ended with their bot, so that nobody knows what came of them.
    #[serde(default)]
    pub ended: u32,
    /// Who says that it was done by hand, until that is read back or seen not to be so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vouched: Option<PrincipalId>,
}

impl<E: Wish> Default for Effects<E> {
    fn default() -> Self {
        Self {
            effect: None,
            state: EffectState::New,
            attempt: None,
            attempts: 0,
            tries: 0,
            fine: 0,
            requeues: 0,
            first: None,
            due: None,
            why: None,
            ended: 0,
            vouched: None,
        }
    }
}

impl<E: Wish> Effects<E> {
    /// What the first attempt of all set out to do, and so what it found before anything was changed.
    pub fn first_plan(&self) -> Option<&E::Plan> {
        self.first.as_ref().or_else(|| self.attempt.as_ref().map(|attempt| &attempt.plan))
    }

    /// How many failures in a row there were, with one more.
    pub const fn failures_with_this_one(&self) -> u32 {
        self.tries.saturating_sub(self.fine) + 1
    }

    /// Whether it waits for nothing but a look at what an operator says they have done.
    pub const fn is_vouched_for(&self) -> bool {
        self.vouched.is_some() && self.state.is_open()
    }

    /// Whether it is an operator's to say what becomes of it.
    pub fn is_an_operators(&self) -> bool {
        self.state == EffectState::Parked || self.is_vouched_for()
    }

    /// It is looked at again then; what only waits has not failed.
    fn put_off(&mut self, why: &str, until: Timestamp, waits: bool) {
        (self.why, self.due) = (Some(why.to_owned()), Some(until));
        (self.tries, self.ended) = (self.tries + 1, 0);
        if waits {
            self.fine = self.tries;
        }
    }

    fn must_be_an_operators(&self) -> Result<(), Denied> {
        if self.is_an_operators() {
            return Ok(());
        }
        Err(Fault::NotParked { state: self.state.as_str().to_owned() }.into())
    }

    /// It waits for a person. What an operator vouches for does not: it is looked at again, until that was read back.
    fn park(&self, why: String, rejected: bool, told: Option<String>, now: Timestamp) -> Vec<EffectEvent<E>> {
        if self.vouched.is_some() {
            let look_at = now.checked_add(LOOK_AGAIN).unwrap_or(Timestamp::MAX);
            return self.open_event(|_| EffectEvent::EffectUnknown { why, look_at, ended: false });
        }
        self.open_event(|effect| EffectEvent::EffectParked { effect: effect.clone(), why, rejected, told })
    }

    /// It may have been done. An attempt that ends its bot each time would go on doing so for ever: after some, a person must look.
    fn doubt(&self, why: String, look_at: Timestamp, ended: bool, now: Timestamp) -> Vec<EffectEvent<E>> {
        let times = self.ended + 1;
        if ended && times >= MOST_ENDED {
            // What an operator vouches for as well: a look that ends the bot each time reads nothing back.
            let (why, told) =
                (format!("{why} ({times} times, one after the other)"), words::ends_its_bot(times));
            return self.open_event(|effect| EffectEvent::EffectParked {
                effect: effect.clone(),
                why,
                rejected: false,
                told: Some(told),
            });
        }
        let look_at = look_at.max(now);
        self.open_event(|_| EffectEvent::EffectUnknown { why, look_at, ended })
    }

    /// An operator says how it ends. Of what takes access away, nobody's word says that it is done.
    fn resolve(
        &self,
        by: PrincipalId,
        resolution: Resolution,
        note: Option<String>,
        outcome: Option<E::Outcome>,
    ) -> Vec<EffectEvent<E>> {
        let Some(effect) = self.effect.clone() else { return vec![] };
        if resolution == Resolution::Done && outcome.is_none() && effect.is_urgent() {
            // Who says it again wants it looked at now: what it waits for may have come about by this.
            return vec![if self.is_vouched_for() {
                EffectEvent::EffectRequeued { by }
            } else {
                EffectEvent::EffectVouched { effect, by, note }
            }];
        }
        let first = self.first_plan();
        let before = first.and_then(E::found);
        let outcome = outcome.map(|outcome| match first {
            Some(first) => E::since(outcome, first),
            None => outcome,
        });
        vec![EffectEvent::EffectResolved { effect, by, resolution, note, before, outcome }]
    }

    fn open_event(&self, event: impl FnOnce(&E) -> EffectEvent<E>) -> Vec<EffectEvent<E>> {
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

/// What the look at it says of what shall count as done: what can be seen not to be is not taken on anybody's word.
fn seen<O>(resolution: Resolution, look: Option<Look<O>>) -> Result<Option<O>, Denied> {
    match (resolution, look) {
        (Resolution::Done, Some(Look::Done(outcome))) => Ok(Some(outcome)),
        (Resolution::Done, Some(Look::Otherwise { shown, wanted })) => {
            Err(Fault::NotDone { shown, wanted }.into())
        }
        (Resolution::Done, None) | (Resolution::Abandoned, _) => Ok(None),
    }
}

/// What is put off is put off until a time to come, whoever reckoned it: a time that has passed would be due at once, be put
/// off again, and fill the log.
fn to_come(at: Timestamp, now: Timestamp) -> Timestamp {
    const FLOOR: SignedDuration = SignedDuration::from_secs(1);
    if at > now { at } else { now.checked_add(FLOOR).unwrap_or(Timestamp::MAX) }
}

impl<E: Wish> Aggregate for Effects<E> {
    const CATEGORY: &'static str = "effect";
    type Command = EffectCommand<E>;
    type Event = EffectEvent<E>;

    fn decide(&self, command: EffectCommand<E>, now: Timestamp) -> Result<Vec<EffectEvent<E>>, Denied> {
        use EffectCommand as C;
        Ok(match command {
            C::Claim { effect, worker } if self.effect.is_none() => {
                vec![EffectEvent::EffectClaimed { effect, worker }]
            }
            C::Attempt { seen, .. } if seen != self.attempts => vec![],
            C::Attempt { plan, worker, seen } => {
                self.open_event(|_| EffectEvent::EffectAttempted { attempt: seen + 1, plan, worker })
            }
            C::Succeed { outcome } => {
                self.open_event(|effect| EffectEvent::EffectSucceeded { effect: effect.clone(), outcome })
            }
            C::Defer { why, retry_at, pause } => {
                let retry_at = to_come(retry_at, now);
                self.open_event(|_| EffectEvent::EffectDeferred { why, retry_at, pause, waits: false })
            }
            C::Wait { why, until } => {
                let retry_at = to_come(until, now);
                self.open_event(|_| EffectEvent::EffectDeferred { why, retry_at, pause: None, waits: true })
            }
            C::Doubt { why, look_at, ended } => self.doubt(why, look_at, ended, now),
            C::Park { why, rejected, told } => self.park(why, rejected, told, now),
            C::Requeue { by } => {
                operator(&by, "requeue an effect")?;
                self.must_be_an_operators()?;
                vec![EffectEvent::EffectRequeued { by: by.id }]
            }
            C::Revisit { by } if self.is_an_operators() => vec![EffectEvent::EffectRequeued { by }],
            C::Resolve { by, resolution, note, look } => {
                operator(&by, "resolve an effect")?;
                self.must_be_an_operators()?;
                let (note, outcome) = (said(note)?, seen(resolution, look)?);
                self.resolve(by.id, resolution, note, outcome)
            }
            // Somebody was first.
            C::Claim { .. } | C::Revisit { .. } => vec![],
        })
    }

    fn evolve(&mut self, event: &EffectEvent<E>, at: Timestamp) {
        self.state = match event {
            EffectEvent::EffectClaimed { effect, .. } => {
                self.effect = Some(effect.clone());
                EffectState::Claimed
            }
            EffectEvent::EffectAttempted { attempt, plan, worker } => {
                self.attempts = *attempt;
                let made = Attempt { number: *attempt, plan: plan.clone(), worker: worker.clone() };
                if let Some(before) = self.attempt.replace(made) {
                    self.first.get_or_insert(before.plan);
                }
                if E::changes(plan) {
                    // Whoever said that it was done was wrong: something is still to be done.
                    self.vouched = None;
                }
                EffectState::Attempted
            }
            EffectEvent::EffectSucceeded { .. } => EffectState::Succeeded,
            EffectEvent::EffectDeferred { why, retry_at, waits, .. } => {
                self.put_off(why, *retry_at, *waits);
                EffectState::Deferred
            }
            EffectEvent::EffectUnknown { why, look_at, ended } => {
                self.why = Some(why.clone());
                self.due = Some(*look_at);
                (self.tries, self.ended) = (self.tries + 1, if *ended { self.ended + 1 } else { 0 });
                EffectState::Unknown
            }
            EffectEvent::EffectParked { why, .. } => {
                self.why = Some(why.clone());
                self.vouched = None;
                EffectState::Parked
            }
            EffectEvent::EffectRequeued { .. } => {
                (self.tries, self.fine, self.ended) = (0, 0, 0);
                self.requeues += 1;
                // A parked effect may have been done after all: what was attempted before is looked up first.
                if self.attempt.is_some() { EffectState::Unknown } else { EffectState::Claimed }
            }
            EffectEvent::EffectVouched { by, .. } => {
                self.vouched = Some(by.clone());
                self.due = Some(at);
                self.why = Some(words::vouched_for().to_owned());
                (self.tries, self.fine, self.ended) = (0, 0, 0);
                self.requeues += 1;
                EffectState::Unknown
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
    fn is_urgent(&self, command: &EffectCommand<E>) -> bool {
        let effect = match command {
            EffectCommand::Claim { effect, .. } => Some(effect),
            _ => self.effect.as_ref(),
        };
        effect.is_some_and(E::is_urgent)
    }
}

#[cfg(test)]
mod tests;
