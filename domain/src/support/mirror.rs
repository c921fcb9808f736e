//! A ticket that stands in the tracker as well: what is said and done on either side is told on the other. What people changed there
//! counts, and nothing of ours is put in its place; what we wrote there ourselves never comes back.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::open::MOST_TEXT;
use super::{Fault, Promise, Side, Status, Ticket, TicketEvent};
use crate::aggregate::Aggregate as _;
use crate::denied::Denied;
use crate::names::PrincipalId;
use crate::person::Person;
use crate::ports::{TicketMove, TicketStage};

/// How an issue of the tracker stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct There {
    /// The name of its status, as people see it.
    pub status: String,
    /// How far that is.
    pub stage: TicketStage,
}

/// What a person said there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// The tracker's id of it.
    pub id: String,
    /// Their account there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Who that is here, where anybody is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PrincipalId>,
    /// The name people see of them there.
    pub name: String,
    /// What.
    pub text: String,
}

/// What is seen of an issue: how it stands, and what people said there that was not heard before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sight {
    /// Its key.
    pub key: String,
    /// When it was looked at, or a little before.
    pub at: Timestamp,
    /// How it stands.
    pub there: There,
    /// What was said, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub heard: Vec<Heard>,
}

/// What was said here, as it is told there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saying {
    /// Which of all that was said on the ticket, from 1.
    pub nth: u32,
    /// Who.
    pub by: PrincipalId,
    /// Whether it is how the ticket was resolved.
    pub resolves: bool,
    /// What.
    pub text: String,
}

/// How far a ticket and its issue are one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mirror {
    /// In which project it is to be made, where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// Whether a person linked it to an issue that was there before.
    pub by_hand: bool,
    /// How many things were said here.
    pub said: u32,
    /// What was said before it had a key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unsaid: Vec<Saying>,
    /// How it stands there, as we know: what is otherwise there was changed by a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub there: Option<There>,
    /// Since when that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known_since: Option<Timestamp>,
    /// Whether that was seen for the first time just now.
    pub is_first_sight: bool,
    /// What was heard from there, by its ids.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub heard: BTreeSet<String>,
    /// Where it is known to be resolved.
    pub solved: Solved,
}

/// Where a ticket is known to be resolved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Solved {
    /// Nowhere.
    #[default]
    Not,
    /// Somebody has said so here, and nobody that it is not.
    Here,
    /// It was seen to be done there since: who moves it back from there says that it is not.
    There,
}

impl Mirror {
    /// Something is said here: it waits, where there is nowhere yet to say it.
    pub(super) fn say(&mut self, key: Option<&str>, by: &PrincipalId, resolves: bool, text: &str) {
        self.said += 1;
        if key.is_none() && self.project.is_some() {
            self.unsaid.push(Saying { nth: self.said, by: by.clone(), resolves, text: text.to_owned() });
        }
    }

    /// How it stands there is known now.
    pub(super) fn see(&mut self, there: There, before: &[String], at: Timestamp) {
        self.known_since = Some(at);
        self.is_first_sight = self.there.is_none();
        if self.solved == Solved::Here && there.stage == TicketStage::Done {
            self.solved = Solved::There;
        }
        self.there = Some(there);
        self.heard.extend(before.iter().cloned());
        self.unsaid.clear();
    }
}

impl Ticket {
    /// A key is for ever: what was linked is not linked to another. Nobody says so where it was made there by us.
    pub(super) fn link(&self, key: String, by: Option<&Person>) -> Result<Vec<TicketEvent>, Denied> {
        if let Some(by) = by {
            self.looked_after(by, "link them to the tracker")?;
        }
        match &self.key {
            _ if self.opened.is_none() => Ok(vec![]),
            None => Ok(vec![TicketEvent::TicketLinked { key, by: by.map(|by| by.id.clone()) }]),
            Some(known) if *known == key || by.is_none() => Ok(vec![]),
            Some(known) => Err(Fault::LinkedAlready { key: known.clone() }.into()),
        }
    }

    /// Whether something newer is known of how it stands there: it was looked at before we moved it, and is taken in after.
    pub fn is_overtaken(&self, sight: &Sight) -> bool {
        let differs = self.mirror.there.as_ref().is_some_and(|known| *known != sight.there);
        differs && self.mirror.known_since.is_some_and(|since| sight.at < since)
    }

