//! What follows from what happens in a conversation.

use std::num::NonZeroU32;

use uuid::Uuid;

use super::{Conversation, ConversationEvent, Effect, Found, Said};
use crate::audience::Audience;
use crate::ports::Place;
use crate::reaction::{Reaction, Then};

/// What follows up on what became of an effect, or of an event.
#[derive(Debug, Clone, PartialEq)]
pub enum FollowUp {
    /// Let a turn take in what was found.
    TakeFound {
        /// In which conversation.
        conversation: Uuid,
        /// In which turn.
        turn: Uuid,
        /// What.
        found: Box<Found>,
    },
    /// Let a turn take in what a model came to.
    TakeStep {
        /// In which conversation.
        conversation: Uuid,
        /// In which turn.
        turn: Uuid,
        /// Which step.
        step: NonZeroU32,
        /// What.
        said: Box<Said>,
    },
    /// Tell a turn that nobody could do what was to be done.
    Fail {
        /// In which conversation.
        conversation: Uuid,
        /// Which turn.
        turn: Uuid,
        /// What it is, in a word.
        class: String,
    },
    /// Ask what a turn asked where others are.
    AskThere {
        /// In which conversation it was asked.
        conversation: Uuid,
        /// In which turn.
        turn: Uuid,
        /// Where.
        place: Option<Place>,
        /// The conversation there.
        into: Uuid,
        /// Who reads it there.
        audience: Audience,
    },
    /// Open a ticket of a turn.
    OpenTicket {
        /// In which conversation.
        conversation: Uuid,
        /// Which turn.
        turn: Uuid,
        /// What it is opened for.
        marker: Uuid,
        /// Whether nothing goes along but what was asked.
        alone: bool,
    },
    /// Tell whoever asked in a chat what came of it.
    TellThere {
        /// In which conversation.
        conversation: Uuid,
        /// Of which turn.
        turn: Uuid,
    },
}

/// What follows from `event`, which led to this state of the conversation `id`.
pub fn react<W: From<Effect>, F: From<FollowUp>>(
    state: &Conversation,
    id: Uuid,
    event: &ConversationEvent,
) -> Vec<Reaction<W, F>> {
    use ConversationEvent as E;
    let perform = |step, effect: Effect| vec![Reaction::new(step, Then::Perform(effect.into()))];
    let follow_up = |step, follow_up: FollowUp| vec![Reaction::new(step, Then::FollowUp(follow_up.into()))];
    let conversation = id;
    match event {
        E::TurnAsked { turn, .. } => perform("search", Effect::SearchDocuments { conversation, turn: *turn }),
        E::PassagesRetrieved { turn, .. } | E::ModelStepFailed { turn, .. } => {
            let goes_on = state.turn(*turn).filter(|turn| !turn.stage.is_over());
            goes_on.map_or_else(Vec::new, |turn| {
                perform("ask", Effect::AskModel { conversation, turn: turn.id, step: turn.step() })
            })
        }
        E::TurnShared { turn, place, into, audience, .. } => {
            let (place, audience) = (place.clone(), audience.clone());
            follow_up("share", FollowUp::AskThere { conversation, turn: *turn, place, into: *into, audience })
        }
        E::ConversationHandedOver { turn, marker, alone, .. } => {
            let (turn, marker, alone) = (*turn, *marker, *alone);
            follow_up("ticket", FollowUp::OpenTicket { conversation, turn, marker, alone })
        }
        E::TurnAnswered { turn, .. }
        | E::TurnStopped { turn, .. }
        | E::TurnRefused { turn, .. }
        | E::TurnFailed { turn, .. }
        | E::ConversationTicketed { turn, .. } => {
            if state.place.is_none() {
                return vec![];
            }
            follow_up("tell", FollowUp::TellThere { conversation, turn: *turn })
        }
        E::ConversationOpened { .. }
        | E::TurnScreened { .. }
        | E::ModelStepFinished { .. }
        | E::ToolProposed { .. }
        | E::TurnRated { .. } => vec![],
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::*;
    use super::*;
    use crate::testing::given;

    type Reactions = Vec<Reaction<Effect, FollowUp>>;

    fn last(history: Vec<ConversationEvent>) -> Reactions {
        let event = history.last().cloned().expect("something happened");
        react(given::<Conversation>(history).state(), turn(7), &event)
    }

    fn steps(reactions: &Reactions) -> Vec<&'static str> {
        reactions.iter().map(|reaction| reaction.step).collect()
    }

    #[test]
    fn a_question_is_searched_for_then_a_model_is_asked_then_it_is_told() {
        assert_eq!(steps(&last(begun())), ["search"]);
        let [Reaction { then: Then::Perform(effect), .. }] = &last(thinking())[..] else {
            panic!("the model is asked")
        };
        assert_eq!(*effect, Effect::AskModel { conversation: turn(7), turn: turn(1), step: NonZeroU32::MIN });
        assert_eq!(steps(&last(answered())), ["tell"]);
    }

    #[test]
    fn a_step_that_failed_is_done_again_for_as_long_as_the_turn_goes_on() {
        let failed = failed_step(1);
        let again: Vec<_> = thinking().into_iter().chain([failed.clone()]).collect();
        let [Reaction { then: Then::Perform(Effect::AskModel { step, .. }), .. }] = &last(again)[..] else {
            panic!("the model is asked again")
        };
        assert_eq!(step.get(), 2);
        let mut over = thinking();
        over.extend([
            failed.clone(),
            ConversationEvent::TurnFailed { turn: turn(1), class: "cut".to_owned() },
        ]);
        let state = given::<Conversation>(over);
        assert!(react::<Effect, FollowUp>(state.state(), turn(7), &failed).is_empty());
    }
}
