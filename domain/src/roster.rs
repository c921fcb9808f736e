//! Who does what, where several bots work on one log: each bot is a member for as long as it keeps beating, and each duty is
//! held by one of them. The roster is one document that is replaced whole, by whoever knows its last revision.
//!
//! Nobody compares clocks. A bot counts on what it holds until a term after it last *sent* its beat; the others wait for more
//! than a term after they last *saw* a new one. So whoever is taken for dead has stopped before.

mod rosters;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use self::rosters::{Kept, Rosters};
use crate::envelope::{Position, derived_id};
use crate::names::Tenant;
use crate::place::SurfaceKind;

/// Into how many shares the work on the log is cut. Streams and lanes are dealt to them by their names, so it never changes
/// while bots of two versions run.
pub const SHARES: u8 = 8;

/// What one bot does at a time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Duty {
    /// One share of the reactions, deadlines and effects: `work/3`.
    Work(u8),
    /// To listen and to speak in a chat of one tenant: `slack/acme`.
    Chat(SurfaceKind, Tenant),
}

impl Duty {
    /// The share that something belongs to, by its name: a stream's for what follows from its events, a lane's for what
    /// touches the same thing outside.
    pub fn of(name: &str) -> Self {
        let share = derived_id(Uuid::NAMESPACE_OID, name).as_u128() % u128::from(SHARES);
        Self::Work(u8::try_from(share).unwrap_or(0))
    }

    /// Every share of the work.
    pub fn work() -> impl Iterator<Item = Self> {
        (0..SHARES).map(Self::Work)
    }

    const fn is_work(&self) -> bool {
        matches!(self, Self::Work(_))
    }
}

impl fmt::Display for Duty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Work(share) => write!(f, "work/{share}"),
            Self::Chat(surface, tenant) => write!(f, "{surface}/{tenant}"),
        }
    }
}

impl From<Duty> for String {
    fn from(duty: Duty) -> Self {
        duty.to_string()
    }
}

impl TryFrom<String> for Duty {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl FromStr for Duty {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let unknown = || format!("`{text}` is no duty");
        let (kind, rest) = text.split_once('/').ok_or_else(unknown)?;
        if kind == "work" {
            return rest.parse().map(Self::Work).map_err(|_| unknown());
        }
        let surface = SurfaceKind::ALL.into_iter().find(|surface| surface.as_str() == kind);
        Ok(Self::Chat(surface.ok_or_else(unknown)?, rest.parse().map_err(|_| unknown())?))
    }
}

/// One bot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Grows with each of its turns.
    pub beat: u64,
    /// What it is able to do: nothing, where it has met an event that only a newer version knows.
    pub able: BTreeSet<Duty>,
}

/// Who holds a duty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// The bot; nobody where it was given back.
    pub holder: Option<String>,
    /// Up to where everything was done that it calls for: there whoever takes it next begins.
    pub from: Option<Position>,
}

/// Who is there, and who does what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    /// The bots, by the names they were started with.
    pub members: BTreeMap<String, Member>,
    /// The duties.
    pub duties: BTreeMap<Duty, Holding>,
}

/// What a bot brings to its turn.
#[derive(Debug, Clone, Copy)]
pub struct Turn<'a> {
    /// Who it is.
    pub me: &'a str,
    /// Up to where it has done everything that what it holds calls for.
    pub reached: Option<Position>,
    /// What it is able to do.
    pub able: &'a BTreeSet<Duty>,
    /// Whom it has not seen beat for more than a term.
    pub dead: &'a BTreeSet<String>,
    /// What it had to let go, and is finished with.
    pub finished: &'a BTreeSet<Duty>,
}