    /// Takes in what is seen there. What was said on an issue before a person linked it is not of this ticket.
    pub(super) fn take_there(&self, sight: Sight, (zone, now): (&TimeZone, Timestamp)) -> Vec<TicketEvent> {
        if self.key.as_ref() != Some(&sight.key) || self.is_over() {
            return vec![];
        }
        let was_before = self.mirror.there.is_none() && self.mirror.by_hand;
        let (mut ticket, mut events) = (self.clone(), vec![]);
        let mut happen = |ticket: &mut Self, new: Vec<TicketEvent>| {
            for event in &new {
                ticket.evolve(event, now);
            }
            events.extend(new);
        };
        let before = sight.heard.iter().filter(|_| was_before).map(|heard| heard.id.clone()).collect();
        if self.mirror.there.as_ref() != Some(&sight.there) && !self.is_overtaken(&sight) {
            let There { status, stage } = sight.there.clone();
            happen(&mut ticket, vec![TicketEvent::TrackerSeen { status, stage, before }]);
            if !was_before {
                let follows = ticket.follows(&sight.there, (zone, now));
                happen(&mut ticket, follows);
            }
        }
        for heard in sight.heard {
            if !ticket.mirror.heard.contains(&heard.id) {
                let new = ticket.hears(heard, (zone, now));
                happen(&mut ticket, new);
            }
        }
        events
    }

    /// It was moved there by us, so nothing follows from it here.
    pub(super) fn take_moved(&self, key: &str, There { status, stage }: There) -> Vec<TicketEvent> {
        let is_known = self.mirror.there.as_ref().is_some_and(|known| known.status == status);
        let is_done_now = stage == TicketStage::Done && self.mirror.solved == Solved::Here;
        if self.key.as_deref() != Some(key) || is_known && !is_done_now {
            return vec![];
        }
        vec![TicketEvent::TrackerSeen { status, stage, before: vec![] }]
    }

    /// Where its issue belongs, by how it stands here; nowhere, where nobody looks after it yet.
    pub fn belongs_there(&self) -> Option<TicketMove> {
        match self.status {
            Status::Closed if self.mirror.solved == Solved::Not => Some(TicketMove::Declined),
            Status::Resolved | Status::Closed => Some(TicketMove::Granted),
            Status::Open | Status::Waiting => self.assignee.as_ref().map(|_| TicketMove::Started),
            Status::New => None,
        }
    }

    /// What follows here from how people moved it there.
    fn follows(&self, there: &There, (zone, now): (&TimeZone, Timestamp)) -> Vec<TicketEvent> {
        match (there.stage, self.status) {
            (TicketStage::Done, Status::Open | Status::Waiting) => {
                let status = there.status.clone();
                let (readings, until) = (self.stopped(zone, now), self.reopens_until_from(now));
                let resolved = TicketEvent::TicketResolvedThere { status, readings, until };
                let promises = Promise::ALL.into_iter().filter_map(|promise| self.kept(promise, (zone, now)));
                std::iter::once(resolved).chain(promises).collect()
            }
            (TicketStage::Todo | TicketStage::InProgress, Status::Resolved)
                if self.mirror.solved == Solved::There =>
            {
                vec![TicketEvent::TicketReopened { readings: self.reopened(zone, now) }]
            }
            _ => vec![],
        }
    }

    /// Somebody said something there: who asked, or whoever works on it there.
    fn hears(&self, heard: Heard, when: (&TimeZone, Timestamp)) -> Vec<TicketEvent> {
        let Heard { id, by, name, text, .. } = heard;
        let side = by.as_ref().map_or(Side::Staff, |by| self.side(by));
        let text = text.chars().take(MOST_TEXT).collect();
        let mut events = vec![TicketEvent::TrackerCommented { comment: id, by, name, side, text }];
        match side {
            Side::Staff => events.extend(self.kept(Promise::Response, when)),
            Side::Asker => events.extend(self.taken_up(when)),
        }
        events
    }

    /// Until when whoever asked can say that it is not resolved, where it is from now.
    pub(super) fn reopens_until_from(&self, now: Timestamp) -> Timestamp {
        let minutes = self.level.as_ref().map_or(0, |level| level.reopen_minutes);
        now.checked_add(SignedDuration::from_mins(minutes.into())).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests;
