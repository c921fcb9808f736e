//! Yes, no, and never mind: what is said so shortly is about the one thing in question, and never acts where there is none.

use countersign_domain::card::Card;
use countersign_domain::question::{About, Question};
use futures::future::BoxFuture;

use super::agreeing::{approves, denies, is_no_yes_to_a_denial, said_by_yes};
use super::lacking::asks_for_a_text;
use super::meaning::{Ask, Concern, command};
use super::named::is_named;
use super::plainly::{asks_why, thanks_somebody};
use super::undoing::Undo;
use super::{Chat, mood, reasons};
use crate::cards;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::{Said, Sentence};
use crate::normalise::{self, LEXICON, Says, Tag};
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
    /// It is not needed any more.
    Finished,
    /// What was done last shall not be.
    Undo,
    /// Nothing but politeness.
    Thanks,
    /// Good morning.
    Greeting,
}

/// What a short sentence says, where it is one.
pub(crate) fn short(sentence: &Sentence<'_>) -> Option<Short> {
    let said = sentence.plain();
    if Says::Yes.is(&said) || is_all_yes(sentence) || is_yes_with_thanks(sentence) {
        return Some(Short::Yes);
    }
    if Says::No.is(&said) {
        return Some(Short::No(None));
    }
    if Says::Cancel.is(&said) {
        return Some(Short::Cancel);
    }
    if Says::Finished.is(&said) || is_all_finished(sentence) {
        return Some(Short::Finished);
    }
    let undoes = |rest: &str| Says::Undo.is(&Sentence::new(rest).plain());
    if Says::Undo.is(&said) || mood::behind_turn(sentence).is_some_and(undoes) {
        return Some(Short::Undo);
    }
    // "Actually, forget it", "non, laisse tomber".
    if mood::behind_turn(sentence).is_some_and(|rest| Says::Cancel.is(&Sentence::new(rest).plain())) {
        return Some(Short::Cancel);
    }
    if Says::Thanks.is(&said) || thanks_somebody(sentence) {
        return Some(Short::Thanks);
    }
    if is_greeting(sentence) {
        return Some(Short::Greeting);
    }
    no_with_reason(sentence)
}

/// "Sure, go ahead", "sure go ahead": nothing but one yes behind another.
fn is_all_yes(sentence: &Sentence<'_>) -> bool {
    let mut rest = &sentence.words[..];
    let is_short = (1..=6).contains(&rest.len());
    while let Some(count) = Says::Yes.begins(rest).filter(|_| is_short) {
        rest = &rest[count..];
    }
    rest.is_empty() && is_short
}

/// "Looks good to me, thanks Erin": a word that approves, and thanks to somebody behind it.
fn is_yes_with_thanks(sentence: &Sentence<'_>) -> bool {
    let words = &sentence.words;
    let Some(at) = words.iter().position(|word| word.stop.is_some()).map(|last| last + 1) else {
        return false;
    };
    let Some(behind) = words.get(at) else { return false };
    let is_yes = Says::Yes.begins(words) == Some(at) && approves(&words[..at]);
    is_yes && thanks_somebody(&Sentence::new(&sentence.text()[behind.start..]))
}

/// "Muchas gracias, ya terminé, lo devuelvo", "finalement je n'en ai plus besoin": that it is over, with thanks or a second thought
/// before it, and with what follows from it behind it.
fn is_all_finished(sentence: &Sentence<'_>) -> bool {
    let words = &sentence.words;
    let is_before = |at: usize| {
        let leads = [Says::Thanks, Says::Turn].into_iter().filter_map(|says| says.begins(&words[at..])).max();
        leads.filter(|count| at + count < words.len())
    };
    let mut at = 0;
    while let Some(count) = is_before(at) {
        at += count;
    }
    let Some(count) = Says::Finished.begins(&words[at..]) else { return false };
    let rest = &words[at + count..];
    rest.is_empty() || Says::GivesItBack.begins(rest) == Some(rest.len())
}

