//! When what is asked for is there already, or is under way: what was said is compared, and what was not said makes no difference.

use jiff::{SignedDuration, Timestamp};

use super::{AccessRequest, Asked, DEFAULT_MINUTES};
use crate::request::{Facets as _, later};

/// What would end so many minutes later at the most is said once more: nobody means the minutes since they said it first.
const SAID_AGAIN: u64 = 5;

impl AccessRequest {
    /// Whether the same is asked for once more, for whomever and on whatever that is: the same permission, and of time and
    /// ticket whatever is said, asked by the same. Why is said in many ways, and so are people and repositories, which are
    /// compared by their identities.
    pub fn is_asked_again(&self, again: &Asked) -> bool {
        let Some(asked) = &self.asked else { return false };
        let ticket = |asked: &Asked| asked.ticket.as_deref().map(str::to_uppercase);
        asked.requester.id == again.requester.id
            && asked.permission == again.permission
            && (again.says_no_time() || self.time() == again.time(again.minutes))
            && (again.ticket.is_none() || ticket(asked) == ticket(again))
    }

    /// Whether exactly the same stands in what is asked by whomever: the permission, how long, the ticket and why. For whom and on
    /// what is compared by identities.
    pub fn says_the_same(&self, again: &Asked) -> bool {
        let Some(asked) = &self.asked else { return false };
        let time = |asked: &Asked| asked.time(asked.minutes);
        asked.permission == again.permission
            && time(asked) == time(again)
            && asked.ticket == again.ticket
            && asked.reason == again.reason
    }

    /// For how long it is asked: where nobody said it, for as long as it was told to be.
    fn time(&self) -> Result<Timestamp, Option<u64>> {
        let asked = self.asked.as_ref();
        let under = |asked: &Asked| match self.latest_terms() {
            Some(terms) => asked.minutes_under(terms),
            None => asked.minutes.unwrap_or(DEFAULT_MINUTES),
        };
        asked.map_or(Err(None), |asked| asked.time(Some(under(asked))))
    }
}

impl Asked {
    /// Whether an access that lasts until then is as long as what is asked for. Who does not say for how long wants what they
    /// have; who names an end means the minute of it.
    pub fn is_no_longer_than(&self, until: Timestamp, now: Timestamp) -> bool {
        match (self.until, self.minutes) {
            (Some(end), _) => end.at.duration_since(until) < SignedDuration::from_mins(1),
            (None, Some(minutes)) => {
                let end = later(now, minutes.saturating_sub(SAID_AGAIN.min(minutes / 10)));
                end <= until
            }
            (None, None) => true,
        }
    }

    fn says_no_time(&self) -> bool {
        self.until.is_none() && self.minutes.is_none()
    }

