//! Thinking better of what was done: an own countersignature is taken back while it can be, and an own request is withdrawn; of
//! what is decided it is said how it can be ended.

use countersign_domain::card::Card;
use countersign_domain::names::PrincipalId;
use countersign_domain::question::{About, Offer};
use countersign_domain::request::{Facets, Stage};

use super::asking::{BUTTONS, Doubt};
use super::meaning::{command, is_pronoun};
use super::{Chat, Seen};
use crate::cards;
use crate::commands::{self, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::{Said, Sentence};
use crate::words;

const WITHDRAW: &str = "withdraw";
const TAKE_BACK: &str = "take back";
/// What gives something up that is one's own.
const GIVE_UP: [&str; 2] = [WITHDRAW, "give back"];

/// What somebody said who thinks better of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Undo {
    /// That what they did last shall not be: "take that back".
    Last,
    /// That it was a slip, or that something is to be called off, whatever it is.
    Something,
    /// That it is not needed any more: what is their own, and no countersignature.
    Finished,
}

impl Chat {
    /// Undoes what can be undone of what who speaks has done, where it is sure what that is, or asks; nothing where there is
    /// nothing of theirs. Said as a question (`asks`), it is asked.
    pub(super) async fn undone(
        &self,
        context: &Context,
        undo: Undo,
        asks: bool,
    ) -> Result<Option<Vec<Card>>, Failure> {
        let id = &context.person.id;
        let talked_about = self.in_question(context).await?;
        let mut seen = self.decided_by(context)?;
        if let Some(code) = &talked_about {
            seen.retain(|seen| seen.code == *code);
        }
        let can_be = seen.iter().filter_map(|seen| Some((undoing(&*seen.request, id)?, seen)));
        let can_be = can_be.filter(|(command, _)| undo != Undo::Finished || *command != TAKE_BACK);
        let can_be: Vec<_> = can_be.collect();
        match &can_be[..] {
            [] if undo == Undo::Last => self.cannot_be_undone(context, &seen).await,
            [] => Ok(None),
            // What is taken back can be given anew; what is withdrawn has to be asked for anew. Of what was not spoken of last, nobody takes
            // anything back by a "that": who says it twice means the same one.
            [(command, one)]
                if !asks
                    && (talked_about.is_some()
                        || *command == TAKE_BACK
                            && undo == Undo::Last
                            && !self.speaks_of_another(context, &one.code)) =>
            {
                self.undo(context, command, one).await.map(Some)
            }
            several => self.ask_what(context, several).await.map(Some),
        }
    }

    /// What is said behind a second thought: "never mind, give it back". It is done as if it were said by itself where it only gives
    /// something up, and is asked otherwise; a draft is given up with it. `None` where it is no command.
    pub(super) async fn rather_done(
        &self,
        context: &Context,
        rest: &str,
    ) -> Result<Option<Vec<Card>>, Failure> {
        let customs = self.customs(context);
        let sentence = Sentence::spoken_by(rest, &customs);
        let Some((spec, said)) = commands::understand(&sentence).filter(|(spec, _)| spec.decides()) else {
            return Ok(None);
        };
        if GIVE_UP.contains(&spec.name) {
            return self.hear_as(context, rest, false).await.map(Some);
        }
        self.ask_first(context, spec, &said, None).await.map(Some)
    }

    /// The same of what is said behind a word that only turns, where that gives something up: "actually give it back".
    pub(super) async fn rather_given_up(
        &self,
        context: &Context,
        rest: &str,
    ) -> Result<Option<Vec<Card>>, Failure> {
        let customs = self.customs(context);
        let understood = commands::understand(&Sentence::spoken_by(rest, &customs));
        match understood.filter(|(spec, _)| GIVE_UP.contains(&spec.name)) {
            Some(_) => Box::pin(self.rather_done(context, rest)).await,
            None => Ok(None),
        }
    }

