//! Answers to what the bot asked back: by a button, by what stands on it, or in any words that say the same.

use countersign_domain::card::Card;
use countersign_domain::denied::Field;
use countersign_domain::duration::parse_minutes;
use countersign_domain::question::{About, Offer, Question, QuestionCommand, Wish};
use countersign_domain::request::Code;

use super::agreeing::names_several;
use super::asking::Doubt;
use super::candidates::is_called;
use super::changing::with_part;
use super::choosing::{asks_for_access, asks_for_each, by_parts, by_so_much, chosen, opens_another, some_of};
use super::keys::{is_key_like, key_of};
use super::mood::Answer;
use super::named::means_all;
use super::plainly::refuses_one;
use super::timing::ends;
use super::{Chat, mood, reasons};
use crate::cards;
use crate::context::Context;
use crate::engine::{Decided, Failure};
use crate::grammar::Sentence;
use crate::moment::Here;
use crate::normalise::{Says, Word};
use crate::plain::{self, Plain};
use crate::words;

/// An answer of more words than this is none, where a name or a number was asked for.
const WORDS: usize = 4;

impl Chat {
    /// Takes what was said for the answer to a question; `None` where it is none.
    pub(crate) async fn take_answer(
        &self,
        context: &Context,
        question: &Question,
        text: &str,
    ) -> Result<Option<Vec<Card>>, Failure> {
        let customs = self.customs(context);
        let sentence = Sentence::spoken_by(text, &customs);
        let asks = mood::asks(text);
        if reasons::is_of_a_denial(question) {
            return if asks { Ok(None) } else { self.take_reason(context, question, &sentence).await };
        }
        if super::lacking::asks_for_a_text(question) {
            return self.take_text(context, question, &sentence).await;
        }
        if let Some(cards) = Box::pin(self.take_plain_yes_or_no(context, question, text)).await? {
            return Ok(Some(cards));
        }
        if mood::begins_as_a_question(text) || opens_another(question, &sentence) {
            return Ok(None);
        }
        if asks {
            return self.ask_whether(context, question, &sentence).await;
        }
        if refuses_one(question, &sentence) {
            return self.shown_as_unread(context, question.clone(), &sentence).await.map(Some);
        }
        if let Some(note) = without_answer(question, &sentence) {
            return self.shown_again(context, question.clone(), note).await.map(Some);
        }
        if names_several(question, &sentence) {
            return self.shown_again(context, question.clone(), words::EACH_BY_ITSELF).await.map(Some);
        }
        if let Some(wish) = self.for_another(context, question, &sentence).await? {
            return Box::pin(self.asked_once_more(context, question, wish, text)).await.map(Some);
        }
        if let Some(say) = say_of_chosen(question, &sentence) {
            return Box::pin(self.answered(context, question, &say)).await.map(Some);
        }
        if self.fits(context, question, &sentence).await? {
            return Box::pin(self.answered(context, question, text)).await.map(Some);
        }
        if let Some(cards) = self.which_key(context, question, &sentence).await? {
            return Ok(Some(cards));
        }
        match self.likely(context, question, &sentence).await? {
            Some(offer) => Box::pin(self.ask_for_yes(context, question, text, offer)).await.map(Some),
            None => Ok(None),
        }
    }

    /// Whether this is an answer to what was asked for: any part of it, and nothing that could not be placed; several parts, of
    /// which the rest is asked about then; or a few words that may be a name, which is looked up.
    async fn fits(
        &self,
        context: &Context,
        question: &Question,
        sentence: &Sentence<'_>,
    ) -> Result<bool, Failure> {
        if question.wish.is_some() && question.about == About::Part(Field::Reason) {
            return Ok(mood::behind_second_thought(sentence).is_none());
        }
        let said = Answer::of(sentence);
        let bare = Sentence::new(said.text);
        if question.wish.is_none() || question.about == About::Which || !mood::is_plain(&bare) {
            return Ok(false);
        }
        let part = self.said_part(context, question.about, sentence.text()).await?;
        Ok(match question.about {
            _ if part.says_only_that() => true,
            About::Part(field) if says(field, &part) && part.count() > 1 => true,
            // "Later" is no ticket.
            About::Part(Field::Ticket) if !is_key_like(said.text) => false,
            About::Part(field) => {
                !said.turns && !tells(&bare.words) && may_be_a_name(field, &part, bare.words.len())
            }
            About::All | About::Which => false,
        })
    }

