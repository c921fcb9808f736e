//! The people's stream: who belongs to the tenant, in which groups, and behind which chat accounts.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::binding::LINK_MINUTES;
use super::{Binding, BoundBy, Fault, Link, Missed, Person, Preferences, UnboundWhy};
use crate::aggregate::{self, Aggregate, DecodeError};
use crate::denied::Denied;
use crate::envelope::{Digest, Envelope};
use crate::names::PrincipalId;
use crate::place::{Identity, Place};

const LINK_LIFETIME: SignedDuration = SignedDuration::from_mins(LINK_MINUTES.cast_signed());

/// A map whose copies share what they have in common: a copy costs nothing, and a change costs what it changes, however
/// many people there are.
pub type Map<K, V> = rpds::RedBlackTreeMapSync<K, V>;

/// A set of the same kind.
pub type Set<T> = rpds::RedBlackTreeSetSync<T>;

/// The events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
pub enum PeopleEvent {
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
    /// A group of ours has the members that a group at a vendor has. Older bots said it whole at each change.
    GroupSynced {
        /// The group, as the rules name it.
        group: String,
        /// Its members, as far as we know who they are.
        members: BTreeSet<PrincipalId>,
    },
    /// People joined a group at a vendor that a group of ours follows.
    GroupJoined {
        /// The group, as the rules name it.
        group: String,
        /// Those who joined.
        members: BTreeSet<PrincipalId>,
    },
    /// People left a group at a vendor that a group of ours follows.
    GroupLeft {
        /// The group, as the rules name it.
        group: String,
        /// Those who left.
        members: BTreeSet<PrincipalId>,
    },
}

impl aggregate::Tagged for PeopleEvent {}

/// The commands. They come from the configuration, from an admin, or from the directory.
#[derive(Debug, Clone)]
pub enum PeopleCommand {
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
}

/// The people of one tenant. A copy of it is cheap: whoever has one keeps what was true then.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct People {
    /// Who belongs to it, with all groups they are in.
    pub people: Map<PrincipalId, Person>,
    /// Since when each belongs to it, without a break.
    pub since: Map<PrincipalId, Timestamp>,
    /// Who of them goes by which word: their ids, names and accounts, as they are looked up.
    pub(super) words: Map<String, Set<PrincipalId>>,
    /// Who belonged to it and left, as they were.
    pub left: Map<PrincipalId, Person>,
    /// When they did.
    pub gone: Map<PrincipalId, Timestamp>,
    /// The groups that the directory puts each into.
    pub(super) own_groups: Map<PrincipalId, BTreeSet<String>>,
    /// The members of groups that follow a vendor's.
    pub(super) followed: Map<String, Set<PrincipalId>>,
    /// The same by person.
    pub(super) follows: Map<PrincipalId, BTreeSet<String>>,
    /// Whose each chat identity is.
    pub bound: Map<Identity, Binding>,
    /// The same by person.
    pub(super) accounts: Map<PrincipalId, BTreeSet<Identity>>,
    /// The chat identities that somebody had forgotten: only a link code binds them again.
    pub forgotten: Set<Identity>,
    /// The link codes that are out.
    pub(super) links: Map<Digest, Link>,
    /// Who has tried link codes that are not good, lately.
    pub(super) missed: Map<Identity, Missed>,
    /// What people want of the bot.
    pub(super) preferences: Map<PrincipalId, Preferences>,
}

impl People {
    /// Takes in what an event of any stream says of the people.
    pub fn take(&mut self, envelope: &Envelope) -> Result<(), DecodeError> {
        if envelope.stream.category() == Self::CATEGORY {
            self.evolve(&aggregate::decode(envelope)?, envelope.at);
        }
        Ok(())
    }

    /// The people who administer it. Programs that may do the same are none.
    pub fn administrators(&self) -> impl Iterator<Item = &Person> {
        self.people.values().filter(|person| person.is_administrator())
    }

    /// A person as the directory recorded them: without what a vendor's groups add.
    pub(super) fn recorded(&self, id: &PrincipalId) -> Option<Person> {
        let groups = self.own_groups.get(id).cloned().unwrap_or_default();
        Some(Person { groups, ..self.people.get(id)?.clone() })
    }
}

/// Those whom the directory names, and nothing else of them.
impl FromIterator<Person> for People {
    fn from_iter<I: IntoIterator<Item = Person>>(all: I) -> Self {
        let mut people = Self::default();
        for person in all {
            people.evolve(&PeopleEvent::PersonRecorded { person }, Timestamp::UNIX_EPOCH);
        }
        people
    }
}

