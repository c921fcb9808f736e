//! What is chosen of what was offered: by what stands on it, by its place, or by what only one of them says.

use countersign_domain::denied::Field;
use countersign_domain::duration::{parse_minutes, say_minutes};
use countersign_domain::question::{About, Offer, Question};
use countersign_domain::words::{plain as unmarked, quoted};

use super::agreeing::{acknowledges, denies};
use super::named::means_all;
use super::plainly::{FILLERS, folded, may_choose, names, own_words};
use super::{Seen, mood};
use crate::commands::{self, CommandSpec};
use crate::grammar::{Pattern, Sentence, permission};
use crate::normalise::{self, LEXICON, Says, Tag, Word};
use crate::plain::{self, Plain};

/// A choice of more words than this is none.
const WORDS: usize = 8;
/// What asks for access, among the sentences that can be chosen.
const ASKS: &str = "access ";

/// The ways of naming one of the buttons by its place.
const ORDINALS: [&[&str]; 4] = [
    &["1", "first", "the first", "the first one", "#1"],
    &["2", "second", "the second", "the second one", "#2"],
    &["3", "third", "the third", "the third one", "#3"],
    &["4", "fourth", "the fourth", "the fourth one", "#4"],
];

/// The place in a list that somebody names.
pub(super) fn place(said: &str) -> Option<usize> {
    ORDINALS.iter().position(|names| names.contains(&said))
}

/// The offer that was chosen: by what stands on it, by its number, by "yes" where there is one only, or by being the only one of several
/// of whose words one was said.
pub(super) fn chosen(question: &Question, sentence: &Sentence<'_>) -> Option<usize> {
    let said = sentence.plain();
    let is = |text: &str| folded(text) == folded(&said);
    if let Some(exact) = question.offers.iter().position(|offer| is(&offer.label) || is(&offer.say)) {
        return Some(exact);
    }
    // Of one request each, and of nothing else, all of them can be meant.
    let each = question.offers.iter().position(|offer| offer.say == "each");
    if let Some(each) = each.filter(|_| means_all(&sentence.words)) {
        return Some(each);
    }
    if !may_choose(question, sentence) {
        return None;
    }
    // Whoever is asked for how long means hours or days by a number, and of several repositories one of them.
    let counts = question.about != About::Part(Field::Duration) && !asks_for_each(question);
    if let Some(ordinal) = place(&said).filter(|place| counts && *place < question.offers.len()) {
        return Some(ordinal);
    }
    // Who names the only one there is says no yes to what would be done with it: "rules" may be said by who wants to look at them.
    let is_asked_of_one = question.about == About::Which && question.wish.is_none();
    if sentence.words.len() > WORDS || is_asked_of_one && names_no_more(question, sentence) {
        return None;
    }
    let mut meant = question.offers.iter().enumerate();
    // A permission by itself is no yes to what is to be done.
    let is_only = question.wish.is_none() && question.offers.len() == 1;
    let is_meant = |offer: &Offer| is_chosen((question.about, is_only), &own_words(offer), sentence);
    let (place, _) = meant.find(|(_, offer)| is_meant(offer))?;
    let another = meant.any(|(_, offer)| is_meant(offer));
    (!another).then_some(place)
}

/// Whether nothing in a sentence says yes to the only offer there is.
fn names_no_more(question: &Question, sentence: &Sentence<'_>) -> bool {
    let [only] = &question.offers[..] else { return false };
    let is_yes = |word: &Word| Says::Yes.is_word(word) && !(denies(only) && acknowledges(word));
    !normalise::words(sentence.text()).iter().any(is_yes)
}

