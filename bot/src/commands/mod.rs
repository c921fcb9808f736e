//! The command table: everything that can be said, in one place. Help, suggestions and every surface feed from it.

mod answer;
mod approve;
mod ask_everybody;
mod back;
mod deny;
mod deny_unexplained;
mod do_not_ping;
mod effects;
mod help;
mod link;
mod nearest;
mod no_quiet;
mod omit;
mod ping;
mod quiet_hours;
mod requeue;
mod resolve;
mod status;
mod take_back;
mod time_zone;
mod unlink;
pub(crate) mod verb;
mod who_am_i;
mod who_can_approve;
mod why;
mod withdraw;

use std::sync::LazyLock;

use futures::future::BoxFuture;

use crate::access::commands::access;
use crate::capabilities;
use crate::chat::Chat;
use crate::context::Context;
use crate::conversation;
use crate::engine::Failure;
use crate::grammar::{Pattern, Said, Sentence, is_key, permission};
use crate::moment;
use crate::normalise::Says;
use crate::plain;
use crate::support;
use crate::timeline;
use countersign_domain::card::Card;
use countersign_domain::request::Code;
use countersign_domain::tenant::{Person, Role};

pub(crate) use crate::access::commands::make_it::{as_wish, can_be_changed, read_as};
pub use deny::{asks_why, explained};
pub use nearest::{corrected, near, nearest};

/// One chat command.
pub struct CommandSpec {
    /// Its name, as people know it.
    pub name: &'static str,
    /// How it is said; the grammar of these lines is told in [`crate::grammar`].
    pub grammar: &'static str,
    /// Other ways of saying it, as grammar lines.
    pub phrases: &'static [&'static str],
    /// What it does, in a few words.
    pub summary: &'static str,
    /// How it looks when said, simplest first.
    pub examples: &'static [&'static str],
    /// Who has any use of it.
    pub audience: Audience,
    /// Whether it decides or changes something: said as a question, it is asked and not done.
    pub decides: bool,
    /// Whether its other wordings name a request in whatever way, or none.
    pub by_any_name: bool,
    /// Whether it is carried out though something is missing, because whoever decides on it names all that is wrong.
    pub takes_partial: bool,
    /// What carries it out.
    pub run: Run,
}

/// Who has any use of a command, and so is told of it.
#[derive(Debug, Clone, Copy)]
pub enum Audience {
    /// Everybody.
    Everybody,
    /// Who has one of these roles.
    Roles(&'static [Role]),
    /// The same, or everybody where none is named, of a tenant that has a help desk.
    Desk(&'static [Role]),
    /// Everybody of a tenant whose systems tell of what happens in them.
    Observed,
    /// Buttons say it, and nobody has to know it.
    Buttons,
}

/// What a tenant has, by which some commands are of use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Has {
    /// A help desk.
    pub desk: bool,
    /// Systems that tell of what happens in them.
    pub timeline: bool,
}

/// What buttons say beside a code, and nobody has to type.
const RECEIPT: &str = " [receipt <receipt>]";

impl CommandSpec {
    /// Whether this person has any use of it, by what their tenant has.
    pub fn is_for(&self, person: &Person, has: Has) -> bool {
        let has_one_of = |roles: &[Role]| roles.iter().any(|role| person.is(*role));
        match self.audience {
            Audience::Everybody => true,
            Audience::Roles(roles) => has_one_of(roles),
            Audience::Desk(roles) => has.desk && (roles.is_empty() || has_one_of(roles)),
            Audience::Observed => has.timeline,
            Audience::Buttons => false,
        }
    }

    /// Whether it is about the help desk.
    pub const fn is_of_the_desk(&self) -> bool {
        matches!(self.audience, Audience::Desk(_))
    }

    /// Whether it decides or changes something.
    pub const fn decides(&self) -> bool {
        self.decides
    }

    /// How people say it.
    pub fn said(&self) -> String {
        self.grammar.replace(RECEIPT, "")
    }

