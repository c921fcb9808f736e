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
    /// Somebody was asked back. Whatever they were asked before is over.
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
    },
    /// They wanted something else.
    QuestionDropped {
        /// The interaction in which they said so.
        by: Uuid,
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
        /// The question, where a button names it.
        question: Option<Code>,
        /// The interaction in which they answer.
        by: Uuid,
        /// What they said.
        answer: String,
    },
    /// Forget about it.
    Drop {
        /// The interaction in which they say so.
        by: Uuid,
    },
}

/// What one person was asked at one place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Questions {
    /// The question that waits, and until when.
    pub open: Option<(Question, Timestamp)>,
    /// The last one that was answered or dropped, and by which interaction: the same interaction means the same question.
    pub over: Option<(Question, Uuid)>,
}

impl Questions {
    /// The stream of somebody at a place.
    pub fn id(person: &PrincipalId, place: &str) -> Uuid {
        derived_id(PLACES, &format!("{person} {place}"))
    }

    /// The question that this interaction is the answer to, if any: the one it was taken for, else the one that waits.
    pub fn of(&self, interaction: Uuid, now: Timestamp) -> Option<&Question> {
        let taken = self.over.as_ref().filter(|(_, by)| *by == interaction).map(|(question, _)| question);
        taken.or_else(|| self.open.as_ref().filter(|(_, until)| now < *until).map(|(question, _)| question))
    }
}

impl Aggregate for Questions {
    const CATEGORY: &'static str = "question";
    type Command = QuestionCommand;
    type Event = QuestionEvent;

    fn decide(&self, command: QuestionCommand, now: Timestamp) -> Result<Vec<QuestionEvent>, Denied> {
        let open = self.open.as_ref().filter(|(_, until)| now < *until).map(|(question, _)| question);
        match (command, open) {
            (QuestionCommand::Ask(question), _) => Ok(vec![QuestionEvent::QuestionAsked { question }]),
            (QuestionCommand::Answer { question, by, answer }, Some(open))
                if question.as_ref().is_none_or(|id| *id == open.id) =>
            {
                Ok(vec![QuestionEvent::QuestionAnswered { by, answer }])
            }
            (QuestionCommand::Answer { .. }, _) => Err(Violation::QuestionOver.into()),
            (QuestionCommand::Drop { by }, Some(_)) => Ok(vec![QuestionEvent::QuestionDropped { by }]),
            (QuestionCommand::Drop { .. }, None) => Ok(vec![]),
        }
    }

    fn evolve(&mut self, event: &QuestionEvent, at: Timestamp) {
        match event {
            QuestionEvent::QuestionAsked { question } => {
                let until = at.checked_add(PATIENCE).unwrap_or(Timestamp::MAX);
                self.open = Some((Question::clone(question), until));
            }
            QuestionEvent::QuestionAnswered { by, .. } | QuestionEvent::QuestionDropped { by } => {
                self.over = self.open.take().map(|(question, _)| (question, *by));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::QuestionCommand::{Answer, Ask, Drop};
    use super::*;
    use crate::testing::{given, noon};

    pub(crate) fn question(number: u128) -> Question {
        Question {
            id: Code::candidate(Uuid::from_u128(number), 0),
            about: About::Part(Field::Repository),
            wish: Some(Box::default()),
            offers: vec![Offer { label: "web-shop".to_owned(), say: "web-shop".to_owned() }],
            within: Within::default(),
        }
    }

    fn asked(number: u128) -> QuestionEvent {
        QuestionEvent::QuestionAsked { question: Box::new(question(number)) }
    }

    fn answer(number: Option<u128>) -> QuestionCommand {
        let question = number.map(|number| question(number).id);
        Answer { question, by: Uuid::from_u128(7), answer: "web-shop".to_owned() }
    }

    fn answered() -> QuestionEvent {
        QuestionEvent::QuestionAnswered { by: Uuid::from_u128(7), answer: "web-shop".to_owned() }
    }

    #[test]
    fn trust_c2_an_answer_is_for_the_question_that_was_asked_last() {
        given::<Questions>([]).when(Ask(Box::new(question(1)))).then([asked(1)]);
        given::<Questions>([asked(1)]).when(answer(None)).then([answered()]);
        given::<Questions>([asked(1)]).when(answer(Some(1))).then([answered()]);
        given::<Questions>([asked(1), asked(2)]).when(answer(Some(1))).then_denied([Violation::QuestionOver]);
        given::<Questions>([asked(1), answered()])
            .when(answer(Some(1)))
            .then_denied([Violation::QuestionOver]);
        given::<Questions>([]).when(answer(None)).then_denied([Violation::QuestionOver]);
    }

    #[test]
    fn trust_c3_a_question_is_answered_in_the_talk_in_which_it_was_asked() {
        let code = |number| Code::candidate(Uuid::from_u128(number), 0);
        let within = |thread: Option<&str>, about: Option<u128>| Within {
            thread: thread.map(str::to_owned),
            about: about.map(code),
        };
        let (one, two) = (Some("1700.1"), Some("1700.2"));
        for (asked, said) in [
            // In the thread of a request, also before its card was there.
            (within(one, Some(1)), within(one, Some(1))),
            (within(one, None), within(one, Some(1))),
            // In whatever thread, where none is about a request.
            (within(one, None), within(two, None)),
            (within(None, None), within(one, None)),
            // Where there are no threads, and no card is answered to.
            (within(None, Some(1)), within(None, None)),
            (within(None, Some(1)), within(None, Some(1))),
        ] {
            assert!(asked.hears(&said), "{asked:?} {said:?}");
        }
        for (asked, said) in [
            (within(one, Some(1)), within(two, Some(2))),
            (within(one, Some(1)), within(two, None)),
            (within(one, None), within(two, Some(2))),
            (within(one, Some(1)), within(None, None)),
            (within(None, None), within(one, Some(1))),
            // A reply to another card.
            (within(None, Some(1)), within(None, Some(2))),
            (within(None, None), within(None, Some(2))),
            (within(one, Some(1)), within(one, Some(2))),
        ] {
            assert!(!asked.hears(&said), "{asked:?} {said:?}");
        }
    }

    #[test]
    fn trust_c2_a_question_is_over_after_an_hour_and_when_it_is_dropped() {
        let state = given::<Questions>([asked(1)]).state().clone();
        let other = Uuid::from_u128(9);
        assert_eq!(state.of(other, noon() + 59.minutes()), Some(&question(1)));
        assert_eq!(state.of(other, noon() + 60.minutes()), None);
        given::<Questions>([asked(1)])
            .at(noon() + 60.minutes())
            .when(answer(None))
            .then_denied([Violation::QuestionOver]);
        let drop = || Drop { by: Uuid::from_u128(7) };
        given::<Questions>([asked(1)])
            .when(drop())
            .then([QuestionEvent::QuestionDropped { by: Uuid::from_u128(7) }]);
        given::<Questions>([]).when(drop()).then_nothing();
    }

    #[test]
    fn trust_c2_the_same_interaction_means_the_same_question_however_often_it_is_carried_out() {
        let state = given::<Questions>([asked(1), answered(), asked(2)]).state().clone();
        assert_eq!(state.of(Uuid::from_u128(7), noon()), Some(&question(1)));
        assert_eq!(state.of(Uuid::from_u128(8), noon()), Some(&question(2)));
    }
}