    /// Whether it is the draft that is given up: something was asked back, and a command to give up names nothing else.
    pub(super) async fn drops_draft(
        &self,
        context: &Context,
        spec: &CommandSpec,
        said: &Said,
    ) -> Result<bool, Failure> {
        let names_nothing = said.get("code").is_none_or(is_pronoun);
        if !GIVE_UP.contains(&spec.name) || !names_nothing {
            return Ok(false);
        }
        let question = self.question(context).await?;
        Ok(question.is_some_and(|question| question.wish.is_some()))
    }

    /// What is done about the draft that is open, where nothing is named: it is told who could approve it, or it is given up, also by
    /// who asks whether it can be: "puoi ritirare la richiesta?".
    pub(super) async fn of_the_draft(
        &self,
        context: &Context,
        spec: &CommandSpec,
        said: &Said,
    ) -> Result<Option<Vec<Card>>, Failure> {
        if spec.name == "who can approve" {
            return self.who_could_approve_the_draft(context).await;
        }
        let is_draft = spec.name == WITHDRAW && context.scene.about.is_none();
        if is_draft && self.drops_draft(context, spec, said).await? {
            return self.forgotten(context).await.map(Some);
        }
        Ok(None)
    }

    /// Forgets what was asked back, and says so.
    pub(super) async fn forgotten(&self, context: &Context) -> Result<Vec<Card>, Failure> {
        match self.question(context).await? {
            Some(question) => self.drop_question(context, &question).await,
            None => Ok(vec![]),
        }
    }

    /// What who speaks asked for, or has decided on, the newest first.
    fn decided_by(&self, context: &Context) -> Result<Vec<Seen>, Failure> {
        let rows = self.concerned_with(&context.tenant, &context.person)?.into_iter();
        Ok(rows.map(Seen::from).collect())
    }

    async fn undo(&self, context: &Context, name: &'static str, seen: &Seen) -> Result<Vec<Card>, Failure> {
        let said = Said::plainly([("code", seen.code.to_string())], vec![], vec![]);
        Box::pin((command(name).run)(self, context, &said)).await
    }

    /// Of what was spoken of last and is decided nothing is undone: it is told so, with what can be done instead.
    async fn cannot_be_undone(&self, context: &Context, seen: &[Seen]) -> Result<Option<Vec<Card>>, Failure> {
        let id = &context.person.id;
        for one in seen {
            // Who thinks better of what they did last does not speak of what they did before it.
            if self.speaks_of_another(context, &one.code) {
                continue;
            }
            if one.request.was_carried_by(id) {
                return self.undo(context, TAKE_BACK, one).await.map(Some);
            }
            let withdrawn = one.request.standing().stage == Stage::Withdrawn && one.request.is_for(id);
            let told = match one.request.was_denied_by(id) {
                true => words::you_denied(&one.code),
                false if withdrawn => words::you_withdrew(&one.code),
                false => continue,
            };
            return Ok(Some(vec![cards::lines(words::DECIDED, &[told])]));
        }
        Ok(None)
    }

    async fn ask_what(
        &self,
        context: &Context,
        several: &[(&'static str, &Seen)],
    ) -> Result<Vec<Card>, Failure> {
        let mut offers = Vec::new();
        for (name, seen) in several.iter().take(BUTTONS) {
            offers.push(Offer {
                label: self.named(context, seen).await?,
                say: format!("{name} {}", seen.code),
            });
        }
        let first = several.first().map_or("", |(name, _)| name);
        let question = if several.iter().all(|(name, _)| *name == first) {
            words::which_one(first, several.len())
        } else {
            words::WHICH_OF_THESE.to_owned()
        };
        let more = several.len() - offers.len();
        let lines = (more > 0).then(|| words::and_more(more, first)).into_iter().collect();
        self.ask_back(context, None, Doubt { about: About::Which, question, lines, offers }).await
    }
}

/// By which command somebody can undo what they have done with a request, if they can.
fn undoing(request: &dyn Facets, id: &PrincipalId) -> Option<&'static str> {
    if request.open().is_some_and(|open| open.countersigned.contains(id)) {
        return Some(TAKE_BACK);
    }
    (request.is_to_be_decided() && request.is_for(id)).then_some(WITHDRAW)
}
