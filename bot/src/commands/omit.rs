//! `omit me until <time> [ask <group>]`: be left out for a time, and let a group stand in.

use super::CommandSpec;
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use countersign_domain::card::Card;

use countersign_domain::denied::Violation;
use countersign_domain::tenant::Away;

use crate::quiet;

const NAME: &str = "omit";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "omit me until <time> [ask <group>]",
    phrases: &[
        "leave me out until <time> [ask <group>]",
        "i am away until <time> [ask <group>]",
        "i'm away until <time> [ask <group>]",
    ],
    summary: "be left out for a time, with a group that stands in for you",
    examples: &["omit me until Monday", "omit me until 2026-12-01 ask deputies"],
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let given = said.get("time").unwrap_or_default();
    let now = chat.now();
    let Some(until) = quiet::read_moment(given, now).filter(|until| *until > now) else {
        let given = given.chars().take(40).collect();
        return chat.refuse(context, NAME, Violation::BadMoment { given }).await;
    };
    let group = |group: &str| {
        let words: Vec<_> =
            group.split_whitespace().filter(|word| !["the", "group", "deputy"].contains(word)).collect();
        words.join(" ")
    };
    let deputies = said.get("group").map(group).filter(|group| !group.is_empty());
    chat.prefer(context, NAME, |preferences| preferences.away = Some(Away { until, deputies })).await
}
