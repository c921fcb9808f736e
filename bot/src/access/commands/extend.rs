//! `extend <code> [for|by <duration>] [until|till|til <time>] [because <reason>]`: ask for an access to last longer.

use crate::cards;
use crate::chat::{Ask, Chat, Doubt, Seen, end_of};
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::moment::{self, Edge, Here};
use crate::normalise::Says;
use crate::plain::Plain;
use crate::requests::Opened;
use crate::words;
use countersign_domain::access::{self, Access, Proposal, Status};
use countersign_domain::capabilities::Listed as _;
use countersign_domain::card::Card;
use countersign_domain::duration::{parse_minutes, vague};
use countersign_domain::question::{About, Offer};
use countersign_domain::request::{Code, Facets as _};
use jiff::Timestamp;

const NAME: &str = "extend";

pub(crate) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "extend <code> [for|by <duration>] [until|till|til <time>] [because <reason>]",
    phrases: &[
        "extend|prolong [my] [access] [to] [on] <code> [for|by <duration>] [until|till|til <time>] [because <reason>]",
        "extend|prolong [my] [access] [to] [on] <code> <duration> [for|by <duration>] [until|till|til <time>]",
        "extend|prolong it|this|that to <time>",
        "i need more time on|for|with <code> [for] [by] <duration>",
        "i need more time on|for|with <code> for|by <duration>",
        "verlängere|verlängern [meinen] [den] [zugriff] [zugang] [auf] [zu] [bitte] <code> [um|für <duration>] [bis <time>]",
        "prolonge|prolonger|prolongez [mon] [l'accès] [accès] [à] [sur] <code> [de|pour <duration>] [jusqu'à|jusqu'au <time>]",
        "prolonga|prolongar|extiende|amplía [mi] [el] [acceso] [a] [en] <code> [por <duration>] [hasta <time>]",
        "prolongue|estende|estender [o] [meu] [acesso] [a] [ao] [em] <code> [por <duration>] [até <time>]",
        "prolunga|prolungare|estendi|estendere [il] [mio] [l'accesso] [accesso] [a] [al] [su] <code> [di|per <duration>] [fino <time>]",
        "verleng [mijn] [de] [toegang] [tot] [op] <code> [met <duration>] [tot <time>]",
        "i need <code> [longer] [more] for|by <duration> [longer] [more]",
    ],
    summary: "ask for an access to last longer",
    examples: &["extend K7QM2X for 1 day", "extend K7QM2X by 12h because the rollout slipped"],
    audience: Audience::Everybody,
    decides: true,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    if said.get("code").is_none() {
        return Box::pin(chat.on_what_is_meant(
            context,
            crate::commands::extend_spec(),
            said,
            Ask::IfSeveral,
        ))
        .await;
    }
    let opened = match chat.open(context, NAME, said.get("code")).await? {
        Ok(opened) => opened,
        Err(denied) => return Ok(vec![cards::denied(&denied, None)]),
    };
    if let Some(total) = said.get("total") {
        return Box::pin(in_all(chat, context, &opened, (total, said.get("reason")))).await;
    }
    // "I only need 1 more hour", while 3 are asked for: that is a change of what is asked.
    if let Some(long) =
        said.get("duration").map(without_more).filter(|long| waits_for_other(&opened, context, long))
    {
        return Box::pin(in_all(chat, context, &opened, (&long, said.get("reason")))).await;
    }
    let duration = match longer(chat, context, &opened, said).await? {
        Longer::By(duration) => duration,
        Longer::Unsaid => return how_much_longer(chat, context, &opened, said.get("reason")).await,
        Longer::Already(ends) => {
            let (title, line) = words::lasts_already(&opened.code, ends);
            return Ok(vec![cards::nothing((&title, &line))]);
        }
        Longer::Unclear(doubt) => return chat.ask_back(context, None, *doubt).await,
    };
    let decided = chat.requests().extend(context, &opened, &duration, said.get("reason")).await?;
    chat.answer(context, Some(&opened.code), decided).await
}

/// Whether they wait for more time already, and not for so much. The same once more, because no answer came, is the same.
fn waits_for_other(opened: &Opened, context: &Context, long: &str) -> bool {
    let Some(access) = Access::of(Some(&opened.request)) else { return false };
    let is_so_much = |proposal: &Proposal| {
        let Proposal::Extension(longer) = proposal else { return false };
        longer.until.is_none() && parse_minutes(long).is_ok_and(|minutes| minutes == longer.minutes)
    };
    let is_other = access.open.as_ref().is_some_and(|open| !is_so_much(&open.proposal));
    is_other && access.status() == Status::Active && access.is_for(&context.person.id)
}

/// "Two more hours" are two hours more.
fn without_more(duration: &str) -> String {
    let is_more = |word: &str| Says::More.is(word) || matches!(word, "de" | "plus");
    let words = duration.split(' ').filter(|word| !is_more(&word.to_lowercase()));
    words.collect::<Vec<_>>().join(" ")
}

