//! Plain sentences whose words for what is done stand around the name of what it is done with: "ich brauche web-shop nicht mehr", "lehne
//! OPS-7 ab", "gib K7QM2X frei", "web-shop is not needed any more".

use super::taken::{is_of_the_world, taken_from};
use super::time_behind;
use crate::grammar::{Said, Sentence};
use crate::normalise::{LEXICON, Says, Tag, Word};

/// The most words of a name.
const NAME: usize = 4;
/// What such a sentence begins and ends with around the name, and the command that it means.
const AROUND: [(&str, &str, &str); 55] = [
    (GIVE_BACK, "ich brauche", "nicht mehr"),
    (GIVE_BACK, "ich brauch", "nicht mehr"),
    (GIVE_BACK, "brauche", "nicht mehr"),
    (GIVE_BACK, "ich benötige", "nicht mehr"),
    (GIVE_BACK, "wir brauchen", "nicht mehr"),
    (GIVE_BACK, "gib", "zurück"),
    (GIVE_BACK, "ich gebe", "zurück"),
    (GIVE_BACK, "ich geb", "zurück"),
    (GIVE_BACK, "you can have", "back"),
    (GIVE_BACK, "you can take", "back"),
    (GIVE_BACK, "nimm mir", "weg"),
    (GIVE_BACK, "don't need", "any more"),
    (GIVE_BACK, "don't need", "anymore"),
    (GIVE_BACK, "ich möchte", "zurückgeben"),
    (GIVE_BACK, "", "zurückgeben"),
    (GIVE_BACK, "ik heb", "niet meer nodig"),
    (GIVE_BACK, "non ho più bisogno di", ""),
    (GIVE_BACK, "non mi serve più", ""),
    (GIVE_BACK, "não preciso mais de", ""),
    (DENY, "lehne", "ab"),
    (DENY, "lehnt", "ab"),
    (DENY, "ich lehne", "ab"),
    (DENY, "wir lehnen", "ab"),
    (DENY, "weise", "ab"),
    (DENY, "ich weise", "ab"),
    (DENY, "ich möchte", "ablehnen"),
    (DENY, "ich muss", "ablehnen"),
    (DENY, "weise", "zurück"),
    (DENY, "ich weise", "zurück"),
    (APPROVE, "gib", "frei"),
    (APPROVE, "gebt", "frei"),
    (APPROVE, "ich gebe", "frei"),
    (APPROVE, "schalte", "frei"),
    (APPROVE, "ich schalte", "frei"),
    (APPROVE, "ich möchte", "genehmigen"),
    (APPROVE, "zeichne", "gegen"),
    (APPROVE, "ich zeichne", "gegen"),
    (TAKE_BACK, "nimm", "zurück"),
    (TAKE_BACK, "ich nehme", "zurück"),
    (WITHDRAW, "zieh", "zurück"),
    (WITHDRAW, "ziehe", "zurück"),
    (WITHDRAW, "ich ziehe", "zurück"),
    (WITHDRAW, "", "zurückziehen"),
    (WITHDRAW, "brich", "ab"),
    (WITHDRAW, "ich breche", "ab"),
    (TAKE_BACK, "neem", "terug"),
    (GIVE_BACK, "ik geef", "terug"),
    (REVOKE, "nimm", "weg"),
    (MAKE_IT, "mach", "draus"),
    (MAKE_IT, "mach", "daraus"),
    (MAKE_IT, "mache", "draus"),
    (MAKE_IT, "mache", "daraus"),
    (MAKE_IT, "machen wir", "draus"),
    (MAKE_IT, "machen wir", "daraus"),
    (MAKE_IT, "maak er", "van"),
];
/// What it begins with, where something is given back.
const BEFORE: [&str; 34] = [
    "i no longer need",
    "no longer need",
    "ya no necesito",
    "já não preciso de",
    "remove my",
    "drop my",
    "end my",
    "revoke my",
    "take away my",
    "entferne meine",
    "entferne meinen",
    "entzieh mir",
    "entziehe mir",
    "ich bin fertig mit",
    "bin fertig mit",
    "fertig mit",
    "done with",
    "all done with",
    "i'm all done with",
    "finished with",
    "i have finished with",
    "i'm finished with",
    "j'ai fini avec",
    "j'ai terminé avec",
    "plus besoin de",
    "je n'ai plus besoin de",
    "retire-moi",
    "he terminado con",
    "terminé con",
    "ya terminé con",
    "ho finito con",
    "terminei com",
    "togli il mio",
    "ik ben klaar met",
];
/// What it ends with.
const BEHIND: [&str; 26] = [
    "is not needed any more",
    "is not needed anymore",
    "isn't needed any more",
    "isn't needed anymore",
    "is no longer needed",
    "no longer needed",
    "not needed any more",
    "not needed anymore",
    "brauche ich nicht mehr",
    "brauch ich nicht mehr",
    "kann zurück",
    "kann weg",
    "kannst du mir wieder wegnehmen",
    "könnt ihr mir wieder wegnehmen",
    "wird nicht mehr gebraucht",
    "wird nicht mehr benötigt",
    "ist nicht mehr nötig",
    "n'est plus nécessaire",
    "ya no hace falta",
    "ya no lo necesito",
    "non serve più",
    "non mi serve più",
    "não é mais necessário",
    "já não é preciso",
    "wordt niet meer gebruikt",
    "is niet meer nodig",
];
pub(super) const GIVE_BACK: &str = "give back";
const DENY: &str = "deny";
const APPROVE: &str = "approve";
const TAKE_BACK: &str = "take back";
const WITHDRAW: &str = "withdraw";
pub(super) const REVOKE: &str = "revoke";
const MAKE_IT: &str = "make it";
/// Which of them say why.
const SAY_WHY: [&str; 2] = [DENY, REVOKE];

