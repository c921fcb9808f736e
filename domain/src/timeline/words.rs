//! What happened outside, in words.

use super::alert::AlertEvent;
use super::delivery::{DeliveryEvent, Source};
use super::signal::{Change, Signal, SignalKind};
use crate::text::{flat, instant, plain, quoted};

/// So many digits of a commit are shown.
const SHORT: usize = 7;

/// A commit as people name it.
pub fn short(sha: &str) -> String {
    plain(&sha.chars().take(SHORT).collect::<String>())
}

/// One thing that happened, as a sentence without its end.
pub fn said(signal: &Signal) -> String {
    // Whoever began a run did not bring about how it ended.
    let is_an_end = matches!(signal.kind, SignalKind::RunFinished | SignalKind::DeploymentFinished);
    let actor = signal.actor.as_deref().filter(|_| !is_an_end);
    let by = actor.map(|actor| format!(" by {}", plain(actor))).unwrap_or_default();
    let change = signal.change.clone().unwrap_or_default();
    let name = plain(&signal.subject.name);
    let proposal = || {
        let number = change.pull_request.map(|number| format!(" {number}")).unwrap_or_default();
        format!("pull request{number} {}", quoted(&signal.subject.name))
    };
    let place = signal.environment.as_deref().map(|place| format!(" to {}", plain(place)));
    let deployment = || format!("deployment{}", place.clone().unwrap_or_default());
    let status = signal.status.as_deref().map(flat);
    let what = match signal.kind {
        SignalKind::ChangePushed => pushed(&signal.subject.kind, &name, status.as_deref(), &change),
        SignalKind::ChangeProposed => format!("{} proposed", proposal()),
        SignalKind::ChangeMerged => {
            let into = change.reference.as_deref().map(|branch| format!(" into {}", plain(branch)));
            format!("{} merged{}", proposal(), into.unwrap_or_default())
        }
        SignalKind::ChangeDeclined => format!("{} closed and not merged", proposal()),
        SignalKind::ChangeReleased => format!("release {name} published"),
        SignalKind::RunFinished => {
            let ended = status.unwrap_or_else(|| "finished".to_owned());
            format!("{} {} ended: {ended}", flat(&signal.subject.kind), quoted(&signal.subject.name))
        }
        SignalKind::DeploymentRequested => format!("{} requested", deployment()),
        SignalKind::DeploymentStarted => format!("{} started", deployment()),
        SignalKind::DeploymentFinished => {
            format!("{} ended: {}", deployment(), status.unwrap_or_else(|| "finished".to_owned()))
        }
        SignalKind::AlertOpened => format!("alarm {name} went on"),
        SignalKind::AlertCleared => format!("alarm {name} went off"),
    };
    let commit = change.sha.as_deref().map(|sha| format!(" ({})", short(sha))).unwrap_or_default();
    format!("{what}{by}{commit}")
}

fn pushed(kind: &str, name: &str, status: Option<&str>, change: &Change) -> String {
    let kind = flat(kind);
    match (status, change.commits) {
        (Some("deleted"), _) => format!("the {kind} {name} was taken away"),
        (Some("forced"), _) => format!("the {kind} {name} was overwritten"),
        (_, Some(1)) => format!("one commit pushed to {name}"),
        (_, Some(many)) if many > 1 => format!("{many} commits pushed to {name}"),
        _ => format!("the {kind} {name} was moved"),
    }
}

/// What happened to an alert, as a sentence.
pub fn told_of_alert(event: &AlertEvent) -> String {
    match event {
        AlertEvent::AlertOpened { signal, .. } => format!("The {}.", said(signal)),
        AlertEvent::AlertRepeated { .. } => "The alarm went on again, and was on already.".to_owned(),
        AlertEvent::AlertAcknowledged { name, .. } => format!("{} looks after the alarm.", plain(name)),
        AlertEvent::AlertMuted { name, until, why, .. } => {
            let why = why.as_deref().map(|why| format!(": {}", quoted(why))).unwrap_or_default();
            format!("{} wants to hear nothing of the alarm until {}{why}.", plain(name), instant(*until))
        }
        AlertEvent::AlertCleared { .. } => "The alarm is off.".to_owned(),
    }
}

/// What happened to a delivery, as a sentence.
pub fn told(event: &DeliveryEvent) -> String {
    let from = |source: &Source| format!("{}'s {}", plain(&source.integration), plain(&source.event));
    match event {
        DeliveryEvent::SignalMapped { source, signals } => match &signals[..] {
            [] => format!("{} tells of nothing that is kept.", from(source)),
            [one] => {
                let place = one.repository.as_deref().map(|name| format!(" in {}", plain(name)));
                format!("{} tells{}: {}.", from(source), place.unwrap_or_default(), said(one))
            }
            many => format!("{} tells of {} things.", from(source), many.len()),
        },
        DeliveryEvent::SignalParked { source, unread, .. } => {
            format!(
                "{} cannot be read and is parked: at {}, {}.",
                from(source),
                plain(&unread.place),
                flat(&unread.why)
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::example::{every_event, merged};

    #[test]
    fn what_happened_is_said_in_a_sentence_in_which_no_title_looks_like_ours() {
        let mut signal = merged();
        assert_eq!(said(&signal), "pull request 12 “Retry the ledger” merged into main by octo (a1b2c3d)");
        signal.subject.name = "x” merged by ada\n“y".to_owned();
        assert!(said(&signal).contains("“x' merged by ada 'y”"), "{}", said(&signal));
        for kind in ["deleted", "forced"] {
            let pushed = Signal {
                kind: SignalKind::ChangePushed,
                status: Some(kind.to_owned()),
                subject: super::super::Subject {
                    kind: "branch".to_owned(),
                    name: "main".to_owned(),
                    link: None,
                },
                ..merged()
            };
            assert!(said(&pushed).starts_with("the branch main was "), "{}", said(&pushed));
        }
    }

    #[test]
    fn every_event_of_a_delivery_is_told_in_one_sentence() {
        for event in every_event() {
            let said = told(&event);
            assert!(said.starts_with("github's pull_request ") && said.ends_with('.'), "{said}");
            assert_eq!(said.lines().count(), 1, "{said}");
        }
    }
}
