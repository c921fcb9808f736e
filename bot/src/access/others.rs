//! What else of somebody's is open on the same repository: the cards name each other, and when something of it begins or ends, all
//! that still waits there is shown as it is now.

use countersign_domain::access::{Access, AccessEvent, AccessRequest, GrantEvent, Status};
use countersign_domain::aggregate;
use countersign_domain::envelope::{Cause, Envelope, derived_id};
use countersign_domain::names::Tenant;
use countersign_domain::request::{Code, Facets as _};
use countersign_projections::access::{self, AccessFilter, AccessRow};
use countersign_projections::request;

use super::wording;
use crate::capabilities::Shown;
use crate::engine::Failure;
use crate::requests::Requests;
use crate::talk::{Sayings, Talk};
use crate::world::World;

/// While it is in one of these, nobody has it yet and somebody may get it.
const OPEN: [Status; 2] = [Status::Waiting, Status::Granting];
/// So many are looked through: nobody reads more on a card.
const MOST: usize = 100;

/// That more of the same person's is open on the same repository, as far as the viewer may see it. What everybody in a channel sees
/// names only what the same people are asked about.
pub(super) fn said(
    world: &World,
    tenant: &Tenant,
    shown: Shown<'_, Access>,
) -> Result<Option<String>, Failure> {
    let Shown { request: access, viewer, people, now, .. } = shown;
    if !OPEN.contains(&access.status()) {
        return Ok(None);
    }
    let approvers = |access: &AccessRequest| access.latest_terms().map(|terms| terms.approvers.clone());
    let is_seen = |row: &AccessRow| match viewer {
        Some(viewer) => row.access.is_seen_by(viewer, &people.absent_for(viewer, now)),
        None => approvers(&row.access) == approvers(access),
    };
    let mut others = open_beside(world, tenant, access)?;
    others.retain(is_seen);
    Ok(wording::open_beside(&others.iter().map(|row| (&row.code, &row.access)).collect::<Vec<_>>()))
}

/// Something has begun to wait, or is over: whatever of the same person's waits on the same repository takes in what is held now, and
/// its cards are drawn anew. Vendors are asked only where something else is held now: that more is asked for changes nothing of that,
/// and who asks often has nobody wait for it.
pub(super) async fn show(
    requests: &Requests,
    talk: &Talk,
    (event, cause): (&Envelope, &Cause),
    code: &Code,
) -> Result<Sayings, Failure> {
    let tenant = &event.tenant;
    requests.world.folded().await?;
    let access: AccessRequest = requests.state(tenant, code).await?;
    // Where a vendor does not answer, it is waited for once, and not once for each that waits: all reactions wait meanwhile.
    let event_of = aggregate::decode::<AccessEvent>(event)?;
    let held = matches!(event_of, AccessEvent::Own(GrantEvent::Granted { .. } | GrantEvent::Ended { .. }));
    let (mut sayings, mut answers) = (Vec::new(), held);
    for row in open_beside(&requests.world, tenant, &access)? {
        let other: AccessRequest = requests.state(tenant, &row.code).await?;
        if answers && other.status() == Status::Waiting {
            answers = Box::pin(requests.look_at_what_waits(tenant, &row.code, &other, cause)).await?;
        }
        let id = derived_id(cause.command, &format!("beside {}", row.code));
        sayings.extend(talk.mirror(event, &row.code, id).await?);
    }
    Ok(sayings)
}

/// The other requests that are open for the same account on the same repository.
fn open_beside(world: &World, tenant: &Tenant, access: &AccessRequest) -> Result<Vec<AccessRow>, Failure> {
    let (Some(asked), Some(there)) = (&access.asked, access.held_on()) else { return Ok(vec![]) };
    let whose = asked.subject.principal.as_ref().unwrap_or(&asked.requester.id);
    let filter =
        AccessFilter { concerning: Some(whose.clone()), statuses: OPEN.to_vec(), ..AccessFilter::default() };
    let rows = world.projections.rows(request::NAME);
    let mut others = access::list(&*rows, tenant, &filter, None, MOST)?.items;
    others.retain(|row| row.code != asked.code && row.access.held_on() == Some(there));
    Ok(others)
}
