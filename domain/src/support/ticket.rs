//! A ticket: somebody asks for help, somebody looks after it, and a clock says whether what was promised is kept.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Mirror, Opened, Paged, Priority, Promise, Reading, ServiceLevel, Side, Solved, Stopwatch, There,
    TicketCommand, TicketEvent,
};
use crate::aggregate::Aggregate;
use crate::denied::Denied;
use crate::names::PrincipalId;
use crate::person::Person;

/// How far a ticket is.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    /// Nobody opened it.
    #[default]
    New,
    /// It is being looked after, or is to be.
    Open,
    /// It waits for whoever asked.
    Waiting,
    /// It is resolved, and whoever asked can say that it is not.
    Resolved,
    /// It is over.
    Closed,
}

impl Status {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// One ticket: the fold of its events.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// How far it is.
    pub status: Status,
    /// As it was opened.
    pub opened: Option<Opened>,
    /// When that was.
    pub opened_at: Option<Timestamp>,
    /// How much it hurries.
    pub priority: Priority,
    /// What is promised.
    pub level: Option<ServiceLevel>,
    /// How it is kept, each promise by its clock.
    pub clocks: Vec<Stopwatch>,
    /// Who looks after it.
    pub assignee: Option<(PrincipalId, String)>,
    /// Until when it can be reopened, while it is resolved.
    pub reopens_until: Option<Timestamp>,
    /// Its key in a tracker.
    pub key: Option<String>,
    /// How far it and its issue there are one.
    #[serde(default)]
    pub mirror: Mirror,
    /// Who is being woken for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paged: Option<Paged>,
    /// How often something was said.
    pub replies: u32,
}

impl Aggregate for Ticket {
    const CATEGORY: &'static str = "ticket";
    type Command = TicketCommand;
    type Event = TicketEvent;

    fn decide(&self, command: TicketCommand, now: Timestamp) -> Result<Vec<TicketEvent>, Denied> {
        use TicketCommand as C;
        match command {
            C::Open { opened, priority, desk, project } => self.open(opened, priority, (&desk, project), now),
            C::Triage { by, priority, desk, zone } => self.triage(&by, priority, (&desk, &zone), now),
            C::Assign { by, to } => self.assign(&by, to.as_deref()),
            C::Reply { by, text, waits, zone } => self.reply(&by, text, waits, (&zone, now)),
            C::Resolve { by, how, zone } => self.resolve(&by, how, (&zone, now)),
            C::Close { by } => self.close(&by),
            C::Link { key, by } => self.link(key, by.as_deref()),
            C::TakeThere { sight, zone } => Ok(self.take_there(*sight, (&zone, now))),
            C::TakeMoved { key, there } => Ok(self.take_moved(&key, there)),
            C::Acknowledge { by } => self.acknowledge(&by),
            C::Due => Ok(self.due(now)),
        }
    }

    fn evolve(&mut self, event: &TicketEvent, at: Timestamp) {
        use TicketEvent as E;
        match event {
            E::TicketOpened(opened) => {
                self.status = Status::Open;
                self.opened = Some(Opened::clone(opened));
                self.opened_at = Some(at);
            }
            E::TicketTriaged { priority, level, readings, .. } => {
                self.priority = *priority;
                self.level = Some(ServiceLevel::clone(level));
                self.read(readings, at);
                self.promise_anew(at);
            }
            E::TicketAssigned { to, name, .. } => {
                self.assignee = to.clone().zip(name.clone());
                if to.is_some() {
                    self.paged = None;
                }
            }
            E::TicketReplied { by, side, text, .. } => {
                self.mirror.say(self.key.as_deref(), by, false, text);
                self.said_by(*side);
            }
            E::TrackerCommented { comment, side, .. } => {
                self.mirror.heard.insert(comment.clone());
                self.said_by(*side);
            }
            E::TicketWaiting { readings, .. } => self.go_on(Status::Waiting, readings, at),
            E::TicketResumed { readings } => self.go_on(Status::Open, readings, at),
            E::TicketResolved { by, how, readings, until } => {
                self.mirror.say(self.key.as_deref(), by, true, how);
                self.is_resolved(readings, *until, at);
            }
            E::TicketResolvedThere { readings, until, .. } => {
                self.is_resolved(readings, *until, at);
                self.mirror.solved = Solved::There;
            }
            E::TicketReopened { readings } => {
                self.mirror.solved = Solved::Not;
                self.go_on(Status::Open, readings, at);
                // What was promised to be resolved is not: the clock goes on from where it stood.
                self.clock_of(Promise::Resolution, |clock| clock.over = false);
            }
            E::TicketClosed { .. } => {
                self.status = Status::Closed;
                self.reopens_until = None;
                self.paged = None;
                self.clocks.iter_mut().for_each(Stopwatch::end);
            }
            E::TicketMirrored { .. }
            | E::TicketLinked { .. }
            | E::TrackerSeen { .. }
            | E::TicketPaged { .. }
            | E::TicketAcknowledged { .. } => self.stand_outside(event, at),
            E::TicketEscalated { .. } => {}
            E::SlaWarned { promise, .. } => self.clock_of(*promise, |clock| clock.warned = true),
            E::SlaBreached { promise, .. } => self.clock_of(*promise, |clock| clock.broken = true),
            E::SlaMet { promise, .. } => self.clock_of(*promise, Stopwatch::end),
        }
    }
}

