//! A conversation: its last turns, each with how far it is. Two people who go on at once have a turn each; what a model is told of
//! the talk are the turns that were over when one was asked.

use std::collections::{BTreeMap, VecDeque};
use std::num::NonZeroU32;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    AgentName, Answer, AnswerKind, Asked, ConversationCommand, ConversationEvent, Source, WhyStopped,
};
use crate::aggregate::Aggregate;
use crate::denied::Denied;
use crate::names::PrincipalId;
use crate::ports::{Crossing, FindingKind, Generation, Place, Usage};

/// So many turns are remembered: what was said before is in the log, and no model is told of it.
pub const REMEMBERED: usize = 24;

/// Why a turn was refused about which nobody could say that it may be.
pub(super) const UNSEEN: &str = "unseen";

/// How far a turn is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum TurnStage {
    /// The documents are being searched.
    #[default]
    Searching,
    /// A model is being asked.
    Thinking,
    /// It is answered.
    Answered,
    /// It was stopped.
    Stopped,
    /// It is not talked about.
    Refused,
    /// It could not be answered.
    Failed,
}

impl TurnStage {
    /// Whether nothing of it goes on.
    pub const fn is_over(self) -> bool {
        !matches!(self, Self::Searching | Self::Thinking)
    }

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// One question, with what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// Which.
    pub id: Uuid,
    /// What was asked.
    pub asked: Asked,
    /// When.
    pub at: Timestamp,
    /// How far it is.
    pub stage: TurnStage,
    /// What was asked, where something of it is masked for models.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub masked: Option<String>,
    /// By what the documents were searched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<Generation>,
    /// What was found.
    pub passages: Vec<Source>,
    /// Whether who asked could read more in private.
    pub elsewhere: bool,
    /// How many steps were begun.
    pub steps: u32,
    /// How many of them came to nothing.
    pub failed_steps: u32,
    /// What it has taken.
    pub usage: Usage,
    /// The answer; what had been said where it was stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// Why it was stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<WhyStopped>,
    /// In a word, why it could not be answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
    /// Who says how good the answer is.
    pub rated: BTreeMap<PrincipalId, bool>,
    /// What the ticket of it is opened for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handed_over: Option<Uuid>,
    /// The ticket's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<u64>,
}

impl Turn {
    /// What a model is told was asked.
    pub fn text(&self) -> &str {
        self.masked.as_deref().unwrap_or(&self.asked.text)
    }

    /// Whether words of others were found for it.
    const fn is_tainted(&self) -> bool {
        !self.passages.is_empty()
    }

    /// The step that is being done, or is next.
    pub fn step(&self) -> NonZeroU32 {
        NonZeroU32::MIN.saturating_add(self.steps)
    }
}

/// One conversation: the fold of its events.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    /// Where it is, in a chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Who answers; nothing where nobody began it.
    pub agent: Option<AgentName>,
    /// The last turns, oldest first.
    pub turns: VecDeque<Turn>,
}

impl Aggregate for Conversation {
    const CATEGORY: &'static str = "conversation";
    type Command = ConversationCommand;
    type Event = ConversationEvent;

    fn decide(&self, command: ConversationCommand, _: Timestamp) -> Result<Vec<ConversationEvent>, Denied> {
        use ConversationCommand as C;
        match command {
            C::Ask { turn, asked, place, agent, limits } => self.ask(turn, asked, (place, agent), &limits),
            C::TakeFound { turn, found, asker } => Ok(self.take_found(turn, *found, asker.is_some())),
            C::TakeStep { turn, step, said, passages, known, asker } => {
                let taken = super::step::Taken { said: *said, passages: &passages, known: &known };
                Ok(self.take_step((turn, step), taken, asker.is_some()))
            }
            C::Fail { turn, class } => Ok(self.fail(turn, class)),
            C::Stop { by, turn, kept } => self.stop(&by, turn, kept),
            C::Leave { id, name } => Ok(self.leave(&id, &name)),
            C::Rate { by, turn, good, reason } => self.rate(&by, turn, good, reason),
            C::Share { by, turn, place, into, audience } => self.share(&by, turn, place, (into, audience)),
            C::HandOver { by, turn, marker, alone } => self.hand_over(&by, turn, (marker, alone)),
            C::Ticketed { turn, number } => Ok(self.ticketed(turn, number)),
        }
    }

    fn evolve(&mut self, event: &ConversationEvent, at: Timestamp) {
        use ConversationEvent as E;
        match event {
            E::ConversationOpened { place, agent, .. } => {
                self.place.clone_from(place);
                self.agent = Some(agent.clone());
            }
            E::TurnAsked { turn, asked } => self.begin(*turn, asked, at),
            event => {
                let turn = event.turn();
                if let Some(turn) = self.turns.iter_mut().find(|known| Some(known.id) == turn) {
                    turn.go_on(event);
                }
            }
        }
    }
}

