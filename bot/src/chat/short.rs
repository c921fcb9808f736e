//! Yes, no, and never mind: what is said so shortly is about the one thing in question, and never acts where there is none.

use countersign_domain::card::Card;
use countersign_domain::question::Question;

use super::Chat;
use super::meaning::{Concern, command};
use crate::cards;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::{Said, Sentence};
use crate::words;

/// What was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Short {
    /// Yes.
    Yes,
    /// No, perhaps with what was said behind it.
    No(Option<String>),
    /// Never mind.
    Cancel,
    /// Nothing but politeness.
    Thanks,
}

const YES: &[&str] = &[
    "yes",
    "y",
    "yep",
    "yeah",
    "yup",
    "sure",
    "ok",
    "okay",
    "lgtm",
    "looks good",
    "looks good to me",
    "approved",
    "go",
    "go ahead",
    "do it",
    "ship it",
    "fine",
    "fine with me",
    "fine by me",
    "works for me",
    "right",
    "correct",
    "exactly",
    "that's right",
    "👍",
    "+1",
    "ja",
    "jo",
    "jawohl",
    "passt",
    "genau",
    "einverstanden",
    "oui",
    "d'accord",
    "ça marche",
    "sí",
    "si",
    "vale",
    "de acuerdo",
    "claro",
    "yes please",
    "yes i do",
    "yes it is",
    "please do",
    "sounds good",
];
const NO: &[&str] =
    &["no", "n", "nope", "nah", "👎", "-1", "nein", "nee", "non", "no way", "rejected", "not now", "wrong"];
const CANCEL: &[&str] = &[
    "cancel",
    "cancel it",
    "cancel that",
    "never mind",
    "nevermind",
    "nvm",
    "forget it",
    "forget about it",
    "drop it",
    "stop",
    "abort",
    "leave it",
    "no longer needed",
    "abbrechen",
    "vergiss es",
    "egal",
    "annuler",
    "laisse tomber",
    "oublie",
    "cancelar",
    "olvídalo",
    "déjalo",
    "i changed my mind",
];
const THANKS: &[&str] = &[
    "thanks",
    "thank you",
    "thx",
    "ty",
    "danke",
    "vielen dank",
    "merci",
    "gracias",
    "cheers",
    "great",
    "perfect",
    "🙂",
];

/// What a short sentence says, where it is one.
pub(crate) fn short(sentence: &Sentence<'_>) -> Option<Short> {
    let said = sentence.plain();
    let is = |all: &[&str]| all.contains(&said.as_str());
    if is(YES) {
        return Some(Short::Yes);
    }
    if is(NO) {
        return Some(Short::No(None));
    }
    if is(CANCEL) {
        return Some(Short::Cancel);
    }
    if is(THANKS) {
        return Some(Short::Thanks);
    }
    let (first, next) = (sentence.words.first()?, sentence.words.get(1)?);
    let divided = first.stop.is_some()
        || matches!(next.lower.as_str(), "because" | "since" | "weil" | "parce" | "porque");
    let begins = NO.contains(&first.lower.as_str()) && !first.quoted && divided;
    begins.then(|| {
        let from = if first.stop.is_some() { next.start } else { next.end };
        Short::No(Some(sentence.text()[from..].trim().to_owned()))
    })
}

impl Chat {
    /// Does what was said shortly: answers a question, decides on the one request in question, or asks which one.
    pub(super) async fn shortly(&self, context: &Context, short: Short) -> Result<Vec<Card>, Failure> {
        let question = self.question(context).await?;
        match (short, question) {
            (Short::Thanks, _) => Ok(vec![cards::nothing(words::you_are_welcome())]),
            (Short::Yes, Some(question)) if question.offers.len() == 1 => {
                let say = question.offers[0].say.clone();
                self.answered(context, &question, None, &say).await
            }
            (Short::Yes, Some(question)) => {
                Ok(vec![self.question_card(context, question, words::WHICH_OF_THESE, &[]).await?])
            }
            (Short::No(Some(rest)), Some(question)) => {
                match self.take_answer(context, &question, &rest).await? {
                    Some(cards) => Ok(cards),
                    None => self.drop_question(context).await,
                }
            }
            (Short::No(None) | Short::Cancel, Some(_)) => self.drop_question(context).await,
            (Short::Yes, None) => self.decide("approve", None, context, Concern::ToDecide).await,
            (Short::No(reason), None) => self.decide("deny", reason, context, Concern::ToDecide).await,
            (Short::Cancel, None) => self.decide("withdraw", None, context, Concern::OwnWaiting).await,
        }
    }

    /// A question as people read it: with names in the place of mentions.
    pub(super) async fn question_card(
        &self,
        context: &Context,
        mut question: Question,
        asked: &str,
        lines: &[String],
    ) -> Result<Card, Failure> {
        if let Some(wish) = &mut question.wish {
            let form = &mut wish.form;
            for text in [&mut form.user, &mut form.reason].into_iter().flatten() {
                let spoken = self.requests.resolver().text(&context.tenant, text).await?;
                *text = spoken;
            }
        }
        Ok(cards::question(&question, asked, lines))
    }

    async fn decide(
        &self,
        name: &'static str,
        reason: Option<String>,
        context: &Context,
        concern: Concern,
    ) -> Result<Vec<Card>, Failure> {
        let said = Said::plainly(reason.map(|reason| ("reason", reason)), vec!["code".to_owned()], vec![]);
        if self.in_question(context).await?.is_some() {
            return self.on_what_is_meant(context, command(name), &said, concern).await;
        }
        // Outside the talk about one request so short a word decides nothing.
        let rows = self.concerned(context, concern).await?;
        if rows.is_empty() {
            return Ok(vec![cards::nothing(words::nothing_of(concern))]);
        }
        self.ask_which(context, command(name), &said, &rows).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_c3_short_words_in_several_languages() {
        let said = |text| short(&Sentence::new(text));
        for text in [
            "lgtm",
            "LGTM!",
            "yes",
            "Yes, please.",
            "ja",
            "oui",
            "sí",
            "👍",
            ":+1:",
            "looks good to me",
            "ok",
        ] {
            assert_eq!(said(text), Some(Short::Yes), "{text}");
        }
        for text in ["no", "Nope", "nein, danke", "👎", "non merci"] {
            assert_eq!(said(text), Some(Short::No(None)), "{text}");
        }
        let why = Some(Short::No(Some("not before the freeze is over".to_owned())));
        assert_eq!(said("no, not before the freeze is over"), why);
        assert_eq!(said("No – not before the freeze is over"), why);
        assert_eq!(said("no because the freeze"), Some(Short::No(Some("the freeze".to_owned()))));
        assert_eq!(said("cancel"), Some(Short::Cancel));
        assert_eq!(said("never mind, thanks"), Some(Short::Cancel));
        assert_eq!(said("thanks!"), Some(Short::Thanks));
        for text in [
            "approve K7QM2X",
            "no quiet",
            "no quiet hours",
            "yes and deny the other",
            "cancel K7QM2X",
            "stop it all",
        ] {
            assert_eq!(said(text), None, "{text}");
        }
    }
}
