//! Who and what else a reason names: somebody of the tenant, or a repository that there is. Nobody else can tell a name from a word,
//! so what is named behind a reason is looked up before anything is done with it.

use countersign_domain::names::PrincipalId;
use countersign_domain::ports::Located;
use countersign_domain::tenant::People;

use super::Chat;
use super::candidates::is_called;
use crate::context::Context;
use crate::engine::Failure;
use crate::plain::{self, Named};
use crate::world::Vendors;

/// How many names are looked up for one reason.
const LOOKED_UP: usize = 4;

impl Chat {
    /// The first name in a reason that is somebody's, or a repository's which is not one of the `own`.
    pub(super) async fn named_beside<'r>(
        &self,
        context: &Context,
        reason: &'r str,
        own: &[&str],
    ) -> Result<Option<Named<'r>>, Failure> {
        let named = plain::named(reason);
        if named.is_empty() {
            return Ok(None);
        }
        let people = self.directory.present(&context.tenant).await?.state;
        // No vendor is asked for the name of a person.
        let is_asked = named.iter().any(|named| !named.is_person);
        let vendors = if is_asked { self.world.vendors(&context.tenant) } else { None };
        Ok(bystander(&people, vendors, reason, (&[&context.person.id], own)).await)
    }
}

/// The first name in a reason that is somebody's, or a repository's, and none of these people's and things' own.
pub(crate) async fn bystander<'r>(
    people: &People,
    vendors: Option<&Vendors>,
    reason: &'r str,
    (own_people, own): (&[&PrincipalId], &[&str]),
) -> Option<Named<'r>> {
    let named = plain::named(reason);
    let others = || people.people.values().filter(|person| !own_people.contains(&&person.id));
    let is_somebody = |name: &str| others().any(|person| is_called(&person.name, name));
    if let Some(somebody) = named.iter().find(|named| named.is_person && is_somebody(named.name)) {
        return Some(*somebody);
    }
    let is_own = |name: &str| own.iter().any(|own| own.eq_ignore_ascii_case(name));
    let others = named.into_iter().filter(|named| !named.is_person && !is_own(named.name));
    for named in others.take(LOOKED_UP) {
        if matches!(vendors?.forge.repository(named.name).await, Ok(Located::Here(_))) {
            return Some(named);
        }
    }
    None
}
