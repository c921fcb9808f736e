//! What may be meant by a time that cannot be read: a slip of a finger, a part of a day that is another hour to everybody, a feast that
//! is another day, or a week of which nobody says whether it is the beginning or the end.

use jiff::Timestamp;
use strsim::osa_distance;

use super::feasts::{NEXT_WEEK, feast};
use super::names::{DAYS, WEEKDAYS};
use super::{Edge, Here, read};

/// The most words of a time that is looked at.
const WORDS: usize = 8;
/// The least letters of a word that may be mistyped.
const MISTYPED: usize = 4;
/// Parts of a day, and the hours at which they may end.
const PARTS: [(&str, [&str; 2]); 5] = [
    ("morning früh vormittag matin mañana ochtend manhã mattina", ["09:00", "12:00"]),
    ("lunch lunchtime mittagspause", ["12:00", "13:00"]),
    ("afternoon nachmittag après-midi tarde middag pomeriggio", ["15:00", "18:00"]),
    ("evening abend soir avond sera", ["18:00", "22:00"]),
    ("night nacht nuit noche noite", ["22:00", "23:59"]),
];

/// When it may end what lasts until next week.
const ENDS_OF_NEXT_WEEK: [&str; 2] = ["end of the weekend", "end of next week"];

/// The instants that may be meant, at most four.
pub fn near(text: &str, here: &Here) -> Vec<Timestamp> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    if words.len() > WORDS {
        return vec![];
    }
    if let Some(days) = feast(&words, here) {
        return days;
    }
    let mended: Vec<&str> = words.iter().map(|word| day_like(word)).collect();
    // "Mañana por la mañana" begins with a day.
    let alone = (mended.len() == 1).then_some(0);
    let hours = (1..mended.len()).chain(alone).find_map(|at| Some((at, hours_of(mended[at])?)));
    let texts = match hours {
        None if NEXT_WEEK.contains(&lower.trim()) => Vec::from(ENDS_OF_NEXT_WEEK.map(str::to_owned)),
        None => vec![mended.join(" ")],
        Some((at, hours)) => {
            let without = |hour: &str| {
                let mut words = mended.clone();
                words[at] = hour;
                words.join(" ")
            };
            hours.into_iter().map(without).collect()
        }
    };
    let instants = |text: &String| read(text, here, Edge::End).instants();
    let mut found: Vec<Timestamp> = texts.iter().flat_map(instants).collect();
    found.sort();
    found.dedup();
    found.truncate(4);
    found
}

fn hours_of(word: &str) -> Option<[&'static str; 2]> {
    PARTS.iter().find(|(names, _)| names.split(' ').any(|name| name == word)).map(|(_, hours)| *hours)
}

/// The name of a day that a word is one slip of a finger away from; the word itself where it is none.
fn day_like(word: &str) -> &str {
    if word.chars().count() < MISTYPED {
        return word;
    }
    let weekdays = WEEKDAYS.iter().flat_map(|(_, names)| names.split(' '));
    let days = DAYS.iter().flat_map(|(_, names)| names.iter().copied());
    let mut names = weekdays.chain(days).filter(|name| name.chars().count() >= MISTYPED);
    // "banana" is no "manana".
    names
        .find(|name| name.chars().next() == word.chars().next() && osa_distance(name, word) <= 1)
        .unwrap_or(word)
}
