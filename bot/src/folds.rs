//! Folds are kept at a revision: whoever asks again for a stream costs what came to it since, and not its whole past. How many
//! are kept is bounded; those asked for last stay. The log is the truth and never changes, so nothing here can be wrong, only
//! older, and what is newer is read every time; only whoever answers one sentence asks once for what it takes.

use std::any::{Any, TypeId};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use countersign_domain::aggregate::{self, Aggregate};
use countersign_domain::envelope::Envelope;
use countersign_domain::names::StreamName;
use countersign_domain::ports::EventStore;
use uuid::Uuid;

use crate::engine::Failure;

/// So many events are read at once.
const PAGE: usize = 512;
/// So many folds are kept at least, and at most twice as many.
const KEPT: usize = 2048;

/// What a stream came to, up to a revision.
pub struct Fold<A> {
    /// The state.
    pub state: Arc<A>,
    /// The last revision; `None` where nothing was written yet.
    pub rev: Option<u64>,
    /// The first cause of its first event.
    pub correlation: Option<Uuid>,
    /// Where the events of each command begin.
    commands: rpds::HashTrieMapSync<Uuid, u64>,
}

impl<A> Clone for Fold<A> {
    fn clone(&self) -> Self {
        let (state, commands) = (Arc::clone(&self.state), self.commands.clone());
        Self { state, rev: self.rev, correlation: self.correlation, commands }
    }
}

impl<A: Default> Default for Fold<A> {
    fn default() -> Self {
        Self {
            state: Arc::default(),
            rev: None,
            correlation: None,
            commands: rpds::HashTrieMapSync::new_sync(),
        }
    }
}

impl<A: Aggregate> Fold<A> {
    /// What these first events of a stream come to.
    pub fn of(events: &[Envelope]) -> Result<Self, Failure> {
        let mut fold = Self::default();
        events.iter().try_for_each(|event| fold.take(event))?;
        Ok(fold)
    }

    /// Whether a command was carried out by then.
    pub fn knows(&self, command: Uuid) -> bool {
        self.commands.contains_key(&command)
    }

    /// The revision to be read next.
    fn next(&self) -> u64 {
        self.rev.map_or(0, |rev| rev + 1)
    }

    /// Takes the next event of the stream.
    pub fn take(&mut self, envelope: &Envelope) -> Result<(), Failure> {
        Arc::make_mut(&mut self.state).evolve(&aggregate::decode(envelope)?, envelope.at);
        self.rev = Some(envelope.rev);
        self.correlation.get_or_insert(envelope.correlation);
        if !self.commands.contains_key(&envelope.command) {
            self.commands.insert_mut(envelope.command, envelope.rev);
        }
        Ok(())
    }
}

/// The folds there are. A copy keeps the same ones.
#[derive(Clone)]
pub struct Folds {
    store: Arc<dyn EventStore>,
    kept: Arc<Mutex<Kept>>,
}

impl Folds {
    /// None yet, over this log.
    pub fn new(store: Arc<dyn EventStore>) -> Self {
        Self { store, kept: Arc::default() }
    }

    /// A stream as it is now.
    pub async fn now<A: Aggregate>(&self, stream: &StreamName) -> Result<Fold<A>, Failure> {
        let mut fold = self.kept_or_begun::<A>(stream);
        let known = fold.rev;
        self.read_on(stream, &mut fold, u64::MAX).await?;
        // Mostly nothing has come since, above all of people and rules, which everything asks for.
        if fold.rev != known {
            self.keep(stream, &fold);
        }
        Ok(fold)
    }

    /// The same for whoever answers a sentence: as it was when this was asked first for it, unless the sentence has written to it.
    pub async fn at_hand<A: Aggregate>(&self, stream: &StreamName) -> Result<Fold<A>, Failure> {
        let key = (TypeId::of::<A>(), stream.clone());
        let known = AT_HAND.try_with(|hand| hand.read.borrow().get(&key).cloned()).ok().flatten();
        if let Some(fold) = known.and_then(|fold| fold.downcast::<Fold<A>>().ok()) {
            return Ok(Fold::clone(&fold));
        }
        let fold = self.now::<A>(stream).await?;
        // Where nobody answers a sentence, nothing is kept.
        AT_HAND.try_with(|hand| hand.read.borrow_mut().insert(key, Arc::new(fold.clone()))).ok();
        Ok(fold)
    }

    /// The state of an event's stream as of this very event. Whoever goes through a stream in order reads nothing of it twice.
    pub async fn as_of<A: Aggregate>(&self, envelope: &Envelope) -> Result<Arc<A>, Failure> {
        let stream = &envelope.stream;
        let mut fold = self.kept_or_begun::<A>(stream);
        if fold.rev > Some(envelope.rev) {
            fold = Fold::default();
        }
        if let Some(before) = envelope.rev.checked_sub(1) {
            self.read_on(stream, &mut fold, before).await?;
        }
        if fold.next() == envelope.rev {
            fold.take(envelope)?;
        }
        self.keep(stream, &fold);
        Ok(fold.state)
    }

