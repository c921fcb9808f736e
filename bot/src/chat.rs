//! What every surface calls: a sentence of a person in, cards out.

mod agreeing;
mod alarms;
mod answering;
mod answers;
mod asked;
mod asking;
mod beside;
mod block;
mod bystanders;
mod called;
mod candidates;
mod changing;
mod choosing;
mod clauses;
mod coded;
mod deciding;
mod each;
mod fated;
mod following;
mod hearing;
mod holders;
mod keys;
mod lacking;
mod lasting;
mod limits;
mod meaning;
mod mentioned;
mod mood;
mod named;
mod narrowing;
mod operating;
mod otherwise;
mod past;
mod people;
mod plainly;
mod proposing;
mod reading;
mod reasons;
mod rest;
mod settle;
mod several;
mod short;
mod stale;
mod still;
mod timing;
mod unchanged;
mod understanding;
mod undoing;
mod unseen;
mod whether;

pub(crate) use asking::{BUTTONS, Doubt, field_of};
pub(crate) use bystanders::bystander;
pub(crate) use candidates::{is_called, may_be_meant, nearest_repositories};
pub(crate) use meaning::{Ask, Concern, is_pronoun};
pub(crate) use people::here;
pub(crate) use plainly::{changes_nothing, names_an_offer};
pub use reading::Home;
pub(crate) use timing::{end_of, lasting};
pub(crate) use understanding::LONGEST;

use std::sync::Arc;
use std::time::Duration;

use countersign_domain::access::{Access, AccessRequest, Asked, Fault, WhyCompared};
use countersign_domain::capabilities::{AnyRequest, Listed as _};
use countersign_domain::denied::{Denied, Violation};
use countersign_domain::duration::parse_minutes;
use countersign_domain::heard::Form;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{Place, beginning};
use countersign_domain::question::Wish;
use countersign_domain::request::Code;
use countersign_domain::tenant::Person;
use countersign_outbound::correlated;
use countersign_projections::request::RequestRow;

use self::asked::Written;
pub(crate) use self::block::{
    LONGEST_BLOCK, audible, command as pasted, lacks_a_block, takes_a_file, with_block,
};
use self::hearing::Hearing;
use crate::capabilities;
use crate::cards::{self, Shown, could_decide};
use crate::context::Context;
use crate::directory::Directory;
use crate::engine::{Decided, Engine, Failure};
use crate::examples::Names;
use crate::moment::{self, Edge};
use crate::open_beside;
use crate::oversight::Comparer;
use crate::requests::{Opened, Requests, Touched};
use crate::world::{Customs, World};
use countersign_domain::card::Card;

/// How long an answer waits for what is being checked or set, in real time: most of it is done by then.
const PATIENCE: Duration = Duration::from_millis(2500);
/// How long an answer waits at least for a comparison.
const SOON: Duration = Duration::from_millis(500);

/// The bot as people talk to it, whatever surface they do it on.
#[derive(Clone)]
pub struct Chat {
    world: World,
    engine: Engine,
    directory: Directory,
    requests: Requests,
    hearing: Hearing,
    /// What was written of what people are asked back.
    written: Written,
    patience: Duration,
}

/// A request that the person who named it may see, of whichever kind or of one.
pub(crate) struct Seen<R = AnyRequest> {
    pub(crate) code: Code,
    pub(crate) request: R,
}

impl From<RequestRow> for Seen {
    fn from(RequestRow { code, request, .. }: RequestRow) -> Self {
        Self { code, request }
    }
}

impl Chat {
    /// The chat of this world.
    pub fn new(world: World, engine: Engine, directory: Directory, requests: Requests) -> Self {
        let (hearing, written) = (Hearing::default(), Written::default());
        Self { world, engine, directory, requests, hearing, written, patience: PATIENCE }
    }

    /// The same chat, with answers that wait at most so long for what is being checked or set.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// What goes without saying among the people of a tenant.
    pub(crate) fn customs(&self, context: &Context) -> Arc<Customs> {
        self.world.customs(&context.tenant)
    }

    /// Asks for access with a form; what it lacks is asked back.
    pub async fn ask(&self, context: &Context, form: &Form) -> Result<Vec<Card>, Failure> {
        let mut form = form.clone();
        // In a form, too, people write until when.
        if let Some(time) = form.duration.as_deref().filter(|text| parse_minutes(text).is_err())
            && let Some(until) = moment::read(time, &self.here(context).await?, Edge::End).certain()
        {
            form.duration = Some(format!("until {until}"));
        }
        let proposed = self.propose(context, Wish { form, ..Wish::default() });
        let cards = Box::pin(correlated(context.correlation.to_string(), proposed)).await?;
        self.has_shown(context, &cards);
        Ok(cards)
    }

