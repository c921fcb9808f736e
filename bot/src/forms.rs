//! The forms, one line each: which there are, what is said while somebody fills one in, and what becomes of it. The surfaces draw
//! them from their descriptions and know no form by itself.

use countersign_domain::card::Card;
use countersign_domain::form::{Fault, Filled, FormSpec};
use countersign_domain::names::Tenant;
use countersign_domain::tenant::Person;

use crate::access;
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::requests::Requests;
use crate::world::World;

/// A capability's form.
pub(crate) trait Form {
    /// What it looks like.
    const SPEC: &'static FormSpec;

    /// What is wrong with what is filled in by itself; nothing that only vendors or rules know.
    fn faults(
        requests: &Requests,
        tenant: &Tenant,
        person: &Person,
        filled: &Filled,
    ) -> impl Future<Output = Result<Vec<Fault>, Failure>> + Send;

    /// What the rules will say to what is filled in so far; nothing where that is too little to ask them.
    fn ahead(
        requests: &Requests,
        tenant: &Tenant,
        person: &Person,
        filled: &Filled,
    ) -> impl Future<Output = Result<Option<String>, Failure>> + Send;

    /// Does what the form asks for.
    fn ask(
        chat: &Chat,
        context: &Context,
        filled: &Filled,
    ) -> impl Future<Output = Result<Vec<Card>, Failure>> + Send;

    /// The same as a sentence, for who cannot send the form again.
    fn sentence(filled: &Filled) -> String;

    /// What somebody may mean who types this into a place that searches one of the form's lists.
    fn suggested(
        world: &World,
        tenant: &Tenant,
        list: &str,
        typed: &str,
    ) -> impl Future<Output = Option<Vec<String>>> + Send;
}

macro_rules! forms {
    ($($Form:path,)+) => {
        /// All forms.
        pub(crate) const ALL: &[&FormSpec] = &[$(<$Form as Form>::SPEC,)+];

        /// What is wrong with a form by itself.
        pub(crate) async fn faults(
            requests: &Requests,
            tenant: &Tenant,
            person: &Person,
            filled: &Filled,
        ) -> Result<Vec<Fault>, Failure> {
            $(if filled.form == <$Form as Form>::SPEC.name {
                return <$Form as Form>::faults(requests, tenant, person, filled).await;
            })+
            Ok(vec![])
        }

        /// What the rules will say to a form.
        pub(crate) async fn ahead(
            requests: &Requests,
            tenant: &Tenant,
            person: &Person,
            filled: &Filled,
        ) -> Result<Option<String>, Failure> {
            $(if filled.form == <$Form as Form>::SPEC.name {
                return <$Form as Form>::ahead(requests, tenant, person, filled).await;
            })+
            Ok(None)
        }

        /// Does what a form asks for; nothing where there is none of its name any more.
        pub(crate) async fn ask(chat: &Chat, context: &Context, filled: &Filled) -> Result<Vec<Card>, Failure> {
            $(if filled.form == <$Form as Form>::SPEC.name {
                return <$Form as Form>::ask(chat, context, filled).await;
            })+
            Ok(vec![])
        }

        /// A form as a sentence.
        pub(crate) fn sentence(filled: &Filled) -> String {
            $(if filled.form == <$Form as Form>::SPEC.name {
                return <$Form as Form>::sentence(filled);
            })+
            String::new()
        }

        /// What somebody may mean who types this into a place that searches a list.
        pub(crate) async fn suggested(world: &World, tenant: &Tenant, list: &str, typed: &str) -> Vec<String> {
            $(if let Some(found) = <$Form as Form>::suggested(world, tenant, list, typed).await {
                return found;
            })+
            vec![]
        }
    };
}

/// The form that is opened where nobody says which.
pub(crate) const FIRST: &FormSpec = ALL[0];

/// The form of this name.
pub(crate) fn spec(name: &str) -> Option<&'static FormSpec> {
    ALL.iter().copied().find(|spec| spec.name == name)
}

forms! {
    access::Wanted,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use countersign_domain::form::Look;

    use super::*;

    #[test]
    fn every_form_can_be_drawn_on_every_surface() {
        let length = |text: &str| text.chars().count();
        let names: BTreeSet<_> = ALL.iter().map(|spec| spec.name).collect();
        assert_eq!(names.len(), ALL.len(), "no two forms share a name");
        for spec in ALL {
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