    /// The events of a command that a stream's fold knows of; none where it was never carried out.
    pub async fn events_of<A: Aggregate>(
        &self,
        stream: &StreamName,
        fold: &Fold<A>,
        command: Uuid,
    ) -> Result<Vec<Envelope>, Failure> {
        let Some(begins) = fold.commands.get(&command) else { return Ok(vec![]) };
        let mut events = self.store.read_stream(stream, *begins, PAGE).await?;
        events.truncate(events.iter().take_while(|event| event.command == command).count());
        Ok(events)
    }

    fn kept_or_begun<A: Aggregate>(&self, stream: &StreamName) -> Fold<A> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).find::<A>(stream);
        kept.map(|kept| Fold::clone(&kept)).unwrap_or_default()
    }

    /// Reads what a fold lacks, up to this revision.
    async fn read_on<A: Aggregate>(
        &self,
        stream: &StreamName,
        fold: &mut Fold<A>,
        to: u64,
    ) -> Result<(), Failure> {
        while fold.next() <= to {
            let lacking = usize::try_from((to - fold.next()).saturating_add(1)).unwrap_or(PAGE).min(PAGE);
            let page = self.store.read_stream(stream, fold.next(), lacking).await?;
            page.iter().try_for_each(|envelope| fold.take(envelope))?;
            if page.len() < PAGE {
                break;
            }
        }
        Ok(())
    }

    fn keep<A: Aggregate>(&self, stream: &StreamName, fold: &Fold<A>) {
        // What is not there takes nobody's place.
        if fold.rev.is_some() {
            self.kept.lock().unwrap_or_else(PoisonError::into_inner).keep(stream, fold);
        }
    }
}

tokio::task_local! {
    /// What the sentence has that is answered here.
    static AT_HAND: AtHand;
}

#[derive(Default)]
struct AtHand {
    /// What was read for it.
    read: RefCell<HashMap<Key, Arc<dyn Any + Send + Sync>>>,
    /// Whether a vendor was turned to for it: by the time that one has answered, what was read before may be old.
    has_waited: Cell<bool>,
}

/// Answers one sentence: what it takes of the tenant and of what was asked back is read once for it.
pub async fn one_sentence<F: Future>(answer: F) -> F::Output {
    if AT_HAND.try_with(|_| ()).is_ok() {
        return answer.await;
    }
    AT_HAND.scope(AtHand::default(), answer).await
}

/// A stream was written to, or may have been: what a sentence has read of it is of before.
pub(crate) fn written(stream: &StreamName) {
    AT_HAND.try_with(|hand| hand.read.borrow_mut().retain(|(_, of), _| of != stream)).ok();
}

/// Whoever answers a sentence turns to a vendor, which takes seconds now and then.
pub(crate) fn turned_to_a_vendor() {
    AT_HAND.try_with(|hand| hand.has_waited.set(true)).ok();
}

/// Whether what a sentence has read may be old, because a vendor was waited for.
pub(crate) fn may_be_old() -> bool {
    AT_HAND.try_with(|hand| hand.has_waited.get()).unwrap_or_default()
}

type Key = (TypeId, StreamName);

/// Those asked for lately, and those asked for before them: when there are too many of the former, the latter are forgotten.
#[derive(Default)]
struct Kept {
    lately: HashMap<Key, Arc<dyn Any + Send + Sync>>,
    before: HashMap<Key, Arc<dyn Any + Send + Sync>>,
}

impl Kept {
    fn find<A: Aggregate>(&mut self, stream: &StreamName) -> Option<Arc<Fold<A>>> {
        let key = (TypeId::of::<A>(), stream.clone());
        if let Some(fold) = self.lately.get(&key) {
            return Arc::clone(fold).downcast().ok();
        }
        let fold = self.before.remove(&key)?;
        self.put(key, Arc::clone(&fold));
        fold.downcast().ok()
    }

    /// Keeps a fold, where none is kept that goes further.
    fn keep<A: Aggregate>(&mut self, stream: &StreamName, fold: &Fold<A>) {
        if self.find::<A>(stream).is_none_or(|kept| kept.rev < fold.rev) {
            self.put((TypeId::of::<A>(), stream.clone()), Arc::new(fold.clone()));
        }
    }

    fn put(&mut self, key: Key, fold: Arc<dyn Any + Send + Sync>) {
        if self.lately.len() >= KEPT {
            self.before = std::mem::take(&mut self.lately);
        }
        self.lately.insert(key, fold);
    }
}

#[cfg(test)]
mod tests;
