//! The built-in guardrail: what texts hold that must not cross, found without asking anybody.
//!
//! A [`Policy`] is a value: which kind is masked or refused at which crossing, and which topics are not talked about.
//! [`BuiltIn`] judges by one. What is found (`find`) is found in time that grows as the text does, by patterns that do not look
//! back, and by the check digits that numbers have; so a number that is none of its kind is none. Another guardrail may look [`Behind`] it.

mod behind;
mod built_in;
mod find;
mod policy;
mod seen;
mod verdict;

pub use behind::Behind;
pub use built_in::BuiltIn;
pub use policy::{BadPolicy, Does, Kind, Policy, Topic};
