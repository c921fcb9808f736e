//! The capabilities, one line each: what each has to say for itself beside what the domain knows of it, with its commands, forms
//! and addresses. A part that is forgotten does not compile.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use countersign_domain::audience::Collections;
use countersign_domain::capabilities::{AnyCommand, AnyEvent, AnyRequest, Change, Drift, FollowUp, Listed};
use countersign_domain::card::Card;
use countersign_domain::conversation::{Known, Offer};
use countersign_domain::denied::Violation;
use countersign_domain::envelope::{Cause, Digest, Envelope};
use countersign_domain::names::Tenant;
use countersign_domain::ports::{CallError, Tool, ToolCall};
use countersign_domain::request::{
    Code, Command, Difference, Facets as _, Kind, News, Request, RequestEvent,
};
use countersign_domain::rules::Ruling;
use countersign_domain::tenant::{People, Person};
use countersign_domain::words::spoken;
use futures::future::{BoxFuture, join_all};
use jiff::Timestamp;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::access;
use crate::actions;
use crate::agents;
use crate::cards;
use crate::commands::CommandSpec;
use crate::context::Context;
use crate::conversation;
use crate::desk::Desk;
use crate::directory::Present;
use crate::documents;
use crate::engine::{Decided, Failure};
use crate::forms;
use crate::help::Catalogue;
use crate::http::Route;
use crate::perform::Hands;
use crate::repair;
use crate::requests::{Opened, Requests, Touched};
use crate::rule_change;
use crate::support;
use crate::talk::{Sayings, Talk};
use crate::timeline;
use crate::words;
use crate::world::{Vendors, World};

/// What a request is decided on, as it is now.
#[derive(Debug, Clone)]
pub struct Fresh<K: Kind> {
    /// What the vendors say.
    pub findings: K::Evidence,
    /// What the bot itself has brought about since it was looked up for the request.
    pub by_us: Vec<String>,
}

impl<K: Kind> Fresh<K> {
    /// The command by which a request takes it in, with what the rules say to it.
    pub fn taken_in(&self, ruling: &Option<Ruling>) -> Command<K> {
        let (findings, by_us) = (Box::new(self.findings.clone()), self.by_us.clone());
        Command::LookAgain { findings, by_us, ruling: ruling.clone() }
    }
}

/// What was found of a request that is to be checked, with what the rules say to it.
#[derive(Debug)]
pub struct Checked<K: Kind> {
    /// What was found, as far as whoever asks may know it.
    pub findings: K::Evidence,
    /// What the rules say to that; nothing where the content is not good enough to ask them.
    pub ruling: Option<Ruling>,
    /// What else in the log limits it.
    pub past: K::Past,
}

/// A request, and what it asks for as that is called now.
pub type Meant<'a, K> = (&'a Request<K>, &'a <K as Kind>::Content);

/// A request of a kind, with who looks at it.
pub type Shown<'a, K> = cards::Shown<'a, Request<K>>;

/// What only one kind does by itself.
pub(crate) trait Errand {
    /// Does it; what is to be said about it.
    fn run(
        self,
        requests: &Requests,
        talk: &Talk,
        because: (&Envelope, &Cause),
    ) -> impl Future<Output = Result<Sayings, Failure>> + Send;
}

/// Most do nothing.
impl Errand for Infallible {
    async fn run(self, _: &Requests, _: &Talk, _: (&Envelope, &Cause)) -> Result<Sayings, Failure> {
        match self {}
    }
}

