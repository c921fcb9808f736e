//! Where a German clause closes with its verb: "weil der Build rot ist" ends with "ist", and what stands behind that is no part of it.
//! In a main clause the verb stands second and the clause goes on behind it, "der Build ist rot": so it is only sure where more than one
//! thing stands before the verb.

use super::clauses::Clause;

/// Who does something, in one word.
const PRONOUNS: [&str; 13] =
    ["ich", "wir", "er", "sie", "es", "man", "ihr", "du", "jemand", "niemand", "keiner", "das", "dies"];
/// What a thing begins with.
const ARTICLES: [&str; 32] = [
    "der", "die", "das", "den", "dem", "ein", "eine", "einen", "einem", "einer", "kein", "keine", "keinen",
    "mein", "meine", "unser", "unsere", "unseren", "unserem", "unserer", "ihr", "ihre", "sein", "seine",
    "dieser", "diese", "dieses", "alle", "viele", "einige", "mehrere", "beide",
];
/// Whose something is: it belongs to what stands before it.
const OF: [&str; 2] = ["des", "der"];
/// What leads to where, when or what for, which may belong to a thing as well as to what it does.
const PREPOSITIONS: [&str; 30] = [
    "im", "in", "ins", "am", "an", "auf", "aus", "bei", "beim", "mit", "nach", "von", "vom", "vor", "zu",
    "zum", "zur", "für", "gegen", "ohne", "über", "unter", "seit", "wegen", "während", "durch", "um",
    "zwischen", "trotz", "ab",
];
/// The same in one word.
const WHERE_AND_WHEN: [&str; 12] = [
    "hier", "dort", "da", "heute", "morgen", "gestern", "jetzt", "gerade", "früh", "abend", "selbst", "auch",
];
/// Verbs that are no words of other languages.
const VERBS: [&str; 50] = [
    "ist",
    "sind",
    "waren",
    "habe",
    "haben",
    "hatte",
    "hatten",
    "wird",
    "werden",
    "wurde",
    "wurden",
    "muss",
    "müssen",
    "musste",
    "mussten",
    "soll",
    "sollen",
    "sollte",
    "sollten",
    "kann",
    "können",
    "konnte",
    "konnten",
    "darf",
    "dürfen",
    "wollen",
    "wollte",
    "möchte",
    "möchten",
    "läuft",
    "laufen",
    "geht",
    "gehen",
    "steht",
    "stehen",
    "fehlt",
    "fehlen",
    "hängt",
    "hängen",
    "braucht",
    "brauche",
    "brauchen",
    "klemmt",
    "spinnt",
    "funktioniert",
    "funktionieren",
    "ansteht",
    "abläuft",
    "brennt",
    "klappt",
];
/// Verbs that are, and are German behind a German word.
const AMBIGUOUS: [&str; 6] = ["hat", "war", "will", "bin", "suche", "mache"];

/// In which order the words of a reason stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::plain) enum Order {
    /// Nobody can tell: a "weil" may stand before it.
    #[default]
    Unknown,
    /// It is a sentence of its own, behind a label or a "denn".
    Main,
}

/// The first word behind the verb with which a clause closes, where it surely closes with one and anything stands behind it.
pub(super) fn closes(clause: &Clause<'_>, last: usize) -> Option<usize> {
    let (second, is_german) = behind_subject(clause, last)?;
    let is_verb = |at: usize| {
        let word = clause.lower(at);
        VERBS.contains(&word) || is_german && AMBIGUOUS.contains(&word)
    };
    // The verb stands second.
    if is_verb(second) || clause.is_finite(second) {
        return None;
    }
    let verb = (second + 1..last).find(|at| is_verb(*at))?;
    // "Lesen können muss": they close it together.
    (verb..last).find(|at| !is_verb(*at))
}

/// The first word behind the first thing that is named, with all that may belong to it, and whether that is surely German.
fn behind_subject(clause: &Clause<'_>, last: usize) -> Option<(usize, bool)> {
    let begin = clause.lead;
    let (first, noun) = (clause.lower(begin), behind_noun(clause, begin, last));
    if PRONOUNS.contains(&first) && noun.is_none() {
        return Some((begin + 1, true)).filter(|(at, _)| *at < last);
    }
    let mut at = match noun {
        Some(noun) => noun,
        None if PREPOSITIONS.contains(&first) => behind_preposition(clause, begin, last)?,
        None if WHERE_AND_WHEN.contains(&first) => begin + 1,
        None => return None,
    };
    while at < last {
        let next = clause.lower(at);
        at = if PREPOSITIONS.contains(&next) {
            behind_preposition(clause, at, last)?
        } else if OF.contains(&next) {
            behind_noun(clause, at, last)?
        } else if WHERE_AND_WHEN.contains(&next) {
            at + 1
        } else {
            break;
        };
    }
    Some((at, ARTICLES.contains(&first))).filter(|(at, _)| *at < last)
}

/// The first word behind a thing: "der neue Build", "Kunden", "Ada".
fn behind_noun(clause: &Clause<'_>, at: usize, last: usize) -> Option<usize> {
    /// The most words before a noun.
    const NEAR: usize = 4;
    let is_noun = |at: usize| at < last && clause.words[at].text.starts_with(char::is_uppercase);
    let is_led = ARTICLES.contains(&clause.lower(at)) || OF.contains(&clause.lower(at));
    let from = if is_led { at + 1 } else { at };
    let is_adjective = |at: usize| !clause.is_finite(at) && !PREPOSITIONS.contains(&clause.lower(at));
    let noun = (from..last.min(from + NEAR)).find(|at| is_noun(*at))?;
    let fits = if is_led { (from..noun).all(is_adjective) } else { noun == at };
    fits.then(|| (noun..last).find(|at| !is_noun(*at)).unwrap_or(last))
}

/// The first word behind "im Checkout", "seit gestern", "wegen der Störung".
fn behind_preposition(clause: &Clause<'_>, at: usize, last: usize) -> Option<usize> {
    let next = at + 1;
    behind_noun(clause, next, last).or_else(|| (next < last && !clause.is_finite(next)).then_some(next + 1))
}

impl Clause<'_> {
    /// Whether it may stand behind a word such as "weil", by which its verb stands last.
    pub(super) fn may_be_subordinate(&self) -> bool {
        self.is_first() && self.order == Order::Unknown
    }
}