    /// How it looks when people say it, simplest first.
    pub fn said_examples(&self) -> impl Iterator<Item = &'static str> {
        self.examples.iter().copied().filter(|example| !example.contains(" receipt "))
    }
}

/// What carries out a command.
pub type Run = for<'a> fn(&'a Chat, &'a Context, &'a Said) -> BoxFuture<'a, Result<Vec<Card>, Failure>>;

/// What can be said of whatever there is; what is said of one capability alone stands in its own folder.
const OF_ALL: &[CommandSpec] = &[
    answer::SPEC,
    approve::SPEC,
    ask_everybody::SPEC,
    back::SPEC,
    deny::SPEC,
    deny_unexplained::SPEC,
    do_not_ping::SPEC,
    effects::SPEC,
    help::SPEC,
    link::SPEC,
    no_quiet::SPEC,
    omit::SPEC,
    ping::SPEC,
    quiet_hours::SPEC,
    requeue::SPEC,
    resolve::SPEC,
    status::SPEC,
    take_back::SPEC,
    time_zone::SPEC,
    unlink::SPEC,
    who_am_i::SPEC,
    who_can_approve::SPEC,
    why::SPEC,
    withdraw::SPEC,
];

/// Every command, in the order of their names.
pub static COMMANDS: LazyLock<Vec<&'static CommandSpec>> = LazyLock::new(|| {
    let of_the_desk = conversation::commands::ALL.iter().chain(support::commands::ALL);
    let of_parts = of_the_desk.chain(timeline::commands::ALL);
    let mut all: Vec<_> = OF_ALL.iter().chain(of_parts).chain(capabilities::commands()).collect();
    all.sort_unstable_by_key(|spec| spec.name);
    all
});

/// A grammar line of a command, read.
struct Reading {
    spec: &'static CommandSpec,
    pattern: Pattern,
    is_phrase: bool,
}

static READINGS: LazyLock<Vec<Reading>> = LazyLock::new(|| {
    let read = |spec, line: &str, is_phrase| Reading {
        spec,
        pattern: Pattern::read(line).expect("a test reads every grammar of the table"),
        is_phrase,
    };
    let lines = |spec: &'static CommandSpec| {
        let phrases = spec.phrases.iter().map(move |phrase| read(spec, phrase, true));
        std::iter::once(read(spec, spec.grammar, false)).chain(phrases)
    };
    COMMANDS.iter().copied().flat_map(lines).collect()
});

/// So many words at the beginning show what is meant, whatever follows.
const UNMISTAKABLE: usize = 3;

