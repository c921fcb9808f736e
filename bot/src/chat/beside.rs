//! What stands beside the name of a request where somebody decides on it: another permission, somebody else's name, a time, a
//! condition. A decision has no place for it, so it is told and asked about, and never passed over.

use std::collections::BTreeSet;

use countersign_domain::card::Card;
use countersign_domain::ports::Permission;
use countersign_domain::request::{Code, Facets};
use countersign_domain::tenant::People;
use futures::future::BoxFuture;

use super::meaning::{Concern, is_pronoun};
use super::named::{pieces, without_before};
use super::{Chat, Seen};
use crate::commands::CommandSpec;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::{Said, joined, permission};
use crate::normalise::{self, LEXICON, Says, Tag, Word};
use crate::plain::time_behind;
use crate::words;

/// What a command that is carried out at once is about, and the time that was said with it.
pub(super) fn put_off(spec: &CommandSpec, given: &str) -> Option<(String, String)> {
    const AT_ONCE: [&str; 3] = ["give back", "revoke", "withdraw"];
    let words = normalise::words(given);
    let at = time_behind(&words).filter(|_| AT_ONCE.contains(&spec.name))?;
    Some((joined(&words[..at]), joined(&words[at..])))
}

/// What was said of a request, apart from its name.
#[derive(Debug, Default)]
pub(super) struct Beside {
    /// Its repository, or whatever it is about, was named.
    by_thing: bool,
    /// Somebody whose it is was named.
    by_person: bool,
    /// The permission that it asks for was named.
    by_permission: bool,
    /// A permission was named that it does not ask for.
    other: Option<Permission>,
    /// The places of the words that say anything else.
    pub(super) rest: BTreeSet<usize>,
}

impl Beside {
    /// What these words say beside the name of this request.
    pub(super) fn of(request: &dyn Facets, words: &[Word]) -> Self {
        let mut beside = Self::default();
        let parts: Vec<Vec<String>> = words.iter().map(|word| pieces(&word.text)).collect();
        let own: Vec<Vec<String>> = request.things().iter().map(|thing| pieces(&thing.id)).collect();
        let people: Vec<Vec<String>> = request.names().into_iter().map(pieces).collect();
        let mut at = 0;
        while at < words.len() {
            let named = own.iter().find_map(|name| spanned(&parts[at..], name));
            if let Some(count) = named {
                beside.by_thing = true;
                at += count;
                continue;
            }
            at += beside.take(request, words, at, &people);
        }
        beside
    }

    /// Takes the word at this place, and says how many that are.
    fn take(&mut self, request: &dyn Facets, words: &[Word], at: usize, people: &[Vec<String>]) -> usize {
        let word = &words[at];
        let bare = word.lower.trim_end_matches("'s").to_owned();
        let said = permission(&word.lower);
        if people.iter().any(|name| name.contains(&bare)) {
            self.by_person = true;
        } else if let Some(said) = said.filter(|_| !word.quoted) {
            let is_own = Some(said.as_str()) == request.wanted();
            self.by_permission |= is_own;
            self.other = self.other.or(Some(said).filter(|_| !is_own));
        } else if let Some(count) = means_nothing(&words[at..]) {
            return count;
        } else {
            self.rest.insert(at);
        }
        1
    }

    /// Whether what it is about is named.
    pub(super) const fn names_thing(&self) -> bool {
        self.by_thing
    }

    /// Whether a permission is named that it is not about.
    pub(super) const fn names_another(&self) -> bool {
        self.other.is_some()
    }
}

/// How many of the next words of a decision say nothing of what is decided.
fn means_nothing(words: &[Word]) -> Option<usize> {
    const BESIDE: [&str; 9] = ["it", "them", "and", "&", "und", "et", "y", "both", "all"];
    let word = &words[0];
    let is_around = Says::AroundName.is_word(word)
        || Says::AroundChoice.is_word(word)
        || BESIDE.contains(&word.lower.as_str()) && !word.quoted;
    match LEXICON.tag(words) {
        _ if is_around => Some(1),
        Some((Tag::Polite | Tag::Hello | Tag::Closing, count)) => Some(count),
        _ => None,
    }
}

/// How many words a name takes at their beginning.
pub(super) fn spanned(parts: &[Vec<String>], name: &[String]) -> Option<usize> {
    let mut left = name;
    for (at, own) in parts.iter().enumerate() {
        left = left.strip_prefix(own.as_slice()).filter(|_| !own.is_empty())?;
        if left.is_empty() {
            return Some(at + 1);
        }
    }
    None
}

/// As it was written, from the first of these words to the last; what leads to it or limits it belongs to it.
pub(super) fn written(given: &str, words: &[Word], rest: &BTreeSet<usize>) -> Option<String> {
    const LEADS: [&str; 8] = ["for", "to", "in", "on", "für", "pour", "por", "para"];
    let (mut first, mut last) = (*rest.first()?, *rest.last()?);
    if first > 0 && LEADS.contains(&words[first - 1].lower.as_str()) {
        first -= 1;
    }
    while words.get(last + 1).is_some_and(|next| Says::AroundChoice.is_word(next)) {
        last += 1;
    }
    let said = given.get(words[first].start..words[last].end)?;
    Some(said.trim_matches([' ', ',', '.', ';', ':', '!', '-']).to_owned()).filter(|said| !said.is_empty())
}