/// The bot's side of a capability whose requests are countersigned. All else about a request is the same for all.
pub(crate) trait Capability: Listed + Kind<Errand: Errand> {
    /// What is said of it alone, as rows of the command table.
    const COMMANDS: &'static [CommandSpec] = &[];
    /// Its forms: what each looks like, and what is behind it.
    const FORMS: &'static [forms::Row] = &[];
    /// By which of its fields the content of an event may hold what not everybody may know who sees the request.
    const PRIVATE: &'static [&'static str] = &[];

    /// The addresses that are about it alone.
    fn routes() -> Vec<Route> {
        vec![]
    }

    /// What a model may offer of it, beside commands that people type.
    fn offered_tools(_: &Catalogue) -> Vec<Tool> {
        vec![]
    }

    /// What is known of a call of one of these; nothing where it is none.
    fn offered_call(_: &Catalogue, _: &ToolCall) -> Option<Known> {
        None
    }

    /// Calls of what somebody's own words describe, to be offered where nothing that answers can offer anything itself.
    fn fitting_calls(_: &Catalogue, _: &str) -> Vec<ToolCall> {
        vec![]
    }

    /// What a press on an offer says, where that is more than what is read on it.
    fn pressed(_: &Offer) -> Option<String> {
        None
    }

    /// Looks after what is kept of it beside the log, once, when the bot starts.
    fn awake(_requests: &Requests) -> impl Future<Output = Result<(), Failure>> + Send {
        async { Ok(()) }
    }

    /// Looks after what of a tenant's stands outside of the log and is its own affair, until told to stop; where there is nothing, not
    /// at all.
    fn tend(
        _desk: Arc<Desk>,
        _requests: Requests,
        _tenant: Tenant,
        _stop: CancellationToken,
    ) -> impl Future<Output = ()> + Send {
        async {}
    }

    /// For how many minutes it is asked, where it was said so.
    fn minutes(_: &Request<Self>) -> Option<u64> {
        None
    }

    /// Leaves out of the content of an event what only those may know who are told of the request.
    fn hide(_content: &mut Value) {}

    /// Whether somebody who has nothing to do with a request finds it by its code all the same, for what came of it is theirs to read.
    fn is_read_by(_: &Request<Self>, _: Option<&Collections>, _: &Person) -> bool {
        false
    }

    /// Whether its viewer may know what it is called and what stands in it. Who may not sees that there is one, and how it stands.
    fn is_told(_: Shown<'_, Self>) -> bool {
        true
    }

    /// Whether its viewer may know everything that stands in its events.
    fn is_told_whole(shown: Shown<'_, Self>) -> bool {
        Self::is_told(shown)
    }

    /// What else is open beside a request, in a sentence, as far as its viewer may see it.
    fn beside(_: &World, _: &Tenant, _: Shown<'_, Self>) -> Result<Option<String>, Failure> {
        Ok(None)
    }

    /// What the vendors say now of what a request is decided on; nothing where it was never looked up.
    fn look(
        requests: &Requests,
        tenant: &Tenant,
        request: &Request<Self>,
    ) -> impl Future<Output = Result<Result<Option<Fresh<Self>>, CallError>, Failure>> + Send;

    /// What was found of a request that is to be checked, with what the rules say to it.
    fn checked(
        requests: &Requests,
        tenant: &Tenant,
        request: &Request<Self>,
        found: Self::Evidence,
    ) -> impl Future<Output = Result<Checked<Self>, Failure>> + Send;

    /// What the rules say now to a proposal; nothing where they cannot be asked.
    fn ruling(
        requests: &Requests,
        tenant: &Tenant,
        present: &Present,
        meant: Meant<'_, Self>,
        proposal: Self::Proposal,
    ) -> impl Future<Output = Result<Option<Ruling>, Failure>> + Send;

    /// What they say to what came of a request and lasts only as long as they allow it; nothing where it lasts anyway.
    fn ruling_on_what_stands(
        _requests: &Requests,
        _tenant: &Tenant,
        _present: &Present,
        _request: &Request<Self>,
    ) -> impl Future<Output = Result<Option<Ruling>, Failure>> + Send {
        async { Ok(None) }
    }

    /// What else in the log limits a request.
    fn past(
        _requests: &Requests,
        _tenant: &Tenant,
        _request: &Request<Self>,
    ) -> impl Future<Output = Result<Self::Past, Failure>> + Send {
        async { Ok(Self::Past::default()) }
    }

    /// What else in the log limits a request that is approved, and is looked at once more before it is carried out.
    fn past_of_approved(
        _requests: &Requests,
        _tenant: &Tenant,
        _request: &Request<Self>,
    ) -> impl Future<Output = Result<Self::Past, Failure>> + Send {
        async { Ok(Self::Past::default()) }
    }

    /// What has changed of what a request is decided on, as a "no" that this person may read, with the names that people have.
    fn changed(
        differences: &[Difference<Self>],
        found: &Self::Evidence,
        read: (&Person, &People),
    ) -> Violation;

    /// The title of a request's card: what is asked for, by whom. Lists hold as many of them as there are rows.
    fn title(shown: Shown<'_, Self>) -> String;

    /// The card of a request as its viewer sees it.
    fn card(shown: Shown<'_, Self>) -> Card;

    /// The card that answers who can countersign a request.
    fn approvers(shown: Shown<'_, Self>) -> Card {
        Self::card(shown)
    }

    /// How a request stands, as people say it.
    fn standing(request: &Request<Self>) -> String {
        spoken(request.standing().word)
    }

    /// One event in words, as far as the viewer may know it.
    fn told(shown: Shown<'_, Self>, event: RequestEvent<Self>) -> Vec<String>;

    /// What is news, as the title of what is said about it.
    fn headline(news: News<Self::News>) -> &'static str;

    /// A request on one line, where it is one of several.
    fn listed(shown: Shown<'_, Self>) -> String {
        Self::title(shown)
    }

    /// What its own event has ended or changed because somebody left, as the end of a sentence; nothing where that is no news.
    fn ended(_: &Self::Event) -> Option<String> {
        None
    }
}

/// What is asked of a request of whichever kind, handed on to its own.
macro_rules! capabilities {
    ($($Kind:ident: $module:ident,)+) => {
        /// What is said of one capability alone.
        pub(crate) fn commands() -> impl Iterator<Item = &'static CommandSpec> {
            [$($module::$Kind::COMMANDS,)+].into_iter().flatten()
        }

        /// Every capability's forms.
        pub(crate) fn forms() -> impl Iterator<Item = &'static forms::Row> {
            [$($module::$Kind::FORMS,)+].into_iter().flatten()
        }

        /// The addresses that are about one capability alone.
        pub(crate) fn routes() -> impl Iterator<Item = Route> {
            [$($module::$Kind::routes(),)+].into_iter().flatten()
        }

        /// What a model may offer, beside commands that people type.
        pub(crate) fn offered_tools(catalogue: &Catalogue) -> Vec<Tool> {
            [$($module::$Kind::offered_tools(catalogue),)+].into_iter().flatten().collect()
        }

        /// What is known of a call of one of these; nothing where it is none.
        pub(crate) fn offered_call(catalogue: &Catalogue, call: &ToolCall) -> Option<Known> {
            [$($module::$Kind::offered_call(catalogue, call),)+].into_iter().flatten().next()
        }

        /// Calls of what somebody's own words describe.
        pub(crate) fn fitting_calls(catalogue: &Catalogue, text: &str) -> Vec<ToolCall> {
            [$($module::$Kind::fitting_calls(catalogue, text),)+].into_iter().flatten().collect()
        }

        /// What a press on an offer says.
        pub(crate) fn pressed(offer: &Offer) -> String {
            let own = [$($module::$Kind::pressed(offer),)+].into_iter().flatten().next();
            own.unwrap_or_else(|| offer.say().to_owned())
        }

        /// Looks after what capabilities keep beside the log.
        pub(crate) async fn awake(requests: &Requests) -> Result<(), Failure> {
            $(Box::pin($module::$Kind::awake(requests)).await?;)+
            Ok(())
        }

        /// Looks after what of a tenant's stands outside of the log, until told to stop.
        pub(crate) async fn tend(desk: Arc<Desk>, requests: Requests, tenant: Tenant, stop: CancellationToken) {
            let all: Vec<BoxFuture<'static, ()>> = vec![$(Box::pin($module::$Kind::tend(
                Arc::clone(&desk),
                requests.clone(),
                tenant.clone(),
                stop.clone(),
            )),)+];
            join_all(all).await;
        }

        /// For how many minutes something is asked, where it was said so.
        pub(crate) fn minutes(request: &AnyRequest) -> Option<u64> {
            match request { $(AnyRequest::$Kind(own) => $module::$Kind::minutes(own),)+ }
        }

        /// Whether a request is seen by somebody: their affair, by a role, or because what came of it is theirs to read.
        pub(crate) fn is_seen_by(
            (world, tenant): (&World, &Tenant),
            request: &AnyRequest,
            person: &Person,
            absent: &[Person],
        ) -> bool {
            let collections = world.collections(tenant);
            let reads = || match request {
                $(AnyRequest::$Kind(own) => $module::$Kind::is_read_by(own, collections, person),)+
            };
            request.is_seen_by(person, absent) || reads()
        }

        /// Whether the content of an event may hold what not everybody may know who sees the request.
        pub(crate) fn may_be_private(json: &str) -> bool {
            [$($module::$Kind::PRIVATE,)+].into_iter().flatten().any(|sign| json.contains(*sign))
        }

        /// Leaves out of the content of an event what only those may know who are told of the request.
        pub(crate) fn hide(request: &AnyRequest, content: &mut Value) {
            match request { $(AnyRequest::$Kind(_) => $module::$Kind::hide(content),)+ }
        }

        /// Whether its viewer may know what a request is called and what stands in it.
        pub(crate) fn is_told(shown: cards::Shown<'_>) -> bool {
            match shown.request { $(AnyRequest::$Kind(own) => $module::$Kind::is_told(shown.of(own)),)+ }
        }

        /// Whether its viewer may know everything that stands in its events.
        pub(crate) fn is_told_whole(shown: cards::Shown<'_>) -> bool {
            match shown.request {
                $(AnyRequest::$Kind(own) => $module::$Kind::is_told_whole(shown.of(own)),)+
            }
        }

        /// What else is open beside a request, in a sentence, as far as its viewer may see it.
        pub(crate) fn beside(
            world: &World,
            tenant: &Tenant,
            shown: cards::Shown<'_>,
        ) -> Result<Option<String>, Failure> {
            match shown.request {
                $(AnyRequest::$Kind(own) => $module::$Kind::beside(world, tenant, shown.of(own)),)+
            }
        }

        /// The title of a request's card.
        pub fn title(shown: cards::Shown<'_>) -> String {
            match shown.request { $(AnyRequest::$Kind(own) => $module::$Kind::title(shown.of(own)),)+ }
        }

        /// The card of a request as its viewer sees it, with their own buttons.
        pub fn card(shown: cards::Shown<'_>) -> Card {
            match shown.request { $(AnyRequest::$Kind(own) => $module::$Kind::card(shown.of(own)),)+ }
        }

        /// The card that answers who can countersign a request.
        pub fn approvers(shown: cards::Shown<'_>) -> Card {
            match shown.request { $(AnyRequest::$Kind(own) => $module::$Kind::approvers(shown.of(own)),)+ }
        }

        /// How a request stands, as people say it.
        pub fn standing(request: &AnyRequest) -> String {
            match request { $(AnyRequest::$Kind(own) => $module::$Kind::standing(own),)+ }
        }

        /// One event in words, as far as the viewer may know it.
        pub fn told(shown: cards::Shown<'_>, event: AnyEvent) -> Vec<String> {
            match event {
                $(AnyEvent::$Kind(event) => {
                    let own = $module::$Kind::of(Some(shown.request));
                    own.map(|own| $module::$Kind::told(shown.of(own), event)).unwrap_or_default()
                })+
            }
        }

        /// What an event did to a request because somebody left; nothing where that is no news.
        pub(crate) fn became(shown: cards::Shown<'_>, event: &AnyEvent) -> Option<String> {
            match event {
                $(AnyEvent::$Kind(event) => {
                    let own = shown.of($module::$Kind::of(Some(shown.request))?);
                    words::became(&$module::$Kind::listed(own), event, $module::$Kind::ended)
                })+
            }
        }

        /// Countersigns what is proposed.
        pub(crate) async fn countersign(
            requests: &Requests,
            context: &Context,
            opened: &Opened,
            receipt: Option<Digest>,
        ) -> Result<Decided<Touched>, Failure> {
            match &opened.request {
                $(AnyRequest::$Kind(own) => {
                    Box::pin(requests.countersign_own(context, opened, own, receipt)).await
                })+
            }
        }

        /// The command that has a request looked at again with the people and the rules there are, and whether that changes
        /// anything.
        pub(crate) async fn reviewed(
            requests: &Requests,
            tenant: &Tenant,
            present: &Present,
            (request, now): (&AnyRequest, Timestamp),
        ) -> Result<(AnyCommand, bool), Failure> {
            match request {
                $(AnyRequest::$Kind(own) => {
                    let review = Box::pin(requests.looked_at(tenant, present, own)).await?;
                    let changes = !own.review(&review, now).is_empty();
                    Ok((Command::Review(Box::new(review)).into(), changes))
                })+
            }
        }

        /// Looks at a request again that waits under a ticket which is not what it was; or why nobody can.
        pub(crate) async fn note(
            requests: &Requests,
            (tenant, code): (&Tenant, &Code),
            request: &AnyRequest,
            cause: &Cause,
        ) -> Result<Result<(), CallError>, Failure> {
            match request {
                $(AnyRequest::$Kind(own) => Box::pin(requests.look_at_what_waits(tenant, code, own, cause)).await,)+
            }
        }

        /// Does what follows up on what became of an effect, or of an event; what is to be said about it.
        pub(crate) async fn follow_up(
            requests: &Requests,
            talk: &Talk,
            because: (&Envelope, &Cause),
            follow_up: FollowUp,
        ) -> Result<Sayings, Failure> {
            match follow_up {
                $(FollowUp::$Kind(own) => Box::pin(requests.follow_up(talk, because, own)).await,)+
                FollowUp::Conversation(own) => Box::pin(conversation::follow_up(requests, because, own)).await,
                FollowUp::Support(own) => Box::pin(support::follow_up(requests, because, own)).await,
                FollowUp::Timeline(own) => Box::pin(timeline::follow_up(requests, because, own)).await,
            }
        }
    };
}

