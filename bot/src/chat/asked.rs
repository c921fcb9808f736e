//! What who speaks was asked back where they speak. An index knows it of everybody; the stream of it is read only where the index
//! may not have come as far as what they say now, or as what was written since by this bot, or by another.

use std::sync::{Arc, Mutex, PoisonError};

use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::envelope::Position;
use countersign_domain::names::StreamName;
use countersign_domain::question::{Question, QuestionCommand, Questions};
use countersign_domain::request::Code;
use countersign_projections::conversation;

use super::reasons::denied_and_why;
use super::{Chat, Seen};
use crate::context::Context;
use crate::engine::{Decided, Failure};

/// Where this bot wrote last that somebody was asked back, or answered.
#[derive(Clone, Default)]
pub(super) struct Written(Arc<Mutex<Option<Position>>>);

impl Written {
    fn last(&self) -> Option<Position> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, position: Position) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *last = (*last).max(Some(position));
    }
}

impl Chat {
    /// The question that who speaks was asked here, where it still waits: in this thread, or not on the card of another request.
    pub(crate) async fn question(&self, context: &Context) -> Result<Option<Question>, Failure> {
        let (questions, here) = (self.questions(context).await?, context.scene.within());
        let asked = questions.of(context.interaction, &here, self.now());
        // The same sentence once more is no answer to what it was answered with.
        let own = self.question_id(context);
        Ok(asked.filter(|question| question.id != own).cloned())
    }

    /// The same where it was not answered or dropped by what is said now either.
    pub(super) async fn question_that_waits(&self, context: &Context) -> Result<Option<Question>, Failure> {
        let questions = self.questions(context).await?;
        Ok(questions.waiting(&context.scene.within(), self.now()).cloned())
    }

    /// The request whose denial is asked about here, for who only looks and names none; none in the talk about another.
    pub(super) async fn asked_about(&self, context: &Context) -> Result<Option<Seen>, Failure> {
        if context.scene.about.is_some() {
            return Ok(None);
        }
        let asked = self.question(context).await?;
        let code = asked.as_ref().and_then(denied_and_why).and_then(|(code, _)| code.parse::<Code>().ok());
        let Some(code) = code else { return Ok(None) };
        let request = self.seen_by_code(context, &context.tenant, &code).await?;
        Ok(request.map(|request| Seen { code, request }))
    }

    /// Whether the question of this id waits in any talk of the place, also beneath another.
    pub(super) async fn still_waits(&self, context: &Context, id: &Code) -> Result<bool, Failure> {
        Ok(self.questions(context).await?.waits(id, self.now()))
    }

    /// The question of this id, in whatever talk of the place it was asked: a button names its question, wherever it stands.
    pub(super) async fn question_named(
        &self,
        context: &Context,
        id: &Code,
    ) -> Result<Option<Question>, Failure> {
        let questions = self.questions(context).await?;
        Ok(questions.named(id, context.interaction, self.now()).cloned())
    }

    /// Forgets what was asked here, where anything was: something else takes its place. What was asked in another thread waits on
    /// there, and a later yes is none to it anywhere else; where there are no threads, a yes is heard whatever card it stands
    /// beneath, so nothing waits on.
    pub(crate) async fn forget_question(&self, context: &Context) -> Result<(), Failure> {
        self.forget(context, |_| true).await
    }

    /// The same where something is decided: a draft is none of that, and waits on.
    pub(super) async fn forget_but_a_draft(&self, context: &Context) -> Result<(), Failure> {
        self.forget(context, |question| question.wish.is_none()).await
    }

    /// Forgets what was asked here and gives way.
    async fn forget(&self, context: &Context, gives_way: fn(&Question) -> bool) -> Result<(), Failure> {
        let (questions, own) = (self.questions(context).await?, self.question_id(context));
        let in_the_way = questions.in_the_way(&context.scene.within(), self.now());
        let [question, elsewhere] = in_the_way.map(|found| {
            let found = found.filter(|question| question.id != own && gives_way(question));
            found.map(|question| question.id.clone())
        });
        if question.is_some() || elsewhere.is_some() {
            let drop = QuestionCommand::Drop { question, elsewhere, by: context.interaction };
            let _: Decided<()> = self.tell_questions(context, "drop", drop).await?;
        }
        Ok(())
    }

    /// What who speaks was asked back at this place, in all its talks.
    async fn questions(&self, context: &Context) -> Result<Arc<Questions>, Failure> {
        let id = Self::questions_of(context);
        if let Some(questions) = self.as_the_index_has_it(context, &id)? {
            return Ok(Arc::new(questions));
        }
        let stream = StreamName::new(&context.tenant, Questions::CATEGORY, &id)?;
        Ok(self.engine.folds().at_hand::<Questions>(&stream).await?.state)
    }

    /// What an index has, where it is known to have come far enough.
    fn as_the_index_has_it(&self, context: &Context, id: &str) -> Result<Option<Questions>, Failure> {
        let projections = &self.world.projections;
        let Some(enough) = self.how_far_is_enough(context) else { return Ok(None) };
        if !projections.are_at(conversation::NAME, enough) {
            return Ok(None);
        }
        let rows = projections.rows(conversation::NAME);
        Ok(Some(conversation::asked_back(&*rows, &context.tenant, id)?))
    }

    /// How far an index must have come to know all that who speaks was asked back before: as far as where it stands that they say
    /// this. What is said in the console or by the API stands nowhere in the log before it is answered. A bot that is alone knows how
    /// far it is all the same: its read models had all there was before anybody could say anything, and since then nobody else asks
    /// back. Of several bots another may have asked a moment ago, and nothing short of a read says how far is enough: there such a
    /// sentence reads the stream itself, once, and so costs one read more.
    fn how_far_is_enough(&self, context: &Context) -> Option<Position> {
        let alone = || self.world.projections.position().filter(|_| self.world.duties.is_alone());
        let before = context.heard.or_else(alone)?;
        Some(self.written.last().map_or(before, |written| written.max(before)))
    }

    /// Asks who speaks back, takes their answer, or forgets what they were asked.
    pub(super) async fn tell_questions(
        &self,
        context: &Context,
        name: &'static str,
        command: QuestionCommand,
    ) -> Result<Decided<()>, Failure> {
        let (id, cause) = (Self::questions_of(context), context.cause(name, self.now()));
        let command = || command.clone();
        let done = self.engine.execute::<Questions>(&context.tenant, &id, &cause, name, command).await?;
        if let Some(position) = done.as_ref().ok().and_then(|done| done.position) {
            self.written.note(position);
        }
        Ok(done.map(drop))
    }

    /// The id of what this interaction is asked back, always the same for it.
    pub(crate) fn question_id(&self, context: &Context) -> Code {
        Code::candidate(context.cause("question", self.now()).command, 0)
    }

    /// The stream of what was asked back of who speaks, where they speak.
    fn questions_of(context: &Context) -> String {
        Questions::id(&context.person.id, &context.scene.key(&context.surface)).to_string()
    }
}
