//! Asking back: a request is born when it is complete. What cannot be read or found is asked, one thing at a time, with the
//! nearest that there is; what was understood so far is kept until the answer.

use countersign_domain::access::{Asked, Form, vague};
use countersign_domain::card::Card;
use countersign_domain::denied::{Field, Violation};
use countersign_domain::envelope::Digest;
use countersign_domain::named::Named;
use countersign_domain::ports::Located;
use countersign_domain::question::{About, Offer, Question, QuestionCommand, Questions, Wish};
use countersign_domain::request::{Code, Requester};
use countersign_domain::tenant::{People, Person};
use countersign_domain::words::{quoted, violation};

use super::Chat;
use super::limits::of_the_rules;
use super::timing::Times;
use crate::cards;
use crate::context::Context;
use crate::directory::Present;
use crate::engine::{Decided, Failure};
use crate::grammar::Said;
use crate::moment::{self, Edge, Here, Meant};
use crate::normalise::LEXICON;
use crate::plain;
use crate::resolve::{Candidate, Resolved, TRACKER, Unresolved};
use crate::words;
use crate::world::Vendors;

/// What is to be asked back.
#[derive(Debug, Clone)]
pub(crate) struct Doubt {
    pub(crate) about: About,
    /// The question itself.
    pub(crate) question: String,
    /// What is said beneath it.
    pub(crate) lines: Vec<String>,
    pub(crate) offers: Vec<Offer>,
}

impl Doubt {
    pub(super) fn part(field: Field, question: impl Into<String>) -> Self {
        Self { about: About::Part(field), question: question.into(), lines: vec![], offers: vec![] }
    }

    pub(super) fn offering<T: Into<String>>(self, answers: impl IntoIterator<Item = T>) -> Self {
        let offer = |answer: T| {
            let say: String = answer.into();
            Offer { label: say.clone(), say }
        };
        Self { offers: answers.into_iter().map(offer).collect(), ..self }
    }

    /// What can be answered, as it is shown.
    pub(super) fn labels(&self) -> Vec<String> {
        self.offers.iter().map(|offer| offer.label.clone()).collect()
    }

    /// How long it shall be instead.
    pub(crate) fn how_long(line: String) -> Self {
        Self::part(Field::Duration, words::FOR_HOW_LONG)
            .because(line)
            .offering(["4 hours", "1 day", "2 days"])
    }

    /// How much longer an access shall last, with what of it `fits`: each offer says it whole.
    pub(crate) fn how_much_longer(code: &Code, fits: &[&str]) -> Self {
        let offer =
            |long: &&str| Offer { label: (*long).to_owned(), say: format!("extend {code} for {long}") };
        let offers = fits.iter().map(offer).collect();
        Self { offers, ..Self::part(Field::Duration, words::how_much_longer(&code.to_string())) }
    }

    /// With oneself among those whom it may be for.
    fn or_for_me(mut self) -> Self {
        self.offers.push(Offer { label: words::FOR_ME.to_owned(), say: "me".to_owned() });
        self
    }

    pub(super) fn because(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }
}

/// What keeps a request from being born.
pub(super) enum Lacking {
    Nothing,
    Answer(Box<Doubt>),
    /// It is there already, and need not be asked for.
    Held(Box<(Asked, Violation)>),
    /// No answer helps.
    Hopeless(Violation),
}

impl Lacking {
    pub(super) fn answer(doubt: Doubt) -> Self {
        Self::Answer(Box::new(doubt))
    }
}

