//! The model behind the four files, and how they are read again while it runs.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use countersign_domain::digest::Digest;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{
    Ended, Model, ModelFault, ModelFaultKind, ModelName, Pieces, Secrets, Serving, Step, StepDone, Stop,
};
use countersign_outbound::{Ask, Credential, Outbound, OutboundError, Streamed, Vendor};

use super::VENDOR;
use super::answer::{Heard, Hearing};
use super::call::{body, head};
use super::faults::FileFault;
use super::files::Kind;
use super::set::Set;
use crate::collected::Collected;
use crate::fault::{a_page, cut_short, fault, malformed, of_stream};
use crate::lines::{Events, Lines};

/// The company's model of one tenant, as its folder says now.
pub struct CompanyLlm {
    folder: PathBuf,
    outbound: Arc<Outbound>,
    tenant: Tenant,
    secrets: Arc<dyn Secrets>,
    current: RwLock<CompanyModel>,
}

/// What reading the files again came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reloaded {
    /// They are as they were.
    Same,
    /// Other ones serve from now on: whoever began with those before ends with them.
    Changed(Digest),
    /// They cannot be used; those before stay.
    Kept(Vec<FileFault>),
}

impl CompanyLlm {
    /// Reads the folder; everything that is wrong with it, where it cannot be used.
    pub fn open(
        folder: PathBuf,
        outbound: Arc<Outbound>,
        tenant: Tenant,
        secrets: Arc<dyn Secrets>,
    ) -> Result<Self, Vec<FileFault>> {
        let set = Set::read(&folder)?;
        let current =
            CompanyModel::new(set, &outbound, &tenant, &secrets).map_err(|error| vec![no_way_out(&error)])?;
        Ok(Self { folder, outbound, tenant, secrets, current: RwLock::new(current) })
    }

    /// Looks at a folder before anybody opens it: the names of the secrets that its files take, or everything that is wrong with them.
    pub fn check(folder: &Path) -> Result<Vec<String>, Vec<FileFault>> {
        Set::read(folder).map(|set| set.secrets().into_iter().map(str::to_owned).collect())
    }

    /// The model as it is described now: whoever asks it several times keeps this one.
    pub fn model(&self) -> CompanyModel {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the files again.
    pub fn reload(&self) -> Reloaded {
        self.take(Set::read(&self.folder))
    }

    fn take(&self, read: Result<Set, Vec<FileFault>>) -> Reloaded {
        let set = match read {
            Ok(set) => set,
            Err(faults) => return Reloaded::Kept(faults),
        };
        let digest = set.digest;
        if digest == self.model().digest() {
            return Reloaded::Same;
        }
        match CompanyModel::new(set, &self.outbound, &self.tenant, &self.secrets) {
            Ok(model) => {
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = model;
                Reloaded::Changed(digest)
            }
            Err(error) => Reloaded::Kept(vec![no_way_out(&error)]),
        }
    }
}

/// Each step reads the files anew, so that whoever mends one need not tell the bot.
#[async_trait]
impl Model for CompanyLlm {
    fn name(&self) -> ModelName {
        self.model().name()
    }

    fn calls_tools(&self) -> bool {
        self.model().calls_tools()
    }

    async fn serving(&self) -> Option<Serving> {
        let folder = self.folder.clone();
        let refused =
            match tokio::task::spawn_blocking(move || Set::read(&folder)).await.map(|read| self.take(read)) {
                Ok(Reloaded::Same | Reloaded::Changed(_)) => vec![],
                Ok(Reloaded::Kept(faults)) => faults.iter().map(ToString::to_string).collect(),
                Err(error) => vec![format!("nobody could read them: {error}")],
            };
        Some(Serving { model: Arc::new(self.model()), refused })
    }

    async fn step(
        &self,
        step: &Step,
        pieces: &mut dyn Pieces,
        stop: &dyn Stop,
    ) -> Result<StepDone, ModelFault> {
        let model = self.model();
        model.step(step, pieces, stop).await
    }
}

fn no_way_out(error: &OutboundError) -> FileFault {
    FileFault { file: "config.json", line: 1, fault: error.to_string() }
}

/// The model as one set of files describes it.
#[derive(Clone)]
pub struct CompanyModel(Arc<Parts>);

struct Parts {
    set: Set,
    vendor: Vendor,
    secrets: Arc<dyn Secrets>,
}

impl CompanyModel {
    fn new(
        set: Set,
        outbound: &Outbound,
        tenant: &Tenant,
        secrets: &Arc<dyn Secrets>,
    ) -> Result<Self, OutboundError> {
        let vendor =
            outbound.vendor(VENDOR, tenant, set.base.clone(), Credential::Nobody, Arc::clone(secrets))?;
        Ok(Self(Arc::new(Parts { set, vendor, secrets: Arc::clone(secrets) })))
    }

    /// Of all four files.
    pub fn digest(&self) -> Digest {
        self.0.set.digest
    }

    /// Which secrets a call takes, by their names.
    pub fn secrets(&self) -> Vec<String> {
        self.0.set.secrets().into_iter().map(str::to_owned).collect()
    }

