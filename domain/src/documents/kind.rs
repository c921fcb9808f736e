//! A version of a document as a kind of request: a file is read, somebody countersigns that answers may be taken from it, and from
//! then on they are, until another version is in its place or it is retired.

use std::borrow::Cow;
use std::convert::Infallible;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use super::{
    DocumentCommand, DocumentEvent, DocumentNews, DocumentRequest, DocumentRequestEvent, Due, Fault,
    Inspected, Phase, Proposal, Read, Submission,
};
use crate::audience::Acl;
use crate::denied::{Denied, Violation};
use crate::names::PrincipalId;
use crate::people::People;
use crate::person::Person;
use crate::request::{
    Carried, Content as _, Kind, Life, Meaning, Nothing, Proposed, RequestEvent, Stage, Thing,
};
use crate::rules::{Part, Question, Refusal, Resource, Ruling, Value};

/// What rules can speak of because of it, and what holds where a tenant's say nothing of it.
pub const RULES: Part = Part {
    schema: include_str!("rules.cedarschema"),
    annotations: &[],
    by_itself: Some(("publish_document", include_str!("default.cedar"))),
};

/// Nobody is reminded to look at a document twice in fewer days.
const BETWEEN_REVIEWS: i64 = 7;

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// What stands in it, once that was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<Box<Read>>,
    /// How it is.
    pub state: DocumentState,
    /// Who may read it, where that are fewer than was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub narrowed: Option<Acl>,
    /// The request of the version that is in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<crate::request::Code>,
    /// When it is looked at next, where that was said since it is live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_review: Option<NextReview>,
    /// When somebody was last told to look at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminded: Option<Timestamp>,
}

/// When somebody looks at a version next; never, where nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextReview {
    on: Option<Date>,
}

/// How a version is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentState {
    /// It was not live yet.
    #[default]
    New,
    /// Answers are taken from it.
    Live,
    /// Another version is in its place.
    Replaced,
    /// It never was, for another version is in the place that it was to have.
    Overtaken,
    /// Nothing is taken from it any more.
    Retired,
}

impl Document {
    /// Who may read it.
    pub fn acl<'a>(&'a self, asked: &'a Submission) -> &'a Acl {
        self.narrowed.as_ref().unwrap_or(&asked.acl)
    }

    /// Whether answers are taken from it.
    pub const fn is_live(&self) -> bool {
        matches!(self.state, DocumentState::Live)
    }

    /// Whether answers ever were taken from it.
    pub const fn was_live(&self) -> bool {
        matches!(self.state, DocumentState::Live | DocumentState::Replaced | DocumentState::Retired)
    }

    /// The day on which somebody looks at it next.
    pub fn review_on(&self, asked: &Submission) -> Option<Date> {
        self.next_review.map_or(asked.review, |next| next.on)
    }

    /// When somebody is to look at it, where that is still to come or was not told.
    fn review_at(&self, asked: &Submission) -> Option<Timestamp> {
        let day = self.review_on(asked)?;
        let at = day.to_zoned(TimeZone::UTC).ok()?.timestamp();
        let again = self.reminded.and_then(|told| told.checked_add((24 * BETWEEN_REVIEWS).hours()).ok());
        Some(again.map_or(at, |again| again.max(at)))
    }
}

impl Kind for Document {
    const NAME: &'static str = "document";
    type Content = Submission;
    type Evidence = Inspected;
    type Proposal = Proposal;
    type Fixed = Nothing;
    type Phase = Phase;
    type Past = ();
    type Command = DocumentCommand;
    type Event = DocumentEvent;
    type Due = Due;
    type News = DocumentNews;
    type Errand = Infallible;

