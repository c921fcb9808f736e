//! What is said on a ticket: by who looks after it, which is the answer that was promised; and by who asked, which ends a pause, or
//! says that it is not resolved.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::open::{MOST_TEXT, text_of};
use super::{Fault, Promise, Side, Status, Ticket, TicketEvent};
use crate::denied::Denied;
use crate::person::Person;

impl Ticket {
    /// `waits`: whoever asked is to answer before it goes on.
    pub(super) fn reply(
        &self,
        by: &Person,
        text: String,
        waits: bool,
        when: (&TimeZone, Timestamp),
    ) -> Result<Vec<TicketEvent>, Denied> {
        let side = self.side(&by.id);
        let is_staff = self.level.as_ref().is_some_and(|level| level.is_staff(by));
        if side == Side::Staff && !is_staff {
            return Err(Fault::NotOfTheDesk { action: "answer on other people's tickets".to_owned() }.into());
        }
        self.not_over()?;
        text_of(&text, MOST_TEXT)?;
        let (name, by) = (by.name.clone(), by.id.clone());
        let replied = TicketEvent::TicketReplied { by: by.clone(), name, side, text };
        let mut events = vec![replied];
        match side {
            Side::Staff => {
                events.extend(self.kept(Promise::Response, when));
                if waits && self.status == Status::Open {
                    let readings = Self::but(Promise::Response, self.stopped(when.0, when.1));
                    events.push(TicketEvent::TicketWaiting { by, readings });
                }
            }
            Side::Asker => events.extend(self.taken_up(when)),
        }
        Ok(events)
    }

    /// A promise is kept now, or has been broken by now.
    pub(super) fn kept(&self, promise: Promise, (zone, now): (&TimeZone, Timestamp)) -> Option<TicketEvent> {
        let level = self.level.as_ref()?;
        let clock = self.clocks.iter().find(|clock| clock.reading.promise == promise && !clock.over)?;
        let late = clock.reading.due.filter(|due| *due < now);
        if let (Some(due), false) = (late, clock.broken) {
            return Some(TicketEvent::SlaBreached { promise, due });
        }
        let spent = clock.spent(&level.calendar, zone, now).as_secs();
        (!clock.broken)
            .then(|| TicketEvent::SlaMet { promise, spent: u64::try_from(spent).unwrap_or_default() })
    }

