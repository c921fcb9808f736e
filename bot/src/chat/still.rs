//! What was asked back waits on while another command is carried out: whoever says that one is told so, and what they say next is heard as
//! its answer still.

use countersign_domain::card::Card;
use countersign_domain::question::{About, Question};

use super::plainly::asks_why;
use super::{Chat, reasons};
use crate::cards;
use crate::commands::CommandSpec;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::words;

impl Chat {
    /// A whole command, where something may have been asked that any words could answer. `chosen`: it was an answer itself.
    pub(super) async fn carry_out_beside(
        &self,
        context: &Context,
        (spec, said): (&'static CommandSpec, &Said),
        chosen: bool,
    ) -> Result<Vec<Card>, Failure> {
        // What decides ends what was asked before, and these take it up themselves.
        let may_wait = !chosen && !spec.decides() && !["answer", "make it"].contains(&spec.name);
        let asked = if may_wait { self.question_that_waits(context).await? } else { None };
        let mut cards = Box::pin(self.carry_out(context, spec, said)).await?;
        let Some(question) = asked.filter(|question| matches!(question.about, About::Part(_))) else {
            return Ok(cards);
        };
        let now = self.question_that_waits(context).await?;
        if now.as_ref().is_some_and(|open| open.id == question.id) {
            cards.extend(self.still_asked(context, question).await?);
        } else if now.is_some()
            && let Some((code, _)) = reasons::denied_and_why(&question)
        {
            // One thing is asked at a time: a denial that was not said why of is said once more, and nothing of it was done.
            cards.push(cards::nothing((words::NOTHING_DENIED, &words::denied_nothing_yet(code))));
        }
        Ok(cards)
    }

    /// A question once more, behind the answer to something else.
    pub(super) async fn still_asked(
        &self,
        context: &Context,
        question: Question,
    ) -> Result<Vec<Card>, Failure> {
        if let Some(code) = asks_why(&question) {
            return Ok(vec![cards::say_why_still(&code)]);
        }
        let (asked, whole) = match reasons::denied_and_why(&question) {
            Some((code, Some(reason))) => words::deny_because(code, reason),
            _ => return self.shown_again(context, question, words::STILL_ASKED).await,
        };
        let lines: Vec<_> = whole.into_iter().chain([words::STILL_ASKED.to_owned()]).collect();
        Ok(vec![self.question_card(context, question, &asked, &lines).await?])
    }
}
