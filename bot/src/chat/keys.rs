//! The ticket that is named where one was asked for: by its key, as people write it; of several, or by its number alone, it is asked.

use countersign_domain::card::Card;
use countersign_domain::denied::Field;
use countersign_domain::question::{About, Offer, Question};

use super::Chat;
use super::asking::{BUTTONS, Doubt};
use super::mood::Answer;
use crate::cards;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::{Sentence, is_key};
use crate::words;

/// The key in "ops17" and "OPS 17".
pub(super) fn key_of(text: &str) -> Option<String> {
    let project: String = text.chars().take_while(char::is_ascii_alphabetic).collect();
    let number = text[project.len()..].trim_start_matches([' ', '-', '_', '#']);
    let key = format!("{}-{number}", project.to_uppercase());
    is_key(&key).then_some(key)
}

/// Whether a text may be the name of a ticket: it has letters and a number.
pub(super) fn is_key_like(text: &str) -> bool {
    text.contains(|sign: char| sign.is_ascii_digit()) && text.contains(char::is_alphabetic)
}

impl Chat {
    /// "OPS-17 and OPS-18", "17": which ticket is meant is asked, with what it may be. `None` where nothing of the kind was said.
    pub(super) async fn which_key(
        &self,
        context: &Context,
        question: &Question,
        sentence: &Sentence<'_>,
    ) -> Result<Option<Vec<Card>>, Failure> {
        if question.wish.is_none() || question.about != About::Part(Field::Ticket) {
            return Ok(None);
        }
        let named = sentence.words.iter().filter(|word| is_key(&word.text)).map(|word| word.text.clone());
        let mut keys: Vec<String> = named.collect();
        let bare = Answer::of(sentence).text.trim_start_matches('#');
        if keys.is_empty() && !bare.is_empty() && bare.chars().all(|sign| sign.is_ascii_digit()) {
            let project = self.customs(context).project.clone();
            keys.extend(project.map(|project| format!("{project}-{bare}")).filter(|key| is_key(key)));
        } else if keys.len() < 2 {
            return Ok(None);
        }
        let asked = match &keys[..] {
            [] => return Ok(None),
            [one] => words::do_you_mean(one),
            _ => words::WHICH_OF_THESE.to_owned(),
        };
        if let Err(denied) = self.taken(context, question, sentence.text()).await? {
            return Ok(Some(vec![cards::denied(&denied, None)]));
        }
        let more = keys.len().saturating_sub(BUTTONS);
        let lines = (more > 0).then(|| words::there_are(more)).into_iter().collect();
        let offers =
            keys.into_iter().take(BUTTONS).map(|key| Offer { label: key.clone(), say: key }).collect();
        let doubt = Doubt { about: question.about, question: asked, lines, offers };
        self.ask_back(context, question.wish.as_deref().cloned(), doubt).await.map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_c2_a_ticket_is_told_from_what_is_none() {
        for (text, key) in
            [("ops17", Some("OPS-17")), ("OPS 17", Some("OPS-17")), ("later", None), ("17", None)]
        {
            assert_eq!(key_of(text).as_deref(), key, "{text}");
            assert_eq!(is_key_like(text), key.is_some(), "{text}");
        }
    }
}