    /// The call, with its head.
    async fn ask(&self, step: &Step) -> Result<Ask<'_>, ModelFault> {
        let Parts { set, secrets, .. } = &*self.0;
        let path: Vec<&str> = set.path.iter().map(String::as_str).collect();
        let mut ask = Ask::post("ask the company's model", &path).in_pieces().json(&body(set, step));
        for (name, value) in &set.query {
            ask = ask.query(name, value);
        }
        let head = head(set, &**secrets).await.map_err(|error| {
            let kind = if error.passing {
                ModelFaultKind::Overloaded { after: None }
            } else {
                ModelFaultKind::Barred
            };
            fault(VENDOR, kind, &error.to_string())
        })?;
        for (name, value) in head {
            let unsendable = || {
                fault(
                    VENDOR,
                    ModelFaultKind::Barred,
                    &format!("the header `{name}` cannot be sent as its secret is"),
                )
            };
            ask = ask.header(&name, &value).ok_or_else(unsendable)?;
        }
        Ok(ask)
    }

    async fn hear_all(
        &self,
        streamed: &mut Streamed<'_>,
        collected: &mut Collected<'_>,
    ) -> Result<Option<Ended>, ModelFault> {
        let response = &self.0.set.config.response;
        if matches!(streamed.media().as_str(), "text/html" | "application/xhtml+xml") {
            return Err(a_page(VENDOR));
        }
        let (mut hearing, mut parts) = (Hearing::new(response), Parting::new(response.kind));
        loop {
            let bytes =
                streamed.next().await.map_err(|fault| of_stream(VENDOR, fault, collected.has_begun()))?;
            let Some(bytes) = bytes else { break };
            parts.push(&bytes)?;
            while let Some(part) = parts.next() {
                match hearing.hear(&part, collected)? {
                    Heard::More => {}
                    Heard::All => return Ok(Some(Ended::Said)),
                    Heard::TooMuch => return Ok(Some(Ended::Length)),
                }
            }
            if collected.has_begun() {
                streamed.has_begun();
            }
        }
        match hearing.hear(&parts.last(), collected) {
            Ok(Heard::TooMuch) => Ok(Some(Ended::Length)),
            Ok(Heard::All) => Ok(Some(Ended::Said)),
            // What is there at once is there to its end.
            Ok(Heard::More) if response.kind == Kind::Whole => Ok(Some(Ended::Said)),
            Ok(Heard::More) => Ok(hearing.at_the_end()),
            Err(_) if response.kind != Kind::Whole && hearing.at_the_end().is_none() => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    async fn once(&self, step: &Step, collected: &mut Collected<'_>) -> Result<Option<Ended>, ModelFault> {
        let ask = self.ask(step).await?;
        let patience = self.0.set.config.timeouts.patience();
        match self.0.vendor.stream(ask, patience).await {
            Ok(mut streamed) => self.hear_all(&mut streamed, collected).await,
            Err(broken) => Err(of_stream(VENDOR, broken, false)),
        }
    }

    /// As often as the files say, while nothing was heard and nothing was done.
    async fn as_often_as_wanted(
        &self,
        step: &Step,
        collected: &mut Collected<'_>,
    ) -> Result<Option<Ended>, ModelFault> {
        let retry = self.0.set.config.retry;
        let mut attempts = retry.attempts.max(1);
        loop {
            attempts -= 1;
            match self.once(step, collected).await {
                Err(ModelFault { kind: ModelFaultKind::Overloaded { .. }, .. })
                    if attempts > 0 && !collected.has_begun() =>
                {
                    tokio::time::sleep(Duration::from_secs(retry.wait_seconds)).await;
                }
                ended => return ended,
            }
        }
    }
}

/// Bits of an answer, made into what is heard at once.
enum Parting {
    Whole(Vec<u8>),
    Events(Events),
    Lines(Lines),
}

impl Parting {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Whole => Self::Whole(Vec::new()),
            Kind::Sse => Self::Events(Events::default()),
            Kind::Ndjson => Self::Lines(Lines::default()),
        }
    }

    fn push(&mut self, bytes: &[u8]) -> Result<(), ModelFault> {
        let pushed = match self {
            Self::Whole(all) => {
                all.extend_from_slice(bytes);
                Ok(())
            }
            Self::Events(events) => events.push(bytes),
            Self::Lines(lines) => lines.push(bytes),
        };
        pushed.map_err(|_| malformed(VENDOR, "a line of its answer has no end"))
    }

    fn next(&mut self) -> Option<String> {
        match self {
            Self::Whole(_) => None,
            Self::Events(events) => events.next(),
            Self::Lines(lines) => lines.next(),
        }
    }

    fn last(&mut self) -> String {
        match self {
            Self::Whole(all) => String::from_utf8_lossy(all).into_owned(),
            Self::Events(events) => events.last().unwrap_or_default(),
            Self::Lines(lines) => lines.rest(),
        }
    }
}

#[async_trait]
impl Model for CompanyModel {
    fn name(&self) -> ModelName {
        ModelName {
            backend: VENDOR.to_owned(),
            model: self.0.set.config.model.clone(),
            settings: self.digest(),
        }
    }

    fn calls_tools(&self) -> bool {
        self.0.set.config.response.calls.is_some()
    }

    async fn step(
        &self,
        step: &Step,
        pieces: &mut dyn Pieces,
        stop: &dyn Stop,
    ) -> Result<StepDone, ModelFault> {
        let mut collected = Collected::new(VENDOR, step, pieces);
        let ended = tokio::select! {
            biased;
            () = stop.wanted() => Ok(Some(Ended::Stopped)),
            ended = self.as_often_as_wanted(step, &mut collected) => ended,
        };
        match ended? {
            Some(why) => collected.done(why),
            None => Err(cut_short(VENDOR)),
        }
    }
}

impl fmt::Debug for CompanyModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompanyModel").field("digest", &self.digest()).finish_non_exhaustive()
    }
}

impl fmt::Debug for CompanyLlm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompanyLlm").field("folder", &self.folder).finish_non_exhaustive()
    }
}
