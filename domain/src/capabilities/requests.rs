//! How the kinds of requests become one type each of requests, events, commands and follow-ups: whoever reads a request's stream
//! learns its kind from the first event's name.
//!
//! A module of the list has its kind under the name of its line, `react`: what follows outside from one of its events, `RULES`: what it
//! adds to what rules can speak of, and `Fault`: what it alone says no for. Beside them stand those that are no requests, and the parts that
//! every kind has: the second list says no as well, and the third follows up on what became of its effects.

/// The sums over the kinds.
macro_rules! requests {
    ($($Kind:ident: $module:ident,)+ ; $($No:ident: $no:ident,)* ; $($Beside:ident: $beside:ident,)*) => {
        /// A request of whichever kind: what can be read of it, [`Facets`]($crate::request::Facets) tells.
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[expect(clippy::large_enum_variant, reason = "a request is read once for a sentence, and few are held at a time")]
        pub enum AnyRequest {
            $(
                #[doc = concat!("One of `", stringify!($module), "`.")]
                $Kind($crate::request::Request<$module::$Kind>),
            )+
        }

        /// What can have happened to a request of whichever kind.
        #[derive(Debug, Clone, PartialEq)]
        pub enum AnyEvent {
            $(
                #[doc = concat!("To one of `", stringify!($module), "`.")]
                $Kind($crate::request::RequestEvent<$module::$Kind>),
            )+
        }

        /// What a request of whichever kind can be asked to do.
        #[derive(Debug, Clone, PartialEq)]
        pub enum AnyCommand {
            /// What every request can be asked.
            Common(Box<$crate::request::Common>),
            $(
                #[doc = concat!("What only one of `", stringify!($module), "` can be asked, or only with what it knows.")]
                $Kind(Box<$crate::request::Command<$module::$Kind>>),
            )+
        }

        impl From<$crate::request::Common> for AnyCommand {
            fn from(common: $crate::request::Common) -> Self {
                Self::Common(Box::new(common))
            }
        }

        /// What follows up on what a request, or an effect of its kind, came to.
        #[derive(Debug, Clone, PartialEq)]
        pub enum FollowUp {
            $(
                #[doc = concat!("Of `", stringify!($module), "`.")]
                $Kind($crate::request::FollowUp<$module::$Kind>),
            )+
            $(
                #[doc = concat!("Of `", stringify!($beside), "`.")]
                $Beside($beside::FollowUp),
            )*
        }

        $(impl From<$beside::FollowUp> for FollowUp {
            fn from(own: $beside::FollowUp) -> Self {
                Self::$Beside(own)
            }
        })*

        /// Those whose effects nothing follows from.
        impl From<std::convert::Infallible> for FollowUp {
            fn from(never: std::convert::Infallible) -> Self {
                match never {}
            }
        }

        /// A kind that stands in the list, found again in what is there of all kinds.
        pub trait Listed: $crate::request::Kind {
            /// The request, where it is one of this kind.
            fn of(request: Option<&AnyRequest>) -> Option<&$crate::request::Request<Self>>;
            /// The event, where it is one of this kind.
            fn happened(event: Option<AnyEvent>) -> Option<$crate::request::RequestEvent<Self>>;
        }

        $(
            impl Listed for $module::$Kind {
                fn of(request: Option<&AnyRequest>) -> Option<&$crate::request::Request<Self>> {
                    if let Some(AnyRequest::$Kind(own)) = request { Some(own) } else { None }
                }

                fn happened(event: Option<AnyEvent>) -> Option<$crate::request::RequestEvent<Self>> {
                    if let Some(AnyEvent::$Kind(own)) = event { Some(own) } else { None }
                }
            }

            impl From<$crate::request::Request<$module::$Kind>> for AnyRequest {
                fn from(own: $crate::request::Request<$module::$Kind>) -> Self {
                    Self::$Kind(own)
                }
            }

            impl From<$crate::request::RequestEvent<$module::$Kind>> for AnyEvent {
                fn from(own: $crate::request::RequestEvent<$module::$Kind>) -> Self {
                    Self::$Kind(own)
                }
            }

            impl From<$crate::request::Command<$module::$Kind>> for AnyCommand {
                fn from(own: $crate::request::Command<$module::$Kind>) -> Self {
                    Self::$Kind(Box::new(own))
                }
            }

            impl From<$crate::request::FollowUp<$module::$Kind>> for FollowUp {
                fn from(own: $crate::request::FollowUp<$module::$Kind>) -> Self {
                    Self::$Kind(own)
                }
            }
        )+

        impl AnyRequest {
            /// The names of all kinds, in the order of the list.
            pub const KINDS: &[&'static str] = &[$(<$module::$Kind as $crate::request::Kind>::NAME,)+];

            /// Each kind's words for how a request stands that is not over.
            pub const OPEN_WORDS: &[(&'static str, &[&'static str])] = &[$((
                <$module::$Kind as $crate::request::Kind>::NAME,
                <$module::$Kind as $crate::request::Kind>::OPEN_WORDS,
            ),)+];
        }

        /// What one of the kinds alone says no for, or one of the parts beside them.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[cfg_attr(test, derive(serde::Serialize), serde(untagged))]
        pub enum Fault {
            $(
                #[doc = concat!("One of `", stringify!($module), "`.")]
                $Kind($module::Fault),
            )+
            $(
                #[doc = concat!("One of `", stringify!($no), "`.")]
                $No($no::Fault),
            )*
        }

        impl $crate::denied::Fault for Fault {
            fn of(own: &$crate::denied::Own) -> Option<Self> {
                $(if let Some(fault) = own.read().map(Self::$Kind) {
                    return Some(fault);
                })+
                $(if let Some(fault) = own.read().map(Self::$No) {
                    return Some(fault);
                })*
                None
            }

            fn said(&self) -> String {
                match self {
                    $(Self::$Kind(own) => own.said(),)+
                    $(Self::$No(own) => own.said(),)*
                }
            }

            fn said_at(&self, forge: &str) -> String {
                match self {
                    $(Self::$Kind(own) => own.said_at(forge),)+
                    $(Self::$No(own) => own.said_at(forge),)*
                }
            }

            fn is_about_who(&self) -> bool {
                match self {
                    $(Self::$Kind(own) => own.is_about_who(),)+
                    $(Self::$No(own) => own.is_about_who(),)*
                }
            }
        }

        #[cfg(test)]
        impl Fault {
            /// All codes.
            pub(crate) fn codes() -> Vec<&'static str> {
                [
                    $(<$module::Fault as strum::VariantNames>::VARIANTS,)+
                    $(<$no::Fault as strum::VariantNames>::VARIANTS,)*
                ]
                .concat()
            }
        }

        /// What each adds to what rules can speak of, in the order of the list.
        fn parts() -> Vec<$crate::rules::Part> {
            vec![$($module::RULES,)+]
        }

        /// Tries something on every kind of the list: one that does not say how it is tried does not compile.
        #[cfg(test)]
        pub(crate) fn try_on_every_kind(
            trial: &mut impl $crate::request::law::Trial,
        ) -> $crate::request::law::Checked {
            $(trial.on::<$module::$Kind>()?;)+
            Ok(())
        }

        impl std::ops::Deref for AnyRequest {
            type Target = dyn $crate::request::Facets;

            fn deref(&self) -> &Self::Target {
                match self { $(Self::$Kind(own) => own,)+ }
            }
        }

        impl AnyEvent {
            /// Whether enough have countersigned what was asked first, or the rules ask nobody.
            pub const fn is_approval(&self) -> bool {
                match self {
                    $(Self::$Kind(own) => matches!(own, $crate::request::RequestEvent::Approved { .. }),)+
                }
            }

            /// Whether an event of this name can tell by what its request is found: no other need be read for that.
            pub fn tells_facts(name: &str) -> bool {
                [$(<$crate::request::RequestEvent<$module::$Kind>>::tells_facts(name),)+].contains(&true)
            }

            /// By what its request is found, as far as the event tells it.
            pub fn facts(&self) -> Option<$crate::request::Facts> {
                match self { $(Self::$Kind(own) => own.facts(),)+ }
            }

            /// Because of whom it came about, where that is somebody who left.
            pub fn because_of(&self) -> Option<&$crate::names::PrincipalId> {
                match self { $(Self::$Kind(own) => own.because_of(),)+ }
            }
        }

        impl $crate::aggregate::Event for AnyEvent {
            fn name(&self) -> std::borrow::Cow<'static, str> {
                match self { $(Self::$Kind(own) => own.name(),)+ }
            }

            fn content(&self) -> serde_json::Value {
                match self { $(Self::$Kind(own) => own.content(),)+ }
            }

            fn read(name: &str, content: &str) -> Option<Result<Self, serde_json::Error>> {
                $(
                    let own = <$crate::request::RequestEvent<$module::$Kind>>::read(name, content);
                    if let Some(own) = own {
                        return Some(own.map(Self::$Kind));
                    }
                )+
                None
            }

            fn names() -> Vec<String> {
                [$(<$crate::request::RequestEvent<$module::$Kind>>::names(),)+].concat()
            }
        }

        /// One request of whichever kind, or none where nobody asked yet: its kind is that of its first event, for ever.
        impl $crate::aggregate::Aggregate for Option<AnyRequest> {
            const CATEGORY: &'static str = $crate::request::CATEGORY;
            type Command = AnyCommand;
            type Event = AnyEvent;

            fn decide(
                &self,
                command: AnyCommand,
                now: jiff::Timestamp,
            ) -> Result<Vec<AnyEvent>, $crate::denied::Denied> {
                match (command, self) {
                    (AnyCommand::Common(_), None) => Err(requests::nothing_there()),
                    $(
                        (AnyCommand::Common(command), Some(AnyRequest::$Kind(own))) => {
                            requests::lifted(own.decide((*command).into(), now))
                        }
                    )+
                    $((AnyCommand::$Kind(command), request) => {
                        match ($module::$Kind::of(request.as_ref()), request) {
                            (Some(own), _) => requests::lifted(own.decide(*command, now)),
                            (None, None) => {
                                let new = <$crate::request::Request<$module::$Kind>>::default();
                                requests::lifted(new.decide(*command, now))
                            }
                            // Its code is taken.
                            (None, Some(_)) if matches!(*command, $crate::request::Command::Ask(_)) => Ok(vec![]),
                            (None, Some(other)) => Err(requests::another_kind(&**other)),
                        }
                    })+
                }
            }

            fn evolve(&mut self, event: &AnyEvent, at: jiff::Timestamp) {
                match event {
                    $(AnyEvent::$Kind(event) => {
                        self.get_or_insert_with(|| AnyRequest::$Kind($crate::request::Request::default()));
                        // Of another kind there can be none in the same stream: that is never decided.
                        if let Some(AnyRequest::$Kind(own)) = self {
                            own.evolve(event, at);
                        }
                    })+
                }
            }

            fn is_urgent(&self, command: &AnyCommand) -> bool {
                match (command, self) {
                    (AnyCommand::Common(_), None) => false,
                    $(
                        (AnyCommand::Common(command), Some(AnyRequest::$Kind(own))) => own.is_urgent_common(command),
                        (AnyCommand::$Kind(command), _) => command.is_urgent(),
                    )+
                }
            }
        }

        /// What follows outside from an event, which led to this request at `at`. On tickets people are called by the `name` they
        /// have here.
        pub fn react(
            request: Option<&AnyRequest>,
            event: &AnyEvent,
            at: jiff::Timestamp,
            name: &dyn Fn(&$crate::names::PrincipalId) -> String,
        ) -> Vec<Reaction> {
            match event {
                $(AnyEvent::$Kind(event) => {
                    let own = $module::$Kind::of(request);
                    own.map(|own| $module::react(own, event, at, name)).unwrap_or_default()
                })+
            }
        }

        /// What follows from an event, which led to this request, for those who talk to the bot.
        pub fn tell(request: Option<&AnyRequest>, event: &AnyEvent) -> Vec<Reaction> {
            match event {
                $(AnyEvent::$Kind(event) => {
                    $module::$Kind::of(request).map(|own| requests::told(own, event)).unwrap_or_default()
                })+
            }
        }
    };
}

