//! Questions after what was asked for, in whatever words and order: "any news on my request?", "où en est ma demande", "wurde K7QM2X
//! schon genehmigt?", "who is it waiting for?". Every word is one of asking, of what may become of it, or of its name; any other
//! makes another sentence of it.

use std::ops::Range;

use countersign_domain::request::Code;

use crate::grammar::{Said, Sentence, is_key, joined, permission};
use crate::normalise::{LEXICON, Says, Tag, Word};

/// The most words that are looked at.
const WORDS: usize = 16;
/// The most words of a name.
const NAME: usize = 3;

const STATUS: &str = "status";
const WHY: &str = "why";
const WHO: &str = "who can approve";

/// What is said around the name of what is asked after, whatever is asked.
const AROUND: [Says; 14] = [
    Says::AsksHow,
    Says::AsksWhether,
    Says::AsksWhy,
    Says::AsksWhatFor,
    Says::NeedsIt,
    Says::IsNeeded,
    Says::News,
    Says::AroundQuestion,
    Says::Fate,
    Says::Progress,
    Says::AroundName,
    Says::Own,
    Says::It,
    Says::Somebody,
];
/// The same of who is asked about that decides.
const AROUND_WHO: [Says; 4] = [Says::Decides, Says::Decided, Says::AsksWho, Says::AroundDeciding];

/// The command that such a question means, with what it is about; `None` where it says anything else.
pub fn after(sentence: &Sentence<'_>) -> Option<(&'static str, Said)> {
    let words = &sentence.words[..];
    if words.is_empty() || words.len() > WORDS {
        return None;
    }
    let command = asked(words)?;
    let named = Named::of(words, command)?;
    let own = words.iter().find(|word| Says::Own.is_word(word)).filter(|_| command != WHO);
    let own = |name: &str| own.map_or_else(|| name.to_owned(), |own| format!("{} {name}", own.text));
    let in_question = || Said::plainly([], vec!["code".to_owned()], vec![]);
    let has_moved = || words.iter().any(|word| Says::Progress.is_word(word));
    let said = match named {
        Named::Name(name) => Said::plainly([("code", own(&name))], vec![], vec![]),
        Named::Wish(wish) if command != WHO && words.iter().any(|word| Says::Own.is_word(word)) => {
            Said::plainly([("code", own(&words[wish].text))], vec![], vec![])
        }
        Named::Wish(_) | Named::It => in_question(),
        // "Who has to approve?", "what's taking so long?"
        Named::Nothing
            if command == WHO
                || command == WHY && (has_moved() || is_only_why(words) || asks_what_for(words)) =>
        {
            in_question()
        }
        // "Any updates?"
        Named::Nothing => {
            let asks = command == STATUS && words.iter().any(|word| Says::News.is_word(word));
            asks.then(|| Said::plainly([], vec![], vec![]))?
        }
    };
    Some((command, said))
}

/// "Warum?", "pourquoi ?": what only asks why asks it of whatever is in question; what asks what for may as well ask who speaks.
fn is_only_why(words: &[Word]) -> bool {
    Says::AsksWhy.begins(words) == Some(words.len())
}

/// "Pourquoi elle en a besoin ?", "¿por qué lo necesita?": what somebody else needs is what they asked for; "perché mi serve" tells why
/// who speaks does.
fn asks_what_for(words: &[Word]) -> bool {
    let says = |says: Says| words.iter().any(|word| says.is_word(word));
    let is_theirs = says(Says::Somebody) || says(Says::ToThem);
    says(Says::NeedsIt) || says(Says::IsNeeded) && is_theirs && !says(Says::ToMe)
}

/// What is asked, by the words that ask it.
fn asked(words: &[Word]) -> Option<&'static str> {
    let says = |says: Says| words.iter().any(|word| says.is_word(word));
    let begins = |says: Says| says.begins(words).is_some();
    if begins(Says::AsksWhy) || begins(Says::AsksWhatFor) {
        return Some(WHY);
    }
    if begins(Says::AsksWho) {
        // "Wer genehmigt es?", "wer hat es genehmigt?": one word for both.
        let is_over = says(Says::Decided) && (!says(Says::Decides) || says(Says::AsksWhether));
        return if is_over { Some(WHY) } else { says(Says::Decides).then_some(WHO) };
    }
    let asks_how = (0..words.len())
        .any(|at| [Says::AsksHow, Says::News].into_iter().any(|says| says.begins(&words[at..]).is_some()));
    (asks_how || begins(Says::AsksWhether)).then_some(STATUS)
}

