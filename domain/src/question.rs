//! What the bot asked somebody back, and what it had understood until then. It stands in the log, so that the answer finds it
//! after a restart and at any bot; nobody is kept to it for longer than an hour.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::aggregate::{self, Aggregate};
use crate::denied::{Denied, Field, Violation};
use crate::envelope::derived_id;
use crate::heard::Form;
use crate::names::PrincipalId;
use crate::request::Code;

/// For how long a question waits for its answer.
pub const PATIENCE: SignedDuration = SignedDuration::from_hours(1);

/// So many questions of one person wait at one place, each in a talk of its own; the oldest gives way.
pub const TALKS: usize = 8;

/// What the ids of the streams are derived in.
const PLACES: Uuid = Uuid::from_u128(0x1f6e_02b4_9d1c_4f57_8a53_6d0c_55e1_b7d9);

/// A question back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Tells its buttons from those of any other question.
    pub id: Code,
    /// What is asked.
    pub about: About,
    /// The request that is to become of it, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wish: Option<Box<Wish>>,
    /// What can be answered by a button, the likeliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offers: Vec<Offer>,
    /// In which talk of the place it was asked.
    #[serde(default, skip_serializing_if = "Within::is_anywhere")]
    pub within: Within,
}

impl Question {
    /// Whether another one is over once this is asked: one thing is asked at a time in a thread. A draft is no answer to what is asked
    /// about something else, and waits beneath that.
    fn replaces(&self, older: &Self) -> bool {
        let is_beneath = older.wish.is_some() && self.wish.is_none();
        older.within.thread == self.within.thread && !is_beneath
    }
}

/// One of the talks that go on at one place: a thread, or the replies to a card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Within {
    /// The thread, where it is in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// The request whose thread it is, or whose card was answered to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Code>,
}

impl Within {
    /// Whether nothing is said of where it was asked.
    fn is_anywhere(&self) -> bool {
        *self == Self::default()
    }

    /// Whether what is said there can answer what was asked here. What is asked in the talk about one request is answered there;
    /// what is asked in none, in any talk but that about another request. Where there are no threads, whoever answers to no card
    /// answers to what was said last.
    pub fn hears(&self, there: &Self) -> bool {
        match (&self.thread, &there.thread) {
            (Some(asked), Some(said)) if asked == said => {
                self.about.is_none() || there.about.is_none() || self.about == there.about
            }
            (None, None) => there.about.is_none() || self.about == there.about,
            _ => self.about.is_none() && there.about.is_none(),
        }
    }
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// A part of the request.
    Part(Field),
    /// Whether the whole of it is meant like that.
    All,
    /// Which one is meant, or whether it shall be done: each offer is a sentence.
    Which,
}

/// A request that is not complete yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// What was understood so far.
    pub form: Form,
    /// Other repositories that the same is asked for, each by a request of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// Whether one request for each of them was said to be meant.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub each: bool,
    /// What could not be read of it: nothing becomes of the wish before a yes to what was understood without it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<String>,
    /// Whole sentences that were said beside it, each offered once this one is done with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<String>,
    /// The request that is withdrawn when this one is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<Code>,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// What stands on the button.
    pub label: String,
    /// What it answers, or the sentence that is said by it.
    pub say: String,
}

/// The events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
pub enum QuestionEvent {
    /// Somebody was asked back. Whatever they were asked before in the same thread is over, but for a draft that this is not about.
    QuestionAsked {
        /// What.
        question: Box<Question>,
    },
    /// They answered.
    QuestionAnswered {
        /// The interaction in which they did.
        by: Uuid,
        /// What they said.
        answer: String,
        /// Which question; the one asked last, where an older version wrote it, of which one waited.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        question: Option<Code>,
    },
    /// They wanted something else.
    QuestionDropped {
        /// The interaction in which they said so.
        by: Uuid,
        /// Which question, as above.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        question: Option<Code>,
        /// Whether they wanted it elsewhere: in its own thread the question waits on, and is heard nowhere else from then on.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        elsewhere: bool,
    },
}

impl aggregate::Tagged for QuestionEvent {}

/// The commands.
#[derive(Debug, Clone)]
pub enum QuestionCommand {
    /// Ask.
    Ask(Box<Question>),
    /// Take an answer.
    Answer {
        /// The question.
        question: Code,
        /// The interaction in which they answer.
        by: Uuid,
        /// What they said.
        answer: String,
    },
    /// Forget about it.
    Drop {
        /// The question, where one is over.
        question: Option<Code>,
        /// The question of another thread that waits on there and is heard nowhere else any more, if any.
        elsewhere: Option<Code>,
        /// The interaction in which they say so.
        by: Uuid,
    },
}

/// What one person was asked at one place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Questions {
    /// The questions that wait, one a thread and perhaps a draft beneath it, and until when each does; the one asked last stands last.
    open: Vec<(Question, Timestamp)>,
    /// Those that were answered or dropped last, and by which interaction: the same interaction means the same question.
    over: Vec<(Question, Uuid)>,
    /// The one that is heard in other talks as well: what was asked last, until something else was wanted there.
    last: Option<Code>,
}

impl Questions {
    /// The stream of somebody at a place.
    pub fn id(person: &PrincipalId, place: &str) -> Uuid {
        derived_id(PLACES, &format!("{person} {place}"))
    }