    /// Asks for access, and answers with cards.
    async fn ask_now(&self, context: &Context, form: &Form) -> Result<Vec<Card>, Failure> {
        let decided = self.requests.ask(context, form).await?;
        // Nothing was written where the same is under way already.
        let is_the_same = decided.as_ref().is_ok_and(|touched| touched.position.is_none());
        let mut cards = self.answer(context, None, decided).await?;
        for card in &mut cards {
            if is_the_same {
                cards::asked_already(card);
            }
            // Asked for, and refused by the checks before the answer was out.
            card.refused |= card.is_denied();
        }
        Ok(cards)
    }

    /// That there is nothing to ask for: it is held already.
    async fn held_already(
        &self,
        context: &Context,
        asked: &Asked,
        held: Violation,
    ) -> Result<Vec<Card>, Failure> {
        let through = match held.own() {
            Some(Fault::HeldAlready { through, .. }) => through.map(|(code, _)| code),
            _ => None,
        };
        let refused: Decided<()> = self.requests.refuse(context, "access", held).await?;
        let own = asked.subject.principal.as_ref() == Some(&context.person.id);
        Ok(refused
            .err()
            .map(|denied| cards::held_already(&denied, own, through.as_ref()))
            .into_iter()
            .collect())
    }

    /// The card of a request as this viewer sees it now, with their own buttons; `None` where there is no such request
    /// or they may not see it.
    pub async fn request_card(
        &self,
        tenant: &Tenant,
        viewer: &Person,
        code: &Code,
    ) -> Result<Option<Card>, Failure> {
        let Some(request) = self.requests.any(tenant, code).await? else { return Ok(None) };
        if !self.sees(tenant, viewer, &request).await? {
            return Ok(None);
        }
        self.drawn(tenant, viewer, code, &request).await.map(Some)
    }

    /// The card of a request as everybody sees it at this place, or wherever it will be put; `None` where there is no such request.
    pub async fn shared_card(
        &self,
        tenant: &Tenant,
        code: &Code,
        place: Option<&Place>,
    ) -> Result<Option<Card>, Failure> {
        let Some(request) = self.requests.any(tenant, code).await? else { return Ok(None) };
        let present = self.directory.present(tenant).await?;
        let (people, now, rules) = (&*present.state, self.world.clock.now(), present.rules_version());
        let (viewer, collections) = (None, self.world.collections(tenant));
        let shown: Shown<'_> =
            Shown { code, request: &request, viewer, people, now, beside: None, rules, collections };
        let beside = match place {
            Some(place) => open_beside::for_all(&self.world, tenant, shown, place)?,
            None => None,
        };
        Ok(Some(capabilities::card(Shown { beside: beside.as_deref(), ..shown })))
    }

    /// Whether there is such a request, and this person may see it: also to decide on it in the place of somebody who is
    /// away.
    async fn sees(&self, tenant: &Tenant, viewer: &Person, request: &AnyRequest) -> Result<bool, Failure> {
        let people = self.directory.present(tenant).await?.state;
        let absent = people.absent_for(viewer, self.now());
        Ok(capabilities::is_seen_by((&self.world, tenant), request, viewer, &absent))
    }

    /// Whether who speaks could decide on it now.
    pub(crate) fn could_decide(&self, context: &Context, opened: &Opened) -> bool {
        could_decide(&**opened, &opened.present.state, &context.person, self.now())
    }

    /// What time it is.
    pub(crate) fn now(&self) -> jiff::Timestamp {
        self.world.clock.now()
    }

    pub(crate) const fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn requests(&self) -> &Requests {
        &self.requests
    }

    /// The card of a request for who speaks.
    pub(crate) async fn card(&self, context: &Context, seen: &Seen) -> Result<Card, Failure> {
        self.drawn(&context.tenant, &context.person, &seen.code, &seen.request).await
    }

    /// The card of whatever was opened, for who speaks.
    pub(crate) fn card_of(&self, context: &Context, opened: &Opened) -> Result<Card, Failure> {
        open_beside::card(&self.world, &context.tenant, self.shown(context, opened))
    }

    async fn drawn(
        &self,
        tenant: &Tenant,
        viewer: &Person,
        code: &Code,
        request: &AnyRequest,
    ) -> Result<Card, Failure> {
        let present = self.directory.present(tenant).await?;
        let (people, now, rules) = (&*present.state, self.world.clock.now(), present.rules_version());
        let (viewer, collections) = (Some(viewer), self.world.collections(tenant));
        let shown = Shown { code, request, viewer, people, now, beside: None, rules, collections };
        open_beside::card(&self.world, tenant, shown)
    }

