//! A command behind words that ask whether it should be given, or forbid it: "should I give back web-shop?", "what if I withdraw infra", "do not
//! give back web-shop". Nothing is done by it: what is asked about is shown and asked, and what is forbidden stays, with how it would be done.

use countersign_domain::card::Card;
use futures::future::BoxFuture;

use super::lacking::asks_for_a_text;
use super::meaning::{self, is_pronoun};
use super::named::{is_plural, without_closing};
use super::{Chat, Seen, reasons};
use crate::cards;
use crate::commands::{self, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::{Said, Sentence};
use crate::normalise::Says;
use crate::words;

impl Chat {
    /// What such a sentence comes to, also where something is asked: it is no answer to that. `None` where it is none, or the command behind
    /// it is about nothing there is.
    pub(super) fn whether_to<'a>(
        &'a self,
        context: &'a Context,
        sentence: &'a Sentence<'_>,
    ) -> BoxFuture<'a, Result<Option<Vec<Card>>, Failure>> {
        Box::pin(async move {
            let asked = Says::AsksWhetherTo.begins(&sentence.words);
            let Some(rest) = behind(sentence, asked.or_else(|| Says::Forbids.begins(&sentence.words))) else {
                return Ok(None);
            };
            let question = self.question(context).await?;
            // There, whatever is said is a text, or why.
            if question.as_ref().is_some_and(|open| asks_for_a_text(open) || reasons::is_of_a_denial(open)) {
                return Ok(None);
            }
            let customs = self.customs(context);
            let understood = commands::understand(&Sentence::spoken_by(rest, &customs));
            let Some((spec, said)) =
                understood.filter(|(spec, said)| spec.decides() && said.unsure().is_empty())
            else {
                return Ok(None);
            };
            let meant = self.meant_behind(context, spec, &said).await?;
            if asked.is_some() {
                let is_there = !meant.is_empty();
                return if is_there {
                    self.ask_first(context, spec, &said, None).await.map(Some)
                } else {
                    Ok(None)
                };
            }
            // "Don't approve it yet" is said of what is spoken of, and read where that is.
            let is_named = said.get("code").is_some_and(|name| !is_pronoun(name));
            let ([one], true) = (meant.as_slice(), is_named) else { return Ok(None) };
            if question.as_ref().is_some_and(|open| open.wish.is_none()) {
                return Ok(None);
            }
            let mut cards =
                vec![cards::nothing((words::NOTHING_DONE, &words::would_do(spec.name, &one.code)))];
            if let Some(draft) = question {
                cards.extend(self.still_asked(context, draft).await?);
            }
            Ok(Some(cards))
        })
    }

    /// What the command could be about, by the name that was said of it.
    async fn meant_behind(
        &self,
        context: &Context,
        spec: &CommandSpec,
        said: &Said,
    ) -> Result<Vec<Seen>, Failure> {
        let Some(concern) = meaning::concern(spec.name) else { return Ok(vec![]) };
        let said = said.get("code").map(without_closing);
        let name = said.filter(|name| !is_pronoun(name) && !is_plural(name));
        self.meant(context, name, said.is_some_and(is_plural), concern).await
    }
}

/// What is said behind so many words.
fn behind<'a>(sentence: &Sentence<'a>, count: Option<usize>) -> Option<&'a str> {
    let first = sentence.words.get(count?)?;
    sentence.text().get(first.start..)
}
