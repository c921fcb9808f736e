//! `extend <code> [for|by <duration>] [until|till|til <time>]`: ask for an access to last longer.

use super::CommandSpec;
use crate::cards;
use crate::chat::{Ask, Chat, Doubt};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::moment::{self, Edge};
use crate::requests::Opened;
use countersign_domain::access::Access;
use countersign_domain::capabilities::Listed as _;
use countersign_domain::card::Card;

const NAME: &str = "extend";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "extend <code> [for|by <duration>] [until|till|til <time>]",
    phrases: &[
        "extend|prolong [my] [access] [to] [on] <code> [for|by <duration>] [until|till|til <time>]",
        "extend|prolong [my] [access] [to] [on] <code> <duration> [for|by <duration>] [until|till|til <time>]",
        "extend|prolong it|this|that to <time>",
        "i need more time on|for|with <code> [for] [by] <duration>",
        "i need more time on|for|with <code> for|by <duration>",
        "verlängere|verlängern [meinen] [den] [zugriff] [zugang] [auf] [zu] [bitte] <code> [um|für <duration>] [bis <time>]",
        "prolonge|prolonger|prolongez [mon] [l'accès] [accès] [à] [sur] <code> [de|pour <duration>] [jusqu'à|jusqu'au <time>]",
        "prolonga|prolongar|extiende|amplía [mi] [el] [acceso] [a] [en] <code> [por <duration>] [hasta <time>]",
        "prolongue|estende|estender [o] [meu] [acesso] [a] [ao] [em] <code> [por <duration>] [até <time>]",
        "verleng [mijn] [de] [toegang] [tot] [op] <code> [met <duration>] [tot <time>]",
        "i need <code> [longer] [more] for|by <duration> [longer] [more]",
    ],
    summary: "ask for an access to last longer",
    examples: &["extend K7QM2X for 1 day", "extend K7QM2X by 12h"],
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    if said.get("code").is_none() {
        return Box::pin(chat.on_what_is_meant(context, super::extend_spec(), said, Ask::IfSeveral)).await;
    }
    let opened = match chat.open(context, NAME, said.get("code")).await? {
        Ok(opened) => opened,
        Err(denied) => return Ok(vec![cards::denied(&denied, None)]),
    };
    let Some(duration) = duration(chat, context, &opened, said).await? else {
        return how_much_longer(chat, context, &opened).await;
    };
    let decided = chat.requests().extend(context, &opened, &duration).await?;
    chat.answer(context, Some(&opened.code), decided).await
}

/// Asks how much longer, with what the rules would let be asked for; where they let nothing, it is said why.
async fn how_much_longer(chat: &Chat, context: &Context, opened: &Opened) -> Result<Vec<Card>, Failure> {
    let access = Access::of(Some(&opened.request)).cloned().unwrap_or_default();
    let (mut fits, mut refused) = (Vec::new(), None);
    for (long, minutes) in OFFERED {
        match chat.requests().no_extension(context, &access, minutes).await? {
            None => fits.push(long),
            Some(denied) => refused = refused.or(Some(denied)),
        }
    }
    match refused.filter(|_| fits.is_empty()) {
        // The least of it: what would fit, or why nothing does.
        Some(denied) => Ok(vec![cards::denied(&denied, None)]),
        None => chat.ask_back(context, None, Doubt::how_much_longer(&opened.code, &fits)).await,
    }
}

/// How much longer: as it was said, or from the present end to the time that was named.
async fn duration(
    chat: &Chat,
    context: &Context,
    opened: &Opened,
    said: &Said,
) -> Result<Option<String>, Failure> {
    if let Some(duration) = said.get("duration") {
        // "Two more hours" are two hours more.
        let words = duration.split(' ').filter(|word| !MORE.contains(&word.to_lowercase().as_str()));
        return Ok(Some(words.collect::<Vec<_>>().join(" ")));
    }
    let Some(time) = said.get("time") else { return Ok(None) };
    let until = moment::read(time, &chat.here(context).await?, Edge::End).certain();
    let grant = Access::of(Some(&opened.request)).and_then(|access| access.own.grant.as_ref());
    let ends = grant.map(|grant| grant.until);
    Ok(Some(match (until, ends) {
        // Up to the minute before, rather than one too many.
        (Some(until), Some(ends)) if until > ends => {
            format!("{} minutes", until.duration_since(ends).as_mins())
        }
        // What is wrong with it is told there.
        _ => time.to_owned(),
    }))
}

/// What is offered, with its minutes.
const OFFERED: [(&str, u64); 4] = [("1 hour", 60), ("4 hours", 240), ("1 day", 1440), ("2 days", 2880)];
/// Said of what is added.
const MORE: &[&str] =
    &["more", "another", "additional", "further", "extra", "longer", "weitere", "de", "plus", "más"];
