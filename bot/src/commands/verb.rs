//! What all verbs have in common: the request that is named is opened, something is done with it, and the answer is how it stands
//! then.

use countersign_domain::card::Card;
use futures::future::BoxFuture;

use crate::cards;
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::{Decided, Failure};
use crate::grammar::Said;
use crate::requests::{Opened, Requests, Touched};

/// What is done with it, by what was said.
pub(crate) type Verb = for<'a> fn(
    &'a Requests,
    &'a Context,
    &'a Opened,
    &'a Said,
) -> BoxFuture<'a, Result<Decided<Touched>, Failure>>;

/// Does it with the request that the command of this name names; says why where that was not done.
pub(crate) fn run<'a>(
    chat: &'a Chat,
    context: &'a Context,
    (name, said): (&'static str, &'a Said),
    verb: Verb,
) -> BoxFuture<'a, Result<Vec<Card>, Failure>> {
    Box::pin(async move {
        let opened = match chat.open(context, name, said.get("code")).await? {
            Ok(opened) => opened,
            Err(denied) => return Ok(vec![cards::denied(&denied, None)]),
        };
        let decided = verb(chat.requests(), context, &opened, said).await?;
        chat.answer(context, Some(&opened.code), decided).await
    })
}