/// The command that such a sentence means, with what it is about; `None` where it says anything else.
pub fn around(sentence: &Sentence<'_>) -> Option<(&'static str, Said)> {
    let words = &sentence.words[..];
    let (said, because) = before_reason(words);
    let find = |(command, before, behind): &(&'static str, &str, &str)| {
        let why = reason(sentence.text(), &words[said.len()..], because);
        let named = tail(head(said, before)?, behind)?;
        let fits = because == 0 || SAY_WHY.contains(command) && why.is_some();
        fits.then_some((*command, named, why))
    };
    if let Some(taken) =
        taken_from(sentence.text(), said, reason(sentence.text(), &words[said.len()..], because))
    {
        return Some(taken);
    }
    let by_itself = |named| (because == 0).then_some((GIVE_BACK, named, None));
    let in_two = AROUND.iter().find_map(find);
    let is_in_two = in_two.is_some();
    let (command, named, why) = in_two
        .or_else(|| BEFORE.iter().find_map(|before| head(said, before)).and_then(by_itself))
        .or_else(|| BEHIND.iter().find_map(|behind| tail(said, behind)).and_then(by_itself))?;
    if command == MAKE_IT {
        return changed(sentence.text(), named);
    }
    if command == REVOKE && is_of_the_world(named) {
        return None;
    }
    // "Gib mir web-shop frei" asks for it.
    if named.iter().any(|word| Says::ToWhom.is_word(word)) {
        return None;
    }
    // The one in question, where none is named: "lehne ab", "gib sie frei".
    let says = [Says::Pronoun, Says::It, Says::Somebody, Says::AroundName];
    let is_it = named.iter().all(|word| says.into_iter().any(|says| says.is_word(word)));
    let why = why.map(|why| ("reason", why));
    // "Ich brauche den Zugriff nicht mehr."
    let is_access = is_in_two && without_access(named).len() < named.len();
    if is_it && (command != GIVE_BACK || is_access) {
        return Some((command, Said::plainly(why, vec!["code".to_owned()], vec![])));
    }
    let name = name(sentence.text(), named)?;
    Some((command, Said::plainly([("code", name)].into_iter().chain(why), vec![], vec![])))
}

