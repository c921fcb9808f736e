//! What a ticket can be asked to do.

use jiff::tz::TimeZone;

use super::{Desk, Opened, Priority};
use crate::person::Person;

/// The commands. `zone` is that of the calendar which the ticket has.
#[derive(Debug, Clone)]
pub enum TicketCommand {
    /// Open it.
    Open {
        /// With what.
        opened: Box<Opened>,
        /// How much it hurries.
        priority: Priority,
        /// What is promised now.
        desk: Box<Desk>,
    },
    /// Sort it anew.
    Triage {
        /// Who.
        by: Box<Person>,
        /// How much it hurries.
        priority: Priority,
        /// What is promised now.
        desk: Box<Desk>,
        /// By whose rules its clocks ran until now.
        zone: TimeZone,
    },
    /// Give it to somebody, or back.
    Assign {
        /// Who.
        by: Box<Person>,
        /// To whom.
        to: Option<Box<Person>>,
    },
    /// Say something.
    Reply {
        /// Who.
        by: Box<Person>,
        /// What.
        text: String,
        /// Whether whoever asked is to answer before it goes on.
        waits: bool,
        /// By whose rules its clocks run.
        zone: TimeZone,
    },
    /// Say that it is resolved.
    Resolve {
        /// Who.
        by: Box<Person>,
        /// How.
        how: String,
        /// By whose rules its clocks run.
        zone: TimeZone,
    },
    /// Say that it is over.
    Close {
        /// Who.
        by: Box<Person>,
    },
    /// It stands in a tracker as well.
    Link {
        /// Its key there.
        key: String,
    },
    /// Something may be due.
    Due,
}