    const FIRST: Proposal = Proposal::Publish;
    const CHECKING: Phase = Phase::Reading;
    const LIFE: Life = Life { over: "retired", ..Life::once("publishing", "live") };
    const OPEN_WORDS: &'static [&'static str] = &["reading", "waiting", "publishing", "failed"];

    fn question<'a>(
        asked: &'a Submission,
        found: Option<&'a Inspected>,
        people: &'a People,
    ) -> Option<Question<'a>> {
        let asker = people.people.get(&asked.requester.id)?;
        let read = found.and_then(|found| found.read.as_deref());
        let others = people.administrators().filter(|person| person.id != asker.id).count();
        let findings = read.map_or(0, |read| read.findings.len());
        let number = |number: usize| Value::Number(u64::try_from(number).unwrap_or(u64::MAX));
        Some(Question {
            asker,
            action: "publish_document",
            resource: Resource {
                kind: "Collection",
                id: Cow::Borrowed(&asked.collection),
                attributes: vec![],
            },
            context: vec![
                ("everybody", Value::Flag(asked.acl.everybody)),
                ("findings", number(findings)),
                ("version", Value::Number(asked.version.get().into())),
                ("other_admins", number(others)),
            ],
        })
    }

    fn word(document: &DocumentRequest) -> &'static str {
        match (document.stage, document.own.state) {
            (Stage::Checking, _) => "reading",
            (Stage::Over, DocumentState::Replaced) => "replaced",
            (Stage::Over, DocumentState::Overtaken) => "overtaken",
            (stage, _) => Self::LIFE.word(stage),
        }
    }

    fn violations(asked: &Submission, found: &Inspected, ruling: Option<&Ruling>) -> Vec<Violation> {
        let unreadable = found.unreadable.clone().map(|why| Fault::CannotBeRead { why });
        let faults: Vec<_> = asked.faults().into_iter().chain(unreadable).map(Violation::from).collect();
        if !faults.is_empty() {
            return faults;
        }
        let unasked = || vec![Fault::MayNotPublish { collection: asked.collection.clone() }.into()];
        ruling.map_or_else(unasked, |ruling| Self::ruled_out(asked, Some(found), ruling))
    }

    fn ruled_out(asked: &Submission, _: Option<&Inspected>, ruling: &Ruling) -> Vec<Violation> {
        match ruling {
            Ruling::Allowed(_) => vec![],
            Ruling::Forbidden(Refusal { policies, messages, .. })
                if policies.is_empty() && messages.is_empty() =>
            {
                vec![Fault::MayNotPublish { collection: asked.collection.clone() }.into()]
            }
            Ruling::Forbidden(Refusal { policies, messages, .. }) => {
                vec![Violation::ForbiddenByRule { policies: policies.clone(), messages: messages.clone() }]
            }
        }
    }

    fn carried(&self, _: Proposed<'_, Self>, _: Vec<PrincipalId>, _: Timestamp) -> Carried<Self> {
        Carried::Approved(Nothing {})
    }

    fn has_begun(&self) -> bool {
        self.state != DocumentState::New
    }

    fn is_in(document: &DocumentRequest, phase: Phase) -> bool {
        match phase {
            Phase::Reading => document.stage == Stage::Checking,
            Phase::TakingOut => false,
        }
    }

    fn decide(
        document: &DocumentRequest,
        command: DocumentCommand,
        now: Timestamp,
    ) -> Result<Vec<DocumentRequestEvent>, Denied> {
        document.own_command(command, now).map(|event| event.into_iter().map(RequestEvent::Own).collect())
    }

    fn evolve(&mut self, event: &DocumentEvent, at: Timestamp) -> Option<Stage> {
        use DocumentEvent as E;
        let (state, stage) = match event {
            E::Extracted { read } => {
                self.read = Some(read.clone());
                return None;
            }
            E::Narrowed { acl, .. } => {
                self.narrowed = Some(acl.clone());
                return None;
            }
            E::ReviewDue {} => {
                self.reminded = Some(at);
                return None;
            }
            E::Reviewed { until, .. } => {
                (self.next_review, self.reminded) = (Some(NextReview { on: *until }), None);
                return None;
            }
            E::PassedOver { .. } => return None,
            E::Replaced { by } => {
                self.replaced_by = Some(by.clone());
                (DocumentState::Replaced, Stage::Over)
            }
            E::Live {} => (DocumentState::Live, Stage::Standing),
            E::Overtaken {} => (DocumentState::Overtaken, Stage::Over),
            E::Retired { .. } => (DocumentState::Retired, Stage::Over),
        };
        self.state = state;
        Some(stage)
    }

    fn deadlines(document: &DocumentRequest) -> Vec<(Timestamp, Due)> {
        let asked = document.asked.as_ref().filter(|_| document.own.is_live());
        asked
            .and_then(|asked| document.own.review_at(asked))
            .map(|at| (at, Due::Review))
            .into_iter()
            .collect()
    }

    fn is_urgent(command: &DocumentCommand) -> bool {
        matches!(command, DocumentCommand::Narrow { .. } | DocumentCommand::Retire { .. })
    }

    fn meaning(event: &DocumentEvent) -> Meaning<'_, DocumentNews> {
        let news = match event {
            DocumentEvent::Live {} => Some(DocumentNews::Live),
            DocumentEvent::Overtaken {} => Some(DocumentNews::Overtaken),
            DocumentEvent::Retired { .. } => Some(DocumentNews::Retired),
            DocumentEvent::ReviewDue {} => Some(DocumentNews::ReviewDue),
            _ => None,
        };
        let is_unseen = matches!(event, DocumentEvent::PassedOver { .. });
        Meaning { news, is_unseen, ..Meaning::default() }
    }

    fn things(document: &DocumentRequest) -> Vec<Thing> {
        let asked = document.asked.iter();
        asked.map(|asked| Thing { kind: "document", id: asked.title.clone() }).collect()
    }
}

