//! Which requests and conversations change, and who may look no more, as it happens: one follower of the log for all who watch.

use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::conversation::Conversation;
use countersign_domain::envelope::{Envelope, Position};
use countersign_domain::names::Tenant;
use countersign_domain::ports::StoreError;
use countersign_domain::record::Record;
use countersign_domain::request::{CATEGORY, Code};
use countersign_domain::tenant::People;
use tokio::sync::{OnceCell, broadcast};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::world::World;

/// Who is further behind than this many changes is told to look anew.
const BUFFER: usize = 1024;
/// How many events a resumed watcher is caught up with; more, and it is told to look anew.
const MOST: usize = 20_000;
const PAGE: usize = 512;

/// Something changed that those who watch are to know.
#[derive(Debug, Clone)]
pub(super) struct Change {
    /// Where in the log.
    pub(super) position: Position,
    /// Whose.
    pub(super) tenant: Tenant,
    /// What.
    pub(super) what: Changed,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Changed {
    /// A request.
    Request(Code),
    /// A conversation.
    Conversation(Uuid),
    /// Who belongs to the tenant.
    People,
    /// Somebody signed out of the session with this id.
    SignedOut(String),
}

impl Change {
    fn of(envelope: &Envelope) -> Option<Self> {
        let id = envelope.stream.id();
        let what = match envelope.stream.category() {
            CATEGORY => Changed::Request(id.parse().ok()?),
            Conversation::CATEGORY => Changed::Conversation(id.parse().ok()?),
            People::CATEGORY => Changed::People,
            Record::SIGN_OUT => Changed::SignedOut(id.to_owned()),
            _ => return None,
        };
        Some(Self { position: envelope.pos, tenant: envelope.tenant.clone(), what })
    }
}

/// The follower. It starts with the first watcher.
pub(super) struct Changes {
    world: World,
    stopping: CancellationToken,
    sender: broadcast::Sender<Change>,
    started: OnceCell<()>,
}

impl Changes {
    /// Nobody watches yet.
    pub(super) fn new(world: World, stopping: CancellationToken) -> Self {
        Self { world, stopping, sender: broadcast::Sender::new(BUFFER), started: OnceCell::new() }
    }

    /// Everything that changes from now on.
    pub(super) async fn watch(&self) -> Result<broadcast::Receiver<Change>, StoreError> {
        let receiver = self.sender.subscribe();
        // The head is read before anybody catches up, so that nothing falls in between.
        let start = async || {
            let head = self.world.store.head().await?;
            let following = follow(self.world.clone(), self.sender.clone(), head);
            tokio::spawn(self.stopping.clone().run_until_cancelled_owned(following));
            Ok::<_, StoreError>(())
        };
        self.started.get_or_try_init(start).await?;
        Ok(receiver)
    }

    /// The tenant's requests that changed after a position, each once, in the order of their last change; `None` where
    /// that is too much to tell.
    pub(super) async fn since(
        &self,
        tenant: &Tenant,
        mut after: Option<Position>,
    ) -> Result<Option<Vec<Change>>, StoreError> {
        let mut changes: Vec<Change> = Vec::new();
        let mut read = 0;
        loop {
            let page = self.world.store.read_all(after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(Some(changes)) };
            (after, read) = (Some(last.pos), read + page.len());
            if read > MOST {
                return Ok(None);
            }
            let of_requests =
                |change: &Change| change.tenant == *tenant && matches!(change.what, Changed::Request(_));
            for change in page.iter().filter_map(Change::of).filter(of_requests) {
                changes.retain(|earlier| earlier.what != change.what);
                changes.push(change);
            }
        }
    }
}

async fn follow(world: World, sender: broadcast::Sender<Change>, mut after: Option<Position>) {
    loop {
        match world.store.read_all(after, PAGE).await {
            Ok(page) => {
                after = page.last().map(|envelope| envelope.pos).or(after);
                // Nobody listening is no fault.
                page.iter().filter_map(Change::of).for_each(|change| drop(sender.send(change)));
                if page.is_empty()
                    && let Err(error) = world.store.wait_past(after).await
                {
                    pause(&error).await;
                }
            }
            Err(error) => pause(&error).await,
        }
    }
}

async fn pause(error: &StoreError) {
    tracing::warn!("the log cannot be followed for the page: {error}");
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
}
