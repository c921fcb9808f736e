//! What people said while a surface could not be heard: read from the vendor's history, and taken in as if it came now.

use std::collections::BTreeSet;

use countersign_domain::envelope::derived_id;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{CallErrorKind, Identity, Missed, Place, Surface, SurfaceKind};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::{Desk, Received, Taken, id_of};
use crate::engine::Failure;

/// A connection may have been dead for so long before it was noticed. What is read twice counts once.
const UNNOTICED: SignedDuration = SignedDuration::from_mins(5);
/// What is kept of a gap is read in one go, however long ago the bot listened last.
const LONGEST_GAP: SignedDuration = SignedDuration::from_hours(24 * 7);
/// After so long, talks that could not be read are read again.
const AGAIN: SignedDuration = SignedDuration::from_secs(30);
/// So often a file that the vendor cannot hand out at the moment is asked for, before who sent it is told.
const TRIES: u32 = 10;

/// Private talks that are still to be read, and since when.
#[derive(Debug, Default)]
pub(crate) struct Unread {
    since: Option<Timestamp>,
    /// Those whose talks were read already. A vendor that lets us read a few a minute is not asked for them again.
    read: BTreeSet<Identity>,
    /// In how many rounds something that was said could not be taken in at that moment.
    tries: u32,
}

impl Unread {
    /// What was said since then, where that is known, is to be read.
    pub(crate) const fn since(listened: Option<Timestamp>) -> Self {
        Self { since: listened, read: BTreeSet::new(), tries: 0 }
    }

    /// Nobody listens since then: what is unread from before stays so, and everybody may have said something.
    pub(crate) fn gap(&mut self, since: Timestamp) {
        self.since = Some(self.since.map_or(since, |before| before.min(since)));
        self.read.clear();
    }

    /// Whether anything is to be read.
    pub(crate) const fn is_something(&self) -> bool {
        self.since.is_some()
    }
}

impl Desk {
    /// Takes in what changed and what was said while a surface could not be heard. Whether that is all: where it is not,
    /// it is to be done again later.
    pub(crate) async fn catch_up(
        &self,
        tenant: &Tenant,
        surface: (SurfaceKind, &dyn Surface),
        unread: &mut Unread,
    ) -> bool {
        let caught_up = async {
            self.sync_groups_of(tenant, surface.0).await?;
            self.reconcile(tenant, surface, unread).await
        };
        match caught_up.await {
            Ok(()) if unread.is_something() => return false,
            Ok(()) => {}
            Err(failure) => {
                tracing::warn!(%tenant, "what was missed could not be taken in: {failure}");
                return false;
            }
        }
        self.caught_up.send_modify(|times| *times += 1);
        true
    }

    /// Until what could not be read is to be read again.
    pub(crate) async fn before_reading_again(&self) {
        let now = self.world.clock.now();
        self.world.clock.sleep_until(now.saturating_add(AGAIN).unwrap_or(now)).await;
    }

    /// How often what was missed was taken in since the start, and every change of that.
    pub fn caught_up(&self) -> watch::Receiver<u64> {
        self.caught_up.subscribe()
    }

    /// When the log was last written to: the bot surely listened then.
    pub(crate) async fn last_sign_of_life(&self) -> Result<Option<Timestamp>, Failure> {
        let Some(head) = self.world.store.head().await? else { return Ok(None) };
        let last = self.world.store.read_at(&[head]).await?;
        Ok(last.first().map(|envelope| envelope.at))
    }

    /// Takes in what was said in every private talk that is still unread, where the vendor keeps it. What cannot be read
    /// at this moment stays unread.
    pub(crate) async fn reconcile(
        &self,
        tenant: &Tenant,
        surface: (SurfaceKind, &dyn Surface),
        unread: &mut Unread,
    ) -> Result<(), Failure> {
        let Some(since) = unread.since else { return Ok(()) };
        let since = (since - UNNOTICED).max(self.world.clock.now() - LONGEST_GAP);
        let people = self.directory.present(tenant).await?.state;
        let mut whole = true;
        let (patient, mut is_held_up) = (unread.tries < TRIES, false);
        for (identity, binding) in &people.bound {
            if identity.surface != surface.0 || unread.read.contains(identity) {
                continue;
            }
            let missed = match surface.1.missed(&binding.direct, since).await {
                Ok(missed) => missed,
                Err(error) => {
                    tracing::info!(%tenant, "a private talk could not be read again: {error}");
                    if error.kind != CallErrorKind::Rejected {
                        // The vendor is away, or wants a pause: the others are read later, too.
                        whole = false;
                        break;
                    }
                    // What it refuses it will refuse again.
                    vec![]
                }
            };
            let mut all = true;
            if !missed.is_empty() && self.vendors_word(tenant, identity).await.is_none() {
                // What somebody said before we knew who they are was answered then.
                for missed in missed.into_iter().filter(|missed| missed.at >= binding.since) {
                    all = self.hear_missed(tenant, surface.1, &binding.direct, (missed, patient)).await?;
                    if !all {
                        // What they said after it means what it did: it is heard after it as well.
                        break;
                    }
                }
            }
            if all {
                unread.read.insert(identity.clone());
            } else {
                whole = false;
                is_held_up = true;
            }
        }
        // So many rounds, however many people wait in each.
        unread.tries += u32::from(is_held_up);
        if whole {
            *unread = Unread::default();
        }
        Ok(())
    }

    /// Takes one thing in that was said meanwhile, and answers where nothing else will. Whether it was taken in: a file that the vendor
    /// cannot hand out at the moment is waited for, as long as somebody is patient.
    async fn hear_missed(
        &self,
        tenant: &Tenant,
        surface: &dyn Surface,
        direct: &Place,
        (missed, patient): (Missed, bool),
    ) -> Result<bool, Failure> {
        let key = id_of(tenant, &missed.interaction);
        let received = match self.take_in(tenant, missed.interaction).await? {
            Taken::NotNow(..) if patient => return Ok(false),
            Taken::NotNow(interaction, unread, _turn) => {
                self.refuse_file(tenant, &interaction, &unread).await?
            }
            Taken::Received(received) => received,
        };
        if let Received::Refused(Some(card)) | Received::Answered(card) = received {
            let card = self.sealed(tenant, *card);
            if let Err(error) = surface.post(direct, &card, derived_id(key, "answer")).await {
                tracing::warn!(%tenant, "somebody could not be answered: {error}");
            }
        }
        Ok(true)
    }
}
