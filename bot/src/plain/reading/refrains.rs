//! What a sentence says of access without asking for it: what is not wanted, taken back, only told, or thanked for.

use super::{Expected, REASON, Reading};
use crate::grammar::{is_key, joined};
use crate::normalise::{Says, Tag, Word};
use crate::plain::Refrain;

impl Reading<'_> {
    /// What is said of nobody, and what is asked of the past, asks for nothing, whatever is named behind.
    pub(super) fn begins_without_asking(sentence: &[Word]) -> Option<Refrain> {
        // "No, one hour is enough" says another thing than "no one".
        let begins = |says: Says| {
            let goes_on = |count: usize| sentence[..count - 1].iter().all(|word| word.stop.is_none());
            says.begins(sentence).is_some_and(goes_on)
        };
        if begins(Says::OfNobody) {
            return Some(Refrain::Not);
        }
        begins(Says::AsksOfThePast).then_some(Refrain::Question)
    }

    /// Something is not wanted: all of it, or a part of what is said beside the request, which is asked about.
    pub(super) fn take_not(&mut self, start: usize, begun: bool) {
        // "No, I need …" answers what was said before.
        let answers = self.words[start].lower == "no" && self.words[start].stop.is_some();
        let ends = self.at == self.words.len();
        if answers || self.is_complete() && (begun || !ends) {
            return self.set_aside_or_unsure(start);
        }
        // "Don't give me admin, just write on infra", "read, not write, on infra".
        let length =
            self.words[start..].iter().position(|word| word.stop.is_some()).map_or(0, |last| last + 1);
        let names = |at: usize| matches!(self.tag(at), Some((Tag::Permission(_) | Tag::PermissionOn(_), _)));
        let is_beside = begun && length > 0 && start + length < self.words.len();
        // As far as anybody reads on: every "not" looks so far.
        let near = self.words.len().min(start + length + REASON);
        if is_beside && (self.plain.permission.is_some() || (start + length..near).any(names)) {
            self.at = start + length;
            self.about_access = true;
            return self.doubt(start);
        }
        // "Read not write on infra".
        let is_behind = start > 0 && self.words[start - 1].stop.is_none() && self.plain.permission.is_some();
        if is_behind && let Some((Tag::Permission(_), count)) = self.tag(self.at) {
            self.at += count;
            return self.unsure(start);
        }
        self.plain.refrain = Some(Refrain::Not);
    }

    /// It is asked whether somebody has it, or how it would be: nothing is asked for by that.
    pub(super) fn take_question(&mut self, start: usize) {
        if self.is_complete() { self.unsure(start) } else { self.plain.refrain = Some(Refrain::Question) }
    }

    /// Whether it is asked how long somebody can have it; behind a colon it is said.
    pub(super) fn asks_how_long(&self, start: usize) -> bool {
        let words = &self.words[start..self.at];
        words.iter().any(|word| word.lower == "how") && words.iter().all(|word| word.stop.is_none())
    }

    /// "¿Necesito lectura en web-shop?", "I need read on web-shop?": who says as a question what they need asks whether they do.
    pub(super) fn take_doubt_whether(&mut self, start: usize) {
        let words = &self.words[start..];
        let ends = words.iter().take(REASON).find_map(|word| word.stop);
        let is_asked = self.text[words[0].start..].starts_with('¿') || ends == Some('?');
        if is_asked && Says::Needing.begins(words).is_some() {
            self.take_question(start);
        }
    }

    /// "Dale lectura": to whom, is said by the verb alone, and nobody is named.
    pub(super) fn gives_somebody(&self, start: usize) -> bool {
        let is_named =
            self.rest().first().is_some_and(|next| matches!(next.lower.as_str(), "a" | "al" | "ao"));
        Says::GivesThem.is_word(&self.words[start]) && !is_named
    }

    /// Whether this "no" is the Portuguese "on": "acesso de escrita no payments-api".
    pub(super) fn is_portuguese_on(&self, start: usize) -> bool {
        const PORTUGUESE: [&str; 12] = [
            "preciso",
            "precisamos",
            "acesso",
            "quero",
            "gostaria",
            "leitura",
            "escrita",
            "escrever",
            "ler",
            "posso",
            "permissão",
            "poderia",
        ];
        self.words[start].lower == "no"
            && self.expected == Expected::Repository
            && self.words[start].stop.is_none()
            && self.words[..start.min(REASON)].iter().any(|word| PORTUGUESE.contains(&word.lower.as_str()))
    }

    /// "Let me view infra first": that is told of what somebody does anyway.
    pub(super) fn told(&self) -> Option<Refrain> {
        let begins = |first: &str, second: &str| matches!(self.words, [one, two, ..] if one.lower == first && two.lower == second);
        let lets = begins("let", "me") || begins("lass", "mich") || begins("laisse-moi", "d'abord");
        let is_put_off = self.plain.unsure.iter().any(|word| Says::PutOff.is(&word.to_lowercase()));
        let names_nothing = self.plain.repositories.is_empty() && self.plain.ticket.is_none();
        (self.tells && !self.wanted || is_put_off && (lets || names_nothing)).then_some(Refrain::Told)
    }

    /// Whether this tells how what was named is: "read on web-shop for 1 hour is too short", "web-shop is read-only".
    pub(super) fn states(&self, start: usize) -> bool {
        let follows = start > 0 && self.words[start - 1].stop.is_none();
        let names_it = !self.plain.repositories.is_empty() && !self.wanted;
        follows && Says::States.is_word(&self.words[start]) && (self.is_complete() || names_it)
    }

    /// Whether a remark stands behind a whole request, and no part of it: "… for 1 hour too short", "… still there", "… again?".
    pub(super) fn remarks(&self, start: usize) -> bool {
        let word = &self.words[start];
        let goes_on = word.stop.is_none() && start + 1 < self.words.len();
        let is_remark = match word.lower.as_str() {
            "too" | "zu" | "trop" => goes_on,
            "still" | "noch" | "encore" | "todavía" => true,
            "again" | "wieder" => word.stop == Some('?'),
            _ => false,
        };
        let is_stated = start > 0 && Says::States.is_word(&self.words[start - 1]);
        is_remark
            && !is_stated
            && self.is_complete()
            && !self.wanted
            && start > 0
            && self.words[start - 1].stop.is_none()
    }

    /// Whether "both" stands behind a whole request for one repository: nobody can tell of what.
    pub(super) fn means_several(&self, start: usize) -> bool {
        Says::Plural.is_word(&self.words[start]) && self.is_complete() && self.plain.repositories.len() == 1
    }

    /// Whether what somebody has or does anyway is named here, and nothing is asked for by it: "my read on web-shop", "reading
    /// web-shop now".
    pub(super) fn names_what_is(&self, start: usize) -> bool {
        let first = &self.words[start];
        if start > 0 || self.wanted || first.stop.is_some() {
            return false;
        }
        let next = self.tag(self.at).map(|(tag, _)| tag);
        let is_doing = first.lower.ends_with("ing") && !self.rest().is_empty();
        match self.tag(start) {
            Some((Tag::Idle, _)) if self.tells_what_it_is() => true,
            Some((Tag::Idle, 1)) => {
                Says::Own.is_word(first) && matches!(next, Some(Tag::Permission(_) | Tag::Access))
            }
            Some((Tag::Permission(_) | Tag::PermissionOn(_), _)) => {
                is_doing
                    && !matches!(next, Some(Tag::Access | Tag::On | Tag::For | Tag::Permission(_) | Tag::And))
            }
            _ => false,
        }
    }

    /// Whether it begins by telling, or asking, what something is: "it's only read on web-shop", "is read on web-shop ok?". In answer to
    /// a question that is what it is.
    fn tells_what_it_is(&self) -> bool {
        const TELLS: [&str; 13] = [
            "it's", "it is", "that's", "that is", "there's", "there is", "this is", "is", "es ist",
            "das ist", "ist", "c'est", "è",
        ];
        let begins = |count: usize| {
            let words = self.words.get(..count).filter(|words| words.iter().all(|word| word.stop.is_none()));
            words.is_some_and(|words| TELLS.contains(&joined(words).to_lowercase().as_str()))
        };
        let Some(mut at) = (1..=2).rev().find(|count| begins(*count)) else { return false };
        while let Some((Tag::Idle, count)) = self.tag(at) {
            at += count;
        }
        !self.is_part && matches!(self.tag(at), Some((Tag::Permission(_) | Tag::PermissionOn(_), _)))
    }

    /// "…, right?": whether it is so is asked.
    pub(super) fn asks_for_a_nod(&self, start: usize) -> bool {
        let word = &self.words[start];
        let is_apart = start > 0 && self.words[start - 1].stop.is_some();
        word.lower == "right" && word.stop == Some('?') && is_apart && self.is_complete()
    }

    /// "Able to read web-shop again": who says so tells it.
    pub(super) fn is_able(&self, start: usize) -> bool {
        start == 0 && !self.is_part && self.words[0].lower == "able"
    }

    /// What bids somebody else do it themselves: "can you look at web-shop?", "please clone web-shop for me".
    pub(super) fn bidden(&self) -> Option<String> {
        let first = self.words.first().filter(|_| !self.wanted && !self.says_access && !self.gives)?;
        let (Tag::Permission(_) | Tag::PermissionOn(_), count) = self.tag(0)? else { return None };
        let before = self.text.get(..first.start)?;
        let polite = crate::normalise::words(before);
        let asks_somebody = (0..polite.len()).any(|at| Says::Bidding.begins(&polite[at..]).is_some());
        let is_led = matches!(self.tag(count), Some((Tag::On | Tag::Access, _)));
        let for_me = self.for_me && Says::Deed.begins(self.words).is_some() && !is_led;
        let from =
            if asks_somebody { polite.first().map_or(first.start, |word| word.start) } else { first.start };
        (asks_somebody || for_me).then(|| self.text[from..self.words[count - 1].end].trim().to_owned())
    }

    /// "Thanks for the read access to infra": nothing of that part is asked for.
    pub(super) fn take_thanks(&mut self, start: usize) {
        let words = &self.words[start..];
        let length = words.iter().position(|word| word.stop.is_some()).map_or(words.len(), |last| last + 1);
        let says = |at: usize| {
            matches!(self.tag(at), Some((Tag::Access | Tag::Permission(_) | Tag::PermissionOn(_), _)))
        };
        let is_of_access = (self.at..start + length).any(says);
        let limits = (self.at..start + length).any(|at| {
            self.looks.duration(at).is_some() || self.looks.is_time(at) || is_key(&self.words[at].text)
        });
        self.at = start + length;
        self.expected = Expected::Nothing;
        if self.is_complete() && (is_of_access || limits) {
            return self.doubt(start);
        }
        self.thanked |= is_of_access;
    }

    /// The same where nothing can be asked for yet.
    pub(super) fn set_aside_or_unsure(&mut self, start: usize) {
        if self.is_complete() { self.set_aside(start) } else { self.unsure(start) }
    }

    /// What follows takes something back: it is asked about as it was written, and nothing is read of it.
    pub(super) fn set_aside(&mut self, start: usize) {
        self.at = (start + self.loose_length(start)).max(self.at);
        self.doubt(start);
    }

    /// Whether this joins what is asked to what was said before, where that asked for nothing.
    pub(super) fn joins_beginning(&self, start: usize) -> bool {
        let says_nothing = !self.about_access
            && self.plain.repositories.is_empty()
            && self.plain.user.is_none()
            && self.plain.unsure.is_empty();
        says_nothing && matches!(self.words[start].lower.as_str(), "but" | "aber" | "mais" | "pero")
    }
}
