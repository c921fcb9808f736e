//! Asking back: a request is born when it is complete. What cannot be read or found is asked, one thing at a time, with the
//! nearest that there is; what was understood so far is kept until the answer.

use countersign_domain::access::{Asked, Fault};
use countersign_domain::capabilities::violation;
use countersign_domain::card::Card;
use countersign_domain::denied::{Field, Violation};
use countersign_domain::duration::vague;
use countersign_domain::envelope::Digest;
use countersign_domain::heard::Form;
use countersign_domain::question::{About, Offer, Question, QuestionCommand, Wish};
use countersign_domain::request::{Code, Requester};

use super::candidates::{nearest_repositories, of_a_group, of_a_name, of_the_vendors, of_whom};
use super::following::{THEN, one_at_a_time};
use super::limits::of_the_rules;
use super::timing::Times;
use super::{Chat, called};
use crate::cards;
use crate::context::Context;
use crate::engine::{Decided, Failure};
use crate::grammar::Said;
use crate::normalise::{LEXICON, Says};
use crate::plain;
use crate::resolve::Resolved;
use crate::words;
use crate::world::Vendors;

/// As many buttons as every chat shows.
pub(crate) const BUTTONS: usize = 5;

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
    pub(crate) fn how_much_longer(code: &Code, fits: &[&str], why: Option<&str>) -> Self {
        let because = why.map(|why| format!(" because {why}")).unwrap_or_default();
        let offer = |long: &&str| Offer {
            label: (*long).to_owned(),
            say: format!("extend {code} for {long}{because}"),
        };
        let offers = fits.iter().map(offer).collect();
        Self { offers, ..Self::part(Field::Duration, words::how_much_longer(&code.to_string())) }
    }

    /// With oneself among those whom it may be for.
    pub(super) fn or_for_me(mut self) -> Self {
        self.offers.push(Offer { label: words::FOR_ME.to_owned(), say: "me".to_owned() });
        self
    }

    pub(super) fn because(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }
}

/// What is asked for and held already, and how that is told.
pub(super) type AskedInVain = (Asked, Violation);

/// What keeps a request from being born.
pub(super) enum Lacking {
    Nothing,
    Answer(Box<Doubt>),
    /// It is there already, and need not be asked for.
    Held(Box<AskedInVain>),
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
                reason: said.get("reason").map(plain::bare_reason).map(str::to_owned),
            },
            also: also.unwrap_or_default(),
            unread: said.unsure().to_vec(),
            then: said.get(THEN).map(|then| then.lines().map(str::to_owned).collect()).unwrap_or_default(),
            ..Wish::default()
        };
        if let Some(reason) = wish.form.reason.as_deref().filter(|_| wish.unread.is_empty()) {
            let own: Vec<&str> = said.get("repository").into_iter().chain(said.get("user")).collect();
            if let Some(named) = Box::pin(self.named_beside(context, reason, &own)).await? {
                let unread = if named.is_person { named.name } else { named.from };
                wish.unread = vec![unread.to_owned()];
            }
        }
        match Times::of_said(said).lasting(&here) {
            Ok(lasting) => wish.form.duration = lasting,
            // One thing is asked at a time; what was not read is kept, and asked next.
            Err(doubt) => return self.ask_back(context, Some(wish), *doubt).await,
        }
        self.propose(context, wish).await
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
            within: context.scene.within(),
        };
        // A yes decides on what was shown: a line of it shows nothing of it.
        let shown = Box::pin(self.beneath_the_question(context, &question)).await?;
        if let Err(denied) = self.keep(context, &question).await? {
            return Ok(vec![cards::denied(&denied, None)]);
        }
        let asked = self.question_card(context, question, &doubt.question, &doubt.lines).await?;
        Ok(std::iter::once(asked).chain(shown).collect())
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
        let (id, within) = (self.question_id(context), context.scene.within());
        let about = About::Part(Field::Reason);
        let question = Question { id, about, wish: None, offers: vec![offer], within };
        let kept = self.keep(context, &question).await?;
        Ok(vec![
            kept.map_or_else(|denied| cards::denied(&denied, None), |()| cards::say_why(code, receipt, must)),
        ])
    }

    /// Keeps a question until its answer.
    pub(super) async fn keep(&self, context: &Context, question: &Question) -> Result<Decided<()>, Failure> {
        let ask = QuestionCommand::Ask(Box::new(question.clone()));
        self.has_asked(context, question);
        self.tell_questions(context, "question", ask).await
    }

    /// The first thing that keeps a request from being complete.
    pub(super) async fn lacking(&self, context: &Context, wish: &Wish) -> Result<Lacking, Failure> {
        // "Each" and "both" are nobody's names.
        let is_everyone = |user: &&str| {
            LEXICON.is_everyone(user) || *user == "each" || Says::Plural.is(&user.to_lowercase())
        };
        if let Some(all) = wish.form.user.as_deref().filter(is_everyone) {
            let doubt = Doubt::part(Field::User, words::FOR_WHOM_IS_IT).or_for_me();
            return Ok(Lacking::answer(doubt.because(words::one_person_at_a_time(all))));
        }
        if let Some(doubt) = self.of_the_unnamed(context, wish).await? {
            return Ok(Lacking::answer(doubt));
        }
        let present = self.directory.present(&context.tenant).await?;
        if let Some(doubt) = wish.form.user.as_deref().and_then(|name| of_a_group(name, &present)) {
            return Ok(Lacking::answer(doubt));
        }
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
            let doubt = Doubt::part(Field::Repository, words::WHICH_REPOSITORY).offering_repositories(&near);
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
}

/// In which part of a form a fault is.
pub(crate) fn field_of(fault: &Violation) -> Option<Field> {
    Some(match fault {
        Violation::TextTooLong { field, .. } | Violation::BadCharacter { field, .. } => *field,
        Violation::BadMoment { .. } => Field::Duration,
        other => match other.own()? {
            Fault::MissingField { field } => field,
            Fault::UnknownPermission { .. } => Field::Permission,
            Fault::BadDuration { .. } => Field::Duration,
            _ => return None,
        },
    })
}

fn several(first: &str, also: &[String]) -> Doubt {
    let names: Vec<&str> = std::iter::once(first).chain(also.iter().map(String::as_str)).collect();
    let each = Offer { label: words::each_of(names.len()), say: "each".to_owned() };
    // As many buttons as every chat shows.
    let only = names.iter().take(4).map(|name| Offer { label: words::only(name), ..called::offer(name) });
    let offers = std::iter::once(each).chain(only).collect();
    Doubt { offers, ..Doubt::part(Field::Repository, words::one_request_each(&names)) }
}