/// "Looks good to me, except the duration": a yes that is none, whatever else can be read in it.
pub(super) fn is_yes_with_but(sentence: &Sentence<'_>) -> bool {
    const MOST: usize = 4;
    let words = &sentence.words;
    (1..=MOST.min(words.len().saturating_sub(1))).any(|count| {
        let said: Vec<_> = words[..count].iter().map(|word| word.lower.as_str()).collect();
        Says::Yes.is(&said.join(" ")) && matches!(LEXICON.tag(&words[count..]), Some((Tag::But, _)))
    }) || is_ok_on_condition(sentence)
}

/// "Ok, but only if Ben agrees": the "ok" is no more than politeness before a request, and a yes before a condition.
fn is_ok_on_condition(sentence: &Sentence<'_>) -> bool {
    let words = normalise::words(sentence.text());
    let Some((Tag::But, but)) = words.get(1..).and_then(|rest| LEXICON.tag(rest)) else { return false };
    let behind = &words[1 + but..];
    let sets_condition = [Says::Condition, Says::Only].into_iter().any(|says| says.begins(behind).is_some());
    Says::Yes.is_word(&words[0]) && sets_condition
}

/// "Good morning", and nothing else but politeness.
fn is_greeting(sentence: &Sentence<'_>) -> bool {
    let words = normalise::words(sentence.text());
    let mut rest = &words[..];
    if !rest.first().is_some_and(|word| Says::Greeting.is(&word.lower)) {
        return false;
    }
    // "Good morning team", "bonjour à tous".
    let is_to = |word: &str| matches!(word, "à" | "a" | "to");
    loop {
        rest = match LEXICON.tag(rest) {
            Some((Tag::Polite | Tag::Hello | Tag::Closing | Tag::Everyone, count)) => &rest[count..],
            _ if rest.len() == 2 && is_to(&rest[0].lower) => &rest[1..],
            _ => return rest.is_empty(),
        };
    }
}

/// "No, not before the freeze is over": a no, with what was said behind it.
fn no_with_reason(sentence: &Sentence<'_>) -> Option<Short> {
    let first = sentence.words.first()?;
    let at = behind_no(&sentence.words);
    let (last, next) = (sentence.words.get(at - 1)?, sentence.words.get(at)?);
    // Elsewhere "since" may tell from when on.
    let since = (next.lower == "since").then_some(1);
    let leads = Says::LeadsReason.begins(&sentence.words[at..]).or(since);
    let says_no = length_of_no(&sentence.words).is_some() && (last.stop.is_some() || leads.is_some());
    let before_colon = Says::NoBeforeColon.is(&first.lower) && first.stop == Some(':');
    let names_one = next.text.parse::<countersign_domain::request::Code>().is_ok();
    if first.quoted || names_one || !(says_no || before_colon) {
        return None;
    }
    let from = leads.map_or(next.start, |count| sentence.words[at + count - 1].end);
    Some(Short::No(Some(sentence.text()[from..].trim().to_owned())))
}

/// How many words the no at the beginning has: "no, way too long" is no "no way".
fn length_of_no(words: &[normalise::Word]) -> Option<usize> {
    let ends = words.iter().position(|word| word.stop.is_some()).map_or(words.len(), |last| last + 1);
    Says::No.begins(&words[..ends])
}

/// How many words the no at the beginning has with the politeness behind it: "no sorry, we have a freeze", "je refuse, parce que …".
fn behind_no(words: &[normalise::Word]) -> usize {
    let no = length_of_no(words).unwrap_or(1);
    let is_polite = |word: &normalise::Word| !word.quoted && LEXICON.is_polite(&word.lower);
    let polite = words.iter().skip(no).take_while(|word| is_polite(word)).count();
    let is_ended = |count: usize| words.get(count - 1).is_some_and(|word| word.stop.is_some());
    if !is_ended(no) && polite > 0 && is_ended(no + polite) { no + polite } else { no }
}