    /// Whoever asked has answered: a pause is over, and what was resolved is not.
    pub(super) fn taken_up(&self, (zone, now): (&TimeZone, Timestamp)) -> Option<TicketEvent> {
        match self.status {
            Status::Waiting => Some(TicketEvent::TicketResumed { readings: self.resumed(zone, now) }),
            Status::Resolved => Some(TicketEvent::TicketReopened { readings: self.reopened(zone, now) }),
            Status::New | Status::Open | Status::Closed => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::super::example::*;
    use super::super::{Priority, Reading, TicketCommand};
    use super::*;
    use crate::aggregate::Aggregate as _;
    use crate::testing::{given, noon};

    fn reply(by: Box<Person>, text: &str, waits: bool) -> TicketCommand {
        TicketCommand::Reply { by, text: text.to_owned(), waits, zone: TimeZone::UTC }
    }

    fn said(by: &Person, side: Side, text: &str) -> TicketEvent {
        let (by, name) = (by.id.clone(), by.name.clone());
        TicketEvent::TicketReplied { by, name, side, text: text.to_owned() }
    }

    #[test]
    fn the_first_answer_keeps_a_promise_and_the_second_none() {
        let met = TicketEvent::SlaMet { promise: Promise::Response, spent: 0 };
        let first = [said(&sam(), Side::Staff, "hello"), met];
        given::<Ticket>(begun()).when(reply(sam(), "hello", false)).then(first.clone());
        let history = begun().into_iter().chain(first);
        given::<Ticket>(history).when(reply(sam(), "again", false)).then([said(
            &sam(),
            Side::Staff,
            "again",
        )]);
    }

    #[test]
    fn an_answer_that_comes_late_breaks_the_promise_and_is_told_so_once() {
        let due = noon() + 60.minutes();
        let broken = TicketEvent::SlaBreached { promise: Promise::Response, due };
        let late = [said(&sam(), Side::Staff, "sorry"), broken];
        given::<Ticket>(begun())
            .at(noon() + 61.minutes())
            .when(reply(sam(), "sorry", false))
            .then(late.clone());
        given::<Ticket>(begun().into_iter().chain(late))
            .at(noon() + 62.minutes())
            .when(reply(sam(), "again", false))
            .then([said(&sam(), Side::Staff, "again")]);
    }

    #[test]
    fn a_question_stops_the_clock_until_it_is_answered() {
        let mut ticket = Told::begun();
        let asked = ticket.at(30).tell(reply(sam(), "which one?", true));
        let stood = Reading { promise: Promise::Resolution, spent: 1800, due: None, warn_at: None };
        assert_eq!(asked.last(), Some(&TicketEvent::TicketWaiting { by: sam().id, readings: vec![stood] }));
        assert_eq!(ticket.state.next_due(), None, "nothing is due of what waits");
        assert_eq!(ticket.at(9_000).tell(TicketCommand::Due), vec![]);
        let more = ticket.at(9_000).tell(reply(sam(), "well?", true));
        assert_eq!(more.len(), 1, "it waits already");
        let answered = ticket.at(10_000).tell(reply(erin(), "the red one", false));
        let [_, TicketEvent::TicketResumed { readings }] = &answered[..] else { panic!("{answered:?}") };
        assert_eq!(readings[0].due, Some(noon() + (10_000 + 480 - 30).minutes()));
    }

    #[test]
    fn whoever_asked_reopens_by_answering_and_the_time_between_counts_for_none() {
        let mut ticket = Told::begun();
        ticket.at(10).tell(reply(sam(), "I look", false));
        ticket.at(60).tell(TicketCommand::Resolve {
            by: sam(),
            how: "new toner".to_owned(),
            zone: TimeZone::UTC,
        });
        assert_eq!(
            ticket.at(70).tell(reply(sam(), "is it good?", false)).len(),
            1,
            "the desk reopens nothing"
        );
        let reopened = ticket.at(1_000).tell(reply(erin(), "still grey", false));
        let [_, TicketEvent::TicketReopened { readings }] = &reopened[..] else { panic!("{reopened:?}") };
        let [Reading { promise: Promise::Resolution, spent: 3_600, due, .. }] = readings[..] else {
            panic!("{readings:?}")
        };
        assert_eq!(due, Some(noon() + (1_000 + 480 - 60).minutes()));
        assert_eq!(ticket.state.status, Status::Open);
        let again = ticket.at(1_010).tell(TicketCommand::Resolve {
            by: sam(),
            how: "drum".to_owned(),
            zone: TimeZone::UTC,
        });
        assert!(
            again.contains(&TicketEvent::SlaMet { promise: Promise::Resolution, spent: 70 * 60 }),
            "{again:?}"
        );
    }

    #[test]
    fn nobody_answers_on_other_peoples_tickets_and_nobody_on_closed_ones() {
        let action = "answer on other people's tickets".to_owned();
        given::<Ticket>(begun())
            .when(reply(bob(), "me too", false))
            .then_denied([Fault::NotOfTheDesk { action }.into()]);
        given::<Ticket>(begun()).when(reply(erin(), " ", false)).then_denied([Fault::NothingSaid.into()]);
        let mut ticket = Told::begun();
        ticket.at(1).tell(TicketCommand::Close { by: erin() });
        let closed = ticket.state.decide(reply(erin(), "wait", false), noon());
        assert_eq!(closed, Err(Fault::TicketClosed { number: 7 }.into()));
        assert_eq!(ticket.state.priority, Priority::High);
    }
}
