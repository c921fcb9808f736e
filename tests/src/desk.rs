//! What the help desk of the stage is told: the actions there are, and what its agent may do.

use std::collections::{BTreeMap, BTreeSet};

use countersign::help::{Catalogue, Daily, HelpSettings};
use countersign_domain::conversation::{AgentName, Allowance};
use countersign_domain::support::{Calendar, Hours, Priority, ServiceLevel, Target};
use jiff::SignedDuration;

/// The actions of the stage: a job is restarted.
pub(crate) fn catalogue() -> Catalogue {
    let entry = serde_json::json!({
        "name": "restart_job",
        "title": "restart a job",
        "arguments": {
            "type": "object", "additionalProperties": false, "required": ["job", "times"],
            "properties": {
                "job": { "type": "string", "maxLength": 40 },
                "times": { "type": "integer", "minimum": 1, "maximum": 3 },
            },
        },
        "call": {
            "kind": "http", "method": "POST", "url": "https://jobs.example/{job}/restart",
            "body": { "times": "{times}" },
        },
        "read_back": { "url": "https://jobs.example/{job}", "pointer": "/state", "expected": "running" },
    });
    Catalogue { version: 1, entries: vec![serde_json::from_value(entry).expect("it is an entry")] }
}

/// What the agent of the stage is told.
pub(crate) fn settings() -> HelpSettings {
    let hours = (1..=5).map(|day| Hours { day, from: 540, to: 1020 }).collect();
    let calendar = Calendar { version: 1, zone: "UTC".to_owned(), hours, holidays: BTreeSet::new() };
    HelpSettings {
        agent: AgentName { name: "help".to_owned(), version: 0 },
        instruction: "Answer from the passages, and cite them.".to_owned(),
        tools: None,
        reads: None,
        threshold: 0.5,
        passages: 6,
        most_tokens: 500,
        most_bytes: 1 << 20,
        within: SignedDuration::from_hours(1),
        person: Allowance::default(),
        by_agent: Allowance::default(),
        tenant: Allowance::default(),
        daily: Daily::default(),
        prices: BTreeMap::new(),
        level: ServiceLevel {
            version: 1,
            staff: ["approvers".to_owned()].into(),
            calendar,
            targets: [(Priority::Normal, Target { response: Some(60), resolution: Some(480) })].into(),
            warn_percent: 80,
            escalate_to: BTreeSet::new(),
            paging: None,
            reopen_minutes: 5 * 24 * 60,
        },
        mirror: None,
        folder: None,
        collections: BTreeMap::new(),
    }
}
