//! What a ticket can be asked to do.

use jiff::tz::TimeZone;

use super::{Desk, Opened, Priority, Sight, There};
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
        /// In which project of the tracker it is made as well, if in one.
        project: Option<String>,
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
        /// Who says so; nobody where we made it there.
        by: Option<Box<Person>>,
    },
    /// Take in what is seen there.
    TakeThere {
        /// What.
        sight: Box<Sight>,
        /// By whose rules its clocks run.
        zone: TimeZone,
    },
    /// We moved it there.
    TakeMoved {
        /// Its key there.
        key: String,
        /// How it stands.
        there: There,
    },
    /// Say that the page was heard.
    Acknowledge {
        /// Who.
        by: Box<Person>,
    },
    /// Something may be due.
    Due,
}
