//! Comparing the forge with the log, again and again: what is found new is told once, what the log has ended is ended again once.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Deviation, Effect, Errand, FollowUp, How, Permission, PermissionTask, Unended};
use crate::aggregate::{self, Aggregate};
use crate::denied::Denied;
use crate::names::PrincipalId;
use crate::reaction::{Reaction, Then};
use crate::request::Code;

/// An event holds at most so many differences, and so many of what else it lists.
const MOST: usize = 500;
/// How much of why a repository could not be looked at is kept, in characters.
const REASON: usize = 200;
/// Stands for the list of all repositories, among those that could not be looked at.
pub const ALL: &str = "*";

/// Why it was compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WhyCompared {
    /// It was time.
    Schedule,
    /// Somebody wanted it.
    Asked {
        /// Who.
        by: PrincipalId,
    },
    /// The log is an older copy, as the bot found or was told at its start.
    Restored(Restored),
    /// What was found before is as the log wants it now.
    Settled,
}

/// A log that is an older copy of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    /// How far this bot knows that it was once acknowledged; nothing where nobody kept that.
    pub acknowledged: Option<u64>,
    /// How far it goes.
    pub head: u64,
    /// When its last event was.
    pub until: Timestamp,
}

/// A place at the forge: an account on a repository, by its identity: names change hands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Spot {
    /// The repository: the forge's immutable id, or its name where there is none.
    pub repository: String,
    /// The forge's account.
    pub account: String,
}

/// What a comparison came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// Why it was made.
    pub why: WhyCompared,
    /// How many repositories were looked at.
    pub repositories: u64,
    /// How many accounts on them.
    pub accounts: u64,
    /// The repositories that could not be looked at, by name, each with the reason.
    pub unread: BTreeMap<String, String>,
    /// The same by their identities: what was found on them before stays.
    pub unseen: BTreeSet<String>,
    /// All differences there are.
    pub differences: Vec<Deviation>,
    /// What a repair has adopted and is not there any more, as far as it was.
    pub lowered: Vec<Lowered>,
}

/// What a repair has adopted, and somebody has taken away or lowered since. It is adopted no more: whoever is meant to have it asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lowered {
    /// The forge's account.
    pub account: String,
    /// The name people see.
    pub name: String,
    /// Whose account it is, where the directory says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<PrincipalId>,
    /// The repository.
    pub repository: String,
    /// The forge's immutable id of it, where the log knows one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository_id: Option<String>,
    /// What was adopted.
    pub adopted: Permission,
    /// What is there.
    pub present: Option<Permission>,
    /// By which repair it was adopted when that was looked at: what another one adopts after it is not meant. A place in the log
    /// would not say so: it is another one in another store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Code>,
}

/// The events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
pub enum ComparisonEvent {
    /// The forge was compared with the log.
    AccessCompared {
        /// Why.
        why: WhyCompared,
        /// How many repositories were looked at.
        repositories: u64,
        /// How many accounts on them.
        accounts: u64,
        /// The repositories that could not be looked at, each with the reason.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        unread: BTreeMap<String, String>,
        /// The same by their identities, where these are not their names.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        unseen: BTreeSet<String>,
        /// What is different, and was not so before.
        found: Vec<Deviation>,
        /// Where nothing is different any more.
        gone: Vec<Spot>,
        /// What a repair had adopted, and is adopted no more because it is not there.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        lowered: Vec<Lowered>,
        /// Whether it goes on from the event before: one comparison may find more than an event holds.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        goes_on: bool,
    },
}

impl aggregate::Tagged for ComparisonEvent {}

/// The commands.
#[derive(Debug, Clone)]
pub enum ComparisonCommand {
    /// Take in what a comparison came to.
    Take(Box<Compared>),
    /// What was different there was ended again, and read back.
    Settle(Spot),
}

/// All comparisons of a tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// What is different, as far as is known.
    pub differences: Vec<Deviation>,
    /// The accesses of which that was tried: to end them again.
    pub ended_again: BTreeSet<Code>,
    /// Those of them that were read back to have ended.
    #[serde(default)]
    pub read_back: BTreeSet<Code>,
    /// The repositories that could not be looked at the last time; `*` for the list of all of them.
    #[serde(default)]
    pub unread: BTreeSet<String>,
    /// When it was compared last.
    pub last: Option<Timestamp>,
    /// Up to when the log went to which it was put back, until everything was compared with it.
    #[serde(default)]
    pub put_back: Option<Timestamp>,
    /// The repositories that were not compared with it since, by identity or name; `*` for those that nobody has listed.
    #[serde(default)]
    pub uncompared: BTreeSet<String>,
    /// Both as they were before the last comparison, of which every event says a part.
    #[serde(default)]
    before: PutBack,
    /// How many direct permissions there were then.
    #[serde(default)]
    pub accounts: u64,
    /// Since when each place is different, though perhaps in another way.
    #[serde(default)]
    pub seen: Vec<(Spot, Timestamp)>,
}

