//! What the rules want beside what was said, and how long they let it last: what they would refuse is asked back, and what is
//! offered fits.

use countersign_domain::access::{Asked, Fault, Span, limits_broken};
use countersign_domain::capabilities::violation;
use countersign_domain::denied::{Field, Violation};
use countersign_domain::duration::say_minutes;
use countersign_domain::question::{About, Wish};
use countersign_domain::rules::{Ruling, Shortfall, Terms};
use countersign_domain::words::a_key_like;
use jiff::Timestamp;

use super::Chat;
use super::asking::{Doubt, Lacking};
use crate::context::Context;
use crate::directory::Present;
use crate::engine::Failure;
use crate::words;

/// What the answer to an offer takes, at the most, in minutes: what fits without a break is less by then.
const UNTIL_ANSWERED: u64 = 5;
const HOUR: u64 = 60;

impl Chat {
    /// Of the times that are offered only those with which the rules let the wish pass. Where none does, it is asked what fits; or
    /// why nothing does.
    pub(super) async fn fitting(
        &self,
        context: &Context,
        wish: &Wish,
        doubt: Doubt,
    ) -> Result<Result<Doubt, Violation>, Failure> {
        let is_time = |about| about == About::Part(Field::Duration);
        if !is_time(doubt.about) || doubt.offers.is_empty() {
            return Ok(Ok(doubt));
        }
        let (mut fits, mut limit, mut hopeless) = (Vec::new(), None, None);
        for offer in &doubt.offers {
            let mut wish = wish.clone();
            wish.form.duration = Some(offer.say.clone());
            match self.lacking(context, &wish).await? {
                Lacking::Answer(asked) if is_time(asked.about) => limit = limit.or(Some(*asked)),
                Lacking::Hopeless(why) => hopeless = hopeless.or(Some(why)),
                _ => fits.push(offer.clone()),
            }
        }
        if fits.len() == doubt.offers.len() {
            return Ok(Ok(doubt));
        }
        if let (true, None, Some(why)) = (fits.is_empty(), &limit, hopeless) {
            return Ok(Err(why));
        }
        let Some(limit) = limit else { return Ok(Ok(Doubt { offers: fits, ..doubt })) };
        if fits.is_empty() {
            return Ok(Ok(Doubt { lines: doubt.lines.into_iter().chain(limit.lines).collect(), ..limit }));
        }
        let left_out = limit.lines.into_iter().chain([words::left_out_too_long().to_owned()]);
        Ok(Ok(Doubt { offers: fits, lines: doubt.lines.into_iter().chain(left_out).collect(), ..doubt }))
    }
}

/// What the rules want beside what was said. `earlier`: when the same account held as much already.
pub(super) fn of_the_rules(asked: &Asked, present: &Present, earlier: &[Span], now: Timestamp) -> Lacking {
    let Some(Ruling::Allowed(terms)) = present.rule(asked, None) else { return Lacking::Nothing };
    let minutes = asked.minutes_under(&terms);
    let Some(shortfall) = terms.shortfalls(Some(minutes), asked.ticket.as_deref()).into_iter().next() else {
        return of_the_limits(&terms, earlier, minutes, now).unwrap_or_else(|| of_the_reason(asked, &terms));
    };
    let doubt = match &shortfall {
        Shortfall::TooLong { asked, max } => {
            let line = violation(&Violation::from(Fault::DurationTooLong { asked: *asked, max: *max }));
            let doubt = Doubt::part(Field::Duration, words::FOR_HOW_LONG).because(line);
            // Less than the most may be all that is left.
            match of_the_limits(&terms, earlier, *max, now) {
                None => doubt.offering([say_minutes(*max)]),
                Some(lacking) => return lacking,
            }
        }
        // Only the look-up of the request itself knows the ticket's status.
        Shortfall::TicketStatus { .. } => return Lacking::Nothing,
        Shortfall::DurationMissing { .. } => Doubt::part(Field::Duration, words::FOR_HOW_LONG),
        Shortfall::TicketMissing { pattern } => Doubt::part(Field::Ticket, words::WHICH_TICKET)
            .because(words::the_rule_wants_a_ticket(&a_key_like(pattern))),
        Shortfall::TicketMismatch { ticket, pattern } => {
            let mismatch =
                Violation::from(Fault::TicketMismatch { ticket: ticket.clone(), pattern: pattern.clone() });
            Doubt::part(Field::Ticket, words::WHICH_TICKET).because(violation(&mismatch))
        }
    };
    Lacking::answer(terms.messages.iter().fold(doubt, Doubt::because))
}

fn of_the_reason(asked: &Asked, terms: &Terms) -> Lacking {
    if terms.reason_required && asked.reason.is_none() {
        let doubt = Doubt::part(Field::Reason, words::WHAT_FOR).because(words::the_rule_wants_a_reason());
        return Lacking::answer(doubt);
    }
    Lacking::Nothing
}

/// What would last too long together with what there was: with what is left of it, where anything is.
fn of_the_limits(terms: &Terms, earlier: &[Span], minutes: u64, now: Timestamp) -> Option<Lacking> {
    let broken = limits_broken(terms, earlier, minutes, now).into_iter().next()?;
    let left = match broken.own() {
        Some(Fault::UnbrokenTooLong { fits, .. } | Fault::TotalTooLong { fits, .. }) => fits,
        _ => 0,
    };
    let offered = whole(left);
    if offered == 0 {
        return Some(Lacking::Hopeless(broken));
    }
    let doubt = Doubt::part(Field::Duration, words::FOR_HOW_LONG).because(violation(&broken));
    Some(Lacking::answer(doubt.offering([say_minutes(offered)])))
}

/// Less than what is left, in whole hours where there are any: it still fits when the answer comes.
const fn whole(left: u64) -> u64 {
    let left = left.saturating_sub(UNTIL_ANSWERED);
    if left < HOUR { left } else { left - left % HOUR }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_c2_what_is_offered_still_fits_when_it_is_answered() {
        assert_eq!([4, 5, 34, 64, 65, 7 * 24 * 60 - 8].map(whole), [0, 0, 29, 59, 60, 7 * 24 * 60 - 60]);
    }
}
