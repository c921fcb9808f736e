//! What becomes of a turn besides its answer: it is stopped, rated, shared, or handed to a person.

use uuid::Uuid;

use super::{Conversation, ConversationEvent, Fault, Turn, TurnStage, WhyStopped};
use crate::audience::Audience;
use crate::denied::Denied;
use crate::names::PrincipalId;
use crate::person::Person;
use crate::ports::Place;
use crate::request::REASON_MAX;

impl Conversation {
    /// By who asked, or an administrator. The log has one end of a turn: what comes of it later counts for nothing.
    pub(super) fn stop(
        &self,
        by: &Person,
        turn: Option<Uuid>,
        kept: String,
    ) -> Result<Vec<ConversationEvent>, Denied> {
        let last = || self.running().filter(|turn| turn.asked.by == by.id).last();
        let turn = match turn {
            Some(id) => self.known(id)?,
            None => last().ok_or(Fault::TurnOver)?,
        };
        if turn.asked.by != by.id && !by.is_administrator() {
            return Err(Fault::NotYourTurn.into());
        }
        if turn.stage.is_over() {
            return Err(Fault::TurnOver.into());
        }
        let why = WhyStopped::Asked { by: by.id.clone() };
        Ok(vec![ConversationEvent::TurnStopped { turn: turn.id, why, kept }])
    }

    /// Whatever is being answered to who left is answered to nobody.
    pub(super) fn leave(&self, id: &PrincipalId, name: &str) -> Vec<ConversationEvent> {
        let theirs = self.running().filter(|turn| turn.asked.by == *id);
        let stopped = theirs.map(|turn| {
            let why = WhyStopped::Left { name: name.to_owned() };
            ConversationEvent::TurnStopped { turn: turn.id, why, kept: String::new() }
        });
        stopped.collect()
    }

    /// Whoever could read it may say how good it is, and think better of it.
    pub(super) fn rate(
        &self,
        by: &Person,
        turn: Uuid,
        good: bool,
        reason: Option<String>,
    ) -> Result<Vec<ConversationEvent>, Denied> {
        let turn = self.answered(turn, by)?;
        if turn.rated.get(&by.id) == Some(&good) && reason.is_none() {
            return Ok(vec![]);
        }
        let reason = reason.map(|reason| reason.chars().take(REASON_MAX).collect());
        Ok(vec![ConversationEvent::TurnRated { turn: turn.id, by: by.id.clone(), good, reason }])
    }

    /// Only who asked lets others read it: what they are told there is answered for them anew.
    pub(super) fn share(
        &self,
        by: &Person,
        turn: Uuid,
        place: Option<Place>,
        (into, audience): (Uuid, Audience),
    ) -> Result<Vec<ConversationEvent>, Denied> {
        let turn = self.own(turn, by)?;
        Ok(vec![ConversationEvent::TurnShared { turn: turn.id, by: by.id.clone(), place, into, audience }])
    }

    /// Once for a turn, however often it is wanted.
    pub(super) fn hand_over(
        &self,
        by: &Person,
        turn: Uuid,
        (marker, alone): (Uuid, bool),
    ) -> Result<Vec<ConversationEvent>, Denied> {
        let turn = self.own(turn, by)?;
        let handed_over =
            ConversationEvent::ConversationHandedOver { by: by.id.clone(), turn: turn.id, marker, alone };
        Ok(if turn.handed_over.is_some() { vec![] } else { vec![handed_over] })
    }

    pub(super) fn ticketed(&self, turn: Uuid, number: u64) -> Vec<ConversationEvent> {
        let is_new = self.turn(turn).is_some_and(|turn| turn.handed_over.is_some() && turn.ticket.is_none());
        if is_new { vec![ConversationEvent::ConversationTicketed { turn, number }] } else { vec![] }
    }

    fn known(&self, id: Uuid) -> Result<&Turn, Denied> {
        self.turn(id).ok_or_else(|| Fault::UnknownTurn.into())
    }

    /// A turn that is over, of who asked it.
    fn own(&self, id: Uuid, by: &Person) -> Result<&Turn, Denied> {
        let turn = self.known(id)?;
        if turn.asked.by != by.id {
            return Err(Fault::NotYourTurn.into());
        }
        if turn.stage.is_over() { Ok(turn) } else { Err(Fault::TurnNotOver.into()) }
    }