/// The command that a sentence means, with what it says; `None` where it means none.
pub fn understand(sentence: &Sentence<'_>) -> Option<(&'static CommandSpec, Said)> {
    if timeline::commands::asks_why_it_rings(sentence)
        && let Some(reading) = READINGS.iter().find(|reading| reading.spec.name == timeline::commands::WHY)
        && let Some(said) = reading.pattern.matches(sentence).filter(Said::is_exact)
    {
        return Some((reading.spec, said));
    }
    let mut best: Option<(&'static CommandSpec, Said)> = None;
    // Without its last word, why something rings asks for a story, or for anything at all.
    for reading in READINGS.iter().filter(|reading| reading.spec.name != timeline::commands::WHY) {
        let Some(said) = reading.pattern.matches(sentence) else { continue };
        let names_it = reading.spec.by_any_name
            || reading.spec.name == "extend" && reading.pattern.opening() != "i need";
        let by_any_name = names_it && (said.is_exact() || said.is_bare() || names_a_request(&said));
        if reading.is_phrase && is_something_else(reading, &said) {
            continue;
        }
        if asks_which_ticket(reading, &said) {
            best = Some((reading.spec, said));
            break;
        }
        if reading.is_phrase && !said.is_anchored() && said.head() < UNMISTAKABLE && !by_any_name {
            continue;
        }
        if best.as_ref().is_none_or(|(_, other)| is_better(&said, other)) {
            best = Some((reading.spec, said));
        }
    }
    let is_sure = |(spec, said): &(&'static CommandSpec, Said)| {
        said.is_exact() && (spec.name != access::SPEC.name || access::is_sure(said))
    };
    // More time is asked for in many words: what the grammar made of them may be none of it.
    let extends = |(spec, said): &(&'static CommandSpec, Said)| {
        spec.name == "extend"
            && said.missing().iter().all(|slot| slot != "duration")
            && plain::is_extension(said)
    };
    if !best.as_ref().is_some_and(|best| extends(best) || best.0.name != "extend" && best.1.is_exact())
        && let Some(said) = plain::extends(sentence)
    {
        return Some((extend_spec(), said));
    }
    match best {
        Some(best) if is_sure(&best) || best.1.lacks_nothing_but_a_text() => Some(best),
        // What is no command word by word may ask for access in plain words.
        other => {
            let around = plain::around(sentence).or_else(|| plain::after(sentence)).map(|(name, said)| {
                (find(name).expect("a test looks for every command that it names"), said)
            });
            let person = || support::asks_for_a_person(sentence).map(|said| (open_ticket_spec(), said));
            let access = || plain::asks(sentence).map(|said| (access_spec(), said));
            person().or(around).or_else(access).or(other)
        }
    }
}

/// Whether a sentence is all that a command about a ticket begins with, and does not say which one: "acknowledge ticket" is about no alarm
/// that is called so, whatever else takes the word for a name.
fn asks_which_ticket(reading: &Reading, said: &Said) -> bool {
    let is_one = reading.spec.is_of_the_desk() && reading.pattern.opening().ends_with(" ticket");
    is_one && said.is_bare() && said.missing() == ["number"]
}

/// Whether one reading of a sentence fits better than another. What lacks a text and nothing else, and begins with more words, is no
/// shorter command that has words left over: "resolve ticket 3" resolves no effect.
fn is_better(said: &Said, other: &Said) -> bool {
    let is_named = |one: &Said, other: &Said| {
        one.lacks_nothing_but_a_text() && !other.is_exact() && one.head() > other.head()
    };
    is_named(said, other) || said.rank() > other.rank() && !is_named(other, said)
}

/// Whether a sentence begins as a command does that has a name of several words, whatever is wrong behind it: "rules propose read needs two".
pub(crate) fn opens_one(sentence: &Sentence<'_>) -> bool {
    let said = sentence.plain();
    let opens = |reading: &Reading| {
        let opening = reading.pattern.opening();
        let behind = said.strip_prefix(&opening);
        !reading.is_phrase && opening.contains(' ') && behind.is_some_and(|rest| rest.starts_with(' '))
    };
    READINGS.iter().any(opens)
}

/// Whether a sentence is this command by its own grammar, word by word, with nothing that may be anything else: no wording of another kind,
/// and nothing that was guessed. What decides is never one: its words may be why something else is decided.
pub(crate) fn reads_whole(sentence: &Sentence<'_>, spec: &CommandSpec) -> bool {
    let own = READINGS.iter().find(|reading| !reading.is_phrase && reading.spec.name == spec.name);
    let said = own.and_then(|reading| reading.pattern.matches(sentence)).filter(Said::is_exact);
    said.is_some_and(|said| {
        let names_one = said.get("repository").is_none_or(|name| !name.contains(' '));
        let is_known = said.get("permission").is_none_or(|name| permission(name).is_some());
        !spec.decides() && names_one && is_known && (spec.name != access::SPEC.name || access::is_sure(&said))
    })
}

/// Whether what is named is a request in so many words, by its code or its ticket, or as more time: "je refuse la demande OPS-17", "cancel
/// the extension".
fn names_a_request(said: &Said) -> bool {
    const MOST: usize = 6;
    let named: Vec<&str> = said.get("code").unwrap_or_default().split(' ').collect();
    let is_more_time = |word: &str| Says::Extension.is(&word.to_lowercase());
    let is_one = |word: &&str| word.parse::<Code>().is_ok() || is_key(word) || is_more_time(word);
    let is_around = |word: &&str| Says::AroundName.is(&word.to_lowercase());
    named.len() <= MOST && named.last().is_some_and(is_one) && named[..named.len() - 1].iter().all(is_around)
}

/// Whether what a phrase was read of shows that something else is meant.
fn is_something_else(reading: &Reading, said: &Said) -> bool {
    tells_no_zone(reading, said)
        || asks_who_decides(reading, said)
        || changes_nothing(reading, said)
        || reading.spec.name == "help" && help::names_none(&reading.pattern.opening(), said)
}

/// Whether what begins as many sentences do says nothing that could be changed: "can we make it work".
fn changes_nothing(reading: &Reading, said: &Said) -> bool {
    const BEGINS: [&str; 2] = ["can we make it", "fais-en"];
    let may_be_more = reading.spec.name == "make it" && BEGINS.contains(&reading.pattern.opening().as_str());
    let is_known = |change: &str| plain::part(&Sentence::new(change)).says_what_is_known();
    may_be_more && !said.get("change").is_some_and(is_known)
}

/// Whether somebody says where they are without any word of time zones, and names no zone by it: "ich sitze in einem Meeting".
fn tells_no_zone(reading: &Reading, said: &Said) -> bool {
    let names_zones = |opening: &str| opening.contains("zon") || opening.contains("fuseau");
    if reading.spec.name != "time zone" || names_zones(&reading.pattern.opening()) {
        return false;
    }
    let is_zone = |text: &str| {
        moment::zone(text).is_some() || !moment::may_be(text, jiff::Timestamp::UNIX_EPOCH).is_empty()
    };
    !said.get("zone").is_some_and(is_zone)
}

/// Whether it is asked who decides, and not who has something on what is called so: "who has to approve?".
fn asks_who_decides(reading: &Reading, said: &Said) -> bool {
    let first = said.get("repository").and_then(|name| name.split(' ').next());
    reading.spec.name == "who has" && first.is_some_and(|first| Says::Decides.is(&first.to_lowercase()))
}

/// The command that takes a text pasted with this sentence, with what else it says; `None` where it means another, or says
/// more than that has a place for.
pub(crate) fn taking_a_block(sentence: &Sentence<'_>) -> Option<(&'static CommandSpec, Said)> {
    let taking = READINGS.iter().filter(|reading| reading.pattern.takes_a_block());
    let mut said = taking.filter_map(|reading| Some((reading.spec, reading.pattern.matches(sentence)?)));
    said.find(|(_, said)| said.lacks_nothing_but_a_block())
}

/// The command that takes a file which comes with this sentence, and what it says; `None` where it means another, or says more than
/// that has a place for.
pub(crate) fn taking_a_file(sentence: &Sentence<'_>) -> Option<(&'static CommandSpec, Said)> {
    let taking = READINGS.iter().filter(|reading| reading.pattern.takes_a_file());
    let mut said = taking.filter_map(|reading| Some((reading.spec, reading.pattern.matches(sentence)?)));
    said.find(|(_, said)| said.is_exact())
}

/// The commands that a person has any use of, by what their tenant has, in the order of their names.
pub fn for_person(person: &Person, has: Has) -> impl Iterator<Item = &'static CommandSpec> {
    COMMANDS.iter().copied().filter(move |spec| spec.is_for(person, has))
}

pub(crate) fn access_spec() -> &'static CommandSpec {
    find(access::SPEC.name).expect("the table holds it")
}

fn who_can_approve_spec() -> &'static CommandSpec {
    find("who can approve").expect("the table holds it")
}

fn open_ticket_spec() -> &'static CommandSpec {
    find("open ticket").expect("the table holds it")
}

pub(crate) fn extend_spec() -> &'static CommandSpec {
    find("extend").expect("the table holds it")
}

/// The command with this name, however capitalised.
pub fn find(name: &str) -> Option<&'static CommandSpec> {
    COMMANDS.iter().copied().find(|spec| spec.name.eq_ignore_ascii_case(name.trim()))
}

#[cfg(test)]
mod tests;
