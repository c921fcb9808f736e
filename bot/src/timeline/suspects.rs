//! What may be why an alarm is on: what became live at its service, or at one that this needs, within a while before. Only what was
//! deployed is ever suspected: a commit that was not live has broken nothing.

use std::collections::BTreeMap;

use countersign_domain::duration::say_minutes;
use countersign_domain::names::Tenant;
use countersign_domain::timeline::{Signal, SignalKind, short};
use countersign_domain::words::plain;
use countersign_projections::timeline::{self, SignalRow};
use countersign_projections::{Rows, RowsError};
use jiff::{SignedDuration, Timestamp};

use crate::config::{IntegrationsConfig, ServiceConfig};

/// So far back it is looked for what was live before.
const BACK: SignedDuration = SignedDuration::from_hours(24 * 30);
/// So much that happened is looked at.
const LOOKED_AT: usize = 2000;

/// Something that may be why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Suspect {
    /// What, in words.
    pub(super) said: String,
    /// Where what it changed is to be seen.
    pub(super) link: Option<String>,
    /// When it became live.
    at: Timestamp,
    /// Whether it is of the service itself.
    is_own: bool,
}

/// What may be why, the likeliest first.
pub(super) fn suspects(
    rows: &dyn Rows,
    tenant: &Tenant,
    integrations: Option<&IntegrationsConfig>,
    alarm: &Signal,
) -> Result<Vec<Suspect>, RowsError> {
    let (Some(integrations), Some(service)) = (integrations, &alarm.service) else { return Ok(vec![]) };
    let described = integrations.services.get(&service.name).cloned().unwrap_or_default();
    let host = integrations.github.as_ref().map(|github| github.host.as_str());
    let needed = described.depends_on.iter().filter(|needed| **needed != service.name);
    let names = std::iter::once((&service.name, true)).chain(needed.map(|needed| (needed, false)));
    let from = alarm.at.checked_sub(BACK).unwrap_or(Timestamp::MIN);
    let mut all = Vec::new();
    for (name, is_own) in names {
        let (found, _) = timeline::happened(rows, tenant, name, (from, alarm.at), LOOKED_AT)?;
        all.extend(live(&found, (name, is_own), host, alarm.at));
    }
    Ok(ranked(all, &described, alarm.at))
}

/// What became live, each with what was live before it; what was put there once more has changed nothing.
fn live(
    found: &[SignalRow],
    (name, is_own): (&str, bool),
    host: Option<&str>,
    alarm: Timestamp,
) -> Vec<Suspect> {
    let mut before = BTreeMap::new();
    let mut all = Vec::new();
    for SignalRow { signal, .. } in found {
        let is_live =
            signal.kind == SignalKind::DeploymentFinished && signal.status.as_deref() == Some("success");
        let sha = signal.change.as_ref().and_then(|change| change.sha.as_deref());
        let Some(sha) = sha.filter(|_| is_live) else { continue };
        let there = (signal.repository.as_deref(), signal.environment.as_deref());
        let last = before.insert(there, sha);
        if last == Some(sha) {
            continue;
        }
        let place = signal.environment.as_deref().map(|place| format!(" to {}", plain(place)));
        let range = match last {
            Some(last) => format!("{}…{}", short(last), short(sha)),
            None => short(sha),
        };
        let said = format!(
            "{}{} was deployed {} before ({range})",
            plain(name),
            place.unwrap_or_default(),
            ago(signal.at, alarm)
        );
        let compare =
            || Some(format!("https://{}/{}/compare/{}...{sha}", host?, signal.repository.as_deref()?, last?));
        all.push(Suspect {
            said,
            link: compare().or_else(|| signal.subject.link.clone()),
            at: signal.at,
            is_own,
        });
    }
    all
}

fn ago(at: Timestamp, alarm: Timestamp) -> String {
    let minutes = u64::try_from(alarm.duration_since(at).as_mins()).unwrap_or_default();
    if minutes == 0 { "less than a minute".to_owned() } else { say_minutes(minutes) }
}

/// Those within the service's window by how likely they are: how much of the window was left, halved where it is of a service that is only
/// needed. Where there is none, the last one of its own before.
fn ranked(all: Vec<Suspect>, described: &ServiceConfig, alarm: Timestamp) -> Vec<Suspect> {
    let window = SignedDuration::try_from(described.window).unwrap_or(SignedDuration::MAX);
    let left = |one: &Suspect| window.saturating_sub(alarm.duration_since(one.at)).as_secs();
    let (mut within, before): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| left(one) >= 0);
    if within.is_empty() {
        return before.into_iter().filter(|one| one.is_own).max_by_key(|one| one.at).into_iter().collect();
    }
    let score = |one: &Suspect| if one.is_own { left(one).saturating_mul(2) } else { left(one) };
    within.sort_by_key(|one| std::cmp::Reverse((score(one), one.at)));
    within
}

