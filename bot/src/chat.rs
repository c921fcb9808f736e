//! What every surface calls: a sentence of a person in, cards out.

mod people;
mod reading;
mod settle;

pub use reading::Home;

use std::time::Duration;

use countersign_domain::access::{Access, Code, Form, Status, WhyCompared};
use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::denied::{Denied, Violation};
use countersign_domain::effect::{EffectCommand, Effects};
use countersign_domain::envelope::Digest;
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::tenant::Person;
use uuid::Uuid;

use crate::cards::{self, Shown, could_decide, may_see};
use crate::commands;
use crate::context::Context;
use crate::directory::Directory;
use crate::engine::{Decided, Engine, Failure};
use crate::grammar::{Said, Sentence};
use crate::oversight::Comparer;
use crate::requests::{Requests, Touched};
use crate::words;
use crate::world::World;
use countersign_domain::card::Card;

/// How long an answer waits for what is being checked or set, in real time: most of it is done by then.
const PATIENCE: Duration = Duration::from_millis(2500);
/// How much can be said at once, in characters: as much as any chat takes. What is longer is not read at all.
pub(crate) const LONGEST: usize = 4_000;
/// How long an answer waits at least for a comparison.
const SOON: Duration = Duration::from_millis(500);
/// How much is repeated of what was not understood, in characters.
const REPEATED: usize = 100;

/// The bot as people talk to it, whatever surface they do it on.
#[derive(Clone)]
pub struct Chat {
    world: World,
    engine: Engine,
    directory: Directory,
    requests: Requests,
    patience: Duration,
}

/// A request that the person who named it may see.
pub(crate) struct Seen {
    pub(crate) code: Code,
    pub(crate) access: Access,
}

impl Chat {
    /// The chat of this world.
    pub fn new(world: World, engine: Engine, directory: Directory, requests: Requests) -> Self {
        Self { world, engine, directory, requests, patience: PATIENCE }
    }

    /// The same chat, with answers that wait at most so long for what is being checked or set.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Does what the text says, and answers with cards, at least one.
    pub async fn say(&self, context: &Context, text: &str) -> Result<Vec<Card>, Failure> {
        if text.chars().nth(LONGEST).is_some() {
            return Ok(vec![cards::too_long(LONGEST)]);
        }
        let sentence = Sentence::new(text);
        if sentence.is_empty() {
            return Ok(vec![cards::help_all(&commands::COMMANDS)]);
        }
        let Some((spec, said)) = commands::understand(&sentence) else {
            return self.not_understood(context, &sentence).await;
        };
        if said.missing().is_empty() || spec.takes_partial {
            return (spec.run)(self, context, &said).await;
        }
        let nearest = vec![spec.grammar.to_owned()];
        let violation = Violation::NotUnderstood { said: repeated(text), nearest };
        let _: Decided<()> = self.requests.refuse(context, spec.name, violation).await?;
        Ok(vec![cards::not_complete(spec, said.missing())])
    }

    /// Asks for access with a form, and answers with cards.
    pub async fn ask(&self, context: &Context, form: &Form) -> Result<Vec<Card>, Failure> {
        if let Some(held) = Box::pin(self.requests.held_already(context, form)).await? {
            let refused: Decided<()> = self.requests.refuse(context, "access", held).await?;
            return Ok(refused.err().map(|denied| cards::held_already(&denied)).into_iter().collect());
        }
        let decided = self.requests.ask(context, form).await?;
        let mut cards = self.answer(context, None, decided).await?;
        for card in &mut cards {
            // Asked for, and refused by the checks before the answer was out.
            card.refused |= card.status == Some(Status::Denied);
        }
        Ok(cards)
    }

    /// The card of a request as this viewer sees it now, with their own buttons; `None` where there is no such request
    /// or they may not see it.
    pub async fn request_card(
        &self,
        tenant: &Tenant,
        viewer: &Person,
        code: &Code,
    ) -> Result<Option<Card>, Failure> {
        let access = self.requests.state(tenant, code).await?;
        if !self.sees(tenant, viewer, &access).await? {
            return Ok(None);
        }
        self.drawn(tenant, viewer, code, &access).await.map(Some)
    }

    /// The card of a request as everybody sees it where many do; `None` where there is no such request.
    pub async fn shared_card(&self, tenant: &Tenant, code: &Code) -> Result<Option<Card>, Failure> {
        let access = self.requests.state(tenant, code).await?;
        if access.asked.is_none() {
            return Ok(None);
        }
        let people = &self.directory.present(tenant).await?.state;
        let now = self.world.clock.now();
        Ok(Some(cards::request(Shown { code, access: &access, viewer: None, people, now })))
    }

    /// Whether there is such a request, and this person may see it: also to decide on it in the place of somebody who is
    /// away.
    async fn sees(&self, tenant: &Tenant, viewer: &Person, access: &Access) -> Result<bool, Failure> {
        let people = self.directory.present(tenant).await?.state;
        let could = || could_decide(access, &people, viewer, self.now());
        Ok(access.asked.is_some() && (may_see(access, viewer) || could()))
    }

    /// What time it is.
    pub(crate) fn now(&self) -> jiff::Timestamp {
        self.world.clock.now()
    }

    pub(crate) fn requests(&self) -> &Requests {
        &self.requests
    }

