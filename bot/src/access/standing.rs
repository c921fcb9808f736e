//! How an access stands, and what happens next, in sentences.

use countersign_domain::access::words::{
    ended, forge, given_up, how_it_is_known, invited, phase_words, since_it_was_shown, stays,
};
use countersign_domain::access::{AccessRequest, GrantNews, News, OpenAccess, Phase, Proposal, Status};
use countersign_domain::capabilities::violation;
use countersign_domain::names::PrincipalId;
use countersign_domain::words::{instant, lets_nobody_in, spoken, vouched};

use crate::words::{capital, denied_by, lost};

/// The status, as people say it.
pub(super) fn standing(access: &AccessRequest) -> String {
    match (&access.open, access.status()) {
        (Some(open), status) => {
            let (have, need) = (open.countersigned.len(), open.terms.quorum);
            let waiting = if status == Status::Active { "active, an extension waits" } else { "waiting" };
            format!("{waiting}, {have} of {need} countersigned")
        }
        _ => spoken(access.status().as_str()),
    }
}

/// What happens now and next, in sentences.
pub(super) fn how_it_stands(access: &AccessRequest, name: &dyn Fn(&PrincipalId) -> String) -> Vec<String> {
    let mut lines = match access.status() {
        Status::New | Status::Waiting => vec![],
        Status::Checking => {
            vec!["I am checking user, repository, ticket and rules; this card will change.".to_owned()]
        }
        Status::Granting => vec![match access.own.invited {
            Some(until) => format!("Approved. {}", invited(forge(access), until)),
            None => {
                "Approved. I am setting the permission, and read it back before I call it granted.".to_owned()
            }
        }],
        Status::Active => active(access),
        Status::Ending => {
            let why = access.own.ending.as_ref().map(|ending| ended(ending, name)).unwrap_or_default();
            vec![format!("I am taking the permission back: {why}.")]
        }
        Status::Failed => failed(access),
        Status::Denied => denied(access, name),
        Status::Withdrawn => match &access.denial {
            None => vec![withdrawn(access.withdrawn_by.as_ref().map(name).as_deref())],
            Some(denial) => {
                let why = denial.violations.iter().map(violation);
                why.chain(["Nobody decides on this any more; nothing was changed.".to_owned()]).collect()
            }
        },
        Status::Expired if access.own.ending.is_none() => {
            vec!["Nobody countersigned in time. Ask again if it is still needed.".to_owned()]
        }
        Status::Expired | Status::GivenBack | Status::Revoked => {
            let why = access.own.ending.as_ref().map(|ending| ended(ending, name)).unwrap_or_default();
            vec![if let Some(left) = access.own.left {
                format!("{}. This access has ended. {}", capital(&why), capital(&stays(left)))
            } else if access.own.grant.is_none() {
                never_set(&why, access.own.ended_by_hand)
            } else {
                let known = how_it_is_known(access.own.ended_by_hand);
                format!("{}. The permission was taken back, and {known}.", capital(&why))
            }]
        }
    };
    lines.extend(access.delayed.as_deref().map(lets_nobody_in));
    if access.status() == Status::Active && access.denial.is_some() && access.open.is_none() {
        lines.push("An extension was asked for and denied:".to_owned());
        lines.extend(denied(access, name));
    }
    lines.extend(access.open.as_ref().map(|open| while_it_waits(access, open)).into_iter().flatten());
    lines
}

/// It came to nothing because somebody withdrew it.
fn withdrawn(by: Option<&str>) -> String {
    let by = by.map(|by| format!(" by {by}")).unwrap_or_default();
    format!("It was withdrawn{by} before it was granted; nothing was changed.")
}

/// It ended before it was granted; what had been tried may have left something behind.
fn never_set(why: &str, by_hand: bool) -> String {
    let known = if by_hand { "as an operator says (nobody has looked)" } else { "and that was read back" };
    format!("{}. It was never granted, and nothing of it is there, {known}.", capital(why))
}