/// Whether a sentence names an offer, and says nothing else. What is to be done is chosen by nothing but its own words: "not
/// K7QM2X, please" is no yes.
fn is_chosen((about, is_only): (About, bool), own: &[String], sentence: &Sentence<'_>) -> bool {
    let part = plain::part(sentence);
    let mut named = false;
    let mut rest = &sentence.words[..];
    while let Some(word) = rest.first() {
        let said = folded(&word.text);
        if own.contains(&said) {
            let is_permission = permission(&said).is_some();
            named |= names(own, &said) && !(is_only && about == About::Which && is_permission);
            rest = &rest[1..];
            continue;
        }
        let is_around = Says::AroundChoice.is_word(word);
        match LEXICON.tag(rest) {
            _ if FILLERS.contains(&word.lower.as_str()) => rest = &rest[1..],
            _ if is_around && about != About::Which => rest = &rest[1..],
            Some((tag, count))
                if matches!(tag, Tag::Polite | Tag::Hello | Tag::Closing)
                    || !mood::turns(tag) && about != About::Which =>
            {
                rest = &rest[count..];
            }
            _ => return false,
        }
    }
    named && (about != About::Which || part.duration.is_none() && part.until.is_none())
}

/// The sentence that an offer says, with another duration than the one on its button.
pub(super) fn by_so_much(question: &Question, sentence: &Sentence<'_>) -> Option<String> {
    let is_so = question.wish.is_none() && question.about == About::Part(Field::Duration);
    if !is_so || !may_choose(question, sentence) {
        return None;
    }
    let say = question.offers.first()?.say.as_str();
    // The reason may say "for" as well, and stays as it was written.
    let (head, why) = say.split_once(" because ").map_or((say, None), |(head, why)| (head, Some(why)));
    let (what, _) = head.rsplit_once(" for ")?;
    let part = plain::part(sentence);
    let long = part.says_only_that().then_some(part.duration).flatten();
    let long = long.or_else(|| parse_minutes(sentence.text().trim()).ok().map(say_minutes))?;
    let because = why.map(|why| format!(" because {why}")).unwrap_or_default();
    Some(format!("{what} for {long}{because}"))
}

/// Whether it is asked for several repositories at once, each by a request of its own.
pub(super) fn asks_for_each(question: &Question) -> bool {
    question.offers.iter().any(|offer| offer.say == "each")
}

/// Those of several repositories that are meant: "payments-api and infra", "the first two", "all but the last".
pub(super) fn some_of(question: &Question, sentence: &Sentence<'_>) -> Option<String> {
    let wish = question.wish.as_ref().filter(|_| asks_for_each(question))?;
    let all: Vec<&str> =
        wish.form.repository.iter().map(String::as_str).chain(wish.also.iter().map(String::as_str)).collect();
    let mut rest = &sentence.words[..];
    let is_all = rest.first().is_some_and(|first| Says::Plural.is_word(first));
    if is_all {
        rest = &rest[1..];
    }
    let is_but = matches!(LEXICON.tag(rest), Some((Tag::But | Tag::Not, _)));
    if is_all && !is_but {
        return None;
    }
    if is_but {
        rest = &rest[LEXICON.tag(rest).map_or(0, |(_, count)| count)..];
    }
    let mut meant: Vec<&str> = Vec::new();
    while !rest.is_empty() {
        let (names, count) = named_in_list(&all, rest)?;
        meant.extend(names);
        rest = &rest[count..];
    }
    let is_meant = |name: &&&str| meant.contains(*name) != is_but;
    let chosen: Vec<&str> = all.iter().filter(is_meant).copied().collect();
    (!meant.is_empty() && !chosen.is_empty()).then(|| chosen.join(" and "))
}

