//! What the audit says of accesses: one plain sentence for every event.

use countersign_domain::access::{
    self, AccessEvent, ComparisonEvent, Ending, GrantEvent, Lasting, Phase, Proposal,
};
use countersign_domain::capabilities::{self, Effect, EffectEvent, Plan};
use countersign_domain::denied::{Denied, Violation};
use countersign_domain::duration::say_minutes;
use countersign_domain::ports::PermissionPlan;
use countersign_domain::request::Assurance;
use countersign_domain::tenant::People;
use countersign_domain::words;

use crate::audit::because;

/// The same event of an effect with the name of whom the tenant knows in the place of the forge's account; nothing where it is about none,
/// or nobody's. What others wrote may hold the same letters, be it in a repository's name: so nothing is changed in what is said.
pub(crate) fn known(event: &EffectEvent, people: Option<&People>) -> Option<EffectEvent> {
    let person = people?.by_account(access::FORGE, account_of(event)?)?;
    Some(about(event.clone(), &person.told_apart()))
}

/// The same event with this name in the place of the forge's account.
fn about(mut event: EffectEvent, name: &str) -> EffectEvent {
    use EffectEvent as E;
    match &mut event {
        E::EffectAttempted { plan: Plan::Access(access::Plan::Permission(plan)), .. } => {
            *plan = PermissionPlan::between(name, plan.repository(), plan.present(), plan.wanted());
        }
        E::EffectClaimed { effect, .. }
        | E::EffectSucceeded { effect, .. }
        | E::EffectParked { effect, .. }
        | E::EffectVouched { effect, .. }
        | E::EffectResolved { effect, .. } => {
            if let Effect::Access(
                access::Effect::LookUp { account, .. } | access::Effect::SetPermission { account, .. },
            ) = effect
            {
                name.clone_into(account);
            }
        }
        E::EffectAttempted { .. }
        | E::EffectDeferred { .. }
        | E::EffectUnknown { .. }
        | E::EffectRequeued { .. } => {}
    }
    event
}

/// The forge's account that it is about.
fn account_of(event: &EffectEvent) -> Option<&str> {
    use EffectEvent as E;
    let effect = match event {
        E::EffectAttempted { plan: Plan::Access(access::Plan::Permission(plan)), .. } => {
            return Some(plan.account());
        }
        E::EffectClaimed { effect, .. }
        | E::EffectSucceeded { effect, .. }
        | E::EffectParked { effect, .. }
        | E::EffectVouched { effect, .. }
        | E::EffectResolved { effect, .. } => effect,
        E::EffectAttempted { .. }
        | E::EffectDeferred { .. }
        | E::EffectUnknown { .. }
        | E::EffectRequeued { .. } => return None,
    };
    match effect {
        Effect::Access(
            access::Effect::LookUp { account, .. } | access::Effect::SetPermission { account, .. },
        ) => Some(account),
        _ => None,
    }
}

/// What happened to a request, by whom.
pub(crate) fn told(who: &str, event: &AccessEvent) -> String {
    use AccessEvent as E;
    match event {
        E::Requested { asked } => {
            let until = asked.until.map(|end| format!(" until {}", words::instant(end.at)));
            let time = until.or_else(|| Some(format!(" for {}", say_minutes(asked.minutes?))));
            let ticket = asked.ticket.as_ref().map(|ticket| format!(" under {ticket}"));
            format!(
                "{} asked for {}{}{}.",
                asked.requester.id,
                access::words::content(asked),
                time.unwrap_or_default(),
                ticket.unwrap_or_default()
            )
        }
        E::Checked { ruling: Some(_), .. } => "User, repository, ticket and rules were checked.".into(),
        E::Checked { ruling: None, .. } => "User, repository and ticket were checked.".into(),
        E::Rechecked { terms } => {
            format!("The rules changed to version {}: it has to be countersigned anew.", terms.version)
        }
        E::EvidenceChanged { differences, voided, .. } => {
            let voided = match voided.as_slice() {
                [] => String::new(),
                by => format!(" What {} countersigned counts no more.", words::list(by)),
            };
            format!("Since it was shown, {}.{voided}", access::words::differences(differences))
        }
        E::Waiting { proposal, terms, due, why, .. } => format!(
            "{} waits for {} of {} until {}{}",
            proposed(*proposal),
            terms.quorum,
            words::list(&terms.approver_names()),
            words::instant(*due),
            because(why.as_deref())
        ),
        E::Escalated { to } => format!("Nobody answered, so {} were asked too.", words::list(to)),
        E::Countersigned { by, receipt, assurance, stands_in_for } => {
            let how = match assurance {
                Assurance::Reacted => " by a reaction",
                Assurance::Said => "",
                Assurance::Confirmed => " in the console, confirmed with their token",
            };
            let stead = stands_in_for.as_ref().map(|id| format!(" in the place of {id}"));
            format!(
                "{by} countersigned{how}{} what receipt {} stands for.",
                stead.unwrap_or_default(),
                receipt.short()
            )
        }
        E::CountersignatureTakenBack { by } => format!("{by} took their countersignature back."),
        E::CountersignatureVoided { by } => {
            format!("The countersignature of {by} counts no more: they may not countersign this now.")
        }
        E::Reminded { times: 1 } => "Those who were asked were reminded.".into(),
        E::Reminded { times } => {
            format!("Those who were asked were reminded for the {} time.", ordinal(*times))
        }
        E::Announced { by } => format!("{by} had everybody asked who may countersign it."),
        E::Own(GrantEvent::EndsSoon { until }) => {
            format!("It ends soon, at {}, and its holder was told.", words::instant(*until))
        }
        E::Approved { by, fixed: Lasting { minutes } } if by.is_empty() => {
            format!("The rules ask nobody: approved for {}.", say_minutes(*minutes))
        }
        E::Approved { by, fixed: Lasting { minutes } } => {
            format!("Approved by {} for {}.", words::list(by), say_minutes(*minutes))
        }
        _ => access_end(who, event),
    }
}

