//! A ticket is given to somebody, resolved, and over.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::level::running;
use super::open::{MOST_TEXT, text_of};
use super::{Desk, Fault, Promise, Reading, Status, Ticket, TicketEvent};
use crate::denied::Denied;
use crate::person::Person;

impl Ticket {
    /// To somebody who looks after tickets, or back to nobody.
    pub(super) fn assign(&self, by: &Person, to: Option<&Person>) -> Result<Vec<TicketEvent>, Denied> {
        self.looked_after(by, "give them to somebody")?;
        let can = |person: &Person| self.level.as_ref().is_some_and(|level| level.is_staff(person));
        if let Some(other) = to.filter(|person| !can(person)) {
            return Err(Fault::CannotBeAssigned { name: other.name.clone() }.into());
        }
        if self.assignee.as_ref().map(|(id, _)| id) == to.map(|person| &person.id) {
            return Ok(vec![]);
        }
        let (to, name) = (to.map(|person| person.id.clone()), to.map(|person| person.name.clone()));
        Ok(vec![TicketEvent::TicketAssigned { by: by.id.clone(), to, name }])
    }

    /// Whoever asked can say for a while that it is not.
    pub(super) fn resolve(
        &self,
        by: &Person,
        how: String,
        (zone, now): (&TimeZone, Timestamp),
    ) -> Result<Vec<TicketEvent>, Denied> {
        self.looked_after(by, "say that they are resolved")?;
        text_of(&how, MOST_TEXT)?;
        if self.status == Status::Resolved {
            return Ok(vec![]);
        }
        let until = self.reopens_until_from(now);
        let promises = Promise::ALL.into_iter().filter_map(|promise| self.kept(promise, (zone, now)));
        let readings = self.stopped(zone, now);
        let resolved = TicketEvent::TicketResolved { by: by.id.clone(), how, readings, until };
        Ok(std::iter::once(resolved).chain(promises).collect())
    }

    /// By who asked, or who looks after it.
    pub(super) fn close(&self, by: &Person) -> Result<Vec<TicketEvent>, Denied> {
        if !self.is_of(&by.id) {
            self.looked_after(by, "close other people's")?;
        }
        if self.status == Status::Closed {
            return Ok(vec![]);
        }
        self.not_over()?;
        Ok(vec![TicketEvent::TicketClosed { by: Some(by.id.clone()) }])
    }

    /// How the promise of a solution stands that is not kept after all.
    pub(super) fn reopened(&self, zone: &TimeZone, now: Timestamp) -> Vec<Reading> {
        let Some(level) = &self.level else { return vec![] };
        let desk = Desk { level: level.clone(), zone: zone.clone() };
        let clocks = self.clocks.iter().filter(|clock| clock.reading.promise == Promise::Resolution);
        let spent = clocks.map(|clock| clock.spent(&level.calendar, zone, now));
        spent.map(|spent| running(&desk, (self.priority, Promise::Resolution), spent, now)).collect()
    }

    /// The readings but that of one promise.
    pub(super) fn but(promise: Promise, readings: Vec<Reading>) -> Vec<Reading> {
        readings.into_iter().filter(|reading| reading.promise != promise).collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::super::TicketCommand;
    use super::super::example::*;
    use super::*;
    use crate::testing::{given, noon};

    fn resolve(by: Box<Person>) -> TicketCommand {
        TicketCommand::Resolve { by, how: "new toner".to_owned(), zone: TimeZone::UTC }
    }

    #[test]
    fn whoever_resolves_it_unanswered_has_answered() {
        let mut ticket = Told::begun();
        let resolved = ticket.at(59).tell(resolve(sam()));
        let [TicketEvent::TicketResolved { until, .. }, met @ ..] = &resolved[..] else {
            panic!("{resolved:?}")
        };
        assert_eq!(*until, noon() + (59 + 5 * 24 * 60).minutes());
        let spent = 59 * 60;
        assert_eq!(met, Promise::ALL.map(|promise| TicketEvent::SlaMet { promise, spent }));
        assert_eq!(ticket.at(60).tell(resolve(sam())), vec![]);
        assert_eq!(ticket.state.next_due(), Some(*until));
        assert_eq!(
            ticket.at(59 + 5 * 24 * 60).tell(TicketCommand::Due),
            [TicketEvent::TicketClosed { by: None }]
        );
        assert_eq!(ticket.state.next_due(), None);
    }

    #[test]
    fn only_the_desk_resolves_and_gives_away_and_only_to_the_desk() {
        let action = |action: &str| Fault::NotOfTheDesk { action: action.to_owned() };
        given::<Ticket>(begun())
            .when(resolve(erin()))
            .then_denied([action("say that they are resolved").into()]);
        let assign = |by, to| TicketCommand::Assign { by, to };
        given::<Ticket>(begun())
            .when(assign(erin(), Some(sam())))
            .then_denied([action("give them to somebody").into()]);
        let name = bob().name;
        given::<Ticket>(begun())
            .when(assign(sam(), Some(bob())))
            .then_denied([Fault::CannotBeAssigned { name }.into()]);
        let given_to = |to: Option<Box<Person>>| {
            let name = to.as_ref().map(|person| person.name.clone());
            TicketEvent::TicketAssigned { by: sam().id, to: to.map(|person| person.id), name }
        };
        given::<Ticket>(begun()).when(assign(sam(), Some(sam()))).then([given_to(Some(sam()))]);
        let history: Vec<_> = begun().into_iter().chain([given_to(Some(sam()))]).collect();
        given::<Ticket>(history.clone()).when(assign(sam(), Some(sam()))).then_nothing();
        given::<Ticket>(history).when(assign(sam(), None)).then([given_to(None)]);
    }

    #[test]
    fn who_asked_may_close_it_and_nobody_else_who_does_not_look_after_it() {
        let closed = || TicketEvent::TicketClosed { by: Some(erin().id) };
        given::<Ticket>(begun()).when(TicketCommand::Close { by: erin() }).then([closed()]);
        let action = "close other people's".to_owned();
        given::<Ticket>(begun())
            .when(TicketCommand::Close { by: bob() })
            .then_denied([Fault::NotOfTheDesk { action }.into()]);
        let history = begun().into_iter().chain([closed()]);
        given::<Ticket>(history).when(TicketCommand::Close { by: erin() }).then_nothing();
        let mut over = Told::begun();
        over.at(1).tell(TicketCommand::Close { by: erin() });
        assert_eq!(over.state.next_due(), None, "of what is over nothing is promised any more");
        assert_eq!(over.at(600).tell(TicketCommand::Due), vec![]);
    }
}
