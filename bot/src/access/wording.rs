//! What happened to a request, said one event at a time: the sentences of `why`.

use countersign_domain::access::words::{
    differences, ended, given_up, how_it_is_known, phase_words, stays, was_set, what, whom,
};
use countersign_domain::access::{
    AccessEvent, AccessRequest, Asked, Findings, GrantEvent, Lasting, Permission, Proposal,
};
use countersign_domain::capabilities::violation;
use countersign_domain::denied::Violation;
use countersign_domain::duration::say_minutes;
use countersign_domain::names::PrincipalId;
use countersign_domain::request::{Assurance, Code};
use countersign_domain::rules::{Ruling, Terms};
use countersign_domain::words::{countersignatures, instant, lets_nobody_in, list, plain, prose, vouched};

use super::title::{self, Verb};
use crate::words::{self, capital};

/// One event of a request that asks for this, as one or more sentences. `sees_held`: whether they are for somebody who may know
/// what is held.
pub(crate) fn happened(
    event: &AccessEvent,
    asked: Option<&Asked>,
    name: &dyn Fn(&PrincipalId) -> String,
    sees_held: bool,
) -> Vec<String> {
    match event {
        AccessEvent::Requested { asked } => vec![requested(asked)],
        AccessEvent::Checked { findings, ruling, .. } => checked(findings, ruling.as_ref(), sees_held),
        AccessEvent::Rechecked { terms } => {
            vec![format!(
                "The rules, or those they speak of, changed; countersignatures before count no more. {}",
                words::terms(terms)
            )]
        }
        AccessEvent::EvidenceChanged { differences: new, voided, .. } => {
            let lost =
                (!voided.is_empty()).then(|| "What was countersigned before counts for nothing.".to_owned());
            std::iter::once(format!("Since it was shown, {}.", differences(new))).chain(lost).collect()
        }
        AccessEvent::Waiting { .. }
        | AccessEvent::Escalated { .. }
        | AccessEvent::Countersigned { .. }
        | AccessEvent::CountersignatureTakenBack { .. }
        | AccessEvent::CountersignatureVoided { .. }
        | AccessEvent::Reminded { .. }
        | AccessEvent::Announced { .. }
        | AccessEvent::Approved { .. } => vec![countersigning(event, asked, name)],
        AccessEvent::Denied { by, reason, violations, rules, .. } => {
            let head = by.as_ref().map_or_else(
                || words::denied_by_checks(*rules),
                |by| words::denied_by(&name(by), reason.as_deref()),
            );
            std::iter::once(head).chain(violations.iter().map(violation)).collect()
        }
        AccessEvent::Withdrawn { by, .. } => vec![format!("Withdrawn by {}.", name(by))],
        AccessEvent::Closed { name, .. } => vec![format!("Closed: {}", words::has_left(name))],
        AccessEvent::Superseded { ticket, asks_nothing, .. } => {
            vec![violation(&Violation::superseded(ticket, *asks_nothing))]
        }
        AccessEvent::Lapsed { proposal: Proposal::Extension(_) } => {
            vec!["Nobody countersigned the extension in time.".to_owned()]
        }
        AccessEvent::Lapsed { .. } => vec!["Nobody countersigned in time.".to_owned()],
        AccessEvent::Delayed { vendor } => vec![lets_nobody_in(vendor)],
        AccessEvent::Failed { phase, why, given_up: true } => {
            vec![words::capital(&given_up(*phase, why))]
        }
        AccessEvent::Vouched { phase, note } => vec![vouched(phase_words(*phase), note)],
        AccessEvent::Failed { phase, why, .. } => {
            vec![format!("{} did not work: {why}", words::capital(phase_words(*phase)))]
        }
        AccessEvent::Own(GrantEvent::Granted { permission, until, by_hand, .. }) if !sees_held => {
            vec![format!("Granted: {permission} {}; it ends on {}.", was_set(*by_hand), instant(*until))]
        }
        AccessEvent::Own(event) => vec![granting(event, name)],
    }
}

/// That these are open beside it, and maybe more; nothing where none is.
pub(super) fn open_beside(others: &[(&Code, &AccessRequest)], are_more: bool) -> Option<String> {
    let named = |(code, access): &(&Code, &AccessRequest)| {
        let wanted =
            access.asked.as_ref().and_then(|asked| asked.permission).map_or("access", Permission::as_str);
        format!("{code} ({wanted}, {})", access.status().as_str())
    };
    let more = are_more.then(|| "others".to_owned());
    let named: Vec<_> = others.iter().map(named).chain(more).collect();
    (!named.is_empty())
        .then(|| format!("Open beside it, for the same account on the same repository: {}.", list(&named)))
}

fn requested(asked: &Asked) -> String {
    let whom = (!asked.is_for_themselves()).then(|| whom(asked));
    let lasting = lasting(Some(asked), asked.minutes);
    let asks = title::sentence(&asked.requester.name, Verb::AskedFor, &what(asked), whom.as_deref(), lasting);
    let ticket = asked.ticket.as_deref().map(|key| format!(", ticket {}", plain(key))).unwrap_or_default();
    let reason =
        asked.reason.as_deref().map(|reason| format!(", because {}", prose(reason))).unwrap_or_default();
    format!("{asks}{ticket}{reason}.")
}

/// Until when, where an end was said; else for how long.
fn lasting(asked: Option<&Asked>, minutes: Option<u64>) -> Option<String> {
    let until = asked.and_then(|asked| asked.until).map(|end| format!("until {}", instant(end.at)));
    until.or_else(|| minutes.map(title::for_minutes))
}

