//! Which repositories: by the words that lead to them, and by how they are written.

use super::why::is_of_work;
use super::{Expected, Reading, starts_with_digit};
use crate::grammar::{is_key, is_key_in_any_case, joined};
use crate::normalise::{LEXICON, Says, Tag, Word};

/// The most plain words that are one name: "payments api gateway service".
const GLUED: usize = 4;

impl Reading<'_> {
    pub(super) fn take_value(&mut self, word: &Word) {
        self.at += 1;
        if is_address(&word.lower) && !word.quoted {
            return self.take_address(word);
        }
        match self.expected {
            Expected::Person | Expected::For => self.person(word.text.clone()),
            Expected::Ticket => self.ticket(&word.text),
            Expected::Repository | Expected::Nothing if self.plain.repositories.is_empty() => {
                self.repository(word.text.clone());
            }
            _ => self.plain.unsure.push(word.text.clone()),
        }
    }

    pub(super) fn take_address(&mut self, word: &Word) {
        match word.text.split_once("/browse/") {
            Some((_, key)) => {
                let key: String =
                    key.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
                self.ticket(&key);
            }
            // "(see https://wiki…)".
            None if self.is_complete()
                && self.expected == Expected::Ticket
                && self.plain.reason.is_none() =>
            {
                self.expected = Expected::Nothing;
                self.plain.reason = Some(word.text.clone());
            }
            None if self.plain.repositories.is_empty() || self.is_guess => self.repository(word.text.clone()),
            None => self.plain.unsure.push(word.text.clone()),
        }
    }

    /// "ACME / Infra": the workspace and the name, apart.
    fn whole_name(&mut self, name: String) -> String {
        let [slash, own, ..] = self.rest() else { return name };
        if slash.text != "/" || slash.quoted || !is_name(own) {
            return name;
        }
        self.at += 2;
        format!("{name}/{}", own.text)
    }

    pub(super) fn repository(&mut self, name: String) {
        let name = self.whole_name(name);
        if self.is_guess {
            // What was only taken for one is asked about.
            self.plain.unsure.append(&mut self.plain.repositories);
        }
        (self.is_guess, self.is_by_look) = (!self.about_access && !self.wanted, false);
        self.plain.repositories.push(name);
        self.expected = Expected::Nothing;
        // "on payments-api, web-shop and infra".
        if self.words[self.at - 1].stop == Some(',') {
            self.take_more_repositories();
        }
    }

    /// More names behind the first, as far as they are surely that: two names with an "and", or a name that is written as
    /// only names are.
    pub(super) fn take_more_repositories(&mut self) -> bool {
        if self.plain.repositories.is_empty() || self.expected != Expected::Nothing {
            return false;
        }
        let follows_and = matches!(self.tag(self.at - 1), Some((Tag::And, 1)));
        let (mut names, mut at, mut sure) = (Vec::new(), self.at, follows_and);
        while let Some(word) = self.words.get(at).filter(|word| is_name(word)) {
            let ends = word.stop.is_some() || self.tag(at + 1).is_some() || at + 1 == self.words.len();
            if !ends {
                break;
            }
            sure |= word.text.contains(['-', '_', '/']);
            names.push(word.text.clone());
            at += 1;
            match self.tag(at) {
                Some((Tag::And, count)) => (sure, at) = (true, at + count),
                _ if word.stop == Some(',') => {}
                _ => break,
            }
        }
        if names.is_empty() || !sure {
            return false;
        }
        self.plain.repositories.extend(names);
        self.at = at;
        true
    }

    /// Whether the repository follows behind the next words, which then are not it.
    pub(super) fn names_permission(&self, count: usize) -> bool {
        let on = matches!(self.tag(self.at + count), Some((Tag::On, _)));
        // "Zugriff auf web-shop zum Lesen": what is led to is the repository.
        let is_led = self.at.checked_sub(1).is_some_and(|at| matches!(self.tag(at), Some((Tag::On, 1))));
        on && !is_led && count == 1 && self.plain.repositories.is_empty()
    }

    /// Whether the permission is led to behind the repository; "to" leads to what it is for.
    pub(super) fn leads_to_permission(&self, start: usize) -> bool {
        let is_permission = matches!(self.tag(self.at), Some((Tag::Permission(_), _)));
        is_permission && self.plain.permission.is_none() && self.words[start].lower != "to"
    }

    /// Whether what follows the comma behind a repository are more of them.
    pub(super) fn is_list_of_names(&self) -> bool {
        let part = &self.rest()[..self.part_length()];
        matches!(part, [only] if is_name(only) && only.text.contains(['-', '_', '/']))
            || self.may_be_repository()
    }

    /// Whether the next word may be one more repository: it stands alone behind the comma behind the last one. Nobody can
    /// tell that it is the reason.
    pub(super) fn may_be_repository(&self) -> bool {
        let rest = self.rest();
        let (Some(before), Some(word)) = (self.words[..self.at].last(), rest.first()) else { return false };
        let is_behind_one = before.stop == Some(',')
            && self.plain.repositories.last().is_some_and(|name| name.ends_with(&before.text));
        let stands_alone = word.stop.is_some()
            || rest.len() == 1
            || matches!(self.tag(self.at + 1), Some((Tag::For | Tag::Until | Tag::Ticket, _)));
        is_behind_one && stands_alone && is_name(word)
    }

    /// Whether the next words are what somebody wants to do it with, and the repository follows: "push a hotfix to infra".
    fn is_object(&self, count: usize) -> bool {
        const INDEFINITE: [&str; 11] =
            ["a", "an", "some", "my", "one", "ein", "eine", "einen", "un", "une", "una"];
        let rest = self.rest();
        let Some((Tag::On, on)) = self.tag(self.at + count) else { return false };
        let before = self.words[..self.at].last();
        let is_indefinite = before.is_some_and(|before| INDEFINITE.contains(&before.lower.as_str()));
        is_indefinite
            && rest.get(count + on).is_some_and(is_name)
            && rest[..count].iter().all(|word| word.stop.is_none())
    }

    /// The next words, where a repository is expected.
    pub(super) fn take_repository(&mut self, count: usize) {
        let words = &self.rest()[..count];
        if self.is_object(count) {
            let object = joined(words);
            let own = self.words[..self.at].last().filter(|before| Says::Own.is_word(before));
            self.at += count;
            match own.filter(|_| !words.iter().any(is_of_work)) {
                // "Read my message on web-shop": nobody can tell what that is.
                Some(own) => self.plain.unsure.push(format!("{} {object}", own.text)),
                None => {
                    self.plain.reason.get_or_insert(object);
                }
            }
            return;
        }
        // "main branch of payments-api": a name that is written as only names are wins over plain words.
        if let Some(ahead) = self.shaped_ahead(count) {
            let plain = if ahead < count { &words[..ahead] } else { words };
            self.plain.unsure.push(joined(plain));
            self.at += ahead;
            return self.take_repository(1);
        }
        if count > GLUED {
            self.at += count;
            return self.plain.unsure.push(joined(words));
        }
        // A name that is written as names are is whole; "payments api" is written as people speak.
        let count = if is_written_as_name(&words[0]) { 1 } else { count };
        // What stands before a slash is the workspace.
        let slash = words[..count].iter().skip(1).position(|word| word.text == "/");
        let count = slash.map_or(count, |before| before + 1);
        let name = words[..count].iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join("-");
        self.at += count;
        self.repository(name);
    }

    /// How far ahead in this part the first name is that is written as only names are, with nothing but plain words before
    /// it; `count` of them stand together.
    fn shaped_ahead(&self, count: usize) -> Option<usize> {
        let part = &self.rest()[..self.part_length()];
        if is_written_as_name(&part[0]) {
            return None;
        }
        let mut ahead = 1;
        while let Some(word) = part.get(ahead) {
            if is_shaped(word) {
                return Some(ahead);
            }
            match self.tag(self.at + ahead) {
                Some((Tag::Idle | Tag::On | Tag::Repository, more)) => ahead += more,
                None if ahead < count => ahead += 1,
                _ => return None,
            }
        }
        None
    }

    /// "infra read": where nothing else can be the repository, the one word that was not placed is. Whether there is one of this
    /// name is asked of the forge.
    pub(super) fn take_bare_repository(&mut self) {
        let plain = &mut self.plain;
        let is_bare = plain.permission.is_some()
            && plain.repositories.is_empty()
            && plain.user.is_none()
            && self.earlier.is_empty();
        let [only] = plain.unsure.as_slice() else { return };
        let is_name = only.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        if is_bare && is_name && self.before_permission.as_ref() == Some(only) {
            plain.repositories.append(&mut plain.unsure);
        }
    }

    /// A repository that nothing leads to, known by how it is written.
    pub(super) fn named_by_look(&mut self, word: &Word) {
        self.repository(word.text.clone());
        (self.is_guess, self.is_by_look) = (true, true);
    }

    /// Whether the next word is surer to be the repository than what was taken for it: it is led to by "on", or alone is
    /// written as only names are.
    pub(super) fn is_better(&self) -> bool {
        let Some(word) = self.rest().first().filter(|_| self.is_guess) else { return false };
        let is_led = (1..=2.min(self.at)).any(|back| {
            let led = self.tag(self.at - back);
            matches!(led, Some((Tag::On | Tag::PermissionOn(_), count)) if count == back)
        });
        let taken = self.plain.repositories.first();
        is_led || is_shaped(word) && taken.is_some_and(|taken| !taken.contains(['-', '_', '/']))
    }
}

/// Whether a word is the address of a page or of a repository.
pub(super) fn is_address(lower: &str) -> bool {
    let starts = ["http://", "https://", "ssh://", "git@", "bitbucket.org/", "github.com/"];
    starts.iter().any(|start| lower.starts_with(start))
}

/// Whether a word can be a repository's name.
pub(super) fn is_name(word: &Word) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    word.quoted
        || word.text.chars().all(fits)
            && word.text.contains(|c: char| c.is_ascii_alphanumeric())
            && !LEXICON.knows(&word.lower)
            && !is_key(&word.text)
            && !starts_with_digit(word)
}

/// Whether a word is written as only names are.
pub(super) fn is_written_as_name(word: &Word) -> bool {
    word.text.contains(['-', '_', '/', '.'])
}

/// Whether a word by itself can be nothing but a repository's name: its parts are joined by signs, and they are no words that
/// are known, as those of "and/or" are.
pub(super) fn is_shaped(word: &Word) -> bool {
    let mut parts = word.lower.split(['-', '_', '/']);
    is_name(word)
        && !word.quoted
        && word.text.contains(['-', '_', '/'])
        && !is_key_in_any_case(&word.text)
        && !parts.all(|part| LEXICON.knows(part))
}
