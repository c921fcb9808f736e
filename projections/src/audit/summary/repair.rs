//! The sentences for what happens to repairs.

use countersign_domain::capabilities::Repair;
use countersign_domain::denied::Denied;
use countersign_domain::repair::{changed, happened, summary};
use countersign_domain::request::RequestEvent;
use countersign_domain::words;

/// What an event of a repair says.
pub(super) fn said(event: &RequestEvent<Repair>) -> String {
    use RequestEvent as E;
    match event {
        E::Requested { asked } => format!("{} proposed to {}.", asked.requester.id, summary(asked)),
        E::Checked { .. } => "What is held was looked at, and the rules were asked.".to_owned(),
        E::Rechecked { terms } => {
            format!("The rules changed to version {}: it has to be countersigned anew.", terms.version)
        }
        E::EvidenceChanged { differences, .. } => {
            format!("Since it was shown, {}: it has to be countersigned anew.", changed(differences))
        }
        E::Waiting { due, .. } => format!("The repair waits, until {}.", words::instant(*due)),
        E::Escalated { to } => format!("Nobody answered for long: {} are asked too.", words::list(to)),
        E::Countersigned { by, .. } => format!("{by} countersigned it."),
        E::CountersignatureTakenBack { by } => format!("{by} took the countersignature back."),
        E::CountersignatureVoided { by } => format!("The countersignature of {by} counts no more."),
        E::Closed { name, .. } => format!("{name} does not belong here any more, so the repair was closed."),
        E::Reminded { .. } => "Those who were asked are reminded.".to_owned(),
        E::Announced { by } => format!("{by} wants everybody to be asked."),
        E::Approved { by, .. } if by.is_empty() => "The rules ask nobody: it is carried out.".to_owned(),
        E::Approved { by, .. } => format!("Approved by {}.", words::list(by)),
        E::Denied { by: Some(by), reason, .. } => {
            let because = reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
            format!("{by} denied the repair{because}.")
        }
        E::Denied { violations, .. } => {
            format!("Denied by the checks: {}", Denied(violations.clone()).to_string().replace('\n', " "))
        }
        E::Withdrawn { by, .. } => format!("{by} withdrew the repair."),
        E::Lapsed { .. } => "Nobody answered in time, so the repair lapsed.".to_owned(),
        E::Delayed { vendor } => {
            format!("{} lets nobody in: it waits, and goes on by itself.", words::vendor(vendor))
        }
        E::Failed { why, given_up: true, .. } => format!("It was given up: {}", words::quoted(why)),
        E::Failed { why, .. } => format!("It failed: {why}"),
        E::Own(event) => happened(event, &ToString::to_string),
    }
}
