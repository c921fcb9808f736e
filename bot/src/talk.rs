//! Talking: what follows in chats from what happens. Everything said is an effect, so it is said once, and not lost.

mod about;
mod administrators;
mod before;

use std::collections::BTreeSet;

use countersign_domain::capabilities::{self as domain, AnyRequest};
use countersign_domain::card::Card;
use countersign_domain::effect::Wish as _;
use countersign_domain::envelope::{Envelope, derived_id};
use countersign_domain::names::{PrincipalId, StreamName, Tenant};
use countersign_domain::ports::Place;
use countersign_domain::record::{Heard, Said};
use countersign_domain::request::{CATEGORY, Code, Facets, Stage};
use countersign_domain::talk::{Effect, placement};
use countersign_domain::tenant::{People, Person};
use countersign_projections::conversation::{self, Placement};
use uuid::Uuid;

use crate::capabilities;
use crate::cards::{self, Shown};
use crate::chat::Chat;
use crate::context::{Context, Scene};
use crate::conversation::shown_in;
use crate::directory::{Directory, Present};
use crate::engine::Failure;
use crate::forms;
use crate::requests::Requests;
use crate::world::World;

/// More people than this are asked only when who asked wants it, knowing how many they are.
const MANY: usize = 10;
/// More cards than this are one, with a line each.
pub(crate) const CARDS: usize = 3;

/// What is to be said, and by which step of what it follows from.
pub type Sayings = Vec<(Uuid, domain::Effect)>;

/// Finds out what is to be said.
#[derive(Clone)]
pub struct Talk {
    world: World,
    directory: Directory,
    requests: Requests,
    chat: Chat,
}

impl Talk {
    /// Talking in this world. Answers do not wait for what is under way: the card changes when it is done.
    pub fn new(world: World, directory: Directory, requests: Requests, chat: Chat) -> Self {
        let chat = chat.with_patience(std::time::Duration::ZERO);
        Self { world, directory, requests, chat }
    }

    /// Does what somebody said in a chat, and answers there.
    pub async fn interact(&self, event: &Envelope, heard: &Heard, id: Uuid) -> Result<Sayings, Failure> {
        let tenant = &event.tenant;
        let present = self.directory.present(tenant).await?;
        // Who was removed, or unlinked, since they said it says nothing any more.
        let behind = present.state.behind(&heard.identity);
        let Some(person) = behind.filter(|person| person.id == heard.principal) else { return Ok(vec![]) };
        let context = Context {
            via: Some(Box::new(heard.via())),
            assurance: heard.assurance,
            heard: Some(event.pos),
            correlation: event.correlation,
            scene: Scene { place: Some(heard.place.clone()), about: self.about(tenant, heard)? },
            ..Context::begin(tenant.clone(), person.clone(), heard.identity.surface.as_str(), event.id)
        };
        let cards = match &heard.said {
            Said::Sentence { text } => self.chat.say(&context, text).await?,
            Said::Shared { text, file } => self.chat.say_with(&context, text, file).await?,
            Said::Form(filled) => match forms::of(filled) {
                Some(form) => form.ask(&self.chat, &context, filled).await?,
                None => vec![],
            },
        };
        if let Some(told) = self.chat.begun(&context).await?.filter(|_| cards.len() == 1) {
            return Ok(vec![saying(id, shown_in(&heard.place, told.conversation, &told.turn))]);
        }
        self.world.folded().await?;
        self.answers(tenant, heard, cards, id)
    }

    /// Draws every card of a request anew, and takes from what people were told of it what cannot be pressed any more.
    pub async fn mirror(&self, event: &Envelope, code: &Code, id: Uuid) -> Result<Sayings, Failure> {
        if self.world.talk(&event.tenant).is_none() {
            return Ok(vec![]);
        }
        // One that is still to be posted will show the latest state then; until then it waits for whom it is for.
        let is_there = |card: &Placement| card.message.is_some() || card.doubtful;
        let (there, waiting): (Vec<_>, Vec<_>) =
            self.cards_of(event, code).await?.into_iter().partition(is_there);
        let there = there.into_iter().map(|card| saying(id, show(code, card.place, card.viewer)));
        let mut sayings: Sayings = there.collect();
        sayings.extend(self.told_before(event, code, id).await?);
        // What was asked in a thread is shown there when it is checked.
        for card in waiting.into_iter().filter(|card| is_shared_thread(&card.place)) {
            sayings.extend(self.first_shown(event, code, card, id).await?);
        }
        Ok(sayings)
    }

