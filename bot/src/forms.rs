//! The forms: which there are, what is said while somebody fills one in, and what becomes of it. The surfaces draw them from their
//! descriptions and know no form by itself.

use async_trait::async_trait;
use countersign_domain::card::Card;
use countersign_domain::form::{Fault, Filled, FormSpec};
use countersign_domain::names::Tenant;
use countersign_domain::tenant::Person;

use crate::capabilities;
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::requests::Requests;
use crate::world::World;

/// A capability's form.
#[async_trait]
pub(crate) trait Form: Send + Sync {
    /// What is wrong with what is filled in by itself; nothing that only vendors or rules know.
    async fn faults(
        &self,
        requests: &Requests,
        tenant: &Tenant,
        person: &Person,
        filled: &Filled,
    ) -> Result<Vec<Fault>, Failure>;

    /// What the rules will say to what is filled in so far; nothing where that is too little to ask them.
    async fn ahead(
        &self,
        requests: &Requests,
        tenant: &Tenant,
        person: &Person,
        filled: &Filled,
    ) -> Result<Option<String>, Failure>;

    /// Does what the form asks for.
    async fn ask(&self, chat: &Chat, context: &Context, filled: &Filled) -> Result<Vec<Card>, Failure>;

    /// The same as a sentence, for who cannot send the form again.
    fn sentence(&self, filled: &Filled) -> String;

    /// What somebody may mean who types this into a place that searches one of the form's lists; nothing where the list is none of
    /// the form's.
    async fn suggested(&self, world: &World, tenant: &Tenant, list: &str, typed: &str)
    -> Option<Vec<String>>;
}

/// A form: what it looks like, and what is behind it.
pub(crate) type Row = (&'static FormSpec, &'static dyn Form);

/// The form that is opened where nobody says which.
pub(crate) fn first() -> &'static FormSpec {
    capabilities::forms().next().expect("a test holds that there is a form").0
}

/// What the form of this name looks like.
pub(crate) fn spec(name: &str) -> Option<&'static FormSpec> {
    capabilities::forms().map(|(spec, _)| *spec).find(|spec| spec.name == name)
}

/// The form that was filled in; nothing where there is none of its name any more.
pub(crate) fn of(filled: &Filled) -> Option<&'static dyn Form> {
    capabilities::forms().find(|(spec, _)| spec.name == filled.form).map(|(_, form)| *form)
}

/// What somebody may mean who types this into a place that searches a list of any form.
pub(crate) async fn suggested(world: &World, tenant: &Tenant, list: &str, typed: &str) -> Vec<String> {
    for (_, form) in capabilities::forms() {
        if let Some(found) = form.suggested(world, tenant, list, typed).await {
            return found;
        }
    }
    vec![]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use countersign_domain::form::Look;

    use super::*;

    #[test]
    fn every_form_can_be_drawn_on_every_surface() {
        let length = |text: &str| text.chars().count();
        let all: Vec<_> = capabilities::forms().map(|(spec, _)| *spec).collect();
        let names: BTreeSet<_> = all.iter().map(|spec| spec.name).collect();
        assert_eq!(names.len(), all.len(), "no two forms share a name");
        assert!(names.contains(first().name), "there is one to open");
        for spec in all {
            let name = spec.name;
            assert!(length(spec.title) <= 24 && length(spec.submit) <= 24, "{name}: Slack shows no more");
            let slots: BTreeSet<_> = spec.slots.iter().map(|slot| slot.name).collect();
            assert_eq!(slots.len(), spec.slots.len(), "{name}: no two places share a name");
            assert!(!slots.contains("form"), "{name}: in Teams the form's own name stands there");
            let texts = spec.slots.iter().filter(|slot| slot.look != Look::Person).count();
            assert!(texts <= 5, "{name}: Discord takes five");
            for slot in spec.slots {
                assert!((1..=45).contains(&length(slot.label)), "{name}: {}", slot.label);
                assert!((1..=3_000).contains(&slot.most), "{name}: {}", slot.name);
            }
        }
    }
}
