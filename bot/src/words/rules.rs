//! What the rules said, and whom they ask, in sentences.

use countersign_domain::rules::{Ruling, Terms};
use countersign_domain::words::{countersignatures, list, quoted};

use super::capital;

/// Who may countersign: as the rules say it, and who that is now.
pub fn may_countersign(rule: &[String], people: &[String]) -> String {
    let rule = rule.join(", and also of ");
    if people.is_empty() {
        format!("{rule} (nobody at the moment)")
    } else {
        format!("{} ({rule})", list(people))
    }
}

/// One of them who is away, and can countersign all the same.
pub fn who_is_away(name: &str) -> String {
    format!("{name} (away)")
}

/// One who can in the place of somebody who is away.
pub fn in_the_place_of(name: &str, absent: &str) -> String {
    format!("{name} (in the place of {absent})")
}

/// The same where fewer can countersign it than it takes, so that nobody gets it as things are.
pub fn too_few(may: &str, missing: usize) -> String {
    let more = if missing == 1 { "one more".to_owned() } else { format!("{missing} more") };
    format!("{may}. It takes {more}, and nobody else here can: as things are, nobody gets it")
}

/// What the rules said, as a sentence.
pub fn ruling(ruling: &Ruling) -> String {
    match ruling {
        Ruling::Allowed(allowed) => terms(allowed),
        Ruling::Forbidden(refusal) if refusal.policies.is_empty() => {
            format!("No rule allows it ({}).", of_rules(refusal.version))
        }
        Ruling::Forbidden(refusal) => {
            let (rules, s) = the_rules(&refusal.policies);
            format!("{} forbid{s} it ({}).", capital(&rules), of_rules(refusal.version))
        }
    }
}

/// What the rules demand, as a sentence.
pub fn terms(terms: &Terms) -> String {
    let (rules, s) = the_rules(&terms.policies);
    let (rules, version) = (capital(&rules), of_rules(terms.version));
    let demand = if terms.auto {
        format!("{rules} let{s} it pass without a countersignature ({version}).")
    } else {
        format!("{rules} ask{s} for {} ({version}).", countersignatures(terms.quorum))
    };
    std::iter::once(demand).chain(message(terms)).collect::<Vec<_>>().join(" ")
}

/// Which rules decided, where the card says itself what they demand.
pub fn deciding(terms: &Terms) -> String {
    let rules = format!("{}, {}", list(&terms.policies), of_rules(terms.version));
    message(terms).map_or_else(|| rules.clone(), |message| format!("{rules}: {message}"))
}

/// What the rules say to people.
fn message(terms: &Terms) -> Option<String> {
    (!terms.messages.is_empty()).then(|| quoted(&terms.messages.join(" ")))
}

/// Rules as the subject of a sentence, and what its verb ends with.
fn the_rules(names: &[String]) -> (String, &'static str) {
    match names {
        [one] => (format!("the rule {one}"), "s"),
        many => (format!("the rules {}", list(many)), ""),
    }
}

fn of_rules(version: u64) -> String {
    format!("version {version} of the rules")
}

/// That nobody said no, but what holds here; by which version of the rules, where they are others than it was asked under.
pub fn denied_by_checks(rules: Option<u64>) -> String {
    rules.map_or_else(
        || "Denied by the checks:".to_owned(),
        |version| format!("Denied by the checks, by {}:", of_rules(version)),
    )
}

/// What forbids it by now, where the card says why.
pub fn forbidding(policies: &[String], version: u64) -> String {
    match policies {
        [] => of_rules(version),
        policies => format!("{}, {}", list(policies), of_rules(version)),
    }
}