/// A log that was put back, and what was not compared with it since.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct PutBack {
    until: Option<Timestamp>,
    uncompared: BTreeSet<String>,
}

impl Deviation {
    /// Where it is.
    pub fn spot(&self) -> Spot {
        Spot { repository: self.repository_key().to_owned(), account: self.account.clone() }
    }

    /// The repository's identity: the immutable id, or the name where there is none.
    pub fn repository_key(&self) -> &str {
        self.repository_id.as_deref().unwrap_or(&self.repository)
    }

    /// Whether it is there. Earlier events name the repository where they say that something is gone.
    fn is_at(&self, spot: &Spot) -> bool {
        let on = [self.repository_key(), &self.repository];
        self.account == spot.account && on.contains(&spot.repository.as_str())
    }

    /// Whether another one says the same, be it that one is ended again and the other not any more.
    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        let plain = |how: &How| match how.clone() {
            How::NotEnded { code, ended, left, unended, .. } => {
                How::NotEnded { code, ended, left, unended, again: false, read_back: false }
            }
            how => how,
        };
        (self.spot(), self.wanted, self.present, plain(&self.how))
            == (other.spot(), other.wanted, other.present, plain(&other.how))
    }
}

impl Aggregate for Comparison {
    const CATEGORY: &'static str = "comparison";
    type Command = ComparisonCommand;
    type Event = ComparisonEvent;

    fn decide(&self, command: ComparisonCommand, _now: Timestamp) -> Result<Vec<ComparisonEvent>, Denied> {
        Ok(match command {
            ComparisonCommand::Take(compared) => self.take(*compared),
            ComparisonCommand::Settle(spot) if self.differences.iter().any(|found| found.is_at(&spot)) => {
                let (why, unread) = (WhyCompared::Settled, BTreeMap::new());
                let (found, gone, unseen) = (vec![], vec![spot], BTreeSet::new());
                vec![ComparisonEvent::AccessCompared {
                    why,
                    repositories: 0,
                    accounts: 0,
                    unread,
                    unseen,
                    found,
                    gone,
                    lowered: vec![],
                    goes_on: false,
                }]
            }
            ComparisonCommand::Settle(_) => vec![],
        })
    }

    fn evolve(&mut self, event: &ComparisonEvent, at: Timestamp) {
        let ComparisonEvent::AccessCompared { why, unread, unseen, found, gone, accounts, goes_on, .. } =
            event;
        if *why == WhyCompared::Settled {
            let put_right = self.differences.iter().filter(|known| gone.iter().any(|spot| known.is_at(spot)));
            self.read_back.extend(put_right.filter_map(|known| known.how.not_ended()).cloned());
        } else {
            if !goes_on {
                self.begin_anew(why, *accounts, at);
            }
            self.unread.extend(unread.keys().cloned());
            self.compare_with_what_was_put_back(unread.keys().chain(unseen));
        }
        let over = |known: &Deviation| {
            gone.iter().any(|spot| known.is_at(spot)) || found.iter().any(|new| new.is_at(&known.spot()))
        };
        self.differences.retain(|known| !over(known));
        self.differences.extend(found.iter().cloned());
        self.see(at);
        self.ended_again.extend(found.iter().filter_map(ended_again).cloned());
    }
}

/// The access that a difference has ended again, though it was read back that it had ended.
const fn ended_again(difference: &Deviation) -> Option<&Code> {
    match &difference.how {
        How::NotEnded { code, again: true, unended: None, .. } => Some(code),
        _ => None,
    }
}

impl How {
    /// The access that has ended and is there.
    const fn not_ended(&self) -> Option<&Code> {
        match self {
            Self::NotEnded { code, .. } => Some(code),
            _ => None,
        }
    }

    /// Whether what has not ended is ended again, or looked at again.
    const fn set_again(&mut self, whether: bool) {
        if let Self::NotEnded { again, .. } = self {
            *again = whether;
        }
    }
}

impl Comparison {
    /// An access has ended, and that was read back: what was different because of it is not any more.
    pub fn ended(&mut self, ended: &Code) {
        let is_over = |known: &Deviation| match &known.how {
            How::Lacking { code, .. } | How::NotEnded { code, .. } => code == ended,
            How::Exceeding { .. } | How::Unknown => false,
        };
        self.differences.retain(|known| !is_over(known));
        let differences = &self.differences;
        self.seen.retain(|(spot, _)| differences.iter().any(|known| known.is_at(spot)));
    }

    /// Since when it is different at a place.
    pub fn seen(&self, spot: &Spot) -> Option<Timestamp> {
        self.seen.iter().find(|(known, _)| known == spot).map(|(_, at)| *at)
    }

