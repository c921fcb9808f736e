//! What the bot says when somebody leaves.

use std::path::Path;

use countersign_domain::capabilities::violation;
use countersign_domain::denied::Violation;
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::ports::SurfaceKind;
use countersign_domain::request::{Kind, OpenView, RequestEvent, WhyVoid};
use countersign_domain::tenant::Person;
use countersign_domain::words::{flat, list, plain};

/// More than this of somebody is counted, not told one by one.
const TOLD: usize = 20;

/// Somebody is gone.
pub fn has_left(name: &str) -> String {
    violation(&Violation::HasLeft { name: name.to_owned() })
}

/// That a configuration takes away the last who administers the tenant, and what to do instead.
pub fn nobody_would_administer(names: &[String]) -> String {
    let names = list(names);
    format!(
        "Nobody would administer it any more: {names} would not be there, or be no administrator. Name somebody else first, with \
         roles = [\"admin\"], who is not disabled; that may be in the same file."
    )
}

/// That a configuration takes away the last by whom the rules in force can be changed, and what to do instead.
pub fn nobody_would_change_the_rules() -> String {
    "Nobody could change the rules in force any more: whoever could propose it would find nobody who may countersign it. Put somebody \
     else first into the groups and roles that those rules name for it (`countersign rules explain`); that may be in the same file. \
     Or let rules be countersigned first that name others."
        .to_owned()
}

/// Why what was countersigned before counts no more, each cause by itself, while nothing that was countersigned since stands beside it.
pub fn lost(open: &OpenView<'_>) -> Option<String> {
    if !open.countersigned.is_empty() {
        return None;
    }
    let by = |cause: WhyVoid| open.voided.values().filter(|why| **why == cause).count();
    let counted = |cause: WhyVoid| match by(cause) {
        0 => None,
        1 => Some(("A countersignature counts no more".to_owned(), "whoever gave it")),
        many => Some((format!("{many} countersignatures count no more"), "those who gave them")),
    };
    let evidence = (open.overtaken || by(WhyVoid::Evidence) > 0).then(|| {
        "What was countersigned before counts for nothing: what is shown here has changed since.".to_owned()
    });
    let rules = counted(WhyVoid::Rules)
        .map(|(count, _)| format!("{count}: the rules say something else of this by now."));
    let signer = counted(WhyVoid::Signer)
        .map(|(count, whoever)| format!("{count}: {whoever} may not give one any more."));
    let causes: Vec<String> = [evidence, rules, signer].into_iter().flatten().collect();
    (!causes.is_empty()).then(|| causes.join(" "))
}

/// What became of a request because somebody left, with what its kind says of its own events; nothing where that is no news.
pub fn became<K: Kind>(
    what: &str,
    event: &RequestEvent<K>,
    own: impl FnOnce(&K::Event) -> Option<String>,
) -> Option<String> {
    let end = match event {
        RequestEvent::Closed { .. } => "closed".to_owned(),
        RequestEvent::Denied { .. } => "denied, because no rule allows it now".to_owned(),
        RequestEvent::CountersignatureVoided { .. } => "one countersignature counts no more".to_owned(),
        RequestEvent::Own(event) => own(event)?,
        _ => return None,
    };
    Some(format!("{what}: {end}."))
}

/// What somebody left behind, a line each.
pub fn left_behind(became: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = became.iter().take(TOLD).cloned().collect();
    match became.len() {
        0 => lines.push("Nothing of theirs was open or in force.".to_owned()),
        all if all > TOLD => lines.push(format!("And {} more; the audit has them all.", all - TOLD)),
        _ => {}
    }
    lines.push(
        "They are signed out, their chat accounts are unlinked, and nobody stands in for them.".to_owned(),
    );
    lines
}

/// Whom taking them out of the file would remove.
pub fn would_leave(tenant: &Tenant, id: &PrincipalId, name: &str) -> String {
    format!("{tenant}: {name} ({id}) would not belong there any more: signed out and unlinked.")
}