impl Chat {
    /// Asks for access as a sentence says it.
    pub(crate) async fn wish(&self, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
        if let Some(refrain) = said.get("refrain") {
            return Ok(vec![cards::nothing(words::asked_for_nothing(refrain))]);
        }
        if let Some(sentences) = said.get("sentences") {
            return self.ask_back(context, None, one_at_a_time(sentences, said.unsure())).await;
        }
        let here = self.here(context).await?;
        let text = |slot| said.get(slot).map(str::to_owned);
        let also = said.get("also").map(|names| names.lines().map(str::to_owned).collect());
        let mut wish = Wish {
            form: Form {
                permission: text("permission"),
                repository: text("repository"),
                user: text("user"),
                duration: None,
                ticket: text("KEY"),
                reason: text("reason"),
            },
            also: also.unwrap_or_default(),
            unread: said.unsure().to_vec(),
            ..Wish::default()
        };
        match Times::of_said(said).lasting(&here) {
            Ok(lasting) => wish.form.duration = lasting,
            // One thing is asked at a time; what was not read is kept, and asked next.
            Err(doubt) => return self.ask_back(context, Some(wish), *doubt).await,
        }
        self.propose(context, wish).await
    }

    /// Asks for access where nothing lacks, and asks back where something does, or where something of it was not read.
    pub(crate) async fn propose(&self, context: &Context, wish: Wish) -> Result<Vec<Card>, Failure> {
        let present = self.directory.present(&context.tenant).await?;
        if let Some(doubt) = of_the_unread(&wish, &present) {
            return self.ask_back(context, Some(wish), doubt).await;
        }
        match self.lacking(context, &wish).await? {
            Lacking::Nothing => self.born(context, wish, None).await,
            Lacking::Held(held) => self.born(context, wish, Some(*held)).await,
            Lacking::Answer(doubt) => self.ask_back(context, Some(wish), *doubt).await,
            Lacking::Hopeless(violation) => self.refuse(context, "access", violation).await,
        }
    }

    /// The question, kept with what was understood so far.
    pub(crate) async fn ask_back(
        &self,
        context: &Context,
        wish: Option<Wish>,
        doubt: Doubt,
    ) -> Result<Vec<Card>, Failure> {
        let doubt = match &wish {
            Some(wish) => match self.fitting(context, wish, doubt).await? {
                Ok(doubt) => doubt,
                Err(violation) => return self.refuse(context, "access", violation).await,
            },
            None => doubt,
        };
        let question = Question {
            id: self.question_id(context),
            about: doubt.about,
            wish: wish.map(Box::new),
            offers: doubt.offers,
        };
        Ok(vec![match self.keep(context, &question).await? {
            Ok(()) => self.question_card(context, question, &doubt.question, &doubt.lines).await?,
            Err(denied) => cards::denied(&denied, None),
        }])
    }

    /// Asks for the reason of a denial; what is said next is it.
    pub(crate) async fn ask_why(
        &self,
        context: &Context,
        code: &Code,
        receipt: &Digest,
        must: bool,
    ) -> Result<Vec<Card>, Failure> {
        let offer = Offer { label: words::say_why(code), say: format!("deny {code} receipt {receipt}") };
        let id = self.question_id(context);
        let question = Question { id, about: About::Part(Field::Reason), wish: None, offers: vec![offer] };
        let kept = self.keep(context, &question).await?;
        Ok(vec![
            kept.map_or_else(|denied| cards::denied(&denied, None), |()| cards::say_why(code, receipt, must)),
        ])
    }

    /// Keeps a question until its answer.
    async fn keep(&self, context: &Context, question: &Question) -> Result<Decided<()>, Failure> {
        let cause = context.cause("question", self.now());
        let stream = Self::questions_of(context);
        let ask = || QuestionCommand::Ask(Box::new(question.clone()));
        let done =
            self.engine.execute::<Questions>(&context.tenant, &stream, &cause, "question", ask).await?;
        Ok(done.map(drop))
    }

