//! `make it <change>`: ask for something else instead of what waits; it is done once you say yes.

use countersign_domain::access::{Access, AccessRequest, Asked, Form, Status};
use countersign_domain::capabilities::{AnyRequest, Listed as _};
use countersign_domain::card::Card;
use countersign_domain::denied::Field;
use countersign_domain::duration::parse_minutes;
use countersign_domain::question::{About, Offer, Question, Wish};
use countersign_domain::request::Code;
use countersign_projections::request::RequestRow;

use crate::chat::{Ask, BUTTONS, Chat, Concern, Doubt, Seen, changes_nothing, names_an_offer};
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::{Said, joined};
use crate::normalise::{self, Says};
use crate::plain::{Plain, without_instead};
use crate::words;

const NAME: &str = "make it";

pub(crate) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "make it <change>",
    phrases: &[
        "actually make it|that|this <change>",
        "make that|this <change>",
        "change it|that|this to <change>",
        "actually change it|that|this to <change>",
        "actually can|could|would you make|change it|that|this [to] <change>",
        "shorten|reduce|limit it|that|this to <change>",
        "verkürze|kürze|begrenze es|das auf <change>",
        "réduis-le|limite-le à <change>",
        "acórtalo|redúcelo a <change>",
        "i meant <change>",
        "rather make it <change>",
        "no make it <change>",
        "can|could|shall we|i make it|that <change>",
        "fais-en|faites-en <change>",
        "ändere|änder es|das|die auf|in|zu <change>",
        "mach|mache daraus|draus <change>",
        "change ça|le|la en|pour <change>",
        "cámbialo|cambialo a|por|in <change>",
    ],
    summary: "ask for something else instead of what waits, or for more time",
    examples: &["make it 4 hours", "make it read"],
    audience: Audience::Everybody,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let change = without_instead(said.get("change").unwrap_or_default());
    if let Some(question) = chat.question(context).await?
        && let Some(cards) = of_the_question(chat, context, question, change).await?
    {
        return Ok(cards);
    }
    if let Some(theirs) =
        chat.talked_about(context).await?.filter(|seen| !seen.request.is_for(&context.person.id))
    {
        return Box::pin(chat.only_theirs(context, &theirs, change)).await;
    }
    let (over, rows) = (chat.over(context).await?, changeable(chat, context).await?);
    let rows = match over {
        // Denied while something else waits: either may be meant.
        Some(over) if context.scene.about.is_none() && rows.iter().any(|seen| !is_in_force(seen)) => {
            rows.into_iter().chain([over]).collect()
        }
        Some(over) => return Box::pin(chat.anew(context, &over, change)).await,
        None => rows,
    };
    let lower = change.to_lowercase();
    let (is_longer, is_shorter) = (Says::Longer.is(&lower), Says::Shorter.is(&lower));
    let more = so_much_longer(change);
    match rows.as_slice() {
        [] => Ok(match Box::pin(chat.counter_offer(context, change)).await? {
            Some(cards) => cards,
            None => vec![crate::cards::nothing(words::nothing_of(Concern::OwnToChange))],
        }),
        [one, ..] if is_longer && is_in_force(one) => {
            let said = Said::plainly([], vec!["code".to_owned()], vec![]);
            chat.on_what_is_meant(context, crate::commands::extend_spec(), &said, Ask::IfSeveral).await
        }
        [one, ..] if more.is_some() && is_in_force(one) => {
            let more = more.map(|more| ("duration", more));
            let said = Said::plainly(more, vec!["code".to_owned()], vec![]);
            chat.on_what_is_meant(context, crate::commands::extend_spec(), &said, Ask::First(None)).await
        }
        [one] if is_shorter && is_in_force(one) => chat.ends_sooner(context, one).await,
        // How long that is in all is asked.
        [one] if is_longer || is_shorter || more.is_some() => {
            let wish = one.request.asked.as_ref().map(|asked| wish(asked, one.code.clone()));
            let line = words::withdrawn_then(&one.code.to_string());
            chat.ask_back(context, wish, Doubt::how_long(line)).await
        }
        _ => Box::pin(changed(chat, context, rows, change)).await,
    }
}

