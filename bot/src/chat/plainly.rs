//! Whether an answer plainly is one of what was offered. What says no, puts something right, or says anything besides the name of
//! one offer chooses nothing: it may have been said of something else.

use countersign_domain::card::Card;
use countersign_domain::denied::{Field, Violation};
use countersign_domain::duration::parse_minutes;
use countersign_domain::ports::Located;
use countersign_domain::question::{About, Offer, Question, Wish};
use countersign_domain::request::Code;

use super::asking::{BUTTONS, Doubt};
use super::choosing::{chosen, is_beyond, place};
use super::meaning::{Ask, command};
use super::understanding::repeated;
use super::{Chat, mood, reasons};
use crate::cards;
use crate::commands;
use crate::context::Context;
use crate::engine::{Decided, Failure};
use crate::grammar::{Said, Sentence, permission};
use crate::normalise::{self, LEXICON, Tag, Word};
use crate::plain::{self, Plain};
use crate::words;

/// Said around the name of what is chosen, and nothing else by it.
pub(super) const FILLERS: &[&str] = &[
    "the", "one", "please", "pls", "plz", "yes", "ok", "okay", "ja", "bitte", "den", "die", "das", "oui",
    "svp", "stp", "le", "la", "sí", "el", "porfa",
];
/// Said by who does not want what they name.
const REFUSALS: &[&str] =
    &["no", "nope", "nah", "nein", "nee", "non", "não", "not", "never", "none", "neither", "without"];
/// What begins a sentence that asks for access and can be nothing else.
const ASKS: &str = "access";
/// What is decided of others' requests.
const DECISIONS: [&str; 2] = ["approve ", "deny "];
/// So few words with a "not" among them are an answer, and take nothing back.
const FEW: usize = 4;

/// Whether something can be chosen by what was said. A sentence that is carried out at once is chosen by its own words alone, and a
/// part of a request by nothing that says another part or a no.
pub(super) fn may_choose(question: &Question, sentence: &Sentence<'_>) -> bool {
    let words = normalise::words(sentence.text());
    if mood::puts_right(&words) || refuses(question, &words) {
        return false;
    }
    match (&question.wish, question.about) {
        (None, _) => says_nothing_else(question, sentence, &words),
        (Some(_), About::Part(field)) => !says_another_part(question, field, sentence),
        (Some(_), _) => true,
    }
}

/// The words of an offer, by any of which it may be named.
pub(super) fn own_words(offer: &Offer) -> Vec<String> {
    let words = offer.label.split_whitespace();
    let words = words.map(|word| folded(word.trim_end_matches([':', ',', '.', '?'])));
    words.chain([folded(&offer.say)]).collect()
}

/// Whether a word names an offer by itself. Words that mean nothing by themselves stand on many buttons, and so do a number and
/// what it counts.
pub(super) fn names(own: &[String], said: &str) -> bool {
    own.iter().any(|own| own == said)
        && parse_minutes(&format!("1 {said}")).is_err()
        && said.chars().count() > 2
        && (!LEXICON.knows(said) || permission(said).is_some())
}

/// A text as it is compared.
pub(super) fn folded(text: &str) -> String {
    text.to_lowercase().replace([' ', '_'], "-")
}

/// Whether one of the offers is named, whatever else is said.
pub(crate) fn names_an_offer(question: &Question, said: &str) -> bool {
    let words = normalise::words(said);
    let is_named = |offer: &Offer| words.iter().any(|word| names(&own_words(offer), &folded(&word.text)));
    question.offers.iter().any(is_named)
}

/// Whether one of the words is a no that stands on no button.
fn refuses(question: &Question, words: &[Word]) -> bool {
    let is_offered =
        |word: &Word| question.offers.iter().any(|offer| own_words(offer).contains(&folded(&word.text)));
    let is_no = |at: usize| {
        let tag = LEXICON.tag(&words[at..]);
        REFUSALS.contains(&words[at].lower.as_str()) || matches!(tag, Some((Tag::Not | Tag::But, _)))
    };
    (0..words.len()).any(|at| is_no(at) && !is_offered(&words[at]))
}

