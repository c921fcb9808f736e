//! Where secrets come from: a folder of files, environment variables, memory, or whoever gives tokens for a while.

mod cached;
mod env;
mod file;
mod memory;
mod renewed;

pub use cached::CachedSecrets;
pub use env::EnvSecrets;
pub use file::FileSecrets;
pub use memory::MemorySecrets;
pub use renewed::{Lasting, Renewed};

use countersign_domain::ports::SecretError;

/// Refuses names that could reach beyond the place where secrets are kept: `[A-Za-z0-9._-]+`, at most 100 bytes,
/// not beginning with a dot.
fn check_name(name: &str) -> Result<(), SecretError> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if name.is_empty() || name.len() > 100 || name.starts_with('.') || !name.bytes().all(fits) {
        return Err(refuse(
            name,
            "a secret's name has 1 to 100 letters, digits and . _ - and no dot in front",
        ));
    }
    Ok(())
}

fn refuse(name: &str, why: impl Into<String>) -> SecretError {
    SecretError { name: name.chars().take(100).collect(), why: why.into(), passing: false }
}
