//! A model that speaks at a pace, and says with every sentence when it has said it.

use std::pin::pin;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use countersign_domain::envelope::Digest;
use countersign_domain::ports::{
    Ended, Model, ModelFault, ModelName, Piece, Pieces, Step, StepDone, Stop, Usage,
};
use tokio::sync::mpsc;

/// So many tokens are a sentence.
pub(crate) const SENTENCE: usize = 10;

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// The time of this benchmark.
pub(crate) fn now() -> Duration {
    START.elapsed()
}

/// How much it says, and how fast: its first sentence at once, and then a token each time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) every: Duration,
    pub(crate) tokens: usize,
}

/// The model.
pub(crate) struct Speaker {
    pace: Mutex<Pace>,
    stopped: mpsc::UnboundedSender<Instant>,
}

impl Speaker {
    /// A model, and when it heard that somebody wants no more.
    pub(crate) fn new(pace: Pace) -> (Arc<Self>, mpsc::UnboundedReceiver<Instant>) {
        let (stopped, heard) = mpsc::unbounded_channel();
        (Arc::new(Self { pace: Mutex::new(pace), stopped }), heard)
    }

    /// Speaks so from the next answer on.
    pub(crate) fn speaks(&self, pace: Pace) {
        *self.pace.lock().unwrap() = pace;
    }
}

#[async_trait]
impl Model for Speaker {
    fn name(&self) -> ModelName {
        let (backend, model) = ("bench".to_owned(), "speaking@1".to_owned());
        ModelName { backend, model, settings: Digest::of(b"none") }
    }

    fn calls_tools(&self) -> bool {
        false
    }

    async fn step(&self, _: &Step, pieces: &mut dyn Pieces, stop: &dyn Stop) -> Result<StepDone, ModelFault> {
        let pace = *self.pace.lock().unwrap();
        let mut wanted = pin!(stop.wanted());
        let (mut text, mut why, mut due) = (String::new(), Ended::Said, tokio::time::Instant::now());
        for token in 0..pace.tokens {
            if token >= SENTENCE {
                due += pace.every;
                tokio::select! {
                    () = &mut wanted => {
                        self.stopped.send(Instant::now()).unwrap();
                        why = Ended::Stopped;
                        break;
                    }
                    () = tokio::time::sleep_until(due) => {}
                }
            }
            let piece = spoken(token);
            text.push_str(&piece);
            pieces.take(Piece::Text(piece));
        }
        let usage = Usage { read: 100, written: 20, said: true };
        Ok(StepDone {
            text,
            calls: vec![],
            claims: vec![],
            why,
            usage,
            response: None,
            notes: vec![],
            by: None,
        })
    }
}

/// The token with this number: the last of a sentence says when it was said, and begins the next, by which one sees that it is whole.
fn spoken(token: usize) -> String {
    match token {
        0 => "It goes ".to_owned(),
        token if token % SENTENCE == SENTENCE - 1 => format!("at {}. It ", letters(now())),
        _ => "on ".to_owned(),
    }
}

/// A time in letters: a long number could be somebody's card, and would be masked.
fn letters(time: Duration) -> String {
    let (mut left, mut letters) = (time.as_micros(), String::new());
    loop {
        letters.push(char::from(b'a' + u8::try_from(left % 26).unwrap()));
        left /= 26;
        if left == 0 {
            return letters;
        }
    }
}

/// The times that stand in a text.
pub(crate) fn times(text: &str) -> impl Iterator<Item = Duration> {
    let behind_at = text.split("at ").skip(1).filter_map(|rest| rest.split_once('.'));
    behind_at.map(|(letters, _)| {
        let value = letters.bytes().rev().fold(0, |value, letter| value * 26 + u64::from(letter - b'a'));
        Duration::from_micros(value)
    })
}
