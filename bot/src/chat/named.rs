//! Which request somebody names by anything but its code: the repository, the permission, a person, the ticket. One reading for
//! every command.

use countersign_domain::capabilities::AnyRequest;
use countersign_domain::request::{Code, Facets};

use super::Seen;
use crate::grammar::permission;
use crate::normalise::{self, LEXICON, Says, Tag};

/// Whether somebody says that it is their own.
pub(super) fn is_own(given: &str) -> bool {
    given.split_whitespace().any(|word| Says::Own.is(&word.to_lowercase()))
}

/// What is named, without the word before it that belongs to the command: "of my request".
pub(super) fn without_before(given: &str) -> &str {
    let (first, rest) = given.trim().split_once(' ').unwrap_or(("", given));
    if Says::BeforeName.is(&first.to_lowercase()) { rest.trim() } else { given.trim() }
}

/// What is named, without what is asked of it: "was it denied", "is payments-api still waiting".
pub(super) fn without_fate(given: &str) -> &str {
    let words = normalise::words(given);
    let is_name = |word: &normalise::Word| !Says::Fate.is_word(word) && !Says::Progress.is_word(word);
    let (Some(first), Some(last)) = (words.iter().position(is_name), words.iter().rposition(is_name)) else {
        return given;
    };
    given[words[first].start..words[last].end].trim_end_matches(['?', '.', ',', '!', ' '])
}

/// A code that more was said behind: the code, and what that is.
pub(super) fn code_and_more(given: &str) -> Option<(Code, &str)> {
    let (first, rest) = given.trim().split_once(char::is_whitespace)?;
    let code = first.trim_end_matches([':', ',', ';', '.', '-']).parse().ok()?;
    let rest = rest.trim().trim_start_matches([':', ',', ';', '.', '-']).trim();
    (!rest.is_empty()).then_some((code, rest))
}

/// Whether more than one is meant: each is done by itself, so it is asked which.
pub(super) fn is_plural(given: &str) -> bool {
    let given = given.trim().to_lowercase();
    let first = given.split(' ').next().unwrap_or_default();
    Says::Plural.is(&given) || Says::Plural.is(first)
}

/// Leaves of all that may be meant those that are named behind the "all", where that names any.
pub(super) fn only_of_those(meant: &mut Vec<Seen>, given: &str) {
    let Some(name) = named_of_all(given) else { return };
    let is_theirs = |seen: &Seen| is_named(&*seen.request, &name);
    if meant.iter().any(is_theirs) {
        meant.retain(is_theirs);
    }
}

/// What is named behind "all" or "everything": "everything erin has", "all of infra". Where that names none of them, it says something
/// else: "all but infra".
fn named_of_all(given: &str) -> Option<String> {
    let (all, behind) = given.trim().split_once(' ')?;
    let words = normalise::words(behind);
    let says = [Says::AroundName, Says::Fate, Says::Plural];
    let is_name = |word: &&normalise::Word| {
        word.quoted
            || !OF_ALL.contains(&word.lower.as_str()) && !says.into_iter().any(|says| says.is_word(word))
    };
    let named: Vec<&str> = words.iter().filter(is_name).map(|word| word.text.as_str()).collect();
    (Says::Plural.is(&all.to_lowercase()) && !named.is_empty()).then(|| named.join(" "))
}

/// Said beside them of the same, by who says nothing else.
const OF_ALL: &[&str] = &[
    "of",
    "them",
    "those",
    "these",
    "the",
    "two",
    "three",
    "four",
    "repositories",
    "repos",
    "requests",
    "each",
    "please",
    "yes",
    "yep",
    "yeah",
    "sure",
    "ok",
    "okay",
    "thanks",
    "thank",
    "you",
    "i",
    "want",
    "need",
    "meant",
    "ja",
    "bitte",
    "danke",
    "von",
    "den",
    "davon",
    "oui",
    "merci",
    "les",
    "deux",
    "sí",
    "los",
    "las",
    "dos",
    "por",
    "favor",
    "gracias",
];