    /// What is different now is seen from now on, unless it was already.
    fn see(&mut self, at: Timestamp) {
        let before = std::mem::take(&mut self.seen);
        let since = |spot: &Spot| before.iter().find(|(known, _)| known == spot).map_or(at, |(_, at)| *at);
        let spots = self.differences.iter().map(Deviation::spot);
        self.seen = spots.map(|spot| (spot.clone(), since(&spot))).collect();
    }

    /// Up to when the log went to which it was put back, where a comparison made for this reason is the first to look at the
    /// repository of what it found.
    fn put_back_by(&self, why: &WhyCompared, found: &Deviation) -> Option<Timestamp> {
        match why {
            WhyCompared::Restored(Restored { until, .. }) => Some(*until),
            _ => self.put_back.filter(|_| {
                let on = [ALL, found.repository_key(), &found.repository];
                on.iter().any(|name| self.uncompared.contains(*name))
            }),
        }
    }

    /// What the last comparison says is over: another one begins.
    fn begin_anew(&mut self, why: &WhyCompared, accounts: u64, at: Timestamp) {
        self.last = Some(at);
        self.accounts = accounts;
        self.unread.clear();
        let uncompared = std::mem::take(&mut self.uncompared);
        self.before = match why {
            WhyCompared::Restored(Restored { until, .. }) => {
                PutBack { until: Some(*until), uncompared: [ALL.to_owned()].into() }
            }
            _ => PutBack { until: self.put_back, uncompared },
        };
        // What was begun before it is not begun now.
        self.differences.iter_mut().for_each(|known| known.how.set_again(false));
    }

    /// What could not be looked at since the log was put back is all that is still to be compared with it.
    fn compare_with_what_was_put_back<'a>(&mut self, unlooked: impl Iterator<Item = &'a String>) {
        let PutBack { until, uncompared } = &self.before;
        // Where nobody had listed them, whatever could not be looked at now may never have been.
        let is_still = |name: &&String| uncompared.contains(ALL) || uncompared.contains(*name);
        self.uncompared.extend(unlooked.filter(is_still).cloned());
        self.put_back = until.filter(|_| !self.uncompared.is_empty());
    }

    fn take(&self, compared: Compared) -> Vec<ComparisonEvent> {
        let Compared { why, repositories, accounts, unread, unseen, differences, lowered } = compared;
        let there = |known: &Deviation| differences.iter().any(|found| found.is_at(&known.spot()));
        let gone =
            self.differences.iter().filter(|known| !there(known) && !unseen.contains(known.repository_key()));
        let gone: Vec<_> = gone.map(Deviation::spot).collect();
        let explained = differences.iter().cloned().map(|mut found| {
            if let Some(put_back) = self.put_back_by(&why, &found) {
                found.explain_by(put_back);
            }
            found
        });
        // What was known before the log was put back is told once more with what may explain it now.
        let is_told = |known: &Deviation, found: &Deviation| {
            known.says_the_same(found) && (known.put_back.is_some() || found.put_back.is_none())
        };
        let is_new = |found: &Deviation| !self.differences.iter().any(|known| is_told(known, found));
        let mut found: Vec<_> = explained.filter(is_new).collect();
        for new in &mut found {
            if let How::NotEnded { code, again, unended, read_back, .. } = &mut new.how {
                *again &= unended.is_some() || !self.ended_again.contains(code);
                *read_back = self.read_back.contains(code);
            }
        }
        let unread =
            unread.into_iter().map(|(name, why)| (name, why.chars().take(REASON).collect::<String>()));
        let (mut unread, mut unseen) = (parts(unread), parts(unseen));
        let (mut found, mut gone, mut lowered) = (parts(found), parts(gone), parts(lowered));
        let mut events = Vec::new();
        loop {
            let (unread, unseen): (BTreeMap<_, _>, BTreeSet<_>) = (unread.next(), unseen.next());
            let (found, gone, lowered): (Vec<_>, Vec<_>, Vec<_>) =
                (found.next(), gone.next(), lowered.next());
            let goes_on = !events.is_empty();
            let is_empty = found.is_empty() && gone.is_empty() && lowered.is_empty();
            if goes_on && is_empty && unread.is_empty() && unseen.is_empty() {
                return events;
            }
            let why = why.clone();
            events.push(ComparisonEvent::AccessCompared {
                why,
                repositories,
                accounts,
                unread,
                unseen,
                found,
                gone,
                lowered,
                goes_on,
            });
        }
    }
}

/// A list in parts, each of which an event can hold; empty ones in the end.
struct Parts<I>(I);

fn parts<T>(list: impl IntoIterator<Item = T>) -> Parts<impl Iterator<Item = T>> {
    Parts(list.into_iter())
}

impl<T, I: Iterator<Item = T>> Parts<I> {
    fn next<C: FromIterator<T>>(&mut self) -> C {
        self.0.by_ref().take(MOST).collect()
    }
}

