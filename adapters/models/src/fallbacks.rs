//! Models one behind the other: where one does not answer, the next is asked, and the answer says so.
//!
//! What somebody has begun to hear is not begun anew in another voice. A step that broke off in the middle fails, and the next time that
//! it is asked, whoever stands behind the one that broke off answers it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use countersign_domain::digest::Digest;
use countersign_domain::ports::{Model, ModelFault, ModelName, Piece, Pieces, Serving, Step, StepDone, Stop};

/// So many talks are remembered in which somebody broke off.
const MANY: usize = 1_000;

/// A model, and those that are asked where it does not answer.
#[derive(Clone)]
pub struct Fallbacks {
    first: Arc<dyn Model>,
    behind: Vec<Arc<dyn Model>>,
    /// From which model on a talk is gone on with, where an earlier one broke off.
    broken: Arc<Mutex<HashMap<Digest, usize>>>,
}

impl Fallbacks {
    /// `first` is asked, and those behind it in their order.
    pub fn new(first: Arc<dyn Model>, behind: Vec<Arc<dyn Model>>) -> Self {
        Self { first, behind, broken: Arc::default() }
    }

    fn all(&self) -> impl Iterator<Item = &Arc<dyn Model>> {
        std::iter::once(&self.first).chain(&self.behind)
    }

    /// From which model on this step is asked.
    fn first_asked(&self, session: &Digest) -> usize {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner).remove(session).unwrap_or_default()
    }

    /// The next time it is asked of the one behind, if there is one.
    fn broke_off(&self, session: Digest, nth: usize) {
        let mut broken = self.broken.lock().unwrap_or_else(PoisonError::into_inner);
        if broken.len() >= MANY {
            broken.clear();
        }
        if nth < self.behind.len() {
            broken.insert(session, nth + 1);
        }
    }
}

#[async_trait]
impl Model for Fallbacks {
    fn name(&self) -> ModelName {
        let names: Vec<_> = self.all().map(|model| model.name()).collect();
        let settings = serde_json::to_string(&names).unwrap_or_default();
        ModelName { settings: Digest::of(settings.as_bytes()), ..self.first.name() }
    }

    fn calls_tools(&self) -> bool {
        self.all().any(|model| model.calls_tools())
    }

    /// Each as it is set now, where any of them can be set otherwise.
    async fn serving(&self) -> Option<Serving> {
        let (mut served, mut refused, mut changes) = (Vec::new(), Vec::new(), false);
        for model in self.all() {
            match model.serving().await {
                Some(serving) => {
                    changes = true;
                    refused.extend(serving.refused);
                    served.push(serving.model);
                }
                None => served.push(Arc::clone(model)),
            }
        }
        let behind = served.split_off(1);
        let model = Self { first: served.pop()?, behind, broken: Arc::clone(&self.broken) };
        changes.then(|| Serving { model: Arc::new(model), refused })
    }

    async fn step(
        &self,
        step: &Step,
        pieces: &mut dyn Pieces,
        stop: &dyn Stop,
    ) -> Result<StepDone, ModelFault> {
        let mut faults = Vec::new();
        for (nth, model) in self.all().enumerate().skip(self.first_asked(&step.session)) {
            let mut heard = Heard { pieces: &mut *pieces, anything: false };
            let said = model.step(&given(step, &**model), &mut heard, stop).await;
            match said {
                Ok(done) if nth == 0 => return Ok(done),
                Ok(done) => return Ok(instead(done, model.name())),
                Err(fault) if heard.anything => {
                    tracing::warn!("a model broke off, and the next one is asked next time: {fault}");
                    self.broke_off(step.session, nth);
                    return Err(fault);
                }
                Err(fault) => {
                    tracing::warn!("a model does not answer, so the next one is asked: {fault}");
                    faults.push(fault);
                }
            }
        }
        Err(worth_another_try(faults))
    }
}

/// What somebody else answered, and that it was somebody else.
fn instead(mut done: StepDone, name: ModelName) -> StepDone {
    let model = &name.model;
    done.notes.push(format!(
        "The model that usually answers did not just now, so this is by another one ({model})."
    ));
    done.by.get_or_insert(name);
    done
}

/// The step as this model may have it: what cannot call tools is given none.
fn given(step: &Step, model: &dyn Model) -> Step {
    let step = step.clone();
    if model.calls_tools() { step } else { Step { tools: Vec::new(), ..step } }
}

/// Of all that went wrong, what may go well a little later, if anything of it.
fn worth_another_try(mut faults: Vec<ModelFault>) -> ModelFault {
    let passing = faults.iter().position(|fault| fault.kind.is_passing()).unwrap_or_default();
    faults.swap_remove(passing)
}

/// Knows whether anything was heard of an answer.
struct Heard<'p> {
    pieces: &'p mut dyn Pieces,
    anything: bool,
}

impl Pieces for Heard<'_> {
    fn take(&mut self, piece: Piece) {
        self.anything = true;
        self.pieces.take(piece);
    }
}