/// Whether somebody says that they mean all of it, and nothing else: "both are wrong" is no answer to which ones.
pub(super) fn means_all(words: &[normalise::Word]) -> bool {
    let is_all =
        |word: &normalise::Word| !word.quoted && (Says::Plural.is(&word.lower) || word.lower == "each");
    let is_beside = |word: &normalise::Word| !word.quoted && OF_ALL.contains(&word.lower.as_str());
    words.iter().any(is_all) && words.iter().all(|word| is_all(word) || is_beside(word))
}

/// Whether somebody who says this may mean the request: every word is of it, and one of them names it.
pub(super) fn is_named(request: &dyn Facets, given: &str) -> bool {
    let is_extended = request.is_in_force() && request.is_to_be_decided();
    if is_extended && names_an_extension(given) {
        return true;
    }
    let mut left: Vec<String> = pieces(given);
    let mut named = take_kind(&mut left, request.kind());
    for thing in request.things() {
        named |= take(&mut left, &pieces(&thing.id));
    }
    let own = request.wanted();
    let people: Vec<_> = request.names().into_iter().map(pieces).collect();
    left.into_iter().all(|word| {
        let bare = word.trim_end_matches("'s");
        if people.iter().any(|name| name.iter().any(|part| part == bare)) {
            named = true;
            return true;
        }
        Says::AroundName.is(word.as_str()) || permission(&word).is_some_and(|said| Some(said.as_str()) == own)
    }) && named
}

/// Whether what was said may be a part of what names the request: "payments", "erins".
pub(super) fn is_named_in_part(request: &dyn Facets, given: &str) -> bool {
    const SHORTEST: usize = 3;
    let things = request.things().into_iter().filter(|thing| !matches!(thing.kind, "ticket" | "account"));
    let mut own: Vec<String> = things.flat_map(|thing| pieces(&thing.id)).collect();
    own.extend(request.names().into_iter().flat_map(pieces));
    own.extend(pieces(request.kind()).into_iter().filter(|word| !Says::AroundName.is(word.as_str())));
    let is_own = |word: &str| {
        let bare = word.trim_end_matches("'s");
        own.iter().any(|own| own == bare || bare.strip_suffix('s').is_some_and(|bare| own == bare))
    };
    let mut named = false;
    pieces(given).iter().all(|word| {
        let is_own = word.chars().count() >= SHORTEST && is_own(word);
        named |= is_own;
        is_own || Says::AroundName.is(word.as_str())
    }) && named
}

/// Whether more time that was asked for is named, and nothing else: "the extension".
pub(super) fn names_an_extension(given: &str) -> bool {
    let mut left = pieces(given);
    // "No extension for him": whose it would be.
    left.retain(|word| !Says::AroundName.is(word.as_str()) && !Says::Somebody.is(word.as_str()));
    matches!(&left[..], [only] if Says::Extension.is(only))
}

/// What is called the rules, and nothing else.
fn names_the_rules(given: &str) -> bool {
    const RULES: [&str; 8] = ["rules", "ruleset", "regeln", "règles", "reglas", "regras", "regels", "regole"];
    let mut left = pieces(given);
    left.retain(|word| !Says::AroundName.is(word.as_str()));
    matches!(&left[..], [only] if RULES.contains(&only.as_str()))
}

/// A kind of request by which nobody means one of another kind, as people call it: "the rules", "the extension", "the repair".
pub(super) fn kind_alone(given: &str) -> Option<&'static str> {
    const RULES: &str = "change of the rules";
    if names_the_rules(given) {
        return Some(RULES);
    }
    if names_an_extension(given) {
        return Some("extension");
    }
    kind_named(given).map(|kind| if kind == "rule_change" { RULES } else { kind })
}

/// The kind that is named where nothing else is: "the repair".
pub(super) fn kind_named(given: &str) -> Option<&'static str> {
    let is_all = |kind: &&&'static str| {
        let mut left = pieces(given);
        take_kind(&mut left, kind) && left.iter().all(|word| Says::AroundName.is(word.as_str()))
    };
    AnyRequest::KINDS.iter().find(is_all).copied()
}

/// Takes a kind's name out of the words, where it says which request is meant: "access" stands beside any.
fn take_kind(words: &mut Vec<String>, kind: &str) -> bool {
    let name = pieces(kind);
    !name.iter().all(|word| Says::AroundName.is(word.as_str())) && take(words, &name)
}

