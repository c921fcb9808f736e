//! How repositories are looked for, whatever way people write them.

use countersign_domain::ports::RepositoryName;

/// What to look for where somebody asks about a repository: the slug or id that they wrote, in small letters.
pub(crate) fn repository_term(given: &str) -> String {
    given.parse::<RepositoryName>().map_or_else(|_| given.to_lowercase(), |name| name.key().to_owned())
}