fn access_end(who: &str, event: &AccessEvent) -> String {
    use AccessEvent as E;
    match event {
        E::Denied { proposal, by: Some(by), reason, .. } => {
            format!("{by} denied {}{}", object(*proposal), because(reason.as_deref()))
        }
        E::Denied { violations, rules, .. } => {
            let by = rules.map(|version| format!(", by version {version} of the rules")).unwrap_or_default();
            format!("Denied by the checks{by}: {}", Denied(violations.clone()).to_string().replace('\n', " "))
        }
        E::Withdrawn { proposal, by } => format!("{by} withdrew {}.", object(*proposal)),
        E::Superseded { ticket, asks_nothing, .. } => {
            capabilities::violation(&Violation::superseded(ticket, *asks_nothing))
        }
        E::Closed { proposal, name, .. } => {
            format!("{name} does not belong here any more, so {} was closed.", object(*proposal))
        }
        E::Own(GrantEvent::Shortened { name, until, .. }) => {
            format!("{name} does not belong here any more, so it ends {}.", words::instant(*until))
        }
        E::Lapsed { proposal } => format!("Nobody answered in time, so {} lapsed.", object(*proposal)),
        E::Own(GrantEvent::Granted { permission, holds: Some(holds), until, by_hand: false, .. })
            if holds != permission =>
        {
            let until = words::instant(*until);
            format!("{permission} is granted, within {holds}, which was read back; it ends {until}.")
        }
        E::Own(GrantEvent::Granted { permission, until, by_hand, .. }) => {
            format!("{permission} {}; it ends {}.", access::words::was_set(*by_hand), words::instant(*until))
        }
        E::Failed { phase, why, given_up: true } if why.is_empty() => {
            format!("{} was given up.", doing(*phase))
        }
        E::Failed { phase, why, given_up: true } => {
            format!("{} was given up: {}", doing(*phase), words::quoted(why))
        }
        E::Failed { phase, why, .. } => format!("{} failed: {why}", doing(*phase)),
        E::Vouched { phase, note } => words::vouched(access::words::phase_words(*phase), note),
        E::Delayed { vendor } => {
            format!("{} lets nobody in: it waits, and goes on by itself.", words::vendor(vendor))
        }
        E::Own(GrantEvent::Extended { by, until, why }) if by.is_empty() => {
            format!(
                "Extended until {}; the rules ask nobody{}",
                words::instant(*until),
                because(why.as_deref())
            )
        }
        E::Own(GrantEvent::Extended { by, until, .. }) => {
            format!("Extended until {}, countersigned by {}.", words::instant(*until), words::list(by))
        }
        E::Own(GrantEvent::Ending { ending }) => match ending {
            Ending::Expired => "Its time is over: the access is being taken back.".into(),
            Ending::GivenBack { by } => format!("{by} gave the access back."),
            Ending::Revoked { by, reason } => {
                format!("{by} revoked the access{}", because(reason.as_deref()))
            }
            Ending::Left { .. }
            | Ending::CalledOff { .. }
            | Ending::TakenAway { .. }
            | Ending::NotAllowed { .. } => {
                format!(
                    "The access is being taken back: {}.",
                    access::words::ended(ending, &ToString::to_string)
                )
            }
        },
        E::Own(GrantEvent::Ended { ending, left: Some(left), by_hand }) => {
            let known = access::words::how_it_is_known(*by_hand);
            format!("The access has ended, and {known}: {left} stays ({}).", ending.as_str())
        }
        E::Own(GrantEvent::Ended { ending, left: None, by_hand }) => {
            let known = access::words::how_it_is_known(*by_hand);
            format!("The access was taken back, and {known} ({}).", ending.as_str())
        }
        _ => format!("{who} changed the request."),
    }
}

const fn proposed(proposal: Proposal) -> &'static str {
    match proposal {
        Proposal::Grant => "The request",
        Proposal::Extension { .. } => "The extension",
    }
}

const fn object(proposal: Proposal) -> &'static str {
    match proposal {
        Proposal::Grant => "the request",
        Proposal::Extension { .. } => "the extension",
    }
}

const fn doing(phase: Phase) -> &'static str {
    match phase {
        Phase::Checking => "Looking up user, repository and ticket",
        Phase::Granting => "Setting the permission",
        Phase::Ending => "Taking the permission back",
    }
}

fn ordinal(times: u32) -> String {
    match times {
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        times => format!("{times}th"),
    }
}

/// What comparing the forge with the log came to.
pub(crate) fn told_of_comparison(event: &ComparisonEvent) -> String {
    let ComparisonEvent::AccessCompared { why, repositories, accounts, unread, found, gone, lowered, .. } =
        event;
    let mut said = format!(
        "The forge was compared with the log, because {}: {accounts} accounts on {repositories} repositories, {} new differences, {} gone.",
        access::words::why_compared(why),
        found.len(),
        gone.len()
    );
    said.extend(lowered.iter().flat_map(|lowered| [" ".to_owned(), access::words::lowered(lowered)]));
    if !unread.is_empty() {
        let names: Vec<_> = unread.keys().collect();
        said.extend([" Not looked at: ", &words::list(&names), "."]);
    }
    said
}