    /// The access that somebody names; a request of another kind is none.
    pub(crate) async fn seen(
        &self,
        context: &Context,
        name: &'static str,
        given: Option<&str>,
    ) -> Result<Decided<Seen<AccessRequest>>, Failure> {
        let opened = match self.open(context, name, given).await? {
            Ok(opened) => opened,
            Err(denied) => return Ok(Err(denied)),
        };
        if let Some(access) = Access::of(Some(&opened.request)) {
            return Ok(Ok(Seen { code: opened.code.clone(), request: access.clone() }));
        }
        let kind = opened.kind().to_owned();
        self.requests.refuse(context, name, Violation::AnotherKind { kind }).await
    }

    /// The request that somebody names. One they may not see is as unknown as one that is not there.
    pub(crate) async fn open(
        &self,
        context: &Context,
        name: &'static str,
        given: Option<&str>,
    ) -> Result<Decided<Opened>, Failure> {
        match self.code_in(context, name, given).await? {
            Ok(code) => self.requests.open(context, name, &code).await,
            Err(denied) => Ok(Err(denied)),
        }
    }

    /// The code that somebody gives.
    async fn code_in(
        &self,
        context: &Context,
        name: &'static str,
        given: Option<&str>,
    ) -> Result<Decided<Code>, Failure> {
        let given = given.unwrap_or_default();
        if let Ok(code) = given.parse::<Code>() {
            return Ok(Ok(code));
        }
        let given = beginning(&countersign_domain::words::flat(given), 40);
        self.requests.refuse(context, name, Violation::UnknownCode { given }).await
    }

    /// How a request stands after something was done with it; or why that was not done, with the present card beneath.
    pub(crate) async fn answer(
        &self,
        context: &Context,
        code: Option<&Code>,
        decided: Decided<Touched>,
    ) -> Result<Vec<Card>, Failure> {
        match decided {
            Ok(touched) => Ok(vec![Box::pin(self.answer_when_settled(context, &touched)).await?.1]),
            Err(denied) => self.declined(context, code, &denied).await,
        }
    }

    async fn answer_when_settled(
        &self,
        context: &Context,
        touched: &Touched,
    ) -> Result<(AnyRequest, Card), Failure> {
        let request = Box::pin(self.settled(&context.tenant, touched)).await?;
        let (tenant, viewer) = (&context.tenant, &context.person);
        let card = Box::pin(self.drawn(tenant, viewer, &touched.code, &request)).await?;
        Ok((request, card))
    }

    /// The same of something that was just proposed: it says no where the checks did before the answer was out.
    pub(crate) async fn answer_to_proposal(
        &self,
        context: &Context,
        decided: Decided<Touched>,
    ) -> Result<Vec<Card>, Failure> {
        let touched = match decided {
            Ok(touched) => touched,
            Err(denied) => return self.declined(context, None, &denied).await,
        };
        let (request, mut card) = self.answer_when_settled(context, &touched).await?;
        card.refused |= request.denial().is_some_and(|denial| denial.by.is_none());
        Ok(vec![card])
    }

    /// A "no", and beneath it how the request stands now: a button that is out of date draws itself anew.
    async fn declined(
        &self,
        context: &Context,
        code: Option<&Code>,
        denied: &Denied,
    ) -> Result<Vec<Card>, Failure> {
        let Some(code) = code else { return Ok(vec![cards::denied(denied, None)]) };
        let Some(request) = self.requests.any(&context.tenant, code).await? else {
            return Ok(vec![cards::denied(denied, None)]);
        };
        let present = self.drawn(&context.tenant, &context.person, code, &request).await?;
        Ok(vec![cards::denied(denied, Some((code, &request))), present])
    }

    /// A card that holds nothing but examples and what is always said, with the tenant's own names in them.
    pub(crate) async fn by_example(&self, context: &Context, card: Card) -> Result<Vec<Card>, Failure> {
        let people = self.directory.present(&context.tenant).await?.state;
        let names = Names::of(&self.world, &context.tenant, &people, &context.person).await;
        Ok(vec![names.on_card(card)])
    }

    /// Refuses a command, keeps that as an event, and says it.
    pub(crate) async fn refuse(
        &self,
        context: &Context,
        name: &'static str,
        violation: Violation,
    ) -> Result<Vec<Card>, Failure> {
        let refused: Decided<()> = self.requests.refuse(context, name, violation).await?;
        Ok(refused.err().map(|denied| cards::denied(&denied, None)).into_iter().collect())
    }

    /// Has the forge compared with the log, and answers with what that came to, or that it takes a while.
    pub(crate) async fn compare(&self, context: &Context, why: WhyCompared) -> Result<Card, Failure> {
        let comparer = Comparer::new(self.world.clone(), self.engine.clone());
        let compared = comparer.begin(&context.tenant, why);
        let report = match tokio::time::timeout(self.patience.max(SOON), compared).await {
            Ok(report) => report??,
            Err(_) => None,
        };
        let offers = self.repairs().differences(&context.tenant).await?;
        let now = self.now();
        Ok(report.map_or_else(cards::comparing, |report| cards::comparison(&report, &offers, now)))
    }
}
