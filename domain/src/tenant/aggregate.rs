//! The tenant's stream: who belongs to it, and every version of its rules.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::binding::LINK_MINUTES;
use super::{Binding, BoundBy, Link, Missed, Person, Preferences, Role, UnboundWhy};
use crate::aggregate::{self, Aggregate};
use crate::denied::{Denied, Violation};
use crate::envelope::Digest;
use crate::names::PrincipalId;
use crate::ports::{Identity, Place};
use crate::rules::RuleSet;

const LINK_LIFETIME: SignedDuration = SignedDuration::from_mins(LINK_MINUTES.cast_signed());

/// The events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
pub enum TenantEvent {
    /// The tenant is here.
    TenantCreated {
        /// The name people see.
        name: String,
    },
    /// Somebody belongs to it, or changed.
    PersonRecorded {
        /// Who, whole.
        person: Person,
    },
    /// Somebody does not belong to it any more.
    PersonRemoved {
        /// Who.
        id: PrincipalId,
    },
    /// Somebody who was signed in got a link code.
    LinkOffered {
        /// The code, by its digest.
        code: Digest,
        /// Who.
        principal: PrincipalId,
        /// Good until then.
        until: Timestamp,
    },
    /// Somebody tried a link code that is not good.
    LinkMissed {
        /// Who, to the vendor.
        identity: Identity,
    },
    /// A chat identity is somebody's now.
    AccountBound {
        /// Which.
        identity: Identity,
        /// Whose.
        principal: PrincipalId,
        /// How it came to be.
        by: BoundBy,
        /// The private talk with them.
        direct: Place,
        /// The link code that was used, by its digest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<Digest>,
    },
    /// A chat identity is somebody's no more.
    AccountUnbound {
        /// Which.
        identity: Identity,
        /// Whose it was.
        principal: PrincipalId,
        /// Who ended it, where a person did.
        by: Option<PrincipalId>,
        /// Why.
        why: UnboundWhy,
    },
    /// Somebody wants something else of the bot.
    PreferencesChanged {
        /// Who.
        id: PrincipalId,
        /// What, whole.
        preferences: Preferences,
    },
    /// A group of ours has the members that a group at a vendor has.
    GroupSynced {
        /// The group, as the rules name it.
        group: String,
        /// Its members, as far as we know who they are.
        members: BTreeSet<PrincipalId>,
    },
    /// A new version of the rules is in force.
    RulesPublished {
        /// From 1.
        version: u64,
        /// The Cedar text.
        text: String,
    },
}

impl aggregate::Tagged for TenantEvent {}

/// The commands. They come from the configuration, from an admin, or from the directory.
#[derive(Debug, Clone)]
pub enum TenantCommand {
    /// Make the tenant known.
    Create {
        /// The name people see.
        name: String,
    },
    /// Record a person as they are now.
    Record {
        /// Who, whole.
        person: Person,
    },
    /// Remove a person.
    Remove {
        /// Who.
        id: PrincipalId,
    },
    /// Give a link code out.
    OfferLink {
        /// The code, by its digest.
        code: Digest,
        /// To whom.
        principal: PrincipalId,
    },
    /// Bind a chat identity by a link code.
    Redeem {
        /// The code, by its digest.
        code: Digest,
        /// Which.
        identity: Identity,
        /// The private talk with them.
        direct: Place,
    },
    /// Bind a chat identity because the directory knows whose it is.
    Bind {
        /// Whose.
        principal: PrincipalId,
        /// Which.
        identity: Identity,
        /// The private talk with them.
        direct: Place,
    },
    /// End a binding.
    Unbind {
        /// Which.
        identity: Identity,
        /// Who says so; nobody where the vendor does.
        by: Option<Person>,
        /// Why.
        why: UnboundWhy,
    },
    /// Say what somebody wants of the bot.
    Prefer {
        /// Who.
        id: PrincipalId,
        /// What, whole.
        preferences: Preferences,
    },
    /// Let a group have these members, besides those that the directory puts there.
    SyncGroup {
        /// The group.
        group: String,
        /// The members.
        members: BTreeSet<PrincipalId>,
    },
    /// Publish rules.
    PublishRules {
        /// Who does; nobody where the configuration does.
        by: Option<Person>,
        /// The Cedar text.
        text: String,
    },
}

