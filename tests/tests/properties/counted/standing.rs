//! What stands in the log, reckoned from its events alone, and whether the gauges show it.

use std::collections::BTreeMap;

use countersign_domain::access::{
    AccessEvent, AccessRequest, Comparison, ComparisonEvent, GrantEvent, Status,
};
use countersign_domain::aggregate::{self, Aggregate as _};
use countersign_domain::alarm::{About, Alarm, AlarmEvent};
use countersign_domain::capabilities::{EffectEvent, Effects};
use countersign_domain::envelope::Envelope;
use countersign_sandbox::Fault;
use countersign_sandbox::jira::Status as TicketStatus;
use countersign_tests::acting::form;
use countersign_tests::measured::values;
use countersign_tests::stage::Stage;
use countersign_tests::vendors::{Vendor as _, account, trouble};
use jiff::SignedDuration;
use proptest::prelude::*;

use crate::support::{Outcome, fresh};

const ACME: (&str, &str) = ("tenant", "acme");

/// An access ends, and stays; somebody gives a permission by hand; and the forge is compared with the log.
pub(super) async fn goes_wrong(stage: &Stage) {
    let number = fresh();
    let (ticket, repository) = (format!("STAY-{number}"), format!("stays-{number}"));
    // What trouble is left of the story is over.
    stage.demo.bitbucket.order(trouble([]));
    stage.demo.jira.order(trouble([]));
    stage.add_repository(&repository);
    stage.add_ticket(&ticket, TicketStatus::ToDo, "demo-employee");
    let code = stage.ask("demo-employee", &form("write", &repository, "1 day", &ticket)).await;
    stage.countersign("demo-approver", &code).await.expect("an approver may");
    let matching = "DELETE /2.0/repositories".to_owned();
    let refused = Fault { matching, times: 100_000, status: Some(400), ..Fault::default() };
    stage.demo.bitbucket.order(trouble([refused]));
    stage.later(SignedDuration::from_hours(25)).await;
    stage.set_by_hand(&account("demo-auditor"), &repository, Some("admin"));
    stage.post("demo-admin", "/api/v1/access/compare", &serde_json::Value::Null).await;
    stage.settle().await;
}

/// What stands in a log.
#[derive(Default)]
pub(super) struct Standing {
    /// How many events there are.
    events: usize,
    /// Each request, and whether it is granted and its end was not read back.
    requests: BTreeMap<String, (AccessRequest, bool)>,
    effects: BTreeMap<String, Effects>,
    alarms: BTreeMap<String, Alarm>,
    compared: Comparison,
}

impl Standing {
    /// What stands in this one.
    pub(super) fn of(log: &[Envelope]) -> Self {
        let mut standing = Self { events: log.len(), ..Self::default() };
        for envelope in log {
            standing.hear(envelope);
        }
        standing
    }

    fn hear(&mut self, envelope: &Envelope) {
        let id = envelope.stream.id().to_owned();
        match envelope.stream.category() {
            "request" => {
                let event: AccessEvent = aggregate::decode(envelope).expect("an event");
                let (state, granted) = self.requests.entry(id).or_default();
                *granted |= matches!(event, AccessEvent::Own(GrantEvent::Granted { .. }));
                *granted &= !matches!(event, AccessEvent::Own(GrantEvent::Ended { .. }));
                state.evolve(&event, envelope.at);
                if matches!(event, AccessEvent::Own(GrantEvent::Ended { by_hand: false, .. })) {
                    // Nobody looks after what was different because of it.
                    self.compared.ended(&envelope.stream.id().parse().expect("a code"));
                }
            }
            "effect" => {
                let event: EffectEvent = aggregate::decode(envelope).expect("an event");
                self.effects.entry(id).or_default().evolve(&event, envelope.at);
            }
            "alarm" => {
                let event: AlarmEvent = aggregate::decode(envelope).expect("an event");
                self.alarms.entry(id).or_default().evolve(&event, envelope.at);
            }
            "comparison" => {
                let event: ComparisonEvent = aggregate::decode(envelope).expect("an event");
                self.compared.evolve(&event, envelope.at);
            }
            _ => {}
        }
    }

    fn granted(&self) -> impl Iterator<Item = &AccessRequest> {
        self.requests.values().filter(|(_, granted)| *granted).map(|(state, _)| state)
    }

    /// What has ended and is still there.
    fn endings(&self) -> usize {
        self.granted().filter(|state| matches!(state.status(), Status::Ending | Status::Failed)).count()
    }

    fn alarms(&self, kind: &str) -> usize {
        let on = self.alarms.values().filter_map(|alarm| alarm.on.as_ref());
        on.filter(|on| on.about.kind() == kind).count()
    }

    /// How many ends are open, how many alarms there are of one, and how many differences.
    pub(super) fn amiss(&self) -> [usize; 3] {
        [self.endings(), self.alarms("ending"), self.compared.differences.len()]
    }

    /// The gauges of this page show it.
    pub(super) fn is_shown(&self, page: &str) -> Outcome {
        let same = |name, labels: &[(&str, &str)], expected: usize| {
            let shown = values(page, name, labels).sum::<f64>();
            #[expect(clippy::cast_precision_loss, reason = "a stage has few events")]
            let expected = expected as f64;
            prop_assert!((shown - expected).abs() < 0.5, "{} of {:?} is not {}", name, labels, expected);
            Ok(())
        };
        same("countersign_log_position", &[], self.events)?;
        same("countersign_projection_lag_events", &[], 0)?;
        same("countersign_grants_active", &[ACME], self.granted().count())?;
        for status in ["checking", "waiting", "granting", "active", "ending", "failed"] {
            let own = self.requests.values().filter(|(state, _)| state.status().as_str() == status).count();
            same("countersign_requests_open", &[ACME, ("status", status)], own)?;
        }
        for state in ["succeeded", "parked", "deferred", "unknown", "claimed", "attempted"] {
            let own = self.effects.values().filter(|effects| effects.state.as_str() == state).count();
            same("countersign_effects", &[ACME, ("state", state)], own)?;
        }
        same("countersign_endings_open", &[ACME], self.endings())?;
        for kind in About::KINDS {
            same("countersign_alarms", &[ACME, ("kind", kind)], self.alarms(kind))?;
        }
        same("countersign_access_differences", &[ACME], self.compared.differences.len())
    }
}
