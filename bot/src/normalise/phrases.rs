//! What is said with a few words, whatever it is about, in the languages that people write here: `phrases.tsv`, read once.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::Word;

/// What is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Says {
    /// Yes.
    Yes,
    /// No.
    No,
    /// No, with the reason behind its colon.
    NoBeforeColon,
    /// Never mind.
    Cancel,
    /// It is not needed any more.
    Finished,
    /// What was done last shall not be.
    Undo,
    /// Thanks, and nothing else.
    Thanks,
    /// Good morning: its first word.
    Greeting,
    /// What a question begins with.
    Question,
    /// What was said before is put right.
    Turn,
    /// What is meant follows.
    Meant,
    /// Somebody thinks better of it.
    TakenBack,
    /// It was not meant to be done.
    Slip,
    /// A word that approves.
    Approves,
    /// A word that denies.
    Denies,
    /// The one in question.
    Pronoun,
    /// More than one.
    Plural,
    /// What is one's own.
    Own,
    /// A word before a name that belongs to the command.
    BeforeName,
    /// What became of a request.
    Fate,
    /// A word around a name that says nothing of which one it is.
    AroundName,
    /// More time.
    Longer,
    /// Less time.
    Shorter,
    /// Behind who stands in.
    StandsIn,
    /// Around an answer, by who is not quite sure of it.
    Hedge,
    /// Around what is chosen of what was offered.
    AroundChoice,
    /// The same for somebody else as well: at the beginning.
    AsWell,
    /// The same at the end.
    AsWellBehind,
    /// Somebody who is not named.
    Somebody,
    /// When somebody does something who only tells of it.
    PutOff,
    /// What tells how something is.
    States,
    /// What begins the subject of a message that is answered.
    Subject,
    /// The first of a list, or so many from its beginning.
    First,
    /// The last of a list, or so many to its end.
    Last,
    /// There is none of what was asked for.
    None,
    /// Who was asked does not know.
    Unknown,
    /// The first word of what somebody is bidden to do.
    Bids,
    /// Said to somebody who is to do something themselves.
    Bidding,
    /// What somebody does with a repository themselves.
    Deed,
    /// Before a length of time that is none by itself.
    Vague,
    /// A yes to a yes-or-no question.
    Assent,
    /// A no to it.
    Dissent,
    /// Said around a yes or a no.
    Around,
    /// Said by who did something wrong.
    Regret,
    /// What whoever was denied something is advised to do.
    Advice,
    /// What begins a condition.
    Condition,
    /// Somebody else has to agree.
    Consent,
    /// All of a clause by which everything before it is called off.
    CalledOff,
    /// What it was asked for is over.
    Over,
    /// Said around a statement: by itself it tells nothing.
    Adverb,
    /// A verb by which a clause tells something.
    Finite,
    /// Who does something: a clause of what they do tells why access is asked for.
    Speaker,
    /// Whoever speaks, alone or with others.
    FirstPerson,
    /// What may be the access itself as well as anything that was told of.
    It,
    /// What leads a noun.
    Article,
    /// Said of what somebody is to have or to do.
    Modal,
    /// Said before what puts something right.
    Exclaims,
    /// Begins a condition where no statement follows.
    Only,
    /// What a word of work begins with: a clause with one tells why access is asked for.
    WorkStem,
    /// A whole word of work.
    Work,
    /// What shows that a clause is about something else than why.
    Aside,
    /// In a ticket's summary, that it asks.
    Summary,
    /// Somebody says that they need something.
    Needing,
    /// A verb of giving that says to whom without a name.
    GivesThem,
    /// What leads to something that follows.
    Opens,
    /// What joins what stands before it to something that follows.
    Joins,
    /// What a reason begins with that only names what it is because of.
    Caused,
    /// What leads a noun beside articles.
    Determiner,
    /// A word at the end that breaks off what was said.
    BreaksOff,
    /// The same, but for where somebody was named who does it.
    Stops,
    /// At the end of what was said: whether, when, how much or how.
    Remark,
    /// A permission as a thing.
    Level,
    /// What somebody does, where a reason begins with it.
    Does,
    /// What tells that a time is over.
    Past,
    /// Behind it stands what somebody said.
    Quotes,
    /// What leads to an event as well as to a condition.
    Beside,
    /// What leads to somebody.
    WithWhom,
    /// What puts right what stands before it.
    PutsRight,
    /// A no at the end of what was said.
    Declines,
    /// What asks others what is to be done.
    AsksBack,
    /// Before a "for" behind which stands whom somebody waits or asks for.
    Awaits,
    /// How something is that does not work.
    State,
    /// What such words begin with.
    StateStem,
}

