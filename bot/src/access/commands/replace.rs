//! `replace <code> with <change>`: withdraw a request that waits, and ask for it anew with a change, in one step.

use countersign_domain::access::Status;
use countersign_domain::card::Card;
use countersign_domain::request::Facets as _;

use super::make_it::wish;
use crate::cards;
use crate::chat::{Chat, Seen, changes_nothing};
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::words;

const NAME: &str = "replace";

pub(crate) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "replace <code> with <change>",
    phrases: &["change <code> to <change>"],
    summary: "withdraw a request that waits, and ask anew with a change",
    examples: &["replace K7QM2X with 4 hours"],
    audience: Audience::Buttons,
    decides: true,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let seen = match chat.seen(context, NAME, said.get("code")).await? {
        Ok(seen) => seen,
        Err(denied) => return Ok(vec![cards::denied(&denied, None)]),
    };
    let Some(asked) = &seen.request.asked else { return Ok(vec![]) };
    let change = said.get("change").unwrap_or_default();
    if !seen.request.is_for(&context.person.id) {
        let seen = Seen { code: seen.code, request: seen.request.into() };
        return Box::pin(chat.only_theirs(context, &seen, change)).await;
    }
    if seen.request.is_over() {
        return Box::pin(chat.anew(context, &seen, change)).await;
    }
    if seen.request.status() == Status::Active {
        let part = chat.change(context, change).await?;
        if !part.says_only_that() {
            return Ok(vec![cards::nothing(words::change_not_read())]);
        }
        // While an extension waits, another time means that one.
        let says_time = part.duration.is_some() || part.until.is_some();
        if seen.request.open.is_some() && says_time && part.says_nothing_but_time() {
            return Box::pin(chat.extend_instead(context, &seen, part)).await;
        }
        return Box::pin(chat.change_in_force(context, &seen, wish(asked, seen.code.clone()), part, None))
            .await;
    }
    let part = chat.change(context, change).await?;
    if changes_nothing(&wish(asked, seen.code.clone()), &part) && part.says_only_that() {
        return Ok(vec![cards::lines(words::NOTHING_TO_CHANGE, &[words::asks_that_already(&seen.code)])]);
    }
    Box::pin(chat.asked_anew(context, wish(asked, seen.code.clone()), change)).await
}
