//! How documents are searched for what somebody asked, and how the model is asked: both end in an outcome, whatever they meet.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

use countersign_domain::audience::Audience;
use countersign_domain::canonical;
use countersign_domain::conversation::{
    Conversation, Effect, Found, Held, MOST_CALLS, Outcome, Plan, Screening, Source, Spoken, Turn,
};
use countersign_domain::envelope::Digest;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{
    CallError, Crossing, Ended, Hit, Message, Model, ModelFault, ModelFaultKind, ModelName, Passage, Search,
    Step, StepDone, Tool, ToolCall,
};
use countersign_domain::tenant::{People, Person};
use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::asking::Asker;
use super::edits::Growing;
use super::screen::Screen;
use super::serving::serving;
use super::stop::TurnOver;
use super::{material, stage, tools};
use crate::agents::of_turn;
use crate::capabilities;
use crate::commands::Has;
use crate::engine::Failure;
use crate::help::Help;
use crate::perform::{Before, Beside, Hands, Planning, Step as Planned, broken, misplanned};
use crate::world::Vendors;

pub(crate) use crate::perform::nothing_to_see as look_at;

/// Nothing is searched, and nobody asked, for a turn that is over.
pub(crate) async fn plan(
    hands: Hands<'_>,
    _: &Vendors,
    (tenant, _): &(Tenant, Uuid),
    effect: &Effect,
    _: Before,
) -> Planning<Effect> {
    let (conversation, turn) = effect.turn();
    let state = asker(hands).state(tenant, conversation).await?;
    if state.turn(turn).is_none_or(|turn| turn.stage.is_over()) {
        return Ok(Ok(Planned::Done(Outcome::TurnOver {})));
    }
    let plan = match effect {
        Effect::SearchDocuments { .. } => Plan::LookIntoIndex {},
        Effect::AskModel { .. } => Plan::SpeakToModel {},
    };
    Ok(Ok(Planned::Planned(plan, ())))
}

/// Searches, or asks. What fails is told to who waits for it, and tried again by them.
pub(crate) async fn apply(
    hands: Hands<'_>,
    vendors: &Vendors,
    (tenant, _): &(Tenant, Uuid),
    effect: &Effect,
    (plan, _): (&Plan, Beside),
) -> Result<Outcome, CallError> {
    let Some(help) = vendors.help.as_deref() else {
        return Ok(Outcome::NotSearched { detail: "the configuration sets up no agent any more".to_owned() });
    };
    let (conversation, turn) = effect.turn();
    let read = async {
        let state = asker(hands).state(tenant, conversation).await?;
        let people = hands.directory.anew(tenant).await?.state;
        Ok::<_, Failure>((state, people))
    };
    let (state, people) = read.await.map_err(|failure| broken(effect, failure.to_string()))?;
    let Some(asked) = state.turn(turn) else { return Ok(Outcome::TurnOver {}) };
    let agent = asked.asked.agent.as_ref().or(state.agent.as_ref());
    let help = match of_turn(hands.engine, tenant, help, agent).await {
        Ok(Ok(help)) => help,
        Ok(Err(detail)) => return Ok(Outcome::NotSearched { detail }),
        Err(failure) => return Err(broken(effect, failure.to_string())),
    };
    let work = Work { hands, help: &help, tenant, people: &people, conversation, state: &state, turn: asked };
    let done = match (effect, plan) {
        (Effect::SearchDocuments { .. }, Plan::LookIntoIndex {}) => Box::pin(work.search()).await,
        (Effect::AskModel { .. }, Plan::SpeakToModel {}) => Box::pin(work.ask()).await,
        (effect, _) => return Err(misplanned(effect)),
    };
    done.map_err(|failure| broken(effect, failure.to_string()))
}

fn asker(hands: Hands<'_>) -> Asker<'_> {
    Asker { world: hands.world, engine: hands.engine }
}

/// What a turn is worked on with.
struct Work<'a> {
    hands: Hands<'a>,
    help: &'a Help,
    tenant: &'a Tenant,
    people: &'a People,
    conversation: Uuid,
    state: &'a Conversation,
    turn: &'a Turn,
}