/// "Mach 2 Stunden draus": a change, where it says anything of a request.
fn changed(text: &str, named: &[Word]) -> Option<(&'static str, Said)> {
    let change = text.get(named.first()?.start..named.last()?.end)?;
    let is_known = super::part(&Sentence::new(change)).says_what_is_known();
    is_known.then(|| (MAKE_IT, Said::plainly([("change", change.to_owned())], vec![], vec![])))
}

/// What is named, without what only leads to it, and with the time that is said behind it. The permission belongs to the name: what is
/// held under another one is not meant.
pub(super) fn name(text: &str, named: &[Word]) -> Option<String> {
    let (named, later) = named.split_at(time_behind(named).unwrap_or(named.len()));
    let skipped = means_nothing(named);
    let permitted = match LEXICON.tag(named.get(skipped..)?) {
        Some((Tag::Permission(_), count)) => count + means_nothing(&named[skipped + count..]),
        _ => 0,
    };
    let own = without_access(named.get(skipped + permitted..)?);
    let (first, last) = (named.get(skipped)?, own.last()?);
    let is_name = own.len() <= NAME && own.iter().all(|word| !LEXICON.knows(&word.lower));
    let name = text.get(first.start..last.end)?.trim_matches([' ', ',', '.', '!', ':', ';']);
    let later = later.first().zip(later.last()).and_then(|(from, to)| text.get(from.start..to.end));
    is_name.then(|| later.map_or_else(|| name.to_owned(), |later| format!("{name} {later}")))
}

/// A name without the access behind it: "web-shop access".
fn without_access(named: &[Word]) -> &[Word] {
    let is_access = |word: &&Word| matches!(LEXICON.tag(std::slice::from_ref(*word)), Some((Tag::Access, _)));
    let behind = named.iter().rev().take_while(is_access).count();
    &named[..named.len() - behind]
}

/// The words before the reason, and how many words lead to that; none where there is none.
fn before_reason(words: &[Word]) -> (&[Word], usize) {
    let because = |at: usize| match LEXICON.tag(&words[at..]) {
        Some((Tag::Because, count)) => Some((at, count)),
        _ => None,
    };
    match (1..words.len()).find_map(because) {
        Some((at, count)) => (&words[..at], count),
        None => (words, 0),
    }
}

fn reason(text: &str, behind: &[Word], because: usize) -> Option<String> {
    let lead = behind.get(..because)?.last()?;
    let why = text.get(lead.end..)?.trim();
    (!why.is_empty()).then(|| why.to_owned())
}

/// How many words before a name only lead to it: "my access to", "die Anfrage von".
fn means_nothing(words: &[Word]) -> usize {
    const REQUESTS: [&str; 9] =
        ["anfrage", "antrag", "request", "demande", "solicitud", "pedido", "solicitação", "richiesta", "von"];
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += match LEXICON.tag(&words[at..]) {
            Some((Tag::Access | Tag::On | Tag::Idle | Tag::Repository | Tag::For, count)) => count,
            _ if REQUESTS.contains(&word.lower.as_str()) => 1,
            _ => break,
        };
    }
    at
}

/// The words behind these, where they begin so.
pub(super) fn head<'w>(words: &'w [Word], phrase: &str) -> Option<&'w [Word]> {
    let own: Vec<&str> = phrase.split(' ').filter(|own| !own.is_empty()).collect();
    says(words.get(..own.len())?, &own).then(|| &words[own.len()..])
}

/// The words before these, where they end so.
fn tail<'w>(words: &'w [Word], phrase: &str) -> Option<&'w [Word]> {
    let own: Vec<&str> = phrase.split(' ').filter(|own| !own.is_empty()).collect();
    let at = words.len().checked_sub(own.len())?;
    says(&words[at..], &own).then(|| &words[..at])
}