    /// The request itself, unless what it asks for is `held`; and the others, where the same was said for several repositories.
    async fn born(
        &self,
        context: &Context,
        wish: Wish,
        held: Option<(Asked, Violation)>,
    ) -> Result<Vec<Card>, Failure> {
        // Whatever was asked back before is over: a complete request has taken its place.
        self.forget_question(context).await?;
        if let Some(code) = &wish.instead_of {
            let withdrawn = match self.requests.open(context, "withdraw", code).await? {
                Ok(opened) => self.requests.withdraw(context, &opened).await?.map(drop),
                Err(denied) => Err(denied),
            };
            if let Err(denied) = withdrawn {
                return self.declined(context, Some(code), &denied).await;
            }
        }
        let mut cards = match held {
            Some((asked, why)) => self.held_already(context, &asked, why).await?,
            None => self.ask_now(context, &wish.form).await?,
        };
        let mut also = wish.also.into_iter();
        if let Some(next) = also.next() {
            // The same interaction, and another request of it.
            let interaction = countersign_domain::envelope::derived_id(context.interaction, &next);
            let context = Context { interaction, ..context.clone() };
            let form = Form { repository: Some(next), ..wish.form };
            let wish = Wish { form, also: also.collect(), each: true, ..Wish::default() };
            cards.extend(Box::pin(self.propose(&context, wish)).await?);
        }
        Ok(cards)
    }

    /// The first thing that keeps a request from being complete.
    pub(super) async fn lacking(&self, context: &Context, wish: &Wish) -> Result<Lacking, Failure> {
        if let Some(all) = wish.form.user.as_deref().filter(|user| LEXICON.is_everyone(user)) {
            let doubt = Doubt::part(Field::User, words::FOR_WHOM_IS_IT).or_for_me();
            return Ok(Lacking::answer(doubt.because(words::one_person_at_a_time(all))));
        }
        let present = self.directory.present(&context.tenant).await?;
        let resolved = self.requests.resolver().form(&context.tenant, &context.person, &wish.form).await?;
        if let Some(unclear) = resolved.open.first() {
            return Ok(Lacking::answer(of_whom(unclear)));
        }
        let asked = self.read(context, resolved);
        let vendors = self.world.vendors(&context.tenant);
        if let Some(doubt) = Self::of_the_words(&asked, wish, vendors).await {
            return Ok(Lacking::answer(doubt));
        }
        if let Some(name) = wish.form.user.as_deref().filter(|_| asked.subject.principal.is_none())
            && let Some(doubt) = of_a_name(name, &present)
        {
            return Ok(Lacking::answer(doubt));
        }
        let Some(vendors) = vendors else { return Ok(Lacking::Nothing) };
        if let Some(lacking) = of_the_vendors(context, &asked, wish, vendors).await {
            return Ok(lacking);
        }
        // Said once more because no answer came, it is one with what was heard the first time, also when that was granted since.
        let heard = context.cause("ask", self.now()).command;
        if self.requests.asked_by(&context.tenant, heard).await?.is_some() {
            return Ok(Lacking::Nothing);
        }
        // Before the rules are asked: what nobody said must not be too long for what is there.
        if let Some(held) = Box::pin(self.requests.held_already(context, &asked)).await? {
            return Ok(Lacking::Held(Box::new((asked, held))));
        }
        let earlier = self.requests.earlier_of(&context.tenant, &asked, vendors).await?;
        let lacking = of_the_rules(&asked, &present, &earlier, self.now());
        if !matches!(lacking, Lacking::Nothing)
            && self.requests.same_open(&context.tenant, &asked).await?.is_some()
        {
            // It is under way with what lacks here: the same said once more is answered with it.
            return Ok(Lacking::Nothing);
        }
        Ok(lacking)
    }

    /// The content as it would be asked.
    fn read(&self, context: &Context, resolved: Resolved) -> Asked {
        let requester = Requester {
            id: context.person.id.clone(),
            kind: context.person.kind,
            name: context.person.name.clone(),
            known: true,
        };
        let Resolved { form, subject, .. } = resolved;
        Asked::read(Code::candidate(context.interaction, 0), requester, subject, &form, self.now())
    }