/// One tenant.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TenantState {
    /// The name people see.
    pub name: Option<String>,
    /// Who belongs to it, with all groups they are in.
    pub people: BTreeMap<PrincipalId, Person>,
    /// The rules in force: version and text.
    pub rules: Option<PublishedRules>,
    /// The groups that the directory puts each into.
    pub own_groups: BTreeMap<PrincipalId, BTreeSet<String>>,
    /// The members of groups that follow a vendor's.
    pub synced: BTreeMap<String, BTreeSet<PrincipalId>>,
    /// Whose each chat identity is.
    pub bound: BTreeMap<Identity, Binding>,
    /// The chat identities that somebody had forgotten: only a link code binds them again.
    pub forgotten: BTreeSet<Identity>,
    /// The link codes that are out.
    pub links: BTreeMap<Digest, Link>,
    /// Who has tried link codes that are not good, lately.
    #[serde(default)]
    pub missed: BTreeMap<Identity, Missed>,
    /// What people want of the bot.
    pub preferences: BTreeMap<PrincipalId, Preferences>,
    /// Since when each belongs to it, without a break.
    pub since: BTreeMap<PrincipalId, Timestamp>,
    /// Who belonged to it and left, as they were.
    pub left: BTreeMap<PrincipalId, Person>,
}

/// One version of the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedRules {
    /// From 1.
    pub version: u64,
    /// The Cedar text.
    pub text: String,
}

impl TenantState {
    /// A person as the directory recorded them: without what a vendor's groups add.
    pub(super) fn recorded(&self, id: &PrincipalId) -> Option<Person> {
        let groups = self.own_groups.get(id).cloned().unwrap_or_default();
        Some(Person { groups, ..self.people.get(id)?.clone() })
    }

    /// Puts everybody into the groups they are in now: the directory's, and those that follow a vendor's.
    pub fn regroup(&mut self) {
        let ids: Vec<PrincipalId> = self.people.keys().cloned().collect();
        for id in &ids {
            self.regroup_one(id);
        }
    }

    fn regroup_one(&mut self, id: &PrincipalId) {
        let Some(person) = self.people.get_mut(id) else { return };
        let synced = self.synced.iter().filter(|(_, members)| members.contains(id));
        let own = self.own_groups.get(id).into_iter().flatten();
        person.groups = own.chain(synced.map(|(group, _)| group)).cloned().collect();
    }

    fn publish(&self, by: Option<&Person>, text: String) -> Result<Vec<TenantEvent>, Denied> {
        if by.is_some_and(|person| !person.is(Role::Admin)) {
            let (action, role) = ("publish rules".to_owned(), "an admin".to_owned());
            return Err(Violation::RoleRequired { action, role }.into());
        }
        if self.rules.as_ref().is_some_and(|rules| rules.text == text) {
            return Ok(vec![]);
        }
        let version = self.rules.as_ref().map_or(1, |rules| rules.version + 1);
        RuleSet::compile(version, &text).map_err(|faults| Violation::RuleSetFaults { faults: faults.0 })?;
        Ok(vec![TenantEvent::RulesPublished { version, text }])
    }
}

impl Aggregate for TenantState {
    const CATEGORY: &'static str = "tenant";
    type Command = TenantCommand;
    type Event = TenantEvent;