/// What is asked after.
enum Named {
    /// It is called so.
    Name(String),
    /// It is called no more than a request, by the word at this place.
    Wish(usize),
    /// Whatever is in question.
    It,
    /// Nothing is named.
    Nothing,
}

impl Named {
    /// `None` where more than one is named, or anything else is said.
    fn of(words: &[Word], command: &str) -> Option<Self> {
        let around = match command {
            STATUS if Says::AsksWhether.begins(words).is_some() => &AROUND_WHO[..2],
            STATUS => &[],
            _ => &AROUND_WHO[..],
        };
        let (mut at, mut name, mut wish, mut is_it) = (0, None, None, false);
        let (mut is_by_place, mut permission) = (false, None);
        while at < words.len() {
            let (word, rest) = (&words[at], &words[at..]);
            let is_pronoun = Says::Pronoun.is_word(word) || Says::It.is_word(word);
            let is_around = AROUND.iter().chain(around).filter_map(|says| says.begins(rest)).max();
            at += if is_wish(words, at) {
                wish = Some(at);
                1
            } else if let Some(count) = is_around.or(is_pronoun.then_some(1)) {
                is_it |= is_pronoun;
                count
            } else if let Some((tag, count)) = means_nothing(rest) {
                permission = permission.or_else(|| matches!(tag, Tag::Permission(_)).then_some(at));
                count
            } else {
                let count = if is_written_as_name(word) { 1 } else { unknown(rest)? };
                is_by_place |= !is_written_as_name(word);
                if name.replace(at..at + count).is_some() {
                    return None;
                }
                count
            };
        }
        match (name, wish) {
            // "How is lunch?" is about nothing that was asked for.
            (Some(_), None) if is_by_place && command != WHO => None,
            (Some(name), _) => Some(Self::Name(called(words, name, permission.filter(|_| command == WHO)))),
            (None, Some(wish)) => Some(Self::Wish(wish)),
            (None, None) if is_it => Some(Self::It),
            (None, None) => Some(Self::Nothing),
        }
    }
}

/// A name, with the permission on it where others decide on each.
fn called(words: &[Word], name: Range<usize>, permission: Option<usize>) -> String {
    let name = joined(&words[name]);
    permission.map_or_else(|| name.clone(), |at| format!("{} on {name}", words[at].text))
}

/// Whether this word is what somebody asked for; an access is only where it is said whose.
fn is_wish(words: &[Word], at: usize) -> bool {
    let is_own = at.checked_sub(1).is_some_and(|before| Says::Own.is_word(&words[before]));
    // "My extension": what is nobody's own may be any.
    if is_own && Says::Extension.is_word(&words[at]) {
        return true;
    }
    Says::Wish.is_word(&words[at]) || is_own && matches!(LEXICON.tag(&words[at..]), Some((Tag::Access, 1)))
}

/// How many words say nothing here: politeness, and the permission beside the name of what it is on.
fn means_nothing(words: &[Word]) -> Option<(Tag, usize)> {
    LEXICON.tag(words).filter(|(tag, _)| {
        matches!(
            tag,
            Tag::Polite | Tag::Hello | Tag::Closing | Tag::Idle | Tag::On | Tag::For | Tag::Permission(_)
        )
    })
}

/// Whether a word is a name wherever it stands: a code, a ticket, a repository that is written as only those are.
fn is_written_as_name(word: &Word) -> bool {
    let is_code = word.text.parse::<Code>().is_ok()
        && (word.text.contains(|sign: char| sign.is_ascii_digit())
            || !word.text.contains(|sign: char| sign.is_ascii_lowercase()));
    let is_shaped = word.text.contains(['-', '_', '/']) && !LEXICON.knows(&word.lower);
    word.quoted || is_code || is_key(&word.text) || is_shaped && permission(&word.text).is_none()
}

