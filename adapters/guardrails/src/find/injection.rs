//! Words that would give a model orders, where they stand in what others wrote. Somebody who wants to can always say it otherwise:
//! what this does not find, the taint of the turn holds.

use std::sync::LazyLock;

use countersign_domain::ports::{Finding, FindingKind};
use regex::Regex;

use crate::seen::Seen;

/// In small letters, as a text is looked at.
const ORDERS: &[&str] = &[
    // What was said before is to count for nothing.
    r"\b(?:ignore|disregard|forget|override|bypass|do not follow|don't follow|stop following)\s{1,4}(?:\S{1,20}\s{1,4}){0,4}(?:instructions?|prompts?|rules|guidelines|directions|directives|guardrails)\b",
    r"\b(?:ignore|disregard|forget)\s{1,4}(?:everything|all|anything|what(?:ever)?)\s{1,4}(?:\S{1,12}\s{1,4}){0,3}(?:above|before|previously|earlier|prior)\b",
    r"\b(?:ignoriere|vergiss|missachte|übergehe)n?\s{1,4}(?:sie\s{1,4})?(?:\S{1,20}\s{1,4}){0,4}(?:anweisung(?:en)?|vorgaben|regeln|befehle|instruktionen)\b",
    r"\b(?:ignor(?:e|ez|er)|oubli(?:e|ez)|ne\s{1,4}(?:tiens|tenez)\s{1,4}pas\s{1,4}compte\s{1,4}d)\S{0,3}\s{1,4}(?:\S{1,20}\s{1,4}){0,4}(?:instructions?|consignes?|règles)\b",
    r"\b(?:ignora|ignore|olvida|olvide)\s{1,4}(?:\S{1,20}\s{1,4}){0,4}(?:instrucciones|indicaciones|reglas|órdenes)\b",
    // It is to be somebody else, or tell what it was told.
    r"\byou\s{1,4}are\s{1,4}now\s{1,4}(?:an?|the|in|no\s{1,4}longer|dan\b|free|unrestricted)\b",
    r"\b(?:from\s{1,4}now\s{1,4}on|henceforth),?\s{1,4}(?:you|your|act|respond|answer|always)\b",
    r"\b(?:pretend|act)\s{1,4}(?:to\s{1,4}be|as|like)\s{1,4}(?:if\s{1,4}you|an?\s{1,4}(?:unrestricted|unfiltered|different|evil|developer|system|admin))\b",
    r"\b(?:reveal|print|show|repeat|output|leak|tell\s{1,4}me|display)\s{1,4}(?:\S{1,12}\s{1,4}){0,3}(?:system|initial|hidden|original|developer)\s{1,4}(?:prompt|instructions?|message)\b",
    r"\b(?:new|updated|real|actual|important|secret|hidden)\s{1,4}(?:system\s{1,4})?instructions?\s{0,3}(?:for\s{1,4}(?:the\s{1,4})?(?:ai|assistant|model|agent|bot|llm)\b|:)",
    r"\b(?:instructions?|note|message|attention)\s{1,4}(?:to|for)\s{1,4}(?:the\s{1,4}|any\s{1,4}|all\s{1,4})?(?:ai|a\.i\.|llm|language\s{1,4}model|chat\s?bot|assistant|ai\s{1,4}agent|agent|model)s?\s{0,3}[:!—-]",
    r"\b(?:if|when)\s{1,4}you\s{1,4}are\s{1,4}(?:an?|the)\s{1,4}(?:ai|llm|language\s{1,4}model|assistant|chat\s?bot|bot|agent)\b",
    // Nobody is to hear of it.
    r"\b(?:do\s{1,4}not|don't|never|without)\s{1,4}(?:tell|inform|mention|alert|notify|telling|informing|mentioning|alerting|notifying)\s{1,4}(?:\S{1,12}\s{1,4}){0,3}(?:user|person|human|employee|anyone|them)\b",
    r"\b(?:include|add|append|insert|put)\s{1,4}(?:\S{1,16}\s{1,4}){0,6}(?:in|to|into|at\s{1,4}the\s{1,4}end\s{1,4}of)\s{1,4}(?:your|every|each|all\s{1,4}your)\s{1,4}(?:\S{1,12}\s{1,4})?(?:response|answer|reply|output|message)s?\b",
    // What only programs say to models.
    r"<\|?\s{0,2}(?:im_start|im_end|system|endoftext|start_header_id|eot_id|assistant)\s{0,2}\|?>",
    r"\[/?inst\]|<<\s{0,2}/?sys\s{0,2}>>|\[\s{0,2}system\s{0,2}\]\s{0,2}:",
    r"(?m)^\s{0,8}(?:#{2,6}\s{0,3})?(?:system|assistant|developer|human)\s{0,3}:\s{0,3}\S",
    r#"["']role["']\s{0,3}:\s{0,3}["'](?:system|assistant|developer)["']"#,
    // What is said to this bot, and what would be called.
    r"\b(?:approve|countersign|deny|revoke)\s{1,4}(?:request\s{1,4})?#?[23456789bcdfghjkmnpqrstvwxz]{3}-?[23456789bcdfghjkmnpqrstvwxz]{3}\b",
    r"\b(?:call|invoke|use|run|execute|trigger)\s{1,4}(?:the\s{1,4})?(?:\S{1,30}\s{1,4}){0,2}(?:tool|function|action)\s{1,4}(?:\S{1,20}\s{1,4}){0,4}(?:with|to|now|immediately|and)\b",
    r"\b(?:send|post|forward|exfiltrate|upload|transmit|e-?mail)\s{1,4}(?:\S{1,16}\s{1,4}){0,8}(?:to|at)\s{1,4}(?:https?://|\S{1,40}@)",
    r"!\[[^\]]{0,200}\]\(\s{0,3}https?://[^)\s]{1,300}[?&][^)\s=]{1,60}=",
];

pub(crate) fn find(seen: &Seen) -> Vec<Finding> {
    static PATTERNS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
        ORDERS.iter().map(|pattern| Regex::new(pattern).expect("the pattern is tried by tests")).collect()
    });
    let of = |pattern: &'static Regex| {
        pattern.find_iter(&seen.text).map(|found| Finding {
            kind: FindingKind::Injection,
            at: Some(seen.stood(found.start(), found.end())),
        })
    };
    PATTERNS.iter().flat_map(of).collect()
}
