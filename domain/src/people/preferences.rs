//! What people want of the bot: when it may speak up, and who stands in while they are away.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{People, Person};
use crate::names::PrincipalId;

/// What one person wants. The default is to be asked at any time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    /// When the bot does not speak up by itself: what there is to say is said at their end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet: Option<QuietHours>,
    /// They are never asked by a message of their own. They may still countersign what they see.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub do_not_ping: bool,
    /// They are away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub away: Option<Away>,
    /// The IANA name of the time zone they live in: what "tomorrow" means when they say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

/// Every day from one time to another, over midnight where the second is earlier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuietHours {
    /// In minutes since midnight, 0 to 1439.
    pub from: u16,
    /// In minutes since midnight, 0 to 1439; another time than `from`.
    pub to: u16,
    /// The IANA name of the time zone: `Europe/Berlin`.
    pub zone: String,
}

/// Somebody is away for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Away {
    /// It begins then, where it has not begun when it is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Then it ends by itself.
    pub until: Timestamp,
    /// The group whose members stand in, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deputies: Option<String>,
}

impl Away {
    /// Whether it has begun, and has not ended.
    pub fn is_now(&self, now: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= now) && now < self.until
    }
}

impl People {
    /// What somebody wants.
    pub fn preferences(&self, id: &PrincipalId) -> Preferences {
        self.preferences.get(id).cloned().unwrap_or_default()
    }

    /// Whether somebody is away.
    pub fn is_away(&self, id: &PrincipalId, now: Timestamp) -> bool {
        self.away(id, now).is_some()
    }

    /// Those who are away now and named a group of this person's to stand in for them.
    pub fn absent_for(&self, person: &Person, now: Timestamp) -> Vec<Person> {
        let named = |(id, wants): &(&PrincipalId, &Preferences)| {
            let away = wants.away.as_ref().filter(|away| away.is_now(now));
            let deputies = away.and_then(|away| away.deputies.as_deref());
            **id != person.id && deputies.is_some_and(|group| person.groups.contains(group))
        };
        let absent = self.preferences.iter().filter(named).filter_map(|(id, _)| self.people.get(id));
        absent.cloned().collect()
    }

    fn away(&self, id: &PrincipalId, now: Timestamp) -> Option<&Away> {
        self.preferences.get(id)?.away.as_ref().filter(|away| away.is_now(now))
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::*;
    use crate::access::example::{ada, bob};
    use crate::people::PeopleEvent;
    use crate::testing::{given, noon};

    #[test]
    fn a_deputy_stands_in_until_the_absence_ends() {
        let away =
            Away { from: Some(noon()), until: noon() + 2.hours(), deputies: Some("deputies".to_owned()) };
        let preferences = Preferences { away: Some(away), ..Preferences::default() };
        let deputy = Person { groups: ["deputies".to_owned()].into(), ..bob() };
        let tenant = given::<People>([
            PeopleEvent::PersonRecorded { person: ada() },
            PeopleEvent::PersonRecorded { person: deputy.clone() },
            PeopleEvent::PreferencesChanged { id: ada().id, preferences },
        ]);
        let absent = |person: &Person, hours: i64| tenant.state().absent_for(person, noon() + hours.hours());
        assert_eq!(absent(&deputy, 0), [ada()], "from its beginning on");
        assert_eq!(absent(&deputy, 1), [ada()]);
        let is_away = |hours: i64| tenant.state().is_away(&ada().id, noon() + hours.hours());
        assert_eq!([-1, 0, 1, 2, 3].map(is_away), [false, true, true, false, false]);
        assert!(!tenant.state().is_away(&bob().id, noon()));
        assert_eq!(absent(&deputy, 2), []);
        assert_eq!(absent(&deputy, -1), [], "not before it begins");
        assert_eq!(absent(&bob(), 1), []);
        assert_eq!(absent(&ada(), 1), []);
        let (preferences, id) = (tenant.state().preferences(&ada().id), deputy.id.clone());
        let away = given::<People>([
            PeopleEvent::PersonRecorded { person: deputy.clone() },
            PeopleEvent::PreferencesChanged { id, preferences },
        ]);
        assert!(away.state().is_away(&deputy.id, noon()));
        assert_eq!(away.state().absent_for(&deputy, noon()), [], "nobody stands in for themselves");
    }
}