/// How much longer it shall last, where a change says that and nothing else: "2 hours longer", "noch 2 Stunden".
fn so_much_longer(change: &str) -> Option<String> {
    const LEADS: [&str; 5] = ["by", "um", "de", "di", "por"];
    let words = normalise::words(change);
    let (more, mut long): (Vec<_>, Vec<_>) = words
        .into_iter()
        .partition(|word| [Says::Longer, Says::More].into_iter().any(|says| says.is_word(word)));
    if long.first().is_some_and(|first| LEADS.contains(&first.lower.as_str())) {
        long.remove(0);
    }
    let long = joined(&long);
    (!more.is_empty() && parse_minutes(&long).is_ok()).then_some(long)
}

/// Asks whether what is to be changed is to be asked for so; of several, which.
async fn changed(
    chat: &Chat,
    context: &Context,
    rows: Vec<Seen<AccessRequest>>,
    change: &str,
) -> Result<Vec<Card>, Failure> {
    let part = chat.change(context, change).await?;
    if !part.says_only_that() {
        return Ok(vec![crate::cards::nothing(words::change_not_read())]);
    }
    if let [one] = rows.as_slice()
        && is_in_force(one)
        && let Some(asked) = &one.request.asked
    {
        return chat.change_in_force(context, one, wish(asked, one.code.clone()), part, None).await;
    }
    // Nothing is withdrawn to be asked for once more as it was.
    let changes = |seen: &Seen<AccessRequest>| {
        let asked = seen.request.asked.as_ref();
        asked.is_none_or(|asked| !changes_nothing(&wish(asked, seen.code.clone()), &part))
    };
    let (rows, same): (Vec<_>, Vec<_>) = rows.into_iter().partition(changes);
    if let ([], [same, ..]) = (&rows[..], &same[..]) {
        let line = words::asks_that_already(&same.code);
        return Ok(vec![crate::cards::lines(words::NOTHING_TO_CHANGE, &[line])]);
    }
    let mut offers = Vec::new();
    for Seen { code, request } in rows.iter().take(BUTTONS) {
        let seen = Seen { code: code.clone(), request: request.clone().into() };
        let label =
            if rows.len() == 1 { words::YES_ANEW.to_owned() } else { chat.named(context, &seen).await? };
        offers.push(Offer { label, say: format!("replace {code} with {change}") });
    }
    let question = match rows.as_slice() {
        [one] => words::withdraw_and_ask_anew(&one.code.to_string(), &read_as(&part)),
        _ => words::which_one(NAME, rows.len()),
    };
    let more = rows.len() - offers.len();
    let lines = (more > 0).then(|| words::and_more_to_change(more, change)).into_iter().collect();
    chat.ask_back(context, None, Doubt { about: About::Which, question, lines, offers }).await
}

/// Whether it can be asked for anew with a change: what was asked for is a form again.
pub(crate) fn can_be_changed(request: &AnyRequest) -> bool {
    Access::of(Some(request)).is_some()
}

/// What is changed: what the talk is about, else what waits, else what is in force.
async fn changeable(chat: &Chat, context: &Context) -> Result<Vec<Seen<AccessRequest>>, Failure> {
    let seen = |rows: Vec<RequestRow>| {
        let own = |row: RequestRow| {
            let request = Access::of(Some(&row.request))?.clone();
            Some(Seen { code: row.code, request })
        };
        rows.into_iter().filter_map(own).collect::<Vec<_>>()
    };
    let mut waiting = seen(chat.concerned(context, Concern::OwnToChange).await?);
    // An extension that waits is of an access that is in force.
    waiting.retain(|seen| !is_in_force(seen));
    let mut in_force = seen(chat.concerned(context, Concern::OwnInForce).await?);
    if let Some(code) = chat.in_question(context).await? {
        let talked_about = |all: &mut Vec<Seen<AccessRequest>>| {
            all.iter().position(|seen| seen.code == code).map(|at| all.swap_remove(at))
        };
        if let Some(seen) = talked_about(&mut waiting).or_else(|| talked_about(&mut in_force)) {
            return Ok(vec![seen]);
        }
    }
    Ok(if waiting.is_empty() { in_force } else { waiting })
}