    /// "OPS-17?" may be the answer: whether it is, is asked, and all that was understood waits for that.
    async fn ask_whether(
        &self,
        context: &Context,
        question: &Question,
        sentence: &Sentence<'_>,
    ) -> Result<Option<Vec<Card>>, Failure> {
        let About::Part(field) = question.about else { return Ok(None) };
        let customs = self.customs(context);
        let unmarked = sentence.text().trim_end_matches(|sign: char| !sign.is_alphanumeric());
        let bare = Sentence::spoken_by(unmarked, &customs);
        let said = Answer::of(&bare).text;
        let offer = match chosen(question, &bare) {
            _ if question.wish.is_none() || field == Field::Reason => return Ok(None),
            Some(place) => question.offers[place].clone(),
            None if self.fits(context, question, &bare).await? => {
                let key = Some(said).filter(|_| field == Field::Ticket).and_then(key_of);
                same(key.unwrap_or_else(|| said.to_owned()))
            }
            None => return Ok(None),
        };
        self.ask_for_yes(context, question, sentence.text(), offer).await.map(Some)
    }

    /// What of a longer sentence may be the answer: "payments-api anyway".
    async fn likely(
        &self,
        context: &Context,
        question: &Question,
        sentence: &Sentence<'_>,
    ) -> Result<Option<Offer>, Failure> {
        let About::Part(field) = question.about else { return Ok(None) };
        if question.wish.is_none() || !mood::is_plain(sentence) {
            return Ok(None);
        }
        let part = self.said_part(context, question.about, sentence.text()).await?;
        Ok(value(field, &part).map(same))
    }

    /// Asks whether this is the answer, and keeps all that was understood until then.
    async fn ask_for_yes(
        &self,
        context: &Context,
        question: &Question,
        text: &str,
        offer: Offer,
    ) -> Result<Vec<Card>, Failure> {
        if let Err(denied) = self.taken(context, question, text).await? {
            return Ok(vec![cards::denied(&denied, None)]);
        }
        let (about, asked) = (question.about, words::do_you_mean(&offer.label));
        let doubt = Doubt { about, question: asked, lines: vec![], offers: vec![offer] };
        self.ask_back(context, question.wish.as_deref().cloned(), doubt).await
    }

    /// Takes the answer of a button, or of a sentence that names the question.
    pub(crate) async fn answered_by_name(
        &self,
        context: &Context,
        id: Option<Code>,
        answer: &str,
    ) -> Result<Vec<Card>, Failure> {
        let asked = match &id {
            Some(id) => self.question_named(context, id).await?,
            None => None,
        };
        let Some(question) = asked else {
            return self.refuse(context, "answer", countersign_domain::denied::Violation::QuestionOver).await;
        };
        let number =
            answer.parse::<usize>().ok().and_then(|number| question.offers.get(number.wrapping_sub(1)));
        let say = number.map_or(answer, |offer| offer.say.as_str()).to_owned();
        self.answered(context, &question, &say).await
    }

