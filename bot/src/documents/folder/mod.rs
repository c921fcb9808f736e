//! The watched folder of a tenant: its files are brought by themselves, in the name of whoever the configuration says, and take the same
//! way as any other. A file is brought once two looks found it alike, for what is being written changes between them; where it changes
//! later, that is a new version. What lies there no more is told and stays: a disk that is gone looks like a folder that somebody
//! emptied, and nothing is retired for that.

mod files;

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use countersign_domain::capabilities::violation;
use countersign_domain::documents::Document;
use countersign_domain::envelope::{Digest, derived_id};
use countersign_domain::names::Tenant;
use countersign_domain::tenant::Person;
use countersign_projections::help_desk::{self, DocumentRow};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::files::{Listing, Lying, Mark, listing, read_whole};
use super::bring::{Brought, Content, NotKept, bring};
use crate::context::Context;
use crate::desk::Desk;
use crate::engine::Failure;
use crate::help::{FolderSettings, Help, Look};
use crate::requests::Requests;

/// What the ids of what is brought are derived in.
const BROUGHT: Uuid = Uuid::from_u128(0x51c1_9d0e_7a44_4f0b_9e52_6a1c_40b7_d8e3);
/// So long a disk may take to say what lies there.
const PATIENCE: Duration = Duration::from_secs(30);
/// So many are brought at one look: people have to decide on each.
const MOST_AT_ONCE: usize = 20;
/// So many of those that are not brought are told.
const MOST_TOLD: usize = 100;

/// Why a folder that is there cannot be believed.
const EMPTIED: &str = "it is empty, and files that lay in it were brought: its disk may not be there";

/// Looks at the folder of a tenant again and again, until told to stop; at once where there is none.
pub(super) async fn watch(desk: Arc<Desk>, requests: Requests, tenant: Tenant, stop: CancellationToken) {
    let world = requests.world.clone();
    let settings = world.help(&tenant).and_then(|help| help.settings.folder.clone());
    let Some(settings) = settings else { return };
    let (seen, done) = (HashMap::new(), HashMap::new());
    let mut watcher = Watcher { requests, tenant, settings, seen, done, under_way: None };
    loop {
        let busy = desk.busy();
        // What is cut off here is begun anew by the next bot: whatever was brought already is the same once more.
        let Some(looked) = stop.run_until_cancelled(Box::pin(watcher.look())).await else { return };
        if let Err(failure) = looked {
            tracing::warn!(tenant = %watcher.tenant, "the watched folder could not be looked at: {failure}");
        }
        drop(busy);
        let again = world.clock.sleep_until(world.clock.now() + watcher.settings.every);
        if stop.run_until_cancelled(again).await.is_none() {
            return;
        }
    }
}

/// What was seen so far, in this run of the bot: what was brought before stands in the log.
struct Watcher {
    requests: Requests,
    tenant: Tenant,
    settings: FolderSettings,
    /// How each file looked at the last look.
    seen: HashMap<String, Mark>,
    /// With which of them nothing is to be done while they look so; and why they are not brought, if they are not.
    done: HashMap<String, (Mark, Option<String>)>,
    /// A listing that its disk has not answered yet: it is waited for, and no other is begun beside it.
    under_way: Option<JoinHandle<io::Result<Listing>>>,
}

/// What there is of a file already.
#[derive(Default)]
struct Known {
    newest: Option<DocumentRow>,
    live: Option<DocumentRow>,
}

/// What became of a file at a look.
enum Became {
    /// It was brought.
    Brought,
    /// There is nothing to do with it while it looks so.
    Known,
    /// It is not brought while it looks so, and why.
    Left(String),
    /// It is looked at again, and why it was not brought now.
    Later(Option<String>),
}

impl Watcher {
    async fn look(&mut self) -> Result<(), Failure> {
        let world = self.requests.world.clone();
        let Some(help) = world.help(&self.tenant) else { return Ok(()) };
        world.folded().await?;
        let known = self.known()?;
        let at = Some(world.clock.now());
        let look = match self.listing().await {
            Err(why) => Look { at, absent: Some(why), ..Look::default() },
            Ok(listing) if listing.files.is_empty() && listing.more == 0 && !known.is_empty() => {
                Look { at, absent: Some(EMPTIED.to_owned()), ..Look::default() }
            }
            Ok(listing) => Look { at, ..self.bring_all(help, &listing, &known).await? },
        };
        self.tell(&help.watched.found(look.clone()), &look);
        Ok(())
    }

