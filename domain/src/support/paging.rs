//! Paging: when a promise is broken somebody is woken, again and again, until somebody of the desk takes the ticket up or says that
//! they have heard of it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Fault, Promise, Ticket, TicketEvent};
use crate::denied::Denied;
use crate::person::Person;

/// Who is woken when a promise is not kept, and how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// Who, and how.
    pub by: Pages,
    /// After so many minutes without anybody they are woken again, whatever the day.
    #[serde(default = "a_quarter")]
    pub every_minutes: u32,
    /// So often at most.
    #[serde(default = "a_day")]
    pub most: u32,
}

/// How somebody is woken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Pages {
    /// The members of a group are told where they talk.
    Group {
        /// As the rules name it.
        group: String,
    },
    /// The pager of the configuration is called.
    Webhook {},
}

const fn a_quarter() -> u32 {
    15
}

const fn a_day() -> u32 {
    96
}

/// Somebody is being woken for a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paged {
    /// What was not kept.
    pub promise: Promise,
    /// How often they were.
    pub times: u32,
    /// When they are woken again; not any more, where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Timestamp>,
}

impl Ticket {
    /// Somebody is woken for a promise that is broken now, unless they are being woken already.
    pub(super) fn page_first(&self, promise: Promise, now: Timestamp) -> Option<TicketEvent> {
        let is_going_on = self.paged.as_ref().is_some_and(|paged| paged.next.is_some());
        if is_going_on { None } else { self.page(promise, 1, now) }
    }

    /// They are woken again where it is time and nobody has said anything.
    pub(super) fn page_again(&self, now: Timestamp) -> Option<TicketEvent> {
        let paged = self.paged.as_ref().filter(|paged| paged.next.is_some_and(|next| next <= now))?;
        self.page(paged.promise, paged.times + 1, now)
    }

    fn page(&self, promise: Promise, times: u32, now: Timestamp) -> Option<TicketEvent> {
        let paging = self.level.as_ref()?.paging.as_ref()?;
        // Without a pause between them, one would follow the other for ever.
        let pause = SignedDuration::from_mins(paging.every_minutes.max(1).into());
        let next = (times < paging.most).then(|| now.checked_add(pause).unwrap_or(Timestamp::MAX));
        Some(TicketEvent::TicketPaged { promise, by: paging.by.clone(), times, next })
    }

    /// Who looks after tickets, or was woken, says that they have heard of it.
    pub(super) fn acknowledge(&self, by: &Person) -> Result<Vec<TicketEvent>, Denied> {
        let is_woken = self.level.as_ref().is_some_and(|level| level.wakes(by));
        if !is_woken {
            self.looked_after(by, "say that they have heard of them")?;
        }
        self.not_over()?;
        if self.paged.is_none() {
            return Err(Fault::NobodyPaged.into());
        }
        Ok(vec![TicketEvent::TicketAcknowledged { by: by.id.clone() }])
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use jiff::tz::TimeZone;

    use super::super::example::*;
    use super::super::{Priority, TicketCommand};
    use super::*;
    use crate::testing::noon;

    fn paging(by: Pages) -> Paging {
        Paging { by, every_minutes: 10, most: 3 }
    }

    fn on_call() -> Pages {
        Pages::Group { group: "on-call".to_owned() }
    }

    /// A ticket of a desk that wakes people, opened at noon; an answer is promised within an hour.
    fn begun(by: Pages) -> Told {
        let mut ticket = Told::begun();
        let mut desk = desk();
        desk.level.paging = Some(paging(by));
        let (priority, zone) = (Priority::High, TimeZone::UTC);
        ticket.at(0).tell(TicketCommand::Triage { by: sam(), priority, desk, zone });
        ticket
    }

    fn pages(events: &[TicketEvent]) -> Vec<u32> {
        let times = |event: &TicketEvent| match event {
            TicketEvent::TicketPaged { times, .. } => Some(*times),
            _ => None,
        };
        events.iter().filter_map(times).collect()
    }

    #[test]
    fn somebody_is_woken_when_a_promise_is_broken_and_again_until_it_was_often_enough() {
        let mut ticket = begun(on_call());
        assert_eq!(pages(&ticket.at(59).tell(TicketCommand::Due)), [0; 0]);
        let late = ticket.at(60).tell(TicketCommand::Due);
        let next = Some(noon() + 70.minutes());
        let paged = TicketEvent::TicketPaged { promise: Promise::Response, by: on_call(), times: 1, next };
        assert!(late.contains(&paged), "{late:#?}");
        assert_eq!(ticket.state.next_due(), next);
        assert_eq!(pages(&ticket.at(69).tell(TicketCommand::Due)), [0; 0]);
        assert_eq!(pages(&ticket.at(70).tell(TicketCommand::Due)), [2]);
        assert_eq!(pages(&ticket.at(80).tell(TicketCommand::Due)), [3], "and that was the last time");
        assert_eq!(pages(&ticket.at(90).tell(TicketCommand::Due)), [0; 0]);
    }

    #[test]
    fn whoever_takes_it_up_or_has_heard_of_it_lets_the_others_sleep() {
        let zone = || TimeZone::UTC;
        let reply =
            || TicketCommand::Reply { by: sam(), text: "I am here".to_owned(), waits: false, zone: zone() };
        let resolve = || TicketCommand::Resolve { by: sam(), how: "done".to_owned(), zone: zone() };
        for command in [
            TicketCommand::Acknowledge { by: sam() },
            TicketCommand::Assign { by: sam(), to: Some(sam()) },
            TicketCommand::Close { by: erin() },
            reply(),
            resolve(),
        ] {
            let mut ticket = begun(Pages::Webhook {});
            ticket.at(60).tell(TicketCommand::Due);
            ticket.at(61).tell(command.clone());
            assert_eq!(ticket.state.paged, None, "{command:?}");
            assert_eq!(pages(&ticket.at(75).tell(TicketCommand::Due)), [0; 0], "{command:?}");
        }
        let mut ticket = begun(Pages::Webhook {});
        ticket.at(60).tell(TicketCommand::Due);
        let text = "is anybody there?".to_owned();
        ticket.at(61).tell(TicketCommand::Reply { by: erin(), text, waits: false, zone: zone() });
        assert_eq!(pages(&ticket.at(70).tell(TicketCommand::Due)), [2], "who asked is nobody of the desk");
    }

    #[test]
    fn who_is_woken_says_so_and_nobody_else_who_has_nothing_to_do_with_it() {
        let acknowledge = |ticket: &Told, by| {
            let command = TicketCommand::Acknowledge { by };
            crate::aggregate::Aggregate::decide(&ticket.state, command, noon())
        };
        let mut ticket = begun(on_call());
        assert_eq!(acknowledge(&ticket, sam()), Err(Fault::NobodyPaged.into()));
        ticket.at(60).tell(TicketCommand::Due);
        let action = "say that they have heard of them".to_owned();
        assert_eq!(acknowledge(&ticket, bob()), Err(Fault::NotOfTheDesk { action }.into()));
        let mut woken = bob();
        woken.groups.insert("on-call".to_owned());
        assert_eq!(acknowledge(&ticket, woken), Ok(vec![TicketEvent::TicketAcknowledged { by: bob().id }]));
    }
}