    /// Forgets the question, and says so.
    pub(crate) async fn drop_question(
        &self,
        context: &Context,
        question: &Question,
    ) -> Result<Vec<Card>, Failure> {
        let (question_id, by) = (Some(question.id.clone()), context.interaction);
        let drop = QuestionCommand::Drop { question: question_id, elsewhere: None, by };
        self.has_dropped(context, question);
        let done = self.tell_questions(context, "drop", drop).await?;
        let mut cards = vec![done.map_or_else(
            |denied| cards::denied(&denied, None),
            |()| cards::nothing(words::dropped(question.wish.is_some())),
        )];
        // A draft that waited beneath is what is asked now.
        if question.wish.is_none()
            && let Some(draft) = self.question_that_waits(context).await?.filter(|open| open.wish.is_some())
        {
            cards.extend(Box::pin(self.still_asked(context, draft)).await?);
        }
        Ok(cards)
    }

    /// Keeps the answer, and goes on from it.
    pub(super) async fn answered(
        &self,
        context: &Context,
        question: &Question,
        answer: &str,
    ) -> Result<Vec<Card>, Failure> {
        if let Err(denied) = self.taken(context, question, answer).await? {
            return Ok(vec![cards::denied(&denied, None)]);
        }
        let Some(wish) = &question.wish else {
            if let Some(cards) = Box::pin(self.chosen_unseen(context, question, answer)).await? {
                return Ok(cards);
            }
            return Box::pin(self.first_of(context, question, answer)).await;
        };
        let here = self.here(context).await?;
        let part = self.said_part(context, question.about, answer).await?;
        let customs = self.customs(context);
        let sentence = Sentence::spoken_by(answer, &customs);
        let bare =
            if question.about == About::Part(Field::Reason) { answer } else { Answer::of(&sentence).text };
        match with_part(Wish::clone(wish), &part, &here)
            .and_then(|wish| with_answer(wish, question, &part, bare, &here))
        {
            Ok(wish) => Box::pin(self.propose(context, wish)).await,
            Err(doubt) => {
                let doubt = with_what_was_offered(*doubt, question);
                self.ask_back(context, Some(Wish::clone(wish)), doubt).await
            }
        }
    }

    /// Keeps the answer.
    pub(super) async fn taken(
        &self,
        context: &Context,
        question: &Question,
        answer: &str,
    ) -> Result<Decided<()>, Failure> {
        let answer = answer.chars().take(200).collect();
        let take = QuestionCommand::Answer { question: question.id.clone(), by: context.interaction, answer };
        self.tell_questions(context, "answer", take).await
    }
}

/// What is said by what was chosen: by one offer, by some of several repositories, or by another duration than the ones offered.
fn say_of_chosen(question: &Question, sentence: &Sentence<'_>) -> Option<String> {
    let offer = |place: usize| question.offers[place].say.clone();
    let first_of_all = || {
        let all = asks_for_access(question) && means_all(&sentence.words);
        all.then(|| offer(0))
    };
    some_of(question, sentence)
        .or_else(|| chosen(question, sentence).or_else(|| by_parts(question, sentence)).map(offer))
        .or_else(first_of_all)
        .or_else(|| by_so_much(question, sentence))
}

/// What is asked once more of the same part keeps what was offered for it, where what was said offers nothing else.
fn with_what_was_offered(doubt: Doubt, question: &Question) -> Doubt {
    let is_kept = doubt.offers.is_empty() && doubt.about == question.about;
    let offers = if is_kept { question.offers.clone() } else { doubt.offers };
    Doubt { offers, ..doubt }
}

