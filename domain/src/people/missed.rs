//! Wrong link codes: whoever tries too many is not listened to for an hour. The tries are events, so a restart forgives nothing.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::People;
use super::stream::retain;
use crate::place::Identity;

/// So many wrong codes of one identity lock it.
pub const LINK_TRIES: u32 = 5;
/// For so long after the last of them; after it, the tries before count no more.
pub const LINK_LOCKED: SignedDuration = SignedDuration::from_hours(1);

/// The wrong link codes of one identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missed {
    /// How many.
    pub times: u32,
    /// When the last one was tried.
    pub last: Timestamp,
}

impl Missed {
    fn is_over(&self, now: Timestamp) -> bool {
        now.duration_since(self.last) >= LINK_LOCKED
    }
}

impl People {
    /// Until when an identity's link codes are not listened to; `None` where they are.
    pub fn link_locked(&self, identity: &Identity, now: Timestamp) -> Option<Timestamp> {
        let missed =
            self.missed.get(identity).filter(|missed| missed.times >= LINK_TRIES && !missed.is_over(now))?;
        Some(missed.last.checked_add(LINK_LOCKED).unwrap_or(Timestamp::MAX))
    }

    /// A wrong code was tried.
    pub(super) fn miss(&mut self, identity: &Identity, at: Timestamp) {
        retain(&mut self.missed, |missed| !missed.is_over(at));
        let times = self.missed.get(identity).map_or(0, |missed| missed.times);
        self.missed.insert_mut(identity.clone(), Missed { times: times.saturating_add(1), last: at });
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::super::{Fault, PeopleCommand, PeopleEvent};
    use super::*;
    use crate::access::example::ada;
    use crate::aggregate::Aggregate as _;
    use crate::denied::Denied;
    use crate::envelope::Digest;
    use crate::ports::{Place, SurfaceKind};
    use crate::testing::noon;

    fn slack(user: &str) -> Identity {
        Identity::new(SurfaceKind::Slack, "T1", user).unwrap()
    }

    fn redeem(code: &str, user: &str) -> PeopleCommand {
        let (code, direct) = (Digest::of(code.as_bytes()), Place::direct(&slack(user)));
        PeopleCommand::Redeem { code, identity: slack(user), direct }
    }

    /// Carries commands out one after the other; answers how many link codes missed.
    fn after(state: &mut People, tries: &[(&str, &str, Timestamp)]) -> usize {
        let mut missed = 0;
        for (code, user, at) in tries {
            for event in state.decide(redeem(code, user), *at).unwrap_or_default() {
                missed += usize::from(matches!(event, PeopleEvent::LinkMissed { .. }));
                state.evolve(&event, *at);
            }
        }
        missed
    }

    fn offered() -> People {
        let mut state = People::default();
        state.evolve(&PeopleEvent::PersonRecorded { person: ada() }, noon());
        let code = Digest::of(b"right");
        let until = noon() + 48.hours();
        state.evolve(&PeopleEvent::LinkOffered { code, principal: ada().id, until }, noon());
        state
    }

    #[test]
    fn trust_b5_the_sixth_wrong_code_is_not_even_looked_at() {
        let mut state = offered();
        assert_eq!(after(&mut state, &[("wrong", "U1", noon()); 9]), 5);
        let locked = state.link_locked(&slack("U1"), noon());
        assert_eq!(locked, Some(noon() + 1.hour()));
        let denied = state.decide(redeem("right", "U1"), noon() + 59.minutes()).unwrap_err();
        assert_eq!(denied, Denied::from(Fault::LinkNotGood), "not even the right one");
        assert_eq!(state.link_locked(&slack("U2"), noon()), None, "somebody else is not locked");
        assert!(matches!(
            state.decide(redeem("right", "U1"), noon() + 1.hour()).unwrap()[..],
            [PeopleEvent::AccountBound { .. }]
        ));
    }

    #[test]
    fn trust_b5_an_hour_forgives_and_so_does_the_right_code() {
        let mut state = offered();
        assert_eq!(after(&mut state, &[("wrong", "U1", noon()); 4]), 4);
        assert_eq!(after(&mut state, &[("wrong", "U1", noon() + 1.hour()); 4]), 4);
        assert_eq!(state.link_locked(&slack("U1"), noon() + 1.hour()), None);
        after(&mut state, &[("right", "U1", noon() + 2.hours())]);
        assert!(state.missed.is_empty() && state.behind(&slack("U1")).is_some());
    }
}
