//! Several decisions at once: one is taken at a time, each offered with its own verb; and where one of them does not read cleanly, nothing
//! is asked that a bare yes could get wrong.

use std::collections::BTreeSet;

use countersign_domain::card::Card;
use countersign_domain::question::{About, Offer};
use countersign_domain::request::Code;
use countersign_projections::request::RequestRow;
use futures::future::BoxFuture;

use super::asking::{BUTTONS, Doubt};
use super::choosing::said_on;
use super::clauses::{Clause, Verdict, several};
use super::meaning::{Concern, command};
use super::named::{is_named, is_named_in_part, pieces};
use super::otherwise::is_of_a_name;
use super::plainly::begins_a_request;
use super::{Chat, Seen};
use crate::cards;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Sentence;
use crate::normalise::{self, LEXICON, Says};
use crate::words;

/// A piece of a name that is shorter names nothing.
const SHORTEST: usize = 3;

impl Chat {
    /// Several decisions at once, on what waits for who speaks: each is offered with its own verb, or it is said that they were not
    /// understood. `None` where there are not several.
    pub(super) fn several_decisions<'a>(
        &'a self,
        context: &'a Context,
        sentence: &'a Sentence<'_>,
    ) -> BoxFuture<'a, Result<Option<Vec<Card>>, Failure>> {
        Box::pin(async move {
            let text = sentence.text();
            // Whatever the names are: mostly nothing need be looked up.
            if begins_a_request(sentence) || several(text, &|_| true).is_empty() {
                return Ok(None);
            }
            let rows = self.concerned(context, Concern::ToDecide).await?;
            let asked = self.question(context).await?;
            if rows.is_empty() || asked.is_some_and(|question| question.wish.is_some()) {
                return Ok(None);
            }
            let known = self.pieces_of_names(context, &rows, text).await;
            let clauses = several(text, &|piece| known.contains(piece));
            if clauses.is_empty() {
                return Ok(None);
            }
            let Some(meant) = offered(&clauses, &rows) else {
                // A yes to what was asked before could be meant for any of this.
                self.forget_question(context).await?;
                return Ok(Some(vec![cards::nothing(words::one_decision_at_a_time())]));
            };
            self.ask_which_first(context, &clauses, &meant).await.map(Some)
        })
    }

    /// The pieces of what can be named: what waits, who asks for it, and where something else may be named in the text, the
    /// repositories that there are.
    async fn pieces_of_names(&self, context: &Context, rows: &[RequestRow], text: &str) -> BTreeSet<String> {
        let mut known = BTreeSet::new();
        for row in rows {
            for thing in row.request.things() {
                if !matches!(thing.kind, "ticket" | "account") {
                    known.extend(pieces(&thing.id));
                }
            }
            known.extend(row.request.names().into_iter().flat_map(pieces));
            known.extend(pieces(&row.code.to_string()));
        }
        let mut unknown = may_be_names(text);
        unknown.retain(|piece| !known.contains(piece));
        if !unknown.is_empty() {
            for name in self.repositories_named(context, &unknown).await {
                known.extend(pieces(&name));
            }
        }
        known.retain(|piece| piece.chars().count() >= SHORTEST);
        known
    }

    /// Offers each decision, whole; where there is one only, it is asked about, and a yes means that one.
    async fn ask_which_first(
        &self,
        context: &Context,
        clauses: &[Clause],
        meant: &[(&Clause, &RequestRow)],
    ) -> Result<Vec<Card>, Failure> {
        let is_only = meant.len() == 1;
        let mut offers = Vec::new();
        for (clause, row) in meant.iter().take(BUTTONS) {
            let Some(name) = clause.verdict.command() else { continue };
            let seen = Seen { code: row.code.clone(), request: row.request.clone() };
            let say =
                said_on(command(name), &seen, |slot| clause.reason.as_deref().filter(|_| slot == "reason"));
            let named = self.named(context, &seen).await?;
            let label = if is_only { named } else { words::decision_on(name, &named) };
            offers.push(Offer { label, say });
        }
        let question = match meant {
            [(clause, _)] => {
                let (name, why) = (clause.verdict.command().unwrap_or_default(), clause.reason.as_deref());
                words::decide_with_more(name, &[], why, why.is_some(), 1)
            }
            _ => words::WHICH_DECISION_FIRST.to_owned(),
        };
        let left = clauses.iter().filter(|clause| clause.verdict == Verdict::Leave);
        let more = meant.get(BUTTONS).and_then(|(clause, _)| clause.verdict.command());
        let more = more.map(|name| words::and_more(meant.len() - BUTTONS, name));
        let lines = left.map(|clause| words::nothing_done_with(&clause.of)).chain(more).collect();
        self.ask_back(context, None, Doubt { about: About::Which, question, lines, offers }).await
    }
}

/// The pieces of what may be names, in the order of the sentence.
fn may_be_names(text: &str) -> Vec<String> {
    let words = normalise::words(text);
    let named = words.iter().filter(|word| is_of_a_name(word) && !Says::AroundChoice.is_word(word));
    named
        .flat_map(|word| pieces(&word.text))
        .filter(|piece| piece.chars().count() >= SHORTEST && !LEXICON.is_polite(piece))
        .collect()
}

/// What each decision is on; `None` where one of them does not read cleanly, or names nothing that waits.
fn offered<'c>(clauses: &'c [Clause], rows: &'c [RequestRow]) -> Option<Vec<(&'c Clause, &'c RequestRow)>> {
    let mut all = Vec::new();
    for clause in clauses.iter().filter(|clause| clause.verdict != Verdict::Leave) {
        let by_name = |row: &&RequestRow| {
            clause.of.parse::<Code>().is_ok_and(|code| code == row.code)
                || is_named(&*row.request, &clause.of)
        };
        let in_part = |row: &&RequestRow| is_named_in_part(&*row.request, &clause.of);
        let mut meant: Vec<&RequestRow> = rows.iter().filter(by_name).collect();
        if meant.is_empty() {
            meant = rows.iter().filter(in_part).collect();
        }
        if meant.is_empty() || !clause.is_clean {
            return None;
        }
        all.extend(meant.into_iter().map(|row| (clause, row)));
    }
    Some(all).filter(|all| !all.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_be_a_name_is_looked_for_in_the_order_of_the_sentence() {
        assert_eq!(
            may_be_names("yes to zulu-billing please, no to write on the web shop"),
            ["zulu", "billing", "web", "shop"]
        );
    }
}
