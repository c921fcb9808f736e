//! Whether an answer is a yes or a no to what was asked, in however many words that is said; and what it says yes to.

use countersign_domain::card::Card;
use countersign_domain::denied::Field;
use countersign_domain::question::{About, Offer, Question};

use super::choosing::{asks_for_access, place};
use super::meaning::{Ask, command};
use super::named::means_all;
use super::{Chat, mood, reasons};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::{Said, Sentence};
use crate::normalise::{self, LEXICON, Says, Tag};
use crate::words;

const APPROVE: &str = "approve";
const DENY: &str = "deny";

impl Chat {
    /// A yes or a no in so many words, where that answers the question; `None` where it does not.
    pub(super) async fn take_plain_yes_or_no(
        &self,
        context: &Context,
        question: &Question,
        text: &str,
    ) -> Result<Option<Vec<Card>>, Failure> {
        if mood::asks(text) || question.about == About::Part(Field::Reason) {
            return Ok(None);
        }
        match (agrees(text), said_by_yes(question)) {
            (Some(true), Some(offer)) if denies(offer) && is_no_yes_to_a_denial(&normalise::words(text)) => {
                let note = reasons::good_is_no_denial(question);
                self.shown_again(context, question.clone(), note).await.map(Some)
            }
            (Some(true), Some(offer)) => self.answered(context, question, &offer.say).await.map(Some),
            (Some(false), _) if !matches!(question.about, About::Part(_)) => {
                self.drop_question(context, question).await.map(Some)
            }
            (None, Some(offer)) => self.take_yes_and_deed(context, question, offer, text).await,
            _ => Ok(None),
        }
    }

    /// "Yes, deny it", "ja, ablehnen": a yes that says what to do is one where that is what was asked; where the other was asked, the
    /// one that was said is asked instead.
    async fn take_yes_and_deed(
        &self,
        context: &Context,
        question: &Question,
        offer: &Offer,
        text: &str,
    ) -> Result<Option<Vec<Card>>, Failure> {
        let mut say = offer.say.split(' ');
        let (Some(asked), Some(code), Some(deed)) = (say.next(), say.next(), deed_behind_yes(text)) else {
            return Ok(None);
        };
        if asked == deed {
            return self.answered(context, question, &offer.say).await.map(Some);
        }
        if ![APPROVE, DENY].contains(&asked) {
            return Ok(None);
        }
        let said = Said::plainly([("code", code.to_owned())], vec![], vec![]);
        self.on_what_is_meant(context, command(deed), &said, Ask::First(None)).await.map(Some)
    }
}

/// What is said in answer to a question that takes a yes: whether it is one. So it may be said in many ways, which say yes to nothing
/// else.
fn agrees(text: &str) -> Option<bool> {
    let words = normalise::words(text);
    let is_made_of = |says: [Says; 2]| {
        let (mut rest, mut said) = (&words[..], false);
        while !rest.is_empty() {
            let count = says.into_iter().filter_map(|says| says.begins(rest)).max();
            said |= count.is_some();
            let Some(count) = count.or_else(|| Says::Around.begins(rest)) else { return false };
            rest = &rest[count..];
        }
        said
    };
    if is_made_of([Says::No, Says::Dissent]) {
        return Some(false);
    }
    is_made_of([Says::Yes, Says::Assent]).then_some(true)
}

/// Whether it is a denial that is offered.
pub(super) fn denies(offer: &Offer) -> bool {
    offer.say.starts_with("deny ")
}

/// Whether a yes says that something is good, and so cannot be one to a denial: "lgtm", "genehmigt".
pub(super) fn approves(words: &[normalise::Word]) -> bool {
    const GOOD: [&str; 12] = [
        "lgtm",
        "let",
        "looks",
        "ship",
        "freigegeben",
        "approuvé",
        "j'approuve",
        "aprobado",
        "aprovado",
        "aprovo",
        "goedgekeurd",
        "akkoord",
    ];
    words.iter().any(|word| Says::Approves.is_word(word) || GOOD.contains(&word.lower.as_str()))
}

/// Whether a yes is none to a denial: it says that something is good, or it is an "ok", which may be for what was said before.
pub(super) fn is_no_yes_to_a_denial(words: &[normalise::Word]) -> bool {
    let is_polite = |word: &normalise::Word| LEXICON.is_polite(&word.lower);
    let is_ok =
        words.iter().any(acknowledges) && words.iter().all(|word| acknowledges(word) || is_polite(word));
    is_ok || approves(words)
}

/// Whether a word may take note of something, and say yes to nothing.
pub(super) fn acknowledges(word: &normalise::Word) -> bool {
    matches!(word.lower.as_str(), "ok" | "okay" | "okey" | "k" | "kk" | "alright" | "fine")
}

