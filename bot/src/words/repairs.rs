//! What is said of repairs.

/// On the button that proposes to set everything back.
pub const REVERT_ALL: &str = "Set all back";
/// On the button that proposes to take everything over.
pub const ADOPT_ALL: &str = "Adopt all";
/// On the button that proposes to speak of nothing for a week.
pub const IGNORE_ALL: &str = "Ignore for a week";

/// How to put right what is different, by the name of one of the differences.
pub fn repairs_are_proposed(mark: &str) -> String {
    format!(
        "To put this right, propose a plan that somebody else countersigns: “repair access revert all”, or by their names, “repair access adopt {mark}, revert the rest”."
    )
}