/// Asks how much longer, with what the rules would let be asked for; where they let nothing, it is said why.
async fn how_much_longer(
    chat: &Chat,
    context: &Context,
    opened: &Opened,
    why: Option<&str>,
) -> Result<Vec<Card>, Failure> {
    let access = Access::of(Some(&opened.request)).cloned().unwrap_or_default();
    let (mut fits, mut refused) = (Vec::new(), None);
    for (long, minutes) in OFFERED {
        match chat.requests().no_extension(context, &access, access::Longer::by(minutes)).await? {
            None => fits.push(long),
            Some(denied) => refused = refused.or(Some(denied)),
        }
    }
    match refused.filter(|_| fits.is_empty()) {
        // The least of it: what would fit, or why nothing does.
        Some(denied) => Ok(vec![cards::denied(&denied, None)]),
        None => chat.ask_back(context, None, Doubt::how_much_longer(&opened.code, &fits, why)).await,
    }
}

/// "To 2 days": in all, or so much longer; that is asked.
async fn in_all(
    chat: &Chat,
    context: &Context,
    opened: &Opened,
    (total, why): (&str, Option<&str>),
) -> Result<Vec<Card>, Failure> {
    let access = Access::of(Some(&opened.request)).cloned().unwrap_or_default();
    let Some(asked) = access.asked.clone() else { return how_much_longer(chat, context, opened, why).await };
    let wish = super::make_it::wish(&asked, opened.code.clone());
    let seen = Seen { code: opened.code.clone(), request: access };
    let part = Plain { duration: Some(total.to_owned()), ..Plain::default() };
    chat.change_in_force(context, &seen, wish, part, why).await
}

/// The end of a sentence that says why, where that was said: whoever countersigns reads it.
fn because(why: Option<&str>) -> String {
    why.map(|why| format!(" because {why}")).unwrap_or_default()
}

/// How much longer an access shall last.
enum Longer {
    /// So much, or until then, as a form holds it.
    By(String),
    /// Nothing was said of it.
    Unsaid,
    /// It lasts until then, which is no earlier than what was said.
    Already(Timestamp),
    /// Nobody can tell until when.
    Unclear(Box<Doubt>),
}

/// How much longer: as it was said, or from the present end to the time that was named.
async fn longer(chat: &Chat, context: &Context, opened: &Opened, said: &Said) -> Result<Longer, Failure> {
    if let (Some(duration), Some(time)) = (said.get("duration"), said.get("time")) {
        let here = chat.here(context).await?;
        return Ok(Longer::Unclear(Box::new(which_of_both(
            &opened.code,
            duration,
            time,
            said.get("reason"),
            &here,
        ))));
    }
    if let Some(duration) = said.get("duration") {
        let long = without_more(duration);
        // "2 to 3 days", "a few hours": which of them is asked.
        return Ok(match vague(&long) {
            Some((_, may_be)) => {
                let may_be: Vec<&str> = may_be.iter().map(String::as_str).collect();
                let doubt = Doubt::how_much_longer(&opened.code, &may_be, said.get("reason"));
                Longer::Unclear(Box::new(doubt))
            }
            None => Longer::By(long),
        });
    }
    let Some(time) = said.get("time") else { return Ok(Longer::Unsaid) };
    let here = chat.here(context).await?;
    let because = because(said.get("reason"));
    let say = |until: &str| format!("extend {} until {until}{because}", opened.code);
    let until = match end_of(time, &here, words::UNTIL_WHEN, say) {
        Ok(until) => until,
        Err(doubt) => return Ok(Longer::Unclear(doubt)),
    };
    let grant = Access::of(Some(&opened.request)).and_then(|access| access.own.grant.as_ref());
    Ok(match grant.map(|grant| grant.until) {
        Some(ends) if until <= ends => Longer::Already(ends),
        // What is not in force is refused with what it is.
        Some(_) | None => Longer::By(format!("until {}", here.written(until))),
    })
}

/// "One more hour until 6pm": so much longer, or until then; nobody else can tell.
fn which_of_both(code: &Code, duration: &str, time: &str, why: Option<&str>, here: &Here) -> Doubt {
    let because = because(why);
    let long =
        Offer { label: words::for_so_long(duration), say: format!("extend {code} for {duration}{because}") };
    let until = |at: Timestamp| Offer {
        label: words::until_then(&here.said(at)),
        say: format!("extend {code} until {}{because}", here.written(at)),
    };
    let ends = moment::read(time, here, Edge::End).instants().into_iter().take(3).map(until);
    Doubt {
        about: About::Which,
        question: words::WHICH_OF_THE_TIMES.to_owned(),
        lines: vec![],
        offers: std::iter::once(long).chain(ends).collect(),
    }
}

/// What is offered, with its minutes.
const OFFERED: [(&str, u64); 4] = [("1 hour", 60), ("4 hours", 240), ("1 day", 1440), ("2 days", 2880)];
