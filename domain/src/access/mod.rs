//! Access requests: asked for, checked, countersigned, granted, and ended by themselves.

#[cfg(test)]
mod adopted_tests;
#[cfg(test)]
mod again_tests;
#[cfg(test)]
mod alias_tests;
mod check;
mod command;
mod compare;
mod comparison;
mod content;
mod difference;
mod drift;
mod due;
mod effect;
#[cfg(test)]
mod eligible;
mod errand;
mod event;
mod evidence;
#[cfg(test)]
pub(crate) mod example;
mod fault;
mod form;
#[cfg(test)]
mod found_tests;
mod grant;
mod holding;
#[cfg(test)]
mod invited_tests;
mod kind;
mod leave;
mod limits;
mod longer;
mod news;
mod question;
mod react;
mod same;
mod span;
mod state;
mod status;
mod subject;
pub mod words;

pub use command::{AccessCommand, Countersignature, GrantCommand};
pub use compare::{Deviation, How, Known, Shown, Unended, deviation};
pub use comparison::{
    ALL, Compared, Comparison, ComparisonCommand, ComparisonEvent, Lowered, Restored, Spot, WhyCompared,
    react_to_comparison,
};
pub use content::{Asked, DEFAULT_MINUTES, NAME_MAX};
pub use difference::Difference;
pub use drift::{Change, Drift};
pub use due::{Deadline, Due};
pub use effect::{Effect, Outcome, PermissionTask, Plan};
pub use errand::{Errand, FollowUp};
pub use event::{AccessEvent, Ending, Findings, GrantEvent, Phase, Proposal};
pub use fault::Fault;
pub use form::{FORM, REPOSITORIES};
pub use holding::{Baseline, Holding};
pub use limits::limits_broken;
pub use longer::Longer;
pub use news::{GrantNews, News};
pub use question::{RULES, Sought, by_forge_account, question};
pub use react::react;
pub use span::{Span, TOTAL_DAYS, unbroken_minutes};
pub use state::{Access, AccessRequest, Grant, Lasting, OpenAccess};
pub use status::Status;
pub use subject::Subject;

pub use crate::heard::Form;
pub use crate::ports::{NotAPermission, NotARepository, Permission, RepositoryName};