/// What a yes says: the only offer there is, the one that is a plain yes, or the only one that begins with one.
pub(super) fn said_by_yes(question: &Question) -> Option<&Offer> {
    // What is offered beside "what shall I ask for?" is no answer that a yes could mean.
    let is_beside =
        |offer: &Offer| offer.label.starts_with(words::DENY_IT) || offer.label == words::give_it_back_now();
    if question.offers.iter().any(is_beside) {
        return None;
    }
    if question.offers.len() == 1 || reasons::is_of_a_denial(question) {
        return question.offers.first();
    }
    if let Some(plain) = question.offers.iter().find(|offer| offer.label == words::YES) {
        return Some(plain);
    }
    // What stands on a button may be somebody's name: Yesenia's is no yes.
    let mut all = question.offers.iter().filter(|offer| words::is_yes(&offer.label));
    all.next().filter(|_| all.next().is_none())
}

/// What is done by a yes that says it: a yes, a word that decides, and nothing but politeness and pronouns around them.
fn deed_behind_yes(text: &str) -> Option<&'static str> {
    let words = normalise::words(text);
    let yes = [Says::Yes, Says::Assent].into_iter().filter_map(|says| says.begins(&words)).max()?;
    let is_beside = |word: &normalise::Word| {
        let lower = word.lower.as_str();
        Says::Pronoun.is(lower) || Says::Around.is(lower) || lower == "that" || LEXICON.is_polite(lower)
    };
    let mut rest = words[yes..].iter().filter(|word| !is_beside(word));
    let (deed, None) = (rest.next()?, rest.next()) else { return None };
    if Says::Approves.is_word(deed) {
        return Some(APPROVE);
    }
    // What ends an access, or an own request, is another deed.
    let is_denial = Says::Denies.is_word(deed) && !matches!(deed.lower.as_str(), "revoke" | "withdraw");
    is_denial.then_some(DENY)
}

/// Whether several of those that were offered are named at once: "both", "1 and 2". Each is done by itself.
pub(super) fn names_several(question: &Question, sentence: &Sentence<'_>) -> bool {
    let is_list = question.wish.is_none() && question.about == About::Which && question.offers.len() > 1;
    let is_and =
        |word: &normalise::Word| matches!(LEXICON.tag(std::slice::from_ref(word)), Some((Tag::And, _)));
    let places = sentence.words.iter().filter(|word| place(&word.lower).is_some()).count();
    let are_places = sentence.words.iter().all(|word| place(&word.lower).is_some() || is_and(word));
    is_list && !asks_for_access(question) && (means_all(&sentence.words) || places > 1 && are_places)
}

#[cfg(test)]
mod tests {
    use countersign_domain::question::Within;

    use super::*;

    #[test]
    fn trust_c3_a_question_that_is_no_yes_or_no_question_takes_no_yes() {
        let of = |labels: &[&str]| Question {
            id: "K7QM2X".parse().unwrap(),
            about: About::Which,
            wish: None,
            offers: labels
                .iter()
                .map(|label| Offer { label: (*label).to_owned(), say: "x".to_owned() })
                .collect(),
            within: Within::default(),
        };
        assert!(said_by_yes(&of(&["K7QM2X: write on infra"])).is_some());
        assert!(said_by_yes(&of(&["Give it back now"])).is_none(), "what shall I ask for?");
        assert!(said_by_yes(&of(&["Countersign K7QM2X", "Deny R7QM2X"])).is_none());
    }

    #[test]
    fn trust_c3_a_yes_that_says_what_to_do_says_what() {
        for (text, deed) in [
            ("yes, deny it", Some(DENY)),
            ("ja, ablehnen", Some(DENY)),
            ("ja bitte ablehnen", Some(DENY)),
            ("yes, approve", Some(APPROVE)),
            ("oui, refuser", Some(DENY)),
            ("yes, revoke it", None),
            ("yes", None),
            ("deny it", None),
            ("yes, deny infra", None),
            ("yes, deny it and approve the other", None),
        ] {
            assert_eq!(deed_behind_yes(text), deed, "{text}");
        }
    }

    #[test]
    fn trust_c3_a_plain_yes_or_no_to_a_question_is_one_and_what_carries_more_is_none() {
        for text in [
            "yes yes",
            "yes sir",
            "no problem",
            "Kein Problem!",
            "alright",
            "okay then",
            "please do",
            "klar",
            "richtig",
            "bien sûr",
        ] {
            assert_eq!(agrees(text), Some(true), "{text}");
        }
        for text in [
            "not ok",
            "nicht ok",
            "pas d'accord",
            "mejor no",
            "of course not",
            "neither",
            "no, not ok",
            "nein danke",
        ] {
            assert_eq!(agrees(text), Some(false), "{text}");
        }
        for text in [
            "yes, deny it",
            "ja, ablehnen",
            "yes for infra",
            "no infra",
            "yes and no",
            "yes but not today",
            "please",
            "thanks",
            "of course, Ben",
        ] {
            assert_eq!(agrees(text), None, "{text}");
        }
    }
}