/// What is asked of a difference of whichever capability, handed on to its own.
macro_rules! drifts {
    ($($Capability:ident: $module:ident,)+) => {
        /// What is different now where it was, each in its place; nothing where nothing is.
        pub(crate) async fn drifts_now(
            hands: Hands<'_>,
            vendors: &Vendors,
            tenant: &Tenant,
            were: &[Drift],
        ) -> Result<Result<Vec<Option<Drift>>, CallError>, Failure> {
            // Each capability looks at all of its own at once.
            $(let mut $module = Vec::new();)+
            for (place, drift) in were.iter().enumerate() {
                match drift { $(Drift::$Capability(own) => $module.push((place, own)),)+ }
            }
            let mut now = BTreeMap::new();
            $(if !$module.is_empty() {
                let own: Vec<_> = $module.iter().map(|(_, own)| *own).collect();
                match $module::drift::now(hands, vendors, tenant, &own).await? {
                    Ok(found) => {
                        let found = found.into_iter().map(|found| found.map(Drift::from));
                        now.extend($module.iter().map(|(place, _)| *place).zip(found));
                    }
                    Err(error) => return Ok(Err(error)),
                }
            })+
            Ok(Ok((0..were.len()).map(|place| now.remove(&place).flatten()).collect()))
        }

        /// How much is held where a difference is.
        pub(crate) async fn held_there(
            hands: Hands<'_>,
            vendors: &Vendors,
            drift: &Drift,
        ) -> Result<u64, CallError> {
            match drift { $(Drift::$Capability(own) => $module::drift::count(hands, vendors, own).await,)+ }
        }

        /// What sets a difference back: to exactly what the log wants there.
        pub(crate) fn change_of(found: &Drift) -> Change {
            match found { $(Drift::$Capability(own) => Change::$Capability($module::drift::change(own)),)+ }
        }

        /// Sets a difference back, and reads it back.
        pub(crate) async fn set_back(vendors: &Vendors, change: &Change) -> Result<(), CallError> {
            match change { $(Change::$Capability(own) => $module::drift::set_back(vendors, own).await,)+ }
        }
    };
}

drifts! {
    Access: access,
}

capabilities! {
    Access: access,
    Action: actions,
    Agent: agents,
    Document: documents,
    Repair: repair,
    RuleChange: rule_change,
}
