//! Proposing other rules: what cannot be used is refused at once, line by line; everything else the check that follows finds out.

use countersign_domain::capabilities::{LANGUAGE, Listed as _};
use countersign_domain::denied::{Denied, Violation};
use countersign_domain::names::Tenant;
use countersign_domain::request::{Code, Kind as _, Origin};
use countersign_domain::rule_change::{Draft, Extent, Fault, RuleChange, question, tidy};
use countersign_domain::rules::{Refusal, Ruling};
use countersign_domain::tenant::Person;
use countersign_projections::ProjectionError;
use countersign_projections::request::{self, RequestFilter, Which};
use countersign_projections::tenant as tenants;

use super::{compare, in_force, ruled};
use crate::aside::aside;
use crate::context::Context;
use crate::directory::Present;
use crate::engine::{Decided, Failure};
use crate::requests::{Requests, Touched, requester};

/// The command's name in the log.
const NAME: &str = "rules propose";

/// So many proposals of one person wait at once, and so many of all of a tenant's: each is kept whole, and has the log gone through.
const MOST_OF_ONE: usize = 5;
const MOST_OF_ALL: usize = 20;

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// These rules, whole.
    Rules(String),
    /// Those of an earlier version.
    BackTo(u64),
}

/// What only changes of the rules can be asked.
#[derive(Clone, Copy)]
pub struct Proposals<'a> {
    requests: &'a Requests,
}

impl<'a> Proposals<'a> {
    /// The operations, beside those on every request.
    pub const fn new(requests: &'a Requests) -> Self {
        Self { requests }
    }

    /// Proposes rules in the place of those in force; of version `base`, where whoever proposes says which they have read.
    pub async fn propose(
        self,
        context: &Context,
        wanted: Wanted,
        base: Option<u64>,
        why: Option<&str>,
    ) -> Result<Decided<Touched>, Failure> {
        let (requests, tenant) = (self.requests, &context.tenant);
        let present = requests.directory.to_decide(tenant).await?;
        if let Err(why) = may_propose(&context.person, &present) {
            return requests.refuse(context, NAME, why).await;
        }
        let now = present.rulebook.version();
        // Whoever asks them first says what they know by naming what is in force.
        if let Some(several) = undoes_several(&wanted, base, now) {
            return requests.refuse(context, NAME, several.into()).await;
        }
        let base = base.unwrap_or(now);
        if base != now {
            return requests.refuse(context, NAME, Violation::RulesMovedOn { base, now }).await;
        }
        let why = match requests.reason(context, NAME, why).await? {
            Ok(why) => why,
            Err(denied) => return Ok(Err(denied)),
        };
        let (text, back_to) = match self.text(tenant, wanted).await? {
            Ok(text) => text,
            Err(fault) => return requests.refuse(context, NAME, fault.into()).await,
        };
        let cause = context.cause(NAME, requests.world.clock.now());
        let (requester, origin) = (requester(&context.person), Origin::Chat);
        let draft = |code| Draft {
            code,
            requester: requester.clone(),
            origin,
            base,
            text: text.clone(),
            why: why.clone(),
            back_to,
            asks_others: false,
        };
        let wanted = draft(Code::candidate(cause.command, 0));
        let faults = faults(wanted.clone(), &present).await?;
        if !faults.is_empty() {
            let denied = Denied(faults);
            requests.engine.deny(tenant, &cause, NAME, None, &denied).await?;
            return Ok(Err(denied));
        }
        let _turn = requests.asking.turn(tenant, &context.person.id).await;
        match self.open_already(context, &present, &wanted).await? {
            Already::Same(same) => Ok(Ok(*same)),
            Already::Many(many) => requests.refuse(context, NAME, many).await,
            Already::Fewer => {
                let asks_others = asks_others(tenant, &present, &wanted).await?;
                let draft = |code| Draft { asks_others, ..draft(code) };
                requests.begin::<RuleChange>(tenant, &cause, NAME, draft).await
            }
        }
    }

    /// What is asked before an earlier version is proposed, of whoever may propose it: whether they know that it undoes more than the
    /// last change. The answer names the version that is in force.
    pub(crate) async fn asked_first(
        self,
        context: &Context,
        wanted: &Wanted,
        base: Option<u64>,
    ) -> Result<Option<Fault>, Failure> {
        let present = self.requests.directory.present(&context.tenant).await?;
        let several = undoes_several(wanted, base, present.rulebook.version());
        Ok(several.filter(|_| may_propose(&context.person, &present).is_ok()))
    }

