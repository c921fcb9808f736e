//! Answers to what the bot asked back: by a button, by what stands on it, or in any words that say the same.

use countersign_domain::access::{parse_minutes, say_minutes};
use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::card::Card;
use countersign_domain::denied::Field;
use countersign_domain::names::StreamName;
use countersign_domain::question::{About, Offer, Question, QuestionCommand, Questions, Wish};
use countersign_domain::request::Code;

use super::asking::{Doubt, ends, is_called};
use super::changing::with_part;
use super::named::is_plural;
use super::plainly::{FILLERS, folded, may_choose, names, own_words, refuses_one};
use super::{Chat, mood, reasons};
use crate::cards;
use crate::context::Context;
use crate::engine::{Decided, Failure};
use crate::grammar::Sentence;
use crate::moment::Here;
use crate::normalise::{LEXICON, Tag};
use crate::plain::{self, Plain};
use crate::words;

/// An answer of more words than this is none, where a name or a number was asked for.
const WORDS: usize = 4;

impl Chat {
    /// The question that who speaks was asked here, where it still waits.
    pub(crate) async fn question(&self, context: &Context) -> Result<Option<Question>, Failure> {
        let stream = StreamName::new(&context.tenant, Questions::CATEGORY, &Self::questions_of(context))?;
        let state = self.engine.load::<Questions>(&stream, None).await?.state;
        // The same sentence once more is no answer to what it was answered with.
        let own = self.question_id(context);
        Ok(state.of(context.interaction, self.now()).filter(|question| question.id != own).cloned())
    }

    /// Takes what was said for the answer to a question; `None` where it is none.
    pub(crate) async fn take_answer(
        &self,
        context: &Context,
        question: &Question,
        text: &str,
    ) -> Result<Option<Vec<Card>>, Failure> {
        if mood::asks(text) {
            return Ok(None);
        }
        let customs = self.customs(context);
        let sentence = Sentence::spoken_by(text, &customs);
        if reasons::is_of_a_denial(question) {
            return self.take_reason(context, question, &sentence).await;
        }
        if opens_a_request(&sentence) {
            return Ok(None);
        }
        if refuses_one(question, &sentence) {
            return self.shown_again(context, question.clone(), words::NO_ANSWER).await.map(Some);
        }
        if let Some(offer) = chosen(question, &sentence) {
            let say = question.offers[offer].say.clone();
            return self.answered(context, question, None, &say).await.map(Some);
        }
        if let Some(say) = by_so_much(question, &sentence) {
            return self.answered(context, question, None, &say).await.map(Some);
        }
        if !self.fits(context, question, &sentence).await? {
            return Ok(None);
        }
        self.answered(context, question, None, text).await.map(Some)
    }

    /// Whether this is an answer to what was asked for: any part of it, and nothing that could not be placed; or a few words
    /// that may be a name, which is looked up.
    async fn fits(
        &self,
        context: &Context,
        question: &Question,
        sentence: &Sentence<'_>,
    ) -> Result<bool, Failure> {
        if question.wish.is_some() && question.about == About::Part(Field::Reason) {
            return Ok(true);
        }
        let turn = mood::behind_turn(sentence);
        let said = turn.map_or_else(|| sentence.clone(), Sentence::new);
        if question.wish.is_none() || question.about == About::Which || !mood::is_plain(&said) {
            return Ok(false);
        }
        let part = self.said_part(context, question.about, sentence.text()).await?;
        Ok(match question.about {
            _ if part.says_only_that() => true,
            About::Part(field) => turn.is_none() && may_be_a_name(field, &part, sentence.words.len()),
            About::All | About::Which => false,
        })
    }

    /// Takes the answer of a button, or of a sentence that names the question.
    pub(crate) async fn answered_by_name(
        &self,
        context: &Context,
        id: Option<Code>,
        answer: &str,
    ) -> Result<Vec<Card>, Failure> {
        let asked = self.question(context).await?.filter(|question| id.as_ref() == Some(&question.id));
        let Some(question) = asked else {
            return self.refuse(context, "answer", countersign_domain::denied::Violation::QuestionOver).await;
        };
        let number =
            answer.parse::<usize>().ok().and_then(|number| question.offers.get(number.wrapping_sub(1)));
        let say = number.map_or(answer, |offer| offer.say.as_str()).to_owned();
        self.answered(context, &question, id, &say).await
    }

    /// Forgets what was asked here, where anything was: something else takes its place.
    pub(crate) async fn forget_question(&self, context: &Context) -> Result<(), Failure> {
        if let Some(question) = self.question(context).await? {
            self.drop_question(context, &question).await?;
        }
        Ok(())
    }

