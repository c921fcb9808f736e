//! Access that is taken away from somebody who is named: "take write on infra away from Ben".

use super::around::{GIVE_BACK, REVOKE, head, name, says};
use super::time_behind;
use crate::grammar::{Said, joined};
use crate::normalise::{LEXICON, Tag, Word};

/// "Take write on infra away from Ben": what is taken away, and from whom. What is one's own is given back.
pub(super) fn taken_from(text: &str, said: &[Word], why: Option<String>) -> Option<(&'static str, Said)> {
    /// The most words of somebody's name.
    const WHOM: usize = 3;
    let (rest, leads) = match head(said, "take away") {
        Some(rest) => (rest, &["from"][..]),
        None => (head(said, "take")?, &["away", "from"][..]),
    };
    let at = rest.windows(leads.len()).position(|words| says(words, leads))?;
    let (named, whom) = (&rest[..at], &rest[at + leads.len()..]);
    if is_of_the_world(named) {
        return None;
    }
    let what = name(text, named)?;
    let (person, later) = whom.split_at(time_behind(whom).unwrap_or(whom.len()));
    if matches!(person, [only] if matches!(only.lower.as_str(), "me" | "myself")) {
        let code = format!("{what} {}", joined(later)).trim().to_owned();
        return Some((GIVE_BACK, Said::plainly([("code", code)], vec![], vec![])));
    }
    let is_name = |word: &Word| word.quoted || !LEXICON.knows(&word.lower);
    let is_somebody = (1..=WHOM).contains(&person.len()) && person.iter().all(is_name);
    let slots = [("code", format!("{what} from {}", joined(whom)))];
    let why = why.map(|why| ("reason", why));
    is_somebody.then(|| (REVOKE, Said::plainly(slots.into_iter().chain(why), vec![], vec![])))
}

/// Whether what is taken away is a thing of the world, and no access: "the pressure", "a look at infra".
pub(super) fn is_of_the_world(named: &[Word]) -> bool {
    let is_led = matches!(LEXICON.tag(named), Some((Tag::Idle, _)));
    let is_of_access = |word: &Word| {
        let tag = LEXICON.tag(std::slice::from_ref(word));
        matches!(tag, Some((Tag::Access | Tag::Permission(_), _)))
    };
    let is_one = named.first().is_some_and(|first| ["a", "an"].contains(&first.lower.as_str()));
    is_one || is_led && !named.iter().any(is_of_access)
}