    /// The same rules asked for once more while they wait are the same proposal.
    async fn open_already(
        self,
        context: &Context,
        present: &Present,
        wanted: &Draft,
    ) -> Result<Already, Failure> {
        let (world, tenant, person) = (&self.requests.world, &context.tenant, &context.person);
        world.folded().await?;
        let kind = Some(RuleChange::NAME.to_owned());
        let filter = RequestFilter { which: Which::Open, kind, ..RequestFilter::default() };
        let rows = world.projections.rows(request::NAME);
        let mut open = request::list(&*rows, tenant, &filter, None, usize::MAX)?.items;
        open.retain(|row| row.request.is_to_be_decided());
        let absent = present.state.absent_for(person, world.clock.now());
        let same = open.iter().find(|row| {
            let change = RuleChange::of(Some(&row.request)).and_then(|change| change.asked.as_ref());
            change.is_some_and(|draft| draft.wants_the_same(wanted))
                && row.request.is_seen_by(person, &absent)
        });
        if let Some(row) = same {
            let (code, request) = (row.code.clone(), row.request.clone());
            return Ok(Already::Same(Box::new(Touched { code, request, position: None })));
        }
        let own = open.iter().filter(|row| row.request.is_for(&person.id)).count();
        let many = |open: usize, own| Violation::from(Fault::ManyProposals { open: open as u64, own });
        Ok(if own >= MOST_OF_ONE {
            Already::Many(many(own, true))
        } else if open.len() >= MOST_OF_ALL {
            Already::Many(many(open.len(), false))
        } else {
            Already::Fewer
        })
    }

    /// The rules that are wanted, and of which version they were; or that there never was such a version.
    async fn text(
        self,
        tenant: &Tenant,
        wanted: Wanted,
    ) -> Result<Result<(String, Option<u64>), Fault>, Failure> {
        let version = match wanted {
            Wanted::Rules(text) => return Ok(Ok((tidy(&text), None))),
            Wanted::BackTo(version) => version,
        };
        let world = &self.requests.world;
        world.folded().await?;
        let rules = tenants::rules(&*world.projections.rows(tenants::NAME), tenant, version);
        let rules = rules.map_err(ProjectionError::from)?;
        let none = || Fault::UnknownVersion { given: version.to_string() };
        Ok(rules.map(|rules| (rules.text, Some(version))).ok_or_else(none))
    }
}

/// What speaks against going back so far, where it undoes more than the change that is in force: an old card, or a list, says
/// nothing of the rest. Whoever names what is in force has read that.
fn undoes_several(wanted: &Wanted, base: Option<u64>, now: u64) -> Option<Fault> {
    match *wanted {
        Wanted::BackTo(version) if base.is_none() && version > 0 && version.saturating_add(1) < now => {
            Some(Fault::UndoesSeveral { version, now })
        }
        Wanted::BackTo(_) | Wanted::Rules(_) => None,
    }
}

/// Whether the rules ask others about this, with the people there are now.
async fn asks_others(tenant: &Tenant, present: &Present, draft: &Draft) -> Result<bool, Failure> {
    let (_, compared) = compare::now(tenant, present, draft).await?;
    let ruling = ruled(draft, Some(&compared), present);
    Ok(matches!(ruling, Some(Ruling::Allowed(terms)) if !terms.auto))
}

/// What waits already.
enum Already {
    /// The same.
    Same(Box<Touched>),
    /// Too much.
    Many(Violation),
    /// Less than may.
    Fewer,
}

/// What is wrong with a draft by itself. Compiling takes as long as its author likes.
async fn faults(draft: Draft, present: &Present) -> Result<Vec<Violation>, Failure> {
    let in_force = present.rules.clone();
    Ok(aside(async move { draft.faults(&LANGUAGE, in_force.as_ref()) }).await?)
}

/// Whether the rules let this person propose anything, a small change or a large one: for nobody else a text is even read. Where a
/// rule forbids it by name, it is named.
pub(crate) fn may_propose(person: &Person, present: &Present) -> Result<(), Violation> {
    let (rules, large) = (in_force(present), Extent { adds: 1, removes: 1, changes: 1 });
    let mut why = Violation::from(Fault::MayNotChangeRules);
    for extent in [Extent::default(), large] {
        match rules.rule(&question(person, extent, &present.state)) {
            Ruling::Allowed(_) => return Ok(()),
            Ruling::Forbidden(Refusal { policies, messages, .. }) if !policies.is_empty() => {
                why = Violation::ForbiddenByRule { policies, messages };
            }
            Ruling::Forbidden(_) => {}
        }
    }
    Err(why)
}
