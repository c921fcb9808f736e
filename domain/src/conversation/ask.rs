//! Somebody asks something: within the limits, and one thing at a time.

use uuid::Uuid;

use super::limits::reached;
use super::{Again, AgentName, Asked, Conversation, ConversationEvent, Fault, Limit, WhyAgain};
use crate::denied::Denied;
use crate::ports::Place;
use crate::text::flat;

/// The longest question, in characters.
pub const MOST_QUESTION: usize = 4_000;
/// So much is repeated of what is being answered.
const REPEATED: usize = 80;

impl Conversation {
    /// The same turn once more is nothing new.
    pub(super) fn ask(
        &self,
        turn: Uuid,
        asked: Box<Asked>,
        (place, agent): (Option<Place>, AgentName),
        limits: &[Limit],
    ) -> Result<Vec<ConversationEvent>, Denied> {
        if self.turn(turn).is_some() {
            return Ok(vec![]);
        }
        if !says_something(&asked.text) {
            return Err(crate::support::Fault::NothingSaid.into());
        }
        let length = asked.text.chars().count();
        if length > MOST_QUESTION {
            return Err(Fault::QuestionTooLong { length, max: MOST_QUESTION }.into());
        }
        if let Some(other) = self.running().find(|other| other.asked.by == asked.by) {
            let asked = other.asked.text.chars().take(REPEATED).collect();
            return Err(Fault::StillAnswering { asked }.into());
        }
        if let Some(Again { turn, why: WhyAgain::Regenerated }) = asked.again {
            let before = self.turn(turn).ok_or(Fault::UnknownTurn)?;
            if before.asked.by != asked.by {
                return Err(Fault::NotYourTurn.into());
            }
        }
        if let Some(fault) = reached(limits) {
            return Err(fault.into());
        }
        let by = asked.by.clone();
        let opened =
            self.agent.is_none().then_some(ConversationEvent::ConversationOpened { place, agent, by });
        Ok(opened.into_iter().chain([ConversationEvent::TurnAsked { turn, asked }]).collect())
    }
}

/// Whether anything is said: spaces, what nobody sees, and marks alone ask nothing.
pub fn says_something(text: &str) -> bool {
    const MARKS: &str = "¿¡…‽？！。、，؟،";
    let is_mark = |c: char| c.is_whitespace() || c.is_ascii_punctuation() || MARKS.contains(c);
    flat(text).chars().any(|c| !is_mark(c))
}

#[cfg(test)]
mod tests {
    use super::super::example::*;
    use super::super::{Allowance, ConversationCommand, Limited, Used, Whose};
    use super::*;
    use crate::testing::{given, noon};

    fn ask(number: u128, asked: Asked) -> ConversationCommand {
        ask_within(number, asked, vec![])
    }

    fn ask_within(number: u128, asked: Asked, limits: Vec<Limit>) -> ConversationCommand {
        let (place, agent) = (Some(place()), agent());
        ConversationCommand::Ask { turn: turn(number), asked: Box::new(asked), place, agent, limits }
    }

    #[test]
    fn the_first_question_opens_it_and_the_same_one_twice_is_one() {
        given::<Conversation>([]).when(ask(1, asked("erin"))).then(begun());
        given::<Conversation>(begun()).when(ask(1, asked("erin"))).then_nothing();
    }

    #[test]
    fn two_people_go_on_at_once_and_one_asks_one_thing_at_a_time() {
        let second = ConversationEvent::TurnAsked { turn: turn(2), asked: Box::new(asked("ada")) };
        given::<Conversation>(begun()).when(ask(2, asked("ada"))).then([second]);
        let still = Fault::StillAnswering { asked: asked("erin").text };
        given::<Conversation>(begun()).when(ask(2, asked("erin"))).then_denied([still.into()]);
        let again = ConversationEvent::TurnAsked { turn: turn(2), asked: Box::new(asked("erin")) };
        given::<Conversation>(answered()).when(ask(2, asked("erin"))).then([again]);
    }

    #[test]
    fn what_is_longer_than_anybody_asks_and_what_is_more_than_there_is_are_told() {
        let long = Asked { text: "😀".repeat(MOST_QUESTION + 1), ..asked("erin") };
        let fault = Fault::QuestionTooLong { length: MOST_QUESTION + 1, max: MOST_QUESTION };
        given::<Conversation>([]).when(ask(1, long)).then_denied([fault.into()]);
        let limit = Limit {
            whose: Whose::Person,
            allowance: Allowance { turns: Some(3), ..Allowance::default() },
            used: Used { turns: 3, ..Used::default() },
            until: noon(),
            day: None,
        };
        let fault =
            Fault::LimitReached { whose: Whose::Person, what: Limited::Turns, most: 3, until: noon() };
        given::<Conversation>([]).when(ask_within(1, asked("erin"), vec![limit])).then_denied([fault.into()]);
    }

    #[test]
    fn another_answer_is_for_who_asked() {
        let again = |by: &str, number| Asked {
            again: Some(Again { turn: turn(number), why: WhyAgain::Regenerated }),
            ..asked(by)
        };
        let wanted = ConversationEvent::TurnAsked { turn: turn(2), asked: Box::new(again("erin", 1)) };
        given::<Conversation>(answered()).when(ask(2, again("erin", 1))).then([wanted]);
        given::<Conversation>(answered())
            .when(ask(2, again("ada", 1)))
            .then_denied([Fault::NotYourTurn.into()]);
        given::<Conversation>(answered())
            .when(ask(2, again("erin", 9)))
            .then_denied([Fault::UnknownTurn.into()]);
    }

    #[test]
    fn a_question_in_which_there_is_nothing_is_refused() {
        for text in ["", " \n\t", "?", "??? !", "\u{200B}", "…", "¿?"] {
            let nothing = Asked { text: text.to_owned(), ..super::super::example::asked("erin") };
            let fault = crate::support::Fault::NothingSaid;
            given::<Conversation>([]).when(ask(1, nothing)).then_denied([fault.into()]);
        }
        for text in ["vpn", "🍕?", "密码？", "7"] {
            assert!(says_something(text), "{text}");
        }
    }
}
