//! Changing what was asked for, or is being asked back: what can be read or found of the change is taken, and what cannot is
//! asked, never left out.

use countersign_domain::access::{Access, AccessRequest};
use countersign_domain::capabilities::Listed as _;
use countersign_domain::card::Card;
use countersign_domain::denied::Field;
use countersign_domain::ports::Located;
use countersign_domain::question::{About, Offer, Question, Wish};
use futures::future::BoxFuture;

use super::asking::Doubt;
use super::candidates::of_a_name;
use super::mood::Answer;
use super::timing::{Times, as_end};
use super::{Chat, Concern, Seen};
use crate::cards;
use crate::commands::as_wish;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::{Said, Sentence};
use crate::moment::Here;
use crate::normalise::{LEXICON, Tag};
use crate::plain::{self, Plain};
use crate::words;

/// A name of more words than this is none.
const WORDS: usize = 4;

impl Chat {
    /// Changes what is being asked back, before it is asked for.
    pub(crate) async fn changed(
        &self,
        context: &Context,
        question: &Question,
        change: &str,
    ) -> Result<Option<Vec<Card>>, Failure> {
        let question = Question { about: About::All, ..question.clone() };
        if question.wish.is_none() || !self.change(context, change).await?.says_only_that() {
            return Ok(None);
        }
        self.answered(context, &question, change).await.map(Some)
    }

    /// Asks anew for what was asked for, with a change.
    pub(crate) async fn asked_anew(
        &self,
        context: &Context,
        wish: Wish,
        change: &str,
    ) -> Result<Vec<Card>, Failure> {
        let part = self.change(context, change).await?;
        if !part.says_only_that() {
            return Ok(vec![cards::nothing(words::change_not_read())]);
        }
        match with_part(wish.clone(), &part, &self.here(context).await?) {
            Ok(wish) => self.propose(context, wish).await,
            Err(doubt) => self.ask_back(context, Some(wish), *doubt).await,
        }
    }

    /// What is over and who speaks may mean by a change: what the talk is about, where it is theirs; else what they asked for last,
    /// where that was denied or nothing else is there that could be changed. Who has others' requests to decide on means one of those.
    pub(crate) async fn over(&self, context: &Context) -> Result<Option<Seen<AccessRequest>>, Failure> {
        let id = &context.person.id;
        let own = self.concerned_with(&context.tenant, &context.person)?.into_iter();
        let mut own = own.filter(|row| row.request.is_for(id));
        let row = match self.in_question(context).await? {
            Some(code) => own.find(|row| row.code == code),
            None if !self.concerned(context, Concern::ToDecide).await?.is_empty() => None,
            None => own.next().filter(|row| {
                let others = self.own_open(&context.tenant, &context.person);
                row.request.denial().is_some() || others.is_ok_and(|others| others.is_empty())
            }),
        };
        let row = row.filter(|row| row.request.is_over());
        Ok(row
            .and_then(|row| Some(Seen { request: Access::of(Some(&row.request))?.clone(), code: row.code })))
    }

    /// That only who asked can change what they ask for; whoever may deny it is offered that, with the change as its reason.
    pub(crate) async fn only_theirs(
        &self,
        context: &Context,
        seen: &Seen,
        change: &str,
    ) -> Result<Vec<Card>, Failure> {
        let people = self.directory.present(&context.tenant).await?.state;
        let who = seen.request.requester().map(|requester| requester.name.clone()).unwrap_or_default();
        let question = words::only_theirs_to_change(&who, &seen.code);
        let receipt = seen.request.receipt();
        let can_deny = cards::could_decide(&*seen.request, &people, &context.person, self.now());
        let Some(receipt) = receipt.filter(|_| can_deny) else {
            return Ok(vec![cards::lines(&question, &[])]);
        };
        let reason = words::ask_for_that_instead(change);
        let offer = Offer {
            label: words::deny_with(&reason),
            say: format!("deny {} receipt {receipt} because {reason}", seen.code),
        };
        let lines = vec![words::or_deny_it().to_owned()];
        let doubt = Doubt { about: About::Which, question, lines, offers: vec![offer] };
        self.ask_back(context, None, doubt).await
    }

