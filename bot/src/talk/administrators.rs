//! What administrators are told by itself, in private, where they talk.

use countersign_domain::alarm::{About, AlarmEvent};
use countersign_domain::capabilities::Effect;
use countersign_domain::card::Card;
use countersign_domain::envelope::Envelope;
use countersign_domain::names::PrincipalId;
use countersign_domain::ports::Place;
use countersign_domain::tenant::{People, Person, Role};
use uuid::Uuid;

use super::{Sayings, Talk, saying, tell};
use crate::engine::Failure;

impl Talk {
    /// Tells every administrator of an alarm.
    pub async fn warn(&self, event: &Envelope, alarm: &AlarmEvent, id: Uuid) -> Result<Sayings, Failure> {
        let tenant = &event.tenant;
        let people = self.people(tenant).await?;
        let card = self.chat.alarm_card(tenant, alarm).await?;
        Ok(Self::to_administrators(&people, &card, alarm.about(), id))
    }

    /// Shows every administrator a card, but for whoever has it already.
    pub async fn show_administrators(
        &self,
        event: &Envelope,
        card: &Card,
        but: Option<&PrincipalId>,
        id: Uuid,
    ) -> Result<Sayings, Failure> {
        let people = self.people(&event.tenant).await?;
        let told = administrators(&people).filter(|person| Some(&person.id) != but);
        let sayings = told.filter_map(|person| said_to(&people, person, card, None, id));
        Ok(sayings.collect())
    }

    fn to_administrators(people: &People, card: &Card, about: &About, id: Uuid) -> Sayings {
        let not_there = match about {
            About::Vendor { vendor } => Some(vendor.as_str()),
            About::Ending { .. } | About::Move { .. } => None,
        };
        administrators(people).filter_map(|person| said_to(people, person, card, not_there, id)).collect()
    }
}

fn administrators(people: &People) -> impl Iterator<Item = &Person> {
    people.people.values().filter(|person| person.is(Role::Admin))
}

/// The card for somebody in private: rather not in the chat that is at fault itself.
fn said_to(
    people: &People,
    person: &Person,
    card: &Card,
    not_there: Option<&str>,
    id: Uuid,
) -> Option<(Uuid, Effect)> {
    let own: Vec<Place> =
        people.identities(&person.id).into_iter().map(|(_, binding)| binding.direct.clone()).collect();
    let elsewhere = own.iter().find(|place| Some(place.surface.as_str()) != not_there);
    let place = elsewhere.or(own.first())?.clone();
    Some(saying(id, tell(None, place, Some(&person.id), card.clone(), true)))
}