    fn decide(&self, command: TenantCommand, now: Timestamp) -> Result<Vec<TenantEvent>, Denied> {
        Ok(match command {
            TenantCommand::Create { name } if self.name.as_ref() != Some(&name) => {
                vec![TenantEvent::TenantCreated { name }]
            }
            TenantCommand::Record { person } if self.recorded(&person.id) != Some(person.clone()) => {
                vec![TenantEvent::PersonRecorded { person }]
            }
            TenantCommand::Remove { id } if self.people.contains_key(&id) => {
                vec![TenantEvent::PersonRemoved { id }]
            }
            TenantCommand::PublishRules { by, text } => self.publish(by.as_ref(), text)?,
            TenantCommand::OfferLink { code, principal } if !self.links.contains_key(&code) => {
                let until = now.checked_add(LINK_LIFETIME).unwrap_or(now);
                vec![TenantEvent::LinkOffered { code, principal, until }]
            }
            TenantCommand::Redeem { code, identity, direct } => self.redeem(code, identity, direct, now)?,
            TenantCommand::Bind { identity, .. } if self.forgotten.contains(&identity) => {
                return Err(Violation::Forgotten.into());
            }
            TenantCommand::Bind { principal, identity, direct } => {
                self.bind(principal, identity, direct, BoundBy::Directory, None)?
            }
            TenantCommand::Unbind { identity, by, why } => self.unbind(identity, by.as_ref(), why)?,
            TenantCommand::Prefer { id, preferences } if self.preferences(&id) != preferences => {
                vec![TenantEvent::PreferencesChanged { id, preferences }]
            }
            TenantCommand::SyncGroup { group, members } if self.synced.get(&group) != Some(&members) => {
                vec![TenantEvent::GroupSynced { group, members }]
            }
            TenantCommand::Create { .. }
            | TenantCommand::Record { .. }
            | TenantCommand::Remove { .. }
            | TenantCommand::OfferLink { .. }
            | TenantCommand::Prefer { .. }
            | TenantCommand::SyncGroup { .. } => vec![],
        })
    }

    /// Whoever is removed loses what they hold: that waits for no space.
    fn is_urgent(&self, command: &TenantCommand) -> bool {
        match command {
            TenantCommand::Remove { .. } | TenantCommand::Unbind { .. } => true,
            TenantCommand::SyncGroup { group, members } => {
                self.synced.get(group).is_some_and(|before| members.is_subset(before))
            }
            _ => false,
        }
    }