impl DocumentRequest {
    fn own_command(&self, command: DocumentCommand, now: Timestamp) -> Result<Option<DocumentEvent>, Denied> {
        use DocumentCommand as C;
        Ok(match command {
            C::TakeText(read) => {
                let is_new = self.is_undecided() && self.own.read.is_none();
                is_new.then_some(DocumentEvent::Extracted { read })
            }
            C::GoLive => self.is_approved().then_some(DocumentEvent::Live {}),
            C::Overtake => self.is_approved().then_some(DocumentEvent::Overtaken {}),
            C::GiveWay { to } => self.give_way(to),
            C::RemindOfReview => {
                let is_due = Document::deadlines(self).iter().any(|(at, _)| *at <= now);
                is_due.then_some(DocumentEvent::ReviewDue {})
            }
            C::Narrow { by, acl } => self.narrow(&by, acl)?,
            C::Retire { by, reason } => {
                self.of_the_document(&by)?;
                Some(DocumentEvent::Retired { by: by.id.clone(), reason })
            }
            C::Review { by, until } => {
                self.of_the_document(&by)?;
                Some(DocumentEvent::Reviewed { by: by.id.clone(), until })
            }
        })
    }

    /// Its place is given once: to whoever asks first, whatever became of it itself.
    fn give_way(&self, to: crate::request::Code) -> Option<DocumentEvent> {
        let was_live = matches!(self.own.state, DocumentState::Live | DocumentState::Retired);
        match &self.own.replaced_by {
            Some(by) if *by == to => None,
            None if was_live => Some(DocumentEvent::Replaced { by: to }),
            _ => Some(DocumentEvent::PassedOver { by: to }),
        }
    }

    fn narrow(&self, by: &Person, acl: Acl) -> Result<Option<DocumentEvent>, Denied> {
        let asked = self.of_the_document(by)?;
        let now = self.own.acl(asked);
        if now.is_widened_by(&acl) {
            return Err(Fault::WouldWiden.into());
        }
        if !acl.everybody && acl.groups.is_empty() {
            return Err(Fault::NobodyMayRead.into());
        }
        Ok((*now != acl).then(|| DocumentEvent::Narrowed { by: by.id.clone(), acl }))
    }

    /// What was asked for, where it is live and this one has a say in it.
    fn of_the_document(&self, by: &Person) -> Result<&Submission, Denied> {
        let asked = self.asked.as_ref().filter(|_| self.own.is_live());
        let asked = asked.ok_or_else(|| Denied::from(Fault::NotLive))?;
        let has_a_say =
            asked.requester().id == by.id || self.countersigned_by.contains(&by.id) || by.is_administrator();
        if has_a_say { Ok(asked) } else { Err(Fault::NotYourDocument.into()) }
    }
}

#[cfg(test)]
mod tests;