impl Work<'_> {
    /// Looks at what was asked, and finds what may be read where the answer is read.
    async fn search(&self) -> Result<Outcome, Failure> {
        let (settings, audience) = (&self.help.settings, &self.turn.asked.audience);
        let screened = self.screened(Crossing::Asked, &self.turn.asked.text, &[]).await;
        if screened.as_ref().is_some_and(|screened| screened.refused) {
            let found = Found { screened, generation: None, passages: vec![], elsewhere: false };
            return Ok(Outcome::DocumentsSearched(Box::new(found)));
        }
        let masked = screened.as_ref().and_then(|screened| screened.masked.clone());
        let words = masked.unwrap_or_else(|| self.turn.asked.text.clone());
        let found = match self.found(&words, audience).await? {
            Ok(found) => found,
            Err(error) => return Ok(Outcome::NotSearched { detail: error.to_string() }),
        };
        let best_here = best(&found.hits);
        let passages = self.trusted(found.hits, settings.passages).await;
        let alone = Audience::Person { id: self.turn.asked.by.clone() };
        // What fits better where they are alone may be the answer, whatever was found here.
        let elsewhere = !audience.is_private()
            && self.found(&words, &alone).await?.is_ok_and(|found| {
                !found.hits.is_empty() && (passages.is_empty() || best(&found.hits) > best_here)
            });
        let generation = Some(found.generation);
        let passages = passages.into_iter().map(|(source, _)| source).collect();
        Ok(Outcome::DocumentsSearched(Box::new(Found { screened, generation, passages, elsewhere })))
    }

    /// What fits well enough, of what this audience may read.
    async fn found(&self, words: &str, audience: &Audience) -> Result<Result<Fitting, CallError>, Failure> {
        let Self { hands, help, tenant, people, .. } = self;
        let readable = material::readable(hands.world, help, tenant, (people, audience)).await?;
        let among: BTreeSet<_> = readable.keys().cloned().collect();
        let search = Search { words, most: help.settings.passages, among: &among };
        Ok(help.index.search(search).await.map(|found| {
            let fits =
                |hit: &Hit| hit.score >= help.settings.threshold && among.contains(&hit.passage.edition);
            let title = |hit: Hit| {
                let title =
                    readable.get(&hit.passage.edition).map(|row| row.title.clone()).unwrap_or_default();
                (title, hit)
            };
            let hits = found.hits.into_iter().filter(fits).map(title).collect();
            Fitting { generation: found.generation, hits }
        }))
    }

    /// The passages that may go to a model: what would give it orders does not.
    async fn trusted(&self, hits: Vec<(String, Hit)>, most: usize) -> Vec<(Source, Passage)> {
        let mut trusted = Vec::new();
        for (title, Hit { passage, score }) in hits.into_iter().take(most) {
            let screened = self.screened(Crossing::Untrusted, &passage.text, &[]).await;
            if screened.is_some_and(|screened| screened.refused) {
                tracing::warn!(tenant = %self.tenant, edition = %passage.edition, "a passage is kept from the model");
                continue;
            }
            let Passage { edition, at, sha, .. } = passage.clone();
            trusted.push((Source { edition, title, at, sha, score: of_a_thousand(score) }, passage));
        }
        trusted
    }

    /// Gives the model what was found, and takes what it says.
    async fn ask(&self) -> Result<Outcome, Failure> {
        let Self { hands, help, tenant, people, turn, .. } = self;
        let audience = &turn.asked.audience;
        let held = material::held(hands.world, help, tenant, (people, audience), &turn.passages).await?;
        let held = match held {
            Ok(held) => held,
            Err(error) => return Ok(Outcome::NotSearched { detail: error.to_string() }),
        };
        let model = serving(*hands, tenant, help, turn.id).await?;
        let who = people.people.get(&turn.asked.by);
        let step = self.step(material::passages(&held), who.filter(|_| model.calls_tools()));
        let prompt = prompt(&step);
        let over = TurnOver {
            asker: asker(*hands),
            tenant,
            conversation: self.conversation,
            turn: turn.id,
            heard: AtomicBool::new(false),
        };
        let clock = &hands.world.clock;
        let until = clock.now().checked_add(LONGEST_STEP).unwrap_or(Timestamp::MAX);
        let said = tokio::select! {
            said = self.heard(&*model, &step, (&over, &held[..])) => said,
            () = clock.sleep_until(until) => Err(never()),
        };
        Ok(match said {
            // What was said until somebody stopped it is in the event that says so.
            Ok(StepDone { why: Ended::Stopped, .. }) => Outcome::TurnOver {},
            Ok(done) => {
                let sources: Vec<_> = step.passages.iter().map(|passage| &*passage.text).collect();
                let by = (model.name(), model.calls_tools(), &sources[..]);
                Outcome::ModelSpoke(Box::new(self.spoken(done, prompt, by).await))
            }
            Err(ModelFault { kind, detail, .. }) => Outcome::ModelSilent { fault: kind, detail },
        })
    }

    /// Lets the model speak, and lets be seen what it says.
    async fn heard(
        &self,
        model: &dyn Model,
        step: &Step,
        (over, held): (&TurnOver<'_>, &[Held]),
    ) -> Result<StepDone, ModelFault> {
        let world = self.hands.world;
        let Some(stage) = world.stages.open(self.tenant, self.turn.id) else {
            return model.step(step, &mut (), over).await;
        };
        let (mut voice, said) = stage::voice();
        let ended = CancellationToken::new();
        let speaks = async {
            let done = tokio::select! {
                done = model.step(step, &mut voice, over) => done,
                never = stage.present(said, self.screen(), held) => match never {},
            };
            ended.cancel();
            done
        };
        let grows = async {
            if let Some(growing) = Growing::of(world, self.tenant, self.turn, self.state.place.as_ref()) {
                growing.grow(stage.watch(), &ended).await;
            }
        };
        tokio::join!(speaks, grows).0
    }

    /// `proposes_to`: to whom the model may propose something.
    fn step(&self, passages: Vec<Passage>, proposes_to: Option<&Person>) -> Step {
        let settings = &self.help.settings;
        let mut messages: Vec<_> = self.state.told_before(self.turn).flat_map(said_before).collect();
        messages.push(Message::Person { text: self.turn.text().to_owned() });
        let agent = self.turn.asked.agent.as_ref().or(self.state.agent.as_ref());
        let of = (self.tenant.as_str(), self.conversation, agent);
        Step {
            instruction: settings.instruction.clone(),
            messages,
            tools: proposes_to.map(|asker| self.tools(asker)).unwrap_or_default(),
            passages,
            language: self.turn.asked.language.clone(),
            most_tokens: settings.most_tokens,
            session: canonical::digest(&of).unwrap_or_else(|| Digest::of(self.conversation.as_bytes())),
        }
    }

    /// What the model may propose to this person, of what its agent may.
    fn tools(&self, asker: &Person) -> Vec<Tool> {
        let timeline = self.hands.world.customs(self.tenant).integrations.is_some();
        let mut tools = tools::tools(asker, Has { desk: true, timeline }, &self.help.catalogue);
        tools.retain(|tool| self.help.settings.may_offer(&tool.name));
        tools
    }

    /// What the model said, as it may go to the person, and what it wants done, as it may be offered.
    async fn spoken(
        &self,
        done: StepDone,
        prompt: Digest,
        (model, offers, sources): (ModelName, bool, &[&str]),
    ) -> Spoken {
        let StepDone { text, mut calls, claims, why, usage, response, notes, by } = done;
        // What can call nothing itself has offered for it what the asker's own words describe.
        if calls.is_empty() && !offers {
            calls = capabilities::fitting_calls(&self.help.catalogue, self.turn.text());
        }
        let model = by.unwrap_or(model);
        let micros = self.help.settings.prices.get(&model.model).map_or(0, |price| price.of(usage));
        let screened =
            if text.is_empty() { None } else { self.screened(Crossing::Answered, &text, sources).await };
        let mut kept = Vec::with_capacity(calls.len());
        // More are not looked at anyway, so they need not stand in the log either.
        for call in calls.into_iter().take(MOST_CALLS) {
            if self.help.settings.may_offer(&call.tool) && !self.is_withheld(&call).await {
                kept.push(call);
            }
        }
        let (text, claims) = match screened.as_ref().map(|screened| (screened.refused, &screened.masked)) {
            Some((true, _)) => (String::new(), vec![]),
            // Where it is another text, nobody knows what the places in it are.
            Some((false, Some(masked))) => (masked.clone(), vec![]),
            _ => (text, claims),
        };
        Spoken { model, text, claims, calls: kept, prompt, why, usage, micros, response, notes, screened }
    }

    async fn is_withheld(&self, call: &ToolCall) -> bool {
        let arguments = call.arguments.to_string();
        self.screened(Crossing::Called, &arguments, &[]).await.is_some_and(|screened| screened.refused)
    }

    /// How a text is looked at where it goes over; nothing where nobody looks, or nothing was found.
    async fn screened(&self, at: Crossing, text: &str, sources: &[&str]) -> Option<Screening> {
        self.screen().look(at, text, sources).await
    }

    fn screen(&self) -> Screen<'_> {
        Screen { tenant: self.tenant, guardrail: self.help.guardrail.as_deref() }
    }
}