impl Ticket {
    /// Whether this person asked.
    pub fn is_of(&self, id: &PrincipalId) -> bool {
        self.opened.as_ref().is_some_and(|opened| opened.by == *id)
    }

    /// As somebody reads it who may: what is for the desk is for it and for who asked.
    #[must_use]
    pub fn seen_by(mut self, person: &Person) -> Self {
        let is_staff = self.level.as_ref().is_some_and(|level| level.is_staff(person));
        if !is_staff && !self.is_of(&person.id) {
            let talk = self.opened.as_mut().and_then(|opened| opened.conversation.as_mut());
            let turns = talk.into_iter().flat_map(|talk| &mut talk.turns);
            for turn in turns.filter(|turn| turn.kept_from.is_some()) {
                (turn.answered, turn.withheld) = (None, true);
            }
        }
        self
    }

    /// On which side somebody is: whoever asked is on their own, whatever else they are.
    pub(super) fn side(&self, id: &PrincipalId) -> Side {
        if self.is_of(id) { Side::Asker } else { Side::Staff }
    }

    /// Whether something can still be done with it.
    pub fn is_over(&self) -> bool {
        matches!(self.status, Status::New | Status::Closed)
    }

    /// When something is to be looked at next.
    pub fn next_due(&self) -> Option<Timestamp> {
        let of_clock = |clock: &Stopwatch| {
            let reading = &clock.reading;
            let warn_at = reading.warn_at.filter(|_| !clock.warned && !clock.broken);
            warn_at.into_iter().chain(reading.due.filter(|_| !clock.broken)).min()
        };
        let clocks = self.clocks.iter().filter_map(of_clock);
        let page = self.paged.as_ref().and_then(|paged| paged.next);
        clocks.chain(self.reopens_until.filter(|_| self.status == Status::Resolved)).chain(page).min()
    }

    /// How it stands in the tracker, and who is woken for it.
    fn stand_outside(&mut self, event: &TicketEvent, at: Timestamp) {
        use TicketEvent as E;
        match event {
            E::TicketMirrored { project } => self.mirror.project = Some(project.clone()),
            E::TicketLinked { key, by } => {
                self.key = Some(key.clone());
                self.mirror.by_hand = by.is_some();
            }
            E::TrackerSeen { status, stage, before } => {
                self.mirror.see(There { status: status.clone(), stage: *stage }, before, at);
            }
            E::TicketPaged { promise, times, next, .. } => {
                self.paged = Some(Paged { promise: *promise, times: *times, next: *next });
            }
            E::TicketAcknowledged { .. } => self.paged = None,
            _ => {}
        }
    }

    /// Something was said: of the desk, it is the answer that was promised, and whoever was woken for it can sleep.
    fn said_by(&mut self, side: Side) {
        self.replies += 1;
        if side == Side::Staff {
            self.paged = None;
            self.clock_of(Promise::Response, Stopwatch::end);
        }
    }

    fn is_resolved(&mut self, readings: &[Reading], until: Timestamp, at: Timestamp) {
        self.go_on(Status::Resolved, readings, at);
        self.reopens_until = Some(until);
        (self.paged, self.mirror.solved) = (None, Solved::Here);
        self.clocks.iter_mut().for_each(Stopwatch::end);
    }

    fn go_on(&mut self, status: Status, readings: &[Reading], at: Timestamp) {
        self.status = status;
        self.reopens_until = None;
        self.read(readings, at);
    }

    /// Each clock as it was read: it runs on where something is due of it, or would be if anything were promised.
    fn read(&mut self, readings: &[Reading], at: Timestamp) {
        let runs = self.status == Status::Open;
        for reading in readings {
            let clock = Stopwatch {
                reading: *reading,
                runs_since: runs.then_some(at),
                warned: false,
                broken: false,
                over: false,
            };
            match self.clocks.iter_mut().find(|clock| clock.reading.promise == reading.promise) {
                Some(known) => {
                    known.reading = *reading;
                    known.runs_since = runs.then_some(at);
                }
                None => self.clocks.push(clock),
            }
        }
    }

    /// What is due later now was neither warned of nor broken.
    fn promise_anew(&mut self, at: Timestamp) {
        let is_later = |clock: &&mut Stopwatch| !clock.over && clock.reading.due.is_none_or(|due| due > at);
        for clock in self.clocks.iter_mut().filter(is_later) {
            (clock.warned, clock.broken) = (false, false);
        }
    }

    fn clock_of(&mut self, promise: Promise, change: impl FnOnce(&mut Stopwatch)) {
        if let Some(clock) = self.clocks.iter_mut().find(|clock| clock.reading.promise == promise) {
            change(clock);
        }
    }
}