impl Says {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "yes" => Self::Yes,
            "no" => Self::No,
            "no before a colon" => Self::NoBeforeColon,
            "cancel" => Self::Cancel,
            "finished" => Self::Finished,
            "undo" => Self::Undo,
            "thanks" => Self::Thanks,
            "greeting" => Self::Greeting,
            "question" => Self::Question,
            "turn" => Self::Turn,
            "meant" => Self::Meant,
            "taken back" => Self::TakenBack,
            "slip" => Self::Slip,
            "approves" => Self::Approves,
            "denies" => Self::Denies,
            "pronoun" => Self::Pronoun,
            "plural" => Self::Plural,
            "own" => Self::Own,
            "before a name" => Self::BeforeName,
            "fate" => Self::Fate,
            "around a name" => Self::AroundName,
            "longer" => Self::Longer,
            "shorter" => Self::Shorter,
            "stands in" => Self::StandsIn,
            "hedge" => Self::Hedge,
            "around a choice" => Self::AroundChoice,
            "as well" => Self::AsWell,
            "as well behind" => Self::AsWellBehind,
            "somebody" => Self::Somebody,
            "put off" => Self::PutOff,
            "states" => Self::States,
            "subject" => Self::Subject,
            "first" => Self::First,
            "last" => Self::Last,
            "none" => Self::None,
            "unknown" => Self::Unknown,
            "bids" => Self::Bids,
            "bidding" => Self::Bidding,
            "deed" => Self::Deed,
            "vague" => Self::Vague,
            "assent" => Self::Assent,
            "dissent" => Self::Dissent,
            "around" => Self::Around,
            "regret" => Self::Regret,
            "advice" => Self::Advice,
            "condition" => Self::Condition,
            "consent" => Self::Consent,
            "called off" => Self::CalledOff,
            "over" => Self::Over,
            "adverb" => Self::Adverb,
            "finite" => Self::Finite,
            "speaker" => Self::Speaker,
            "first person" => Self::FirstPerson,
            "it" => Self::It,
            "article" => Self::Article,
            "modal" => Self::Modal,
            "exclaims" => Self::Exclaims,
            "only" => Self::Only,
            "work stem" => Self::WorkStem,
            "work" => Self::Work,
            "aside" => Self::Aside,
            "summary" => Self::Summary,
            "needing" => Self::Needing,
            "gives them" => Self::GivesThem,
            "opens" => Self::Opens,
            "joins" => Self::Joins,
            "caused" => Self::Caused,
            "determiner" => Self::Determiner,
            "breaks off" => Self::BreaksOff,
            "stops" => Self::Stops,
            "remark" => Self::Remark,
            "level" => Self::Level,
            "does" => Self::Does,
            "past" => Self::Past,
            "quotes" => Self::Quotes,
            "beside" => Self::Beside,
            "with whom" => Self::WithWhom,
            "puts right" => Self::PutsRight,
            "declines" => Self::Declines,
            "asks back" => Self::AsksBack,
            "awaits" => Self::Awaits,
            "state" => Self::State,
            "state stem" => Self::StateStem,
            _ => return None,
        })
    }

    fn phrases(self) -> &'static Phrases {
        static NONE: LazyLock<Phrases> = LazyLock::new(Phrases::default);
        PHRASES.get(&self).unwrap_or(&NONE)
    }

    /// Whether a text in lower case says this, and nothing else.
    pub fn is(self, said: &str) -> bool {
        self.phrases().all.contains(said)
    }

    /// Whether a word says this, and is no value.
    pub fn is_word(self, word: &Word) -> bool {
        !word.quoted && self.is(&word.lower)
    }

    /// How many words the longest of its phrases has that these words begin with.
    pub fn begins(self, words: &[Word]) -> Option<usize> {
        self.longest(words, |count| &words[..count])
    }

    /// How many words the longest of its phrases has that these words end with.
    pub fn ends(self, words: &[Word]) -> Option<usize> {
        self.longest(words, |count| &words[words.len() - count..])
    }

    /// Whether one of its phrases stands at the beginning of a word, and is as fit for that word as `fits` says.
    pub fn is_stem_of(self, word: &str, fits: impl Fn(&str) -> bool) -> bool {
        let ends = word.char_indices().map(|(at, sign)| at + sign.len_utf8());
        ends.take(LONGEST_STEM).any(|end| self.is(&word[..end]) && fits(&word[..end]))
    }

    fn longest<'w>(self, words: &[Word], part: impl Fn(usize) -> &'w [Word]) -> Option<usize> {
        let phrases = self.phrases();
        let is = |count: &usize| {
            let part = part(*count);
            let said: Vec<_> = part.iter().map(|word| word.lower.as_str()).collect();
            part.iter().all(|word| !word.quoted) && phrases.all.contains(said.join(" ").as_str())
        };
        (1..=phrases.longest.min(words.len())).rev().find(is)
    }
}

