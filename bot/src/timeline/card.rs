//! The card of an alarm: since when it is on, how often it was told, who looks after it, and what may be why.

use countersign_domain::card::{ButtonStyle, Card, Tone};
use countersign_domain::duration::say_minutes;
use countersign_domain::names::Tenant;
use countersign_domain::timeline::{Alert, Signal, SignalKind, Symptom};
use countersign_domain::words::{flat, plain, quoted};
use countersign_projections::Rows;
use countersign_projections::timeline::{self, ShownAlert};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use uuid::Uuid;

use super::named::reference;
use super::suspects::{Suspect, suspects};
use crate::cards::Draft;
use crate::engine::Failure;
use crate::moment::Here;
use crate::world::World;

/// So often at most it is counted how often an alarm was told.
const COUNTED: usize = 1000;
/// So many of what may be why stand on a card.
const SUSPECTS: usize = 3;

/// Where the card of a placement is, and what it showed last.
pub(crate) async fn shown_at(
    world: &World,
    tenant: &Tenant,
    placement: Uuid,
) -> Result<Option<ShownAlert>, Failure> {
    world.folded().await?;
    Ok(timeline::shown_alert(&*world.projections.rows(timeline::NAME), tenant, placement)?)
}

/// The card of an alarm, as it stands now; nothing where it has gone on again since the time that is meant.
pub(crate) async fn card_of(
    world: &World,
    tenant: &Tenant,
    (fingerprint, episode): (Uuid, Option<u64>),
) -> Result<Option<Card>, Failure> {
    world.folded().await?;
    let rows = world.projections.rows(timeline::NAME);
    let found = timeline::alert(&*rows, tenant, fingerprint)?.map(|row| row.alert);
    let is_meant = |alert: &Alert| episode.is_none_or(|episode| alert.episode == episode);
    let Some(alert) = found.filter(is_meant) else { return Ok(None) };
    let Some(signal) = &alert.signal else { return Ok(None) };
    let customs = world.customs(tenant);
    let zone = customs.zone.as_deref().and_then(|zone| TimeZone::get(zone).ok());
    let here = Here { now: world.clock.now(), zone: zone.unwrap_or(TimeZone::UTC) };
    let why = suspects(&*rows, tenant, customs.integrations.as_ref(), signal)?;
    let times = told(&*rows, tenant, (fingerprint, &alert, signal), here.now)?;
    Ok(Some(drawn((fingerprint, &alert, signal), &here, times, &why)))
}

/// How often it was told that it is on, since it went on.
fn told(
    rows: &dyn Rows,
    tenant: &Tenant,
    (fingerprint, alert, signal): (Uuid, &Alert, &Signal),
    now: Timestamp,
) -> Result<usize, Failure> {
    let until = alert.cleared.filter(|_| !alert.is_on).unwrap_or(now);
    let (found, _) = timeline::happened(rows, tenant, &fingerprint.to_string(), (signal.at, until), COUNTED)?;
    Ok(found.iter().filter(|row| row.signal.kind == SignalKind::AlertOpened).count())
}

fn drawn(
    (fingerprint, alert, signal): (Uuid, &Alert, &Signal),
    here: &Here,
    times: usize,
    why: &[Suspect],
) -> Card {
    let name = plain(&signal.subject.name);
    let (tone, title) = match (alert.is_on, &alert.acknowledged) {
        (true, None) => (Tone::Bad, format!("The alarm {name} is on")),
        (true, Some(who)) => (Tone::Waiting, format!("The alarm {name} is on; {} looks after it", flat(who))),
        (false, _) => (Tone::Good, format!("The alarm {name} is off")),
    };
    let draft = Draft::new(tone, &title);
    let draft = match &signal.subject.link {
        Some(link) => draft.linked("Alarm", &name, link, ""),
        None => draft.field("Alarm", &name),
    };
    let service = signal.service.as_ref().map(|service| plain(&service.name));
    let draft = draft.field_if("Service", service.as_deref()).field("Since", &here.said(signal.at));
    let repeated = (times > 1).then(|| format!("×{times}"));
    let cleared = alert.cleared.filter(|_| !alert.is_on).map(|cleared| after(signal.at, cleared));
    let reason = signal.symptom.as_ref().and_then(|symptom: &Symptom| symptom.reason.as_deref()).map(quoted);
    let draft = draft.field_if("Told", repeated.as_deref()).field_if("Off after", cleared.as_deref());
    let draft = draft.field_if("Says", reason.as_deref());
    let muted = alert.muted.as_ref().filter(|_| alert.is_muted(here.now)).map(|muted| {
        let why = muted.why.as_deref().map(|why| format!(": {}", quoted(why))).unwrap_or_default();
        format!("until {}, by {}{why}", here.said(muted.until), flat(&muted.name))
    });
    let draft = suspected(draft.field_if("Muted", muted.as_deref()), why);
    let reference = reference(fingerprint);
    let draft = if alert.is_on && alert.acknowledged.is_none() {
        draft.button("I look after it", ButtonStyle::Primary, &format!("ack {reference}"))
    } else {
        draft
    };
    if alert.is_on && !alert.is_muted(here.now) {
        let say = format!("mute {reference} for 2 hours");
        return draft.button("Mute for 2 hours", ButtonStyle::Plain, &say).card();
    }
    draft.card()
}

fn suspected(draft: Draft, why: &[Suspect]) -> Draft {
    if why.is_empty() {
        return draft.line("Nothing that I was told of was deployed there before, so nothing is suspected.");
    }
    why.iter().take(SUSPECTS).fold(draft, |draft, one| match &one.link {
        Some(link) => draft.linked("Suspect", &one.said, link, ""),
        None => draft.field("Suspect", &one.said),
    })
}

/// How long it was on.
fn after(from: Timestamp, until: Timestamp) -> String {
    let minutes = u64::try_from(until.duration_since(from).as_mins()).unwrap_or_default();
    if minutes == 0 { "less than a minute".to_owned() } else { say_minutes(minutes) }
}
