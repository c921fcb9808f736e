//! How long, where nobody can tell it from what was said: "less than 1 hour", "at least a day".

use super::Reading;
use crate::grammar::joined;
use crate::normalise::Says;

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
        }
    }

    /// Whether a word belongs to the reason, wherever that stands: what it tells of how long something takes is no length of the access.
    fn is_in_reason(&self, at: usize) -> bool {
        let start = self.words[at].start;
        let is_within = |(from, to): (usize, usize)| (from..to).contains(&start);
        self.because.is_some_and(is_within) || self.reason.is_some_and(is_within)
    }
}
