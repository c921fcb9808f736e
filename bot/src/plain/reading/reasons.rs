//! Why access is asked for: behind "because", or a part of the sentence that can be nothing else.

use super::closing::Order;
use super::repositories::{is_address, is_shaped};
use super::why::Clause;
use super::{Expected, REASON, Reading};
use crate::grammar::{is_key, joined};
use crate::normalise::{LEXICON, Says, Tag, Word};

/// What tells how something is.
const BEING: [&str; 12] =
    ["is", "are", "was", "were", "ist", "sind", "war", "est", "sont", "está", "es", "é"];
/// Behind these a verb stands last.
const SUBORDINATING: [&str; 5] = ["weil", "damit", "da", "dass", "omdat"];

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
                self.doubt_what_turns(next);
                self.plain.reason = Some(self.text[from..end].trim().to_owned());
                self.because = Some((from, end));
                self.at = next;
            }
            None => self.take_reason_from(from),
        }
    }

    /// All that follows is the reason, as it was written.
    pub(super) fn take_reason_from(&mut self, from: usize) {
        let reason = self.text[from..].trim();
        if says_something(reason) {
            self.plain.reason = Some(reason.to_owned());
            self.because = Some((from, self.text.len()));
        }
        self.doubt_what_turns(self.words.len());
        self.at = self.words.len();
    }

    /// What may be something else behind the reason is a part of it as it was written, and is asked about.
    fn doubt_what_turns(&mut self, to: usize) {
        let Some(first) = self.words.get(self.at).filter(|_| to > self.at) else { return };
        // Politeness was left out at the end, and may be more than that: "only with Ada's ok".
        let end = if to == self.words.len() { self.text.len() } else { self.words[to - 1].end };
        let Some(reason) = self.text.get(first.start..end) else { return };
        let lead = self.at.checked_sub(1).map_or("", |lead| self.words[lead].lower.as_str());
        let order = if SUBORDINATING.contains(&lead) { Order::Unknown } else { Order::Main };
        if let Some(turned) = crate::plain::turned_in(reason, order) {
            self.plain.unsure.push(turned.trim().to_owned());
        }
    }

    /// "To fix the build": what for, where it says so; "to Ben" may be anything.
    pub(super) fn take_purpose(&mut self, start: usize) {
        let rest = &self.words[self.at..];
        let words = &rest[..rest.len().min(REASON)];
        let asks = words.last().is_some_and(|last| last.stop == Some('?'));
        let says_why = |words: &[Word]| Clause::of(words, &self.plain.repositories) == Clause::Why;
        let mut plainly = words.to_vec();
        if let Some(last) = plainly.last_mut().filter(|_| asks) {
            // "Could I have it to fix the build?" asks for it as a whole.
            last.stop = None;
        }
        if says_why(&plainly) {
            return self.take_reason_from(self.words[start].end);
        }
        self.at = (start + self.loose_length(start)).max(self.at);
        self.doubt(start);
    }

    /// "For the audit", "for a demo": what for, where nobody can be named by it.
    pub(super) fn take_purpose_behind_for(&mut self) {
        let start = self.at;
        let lower = self.rest().first().map_or("", |word| word.lower.as_str());
        // "Para o deploy": elsewhere the article is an "or".
        let is_portuguese = ["o", "os"].contains(&lower)
            && start.checked_sub(1).is_some_and(|before| self.words[before].lower == "para");
        let article = match self.tag(start) {
            _ if is_portuguese => 1,
            Some((Tag::Idle, article)) => article,
            // "L'audit": the article is a part of the word.
            None if lower.starts_with("l'") => 0,
            _ => return,
        };
        let is_plain = |at: &usize| {
            let tag = self.tag(*at);
            *at == start && is_portuguese
                || matches!(tag, None | Some((Tag::Idle | Tag::And | Tag::Permission(_), _)))
        };
        let count = (start..start + self.part_length()).take_while(is_plain).count();
        let mut part = self.words[start..start + count].to_vec();
        if let Some(last) = part.last_mut() {
            // Whoever asks for it as a whole may end so.
            last.stop = None;
        }
        let from = if is_portuguese { article.min(count) } else { 0 };
        let of_work = count > article && Clause::of(&part[from..], &self.plain.repositories) == Clause::Why;
        let follows = self.is_complete() || self.is_part && self.plain.count() > 0;
        if !follows || self.plain.reason.is_some() || !of_work {
            return;
        }
        let (from, to) = (part[0].start, part[count - 1].end);
        self.plain.reason = Some(self.text[from..to].trim_end_matches([' ', ',', '.', '?', '!']).to_owned());
        self.at = start + count;
        self.expected = Expected::Nothing;
    }

    /// What was read last, from this word on, as it was written: nobody can tell what it says.
    pub(super) fn doubt(&mut self, start: usize) {
        let text = &self.text[self.words[start].start..self.words[self.at - 1].end];
        self.plain.unsure.push(text.trim_matches([' ', ',', '.', '(', ')']).trim_end_matches('!').to_owned());
    }

    /// Whether a new part of the sentence can only be why it is asked for: permission and repository were said before.
    pub(super) fn is_reason_already(&self, begun: bool) -> bool {
        let asked = self.plain.permission.is_some() && !self.plain.repositories.is_empty();
        let is_next = begun && self.at > 0 && self.expected == Expected::Nothing;
        is_next && (asked || self.tells_why_behind_part())
    }

    /// Whether this part of an answer tells why, behind another part: "payments-api, OPS-17, the build is broken".
    fn tells_why_behind_part(&self) -> bool {
        let part = &self.rest()[..self.loose_length(self.at)];
        let follows = self.is_part && self.plain.count() > 0;
        follows && part.len() <= REASON && Clause::of(part, &self.plain.repositories) == Clause::Why
    }

    /// Whether this part of the sentence says nothing that the request lacks: no permission, no time, no ticket; but
    /// something.
    pub(super) fn is_free(&self) -> bool {
        let part = &self.rest()[..self.loose_length(self.at)];
        // What is longer is no reason, and every word would be looked at for each of them.
        if part.len() > REASON {
            return false;
        }
        let (mut unknown, mut known) = (false, 0);
        for (index, word) in part.iter().enumerate() {
            match self.tag(self.at + index) {
                // A word of a phrase that was looked at.
                _ if index < known => {}
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
                    | Tag::About
                    | Tag::Telling
                    | Tag::Everyone,
                    count,
                )) => known = index + count,
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
        unknown && self.moment_length() == 0 && !self.is_list_of_names()
    }

    /// Whether this part of the sentence says from when, until when or under which ticket: that is read word by word.
    pub(super) fn says_more(&self) -> bool {
        let part = &self.rest()[..self.loose_length(self.at)];
        part.iter().enumerate().any(|(index, word)| {
            let tag = self.tag(self.at + index);
            matches!(tag, Some((Tag::From | Tag::Until | Tag::Ticket | Tag::Because, _)))
                || is_key(&word.text)
        })
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

    /// Whether this part of the sentence is a clause, though a permission is named in it: "checkout is broken", "I need to push
    /// a fix". What names where that would be is a request of its own.
    pub(super) fn is_clause(&self) -> bool {
        let part = &self.rest()[..self.part_length()];
        let (mut permits, mut unknown) = (false, false);
        for (index, word) in part.iter().enumerate() {
            let tag = self.tag(self.at + index);
            match tag {
                Some((Tag::Permission(_), count)) => {
                    permits = true;
                    if self.leads_to_place(self.at + index + count) {
                        return false;
                    }
                }
                Some((Tag::PermissionOn(_), _)) => permits = true,
                Some((
                    Tag::Access | Tag::Give | Tag::Other | Tag::Because | Tag::Ticket | Tag::Question,
                    _,
                )) => {
                    return false;
                }
                Some(_) => {}
                None if is_shaped(word) || is_key(&word.text) || is_address(&word.lower) || word.quoted => {
                    return false;
                }
                None => unknown = true,
            }
        }
        let repositories = &self.plain.repositories;
        permits && unknown && part.len() <= REASON && Clause::of(part, repositories) != Clause::Other
    }

    /// Whether what stands here leads to a repository.
    fn leads_to_place(&self, at: usize) -> bool {
        let mut at = at;
        loop {
            match self.tag(at) {
                Some((Tag::On | Tag::Access | Tag::Repository, _)) => return true,
                Some((Tag::Idle | Tag::And | Tag::Permission(_), count)) => at += count,
                _ => return false,
            }
        }
    }

    /// The few last words of a whole request that could not be placed, where they tell why: "… for 1 hour code review".
    pub(super) fn reason_at_end(&self) -> Option<String> {
        const FEW: usize = 4;
        let unsure = self.plain.unsure.join(" ");
        let is_open = self.is_complete() && self.plain.reason.is_none() && self.reason.is_none();
        let count = unsure.split(' ').count();
        if !is_open
            || unsure.is_empty()
            || count > FEW
            || count > self.words.len()
            || !self.earlier.is_empty()
        {
            return None;
        }
        let mut from = self.words.len() - count;
        if joined(&self.words[from..]) != unsure {
            return None;
        }
        // "Code" leads to a repository elsewhere.
        let leads = |at: usize| matches!(self.tag(at), Some((Tag::Repository, 1)));
        if from > 1 && leads(from - 1) && self.words[from - 1].stop.is_none() {
            from -= 1;
        }
        let words = &self.words[from..];
        // "Is broken", "failed": how something is, and nobody asks for it.
        if from > 0 && BEING.contains(&self.words[from - 1].lower.as_str())
            || words
                .iter()
                .any(|word| Says::State.is_word(word) || Says::StateStem.is_stem_of(&word.lower, |_| true))
        {
            return None;
        }
        let tells = Clause::of(words, &self.plain.repositories) == Clause::Why
            && words.iter().all(|word| !word.text.contains(['-', '_', '@']));
        tells.then(|| {
            self.text[words[0].start..words[words.len() - 1].end].trim_end_matches(['.', '!', ' ']).to_owned()
        })
    }

    /// Takes a whole part of the sentence: it is the reason where it tells why, and else it is asked about. This is where all
    /// is decided that was not understood.
    pub(super) fn take_part(&mut self, start: usize) {
        let length = self.loose_length(start);
        let part = &self.words[start..start + length];
        let is_for_others = (start..start + length).any(|at| self.is_for_somebody(at));
        let clause = Clause::of(part, &self.plain.repositories);
        self.at = start + length;
        let (from, to) = (part[0].start, part[length - 1].end);
        if is_for_others || clause != Clause::Why {
            self.plain.unsure.push(self.text[from..to].trim_matches([' ', ',']).to_owned());
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

/// Whether there is anything between the quotation marks and the spaces of a reason.
pub(crate) fn says_something(reason: &str) -> bool {
    let is_around =
        |sign: char| sign.is_whitespace() || sign.is_ascii_punctuation() || "“”„‘’«»…—–".contains(sign);
    !reason.chars().all(is_around)
}

/// A reason without the word that only leads to it. "For loops are slow" and "To whom it may concern" are whole as they are.
pub(crate) fn bare_reason(reason: &str) -> &str {
    const ARTICLES: [&str; 27] = [
        "the", "a", "an", "my", "our", "this", "that", "some", "der", "die", "das", "den", "dem", "ein",
        "eine", "einen", "le", "la", "les", "un", "une", "el", "los", "las", "una", "o", "de",
    ];
    let words = crate::normalise::words(reason);
    let Some((tag, count)) = LEXICON.tag(&words).filter(|(_, count)| *count < words.len()) else {
        return reason;
    };
    let next = &words[count];
    let leads = words[..count].iter().all(|word| word.stop.is_none()) || words[count - 1].stop == Some(':');
    let is_lead = match tag {
        Tag::Because => Says::LeadsReason.begins(&words[..count]) == Some(count),
        Tag::For => ARTICLES.contains(&next.lower.as_str()),
        Tag::On => words[0].lower == "to" && Clause::of(&words[count..], &[]) == Clause::Why,
        _ => false,
    };
    if leads && is_lead && !next.quoted { &reason[next.start..] } else { reason }
}
