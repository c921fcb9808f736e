//! What the audit says of a request for access: one plain sentence for every event.

use countersign_domain::access::{
    AccessEvent, Asked, Difference, Ending, GrantEvent, Lasting, Phase, Proposal, words as own,
};
use countersign_domain::capabilities;
use countersign_domain::denied::{Denied, Violation};
use countersign_domain::duration::say_minutes;
use countersign_domain::envelope::Digest;
use countersign_domain::names::PrincipalId;
use countersign_domain::request::Assurance;
use countersign_domain::rules::Terms;
use countersign_domain::words;
use jiff::Timestamp;

use crate::audit::because;

/// What happened to it.
pub(crate) fn told(event: &AccessEvent) -> String {
    use AccessEvent as E;
    match event {
        E::Requested { asked } => requested(asked),
        E::Checked { ruling: Some(_), .. } => "User, repository, ticket and rules were checked.".into(),
        E::Checked { ruling: None, .. } => "User, repository and ticket were checked.".into(),
        E::Rechecked { terms } => {
            format!("The rules changed to version {}: it has to be countersigned anew.", terms.version)
        }
        E::EvidenceChanged { differences, voided, .. } => evidence_changed(differences, voided),
        E::Waiting { proposal, terms, due, why, .. } => waits(*proposal, terms, *due, why.as_deref()),
        E::Escalated { to } => format!("Nobody answered, so {} were asked too.", words::list(to)),
        E::Countersigned { by, receipt, assurance, stands_in_for } => {
            countersigned(by, *receipt, *assurance, stands_in_for.as_ref())
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
        E::Approved { by, fixed } => approved(by, *fixed),
        E::Denied { proposal, by: Some(by), reason, .. } => {
            format!("{by} denied {}{}", object(*proposal), because(reason.as_deref()))
        }
        E::Denied { violations, rules, .. } => denied_by_checks(violations, *rules),
        E::Withdrawn { proposal, by } => format!("{by} withdrew {}.", object(*proposal)),
        E::Superseded { ticket, asks_nothing, .. } => {
            capabilities::violation(&Violation::superseded(ticket, *asks_nothing))
        }
        E::Closed { proposal, name, .. } => {
            format!("{name} does not belong here any more, so {} was closed.", object(*proposal))
        }
        E::Lapsed { proposal } => format!("Nobody answered in time, so {} lapsed.", object(*proposal)),
        E::Failed { phase, why, given_up } => failed(*phase, why, *given_up),
        E::Vouched { phase, note } => words::vouched(own::phase_words(*phase), note),
        E::Delayed { vendor } => {
            format!("{} lets nobody in: it waits, and goes on by itself.", words::vendor(vendor))
        }
        E::Own(event) => granted(event),
    }
}

/// What happened to what came of it.
fn granted(event: &GrantEvent) -> String {
    use GrantEvent as E;
    match event {
        E::Granted { permission, holds: Some(holds), until, by_hand: false, .. } if holds != permission => {
            let until = words::instant(*until);
            format!("{permission} is granted, within {holds}, which was read back; it ends {until}.")
        }
        E::Granted { permission, until, by_hand, .. } => {
            format!("{permission} {}; it ends {}.", own::was_set(*by_hand), words::instant(*until))
        }
        E::Invited { permission, until } => format!(
            "An invitation to {permission} waits for whom it is for; it is granted once they accept, and taken back {}.",
            words::instant(*until)
        ),
        E::EndsSoon { until } => {
            format!("It ends soon, at {}, and its holder was told.", words::instant(*until))
        }
        E::Shortened { name, until, .. } => {
            format!("{name} does not belong here any more, so it ends {}.", words::instant(*until))
        }
        E::Extended { by, until, why } if by.is_empty() => {
            let why = because(why.as_deref());
            format!("Extended until {}; the rules ask nobody{why}", words::instant(*until))
        }
        E::Extended { by, until, .. } => {
            format!("Extended until {}, countersigned by {}.", words::instant(*until), words::list(by))
        }
        E::Ending { ending } => ends(ending),
        E::Ended { ending, left: Some(left), by_hand } => {
            let known = own::how_it_is_known(*by_hand);
            format!("The access has ended, and {known}: {left} stays ({}).", ending.as_str())
        }
        E::Ended { ending, left: None, by_hand } => {
            format!(
                "The access was taken back, and {} ({}).",
                own::how_it_is_known(*by_hand),
                ending.as_str()
            )
        }
    }
}

fn requested(asked: &Asked) -> String {
    let until = asked.until.map(|end| format!(" until {}", words::instant(end.at)));
    let time = until.or_else(|| Some(format!(" for {}", say_minutes(asked.minutes?))));
    let ticket = asked.ticket.as_ref().map(|ticket| format!(" under {ticket}"));
    let (time, ticket) = (time.unwrap_or_default(), ticket.unwrap_or_default());
    format!("{} asked for {}{time}{ticket}.", asked.requester.id, own::content(asked))
}

fn evidence_changed(differences: &[Difference], voided: &[PrincipalId]) -> String {
    let voided = match voided {
        [] => String::new(),
        by => format!(" What {} countersigned counts no more.", words::list(by)),
    };
    format!("Since it was shown, {}.{voided}", own::differences(differences))
}

fn waits(proposal: Proposal, terms: &Terms, due: Timestamp, why: Option<&str>) -> String {
    format!(
        "{} waits for {} of {} until {}{}",
        proposed(proposal),
        terms.quorum,
        words::list(&terms.approver_names()),
        words::instant(due),
        because(why)
    )
}

fn countersigned(
    by: &PrincipalId,
    receipt: Digest,
    assurance: Assurance,
    stands_in_for: Option<&PrincipalId>,
) -> String {
    let how = match assurance {
        Assurance::Reacted => " by a reaction",
        Assurance::Said => "",
        Assurance::Confirmed => " in the console, confirmed with their token",
    };
    let stead = stands_in_for.map(|id| format!(" in the place of {id}")).unwrap_or_default();
    format!("{by} countersigned{how}{stead} what receipt {} stands for.", receipt.short())
}

fn approved(by: &[PrincipalId], Lasting { minutes }: Lasting) -> String {
    let time = say_minutes(minutes);
    if by.is_empty() {
        return format!("The rules ask nobody: approved for {time}.");
    }
    format!("Approved by {} for {time}.", words::list(by))
}

fn denied_by_checks(violations: &[Violation], rules: Option<u64>) -> String {
    let by = rules.map(|version| format!(", by version {version} of the rules")).unwrap_or_default();
    format!("Denied by the checks{by}: {}", Denied(violations.to_vec()).to_string().replace('\n', " "))
}

fn failed(phase: Phase, why: &str, given_up: bool) -> String {
    let doing = doing(phase);
    match (given_up, why) {
        (true, "") => format!("{doing} was given up."),
        (true, why) => format!("{doing} was given up: {}", words::quoted(why)),
        (false, why) => format!("{doing} failed: {why}"),
    }
}

fn ends(ending: &Ending) -> String {
    match ending {
        Ending::Expired => "Its time is over: the access is being taken back.".into(),
        Ending::GivenBack { by } => format!("{by} gave the access back."),
        Ending::Revoked { by, reason } => format!("{by} revoked the access{}", because(reason.as_deref())),
        Ending::Left { .. }
        | Ending::CalledOff { .. }
        | Ending::TakenAway { .. }
        | Ending::NotAllowed { .. } => {
            format!("The access is being taken back: {}.", own::ended(ending, &ToString::to_string))
        }
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
