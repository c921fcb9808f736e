//! Listening at Discord's gateway: what comes is given to the desk, and what was missed in a gap is read.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_trait::async_trait;
use countersign_discord::{Answer, Gateway, Heard, Link, Listener, MemberChange, Mode, Unheard};
use countersign_domain::names::Tenant;
use countersign_domain::ports::{Interaction, Surface, SurfaceKind};
use countersign_outbound::Trouble;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::DiscordSide;
use crate::desk::{Desk, Unread};

/// After so long a lost connection is tried again.
const AGAIN: Duration = Duration::from_secs(10);
/// A connection that is not there for so long is told of, again and again.
const NOT_THERE: SignedDuration = SignedDuration::from_secs(10);
const NOT_THERE_YET: &str = "there is none: Discord's gateway does not answer, or does not let the bot in; it is tried again and again";

impl DiscordSide {
    /// Listens at the gateway until told to stop, and reads what was missed since it `listened` last and after each gap; where
    /// deliveries come by HTTP, only registers the slash command.
    pub async fn listen(
        self: Arc<Self>,
        desk: Arc<Desk>,
        tenant: Tenant,
        listened: Option<Timestamp>,
        stop: CancellationToken,
    ) {
        if self.mode == Mode::Http {
            self.register(&stop).await;
            return stop.cancelled().await;
        }
        let gateway = Gateway::new(Arc::clone(&self.client), self.command.clone());
        let gateway = if self.follows_roles { gateway.with_members() } else { gateway };
        let ears = Ears { side: Arc::clone(&self), desk: Arc::clone(&desk), tenant: tenant.clone() };
        let ears: Arc<dyn Listener> = Arc::new(ears);
        let run = async {
            while let Err(end) = gateway.run(Arc::clone(&ears), stop.cancelled()).await {
                self.troubles().tell(Trouble::Connection, &end.to_string());
                if stop.run_until_cancelled(tokio::time::sleep(AGAIN)).await.is_none() {
                    return;
                }
            }
        };
        tokio::select! {
            () = run => {}
            () = self.follow(gateway.link(), listened, &desk, &tenant) => {}
        }
    }

    async fn register(&self, stop: &CancellationToken) {
        let registered = async {
            if !self.client.try_to_register(&self.command).await {
                self.client.register_later(&self.command).await;
            }
        };
        stop.run_until_cancelled(registered).await;
    }

    /// With each new session, reads what was said since the one before, and who has which role. Never ends by itself.
    async fn follow(
        &self,
        mut link: watch::Receiver<Link>,
        listened: Option<Timestamp>,
        desk: &Arc<Desk>,
        tenant: &Tenant,
    ) {
        let surface = (SurfaceKind::Discord, &*self.client as &dyn Surface);
        // Before the first session it is since the bot listened last.
        let (mut session, mut gap, mut unread) = (0, None, Unread::since(listened));
        loop {
            let now = self.clock.now();
            let seen = *link.borrow_and_update();
            self.tell_of(seen, session);
            match seen {
                Link::Gap if session == 0 => {}
                Link::Gap => gap = gap.or(Some(now)),
                // Of a session that goes on, Discord brings what came meanwhile.
                Link::Connected { session: same } if same == session => gap = None,
                Link::Connected { session: new } => {
                    let _busy = desk.busy();
                    if let Some(since) = gap.take().or((session != 0).then_some(now)) {
                        unread.gap(since);
                    }
                    session = new;
                    if let Err(failure) = desk.sync_groups_of(tenant, SurfaceKind::Discord).await {
                        tracing::warn!(%tenant, "who has which role could not be taken over: {failure}");
                    }
                }
            }
            if seen != Link::Gap && unread.is_something() {
                let _busy = desk.busy();
                if let Err(failure) = desk.reconcile(tenant, surface, &mut unread).await {
                    tracing::warn!(%tenant, "what was missed could not be taken in: {failure}");
                }
            }
            tokio::select! {
                changed = link.changed() => if changed.is_err() {
                    return std::future::pending().await;
                },
                // Serenity goes on trying, and tells nobody.
                () = self.clock.sleep_until(now + NOT_THERE), if seen == Link::Gap => {
                    self.troubles().tell(Trouble::Connection, NOT_THERE_YET);
                }
                () = desk.before_reading_again(), if seen != Link::Gap && unread.is_something() => {}
            }
        }
    }

    /// Tells whether it is connected, after a session of this number.
    fn tell_of(&self, seen: Link, session: u64) {
        let was = self.connected.swap(seen != Link::Gap, Ordering::Relaxed);
        match seen {
            Link::Gap if was => {
                self.troubles().tell(Trouble::Connection, "it was lost, and is made anew");
            }
            Link::Gap => {}
            Link::Connected { session: new } => {
                // One that was lost and is there again before anybody looked is told by its number alone.
                if was && session != 0 && new != session {
                    self.troubles().tell(Trouble::Connection, "it was lost, and made anew");
                }
                self.troubles().over(Trouble::Connection);
            }
        }
    }
}

/// What the gateway brings, given to the desk.
struct Ears {
    side: Arc<DiscordSide>,
    desk: Arc<Desk>,
    tenant: Tenant,
}

#[async_trait]
impl Listener for Ears {
    async fn begins(&self) {
        self.desk.nobody_listened(&self.tenant, SurfaceKind::Discord);
    }

    async fn take(&self, heard: Heard) -> Option<Answer> {
        let _busy = self.desk.busy();
        match self.side.take(&self.desk, &self.tenant, heard).await {
            Ok(answer) => Some(answer),
            Err(failure) => {
                tracing::error!(tenant = %self.tenant, "an interaction could not be kept: {failure}");
                None
            }
        }
    }

    async fn keep(&self, interaction: Interaction) {
        let _busy = self.desk.busy();
        if let Err(failure) = self.side.keep(&self.desk, &self.tenant, interaction).await {
            tracing::error!(tenant = %self.tenant, "what was said could not be kept: {failure}");
        }
    }

    async fn member(&self, change: MemberChange) {
        let _busy = self.desk.busy();
        let taken = match change {
            MemberChange::Roles => self.desk.sync_groups_of(&self.tenant, SurfaceKind::Discord).await,
            MemberChange::Left(who) => self.desk.forget(&self.tenant, &who).await,
        };
        if let Err(failure) = taken {
            tracing::error!(tenant = %self.tenant, "a change of members could not be kept: {failure}");
        }
    }

    async fn unheard(&self, why: Unheard) {
        let _busy = self.desk.busy();
        self.side.troubles().tell(Trouble::Unreadable, &why.to_string());
        let kept = self.desk.unreadable(&self.tenant, SurfaceKind::Discord, &why.to_string()).await;
        if let Err(failure) = kept {
            tracing::error!(tenant = %self.tenant, "that could not be kept: {failure}");
        }
    }
}
