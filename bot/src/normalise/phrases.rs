//! What is said with a few words, whatever it is about, in the languages that people write here: `phrases.tsv`, read once.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::Word;

/// Everything that can be said, each by its name in the file.
macro_rules! says {
    ($($(#[$told:meta])* $says:ident = $name:literal,)*) => {
        /// What is said.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Says {
            $($(#[$told])* $says,)*
        }

        impl Says {
            fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$says),)*
                    _ => None,
                }
            }
        }
    };
}

says! {
    /// Yes.
    Yes = "yes",
    /// No.
    No = "no",
    /// No, with the reason behind its colon.
    NoBeforeColon = "no before a colon",
    /// Never mind.
    Cancel = "cancel",
    /// It is not needed any more.
    Finished = "finished",
    /// What was done last shall not be.
    Undo = "undo",
    /// Thanks, and nothing else.
    Thanks = "thanks",
    /// Good morning: its first word.
    Greeting = "greeting",
    /// What a question begins with.
    Question = "question",
    /// What was said before is put right.
    Turn = "turn",
    /// What is meant follows.
    Meant = "meant",
    /// Somebody thinks better of it.
    TakenBack = "taken back",
    /// It was not meant to be done.
    Slip = "slip",
    /// A word that approves.
    Approves = "approves",
    /// A word that denies.
    Denies = "denies",
    /// The one in question.
    Pronoun = "pronoun",
    /// More than one.
    Plural = "plural",
    /// What of a list was not shown.
    Rest = "the rest",
    /// What is one's own.
    Own = "own",
    /// A word before a name that belongs to the command.
    BeforeName = "before a name",
    /// What became of a request.
    Fate = "fate",
    /// A word around a name that says nothing of which one it is.
    AroundName = "around a name",
    /// More time.
    Longer = "longer",
    /// Less time.
    Shorter = "shorter",
    /// More time that is, or was, asked for, by its name.
    Extension = "extension",
    /// Behind who stands in.
    StandsIn = "stands in",
    /// What something else is in the place of follows.
    InsteadOf = "instead of",
    /// It is in the place of what was said before.
    Instead = "instead",
    /// Around an answer, by who is not quite sure of it.
    Hedge = "hedge",
    /// Around what is chosen of what was offered.
    AroundChoice = "around a choice",
    /// The same for somebody else as well: at the beginning.
    AsWell = "as well",
    /// The same at the end.
    AsWellBehind = "as well behind",
    /// Somebody who is not named.
    Somebody = "somebody",
    /// When somebody does something who only tells of it.
    PutOff = "put off",
    /// What tells how something is.
    States = "states",
    /// What begins the subject of a message that is answered.
    Subject = "subject",
    /// The first of a list, or so many from its beginning.
    First = "first",
    /// The last of a list, or so many to its end.
    Last = "last",
    /// There is none of what was asked for.
    None = "none",
    /// Who was asked does not know.
    Unknown = "unknown",
    /// The first word of what somebody is bidden to do.
    Bids = "bids",
    /// Said to somebody who is to do something themselves.
    Bidding = "bidding",
    /// What somebody does with a repository themselves.
    Deed = "deed",
    /// Before a length of time that is none by itself.
    Vague = "vague",
    /// A yes to a yes-or-no question.
    Assent = "assent",
    /// A no to it.
    Dissent = "dissent",
    /// Said around a yes or a no.
    Around = "around",
    /// Said by who did something wrong.
    Regret = "regret",
    /// What whoever was denied something is advised to do.
    Advice = "advice",
    /// What begins a condition.
    Condition = "condition",
    /// Somebody else has to agree.
    Consent = "consent",
    /// All of a clause by which everything before it is called off.
    CalledOff = "called off",
    /// What it was asked for is over.
    Over = "over",
    /// Said around a statement: by itself it tells nothing.
    Adverb = "adverb",
    /// A verb by which a clause tells something.
    Finite = "finite",
    /// Who does something: a clause of what they do tells why access is asked for.
    Speaker = "speaker",
    /// Whoever speaks, alone or with others.
    FirstPerson = "first person",
    /// What may be the access itself as well as anything that was told of.
    It = "it",
    /// What leads a noun.
    Article = "article",
    /// Said of what somebody is to have or to do.
    Modal = "modal",
    /// Said before what puts something right.
    Exclaims = "exclaims",
    /// Begins a condition where no statement follows.
    Only = "only",
    /// What a word of work begins with: a clause with one tells why access is asked for.
    WorkStem = "work stem",
    /// A whole word of work.
    Work = "work",
    /// What shows that a clause is about something else than why.
    Aside = "aside",
    /// In a ticket's summary, that it asks.
    Summary = "summary",
    /// Somebody says that they need something.
    Needing = "needing",
    /// A verb of giving that says to whom without a name.
    GivesThem = "gives them",
    /// What leads to something that follows.
    Opens = "opens",
    /// What joins what stands before it to something that follows.
    Joins = "joins",
    /// What a reason begins with that only names what it is because of.
    Caused = "caused",
    /// What leads a noun beside articles.
    Determiner = "determiner",
    /// A word at the end that breaks off what was said.
    BreaksOff = "breaks off",
    /// The same, but for where somebody was named who does it.
    Stops = "stops",
    /// At the end of what was said: whether, when, how much or how.
    Remark = "remark",
    /// A permission as a thing.
    Level = "level",
    /// What somebody does, where a reason begins with it.
    Does = "does",
    /// What tells that a time is over.
    Past = "past",
    /// Behind it stands what somebody said.
    Quotes = "quotes",
    /// It may be granted at another time.
    NotNow = "not now",
    /// What leads to an event as well as to a condition.
    Beside = "beside",
    /// What leads to somebody.
    WithWhom = "with whom",
    /// What somebody does who wants to know something: "to see if it works".
    FindsOut = "finds out",
    /// What puts right what stands before it.
    PutsRight = "puts right",
    /// What asks others what is to be done.
    AsksBack = "asks back",
    /// Before a "for" behind which stands whom somebody waits or asks for.
    Awaits = "awaits",
    /// How something is that does not work.
    State = "state",
    /// What such words begin with.
    StateStem = "state stem",
    /// All of what is said at the end by who thinks better of it.
    SecondThought = "second thought",
    /// What only leads to a second thought.
    LeadsAgain = "leads to a second thought",
    /// Some other time.
    Postpones = "postpones",
    /// A verb is not so, where it stands behind one.
    Negates = "negates",
    /// What a template has in the place of an answer.
    Placeholder = "placeholder",
    /// It is not so any more.
    NoLonger = "no longer",
    /// What asks for more time.
    Prolongs = "prolongs",
    /// What keeps something, where it is said until when.
    Keeps = "keeps",
    /// Said of what is added.
    More = "more",
    /// The same of one, that stands in the place of the number.
    OneMore = "one more",
    /// Somebody needs it as before.
    StillNeeded = "still needed",
    /// Said around more time, and nothing by it.
    AroundMore = "around more",
    /// What somebody asked for.
    Wish = "wish",
    /// How far it is with what somebody asked for.
    Progress = "progress",
    /// By what somebody is given what they ask for.
    SetsFree = "sets free",
    /// Whom something is given that they do not have.
    ToWhom = "to whom",
    /// What asks how something is, wherever it stands in a question.
    AsksHow = "asks how",
    /// The same of what may be new of it.
    News = "news",
    /// What a question begins with that takes a yes or a no.
    AsksWhether = "asks whether",
    /// What asks why something is so.
    AsksWhy = "asks why",
    /// What asks what something is for, which may as well be asked of who speaks.
    AsksWhatFor = "asks what for",
    /// What somebody else needs.
    NeedsIt = "needs it",
    /// What is needed, by whomever.
    IsNeeded = "is needed",
    /// Others, by whom it is needed.
    ToThem = "to them",
    /// Who speaks, by whom it is needed.
    ToMe = "to me",
    /// It was denied.
    WasDenied = "was denied",
    /// It was revoked.
    WasRevoked = "was revoked",
    /// It was withdrawn.
    WasWithdrawn = "was withdrawn",
    /// Its time was over.
    WasOver = "was over",
    /// It is given back, said behind that it is not needed any more.
    GivesItBack = "gives it back",
    /// What leads a reason, and is no part of it.
    LeadsReason = "leads a reason",
    /// What asks for the way to something.
    AsksHowTo = "asks how to",
    /// What asks for somebody.
    AsksWho = "asks who",
    /// Said in a question after something, and nothing by it.
    AroundQuestion = "around a question",
    /// What somebody does who is to decide.
    Decides = "decides",
    /// What somebody did who has decided.
    Decided = "decided",
    /// Said around what they do.
    AroundDeciding = "around deciding",
    /// Nothing speaks against it.
    InFavour = "in favour",
    /// Nobody is to have what is named behind it.
    OfNobody = "of nobody",
    /// What a question begins with that is about what was.
    AsksOfThePast = "asks of the past",
    /// Behind it stands what somebody is not sure whether to do.
    AsksWhetherTo = "asks whether to",
    /// Behind it stands what nobody is to do.
    Forbids = "forbids",
}

impl Says {
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