    /// What is missing in the words, or wrong with them by itself.
    async fn of_the_words(asked: &Asked, wish: &Wish, vendors: Option<&Vendors>) -> Option<Doubt> {
        let form = &wish.form;
        let fault = |wanted: Field| asked.faults.iter().find(|fault| field_of(fault) == Some(wanted));
        if asked.permission.is_none() {
            let doubt =
                Doubt::part(Field::Permission, words::WHICH_PERMISSION).offering(["read", "write", "admin"]);
            let known = fault(Field::Permission).filter(|_| form.permission.is_some());
            return Some(known.into_iter().fold(doubt, |doubt, fault| doubt.because(violation(fault))));
        }
        if asked.repository.is_none() {
            let near = match vendors {
                Some(vendors) => nearest_repositories("", vendors).await,
                None => vec![],
            };
            let doubt = Doubt::part(Field::Repository, words::WHICH_REPOSITORY).offering(near);
            let known = fault(Field::Repository).filter(|_| form.repository.is_some());
            return Some(known.into_iter().fold(doubt, |doubt, fault| doubt.because(violation(fault))));
        }
        if !wish.also.is_empty() && !wish.each {
            return Some(several(asked.repository.as_deref().unwrap_or_default(), &wish.also));
        }
        let questions = [
            (Field::User, words::FOR_WHOM_IS_IT),
            (Field::Duration, words::FOR_HOW_LONG),
            (Field::Ticket, words::WHICH_TICKET),
            (Field::Reason, words::WHAT_FOR),
        ];
        questions.into_iter().find_map(|(field, question)| {
            let doubt = Doubt::part(field, question).because(violation(fault(field)?));
            Some(if field == Field::Duration {
                let may_be = form.duration.as_deref().and_then(vague).map(|(_, may_be)| may_be);
                doubt.offering(
                    may_be.unwrap_or_else(|| ["4 hours", "1 day", "2 days"].map(str::to_owned).into()),
                )
            } else {
                doubt
            })
        })
    }

    /// The id of what this interaction is asked back, always the same for it.
    pub(crate) fn question_id(&self, context: &Context) -> Code {
        Code::candidate(context.cause("question", self.now()).command, 0)
    }

    /// The stream of what was asked back of who speaks, where they speak.
    pub(crate) fn questions_of(context: &Context) -> String {
        Questions::id(&context.person.id, &context.scene.key(&context.surface)).to_string()
    }
}

/// The end that a time means, as a form holds it; or what must be asked to know.
pub(crate) fn ends(time: &str, here: &Here) -> Result<String, Box<Doubt>> {
    let written = |at| format!("until {}", here.written(at));
    let until_when = |line| Doubt::part(Field::Duration, words::UNTIL_WHEN).because(line);
    let (doubt, offered) = match moment::read(time, here, Edge::End) {
        Meant::At(at) => return Ok(written(at)),
        Meant::Either(all) => (Doubt::part(Field::Duration, words::which_time(time)), all),
        Meant::PassedToday(all) => (until_when(words::has_passed(time)), all),
        Meant::Passed => (until_when(words::has_passed(time)), vec![]),
        Meant::Nothing => (until_when(words::no_time(time)), moment::near(time, here)),
    };
    let offer = |at: &jiff::Timestamp| Offer { label: here.said(*at), say: written(*at) };
    Err(Box::new(Doubt { offers: offered.iter().map(offer).collect(), ..doubt }))
}

/// Several requests in one sentence: each is offered, whole.
fn one_at_a_time(sentences: &str, unsure: &[String]) -> Doubt {
    let offer = |say: &str| {
        let label = say.trim_start_matches("access ").to_owned();
        Offer { label, say: say.to_owned() }
    };
    let unread = (!unsure.is_empty()).then(|| words::left_out(unsure));
    Doubt {
        about: About::Which,
        question: words::ONE_AT_A_TIME.to_owned(),
        lines: sentences.lines().map(quoted).chain(unread).collect(),
        // As many buttons as every chat shows; the lines say all.
        offers: sentences.lines().take(5).map(offer).collect(),
    }
}

/// In which part of a form a fault is.
pub(crate) fn field_of(fault: &Violation) -> Option<Field> {
    Some(match fault {
        Violation::MissingField { field }
        | Violation::TextTooLong { field, .. }
        | Violation::BadCharacter { field, .. } => *field,
        Violation::UnknownPermission { .. } => Field::Permission,
        Violation::BadDuration { .. } | Violation::BadMoment { .. } => Field::Duration,
        _ => return None,
    })
}