/// What follows: what is news is told, and what the log has ended is ended again. Anything else changes nothing.
pub fn react_to_comparison<E: From<Effect>, F: From<FollowUp>>(
    event: &ComparisonEvent,
) -> Vec<Reaction<E, F>> {
    let ComparisonEvent::AccessCompared { why, found, lowered, .. } = event;
    let is_news = !found.is_empty() || !lowered.is_empty() || matches!(why, WhyCompared::Restored(_));
    let tell = || FollowUp::Own(Errand::TellOfComparison(Box::new(event.clone())));
    let told = is_news.then(|| Reaction::new("tell", Then::FollowUp(tell().into())));
    let mut reactions: Vec<_> = told.into_iter().collect();
    // An ending that waits for an operator is tried once more itself: there is one effect for one ending.
    let waiting = found.iter().filter(|difference| waits(&difference.how)).map(Deviation::spot);
    let waiting: Vec<_> = waiting.collect();
    let again = found.iter().filter(|difference| !waits(&difference.how)).filter_map(end_again);
    reactions.extend(again.map(|effect| Reaction::new("end_again", Then::Perform(effect.into()))));
    if !waiting.is_empty() {
        let revisit = FollowUp::Own(Errand::Revisit(waiting));
        reactions.push(Reaction::new("revisit", Then::FollowUp(revisit.into())));
    }
    reactions
}

/// Whether something is done about it by an effect that there is already.
const fn waits(how: &How) -> bool {
    matches!(how, How::NotEnded { again: true, unended: Some(Unended::Waits), .. })
}

fn end_again(difference: &Deviation) -> Option<Effect> {
    let How::NotEnded { code, left, again: true, .. } = &difference.how else { return None };
    Some(Effect::SetPermission {
        code: code.clone(),
        account: difference.account.clone(),
        repository: difference.repository.clone(),
        repository_id: difference.repository_id.clone(),
        task: PermissionTask::EndAgain { left: *left },
    })
}

#[cfg(test)]
mod tests {
    use super::ComparisonCommand::{Settle, Take};
    use super::*;
    use crate::access::Permission::{Read, Write};
    use crate::testing::{given, noon};
    use uuid::Uuid;

    fn deviation(account: &str, how: How) -> Deviation {
        let (account, repository) = (account.to_owned(), "infra".to_owned());
        Deviation {
            name: account.clone(),
            account,
            holder: None,
            repository,
            repository_id: None,
            wanted: None,
            present: Some(Write),
            how,
            put_back: None,
        }
    }

    fn not_ended(again: bool) -> Deviation {
        let code = Code::candidate(Uuid::from_u128(1), 0);
        let (unended, read_back) = (None, false);
        deviation("erin", How::NotEnded { code, ended: noon(), left: None, again, unended, read_back })
    }

    fn take(differences: Vec<Deviation>) -> ComparisonCommand {
        let (why, unread, unseen) = (WhyCompared::Schedule, BTreeMap::new(), BTreeSet::new());
        let (lowered, accounts) = (vec![], 2);
        Take(Box::new(Compared { why, repositories: 1, accounts, unread, unseen, differences, lowered }))
    }

    fn compared(found: Vec<Deviation>, gone: Vec<Spot>) -> ComparisonEvent {
        let (why, unread) = (WhyCompared::Schedule, BTreeMap::new());
        let (lowered, accounts, unseen, goes_on) = (vec![], 2, BTreeSet::new(), false);
        let repositories = 1;
        ComparisonEvent::AccessCompared {
            why,
            repositories,
            accounts,
            unread,
            unseen,
            found,
            gone,
            lowered,
            goes_on,
        }
    }

    #[test]
    fn trust_a8_a_difference_is_told_once_and_kept_until_it_is_gone() {
        let unknown = deviation("eve", How::Unknown);
        let found = compared(vec![unknown.clone()], vec![]);
        given::<Comparison>([]).when(take(vec![unknown.clone()])).then([found.clone()]);
        given::<Comparison>([found.clone()])
            .when(take(vec![unknown.clone()]))
            .then([compared(vec![], vec![])]);
        let more = Deviation { present: Some(Read), ..unknown.clone() };
        given::<Comparison>([found.clone()])
            .when(take(vec![more.clone()]))
            .then([compared(vec![more], vec![])]);
        let gone = compared(vec![], vec![unknown.spot()]);
        given::<Comparison>([found.clone()]).when(take(vec![])).then([gone.clone()]);
        assert_eq!(given::<Comparison>([found, gone]).state().differences, []);
    }

    #[test]
    fn trust_a8_what_could_not_be_looked_at_stays_as_it_was_known() {
        let unknown = deviation("eve", How::Unknown);
        let state = given::<Comparison>([compared(vec![unknown], vec![])]);
        let unread: BTreeMap<_, _> = [("infra".to_owned(), "it answered 500".to_owned())].into();
        let (why, unseen, differences) = (WhyCompared::Schedule, ["infra".to_owned()].into(), vec![]);
        let (repositories, accounts, lowered) = (0, 0, vec![]);
        let compared = Compared { why, repositories, accounts, unread, unseen, differences, lowered };
        let take = Take(Box::new(compared));
        let [ComparisonEvent::AccessCompared { gone, .. }] = &state.when(take).events()[..] else {
            panic!("one event")
        };
        assert_eq!(*gone, []);
    }

