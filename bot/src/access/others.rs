//! What else of somebody's is open on the same repository: the cards name each other, and when something of it begins or ends, all
//! that still waits there is shown as it is now.

use countersign_domain::access::{Access, AccessEvent, AccessRequest, Effect, GrantEvent, Outcome, Status};
use countersign_domain::aggregate;
use countersign_domain::capabilities::Listed as _;
use countersign_domain::envelope::{Cause, Envelope, derived_id};
use countersign_domain::names::Tenant;
use countersign_domain::ports::{CallError, CallErrorKind};
use countersign_domain::request::{Code, Facets as _};
use countersign_projections::access::{self, AccessFilter, AccessRow};
use countersign_projections::request;
use uuid::Uuid;

use super::wording;
use crate::capabilities::Shown;
use crate::engine::Failure;
use crate::perform::Hands;
use crate::requests::Requests;
use crate::talk::{Sayings, Talk};
use crate::world::World;

/// While it is in one of these, nobody has it yet and somebody may get it.
const OPEN: [Status; 2] = [Status::Waiting, Status::Granting];
/// So many are named on a card, and a few more looked at: a card is drawn often, and nobody reads more.
const NAMED: usize = 5;
/// The cards of so many are drawn anew.
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
    let mut others = open_beside(world, tenant, access, NAMED * 2)?;
    if others.is_empty() {
        return Ok(None);
    }
    let absent = viewer.map(|viewer| people.absent_for(viewer, now)).unwrap_or_default();
    let approvers = access.latest_terms().map(|terms| &terms.approvers);
    others.retain(|row| match viewer {
        Some(viewer) => row.access.is_seen_by(viewer, &absent),
        None => row.access.latest_terms().map(|terms| &terms.approvers) == approvers,
    });
    let named: Vec<_> = others.iter().take(NAMED).map(|row| (&row.code, &row.access)).collect();
    Ok(wording::open_beside(&named, others.len() > NAMED))
}

/// Something has begun to wait, or is over: the cards of whatever else of the same person's is open on the same repository are drawn
/// anew, and what waits of that takes in what is held now. Vendors are asked only where something else is held: that more is asked for
/// changes nothing of that. They are asked by an effect, for all reactions would wait here until they answer.
pub(super) async fn show(
    requests: &Requests,
    talk: &Talk,
    (event, cause): (&Envelope, &Cause),
    code: &Code,
) -> Result<Sayings, Failure> {
    let tenant = &event.tenant;
    requests.world.folded().await?;
    let access: AccessRequest = requests.state(tenant, code).await?;
    let happened = aggregate::decode::<AccessEvent>(event)?;
    let held = matches!(happened, AccessEvent::Own(GrantEvent::Granted { .. } | GrantEvent::Ended { .. }));
    let beside = open_beside(&requests.world, tenant, &access, MOST)?;
    let waits = beside.iter().any(|row| row.access.status() == Status::Waiting);
    let mut sayings = Sayings::new();
    if held
        && waits
        && let Some((account, repository)) = access.held_on()
    {
        let (account, repository) = (account.to_owned(), repository.to_owned());
        let look = Effect::LookAgain { code: code.clone(), account, repository };
        sayings.push((derived_id(cause.command, "look again"), look.into()));
    }
    for row in beside {
        let id = derived_id(cause.command, &format!("beside {}", row.code));
        sayings.extend(talk.mirror(event, &row.code, id).await?);
    }
    Ok(sayings)
}

/// Looks at all that waits beside a request as things are now. A vendor that does not answer is waited for once, and not once for each
/// that waits, for whoever decides looks again; only one that lets nobody in is asked once more when it does.
pub(super) async fn look_again(
    hands: Hands<'_>,
    (tenant, effect): (&Tenant, Uuid),
    code: &Code,
) -> Result<Result<Outcome, CallError>, Failure> {
    let Hands { world, engine, directory } = hands;
    let requests = Requests::new(world.clone(), engine.clone(), directory.clone());
    world.folded().await?;
    let access: AccessRequest = requests.state(tenant, code).await?;
    let mut outcome = Outcome::LookedAgain;
    for row in open_beside(world, tenant, &access, MOST)? {
        let Some(opened) = requests.read(tenant, &row.code).await? else { continue };
        let other = Access::of(Some(&opened.request)).filter(|other| other.status() == Status::Waiting);
        let Some(other) = other else { continue };
        let cause = hands.cause(effect, "look again", &opened);
        match Box::pin(requests.look_at_what_waits(tenant, &row.code, other, &cause)).await? {
            Ok(()) => {}
            Err(error) if error.kind == CallErrorKind::Barred => return Ok(Err(error)),
            Err(error) => {
                tracing::info!(%tenant, code = %row.code, "what waits could not be looked at again: {error}");
                outcome = Outcome::Unseen;
                // What is refused may be one ticket.
                if !error.kind.is_refusal() {
                    break;
                }
            }
        }
    }
    Ok(Ok(outcome))
}

/// The newest of the other requests that are open for the same account on the same repository.
fn open_beside(
    world: &World,
    tenant: &Tenant,
    access: &AccessRequest,
    most: usize,
) -> Result<Vec<AccessRow>, Failure> {
    let (Some(asked), Some(there)) = (&access.asked, access.held_on()) else { return Ok(vec![]) };
    let whose = asked.subject.principal.as_ref().unwrap_or(&asked.requester.id);
    let filter = AccessFilter {
        concerning: Some(whose.clone()),
        repository: Some(there.1.to_owned()),
        statuses: OPEN.to_vec(),
        ..AccessFilter::default()
    };
    let rows = world.projections.rows(request::NAME);
    let mut others = access::list(&*rows, tenant, &filter, None, most)?.items;
    others.retain(|row| row.code != asked.code && row.access.held_on() == Some(there));
    Ok(others)
}
