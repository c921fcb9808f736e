//! The names of repositories in a rule: a rule holds only under the one name that a repository has. Another spelling of it, which
//! people may type when they ask, would be a rule that never applies; and nobody would notice a `forbid` that forbids nothing.

/// Whether a text names a repository, by what stands before and behind it in the rule: `Repository::"infra"`, or what
/// `resource.name` is compared with.
pub(super) fn names_repository(before: &str, behind: &str) -> bool {
    let before = before.trim_end();
    let compared = ["==", "!=", "like"].into_iter().filter_map(|operator| before.strip_suffix(operator));
    let behind = behind.trim_start();
    let follows = ["==", "!="].into_iter().filter_map(|operator| behind.strip_prefix(operator));
    before.ends_with("Repository::")
        || compared.into_iter().any(|before| before.trim_end().ends_with("resource.name"))
        || follows.into_iter().any(|behind| behind.trim_start().starts_with("resource.name"))
}

/// What is wrong with the name of a repository, which may be a pattern; nothing where it is written as such names are.
pub(super) fn fault(name: &str) -> Option<String> {
    let fits = |character: char| !character.is_uppercase() && !"/{} :".contains(character);
    if !name.is_empty() && name.chars().all(fits) {
        return None;
    }
    let slug = name.rsplit('/').find(|part| !part.is_empty()).unwrap_or_default().to_lowercase();
    let cure =
        if slug.chars().all(fits) && !slug.is_empty() { format!(": “{slug}”") } else { String::new() };
    Some(format!(
        "no repository is called “{name}”: write the name that its address ends with, in small letters and without the \
         workspace{cure}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_a1_a_name_that_is_none_is_told_with_the_name_that_was_meant_where_it_can_be_guessed() {
        let cure =
            |name: &str| fault(name).map(|fault| fault.rsplit_once(": ").map(|(_, cure)| cure.to_owned()));
        for name in ["infra", "web-*", "a_b.c"] {
            assert_eq!(fault(name), None, "{name}");
        }
        for (name, meant) in
            [("Infra", "“infra”"), ("acme/infra", "“infra”"), ("https://forge/acme/Infra/", "“infra”")]
        {
            assert_eq!(cure(name).flatten().as_deref(), Some(meant), "{name}");
        }
        for name in ["", "/", "the infra", "{0a1b}"] {
            let told = fault(name).expect("it is no name");
            assert!(told.ends_with("without the workspace"), "nothing can be guessed: {told}");
        }
    }
}
