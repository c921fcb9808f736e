//! A ticket for tests, and a desk.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use uuid::Uuid;

use super::level::running;
use super::*;
use crate::access::example::person;
use crate::aggregate::Aggregate as _;
use crate::person::Person;
use crate::ports::TicketStage;
use crate::testing::noon;

/// Who asks.
#[expect(clippy::unnecessary_box_returns, reason = "commands hold them so")]
pub(crate) fn erin() -> Box<Person> {
    Box::new(person("erin", &[]))
}

/// Who looks after tickets.
#[expect(clippy::unnecessary_box_returns, reason = "commands hold them so")]
pub(crate) fn sam() -> Box<Person> {
    Box::new(person("sam", &["support"]))
}

/// Who has nothing to do with it.
#[expect(clippy::unnecessary_box_returns, reason = "commands hold them so")]
pub(crate) fn bob() -> Box<Person> {
    Box::new(person("bob", &["approvers"]))
}

/// A desk that works around the clock.
pub(crate) fn desk() -> Box<Desk> {
    let target = |response, resolution| Target { response: Some(response), resolution: Some(resolution) };
    let level = ServiceLevel {
        version: 3,
        staff: ["support".to_owned()].into(),
        calendar: Calendar::always(),
        targets: [
            (Priority::Low, target(1440, 10_080)),
            (Priority::Normal, target(240, 1440)),
            (Priority::High, target(60, 480)),
            (Priority::Urgent, target(15, 240)),
        ]
        .into(),
        warn_percent: 80,
        escalate_to: ["leads".to_owned()].into(),
        paging: None,
        reopen_minutes: 5 * 24 * 60,
    };
    Box::new(Desk { level, zone: TimeZone::UTC })
}

pub(crate) fn opened() -> Opened {
    let turn = Some(Turn { conversation: Uuid::from_u128(1), turn: Uuid::from_u128(2) });
    Opened {
        number: 7,
        marker: Uuid::from_u128(9),
        by: erin().id,
        name: erin().name,
        subject: "the printer prints nothing but grey".to_owned(),
        text: "since this morning".to_owned(),
        turn,
        conversation: None,
    }
}

/// It was opened at noon, and hurries.
pub(crate) fn begun() -> Vec<TicketEvent> {
    let readings = Promise::ALL
        .map(|promise| running(&desk(), (Priority::High, promise), jiff::SignedDuration::ZERO, noon()));
    let level = Box::new(desk().level);
    vec![
        TicketEvent::TicketOpened(Box::new(opened())),
        TicketEvent::TicketTriaged { by: None, priority: Priority::High, level, readings: readings.into() },
    ]
}

/// A ticket that goes on.
pub(crate) struct Told {
    pub(crate) state: Ticket,
    now: Timestamp,
}

impl Told {
    /// It was opened at noon.
    pub(crate) fn begun() -> Self {
        let mut state = Ticket::default();
        for event in &begun() {
            state.evolve(event, noon());
        }
        Self { state, now: noon() }
    }

    /// So many minutes after it was opened.
    pub(crate) fn at(&mut self, minutes: i64) -> &mut Self {
        self.now = noon() + minutes.minutes();
        self
    }

    /// Something happened to it.
    pub(crate) fn take(&mut self, events: impl IntoIterator<Item = TicketEvent>) {
        events.into_iter().for_each(|event| self.state.evolve(&event, self.now));
    }

    /// What follows from a command.
    #[track_caller]
    pub(crate) fn tell(&mut self, command: TicketCommand) -> Vec<TicketEvent> {
        let events = self.state.decide(command, self.now).expect("it is not denied");
        for event in &events {
            self.state.evolve(event, self.now);
        }
        events
    }
}