fn is_in_force(seen: &Seen<AccessRequest>) -> bool {
    seen.request.status() == Status::Active
}

/// What is being asked back is not asked for yet, or not done: it is simply changed.
async fn of_the_question(
    chat: &Chat,
    context: &Context,
    question: Question,
    change: &str,
) -> Result<Option<Vec<Card>>, Failure> {
    if question.wish.is_none() && question.about == About::Part(Field::Reason) {
        return Box::pin(chat.denial_of_another(context, change)).await.map(Some);
    }
    if question.wish.is_none() {
        // What is to be done is chosen by its own words alone, and a change that names it may be meant for it.
        let may_be_one = question.about == About::Which && names_an_offer(&question, change);
        return if may_be_one {
            chat.shown_again(context, question, words::NO_ANSWER).await.map(Some)
        } else {
            Ok(None)
        };
    }
    if let Some(cards) = Box::pin(chat.changed(context, &question, change)).await? {
        return Ok(Some(cards));
    }
    match Box::pin(chat.take_answer(context, &question, change)).await? {
        None => chat.shown_again(context, question, words::NO_ANSWER).await.map(Some),
        cards => Ok(cards),
    }
}

/// A change as it was read: what is not said of it stays the same.
pub(crate) fn read_as(part: &Plain) -> String {
    let Plain { permission, repositories, user, duration, until, ticket, .. } = part.clone();
    let repositories = (!repositories.is_empty()).then(|| repositories.join(" and "));
    match (permission, duration) {
        (None, Some(duration))
            if [&repositories, &user, &until, &ticket].iter().all(|other| other.is_none()) =>
        {
            duration
        }
        (permission, duration) => {
            let permission = permission.unwrap_or_else(|| words::THE_SAME.to_owned());
            words::instead(&permission, &[repositories, user, duration, until, ticket])
        }
    }
}

/// What was asked for, as it would be asked for instead of the request with this code.
pub(super) fn wish(asked: &Asked, code: Code) -> Wish {
    Wish { instead_of: Some(code), ..as_wish(asked) }
}

/// What was asked for, as a form again.
pub(crate) fn as_wish(asked: &Asked) -> Wish {
    let minutes = asked.minutes.map(countersign_domain::duration::say_minutes);
    let until = asked.until.map(|until| format!("until {until}"));
    let of_own = asked.subject.principal.as_ref() == Some(&asked.requester.id);
    let user =
        asked.subject.principal.as_ref().map_or_else(|| asked.subject.account.clone(), ToString::to_string);
    let form = Form {
        permission: asked.permission.map(|permission| permission.to_string()),
        repository: asked.repository.clone(),
        user: (!of_own).then_some(user),
        duration: until.or(minutes),
        ticket: asked.ticket.clone(),
        reason: asked.reason.clone(),
    };
    Wish { form, ..Wish::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_c3_so_much_longer_is_told_from_so_long_in_all() {
        for (change, more) in [
            ("2 hours longer", Some("2 hours")),
            ("2 more hours", Some("2 hours")),
            ("noch 2 Stunden länger", Some("2 Stunden")),
            ("2 heures de plus", None),
            ("2 hours", None),
            ("longer", None),
            ("a bit longer", None),
            ("2 hours longer on infra", None),
        ] {
            assert_eq!(so_much_longer(change).as_deref(), more, "{change}");
        }
    }
}
