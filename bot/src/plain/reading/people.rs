//! For whom: whoever stands where the sentence says who needs it, whoever is named beside the first, and everybody, who is
//! asked one by one. Nobody who is named or counted is left out.

use super::repositories::is_written_as_name;
use super::{Expected, Reading, starts_with_digit};
use crate::grammar::{is_key, joined};
use crate::normalise::{LEXICON, Says, Tag, Word};

/// The most words of all who are named before "need".
const SUBJECT: usize = 12;
/// The most words of a name in a list of several.
const NAME: usize = 3;
/// Who speaks.
const SPEAKER: [&str; 7] = ["i", "we", "ich", "wir", "je", "nous", "yo"];
/// What tells that somebody asks, and perhaps asks for them.
const TOLD: [&str; 10] = [
    "asks for",
    "asked for",
    "asked me for",
    "is asking for",
    "has asked for",
    "is requesting",
    "requests",
    "demande",
    "pide",
    "vraagt om",
];
/// What asks for somebody who is named behind it.
const ASKING: [&str; 20] = [
    "can", "could", "may", "might", "should", "shall", "will", "would", "kann", "könnte", "darf", "dürfte",
    "soll", "sollte", "peut", "pourrait", "puede", "pueden", "pode", "kan",
];
/// What is asked for them: to get it.
pub(super) const OBTAIN: [&str; 20] = [
    "get", "have", "be", "receive", "obtain", "bekommen", "haben", "kriegen", "erhalten", "avoir", "obtenir",
    "tener", "recibir", "obtener", "ter", "receber", "krijgen", "hebben", "given", "granted",
];

fn asks(word: &Word) -> bool {
    ASKING.contains(&word.lower.as_str()) && !word.quoted
}

fn obtains(word: &Word) -> bool {
    OBTAIN.contains(&word.lower.as_str())
}

