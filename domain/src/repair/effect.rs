//! What a repair wishes of the outside: looking at what is held, and putting one difference right.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Became, Drift, FollowUp, Found, Phase, Remedy, RepairCommand, Settled, words};
use crate::effect::{Became as EffectBecame, Wish};
use crate::envelope::{Envelope, derived_id};
use crate::ports::VendorRole;
use crate::reaction::{Reaction, Then};
use crate::request::{Code, Command};

/// What a repair wishes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[serde(tag = "kind", rename_all = "snake_case", bound = "")]
#[strum(serialize_all = "snake_case")]
pub enum Effect<D: Drift> {
    /// Look at what is held where a plan says that it is different.
    LookAtDrift {
        /// Of which request.
        code: Code,
        /// The differences, in the plan's order.
        drifts: Vec<D>,
    },
    /// Put one difference right, if it is still what was countersigned.
    Repair {
        /// Of which request.
        code: Code,
        /// Which of its items.
        item: u32,
        /// What was countersigned.
        shown: D,
        /// What is done about it.
        remedy: Remedy,
    },
}

/// What an attempt is about to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "kind", rename_all = "snake_case", bound = "")]
#[strum(serialize_all = "snake_case")]
pub enum Plan<D: Drift> {
    /// Only look.
    Look,
    /// Set back what is held.
    SetBack {
        /// How.
        change: D::Change,
    },
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "kind", rename_all = "snake_case", bound = "")]
#[strum(serialize_all = "snake_case")]
pub enum Outcome<D: Drift> {
    /// What is held.
    DriftIs(Box<Found<D>>),
    /// It is put right, and that was read back.
    Repaired,
    /// Nothing was done: it is otherwise than was countersigned.
    Otherwise {
        /// What is different now.
        found: Option<D>,
    },
    /// Nothing was done: nobody wants it any more.
    NotWanted,
    /// Nothing was done: whose it is does not belong here any more.
    HolderLeft {
        /// The name people saw.
        name: String,
    },
}

impl<D: Drift> Effect<D> {
    const fn of(&self) -> &Code {
        match self {
            Self::LookAtDrift { code, .. } | Self::Repair { code, .. } => code,
        }
    }

    fn tell<E>(&self, step: &'static str, command: Command<super::Repair<D>>) -> Reaction<E, FollowUp<D>> {
        let tell = FollowUp::Tell { code: self.of().clone(), name: step, command: Box::new(command) };
        Reaction::new(step, Then::FollowUp(tell))
    }

    fn settle<E>(&self, became: Became<D>) -> Vec<Reaction<E, FollowUp<D>>> {
        match self {
            Self::Repair { item, .. } => {
                let settled = vec![Settled { item: *item, became }];
                vec![self.tell("settle", Command::Own(RepairCommand::Settle(settled)))]
            }
            Self::LookAtDrift { .. } => vec![],
        }
    }

    const fn phase(&self) -> Phase {
        match self {
            Self::LookAtDrift { .. } => Phase::Checking,
            Self::Repair { .. } => Phase::Repairing,
        }
    }

    fn fail<E>(&self, why: &str, given_up: bool) -> Vec<Reaction<E, FollowUp<D>>> {
        vec![self.tell("fail", Command::Fail { phase: self.phase(), why: why.to_owned(), given_up })]
    }

    fn vouched<E>(&self, note: &str) -> Vec<Reaction<E, FollowUp<D>>> {
        vec![self.tell("vouch", Command::Vouch { phase: self.phase(), note: note.to_owned() })]
    }
}

impl<D: Drift> Wish for Effect<D> {
    type Plan = Plan<D>;
    type Outcome = Outcome<D>;
    type FollowUp = FollowUp<D>;

    fn kind(&self) -> &'static str {
        self.into()
    }

    fn code(&self) -> Option<&Code> {
        Some(self.of())
    }

    fn lane(&self) -> String {
        match self {
            Self::LookAtDrift { code, .. } => format!("look-up {code}"),
            Self::Repair { shown, .. } => shown.lane(),
        }
    }

    fn calls(&self) -> &'static [VendorRole] {
        match self {
            Self::LookAtDrift { drifts, .. } => drifts.first().map_or(&[], Drift::calls),
            Self::Repair { shown, .. } => shown.calls(),
        }
    }

    fn is_urgent(&self) -> bool {
        matches!(self, Self::Repair { shown, remedy: Remedy::Revert, .. } if shown.takes_away())
    }

    fn is_awaited_by(&self) -> Option<&Code> {
        Some(self.of())
    }

    /// One event has several items carried out.
    fn id(&self, step: &str, cause: &Envelope) -> Uuid {
        match self {
            Self::Repair { item, .. } => derived_id(cause.id, &format!("{step} {item}")),
            Self::LookAtDrift { .. } => derived_id(cause.id, step),
        }
    }

    fn in_words(&self) -> String {
        match self {
            Self::LookAtDrift { drifts, .. } => {
                let titles: Vec<_> = drifts.iter().map(Drift::title).collect();
                format!("look at what is held: {}", crate::words::list(&titles))
            }
            Self::Repair { shown, remedy, .. } => words::to_do(shown, *remedy),
        }
    }

    fn plan_in_words(plan: &Plan<D>) -> String {
        match plan {
            Plan::Look => "read only".to_owned(),
            Plan::SetBack { change } => D::change_in_words(change),
        }
    }

    fn outcome_in_words(outcome: &Outcome<D>) -> String {
        match outcome {
            Outcome::DriftIs(_) | Outcome::Repaired => "Done and read back".to_owned(),
            Outcome::Otherwise { found } => format!("Not done: {}", words::is_now(found.as_ref())),
            Outcome::NotWanted => "Not done: nobody wants it any more".to_owned(),
            Outcome::HolderLeft { name } => format!("Not done: {}", words::has_left(name)),
        }
    }

    fn outcome<E>(&self, became: EffectBecame<'_, Self>) -> Vec<Reaction<E, FollowUp<D>>> {
        match became {
            EffectBecame::Done(Outcome::DriftIs(found)) => {
                let check = FollowUp::Check { code: self.of().clone(), findings: found.clone() };
                vec![Reaction::new("check", Then::FollowUp(check))]
            }
            EffectBecame::Done(Outcome::Repaired) => self.settle(Became::Repaired { by_hand: false }),
            EffectBecame::Done(Outcome::Otherwise { found }) => {
                self.settle(Became::Otherwise { found: found.clone() })
            }
            EffectBecame::Done(Outcome::NotWanted) => vec![],
            EffectBecame::Done(Outcome::HolderLeft { name }) => {
                self.settle(Became::HolderLeft { name: name.clone() })
            }
            EffectBecame::DoneByHand { .. } => self.settle(Became::Repaired { by_hand: true }),
            EffectBecame::Vouched { note } => self.vouched(note),
            EffectBecame::Parked { told, .. } => self.fail(told, false),
            EffectBecame::GivenUp { why } => match self {
                Self::Repair { .. } => self.settle(Became::LeftUndone { why: why.to_owned() }),
                Self::LookAtDrift { .. } => self.fail(why, true),
            },
        }
    }
}

#[cfg(test)]
mod tests;