impl Roster {
    /// The roster after a bot's turn: the dead are struck off, what the bot is finished with is free, it has beaten, and it
    /// has taken of what is free as much as falls to it.
    #[must_use]
    pub fn turn(&self, turn: Turn<'_>) -> Self {
        let mut next = self.clone();
        for dead in turn.dead {
            next.strike(dead);
        }
        for (duty, holding) in next.holdings(turn.me) {
            holding.from = turn.reached;
            if turn.finished.contains(duty) {
                holding.holder = None;
            }
        }
        let member = next.members.entry(turn.me.to_owned()).or_default();
        *member = Member { beat: member.beat + 1, able: turn.able.clone() };
        for duty in turn.able {
            next.duties.entry(duty.clone()).or_default();
        }
        for work in [true, false] {
            let held = next.held_by(turn.me).into_iter().filter(|duty| duty.is_work() == work).count();
            let room = next.fair(turn.me, work).saturating_sub(held);
            let free = next.duties.iter_mut().filter(|(duty, holding)| {
                duty.is_work() == work && holding.holder.is_none() && turn.able.contains(duty)
            });
            free.take(room).for_each(|(_, holding)| holding.holder = Some(turn.me.to_owned()));
        }
        next
    }

    /// The roster without a bot that ends in good order: its duties are free, to be taken up from where it was.
    #[must_use]
    pub fn without(&self, who: &str, reached: Option<Position>) -> Self {
        let mut next = self.clone();
        next.holdings(who).for_each(|(_, holding)| holding.from = reached);
        next.strike(who);
        next
    }

    /// What a bot holds.
    pub fn held_by(&self, who: &str) -> BTreeSet<Duty> {
        let held = self.duties.iter().filter(|(_, holding)| holding.holder.as_deref() == Some(who));
        held.map(|(duty, _)| duty.clone()).collect()
    }

    /// What a bot holds and should let go: what it is not able to do, and what is more than its fair part.
    pub fn surplus(&self, who: &str, able: &BTreeSet<Duty>) -> BTreeSet<Duty> {
        let mut surplus = BTreeSet::new();
        for work in [true, false] {
            let held = self.held_by(who).into_iter().filter(|duty| duty.is_work() == work);
            let (kept, unable): (Vec<_>, Vec<_>) = held.partition(|duty| able.contains(duty));
            surplus.extend(unable);
            surplus.extend(kept.into_iter().skip(self.fair(who, work)));
        }
        surplus
    }

    /// How much of the work, or of the chats, falls to a bot: the same to everybody who is able, the odd ones to whoever
    /// comes first by name.
    fn fair(&self, who: &str, work: bool) -> usize {
        let able = |member: &Member| member.able.iter().any(|duty| duty.is_work() == work);
        let members: Vec<_> = self.members.iter().filter(|(_, member)| able(member)).collect();
        let Some(place) = members.iter().position(|(name, _)| *name == who) else { return 0 };
        let wanted: BTreeSet<_> = members.iter().flat_map(|(_, member)| &member.able).collect();
        let all = wanted.into_iter().filter(|duty| duty.is_work() == work).count();
        all / members.len() + usize::from(place < all % members.len())
    }

    fn strike(&mut self, who: &str) {
        self.holdings(who).for_each(|(_, holding)| holding.holder = None);
        self.members.remove(who);
    }

    fn holdings<'a>(&'a mut self, who: &'a str) -> impl Iterator<Item = (&'a Duty, &'a mut Holding)> {
        self.duties.iter_mut().filter(move |(_, holding)| holding.holder.as_deref() == Some(who))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn able() -> BTreeSet<Duty> {
        let chats =
            ["acme", "beta", "corp"].map(|tenant| Duty::Chat(SurfaceKind::Slack, tenant.parse().unwrap()));
        Duty::work().chain(chats).collect()
    }

    const fn at(position: u64) -> Position {
        Position::from_store(position)
    }

    /// A turn of a bot that has finished what it should let go, at once.
    fn turn(roster: &Roster, me: &str, reached: u64, dead: &[&str]) -> Roster {
        let (dead, able) = (dead.iter().map(ToString::to_string).collect(), able());
        let finished = roster.surplus(me, &able);
        roster.turn(Turn { me, reached: Some(at(reached)), able: &able, dead: &dead, finished: &finished })
    }

