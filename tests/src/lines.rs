//! What the program writes to its log while somebody looks.

use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use countersign::config::{LogConfig, LogFormat};
use countersign::telemetry::{Redactor, subscriber};
use tracing::Dispatch;
use tracing::subscriber::NoSubscriber;

/// The lines of a log.
#[derive(Debug, Clone, Default)]
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
    /// A log as the program keeps it, from this level on, whose lines can be read; it is to be the default of the thread that is
    /// looked at.
    #[must_use]
    pub fn log(level: &str) -> (Self, Dispatch) {
        // While there is one subscriber only, `tracing` lets the thread that comes to a line first decide for all threads
        // whether it is worth logging; with two it asks both.
        static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::default()));
        LazyLock::force(&SECOND);
        let lines = Self::default();
        let config = LogConfig { format: LogFormat::Json, level: level.to_owned() };
        let written = lines.clone();
        let log = subscriber(&config, &Redactor::default(), move || written.clone()).expect("a log");
        (lines, Dispatch::new(log))
    }

    /// The text that was logged since the last time.
    #[must_use]
    pub fn take(&self) -> String {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        String::from_utf8(bytes).expect("text")
    }
}
