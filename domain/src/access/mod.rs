//! Access requests: asked for, checked, countersigned, granted, and ended by themselves.

#[cfg(test)]
mod alias_tests;
mod assurance;
mod check;
mod code;
mod command;
mod compare;
mod comparison;
mod content;
mod countersign;
mod deadline;
mod duration;
#[cfg(test)]
mod eligible;
mod event;
mod evidence;
#[cfg(test)]
pub(crate) mod example;
mod grant;
mod holding;
mod leave;
mod limits;
mod permission;
mod react;
mod repository;
mod span;
mod state;
mod status;
mod subject;
mod tell;

pub use assurance::Assurance;
pub use check::WAIT_MINUTES;
pub use code::{Code, NotACode};
pub use command::{AccessCommand, Countersignature, Denial, Review};
pub use compare::{Deviation, How, Known, Shown, deviation};
pub use comparison::{
    Compared, Comparison, ComparisonCommand, ComparisonEvent, Restored, Spot, WhyCompared,
    react_to_comparison, settled,
};
pub use content::{
    Asked, DEFAULT_MINUTES, Form, NAME_MAX, Origin, REASON_MAX, Requester, read_until, text_fault,
};
pub use deadline::Deadline;
pub use duration::{DurationFault, digit, parse_minutes, say_minutes};
pub use event::{AccessEvent, Ending, Findings, Phase, Proposal};
pub use evidence::Difference;
pub use holding::{Baseline, Holding};
pub use permission::{NotAPermission, Permission};
pub use react::react;
pub use repository::{NotARepository, RepositoryName};
pub use span::{BREAK_MINUTES, Span, TOTAL_DAYS, unbroken_minutes};
pub use state::{Access, Failure, Grant, Open};
pub use status::Status;
pub use subject::Subject;
pub use tell::{News, tell};

use jiff::Timestamp;

use crate::aggregate::Aggregate;
use crate::denied::Denied;

impl Aggregate for Access {
    const CATEGORY: &'static str = "access";
    type Command = AccessCommand;
    type Event = AccessEvent;

    fn decide(&self, command: AccessCommand, now: Timestamp) -> Result<Vec<AccessEvent>, Denied> {
        use AccessCommand as C;
        match command {
            C::Ask(asked) if self.asked.is_none() => Ok(vec![AccessEvent::AccessRequested { asked }]),
            C::Ask(_) => Ok(vec![]),
            C::Check { findings, subject, ruling, earlier } => {
                Ok(self.check(*findings, subject, ruling, &earlier, now))
            }
            C::LookAgain { findings, moved_by_us } => Ok(self.look_again(*findings, &moved_by_us)),
            C::Overtake { findings, differences } => Ok(self.overtake(*findings, differences, now)),
            C::Review(review) => Ok(self.review(&review, now)),
            C::Countersign(signature) => self.countersign(&signature, now),
            C::TakeBack { by, assurance } => self.take_back(&by, assurance),
            C::Deny { by, absent, receipt, reason } => self.deny(&by, &absent, receipt, reason),
            C::Withdraw { by } => self.withdraw(&by),
            C::Lapse => Ok(self.lapse(now)),
            C::Escalate => Ok(self.escalate()),
            C::Remind => Ok(self.remind(now)),
            C::Announce { by } => self.announce(&by),
            C::Warn => Ok(self.warn(now)),
            C::Confirm { permission, before } => Ok(self.confirm(permission, before, now)),
            C::Fail { phase, why, given_up } => Ok(self.fail(Failure { phase, why, given_up })),
            C::Delay { vendor } => Ok(self.delay(vendor)),
            C::Extend { by, minutes, ruling, earlier } => self.extend(&by, minutes, ruling, &earlier, now),
            C::GiveBack { by } => self.give_back(&by),
            C::Revoke { by, reason } => self.revoke(&by, reason),
            C::Expire => Ok(self.expire(now)),
            C::ConfirmEnd { left } => Ok(self.confirm_end(left)),
        }
    }

    fn evolve(&mut self, event: &AccessEvent, at: Timestamp) {
        self.apply(event, at);
    }

    fn is_urgent(&self, command: &AccessCommand) -> bool {
        command.is_urgent()
    }
}
