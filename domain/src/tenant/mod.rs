//! A tenant: its people, its rules and its settings, each in a stream of its own, so that a change of one waits for no other.

mod rulebook;
mod settings;

pub use rulebook::{PublishedBy, PublishedRules, Rulebook, RulebookCommand, RulebookEvent};
pub use settings::{Settings, SettingsCommand, SettingsEvent};

use crate::aggregate::Aggregate as _;
pub use crate::people::{
    Away, Binding, BoundBy, LINK_LOCKED, LINK_MINUTES, LINK_TRIES, Link, Map, Missed, People, PeopleCommand,
    PeopleEvent, Preferences, QuietHours, Set, UnboundWhy,
};
pub use crate::person::{Person, Role};
use crate::reaction::{Reaction, Then};

/// The streams that say how a tenant is.
pub const CATEGORIES: [&str; 3] = [People::CATEGORY, Rulebook::CATEGORY, Settings::CATEGORY];

/// What follows from new rules, which led to `rulebook`: everything that waits or is in force is looked at with them, and whatever shows
/// the change that was in force until now loses what can be pressed on it no more.
pub fn react_to_rules<E, F>(rulebook: &Rulebook, event: &RulebookEvent) -> Vec<Reaction<E, F>> {
    let RulebookEvent::RulesPublished { .. } = event;
    let before = rulebook.before.clone();
    let mirror = before.map(|code| Reaction::new("replaced", Then::Mirror { code }));
    [Reaction::new("recheck", Then::Review)].into_iter().chain(mirror).collect()
}

/// What follows from other people: the same, and what somebody leaves behind who leaves.
pub fn react_to_people<E, F>(event: &PeopleEvent) -> Vec<Reaction<E, F>> {
    match event {
        PeopleEvent::PersonRecorded { .. }
        | PeopleEvent::GroupSynced { .. }
        | PeopleEvent::GroupJoined { .. }
        | PeopleEvent::GroupLeft { .. } => vec![Reaction::new("review", Then::Review)],
        PeopleEvent::AccountUnbound { identity, principal, why: UnboundWhy::Vendor, .. } => {
            let (id, surface) = (principal.clone(), identity.surface);
            vec![Reaction::new("switched_off", Then::SwitchedOff { id, surface })]
        }
        PeopleEvent::PersonRemoved { id } => vec![Reaction::new("leave", Then::Leave { id: id.clone() })],
        PeopleEvent::LinkOffered { .. }
        | PeopleEvent::LinkMissed { .. }
        | PeopleEvent::AccountBound { .. }
        | PeopleEvent::AccountUnbound { .. }
        | PeopleEvent::PreferencesChanged { .. } => vec![],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::example::erin;
    use crate::ports::{Identity, SurfaceKind};
    use crate::request::Code;

    #[test]
    fn trust_a4_when_rules_or_people_change_everything_is_looked_at_again() {
        let id = erin().id;
        let identity = Identity::new(SurfaceKind::Slack, "T1", "U1").unwrap();
        let unbound = |why| PeopleEvent::AccountUnbound {
            identity: identity.clone(),
            principal: id.clone(),
            by: None,
            why,
        };
        let group = || "leads".to_owned();
        let switched_off = Then::<(), ()>::SwitchedOff { id: id.clone(), surface: SurfaceKind::Slack };
        for (event, wish) in [
            (PeopleEvent::PersonRecorded { person: erin() }, Some(Then::Review)),
            (PeopleEvent::GroupSynced { group: group(), members: [].into() }, Some(Then::Review)),
            (PeopleEvent::GroupJoined { group: group(), members: [].into() }, Some(Then::Review)),
            (PeopleEvent::GroupLeft { group: group(), members: [].into() }, Some(Then::Review)),
            (PeopleEvent::PersonRemoved { id: id.clone() }, Some(Then::Leave { id: id.clone() })),
            (unbound(UnboundWhy::Vendor), Some(switched_off)),
            (unbound(UnboundWhy::Asked), None),
            (unbound(UnboundWhy::Replaced), None),
        ] {
            let wishes: Vec<_> = react_to_people(&event).into_iter().map(|reaction| reaction.then).collect();
            assert_eq!(wishes, Vec::from_iter(wish), "{event:?}");
        }
        let published = published(1, None);
        let wishes = react_to_rules::<(), ()>(&Rulebook::default(), &published);
        assert_eq!(wishes, [Reaction::new("recheck", Then::Review)]);
    }

    fn published(version: u64, request: Option<Code>) -> RulebookEvent {
        let (proposed_by, countersigned_by) = (erin().id, vec![]);
        let change = request.map(|request| PublishedBy { request, proposed_by, countersigned_by });
        RulebookEvent::RulesPublished { version, text: String::new(), change }
    }

    #[test]
    fn what_shows_the_change_that_was_in_force_before_is_drawn_anew_with_those_that_take_its_place() {
        let code = |number| Code::candidate(uuid::Uuid::from_u128(number), 0);
        let mut rulebook = Rulebook::default();
        for (version, by, before) in
            [(1, None, None), (2, Some(code(2)), None), (3, Some(code(3)), Some(code(2)))]
        {
            let published = published(version, by);
            rulebook.evolve(&published, jiff::Timestamp::default());
            let wishes = react_to_rules::<(), ()>(&rulebook, &published);
            let mirrors = wishes.into_iter().filter_map(|wish| match wish.then {
                Then::Mirror { code } => Some(code),
                _ => None,
            });
            assert_eq!(mirrors.collect::<Vec<_>>(), Vec::from_iter(before), "version {version}");
        }
    }
}