/// Whether every word is one of an offer, or belongs to none of what could be meant: "the infra one, please".
fn says_nothing_else(question: &Question, sentence: &Sentence<'_>, words: &[Word]) -> bool {
    if question.about != About::Which {
        return true;
    }
    let first = sentence.words.first().map_or(0, |first| first.start);
    let last = sentence.words.last().map_or(0, |last| last.end);
    let own: Vec<String> = question.offers.iter().flat_map(own_words).collect();
    let is_filler = |word: &Word| FILLERS.contains(&word.lower.as_str());
    // What is said before it belongs to it: "thanks, Erin" is no choice of what Erin asks for.
    let before = words.iter().filter(|word| word.start < first).all(is_filler);
    let said: Vec<&Word> = words.iter().filter(|word| (first..last).contains(&word.start)).collect();
    let is_place = place(&sentence.plain()).is_some();
    let is_said = |word: &&Word| is_filler(word) || own.contains(&folded(&word.text));
    before && (is_place || said.iter().all(is_said))
}

/// Whether a part of a request is said that was not asked for: "infra, read only" to whoever asks which repository.
fn says_another_part(question: &Question, field: Field, sentence: &Sentence<'_>) -> bool {
    let own: Vec<String> = question.offers.iter().flat_map(own_words).collect();
    let beside: Vec<Word> =
        sentence.words.iter().filter(|word| !own.contains(&folded(&word.text))).cloned().collect();
    let said = plain::part(&Sentence { text: sentence.text, words: beside });
    let Plain { permission, user, duration, until, begins, ticket, .. } = said;
    let parts = [
        (Field::Permission, permission.is_some()),
        (Field::User, user.is_some()),
        (Field::Duration, [duration, until, begins].iter().any(Option::is_some)),
        (Field::Ticket, ticket.is_some()),
    ];
    parts.into_iter().any(|(part, is_said)| is_said && part != field)
}

/// Whether the offers are about what others asked for: whoever is shown them is no asker.
fn decides_on_others(question: &Question) -> bool {
    let decides = |offer: &Offer| DECISIONS.iter().any(|decision| offer.say.starts_with(decision));
    question.wish.is_none() && question.offers.iter().any(decides)
}

/// Whether somebody says that they want access, and not only what may also name an offer.
pub(super) fn begins_a_request(sentence: &Sentence<'_>) -> bool {
    let wants = matches!(LEXICON.tag(&sentence.words), Some((Tag::Want | Tag::Give, _)));
    wants || sentence.words.first().is_some_and(|first| first.lower == ASKS)
}

/// Whether one of the parts that can be answered is said not to be meant: "not admin".
fn is_not_meant(sentence: &Sentence<'_>) -> bool {
    let Some((Tag::Not, count)) = LEXICON.tag(&sentence.words) else { return false };
    let rest = sentence.words.get(count).map(|rest| &sentence.text()[rest.start..]);
    sentence.words.len() <= FEW && rest.is_some_and(|rest| plain::part(&Sentence::new(rest)).says_something())
}

/// Whether an answer refuses what it names of what was offered: "no infra" may mean either.
pub(super) fn refuses_one(question: &Question, sentence: &Sentence<'_>) -> bool {
    let is_no = sentence.words.first().is_some_and(|first| REFUSALS.contains(&first.lower.as_str()));
    let rest = mood::behind_turn(sentence).filter(|_| is_no && mood::meant(sentence).is_none());
    question.wish.is_some() && rest.is_some_and(|rest| chosen(question, &Sentence::new(rest)).is_some())
}

/// Whether somebody is thanked, whatever is said behind it.
fn thanks(sentence: &Sentence<'_>) -> bool {
    let words = normalise::words(sentence.text());
    matches!(LEXICON.tag(&words), Some((Tag::Closing | Tag::Thanked, _)))
}

/// Whether somebody is thanked by name, and nothing else is said: "thanks Ada!".
pub(super) fn thanks_somebody(sentence: &Sentence<'_>) -> bool {
    const NAME: usize = 2;
    let words = normalise::words(sentence.text());
    let Some((Tag::Closing, count)) = LEXICON.tag(&words) else { return false };
    let is_name = |word: &Word| {
        word.text.starts_with(char::is_uppercase) && !LEXICON.knows(&word.lower) && !word.quoted
    };
    (1..=NAME).contains(&(words.len() - count)) && words[count..].iter().all(is_name)
}