    /// What everybody in a thread is shown of what was asked there; a refusal is for who asked alone.
    async fn first_shown(
        &self,
        event: &Envelope,
        code: &Code,
        card: Placement,
        id: Uuid,
    ) -> Result<Option<(Uuid, domain::Effect)>, Failure> {
        let Some(request) = self.requests.any(&event.tenant, code).await? else { return Ok(None) };
        let present = self.directory.present(&event.tenant).await?;
        let people = &*present.state;
        if request.standing().stage != Stage::Denied {
            return Ok(Some(saying(id, show(code, card.place, card.viewer))));
        }
        let asked = request.requester().map(|requester| &requester.id);
        let Some(viewer) = asked.and_then(|id| people.people.get(id)) else { return Ok(None) };
        let own = people.identities(&viewer.id).into_iter().map(|(identity, _)| identity);
        let mut here =
            own.filter(|own| own.surface == card.place.surface && own.workspace == card.place.workspace);
        let Some(identity) = here.next() else { return Ok(None) };
        let place = Place { only: Some(identity.user.clone()), ..card.place };
        let card = capabilities::card(self.shown(&event.tenant, (code, &request), viewer, &present));
        Ok(Some(saying(id, tell(Some(code), place, Some(&viewer.id), card, false))))
    }

    /// Asks those who may countersign a request: each in a private talk, all in the channels meant for that.
    pub async fn announce(&self, event: &Envelope, code: &Code, id: Uuid) -> Result<Sayings, Failure> {
        let tenant = &event.tenant;
        let Some(talk) = self.world.talk(tenant) else { return Ok(vec![]) };
        let Some(request) = self.requests.any(tenant, code).await? else { return Ok(vec![]) };
        let (people, Some(open)) = (self.people(tenant).await?, request.open()) else { return Ok(vec![]) };
        let cards = self.cards_of(event, code).await?;
        let asked: BTreeSet<_> = cards.iter().filter_map(|card| card.viewer.as_ref()).collect();
        // Where it was asked in a channel meant for that, everybody sees it already.
        let is_new = |place: &&Place| !cards.iter().any(|card| is_thread_of(&card.place, place));
        let origin = self.origin(tenant, code, &*request, &people).await?;
        let mut sayings: Sayings = talk
            .channels
            .iter()
            .filter(is_new)
            .map(|place| saying(id, show(code, place.clone(), None)))
            .collect();
        let mut direct: Vec<_> = self
            .askable(&*request, &people)
            .into_iter()
            .filter(|person| !asked.contains(&person.id))
            .filter_map(|person| Some((person.id.clone(), home(&people, &person.id, origin.as_ref())?)))
            .collect();
        if direct.len() > MANY && !open.announced {
            let card = cards::many_people(code, direct.len());
            direct.clear();
            sayings.extend(Self::tell_who_asked(&*request, &people, card, id));
        }
        sayings.extend(direct.into_iter().map(|(person, place)| {
            let (code, viewer) = (code.clone(), Some(person));
            saying(id, Effect::ShowCard { code, place, viewer, anew: false, unasked: true })
        }));
        Ok(sayings)
    }

    /// Reminds those who were asked and could still countersign.
    pub async fn remind(&self, event: &Envelope, code: &Code, id: Uuid) -> Result<Sayings, Failure> {
        let tenant = &event.tenant;
        if self.world.talk(tenant).is_none() {
            return Ok(vec![]);
        }
        let Some(request) = self.requests.any(tenant, code).await? else { return Ok(vec![]) };
        let present = self.directory.present(tenant).await?;
        let people = &*present.state;
        let could: BTreeSet<_> =
            self.askable(&*request, people).into_iter().map(|person| person.id.clone()).collect();
        let cards = self.cards_of(event, code).await?;
        let reminder = |card: Placement| {
            let placed = card.place.clone();
            let viewer = people.people.get(card.viewer.as_ref().filter(|id| could.contains(*id))?)?;
            let card = cards::reminder(self.shown(&event.tenant, (code, &request), viewer, &present));
            // Where they were asked.
            Some(saying(id, tell(Some(code), placed, Some(&viewer.id), card, true)))
        };
        Ok(cards.into_iter().filter_map(reminder).collect())
    }