fn several(first: &str, also: &[String]) -> Doubt {
    let names: Vec<&str> = std::iter::once(first).chain(also.iter().map(String::as_str)).collect();
    let each = Offer { label: words::each_of(names.len()), say: "each".to_owned() };
    // As many buttons as every chat shows.
    let only = names.iter().take(4).map(|name| Offer { label: words::only(name), say: (*name).to_owned() });
    let offers = std::iter::once(each).chain(only).collect();
    Doubt { offers, ..Doubt::part(Field::Repository, words::one_request_each(&names)) }
}

/// Somebody who is named, and whom nobody can be told to be for sure.
fn of_whom(unclear: &Unresolved) -> Doubt {
    let offer =
        |candidate: &Candidate| Offer { label: candidate.label.clone(), say: candidate.value.clone() };
    let offers = unclear.candidates.iter().take(OFFERED).map(offer).collect();
    let doubt = Doubt::part(unclear.field, words::FOR_WHOM_IS_IT).because(violation(&unclear.why));
    let doubt = Doubt { offers, ..doubt };
    if unclear.field == Field::User { doubt.or_for_me() } else { doubt }
}

/// What could not be read: a name of somebody asks for whom it is, anything else whether it may be left out.
fn of_the_unread(wish: &Wish, present: &Present) -> Option<Doubt> {
    let named = wish.unread.iter().filter(|_| wish.form.user.is_none()).find_map(|word| {
        let people = present.state.people.values();
        let called: Vec<_> =
            people.filter(|person| is_called(&person.name, word)).take(OFFERED - 1).collect();
        (!called.is_empty()).then_some((word, called))
    });
    if let Some((word, called)) = named {
        let offer =
            |person: &Person| Offer { label: words::for_somebody(&person.name), say: person.id.to_string() };
        let offers = called.into_iter().map(offer).collect();
        return Some(Doubt { offers, ..Doubt::part(Field::User, words::is_it_for(word)) }.or_for_me());
    }
    if wish.unread.is_empty() {
        return None;
    }
    let yes = Offer { label: words::YES.to_owned(), say: "yes".to_owned() };
    let question = words::did_i_understand(&wish.unread);
    let mut offers = vec![yes];
    if let [only] = wish.unread.as_slice()
        && wish.form.reason.is_none()
        && plain::may_be_reason(only)
    {
        offers.push(Offer { label: words::THAT_IS_WHY.to_owned(), say: format!("because {only}") });
    }
    Some(Doubt { about: About::All, question, lines: vec![], offers })
}

/// Whether one of the words of somebody's name is this one, or all of them together.
pub(super) fn is_called(name: &str, said: &str) -> bool {
    let (name, said) = (name.to_lowercase(), said.trim_start_matches('@').to_lowercase());
    name == said || name.split_whitespace().any(|own| own == said)
}

/// Whoever may be meant by a name that is nobody's whole name.
pub(super) fn of_a_name(name: &str, present: &Present) -> Option<Doubt> {
    let offer = |person: &Person| Offer { label: person.name.clone(), say: person.id.to_string() };
    let offers: Vec<_> = may_be_meant(name, &present.state).into_iter().map(offer).collect();
    (!offers.is_empty()).then(|| Doubt { offers, ..Doubt::part(Field::User, words::which_person(name)) })
}

/// The few people whose names hold everything that was said, but for a letter.
pub(crate) fn may_be_meant<'a>(name: &str, people: &'a People) -> Vec<&'a Person> {
    let said: Vec<String> = name.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let may_be = |whole: &str| {
        let whole = whole.to_lowercase();
        let words: Vec<&str> = whole.split_whitespace().collect();
        said.iter().all(|word| {
            // Of two words each may have a slip; one alone, and short, is near to too many.
            let slips = usize::from(word.len() > 4 || said.len() > 1 && word.len() > 2);
            words.iter().any(|own| strsim::osa_distance(own, word) <= slips)
        })
    };
    let lower = name.trim_start_matches('@').to_lowercase();
    let is_id = |person: &Person| lower.len() > 4 && strsim::osa_distance(person.id.as_str(), &lower) <= 1;
    people.people.values().filter(|person| may_be(&person.name) || is_id(person)).take(5).collect()
}

