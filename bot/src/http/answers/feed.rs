//! Answers as they are given, for one who watches a conversation, whatever way they are sent on: what was told of each turn, how far
//! somebody has seen it, and what is news to them. Nothing is lost where whoever waits for the next event stops waiting for it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use countersign_domain::conversation::{Conversation, Turn};
use futures::future::select_all;
use serde_json::{Value, json};
use tokio::sync::watch;
use uuid::Uuid;

use crate::conversation::{Asker, Seen, card, http as conversations, private};
use crate::engine::Failure;
use crate::http::changes::Changed;
use crate::http::problem::Problem;
use crate::http::query::bad_value;
use crate::http::watching::{Heard, Watching};
use crate::http::web::Drawn;

/// What stands in the id of a turn's last event in the place of a take.
const OVER: &str = "over";

/// Something that is told of a turn: `snapshot` and `piece` with `{"turn", "text"}`, the first of which takes the place of what was seen
/// of the turn; or `turn` with how it ended, the whole answer, and its HTML.
pub(in crate::http) struct Told {
    pub(in crate::http) kind: &'static str,
    pub(in crate::http) reached: Reached,
    pub(in crate::http) data: Value,
}

/// Where somebody begins to watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum Start {
    /// With what is not over yet.
    Now,
    /// With the last turn there was.
    Last,
    /// Behind what they have seen.
    After(Reached),
}

/// How much of a turn somebody has seen: of which take how many bytes, or all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct Reached {
    turn: Uuid,
    seen: Option<(Uuid, usize)>,
}

impl Reached {
    /// As it stands in an event's id, which came by this name.
    pub(in crate::http) fn read(name: &str, id: &str) -> Result<Self, Problem> {
        let read = || {
            let (turn, rest) = id.split_once('.')?;
            let turn = turn.parse().ok()?;
            if rest == OVER {
                return Some(Self { turn, seen: None });
            }
            let (take, length) = rest.split_once('.')?;
            Some(Self { turn, seen: Some((take.parse().ok()?, length.parse().ok()?)) })
        };
        read().ok_or_else(|| bad_value(name, id, "give the id of the last event"))
    }

    /// The id of the event with which somebody has seen so much.
    pub(in crate::http) fn id(self) -> String {
        match self.seen {
            Some((take, length)) => format!("{}.{take}.{length}", self.turn),
            None => format!("{}.{OVER}", self.turn),
        }
    }
}

/// A turn that is being answered.
#[derive(Default)]
struct Running {
    /// What can be seen of it, where somebody speaks.
    seen: Option<watch::Receiver<Seen>>,
    /// What was seen of it.
    told: Option<(Uuid, usize)>,
}

impl Running {
    /// What can be seen that was not told.
    fn news(&mut self, turn: Uuid) -> Option<Told> {
        let seen = self.seen.as_mut()?.borrow_and_update();
        let (kind, text) = news(self.told, &seen)?;
        let told = (seen.take, seen.text.len());
        let data = json!({ "turn": turn, "text": text });
        self.told = Some(told);
        Some(Told { kind, reached: Reached { turn, seen: Some(told) }, data })
    }
}

/// What is new of what can be seen, to somebody who was told so much, and what kind of event says it.
fn news(told: Option<(Uuid, usize)>, seen: &Seen) -> Option<(&'static str, &str)> {
    match told {
        Some((take, length)) if take == seen.take && seen.text.is_char_boundary(length) => {
            Some(("piece", &seen.text[length..])).filter(|(_, more)| !more.is_empty())
        }
        // What was told before is not so any more, be it that nothing can be seen now.
        Some(_) => Some(("snapshot", &*seen.text)),
        None => Some(("snapshot", &*seen.text)).filter(|(_, all)| !all.is_empty()),
    }
}

/// Somebody who watches a conversation.
pub(in crate::http) struct Feed {
    pub(in crate::http) watching: Watching,
    conversation: Uuid,
    /// Changes where somebody begins to speak.
    opened: watch::Receiver<()>,
    /// What was heard, and not looked at yet.
    heard: Option<Heard>,
    /// Whether the conversation has changed since it was looked at.
    is_stale: bool,
    running: BTreeMap<Uuid, Running>,
    /// The turns of which the end was told, or is of no interest.
    over: BTreeSet<Uuid>,
    waiting: VecDeque<Told>,
}

