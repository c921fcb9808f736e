//! Telling those who appended: where they are many, a thread of its own wakes them while the next group is written and synced.

use std::sync::mpsc::{Receiver, SendError, Sender};

use countersign_domain::ports::{Appended, StoreError};
use tokio::sync::oneshot;

/// Who waits for what came of an append.
pub(crate) type Reply = oneshot::Sender<Result<Appended, StoreError>>;
/// Who waits, and what they are told.
pub(crate) type Answer = (Reply, Result<Appended, StoreError>);

/// So few are told where they are told of, for handing that over takes its time, too. It was reckoned, not measured.
const FEW: usize = 16;

/// Where answers are handed to.
pub(crate) struct Answers(pub(crate) Sender<Vec<Answer>>);

impl Answers {
    /// Tells them, or has them told.
    pub(crate) fn give(&self, answers: Vec<Answer>) {
        if answers.len() <= FEW {
            return tell(answers);
        }
        if let Err(SendError(answers)) = self.0.send(answers) {
            tell(answers);
        }
    }
}

/// Tells all, until nobody hands answers over any more.
pub(crate) fn run(handed: &Receiver<Vec<Answer>>) {
    handed.iter().for_each(tell);
}

fn tell(answers: Vec<Answer>) {
    for (reply, answer) in answers {
        // Whoever no longer waits needs no answer.
        reply.send(answer).ok();
    }
}
