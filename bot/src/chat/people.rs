//! What people say about themselves: which chat account is theirs, and what they want of the bot.

use countersign_domain::card::Card;
use countersign_domain::named::Named;
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::people::Fault;
use countersign_domain::ports::{Identity, SurfaceKind};
use countersign_domain::question::{About, Offer};
use countersign_domain::tenant::{
    BoundBy, LINK_MINUTES, People, PeopleCommand, Person, Preferences, Role, UnboundWhy,
};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::Chat;
use super::asking::Doubt;
use crate::cards;
use crate::context::Context;
use crate::engine::{Decided, Failure};
use crate::moment::Here;
use crate::words;
use crate::world::Customs;

/// Who was linked within so long before has just said the code.
const JUST_NOW: SignedDuration = SignedDuration::from_mins(1);

/// Where and when somebody says something: in the zone they named, else that of their quiet hours, else their tenant's.
pub(crate) fn here(people: &People, id: Option<&PrincipalId>, customs: &Customs, now: Timestamp) -> Here {
    let wishes = id.map(|id| people.preferences(id));
    let own = wishes.and_then(|wishes| wishes.zone.or_else(|| wishes.quiet.map(|quiet| quiet.zone)));
    let zone = own.or_else(|| customs.zone.clone()).and_then(|name| TimeZone::get(&name).ok());
    Here { now, zone: zone.unwrap_or(TimeZone::UTC) }
}

impl Chat {
    /// Where and when who speaks says something: in the zone they named, else that of their quiet hours, else their
    /// tenant's.
    pub(crate) async fn here(&self, context: &Context) -> Result<Here, Failure> {
        let people = self.directory.present(&context.tenant).await?.state;
        Ok(here(&people, Some(&context.person.id), &self.customs(context), self.now()))
    }

    /// Gives who is signed in a link code.
    pub(crate) async fn offer_link(
        &self,
        context: &Context,
        name: &'static str,
    ) -> Result<Vec<Card>, Failure> {
        let (tenant, seal) = (&context.tenant, &self.world.seal);
        let code = seal.link_code(tenant, context.interaction);
        let (digest, principal) = (seal.link_digest(tenant, &code), context.person.id.clone());
        let offer = || PeopleCommand::OfferLink { code: digest, principal: principal.clone() };
        let decided = self.change_tenant(context, name, name, offer).await?;
        let until = self
            .now()
            .checked_add(SignedDuration::from_mins(LINK_MINUTES.cast_signed()))
            .unwrap_or(Timestamp::MAX);
        let given = |()| cards::link_code(&code, until);
        Ok(vec![decided.map_or_else(|denied| cards::denied(&denied, None), given)])
    }

    /// As whom who speaks is known, and by which chat accounts.
    pub(crate) async fn who_am_i(&self, context: &Context) -> Result<Vec<Card>, Failure> {
        let people = self.directory.present(&context.tenant).await?.state;
        let own = people.identities(&context.person.id).into_iter().map(|(own, _)| own.spoken());
        Ok(vec![cards::who_you_are(&context.person, &own.collect::<Vec<_>>())])
    }

    /// Whether somebody has become known here by a code a moment ago.
    pub(crate) async fn is_just_linked(
        &self,
        context: &Context,
        identity: &Identity,
    ) -> Result<bool, Failure> {
        let people = self.directory.present(&context.tenant).await?.state;
        let by_code = people.bound.get(identity).filter(|binding| binding.by == BoundBy::Code);
        let since = by_code.map(|binding| self.now().duration_since(binding.since));
        Ok(since.is_some_and(|since| since < JUST_NOW))
    }

    /// Forgets who is behind chat accounts: one's own, or the one that was named.
    pub(crate) async fn unlink(
        &self,
        context: &Context,
        name: &'static str,
        account: Option<&str>,
    ) -> Result<Vec<Card>, Failure> {
        let people = self.directory.present(&context.tenant).await?.state;
        let own = || people.identities(&context.person.id).into_iter().map(|(own, _)| own.clone());
        // In a chat it is about the account that says so.
        let mine: Vec<Identity> = match &context.via {
            Some(via) => vec![via.identity.clone()],
            None => own().collect(),
        };
        if account.is_none() && mine.len() > 1 {
            return self.ask_which_account(context, &mine).await;
        }
        let surface = account.and_then(|account| account.to_lowercase().parse::<SurfaceKind>().ok());
        let identities: Vec<Identity> = match (account, surface) {
            (None, _) => mine,
            (_, Some(surface)) => own().filter(|own| own.surface == surface).collect(),
            (Some(account), None) => account.parse().into_iter().collect(),
        };
        if let (Some(named), None, true, true) =
            (account, surface, identities.is_empty(), context.person.is(Role::Admin))
        {
            return self.unlink_somebodys(context, &people, named).await;
        }
        if let (Some(account), false) = (account, identities.iter().any(|own| people.bound.contains_key(own)))
        {
            let own: Vec<_> = own().map(|own| own.spoken()).collect();
            return Ok(vec![cards::nothing((words::UNLINKED_NOBODY, &words::not_linked(account, &own)))]);
        }
        let known: Vec<_> = identities.into_iter().filter(|own| people.bound.contains_key(own)).collect();
        for identity in &known {
            let by = context.person.clone();
            let unbind = || PeopleCommand::Unbind {
                identity: identity.clone(),
                by: Some(by.clone()),
                why: UnboundWhy::Asked,
            };
            if let Err(denied) = self.change_tenant(context, name, &identity.to_string(), unbind).await? {
                return Ok(vec![cards::denied(&denied, None)]);
            }
        }
        let known: Vec<_> = known.iter().map(Identity::spoken).collect();
        Ok(vec![cards::unlinked(&known)])
    }