    #[test]
    fn trust_a8_a_repository_that_is_renamed_is_the_same_place_and_one_that_got_its_name_is_another() {
        let on = |name: &str, id: Option<&str>| {
            let (repository, repository_id) = (name.to_owned(), id.map(str::to_owned));
            Deviation { repository, repository_id, ..deviation("eve", How::Unknown) }
        };
        let before = on("infra", Some("{1}"));
        let state = given::<Comparison>([compared(vec![before.clone()], vec![])]);
        state.when(take(vec![on("platform", Some("{1}"))])).then([compared(vec![], vec![])]);
        let another = on("infra", Some("{2}"));
        let news = compared(vec![another.clone()], vec![before.spot()]);
        state.when(take(vec![another])).then([news]);
        // Earlier events say by name what is gone.
        let spot = Spot { repository: "infra".to_owned(), account: "eve".to_owned() };
        let gone = compared(vec![], vec![spot]);
        assert_eq!(given::<Comparison>([compared(vec![before], vec![]), gone]).state().differences, []);
    }

    #[test]
    fn trust_a8_what_the_log_has_ended_is_ended_again_once_and_not_against_somebody_who_gives_it_by_hand() {
        let first = compared(vec![not_ended(true)], vec![]);
        given::<Comparison>([]).when(take(vec![not_ended(true)])).then([first.clone()]);
        let steps = |event: &ComparisonEvent| -> Vec<_> {
            react_to_comparison::<Effect, FollowUp>(event).iter().map(|reaction| reaction.step).collect()
        };
        assert_eq!(steps(&first), ["tell", "end_again"]);
        let state = given::<Comparison>([first.clone()]);
        let settled = state.when(Settle(not_ended(true).spot())).events().remove(0);
        let mut second = not_ended(false);
        if let How::NotEnded { read_back, .. } = &mut second.how {
            *read_back = true;
        }
        let second = compared(vec![second], vec![]);
        given::<Comparison>([first, settled]).when(take(vec![not_ended(true)])).then([second.clone()]);
        assert_eq!(steps(&second), ["tell"], "it is told, and nothing is changed");
    }

    fn unended(unended: Unended) -> Deviation {
        let mut found = not_ended(unended != Unended::GivenUp);
        if let How::NotEnded { unended: own, .. } = &mut found.how {
            *own = Some(unended);
        }
        found
    }

    #[test]
    fn trust_a8_an_ending_that_waits_is_tried_itself_one_given_up_not_at_all_and_one_that_is_gone_read_back()
    {
        let steps = |found: Deviation| -> Vec<_> {
            let events = given::<Comparison>([]).when(take(vec![found])).events();
            let reactions = events.iter().flat_map(react_to_comparison::<Effect, FollowUp>);
            reactions.map(|reaction| reaction.step).collect()
        };
        assert_eq!(steps(unended(Unended::Waits)), ["tell", "revisit"], "there is one effect for one ending");
        assert_eq!(steps(unended(Unended::GivenUp)), ["tell"]);
        assert_eq!(steps(unended(Unended::Gone)), ["tell", "end_again"]);
        // That it was tried accuses nobody of giving it by hand, and neither does that it was given up.
        let tried = compared(vec![unended(Unended::Waits)], vec![]);
        let given_up = compared(vec![unended(Unended::GivenUp)], vec![]);
        given::<Comparison>([tried]).when(take(vec![unended(Unended::GivenUp)])).then([given_up]);
    }

    #[test]
    fn trust_a8_what_is_different_of_an_access_is_over_once_that_was_read_back_to_have_ended() {
        let mut known =
            given::<Comparison>([compared(vec![not_ended(true), deviation("eve", How::Unknown)], vec![])])
                .state()
                .clone();
        known.ended(&Code::candidate(Uuid::from_u128(2), 0));
        assert_eq!(known.differences.len(), 2, "it is another one");
        known.ended(&Code::candidate(Uuid::from_u128(1), 0));
        assert_eq!(known.differences, [deviation("eve", How::Unknown)]);
        assert_eq!(known.seen.len(), 1);
    }