impl Chat {
    /// A sentence that reads like a request for access where something was asked: what names an offer is the answer, and what may be
    /// one is no request unasked. `None` where it is a request of its own.
    pub(super) async fn rather_an_answer(
        &self,
        context: &Context,
        question: &Question,
        sentence: &Sentence<'_>,
        said: &Said,
    ) -> Result<Option<Vec<Card>>, Failure> {
        if begins_a_request(sentence) || mood::asks(sentence.text()) {
            return Ok(None);
        }
        if let Some(wish) = &question.wish {
            let is_no_answer = said.get("refrain").is_some() && is_not_meant(sentence)
                || said.missing().is_empty() && self.is_no_request(context, wish, said).await?;
            if !is_no_answer {
                return Ok(None);
            }
            return match self.take_answer(context, question, sentence.text()).await? {
                Some(cards) => Ok(Some(cards)),
                None => self.not_an_answer(context, question.clone(), sentence).await.map(Some),
            };
        }
        if question.about != About::Which {
            return Ok(None);
        }
        if let Some(cards) = self.take_answer(context, question, sentence.text()).await? {
            return Ok(Some(cards));
        }
        // What was asked about may be over by now, and then nothing stands before what they want themselves.
        let is_another = said.get("refrain").is_some() || commands::opens_one(sentence);
        let is_theirs = is_another || !decides_on_others(question);
        if is_theirs || self.is_over(&context.tenant, question).await? {
            return Ok(None);
        }
        let is_whole = said.missing().is_empty() && said.unsure().is_empty();
        if !is_whole || question.offers.len() >= BUTTONS || !self.is_there(context, said).await {
            return self.shown_as_unread(context, question.clone(), sentence).await.map(Some);
        }
        if let Err(denied) = self.taken(context, question, sentence.text()).await? {
            return Ok(Some(vec![cards::denied(&denied, None)]));
        }
        // What was offered stays offered, beside what else it may be; no question above says what is done any more, so each does.
        let said = sentence.text().trim();
        let own = Offer { label: words::NO_REASON.to_owned(), say: format!("{ASKS} {said}") };
        // Whoever says another one says it in the place of what they said before.
        let others = question.offers.iter().filter(|offer| offer.label != words::NO_REASON);
        let offers = others.map(with_its_verb).chain([own]).collect();
        let (asked, lines) = (words::WHICH_OF_THESE.to_owned(), vec![words::or_that_request(said)]);
        let doubt = Doubt { about: About::Which, question: asked, lines, offers };
        self.ask_back(context, None, doubt).await.map(Some)
    }

    /// Whether what reads like a whole request names a repository that there is not, and nothing else that a request says: "read I
    /// guess". Whoever answers so has not thought of another one.
    async fn is_no_request(&self, context: &Context, wish: &Wish, said: &Said) -> Result<bool, Failure> {
        let says_more = ["user", "duration", "time", "KEY"].iter().any(|slot| said.get(slot).is_some());
        let Some(vendors) = self.world.vendors(&context.tenant).filter(|_| !says_more) else {
            return Ok(false);
        };
        let Some(name) = said.get("repository").filter(|_| wish.form.repository.is_some()) else {
            return Ok(false);
        };
        Ok(matches!(vendors.forge.repository(name).await, Ok(Located::Nowhere)))
    }

    /// Whether the repository that is named is there.
    pub(super) async fn is_there(&self, context: &Context, said: &Said) -> bool {
        let (Some(vendors), Some(name)) = (self.world.vendors(&context.tenant), said.get("repository"))
        else {
            return false;
        };
        matches!(vendors.forge.repository(name).await, Ok(Located::Here(_)))
    }

    /// A no with more behind it: where that names what was offered, nobody can tell what is meant; else it is the answer, or a plain
    /// no.
    pub(super) async fn no_with_more(
        &self,
        context: &Context,
        question: Question,
        rest: &str,
    ) -> Result<Vec<Card>, Failure> {
        let is_denial = reasons::is_of_a_denial(&question);
        let names_one = match &question.wish {
            None => !is_denial && names_an_offer(&question, rest),
            Some(_) => chosen(&question, &Sentence::new(rest)).is_some(),
        };
        if names_one {
            return self.shown_again(context, question, words::NO_ANSWER).await;
        }
        if let Some(cards) = Box::pin(self.denied_instead(context, &question, rest)).await? {
            return Ok(cards);
        }
        let takes_more = question.wish.is_some() || is_denial;
        let taken = if takes_more { self.take_answer(context, &question, rest).await? } else { None };
        match taken {
            Some(cards) => Ok(cards),
            None => self.drop_question(context, &question).await,
        }
    }