pub(super) fn says(words: &[Word], own: &[&str]) -> bool {
    words.iter().zip(own).all(|(word, own)| !word.quoted && word.lower == *own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_c3_what_is_given_up_is_read_between_the_words_for_it() {
        for (text, name) in [
            ("ich brauche web-shop nicht mehr", Some("web-shop")),
            ("Ich brauche den Zugriff auf web-shop nicht mehr.", Some("web-shop")),
            ("web-shop is not needed any more", Some("web-shop")),
            ("web-shop brauche ich nicht mehr", Some("web-shop")),
            ("gib web-shop zurück", Some("web-shop")),
            ("ich bin fertig mit web-shop", Some("web-shop")),
            ("j'ai fini avec web-shop", Some("web-shop")),
            ("web-shop ya no hace falta", Some("web-shop")),
            ("web-shop non serve più", Some("web-shop")),
            ("remove my read on web-shop", Some("read on web-shop")),
            ("take away my read on web-shop", Some("read on web-shop")),
            ("please remove my write access to web-shop", Some("write access to web-shop")),
            ("drop my access to web-shop", Some("web-shop")),
            ("drop my web-shop access", Some("web-shop")),
            ("end my web-shop access in 10 minutes", Some("web-shop in 10 minutes")),
            ("ich brauche web-shop ab morgen nicht mehr", Some("web-shop ab morgen")),
            ("I no longer need read on web-shop", Some("read on web-shop")),
            ("ya no necesito lectura en web-shop", Some("lectura en web-shop")),
            ("I no longer need it", None),
            ("remove my read", None),
            ("ich brauche web-shop", None),
            ("ich brauche Leserechte auf web-shop", None),
            ("web-shop is needed", None),
            ("ich brauche nicht mehr", None),
            ("no longer needed", None),
        ] {
            let said = around(&Sentence::new(text)).filter(|(command, _)| *command == GIVE_BACK);
            assert_eq!(said.as_ref().and_then(|(_, said)| said.get("code")), name, "{text}");
        }
    }

    #[test]
    fn trust_c3_verbs_that_are_said_in_two_pieces_are_read_around_the_name() {
        for (text, command, name, why) in [
            ("lehne OPS-7 ab", DENY, Some("OPS-7"), None),
            (
                "Ich lehne die Anfrage K7QM2X ab, weil der Build rot ist",
                DENY,
                Some("K7QM2X"),
                Some("der Build rot ist"),
            ),
            ("lehne den Antrag von Erin ab", DENY, Some("Erin"), None),
            ("lehne ab", DENY, None, None),
            ("gib K7QM2X frei", APPROVE, Some("K7QM2X"), None),
            ("ich gebe es frei", APPROVE, None, None),
            ("nimm K7QM2X zurück", TAKE_BACK, Some("K7QM2X"), None),
            ("ich ziehe meine Anfrage K7QM2X zurück", WITHDRAW, Some("K7QM2X"), None),
        ] {
            let (found, said) = around(&Sentence::new(text)).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((found, said.get("code"), said.get("reason")), (command, name, why), "{text}");
        }
        for (text, command, name, why) in [
            ("take write on infra away from Ben", REVOKE, "write on infra from Ben", None),
            ("take away write on infra from Ben", REVOKE, "write on infra from Ben", None),
            ("take infra away from Ben because he left", REVOKE, "infra from Ben", Some("he left")),
            ("take my write on infra away from me", GIVE_BACK, "write on infra", None),
            ("nimm Ben web-shop weg", REVOKE, "Ben web-shop", None),
            ("nimm mir web-shop weg", GIVE_BACK, "web-shop", None),
        ] {
            let (found, said) = around(&Sentence::new(text)).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((found, said.get("code"), said.get("reason")), (command, Some(name), why), "{text}");
        }
        for (text, change) in [
            ("mach 2 stunden draus", "2 stunden"),
            ("mach bitte 2 Stunden daraus", "bitte 2 Stunden"),
            ("mach read draus", "read"),
        ] {
            let (found, said) = around(&Sentence::new(text)).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((found, said.get("change")), (MAKE_IT, Some(change)), "{text}");
        }
        for text in [
            "take the pressure away from Ben",
            "take a look at infra right away",
            "take a look away from infra",
            "take infra away from us",
            "take away the stress from Ben",
            "nimm den Druck weg",
            "mach das Beste draus",
            "mach dir nichts draus",
            "gib mir web-shop frei",
            "gib mir Leserechte auf web-shop",
            "ab",
            "lehne",
            "nimm das weil es geht",
        ] {
            assert!(around(&Sentence::new(text)).is_none(), "{text}");
        }
    }
}