    #[test]
    fn trust_a8_what_is_found_after_a_restore_is_explained_by_it_until_everything_was_compared() {
        let until = noon();
        let later = until.checked_add(jiff::SignedDuration::from_hours(1)).unwrap();
        let code = || Code::candidate(Uuid::from_u128(1), 0);
        let lacking = |account, since| deviation(account, How::Lacking { code: code(), since, until: later });
        let compared = |why, unread: &[&str], differences| {
            let unread = unread.iter().map(|name| ((*name).to_owned(), "500".to_owned())).collect();
            let (unseen, lowered) = (BTreeSet::new(), vec![]);
            Take(Box::new(Compared {
                why,
                repositories: 1,
                accounts: 1,
                unread,
                unseen,
                differences,
                lowered,
            }))
        };
        let found = |event: &ComparisonEvent| {
            let ComparisonEvent::AccessCompared { found, .. } = event;
            found.iter().map(|found| (found.account.clone(), found.put_back)).collect::<Vec<_>>()
        };
        let restored = || WhyCompared::Restored(Restored { acknowledged: None, head: 1, until });
        let both = vec![lacking("erin", until), lacking("ben", later)];
        let first = given::<Comparison>([]).when(compared(restored(), &["web"], both.clone())).events();
        let told = [("erin".to_owned(), Some(until)), ("ben".to_owned(), None)];
        assert_eq!(found(&first[0]), told, "what was given since is all there");
        // What could not be looked at then may be explained so as well; what came later, or elsewhere, not.
        let on = |repository: &str, account| Deviation {
            repository: repository.to_owned(),
            ..deviation(account, How::Unknown)
        };
        let more = [both, vec![on("web", "eve"), on("infra", "trudy")]].concat();
        let second = given::<Comparison>(first.clone())
            .when(compared(WhyCompared::Schedule, &[], more.clone()))
            .events();
        assert_eq!(found(&second[0]), [("eve".to_owned(), Some(until)), ("trudy".to_owned(), None)]);
        let most = [more, vec![on("web", "mallory")]].concat();
        let third =
            given::<Comparison>([first, second].concat()).when(compared(WhyCompared::Schedule, &[], most));
        assert_eq!(found(&third.events()[0]), [("mallory".to_owned(), None)]);
    }

    #[test]
    fn trust_a8_what_nobody_had_listed_when_the_log_was_put_back_is_explained_until_it_was_looked_at() {
        let until = noon();
        let compared = |why, unread: &[&str], differences| {
            let unread = unread.iter().map(|name| ((*name).to_owned(), "500".to_owned())).collect();
            let (repositories, accounts, unseen, lowered) = (1, 1, BTreeSet::new(), vec![]);
            let compared = Compared { why, repositories, accounts, unread, unseen, differences, lowered };
            Take(Box::new(compared))
        };
        let restored = WhyCompared::Restored(Restored { acknowledged: None, head: 1, until });
        let mut history = given::<Comparison>([]).when(compared(restored, &[ALL], vec![])).events();
        // The list is there, and one repository on it is not.
        let listed = compared(WhyCompared::Schedule, &["infra"], vec![]);
        history.extend(given::<Comparison>(history.clone()).when(listed).events());
        let code = Code::candidate(Uuid::from_u128(1), 0);
        let lacking = deviation("erin", How::Lacking { code, since: until, until });
        let seen = compared(WhyCompared::Schedule, &[], vec![lacking]);
        let events = given::<Comparison>(history.clone()).when(seen).events();
        let ComparisonEvent::AccessCompared { found, .. } = &events[0];
        assert_eq!(found[0].put_back, Some(until), "it may have ended since");
        history.extend(events);
        assert_eq!(given::<Comparison>(history).state().put_back, None, "all is compared");
    }

    #[test]
    fn trust_a8_a_repository_that_is_never_there_again_explains_nothing_that_is_found_elsewhere() {
        let until = noon();
        let lacking = |account| {
            let code = Code::candidate(Uuid::from_u128(1), 0);
            deviation(account, How::Lacking { code, since: until, until })
        };
        let compared = |why, unread: &[&str], differences| {
            let unread: BTreeMap<_, _> =
                unread.iter().map(|name| ((*name).to_owned(), "404".to_owned())).collect();
            let (unseen, lowered) = (["{gone}".to_owned()].into(), vec![]);
            let (repositories, accounts) = (1, 1);
            let compared = Compared { why, repositories, accounts, unread, unseen, differences, lowered };
            Take(Box::new(compared))
        };
        let restored = WhyCompared::Restored(Restored { acknowledged: None, head: 1, until });
        // It is deleted, so that it can be looked at never again.
        let mut history = given::<Comparison>([]).when(compared(restored, &["gone"], vec![])).events();
        for _ in 0..3 {
            let next = compared(WhyCompared::Schedule, &["gone"], vec![]);
            history.extend(given::<Comparison>(history.clone()).when(next).events());
        }
        let known = given::<Comparison>(history);
        let elsewhere =
            known.when(compared(WhyCompared::Schedule, &["gone"], vec![lacking("erin")])).events();
        let ComparisonEvent::AccessCompared { found, .. } = &elsewhere[0];
        assert!(!found[0].may_have_ended() && found[0].put_back.is_none(), "{found:#?}");
        // Were it there again under another name, nobody has compared it since.
        let renamed = Deviation {
            repository: "back".to_owned(),
            repository_id: Some("{gone}".to_owned()),
            ..lacking("erin")
        };
        let there = known.when(compared(WhyCompared::Schedule, &[], vec![renamed])).events();
        let ComparisonEvent::AccessCompared { found, .. } = &there[0];
        assert!(found[0].may_have_ended(), "{found:#?}");
    }

