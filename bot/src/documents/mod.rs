//! Documents as a capability: how a file is brought, read, put into the index, decided on, shown and retired.

mod bring;
mod card;
pub(crate) mod commands;
mod draft;
mod folder;
mod groups;
mod http;
mod page;
pub(crate) mod perform;
mod private;
mod refill;
mod text;

use std::sync::Arc;

use countersign_domain::audience::Collections;
use countersign_domain::card::Card;
use countersign_domain::denied::Violation;
use countersign_domain::documents::{
    DocumentNews, DocumentRequestEvent, Inspected, Proposal, Submission, is_private, is_read_by, may_read,
    may_read_before, title, told, words as said,
};
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::ports::CallError;
use countersign_domain::request::{Kind as _, Never, News, Request};
use countersign_domain::rules::{RuleSet, Ruling};
use countersign_domain::tenant::{People, Person};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

pub use countersign_domain::documents::Document;

use crate::capabilities::{Capability, Checked, Fresh, Meant, Shown};
use crate::commands::CommandSpec;
use crate::desk::Desk;
use crate::directory::Present;
use crate::engine::Failure;
use crate::http::Route;
use crate::requests::Requests;

impl Capability for Document {
    const COMMANDS: &'static [CommandSpec] = commands::ALL;
    const PRIVATE: &'static [&'static str] = private::SIGNS;

    fn routes() -> Vec<Route> {
        http::routes()
    }

    async fn awake(requests: &Requests) -> Result<(), Failure> {
        refill::refill(requests).await
    }

    async fn tend(desk: Arc<Desk>, requests: Requests, tenant: Tenant, stop: CancellationToken) {
        Box::pin(folder::watch(desk, requests, tenant, stop)).await;
    }

    /// A file that was read is what it is.
    async fn look(
        _: &Requests,
        _: &Tenant,
        _: &Request<Self>,
    ) -> Result<Result<Option<Fresh<Self>>, CallError>, Failure> {
        Ok(Ok(None))
    }

    async fn checked(
        requests: &Requests,
        tenant: &Tenant,
        document: &Request<Self>,
        findings: Inspected,
    ) -> Result<Checked<Self>, Failure> {
        let present = requests.directory.present(tenant).await?;
        let ruling = document.asked.as_ref().and_then(|asked| ruled(asked, Some(&findings), &present));
        Ok(Checked { findings, ruling, past: () })
    }

    async fn ruling(
        _: &Requests,
        _: &Tenant,
        present: &Present,
        (document, asked): Meant<'_, Self>,
        _: Proposal,
    ) -> Result<Option<Ruling>, Failure> {
        Ok(ruled(asked, document.findings.as_ref(), present))
    }

    fn changed(_: &[Never], _: &Inspected, _: (&Person, &People)) -> Violation {
        Violation::PlanChanged { what: "another file is asked for".to_owned() }
    }

    fn hide(content: &mut Value) {
        private::hide(content);
    }

    fn is_read_by(document: &Request<Self>, collections: Option<&Collections>, person: &Person) -> bool {
        is_read_by(document, collections, person)
    }

    /// The audit tells of what a version takes out of the one before, too.
    fn is_told_whole(shown: Shown<'_, Self>) -> bool {
        let (document, read) = (shown.request, shown.request.own.read.as_deref());
        let sees_before =
            |viewer| may_read_before(document, viewer, &shown.people.absent_for(viewer, shown.now));
        let has_changes = read.is_some_and(|read| !read.changes.is_empty());
        Self::is_told(shown) && (!has_changes || shown.viewer.is_some_and(sees_before))
    }

    /// In a channel, what is private has neither a name nor a text.
    fn is_told(shown: Shown<'_, Self>) -> bool {
        let Shown { request, collections, people, now, .. } = shown;
        match shown.viewer {
            Some(viewer) => may_read(request, collections, viewer, &people.absent_for(viewer, now)),
            None => !is_private(request, collections),
        }
    }

    fn title(shown: Shown<'_, Self>) -> String {
        let called = |asked: &Submission| {
            if Self::is_told(shown) {
                title(asked)
            } else {
                said::untitled(asked, shown.request.own.acl(asked))
            }
        };
        let what = shown.request.asked.as_ref().map(called).unwrap_or_default();
        format!("Document {}: {what}", shown.code)
    }

    fn card(shown: Shown<'_, Self>) -> Card {
        card::document(shown)
    }

    fn told(shown: Shown<'_, Self>, event: DocumentRequestEvent) -> Vec<String> {
        let name = |id: &PrincipalId| shown.people.called(id);
        match &event {
            DocumentRequestEvent::Requested { asked } if !Self::is_told(shown) => {
                vec![said::brought_aside(asked, &name)]
            }
            _ => vec![told(&event, &name)],
        }
    }

    fn headline(news: News<DocumentNews>) -> &'static str {
        match news {
            News::Denied => "The document was denied",
            News::Lapsed => "Nobody answered in time, so the document lapsed",
            News::Closed => "The document was closed, because somebody left",
            News::Failed => "The document could not be read",
            News::WaitsAgain => "The document waits again",
            News::Own(DocumentNews::Live) => "Answers are taken from the document",
            News::Own(DocumentNews::Overtaken) => "Another version of the document was first",
            News::Own(DocumentNews::Retired) => "The document was retired",
            News::Own(DocumentNews::ReviewDue) => "It is time to look whether the document is still right",
        }
    }
}

/// What the rules in force say to a document; nothing where who brings it is gone. Where there are none yet, what the program has for
/// documents holds.
fn ruled(asked: &Submission, found: Option<&Inspected>, present: &Present) -> Option<Ruling> {
    let rules = present.rules.clone().unwrap_or_else(RuleSet::none);
    Some(rules.rule(&Document::question(asked, found, &present.state)?))
}