    /// The questions that wait, those that nobody answers any more among them until another is asked.
    pub fn open(&self) -> impl Iterator<Item = &Question> {
        self.open.iter().map(|(question, _)| question)
    }

    /// The question that this interaction is the answer to, if any: the one it was taken for, else the one that waits where it is
    /// said.
    pub fn of(&self, interaction: Uuid, within: &Within, now: Timestamp) -> Option<&Question> {
        match self.over.iter().rev().find(|(_, by)| *by == interaction) {
            Some((taken, _)) => Some(taken).filter(|question| question.within.hears(within)),
            None => self.waiting(within, now),
        }
    }

    /// The question of this id, where it waits, or this interaction was taken for its answer.
    pub fn named(&self, id: &Code, interaction: Uuid, now: Timestamp) -> Option<&Question> {
        let taken = self.over.iter().filter(|(_, by)| *by == interaction).map(|(question, _)| question);
        taken.chain(self.open_at(now)).find(|question| question.id == *id)
    }

    /// What waits in a talk: what was asked in its own thread. Where nothing ever was, the one asked last, if it is heard there.
    pub fn waiting(&self, within: &Within, now: Timestamp) -> Option<&Question> {
        self.own(within, now).filter(|question| question.within.hears(within)).or_else(|| {
            let is_talk = self.over.iter().any(|(over, _)| over.within.thread == within.thread);
            self.last_elsewhere(within, now).filter(|_| !is_talk || within.thread.is_none())
        })
    }

    /// What gives way where something else is wanted in a talk: what waits in this very thread, and what was asked last elsewhere
    /// and would be heard here.
    pub fn in_the_way(&self, within: &Within, now: Timestamp) -> [Option<&Question>; 2] {
        [self.own(within, now), self.last_elsewhere(within, now)]
    }

    /// Whether the question of this id waits, wherever it was asked.
    pub fn waits(&self, id: &Code, now: Timestamp) -> bool {
        self.open_at(now).any(|open| open.id == *id)
    }

    /// What waits in this very thread, or where there are none: what was asked last, and a draft only once that is over.
    fn own(&self, within: &Within, now: Timestamp) -> Option<&Question> {
        self.open_at(now).filter(|question| question.within.thread == within.thread).last()
    }

    /// What was asked last, in another thread, and is heard in this one.
    fn last_elsewhere(&self, within: &Within, now: Timestamp) -> Option<&Question> {
        let last = self.open_at(now).find(|question| self.last.as_ref() == Some(&question.id));
        last.filter(|last| last.within.thread != within.thread && last.within.hears(within))
    }

    fn open_at(&self, now: Timestamp) -> impl Iterator<Item = &Question> {
        self.open.iter().filter(move |(_, until)| now < *until).map(|(question, _)| question)
    }

    /// Takes the question out of those that wait.
    fn end(&mut self, question: Option<&Code>, by: Uuid) {
        let found = match question {
            Some(id) => self.open.iter().position(|(open, _)| open.id == *id),
            None => self.open.len().checked_sub(1),
        };
        if let Some(place) = found {
            self.over.push((self.open.remove(place).0, by));
            keep_the_newest(&mut self.over);
        }
    }
}

fn keep_the_newest<T>(all: &mut Vec<T>) {
    all.drain(..all.len().saturating_sub(TALKS));
}

impl Aggregate for Questions {
    const CATEGORY: &'static str = "question";
    type Command = QuestionCommand;
    type Event = QuestionEvent;

    fn decide(&self, command: QuestionCommand, now: Timestamp) -> Result<Vec<QuestionEvent>, Denied> {
        let waits = |id: &Code| self.waits(id, now);
        match command {
            QuestionCommand::Ask(question) => Ok(vec![QuestionEvent::QuestionAsked { question }]),
            QuestionCommand::Answer { question, by, answer } if waits(&question) => {
                Ok(vec![QuestionEvent::QuestionAnswered { by, answer, question: Some(question) }])
            }
            QuestionCommand::Answer { .. } => Err(Violation::QuestionOver.into()),
            QuestionCommand::Drop { question, elsewhere, by } => {
                let both = [(question, false), (elsewhere, true)];
                let waiting = both.into_iter().filter(|(id, _)| id.as_ref().is_some_and(waits));
                let dropped =
                    |(question, elsewhere)| QuestionEvent::QuestionDropped { by, question, elsewhere };
                Ok(waiting.map(dropped).collect())
            }
        }
    }

    fn evolve(&mut self, event: &QuestionEvent, at: Timestamp) {
        match event {
            QuestionEvent::QuestionAsked { question } => {
                let until = at.checked_add(PATIENCE).unwrap_or(Timestamp::MAX);
                self.open.retain(|(older, until)| at < *until && !question.replaces(older));
                self.open.push((Question::clone(question), until));
                keep_the_newest(&mut self.open);
                self.last = Some(question.id.clone());
            }
            QuestionEvent::QuestionDropped { elsewhere: true, .. } => self.last = None,
            QuestionEvent::QuestionAnswered { by, question, .. }
            | QuestionEvent::QuestionDropped { by, question, .. } => self.end(question.as_ref(), *by),
        }
    }
}

#[cfg(test)]
mod tests;
