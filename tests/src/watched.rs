//! Vendors that are watched: before anything is changed at one of them, the log must say so.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use countersign::world::{Vendors, World};
use countersign_domain::access::{self, Permission};
use countersign_domain::aggregate;
use countersign_domain::capabilities::{EffectEvent, Plan};
use countersign_domain::envelope::Position;
use countersign_domain::named::Named;
use countersign_domain::ports::{
    CallError, Comment, EventStore, Examined, Forge, ForgeUser, Holders, Located, MovePlan, NewTicket,
    PermissionPlan, Refusal, Remark, Repositories, Ticket, TicketMove, Tracker,
};
use countersign_domain::{support, ticket};
use uuid::Uuid;

/// What was noticed: how many changes were made, and those of which the log did not know.
#[derive(Debug, Clone, Default)]
pub struct Noticed {
    /// How many changes were made.
    pub changes: u32,
    /// The changes of which the log did not know.
    pub unknown: Vec<String>,
}

/// What watches.
#[derive(Clone)]
pub struct Watch {
    store: Arc<dyn EventStore>,
    noticed: Arc<Mutex<Noticed>>,
    since: Arc<Mutex<Option<Position>>>,
}

impl Watch {
    /// Watches all vendors of a world.
    pub fn over(world: &mut World) -> Self {
        let watch = Self { store: Arc::clone(&world.store), noticed: Arc::default(), since: Arc::default() };
        let watched = world.tenants.iter().map(|(tenant, vendors)| (tenant.clone(), watch.around(vendors)));
        world.tenants = Arc::new(watched.collect());
        watch
    }

    /// What was noticed since the last time. Effects from before it count no more.
    pub async fn take(&self) -> Noticed {
        let head = self.store.head().await.expect("the log can be read");
        *self.since.lock().unwrap_or_else(PoisonError::into_inner) = head;
        std::mem::take(&mut *self.noticed.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn around(&self, vendors: &Vendors) -> Vendors {
        let forge = Arc::new(WatchedForge { inner: Arc::clone(&vendors.forge), watch: self.clone() });
        let tracker = vendors.tracker.as_ref().map(|inner| {
            let tracker = WatchedTracker { inner: Arc::clone(inner), watch: self.clone() };
            Arc::new(tracker) as Arc<dyn Tracker>
        });
        Vendors {
            forge,
            tracker,
            talk: vendors.talk.clone(),
            customs: Arc::clone(&vendors.customs),
            help: vendors.help.clone(),
        }
    }

    /// Looks for an attempt that is durable and has no outcome yet, and that set out to do exactly this.
    async fn expect(&self, what: String, fits: impl Fn(&str, &Plan) -> bool) {
        let since = *self.since.lock().unwrap_or_else(PoisonError::into_inner);
        let log = self.store.read_all(since, usize::MAX).await.expect("the log can be read");
        let mut open: std::collections::BTreeMap<String, Option<Plan>> = std::collections::BTreeMap::new();
        for envelope in log.iter().filter(|envelope| envelope.stream.category() == "effect") {
            let attempted = match aggregate::decode(envelope).expect("an effect's event") {
                EffectEvent::EffectAttempted { plan, .. } => Some(plan),
                _ => None,
            };
            open.insert(envelope.stream.id().to_owned(), attempted);
        }
        let known = open.iter().any(|(id, plan)| plan.as_ref().is_some_and(|plan| fits(id, plan)));
        let mut noticed = self.noticed.lock().unwrap_or_else(PoisonError::into_inner);
        noticed.changes += 1;
        if !known {
            noticed.unknown.push(what);
        }
    }
}

struct WatchedForge {
    inner: Arc<dyn Forge>,
    watch: Watch,
}

#[async_trait]
impl Forge for WatchedForge {
    fn vendor(&self) -> &'static str {
        self.inner.vendor()
    }

    async fn user(&self, named: &str) -> Result<Named<ForgeUser>, CallError> {
        self.inner.user(named).await
    }

    async fn obstacle(&self, account: &str) -> Result<Option<Refusal>, CallError> {
        self.inner.obstacle(account).await
    }

    async fn repository(&self, named: &str) -> Result<Located, CallError> {
        self.inner.repository(named).await
    }

    async fn permission(&self, account: &str, repository: &str) -> Result<Option<Permission>, CallError> {
        self.inner.permission(account, repository).await
    }

    async fn invited(&self, account: &str, repository: &str) -> Result<Option<Permission>, CallError> {
        self.inner.invited(account, repository).await
    }

    async fn search(&self, text: &str, most: usize) -> Result<Vec<String>, CallError> {
        self.inner.search(text, most).await
    }

    async fn holders(&self, repository: &str, page: u32) -> Result<Option<Holders>, CallError> {
        self.inner.holders(repository, page).await
    }

    async fn repositories(&self, page: u32) -> Result<Repositories, CallError> {
        self.inner.repositories(page).await
    }

    async fn examine(&self) -> Result<Examined, CallError> {
        self.inner.examine().await
    }

    async fn apply(&self, plan: &PermissionPlan) -> Result<(), CallError> {
        let same = |_: &str, attempted: &Plan| matches!(attempted, Plan::Access(access::Plan::Permission(attempted)) if attempted == plan);
        self.watch.expect(format!("{plan:?}"), same).await;
        self.inner.apply(plan).await
    }
}

struct WatchedTracker {
    inner: Arc<dyn Tracker>,
    watch: Watch,
}

#[async_trait]
impl Tracker for WatchedTracker {
    fn vendor(&self) -> &'static str {
        self.inner.vendor()
    }

