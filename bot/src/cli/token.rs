//! `countersign token`: from a token to the digest that the configuration holds.

use std::io::Read as _;

use anyhow::bail;
use clap::Subcommand;
use countersign_domain::envelope::Digest;

use super::output::write_text;

/// Shorter tokens can be guessed. In bytes.
const SHORTEST: usize = 20;

/// What to do with tokens.
#[derive(Debug, Subcommand)]
pub(super) enum Token {
    /// Read a token from the standard input, and print its SHA-256 for the configuration
    Hash,
}

impl Token {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let Self::Hash = self;
        let mut text = String::new();
        std::io::stdin().take(64 * 1024).read_to_string(&mut text)?;
        let token = text.trim();
        if token.len() < SHORTEST || token.contains(char::is_whitespace) {
            bail!(
                "a token has at least {SHORTEST} characters and no white space; make one with `openssl rand -hex 32`"
            );
        }
        write_text(&Digest::of(token.as_bytes()).to_string())
    }
}
