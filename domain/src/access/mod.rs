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
mod form;
#[cfg(test)]
mod found_tests;
mod grant;
mod holding;
mod kind;
mod leave;
mod limits;
mod longer;
mod news;
mod permission;
mod question;
mod react;
mod repository;
mod same;
mod span;
mod state;
mod status;
mod subject;

pub use command::{AccessCommand, Countersignature, GrantCommand};
pub use compare::{Deviation, How, Known, Shown, Unended, deviation};
pub use comparison::{
    ALL, Compared, Comparison, ComparisonCommand, ComparisonEvent, Lowered, Restored, Spot, WhyCompared,
    react_to_comparison,
};
pub use content::{Asked, DEFAULT_MINUTES, Form, NAME_MAX};
pub use drift::{ANNOTATIONS, Change, Drift};
pub use due::{Deadline, Due};
pub use effect::{Effect, Outcome, PermissionTask, Plan};
pub use errand::{Errand, FollowUp};
pub use event::{AccessEvent, Ending, Findings, GrantEvent, Phase, Proposal};
pub use evidence::Difference;
pub use form::{FORM, REPOSITORIES};
pub use holding::{Baseline, Holding};
pub use limits::limits_broken;
pub use longer::Longer;
pub use news::{GrantNews, News};
pub use permission::{NotAPermission, Permission};
pub use question::{FORGE, Sought, question};
pub use react::react;
pub use repository::{NotARepository, RepositoryName};
pub use span::{BREAK_MINUTES, Span, TOTAL_DAYS, unbroken_minutes};
pub use state::{Access, AccessRequest, Grant, Lasting, OpenAccess};
pub use status::Status;
pub use subject::Subject;