#[cfg(test)]
mod tests {
    use countersign_domain::timeline::{Change, Subject, TimeSource};
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn alarm() -> Timestamp {
        "2026-03-01T12:00:00Z".parse().unwrap()
    }

    fn row(minutes: i64, sha: u8, status: &str, kind: SignalKind) -> SignalRow {
        let at = alarm() - SignedDuration::from_mins(minutes);
        let signal = Signal {
            kind,
            at,
            time_source: TimeSource::Payload,
            subject: Subject { kind: "deployment".to_owned(), name: "production".to_owned(), link: None },
            repository: Some("acme/pay-api".to_owned()),
            service: None,
            environment: Some("production".to_owned()),
            actor: None,
            status: Some(status.to_owned()),
            change: Some(Change { sha: Some(format!("{sha:02x}").repeat(20)), ..Change::default() }),
            symptom: None,
        };
        SignalRow { delivery: Uuid::nil(), index: 0, read: at, signal }
    }

    fn deployed(minutes: i64, sha: u8) -> SignalRow {
        row(minutes, sha, "success", SignalKind::DeploymentFinished)
    }

    fn of(found: &[SignalRow]) -> Vec<Suspect> {
        let all = live(found, ("payments-api", true), Some("github.com"), alarm());
        ranked(all, &ServiceConfig::default(), alarm())
    }

    #[test]
    fn the_last_that_became_live_is_suspected_first_with_what_it_changed() {
        let found = [deployed(300, 1), deployed(40, 2), deployed(12, 3), deployed(5, 3)];
        let suspects = of(&found);
        assert_eq!(suspects.len(), 2, "what was live already is no suspect: {suspects:#?}");
        assert_eq!(
            suspects[0].said,
            "payments-api to production was deployed 12 minutes before (0202020…0303030)"
        );
        let compare =
            format!("https://github.com/acme/pay-api/compare/{}...{}", "02".repeat(20), "03".repeat(20));
        assert_eq!(suspects[0].link.as_deref(), Some(compare.as_str()));
    }

    #[test]
    fn where_nothing_became_live_in_the_hour_before_the_last_one_is_suspected_and_nothing_else() {
        assert_eq!(of(&[deployed(900, 1), deployed(300, 2)]).len(), 1);
        assert!(of(&[row(10, 1, "failure", SignalKind::DeploymentFinished)]).is_empty());
        assert!(of(&[row(10, 1, "success", SignalKind::ChangeMerged)]).is_empty());
    }

    #[test]
    fn what_is_of_a_service_that_is_only_needed_is_suspected_behind_its_own() {
        let own = live(&[deployed(30, 1)], ("payments-api", true), None, alarm());
        let needed = live(&[deployed(20, 2)], ("ledger", false), None, alarm());
        let ranked = ranked([needed, own].concat(), &ServiceConfig::default(), alarm());
        assert!(ranked[0].said.starts_with("payments-api"), "{ranked:#?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        /// Whatever else happened, only what became live is suspected, and the last that did within the hour is the first.
        #[test]
        fn no_commit_that_was_not_deployed_is_ever_suspected(
            happened in prop::collection::vec((1..600_i64, 1..9_u8, any::<bool>(), any::<bool>()), 0..40),
        ) {
            let mut found: Vec<_> = happened.iter().map(|(minutes, sha, is_good, is_live)| {
                let status = if *is_good { "success" } else { "failure" };
                let kind = if *is_live { SignalKind::DeploymentFinished } else { SignalKind::ChangeMerged };
                row(*minutes, *sha, status, kind)
            }).collect();
            found.sort_by_key(|row| row.signal.at);
            let suspects = of(&found);
            let was_live = |one: &Suspect| found.iter().any(|row| {
                let is_live = row.signal.kind == SignalKind::DeploymentFinished && row.signal.status.as_deref() == Some("success");
                is_live && row.signal.at == one.at
            });
            prop_assert!(suspects.iter().all(was_live), "{suspects:#?}");
            prop_assert!(suspects.is_sorted_by_key(|one| std::cmp::Reverse(one.at)));
        }
    }
}
