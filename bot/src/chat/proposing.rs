//! Asking for what was understood: at once where nothing lacks, and one request after the other where the same was said for several
//! repositories.

use countersign_domain::card::Card;
use countersign_domain::envelope::derived_id;
use countersign_domain::heard::Form;
use countersign_domain::question::Wish;
use countersign_domain::request::Code;

use super::Chat;
use super::asking::{AskedInVain, Lacking};
use super::candidates::of_the_unread;
use super::reasons::is_of_a_denial;
use crate::context::Context;
use crate::engine::Failure;

/// What was answered to one request of several, and the wish with those that are left.
type Proposed = (Vec<Card>, Option<Wish>);

impl Chat {
    /// Asks for access where nothing lacks, and asks back where something does, or where something of it was not read. It is a loop,
    /// and no recursion: how deep it goes does not grow with how many repositories somebody names.
    pub(crate) async fn propose(&self, context: &Context, wish: Wish) -> Result<Vec<Card>, Failure> {
        let (mut cards, mut context, mut next) = (Vec::new(), context.clone(), Some(wish));
        while let Some(wish) = next {
            let (told, left) = Box::pin(self.propose_one(&context, wish)).await?;
            cards.extend(told);
            if let Some(name) = left.as_ref().and_then(|left| left.form.repository.as_deref()) {
                // The same interaction, and another request of it.
                context.interaction = derived_id(context.interaction, name);
            }
            next = left;
        }
        Ok(cards)
    }

    /// The first of what is wished for.
    async fn propose_one(&self, context: &Context, wish: Wish) -> Result<Proposed, Failure> {
        let present = self.directory.present(&context.tenant).await?;
        if let Some(doubt) = of_the_unread(&wish, &present) {
            return Ok((self.ask_back(context, Some(wish), doubt).await?, None));
        }
        match self.lacking(context, &wish).await? {
            Lacking::Nothing => Box::pin(self.born(context, wish, None)).await,
            Lacking::Held(held) => Box::pin(self.born(context, wish, Some(*held))).await,
            Lacking::Answer(doubt) => Ok((self.ask_back(context, Some(wish), *doubt).await?, None)),
            Lacking::Hopeless(violation) => {
                let cards = self.refuse(context, "access", violation).await?;
                self.with_what_follows(context, cards, wish).await
            }
        }
    }

    /// The request itself, unless what it asks for is `held`.
    async fn born(
        &self,
        context: &Context,
        wish: Wish,
        held: Option<AskedInVain>,
    ) -> Result<Proposed, Failure> {
        // Whatever was asked back before is over: a complete request has taken its place. Why something is denied is another matter.
        let waits = self.question_that_waits(context).await?;
        if !waits.as_ref().is_some_and(is_of_a_denial) {
            self.forget_question(context).await?;
        }
        // Nothing is withdrawn for what is there already, for nothing would be asked for in its place.
        if let Some(code) = wish.instead_of.as_ref().filter(|_| held.is_none())
            && let Some(told) = Box::pin(self.not_withdrawn(context, code)).await?
        {
            return Ok((told, None));
        }
        let cards = match held {
            Some((asked, why)) => self.held_already(context, &asked, why).await?,
            None => self.ask_now(context, &wish.form).await?,
        };
        self.with_what_follows(context, cards, wish).await
    }

    /// Withdraws what something else is asked for instead of; what is told where that cannot be.
    pub(super) async fn not_withdrawn(
        &self,
        context: &Context,
        code: &Code,
    ) -> Result<Option<Vec<Card>>, Failure> {
        let withdrawn = match self.requests.open(context, "withdraw", code).await? {
            Ok(opened) => self.requests.withdraw(context, &opened).await?.map(drop),
            Err(denied) => Err(denied),
        };
        match withdrawn {
            Ok(()) => Ok(None),
            Err(denied) => self.declined(context, Some(code), &denied).await.map(Some),
        }
    }

    /// The answer to one request, and what is wished for besides: the next repository, or else what was said beside all of it.
    async fn with_what_follows(
        &self,
        context: &Context,
        mut cards: Vec<Card>,
        wish: Wish,
    ) -> Result<Proposed, Failure> {
        let mut also = wish.also.into_iter();
        let Some(next) = also.next() else {
            cards.extend(self.next_of(context, &wish.then).await?);
            return Ok((cards, None));
        };
        let form = Form { repository: Some(next), ..wish.form };
        let (also, then) = (also.collect(), wish.then);
        Ok((cards, Some(Wish { form, also, each: true, then, ..Wish::default() })))
    }
}
