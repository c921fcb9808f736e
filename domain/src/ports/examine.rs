//! What a vendor says when it is asked whether the bot can work with it as it is set up.

use serde::{Deserialize, Serialize};

/// What a vendor answered when it was asked who the bot is to it, and whether everything is there that the configuration names.
/// That it does not let the bot in at all is an error of the kind [`Barred`](super::CallErrorKind::Barred).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Examined {
    /// As whom it knows the bot, and where: `the workspace acme, as Countersign`.
    pub answered: String,
    /// What is missing, or is not as the configuration says: each in a sentence with its cure.
    pub faults: Vec<String>,
}

impl Examined {
    /// All is as it should be.
    pub const fn good(answered: String) -> Self {
        Self { answered, faults: Vec::new() }
    }
}
