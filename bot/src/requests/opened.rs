//! Opening a request: read once for a sentence, and from there on at hand for all that the sentence does with it.

use std::ops::Deref;

use countersign_domain::capabilities::AnyRequest;
use countersign_domain::denied::Violation;
use countersign_domain::envelope::{Digest, Envelope};
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::request::{self, Code, Facets};
use countersign_domain::words::flat;
use uuid::Uuid;

use super::Requests;
use crate::capabilities;
use crate::context::Context;
use crate::directory::Present;
use crate::engine::{Decided, Failure, Loaded};
use crate::folds::Fold;

/// So many events are read at once.
const PAGE: usize = 512;
/// So much is repeated of what is no receipt, in characters.
const SHOWN: usize = 70;

/// A request as it was read, with the people and the rules there were then.
#[derive(Clone)]
pub struct Opened {
    /// Its code.
    pub code: Code,
    /// How it stands.
    pub request: AnyRequest,
    /// What its stream came to.
    fold: Fold<Option<AnyRequest>>,
    /// The tenant as it was then.
    pub present: Present,
}

impl Deref for Opened {
    type Target = dyn Facets;

    fn deref(&self) -> &Self::Target {
        &*self.request
    }
}

impl Opened {
    /// What is at hand for the command with this id; nothing where that was carried out before, for then the log answers.
    pub(super) fn at_hand(&self, command: Uuid) -> Option<Loaded<Option<AnyRequest>>> {
        if self.fold.knows(command) {
            return None;
        }
        let state = Some(self.request.clone());
        Some(Loaded { state, rev: self.fold.rev, correlation: self.fold.correlation, before: vec![] })
    }
}

impl Opened {
    /// The conversation in which it was asked for.
    pub fn correlation(&self) -> Option<Uuid> {
        self.fold.correlation
    }
}

/// Whether this is said of a receipt: all of it, or its start, from the eight digits that people see on.
fn is_said(given: &str, receipt: &Digest) -> bool {
    given.len() >= receipt.short().len() && receipt.to_string().starts_with(given)
}

impl Requests {
    /// The request that somebody names, where they may see it. To everybody else it is as if there were none.
    pub async fn open(
        &self,
        context: &Context,
        name: &'static str,
        code: &Code,
    ) -> Result<Decided<Opened>, Failure> {
        let opened = self.read(&context.tenant, code).await?;
        match opened.filter(|opened| self.sees(context, opened)) {
            Some(opened) => Ok(Ok(opened)),
            None => self.refuse(context, name, Violation::UnknownCode { given: code.to_string() }).await,
        }
    }

    /// The same with all that has happened to it.
    pub async fn open_with_history(
        &self,
        context: &Context,
        name: &'static str,
        code: &Code,
    ) -> Result<Decided<(Opened, Vec<Envelope>)>, Failure> {
        let opened = self.read_with_history(&context.tenant, code).await?;
        match opened.filter(|(opened, _)| self.sees(context, opened)) {
            Some(opened) => Ok(Ok(opened)),
            None => self.refuse(context, name, Violation::UnknownCode { given: code.to_string() }).await,
        }
    }

    /// The receipt that was said: the present one, or one that it had before, which is out of date. Any other text is told to be none of it:
    /// nothing has changed since anybody saw that.
    pub async fn said_receipt(
        &self,
        context: &Context,
        name: &'static str,
        opened: &Opened,
        given: Option<&str>,
    ) -> Result<Decided<Option<Digest>>, Failure> {
        let Some(given) = given.map(str::to_lowercase) else { return Ok(Ok(None)) };
        // Where nothing is to be decided, that is told, whatever was said.
        let Some(present) = opened.receipt() else { return Ok(Ok(Some(Digest::of(given.as_bytes())))) };
        if is_said(&given, &present) {
            return Ok(Ok(Some(present)));
        }
        let before = self.receipts(&context.tenant, &opened.code).await?;
        if let Some(receipt) = before.into_iter().find(|receipt| is_said(&given, receipt)) {
            return Ok(Ok(Some(receipt)));
        }
        let given = flat(&given).chars().take(SHOWN).collect();
        self.refuse(context, name, Violation::NotItsReceipt { given }).await
    }

    /// Every receipt that a request has had.
    async fn receipts(&self, tenant: &Tenant, code: &Code) -> Result<Vec<Digest>, Failure> {
        let Some((_, history)) = self.read_with_history(tenant, code).await? else { return Ok(vec![]) };
        let (mut fold, mut all) = (Fold::<Option<AnyRequest>>::default(), Vec::<Digest>::new());
        for event in &history {
            fold.take(event)?;
            let receipt = Option::as_ref(&fold.state).and_then(|request| request.receipt());
            all.extend(receipt.filter(|receipt| all.last() != Some(receipt)));
        }
        Ok(all)
    }

    fn sees(&self, context: &Context, opened: &Opened) -> bool {
        let absent = opened.present.state.absent_for(&context.person, self.world.clock.now());
        let here = (&self.world, &context.tenant);
        capabilities::is_seen_by(here, &opened.request, &context.person, &absent)
    }

    /// A request as it stands, whoever may see it; none where nobody asked. Of its stream only what is new is read.
    pub async fn read(&self, tenant: &Tenant, code: &Code) -> Result<Option<Opened>, Failure> {
        let stream = StreamName::new(tenant, request::CATEGORY, code.stream_id())?;
        let fold = self.engine.folds().now::<Option<AnyRequest>>(&stream).await?;
        self.opened(tenant, code, fold).await
    }

    /// The same with all that has happened to it.
    pub async fn read_with_history(
        &self,
        tenant: &Tenant,
        code: &Code,
    ) -> Result<Option<(Opened, Vec<Envelope>)>, Failure> {
        let stream = StreamName::new(tenant, request::CATEGORY, code.stream_id())?;
        let mut history = Vec::<Envelope>::new();
        loop {
            let mut page = self.world.store.read_stream(&stream, history.len() as u64, PAGE).await?;
            let is_last = page.len() < PAGE;
            history.append(&mut page);
            if is_last {
                break;
            }
        }
        let opened = self.opened(tenant, code, Fold::of(&history)?).await?;
        Ok(opened.map(|opened| (opened, history)))
    }

    async fn opened(
        &self,
        tenant: &Tenant,
        code: &Code,
        fold: Fold<Option<AnyRequest>>,
    ) -> Result<Option<Opened>, Failure> {
        let Some(request) = Option::clone(&fold.state) else { return Ok(None) };
        let present = self.directory.to_decide(tenant).await?;
        Ok(Some(Opened { code: code.clone(), request, fold, present }))
    }
}
