//! What is harmful: asking how harm is done, wishing it, threatening with it. Words alone are not: people kill processes, shoot
//! pictures, and attack problems.

use std::sync::LazyLock;

use countersign_domain::ports::{Finding, FindingKind};
use regex::Regex;

use crate::seen::Seen;

/// By what it is called.
const HARM: &[(&str, &[&str])] = &[
    (
        "self-harm",
        &[
            r"\b(?:want|going|plan(?:ning)?|try(?:ing)?|ready|thinking\s{1,4}(?:of|about))\s{1,4}(?:to\s{1,4})?(?:kill(?:ing)?|hurt(?:ing)?|harm(?:ing)?|cut(?:ting)?|end(?:ing)?)\s{1,4}(?:myself|my\s{1,4}(?:own\s{1,4})?life)\b",
            r"\b(?:how|ways?|best\s{1,4}way|methods?)\s{1,4}(?:\S{1,12}\s{1,4}){0,4}(?:kill|hang|poison|hurt|harm)\s{1,4}(?:myself|yourself|oneself)\b",
            r"\b(?:how|ways?)\s{1,4}(?:\S{1,12}\s{1,4}){0,4}commit\s{1,4}suicide\b",
            r"\b(?:ich\s{1,4}will|ich\s{1,4}werde)\s{1,4}(?:mich\s{1,4}umbringen|nicht\s{1,4}mehr\s{1,4}leben)\b",
        ],
    ),
    (
        "violence",
        &[
            r"\b(?:i|we)(?:'ll|'m\s{1,4}going\s{1,4}to|\s{1,4}(?:will|am\s{1,4}going\s{1,4}to|want\s{1,4}to|shall))\s{1,4}(?:kill|murder|shoot|stab|strangle|beat\s{1,4}up|hurt)\s{1,4}(?:you|him|her|them|my\s{1,4}(?:boss|manager|colleague|coworker|wife|husband|ex)|everyone|everybody)\b",
            r"\b(?:how|ways?|best\s{1,4}way)\s{1,4}(?:\S{1,12}\s{1,4}){0,4}(?:kill|murder|poison|stab|strangle)\s{1,4}(?:someone|somebody|a\s{1,4}person|people|my\s{1,4}(?:boss|manager|colleague|coworker|wife|husband|ex|neighbou?r))\b",
            r"\b(?:you|they|he|she)\s{1,4}(?:should|deserves?\s{1,4}to|must)\s{1,4}(?:die|be\s{1,4}(?:killed|shot|hanged))\b",
        ],
    ),
    (
        "weapons",
        &[
            r"\b(?:how|instructions?|recipe|steps?|guide)\s{1,4}(?:\S{1,12}\s{1,4}){0,4}(?:build|make|assemble|construct|mix|synthesi[sz]e|cook)(?:ing)?\s{1,4}(?:\S{1,12}\s{1,4}){0,3}(?:bombs?|explosives?|grenades?|napalm|molotov|nerve\s{1,4}agents?|sarin|ricin|anthrax|silencers?|ghost\s{1,4}guns?|methamphetamine|meth)\b",
            r"\b(?:bomb|explosive|sarin|ricin|napalm)\s{1,4}(?:recipe|instructions|making\s{1,4}guide)\b",
        ],
    ),
    (
        "hate",
        &[
            r"\b(?:all|those|these)\s{1,4}(?:jews|muslims|christians|blacks|whites|gays|immigrants|foreigners|women|disabled\s{1,4}people)\s{1,4}(?:should|must|deserve\s{1,4}to|are)\s{1,4}(?:\S{1,8}\s{1,4}){0,2}(?:die|killed|gassed|vermin|animals|subhuman|parasites|eradicated|deported)\b",
            r"\b(?:gas|exterminate|eradicate|lynch)\s{1,4}(?:all\s{1,4})?(?:the\s{1,4})?(?:jews|muslims|blacks|gays|immigrants|foreigners)\b",
        ],
    ),
    (
        "sexual abuse",
        &[
            r"\b(?:sexual|nude|naked|porn(?:ographic)?|erotic)\s{1,4}(?:\S{1,12}\s{1,4}){0,4}(?:child(?:ren)?|minors?|kids?|underage|(?:pre)?teens?|toddlers?)\b",
            r"\b(?:child|underage|minor|kiddie)\s{1,4}(?:porn(?:ography)?|nudes|erotica)\b",
        ],
    ),
    (
        "attacks",
        &[
            r"\b(?:write|create|build|make|develop|code|give\s{1,4}me|generate)\s{1,4}(?:\S{1,12}\s{1,4}){0,4}(?:ransomware|keylogger|malware|rootkit|botnet|computer\s{1,4}virus|phishing\s{1,4}(?:page|mail|e-?mail|site|kit))\b",
            r"\b(?:how|help\s{1,4}me|ways?)\s{1,4}(?:\S{1,12}\s{1,4}){0,4}(?:hack|break|ddos|phish)(?:\s{1,4}into)?\s{1,4}(?:someone|somebody|my\s{1,4}(?:boss|colleague|coworker|manager|wife|husband|ex|competitor)|the\s{1,4}(?:competitor|competition|bank))\S{0,2}\b",
            r"\b(?:steal|dump|exfiltrate|sell)\s{1,4}(?:\S{1,12}\s{1,4}){0,3}(?:customer|employee|user|company|colleague)s?'?\s{1,4}(?:data|passwords?|credentials|records)\b",
        ],
    ),
];

pub(crate) fn find(seen: &Seen) -> Vec<Finding> {
    static PATTERNS: LazyLock<Vec<(&'static str, Regex)>> = LazyLock::new(|| {
        let of = |(name, patterns): &(&'static str, &'static [&'static str])| {
            let name = *name;
            patterns
                .iter()
                .map(move |pattern| (name, Regex::new(pattern).expect("the pattern is tried by tests")))
        };
        HARM.iter().flat_map(of).collect()
    });
    let of = |(name, pattern): &'static (&'static str, Regex)| {
        pattern.find_iter(&seen.text).map(|found| Finding {
            kind: FindingKind::Harmful((*name).to_owned()),
            at: Some(seen.stood(found.start(), found.end())),
        })
    };
    PATTERNS.iter().flat_map(of).collect()
}