fn checked(findings: &Findings, ruling: Option<&Ruling>, sees_held: bool) -> Vec<String> {
    let found = |what: &str, found: bool| format!("{what} {}", if found { "found" } else { "not found" });
    let mut looked =
        vec![found("user", findings.user.is_some()), found("repository", findings.repository.is_some())];
    looked.extend(findings.ticket.as_ref().map(|ticket| format!("ticket {} found", ticket.key)));
    let holds =
        if sees_held { format!("; the user holds {}", title::holds(findings)) } else { String::new() };
    vec![
        format!("Looked up: {}{holds}.", looked.join(", ")),
        match ruling {
            Some(ruling) => words::ruling(ruling),
            None => "The rules were not asked: the request was not complete.".to_owned(),
        },
    ]
}

fn countersigning(
    event: &AccessEvent,
    asked: Option<&Asked>,
    name: &dyn Fn(&PrincipalId) -> String,
) -> String {
    match event {
        AccessEvent::Waiting { proposal, by, terms, due, why, .. } => match proposal {
            Proposal::Grant => format!("{}, until {}.", waits(terms), instant(*due)),
            Proposal::Extension(longer) => {
                let more = match longer.until {
                    Some(end) => format!("it to last until {}", instant(end.at)),
                    None => format!("{} more", say_minutes(longer.minutes)),
                };
                let why = reason_given(why.as_deref());
                format!("{} asked for {more}.{why} {}, until {}.", name(by), waits(terms), instant(*due))
            }
        },
        AccessEvent::Escalated { to } => format!("Nobody answered for long; asked too: {}.", list(to)),
        AccessEvent::Countersigned { by, receipt, assurance, stands_in_for } => {
            let how = match assurance {
                Assurance::Reacted => " by a reaction",
                Assurance::Said => "",
                Assurance::Confirmed => " in the console",
            };
            let stead = stands_in_for.as_ref().map(|id| format!(" in the place of {}", name(id)));
            let (by, stead, receipt) = (name(by), stead.unwrap_or_default(), receipt.short());
            format!("{by} countersigned{how}{stead} (receipt {receipt}).")
        }
        AccessEvent::CountersignatureTakenBack { by } => {
            format!("{} took their countersignature back.", name(by))
        }
        AccessEvent::CountersignatureVoided { by } => {
            format!("The countersignature of {} counts no more: they may not countersign this now.", name(by))
        }
        AccessEvent::Reminded { .. } => "Those who were asked were reminded.".to_owned(),
        AccessEvent::Announced { by } => format!("{} had everybody asked.", name(by)),
        AccessEvent::Approved { by, fixed: Lasting { minutes } } if by.is_empty() => {
            format!("Approved by the rules alone, {}.", lasting(asked, Some(*minutes)).unwrap_or_default())
        }
        AccessEvent::Approved { by, fixed: Lasting { minutes } } => {
            let names: Vec<_> = by.iter().map(name).collect();
            format!("Approved by {}, {}.", list(&names), lasting(asked, Some(*minutes)).unwrap_or_default())
        }
        // Said above.
        AccessEvent::Requested { .. }
        | AccessEvent::Checked { .. }
        | AccessEvent::Rechecked { .. }
        | AccessEvent::EvidenceChanged { .. }
        | AccessEvent::Closed { .. }
        | AccessEvent::Superseded { .. }
        | AccessEvent::Denied { .. }
        | AccessEvent::Withdrawn { .. }
        | AccessEvent::Lapsed { .. }
        | AccessEvent::Delayed { .. }
        | AccessEvent::Failed { .. }
        | AccessEvent::Vouched { .. }
        | AccessEvent::Own(_) => String::new(),
    }
}

/// The reason of its own that was given, where one was.
fn reason_given(why: Option<&str>) -> String {
    why.map(|why| format!(" Reason: {}.", prose(why))).unwrap_or_default()
}

fn waits(terms: &Terms) -> String {
    let who = terms.approver_names().join(", and also of ");
    format!("Waiting for {} by {who}", countersignatures(terms.quorum))
}

fn granting(event: &GrantEvent, name: &dyn Fn(&PrincipalId) -> String) -> String {
    match event {
        GrantEvent::Granted { permission, holds: Some(holds), until, by_hand: false, .. }
            if holds != permission =>
        {
            format!(
                "Granted: {permission}, as part of {holds}, which is held anyway and was read back; it ends on {}.",
                instant(*until)
            )
        }
        GrantEvent::Granted { permission, before, until, by_hand, .. } => format!(
            "Granted: {permission} {} (before: {}); it ends on {}.",
            was_set(*by_hand),
            before.map_or("nothing", Permission::as_str),
            instant(*until)
        ),
        GrantEvent::Extended { by, until, why } => {
            let names: Vec<_> = by.iter().map(name).collect();
            let by = if names.is_empty() { "the rules alone".to_owned() } else { list(&names) };
            format!("Extended by {by}; it ends on {}.{}", instant(*until), reason_given(why.as_deref()))
        }
        GrantEvent::Shortened { name, until, .. } => {
            format!("{} It ends on {}.", words::has_left(name), instant(*until))
        }
        GrantEvent::Invited { permission, until } => format!(
            "Invited to {permission}: it waits for them to accept, until {} at the latest.",
            instant(*until)
        ),
        GrantEvent::EndsSoon { until } => {
            format!("It ends soon, on {}; its holder was told.", instant(*until))
        }
        GrantEvent::Ending { ending } => {
            format!("Taking it back: {}.", ended(ending, name))
        }
        GrantEvent::Ended { left: Some(left), by_hand, .. } => {
            format!("Ended, and {}. {}", how_it_is_known(*by_hand), capital(&stays(*left)))
        }
        GrantEvent::Ended { left: None, by_hand, .. } => {
            format!("Taken back, and {}.", how_it_is_known(*by_hand))
        }
    }
}