    /// An administrator names a person: of their chat accounts, one is chosen.
    async fn unlink_somebodys(
        &self,
        context: &Context,
        people: &People,
        named: &str,
    ) -> Result<Vec<Card>, Failure> {
        let persons = match people.find_mentioned(named) {
            Named::One(person) => vec![person],
            Named::Several(several) => several,
            Named::Nothing => vec![],
        };
        let is_one = persons.len() == 1;
        let offers = persons.iter().flat_map(|person| {
            people.identities(&person.id).into_iter().map(move |(own, _)| Offer {
                label: words::account_of(&person.told_apart(), &own.spoken()),
                say: format!("unlink \"{own}\""),
            })
        });
        let offers: Vec<_> = offers.collect();
        if offers.is_empty() {
            let nothing = match persons.first().filter(|_| is_one) {
                Some(person) => words::no_account_of(&person.told_apart()),
                None => words::nobody_called(named),
            };
            return Ok(vec![cards::nothing((words::UNLINKED_NOBODY, &nothing))]);
        }
        let question = words::WHICH_ACCOUNT.to_owned();
        self.ask_back(context, None, Doubt { about: About::Which, question, lines: vec![], offers }).await
    }

    /// Whoever has several chat accounts is asked which one is to be forgotten.
    async fn ask_which_account(&self, context: &Context, own: &[Identity]) -> Result<Vec<Card>, Failure> {
        let offer = |own: &Identity| Offer { label: own.spoken(), say: format!("unlink \"{own}\"") };
        let offers = own.iter().map(offer).collect();
        let question = words::WHICH_ACCOUNT.to_owned();
        self.ask_back(context, None, Doubt { about: About::Which, question, lines: vec![], offers }).await
    }

    /// Whoever is meant by a name, by their name, and the groups they are in; none where nobody can be meant, or several.
    pub(crate) async fn groups_of(
        &self,
        context: &Context,
        name: &str,
    ) -> Result<(String, Vec<String>), Failure> {
        let people = self.directory.present(&context.tenant).await?.state;
        let lower = name.to_lowercase();
        let is = |person: &&Person| {
            let own = person.name.to_lowercase();
            own == lower || person.id.as_str() == lower || own.split(' ').any(|part| part == lower)
        };
        let mut meant = people.people.values().filter(is);
        Ok(match (meant.next(), meant.next()) {
            (Some(one), None) => (one.name.clone(), one.groups.iter().cloned().collect()),
            _ => (name.to_owned(), vec![]),
        })
    }

    /// Changes what somebody wants of the bot.
    pub(crate) async fn prefer(
        &self,
        context: &Context,
        name: &'static str,
        change: impl FnOnce(&mut Preferences),
    ) -> Result<Vec<Card>, Failure> {
        let people = self.directory.present(&context.tenant).await?.state;
        let id = &context.person.id;
        let mut preferences = people.preferences(id);
        change(&mut preferences);
        if preferences.away.as_ref().is_some_and(|away| away.until <= self.world.clock.now()) {
            preferences.away = None;
        }
        let group = preferences.away.as_ref().and_then(|away| away.deputies.clone());
        if let Some(group) = group.filter(|group| !people.people.values().any(|p| p.groups.contains(group))) {
            return self.refuse(context, name, Fault::UnknownGroup { group }.into()).await;
        }
        let prefer = || PeopleCommand::Prefer { id: id.clone(), preferences: preferences.clone() };
        let decided = self.change_tenant(context, name, name, prefer).await?;
        Ok(vec![decided.map_or_else(|denied| cards::denied(&denied, None), |()| cards::wishes(&preferences))])
    }

    async fn change_tenant(
        &self,
        context: &Context,
        name: &'static str,
        step: &str,
        command: impl Fn() -> PeopleCommand,
    ) -> Result<Decided<()>, Failure> {
        let tenant: &Tenant = &context.tenant;
        let cause = context.cause(step, self.world.clock.now());
        let done = self.engine.execute::<People>(tenant, tenant.as_str(), &cause, name, command).await?;
        Ok(done.map(drop))
    }
}