impl Feed {
    /// Lets somebody watch a conversation that they may read.
    pub(in crate::http) async fn begin(
        watching: Watching,
        conversation: Uuid,
        start: Start,
    ) -> Result<Self, Problem> {
        let opened = watching.state.world.stages.opened();
        let mut feed = Self {
            watching,
            conversation,
            opened,
            heard: None,
            is_stale: false,
            running: BTreeMap::new(),
            over: BTreeSet::new(),
            waiting: VecDeque::new(),
        };
        feed.go_to(conversation, start).await?;
        Ok(feed)
    }

    /// Watches this conversation from here on. What they may not read they are not told of, and go on with what they had.
    pub(in crate::http) async fn go_to(&mut self, conversation: Uuid, start: Start) -> Result<(), Problem> {
        let stands = self.stands(conversation).await?;
        if conversation != self.own() && self.readable(&stands).next().is_none() {
            return Err(no_conversation());
        }
        (self.conversation, self.is_stale) = (conversation, false);
        self.running.clear();
        self.waiting.clear();
        self.start(&stands, start);
        Ok(())
    }

    /// The conversation that they have here with nobody beside.
    pub(in crate::http) fn own(&self) -> Uuid {
        let viewer = &self.watching.viewer;
        private(&viewer.tenant, &viewer.person.id, None)
    }

    async fn stands(&self, conversation: Uuid) -> Result<Conversation, Failure> {
        let Watching { state, viewer, .. } = &self.watching;
        let asks = Asker { world: &state.world, engine: state.chat.engine() };
        asks.state(&viewer.tenant, conversation).await
    }

    /// The turns that the viewer may read, oldest first: their own. What others ask in a channel is read there, by those who are in it;
    /// nobody here knows who that is.
    fn readable<'a>(&'a self, stands: &'a Conversation) -> impl DoubleEndedIterator<Item = &'a Turn> {
        let person = &self.watching.viewer.person;
        let own = move |turn: &&Turn| turn.asked.by == person.id && turn.asked.audience.includes(person);
        stands.turns.iter().filter(own)
    }

    /// Goes on behind what was reached last, or begins with the last turn, or with what is not over yet.
    fn start(&mut self, stands: &Conversation, start: Start) {
        let last = match start {
            Start::After(last) => Some(last).filter(|last| stands.turn(last.turn).is_some()),
            Start::Now | Start::Last => None,
        };
        let first = match (start, last) {
            (_, Some(Reached { turn, seen: None })) => {
                stands.turns.iter().skip_while(|own| own.id != turn).nth(1)
            }
            (_, Some(Reached { turn, seen: Some(_) })) => stands.turn(turn),
            (Start::Now, None) => None,
            (_, None) => self.readable(stands).next_back(),
        };
        let first = first.map(|turn| turn.id);
        let before = stands.turns.iter().map(|turn| turn.id).take_while(|turn| Some(*turn) != first);
        self.over =
            before.filter(|turn| stands.turn(*turn).is_some_and(|turn| turn.stage.is_over())).collect();
        if let Some(Reached { turn, seen }) = last {
            self.running.insert(turn, Running { seen: None, told: seen });
        }
        self.look(stands);
    }

    /// Takes in how the conversation stands.
    fn look(&mut self, stands: &Conversation) {
        let readable: Vec<_> = self.readable(stands).cloned().collect();
        self.over.retain(|turn| stands.turn(*turn).is_some());
        self.running
            .retain(|turn, _| readable.iter().any(|known| known.id == *turn && !known.stage.is_over()));
        for turn in readable {
            if !turn.stage.is_over() {
                self.running.entry(turn.id).or_default();
            } else if self.over.insert(turn.id) {
                self.waiting.push_back(ended(self.conversation, &turn));
            }
        }
    }

    /// The next event; `None` where nothing more is told: the bot stops, or the viewer does not belong here any more.
    pub(in crate::http) async fn next(&mut self) -> Option<Told> {
        loop {
            if !self.may_go_on().await {
                return None;
            }
            if self.is_stale {
                match self.stands(self.conversation).await {
                    Ok(stands) => self.look(&stands),
                    Err(failure) => {
                        tracing::warn!("a stream of answers ends: {failure}");
                        return None;
                    }
                }
                self.is_stale = false;
            }
            if let Some(told) = self.waiting.pop_front() {
                return Some(told);
            }
            let (tenant, stages) = (&self.watching.viewer.tenant, &self.watching.state.world.stages);
            for (turn, running) in &mut self.running {
                if running.seen.is_none() {
                    running.seen = stages.of(tenant, *turn);
                }
                if let Some(told) = running.news(*turn) {
                    return Some(told);
                }
            }
            if !self.waited().await {
                return None;
            }
        }
    }

