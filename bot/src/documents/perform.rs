//! How a file is read, put into the index, and taken out of it again.

use countersign_domain::capabilities::Listed as _;
use countersign_domain::documents::{
    Document, DocumentRequest, Effect, MOST_BEGINNING, Outcome, Plan, Read, Submission,
};
use countersign_domain::names::Tenant;
use countersign_domain::ports::{
    ByteRange, CallError, Crossing, Edition, Extracted, Extracting, Finding, FindingKind, Indexing, Screened,
    Unreadable, Verdict,
};
use countersign_domain::words::flat;
use countersign_projections::help_desk;
use uuid::Uuid;

use crate::engine::Failure;
use crate::help::Help;
use crate::perform::{Before, Beside, Hands, Planning, Step, broken, misplanned};
use crate::requests::Requests;
use crate::world::Vendors;

pub(crate) use crate::perform::nothing_to_see as look_at;

/// The largest text that is put into the index, in bytes.
const MOST_TEXT: u64 = 64 << 20;
/// So much of a text is looked at at once, in bytes.
const SCREENED: usize = 16 << 10;

/// What nobody wants any more is not read.
pub(crate) async fn plan(
    hands: Hands<'_>,
    _: &Vendors,
    (tenant, _): &(Tenant, Uuid),
    effect: &Effect,
    _: Before,
) -> Planning<Effect> {
    let document = read(hands, tenant, effect).await?;
    let wanted = match effect {
        Effect::ReadDocument { .. } => document.is_undecided(),
        Effect::IndexDocument { .. } => document.is_undecided() && document.own.read.is_some(),
        Effect::ForgetDocument { .. } => document.asked.is_some() && !document.own.is_live(),
    };
    if !wanted {
        return Ok(Ok(Step::Done(Outcome::DocumentNotWanted {})));
    }
    let plan = match effect {
        Effect::ReadDocument { .. } => Plan::ExtractText {},
        Effect::IndexDocument { .. } => Plan::PutIntoIndex {},
        Effect::ForgetDocument { .. } => Plan::TakeOutOfIndex {},
    };
    Ok(Ok(Step::Planned(plan, ())))
}

/// Does it.
pub(crate) async fn apply(
    hands: Hands<'_>,
    vendors: &Vendors,
    (tenant, _): &(Tenant, Uuid),
    effect: &Effect,
    (plan, _): (&Plan, Beside),
) -> Result<Outcome, CallError> {
    let help = vendors.help.as_deref();
    let help =
        help.ok_or_else(|| broken(effect, "the configuration sets up no documents any more".to_owned()))?;
    let document =
        read(hands, tenant, effect).await.map_err(|failure| broken(effect, failure.to_string()))?;
    let Some(asked) = &document.asked else { return Ok(Outcome::DocumentNotWanted {}) };
    let work = Work { hands, help, tenant, effect, asked };
    match (effect, plan) {
        (Effect::ReadDocument { .. }, Plan::ExtractText {}) => Box::pin(work.extract()).await,
        (Effect::IndexDocument { .. }, Plan::PutIntoIndex {}) => Box::pin(work.index(&document)).await,
        (Effect::ForgetDocument { .. }, Plan::TakeOutOfIndex {}) => {
            help.index.remove(&asked.edition()).await.map(|()| Outcome::DocumentForgotten {})
        }
        (effect, _) => Err(misplanned(effect)),
    }
}

async fn read(
    Hands { world, engine, directory }: Hands<'_>,
    tenant: &Tenant,
    effect: &Effect,
) -> Result<DocumentRequest, Failure> {
    let requests = Requests::new(world.clone(), engine.clone(), directory.clone());
    let opened = requests.read(tenant, effect.own_code()).await?.map(|opened| opened.request);
    Ok(Document::of(opened.as_ref()).cloned().unwrap_or_default())
}

/// What a document is worked on with.
struct Work<'a> {
    hands: Hands<'a>,
    help: &'a Help,
    tenant: &'a Tenant,
    effect: &'a Effect,
    asked: &'a Submission,
}

