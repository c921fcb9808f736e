//! `omit me until <time> [from <from>] [ask <group>]`: be left out for a time, and let a group stand in.

use countersign_domain::card::Card;
use countersign_domain::denied::Violation;
use countersign_domain::tenant::Away;

use super::CommandSpec;
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::moment::{self, Edge, Here};

const NAME: &str = "omit";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "omit me until <time> [from <from>] [ask <group>]",
    phrases: &[
        "leave me out until <time> [from <from>] [ask <group>]",
        "i am|will be away|off|out|absent|ooo until|till|til|through <time> [from <from>] [ask <group>]",
        "i'm|i'll be away|off|out|absent|ooo until|till|til|through <time> [from <from>] [ask <group>]",
        "i am|will [be] on vacation|holiday|leave until|till|til|through <time> [from <from>] [ask <group>]",
        "i'm|i'll [be] on vacation|holiday|leave until|till|til|through <time> [from <from>] [ask <group>]",
    ],
    summary: "be left out for a time, with a group that stands in for you",
    examples: &["omit me until Monday", "omit me until 2026-12-01 ask deputies"],
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let here = chat.here(context).await?;
    let given = said.get("time").unwrap_or_default();
    // Whoever says when it begins says days of which the last is one as well.
    let edge = if said.get("from").is_some() { Edge::End } else { Edge::Beginning };
    let Some(until) = moment::read(given, &here, edge).certain() else {
        return chat.refuse(context, NAME, bad_moment(given)).await;
    };
    let from = match said.get("from").map(|from| begins(from, &here)) {
        Some(None) => return chat.refuse(context, NAME, bad_moment(said.get("from").unwrap_or_default())).await,
        Some(Some(from)) => Some(from).filter(|from| *from > here.now),
        None => None,
    };
    if from.is_some_and(|from| from >= until) {
        return chat.refuse(context, NAME, bad_moment(given)).await;
    }
    let deputies = said.get("group").map(group).filter(|group| !group.is_empty());
    chat.prefer(context, NAME, |preferences| preferences.away = Some(Away { from, until, deputies })).await
}

/// When an absence begins; one that began today has begun.
fn begins(text: &str, here: &Here) -> Option<jiff::Timestamp> {
    match moment::read(text, here, Edge::Beginning) {
        moment::Meant::At(at) => Some(at),
        moment::Meant::Passed => Some(here.now),
        _ => None,
    }
}

fn bad_moment(given: &str) -> Violation {
    Violation::BadMoment { given: given.chars().take(40).collect() }
}

fn group(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| !["the", "group", "deputy"].contains(word));
    words.collect::<Vec<_>>().join(" ")
}
