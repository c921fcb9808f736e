//! A command that lacks nothing but its text: it is asked for, and what is said next is it.

use countersign_domain::card::{Card, Tone};
use countersign_domain::question::{About, Offer, Question};

use super::Chat;
use crate::cards::{self, Draft};
use crate::commands::CommandSpec;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::{Pattern, Said, Sentence};
use crate::words;

/// What leads to a text, in every grammar that takes one behind the rest.
const SAYING: &str = " saying";

impl Chat {
    /// Asks for the text of a command that says all the rest.
    pub(crate) async fn ask_for_text(
        &self,
        context: &Context,
        spec: &CommandSpec,
        said: &Said,
    ) -> Result<Vec<Card>, Failure> {
        let pattern = Pattern::read(spec.grammar).expect("a test reads every grammar of the table");
        // Where it is the first thing that is said, what leads to it is among the words that begin it.
        let begins = pattern.say(|slot| said.get(slot));
        let say = format!("{}{SAYING}", begins.strip_suffix(SAYING).unwrap_or(&begins));
        let offers = vec![Offer { label: say.clone(), say: say.clone() }];
        let (id, within) = (self.question_id(context), context.scene.within());
        let question = Question { id, about: About::All, wish: None, offers, within };
        if let Err(denied) = self.keep(context, &question).await? {
            return Ok(vec![cards::denied(&denied, None)]);
        }
        let next = words::say_the_text(&format!("{say} …"));
        Ok(vec![Draft::new(Tone::Waiting, words::what_is_the_text(&say)).line(&next).card()])
    }

    /// Takes what was said for the text that was asked for.
    pub(super) async fn take_text(
        &self,
        context: &Context,
        question: &Question,
        sentence: &Sentence<'_>,
    ) -> Result<Option<Vec<Card>>, Failure> {
        let (Some(offer), text) = (question.offers.first(), sentence.text().trim()) else { return Ok(None) };
        if text.is_empty() {
            return Ok(None);
        }
        let whole = format!("{} {text}", offer.say);
        Box::pin(self.answered(context, question, &whole)).await.map(Some)
    }
}

/// Whether a question asks for the text of a command.
pub(super) fn asks_for_a_text(question: &Question) -> bool {
    question.wish.is_none() && question.about == About::All
}
