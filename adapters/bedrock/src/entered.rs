//! One call, from when it is let pass to what came of it: what fails again and again is left alone for a while, and asked by nobody.

use std::time::Duration;

use countersign_domain::ports::{CallError, CallErrorKind, ModelFault, ModelFaultKind};
use countersign_outbound::{Closed, Passes, Told};

use crate::Access;
use crate::fault::fault;

/// A call that was let pass. One that is given up says nothing of the vendor.
pub(crate) struct Entered<'a>(Option<(Passes<'a, String>, &'a crate::way::Watched)>);

impl Access {
    /// Lets a call to this part of it pass: a model, an agent, a guardrail. Otherwise, how long it is left alone.
    pub(crate) fn enter(&self, part: &str) -> Result<Entered<'_>, Duration> {
        let Some(watched) = &self.watched else { return Ok(Entered(None)) };
        let passes = watched.breakers.enter(part.to_owned(), watched.clock.now());
        passes.map(|passes| Entered(Some((passes, watched)))).map_err(Closed::wait)
    }
}

impl Entered<'_> {
    /// A step came to this.
    pub(crate) fn tell_step<T>(self, done: &Result<T, ModelFault>) {
        self.tell(match done.as_ref().map_err(|fault| fault.kind) {
            Ok(_) | Err(ModelFaultKind::Refused | ModelFaultKind::Barred) => Told::Alive,
            Err(_) => Told::Failed,
        });
    }

    /// A call came to this.
    pub(crate) fn tell_call<T>(self, done: &Result<T, CallError>) {
        self.tell(match done.as_ref().map_err(|error| error.kind) {
            Ok(_) | Err(CallErrorKind::Rejected | CallErrorKind::Barred | CallErrorKind::Refused(_)) => {
                Told::Alive
            }
            Err(_) => Told::Failed,
        });
    }

    fn tell(self, told: Told) {
        if let Some((passes, watched)) = self.0 {
            passes.tell(told, watched.clock.now());
        }
    }
}

/// It is not asked at all.
pub(crate) fn left_alone(wait: Duration) -> ModelFault {
    fault(ModelFaultKind::Overloaded { after: Some(wait) }, &alone(wait))
}

pub(crate) fn alone(wait: Duration) -> String {
    format!("it failed several times in a row, so it is left alone for {} s", wait.as_secs().max(1))
}
