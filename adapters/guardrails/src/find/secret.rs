//! Credentials, by what their makers begin them with, and by what people write before them.

use std::sync::LazyLock;

use countersign_domain::ports::FindingKind;
use regex::Regex;

use super::{Found, each};

/// What is one wherever it stands; the first group, where there is one.
const SECRETS: &[&str] = &[
    // A private key, to its end or to the end of the text.
    r"-----BEGIN (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----[A-Za-z0-9+/=\s:,.-]*(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?",
    // Amazon, GitHub, GitLab, Slack, Atlassian, npm, PyPI, Stripe, Google, OpenAI, Anthropic, Hugging Face, SendGrid, Discord.
    r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b",
    r"\bgh[pousr]_[A-Za-z0-9]{36,}\b",
    r"\bgithub_pat_[A-Za-z0-9_]{40,}\b",
    r"\bglpat-[A-Za-z0-9_.-]{20,}",
    r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}",
    r"\bxapp-[0-9]-[A-Z0-9]{5,20}-[0-9]{5,20}-[a-f0-9]{20,128}",
    r"\bhttps://hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/]{20,120}",
    r"\bATATT3[A-Za-z0-9_=-]{20,}",
    r"\bnpm_[A-Za-z0-9]{36}\b",
    r"\bpypi-[A-Za-z0-9_-]{50,}",
    r"\b[sr]k_live_[A-Za-z0-9]{16,128}\b",
    r"\bAIza[A-Za-z0-9_-]{35}",
    r"\bsk-(?:proj-|ant-|svcacct-)?[A-Za-z0-9_-]{32,}",
    r"\bhf_[A-Za-z0-9]{30,60}\b",
    r"\bSG\.[A-Za-z0-9_-]{20,24}\.[A-Za-z0-9_-]{40,50}",
    r"\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}",
    // A signed token.
    r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
    // In an address, in a header.
    r"(?i)\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@]{1,100}:([^\s/@]{3,100})@",
    r"(?i)\b(?:authorization|proxy-authorization)\s{0,3}:\s{0,3}(?:bearer|basic|token)\s{1,3}([A-Za-z0-9._~+/=-]{12,})",
    r"(?i)\b(?:set-)?cookie\s{0,3}:\s{0,3}([^\s=]{1,60}=[^\s]{12,})",
    // What somebody says it is. What is only spoken of, or stands for one, is none.
    r#"(?i)\b(?:password|passwort|passwd|pwd|passphrase|kennwort|contraseña|mot de passe|secret|client[_ -]secret|api[_ -]?key|access[_ -]?key|secret[_ -]?key|auth[_ -]?token|access[_ -]?token|token|accountkey)["']?(?:\s{0,3}(?:[:=]|=>)\s{0,3}|\s{1,3}(?:is|ist|lautet|es|est)\s{0,3}:?\s{1,3})["']?([^\s"'<>,;{}$*\[\]]{6,200})"#,
];

pub(crate) fn find(found: &mut Found<'_>) {
    static PATTERNS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
        SECRETS.iter().map(|pattern| Regex::new(pattern).expect("the pattern is tried by tests")).collect()
    });
    for pattern in PATTERNS.iter() {
        // What has a group was only said to be one.
        let is_said = pattern.captures_len() > 1;
        let text = found.text();
        each(pattern, text, |secret| {
            let kept = secret.as_str().trim_end_matches(['.', ')', '!', '?']);
            if is_said && !is_made_up(kept) {
                return None;
            }
            let to = secret.start() + kept.len();
            let to = to + tied(&text[to..]);
            found.take_whole(FindingKind::Secret, secret.start(), to);
            Some(to)
        });
    }
}

/// How long what is tied to a secret is: nobody can tell where it ends before the word does.
fn tied(behind: &str) -> usize {
    behind.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(behind.len())
}

/// Whether it looks like something that somebody made up for nobody to know, and not like a word or a name in a program: letters with
/// digits or signs.
fn is_made_up(text: &str) -> bool {
    let sign = |c: char| c.is_ascii_punctuation() && !matches!(c, '.' | '-' | '_' | '/' | '(' | ')');
    let letters = text.chars().any(char::is_alphabetic);
    let others = text.chars().any(|c| c.is_ascii_digit() || sign(c));
    let stands_for_one = text.starts_with('[') && text.ends_with(']');
    let address = text
        .split_once("://")
        .is_some_and(|(scheme, _)| scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+'));
    !stands_for_one && !address && text.chars().count() >= 6 && letters && others
}