/// What was said without the thanks and the politeness behind it, and whoever is thanked. What goes on behind the thanks is said.
pub(super) fn without_closing(given: &str) -> &str {
    let words = normalise::words(given);
    let closes = |at: &usize| match LEXICON.tag(&words[*at..]) {
        Some((Tag::Closing, count)) => is_politeness_or_name(&words[*at + count..]),
        _ => false,
    };
    let ends = (1..words.len()).find(closes).unwrap_or(words.len());
    let said = LEXICON.without_thanks(&words[..ends]);
    match words.get(said.wrapping_sub(1)) {
        Some(last) if said < words.len() => given[..last.end].trim_end_matches([' ', ',', ';', '.', '!']),
        _ => given,
    }
}

/// Whether nothing follows but politeness, and perhaps a name: no condition, and no time.
fn is_politeness_or_name(mut rest: &[normalise::Word]) -> bool {
    /// The most words of a name.
    const NAME: usize = 3;
    let mut names = 0;
    while let Some(word) = rest.first() {
        let count = match LEXICON.tag(rest) {
            Some((Tag::Polite | Tag::Hello | Tag::Closing | Tag::Everyone, count)) => count,
            _ if LEXICON.is_name(word) => {
                names += 1;
                1
            }
            _ => return false,
        };
        rest = &rest[count..];
    }
    names <= NAME
}

/// What is named, without what says that it is nothing else: "only infra".
pub(super) fn without_only(given: &str) -> &str {
    let (first, rest) = given.trim().split_once(' ').unwrap_or(("", given));
    let is_only = matches!(first.to_lowercase().as_str(), "only" | "just" | "nur" | "solo" | "sólo");
    if is_only { rest.trim() } else { given }
}

/// Whether what was said tells whose it is and what became of it, and names none: "my request", "my request denied".
pub(super) fn names_none(given: &str) -> bool {
    let words = normalise::words(given);
    let tells = |word: &normalise::Word| {
        let all = [Says::Own, Says::Fate, Says::Wish, Says::Pronoun, Says::AroundName];
        all.into_iter().any(|says| says.is_word(word))
    };
    words.iter().any(tells) && words.iter().all(|word| tells(word) || Says::Progress.is_word(word))
}

/// The words of a name: `payments api`, `payments_api` and `Payments-API` are the same.
pub(super) fn pieces(text: &str) -> Vec<String> {
    let lower = text.to_lowercase().replace('’', "'");
    let pieces =
        lower.split(|sign: char| sign.is_whitespace() || matches!(sign, '-' | '_' | '/' | ',' | '"'));
    pieces.filter(|piece| !piece.is_empty()).map(str::to_owned).collect()
}

/// Takes a name out of the words, where it stands there as a whole.
fn take(words: &mut Vec<String>, name: &[String]) -> bool {
    let Some(at) = words.windows(name.len().max(1)).position(|part| part == name) else { return false };
    words.drain(at..at + name.len());
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_c3_more_time_is_called_by_any_of_its_names_and_nothing_else_is() {
        for given in
            ["the extension", "meine Verlängerung", "prórroga", "proroga", "verlenging", "extension for him"]
        {
            assert!(names_an_extension(given), "{given}");
        }
        for given in ["the extension on infra", "extensions", "the one", ""] {
            assert!(!names_an_extension(given), "{given}");
        }
    }

    #[test]
    fn trust_c3_a_kind_that_is_named_alone_is_none_of_another() {
        for (given, kind) in [
            ("the rules", Some("change of the rules")),
            ("rules", Some("change of the rules")),
            ("die Regeln", Some("change of the rules")),
            ("the extension", Some("extension")),
            ("the repair", Some("repair")),
            ("the rules of infra", None),
            ("infra", None),
            ("the access", None),
        ] {
            assert_eq!(kind_alone(given), kind, "{given}");
        }
    }

    #[test]
    fn trust_c3_whose_all_of_it_is_stands_behind_the_all() {
        for (given, name) in [
            ("everything erin has", Some("erin")),
            ("all of infra", Some("infra")),
            ("all", None),
            ("all of them", None),
            ("erin", None),
            ("all but infra", Some("but infra")),
        ] {
            assert_eq!(named_of_all(given).as_deref(), name, "{given}");
        }
    }
}
