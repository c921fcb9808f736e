//! How often the bot began at the same place. What ends the whole program, such as a stack that overflows, is taken up again at every
//! start: so after one start that came nowhere the events are gone through one by one, and what somebody said that has ended the
//! program several times is given up, told, and kept in the log.

use countersign_domain::aggregate;
use countersign_domain::envelope::{Cause, Envelope, Position, derived_id};
use countersign_domain::record::{Heard, Record};

use super::{PAGE, Reactor};
use crate::context::system;
use crate::engine::Failure;
use crate::talk::given_up;

/// At so many starts in a row that came nowhere, what somebody said is given up.
const MOST: u32 = 5;

/// Where a bot began, and for which time in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Begun {
    pub(super) times: u32,
    pub(super) after: Option<Position>,
    /// The end of the log at that time: what lies before it may have been begun before.
    pub(super) head: Option<Position>,
}

impl Begun {
    /// How many events are gone through at once.
    pub(super) fn page(self, after: Option<Position>) -> usize {
        if self.times > 1 && after < self.head { 1 } else { PAGE }
    }

    /// Whether what comes first behind this place is given up.
    pub(super) fn gives_up(self, after: Option<Position>) -> bool {
        self.times > MOST && after == self.after && after < self.head
    }
}

impl Reactor {
    /// Where it begins now, and how often it has.
    pub(super) async fn begun(&self) -> Result<Begun, Failure> {
        let head = self.world.store.head().await?;
        let after = *self.reached.borrow();
        // Where nothing is left to do, none of the starts before was in vain.
        let times = if after < head { self.checkpoint.begin() } else { 1 };
        if times > 1 {
            tracing::warn!(times, ?after, "this is not the first start here, so I go on one event at a time");
        }
        Ok(Begun { times, after, head })
    }

    /// Gives up what somebody said; whether it was that.
    pub(super) async fn give_up(&self, envelope: &Envelope) -> Result<bool, Failure> {
        if envelope.stream.category() != Record::INTERACTION {
            return Ok(false);
        }
        let Record::InteractionReceived(heard) = aggregate::decode::<Record>(envelope)? else {
            return Ok(false);
        };
        let Heard { delivery, identity, place, .. } = &*heard;
        tracing::error!(%delivery, times = MOST, "what was said here ended the program each time, it is given up");
        let id = derived_id(envelope.id, "given_up");
        let cause = Cause {
            actor: system("policy"),
            command: id,
            correlation: envelope.correlation,
            causation: envelope.id,
            at: self.world.clock.now(),
        };
        let record = Record::InteractionRefused {
            surface: place.surface,
            identity: Some(identity.clone()),
            delivery: delivery.clone(),
            why: format!("the program was ended {MOST} times in a row while it was at it"),
        };
        self.engine.record(&envelope.tenant, &id.to_string(), &cause, &record).await?;
        self.say(envelope, &cause, given_up(&heard, id)).await?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(place: u64) -> Position {
        Position::from_store(place)
    }

    #[test]
    fn trust_b4_after_a_start_that_came_nowhere_events_are_gone_through_one_by_one() {
        let begun = |times| Begun { times, after: Some(at(7)), head: Some(at(9)) };
        assert_eq!(begun(1).page(Some(at(7))), PAGE);
        assert_eq!((begun(2).page(Some(at(7))), begun(2).page(Some(at(8)))), (1, 1));
        assert_eq!(begun(2).page(Some(at(9))), PAGE, "what came since was never begun");
    }

    #[test]
    fn trust_b4_what_ended_the_program_several_times_is_given_up_and_nothing_behind_it() {
        let begun = |times| Begun { times, after: Some(at(7)), head: Some(at(9)) };
        assert!(!begun(MOST).gives_up(Some(at(7))), "it was begun four times, and may be for another");
        assert!(begun(MOST + 1).gives_up(Some(at(7))));
        assert!(!begun(MOST + 1).gives_up(Some(at(8))));
        let idle = Begun { times: MOST + 1, after: Some(at(9)), head: Some(at(9)) };
        assert!(!idle.gives_up(Some(at(9))), "nothing was left to do");
    }
}