/// What is worth knowing of a countersignature that is waited for, besides what the fields say.
fn while_it_waits(access: &AccessRequest, open: &OpenAccess) -> Vec<String> {
    let mut lines = Vec::new();
    if !access.changed.is_empty() {
        lines.push(since_it_was_shown(&access.changed));
    }
    lines.extend(lost(&open.view(open.proposal == Proposal::Grant)));
    if open.escalated {
        let whom = if open.terms.lets_more_in_when_escalated() {
            "more people were asked"
        } else {
            "those who can countersign it were asked once more"
        };
        lines.push(format!("Nobody answered for long, so {whom}."));
    }
    if open.terms.reaction && !open.terms.step_up {
        lines.push("In a chat, 👍 under this card countersigns it, and 👎 denies it.".to_owned());
    }
    lines
}

/// Since when and until when: never how long that is from now, which would be wrong a moment later.
fn active(access: &AccessRequest) -> Vec<String> {
    let Some(grant) = &access.own.grant else { return vec![] };
    let (since, until) = (instant(grant.since), instant(grant.until));
    let extension = access.open.as_ref().and_then(|open| match open.proposal {
        Proposal::Extension(longer) => {
            Some(format!("; with this extension, on {}", instant(longer.after(grant.until))))
        }
        Proposal::Grant => None,
    });
    let extension = extension.unwrap_or_default();
    let known =
        if grant.by_hand { "by hand, as an operator says (nobody has looked)" } else { "and read back" };
    let granted = format!("Granted on {since}, {known}. It ends by itself on {until}{extension}.");
    // Where nobody had to countersign that, nothing else on the card would say so.
    let is_longer = access.minutes().is_some_and(|approved| grant.minutes() > approved);
    let extended = is_longer.then(|| "It was extended; “why” says by whom, and why.".to_owned());
    std::iter::once(granted).chain(extended).collect()
}

fn failed(access: &AccessRequest) -> Vec<String> {
    let Some(failure) = &access.failure else { return vec![] };
    let (what, next) = if let Some(note) = &failure.vouched {
        (vouched(phase_words(failure.phase), note), None)
    } else if failure.given_up {
        let next = "Ask again if it is still needed.";
        (
            capital(&given_up(failure.phase, &failure.why)),
            Some(next).filter(|_| failure.phase != Phase::Ending),
        )
    } else {
        let next = "Nothing is lost: an admin can have it tried again, or say how it ends.";
        (format!("{} did not work: {}", capital(phase_words(failure.phase)), failure.why), Some(next))
    };
    [Some(what), next.map(str::to_owned)]
    .into_iter()
    .flatten()
    .chain(access.could_not_end().then(|| {
        "It counts as in force until it was read back that it is gone; the administrators are reminded every day.".to_owned()
    }))
    .collect()
}

fn denied(access: &AccessRequest, name: &dyn Fn(&PrincipalId) -> String) -> Vec<String> {
    let Some(denial) = &access.denial else { return vec![] };
    let by = denial.by.as_ref().map(|by| denied_by(&name(by), denial.reason.as_deref()));
    by.into_iter().chain(denial.violations.iter().map(violation)).collect()
}

/// Whom it goes to when nobody answers.
pub(super) fn escalation(open: &OpenAccess) -> Option<String> {
    let at = open.escalate_at.filter(|_| !open.escalated && !open.terms.escalate_to.is_empty())?;
    let whom = if open.terms.lets_more_in_when_escalated() {
        "more people are asked"
    } else {
        "those who can countersign it are asked once more"
    };
    Some(format!("If nobody answers by {}, {whom}.", instant(at)))
}

/// The news, as the beginning of a title.
pub(super) const fn news(news: News) -> &'static str {
    match news {
        News::Own(GrantNews::Granted) => "Granted",
        News::Denied => "Denied",
        News::Lapsed => "Nobody answered",
        News::Closed => "Closed",
        News::Failed => "It did not work",
        News::Own(GrantNews::Invited) => "An invitation waits to be accepted",
        News::Own(GrantNews::Extended) => "Extended",
        News::Own(GrantNews::EndsSoon) => "It ends soon",
        News::Own(GrantNews::Ended) => "It has ended",
        News::WaitsAgain => "It waits again",
    }
}