    /// The same of the only request that waits for who speaks: a counter-offer is no request of their own. `None` where none waits, or
    /// several.
    pub(crate) async fn counter_offer(
        &self,
        context: &Context,
        change: &str,
    ) -> Result<Option<Vec<Card>>, Failure> {
        let rows = self.concerned(context, Concern::ToDecide).await?;
        let [row] = &rows[..] else { return Ok(None) };
        let seen = Seen { code: row.code.clone(), request: row.request.clone() };
        Box::pin(self.only_theirs(context, &seen, change)).await.map(Some)
    }

    /// "Give him only 30 minutes": it bids to give something else than what waits. `None` where it says anything else.
    pub(super) async fn offered_instead(
        &self,
        context: &Context,
        sentence: &Sentence<'_>,
    ) -> Result<Option<Vec<Card>>, Failure> {
        let Plain { permission, repositories, duration, until, .. } = plain::part(sentence);
        let until = until.map(|until| format!("until {until}"));
        match duration.or(until).or(permission).filter(|_| repositories.is_empty()) {
            Some(change) => self.counter_offer(context, &change).await,
            None => Ok(None),
        }
    }

    /// Asks for what was denied or is over once more, with a change: it is a draft until that is said to be right. The permission was
    /// meant for the repository that it was asked on: on another one it is asked.
    pub(crate) async fn anew(
        &self,
        context: &Context,
        seen: &Seen<AccessRequest>,
        change: &str,
    ) -> Result<Vec<Card>, Failure> {
        let part = self.change(context, change).await?;
        let Some(asked) = seen.request.asked.as_ref().filter(|_| part.says_only_that()) else {
            return Ok(vec![cards::nothing(words::change_not_read())]);
        };
        let mut wish = as_wish(asked);
        let is_another = |name: &String| Some(name) != asked.repository.as_ref();
        if part.permission.is_none() && part.repositories.iter().any(is_another) {
            wish.form.permission = None;
        }
        match with_part(wish.clone(), &part, &self.here(context).await?) {
            Ok(wish) if wish.form.permission.is_none() => Box::pin(self.propose(context, wish)).await,
            Ok(wish) => {
                let yes = Offer { label: words::YES_ASK_ANEW.to_owned(), say: "yes".to_owned() };
                let question = words::ask_anew(&seen.code, seen.request.stage);
                let doubt = Doubt { about: About::All, question, lines: vec![], offers: vec![yes] };
                self.ask_back(context, Some(wish), doubt).await
            }
            Err(doubt) => self.ask_back(context, Some(wish), *doubt).await,
        }
    }

    /// What a change says of a request.
    pub(crate) async fn change(&self, context: &Context, change: &str) -> Result<Plain, Failure> {
        self.said_part(context, About::All, change).await
    }

    /// "Actually 2 days": takes a correction for a change of what waits or is in force, where it can be one and something is.
    pub(super) async fn turned(&self, context: &Context, change: &str) -> Result<Option<Vec<Card>>, Failure> {
        let waits = !self.concerned(context, Concern::OwnToChange).await?.is_empty();
        let stands = !self.concerned(context, Concern::OwnInForce).await?.is_empty();
        let is_there = waits || stands || self.over(context).await?.is_some();
        if !is_there || !self.change(context, change).await?.says_only_that() {
            return Ok(None);
        }
        let said = Said::plainly([("change", change.to_owned())], vec![], vec![]);
        Box::pin((super::meaning::command("make it").run)(self, context, &said)).await.map(Some)
    }

