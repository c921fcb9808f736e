//! Whether a ticket's summary says nothing but what its form says. It is held to the same as a line of the description: what may mean
//! somebody else, another time, a condition or nothing at all is told on the ticket, and nothing of it is left out unsaid.

use countersign_domain::denied::Violation;
use countersign_domain::heard::Form;
use countersign_domain::ports::Permission;
use countersign_domain::record::TicketRequest;
use countersign_domain::tenant::{People, Person};
use countersign_domain::ticket::Fault;

use crate::grammar::permission;
use crate::normalise::{self, LEXICON, Says, Tag, Word};
use crate::plain::{is_of_work, tells_why};
use crate::resolve::TRACKER;
use crate::world::Customs;

/// The most words of a name.
const NAME: usize = 4;
/// Work that may as well be what the ticket itself is, or is to be done to the access: it tells why only behind a "for".
const LED: [&str; 6] = ["demo", "draft", "training", "workshop", "rollback", "roll-back"];

/// What happens, in one word: a title that begins with it says why.
const EVENTS: [&str; 14] = [
    "incident",
    "outage",
    "hotfix",
    "bugfix",
    "audit",
    "on-call",
    "emergency",
    "urgent",
    "deployment",
    "rollout",
    "störung",
    "notfall",
    "panne",
    "incidente",
];

/// What is known of a ticket whose summary is read.
pub(crate) struct Known<'a> {
    /// What it asks for.
    pub(crate) request: &'a TicketRequest,
    /// Who there is.
    pub(crate) people: &'a People,
    /// What the tenant calls the permissions.
    pub(crate) customs: &'a Customs,
}

impl Known<'_> {
    /// That anything of the summary cannot be placed.
    pub(crate) fn unread(&self, summary: &str) -> Option<Violation> {
        let words = normalise::with_own_words(&normalise::words(summary), &self.customs.permissions);
        let names = Names::of(self);
        let mut clauses = words.split_inclusive(|word| word.stop.is_some());
        let is_placed =
            clauses.all(|clause| Clause { words: clause, known: self, names: &names }.is_placed());
        (!is_placed).then(|| Fault::UnreadTitle.into())
    }

    const fn form(&self) -> &Form {
        &self.request.form
    }

    fn permission(&self) -> Option<Permission> {
        let given = self.form().permission.as_deref()?.trim();
        self.customs.permissions.get(&given.to_lowercase()).copied().or_else(|| permission(given))
    }

    /// Whoever asks, where the tenant knows them.
    fn asker(&self) -> Option<&Person> {
        self.people.by_account(TRACKER, self.request.reporter.as_deref()?)
    }
}

/// What may be named in a summary, in pieces.
struct Names {
    /// What is asked for, and for whom.
    asked: Vec<Vec<String>>,
    /// Who asks: it is for somebody else where the form says so.
    asker: Vec<Vec<String>>,
}

impl Names {
    fn of(known: &Known<'_>) -> Self {
        let form = known.form();
        let repository = form.repository.as_deref().unwrap_or_default();
        let things = std::iter::once(repository).chain(repository.split('/')).chain(form.ticket.as_deref());
        let mut asked: Vec<Vec<String>> = things.map(pieces).collect();
        let own = [known.request.reporter_name.as_deref(), known.asker().map(|asker| asker.name.as_str())];
        let own_id = known.asker().map(|asker| asker.id.as_str());
        let asker: Vec<Vec<String>> = own.into_iter().chain([own_id]).flatten().flat_map(called).collect();
        match form.user.as_deref() {
            Some(user) => {
                let subject = known.people.by_account(TRACKER, user).map(|subject| subject.name.as_str());
                asked.extend(std::iter::once(user).chain(subject).flat_map(called));
            }
            None => asked.extend(asker.clone()),
        }
        asked.retain(|name| !name.is_empty());
        Self { asked, asker }
    }
}

/// A name, and each of its words.
fn called(name: &str) -> Vec<Vec<String>> {
    let whole = pieces(name);
    let parts = whole.iter().filter(|part| part.chars().count() > 1).map(|part| vec![part.clone()]);
    parts.chain([whole.clone()]).filter(|name| !name.is_empty()).collect()
}

/// `payments api` and `Payments-API` are the same.
fn pieces(text: &str) -> Vec<String> {
    let lower = text.to_lowercase().replace('’', "'");
    let bare = lower.strip_suffix("'s").unwrap_or(&lower);
    bare.split(|sign: char| !sign.is_alphanumeric())
        .filter(|piece| !piece.is_empty())
        .map(str::to_owned)
        .collect()
}

/// A part of a summary.
struct Clause<'a> {
    words: &'a [Word],
    known: &'a Known<'a>,
    names: &'a Names,
}

/// Words that have their place: how many, and whether they say what is asked for.
struct Placed {
    count: usize,
    is_of_access: bool,
}

