//! How long, where nobody can tell it from what was said: "less than 1 hour", "at least a day", "1 or 2 hours".

use super::{Reading, starts_with_digit};
use crate::grammar::joined;
use crate::normalise::Says;

/// Between two numbers of which either may be meant.
const OR: [&str; 5] = ["or", "oder", "ou", "o", "of"];
/// "No more than 2 hours" are 2 hours.
const NOT: [&str; 6] = ["no", "not", "nicht", "pas", "não", "niet"];

impl Reading<'_> {
    /// What is said of how long and is no length is asked about.
    pub(super) fn doubt_vague_times(&mut self) {
        // "3 hours once Ben is back": the condition is no number here.
        if let Some(long) = self.plain.duration.as_ref().and_then(|long| long.strip_suffix(" once")) {
            self.plain.duration = Some(long.to_owned());
            self.plain.unsure.push("once".to_owned());
        }
        for at in 0..self.words.len() {
            if self.is_in_reason(at) {
                continue;
            }
            let is_not =
                at.checked_sub(1).is_some_and(|before| NOT.contains(&self.words[before].lower.as_str()));
            if is_not {
                continue;
            }
            if let Some((count, long)) = Says::Vague
                .begins(&self.words[at..])
                .and_then(|count| Some((count, self.looks.duration(at + count)?)))
            {
                self.plain.unsure.push(joined(&self.words[at..at + count + long]));
            }
            self.take_one_or_other(at);
        }
    }

    /// Whether a word belongs to the reason, wherever that stands: what it tells of how long something takes is no length of the access.
    fn is_in_reason(&self, at: usize) -> bool {
        let start = self.words[at].start;
        let is_within = |(from, to): (usize, usize)| (from..to).contains(&start);
        self.because.is_some_and(is_within) || self.reason.is_some_and(is_within)
    }

    /// "1 or 2 hours": which of them is asked.
    fn take_one_or_other(&mut self, at: usize) {
        let [one, or, other, ..] = &self.words[at..] else { return };
        let Some(long) = self.looks.duration(at + 2).filter(|long| *long > 1) else { return };
        let is_number = |text: &str| text.chars().all(|sign| sign.is_ascii_digit());
        if !(starts_with_digit(one)
            && is_number(&one.text)
            && OR.contains(&or.lower.as_str())
            && is_number(&other.text))
        {
            return;
        }
        let unit = joined(&self.words[at + 3..at + 2 + long]);
        self.plain.duration = Some(format!("{} {unit}", one.text));
        self.plain.other_times = vec![format!("{} {unit}", other.text)];
        let said = [or.text.as_str(), other.text.as_str(), unit.as_str()];
        self.plain.unsure.retain(|word| !said.contains(&word.as_str()));
    }
}