/// What the next words name of a list, and how many words that takes; none where they say anything else.
fn named_in_list<'n>(all: &[&'n str], words: &[Word]) -> Option<(Vec<&'n str>, usize)> {
    if let Some(count) = Says::First.begins(words) {
        let many = how_many(words.get(count)).filter(|many| *many <= all.len());
        let taken = count + usize::from(many.is_some());
        return Some((all[..many.unwrap_or(1)].to_vec(), taken));
    }
    if let Some(count) = Says::Last.begins(words) {
        let many = how_many(words.get(count)).filter(|many| *many <= all.len());
        let taken = count + usize::from(many.is_some());
        return Some((all[all.len() - many.unwrap_or(1)..].to_vec(), taken));
    }
    let word = &words[0];
    if let Some(name) = all.iter().find(|name| name.eq_ignore_ascii_case(&word.text)) {
        return Some((vec![name], 1));
    }
    if let Some(name) = place(&word.lower).and_then(|place| all.get(place)) {
        return Some((vec![name], 1));
    }
    let means_nothing = match LEXICON.tag(words) {
        Some((Tag::And | Tag::Idle | Tag::Polite | Tag::Repository | Tag::On | Tag::For, count)) => {
            Some(count)
        }
        _ => Says::AroundChoice.is_word(word).then_some(1),
    };
    means_nothing.map(|count| (vec![], count))
}

/// "Two" and "2" of "the first two".
fn how_many(word: Option<&Word>) -> Option<usize> {
    const NUMBERS: [&[&str]; 4] = [
        &["2", "two", "zwei", "beiden", "deux", "dos"],
        &["3", "three", "drei", "trois", "tres"],
        &["4", "four", "vier"],
        &["5", "five", "fünf"],
    ];
    let word = word?;
    NUMBERS.iter().position(|own| own.contains(&word.lower.as_str())).map(|at| at + 2)
}

/// The only one of several requests that all fits which was said: "and for me", "the one on infra".
pub(super) fn by_parts(question: &Question, sentence: &Sentence<'_>) -> Option<usize> {
    if question.wish.is_some() || !asks_for_access(question) {
        return None;
    }
    let said = plain::part(sentence);
    if !said.says_only_that() {
        return None;
    }
    let fits = |offer: &Offer| {
        let own = plain::part(&Sentence::new(&offer.say));
        agrees(&said, &own)
    };
    let mut fitting = question.offers.iter().enumerate().filter(|(_, offer)| fits(offer));
    let (place, _) = fitting.next()?;
    fitting.next().is_none().then_some(place)
}

/// Whether what can be chosen are requests for access, each a whole sentence.
pub(super) fn asks_for_access(question: &Question) -> bool {
    !question.offers.is_empty() && question.offers.iter().all(|offer| offer.say.starts_with(ASKS))
}

/// Whether every part that was said is said by the other as well. Who speaks need not be named.
pub(super) fn agrees(said: &Plain, other: &Plain) -> bool {
    let same = |one: &Option<String>, other: &Option<String>| {
        one.is_none()
            || one.as_ref().map(|text| text.to_lowercase()) == other.as_ref().map(|text| text.to_lowercase())
    };
    let for_me = |user: &Option<String>| user.clone().or_else(|| Some("me".to_owned()));
    let for_same = said.user.is_none() || same(&said.user, &for_me(&other.user));
    let is_there = |name: &String| other.repositories.iter().any(|own| own.eq_ignore_ascii_case(name));
    for_same
        && said.repositories.iter().all(is_there)
        && same(&said.permission, &other.permission)
        && same(&said.duration, &other.duration)
        && same(&said.until, &other.until)
        && same(&said.ticket, &other.ticket)
}

/// A command on this request as it is shown, with what `others` say in its other slots.
pub(super) fn said_on<'s>(
    spec: &CommandSpec,
    seen: &Seen,
    others: impl Fn(&str) -> Option<&'s str>,
) -> String {
    let pattern = Pattern::read(spec.grammar).expect("a test reads every grammar of the table");
    let (code, receipt) = (seen.code.to_string(), seen.request.receipt().map(|own| own.to_string()));
    pattern.say(|slot| match slot {
        "code" => Some(code.as_str()),
        "receipt" => receipt.as_deref(),
        _ => others(slot),
    })
}