    /// Until Friday is until Friday, at whatever moment it is said.
    fn time(&self, minutes: Option<u64>) -> Result<Timestamp, Option<u64>> {
        self.until.map(|end| end.at).ok_or(minutes)
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use proptest::prelude::*;

    use super::super::example::{ada, asked, form, read, terms, waiting};
    use super::super::{AccessEvent, Form};
    use super::*;
    use crate::duration::End;
    use crate::request::{Requester, later};
    use crate::rules::Terms;
    use crate::testing::{given, noon};

    fn with(change: impl FnOnce(&mut Form)) -> Asked {
        let mut form = form();
        change(&mut form);
        read(&form)
    }

    /// What is open, before it was checked.
    fn open(asked: Asked) -> AccessRequest {
        given::<AccessRequest>([AccessEvent::Requested { asked: Box::new(asked) }]).state().clone()
    }

    #[test]
    fn two_requests_are_the_same_by_what_they_ask_for_and_not_by_why() {
        for same in [
            with(|form| form.reason = None),
            with(|form| form.ticket = Some("ops-17".to_owned())),
            // What these stand for, the forge says.
            with(|form| form.repository = Some("acme/payments-api".to_owned())),
        ] {
            assert!(open(asked()).is_asked_again(&same), "{same:?}");
        }
        for other in [
            with(|form| form.permission = Some("read".to_owned())),
            with(|form| form.duration = Some("3 days".to_owned())),
            with(|form| form.ticket = Some("OPS-18".to_owned())),
            Asked { requester: Requester { id: ada().id, ..asked().requester }, ..asked() },
        ] {
            assert!(!open(asked()).is_asked_again(&other), "{other:?}");
        }
        let friday =
            |minutes, until| Asked { minutes: Some(minutes), until: Some(End::from(until)), ..asked() };
        let open_until = |minutes, until| open(friday(minutes, until));
        assert!(open_until(90, noon()).is_asked_again(&friday(60, noon())), "it is asked a while later");
        assert!(!open_until(90, noon()).is_asked_again(&friday(90, noon() + 1.minute())));
        assert!(!AccessRequest::default().is_asked_again(&asked()));
        let mut other = asked();
        assert!(other.is_for_themselves());
        other.subject.principal = Some(ada().id);
        assert!(!other.is_for_themselves());
    }

    #[test]
    fn trust_a6_what_is_not_said_makes_no_request_another_one() {
        let unsaid = |time: bool, ticket: bool| {
            with(|form| {
                form.duration = form.duration.take().filter(|_| !time);
                form.ticket = form.ticket.take().filter(|_| !ticket);
            })
        };
        for again in [unsaid(true, false), unsaid(false, true), unsaid(true, true)] {
            assert!(open(asked()).is_asked_again(&again), "{again:?}");
            let friday = Asked { until: Some(noon().into()), ..asked() };
            assert_eq!(open(friday).is_asked_again(&again), again.minutes.is_none(), "{again:?}");
        }
        // What was not said first is what it came to; to say it then is to say the same.
        let lasting = |text: &str| with(|form| form.duration = Some(text.to_owned()));
        let checking = open(unsaid(true, false));
        assert!(checking.is_asked_again(&lasting("1 day")) && !checking.is_asked_again(&lasting("1 hour")));
        let under = |max_minutes| {
            let mut history = waiting(&Terms { max_minutes, ..terms() });
            history[0] = AccessEvent::Requested { asked: Box::new(unsaid(true, false)) };
            given::<AccessRequest>(history).state().clone()
        };
        assert!(under(Some(60)).is_asked_again(&lasting("1 hour")));
        assert!(!under(Some(60)).is_asked_again(&lasting("1 day")));
        assert!(under(None).is_asked_again(&lasting("1 day")));
        // A ticket that is said where there was none is something new.
        assert!(!open(unsaid(false, true)).is_asked_again(&asked()));
    }

    #[test]
    fn trust_a6_who_says_no_time_wants_what_they_have_and_who_names_one_wants_that() {
        let is_enough = |asked: &Asked, minutes| asked.is_no_longer_than(later(noon(), minutes), noon());
        let unsaid = with(|form| form.duration = None);
        assert!([0, 1, 1440].into_iter().all(|minutes| is_enough(&unsaid, minutes)));
        let two_days = asked();
        assert_eq!(
            [2874, 2875, 2880, 9999].map(|left| is_enough(&two_days, left)),
            [false, true, true, true]
        );
        let minutes = |minutes| Asked { minutes: Some(minutes), ..asked() };
        assert_eq!([8, 9, 10].map(|left| is_enough(&minutes(10), left)), [false, true, true]);
        assert_eq!([8, 9].map(|left| is_enough(&minutes(9), left)), [false, true]);
        // The minute that has begun counts as a whole one; the end that was named is the end.
        let until = |end| Asked { minutes: Some(61), until: Some(End::from(end)), ..asked() };
        assert!(is_enough(&until(noon() + 1.hour()), 60));
        assert!(is_enough(&until(noon() + 1.hour() + 59.seconds()), 60));
        assert!(!is_enough(&until(noon() + 1.hour() + 60.seconds()), 60));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn trust_a6_what_ends_later_is_asked_for_and_what_does_not_never_is(
            asked_for in 1_u64..100_000,
            left in 0_u64..100_000,
        ) {
            let asked = Asked { minutes: Some(asked_for), ..asked() };
            let is_enough = asked.is_no_longer_than(later(noon(), left), noon());
            prop_assert!(is_enough || left < asked_for);
            prop_assert!(!is_enough || left + SAID_AGAIN >= asked_for);
            let unsaid = Asked { minutes: None, ..asked };
            prop_assert!(unsaid.is_no_longer_than(later(noon(), left), noon()));
        }
    }
}
