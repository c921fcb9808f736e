//! The words on fields and buttons, and the titles that are always the same.

use countersign_domain::duration::say_minutes;

/// Whoever was mentioned, where nobody knows who that is.
pub const SOMEBODY: &str = "@somebody";
/// The label of a field that leads to what has no place on a card.
pub const ALL_OF_IT: &str = "All of it";
/// The label of a field.
pub const STATUS: &str = "Status";
/// The label of a field.
pub const ASKED: &str = "Asked on";
/// The label of a field.
pub const PROPOSED_BY: &str = "Proposed by";
/// The label of a field.
pub const REASON: &str = "Why";
/// The label of a field.
pub const AT_THE_LATEST: &str = "Ends at the latest";
/// The label of a field.
pub const TICKET: &str = "Ticket";
/// The label of a field.
pub const HOLDS: &str = "Holds already";
/// The label of a field.
pub const HELD_BEFORE: &str = "Held before";
/// The label of a field.
pub const RULE: &str = "Rule";
/// The label of a field: why what is proposed about a request is.
pub const WHY_PROPOSED: &str = "Why longer";
/// The label of a field.
pub const COUNTERSIGNED_BY: &str = "Countersigned by";
/// The label of a field.
pub const MAY_COUNTERSIGN: &str = "May countersign";
/// The label of a field.
pub const UNTIL: &str = "Waits until";
/// The label of a field.
pub const RECEIPT: &str = "Receipt";

/// What stands on a button.
pub const APPROVE: &str = "Approve";
/// What stands on a button.
pub const DENY: &str = "Deny";
/// What stands on a button.
pub const WITHDRAW: &str = "Withdraw";
/// What stands on a button.
pub const WITHDRAW_EXTENSION: &str = "Withdraw the extension";
/// What stands on a button.
pub const EXTEND: &str = "Extend by a day";
/// What stands on a button, where a day does not fit any more.
pub fn extend_by(minutes: u64) -> String {
    format!("Extend by {}", say_minutes(minutes))
}

/// What stands on a button.
pub const EXTEND_SOMEHOW: &str = "Let it last longer";
/// What stands on a button.
pub const GIVE_BACK: &str = "Give back";
/// What stands on a button.
pub const REVOKE: &str = "Revoke";
/// What stands on a button.
pub const WHY: &str = "Why?";
/// What stands on a button.
pub const HELP: &str = "Help";
/// What stands on a button.
pub const SEE_PARKED: &str = "See what is parked";
/// What stands on a button.
pub const REQUEUE: &str = "Try again";

/// The title of the form that asks for the reason of a denial.
pub const WHY_FORM: &str = "Deny it";
/// What stands on a button.
pub const DENY_UNEXPLAINED: &str = "Deny without a reason";

/// The title of a card that says no.
pub const NOT_DONE: &str = "That was not done";
/// The title of the card that stands for a request there is not.
pub const NO_SUCH_REQUEST: &str = "There is nothing here";