/// What reads the same but for the code says its ticket and its reason, too.
pub(super) fn tell_apart(offers: &mut [Offer], several: &[Seen]) {
    let bare = |label: &str| label.split_once(' ').map_or(label, |(_, what)| what).to_owned();
    let all: Vec<String> = offers.iter().map(|offer| bare(&offer.label)).collect();
    for (offer, seen) in offers.iter_mut().zip(several) {
        let is_twin = all.iter().filter(|what| **what == bare(&offer.label)).count() > 1;
        if !is_twin {
            continue;
        }
        let things = seen.request.things().into_iter().filter(|thing| thing.kind == "ticket");
        let said = things.map(|ticket| unmarked(&ticket.id)).chain(seen.request.why().map(quoted));
        offer.label = std::iter::once(offer.label.clone()).chain(said).collect::<Vec<_>>().join(", ");
    }
}

/// Whether a sentence is another one, and no answer: it asks for access anew, or begins as a command of several words does. Why something
/// is asked for may begin like anything.
pub(super) fn opens_another(question: &Question, sentence: &Sentence<'_>) -> bool {
    let is_command = question.about != About::Part(Field::Reason) && commands::opens_one(sentence);
    is_command || opens_a_request(sentence)
}

/// Whether a sentence asks for access anew, even where it could be read as an answer: what it leaves out, or what of it cannot
/// be read, is not taken from what was asked for before.
fn opens_a_request(sentence: &Sentence<'_>) -> bool {
    let says_access = (0..sentence.words.len())
        .any(|at| matches!(LEXICON.tag(&sentence.words[at..]), Some((Tag::Access, _))));
    let Plain { repositories, user, duration, until, ticket, .. } = plain::part(sentence);
    let named = [!repositories.is_empty(), user.is_some(), duration.or(until).is_some(), ticket.is_some()];
    says_access && named.into_iter().filter(|named| *named).count() > 1
}

/// Whether a place in a list is named that it does not have.
pub(super) fn is_beyond(question: &Question, said: &str) -> bool {
    let is_list = question.wish.is_none() && question.about == About::Which && question.offers.len() > 1;
    let place = said.trim_start_matches('#').parse::<usize>().ok();
    is_list && place.is_some_and(|place| place == 0 || place > question.offers.len())
}

#[cfg(test)]
mod tests {
    use countersign_domain::question::Within;

    use super::*;

    fn of(count: usize, about: About) -> Question {
        let offer = |at: usize| Offer { label: format!("offer {at}"), say: format!("approve {at}") };
        let id = "K7QM2X".parse().unwrap();
        Question { id, about, wish: None, offers: (0..count).map(offer).collect(), within: Within::default() }
    }

    #[test]
    fn trust_c3_a_place_that_a_list_does_not_have_is_told_from_one_that_it_has() {
        for (said, count, beyond) in [
            ("7", 5, true),
            ("#7", 5, true),
            ("0", 5, true),
            ("5", 5, false),
            ("1", 5, false),
            ("7 days", 5, false),
            ("infra", 5, false),
            ("2", 1, false),
        ] {
            assert_eq!(is_beyond(&of(count, About::Which), said), beyond, "{said} of {count}");
        }
        assert!(!is_beyond(&of(3, About::Part(Field::Duration)), "7"), "that is so many hours or days");
    }

    #[test]
    fn trust_c2_what_begins_as_a_command_does_is_no_answer_but_may_be_why() {
        for text in ["retire document ABC", "open ticket saying my mouse is broken"] {
            let sentence = Sentence::new(text);
            assert!(opens_another(&of(3, About::Part(Field::Permission)), &sentence), "{text}");
            assert!(!opens_another(&of(0, About::Part(Field::Reason)), &sentence), "{text}");
        }
        for text in ["write", "the second one", "2 days", "OPS-17", "Rita"] {
            assert!(!opens_another(&of(3, About::Part(Field::Permission)), &Sentence::new(text)), "{text}");
        }
    }
}