/// What somebody holds by an account that the file gives them no more.
pub fn would_stay_behind(tenant: &Tenant, name: &str, account: &str, held: &[String]) -> String {
    format!(
        "{tenant}: {} would have another account at the forge. What is in force stays on the old one, {}, and ends there at its time: {}. End it first where that is not meant.",
        flat(name),
        plain(account),
        list(held)
    )
}

/// Whom the file puts into other groups.
pub fn would_be_in(tenant: &Tenant, person: &Person, before: &Person) -> Option<String> {
    let only_in = |one: &Person, other: &Person| -> Vec<String> {
        one.groups.difference(&other.groups).map(|group| format!("“{}”", flat(group))).collect()
    };
    let (out, into) = (only_in(before, person), only_in(person, before));
    let said = [(out, "be no more in"), (into, "be in")];
    let said = said.into_iter().filter(|(groups, _)| !groups.is_empty());
    let said: Vec<_> = said.map(|(groups, how)| format!("{how} {}", list(&groups))).collect();
    (!said.is_empty())
        .then(|| format!("{tenant}: {} ({}) would {}.", flat(&person.name), person.id, said.join(" and ")))
}

/// What stands above what would end.
pub fn would_end(tenant: &Tenant) -> String {
    format!("{tenant}: with that, a start would end this:")
}

/// The rules of the configuration are not those in force.
pub fn other_rules(tenant: &Tenant, version: u64) -> String {
    format!(
        "{tenant}: the rules in the configuration are not those in force (version {version}), and stay unused: they are only what an empty tenant begins with. Where they stand in a file, “countersign rules diff --against FILE” says what is different."
    )
}

/// There is no log where the configuration looks for it.
pub fn no_log(folder: &Path) -> String {
    format!(
        "There is no log in {}: nobody knows what a start would end. Where this is no first start, name the bot’s data folder (--data, COUNTERSIGN_DATA; a path that is not whole counts from the folder you are in).",
        folder.display()
    )
}

/// A tenant that the log knows, and the configuration does not.
pub fn not_named(tenant: &Tenant, in_force: usize) -> String {
    format!(
        "{tenant}: the log knows it and this configuration does not. Accesses in force there: {in_force}. None of them ends at \
         its time until the tenant is named again; end them first."
    )
}

/// The log is not in a folder.
pub fn ends_unknown() -> String {
    "The log is in KurrentDB and was not looked at: what ends with people who are named no more is told to the admins when the bot starts.".to_owned()
}

/// The log cannot be read.
pub fn ends_unread(error: &dyn std::fmt::Display) -> String {
    format!(
        "What would end with people who are named no more is not known, because the log could not be read: {error}"
    )
}

/// A chat account that somebody uses is no member's any more.
pub fn switched_off(name: &str, surface: SurfaceKind) -> String {
    format!("{} says that the account of {name} is no member's any more", surface.name())
}

/// What they still have, and what an admin can do about it.
pub fn still_here(requests: usize, accesses: usize) -> Vec<String> {
    let count = |count: usize, one: &str, many: &str| match count {
        0 => format!("no {one}"),
        1 => format!("one {one}"),
        _ => format!("{count} {many}"),
    };
    vec![
        "I have unlinked it: nothing that is said there counts.".to_owned(),
        format!(
            "They still belong here, with {} and {}.",
            count(requests, "open request", "open requests"),
            count(accesses, "access in force", "accesses in force")
        ),
        "If they left, take them out of the configuration or set disabled = true for them: all of that ends then.".to_owned(),
    ]
}

/// Somebody is away, and nobody is left who could stand in for them.
pub fn nobody_stands_in(name: &str, group: &str) -> String {
    format!("Nobody stands in for {name} any more: the group {group} has no members.")
}

/// A configuration that nobody works under.
pub const fn no_tenant() -> &'static str {
    "the configuration names no tenant: begin with deploy/countersign.example.toml, or try `countersign serve --demo`"
}