    #[test]
    fn trust_a8_however_much_differs_no_event_holds_it_all_and_each_is_told_as_it_is() {
        let how = |again| match not_ended(again).how {
            How::NotEnded { ended, left, again, unended, read_back, .. } => move |n: u128| How::NotEnded {
                code: Code::candidate(Uuid::from_u128(n), 0),
                ended,
                left,
                again,
                unended,
                read_back,
            },
            other => panic!("{other:?}"),
        };
        let all = 2 * MOST + 1;
        let many: Vec<_> = (0..all).map(|n| deviation(&format!("eve{n}"), how(true)(n as u128))).collect();
        let lowered: Vec<_> = (0..=MOST)
            .map(|n| Lowered {
                account: format!("eve{n}"),
                name: "Eve".to_owned(),
                holder: None,
                repository: "infra".to_owned(),
                repository_id: None,
                adopted: Write,
                present: None,
                of: None,
            })
            .collect();
        let take = |differences, lowered| {
            let (why, unread, unseen) = (WhyCompared::Schedule, BTreeMap::new(), BTreeSet::new());
            let (repositories, accounts) = (1, 2);
            Take(Box::new(Compared { why, repositories, accounts, unread, unseen, differences, lowered }))
        };
        let events = given::<Comparison>([]).when(take(many, lowered)).events();
        let bounded = |event: &ComparisonEvent| {
            let ComparisonEvent::AccessCompared { found, gone, lowered, .. } = event;
            found.len().max(gone.len()).max(lowered.len()) <= MOST
        };
        assert!(events.len() == 3 && events.iter().all(bounded));
        let known = given::<Comparison>(events.clone());
        let begun = known
            .state()
            .differences
            .iter()
            .filter(|known| matches!(known.how, How::NotEnded { again: true, .. }));
        assert_eq!(begun.count(), all, "all of them are ended again, and told so");
        let gone = known.when(take(vec![], vec![])).events();
        assert!(gone.len() == 3 && gone.iter().all(bounded));
        assert_eq!(given::<Comparison>([events, gone].concat()).state().differences, []);
    }

    #[test]
    fn trust_a8_however_much_could_not_be_looked_at_no_event_holds_it_all_and_nothing_of_it_is_forgotten() {
        let names: Vec<String> = (0..=2 * MOST).map(|n| format!("repository-{n:04}")).collect();
        let look = |why, names: &[String], differences| {
            // The longest that a vendor can answer.
            let unread = names.iter().map(|name| (name.clone(), "é".repeat(20_000))).collect();
            let unseen = names.iter().map(|name| format!("{{{name}}}")).collect();
            let (repositories, accounts, lowered) = (1, 1, vec![]);
            Take(Box::new(Compared { why, repositories, accounts, unread, unseen, differences, lowered }))
        };
        let restored = WhyCompared::Restored(Restored { acknowledged: None, head: 1, until: noon() });
        let mut history = given::<Comparison>([]).when(look(restored, &names, vec![])).events();
        assert_eq!(history.len(), 3);
        let longest = history.iter().map(|event| crate::aggregate::Event::content(event).to_string().len());
        assert!(longest.max() < Some(1 << 20), "it is kept");
        // All but the last answer now: what it holds may have ended since, and no one of the others may.
        let next = look(WhyCompared::Schedule, &names[2 * MOST..], vec![]);
        history.extend(given::<Comparison>(history.clone()).when(next).events());
        let known = given::<Comparison>(history);
        assert_eq!(known.state().unread, names[2 * MOST..].iter().cloned().collect());
        let lacking = |name: &String| {
            let code = Code::candidate(Uuid::from_u128(1), 0);
            let how = How::Lacking { code, since: noon(), until: noon() };
            Deviation { repository: name.clone(), ..deviation("erin", how) }
        };
        let all = names.iter().map(lacking).collect();
        let told = known.when(look(WhyCompared::Schedule, &[], all)).events();
        let found = told.iter().flat_map(|event| {
            let ComparisonEvent::AccessCompared { found, .. } = event;
            found.iter().filter(|found| found.may_have_ended()).map(|found| found.repository.clone())
        });
        assert_eq!(found.collect::<Vec<_>>(), names[2 * MOST..]);
    }

