//! Building cards: pure functions over how things stand, who looks, and what time it is.

mod answers;
mod asking;
pub(crate) mod draft;
mod leave;
mod oversight;
mod proposed;
mod shown;
mod story;
mod talk;
mod viewer;

pub use answers::{
    asked_already, denied, denied_by_reaction, draft_dropped, effects, given_up, held_already, hello,
    help_all, help_one, is_looked_at, lines, no_such_request, not_complete, not_understood, not_your_token,
    nothing, requeued, resolved, say_why, say_why_again, say_why_noted,
};
pub use asking::{question, question_over};
pub(crate) use draft::Draft;
pub use leave::{somebody_left, switched_off};
pub use oversight::{
    compared, comparing, comparison, ending_alarm, known_differences, move_alarm, vendor_alarm,
};
pub use shown::Shown;
pub use story::{Happened, story};
pub use talk::*;
pub(crate) use viewer::{button, deciding_buttons, see_parked, shared_buttons};
pub use viewer::{could_decide, refresh};

#[cfg(test)]
mod tests;
