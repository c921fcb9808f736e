//! What a request is told, or its kind does, because of what became of an effect, or of an event.

use super::{Code, Command, Difference, Kind, News};

/// What follows up.
#[derive(Debug, Clone, PartialEq)]
pub enum FollowUp<K: Kind> {
    /// Let a request take in what was found, with what the rules say to it.
    Check {
        /// Which request.
        code: Code,
        /// What was found.
        findings: Box<K::Evidence>,
    },
    /// Tell a request that it was not carried out, because what it was decided on has changed.
    Overtake {
        /// Which request.
        code: Code,
        /// What there is now.
        findings: Box<K::Evidence>,
        /// What counts of what has changed.
        differences: Vec<Difference<K>>,
    },
    /// Tell a request something else.
    Tell {
        /// Which request.
        code: Code,
        /// What the command is called where commands are counted, and denials kept.
        name: &'static str,
        /// The command.
        command: Box<Command<K>>,
    },
    /// Tell those whom a request concerns.
    Notify {
        /// Which request.
        code: Code,
        /// What.
        news: News<K::News>,
        /// Whether who asked sees it in the answer to what they said.
        but_who_asked: bool,
    },
    /// Do what only this kind knows.
    Own(K::Errand),
}
