//! What is kept because it happened, though no aggregate decided it: denials, webhooks, interactions, sign-ins.
//!
//! Each stands alone in a stream of its own, named after its delivery or command, so that the same one twice is one.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::denied::{Field, Violation};
use crate::envelope::Digest;
use crate::heard::Form;
pub use crate::heard::{Heard, Said, TicketRequest};
use crate::names::PrincipalId;
use crate::place::{Identity, SurfaceKind};
use crate::reaction::{Reaction, Then};
use crate::{aggregate, support, words};

/// The records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
#[expect(
    clippy::large_enum_variant,
    reason = "events are read one page at a time, so that their size does not add up"
)]
pub enum Record {
    /// A command was not carried out.
    CommandDenied {
        /// The command's name, as in the command table.
        command: String,
        /// The stream it was for, where there is one.
        stream: Option<String>,
        /// Every reason.
        violations: Vec<Violation>,
    },
    /// A webhook was verified and taken in.
    WebhookReceived {
        /// Whose: `jira`.
        vendor: String,
        /// The vendor's id of the delivery.
        delivery: String,
        /// The digest of the body.
        body: Digest,
        /// What it asks for; `None` where it is no access request.
        request: Option<TicketRequest>,
        /// What else it says of a ticket that matters here.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        news: Option<TicketNews>,
    },
    /// A webhook was refused.
    WebhookRejected {
        /// Whose it claimed to be.
        vendor: String,
        /// The HTTP status it was answered with.
        status: u16,
        /// Why.
        why: String,
        /// The digest of the body, as far as it was read.
        body: Digest,
    },
    /// Somebody said, pressed, sent or felt something in a chat, and we know who. What follows from it is carried out as a
    /// reaction to this, so what was acknowledged to the vendor is never lost.
    InteractionReceived(Box<Heard>),
    /// Something came from a chat that counts for nothing.
    InteractionRefused {
        /// Whose surface.
        surface: SurfaceKind,
        /// Who, to the vendor, where it said so.
        identity: Option<Identity>,
        /// The vendor's id of it.
        delivery: String,
        /// Why.
        why: String,
    },
    /// Somebody signed in.
    SignedIn {
        /// How: `token`.
        method: String,
    },
    /// Somebody signed out: the session counts for nothing from here on, whoever still has its cookie.
    SignedOut {
        /// The session: the id of the command that signed them in.
        session: Uuid,
    },
    /// Somebody could not sign in.
    SignInRefused {
        /// Why.
        why: String,
    },
    /// Somebody read what costs much to read: the past, the whole log, a read model folded anew.
    HistoryRead {
        /// What: `an export after 1042`.
        what: String,
    },
    /// A person was erased: their keys in the vault are destroyed, and nobody can read any more what these have sealed. The events
    /// that hold it stay as they are, and so do their hashes.
    SubjectErased {
        /// Who.
        person: PrincipalId,
        /// The ids of the keys that are gone.
        keys: Vec<String>,
    },
    /// So many were refused beyond the one that was kept whole: a flood is one event a minute, however large it is.
    RefusalsCounted {
        /// What was refused: `sign-in`, `webhook jira: signature-refused`.
        kind: String,
        /// How many.
        times: u64,
        /// From where, as far as we know: a few addresses or identities.
        from: Vec<String>,
        /// Since when.
        since: Timestamp,
    },
}

/// What happened to a ticket besides asking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TicketNews {
    /// It looks like a request that cannot be read.
    Unreadable {
        /// The ticket.
        ticket: String,
        /// As much of its form as can be read.
        form: Form,
        /// Whether it was there before, and looks so since it was edited.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        edited: bool,
        /// Of what it names more than one.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        several: Vec<Field>,
        /// When that was written, by the tracker's clock.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Timestamp>,
    },
    /// It was edited, and nothing of a request stands in it.
    AsksNothing {
        /// The ticket.
        ticket: String,
        /// When that was written, by the tracker's clock.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Timestamp>,
    },
    /// Something was said on it, or it was moved on: where a ticket of ours stands there, it is looked at.
    Touched {
        /// The ticket.
        ticket: String,
    },
    /// It is not there any more.
    Gone {
        /// The ticket.
        ticket: String,
    },
    /// It is another one now: it was moved to another project.
    Moved {
        /// The ticket, as it was.
        ticket: String,
        /// As it is now.
        to: String,
    },
}

impl aggregate::Tagged for Record {}

