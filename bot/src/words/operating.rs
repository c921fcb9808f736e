//! What operators are told of effects.

use countersign_domain::request::Code;
use countersign_domain::words::spoken;

/// The title of an empty list, and what it means.
pub fn no_effects() -> (&'static str, &'static str) {
    ("No effects", "There are none in that state.")
}

/// The title of the list of effects.
pub fn effects(count: u64, all: u64) -> String {
    let all = all.max(count);
    let newest = if count < all { format!(" (the newest {count} of them)") } else { String::new() };
    format!("{all} effect{}{newest}", if all == 1 { "" } else { "s" })
}

/// One effect on one line.
pub fn effect(id: &str, state: &str, kind: &str, code: Option<&Code>, why: Option<&str>) -> String {
    let why = why.map(|why| format!(": {why}")).unwrap_or_default();
    let code = code.map(|code| format!(" for {code}")).unwrap_or_default();
    format!("{id} · {} · {}{code}{why}", spoken(state), spoken(kind))
}

/// An effect is tried again.
pub fn requeued(id: &str) -> String {
    format!("{id} will be tried again.")
}

/// An operator said how an effect ends.
pub fn resolved(id: &str, how: &str) -> String {
    format!("{id} is resolved as {how}. It will not be tried again.")
}

/// An operator said that it was done, and nobody can look at the moment.
pub fn is_looked_at(id: &str) -> String {
    format!(
        "{id} is not closed yet: I cannot look at the moment. The access counts as in force until I have read back that it is gone. I look again by myself until then; nothing has to be said again."
    )
}

/// The state of an effect that there is not.
pub fn no_such_effect() -> String {
    "not known here".to_owned()
}