    #[test]
    fn trust_a8_a_long_comparison_while_some_is_uncompared_keeps_of_that_what_it_could_not_look_at_either() {
        let names: Vec<String> = (0..2 * MOST).map(|n| format!("repository-{n:04}")).collect();
        let look = |why, unread: &[String]| {
            let unread = unread.iter().map(|name| (name.clone(), "500".to_owned())).collect();
            let (unseen, differences, lowered) = (BTreeSet::new(), vec![], vec![]);
            let (repositories, accounts) = (1, 1);
            Take(Box::new(Compared { why, repositories, accounts, unread, unseen, differences, lowered }))
        };
        let restored = WhyCompared::Restored(Restored { acknowledged: None, head: 1, until: noon() });
        let ends = [names[0].clone(), names[2 * MOST - 1].clone()];
        let mut history = given::<Comparison>([]).when(look(restored, &ends)).events();
        history
            .extend(given::<Comparison>(history.clone()).when(look(WhyCompared::Schedule, &names)).events());
        assert_eq!(history.len(), 3);
        let known = given::<Comparison>(history);
        assert_eq!(known.state().uncompared, ends.into(), "one stands in the first part, one in the last");
    }

    #[test]
    fn trust_a8_what_was_known_before_the_log_was_put_back_may_have_ended_since_and_is_told_so_once() {
        let until = noon();
        let how = How::Lacking { code: Code::candidate(Uuid::from_u128(1), 0), since: until, until };
        let lacking = deviation("erin", how);
        let look = |why| {
            let differences = vec![lacking.clone()];
            let (unread, unseen, lowered) = (BTreeMap::new(), BTreeSet::new(), vec![]);
            Take(Box::new(Compared {
                why,
                repositories: 1,
                accounts: 1,
                unread,
                unseen,
                differences,
                lowered,
            }))
        };
        let may_have_ended = |event: &ComparisonEvent| {
            let ComparisonEvent::AccessCompared { found, .. } = event;
            found.iter().map(Deviation::may_have_ended).collect::<Vec<_>>()
        };
        let known = compared(vec![lacking.clone()], vec![]);
        let restored = WhyCompared::Restored(Restored { acknowledged: None, head: 1, until });
        let told = given::<Comparison>([known.clone()]).when(look(restored)).events();
        assert_eq!(may_have_ended(&told[0]), [true], "its end may be among what is missing");
        let after = given::<Comparison>([vec![known], told].concat());
        assert_eq!(may_have_ended(&after.when(look(WhyCompared::Schedule)).events()[0]), Vec::<bool>::new());
    }

    #[test]
    fn trust_a8_anything_else_changes_nothing() {
        let event = compared(vec![deviation("eve", How::Unknown)], vec![]);
        let reactions = react_to_comparison::<Effect, FollowUp>(&event);
        assert!(reactions.iter().all(|reaction| !matches!(reaction.then, Then::Perform(_))));
    }

    #[test]
    fn a_place_is_seen_to_be_different_since_it_was_first_however_that_changes() {
        let (eve, mallory) = (deviation("eve", How::Unknown), deviation("mallory", How::Unknown));
        let more = Deviation { present: Some(Read), ..eve.clone() };
        let later = noon().checked_add(jiff::SignedDuration::from_hours(1)).unwrap();
        let mut state = given::<Comparison>([compared(vec![eve.clone()], vec![])]).state().clone();
        state.evolve(&compared(vec![more, mallory.clone()], vec![]), later);
        assert_eq!((state.seen(&eve.spot()), state.seen(&mallory.spot())), (Some(noon()), Some(later)));
        assert_eq!(state.accounts, 2);
        state.evolve(&compared(vec![], vec![eve.spot()]), later);
        assert_eq!(state.seen(&eve.spot()), None);
    }

    #[test]
    fn trust_a8_what_is_news_of_one_place_leaves_the_others_as_they_were() {
        let (eve, mallory) = (deviation("eve", How::Unknown), deviation("mallory", How::Unknown));
        let more = Deviation { present: Some(Read), ..eve.clone() };
        let both = compared(vec![eve, mallory.clone()], vec![]);
        let state = given::<Comparison>([both, compared(vec![more.clone()], vec![])]);
        assert_eq!(state.state().differences, [mallory, more]);
    }

    #[test]
    fn trust_a8_what_is_settled_was_not_compared_anew_and_what_is_not_known_is_not_settled() {
        let unread: BTreeMap<_, _> = [("web".to_owned(), "it answered 500".to_owned())].into();
        let (why, found) = (WhyCompared::Schedule, vec![not_ended(true)]);
        let first = ComparisonEvent::AccessCompared {
            why,
            repositories: 1,
            accounts: 2,
            unread,
            unseen: BTreeSet::new(),
            found,
            gone: vec![],
            lowered: vec![],
            goes_on: false,
        };
        let state = given::<Comparison>([first.clone()]);
        let elsewhere = deviation("eve", How::Unknown).spot();
        state.when(Settle(elsewhere)).then_nothing();
        let settled = state.when(Settle(not_ended(true).spot())).events().remove(0);
        let mut after = given::<Comparison>([first]).state().clone();
        after.evolve(&settled, noon().checked_add(jiff::SignedDuration::from_hours(1)).unwrap());
        assert_eq!((after.differences.len(), after.last), (0, Some(noon())));
        assert_eq!(after.unread, ["web".to_owned()].into());
    }
}