impl Record {
    /// The category of commands that were not carried out.
    pub const DENIAL: &str = "denial";
    /// The category of webhooks that were taken in.
    pub const WEBHOOK: &str = "webhook";
    /// The category of what was heard in chats.
    pub const INTERACTION: &str = "interaction";
    /// The category of what is kept of a sign-out: one stream a session, named after it.
    pub const SIGN_OUT: &str = "sign_out";
    /// The category of what was heard in chats and not taken.
    pub const NOT_HEARD: &str = "interaction_refusal";
    /// The category of what is kept of who was erased.
    pub const ERASURE: &str = "erasure";

    /// The category of its stream.
    pub const fn category(&self) -> &'static str {
        match self {
            Self::CommandDenied { .. } => Self::DENIAL,
            Self::WebhookReceived { .. } => Self::WEBHOOK,
            Self::WebhookRejected { .. } => "webhook_rejection",
            Self::InteractionReceived(_) => Self::INTERACTION,
            Self::InteractionRefused { .. } => Self::NOT_HEARD,
            Self::SignedIn { .. } | Self::SignInRefused { .. } => "sign_in",
            Self::SignedOut { .. } => Self::SIGN_OUT,
            Self::RefusalsCounted { .. } => "refusals",
            Self::HistoryRead { .. } => "reading",
            Self::SubjectErased { .. } => Self::ERASURE,
        }
    }
}

/// A ticket asks in somebody's name. What nobody asks, nobody can be given; that is told to whoever looks at the ticket.
fn asks<E, F>(request: &TicketRequest, body: Digest) -> Vec<Reaction<E, F>> {
    let TicketRequest { form, edited, .. } = request;
    if request.reporter.is_none() {
        let ticket = form.ticket.clone();
        let said = words::nobody_reports();
        return ticket.map(|ticket| answer(&ticket, (*edited, request.at), said)).into_iter().collect();
    }
    let asks = request.asks().unwrap_or(body);
    vec![Reaction::new("ask", Then::Ask { asks, body, request: Box::new(request.clone()) })]
}

fn heard<E, F: From<support::FollowUp>>(news: &TicketNews) -> Vec<Reaction<E, F>> {
    let lost = |ticket: &String, to: Option<&String>| {
        vec![Reaction::new("ticket_lost", Then::TicketLost { ticket: ticket.clone(), to: to.cloned() })]
    };
    match news {
        TicketNews::Unreadable { ticket, form, edited, several, at } => {
            let said = if several.is_empty() {
                words::form_to_copy(form)
            } else {
                words::one_request_a_ticket(several)
            };
            vec![answer(ticket, (*edited, *at), said)]
        }
        TicketNews::AsksNothing { ticket, at } => {
            vec![Reaction::new("asks_nothing", Then::AsksNothing { ticket: ticket.clone(), at: *at })]
        }
        TicketNews::Touched { ticket } => {
            let touched = support::FollowUp::Touched { key: ticket.clone() };
            vec![Reaction::new("touched", Then::FollowUp(touched.into()))]
        }
        TicketNews::Gone { ticket } => lost(ticket, None),
        TicketNews::Moved { ticket, to } => lost(ticket, Some(to)),
    }
}

/// What a ticket is told that is no request.
fn answer<E, F>(
    ticket: &str,
    (edited, at): (bool, Option<Timestamp>),
    paragraphs: Vec<String>,
) -> Reaction<E, F> {
    Reaction::new("answer", Then::Answer { ticket: ticket.to_owned(), edited, at, paragraphs })
}

