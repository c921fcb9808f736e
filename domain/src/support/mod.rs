//! Tickets of our own: somebody asks for help, somebody of the desk looks after it, and clocks on a calendar say whether what was
//! promised is kept. (What is wished of a tracker's tickets is `ticket`.)

mod calendar;
mod command;
mod due;
mod effect;
mod event;
#[cfg(test)]
pub(crate) mod example;
mod fault;
mod level;
mod mirror;
mod numbers;
mod open;
mod paging;
mod react;
mod reply;
mod resolve;
mod ticket;
mod words;

pub use calendar::{Calendar, Hours};
pub use command::TicketCommand;
pub use effect::{Effect, Outcome, Plan};
pub use event::{Attached, Exchange, KeptFrom, Opened, Side, TicketEvent, Turn};
pub use fault::Fault;
pub use level::{Desk, Priority, Promise, Reading, ServiceLevel, Stopwatch, Target};
pub use mirror::{Heard, Mirror, Saying, Sight, Solved, There};
pub use numbers::{NumberEvent, Numbers, Take};
pub use open::{MOST_SUBJECT, MOST_TEXT};
pub use paging::{Paged, Pages, Paging};
pub use react::{FollowUp, Hears, react};
pub use ticket::{Status, Ticket};
pub use words::{attached, priority, title, told};