/// The most signs of what a word begins with.
const LONGEST_STEM: usize = 24;

/// The phrases for one thing.
#[derive(Debug, Default)]
struct Phrases {
    all: HashSet<&'static str>,
    /// The longest, in words.
    longest: usize,
}

static PHRASES: LazyLock<HashMap<Says, Phrases>> = LazyLock::new(|| {
    let mut sets: HashMap<Says, Phrases> = HashMap::new();
    for line in lines() {
        let (name, phrases) = line.split_once('\t').expect("a test reads every line of the phrases");
        let own = sets.entry(Says::named(name).expect("a test reads every line of the phrases")).or_default();
        for phrase in phrases.split('|').map(str::trim) {
            own.longest = own.longest.max(phrase.split(' ').count());
            own.all.insert(phrase);
        }
    }
    sets
});

fn lines() -> impl Iterator<Item = &'static str> {
    include_str!("phrases.tsv").lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::words;

    #[test]
    fn every_line_of_the_phrases_is_read_and_said_as_it_can_be_heard() {
        for line in lines() {
            let (name, phrases) = line.split_once('\t').unwrap_or_else(|| panic!("no tab: {line}"));
            let says = Says::named(name).unwrap_or_else(|| panic!("nothing is called {name}"));
            for phrase in phrases.split('|') {
                assert_eq!(phrase, phrase.to_lowercase().trim(), "{name}");
                assert!(!phrase.is_empty() && !phrase.contains(['’', '\t']), "{name}: {phrase}");
                assert!(says.is(phrase), "{name}: {phrase}");
            }
        }
    }

    #[test]
    fn the_longest_phrase_is_found_at_either_end() {
        assert_eq!(Says::Hedge.ends(&words("OPS-17 I think")), Some(2));
        assert_eq!(Says::Hedge.ends(&words("2 hours should be enough")), Some(3));
        assert_eq!(Says::Turn.begins(&words("no, actually 2 days")), Some(1));
        assert_eq!(Says::Turn.begins(&words("2 days")), None);
        assert!(Says::WorkStem.is_stem_of("deployment", |_| true));
        assert!(!Says::WorkStem.is_stem_of("payments", |_| true));
    }
}