/// How many words that nobody knows stand here: a name, where one may stand.
fn unknown(words: &[Word]) -> Option<usize> {
    let is_known = |word: &Word| {
        LEXICON.knows(&word.lower)
            || AROUND.iter().chain(&AROUND_WHO).any(|says| says.is_word(word))
            || Says::Wish.is_word(word)
            || is_written_as_name(word)
    };
    let mut count = 0;
    for word in words.iter().take(NAME + 1) {
        if is_known(word) {
            break;
        }
        count += 1;
        if word.stop.is_some() {
            break;
        }
    }
    (1..=NAME).contains(&count).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(text: &str) -> String {
        after(&Sentence::new(text)).map_or_else(
            || "?".to_owned(),
            |(command, said)| format!("{command}: {said}").trim_end().to_owned(),
        )
    }

    #[test]
    fn trust_c3_how_a_request_stands_is_asked_in_any_words_and_order() {
        for (text, reading) in [
            ("any update on K7QM2X?", "status: code=K7QM2X"),
            ("what about my request", "status: code=my request"),
            ("how's it going with K7QM2X", "status: code=K7QM2X"),
            ("how is my request for infra going", "status: code=my infra"),
            ("has anyone looked at my request yet?", "status: code=my request"),
            ("any updates?", "status:"),
            ("is it approved yet", "status:  (missing: code)"),
            ("wie steht es um meine Anfrage?", "status: code=meine Anfrage"),
            ("was ist mit meiner anfrage", "status: code=meiner anfrage"),
            ("wurde K7QM2X schon genehmigt?", "status: code=K7QM2X"),
            ("gibt's was neues zu meiner anfrage?", "status: code=meiner anfrage"),
            ("où en est ma demande", "status: code=ma demande"),
            ("ma demande en est où ?", "status: code=ma demande"),
            ("cómo va mi solicitud?", "status: code=mi solicitud"),
            ("novità sulla mia richiesta?", "status: code=mia richiesta"),
            ("why is it taking so long?", "why:  (missing: code)"),
            ("pourquoi elle en a besoin ?", "why:  (missing: code)"),
            ("¿por qué lo necesita?", "why:  (missing: code)"),
            ("perché le serve?", "why:  (missing: code)"),
            ("what's with my extension?", "status: code=my extension"),
            ("warum dauert das so lange", "why:  (missing: code)"),
            ("who's blocking my request", "who can approve:  (missing: code)"),
            ("who has to sign off K7QM2X", "who can approve: code=K7QM2X"),
            ("who approves write on infra?", "who can approve: code=write on infra"),
            ("did anybody approve it yet?", "status:  (missing: code)"),
            ("I'm still waiting for my access to payments-api", "status: code=my payments-api"),
            ("what's taking so long", "why:  (missing: code)"),
            ("wer muss das genehmigen?", "who can approve:  (missing: code)"),
            ("wer hat K7QM2X genehmigt?", "why: code=K7QM2X"),
            ("qui a validé K7QM2X ?", "why: code=K7QM2X"),
            ("who asked for this?", "why:  (missing: code)"),
            ("why does he need that?", "why:  (missing: code)"),
            ("wozu braucht er das?", "why:  (missing: code)"),
            ("warum?", "why:  (missing: code)"),
            ("pourquoi ?", "why:  (missing: code)"),
            ("is my access still valid?", "status: code=my access"),
            ("who has to approve?", "who can approve:  (missing: code)"),
        ] {
            assert_eq!(meant(text), reading, "{text}");
        }
    }

    #[test]
    fn trust_c3_a_question_after_anything_else_is_none_after_a_request() {
        for text in [
            "how is lunch?",
            "perché mi serve",
            "what's with extensions",
            "what is the weather like",
            "is K7QM2X or K7QM2Y approved?",
            "no news on K7QM2X",
            "my request was denied",
            "approved",
            "K7QM2X approved",
            "who has write on payments-api?",
            "who are you",
            "why not",
            "how do I ask for access?",
            "did you deploy web-shop?",
        ] {
            assert_eq!(meant(text), "?", "{text}");
        }
    }
}