/// What follows from a record: a ticket that asks for access is a request.
pub fn react<E, F: From<support::FollowUp>>(record: &Record) -> Vec<Reaction<E, F>> {
    match record {
        Record::WebhookReceived { request: Some(request), body, .. } => asks(request, *body),
        Record::WebhookReceived { news: Some(news), .. } => heard(news),
        Record::InteractionReceived(heard) => vec![Reaction::new("interact", Then::Interact(heard.clone()))],
        _ => vec![],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Filled;
    use crate::ticket;

    fn received(request: Option<TicketRequest>, news: Option<TicketNews>) -> Record {
        let (vendor, delivery, body) = ("jira".to_owned(), "d1".to_owned(), Digest::of(b"a body"));
        Record::WebhookReceived { vendor, delivery, body, request, news }
    }

    #[test]
    fn a_form_of_the_days_when_there_was_one_is_read_and_kept_with_its_name() {
        let kept =
            r#"{"kind":"form","form":{"permission":"write","repository":"infra","user":null,"reason":null}}"#;
        let said: Said = serde_json::from_str(kept).unwrap();
        let Said::Form(filled) = &said else { panic!("{said:?}") };
        assert_eq!(filled.form, crate::access::FORM.name);
        assert_eq!((filled.get("permission"), filled.get("user")), (Some("write"), None));
        let again = serde_json::to_string(&said).unwrap();
        let with_name =
            r#"{"kind":"form","name":"access","form":{"permission":"write","repository":"infra"}}"#;
        assert_eq!(again, with_name);
        assert_eq!(serde_json::from_str::<Said>(&again).unwrap(), said);
    }

    #[test]
    fn a_form_is_kept_with_its_name() {
        let fields = [("why".to_owned(), "hungry".to_owned())].into();
        let said = Said::Form(Filled { form: "lunch".to_owned(), fields });
        let kept = serde_json::to_string(&said).unwrap();
        assert_eq!(kept, r#"{"kind":"form","name":"lunch","form":{"why":"hungry"}}"#);
        assert_eq!(serde_json::from_str::<Said>(&kept).unwrap(), said);
    }

    #[test]
    fn a_sentence_is_kept_with_the_file_that_came_with_it() {
        let file = crate::file::File { sha: Digest::of(b"a file"), name: "vpn.md".to_owned(), size: 6 };
        let said = Said::Shared { text: "add document for everybody".to_owned(), file };
        let kept = serde_json::to_string(&said).unwrap();
        assert!(
            kept.starts_with(r#"{"kind":"shared","text":"add document for everybody","file":{"sha":"#),
            "{kept}"
        );
        assert_eq!(serde_json::from_str::<Said>(&kept).unwrap(), said);
    }

    fn comment(reactions: &[Reaction<ticket::Effect, support::FollowUp>]) -> (&str, String) {
        let [Reaction { then: Then::Answer { ticket, paragraphs, .. }, .. }] = reactions else {
            panic!("one comment was expected: {reactions:?}")
        };
        (ticket, paragraphs.join("\n"))
    }

    #[test]
    fn trust_d4_a_ticket_that_nobody_reports_is_answered_in_plain_words() {
        let form = crate::access::example::form();
        let reactions = react(&received(Some(TicketRequest { form, ..TicketRequest::default() }), None));
        let (ticket, said) = comment(&reactions);
        assert_eq!(ticket, "OPS-17");
        assert!(said.contains("has no reporter") && !said.contains("jira:"), "{said}");
    }

    #[test]
    fn trust_c7_a_ticket_that_cannot_be_read_gets_the_form_to_copy_with_what_was_read() {
        let form = Form { repository: None, ..crate::access::example::form() };
        let (ticket, edited, several) = ("OPS-17".to_owned(), false, vec![]);
        let unreadable = TicketNews::Unreadable { ticket, form, edited, several, at: None };
        let reactions = react(&received(None, Some(unreadable)));
        insta::assert_snapshot!(comment(&reactions).1);
    }

    #[test]
    fn trust_d4_a_ticket_that_asks_for_several_things_is_told_that_one_ticket_is_one_request() {
        let (ticket, form, edited) = ("OPS-17".to_owned(), crate::access::example::form(), true);
        let several = vec![Field::Permission, Field::Repository];
        let reactions =
            react(&received(None, Some(TicketNews::Unreadable { ticket, form, edited, several, at: None })));
        insta::assert_snapshot!(comment(&reactions).1, @r"
        This looks like a request for access, and it names more than one permission and repository. Nothing is asked for yet.
        One ticket is one request: please leave the lines of one in the description, and write a ticket of its own for each other one.
        As soon as the ticket is saved I look again.
        ");
    }

    #[test]
    fn trust_d4_the_same_wish_is_the_same_whatever_the_vendor_sends_of_it() {
        let of = |reason: &str, body: &[u8]| {
            let form = Form { reason: Some(reason.to_owned()), ..crate::access::example::form() };
            let request =
                TicketRequest { reporter: Some("acc".to_owned()), form, ..TicketRequest::default() };
            let (vendor, delivery) = ("jira".to_owned(), "d1".to_owned());
            let record = Record::WebhookReceived {
                vendor,
                delivery,
                body: Digest::of(body),
                request: Some(request),
                news: None,
            };
            let [Reaction::<ticket::Effect, support::FollowUp> { then: Then::Ask { asks, .. }, .. }] =
                react(&record)[..]
            else {
                panic!("a ticket asks")
            };
            asks
        };
        assert_eq!(of("rollout", b"created"), of("rollout", b"edited"));
        assert_ne!(of("rollout", b"created"), of("another", b"created"));
    }
}
