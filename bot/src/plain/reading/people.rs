//! For whom: whoever stands where the sentence says who needs it, and whoever is named beside the first.

use super::{Reading, is_written_as_name, starts_with_digit};
use crate::grammar::{is_key, joined};
use crate::normalise::{LEXICON, Tag, Word};

/// The most words of all who are named before "need".
const SUBJECT: usize = 12;
/// Who speaks.
const SPEAKER: [&str; 7] = ["i", "we", "ich", "wir", "je", "nous", "yo"];

impl Reading<'_> {
    /// `Ben needs …`, `Ben and Ada need …`, `Ben and I need …`: who needs it.
    pub(super) fn take_subject(&mut self) -> bool {
        let rest = self.rest();
        let (mut names, mut from, mut at) = (Vec::new(), 0, 0);
        let verb = loop {
            let Some(word) = rest.get(at).filter(|word| at < SUBJECT && !word.quoted) else { return false };
            match LEXICON.tag(&rest[at..]) {
                Some((Tag::And, count)) if at > from => {
                    names.push(joined(&rest[from..at]));
                    (from, at) = (at + count, at + count);
                    continue;
                }
                Some((Tag::Needs, count)) => break count,
                // Of several, whoever speaks may be one.
                Some((Tag::Want, count)) if !names.is_empty() => break count,
                Some((Tag::Idle, _)) | None if !is_key(&word.text) => at += 1,
                _ => return false,
            }
            if word.stop == Some(',') {
                names.push(joined(&rest[from..at]));
                from = at;
            } else if word.stop.is_some() {
                return false;
            }
        };
        if at > from {
            names.push(joined(&rest[from..at]));
        } else {
            // "Ben and I need".
            names.push("me".to_owned());
        }
        if self.plain.user.is_some()
            || names.iter().any(|name| SPEAKER.contains(&name.to_lowercase().as_str()))
        {
            return false;
        }
        self.at += at + verb;
        self.wanted = true;
        let mut names = names.into_iter();
        self.plain.user = names.next();
        self.plain.also_for.extend(names);
        true
    }

    /// `give Ben and Ada read`: whoever is named beside the first.
    pub(super) fn take_more_people(&mut self) {
        loop {
            let rest = self.rest();
            let Some((Tag::And, and)) = LEXICON.tag(rest) else { return };
            let is_me = rest.get(and).is_some_and(|word| word.lower == "me" || word.lower == "myself");
            let fits = |word: &&Word| {
                !word.quoted
                    && !is_written_as_name(word)
                    && !starts_with_digit(word)
                    && LEXICON.tag(std::slice::from_ref(*word)).is_none()
            };
            let count = rest[and..].iter().take_while(fits).count();
            if count == 0 && !is_me {
                return;
            }
            let ends = rest[and..].iter().position(|word| word.stop.is_some()).map_or(count, |last| last + 1);
            let count = if is_me { 1 } else { count.min(ends) };
            self.plain.also_for.push(if is_me { "me".to_owned() } else { joined(&rest[and..and + count]) });
            self.at += and + count;
        }
    }
}
