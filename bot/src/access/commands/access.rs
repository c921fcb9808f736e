//! `access <permission> on <repository> [for <user>] [for <duration>] [until <time>] [ticket <KEY>] [because <reason>]`: ask for access.
//!
//! Whoever says it plainly is read by [`crate::plain`]; what is missing or unclear is asked back by the chat.

use countersign_domain::access::Permission;
use countersign_domain::duration::parse_minutes;

use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::{Said, is_key, is_key_in_any_case, looks_like_a_duration};
use crate::moment::is_time_word;
use crate::normalise::LEXICON;
use crate::plain;
use countersign_domain::card::Card;

pub(crate) const SPEC: CommandSpec = CommandSpec {
    name: "access",
    grammar: "access <permission> on <repository> [for <user>] [for <duration>] [until <time>] [ticket <KEY>] [because <reason>]",
    phrases: &[],
    summary: "ask for access to a repository",
    examples: &[
        "access read on web-shop",
        "access write on payments-api for 2 days ticket OPS-17 because rollout",
        "access admin on infra for demo-approver for 3h ticket OPS-18 because the disk is full",
    ],
    audience: Audience::Everybody,
    decides: false,
    by_any_name: false,
    takes_partial: true,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    chat.wish(context, said).await
}

/// Whether what was said word by word can mean nothing else: each slot holds what it is for.
pub(crate) fn is_sure(said: &Said) -> bool {
    let fits = |slot: &str, fits: &dyn Fn(&str) -> bool| said.get(slot).is_none_or(fits);
    let is_person = |name: &str| {
        let words = || name.split(' ');
        let is_none = |word: &str| LEXICON.knows(word) || is_time_word(&word.to_lowercase());
        words().count() <= 4 && !words().any(is_none) && !is_key(name)
    };
    // One that is none is told what is wrong with it; but it is no part of another sentence.
    let is_duration = |text: &str| {
        let words: Vec<&str> = text.split(' ').collect();
        let is_part = |part: &[&str]| parse_minutes(&part.join(" ")).is_ok();
        // "1 hour later today", "Ben 1 day": a duration, and something else.
        let holds_one = (1..words.len()).any(|at| is_part(&words[..at]) || is_part(&words[at..]));
        parse_minutes(text).is_ok()
            || looks_like_a_duration(text) && !holds_one && !words.iter().any(|word| LEXICON.knows(word))
    };
    // Of two times somebody must be asked which one is meant.
    let one_time = said.get("duration").is_none() || said.get("time").is_none();
    one_time
        && fits("permission", &|word| word.parse::<Permission>().is_ok())
        && fits("duration", &is_duration)
        && fits("KEY", &is_key_in_any_case)
        && fits("reason", &|reason| plain::is_reason(reason) && plain::turned(reason).is_none())
        && fits("user", &is_person)
        && fits("repository", &|name| !is_key(name) && !name.contains("://"))
}
