//! Secrets stand in the configuration by name only.

use super::section::Section;
use crate::vault::PREFIX;

/// A secret's name. Whoever writes the secret itself there is told not to, without repeating it.
pub(super) fn secret(section: &mut Section<'_>, key: &'static str) -> String {
    let name: String =
        section.required(key, "the name of a secret, such as \"acme-jira-token\"").unwrap_or_default();
    if !name.is_empty() && !is_secret_name(&name) {
        section.fault(key, NO_SECRET_NAME);
        return String::new();
    }
    name
}

/// What is wrong with what is no secret's name.
pub(super) const NO_SECRET_NAME: &str = "this is no secret's name (letters, digits and . _ -, and vault: before it where it is in the vault): write its name, never its \
     value";

/// Whether it names a secret in the vault: the tenant's own there, so two tenants may have one name.
pub(super) fn is_in_the_vault(name: &str) -> bool {
    name.starts_with(PREFIX)
}

/// Whether a secret may have this name.
pub(super) fn is_secret_name(name: &str) -> bool {
    let name = name.strip_prefix(PREFIX).unwrap_or(name);
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=100).contains(&name.len()) && !name.starts_with('.') && name.bytes().all(fits)
}