impl Chat {
    /// The same as below, of what was said as the whole `sentence`. Whoever approves does not say yes to a denial.
    pub(super) async fn said_shortly(
        &self,
        context: &Context,
        sentence: &Sentence<'_>,
        short: Short,
    ) -> Result<Vec<Card>, Failure> {
        // "No toner left" is what it is about, and no no.
        if matches!(short, Short::Finished | Short::Undo | Short::No(Some(_)))
            && let Some(question) = self.question(context).await?.filter(asks_for_a_text)
            && let Some(cards) = Box::pin(self.take_text(context, &question, sentence)).await?
        {
            return Ok(cards);
        }
        if short == Short::Yes
            && is_no_yes_to_a_denial(&sentence.words)
            && let Some(question) = self.question(context).await?
            && said_by_yes(&question).is_some_and(denies)
        {
            let note = reasons::good_is_no_denial(&question);
            return self.shown_again(context, question, note).await;
        }
        let asks = mood::asks(sentence.text()) || mood::is_set_aside(sentence.text());
        if short == Short::Cancel
            && !asks
            && let Some(cards) = Box::pin(self.stopped(context)).await?
        {
            return Ok(cards);
        }
        self.shortly(context, short, asks).await
    }

    /// A yes with a "but" is none.
    pub(super) async fn no_yes(&self, context: &Context) -> Result<Vec<Card>, Failure> {
        match self.question(context).await? {
            Some(question) => self.shown_again(context, question, words::PLAIN_ANSWER_TO).await,
            None => Ok(vec![cards::nothing(words::no_plain_yes())]),
        }
    }

    /// Does what was said shortly: answers a question, decides on the one request in question, or asks which one. `asks`: it
    /// was said as a question, and so decides nothing.
    pub(super) async fn shortly(
        &self,
        context: &Context,
        short: Short,
        asks: bool,
    ) -> Result<Vec<Card>, Failure> {
        match short {
            Short::Thanks => return Ok(vec![cards::nothing(words::you_are_welcome())]),
            Short::Greeting => return self.by_example(context, cards::hello()).await,
            Short::Yes | Short::No(_) | Short::Cancel | Short::Finished | Short::Undo => {}
        }
        let question = self.question(context).await?;
        // A yes is none to what is over by now; nor is it one to whatever else is talked about here, which is asked.
        let is_late = short == Short::Yes && self.forgets_if_over(context, question.as_ref()).await?;
        let (question, asks) = (question.filter(|_| !is_late), asks || is_late);
        match (short, question) {
            (_, Some(question)) if asks => self.shown_again(context, question, words::PLAIN_ANSWER).await,
            (Short::Yes, Some(question)) => {
                if let Some(say) = said_by_yes(&question).map(|offer| offer.say.clone()) {
                    return Box::pin(self.answered(context, &question, &say)).await;
                }
                let is_list = question.about == About::Which && question.offers.len() > 1;
                let note = if is_list { words::ONE_OF_SEVERAL } else { words::NO_ANSWER };
                self.shown_again(context, question, note).await
            }
            (Short::No(Some(rest)), Some(question)) => self.no_with_more(context, question, &rest).await,
            (_, Some(question)) => self.drop_question(context, &question).await,
            (Short::No(reason), None) => Box::pin(self.no(context, reason, asks)).await,
            (Short::Undo, None) => Ok(self
                .undone(context, Undo::Last, asks)
                .await?
                .unwrap_or_else(|| vec![cards::nothing(words::nothing_to_take_back())])),
            (Short::Cancel, None) => match self.undone(context, Undo::Something, asks).await? {
                Some(cards) => Ok(cards),
                None => self.decide("withdraw", None, context, asks).await,
            },
            // Whose part is done gives up nothing but what is their own, and is asked first.
            (Short::Finished, None) => match self.undone(context, Undo::Finished, true).await? {
                Some(cards) => Ok(cards),
                None => self.decide("withdraw", None, context, asks).await,
            },
            (_, None) => self.decide("approve", None, context, asks).await,
        }
    }

    /// A no that answers no question: it denies what is in question, unless what stands behind it says something else.
    async fn no(&self, context: &Context, reason: Option<String>, asks: bool) -> Result<Vec<Card>, Failure> {
        let Some(more) = reason.as_deref() else { return self.decide("deny", None, context, asks).await };
        // "No, infra": that is the one, and no reason.
        if self.names_what_waits(context, more).await? {
            let said = Said::plainly([("code", more.to_owned())], vec![], vec![]);
            return self.on_what_is_meant(context, command("deny"), &said, Ask::First(None)).await;
        }
        if !asks && let Some(cards) = self.turned(context, more).await? {
            return Ok(cards);
        }
        if !asks && let Some(cards) = self.rather_than_no(context, more).await? {
            return Ok(cards);
        }
        self.decide("deny", reason, context, asks).await
    }