impl Reading<'_> {
    /// `Ben needs …`, `my colleague Ben and Ada need …`, `Ben and I need …`: who needs it.
    pub(super) fn take_subject(&mut self) -> bool {
        let rest = self.rest();
        let (mut names, mut from, mut at, mut several) = (Vec::new(), 0, 0, false);
        let verb = loop {
            let Some(word) = rest.get(at).filter(|word| at < SUBJECT && !word.quoted) else { return false };
            match self.tag(self.at + at) {
                Some((Tag::And, count)) if at > from => {
                    names.push((from, at));
                    (from, at, several) = (at + count, at + count, true);
                    continue;
                }
                Some((Tag::Needs, count)) => break count,
                // Of several, whoever speaks may be one; "they need".
                Some((Tag::Want, count)) if several || at == 1 && Says::Somebody.is_word(&rest[0]) => {
                    break count;
                }
                Some((Tag::Everyone, count)) => (at, several) = (at + count, true),
                Some((Tag::Idle | Tag::Kin, _)) | None if !is_key(&word.text) => at += 1,
                _ => return false,
            }
            if rest[at - 1].stop == Some(',') {
                names.push((from, at));
                from = at;
            } else if rest[at - 1].stop.is_some() {
                return false;
            }
        };
        if at > from {
            names.push((from, at));
        }
        if names.iter().any(|(from, to)| self.tells_something(*from, *to)) {
            return false;
        }
        let mut names: Vec<_> = names.into_iter().filter_map(|(from, to)| self.name(from, to)).collect();
        if at == from && several {
            // "Ben and I need".
            names.push("me".to_owned());
        }
        let is_speaker = |name: &String| SPEAKER.contains(&name.to_lowercase().as_str());
        if names.is_empty() || self.plain.user.is_some() || names.iter().any(is_speaker) {
            return false;
        }
        let told = joined(&rest[at..at + verb]).to_lowercase();
        if TOLD.contains(&told.as_str()) {
            // A card's title is pasted, or somebody asks in their place: only who speaks can say.
            self.plain.unsure.push(joined(&rest[..at + verb]));
        }
        self.at += at + verb;
        self.wanted = true;
        let mut names = names.into_iter();
        self.plain.user = names.next();
        self.plain.also_for.extend(names);
        true
    }

    /// Whether these words, counted from the next, tell something, and name nobody: "my laptop died and I need …", "CI fails and I need …".
    fn tells_something(&self, from: usize, to: usize) -> bool {
        let words = &self.rest()[from..to];
        // "Jan van Dyke" is a name.
        let leads_name =
            |at: usize| words.get(at + 1).is_some_and(|next| next.text.starts_with(char::is_uppercase));
        let is_verb = |at: usize| Says::Finite.is_word(&words[at]) && !leads_name(at);
        let is_somebody =
            (from..to).any(|at| matches!(self.tag(self.at + at), Some((Tag::Kin | Tag::Everyone, _))));
        let is_led = words.first().is_some_and(|word| Says::Article.is_word(word));
        is_led && !is_somebody && words.len() > 2 || (1..words.len()).any(is_verb)
    }

    /// The name in these words, counted from the next: without "my colleague" before it, where more follows. Words that mean
    /// nothing by themselves are no name.
    fn name(&self, from: usize, to: usize) -> Option<String> {
        let is_named = |at: &usize| !matches!(self.tag(self.at + at), Some((Tag::Idle | Tag::Kin, _)));
        let whole = (from..to).any(|at| !matches!(self.tag(self.at + at), Some((Tag::Idle, _))));
        let from = (from..to).find(is_named).unwrap_or(from);
        whole.then(|| joined(&self.rest()[from..to]))
    }

    /// `could Ben please get …`, `kann Ben … bekommen`: whoever is named behind the first word. Where nothing says that they
    /// shall get it, it may be asked whether they have it.
    pub(super) fn take_asked_for(&mut self) -> bool {
        let rest = &self.rest()[..self.part_length()];
        let begins = match self.tag(self.at) {
            Some((Tag::Asking, count)) => count,
            None if rest.first().is_some_and(asks) => 1,
            _ => return false,
        };
        let mut to = self.end_of_name(rest, begins);
        let Some(name) = self.name(begins, to).filter(|_| self.plain.user.is_none()) else { return false };
        // "Could Ben and Ada get": each is asked for.
        let mut also = Vec::new();
        while let Some((Tag::And, and)) = self.tag(self.at + to) {
            let end = self.end_of_name(rest, (to + and).min(rest.len()));
            let Some(another) = self.name((to + and).min(end), end) else { break };
            also.push(another);
            to = end;
        }
        let follows = to + rest[to..].iter().take_while(|word| asks(word)).count();
        let follows = match self.tag(self.at + follows) {
            Some((Tag::Polite, count)) => follows + count,
            _ => follows,
        };
        let fits = rest.get(follows).is_some_and(obtains)
            || matches!(
                self.tag(self.at + follows),
                Some((Tag::Permission(_) | Tag::PermissionOn(_) | Tag::Access | Tag::Idle, _))
            );
        if !fits {
            return false;
        }
        let certain = rest[to..].iter().any(obtains);
        if !certain {
            self.plain.unsure.push(joined(&rest[..to]));
        }
        self.wanted = true;
        self.at += to;
        self.person(name);
        self.plain.also_for.extend(also);
        self.take_more_people();
        while self.rest().first().is_some_and(|word| obtains(word) || asks(word) || self.is_polite()) {
            self.at += 1;
        }
        true
    }

    /// Where the name ends that begins at this word of a part.
    fn end_of_name(&self, part: &[Word], begins: usize) -> usize {
        let is_name = |at: usize| {
            let word = &part[at];
            let is_known =
                !matches!(self.tag(self.at + at), None | Some((Tag::Idle | Tag::Kin | Tag::Everyone, _)));
            let ends = is_known || asks(word) || obtains(word);
            !ends && !word.quoted && !starts_with_digit(word) && !is_key(&word.text) && word.stop.is_none()
        };
        let mut to = (begins..part.len()).find(|at| !is_name(*at)).unwrap_or(part.len());
        // "kann Ben einen Zugriff bekommen": the article belongs to what follows.
        while to > begins && matches!(self.tag(self.at + to - 1), Some((Tag::Idle, _))) {
            to -= 1;
        }
        to
    }

    fn is_polite(&self) -> bool {
        matches!(self.tag(self.at), Some((Tag::Polite, 1)))
    }

    /// `give Ben and Ada read`, `for Ben, Ada and Rita`: whoever is named beside the first.
    pub(super) fn take_more_people(&mut self) {
        loop {
            let and = match self.tag(self.at) {
                Some((Tag::And, and)) => and,
                _ if self.goes_on_with_name() => 0,
                _ => return,
            };
            let rest = self.rest();
            let is_me = rest.get(and).is_some_and(|word| word.lower == "me" || word.lower == "myself");
            let fits = |word: &&Word| {
                !word.quoted
                    && (and == 0 || !is_written_as_name(word))
                    && !starts_with_digit(word)
                    && !LEXICON.knows(&word.lower)
            };
            let count = rest[and.min(rest.len())..].iter().take_while(fits).count();
            if count == 0 && !is_me {
                return;
            }
            let ends = rest[and..].iter().position(|word| word.stop.is_some()).map_or(count, |last| last + 1);
            let count = if is_me { 1 } else { count.min(ends) };
            self.plain.also_for.push(if is_me { "me".to_owned() } else { joined(&rest[and..and + count]) });
            self.at += and + count;
        }
    }

    /// Whether a name follows the comma behind a name: a few words that begin as names do, with nothing else in that part.
    fn goes_on_with_name(&self) -> bool {
        if self.at == 0 || self.words[self.at - 1].stop != Some(',') {
            return false;
        }
        let rest = self.rest();
        if rest.first().is_some_and(|word| matches!(word.lower.as_str(), "me" | "myself")) {
            return true;
        }
        // "demo-approver, demo-approver2": written as the first one is, and the repository was said before.
        let like_first = !self.plain.repositories.is_empty()
            && self.plain.user.as_ref().is_some_and(|user| user.contains(['-', '_', '.']));
        let is_name = |word: &&Word| {
            (word.text.starts_with(|c: char| c.is_uppercase() || c == '@')
                || like_first && is_written_as_name(word))
                && !word.quoted
                && !is_key(&word.text)
                && !LEXICON.knows(&word.lower)
        };
        let count = rest.iter().take_while(is_name).count();
        let ends = (0..count).find(|at| rest[*at].stop.is_some()).map_or(count, |last| last + 1);
        (1..=NAME).contains(&ends)
            && (rest[ends - 1].stop.is_some() || ends == rest.len() || self.tag(self.at + ends).is_some())
    }

    /// Everybody is no one person, and nobody can be asked for in their place; who is only greeted is not meant.
    pub(super) fn take_everyone(&mut self, start: usize) {
        let text = joined(&self.words[start..self.at]);
        if matches!(self.expected, Expected::For | Expected::Person) {
            return self.person(text);
        }
        let greets = (1..=3.min(start)).any(|back| {
            matches!(self.tag(start - back), Some((Tag::Polite | Tag::Closing | Tag::Hello, count)) if count == back)
        });
        let before = self.words[..start].last().map(|before| before.stop);
        let alone = before
            .is_none_or(|stop| stop.is_some_and(|stop| stop != ',' || self.plain.user.is_none()))
            && (self.words[self.at - 1].stop.is_some() || self.at == self.words.len());
        if !greets && !alone {
            self.plain.unsure.push(text);
        }
    }

    /// "For me": that is whoever speaks, and perhaps somebody beside them.
    pub(super) fn take_me(&mut self) {
        self.for_me = true;
        self.take_more_people();
        if !self.plain.also_for.is_empty() && self.plain.user.is_none() {
            self.plain.user = Some("me".to_owned());
        }
    }

    /// Whether whoever speaks was named just before: "give me and Ben read".
    pub(super) fn is_behind_me(&self, start: usize) -> bool {
        let before = self.words[..start].last();
        before.is_some_and(|before| {
            matches!(before.lower.as_str(), "me" | "myself" | "mir" | "mich" | "moi" | "mim")
        })
    }

    /// "My colleague": whoever is named behind it, or else they themselves, who have to be asked for.
    pub(super) fn take_kin(&mut self, start: usize) {
        let names_person = matches!(self.expected, Expected::For | Expected::Person);
        let is_named = self.words[start..self.at].iter().all(|word| word.stop.is_none())
            && self.rest().first().is_some_and(|_| self.tag(self.at).is_none());
        match (names_person, is_named) {
            (true, true) => {}
            (true, false) => self.person(joined(&self.words[start..self.at])),
            (false, _) => self.unsure(start),
        }
    }

    /// Whether whoever is given something is named behind the next word: "give read on infra to Ben".
    pub(super) fn takes_person(&self, start: usize) -> bool {
        let leads = matches!(self.words[start].lower.as_str(), "to" | "an" | "à" | "a" | "ao");
        // "donne à Ben".
        if leads && self.expected == Expected::Person {
            return self.gives && start > 0 && matches!(self.tag(start - 1), Some((Tag::Give, 1)));
        }
        let next = self.rest().first();
        let is_everyone = matches!(self.tag(self.at), Some((Tag::Everyone, _)));
        let is_name = |next: &Word| {
            self.tag(self.at).is_none()
                && !is_written_as_name(next)
                && (next.text.starts_with(|c: char| c.is_uppercase() || c == '@')
                    || self.rest().len() == 1
                    || next.stop.is_some())
        };
        leads
            && self.plain.user.is_none()
            && !self.plain.repositories.is_empty()
            && (is_everyone || self.gives && next.is_some_and(is_name))
    }

    pub(super) fn person(&mut self, name: String) {
        self.expected = if self.wanted { Expected::Repository } else { Expected::Nothing };
        if self.plain.user.is_some() {
            self.plain.unsure.push(name);
        } else {
            self.plain.user = Some(name);
        }
    }
}
