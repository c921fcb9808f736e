//! Why access is asked for: behind "because", or a part of the sentence that can be nothing else.

use super::repositories::is_address;
use super::{Expected, REASON, Reading};
use crate::grammar::is_key;
use crate::normalise::{Tag, Word};

/// What a wish begins with: whatever follows is asked of somebody, and says nothing of why.
const WISHES: [&str; 14] = [
    "please",
    "pls",
    "plz",
    "kindly",
    "can",
    "could",
    "would",
    "will",
    "bitte",
    "kannst",
    "könntest",
    "svp",
    "stp",
    "porfa",
];

impl Reading<'_> {
    pub(super) fn take_because(&mut self) {
        let labelled = self.words[self.at - 1].stop == Some(':');
        // "wegen OPS-17", "because of OPS-17": that is the ticket.
        if !labelled
            && let [only] = self.rest()
            && is_key(&only.text)
        {
            let key = only.text.clone();
            self.at += 1;
            return self.ticket(&key);
        }
        if !labelled {
            return self.take_reason_from(self.words[self.at - 1].end);
        }
        // In a list of lines the reason ends where the next line says what it is about.
        let from = self.words[self.at - 1].end;
        let is_label = |index: &usize| {
            self.words[*index - 1].stop == Some('\n')
                && self.tag(*index).is_some_and(|(_, count)| self.words[*index + count - 1].stop == Some(':'))
        };
        let next = (self.at + 1..self.words.len()).find(is_label);
        match next {
            Some(next) => {
                let end = self.words[next].start;
                self.plain.reason = Some(self.text[from..end].trim().to_owned());
                self.at = next;
            }
            None => self.take_reason_from(from),
        }
    }

    /// All that follows is the reason, as it was written.
    pub(super) fn take_reason_from(&mut self, from: usize) {
        let reason = self.text[from..].trim();
        if !reason.is_empty() {
            self.plain.reason = Some(reason.to_owned());
        }
        self.at = self.words.len();
    }

    /// Whether a new part of the sentence can only be why it is asked for: permission and repository were said before.
    pub(super) fn is_reason_already(&self, begun: bool) -> bool {
        let asked = self.plain.permission.is_some() && !self.plain.repositories.is_empty();
        asked && begun && self.at > 0 && self.expected == Expected::Nothing
    }

    /// Whether this part of the sentence says nothing that the request lacks: no permission, no time, no ticket; but
    /// something.
    pub(super) fn is_free(&self) -> bool {
        let part = &self.rest()[..self.part_length()];
        // What is longer is no reason, and every word would be looked at for each of them.
        if part.len() > REASON {
            return false;
        }
        let mut unknown = false;
        for (index, word) in part.iter().enumerate() {
            match self.tag(self.at + index) {
                Some((
                    Tag::Polite
                    | Tag::Hello
                    | Tag::Closing
                    | Tag::Idle
                    | Tag::Want
                    | Tag::Needs
                    | Tag::On
                    | Tag::For
                    | Tag::And
                    | Tag::But
                    | Tag::Not
                    | Tag::Me
                    | Tag::Kin
                    | Tag::Everyone,
                    _,
                )) => {}
                Some(_) => return false,
                None => unknown = true,
            }
            if self.is_for_somebody(self.at + index) {
                return false;
            }
            if is_key(&word.text) || is_address(&word.lower) || word.quoted {
                return false;
            }
            if self.looks.duration(self.at + index).is_some() {
                return false;
            }
        }
        unknown && self.moment_length() < part.len() && !self.is_list_of_names()
    }

    /// Whether the word at this place is somebody who is named or counted behind a "for": "same for Ben", "also for the team".
    /// In German every noun is written as a name is.
    fn is_for_somebody(&self, at: usize) -> bool {
        let Some(lead) = at.checked_sub(1).filter(|lead| matches!(self.tag(*lead), Some((Tag::For, 1))))
        else {
            return false;
        };
        let is_name = |word: &Word| {
            self.tag(at).is_none() && word.text.starts_with(|c: char| c.is_uppercase() || c == '@')
        };
        let is_german = matches!(self.words[lead].lower.as_str(), "für" | "fuer" | "fürs");
        matches!(self.tag(at), Some((Tag::Everyone | Tag::Kin, _))) || !is_german && is_name(&self.words[at])
    }

    /// Takes a whole part of the sentence as a reason, as it was written.
    pub(super) fn take_part(&mut self, start: usize) {
        let rest = &self.words[start..];
        let length = self.loose_length(start);
        let has_but =
            (start..start + length).any(|at| matches!(self.tag(at), Some((Tag::But | Tag::Not, _))));
        let is_for_others = || (start..start + length).any(|at| self.is_for_somebody(at));
        let is_no_reason = has_but || is_wish(&rest[..length]) || is_for_others();
        self.at = start + length;
        let (from, to) = (rest[0].start, rest[length - 1].end);
        if is_no_reason {
            self.plain.unsure.push(self.text[from..to].to_owned());
            return;
        }
        self.reason = match self.reason {
            // Another part directly behind it belongs to it.
            Some((begin, end)) if self.text[end..from].chars().all(|c| !c.is_alphanumeric()) => {
                Some((begin, to))
            }
            Some(_) => {
                self.plain.unsure.push(self.text[from..to].to_owned());
                self.reason
            }
            None => Some((from, to)),
        };
    }
}

/// Whether this is said to somebody, and is no reason: "please tell Ada", "is that enough?".
fn is_wish(part: &[Word]) -> bool {
    let begins = |word: &Word| WISHES.contains(&word.lower.as_str()) && word.stop.is_none();
    part.len() > 1 && part.first().is_some_and(begins)
        || part.last().is_some_and(|last| last.stop == Some('?'))
}