/// One event of each type.
pub(crate) fn every_event() -> Vec<TicketEvent> {
    use TicketEvent as E;
    let (by, due) = (sam().id, noon() + 60.minutes());
    let reading = |promise| Reading { promise, spent: 1800, due: Some(due), warn_at: Some(noon()) };
    let readings = || Promise::ALL.map(reading).to_vec();
    let mut level = desk().level;
    level.calendar.holidays = [jiff::civil::date(2026, 12, 25)].into();
    vec![
        E::TicketOpened(Box::new(opened())),
        E::TicketTriaged {
            by: Some(by.clone()),
            priority: Priority::Low,
            level: Box::new(level),
            readings: readings(),
        },
        E::TicketAssigned { by: by.clone(), to: Some(by.clone()), name: Some("Sam".to_owned()) },
        E::TicketReplied {
            by: by.clone(),
            name: "Sam".to_owned(),
            side: Side::Staff,
            text: "which one?".to_owned(),
        },
        E::TicketWaiting { by: by.clone(), readings: readings() },
        E::TicketResumed { readings: readings() },
        E::TicketResolved { by: by.clone(), how: "new toner".to_owned(), readings: readings(), until: due },
        E::TicketReopened { readings: readings() },
        E::TicketClosed { by: Some(by) },
        E::TicketLinked { key: "OPS-17".to_owned(), by: None },
        E::TicketEscalated { to: vec!["leads".to_owned()], promise: Promise::Response },
        E::SlaWarned { promise: Promise::Response, due },
        E::SlaBreached { promise: Promise::Resolution, due },
        E::SlaMet { promise: Promise::Response, spent: 3_900 },
    ]
    .into_iter()
    .chain(since_there_is_a_tracker(due, readings()))
    .collect()
}

/// Those of a ticket that stands in a tracker as well, or for which somebody is woken.
fn since_there_is_a_tracker(due: Timestamp, readings: Vec<Reading>) -> Vec<TicketEvent> {
    use TicketEvent as E;
    vec![
        E::TicketMirrored { project: "OPS".to_owned() },
        E::TrackerSeen {
            status: "In Progress".to_owned(),
            stage: TicketStage::InProgress,
            before: vec!["20001".to_owned()],
        },
        E::TrackerCommented {
            comment: "20002".to_owned(),
            by: Some(sam().id),
            name: "Sam there".to_owned(),
            side: Side::Staff,
            text: "it is the drum".to_owned(),
        },
        E::TicketResolvedThere { status: "Done".to_owned(), readings, until: due },
        E::TicketPaged {
            promise: Promise::Response,
            by: Pages::Group { group: "on-call".to_owned() },
            times: 2,
            next: Some(due),
        },
        E::TicketAcknowledged { by: sam().id },
    ]
}

/// Everything that is not done with one.
pub(crate) fn faults() -> Vec<Fault> {
    vec![
        Fault::NoSuchTicket { given: "12".to_owned() },
        Fault::NotOfTheDesk { action: "sort them".to_owned() },
        Fault::TicketClosed { number: 7 },
        Fault::NothingSaid,
        Fault::TicketTextTooLong { length: 20_001, max: 20_000 },
        Fault::CannotBeAssigned { name: "Bob".to_owned() },
    ]
}

/// Why not, since tickets stand in a tracker and people are woken.
pub(crate) fn faults_since() -> Vec<Fault> {
    vec![Fault::LinkedAlready { key: "OPS-17".to_owned() }, Fault::NobodyPaged]
}

/// What events hold that the first ones of their types had no place for, by the names of their golden files.
pub(crate) fn events_since() -> Vec<(&'static str, TicketEvent)> {
    use TicketEvent as E;
    let exchange = |asked: &str, answered: Option<&str>| Exchange {
        asked: asked.to_owned(),
        answered: answered.map(str::to_owned),
        withheld: answered.is_none(),
        kept_from: None,
    };
    let turns = vec![
        exchange("why does it print grey?", Some("New toner helps.")),
        exchange("and since this morning?", None),
    ];
    let conversation = Some(Attached { turns, earlier: 1, others: 2 });
    let bonus =
        Exchange { kept_from: Some(KeptFrom::Others), ..exchange("and the bonus?", Some("It is ten.")) };
    let for_the_desk = Some(Attached { turns: vec![bonus], earlier: 0, others: 0 });
    let mut level = desk().level;
    level.paging = Some(Paging { by: Pages::Webhook {}, every_minutes: 15, most: 96 });
    level.calendar.holidays = [jiff::civil::date(2026, 12, 25)].into();
    let reading =
        |promise| Reading { promise, spent: 1800, due: Some(noon() + 60.minutes()), warn_at: Some(noon()) };
    vec![
        ("ticket_linked.v1.by_hand", E::TicketLinked { key: "OPS-17".to_owned(), by: Some(sam().id) }),
        ("ticket_opened.v1.conversation", E::TicketOpened(Box::new(Opened { conversation, ..opened() }))),
        (
            "ticket_opened.v1.for_the_desk",
            E::TicketOpened(Box::new(Opened { conversation: for_the_desk, ..opened() })),
        ),
        (
            "ticket_triaged.v1.paging",
            E::TicketTriaged {
                by: Some(sam().id),
                priority: Priority::Low,
                level: Box::new(level),
                readings: Promise::ALL.map(reading).to_vec(),
            },
        ),
    ]
}