    /// Says to who runs the bot what is otherwise than at the look before.
    fn tell(&self, before: &Look, now: &Look) {
        let (tenant, folder) = (&self.tenant, self.settings.path.display());
        match &now.absent {
            Some(why) if before.absent.as_ref() != Some(why) => {
                tracing::error!(%tenant, %folder, "the watched folder is not there, and nothing is concluded from that: {why}");
            }
            None if before.absent.is_some() => {
                tracing::info!(%tenant, %folder, "the watched folder is there again");
            }
            _ => {}
        }
        for (path, why) in now.left.iter().filter(|left| !before.left.contains(left)) {
            tracing::warn!(%tenant, %folder, path, "a file of the watched folder is not brought: {why}");
        }
    }

    async fn listing(&mut self) -> Result<Listing, String> {
        let (root, most) = (self.settings.path.clone(), self.settings.most_files);
        let begin = || tokio::task::spawn_blocking(move || listing(&root, most));
        let mut under_way = self.under_way.take().unwrap_or_else(begin);
        let Ok(listed) = tokio::time::timeout(PATIENCE, &mut under_way).await else {
            self.under_way = Some(under_way);
            return Err("its disk does not answer".to_owned());
        };
        listed.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
    }

    /// What was brought of each file, by where it lies.
    fn known(&self) -> Result<BTreeMap<String, Known>, Failure> {
        let rows = self.requests.world.projections.rows(help_desk::NAME);
        let all = help_desk::documents(&*rows, &self.tenant)?;
        let mut known = BTreeMap::<String, Known>::new();
        let age = |row: &DocumentRow| (row.at, row.edition.version);
        for row in &all {
            let Some(path) = &row.watched else { continue };
            let known = known.entry(path.clone()).or_default();
            if known.newest.as_ref().is_none_or(|newest| age(newest) < age(row)) {
                known.newest = Some(row.clone());
            }
        }
        // Somebody may have given a version by hand since: the next one takes the place of that.
        for Known { newest, live } in known.values_mut() {
            let is_in_place = |row: &&DocumentRow| {
                row.live && newest.as_ref().is_some_and(|newest| newest.document == row.document)
            };
            *live = all.iter().find(is_in_place).cloned();
        }
        Ok(known)
    }

    async fn bring_all(
        &mut self,
        help: &Help,
        listing: &Listing,
        known: &BTreeMap<String, Known>,
    ) -> Result<Look, Failure> {
        let mut look = Look::default();
        let people = self.requests.directory.present(&self.tenant).await?.state;
        let owner = people.people.get(&self.settings.owner).cloned();
        if owner.is_none() {
            let why = format!("{} is to bring them, and nobody here has that id", self.settings.owner);
            look.left.push((String::new(), why));
        }
        let nothing = Known::default();
        let mut room = MOST_AT_ONCE;
        for lying in &listing.files {
            let is_alike = self.seen.get(&lying.path) == Some(&lying.mark);
            let done = self.done.get(&lying.path).filter(|(mark, _)| *mark == lying.mark);
            let done = done.map(|(_, why)| why.clone());
            let why = match (done, &owner) {
                (Some(why), _) => why,
                (None, Some(owner)) if is_alike && room > 0 => {
                    let known = known.get(&lying.path).unwrap_or(&nothing);
                    let became = self.take(help, owner, lying, known).await?;
                    room -= usize::from(matches!(became, Became::Brought));
                    self.after(lying, became)
                }
                _ => None,
            };
            look.left.extend(why.map(|why| (lying.path.clone(), why)));
        }
        if listing.more > 0 {
            let why = format!(
                "{} files more are not looked at: see `most_files`, and names that are no text",
                listing.more
            );
            look.left.push((String::new(), why));
        }
        look.left.truncate(MOST_TOLD);
        self.seen = listing.files.iter().map(|lying| (lying.path.clone(), lying.mark)).collect();
        let lies = |path: &str| self.seen.contains_key(path);
        let live = known.iter().filter_map(|(path, known)| Some((path, known.live.as_ref()?)));
        let gone = live.filter(|(path, row)| row.watched.is_some() && listing.more == 0 && !lies(path));
        look.gone = gone.map(|(path, row)| (path.clone(), row.code.to_string())).take(MOST_TOLD).collect();
        self.done.retain(|path, _| self.seen.contains_key(path));
        Ok(look)
    }