impl Chat {
    /// A decision on what is named, or on whatever is in question, with more said than that: what has no place in it is told. `None`
    /// where nothing is named that waits for who speaks.
    pub(super) fn decided_with_more<'a>(
        &'a self,
        context: &'a Context,
        spec: &'static CommandSpec,
        said: &'a Said,
        given: &'a str,
    ) -> BoxFuture<'a, Result<Option<Vec<Card>>, Failure>> {
        Box::pin(async move {
            let rows = self.concerned(context, Concern::ToDecide).await?;
            let words = normalise::words(given);
            let is_about_it = words.first().is_some_and(|first| is_pronoun(&first.lower));
            let in_question = if is_about_it { self.in_question(context).await? } else { None };
            let is_asked_about = |code: &Code| in_question.as_ref().is_none_or(|own| own == code);
            let all: Vec<(Seen, Beside)> = rows
                .into_iter()
                .map(|row| (Beside::of(&*row.request, &words), row))
                .map(|(beside, row)| (Seen::from(row), beside))
                .filter(|(seen, _)| is_asked_about(&seen.code))
                .collect();
            let by_thing = all.iter().any(|(_, beside)| beside.by_thing);
            let by_permission = all.iter().any(|(_, beside)| beside.by_permission);
            let fits = |beside: &Beside| match () {
                () if by_thing => beside.by_thing,
                () if by_permission => beside.by_permission && beside.other.is_none(),
                () => beside.by_person || is_about_it || beside.other.is_some() && beside.rest.is_empty(),
            };
            let meant: Vec<(Seen, Beside)> = all.into_iter().filter(|(_, beside)| fits(beside)).collect();
            let Some((_, first)) = meant.first() else { return Ok(None) };
            // What every one of them leaves over is nobody's name.
            let rest = meant.iter().fold(first.rest.clone(), |rest, (_, one)| &rest & &one.rest);
            let more = written(given, &words, &rest);
            let people = self.directory.present(&context.tenant).await?.state;
            let somebody = more.as_deref().and_then(|more| somebody_else(more, &people));
            let takes_reason = spec.grammar.contains("<reason>") && said.get("reason").is_none();
            let why = match &meant[..] {
                [(seen, beside)] => not_that(seen, beside, somebody.as_deref()),
                _ => vec![],
            };
            let reason = more.clone().filter(|_| takes_reason && somebody.is_none());
            let more = more.filter(|_| somebody.is_none() || meant.len() > 1);
            let said =
                reason.as_ref().map_or_else(|| said.clone(), |reason| said.with("reason", reason.clone()));
            let seen: Vec<Seen> = meant.into_iter().map(|(seen, _)| seen).collect();
            let question =
                words::decide_with_more(spec.name, &why, more.as_deref(), reason.is_some(), seen.len());
            self.ask_which(context, spec, &said, &seen, Some(question)).await.map(Some)
        })
    }

    /// What a decision on several says besides that: it has no place there.
    pub(super) fn more_of_several(given: &str) -> Option<String> {
        let words = normalise::words(given);
        let (mut rest, mut at) = (BTreeSet::new(), 0);
        while at < words.len() {
            let is_plural = Says::Plural.is_word(&words[at]);
            at += match means_nothing(&words[at..]) {
                _ if is_plural => 1,
                Some(count) => count,
                None => {
                    rest.insert(at);
                    1
                }
            };
        }
        written(given, &words, &rest)
    }
}

/// Whether somebody of the organisation is named, and nothing else.
fn somebody_else(more: &str, people: &People) -> Option<String> {
    let name = without_before(more);
    let bare = name.strip_suffix("'s").or_else(|| name.strip_suffix("’s")).unwrap_or(name);
    let lower = bare.to_lowercase();
    let is_called = |name: &str| {
        let name = name.to_lowercase();
        name == lower || name.split(' ').any(|part| part == lower)
    };
    people.people.values().any(|person| is_called(&person.name)).then(|| bare.to_owned())
}

/// Why what was said is not what waits: nobody asks for that permission there, and it is somebody else's.
fn not_that(seen: &Seen, beside: &Beside, somebody: Option<&str>) -> Vec<String> {
    let request = &seen.request;
    let who = request.requester().map(|requester| requester.name.clone()).unwrap_or_default();
    let what = request.things().into_iter().find(|thing| !matches!(thing.kind, "ticket" | "account"));
    let other = beside.other.zip(request.wanted()).map(|(other, own)| {
        let on = what.as_ref().map(|thing| thing.id.as_str()).unwrap_or_default();
        words::another_permission_waits(other.as_str(), on, &who, own)
    });
    other.into_iter().chain(somebody.map(|somebody| words::it_is_theirs(&who, somebody))).collect()
}
