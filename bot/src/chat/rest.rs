//! What is read before any sentence is: what others said, the rest of a list of requests of which not all had a button ("more", "show me the
//! rest"), a word that is called what a command is, and several decisions at once.

use countersign_domain::card::Card;
use countersign_domain::question::{About, Question};
use countersign_projections::request::RequestRow;
use futures::future::BoxFuture;

use super::meaning::Concern;
use super::stale::Line;
use super::understanding::is_done_at_once;
use super::{Chat, Seen, mood};
use crate::commands;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Sentence;
use crate::normalise::Says;
use crate::words;

impl Chat {
    /// What is no sentence to be read as one: what is quoted of others, whether something should be done, the rest of a list, what is called as a command is, and several decisions at once.
    pub(super) async fn read_apart(
        &self,
        context: &Context,
        sentence: &Sentence<'_>,
    ) -> Result<Option<Vec<Card>>, Failure> {
        if let Some(cards) = self.of_others(context, sentence).await? {
            return Ok(Some(cards));
        }
        if let Some(cards) = self.whether_to(context, sentence).await? {
            return Ok(Some(cards));
        }
        if let Some(cards) = self.rest_of_a_list(context, sentence).await? {
            return Ok(Some(cards));
        }
        match self.called_as_a_word(context, sentence).await? {
            Some(cards) => Ok(Some(cards)),
            None => self.several_decisions(context, sentence).await,
        }
    }

    /// What stands behind a ">" is what others said: what follows it is heard, and where nothing does, it is asked whether that is meant. It
    /// is no yes, and no answer. `None` where nobody is quoted.
    fn of_others<'a>(
        &'a self,
        context: &'a Context,
        sentence: &'a Sentence<'_>,
    ) -> BoxFuture<'a, Result<Option<Vec<Card>>, Failure>> {
        Box::pin(async move {
            let Some((quoted, own)) = mood::quoting(sentence.text()) else { return Ok(None) };
            if !own.is_empty() {
                return self.hear_as(context, &own, false).await.map(Some);
            }
            let customs = self.customs(context);
            let understood = commands::understand(&Sentence::spoken_by(&quoted, &customs));
            match understood.filter(|(spec, said)| is_done_at_once(spec, said)) {
                Some((spec, said)) => self.ask_first(context, spec, &said, None).await.map(Some),
                None => self.not_understood(context, sentence).await.map(Some),
            }
        })
    }

    /// What stands behind the requests that were offered, in a list of its own. `None` where no list was, or anything else is said.
    async fn rest_of_a_list(
        &self,
        context: &Context,
        sentence: &Sentence<'_>,
    ) -> Result<Option<Vec<Card>>, Failure> {
        if !Says::Rest.is(&sentence.plain()) {
            return Ok(None);
        }
        let Some(question) = self.question(context).await? else { return Ok(None) };
        let Some(last) = last_line(&question) else { return Ok(None) };
        let rows = self.listed(context, last.concern).await?;
        let shown = rows.iter().position(|row| row.code == last.code).map_or(0, |at| at + 1);
        let rest: Vec<Seen> = rows.into_iter().skip(shown).map(Seen::from).collect();
        if rest.is_empty() {
            return self.shown_again(context, question, words::NO_MORE).await.map(Some);
        }
        Box::pin(self.ask_which(context, last.spec, &last.said, &rest, None)).await.map(Some)
    }

    /// What such a list holds, in its order: what is in force can be changed as well as what waits.
    async fn listed(&self, context: &Context, concern: Concern) -> Result<Vec<RequestRow>, Failure> {
        let mut rows = self.concerned(context, concern).await?;
        if concern == Concern::OwnToChange {
            let in_force = self.concerned(context, Concern::OwnInForce).await?;
            rows.retain(|row| !in_force.iter().any(|other| other.code == row.code));
            rows = if rows.is_empty() { in_force } else { rows };
        }
        Ok(rows)
    }
}

/// The last line of a list that offers to do the same with each of several requests.
fn last_line(question: &Question) -> Option<Line> {
    let is_list = question.wish.is_none() && question.about == About::Which;
    let lines: Option<Vec<Line>> = question.offers.iter().filter(|_| is_list).map(Line::of).collect();
    let mut lines = lines?;
    let last = lines.pop()?;
    lines.iter().all(|line| line.spec.name == last.spec.name).then_some(last)
}
