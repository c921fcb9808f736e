//! A time that is said behind the name of what is done at once: "give back web-shop tomorrow", "end my web-shop access in 10 minutes".

use countersign_domain::duration::DurationWord;

use super::reading::range;
use crate::moment::{is_day_word, is_month, is_time_word};
use crate::normalise::Word;

/// What leads to a time.
const LEADS: [&str; 24] = [
    "at", "in", "on", "by", "for", "within", "after", "from", "next", "this", "until", "till", "am", "um",
    "ab", "bis", "à", "dans", "dès", "en", "tra", "alle", "om", "vanaf",
];
/// Said within a time, and none by itself.
const WITHIN: [&str; 9] = ["the", "of", "end", "at", "um", "à", "las", "next", "this"];
/// A time only behind what leads to one: "next week".
const STRETCHES: [&str; 9] =
    ["week", "weekend", "month", "woche", "wochenende", "semaine", "semana", "settimana", "week-end"];

/// The most words of one.
const LONGEST: usize = 8;

/// Where in these words a time begins that goes on to their end, behind at least one other word.
pub(crate) fn time_behind(words: &[Word]) -> Option<usize> {
    (words.len().saturating_sub(LONGEST).max(1)..words.len()).find(|at| is_time(&words[*at..]))
}

fn is_time(words: &[Word]) -> bool {
    let is_one_of = |all: &[&str], word: &Word| !word.quoted && all.contains(&word.lower.as_str());
    let led = words.iter().take_while(|word| is_one_of(&LEADS, word)).count();
    let rest = &words[led..];
    let counted: Vec<_> = rest.iter().map(|word| DurationWord::read(&word.text)).collect();
    let long = DurationWord::longest(&counted).max(range(rest));
    if led > 0 && !rest.is_empty() && long == Some(rest.len()) {
        return true;
    }
    let is_number = |word: &Word| word.text.starts_with(char::is_numeric);
    let tells = |word: &Word| {
        let lower = word.lower.as_str();
        !word.quoted && (is_time_word(lower) || is_day_word(lower) || is_month(lower))
            || led > 0 && (is_number(word) || is_one_of(&STRETCHES, word))
    };
    let fits = |word: &Word| tells(word) || is_number(word) || is_one_of(&WITHIN, word);
    let begins = led > 0 || rest.first().is_some_and(tells);
    begins && rest.iter().any(tells) && rest.iter().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::words;

    #[test]
    fn trust_c3_a_time_is_found_behind_a_name_and_no_name_is_one() {
        for (text, at) in [
            ("web-shop tomorrow", Some(1)),
            ("web-shop in 2 to 3 days", Some(1)),
            ("payments-api at 6pm", Some(1)),
            ("it on friday", Some(1)),
            ("read on web-shop in 10 minutes", Some(3)),
            ("web-shop ab morgen", Some(1)),
            ("web-shop at the end of the week", Some(1)),
            ("web-shop tomorrow at 18:00", Some(1)),
            ("read on web-shop", None),
            ("web-shop in infra", None),
            ("web-shop and infra", None),
            ("tomorrow", None),
            ("web-shop 2", None),
        ] {
            assert_eq!(time_behind(&words(text)), at, "{text}");
        }
    }
}
