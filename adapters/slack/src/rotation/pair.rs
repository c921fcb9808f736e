//! The pair of tokens, and in its file: one whole version of it at any time, for the bot's user only.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Result, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// A token, what it is exchanged with, and until when it holds.
#[derive(Clone, Deserialize)]
pub(super) struct Pair {
    pub(super) access_token: SecretString,
    pub(super) refresh_token: SecretString,
    pub(super) expires_at: Timestamp,
}

impl Pair {
    /// What the file holds; nothing where there is none yet.
    pub(super) fn read(path: &PathBuf) -> Result<Option<Self>> {
        let text = match std::fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        Self::parse(&text).map(Some)
    }

    /// The pair in a text.
    pub(super) fn parse(text: &[u8]) -> Result<Self> {
        // What serde would say quotes the text.
        let broken =
            |_| std::io::Error::other("it holds no pair of tokens; delete it to begin with the secret");
        serde_json::from_slice(text).map_err(broken)
    }

    /// The pair as a text.
    pub(super) fn text(&self) -> SecretString {
        let text = serde_json::json!({
            "access_token": self.access_token.expose_secret(),
            "refresh_token": self.refresh_token.expose_secret(),
            "expires_at": self.expires_at,
        });
        SecretString::from(text.to_string())
    }

    /// Written beside, made durable, and moved over the old one.
    pub(super) fn write(&self, path: &PathBuf) -> Result<()> {
        let beside = path.with_extension("new");
        match std::fs::remove_file(&beside) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
        file.write_all(self.text().expose_secret().as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&beside, path)?;
        match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            Some(folder) => File::open(folder)?.sync_all(),
            None => File::open(".")?.sync_all(),
        }
    }
}
