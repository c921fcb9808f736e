//! What was found is taken in, and what a model came to is taken for an answer: checked against what it cites, with what it wants done
//! as offers at most. Whoever asked and is gone gets none, and what is over stays as it is.

use std::num::NonZeroU32;

use uuid::Uuid;

use super::cite::{Held, held};
use super::propose::{Known, verdict};
use super::{
    Answer, AnswerKind, Conversation, ConversationEvent, Found, Said, Screening, Spoken, Turn, TurnStage,
    Verdict, WhyStopped,
};
use crate::canonical;
use crate::envelope::Digest;
use crate::ports::Ended;

/// A step is asked for again so often where that may help.
const TRIES_AGAIN: u32 = 1;

/// What a model came to, with what it is held against.
pub(super) struct Taken<'a> {
    pub(super) said: Said,
    pub(super) passages: &'a [Held],
    pub(super) known: &'a [Option<Known>],
}

impl Conversation {
    /// A turn that is at this stage; one that goes on without who asked is stopped instead.
    fn at(&self, id: Uuid, stage: TurnStage, is_there: bool) -> Result<&Turn, Vec<ConversationEvent>> {
        let turn = self.turn(id).filter(|turn| turn.stage == stage).ok_or_else(Vec::new)?;
        if is_there {
            return Ok(turn);
        }
        let (why, kept) = (WhyStopped::Left { name: turn.asked.name.clone() }, String::new());
        Err(vec![ConversationEvent::TurnStopped { turn: id, why, kept }])
    }

    pub(super) fn take_found(&self, id: Uuid, found: Found, is_there: bool) -> Vec<ConversationEvent> {
        if let Err(instead) = self.at(id, TurnStage::Searching, is_there) {
            return instead;
        }
        let Found { screened, generation, passages, elsewhere } = found;
        let mut events: Vec<_> = screened.as_ref().map(|screened| told(id, screened)).into_iter().collect();
        let refused = screened.filter(|screened| screened.refused);
        events.push(match (refused, generation) {
            (Some(screened), _) => refuse(id, &screened),
            (None, None) => ConversationEvent::TurnFailed { turn: id, class: "not_searched".to_owned() },
            (None, Some(generation)) => {
                ConversationEvent::PassagesRetrieved { turn: id, generation, passages, elsewhere }
            }
        });
        events
    }

    pub(super) fn take_step(
        &self,
        (id, step): (Uuid, NonZeroU32),
        taken: Taken<'_>,
        is_there: bool,
    ) -> Vec<ConversationEvent> {
        let turn = match self.at(id, TurnStage::Thinking, is_there) {
            Ok(turn) => turn,
            Err(instead) => return instead,
        };
        if turn.step() != step {
            return vec![];
        }
        match taken.said {
            Said::Failed { fault, detail } => {
                let class = fault.as_str().to_owned();
                let failed = ConversationEvent::ModelStepFailed { turn: id, step, fault, detail };
                let is_over = !fault.is_passing() || turn.failed_steps >= TRIES_AGAIN;
                let over = is_over.then_some(ConversationEvent::TurnFailed { turn: id, class });
                std::iter::once(failed).chain(over).collect()
            }
            Said::Done(spoken) => {
                let tainted = self.is_tainted(turn) || spoken.model.reads_elsewhere();
                turn.answered((step, tainted), *spoken, (taken.passages, taken.known))
            }
        }
    }

    pub(super) fn fail(&self, id: Uuid, class: String) -> Vec<ConversationEvent> {
        let runs = self.turn(id).is_some_and(|turn| !turn.stage.is_over());
        if runs { vec![ConversationEvent::TurnFailed { turn: id, class }] } else { vec![] }
    }
}

impl Turn {
    /// All that follows from a step that was finished.
    fn answered(
        &self,
        (step, tainted): (NonZeroU32, bool),
        spoken: Spoken,
        (passages, known): (&[Held], &[Option<Known>]),
    ) -> Vec<ConversationEvent> {
        let turn = self.id;
        let Spoken { model, text, claims, calls, prompt, why, usage, micros, response, notes, screened } =
            spoken;
        let mut answer = held(&text, &claims, passages);
        let finished = ConversationEvent::ModelStepFinished {
            turn,
            step,
            model,
            text,
            prompt,
            why,
            usage,
            micros,
            response,
        };
        let mut events = vec![finished];
        events.extend(screened.as_ref().map(|screened| told(turn, screened)));
        if let Some(screened) = screened.as_ref().filter(|screened| screened.refused) {
            events.push(refuse(turn, screened));
            return events;
        }
        let all = calls.iter().zip(known.iter().map(Option::as_ref).chain(std::iter::repeat(None)));
        for (call, known) in all.take(MOST_CALLS) {
            let verdict = verdict(known, tainted, answer.offers.len());
            // What is wished twice is one button.
            if let Verdict::Offered { offer } = &verdict
                && !answer.offers.contains(offer)
            {
                answer.offers.push(offer.clone());
            }
            let arguments = canonical::digest(&call.arguments)
                .unwrap_or_else(|| Digest::of(call.arguments.to_string().as_bytes()));
            let (call, tool) = (call.id.clone(), call.tool.chars().take(64).collect());
            events.push(ConversationEvent::ToolProposed { turn, call, tool, arguments, verdict });
        }
        answer.kind = self.kind(&answer);
        answer.notes = notes;
        // What was found and says too little is named: whoever asked looks for themselves.
        let nearest = passages.iter().find(|held| held.readable).map(|held| &held.source);
        answer
            .notes
            .extend(nearest.filter(|_| answer.kind == AnswerKind::Unknown).map(super::words::nearest));
        if why == Ended::Length {
            answer.notes.push("This is as much as I may say at once, so it may end too early.".to_owned());
        }
        events.push(ConversationEvent::TurnAnswered { turn, answer: Box::new(answer) });
        events
    }

    /// What an answer comes to that says so much.
    fn kind(&self, answer: &Answer) -> AnswerKind {
        match answer.kind {
            AnswerKind::Unknown if !answer.offers.is_empty() => AnswerKind::Offered,
            AnswerKind::Unknown if self.elsewhere => AnswerKind::AskInPrivate,
            kind => kind,
        }
    }
}

/// So many calls of a step are looked at: a model that wants a thousand things done is not well.
pub const MOST_CALLS: usize = 16;

fn told(turn: Uuid, screened: &Screening) -> ConversationEvent {
    let Screening { at, policy, found, masked, .. } = screened.clone();
    ConversationEvent::TurnScreened { turn, at, policy, found, masked }
}

fn refuse(turn: Uuid, screened: &Screening) -> ConversationEvent {
    let found = screened.found.iter().map(|finding| finding.kind.clone()).collect();
    ConversationEvent::TurnRefused { turn, at: screened.at, found }
}

#[cfg(test)]
mod tests;
