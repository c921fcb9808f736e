//! What becomes due of a ticket by itself: a warning, a promise that was not kept, and the end of what was resolved.

use jiff::Timestamp;

use super::{Status, Stopwatch, Ticket, TicketEvent};

impl Ticket {
    /// All that is due by now, and was not told.
    pub(super) fn due(&self, now: Timestamp) -> Vec<TicketEvent> {
        let mut events: Vec<_> = self.clocks.iter().flat_map(|clock| self.due_of(clock, now)).collect();
        let broken = events.iter().find_map(|event| match event {
            TicketEvent::SlaBreached { promise, .. } => Some(*promise),
            _ => None,
        });
        let first = broken.and_then(|promise| self.page_first(promise, now));
        events.extend(first.or_else(|| self.page_again(now)));
        let is_over = self.status == Status::Resolved && self.reopens_until.is_some_and(|until| until <= now);
        events.extend(is_over.then_some(TicketEvent::TicketClosed { by: None }));
        events
    }

    fn due_of(&self, clock: &Stopwatch, now: Timestamp) -> Vec<TicketEvent> {
        let (promise, Some(due)) = (clock.reading.promise, clock.reading.due) else { return vec![] };
        if clock.broken || clock.over {
            return vec![];
        }
        if due <= now {
            let to: Vec<_> = self.level.iter().flat_map(|level| level.escalate_to.iter().cloned()).collect();
            let escalated = (!to.is_empty()).then_some(TicketEvent::TicketEscalated { to, promise });
            return std::iter::once(TicketEvent::SlaBreached { promise, due }).chain(escalated).collect();
        }
        let is_soon = !clock.warned && clock.reading.warn_at.is_some_and(|warn_at| warn_at <= now);
        if is_soon { vec![TicketEvent::SlaWarned { promise, due }] } else { vec![] }
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::super::example::*;
    use super::super::{Priority, Promise, TicketCommand};
    use super::*;
    use crate::testing::noon;

    #[test]
    fn somebody_is_warned_once_and_then_others_are_told_once() {
        let (promise, due) = (Promise::Response, noon() + 60.minutes());
        let mut ticket = Told::begun();
        assert_eq!(ticket.at(47).tell(TicketCommand::Due), vec![]);
        assert_eq!(ticket.at(48).tell(TicketCommand::Due), [TicketEvent::SlaWarned { promise, due }]);
        assert_eq!(ticket.at(59).tell(TicketCommand::Due), vec![]);
        let to = vec!["leads".to_owned()];
        let late = [TicketEvent::SlaBreached { promise, due }, TicketEvent::TicketEscalated { to, promise }];
        assert_eq!(ticket.at(60).tell(TicketCommand::Due), late);
        assert_eq!(ticket.at(61).tell(TicketCommand::Due), vec![]);
    }

    #[test]
    fn a_promise_that_is_given_more_time_is_whole_again() {
        let mut ticket = Told::begun();
        ticket.at(60).tell(TicketCommand::Due);
        let (zone, desk) = (TimeZone::UTC, desk());
        ticket.at(61).tell(TicketCommand::Triage { by: sam(), priority: Priority::Normal, desk, zone });
        assert!(ticket.state.clocks.iter().all(|clock| !clock.broken), "{:#?}", ticket.state.clocks);
        assert_eq!(ticket.at(240).tell(TicketCommand::Due).len(), 2, "until that is over as well");
    }

    /// What people do.
    #[derive(Debug, Clone, Copy)]
    enum Act {
        Ask,
        Answer,
        Say,
        Resolve,
        Sort(Priority),
        Due,
    }

    fn act() -> impl Strategy<Value = Act> {
        use Priority as P;
        let sort = prop::sample::select(vec![P::Low, P::Normal, P::High, P::Urgent]).prop_map(Act::Sort);
        prop_oneof![
            2 => Just(Act::Ask),
            3 => Just(Act::Answer),
            1 => Just(Act::Say),
            1 => Just(Act::Resolve),
            1 => sort,
            2 => Just(Act::Due),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        /// Beside the ticket, the minutes are counted in which it was open.
        #[test]
        fn the_clock_of_a_ticket_counts_the_minutes_in_which_it_was_open_and_no_others(
            acts in prop::collection::vec((act(), 1..400i64), 1..30),
        ) {
            let (mut ticket, mut minute, mut open) = (Told::begun(), 0, 0);
            for (act, pause) in acts {
                open += if ticket.state.status == Status::Open { pause } else { 0 };
                minute += pause;
                let (text, zone) = ("so".to_owned(), TimeZone::UTC);
                let command = match act {
                    Act::Ask => TicketCommand::Reply { by: sam(), text, waits: true, zone },
                    Act::Say => TicketCommand::Reply { by: sam(), text, waits: false, zone },
                    Act::Answer => TicketCommand::Reply { by: erin(), text, waits: false, zone },
                    Act::Resolve => TicketCommand::Resolve { by: sam(), how: text, zone },
                    Act::Sort(priority) => TicketCommand::Triage { by: sam(), priority, desk: desk(), zone },
                    Act::Due => TicketCommand::Due,
                };
                if ticket.state.is_over() {
                    break;
                }
                ticket.at(minute).tell(command);
                let resolution = ticket.state.clocks.iter().find(|clock| clock.reading.promise == Promise::Resolution);
                let resolution = resolution.expect("it is promised");
                let calendar = &ticket.state.level.as_ref().expect("it was sorted").calendar;
                let now = noon() + minute.minutes();
                prop_assert_eq!(resolution.spent(calendar, &TimeZone::UTC, now).as_mins(), open);
                let runs = ticket.state.status == Status::Open;
                prop_assert_eq!(resolution.runs_since.is_some(), runs);
                prop_assert_eq!(resolution.reading.due.is_some(), runs);
                // What is due is not told twice.
                ticket.at(minute).tell(TicketCommand::Due);
                prop_assert_eq!(ticket.at(minute).tell(TicketCommand::Due), vec![]);
            }
        }
    }
}