    /// Parts of a request that are said alone, as a change of what is there. They do not refer to what is over, unless the talk is
    /// about that.
    pub(super) fn changed_by<'a>(
        &'a self,
        context: &'a Context,
        change: &'a str,
    ) -> BoxFuture<'a, Result<Option<Vec<Card>>, Failure>> {
        Box::pin(async move {
            let refers = context.scene.about.is_some()
                || !self.concerned(context, Concern::OwnToChange).await?.is_empty()
                || self.over(context).await?.is_none();
            if refers { self.turned(context, change).await } else { Ok(None) }
        })
    }

    /// What is said of a request in answer to a question. A name that stands alone is looked up, unless it is what was asked.
    pub(super) async fn said_part(
        &self,
        context: &Context,
        about: About,
        answer: &str,
    ) -> Result<Plain, Failure> {
        // A reason is for people, and nothing is read out of it.
        if about == About::Part(Field::Reason) {
            return Ok(Plain::default());
        }
        let customs = self.customs(context);
        let sentence = Sentence::spoken_by(answer, &customs);
        let said = Answer::of(&sentence);
        let sentence = Sentence::spoken_by(said.text, &customs);
        let is_repository = about == About::Part(Field::Repository);
        let mut part =
            if is_repository { plain::part_of_repository(&sentence) } else { plain::part(&sentence) };
        match about {
            About::Part(Field::Duration) => as_end(&mut part),
            // "For Ben": nobody asked for a repository.
            About::Part(Field::User) if part.user.is_none() && begins_with_for(&sentence) => {
                part.user = part.repositories.pop();
            }
            _ => {}
        }
        let names_it = matches!(about, About::Part(Field::Repository | Field::User));
        if said.turns || !names_it {
            self.place(context, &mut part).await?;
        }
        Ok(part)
    }

    /// Finds the place of a name that stands alone: a repository that there is, or a person. What is neither stays unread.
    async fn place(&self, context: &Context, part: &mut Plain) -> Result<(), Failure> {
        let is_bare = !part.unsure.is_empty() && part.repositories.is_empty();
        let names = if is_bare { &part.unsure } else { &part.repositories };
        let is_one = (1..=if is_bare { WORDS } else { 1 }).contains(&names.len());
        let Some(vendors) = self.world.vendors(&context.tenant).filter(|_| is_one) else { return Ok(()) };
        let (written, spoken) = (names.join("-"), names.join(" "));
        match vendors.forge.repository(&written.replace(' ', "-")).await {
            Ok(Located::Here(found)) => {
                (part.repositories, part.unsure) = (vec![found.name], vec![]);
                return Ok(());
            }
            // Whether there is one cannot be known now.
            Err(_) if !is_bare => return Ok(()),
            _ => {}
        }
        let present = self.directory.present(&context.tenant).await?;
        if part.user.is_none() && of_a_name(&spoken, &present).is_some() {
            (part.user, part.repositories, part.unsure) = (Some(spoken), vec![], vec![]);
        } else if !is_bare {
            part.unsure.append(&mut part.repositories);
        }
        Ok(())
    }
}

/// The wish with whatever of it was said anew.
pub(super) fn with_part(mut wish: Wish, part: &Plain, here: &Here) -> Result<Wish, Box<Doubt>> {
    let form = &mut wish.form;
    let set = |slot: &mut Option<String>, new: &Option<String>| {
        if new.is_some() {
            slot.clone_from(new);
        }
    };
    set(&mut form.permission, &part.permission);
    set(&mut form.user, &part.user);
    set(&mut form.ticket, &part.ticket);
    set(&mut form.reason, &part.reason);
    set(&mut form.duration, &Times::of_part(part).lasting(here)?);
    if let Some((first, also)) = part.repositories.split_first() {
        form.repository = Some(first.clone());
        wish.also = also.to_vec();
    }
    Ok(wish)
}

fn begins_with_for(sentence: &Sentence<'_>) -> bool {
    matches!(LEXICON.tag(&sentence.words), Some((Tag::For, _)))
}