    fn counts(roster: &Roster, who: &str) -> (usize, usize) {
        let held = roster.held_by(who);
        let work = held.iter().filter(|duty| duty.is_work()).count();
        (work, held.len() - work)
    }

    #[test]
    fn the_first_bot_does_everything_and_the_next_one_gets_its_part() {
        let one = turn(&Roster::default(), "one", 10, &[]);
        assert_eq!(counts(&one, "one"), (8, 3));
        let two = turn(&one, "two", 0, &[]);
        assert_eq!(counts(&two, "two"), (0, 0), "what somebody holds is not taken from them");
        let let_go = turn(&two, "one", 20, &[]);
        let shared = turn(&let_go, "two", 0, &[]);
        assert_eq!((counts(&shared, "one"), counts(&shared, "two")), ((4, 2), (4, 1)));
        let taken = shared.held_by("two").into_iter().next().unwrap();
        assert_eq!(shared.duties[&taken].from, Some(at(20)), "it goes on where the other one was");
    }

    #[test]
    fn a_dead_bots_duties_go_on_from_where_it_was_last_known_to_be() {
        let mut roster = turn(&Roster::default(), "one", 10, &[]);
        roster = turn(&roster, "one", 30, &[]);
        roster = turn(&roster, "two", 25, &["one"]);
        assert_eq!(counts(&roster, "two"), (8, 3));
        assert_eq!(roster.duties[&Duty::Work(0)].from, Some(at(30)));
        assert!(!roster.members.contains_key("one"));
    }

    #[test]
    fn a_bot_that_cannot_go_on_gives_everything_to_those_who_can() {
        let old = turn(&Roster::default(), "old", 10, &[]);
        let new = turn(&old, "new", 0, &[]);
        let unable = BTreeSet::new();
        let finished = new.surplus("old", &unable);
        assert_eq!(finished, able());
        let nobody = BTreeSet::new();
        let stopped = new.turn(Turn {
            me: "old",
            reached: Some(at(12)),
            able: &unable,
            dead: &nobody,
            finished: &finished,
        });
        let taken = turn(&stopped, "new", 0, &[]);
        assert_eq!((counts(&taken, "old"), counts(&taken, "new")), ((0, 0), (8, 3)));
        assert_eq!(taken.duties[&Duty::Work(7)].from, Some(at(12)));
    }

    #[test]
    fn a_roster_is_read_as_it_was_written() {
        let roster = turn(&turn(&Roster::default(), "one", 10, &[]), "two", 3, &[]);
        let text = serde_json::to_string(&roster).unwrap();
        assert_eq!(serde_json::from_str::<Roster>(&text).unwrap(), roster);
        assert!("work/x".parse::<Duty>().is_err() && "fax/acme".parse::<Duty>().is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        /// However bots come, go, die and take turns: once each has had some turns, every duty is held, by one of those who
        /// are there, and nobody has more than one more than anybody else.
        #[test]
        fn what_is_to_be_done_is_dealt_out_fairly(steps in proptest::collection::vec((0..4_usize, 0..4_u8), 0..40)) {
            let names = ["a", "b", "c", "d"];
            let mut roster = Roster::default();
            let mut there = BTreeSet::new();
            for (who, what) in steps {
                let who = names[who];
                if what == 0 {
                    roster = roster.without(who, Some(at(5)));
                    there.remove(who);
                } else {
                    roster = turn(&roster, who, 5, &[]);
                    there.insert(who);
                }
            }
            for _ in 0..4 {
                for who in &there {
                    roster = turn(&roster, who, 6, &[]);
                }
            }
            let counts: Vec<_> = there.iter().map(|who| counts(&roster, who)).collect();
            if let (Some(most), Some(least)) = (counts.iter().max(), counts.iter().min()) {
                prop_assert!(most.0 - least.0 <= 1, "{counts:?}");
                prop_assert_eq!(counts.iter().map(|(work, _)| work).sum::<usize>(), 8);
                prop_assert_eq!(counts.iter().map(|(_, chats)| chats).sum::<usize>(), 3);
            }
        }
    }
}