    /// The card of a request for who speaks.
    pub(crate) async fn card(&self, context: &Context, seen: &Seen) -> Result<Card, Failure> {
        self.drawn(&context.tenant, &context.person, &seen.code, &seen.access).await
    }

    async fn drawn(
        &self,
        tenant: &Tenant,
        viewer: &Person,
        code: &Code,
        access: &Access,
    ) -> Result<Card, Failure> {
        let present = self.directory.present(tenant).await?;
        let now = self.world.clock.now();
        Ok(cards::request(Shown { code, access, viewer: Some(viewer), people: &present.state, now }))
    }

    /// The request that somebody names. One they may not see is as unknown as one that is not there.
    pub(crate) async fn seen(
        &self,
        context: &Context,
        name: &str,
        given: Option<&str>,
    ) -> Result<Decided<Seen>, Failure> {
        let given = given.unwrap_or_default();
        if let Ok(code) = given.parse::<Code>() {
            let access = self.requests.state(&context.tenant, &code).await?;
            if self.sees(&context.tenant, &context.person, &access).await? {
                return Ok(Ok(Seen { code, access }));
            }
        }
        let given = countersign_domain::words::flat(given).chars().take(40).collect();
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
            Ok(touched) => {
                let access = self.settled(&context.tenant, &touched).await?;
                Ok(vec![self.card(context, &Seen { code: touched.code, access }).await?])
            }
            Err(denied) => self.declined(context, code, &denied).await,
        }
    }

    /// A "no", and beneath it how the request stands now: a button that is out of date draws itself anew.
    async fn declined(
        &self,
        context: &Context,
        code: Option<&Code>,
        denied: &Denied,
    ) -> Result<Vec<Card>, Failure> {
        let Some(code) = code else { return Ok(vec![cards::denied(denied, None)]) };
        let access = self.requests.state(&context.tenant, code).await?;
        let present = self.drawn(&context.tenant, &context.person, code, &access).await?;
        Ok(vec![cards::denied(denied, Some((code, access.status))), present])
    }

    /// Refuses a command, keeps that as an event, and says it.
    pub(crate) async fn refuse(
        &self,
        context: &Context,
        name: &str,
        violation: Violation,
    ) -> Result<Vec<Card>, Failure> {
        let refused: Decided<()> = self.requests.refuse(context, name, violation).await?;
        Ok(refused.err().map(|denied| cards::denied(&denied, None)).into_iter().collect())
    }

    /// Never silence: the nearest commands.
    pub(crate) async fn not_understood(
        &self,
        context: &Context,
        sentence: &Sentence<'_>,
    ) -> Result<Vec<Card>, Failure> {
        let nearest = commands::nearest(sentence);
        let names = nearest.iter().map(|spec| spec.name.to_owned()).collect();
        let violation = Violation::NotUnderstood { said: repeated(sentence.text()), nearest: names };
        let refused: Decided<()> = self.requests.refuse(context, "say", violation).await?;
        Ok(refused.err().map(|denied| cards::not_understood(&denied, &nearest)).into_iter().collect())
    }

    /// Has the forge compared with the log, and answers with what that came to, or that it takes a while.
    pub(crate) async fn compare(&self, context: &Context, why: WhyCompared) -> Result<Card, Failure> {
        let comparer = Comparer::new(self.world.clone(), self.engine.clone());
        let compared = comparer.begin(&context.tenant, why);
        let report = match tokio::time::timeout(self.patience.max(SOON), compared).await {
            Ok(Ok(report)) => report?,
            Ok(Err(_)) | Err(_) => None,
        };
        Ok(report.map_or_else(cards::comparing, |report| cards::comparison(&report)))
    }

    /// Carries out an operator's command on the effect that was named.
    pub(crate) async fn operate(
        &self,
        context: &Context,
        name: &str,
        said: &Said,
        command: impl Fn() -> EffectCommand,
        done: impl FnOnce(&str) -> Card,
    ) -> Result<Vec<Card>, Failure> {
        let given = said.get("effect").unwrap_or_default();
        let id = given.parse::<Uuid>().unwrap_or_default().to_string();
        let cause = context.cause(name, self.world.clock.now());
        let stream = StreamName::new(&context.tenant, Effects::CATEGORY, &id)?;
        if self.world.store.read_stream(&stream, 0, 1).await?.is_empty() {
            let state = words::no_such_effect();
            return self.refuse(context, name, Violation::NotParked { state }).await;
        }
        let decided = self.engine.execute::<Effects>(&context.tenant, &id, &cause, name, command).await?;
        Ok(vec![match decided {
            Ok(_) => done(&id),
            Err(denied) => cards::denied(&denied, None),
        }])
    }
}

impl Seen {
    /// The receipt that was said: all of it, or its start where it is the present one's, from the eight digits that people
    /// see on. Any other text is a receipt of something that does not stand any more.
    pub(crate) fn receipt(&self, given: Option<&str>) -> Option<Digest> {
        let given = given?.to_lowercase();
        let present = self.access.receipt().filter(|present| {
            given.len() >= present.short().len() && present.to_string().starts_with(&given)
        });
        let whole = || Digest::try_from(given.clone()).ok();
        Some(present.or_else(whole).unwrap_or_else(|| Digest::of(given.as_bytes())))
    }
}

fn repeated(text: &str) -> String {
    countersign_domain::words::flat(&text.chars().take(4 * REPEATED).collect::<String>())
        .chars()
        .take(REPEATED)
        .collect()
}
