//! A ticket is opened, and sorted: from then on its clocks run.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::level::{running, standing};
use super::{Desk, Fault, Opened, Priority, Promise, Reading, Status, Ticket, TicketEvent};
use crate::denied::Denied;
use crate::person::Person;

/// The longest subject, in characters.
pub const MOST_SUBJECT: usize = 200;
/// The longest text, in characters.
pub const MOST_TEXT: usize = 20_000;

impl Ticket {
    /// The same once more opens nothing.
    pub(super) fn open(
        &self,
        opened: Box<Opened>,
        priority: Priority,
        (desk, project): (&Desk, Option<String>),
        now: Timestamp,
    ) -> Result<Vec<TicketEvent>, Denied> {
        if self.opened.is_some() {
            return Ok(vec![]);
        }
        text_of(&opened.subject, MOST_SUBJECT)?;
        at_most(&opened.text, MOST_TEXT)?;
        let readings =
            Promise::ALL.map(|promise| running(desk, (priority, promise), SignedDuration::ZERO, now));
        let level = Box::new(desk.level.clone());
        let triaged = TicketEvent::TicketTriaged { by: None, priority, level, readings: readings.into() };
        let mirrored = project.map(|project| TicketEvent::TicketMirrored { project });
        Ok([TicketEvent::TicketOpened(opened), triaged].into_iter().chain(mirrored).collect())
    }

    /// What was promised is promised anew, by the calendar there is now; what it has taken stays taken, pauses and all.
    pub(super) fn triage(
        &self,
        by: &Person,
        priority: Priority,
        (desk, zone): (&Desk, &TimeZone),
        now: Timestamp,
    ) -> Result<Vec<TicketEvent>, Denied> {
        self.looked_after(by, "sort them")?;
        let is_same = self.level.as_ref() == Some(&desk.level) && self.priority == priority;
        if is_same {
            return Ok(vec![]);
        }
        let runs = self.status == Status::Open;
        let readings = self.unkept(zone, now).map(|(promise, spent)| {
            if runs { running(desk, (priority, promise), spent, now) } else { standing(promise, spent) }
        });
        Ok(vec![TicketEvent::TicketTriaged {
            by: Some(by.id.clone()),
            priority,
            level: Box::new(desk.level.clone()),
            readings: readings.collect(),
        }])
    }

    /// How every promise stands whose clock stops now.
    pub(super) fn stopped(&self, zone: &TimeZone, now: Timestamp) -> Vec<Reading> {
        self.unkept(zone, now).map(|(promise, spent)| standing(promise, spent)).collect()
    }

    /// How every promise stands whose clock runs on from now.
    pub(super) fn resumed(&self, zone: &TimeZone, now: Timestamp) -> Vec<Reading> {
        let Some(level) = self.level.clone() else { return vec![] };
        let desk = Desk { level, zone: zone.clone() };
        self.unkept(zone, now)
            .map(|(promise, spent)| running(&desk, (self.priority, promise), spent, now))
            .collect()
    }

    /// How much each promise that is still to be kept has taken.
    pub(super) fn unkept(
        &self,
        zone: &TimeZone,
        now: Timestamp,
    ) -> impl Iterator<Item = (Promise, SignedDuration)> {
        let open = self.clocks.iter().filter(|clock| !clock.over);
        open.filter_map(move |clock| {
            let level = self.level.as_ref()?;
            Some((clock.reading.promise, clock.spent(&level.calendar, zone, now)))
        })
    }

    /// Whether this one looks after tickets, and this one can still be looked after.
    pub(super) fn looked_after(&self, by: &Person, action: &str) -> Result<u64, Denied> {
        let (Some(opened), Some(level)) = (&self.opened, &self.level) else {
            return Err(Fault::NoSuchTicket { given: String::new() }.into());
        };
        if !level.is_staff(by) {
            return Err(Fault::NotOfTheDesk { action: action.to_owned() }.into());
        }
        self.not_over()?;
        Ok(opened.number)
    }