    /// What is asked where a no goes on with a second thought, a condition or something else than why: "no, wait", "no, unless Ada
    /// agrees". `None` where it says why.
    async fn rather_than_no(&self, context: &Context, more: &str) -> Result<Option<Vec<Card>>, Failure> {
        let whole = format!("no, {more}");
        let regrets = mood::regrets(&Sentence::new(&whole));
        if regrets && let Some(cards) = self.undone(context, Undo::Last, true).await? {
            return Ok(Some(cards));
        }
        let said = Sentence::new(more);
        let thought = mood::second_thought(&said);
        if thought == Some(mood::Thought::Approve) {
            return self.decide("approve", None, context, true).await.map(Some);
        }
        // "Not before Monday" says until when it is no.
        let sets_condition = Says::Condition.begins(&said.words).is_some()
            && said.words.first().is_some_and(|first| first.lower != "not");
        let slots = [("reason", more.to_owned())];
        let denial = Said::plainly(slots, vec!["code".to_owned()], vec![]);
        let question = if regrets || thought.is_some() || sets_condition {
            Some(words::is_it_the_reason(more))
        } else {
            Box::pin(self.doubted(context, command("deny"), &denial)).await?
        };
        match question {
            Some(question) => {
                let ask = Ask::First(Some(question));
                self.on_what_is_meant(context, command("deny"), &denial, ask).await.map(Some)
            }
            None => Ok(None),
        }
    }

    /// Whether what was said names what waits for who speaks, and says nothing else.
    fn names_what_waits<'a>(
        &'a self,
        context: &'a Context,
        named: &'a str,
    ) -> BoxFuture<'a, Result<bool, Failure>> {
        Box::pin(async move {
            let rows = self.concerned(context, Concern::ToDecide).await?;
            Ok(rows.iter().any(|row| is_named(&*row.request, named)))
        })
    }

    /// Never mind, with why: why may be that all is well, so only what is one's own is given up, and that is asked. What was a slip
    /// is undone as if that were said alone.
    pub(super) fn called_off<'a>(
        &'a self,
        context: &'a Context,
        is_slip: bool,
        asks: bool,
    ) -> BoxFuture<'a, Result<Vec<Card>, Failure>> {
        let short = if is_slip { Short::Cancel } else { Short::Finished };
        Box::pin(self.shortly(context, short, asks))
    }

    /// The question once more, with what can be answered. `note`: why.
    pub(crate) async fn shown_again(
        &self,
        context: &Context,
        question: Question,
        note: &str,
    ) -> Result<Vec<Card>, Failure> {
        if let Some(cards) = Box::pin(self.listed_anew(context, &question)).await? {
            return Ok(cards);
        }
        if let Some(code) = asks_why(&question) {
            return Ok(vec![cards::say_why_noted(&code, note)]);
        }
        let (asked, whole) = match reasons::denied_and_why(&question) {
            Some((code, Some(reason))) => words::deny_because(code, reason),
            _ => (words::asked_again(&question), None),
        };
        let lines: Vec<_> = whole.into_iter().chain([note.to_owned()]).collect();
        Ok(vec![self.question_card(context, question, &asked, &lines).await?])
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
        Ok(cards::question(&question, asked, lines, context.scene.place.as_ref()))
    }

    async fn decide(
        &self,
        name: &'static str,
        reason: Option<String>,
        context: &Context,
        asks: bool,
    ) -> Result<Vec<Card>, Failure> {
        let said = Said::plainly(reason.map(|reason| ("reason", reason)), vec!["code".to_owned()], vec![]);
        // Outside the talk about one request so short a word decides nothing.
        let sure = !asks && self.in_question(context).await?.is_some();
        let ask = if sure { Ask::IfSeveral } else { Ask::First(None) };
        self.on_what_is_meant(context, command(name), &said, ask).await
    }
}

#[cfg(test)]
mod tests;
