//! A tenant: its people, its rules and its settings, each in a stream of its own, so that a change of one waits for no other.

mod rulebook;
mod settings;

use std::borrow::Cow;

use serde_json::Value;

pub use rulebook::{PublishedBy, PublishedRules, Rulebook, RulebookCommand, RulebookEvent};
pub use settings::{Settings, SettingsCommand, SettingsEvent};

use crate::aggregate::{Aggregate as _, Event};
pub use crate::people::{
    Away, Binding, BoundBy, LINK_LOCKED, LINK_MINUTES, LINK_TRIES, Link, Map, Missed, People, PeopleCommand,
    PeopleEvent, Preferences, QuietHours, Set, TOGETHER, UnboundWhy,
};
pub use crate::person::{Person, Role};
use crate::reaction::{Reaction, Then};

/// The streams that say how a tenant is.
pub const CATEGORIES: [&str; 4] = [People::CATEGORY, Rulebook::CATEGORY, Settings::CATEGORY, TOGETHER];

/// What can have happened in a tenant, whichever of its streams says so.
#[derive(Debug, Clone, PartialEq)]
pub enum TenantEvent {
    /// To its people.
    People(PeopleEvent),
    /// To its rules.
    Rules(RulebookEvent),
    /// To its settings.
    Settings(SettingsEvent),
}

impl Event for TenantEvent {
    fn name(&self) -> Cow<'static, str> {
        match self {
            Self::People(event) => event.name(),
            Self::Rules(event) => event.name(),
            Self::Settings(event) => event.name(),
        }
    }

    fn content(&self) -> Value {
        match self {
            Self::People(event) => event.content(),
            Self::Rules(event) => event.content(),
            Self::Settings(event) => event.content(),
        }
    }

    fn read(name: &str, content: &str) -> Option<Result<Self, serde_json::Error>> {
        let people = PeopleEvent::read(name, content).map(|event| event.map(Self::People));
        people
            .or_else(|| RulebookEvent::read(name, content).map(|event| event.map(Self::Rules)))
            .or_else(|| SettingsEvent::read(name, content).map(|event| event.map(Self::Settings)))
    }

    fn names() -> Vec<String> {
        [PeopleEvent::names(), RulebookEvent::names(), SettingsEvent::names()].concat()
    }
}

impl From<PeopleEvent> for TenantEvent {
    fn from(event: PeopleEvent) -> Self {
        Self::People(event)
    }
}

impl From<RulebookEvent> for TenantEvent {
    fn from(event: RulebookEvent) -> Self {
        Self::Rules(event)
    }
}

impl From<SettingsEvent> for TenantEvent {
    fn from(event: SettingsEvent) -> Self {
        Self::Settings(event)
    }
}

/// What follows from a tenant's event: new rules, and other people, are looked at with everything that waits or is in force.
pub fn react<E, F>(event: &TenantEvent) -> Vec<Reaction<E, F>> {
    let event = match event {
        TenantEvent::People(event) => event,
        TenantEvent::Rules(RulebookEvent::RulesPublished { .. }) => {
            return vec![Reaction::new("recheck", Then::Review)];
        }
        TenantEvent::Settings(SettingsEvent::TenantCreated { .. }) => return vec![],
    };
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
    use crate::envelope::Envelope;
    use crate::golden::envelope;
    use crate::people::OF_OTHERS;
    use crate::ports::{Identity, SurfaceKind};

    fn published(version: u64) -> RulebookEvent {
        RulebookEvent::RulesPublished { version, text: String::new(), change: None }
    }

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
            (published(2).into(), Some(Then::Review)),
            (PeopleEvent::PersonRecorded { person: erin() }.into(), Some(Then::Review)),
            (PeopleEvent::GroupSynced { group: group(), members: [].into() }.into(), Some(Then::Review)),
            (PeopleEvent::GroupJoined { group: group(), members: [].into() }.into(), Some(Then::Review)),
            (PeopleEvent::GroupLeft { group: group(), members: [].into() }.into(), Some(Then::Review)),
            (PeopleEvent::PersonRemoved { id: id.clone() }.into(), Some(Then::Leave { id: id.clone() })),
            (unbound(UnboundWhy::Vendor).into(), Some(switched_off)),
            (unbound(UnboundWhy::Asked).into(), None),
            (unbound(UnboundWhy::Replaced).into(), None),
            (SettingsEvent::TenantCreated { name: "Acme".to_owned() }.into(), None),
        ] {
            let wishes: Vec<_> = react(&event).into_iter().map(|reaction| reaction.then).collect();
            assert_eq!(wishes, Vec::from_iter(wish), "{event:?}");
        }
    }

    #[test]
    fn of_the_stream_in_which_all_stood_together_each_takes_its_own_and_nobody_what_is_unknown() {
        let recorded = PeopleEvent::PersonRecorded { person: erin() };
        let published = published(1);
        let created = SettingsEvent::TenantCreated { name: "Acme".to_owned() };
        for event in [recorded.clone().into(), published.clone().into(), created.clone().into()] {
            let event: TenantEvent = event;
            let envelope = envelope(event.clone());
            let people = People::earlier(&envelope).unwrap().map(TenantEvent::from);
            let rules = Rulebook::earlier(&envelope).unwrap().map(TenantEvent::from);
            let settings = Settings::earlier(&envelope).unwrap().map(TenantEvent::from);
            let told: Vec<_> = [people, rules, settings].into_iter().flatten().collect();
            assert_eq!(told, [event]);
        }
        assert_eq!(
            OF_OTHERS.map(str::to_owned).to_vec(),
            [RulebookEvent::names(), SettingsEvent::names()].concat()
        );
        let unknown = Envelope { kind: "moon_landed".to_owned(), ..envelope(TenantEvent::from(recorded)) };
        assert!(People::earlier(&unknown).is_err() && Rulebook::earlier(&unknown).is_err());
    }
}