    /// A turn that is answered, and that they can read. To anybody else there is none.
    fn answered(&self, id: Uuid, by: &Person) -> Result<&Turn, Denied> {
        let turn = self.known(id)?;
        match turn.stage {
            _ if !turn.asked.audience.includes(by) => Err(Fault::UnknownTurn.into()),
            TurnStage::Answered => Ok(turn),
            _ => Err(Fault::TurnNotOver.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ConversationCommand as C;
    use super::super::example::*;
    use super::*;
    use crate::testing::given;

    fn stop(by: &str, number: Option<u128>) -> C {
        C::Stop { by: Box::new(somebody(by)), turn: number.map(turn), kept: "The VPN".to_owned() }
    }

    fn stopped(by: &str) -> ConversationEvent {
        let why = WhyStopped::Asked { by: somebody(by).id };
        ConversationEvent::TurnStopped { turn: turn(1), why, kept: "The VPN".to_owned() }
    }

    #[test]
    fn who_asked_stops_it_and_what_comes_later_counts_for_nothing() {
        given::<Conversation>(begun()).when(stop("erin", None)).then([stopped("erin")]);
        given::<Conversation>(begun()).when(stop("erin", Some(1))).then([stopped("erin")]);
        given::<Conversation>(begun()).when(stop("ada", Some(1))).then_denied([Fault::NotYourTurn.into()]);
        given::<Conversation>(begun()).when(stop("ada", None)).then_denied([Fault::TurnOver.into()]);
        given::<Conversation>(begun()).when(stop("erin", Some(9))).then_denied([Fault::UnknownTurn.into()]);
        given::<Conversation>(begun()).when(stop("zoe", Some(1))).then([stopped("zoe")]);
        given::<Conversation>(answered()).when(stop("erin", Some(1))).then_denied([Fault::TurnOver.into()]);
        let late: Vec<_> = thinking().into_iter().chain([stopped("erin")]).collect();
        given::<Conversation>(late.clone()).when(take_step(spoken("It is closed."))).then_nothing();
        given::<Conversation>(late).when(take_found(found())).then_nothing();
    }

    #[test]
    fn whoever_left_is_answered_nothing() {
        let left = |name: &str| {
            let why = WhyStopped::Left { name: name.to_owned() };
            ConversationEvent::TurnStopped { turn: turn(1), why, kept: String::new() }
        };
        let leave = |id: &str| C::Leave { id: somebody(id).id, name: "Erin".to_owned() };
        given::<Conversation>(thinking()).when(leave("erin")).then([left("Erin")]);
        given::<Conversation>(thinking()).when(leave("ada")).then_nothing();
        given::<Conversation>(answered()).when(leave("erin")).then_nothing();
    }

    #[test]
    fn whoever_could_read_it_rates_it_and_thinks_better_of_it() {
        let rate = |by: &str, good| C::Rate { by: Box::new(somebody(by)), turn: turn(1), good, reason: None };
        let rated = |good| ConversationEvent::TurnRated {
            turn: turn(1),
            by: somebody("erin").id,
            good,
            reason: None,
        };
        given::<Conversation>(answered()).when(rate("erin", true)).then([rated(true)]);
        let history = || answered().into_iter().chain([rated(true)]);
        given::<Conversation>(history()).when(rate("erin", true)).then_nothing();
        given::<Conversation>(history()).when(rate("erin", false)).then([rated(false)]);
        given::<Conversation>(answered()).when(rate("ada", true)).then_denied([Fault::UnknownTurn.into()]);
        given::<Conversation>(begun()).when(rate("erin", true)).then_denied([Fault::TurnNotOver.into()]);
    }

    #[test]
    fn it_is_shared_and_handed_over_by_who_asked_once_it_is_over() {
        let share = |by: &str| C::Share {
            by: Box::new(somebody(by)),
            turn: turn(1),
            place: Some(place()),
            into: turn(8),
            audience: Audience::Everybody {},
        };
        let shared = ConversationEvent::TurnShared {
            turn: turn(1),
            by: somebody("erin").id,
            place: Some(place()),
            into: turn(8),
            audience: Audience::Everybody {},
        };
        given::<Conversation>(answered()).when(share("erin")).then([shared]);
        given::<Conversation>(answered()).when(share("ada")).then_denied([Fault::NotYourTurn.into()]);
        given::<Conversation>(begun()).when(share("erin")).then_denied([Fault::TurnNotOver.into()]);
        let hand_over =
            || C::HandOver { by: Box::new(somebody("erin")), turn: turn(1), marker: turn(9), alone: true };
        let handed = ConversationEvent::ConversationHandedOver {
            by: somebody("erin").id,
            turn: turn(1),
            marker: turn(9),
            alone: true,
        };
        given::<Conversation>(answered()).when(hand_over()).then([handed.clone()]);
        let history = || answered().into_iter().chain([handed.clone()]);
        given::<Conversation>(history()).when(hand_over()).then_nothing();
        let ticketed = ConversationEvent::ConversationTicketed { turn: turn(1), number: 7 };
        let number = || C::Ticketed { turn: turn(1), number: 7 };
        given::<Conversation>(history()).when(number()).then([ticketed.clone()]);
        given::<Conversation>(history().chain([ticketed])).when(number()).then_nothing();
        given::<Conversation>(answered()).when(number()).then_nothing();
    }
}
