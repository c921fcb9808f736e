//! The program's own log, as who runs the bot reads it.

use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use countersign::config::{LogConfig, LogFormat};
use countersign::telemetry::{Redactor, subscriber};
use tracing::Dispatch;
use tracing::subscriber::{DefaultGuard, NoSubscriber};

/// The lines of a log.
#[derive(Clone, Default)]
pub struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Lines {
    /// The text that was logged since the last time.
    pub fn take(&self) -> String {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        String::from_utf8(bytes).expect("text")
    }
}

/// The log of what happens on this thread from now on, a line of JSON each, until the guard is dropped.
pub fn listening(level: &str) -> (Lines, DefaultGuard) {
    // While there is one subscriber only, `tracing` lets the thread that comes to a line first decide for all threads
    // whether it is worth logging; with two it asks both.
    static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::default()));
    LazyLock::force(&SECOND);
    let lines = Lines::default();
    let config = LogConfig { format: LogFormat::Json, level: level.to_owned() };
    let own = lines.clone();
    let log = subscriber(&config, &Redactor::default(), move || own.clone()).expect("a log");
    (lines, tracing::subscriber::set_default(log))
}