    /// A no with why, where it is asked what to countersign: whether to deny it for that. `None` where nothing is to be countersigned, or
    /// what was said is a second thought.
    async fn denied_instead(
        &self,
        context: &Context,
        question: &Question,
        why: &str,
    ) -> Result<Option<Vec<Card>>, Failure> {
        let to_approve = |offer: &Offer| offer.say.strip_prefix(DECISIONS[0]).map(str::to_owned);
        let all: Option<Vec<String>> = question.offers.iter().map(to_approve).collect();
        let Some(all) = all.filter(|all| !all.is_empty() && question.wish.is_none()) else {
            return Ok(None);
        };
        let (whole, said) = (format!("no, {why}"), Sentence::new(why));
        let names_another = place(&said.plain()).is_some();
        if names_another || mood::regrets(&Sentence::new(&whole)) || mood::second_thought(&said).is_some() {
            return Ok(None);
        }
        let why_said = [("reason", why.to_owned())];
        let said = match &all[..] {
            [only] => {
                let code = only.split(' ').next().unwrap_or_default().to_owned();
                Said::plainly([("code", code)].into_iter().chain(why_said), vec![], vec![])
            }
            _ => Said::plainly(why_said, vec!["code".to_owned()], vec![]),
        };
        let asked = words::decide_with_more("deny", &[], Some(why), true, all.len());
        self.on_what_is_meant(context, command("deny"), &said, Ask::First(Some(asked))).await.map(Some)
    }

    /// What could not be taken for an answer. Whoever thanks or asks something is not asked again, and what is over is asked nobody
    /// any more; else the question is shown with what can be answered.
    pub(super) async fn not_an_answer(
        &self,
        context: &Context,
        question: Question,
        sentence: &Sentence<'_>,
    ) -> Result<Vec<Card>, Failure> {
        if thanks(sentence) {
            return Ok(vec![cards::nothing(words::you_are_welcome())]);
        }
        if let Some(code) = asks_why(&question) {
            return Ok(vec![cards::say_why_again(&code)]);
        }
        if mood::asks(sentence.text()) && question.wish.is_none() {
            return self.not_understood(context, sentence).await;
        }
        if self.is_over(&context.tenant, &question).await? {
            self.forget_question(context).await?;
            return self.not_understood(context, sentence).await;
        }
        self.shown_as_unread(context, question, sentence).await
    }

    /// A question once more, after something that could not be read as its answer: that is kept like anything that was not
    /// understood.
    pub(super) async fn shown_as_unread(
        &self,
        context: &Context,
        question: Question,
        sentence: &Sentence<'_>,
    ) -> Result<Vec<Card>, Failure> {
        let violation = Violation::NotUnderstood { said: repeated(sentence.text()), nearest: vec![] };
        let _: Decided<()> = self.requests.refuse(context, "answer", violation).await?;
        let note = if is_beyond(&question, &sentence.plain()) {
            words::only_so_many(question.offers.len())
        } else {
            words::NO_ANSWER.to_owned()
        };
        self.shown_again(context, question, &note).await
    }
}

/// An offer to decide, with what it decides and why on its button.
fn with_its_verb(offer: &Offer) -> Offer {
    let decides = |decision: &&&str| offer.say.starts_with(**decision);
    let Some(name) = DECISIONS.iter().find(decides).map(|decision| decision.trim_end()) else {
        return offer.clone();
    };
    // Of several decisions each says its verb already.
    let has_verb = offer.label.starts_with(words::verb_of(name));
    let label = if has_verb { offer.label.clone() } else { words::decision_on(name, &offer.label) };
    let why = offer.say.split_once(" because ").map(|(_, why)| words::decision_because(why));
    let why = why.filter(|why| !label.ends_with(why.as_str()));
    Offer { label: std::iter::once(label).chain(why).collect::<Vec<_>>().join(" "), say: offer.say.clone() }
}

/// The request that a question asks the denial's reason of, where no reason was said yet.
pub(super) fn asks_why(question: &Question) -> Option<Code> {
    let offer = question.offers.first().filter(|_| reasons::is_of_a_denial(question))?;
    let code: Code = offer.say.split(' ').nth(1)?.parse().ok()?;
    (offer.label == words::say_why(&code)).then_some(code)
}

/// Whether a change leaves what was asked for as it is.
pub(crate) fn changes_nothing(wish: &Wish, part: &Plain) -> bool {
    let Plain { permission, repositories, user, duration, until, begins, ticket, reason, .. } = part;
    let form = &wish.form;
    let stays = |new: &Option<String>, old: &Option<String>| {
        new.as_ref().is_none_or(|new| old.as_ref().is_some_and(|old| new.eq_ignore_ascii_case(old)))
    };
    let minutes = |text: &String| parse_minutes(text).ok();
    let lasts = duration
        .as_ref()
        .is_none_or(|new| minutes(new).is_some() && minutes(new) == form.duration.as_ref().and_then(minutes));
    lasts
        && [until, begins, user, reason].into_iter().all(Option::is_none)
        && stays(permission, &form.permission)
        && stays(ticket, &form.ticket)
        && repositories.iter().all(|name| form.repository.as_ref() == Some(name))
}

#[cfg(test)]
mod tests;
