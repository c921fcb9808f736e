//! What could not be answered, or not well: each question once, however often it was asked; and the ticket that is made of one.

use std::collections::HashMap;

use countersign_domain::conversation::says_something;
use countersign_domain::envelope::derived_id;
use countersign_domain::support::{Opened, Ticket};
use countersign_domain::tenant::Role;
use countersign_projections::help_desk::{self, TurnRow};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::asking::{is_question, place_of};
use crate::commands;
use crate::context::Context;
use crate::engine::{Decided, Failure};
use crate::grammar::Sentence;
use crate::help::Help;
use crate::requests::Requests;
use crate::support;

/// So far back they are listed.
const BACK: SignedDuration = SignedDuration::from_hours(24 * 90);
/// So many of the last questions are looked at where each is to be said once.
const LOOKED_AT: usize = 500;

/// What could not be answered, or not well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Gap {
    /// The last turn in which it was asked.
    pub(super) turn: Uuid,
    /// In the words of then.
    pub(super) text: String,
    /// How often it was asked.
    pub(super) times: usize,
    /// Whether there was an answer, and somebody said that it is not good.
    pub(super) bad: bool,
}

/// Since when they are listed.
pub(super) fn since(now: Timestamp) -> Timestamp {
    now.checked_sub(BACK).unwrap_or(Timestamp::MIN)
}

/// Whether somebody may read what others asked in vain.
pub(super) fn are_seen_by(context: &Context) -> bool {
    context.person.is(Role::Admin) || context.person.is(Role::Auditor)
}

/// The last of them, each question once.
pub(super) fn last(requests: &Requests, context: &Context) -> Result<Vec<Gap>, Failure> {
    let (since, rows) = (since(requests.world.clock.now()), requests.world.projections.rows(help_desk::NAME));
    let page = help_desk::page_of_gaps(&*rows, &context.tenant, (None, LOOKED_AT), since)?;
    Ok(each_once(page.items.into_iter().filter(is_one).collect()))
}

/// Whether what could not be answered was a question at all: marks alone ask nothing, and a command that a program asked as a question is
/// still one.
pub(super) fn is_one(row: &TurnRow) -> bool {
    let is_command =
        || commands::understand(&Sentence::new(&row.text)).is_some_and(|(_, said)| said.is_exact());
    says_something(&row.text) && (is_question(&row.text) || !is_command())
}

/// Each question once, as it was asked last; what differs only in how it is written is one.
fn each_once(rows: Vec<TurnRow>) -> Vec<Gap> {
    let (mut places, mut gaps) = (HashMap::new(), Vec::<Gap>::new());
    for row in rows {
        let words: Vec<_> = row.text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect();
        // What has no letters is told apart by its signs.
        let key = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        let key = if key.is_empty() { row.text.clone() } else { key };
        let place = *places.entry(key).or_insert(gaps.len());
        match gaps.get_mut(place) {
            Some(known) => known.times += 1,
            None => gaps.push(Gap { turn: row.turn, text: row.text, times: 1, bad: row.bad }),
        }
    }
    gaps
}

/// What somebody else asked in vain, or they themselves in another talk, to who may read that.
pub(super) fn of_another_talk(
    requests: &Requests,
    context: &Context,
    turn: Uuid,
) -> Result<Option<TurnRow>, Failure> {
    if !are_seen_by(context) {
        return Ok(None);
    }
    let row = help_desk::turn(&*requests.world.projections.rows(help_desk::NAME), &context.tenant, turn)?;
    let (here, ..) = place_of(context);
    let is_own = |row: &TurnRow| row.by == context.person.id && row.conversation == here;
    Ok(row.filter(|row| row.is_a_gap() && !is_own(row)))
}

/// Opens a ticket of one for the desk, in the name of who wants it looked at. It says what was asked, and not by whom: whoever asked
/// in private has told the desk nothing. The same gap is the same ticket, whoever presses how often.
pub(super) async fn ticket(
    requests: &Requests,
    context: &Context,
    help: &Help,
    row: &TurnRow,
) -> Result<Decided<Ticket>, Failure> {
    let cause = context.cause("ticket of gap", requests.world.clock.now());
    let marker = derived_id(row.turn, "gap");
    let subject = Some(support::subject(&row.text)).filter(|subject| !subject.trim().is_empty());
    let opened = |number| Opened {
        number,
        marker,
        by: context.person.id.clone(),
        name: context.person.name.clone(),
        subject: subject.clone().unwrap_or_else(|| "A question".to_owned()),
        text: row.text.clone(),
        // The id of a private talk is made of who talks: whoever knows the people would find by it who asked.
        turn: None,
        // Whose talk it was, is theirs to show.
        conversation: None,
    };
    let done = support::open(&requests.engine, (&context.tenant, &cause), help, marker, opened).await?;
    if let Ok(done) = &done
        && let Some(position) = done.position
    {
        requests.world.projections.wait_for(position).await?;
    }
    Ok(done.map(|done| done.state))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u128, text: &str) -> TurnRow {
        TurnRow {
            conversation: Uuid::from_u128(1),
            turn: Uuid::from_u128(number),
            by: "erin".parse().unwrap(),
            agent: "help".to_owned(),
            text: text.to_owned(),
            in_public: false,
            at: Timestamp::UNIX_EPOCH,
            answer: None,
            tokens: 0,
            micros: 0,
            over: true,
            bad: number == 3,
        }
    }

    #[test]
    fn the_same_question_stands_once_however_it_is_written_and_as_it_was_asked_last() {
        let rows = ["What is for lunch?", "🍕?", "Where is the lift?", "what is  for LUNCH", "🍕🍕?"];
        let rows = (1..).zip(rows).map(|(number, text)| row(number, text)).collect();
        let gaps: Vec<_> = each_once(rows).into_iter().map(|gap| (gap.text, gap.times, gap.bad)).collect();
        let gap = |text: &str, times, bad| (text.to_owned(), times, bad);
        assert_eq!(
            gaps,
            [
                gap("What is for lunch?", 2, false),
                gap("🍕?", 1, false),
                gap("Where is the lift?", 1, true),
                gap("🍕🍕?", 1, false)
            ]
        );
    }

    #[test]
    fn what_asks_nothing_is_no_gap_and_neither_is_a_command() {
        let is_one = |text: &str| is_one(&row(1, text));
        for text in ["", " ", "?", "approve everything", "status", "gaps"] {
            assert!(!is_one(text), "{text}");
        }
        for text in ["What is for lunch?", "🍕?", "Why is the printer grey?", "the lift is stuck"] {
            assert!(is_one(text), "{text}");
        }
    }
}
