//! What a conversation wishes of the outside: that documents are searched, and that a model is asked. Neither changes anything there,
//! so what was lost is done once more; and each ends in an outcome, whatever it met, for somebody waits for it.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{FollowUp, Found, Said, Spoken};
use crate::code::Code;
use crate::effect::{Became, Wish};
use crate::ports::{ModelFaultKind, VendorRole};
use crate::reaction::{Reaction, Then};

/// What is wished.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Effect {
    /// Search the documents for what somebody asked.
    SearchDocuments {
        /// In which conversation.
        conversation: Uuid,
        /// In which turn.
        turn: Uuid,
    },
    /// Ask the model.
    AskModel {
        /// In which conversation.
        conversation: Uuid,
        /// In which turn.
        turn: Uuid,
        /// Which step of it.
        step: NonZeroU32,
    },
}

/// What an attempt is about to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Plan {
    /// Look into the index.
    LookIntoIndex {},
    /// Give the model what it needs.
    SpeakToModel {},
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Outcome {
    /// This was found.
    DocumentsSearched(Box<Found>),
    /// Nobody could search.
    NotSearched {
        /// What was said, for those who run the bot.
        detail: String,
    },
    /// The model has said its part.
    ModelSpoke(Box<Spoken>),
    /// The model has not.
    ModelSilent {
        /// What may be concluded.
        fault: ModelFaultKind,
        /// What was said, for those who run the bot.
        detail: String,
    },
    /// The turn was over before, so nobody was asked.
    TurnOver {},
}

impl Effect {
    /// The conversation, and the turn.
    pub const fn turn(&self) -> (Uuid, Uuid) {
        match self {
            Self::SearchDocuments { conversation, turn } | Self::AskModel { conversation, turn, .. } => {
                (*conversation, *turn)
            }
        }
    }

    fn fail<E>(&self, class: &str) -> Vec<Reaction<E, FollowUp>> {
        let ((conversation, turn), class) = (self.turn(), class.to_owned());
        vec![Reaction::new("fail", Then::FollowUp(FollowUp::Fail { conversation, turn, class }))]
    }
}

impl Wish for Effect {
    type Plan = Plan;
    type Outcome = Outcome;
    type FollowUp = FollowUp;

    fn kind(&self) -> &'static str {
        self.into()
    }

    fn code(&self) -> Option<&Code> {
        None
    }

    fn lane(&self) -> String {
        format!("turn {}", self.turn().1)
    }

    fn calls(&self) -> &'static [VendorRole] {
        match self {
            Self::SearchDocuments { .. } => &[VendorRole::Knowledge],
            Self::AskModel { .. } => &[VendorRole::Model],
        }
    }

    fn changes(_: &Plan) -> bool {
        false
    }

    fn in_words(&self) -> String {
        match self {
            Self::SearchDocuments { .. } => "search the documents for what was asked".to_owned(),
            Self::AskModel { step, .. } => format!("ask the model, step {step}"),
        }
    }

    fn plan_in_words(plan: &Plan) -> String {
        match plan {
            Plan::LookIntoIndex {} => "look into the index".to_owned(),
            Plan::SpeakToModel {} => "give the model what it needs".to_owned(),
        }
    }

    fn outcome_in_words(outcome: &Outcome) -> String {
        match outcome {
            Outcome::DocumentsSearched(found) => format!("Found {} passages", found.passages.len()),
            Outcome::NotSearched { detail } => format!("Nobody could search: {detail}"),
            Outcome::ModelSpoke(_) => "The model has said its part".to_owned(),
            Outcome::ModelSilent { fault, detail } => {
                format!("The model has not ({}): {detail}", fault.as_str())
            }
            Outcome::TurnOver {} => "Not done, for it was over before".to_owned(),
        }
    }

    fn outcome<E>(&self, became: Became<'_, Self>) -> Vec<Reaction<E, FollowUp>> {
        let (conversation, turn) = self.turn();
        let take_step = |said| {
            let Self::AskModel { step, .. } = self else { return vec![] };
            let follow_up = FollowUp::TakeStep { conversation, turn, step: *step, said: Box::new(said) };
            vec![Reaction::new("take_step", Then::FollowUp(follow_up))]
        };
        match became {
            Became::Done(Outcome::DocumentsSearched(found)) => {
                let follow_up = FollowUp::TakeFound { conversation, turn, found: found.clone() };
                vec![Reaction::new("take_found", Then::FollowUp(follow_up))]
            }
            Became::Done(Outcome::NotSearched { .. }) => self.fail("not_searched"),
            Became::Done(Outcome::ModelSpoke(spoken)) => take_step(Said::Done(spoken.clone())),
            Became::Done(Outcome::ModelSilent { fault, detail }) => {
                take_step(Said::Failed { fault: *fault, detail: detail.clone() })
            }
            Became::Done(Outcome::TurnOver {}) | Became::Vouched { .. } => vec![],
            Became::Parked { .. } | Became::GivenUp { .. } | Became::DoneByHand { .. } => {
                self.fail("not_done")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::{found_kept, spoken, turn};
    use super::*;

    fn ask_model() -> Effect {
        Effect::AskModel { conversation: turn(7), turn: turn(1), step: NonZeroU32::MIN }
    }

    fn follows(effect: &Effect, became: Became<'_, Effect>) -> Vec<&'static str> {
        let reactions: Vec<Reaction<Effect, FollowUp>> = effect.outcome(became);
        reactions.into_iter().map(|reaction| reaction.step).collect()
    }

    #[test]
    fn whatever_becomes_of_it_the_turn_hears_of_it() {
        let search = Effect::SearchDocuments { conversation: turn(7), turn: turn(1) };
        let found = Outcome::DocumentsSearched(Box::new(found_kept()));
        assert_eq!(follows(&search, Became::Done(&found)), ["take_found"]);
        assert_eq!(follows(&search, Became::Done(&Outcome::NotSearched { detail: String::new() })), ["fail"]);
        let spoke = Outcome::ModelSpoke(Box::new(spoken("It is closed.")));
        assert_eq!(follows(&ask_model(), Became::Done(&spoke)), ["take_step"]);
        let silent = Outcome::ModelSilent { fault: ModelFaultKind::Cut, detail: "reset".to_owned() };
        assert_eq!(follows(&ask_model(), Became::Done(&silent)), ["take_step"]);
        let parked = Became::Parked { why: "a fault of ours", told: "a fault", rejected: false };
        assert_eq!(follows(&ask_model(), parked), ["fail"]);
        assert_eq!(follows(&ask_model(), Became::GivenUp { why: "too late" }), ["fail"]);
        assert_eq!(follows(&ask_model(), Became::Done(&Outcome::TurnOver {})), [""; 0]);
    }

    #[test]
    fn the_steps_of_a_turn_wait_for_each_other_and_change_nothing_outside() {
        let search = Effect::SearchDocuments { conversation: turn(7), turn: turn(1) };
        assert_eq!(search.lane(), ask_model().lane());
        assert!(!Effect::changes(&Plan::SpeakToModel {}) && !Effect::changes(&Plan::LookIntoIndex {}));
        assert_eq!(
            (search.calls(), ask_model().calls()),
            (&[VendorRole::Knowledge][..], &[VendorRole::Model][..])
        );
        assert_eq!(search.kind(), "search_documents");
    }
}