    /// Looks at what was heard: whether the viewer may see what comes next.
    async fn may_go_on(&mut self) -> bool {
        let Some(heard) = &self.heard else { return true };
        let changed = match heard {
            Heard::Changed(change) => Some(&change.what),
            Heard::Missed => None,
        };
        self.is_stale |= changed.is_none_or(|changed| *changed == Changed::Conversation(self.conversation));
        let may = self.watching.may_go_on(changed).await;
        self.heard = None;
        may
    }

    /// Waits until there may be something new; whether there can be.
    async fn waited(&mut self) -> bool {
        tokio::select! {
            heard = self.watching.heard() => {
                self.heard = heard;
                self.heard.is_some()
            }
            opened = self.opened.changed() => opened.is_ok(),
            (turn, goes_on) = seen_more(&mut self.running) => {
                if let Some(running) = self.running.get_mut(&turn).filter(|_| !goes_on) {
                    running.seen = None;
                }
                true
            }
        }
    }
}

/// There is nothing to watch there, for this viewer.
pub(in crate::http) fn no_conversation() -> Problem {
    Problem::not_found("There is no such conversation, or none that you may read.")
}

/// A turn of which more can be seen; or, where it does not go on, nothing more.
async fn seen_more(running: &mut BTreeMap<Uuid, Running>) -> (Uuid, bool) {
    let changes = running.iter_mut().filter_map(|(turn, running)| {
        let seen = running.seen.as_mut()?;
        Some(Box::pin(async move { (*turn, seen.changed().await.is_ok()) }))
    });
    let changes: Vec<_> = changes.collect();
    if changes.is_empty() {
        return std::future::pending().await;
    }
    select_all(changes).await.0
}

/// How a turn ended, whole.
fn ended(conversation: Uuid, turn: &Turn) -> Told {
    let mut data = conversations::as_told(conversation, turn);
    data["html"] = Value::String(Drawn::of(card::answer(turn)).html);
    Told { kind: "turn", reached: Reached { turn: turn.id, seen: None }, data }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(take: u128, text: &str) -> Seen {
        Seen { take: Uuid::from_u128(take), text: text.to_owned() }
    }

    #[test]
    fn however_often_it_is_cut_what_was_seen_is_the_same_text() {
        let whole = "Die Tür ist zu. Das 密码 gilt 30 Tage. Mehr nicht. ";
        let grown: Vec<_> = whole.char_indices().map(|(at, _)| &whole[..at]).chain([whole]).collect();
        // Whoever comes back after any of it, with whatever they saw then, has the same in the end.
        for cut in 0..grown.len() {
            let (mut text, mut told) = (String::new(), None);
            for now in [grown[cut / 2], grown[cut], whole] {
                let seen = seen(1, now);
                match news(told, &seen) {
                    Some(("piece", more)) => text.push_str(more),
                    Some((_, all)) => all.clone_into(&mut text),
                    None => {}
                }
                let reached = Reached { turn: Uuid::from_u128(9), seen: Some((seen.take, seen.text.len())) };
                told = Reached::read("after", &reached.id()).ok().and_then(|reached| reached.seen);
            }
            assert_eq!(text, whole, "{cut}");
        }
    }

    #[test]
    fn what_is_said_otherwise_or_was_never_said_here_is_told_anew() {
        let told = Some((Uuid::from_u128(1), 5));
        assert_eq!(news(told, &seen(2, "It was. ")), Some(("snapshot", "It was. ")));
        assert_eq!(news(told, &seen(2, "")), Some(("snapshot", "")), "what was taken back is gone");
        assert_eq!(news(told, &seen(1, "It")), Some(("snapshot", "It")), "so much was never said");
        assert_eq!(news(Some((Uuid::from_u128(1), 1)), &seen(1, "é")), Some(("snapshot", "é")));
        assert_eq!((news(None, &seen(1, "")), news(told, &seen(1, "It is"))), (None, None));
    }

    #[test]
    fn an_id_says_how_far_somebody_is_and_nothing_else_is_one() {
        let turn = Uuid::from_u128(7);
        for seen in [None, Some((Uuid::from_u128(8), 17))] {
            let reached = Reached { turn, seen };
            assert_eq!(Reached::read("after", &reached.id()).ok(), Some(reached));
        }
        for other in
            ["", "7", &*turn.to_string(), &format!("{turn}."), &format!("{turn}.{turn}.-1"), "x.over"]
        {
            assert!(Reached::read("after", other).is_err(), "{other}");
        }
    }
}