/// What is told whoever says that there is no answer, or that they know none.
fn without_answer(question: &Question, sentence: &Sentence<'_>) -> Option<&'static str> {
    let About::Part(field) = question.about else { return None };
    let (said, bare) = (sentence.plain(), Sentence::new(Answer::of(sentence).text).plain());
    let says = |says: Says| says.is(&said) || says.is(&bare);
    let is_offered = question.offers.iter().any(|offer| offer.label.to_lowercase() == said);
    if question.wish.is_none() || is_offered {
        return None;
    }
    if says(Says::None) {
        Some(words::cannot_do_without(field))
    } else {
        says(Says::Unknown).then_some(words::YOU_SAY)
    }
}

/// What a part says of what was asked for.
fn value(field: Field, part: &Plain) -> Option<String> {
    let until = || part.until.as_ref().map(|until| format!("until {until}"));
    match field {
        Field::Permission => part.permission.clone(),
        Field::Repository => part.repositories.first().cloned(),
        Field::User => part.user.clone(),
        Field::Duration => part.duration.clone().or_else(until),
        Field::Ticket => part.ticket.clone(),
        Field::Reason => None,
    }
}

/// Whether a part says what was asked for. A reason may be anything.
fn says(field: Field, part: &Plain) -> bool {
    field == Field::Reason || value(field, part).is_some()
}

/// An offer that says what stands on it.
fn same(say: String) -> Offer {
    Offer { label: say.clone(), say }
}

/// Whether somebody tells something, or means what was said before: "I still need it", "same again" are no names.
fn tells(words: &[Word]) -> bool {
    let is_told = |word: &Word| Says::FirstPerson.is_word(word) || Says::Finite.is_word(word);
    words.len() > 1 && (words.iter().any(is_told) || Says::AsWell.begins(words).is_some())
}

/// Whether so few words may be a name for what was asked, which is looked up; what says something else is none.
fn may_be_a_name(field: Field, part: &Plain, words: usize) -> bool {
    !says(field, part) && words <= if field == Field::Ticket { 2 } else { WORDS }
}

/// Leaves those of several repositories that were named, where they were: each is a request of its own.
fn set_some_of(wish: &mut Wish, said: &str) -> bool {
    let all: Vec<String> = wish.form.repository.iter().chain(&wish.also).cloned().collect();
    let named: Vec<String> = said.split(" and ").map(str::to_owned).collect();
    let is_some = named.len() > 1 && named.iter().all(|name| all.contains(name));
    if is_some {
        wish.form.repository = named.first().cloned();
        wish.also = named[1..].to_vec();
        wish.each = true;
    }
    is_some
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
    // What was not read beside an answer is asked about next.
    if matches!(question.about, About::Part(field) if field != Field::Reason && says(field, part)) {
        wish.unread.extend(part.unsure.iter().cloned());
    }
    // Who it is for is no doubt any more, once that was asked and said.
    if question.about == About::Part(Field::User) && (part.user.is_some() || says_nothing) {
        wish.unread.retain(|word| !question.offers.iter().any(|offer| is_called(&offer.label, word)));
    }
    if asks_for_each(question) && set_some_of(&mut wish, &bare) {
        return Ok(wish);
    }
    let form = &mut wish.form;
    match question.about {
        About::All if says_nothing => wish.unread.clear(),
        About::Part(Field::Repository) if bare == "each" => wish.each = true,
        // Whoever names several of those that were offered means one request for each.
        About::Part(Field::Repository) if !part.repositories.is_empty() => {
            wish.each |= asks_for_each(question);
        }
        About::Part(Field::Repository) if says_nothing || !part.unsure.is_empty() => {
            let named = if part.unsure.is_empty() { bare } else { part.unsure.join("-") };
            form.repository = Some(named);
            wish.also.clear();
        }
        About::Part(Field::Reason) => {
            let reason = plain::bare_reason(answer.trim());
            form.reason = Some(reason.to_owned());
            // What of it may be something else is asked about next.
            wish.unread.extend(plain::turned(reason).map(str::to_owned));
        }
        About::Part(Field::Permission) if says_nothing => form.permission = Some(bare),
        About::Part(Field::User) if says_nothing => form.user = Some(bare),
        About::Part(Field::Duration) if says_nothing => {
            form.duration = Some(if parse_minutes(&bare).is_ok() { bare } else { ends(&bare, here)? });
        }
        About::Part(Field::Ticket) if says_nothing => form.ticket = Some(key_of(&bare).unwrap_or(bare)),
        About::All | About::Which | About::Part(_) => {}
    }
    Ok(wish)
}
