//! What follows from what was told: alarms take in what tells of them, and the channels meant for that show how they stand.

use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::envelope::{Cause, Envelope, derived_id};
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::talk::{Effect, alert_placement};
use countersign_domain::timeline::{Alert, AlertCommand, FollowUp, Signal};
use uuid::Uuid;

use super::card::shown_at;
use crate::engine::Failure;
use crate::requests::Requests;
use crate::talk::{Sayings, saying};

/// Does it; what is to be said.
pub(crate) async fn follow_up(
    requests: &Requests,
    (event, cause): (&Envelope, &Cause),
    follow_up: FollowUp,
) -> Result<Sayings, Failure> {
    match follow_up {
        FollowUp::Take { signals } => {
            for (index, signal) in signals.iter().enumerate() {
                let cause = Cause { command: derived_id(cause.command, &index.to_string()), ..cause.clone() };
                take(requests, &event.tenant, &cause, signal).await?;
            }
            Ok(vec![])
        }
        FollowUp::Show { fingerprint } => show(requests, (&event.tenant, cause), fingerprint).await,
    }
}

async fn take(requests: &Requests, tenant: &Tenant, cause: &Cause, signal: &Signal) -> Result<(), Failure> {
    let Some(symptom) = &signal.symptom else { return Ok(()) };
    let key = symptom.fingerprint.to_string();
    let take = || AlertCommand::Take { signal: Box::new(signal.clone()) };
    // An alarm says no to nothing that tells of it.
    requests.engine.execute::<Alert>(tenant, &key, cause, "take an alarm", take).await.map(drop)
}

/// One card each time that it goes on, at each channel: nowhere anew while somebody wants to hear nothing of it. That it is off is shown
/// whether or not the log knows of its card yet: one that is being posted at this moment says that it is on.
async fn show(
    requests: &Requests,
    (tenant, cause): (&Tenant, &Cause),
    fingerprint: Uuid,
) -> Result<Sayings, Failure> {
    let world = &requests.world;
    let Some(talk) = world.talk(tenant) else { return Ok(vec![]) };
    let stream = StreamName::new(tenant, Alert::CATEGORY, &fingerprint.to_string())?;
    let alert = requests.engine.load::<Alert>(&stream, None).await?.state;
    // Some are told to be off that nobody ever saw on.
    if alert.episode == 0 {
        return Ok(vec![]);
    }
    let (episode, is_quiet) = (alert.episode, alert.is_muted(cause.at));
    let mut said = Sayings::new();
    for place in &talk.alerts {
        let placement = alert_placement(fingerprint, episode, place);
        if !is_quiet || shown_at(world, tenant, placement).await?.is_some() {
            let show = Effect::ShowAlert { fingerprint, episode, place: place.clone() };
            said.push(saying(cause.command, show));
        }
    }
    Ok(said)
}
