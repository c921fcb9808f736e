//! What is said of repairs.

use countersign_domain::capabilities::Drift;
use countersign_domain::repair::{Changed, RepairNews, changed};
use countersign_domain::request::{Code, News};

/// On the button that proposes to set everything back.
pub(crate) const REVERT_ALL: &str = "Set all back";
/// On the button that proposes to take everything over.
pub(crate) const ADOPT_ALL: &str = "Adopt all";
/// On the button that proposes to speak of nothing for a week.
pub(crate) const IGNORE_ALL: &str = "Ignore for a week";

/// How to put right what is different, by the name of one of the differences.
pub(crate) fn repairs_are_proposed(mark: &str) -> String {
    format!(
        "To put this right, propose a plan that somebody else countersigns: “repair access revert all”, or by their names, “repair access adopt {mark}, revert the rest”."
    )
}

/// The same where the log was put back to an older copy, so that setting everything back could give what was revoked.
pub(crate) fn repairs_after_a_restore(mark: &str) -> String {
    format!(
        "The log was put back to an older copy: what it says was given may have been revoked since, and setting that back would give it again. \
         Look at each of them, and propose a plan by their names that somebody else countersigns: “repair access adopt {mark}” has the log \
         take over what is held now."
    )
}

/// The title of a plan.
pub(crate) fn repair(code: &Code, what: &str) -> String {
    if what.is_empty() { format!("Repair {code}") } else { format!("Repair {code}: {what}") }
}

/// That a plan has more steps than are told.
pub(crate) fn more_steps(more: usize) -> String {
    format!("And {more} more.")
}

/// What is otherwise than it was first shown.
pub(crate) fn since_shown(differences: &[Changed<Drift>]) -> String {
    format!("Since it was first shown, {}.", changed(differences))
}

/// When what is held was looked at.
pub(crate) fn looked_at_on(at: &str) -> String {
    format!("That is what was held on {at}; it is looked at again before a countersignature counts.")
}

/// What is news, as the title of what is said about it.
pub(crate) const fn repair_news(news: News<RepairNews>) -> &'static str {
    match news {
        News::Denied => "The repair was denied",
        News::Lapsed => "Nobody answered in time, so the repair lapsed",
        News::Closed => "The repair was closed, because somebody left",
        News::Failed => "The repair failed",
        News::WaitsAgain => "The repair waits again",
        News::Own(RepairNews::Repaired) => "The repair was carried out",
        News::Own(RepairNews::CalledOff) => "The repair was called off",
    }
}

/// Nothing of a plan is done, because somebody left.
pub(crate) fn repair_called_off() -> String {
    "called off, and nothing of it is done".to_owned()
}