/// So long a step is waited for in all: what watches over the first word and between words does not see one who talks for ever.
const LONGEST_STEP: SignedDuration = SignedDuration::from_mins(5);

fn never() -> ModelFault {
    let detail = format!("it was not done within {} minutes", LONGEST_STEP.as_mins());
    ModelFault { vendor: "the model", detail, kind: ModelFaultKind::SilentBetween }
}

/// What fits well enough, with the titles of its documents.
struct Fitting {
    generation: countersign_domain::ports::Generation,
    hits: Vec<(String, Hit)>,
}

/// How well the best of them fits.
fn best(hits: &[(String, Hit)]) -> f32 {
    hits.iter().map(|(_, hit)| hit.score).fold(0.0, f32::max)
}

/// An earlier turn, as a model is told of it.
fn said_before(turn: &Turn) -> impl Iterator<Item = Message> {
    let answer = turn.answer.iter().map(|answer| Message::Agent { text: answer.text.clone(), calls: vec![] });
    std::iter::once(Message::Person { text: turn.text().to_owned() }).chain(answer)
}

fn of_a_thousand(score: f32) -> u16 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 0 and 1000")]
    let score = (score.clamp(0.0, 1.0) * 1000.0) as u16;
    score
}

/// Of all that a model is given.
fn prompt(step: &Step) -> Digest {
    let tools: Vec<_> =
        step.tools.iter().map(|tool| (&tool.name, &tool.description, &tool.arguments)).collect();
    let given = (&step.instruction, &step.messages, tools, &step.passages, &step.language, step.most_tokens);
    canonical::digest(&given).unwrap_or_else(|| Digest::of(step.instruction.as_bytes()))
}
