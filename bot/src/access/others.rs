//! What else of somebody's is open on the same repository: the cards name each other, and when something of it begins or ends, all
//! that still waits there is shown as it is now.

use std::iter;
use std::sync::LazyLock;
use std::time::Duration;

use countersign_domain::access::{Access, AccessEvent, AccessRequest, Effect, GrantEvent, Outcome, Status};
use countersign_domain::aggregate;
use countersign_domain::capabilities::Listed as _;
use countersign_domain::envelope::{Cause, Envelope, derived_id};
use countersign_domain::names::Tenant;
use countersign_domain::ports::{CallError, CallErrorKind};
use countersign_domain::request::{Code, Facets as _};
use countersign_projections::access::{self, AccessFilter, AccessRow};
use countersign_projections::request;
use futures::future::join_all;
use tokio::time::Instant;
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
/// So many are named on a card: nobody reads more.
const NAMED: usize = 5;
/// A card is drawn often, so that mostly no more rows are read for it than this.
const PAGE: usize = 10;
/// So many of the newest are gone through: to be named, to have their cards drawn anew, or to be looked at again.
const MOST: usize = 100;
/// So many are looked at again at once, so that no vendor is asked for all in one breath.
const ABREAST: usize = 4;
/// For so long, in real time, others are looked at again: meanwhile it has one of its tenant's places at the vendors.
const TURN: Duration = Duration::from_secs(30);

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
    let own = access.latest_terms().map(|terms| &terms.approvers);
    // Most have nothing else open, and nobody needs to be looked for.
    let absent = LazyLock::new(|| viewer.map(|viewer| people.absent_for(viewer, now)).unwrap_or_default());
    let is_seen = |row: &AccessRow| match viewer {
        Some(viewer) => row.access.is_seen_by(viewer, &absent),
        None => row.access.latest_terms().map(|terms| &terms.approvers) == own,
    };
    let others = open_beside(world, tenant, access, (&is_seen, NAMED + 1))?;
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
    let beside = open_beside(&requests.world, tenant, &access, (&|_: &AccessRow| true, MOST))?;
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

/// Looks at all that waits beside a request as things are now, a few at a time. A vendor that does not answer is waited for once, and
/// not once for each that waits, for whoever decides looks again; only one that lets nobody in is asked once more when it does.
pub(super) async fn look_again(
    hands: Hands<'_>,
    (tenant, effect): (&Tenant, Uuid),
    code: &Code,
) -> Result<Result<Outcome, CallError>, Failure> {
    let Hands { world, engine, directory } = hands;
    let requests = Requests::new(world.clone(), engine.clone(), directory.clone());
    world.folded().await?;
    let access: AccessRequest = requests.state(tenant, code).await?;
    let is_waiting = |row: &AccessRow| row.access.status() == Status::Waiting;
    let waiting = open_beside(world, tenant, &access, (&is_waiting, MOST))?;
    let (begun, mut outcome) = (Instant::now(), Outcome::LookedAgain);
    // What is held there is the same for all: the others share what the forge says to the first.
    let (first, others) = waiting.split_at(waiting.len().min(1));
    for batch in iter::once(first).chain(others.chunks(ABREAST)) {
        if begun.elapsed() > TURN {
            return Ok(Ok(Outcome::Unseen));
        }
        let looks = batch.iter().map(|row| look_at(hands, &requests, (tenant, effect), &row.code));
        let mut is_down = false;
        for (row, looked) in batch.iter().zip(join_all(looks).await) {
            match looked? {
                Ok(()) => {}
                Err(error) if error.kind == CallErrorKind::Barred => return Ok(Err(error)),
                Err(error) => {
                    tracing::info!(%tenant, code = %row.code, "what waits could not be looked at again: {error}");
                    outcome = Outcome::Unseen;
                    // What is refused may be one ticket.
                    is_down |= !error.kind.is_refusal();
                }
            }
        }
        if is_down {
            break;
        }
    }
    Ok(Ok(outcome))
}

/// Looks at one request again, where it still waits.
async fn look_at(
    hands: Hands<'_>,
    requests: &Requests,
    (tenant, effect): (&Tenant, Uuid),
    code: &Code,
) -> Result<Result<(), CallError>, Failure> {
    let Some(opened) = requests.read(tenant, code).await? else { return Ok(Ok(())) };
    let waiting = Access::of(Some(&opened.request)).filter(|other| other.status() == Status::Waiting);
    let Some(waiting) = waiting else { return Ok(Ok(())) };
    let cause = hands.cause(effect, "look again", &opened);
    Box::pin(requests.look_at_what_waits(tenant, code, waiting, &cause)).await
}

/// Which of what is found is meant, and how many of those are enough.
type Meant<'a> = (&'a (dyn Fn(&AccessRow) -> bool + Sync), usize);

/// The newest of the other requests that are open for the same account on the same repository, of those that are meant.
fn open_beside(
    world: &World,
    tenant: &Tenant,
    access: &AccessRequest,
    (is_meant, enough): Meant<'_>,
) -> Result<Vec<AccessRow>, Failure> {
    let (Some(asked), Some(there)) = (&access.asked, access.held_on()) else { return Ok(vec![]) };
    let whose = asked.subject.principal.as_ref().unwrap_or(&asked.requester.id);
    let filter = AccessFilter {
        concerning: Some(whose.clone()),
        repository: Some(there.1.to_owned()),
        statuses: OPEN.to_vec(),
        ..AccessFilter::default()
    };
    let is_other = |row: &AccessRow| row.code != asked.code && row.access.held_on() == Some(there);
    let rows = world.projections.rows(request::NAME);
    let (mut others, mut read, mut after) = (Vec::new(), 0, None::<String>);
    while others.len() < enough && read < MOST {
        let page = access::list(&*rows, tenant, &filter, after.as_deref(), PAGE)?;
        read += page.items.len();
        others.extend(page.items.into_iter().filter(|row| is_other(row) && is_meant(row)));
        let Some(next) = page.next else { break };
        after = Some(next);
    }
    others.truncate(enough);
    Ok(others)
}