impl Conversation {
    /// A turn that is remembered.
    pub fn turn(&self, id: Uuid) -> Option<&Turn> {
        self.turns.iter().find(|turn| turn.id == id)
    }

    /// The turns that are being answered.
    pub fn running(&self) -> impl Iterator<Item = &Turn> {
        self.turns.iter().filter(|turn| !turn.stage.is_over())
    }

    /// The turns that were answered before this one was asked, oldest first.
    pub fn before(&self, id: Uuid) -> impl Iterator<Item = &Turn> {
        let turns = self.turns.iter().take_while(move |turn| turn.id != id);
        turns.filter(|turn| turn.stage == TurnStage::Answered)
    }

    /// The turns that a model is told of where this one is asked: those before it that had an answer of the same agent, for the same
    /// readers. What another agent answered is from documents that this one may have been given none of, and for another model.
    pub fn told_before<'a>(&'a self, turn: &'a Turn) -> impl Iterator<Item = &'a Turn> {
        let is_known = |answer: &Answer| answer.kind == AnswerKind::Known;
        let agent = self.answers(turn);
        self.before(turn.id).filter(move |before| {
            before.asked.audience == turn.asked.audience
                && self.answers(before) == agent
                && before.answer.as_ref().is_some_and(is_known)
        })
    }

    /// The name of the agent that answers a turn, in whatever version.
    fn answers<'a>(&'a self, turn: &'a Turn) -> Option<&'a str> {
        turn.asked.agent.as_ref().or(self.agent.as_ref()).map(|agent| &*agent.name)
    }

    /// Whether words of others come to a model in this turn, by what was found for it or by what was said before it, here or by
    /// somebody else: whatever the model wants, they may want.
    pub fn is_tainted(&self, turn: &Turn) -> bool {
        let of_others = |before: &Turn| before.is_tainted() || before.asked.by != turn.asked.by;
        turn.is_tainted() || self.told_before(turn).any(of_others)
    }

    fn begin(&mut self, id: Uuid, asked: &Asked, at: Timestamp) {
        self.turns.push_back(Turn {
            id,
            asked: asked.clone(),
            at,
            stage: TurnStage::Searching,
            masked: None,
            generation: None,
            passages: vec![],
            elsewhere: false,
            steps: 0,
            failed_steps: 0,
            usage: Usage::default(),
            answer: None,
            stopped: None,
            failed: None,
            rated: BTreeMap::new(),
            handed_over: None,
            ticket: None,
        });
        while self.turns.len() > REMEMBERED {
            // What is being answered is not forgotten meanwhile.
            let Some(oldest) = self.turns.iter().position(|turn| turn.stage.is_over()) else { return };
            self.turns.remove(oldest);
        }
    }
}

impl Turn {
    fn go_on(&mut self, event: &ConversationEvent) {
        use ConversationEvent as E;
        match event {
            E::TurnScreened { at: Crossing::Asked, masked, .. } => self.masked.clone_from(masked),
            E::PassagesRetrieved { generation, passages, elsewhere, .. } => {
                self.generation = Some(generation.clone());
                self.passages.clone_from(passages);
                self.elsewhere = *elsewhere;
                self.stage = TurnStage::Thinking;
            }
            E::ModelStepFinished { step, usage, .. } => {
                self.steps = step.get();
                self.usage.read = self.usage.read.saturating_add(usage.read);
                self.usage.written = self.usage.written.saturating_add(usage.written);
                self.usage.said = usage.said;
            }
            E::ModelStepFailed { step, .. } => {
                self.steps = step.get();
                self.failed_steps += 1;
            }
            E::TurnAnswered { answer, .. } => {
                self.stage = TurnStage::Answered;
                self.answer = Some(Answer::clone(answer));
            }
            E::TurnStopped { why, kept, .. } => {
                self.stage = TurnStage::Stopped;
                self.stopped = Some(why.clone());
                self.answer = Some(Answer { text: kept.clone(), ..Answer::default() });
            }
            E::TurnRefused { found, .. } => {
                self.stage = TurnStage::Refused;
                self.failed = found.contains(&FindingKind::Unseen).then(|| UNSEEN.to_owned());
            }
            E::TurnFailed { class, .. } => {
                self.stage = TurnStage::Failed;
                self.failed = Some(class.clone());
            }
            E::TurnRated { by, good, .. } => {
                self.rated.insert(by.clone(), *good);
            }
            E::ConversationHandedOver { marker, .. } => self.handed_over = Some(*marker),
            E::ConversationTicketed { number, .. } => self.ticket = Some(*number),
            E::ConversationOpened { .. }
            | E::TurnAsked { .. }
            | E::TurnScreened { .. }
            | E::ToolProposed { .. }
            | E::TurnShared { .. } => {}
        }
    }
}
