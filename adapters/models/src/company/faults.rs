//! What is wrong with a file, by its line.

use std::fmt;

/// What is wrong with one of the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFault {
    /// Which: `payload.json`.
    pub file: &'static str,
    /// In which line, from 1.
    pub line: usize,
    /// What, for whoever writes it; never what is secret.
    pub fault: String,
}

impl fmt::Display for FileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.fault)
    }
}

/// A file that was read: its name and its text, to tell lines by.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) file: &'static str,
    pub(super) text: String,
}

impl Source {
    /// What JSON says is wrong, where it says it.
    pub(super) fn json(&self, error: &serde_json::Error) -> FileFault {
        // What stands behind the place is the place once more.
        let fault = error.to_string();
        let fault = fault.split(" at line ").next().unwrap_or_default();
        // An error of the whole has no line of its own.
        FileFault { file: self.file, line: error.line().max(1), fault: fault.to_owned() }
    }

    /// Something is wrong with what is written so: the line is that of the first place where it is.
    pub(super) fn at(&self, written: &str, fault: impl Into<String>) -> FileFault {
        let quoted = serde_json::Value::from(written).to_string();
        let at = self.text.find(&quoted).or_else(|| self.text.find(written)).unwrap_or_default();
        let line = self.text[..at].matches('\n').count() + 1;
        FileFault { file: self.file, line, fault: fault.into() }
    }
}