    /// Keeps what became of a file; why it is not brought, if it is not.
    fn after(&mut self, lying: &Lying, became: Became) -> Option<String> {
        let why = match became {
            Became::Later(why) => return why,
            Became::Left(why) => Some(why),
            Became::Brought | Became::Known => None,
        };
        self.done.insert(lying.path.clone(), (lying.mark, why.clone()));
        why
    }

    /// Brings a file, where it is not what was brought of it last.
    async fn take(
        &self,
        help: &Help,
        owner: &Person,
        lying: &Lying,
        known: &Known,
    ) -> Result<Became, Failure> {
        let most = help.settings.most_bytes;
        match lying.mark.size {
            0 => return Ok(Became::Left("there is nothing in it".to_owned())),
            size if size > most => return Ok(Became::Left(format!("it has more than {most} bytes"))),
            _ => {}
        }
        let bytes = match read(self.settings.path.clone(), lying.clone()).await {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Ok(Became::Later(None)),
            Err(why) => return Ok(Became::Later(Some(why))),
        };
        let sha = Digest::of(&bytes);
        if known.live.as_ref().is_some_and(|live| live.sha == sha) {
            return Ok(Became::Known);
        }
        if let Some(newest) = &known.newest {
            if newest.sha == sha {
                return Ok(Became::Known);
            }
            // One version of a file waits at a time: what came meanwhile is brought once that is decided.
            if self.is_under_way(newest).await? {
                let why = format!("its version {} is still to be decided on", newest.edition);
                return Ok(Became::Later(Some(why)));
            }
        }
        self.bring(help, owner, (lying, bytes, sha), known).await
    }

    async fn is_under_way(&self, row: &DocumentRow) -> Result<bool, Failure> {
        let document = self.requests.state::<Document>(&self.tenant, &row.code).await?;
        Ok(document.is_undecided() || document.is_approved() && !document.own.is_live())
    }

    async fn bring(
        &self,
        help: &Help,
        owner: &Person,
        (lying, bytes, sha): (&Lying, Vec<u8>, Digest),
        known: &Known,
    ) -> Result<Became, Failure> {
        let last = known.newest.as_ref().map(|row| row.code.to_string()).unwrap_or_default();
        // The same after a crash as before it.
        let id = derived_id(BROUGHT, &format!("{} {} {sha} {last}", self.tenant, lying.path));
        let context = Context::begin(self.tenant.clone(), owner.clone(), "folder", id);
        let of_new = known.live.is_none();
        let brought = Brought {
            collection: of_new.then(|| self.settings.collection.clone()),
            // Who may read the version before may read this one: that it was narrowed is not undone by a file.
            acl: of_new.then(|| self.settings.readers.clone()),
            document: known.live.as_ref().map(|row| row.code.to_string()),
            watched: Some(lying.path.clone()),
            ..Brought::new(Content::Bytes(bytes.into()), lying.path.clone())
        };
        match bring(&self.requests, help, &context, brought).await {
            Ok(Ok(_)) => Ok(Became::Brought),
            Ok(Err(denied)) => Ok(Became::Left(denied.0.iter().map(violation).collect::<Vec<_>>().join(" "))),
            Err(NotKept::Failure(failure)) => Err(failure),
            Err(NotKept::Blobs(error)) => Ok(Became::Later(Some(format!("it could not be kept: {error}")))),
        }
    }
}

async fn read(root: PathBuf, lying: Lying) -> Result<Option<Vec<u8>>, String> {
    let read = tokio::task::spawn_blocking(move || read_whole(&root, &lying)).await;
    read.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
}
