//! What Slack delivers, in the few words that the bot needs.

use countersign_domain::form::Filled;
use countersign_domain::ports::{Identity, Interaction, Place, Posted, Profile, Stranger};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// One thing that Slack delivers.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "most deliveries are the large one, and each is moved but a few times"
)]
pub enum Delivery {
    /// Slack asks whether anybody is there, and wants this back.
    Challenge(String),
    /// Somebody did something.
    Interaction(Interaction),
    /// Somebody changed or took back afterwards what they had said in private.
    TooLate {
        /// Who and where; it says nothing.
        interaction: Box<Interaction>,
        /// Whether they took it back.
        taken_back: bool,
    },
    /// Somebody wants a form.
    OpenForm(Box<OpenForm>),
    /// Somebody pressed a button that asks for the reason.
    AskWhy(Box<AskWhy>),
    /// Somebody is typing a name in a form.
    Suggest {
        /// Who.
        who: Who,
        /// Of which list.
        list: String,
        /// What they typed so far.
        query: String,
    },
    /// Somebody changed something in the open form.
    CheckForm(Box<CheckForm>),
    /// Somebody looks at the Home tab.
    Home {
        /// Who.
        who: Who,
    },
    /// A user group, or who is in it, changed.
    GroupChanged {
        /// Its id.
        group: String,
    },
    /// What Slack says of somebody changed.
    UserChanged {
        /// Who.
        identity: Identity,
        /// What it says now.
        profile: Profile,
    },
    /// Nothing that the bot attends to.
    Ignored,
}

/// Somebody, and what Slack says of them beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// By the vendor's ids.
    pub identity: Identity,
    /// Whether they are known to be somebody the bot does not work for.
    pub stranger: Option<Stranger>,
}

/// The wish for a form.
#[derive(Debug)]
pub struct OpenForm {
    /// The id of the wish: the same when it comes again.
    pub delivery: String,
    /// What the form is opened with, for three seconds.
    pub trigger: Trigger,
    /// Whose wish.
    pub who: Who,
    /// Where they were, and so where the answer belongs.
    pub place: Place,
    /// The message that they made a request of.
    pub message: Option<Posted>,
    /// What the message says that it is to be about.
    pub about: Option<String>,
}

/// A button that asks for the reason, pressed.
#[derive(Debug)]
pub struct AskWhy {
    /// The press, as it counts where nobody can be asked.
    pub pressed: Interaction,
    /// What the form for the reason is opened with, for three seconds.
    pub trigger: Trigger,
    /// What the button holds.
    pub reference: String,
}

/// A form while it is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckForm {
    /// Who fills it in.
    pub who: Who,
    /// The open form, for [`Slack::reopen`](crate::Slack::reopen).
    pub view: String,
    /// Its version.
    pub hash: Option<String>,
    /// Where the answer belongs.
    pub place: Place,
    /// What it holds so far.
    pub filled: Filled,
}

/// What a form can be opened with once, within three seconds (a `trigger_id`).
#[derive(Debug, Clone)]
pub struct Trigger(SecretString);

/// A delivery that says nothing the bot could do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Not what its content type says.
    #[error("the body is no JSON: line {line}, column {column}")]
    NotJson {
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
    /// A part that is of another shape.
    #[error("{what} is not as Slack's documentation says")]
    Shape {
        /// Which part.
        what: &'static str,
    },
    /// A part that must be there.
    #[error("the delivery does not say its {0}")]
    Missing(&'static str),
    /// For somebody else.
    #[error("the delivery is of another workspace")]
    OtherWorkspace,
    /// A kind of delivery that Slack may have added.
    #[error("a delivery of the unknown kind `{0}`")]
    UnknownKind(String),
}

impl Trigger {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.to_owned().into())
    }

    pub(crate) fn expose(&self) -> String {
        self.0.expose_secret().to_owned()
    }
}

/// The delivery id of a message. The same message comes as a mention, as a direct message, and in the channel's history
/// after a gap: all three are one.
pub(crate) fn message_delivery(channel: &str, ts: &str) -> String {
    format!("message:{channel}:{ts}")
}

/// The delivery id of what came with a trigger, which is kept out of logs.
pub(crate) fn trigger_delivery(trigger: &str) -> String {
    let digest = Sha256::digest(trigger.as_bytes());
    format!("trigger:{}", hex::encode(&digest[..16]))
}
