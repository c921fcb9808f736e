//! What speaks against a plan, and against nothing else.

use serde::{Deserialize, Serialize};

use crate::denied::{self, Own};
use crate::words::{list, plain};

/// Why a repair is not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "code", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Fault {
    /// Nothing of what a plan would put right is different any more.
    NothingDiffers,
    /// A plan says two things of one difference.
    TwiceInPlan {
        /// Where it is.
        what: String,
    },
    /// A plan is longer than anybody reads.
    TooManyItems {
        /// How many items it has.
        items: usize,
        /// The most it may have.
        max: usize,
    },
    /// A plan changes more at once than it may.
    BeyondTheCap {
        /// The share of what is held that may be changed at once, in percent.
        share: u8,
        /// Where, and how much.
        over: Vec<Over>,
        /// What of it would fit, item by item.
        fits: Vec<String>,
    },
    /// Something shall be ignored, and nobody says until when.
    IgnoredUntilWhen,
    /// Something shall not be spoken of for too long.
    IgnoredTooLong {
        /// For how many days at most it may be.
        days: i64,
    },
    /// No difference has this name, or not any more.
    UnknownDifference {
        /// The name as given.
        given: String,
    },
}

/// Where a plan changes more than it may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Over {
    /// On what, as people say it; nothing for everything that the tenant holds.
    pub on: Option<String>,
    /// How much it changes there.
    pub changes: u64,
    /// How much other plans change there at the same time.
    pub elsewhere: u64,
    /// How much is held there.
    pub held: u64,
    /// How much may be changed at once.
    pub most: u64,
}

impl denied::Fault for Fault {
    fn of(own: &Own) -> Option<Self> {
        own.read()
    }

    fn said(&self) -> String {
        match self {
            Self::NothingDiffers => {
                "Nothing of this is different any more: it is as the log wants it. Say “compare access” to see what is.".to_owned()
            }
            Self::TwiceInPlan { what } => {
                format!("The plan says two things of {what}: one of them is enough.")
            }
            Self::TooManyItems { items, max } => format!(
                "The plan has {items} items; {max} are the most that anybody can be asked to read at once. Make several plans of it."
            ),
            Self::BeyondTheCap { share, over, fits } => beyond_the_cap(*share, over, fits),
            Self::IgnoredUntilWhen => {
                "Say until when it is to be ignored, as in “repair access ignore all until Friday”: nothing is ignored for ever.".to_owned()
            }
            Self::IgnoredTooLong { days } => format!(
                "Nothing is ignored for longer than {days} days: what shall stay as it is can be adopted."
            ),
            Self::UnknownDifference { given } => format!(
                "I know no difference called {}, or not any more. Say “compare access” to see what there is.",
                plain(given)
            ),
        }
    }
}

fn beyond_the_cap(share: u8, over: &[Over], fits: &[String]) -> String {
    let told: Vec<_> = over.iter().map(one_over).collect();
    let fits = if fits.is_empty() {
        "Nothing fits until other plans are carried out.".to_owned()
    } else {
        format!("This would fit: {}.", list(fits))
    };
    format!(
        "That is too much at once: at most {share} % of what is held is changed. {} {fits}",
        told.join(" ")
    )
}

fn one_over(over: &Over) -> String {
    let Over { on, changes, elsewhere, held, most } = over;
    let on = on.as_deref().map_or_else(|| "In all".to_owned(), |on| format!("On {}", plain(on)));
    let beside = if *elsewhere == 0 { String::new() } else { format!(", beside {elsewhere} by other plans") };
    format!("{on} it changes {changes} of {held}{beside}; {most} may be changed.")
}