    fn evolve(&mut self, event: &TenantEvent, at: Timestamp) {
        match event {
            TenantEvent::TenantCreated { name } => self.name = Some(name.clone()),
            TenantEvent::PersonRecorded { person } => {
                self.own_groups.insert(person.id.clone(), person.groups.clone());
                self.people.insert(person.id.clone(), person.clone());
                self.since.entry(person.id.clone()).or_insert(at);
                self.left.remove(&person.id);
                self.regroup_one(&person.id);
            }
            TenantEvent::PersonRemoved { id } => {
                self.remove(id);
            }
            TenantEvent::LinkOffered { code, principal, until } => {
                self.links.retain(|_, link| at < link.until);
                self.links.insert(*code, Link { principal: principal.clone(), until: *until });
            }
            TenantEvent::LinkMissed { identity } => self.miss(identity, at),
            TenantEvent::AccountBound { identity, principal, by, direct, code } => {
                code.map(|code| self.links.remove(&code));
                self.forgotten.remove(identity);
                self.missed.remove(identity);
                let (principal, direct) = (principal.clone(), direct.clone());
                self.bound.insert(identity.clone(), Binding { principal, direct, by: *by, since: at });
            }
            TenantEvent::AccountUnbound { identity, why, .. } => {
                self.bound.remove(identity);
                if *why == UnboundWhy::Asked {
                    self.forgotten.insert(identity.clone());
                }
            }
            TenantEvent::PreferencesChanged { id, preferences } => {
                self.preferences.insert(id.clone(), preferences.clone());
            }
            TenantEvent::GroupSynced { group, members } => {
                let before = self.synced.insert(group.clone(), members.clone()).unwrap_or_default();
                for id in before.symmetric_difference(members) {
                    self.regroup_one(id);
                }
            }
            TenantEvent::RulesPublished { version, text } => {
                self.rules = Some(PublishedRules { version: *version, text: text.clone() });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::*;
    use crate::access::example::person;
    use crate::rules::EXAMPLE;
    use crate::testing::{given, noon};

    fn publish(by: Option<Person>, text: &str) -> TenantCommand {
        TenantCommand::PublishRules { by, text: text.to_owned() }
    }

    fn published(version: u64) -> TenantEvent {
        TenantEvent::RulesPublished { version, text: EXAMPLE.to_owned() }
    }

    #[test]
    fn rules_are_versioned_and_the_same_text_is_no_new_version() {
        given::<TenantState>([]).when(publish(None, EXAMPLE)).then([published(1)]);
        given::<TenantState>([published(1)]).when(publish(None, EXAMPLE)).then_nothing();
        let longer = format!("{EXAMPLE}\n");
        let second = TenantEvent::RulesPublished { version: 2, text: longer.clone() };
        given::<TenantState>([published(1)]).when(publish(None, &longer)).then([second]);
    }

    #[test]
    fn trust_e3_whoever_is_removed_is_removed_on_a_full_disk_too() {
        let id = person("erin", &[]).id;
        let group = |members: &[&PrincipalId]| TenantCommand::SyncGroup {
            group: "approvers".to_owned(),
            members: members.iter().copied().cloned().collect(),
        };
        let synced = TenantEvent::GroupSynced { group: "approvers".to_owned(), members: [id.clone()].into() };
        let tenant = given::<TenantState>([synced]);
        let is_urgent = |command: &TenantCommand| tenant.state().is_urgent(command);
        assert!(is_urgent(&TenantCommand::Remove { id: id.clone() }));
        assert!(is_urgent(&group(&[])), "whoever leaves a group may hold something by it");
        assert!(!is_urgent(&group(&[&id, &person("ada", &[]).id])), "that gives");
        assert!(!is_urgent(&TenantCommand::Record { person: person("ada", &[]) }));
        assert!(!is_urgent(&publish(None, EXAMPLE)));
    }

    #[test]
    fn rules_with_a_fault_are_refused_with_its_line() {
        let outcome = TenantState::default().publish(None, "permit (\n  oops\n);".to_owned()).unwrap_err();
        let [Violation::RuleSetFaults { faults }] = &outcome.0[..] else { panic!("{outcome:?}") };
        assert_eq!(faults[0].line, 2, "{faults:?}");
    }

    #[test]
    fn only_an_admin_publishes_rules() {
        let role =
            Violation::RoleRequired { action: "publish rules".to_owned(), role: "an admin".to_owned() };
        given::<TenantState>([]).when(publish(Some(person("erin", &[])), EXAMPLE)).then_denied([role]);
        let admin = Person { roles: [Role::Admin].into(), ..person("root", &[]) };
        given::<TenantState>([]).when(publish(Some(admin), EXAMPLE)).then([published(1)]);
    }

    #[test]
    fn a_person_is_recorded_once_and_removed_once() {
        let erin = person("erin", &["staff"]);
        let recorded = TenantEvent::PersonRecorded { person: erin.clone() };
        given::<TenantState>([])
            .when(TenantCommand::Record { person: erin.clone() })
            .then([recorded.clone()]);
        let known = given::<TenantState>([recorded]);
        known.when(TenantCommand::Record { person: erin.clone() }).then_nothing();
        known
            .when(TenantCommand::Remove { id: erin.id.clone() })
            .then([TenantEvent::PersonRemoved { id: erin.id }]);
        given::<TenantState>([]).when(TenantCommand::Remove { id: person("x", &[]).id }).then_nothing();
    }

    #[test]
    fn what_is_so_already_is_no_event() {
        let (name, other) = ("Acme".to_owned(), "Acme AG".to_owned());
        let created = TenantEvent::TenantCreated { name: name.clone() };
        let create = |name: &str| TenantCommand::Create { name: name.to_owned() };
        given::<TenantState>([]).when(create(&name)).then([created.clone()]);
        given::<TenantState>([created.clone()]).when(create(&name)).then_nothing();
        let renamed = TenantEvent::TenantCreated { name: other.clone() };
        given::<TenantState>([created]).when(create(&other)).then([renamed]);

        let (id, preferences) =
            (person("erin", &[]).id, Preferences { do_not_ping: true, ..Default::default() });
        let prefer = || TenantCommand::Prefer { id: id.clone(), preferences: preferences.clone() };
        let changed = TenantEvent::PreferencesChanged { id: id.clone(), preferences: preferences.clone() };
        given::<TenantState>([]).when(prefer()).then([changed.clone()]);
        given::<TenantState>([changed]).when(prefer()).then_nothing();

        let (group, members) = ("leads".to_owned(), BTreeSet::from([id.clone()]));
        let sync = || TenantCommand::SyncGroup { group: group.clone(), members: members.clone() };
        let synced = TenantEvent::GroupSynced { group: group.clone(), members: members.clone() };
        given::<TenantState>([]).when(sync()).then([synced.clone()]);
        given::<TenantState>([synced]).when(sync()).then_nothing();
    }

    #[test]
    fn a_link_code_is_given_out_once_for_ten_minutes_and_forgotten_after_them() {
        let (code, principal) = (Digest::of(b"code"), person("erin", &[]).id);
        let offer = || TenantCommand::OfferLink { code, principal: principal.clone() };
        let until = noon() + 10.minutes();
        let offered = TenantEvent::LinkOffered { code, principal: principal.clone(), until };
        given::<TenantState>([]).when(offer()).then([offered.clone()]);
        given::<TenantState>([offered.clone()]).when(offer()).then_nothing();
        let next =
            TenantEvent::LinkOffered { code: Digest::of(b"next"), principal: principal.clone(), until };
        for (minutes, kept) in [(9, 2), (10, 1), (11, 1)] {
            let mut state = given::<TenantState>([offered.clone()]).state().clone();
            state.evolve(&next, noon() + minutes.minutes());
            assert_eq!(state.links.len(), kept, "after {minutes} minutes");
        }
    }

    #[test]
    fn everybody_is_in_the_groups_of_the_directory_and_in_those_that_follow_a_vendors() {
        let (erin, ada) = (person("erin", &["staff"]), person("ada", &["staff"]));
        let sync = |members: &[&Person]| TenantEvent::GroupSynced {
            group: "leads".to_owned(),
            members: members.iter().map(|person| person.id.clone()).collect(),
        };
        let recorded = |person: &Person| TenantEvent::PersonRecorded { person: person.clone() };
        let mut history = vec![recorded(&erin), recorded(&ada), sync(&[&erin])];
        let groups = |history: &[TenantEvent], who: &Person| -> Vec<String> {
            given::<TenantState>(history.to_vec()).state().people[&who.id].groups.iter().cloned().collect()
        };
        assert_eq!(
            (groups(&history, &erin), groups(&history, &ada)),
            (vec!["leads".to_owned(), "staff".to_owned()], vec!["staff".to_owned()],)
        );
        // The directory says no more than it did, so there is nothing to record.
        given::<TenantState>(history.clone())
            .when(TenantCommand::Record { person: erin.clone() })
            .then_nothing();
        history.push(recorded(&person("erin", &["dev"])));
        assert_eq!(groups(&history, &erin), ["dev", "leads"]);
        history.push(sync(&[&ada]));
        assert_eq!(
            (groups(&history, &erin), groups(&history, &ada)),
            (vec!["dev".to_owned()], vec!["leads".to_owned(), "staff".to_owned()],)
        );
        let mut state = given::<TenantState>(history).state().clone();
        state.synced.clear();
        state.regroup();
        assert!(state.people[&ada.id].groups.iter().eq(["staff"]));
    }
}