    /// Whether something can still be done with it.
    pub(super) fn not_over(&self) -> Result<(), Denied> {
        match &self.opened {
            None => Err(Fault::NoSuchTicket { given: String::new() }.into()),
            Some(opened) if self.is_over() => Err(Fault::TicketClosed { number: opened.number }.into()),
            Some(_) => Ok(()),
        }
    }
}

/// A text that says something, and not too much.
pub(super) fn text_of(text: &str, max: usize) -> Result<(), Denied> {
    if text.trim().is_empty() {
        return Err(Fault::NothingSaid.into());
    }
    at_most(text, max)
}

fn at_most(text: &str, max: usize) -> Result<(), Denied> {
    let length = text.chars().count();
    if length > max { Err(Fault::TicketTextTooLong { length, max }.into()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::super::TicketCommand;
    use super::super::example::*;
    use super::*;
    use crate::aggregate::Aggregate as _;
    use crate::testing::{given, noon};

    #[test]
    fn it_is_opened_once_with_what_is_promised() {
        let open = || TicketCommand::Open {
            opened: Box::new(opened()),
            priority: Priority::High,
            desk: desk(),
            project: None,
        };
        given::<Ticket>([]).when(open()).then(begun());
        given::<Ticket>(begun()).when(open()).then_nothing();
        let [response, resolution] = [60, 480].map(|minutes: i64| noon() + minutes.minutes());
        let state = given::<Ticket>(begun());
        let dues: Vec<_> = state.state().clocks.iter().filter_map(|clock| clock.reading.due).collect();
        assert_eq!(dues, [response, resolution]);
        assert_eq!(state.state().next_due(), Some(noon() + 48.minutes()), "a warning comes first");
    }

    #[test]
    fn what_says_nothing_or_too_much_is_no_ticket() {
        let open = |subject: &str, text: &str| TicketCommand::Open {
            opened: Box::new(Opened { subject: subject.to_owned(), text: text.to_owned(), ..opened() }),
            priority: Priority::Normal,
            desk: desk(),
            project: None,
        };
        given::<Ticket>([]).when(open(" \n", "")).then_denied([Fault::NothingSaid.into()]);
        let long = "ä".repeat(MOST_SUBJECT + 1);
        let too_long = Fault::TicketTextTooLong { length: MOST_SUBJECT + 1, max: MOST_SUBJECT };
        given::<Ticket>([]).when(open(&long, "")).then_denied([too_long.into()]);
        let text = "x".repeat(MOST_TEXT + 1);
        let too_long = Fault::TicketTextTooLong { length: MOST_TEXT + 1, max: MOST_TEXT };
        given::<Ticket>([]).when(open("printer", &text)).then_denied([too_long.into()]);
    }

    #[test]
    fn a_change_of_priority_keeps_what_was_spent_and_the_pauses() {
        let triage = |by, priority| TicketCommand::Triage { by, priority, desk: desk(), zone: TimeZone::UTC };
        let mut history = Told::begun();
        history.at(30).tell(TicketCommand::Reply {
            by: sam(),
            text: "which printer?".to_owned(),
            waits: true,
            zone: TimeZone::UTC,
        });
        history.at(500).tell(TicketCommand::Reply {
            by: erin(),
            text: "the red one".to_owned(),
            waits: false,
            zone: TimeZone::UTC,
        });
        let events = history.at(510).tell(triage(sam(), Priority::Urgent));
        let [TicketEvent::TicketTriaged { readings, .. }] = &events[..] else { panic!("{events:?}") };
        let [Reading { promise: Promise::Resolution, spent, due, .. }] = readings[..] else {
            panic!("the answer was given: {readings:?}")
        };
        assert_eq!(spent, 40 * 60, "thirty minutes before the pause and ten after it");
        assert_eq!(due, Some(noon() + (510 + 240 - 40).minutes()));
        assert_eq!(history.at(511).tell(triage(sam(), Priority::Urgent)), vec![], "nothing is new");
        let by_asker = history.state.decide(triage(erin(), Priority::Low), noon());
        assert_eq!(by_asker, Err(Fault::NotOfTheDesk { action: "sort them".to_owned() }.into()));
    }
}