impl Clause<'_> {
    fn is_placed(&self) -> bool {
        let (mut open, mut is_of_access, mut at) = (Vec::new(), false, 0);
        while at < self.words.len() {
            if let Some(placed) = self.placed(at) {
                is_of_access |= placed.is_of_access;
                at += placed.count;
            } else {
                open.push(at);
                at += 1;
            }
        }
        // "Could I get access to web-shop?" is no question.
        let wants = matches!(LEXICON.tag(self.words), Some((Tag::Want, _)));
        let asks = !wants && self.words.last().is_some_and(|last| last.stop == Some('?'));
        match (open.first(), open.last()) {
            _ if asks => false,
            (Some(first), Some(last)) => self.tells(&open, (*first, *last), is_of_access),
            _ => true,
        }
    }

    /// The words from here on that say what the form says, or nothing.
    fn placed(&self, at: usize) -> Option<Placed> {
        let rest = &self.words[at..];
        if let Some(count) = self.named(at) {
            return Some(Placed { count, is_of_access: true });
        }
        let tag = LEXICON.tag(rest);
        if let Some((Tag::Permission(said) | Tag::PermissionOn(said), count)) = tag
            && Some(said) == self.known.permission()
            && (count > 1 || !is_of_work(&rest[0]))
        {
            return Some(Placed { count, is_of_access: true });
        }
        if rest[0].quoted || is_of_work(&rest[0]) || Says::Plural.is_word(&rest[0]) {
            return None;
        }
        let says_nothing = |count| Some(Placed { count, is_of_access: false });
        if self.lasts(&rest[0]) {
            return says_nothing(1);
        }
        if let Some(count) = Says::Summary.begins(rest) {
            return says_nothing(count);
        }
        match tag? {
            (Tag::Access | Tag::Repository, count) => Some(Placed { count, is_of_access: true }),
            (
                Tag::On
                | Tag::Want
                | Tag::Needs
                | Tag::Give
                | Tag::Polite
                | Tag::Hello
                | Tag::Closing
                | Tag::Idle
                | Tag::Me
                | Tag::For
                | Tag::Because
                | Tag::Ticket
                | Tag::And
                | Tag::Asking,
                count,
            ) => says_nothing(count),
            _ => None,
        }
    }

    /// How many words from here on are a name of what is asked for, of whom it is for, or of who asks.
    fn named(&self, at: usize) -> Option<usize> {
        let is_led = at.checked_sub(1).is_some_and(|before| {
            matches!(LEXICON.tag(&self.words[before..]), Some((Tag::For | Tag::Give, _)))
        });
        let is_name = |count: &usize| {
            let said: Vec<String> =
                self.words[at..at + count].iter().flat_map(|word| pieces(&word.text)).collect();
            self.names.asked.contains(&said) || !is_led && self.names.asker.contains(&said)
        };
        (1..=NAME.min(self.words.len() - at)).rev().find(is_name)
    }

    /// Whether it is a word of how long it lasts by the form.
    fn lasts(&self, word: &Word) -> bool {
        let duration = self.known.form().duration.as_deref().unwrap_or_default().to_lowercase();
        duration.split_whitespace().any(|own| own == word.lower)
    }

    /// Whether what has no place in the form tells why: behind a "for", or in a part of its own that speaks of nothing else.
    fn tells(&self, open: &[usize], (first, last): (usize, usize), is_of_access: bool) -> bool {
        let span = &self.words[first..=last];
        let is_other = |at: &usize| {
            let word = &self.words[*at];
            let is_permission = matches!(LEXICON.tag(&self.words[*at..]), Some((Tag::Permission(_), _)));
            self.is_somebody(word) || is_permission && !is_of_work(word)
        };
        if open.iter().any(is_other) || Says::Bids.begins(span).is_some() {
            return false;
        }
        if first == 0 && span.len() == 1 && EVENTS.contains(&span[0].lower.as_str()) {
            return true;
        }
        if !tells_why(span) {
            return self.is_of_the_reason(span) && (self.is_led(first) || !is_of_access);
        }
        let is_free = |word: &Word| !LED.contains(&word.lower.as_str()) && !word.lower.starts_with("test");
        let works = span.iter().any(|word| is_of_work(word) && is_free(word));
        self.is_led(first) || !is_of_access && open.len() > 1 && works
    }

    /// Whether the form's reason says the same.
    fn is_of_the_reason(&self, span: &[Word]) -> bool {
        let joined = |text: &str| format!(" {} ", pieces(text).join(" "));
        let said: Vec<&str> = span.iter().map(|word| word.text.as_str()).collect();
        let is_name = |word: &Word| word.text.starts_with(char::is_uppercase) && LEXICON.is_name(word);
        let reason = self.known.form().reason.as_deref().unwrap_or_default();
        joined(reason).contains(&joined(&said.join(" "))) && !span.iter().any(is_name)
    }

    /// Whether a word leads to what stands here that says what it is for.
    fn is_led(&self, at: usize) -> bool {
        let before = (0..at).rev().find(|before| {
            let word = &self.words[*before];
            let tag = LEXICON.tag(&self.words[*before..]);
            !is_of_work(word) && !matches!(tag, Some((Tag::Idle | Tag::Repository, 1)))
        });
        // "To fix the build".
        if before.is_some_and(|before| self.words[before].lower == "to")
            && Says::Does.begins(&self.words[at..]).is_some()
        {
            return true;
        }
        let lead = before.and_then(|before| LEXICON.tag(&self.words[before..]));
        // "Because of": its last word by itself means nothing.
        matches!(lead, Some((Tag::For | Tag::Because, _)))
            || (0..at)
                .any(|at| matches!(LEXICON.tag(&self.words[at..]), Some((Tag::Because, count)) if count > 1))
    }

    /// Whether a word is a part of somebody's name.
    fn is_somebody(&self, word: &Word) -> bool {
        let said = pieces(&word.text);
        let is_called = |person: &Person| said.iter().all(|said| pieces(&person.name).contains(said));
        !said.is_empty() && self.known.people.people.values().any(is_called)
    }
}

#[cfg(test)]
mod tests;