    async fn examine(&self) -> Result<Examined, CallError> {
        self.inner.examine().await
    }

    async fn ticket(&self, key: &str) -> Result<Option<Ticket>, CallError> {
        self.inner.ticket(key).await
    }

    async fn comment(&self, key: &str, comment: &Comment) -> Result<(), CallError> {
        let marker = comment.marker.to_string();
        let same = |id: &str, attempted: &Plan| {
            let (Plan::Ticket(ticket::Plan::Comment { paragraphs })
            | Plan::Support(support::Plan::WriteOnIssue { paragraphs })) = attempted
            else {
                return false;
            };
            id == marker && *paragraphs == comment.paragraphs
        };
        self.watch.expect(format!("{comment:?}"), same).await;
        self.inner.comment(key, comment).await
    }

    async fn has_comment(&self, key: &str, marker: Uuid) -> Result<bool, CallError> {
        self.inner.has_comment(key, marker).await
    }

    async fn plan_move(&self, key: &str, to: TicketMove) -> Result<MovePlan, CallError> {
        self.inner.plan_move(key, to).await
    }

    async fn apply_move(&self, plan: &MovePlan) -> Result<(), CallError> {
        // A way of several steps is one attempt; what is left of it may be planned anew from the middle.
        let same = |_: &str, attempted: &Plan| {
            let (Plan::Ticket(ticket::Plan::Move(attempted))
            | Plan::Support(support::Plan::MoveIssue(attempted))) = attempted
            else {
                return false;
            };
            let mut passed = attempted.step.iter().chain(&attempted.then);
            attempted == plan || attempted.key == plan.key && passed.any(|step| step.to == plan.from)
        };
        self.watch.expect(format!("{plan:?}"), same).await;
        self.inner.apply_move(plan).await
    }

    async fn make(&self, new: &NewTicket) -> Result<String, CallError> {
        let marker = new.marker.to_string();
        let same = |id: &str, attempted: &Plan| {
            let Plan::Support(support::Plan::MakeIssue { project }) = attempted else { return false };
            id == marker && *project == new.project
        };
        self.watch.expect(format!("{new:?}"), same).await;
        self.inner.make(new).await
    }

    async fn made(&self, project: &str, marker: Uuid) -> Result<Option<String>, CallError> {
        self.inner.made(project, marker).await
    }

    async fn remarks(&self, key: &str, known: &BTreeSet<String>) -> Result<Vec<Remark>, CallError> {
        self.inner.remarks(key, known).await
    }
}