    /// Forgets the question, and says so.
    pub(crate) async fn drop_question(
        &self,
        context: &Context,
        question: &Question,
    ) -> Result<Vec<Card>, Failure> {
        let (stream, cause) = (Self::questions_of(context), context.cause("drop", self.now()));
        let drop = || QuestionCommand::Drop { by: context.interaction };
        let done = self.engine.execute::<Questions>(&context.tenant, &stream, &cause, "drop", drop).await?;
        Ok(vec![done.map_or_else(
            |denied| cards::denied(&denied, None),
            |_| cards::nothing(words::dropped(question.wish.is_some())),
        )])
    }

    /// Keeps the answer, and goes on from it.
    pub(super) async fn answered(
        &self,
        context: &Context,
        question: &Question,
        named: Option<Code>,
        answer: &str,
    ) -> Result<Vec<Card>, Failure> {
        if let Err(denied) = self.taken(context, named, answer).await? {
            return Ok(vec![cards::denied(&denied, None)]);
        }
        let Some(wish) = &question.wish else { return Box::pin(self.hear_as(context, answer, true)).await };
        let here = self.here(context).await?;
        let part = self.said_part(context, question.about, answer).await?;
        match with_part(Wish::clone(wish), &part, &here)
            .and_then(|wish| with_answer(wish, question, &part, answer, &here))
        {
            Ok(wish) => Box::pin(self.propose(context, wish)).await,
            Err(doubt) => self.ask_back(context, Some(Wish::clone(wish)), *doubt).await,
        }
    }

    /// Keeps the answer.
    pub(super) async fn taken(
        &self,
        context: &Context,
        named: Option<Code>,
        answer: &str,
    ) -> Result<Decided<()>, Failure> {
        let (stream, cause) = (Self::questions_of(context), context.cause("answer", self.now()));
        let kept: String = answer.chars().take(200).collect();
        let take = || QuestionCommand::Answer {
            question: named.clone(),
            by: context.interaction,
            answer: kept.clone(),
        };
        let done = self.engine.execute::<Questions>(&context.tenant, &stream, &cause, "answer", take).await?;
        Ok(done.map(drop))
    }
}

impl Plain {
    /// Whether anything of a request was said.
    pub(crate) fn says_something(&self) -> bool {
        let Self { permission, repositories, user, duration, until, begins, ticket, .. } = self;
        [permission, user, duration, until, begins, ticket].into_iter().any(Option::is_some)
            || !repositories.is_empty()
    }

    /// Whether something of a request was said, and nothing that could not be placed.
    pub(crate) fn says_only_that(&self) -> bool {
        self.says_something() && self.unsure.is_empty()
    }
}

/// The ways of naming one of the buttons by its place.
const ORDINALS: [&[&str]; 4] = [
    &["1", "first", "the first", "the first one", "#1"],
    &["2", "second", "the second", "the second one", "#2"],
    &["3", "third", "the third", "the third one", "#3"],
    &["4", "fourth", "the fourth", "the fourth one", "#4"],
];

/// The place in a list that somebody names.
pub(super) fn place(said: &str) -> Option<usize> {
    ORDINALS.iter().position(|names| names.contains(&said))
}

/// The offer that was chosen: by what stands on it, by its number, by "yes" where there is one only, or by being the only one
/// of whose words one was said.
pub(super) fn chosen(question: &Question, sentence: &Sentence<'_>) -> Option<usize> {
    let said = sentence.plain();
    let is = |text: &str| folded(text) == folded(&said);
    if let Some(exact) = question.offers.iter().position(|offer| is(&offer.label) || is(&offer.say)) {
        return Some(exact);
    }
    // Of one request each, and of nothing else, all of them can be meant.
    let each = question.offers.iter().position(|offer| offer.say == "each");
    if let Some(each) = each.filter(|_| is_plural(&said)) {
        return Some(each);
    }
    if !may_choose(question, sentence) {
        return None;
    }
    // Whoever is asked for how long means hours or days by a number.
    let counts = question.about != About::Part(Field::Duration);
    if let Some(ordinal) = place(&said).filter(|place| counts && *place < question.offers.len()) {
        return Some(ordinal);
    }
    if sentence.words.len() > WORDS + 2 {
        return None;
    }
    let mut meant = question.offers.iter().enumerate();
    let is_meant = |offer: &Offer| is_chosen(question.about, &own_words(offer), sentence);
    let (place, _) = meant.find(|(_, offer)| is_meant(offer))?;
    let another = meant.any(|(_, offer)| is_meant(offer));
    (!another).then_some(place)
}

/// Words that are said around what is chosen.
const AROUND: &[&str] = &["i", "meant", "mean", "one", "yes", "ja", "oui", "sí", "use", "take", "choose"];