    /// Tells those whom a request concerns what is news for them; `but_who_asked`: they see it where they asked.
    pub async fn notify(
        &self,
        event: &Envelope,
        code: &Code,
        (news, but_who_asked): (&str, bool),
        id: Uuid,
    ) -> Result<Sayings, Failure> {
        let tenant = &event.tenant;
        if self.world.talk(tenant).is_none() {
            return Ok(vec![]);
        }
        let Some(request) = self.requests.any(tenant, code).await? else { return Ok(vec![]) };
        let present = self.directory.present(tenant).await?;
        let people = &*present.state;
        let origin = self.origin(tenant, code, &*request, people).await?;
        let requester = request.requester().map(|requester| &requester.id);
        let mut whom: BTreeSet<_> = request.subjects().into_iter().chain(requester).collect();
        if let Some(requester) = requester.filter(|_| but_who_asked) {
            whom.remove(requester);
        }
        let cards = self.cards_of(event, code).await?;
        let told = |person: &PrincipalId| {
            let viewer = people.people.get(person)?;
            // Where they look at it, else in the chat in which it was asked, else where they were linked last.
            let own =
                cards.iter().find(|card| card.viewer.as_ref() == Some(person) && card.place.is_direct());
            let place =
                own.map(|card| card.place.clone()).or_else(|| home(people, person, origin.as_ref()))?;
            let card = cards::news(self.shown(&event.tenant, (code, &request), viewer, &present), news);
            Some(saying(id, tell(Some(code), place, Some(person), card, true)))
        };
        Ok(whom.into_iter().filter_map(told).collect())
    }

    fn shown<'a>(
        &'a self,
        tenant: &Tenant,
        (code, request): (&'a Code, &'a AnyRequest),
        viewer: &'a Person,
        present: &'a Present,
    ) -> Shown<'a> {
        let (people, now, rules) = (&*present.state, self.world.clock.now(), present.rules_version());
        let (viewer, collections) = (Some(viewer), self.world.collections(tenant));
        Shown { code, request, viewer, people, now, beside: None, rules, collections }
    }

    async fn people(&self, tenant: &Tenant) -> Result<std::sync::Arc<People>, Failure> {
        Ok(self.directory.present(tenant).await?.state)
    }

    /// Those who could countersign it now and want to be asked.
    fn askable<'a>(&self, request: &dyn Facets, people: &'a People) -> Vec<&'a Person> {
        let now = self.world.clock.now();
        let wants = |person: &&Person| {
            !people.is_away(&person.id, now) && !people.preferences(&person.id).do_not_ping
        };
        let could = |person: &&Person| cards::could_decide(request, people, person, now);
        people.people.values().filter(could).filter(wants).collect()
    }

    /// Where who asked sits, on the surface on which they asked: approvers are asked there first.
    async fn origin(
        &self,
        tenant: &Tenant,
        code: &Code,
        request: &dyn Facets,
        people: &People,
    ) -> Result<Option<Place>, Failure> {
        let Some(requester) = request.requester() else { return Ok(None) };
        let stream = StreamName::new(tenant, CATEGORY, code.stream_id())?;
        let first = self.world.store.read_stream(&stream, 0, 1).await?;
        let surface = first.first().map(|envelope| envelope.actor.surface.clone()).unwrap_or_default();
        let own = people.identities(&requester.id);
        let here = own.iter().find(|(identity, _)| identity.surface.as_str() == surface);
        Ok(here.or(own.first()).map(|(_, binding)| binding.direct.clone()))
    }

    fn tell_who_asked(
        request: &dyn Facets,
        people: &People,
        card: Card,
        id: Uuid,
    ) -> Option<(Uuid, domain::Effect)> {
        let requester = &request.requester()?.id;
        let place = home(people, requester, None)?;
        Some(saying(id, tell(request.code(), place, Some(requester), card, false)))
    }

    /// The cards of a request that this event may have changed.
    async fn cards_of(&self, event: &Envelope, code: &Code) -> Result<Vec<Placement>, Failure> {
        // Where it was asked, its card may have been claimed only after it was refused.
        let head = self.world.store.head().await?.unwrap_or(event.pos);
        self.world.projections.wait_for(head).await?;
        let rows = self.world.projections.rows(conversation::NAME);
        Ok(conversation::of_request(&*rows, &event.tenant, code)?)
    }

    /// Where the answers go: requests as cards that stay up to date, everything else as it was said.
    fn answers(
        &self,
        tenant: &Tenant,
        heard: &Heard,
        cards: Vec<Card>,
        id: Uuid,
    ) -> Result<Sayings, Failure> {
        let who = &heard.principal;
        let cards = if cards.iter().filter(|card| card.live).count() > CARDS {
            vec![cards::list(&cards)]
        } else {
            cards
        };
        let mut sayings = Vec::new();
        for (place, card) in cards.into_iter().enumerate() {
            let id = derived_id(id, &place.to_string());
            match card.code.clone().filter(|_| card.live) {
                Some(code) => sayings.extend(self.live(tenant, heard, &code, card, id)?),
                None => sayings.push(saying(id, tell(None, privately(heard), Some(who), card, false))),
            }
        }
        Ok(sayings)
    }

    /// The card of a request where somebody asked for it, or used it.
    fn live(
        &self,
        tenant: &Tenant,
        heard: &Heard,
        code: &Code,
        card: Card,
        id: Uuid,
    ) -> Result<Sayings, Failure> {
        let rows = self.world.projections.rows(conversation::NAME);
        if let Some(message) = &heard.message
            && let Some(used) = conversation::of_message(&*rows, tenant, heard.place.surface, message)?
            && used.code == *code
        {
            return Ok(vec![saying(id, show(code, used.place, used.viewer))]);
        }
        let viewer = Some(heard.principal.clone());
        let is_aside = heard.place.is_aside();
        let (place, viewer) = match (heard.place.is_private(), is_aside) {
            (false, _) => (heard.place.clone(), None),
            (true, false) => (heard.place.clone(), viewer),
            (true, true) => (heard.direct.clone(), viewer),
        };
        let there = conversation::find(&*rows, tenant, placement(code, &place, viewer.as_ref()))?;
        let is_there = there.is_some_and(|card| card.message.is_some());
        if card.is_denied() && is_shared_thread(&place) && !is_there {
            let tell = tell(Some(code), privately(heard), Some(&heard.principal), card, false);
            return Ok(vec![saying(id, tell)]);
        }
        let anew = heard.message.is_none() && is_there;
        let mut sayings =
            vec![saying(id, Effect::ShowCard { code: code.clone(), place, viewer, anew, unasked: false })];
        if is_aside {
            let card = cards::in_private(code);
            let tell = tell(Some(code), heard.place.clone(), Some(&heard.principal), card, false);
            sayings.push(saying(derived_id(id, "aside"), tell));
        }
        Ok(sayings)
    }
}

