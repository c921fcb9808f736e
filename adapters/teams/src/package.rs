//! The app package that an administrator uploads to Teams: a manifest and two icons in a zip, the same bytes for the same
//! input (<https://learn.microsoft.com/en-us/microsoftteams/platform/concepts/build-and-test/apps-package>).

mod icon;
mod manifest;

use std::io::{Cursor, Write as _};

use countersign_outbound::{AddressError, BaseUrl};
use uuid::Uuid;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// What a package is made from.
#[derive(Debug, Clone)]
pub struct PackageInput<'a> {
    /// The bot's application id.
    pub app_id: Uuid,
    /// The version: `1.0.0`. Teams takes a package anew only with a higher one.
    pub version: &'a str,
    /// The name of the bot.
    pub name: &'a str,
    /// Whose bot it is.
    pub developer: &'a str,
    /// The console's address: `https://countersign.acme.example`.
    pub site: &'a str,
    /// The commands that Teams suggests, each with what it does; the first ten of them.
    pub commands: &'a [(&'a str, &'a str)],
}

/// Why there is no package.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// The console's address cannot be used.
    #[error("the console's address: {0}")]
    Site(#[from] AddressError),
    /// Teams takes encrypted addresses only.
    #[error("the console's address must begin with https:// and name a host")]
    NotHttps,
    /// The version is none.
    #[error("the version must be three numbers like 1.0.0")]
    Version,
    /// A name is missing or too long.
    #[error("{what} must have 1 to {most} characters")]
    Length {
        /// Which.
        what: &'static str,
        /// How many there may be.
        most: usize,
    },
}

/// The package's bytes.
pub fn package(input: &PackageInput<'_>) -> Result<Vec<u8>, PackageError> {
    let manifest = manifest::manifest(input, host(input.site)?)?;
    let manifest = format!("{manifest:#}\n");
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let files = [
        ("manifest.json", manifest.into_bytes()),
        ("color.png", icon::color()),
        ("outline.png", icon::outline()),
    ];
    for (name, bytes) in files {
        zip.start_file(name, stored).expect("three different short names fit a zip");
        zip.write_all(&bytes).expect("memory takes what is written");
    }
    Ok(zip.finish().expect("memory takes what is written").into_inner())
}

/// The host of the console.
fn host(site: &str) -> Result<&str, PackageError> {
    BaseUrl::parse(site)?;
    let rest = site.trim().strip_prefix("https://").ok_or(PackageError::NotHttps)?;
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    if host.is_empty() { Err(PackageError::NotHttps) } else { Ok(host) }
}

#[cfg(test)]
mod tests;
