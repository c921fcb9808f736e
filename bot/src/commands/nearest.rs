//! The commands nearest to words that were not understood: never silence.

use strsim::{jaro_winkler, osa_distance};

use super::{Audience, COMMANDS, CommandSpec, READINGS, understand};
use crate::grammar::Sentence;
use crate::normalise::{LEXICON, Tag};

/// How many words of a sentence are looked at.
const LOOKED_AT: usize = 20;

/// How many are suggested.
const SUGGESTED: usize = 3;

/// The commands nearest to a sentence, best first; always some. What only buttons say, nobody has mistyped.
pub fn nearest(sentence: &Sentence<'_>) -> Vec<&'static CommandSpec> {
    let typed = COMMANDS.iter().copied().filter(|spec| !matches!(spec.audience, Audience::Buttons));
    let mut scored: Vec<_> = typed.map(|spec| (score(spec, sentence), spec)).collect();
    scored.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    scored.into_iter().take(SUGGESTED).map(|(_, spec)| spec).collect()
}

/// The commands that are near to a sentence, best first; none where none is. Whoever forbids something is not asked whether they
/// mean to decide.
pub fn near(sentence: &Sentence<'_>) -> Vec<&'static CommandSpec> {
    let forbids = (0..sentence.words.len().min(LOOKED_AT))
        .any(|at| matches!(LEXICON.tag(&sentence.words[at..]), Some((Tag::Not, _))));
    let fits = |spec: &&CommandSpec| !(forbids && spec.decides()) && is_near(spec, sentence);
    nearest(sentence).into_iter().filter(fits).collect()
}

/// Whether a sentence begins as a command does, but for slips of a finger, or names one.
fn is_near(spec: &CommandSpec, sentence: &Sentence<'_>) -> bool {
    let said = sentence.start(LOOKED_AT);
    let mut openings = READINGS
        .iter()
        .filter(|reading| reading.spec.name == spec.name)
        .map(|reading| reading.pattern.opening());
    let begins = |opening: String| {
        let words: Vec<&str> = opening.split(' ').collect();
        !opening.is_empty()
            && words.len() <= said.len()
            && words.iter().zip(&said).all(|(own, said)| is_slip(own, said))
    };
    let first = spec.name.split(' ').next().unwrap_or_default();
    first.chars().count() > MISTYPED && said.iter().any(|said| is_slip(first, said)) || openings.any(begins)
}

/// Whether a word is another, or that with slips of a finger: the longer it is, the more.
fn is_slip(own: &str, said: &str) -> bool {
    let slips = match own.chars().count() {
        0..3 => 0,
        3..6 => 1,
        _ => 2,
    };
    osa_distance(own, said) <= slips
}

/// How near the sentence begins to how the command does, in 0..=1: by its grammars' first words, and by its name
/// standing anywhere in it.
fn score(spec: &CommandSpec, sentence: &Sentence<'_>) -> f64 {
    let readings = READINGS.iter().filter(|reading| reading.spec.name == spec.name);
    let openings = readings.map(|reading| reading.pattern.opening()).filter(|opening| !opening.is_empty());
    let begins = openings.map(|opening| {
        let said = sentence.start(opening.split(' ').count()).join(" ");
        jaro_winkler(&said, &opening)
    });
    let words = sentence.start(LOOKED_AT);
    let first = spec.name.split(' ').next().unwrap_or_default();
    // A name in the middle says less than one at the start.
    let within = words.iter().map(|word| 0.8 * jaro_winkler(word, first));
    begins.chain(within).fold(0.0, f64::max)
}

/// A first word that was mistyped has at least so many letters.
const MISTYPED: usize = 4;

/// The sentence that was meant where its first word has one slip of a finger, and the rest is a whole command then. It is to
/// be asked, not done.
pub fn corrected(sentence: &Sentence<'_>) -> Option<String> {
    let first =
        sentence.words.first().filter(|word| !word.quoted && word.lower.chars().count() >= MISTYPED)?;
    let openings = READINGS.iter().map(|reading| reading.pattern.opening());
    let mut words: Vec<String> =
        openings.filter_map(|opening| opening.split(' ').next().map(str::to_owned)).collect();
    words.sort();
    words.dedup();
    let rest = &sentence.text()[first.end..];
    let said = |word: &String| format!("{word}{rest}").trim().to_owned();
    let near =
        words.iter().filter(|word| word.len() >= MISTYPED && osa_distance(word, &first.lower) == 1).map(said);
    let whole = near.filter_map(|text| {
        let (spec, said) = understand(&Sentence::new(&text))?;
        let is_whole = said.missing().is_empty() && said.unsure().is_empty();
        is_whole.then(|| (spec, said.to_string(), text))
    });
    let mut whole: Vec<_> = whole.collect();
    // The same in the word of another language is the same; it is said in the command's own.
    whole.sort_by_key(|(spec, _, text)| !text.starts_with(spec.name));
    let mut others = whole.iter().skip(1);
    let (spec, meant, text) = whole.first()?;
    let are_same = others.all(|(other, said, _)| other.name == spec.name && said == meant);
    are_same.then(|| text.clone())
}