pub(super) use requests;

use super::{FollowUp, Reaction, Then};
use crate::denied::{Denied, Violation};
use crate::request::{self, Content as _, Facets, Kind, Request, RequestEvent, Telling};

/// The same events, of whichever kind.
pub(super) fn lifted<E, Any: From<E>>(decided: Result<Vec<E>, Denied>) -> Result<Vec<Any>, Denied> {
    decided.map(|events| events.into_iter().map(Any::from).collect())
}

/// Nobody asked yet, so there is nothing to be told.
pub(super) fn nothing_there() -> Denied {
    Violation::NothingToDecide { status: "new".to_owned() }.into()
}

/// The command is for another kind than the request is.
pub(super) fn another_kind(request: &dyn Facets) -> Denied {
    Violation::AnotherKind { kind: request.kind().to_owned() }.into()
}

/// What is to be done where people talk, as reactions.
pub(super) fn told<K: Kind>(request: &Request<K>, event: &RequestEvent<K>) -> Vec<Reaction>
where
    FollowUp: From<request::FollowUp<K>>,
{
    let Some(asked) = &request.asked else { return vec![] };
    let notify = |code, news, but_who_asked| {
        let notify = request::FollowUp::Notify { code, news, but_who_asked };
        Reaction::new("notify", Then::FollowUp(notify.into()))
    };
    let reaction = |telling| {
        let code = asked.code().clone();
        match telling {
            Telling::Mirror => Reaction::new("mirror", Then::Mirror { code }),
            Telling::Announce => Reaction::new("announce", Then::Announce { code }),
            Telling::Remind => Reaction::new("remind", Then::Remind { code }),
            Telling::Notify(news) => notify(code, news, false),
            Telling::NotifyOthers(news) => notify(code, news, true),
        }
    };
    request::tell(request, event).into_iter().map(reaction).collect()
}

#[cfg(test)]
mod tests;
