//! What was asked back waits on while another command is carried out: whoever says that one is told so, and what they say next is heard as
//! its answer still. A draft waits beneath whatever is decided meanwhile; what does not wait on is not dropped without a word.

use countersign_domain::card::Card;
use countersign_domain::question::{About, Question};
use countersign_domain::request::Code;
use futures::future::BoxFuture;

use super::meaning::Ask;
use super::{Chat, reasons};
use crate::cards;
use crate::commands::CommandSpec;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::words;

/// These take up themselves what was asked.
const TAKE_IT_UP: [&str; 2] = ["answer", "make it"];
/// Whoever decides on a request knows what becomes of its denial.
const DECISIONS: [&str; 3] = ["approve", "deny", "deny without a reason"];

impl Chat {
    /// A whole command, where something may have been asked that any words could answer. `chosen`: it was an answer itself.
    pub(super) async fn carry_out_beside(
        &self,
        context: &Context,
        (spec, said): (&'static CommandSpec, &Said),
        chosen: bool,
    ) -> Result<Vec<Card>, Failure> {
        let asked = self.asked_before(context, (spec, said), chosen).await?;
        let cards = Box::pin(self.carry_out(context, spec, said)).await?;
        self.with_what_became_of(context, spec, asked, cards).await
    }

    /// The same of a command that lacks something, and of which others ask for that.
    pub(super) async fn run_beside(
        &self,
        context: &Context,
        (spec, said): (&'static CommandSpec, &Said),
    ) -> Result<Vec<Card>, Failure> {
        let asked = self.asked_before(context, (spec, said), false).await?;
        let cards = (spec.run)(self, context, said).await?;
        self.with_what_became_of(context, spec, asked, cards).await
    }

    /// The same of one that names no request.
    pub(super) async fn on_what_is_meant_beside(
        &self,
        context: &Context,
        (spec, said): (&'static CommandSpec, &Said),
    ) -> Result<Vec<Card>, Failure> {
        let asked = self.asked_before(context, (spec, said), false).await?;
        let cards = self.on_what_is_meant(context, spec, said, Ask::IfSeveral).await?;
        self.with_what_became_of(context, spec, asked, cards).await
    }

    /// What was asked before a command, and shall not be lost by it: a draft, and what any words could answer. Where that was answered by
    /// the command itself, it is what waited beneath.
    pub(super) async fn asked_before(
        &self,
        context: &Context,
        (spec, said): (&CommandSpec, &Said),
        chosen: bool,
    ) -> Result<Option<Question>, Failure> {
        // Who gives the draft up is told that by itself.
        if TAKE_IT_UP.contains(&spec.name) || self.drops_draft(context, spec, said).await? {
            return Ok(None);
        }
        let asked = self.question_that_waits(context).await?;
        let may_be_lost = |question: &Question| {
            question.wish.is_some() || !chosen && matches!(question.about, About::Part(_))
        };
        Ok(asked.filter(may_be_lost))
    }

    /// The answer to a command, and what became by it of what was `asked` before: it waits on and is shown once more, or it is dropped, and
    /// that is said.
    pub(super) fn with_what_became_of<'a>(
        &'a self,
        context: &'a Context,
        spec: &'a CommandSpec,
        asked: Option<Question>,
        mut cards: Vec<Card>,
    ) -> BoxFuture<'a, Result<Vec<Card>, Failure>> {
        Box::pin(async move {
            let Some(question) = asked else { return Ok(cards) };
            let now = self.question_that_waits(context).await?;
            if now.as_ref().is_some_and(|open| open.id == question.id) {
                cards.extend(self.shown_again(context, question, words::STILL_ASKED).await?);
                return Ok(cards);
            }
            if let Some((code, _)) = reasons::denied_and_why(&question) {
                // A denial that was not said why of is said once more, and nothing of it was done.
                if !DECISIONS.contains(&spec.name) && self.waits_for_a_decision(context, code).await? {
                    cards.push(cards::nothing((words::NOTHING_DENIED, &words::denied_nothing_yet(code))));
                }
            } else if let Some(wish) = &question.wish
                && !self.still_waits(context, &question.id).await?
            {
                cards.push(cards::draft_dropped(&wish.form));
            }
            Ok(cards)
        })
    }

    /// Whether nothing was decided yet on the request with this code.
    async fn waits_for_a_decision(&self, context: &Context, code: &str) -> Result<bool, Failure> {
        let Ok(code) = code.parse::<Code>() else { return Ok(false) };
        let request = self.requests.any(&context.tenant, &code).await?;
        Ok(request.is_some_and(|request| request.is_to_be_decided()))
    }

    /// A question once more, behind the answer to something else.
    pub(super) async fn still_asked(
        &self,
        context: &Context,
        question: Question,
    ) -> Result<Vec<Card>, Failure> {
        self.shown_again(context, question, words::STILL_ASKED).await
    }
}
