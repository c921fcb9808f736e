//! What a model says while it says it, for whoever watches: whole sentences, after somebody has looked at them. It is never truth: who
//! comes late, or to another bot, has the answer from the log; and a stage ends with what speaks on it, however that ends.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_domain::conversation::{Held, Screening, so_far, whole_sentences};
use countersign_domain::names::Tenant;
use countersign_domain::ports::{Crossing, Piece, Pieces};
use tokio::sync::watch;
use uuid::Uuid;

use super::edits::Edits;
use super::screen::Screen;

/// So many stages there are at once; whatever is said beside them comes whole.
const MOST: usize = 1_024;
/// So much of an answer is kept to be looked at, in bytes, and as much to be seen: the rest comes whole.
const MOST_BYTES: usize = 32 * 1_024;
/// What has no end by then is no sentence, in bytes: it comes whole.
const LONGEST: usize = 4 * 1_024;

/// The turns in which somebody speaks now, of those that this bot lets models answer.
#[derive(Default)]
pub struct Stages {
    open: Mutex<HashMap<(Tenant, Uuid), watch::Receiver<Seen>>>,
    opened: watch::Sender<()>,
    /// What is shown of them in chats.
    pub(crate) edits: Edits,
}

/// What can be seen of an answer that is being given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Which take it is: what is said otherwise than before is another one.
    pub(crate) take: Uuid,
    /// What was said so far in it.
    pub(crate) text: String,
}

impl Stages {
    /// A stage for this turn; none where there are too many.
    pub(super) fn open(self: &Arc<Self>, tenant: &Tenant, turn: Uuid) -> Option<Stage> {
        let key = (tenant.clone(), turn);
        let (seen, watched) = watch::channel(Seen { take: Uuid::new_v4(), text: String::new() });
        {
            let mut open = self.open_now();
            if open.len() >= MOST || open.contains_key(&key) {
                return None;
            }
            open.insert(key.clone(), watched);
        }
        self.opened.send_replace(());
        Some(Stage { stages: Arc::clone(self), key, seen })
    }

    /// What can be seen of a turn, and every change of it; nothing where nobody speaks in it here.
    pub(crate) fn of(&self, tenant: &Tenant, turn: Uuid) -> Option<watch::Receiver<Seen>> {
        self.open_now().get(&(tenant.clone(), turn)).cloned()
    }

    /// Changes whenever somebody begins to speak.
    pub(crate) fn opened(&self) -> watch::Receiver<()> {
        self.opened.subscribe()
    }

    fn open_now(&self) -> MutexGuard<'_, HashMap<(Tenant, Uuid), watch::Receiver<Seen>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where one answer is given. Whoever watches hears of its end.
pub(super) struct Stage {
    stages: Arc<Stages>,
    key: (Tenant, Uuid),
    seen: watch::Sender<Seen>,
}

impl Stage {
    /// What can be seen, and every change of it.
    pub(super) fn watch(&self) -> watch::Receiver<Seen> {
        self.seen.subscribe()
    }

    /// Lets this be seen in the place of what was.
    fn show(&self, text: String) {
        self.seen.send_if_modified(|seen| {
            if !text.starts_with(&seen.text) {
                seen.take = Uuid::new_v4();
            }
            let changes = seen.text != text;
            seen.text = text;
            changes
        });
    }

    /// Lets be seen what is said, sentence by sentence, once somebody has looked at all of it so far. What is refused takes everything
    /// back, and nothing follows.
    pub(super) async fn present(
        &self,
        mut said: watch::Receiver<String>,
        screen: Screen<'_>,
        held: &[Held],
    ) -> Infallible {
        let sources: Vec<_> = held.iter().filter(|held| held.readable).map(|held| &*held.text).collect();
        let mut whole = 0;
        while said.changed().await.is_ok() {
            let text = {
                let said = said.borrow_and_update();
                let more = whole_sentences(&said[whole..]);
                if more == 0 && said.len() - whole > LONGEST {
                    break;
                }
                whole += more;
                (more > 0).then(|| said[..whole].to_owned())
            };
            let Some(text) = text else { continue };
            match screen.look(Crossing::Answered, &text, &sources).await {
                Some(Screening { refused: true, .. }) => {
                    self.show(String::new());
                    break;
                }
                Some(Screening { masked: Some(masked), .. }) => self.show(so_far(&masked, held)),
                _ => self.show(so_far(&text, held)),
            }
        }
        std::future::pending().await
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.stages.open_now().remove(&self.key);
    }
}

/// Takes what a model says, and waits for nobody.
pub(super) struct Voice {
    said: watch::Sender<String>,
    is_full: bool,
}

/// A voice, and what it has said so far.
pub(super) fn voice() -> (Voice, watch::Receiver<String>) {
    let (said, heard) = watch::channel(String::new());
    (Voice { said, is_full: false }, heard)
}

impl Pieces for Voice {
    fn take(&mut self, piece: Piece) {
        let Piece::Text(text) = piece else { return };
        // Of what is too long, no later part is taken either: what is seen has no holes.
        self.is_full = self.is_full || self.said.borrow().len() + text.len() > MOST_BYTES;
        if !self.is_full {
            self.said.send_modify(|said| said.push_str(&text));
        }
    }
}

#[cfg(test)]
mod tests;
