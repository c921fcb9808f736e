//! What follows a request: the others that were said in the same sentence, each offered in its turn, and the same for somebody else.

use countersign_domain::access::Access;
use countersign_domain::capabilities::Listed as _;
use countersign_domain::card::Card;
use countersign_domain::denied::Field;
use countersign_domain::heard::Form;
use countersign_domain::question::{About, Offer, Question, Wish};
use countersign_domain::words::quoted;

use super::Chat;
use super::asking::{BUTTONS, Doubt};
use super::candidates::of_a_name;
use super::choosing::{agrees, asks_for_access};
use crate::cards;
use crate::commands::{self, as_wish};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::{Pattern, Said, Sentence};
use crate::normalise::Says;
use crate::plain;
use crate::words;

/// The slot of a sentence with what was said beside it.
pub(super) const THEN: &str = "then";

impl Chat {
    /// Says the sentence that was chosen of several; those that ask for access as well are kept, and offered behind it.
    pub(super) async fn first_of(
        &self,
        context: &Context,
        question: &Question,
        chosen: &str,
    ) -> Result<Vec<Card>, Failure> {
        let others = question.offers.iter().map(|offer| offer.say.as_str()).filter(|say| *say != chosen);
        let others: Vec<_> = others.filter(|_| asks_for_access(question)).collect();
        let customs = self.customs(context);
        let understood = commands::understand(&Sentence::spoken_by(chosen, &customs));
        match understood.filter(|(spec, _)| spec.takes_partial && !others.is_empty()) {
            Some((_, said)) => self.wish(context, &said.with(THEN, others.join("\n"))).await,
            None => self.hear_as(context, chosen, true).await,
        }
    }

    /// Offers what was said beside a request that is done with.
    pub(super) async fn next_of(&self, context: &Context, then: &[String]) -> Result<Vec<Card>, Failure> {
        let question = match then {
            [] => return Ok(vec![]),
            [_] => words::AND_THIS_ONE,
            _ => words::WHICH_ONE_NEXT,
        };
        let (question, offers) = (question.to_owned(), offers_of(then.iter().map(String::as_str)));
        self.ask_back(context, None, Doubt { about: About::Which, question, lines: vec![], offers }).await
    }

    /// "The same for Ben": of what who speaks asked for last, where that was not denied. It is asked for once that is said to be
    /// right; nothing where the sentence says anything else.
    pub(super) async fn same_as_well(
        &self,
        context: &Context,
        sentence: &Sentence<'_>,
    ) -> Result<Option<Vec<Card>>, Failure> {
        let Some(user) = self.as_well_for(context, sentence).await? else { return Ok(None) };
        let rows = self.concerned_with(&context.tenant, &context.person)?;
        let is_own = |id: &countersign_domain::names::PrincipalId| *id == context.person.id;
        let newest = rows.into_iter().find(|row| row.request.requester().is_some_and(|by| is_own(&by.id)));
        let Some(row) = newest.filter(|row| row.request.denial().is_none()) else { return Ok(None) };
        let Some(asked) = Access::of(Some(&row.request)).and_then(|access| access.asked.clone()) else {
            return Ok(None);
        };
        let wish = as_wish(&asked);
        let form = Form { user: Some(user).filter(|user| user != "me"), ..wish.form };
        let yes = Offer { label: words::YES_AS_WELL.to_owned(), say: "yes".to_owned() };
        let question = words::THE_SAME_AS_WELL.to_owned();
        let doubt = Doubt { about: About::All, question, lines: vec![], offers: vec![yes] };
        self.ask_back(context, Some(Wish { form, ..Wish::default() }), doubt).await.map(Some)
    }

    /// The wish with the same for somebody else behind it, or on another repository, where "and for Ben" or "same for infra" says that
    /// beside a question about it.
    pub(super) async fn for_another(
        &self,
        context: &Context,
        question: &Question,
        sentence: &Sentence<'_>,
    ) -> Result<Option<Wish>, Failure> {
        let Some(wish) = &question.wish else { return Ok(None) };
        let form = match self.as_well_for(context, sentence).await? {
            Some(user) => Some(Form { user: Some(user), ..wish.form.clone() }),
            None => self.as_well_on(context, question, sentence).await?,
        };
        let Some(form) = form else { return Ok(None) };
        let mut wish = Wish::clone(wish);
        let also = sentence_of(&form);
        if !wish.then.iter().any(|other| for_the_same(other, &also)) {
            wish.then.push(also);
        }
        Ok(Some(wish))
    }

