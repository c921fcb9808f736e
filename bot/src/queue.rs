//! The queue of the outbox: what is to be performed, in lanes of which each is used by one effect at a time, and in places of
//! which each tenant has its own for each role of a vendor.
//!
//! What takes access away goes first: in its lane, among the lanes, and to places that nothing else may take. Every step costs
//! the same however much waits.

mod line;
mod pace;
mod places;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet, VecDeque};

use countersign_domain::names::Tenant;
use countersign_domain::ports::VendorRole;
use countersign_domain::roster::Duty;
use tokio::time::Instant;
use uuid::Uuid;

use line::{Line, Ready};
use pace::Pace;
use places::Places;

/// An effect: whose, and which.
pub type Key = (Tenant, Uuid);

/// The roles of the vendors that an effect calls.
pub(crate) type Calls = &'static [VendorRole];

/// An effect that is to be performed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    /// Which.
    pub key: Key,
    /// What it touches, among all tenants: no two effects touch the same at once.
    pub lane: String,
    /// The share of the work that it belongs to.
    pub duty: Duty,
    /// Whose places it takes.
    pub calls: &'static [VendorRole],
    /// Whether it takes access away.
    pub urgent: bool,
}

/// What waits, and what runs.
pub(crate) struct Queue {
    lanes: HashMap<String, Lane>,
    urgent: Line,
    usual: Line,
    places: Places,
    /// Cards that are drawn again.
    pace: Pace,
    /// How many turns were given.
    turns: u64,
    waiting: HashSet<Key>,
    running: HashMap<Key, Errand>,
    /// Offered while it ran: to be looked at once more.
    again: HashSet<Key>,
}

/// What waits for the same thing, in the order it came.
#[derive(Default)]
struct Lane {
    is_used: bool,
    /// The turn of its first, where it is ready, and whether that is urgent.
    turn: Option<(u64, bool)>,
    urgent: VecDeque<Errand>,
    usual: VecDeque<Errand>,
}

impl Lane {
    fn push(&mut self, errand: Errand) {
        let of = if errand.urgent { &mut self.urgent } else { &mut self.usual };
        of.push_back(errand);
    }

    /// Effects are convergent, so what takes access away need not wait for what came before it.
    fn first(&self) -> Option<&Errand> {
        self.urgent.front().or_else(|| self.usual.front())
    }

    fn pop(&mut self) -> Option<Errand> {
        self.urgent.pop_front().or_else(|| self.usual.pop_front())
    }
}

impl Queue {
    /// An empty one, with so many places a tenant for what calls the same vendors.
    pub(crate) fn new(places: usize) -> Self {
        Self {
            lanes: HashMap::new(),
            urgent: Line::default(),
            usual: Line::default(),
            places: Places::new(places),
            pace: Pace::default(),
            turns: 0,
            waiting: HashSet::new(),
            running: HashMap::new(),
            again: HashSet::new(),
        }
    }

    /// Puts an effect at the end of its lane; nothing changes where it waits already.
    pub(crate) fn offer(&mut self, errand: Errand) {
        if self.running.contains_key(&errand.key) {
            self.again.insert(errand.key);
        } else if self.waiting.insert(errand.key.clone()) {
            let name = errand.lane.clone();
            self.lanes.entry(name.clone()).or_default().push(errand);
            self.line_up(name);
        }
    }

    /// The same of an effect that draws a card, which may have to rest before.
    pub(crate) fn offer_drawing(&mut self, errand: Errand, now: Instant) {
        if let Some(errand) = self.pace.rest(errand, now) {
            self.offer(errand);
        }
    }

    /// The card of a lane is being drawn.
    pub(crate) fn drew(&mut self, lane: &str, now: Instant) {
        self.pace.drew(lane, now);
    }

    /// Whether the bot is behind with what people do, so that cards have to rest; says whether that is news.
    pub(crate) fn behind(&mut self, is_behind: bool) -> bool {
        self.pace.behind(is_behind)
    }

    /// Offers the cards that have rested; says when the next one will have.
    pub(crate) fn wake(&mut self, now: Instant) -> Option<Instant> {
        while let Some(errand) = self.pace.rested(now) {
            self.offer(errand);
        }
        self.pace.next()
    }

    /// An effect that may run now, if there is a place for one.
    pub(crate) fn begin(&mut self) -> Option<Errand> {
        let (lanes, places) = (&self.lanes, &self.places);
        let counts = |ready: &Ready| {
            let turn = lanes.get(&ready.lane).and_then(|lane| lane.turn);
            turn.is_some_and(|(number, _)| number == ready.turn)
        };
        let urgent = self.urgent.next(counts, |tenant, calls| places.has_urgent(tenant, calls));
        let usual = || self.usual.next(counts, |tenant, calls| places.has_usual(tenant, calls));
        let lane = self.lanes.get_mut(&urgent.or_else(usual)?)?;
        (lane.turn, lane.is_used) = (None, true);
        let errand = lane.pop()?;
        self.waiting.remove(&errand.key);
        self.places.take(&errand);
        self.running.insert(errand.key.clone(), errand.clone());
        Some(errand)
    }

    /// It has run, and its lane is free for the next; `again` if it is to run once more.
    pub(crate) fn end(&mut self, key: &Key, again: bool) {
        let Some(errand) = self.running.remove(key) else { return };
        self.places.give_back(&errand);
        let name = errand.lane.clone();
        if let Some(lane) = self.lanes.get_mut(&name) {
            lane.is_used = false;
            if self.again.remove(key) || again {
                self.waiting.insert(errand.key.clone());
                lane.push(errand);
            }
        }
        self.line_up(name);
    }

    /// Gives the first of a lane its turn, where it has none yet and nothing runs in the lane.
    fn line_up(&mut self, name: String) {
        let Some(lane) = self.lanes.get_mut(&name) else { return };
        if lane.is_used {
            return;
        }
        let Some(first) = lane.first() else {
            self.lanes.remove(&name);
            return;
        };
        let (urgent, calls, tenant) = (first.urgent, first.calls, first.key.0.clone());
        if lane.turn.is_some_and(|(_, of_urgent)| of_urgent == urgent) {
            return;
        }
        self.turns += 1;
        lane.turn = Some((self.turns, urgent));
        let line = if urgent { &mut self.urgent } else { &mut self.usual };
        line.push(&tenant, calls, Ready { turn: self.turns, lane: name });
    }

    /// What runs.
    pub(crate) fn running(&self) -> impl Iterator<Item = &Errand> {
        self.running.values()
    }

    /// Whether an effect waits and has not begun.
    pub(crate) fn is_waiting(&self, key: &Key) -> bool {
        self.waiting.contains(key) || self.pace.rests(key)
    }

    /// How many effects wait or run.
    pub(crate) fn pending(&self) -> usize {
        self.waiting.len() + self.running.len() + self.pace.len()
    }
}