impl Work<'_> {
    /// Reads a file where that can do no harm, and keeps its text.
    async fn extract(&self) -> Result<Outcome, CallError> {
        let (help, file, most) = (self.help, &self.asked.file, self.help.settings.most_bytes);
        let unreadable = |why| Ok(Outcome::DocumentUnreadable { why });
        match help.blobs.size(&file.sha).await? {
            None => return Err(broken(self.effect, "the file is not kept any more".to_owned())),
            Some(0) => return unreadable(Unreadable::Empty),
            Some(size) if size > most => return unreadable(Unreadable::TooLarge { most }),
            Some(_) => {}
        }
        let bytes = help.blobs.get(&file.sha, most).await?;
        let bytes = bytes.ok_or_else(|| broken(self.effect, "the file is not kept any more".to_owned()))?;
        let extracted = match help.extractor.extract(Extracting { name: &file.name, bytes: &bytes }).await? {
            Ok(extracted) => extracted,
            Err(why) => return unreadable(why),
        };
        if extracted.text.trim().is_empty() {
            return unreadable(Unreadable::NoText);
        }
        let text = help.blobs.put(extracted.text.as_bytes()).await?;
        let findings = self.findings(&extracted).await?;
        let read = Read {
            media: extracted.media,
            text,
            bytes: u64::try_from(extracted.text.len()).unwrap_or(u64::MAX),
            pages: extracted.pages,
            language: extracted.language,
            extractor: extracted.extractor,
            findings: vec![],
            spots: vec![],
            more_findings: 0,
            beginning: flat(&extracted.text.chars().take(2 * MOST_BEGINNING).collect::<String>())
                .chars()
                .take(MOST_BEGINNING)
                .collect(),
            compared: None,
            changes: vec![],
        };
        let read = read.with_findings(findings, &extracted.text);
        let read = match self.before().await? {
            Some(before) => read.with_changes(&before, &extracted.text),
            None => read,
        };
        Ok(Outcome::DocumentRead(Box::new(read)))
    }

    /// What of a text somebody should look at twice, each with its place.
    async fn findings(&self, extracted: &Extracted) -> Result<Vec<Finding>, CallError> {
        let hidden = extracted.hidden.iter();
        let mut all: Vec<_> = hidden.map(|at| Finding { kind: FindingKind::Hidden, at: Some(*at) }).collect();
        let Some(guardrail) = self.help.guardrail.as_deref() else { return Ok(all) };
        let (text, mut from) = (&*extracted.text, 0);
        while from < text.len() {
            let to = text.floor_char_boundary((from + SCREENED).min(text.len())).max(from + 1);
            let to = text.ceil_char_boundary(to);
            let screened = Screened { at: Crossing::Untrusted, text: &text[from..to], sources: &[] };
            let found = match guardrail.screen(screened).await? {
                Verdict::Passed => vec![],
                Verdict::Masked { what, .. } | Verdict::Refused { what } => what,
            };
            all.extend(found.into_iter().map(|finding| behind(finding, from)));
            from = to;
        }
        Ok(all)
    }

    /// The text of the version in whose place it is to be.
    async fn before(&self) -> Result<Option<String>, CallError> {
        let Some(replaced) = &self.asked.replaces else { return Ok(None) };
        let rows = self.hands.world.projections.rows(help_desk::NAME);
        let row = help_desk::document(&*rows, self.tenant, &replaced.request)
            .map_err(|error| broken(self.effect, error.to_string()))?;
        let Some(text) = row.and_then(|row| row.text) else { return Ok(None) };
        let bytes = self.help.blobs.get(&text, MOST_TEXT).await?;
        Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()))
    }

    /// Puts the text into the index, under the document's own title.
    async fn index(&self, document: &DocumentRequest) -> Result<Outcome, CallError> {
        let gone = || broken(self.effect, "the text is not kept any more".to_owned());
        let read = document.own.read.clone().ok_or_else(gone)?;
        let bytes = self.help.blobs.get(&read.text, MOST_TEXT).await?.ok_or_else(gone)?;
        let text = String::from_utf8(bytes).map_err(|_| gone())?;
        let edition: Edition = self.asked.edition();
        let indexing = Indexing {
            edition: &edition,
            title: &self.asked.title,
            text: &text,
            language: read.language.as_deref(),
        };
        let indexed = self.help.index.put(indexing).await?;
        Ok(Outcome::DocumentIndexed { read, indexed })
    }
}

/// A finding where it is in the whole text.
fn behind(finding: Finding, from: usize) -> Finding {
    let from = u32::try_from(from).unwrap_or(u32::MAX);
    let moved =
        |at: ByteRange| ByteRange { from: at.from.saturating_add(from), to: at.to.saturating_add(from) };
    Finding { at: finding.at.map(moved), ..finding }
}