/// Whether it is a thread that everybody there sees.
pub(crate) const fn is_shared_thread(place: &Place) -> bool {
    place.thread.is_some() && !place.is_private()
}

/// Whether it is a thread in this channel that everybody there sees.
fn is_thread_of(place: &Place, channel: &Place) -> bool {
    is_shared_thread(place) && place.is_in(channel)
}

/// Where only this person sees it.
fn privately(heard: &Heard) -> Place {
    let mut place = heard.place.clone();
    if !place.is_private() {
        place.only = Some(heard.identity.user.clone());
    }
    place
}

/// The private talk with somebody: on the surface of `near` where they are there, else where they were linked last.
pub(crate) fn home(people: &People, person: &PrincipalId, near: Option<&Place>) -> Option<Place> {
    let own = people.identities(person);
    let beside = own.iter().find(|(identity, _)| near.is_some_and(|near| near.surface == identity.surface));
    beside.or(own.first()).map(|(_, binding)| binding.direct.clone())
}

/// Who said something is told that it is given up.
pub(crate) fn given_up(heard: &Heard, id: Uuid) -> Sayings {
    vec![saying(id, tell(None, privately(heard), Some(&heard.principal), cards::given_up(), false))]
}

fn show(code: &Code, place: Place, viewer: Option<PrincipalId>) -> Effect {
    Effect::ShowCard { code: code.clone(), place, viewer, anew: false, unasked: false }
}

pub(crate) fn tell(
    code: Option<&Code>,
    place: Place,
    to: Option<&PrincipalId>,
    card: Card,
    unasked: bool,
) -> Effect {
    Effect::Tell { code: code.cloned(), place, to: to.cloned(), card: Box::new(card), unasked, again: None }
}

/// The effect with an id that is the same when it is found again.
pub(crate) fn saying(id: Uuid, effect: Effect) -> (Uuid, domain::Effect) {
    (derived_id(id, &effect.lane()), effect.into())
}