/// What the vendors do not know. Where one of them cannot be asked now, the request is born and checked later.
async fn of_the_vendors(context: &Context, asked: &Asked, wish: &Wish, vendors: &Vendors) -> Option<Lacking> {
    if let Some(name) = &asked.repository
        && let Ok(located @ (Located::Nowhere | Located::Elsewhere { .. })) =
            vendors.forge.repository(name).await
    {
        let near = nearest_repositories(name, vendors).await;
        let doubt = match located {
            // There may well be one: only not where access can be given.
            Located::Elsewhere { ours } => Doubt::part(Field::Repository, words::WHICH_REPOSITORY)
                .because(violation(&Violation::OtherWorkspace { repository: name.clone(), ours })),
            _ => Doubt::part(Field::Repository, words::no_such_repository(name, &near)),
        };
        return Some(Lacking::answer(doubt.offering(near)));
    }
    if let Ok(Named::Nothing) = vendors.forge.user(&asked.subject.account).await {
        let unknown = Violation::UnknownUser { user: asked.subject.name.clone() };
        return Some(match (&wish.form.user, &asked.subject.principal) {
            (Some(_), None) => {
                let doubt = Doubt::part(Field::User, words::FOR_WHOM_IS_IT).because(violation(&unknown));
                Lacking::answer(doubt.or_for_me())
            }
            // Nobody can say themselves what account they have.
            _ => Lacking::Hopeless(unknown),
        });
    }
    let (key, tracker) = (asked.ticket.as_ref()?, vendors.tracker.as_ref()?);
    // One that they cannot see is asked back in the same words as one that there is not.
    let found = tracker.ticket(key).await.ok()?;
    if found.is_some_and(|ticket| ticket.reach.includes(&context.person, TRACKER)) {
        return None;
    }
    let unknown = violation(&Violation::UnknownTicket { ticket: key.clone() });
    Some(Lacking::answer(Doubt::part(Field::Ticket, words::WHICH_TICKET).because(unknown)))
}

/// How many names are offered.
const OFFERED: usize = 4;

/// The repositories whose names are nearest to what was said, the nearest first. What cannot be asked now offers none.
pub(crate) async fn nearest_repositories(name: &str, vendors: &Vendors) -> Vec<String> {
    let lower = name.to_lowercase();
    let parts = lower.split(|c: char| !c.is_alphanumeric()).filter(|part| part.chars().count() > 2);
    let begins = |count| parts.clone().map(move |part| part.chars().take(count).collect::<String>());
    let whole = std::iter::once(lower.clone()).chain(parts.clone().map(str::to_owned));
    let mut searched: Vec<String> = whole.chain(begins(4)).collect();
    searched.dedup();
    searched.truncate(6);
    let mut found = std::collections::BTreeSet::new();
    // "webshop" and "infar" begin as what is meant does, but not for four letters.
    let mut shorter: Vec<String> = begins(3).take(4).collect();
    shorter.dedup();
    let first = searched.into_iter().map(|text| (text, false));
    let all: Vec<_> = first.chain(shorter.into_iter().map(|text| (text, true))).collect();
    for (text, is_last_resort) in all {
        if found.len() >= 20 || is_last_resort && !found.is_empty() {
            break;
        }
        found.extend(vendors.forge.search(&text, 20).await.unwrap_or_default());
    }
    let mut near: Vec<(f64, String)> =
        found.into_iter().map(|own| (strsim::jaro_winkler(&own.to_lowercase(), &lower), own)).collect();
    near.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    near.into_iter().take(OFFERED).map(|(_, own)| own).collect()
}
