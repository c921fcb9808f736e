//! What else is open beside a request, on the card of one who looks at it, and for those who see one together.

use countersign_domain::card::Card;
use countersign_domain::names::Tenant;
use countersign_domain::ports::Place;

use crate::capabilities;
use crate::cards::Shown;
use crate::engine::Failure;
use crate::world::World;

/// The card of a request with what is open beside it, as far as its viewer may see that.
pub(crate) fn card(world: &World, tenant: &Tenant, shown: Shown<'_>) -> Result<Card, Failure> {
    let beside = capabilities::beside(world, tenant, shown)?;
    Ok(capabilities::card(Shown { beside: beside.as_deref(), ..shown }))
}

/// In a sentence, as far as everybody at this place may see it: they know what is asked in their thread, and not what is asked
/// elsewhere, unless all that waits is shown there.
pub(crate) fn for_all(
    world: &World,
    tenant: &Tenant,
    shown: Shown<'_>,
    place: &Place,
) -> Result<Option<String>, Failure> {
    if world.talk(tenant).is_some_and(|talk| talk.is_for_all_that_waits(place)) {
        return capabilities::beside(world, tenant, shown);
    }
    Ok(None)
}
