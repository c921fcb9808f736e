//! What a document wishes: that its file is read, that its text is put into the index, and that it is taken out again. Each may be done
//! twice: a file is what it is, and the index holds it once.

use serde::{Deserialize, Serialize};

use super::{Document, DocumentCommand, DocumentRequestCommand, Inspected, Phase, Read};
use crate::effect::{Became, Wish};
use crate::ports::{Indexed, Unreadable, VendorRole};
use crate::reaction::{Reaction, Then};
use crate::request::{self, Code, Command};

/// What follows up on it.
pub type FollowUp = request::FollowUp<Document>;

/// What it wishes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Effect {
    /// Read the file.
    ReadDocument {
        /// Which request's.
        code: Code,
    },
    /// Put its text into the index.
    IndexDocument {
        /// Which request's.
        code: Code,
    },
    /// Take it out of the index.
    ForgetDocument {
        /// Which request's.
        code: Code,
    },
}

/// What an attempt is about to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Plan {
    /// Read its text where that can do no harm.
    ExtractText {},
    /// Put it into the newest generation.
    PutIntoIndex {},
    /// Take it out of all generations.
    TakeOutOfIndex {},
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Outcome {
    /// This stands in it.
    DocumentRead(Box<Read>),
    /// No text can be read out of it.
    DocumentUnreadable {
        /// Why.
        why: Unreadable,
    },
    /// It is in the index, with what was read before.
    DocumentIndexed {
        /// What was read.
        read: Box<Read>,
        /// What the index made of it.
        indexed: Indexed,
    },
    /// It is not in the index.
    DocumentForgotten {},
    /// Nobody wants it any more.
    DocumentNotWanted {},
}

impl Effect {
    /// The request's code.
    pub const fn own_code(&self) -> &Code {
        match self {
            Self::ReadDocument { code } | Self::IndexDocument { code } | Self::ForgetDocument { code } => {
                code
            }
        }
    }

    const fn phase(&self) -> Phase {
        match self {
            Self::ReadDocument { .. } | Self::IndexDocument { .. } => Phase::Reading,
            Self::ForgetDocument { .. } => Phase::TakingOut,
        }
    }

    fn tell<E>(&self, name: &'static str, command: DocumentRequestCommand) -> Reaction<E, FollowUp> {
        let (code, command) = (self.own_code().clone(), Box::new(command));
        Reaction::new(name, Then::FollowUp(FollowUp::Tell { code, name, command }))
    }

    fn check<E>(&self, findings: Inspected) -> Reaction<E, FollowUp> {
        let (code, findings) = (self.own_code().clone(), Box::new(findings));
        Reaction::new("check", Then::FollowUp(FollowUp::Check { code, findings }))
    }
}

impl Wish for Effect {
    type Plan = Plan;
    type Outcome = Outcome;
    type FollowUp = FollowUp;

    fn kind(&self) -> &'static str {
        self.into()
    }

    fn code(&self) -> Option<&Code> {
        Some(self.own_code())
    }

    fn lane(&self) -> String {
        format!("document {}", self.own_code())
    }

    fn calls(&self) -> &'static [VendorRole] {
        &[VendorRole::Knowledge]
    }

    fn in_words(&self) -> String {
        match self {
            Self::ReadDocument { code } => format!("read the file of {code}"),
            Self::IndexDocument { code } => format!("put the text of {code} into the index"),
            Self::ForgetDocument { code } => format!("take the text of {code} out of the index"),
        }
    }

    fn plan_in_words(plan: &Plan) -> String {
        match plan {
            Plan::ExtractText {} => "read its text where that can do no harm".to_owned(),
            Plan::PutIntoIndex {} => "put it into the newest generation".to_owned(),
            Plan::TakeOutOfIndex {} => "take it out of all generations".to_owned(),
        }
    }

    fn outcome_in_words(outcome: &Outcome) -> String {
        match outcome {
            Outcome::DocumentRead(read) => format!("Read {} bytes of text", read.bytes),
            Outcome::DocumentUnreadable { .. } => "No text can be read out of it".to_owned(),
            Outcome::DocumentIndexed { indexed, .. } => {
                format!("In the index, with {}", super::words::passages(indexed))
            }
            Outcome::DocumentForgotten {} => "Not in the index any more".to_owned(),
            Outcome::DocumentNotWanted {} => "Not done, for nobody wants it any more".to_owned(),
        }
    }

    fn outcome<E>(&self, became: Became<'_, Self>) -> Vec<Reaction<E, FollowUp>> {
        let fail = |why: &str, given_up| {
            vec![self.tell("fail", Command::Fail { phase: self.phase(), why: why.to_owned(), given_up })]
        };
        match became {
            Became::Done(Outcome::DocumentRead(read)) => {
                vec![self.tell("take_text", DocumentCommand::TakeText(read.clone()).into())]
            }
            Became::Done(Outcome::DocumentUnreadable { why }) => {
                vec![self.check(Inspected { unreadable: Some(why.clone()), ..Inspected::default() })]
            }
            Became::Done(Outcome::DocumentIndexed { read, indexed }) => {
                let (read, indexed) = (Some(read.clone()), Some(indexed.clone()));
                vec![self.check(Inspected { unreadable: None, read, indexed })]
            }
            // What is not found any more, and what was not wanted, has been told.
            Became::Done(Outcome::DocumentForgotten {} | Outcome::DocumentNotWanted {})
            | Became::DoneByHand { .. }
            | Became::Vouched { .. } => vec![],
            Became::Parked { told, .. } => fail(told, false),
            Became::GivenUp { why } => fail(why, true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::{indexed, read, submission};
    use super::*;

    fn follows(effect: &Effect, became: Became<'_, Effect>) -> Vec<&'static str> {
        let reactions: Vec<Reaction<Effect, FollowUp>> = effect.outcome(became);
        reactions.into_iter().map(|reaction| reaction.step).collect()
    }

    #[test]
    fn what_was_read_is_taken_in_and_what_cannot_be_read_is_denied_by_the_checks() {
        let code = submission().code;
        let (reads, indexes) = (Effect::ReadDocument { code: code.clone() }, Effect::IndexDocument { code });
        let was_read = Outcome::DocumentRead(Box::new(read()));
        assert_eq!(follows(&reads, Became::Done(&was_read)), ["take_text"]);
        let unreadable = Outcome::DocumentUnreadable { why: Unreadable::Encrypted };
        assert_eq!(follows(&reads, Became::Done(&unreadable)), ["check"]);
        let indexed = Outcome::DocumentIndexed { read: Box::new(read()), indexed: indexed() };
        assert_eq!(follows(&indexes, Became::Done(&indexed)), ["check"]);
        assert_eq!(
            follows(&indexes, Became::Parked { why: "no disk", told: "no disk", rejected: false }),
            ["fail"]
        );
        assert_eq!(follows(&indexes, Became::GivenUp { why: "" }), ["fail"]);
        assert_eq!(follows(&reads, Became::Done(&Outcome::DocumentNotWanted {})), [""; 0]);
        assert_eq!(reads.lane(), indexes.lane(), "one after the other");
    }
}