/// Takes the entries out of a map that do not stay.
pub(super) fn retain<K: Ord + Clone, V>(map: &mut Map<K, V>, stays: impl Fn(&V) -> bool) {
    let gone: Vec<K> = map.iter().filter(|(_, value)| !stays(value)).map(|(key, _)| key.clone()).collect();
    for key in &gone {
        map.remove_mut(key);
    }
}

impl Aggregate for People {
    const CATEGORY: &'static str = "people";
    type Command = PeopleCommand;
    type Event = PeopleEvent;

    fn decide(&self, command: PeopleCommand, now: Timestamp) -> Result<Vec<PeopleEvent>, Denied> {
        Ok(match command {
            PeopleCommand::Record { person } if self.recorded(&person.id) != Some(person.clone()) => {
                vec![PeopleEvent::PersonRecorded { person }]
            }
            PeopleCommand::Remove { id } if self.people.contains_key(&id) => {
                vec![PeopleEvent::PersonRemoved { id }]
            }
            PeopleCommand::OfferLink { code, principal } if !self.links.contains_key(&code) => {
                let until = now.checked_add(LINK_LIFETIME).unwrap_or(now);
                vec![PeopleEvent::LinkOffered { code, principal, until }]
            }
            PeopleCommand::Redeem { code, identity, direct } => self.redeem(code, identity, direct, now)?,
            PeopleCommand::Bind { identity, .. } if self.forgotten.contains(&identity) => {
                return Err(Fault::Forgotten.into());
            }
            PeopleCommand::Bind { principal, identity, direct } => {
                self.bind(principal, identity, direct, BoundBy::Directory, None)?
            }
            PeopleCommand::Unbind { identity, by, why } => self.unbind(identity, by.as_ref(), why)?,
            PeopleCommand::Prefer { id, preferences } if self.preferences(&id) != preferences => {
                vec![PeopleEvent::PreferencesChanged { id, preferences }]
            }
            PeopleCommand::SyncGroup { group, members } => self.sync(group, members),
            PeopleCommand::Record { .. }
            | PeopleCommand::Remove { .. }
            | PeopleCommand::OfferLink { .. }
            | PeopleCommand::Prefer { .. } => vec![],
        })
    }

    /// Whoever is removed loses what they hold: that waits for no space.
    fn is_urgent(&self, command: &PeopleCommand) -> bool {
        match command {
            PeopleCommand::Remove { .. } | PeopleCommand::Unbind { .. } => true,
            PeopleCommand::SyncGroup { group, members } => self.only_takes(group, members),
            _ => false,
        }
    }

    fn evolve(&mut self, event: &PeopleEvent, at: Timestamp) {
        match event {
            PeopleEvent::PersonRecorded { person } => {
                self.own_groups.insert_mut(person.id.clone(), person.groups.clone());
                self.goes_by_nothing(&person.id);
                self.goes_by(person);
                self.people.insert_mut(person.id.clone(), person.clone());
                if !self.since.contains_key(&person.id) {
                    self.since.insert_mut(person.id.clone(), at);
                }
                self.left.remove_mut(&person.id);
                self.gone.remove_mut(&person.id);
                self.regroup(&person.id);
            }
            PeopleEvent::PersonRemoved { id } => {
                self.remove(id);
                if self.left.contains_key(id) {
                    self.gone.insert_mut(id.clone(), at);
                }
            }
            PeopleEvent::LinkOffered { code, principal, until } => {
                retain(&mut self.links, |link| at < link.until);
                self.links.insert_mut(*code, Link { principal: principal.clone(), until: *until });
            }
            PeopleEvent::LinkMissed { identity } => self.miss(identity, at),
            PeopleEvent::AccountBound { identity, principal, by, direct, code } => {
                code.map(|code| self.links.remove_mut(&code));
                self.forgotten.remove_mut(identity);
                self.missed.remove_mut(identity);
                let (principal, direct) = (principal.clone(), direct.clone());
                self.hold(identity, Binding { principal, direct, by: *by, since: at });
            }
            PeopleEvent::AccountUnbound { identity, why, .. } => {
                self.let_go(identity);
                if *why == UnboundWhy::Asked {
                    self.forgotten.insert_mut(identity.clone());
                }
            }
            PeopleEvent::PreferencesChanged { id, preferences } => {
                self.preferences.insert_mut(id.clone(), preferences.clone());
            }
            PeopleEvent::GroupSynced { group, members } => self.synced(group, members),
            PeopleEvent::GroupJoined { group, members } => members.iter().for_each(|id| self.join(group, id)),
            PeopleEvent::GroupLeft { group, members } => members.iter().for_each(|id| self.quit(group, id)),
        }
    }
}

#[cfg(test)]
mod tests;
