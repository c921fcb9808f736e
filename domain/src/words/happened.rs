//! What has happened to something that was proposed, as far as it is said alike of everything: a kind has its own words for the
//! rest.

use super::{countersigners, flat, instant, list, prose, vendor, violation, vouched};
use crate::denied::{Denied, Violation};
use crate::names::PrincipalId;
use crate::request::{Content as _, Kind, RequestEvent};

/// One event in a sentence, of something that is called `what`: `the repair`. Its own events are told by whoever knows them.
pub fn happened<K: Kind>(
    event: &RequestEvent<K>,
    what: &str,
    name: &dyn Fn(&PrincipalId) -> String,
    own: impl FnOnce(&K::Event) -> String,
) -> String {
    use RequestEvent as E;
    match event {
        E::Requested { asked } => format!("{} asked for {what}.", name(&asked.requester().id)),
        E::Checked { .. } => "The rules were asked.".to_owned(),
        E::Rechecked { terms } => {
            format!("The rules changed to version {}: it has to be countersigned anew.", terms.version)
        }
        E::EvidenceChanged { .. } => {
            "It is otherwise than it was shown, and has to be countersigned anew.".to_owned()
        }
        E::Waiting { due, .. } => format!("It waits for countersignatures until {}.", instant(*due)),
        E::Escalated { to } => format!("Nobody answered for long: {} are asked too.", list(to)),
        E::Countersigned { by, .. } => format!("{} countersigned it.", name(by)),
        E::CountersignatureTakenBack { by } => format!("{} took the countersignature back.", name(by)),
        E::CountersignatureVoided { by } => format!("The countersignature of {} counts no more.", name(by)),
        E::Reminded { .. } => "Those who were asked are reminded.".to_owned(),
        E::Announced { by } => format!("{} wants everybody to be asked.", name(by)),
        E::Approved { by, .. } if by.is_empty() => "The rules ask nobody: it is carried out.".to_owned(),
        E::Approved { by, .. } => format!("Approved. {}", countersigners(by, name)),
        E::Denied { by: Some(by), reason, .. } => {
            let because = reason.as_deref().map(|reason| format!(": {}", prose(reason))).unwrap_or_default();
            format!("{} said no{because}.", name(by))
        }
        E::Denied { violations, .. } => {
            format!("Denied by the checks: {}", flat(&Denied(violations.clone()).to_string()))
        }
        E::Withdrawn { by, .. } => format!("{} took {what} back.", name(by)),
        E::Closed { name, .. } => format!("{name} does not belong here any more, so {what} was closed."),
        E::Superseded { ticket, asks_nothing, .. } => {
            violation(&Violation::superseded(ticket, *asks_nothing))
        }
        E::Lapsed { .. } => format!("Nobody answered in time, so {what} lapsed."),
        E::Delayed { vendor: away } => {
            format!("{} lets nobody in: it waits, and goes on by itself.", vendor(away))
        }
        E::Failed { why, given_up: true, .. } if why.is_empty() => "It was given up.".to_owned(),
        E::Failed { why, given_up: true, .. } => format!("It was given up: {}.", prose(why)),
        E::Failed { why, .. } => format!("It failed: {why}"),
        E::Vouched { note, .. } => vouched("it", note),
        E::Own(event) => own(event),
    }
}