    /// What is asked for as well on another repository, where a sentence says that: "same for infra please, OPS-18". What it does not say
    /// is as in the wish.
    async fn as_well_on(
        &self,
        context: &Context,
        question: &Question,
        sentence: &Sentence<'_>,
    ) -> Result<Option<Form>, Failure> {
        let Some(wish) = question.wish.as_deref().filter(|wish| wish.form.repository.is_some()) else {
            return Ok(None);
        };
        let words = &sentence.words;
        let before = Says::AsWell.begins(words).unwrap_or(0);
        let behind = Says::AsWellBehind.ends(&words[before..]).unwrap_or(0);
        let named = &words[before..words.len() - behind];
        let (Some(first), Some(last)) = (named.first().filter(|_| before + behind > 0), named.last()) else {
            return Ok(None);
        };
        let part = self.said_part(context, About::All, &sentence.text()[first.start..last.end]).await?;
        let [name] = &part.repositories[..] else { return Ok(None) };
        let is_known = |own: &String| own.eq_ignore_ascii_case(name);
        let is_asked = wish.form.repository.iter().chain(&wish.also).any(is_known);
        let says_more = is_asked || part.user.is_some() || !part.unsure.is_empty();
        let said = Said::plainly([("repository", name.clone())], vec![], vec![]);
        if says_more || !self.is_there(context, &said).await {
            return Ok(None);
        }
        let until = part.until.map(|until| format!("until {until}"));
        let own = wish.form.clone();
        Ok(Some(Form {
            permission: part.permission.or(own.permission),
            repository: Some(name.clone()),
            duration: part.duration.or(until).or(own.duration),
            ticket: part.ticket.or(own.ticket),
            reason: part.reason.or(own.reason),
            user: own.user,
        }))
    }

    /// Asks the same once more, of a wish that has changed.
    pub(super) async fn asked_once_more(
        &self,
        context: &Context,
        question: &Question,
        wish: Wish,
        text: &str,
    ) -> Result<Vec<Card>, Failure> {
        if let Err(denied) = self.taken(context, question, text).await? {
            return Ok(vec![cards::denied(&denied, None)]);
        }
        let lines = wish.then.iter().map(|then| words::and_then(words::of_sentence(then))).collect();
        let (about, asked, offers) = (question.about, words::asked_again(question), question.offers.clone());
        self.ask_back(context, Some(wish), Doubt { about, question: asked, lines, offers }).await
    }

    /// For whom the same shall be asked as well, where a sentence says that and nothing else: "and for Ben", "me too".
    pub(super) async fn as_well_for(
        &self,
        context: &Context,
        sentence: &Sentence<'_>,
    ) -> Result<Option<String>, Failure> {
        let words = &sentence.words;
        let before = Says::AsWell.begins(words).unwrap_or(0);
        let behind = Says::AsWellBehind.ends(&words[before..]).unwrap_or(0);
        let named = &words[before..words.len() - behind];
        let (Some(first), Some(last)) = (named.first().filter(|_| before + behind > 0), named.last()) else {
            return Ok(None);
        };
        let text = sentence.text()[first.start..last.end].trim_end_matches([' ', ',', '.', '!']);
        if named.len() == 1 && matches!(first.lower.as_str(), "me" | "myself") {
            return Ok(Some("me".to_owned()));
        }
        let part = self.said_part(context, About::Part(Field::User), text).await?;
        let user = match part.count() {
            0 => Some(text.to_owned()),
            1 => part.user.filter(|_| part.unsure.is_empty()),
            _ => None,
        };
        let present = self.directory.present(&context.tenant).await?;
        // "And for web-shop" names nobody.
        Ok(user.filter(|user| user == "me" || of_a_name(user, &present).is_some()))
    }
}

/// Several requests in one sentence: each is offered, whole.
pub(super) fn one_at_a_time(sentences: &str, unsure: &[String]) -> Doubt {
    let unread = (!unsure.is_empty()).then(|| words::left_out(unsure));
    let more = sentences.lines().count().saturating_sub(BUTTONS);
    let more = (more > 0).then(|| words::only_the_first_have_buttons(BUTTONS));
    Doubt {
        about: About::Which,
        question: words::ONE_AT_A_TIME.to_owned(),
        lines: sentences.lines().map(quoted).chain(unread).chain(more).collect(),
        offers: offers_of(sentences.lines()),
    }
}

fn offers_of<'s>(sentences: impl Iterator<Item = &'s str>) -> Vec<Offer> {
    let offer = |say: &str| Offer { label: words::of_sentence(say).to_owned(), say: say.to_owned() };
    sentences.take(BUTTONS).map(offer).collect()
}

/// What a form asks for, as a sentence.
fn sentence_of(form: &Form) -> String {
    let pattern =
        Pattern::read(commands::access_spec().grammar).expect("a test reads every grammar of the table");
    let until = form.duration.as_deref().and_then(|lasting| lasting.strip_prefix("until "));
    pattern.say(|slot| match slot {
        "permission" => form.permission.as_deref(),
        "repository" => form.repository.as_deref(),
        "user" => form.user.as_deref().filter(|user| *user != "me"),
        "duration" => form.duration.as_deref().filter(|_| until.is_none()),
        "time" => until,
        "KEY" => form.ticket.as_deref(),
        "reason" => form.reason.as_deref(),
        _ => None,
    })
}

/// Whether two sentences ask for the same.
fn for_the_same(one: &str, other: &str) -> bool {
    let [one, other] = [one, other].map(|text| plain::part(&Sentence::new(text)));
    agrees(&one, &other) && agrees(&other, &one)
}