/// Whether a sentence names an offer, and says nothing else. What is to be done is chosen by nothing but its own words: "not
/// K7QM2X, please" is no yes.
fn is_chosen(about: About, own: &[String], sentence: &Sentence<'_>) -> bool {
    let part = plain::part(sentence);
    let mut named = false;
    let mut rest = &sentence.words[..];
    while let Some(word) = rest.first() {
        let said = folded(&word.text);
        if own.contains(&said) {
            named |= names(own, &said);
            rest = &rest[1..];
            continue;
        }
        let is_around = AROUND.contains(&word.lower.as_str());
        match LEXICON.tag(rest) {
            _ if FILLERS.contains(&word.lower.as_str()) => rest = &rest[1..],
            _ if is_around && about != About::Which => rest = &rest[1..],
            Some((tag, count))
                if matches!(tag, Tag::Polite | Tag::Hello | Tag::Closing)
                    || !mood::turns(tag) && about != About::Which =>
            {
                rest = &rest[count..];
            }
            _ => return false,
        }
    }
    named && (about != About::Which || part.duration.is_none() && part.until.is_none())
}

/// Whether a sentence asks for access anew, even where it could be read as an answer: what it leaves out, or what of it cannot
/// be read, is not taken from what was asked for before.
fn opens_a_request(sentence: &Sentence<'_>) -> bool {
    let says_access = (0..sentence.words.len())
        .any(|at| matches!(LEXICON.tag(&sentence.words[at..]), Some((Tag::Access, _))));
    let Plain { repositories, user, duration, until, ticket, .. } = plain::part(sentence);
    let named = [!repositories.is_empty(), user.is_some(), duration.or(until).is_some(), ticket.is_some()];
    says_access && named.into_iter().filter(|named| *named).count() > 1
}

/// Whether so few words may be a name for what was asked, which is looked up; what says something else is none.
fn may_be_a_name(field: Field, part: &Plain, words: usize) -> bool {
    let said = match field {
        Field::Permission => part.permission.is_some(),
        Field::Repository => !part.repositories.is_empty(),
        Field::User => part.user.is_some(),
        Field::Duration => part.duration.is_some() || part.until.is_some(),
        Field::Ticket => part.ticket.is_some(),
        Field::Reason => true,
    };
    !said && words <= if field == Field::Ticket { 2 } else { WORDS }
}

/// The sentence that an offer says, with another duration than the one on its button.
fn by_so_much(question: &Question, sentence: &Sentence<'_>) -> Option<String> {
    let is_so = question.wish.is_none() && question.about == About::Part(Field::Duration);
    if !is_so || !may_choose(question, sentence) {
        return None;
    }
    let (what, _) = question.offers.first()?.say.rsplit_once(" for ")?;
    let part = plain::part(sentence);
    let long = part.says_only_that().then_some(part.duration).flatten();
    let long = long.or_else(|| parse_minutes(sentence.text().trim()).ok().map(say_minutes))?;
    Some(format!("{what} for {long}"))
}

/// The wish with what was answered, where no part of a request was read in it.
fn with_answer(
    mut wish: Wish,
    question: &Question,
    part: &Plain,
    answer: &str,
    here: &Here,
) -> Result<Wish, Box<Doubt>> {
    let bare = answer.trim().trim_end_matches(['.', '!', ',']).to_owned();
    let says_nothing = !part.says_something();
    // Who it is for is no doubt any more, once that was asked and said.
    if question.about == About::Part(Field::User) && (part.user.is_some() || says_nothing) {
        wish.unread.retain(|word| !question.offers.iter().any(|offer| is_called(&offer.label, word)));
    }
    let form = &mut wish.form;
    match question.about {
        About::All if says_nothing => wish.unread.clear(),
        About::Part(Field::Repository) if bare == "each" => wish.each = true,
        About::Part(Field::Repository) if !part.repositories.is_empty() => {}
        About::Part(Field::Repository) if says_nothing || !part.unsure.is_empty() => {
            let named = if part.unsure.is_empty() { bare } else { part.unsure.join("-") };
            form.repository = Some(named);
            wish.also.clear();
        }
        About::Part(Field::Reason) => form.reason = Some(answer.trim().to_owned()),
        About::Part(Field::Permission) if says_nothing => form.permission = Some(bare),
        About::Part(Field::User) if says_nothing => form.user = Some(bare),
        About::Part(Field::Duration) if says_nothing => {
            form.duration = Some(if parse_minutes(&bare).is_ok() { bare } else { ends(&bare, here)? });
        }
        About::Part(Field::Ticket) if says_nothing => form.ticket = Some(bare),
        About::All | About::Which | About::Part(_) => {}
    }
    Ok(wish)
}
