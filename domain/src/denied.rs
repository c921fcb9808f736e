//! "No" as a value: every reason why a command was not carried out, all at once, each specific.

mod field;
mod text;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::{Difference, Permission};
use crate::ports::SurfaceKind;
use crate::request::Code;
use crate::rules::RuleFault;
use crate::words;

pub use self::field::Field;
pub use self::text::text_fault;

/// A command that was not carried out. Told to the person in full, and kept as an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Denied(pub Vec<Violation>);

impl Denied {
    /// Denied for one reason.
    pub fn because(violation: Violation) -> Self {
        Self(vec![violation])
    }
}

impl std::fmt::Display for Denied {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, violation) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            f.write_str(&words::violation(violation))?;
        }
        Ok(())
    }
}

impl From<Violation> for Denied {
    fn from(violation: Violation) -> Self {
        Self::because(violation)
    }
}

/// One reason, as data; [`words::violation`] says it to the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Violation {
    /// A required field is empty.
    MissingField {
        /// Which.
        field: Field,
    },
    /// The permission is not on the whitelist.
    UnknownPermission {
        /// What was asked for.
        given: String,
    },
    /// The duration is not one.
    BadDuration {
        /// What was given.
        given: String,
        /// What is wrong with it.
        why: String,
    },
    /// The duration is above what the rule allows.
    DurationTooLong {
        /// Minutes asked for.
        asked: u64,
        /// Minutes allowed.
        max: u64,
    },
    /// It would last longer without a break than the rule allows.
    UnbrokenTooLong {
        /// Minutes allowed.
        max: u64,
        /// Since when it lasts without a break.
        since: Timestamp,
        /// How many minutes more would fit.
        fits: u64,
        /// Until when it would last then; nothing where nothing fits.
        until: Option<Timestamp>,
    },
    /// It would be more within the last days than the rule allows.
    TotalTooLong {
        /// Minutes allowed.
        max: u64,
        /// Minutes that there were, or are granted, already.
        used: u64,
        /// Within how many days.
        days: u64,
        /// How many minutes more would fit.
        fits: u64,
        /// Until when it would last then; nothing where nothing fits.
        until: Option<Timestamp>,
    },
    /// What is asked for is held already.
    HeldAlready {
        /// The name people see of who holds it.
        user: String,
        /// What is asked for.
        permission: Permission,
        /// On which repository.
        repository: String,
        /// What they hold.
        holds: Permission,
        /// The access of ours that gives it, and until when; nothing where they hold it by themselves.
        through: Option<(Code, Timestamp)>,
    },
    /// A text is too long.
    TextTooLong {
        /// Which field.
        field: Field,
        /// Its length in characters.
        length: usize,
        /// The most it may have.
        max: usize,
    },
    /// A text holds a character that could deceive a reader.
    BadCharacter {
        /// Which field.
        field: Field,
        /// The code point, as `U+202E`.
        character: String,
        /// Where, in characters from 1.
        place: usize,
    },
    /// The title of the ticket that asks holds a character that could deceive a reader.
    MisleadingTitle {
        /// The code point, as `U+202E`.
        character: String,
        /// Where, in characters from 1.
        place: usize,
    },
    /// A line of the ticket that may belong to what it asks for, and that nobody can place.
    UnreadLine {
        /// The line.
        line: String,
    },
    /// It was to begin at a time, and begins when it is countersigned.
    BeginsLater {
        /// The time as given.
        given: String,
    },
    /// The forge knows no such user.
    UnknownUser {
        /// The user as given.
        user: String,
    },
    /// Several people go by this name, and nobody but who said it can tell which is meant.
    SeveralPeople {
        /// The name as given.
        given: String,
        /// Each of them, told apart.
        people: Vec<String>,
    },
    /// Somebody was mentioned whose chat account is nobody's here yet.
    NotLinked {
        /// Where they chat.
        surface: SurfaceKind,
    },
    /// The directory does not say which of the forge's accounts is this person's.
    NoAccount {
        /// Who.
        person: String,
    },
    /// The directory gives one of the forge's accounts to several people.
    SharedAccount {
        /// The name of the account at the forge.
        account: String,
        /// To whom.
        people: Vec<String>,
    },
    /// The forge knows the user, and they are not in the workspace.
    NotInWorkspace {
        /// The name people see.
        user: String,
    },
    /// The user owns the workspace: nothing can be given to them, for they may do everything.
    OwnsWorkspace {
        /// The name people see.
        user: String,
    },
    /// The repository is in another workspace than the tenant's, or at another forge.
    OtherWorkspace {
        /// The repository as given.
        repository: String,
        /// The tenant's.
        ours: String,
    },
    /// The forge knows no such repository.
    UnknownRepository {
        /// The repository as given.
        repository: String,
    },
    /// The tracker knows no such ticket.
    UnknownTicket {
        /// The key as given.
        ticket: String,
    },
    /// Who asks is not a person of this tenant.
    UnknownRequester {
        /// The name by which the vendor knows them.
        account: String,
    },
    /// The rules demand a ticket.
    TicketRequired {
        /// The pattern it must match.
        pattern: String,
    },
    /// The ticket key does not look as the rules demand.
    TicketMismatch {
        /// The key as given.
        ticket: String,
        /// The pattern it must match.
        pattern: String,
    },
    /// The ticket is not in one of the statuses that the rules want it to be in.
    TicketStatus {
        /// The ticket's key.
        ticket: String,
        /// The statuses that would do.
        wanted: Vec<String>,
    },
    /// A rule forbids it.
    ForbiddenByRule {
        /// The policies that forbid it.
        policies: Vec<String>,
        /// What they say.
        messages: Vec<String>,
    },
    /// No rule allows it.
    NoRuleAllows {
        /// The permission.
        permission: Permission,
        /// The repository.
        repository: String,
    },
    /// One's own request, or a request for oneself.
    OwnRequest,
    /// Agents ask, and never countersign.
    AgentMayNotCountersign,
    /// The rules do not count them among those who may countersign.
    NotEligible {
        /// Who may, as the rules say it.
        approvers: Vec<String>,
    },
    /// They have countersigned already.
    AlreadyCountersigned,
    /// They have countersigned, and enough others have: what was countersigned is carried out, or was, and stays countersigned.
    TooLateToTakeBack {
        /// How the request stands.
        status: String,
        /// Whether what comes of it lasts until somebody ends it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        lasts: bool,
    },
    /// They have countersigned, and it is being carried out, or was.
    CountersignedAndSet {
        /// How the request stands.
        status: String,
    },
    /// What they saw is not what stands now.
    Stale,
    /// What it is decided on has changed since they were asked.
    EvidenceChanged {
        /// What.
        differences: Vec<Difference>,
    },
    /// Nobody can say now whether what they were shown is still so.
    EvidenceUnknown {
        /// Which vendor does not say.
        vendor: String,
        /// What it does not let the bot do, as people are told, where it does answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refused: Option<String>,
    },
    /// The rule wants a reason for a no.
    DenialNeedsReason,
    /// They have not countersigned, so there is nothing to take back.
    NotCountersigned,
    /// The countersignature that somebody wants to take back counts for nothing already.
    CountersignatureVoid,
    /// The rule wants more than a reaction.
    ReactionNotEnough,
    /// The rule wants the countersignature in the console, with another proof of who they are.
    StepUpNeeded,
    /// The link code is none, was used, or is too old.
    LinkNotGood,
    /// Somebody had the chat account forgotten: only a link code makes it known again.
    Forgotten,
    /// The chat account is somebody else's already.
    LinkTaken,
    /// The time is none, or none to come.
    BadMoment {
        /// What was given.
        given: String,
    },
    /// The place is none whose time is known.
    BadZone {
        /// What was given.
        given: String,
    },
    /// Hours that end when they begin.
    NoHours {
        /// When they begin, and end.
        given: String,
    },
    /// What was answered is not asked any more.
    QuestionOver,
    /// The group does not exist.
    UnknownGroup {
        /// The group as given.
        group: String,
    },
    /// Somebody whom it stands on does not belong to the tenant any more.
    HasLeft {
        /// The name people saw.
        name: String,
    },
    /// The ticket that asked was edited, and asks for something else now.
    AsksOtherwise {
        /// The ticket.
        ticket: String,
    },
    /// The ticket that asked was edited, and asks for nothing any more.
    AsksNothing {
        /// The ticket.
        ticket: String,
    },
    /// There is nothing to decide any more (or yet).
    NothingToDecide {
        /// How the request stands.
        status: String,
    },
    /// It cannot be done in this state.
    WrongStatus {
        /// What was tried.
        action: String,
        /// How the request stands.
        status: String,
    },
    /// What was said is for requests of another kind.
    AnotherKind {
        /// What this one is of.
        kind: String,
    },
    /// Only those it concerns may do this.
    NotYours {
        /// What was tried.
        action: String,
    },
    /// It takes a role they do not hold.
    RoleRequired {
        /// What was tried.
        action: String,
        /// The role.
        role: String,
    },
    /// No request has this code.
    UnknownCode {
        /// The code as given.
        given: String,
    },
    /// Nothing of what a plan would put right is different any more.
    NothingDiffers,
    /// What a plan would put right has changed since they were asked.
    PlanChanged {
        /// What, as the middle of a sentence.
        what: String,
    },
    /// A plan says two things of one difference.
    TwiceInPlan {
        /// Where it is.
        what: String,
    },
    /// A plan is longer than anybody reads.
    TooManyItems {
        /// How many items it has.
        items: usize,
        /// The most it may have.
        max: usize,
    },
    /// A plan changes more at once than it may.
    BeyondTheCap {
        /// The share of what is held that may be changed at once, in percent.
        share: u8,
        /// Where, and how much.
        over: Vec<Over>,
        /// What of it would fit, item by item.
        fits: Vec<String>,
    },
    /// Something shall be ignored, and nobody says until when.
    IgnoredUntilWhen,
    /// Something shall not be spoken of for too long.
    IgnoredTooLong {
        /// For how many days at most it may be.
        days: i64,
    },
    /// No difference has this name, or not any more.
    UnknownDifference {
        /// The name as given.
        given: String,
    },
    /// The effect is not parked, so nobody needs to help it.
    NotParked {
        /// How it stands.
        state: String,
    },
    /// An operator says that something was done by hand, and it can be seen that it is not.
    NotDone {
        /// What is there.
        shown: String,
        /// What should be.
        wanted: String,
    },
    /// Other rules are in force by now than those in whose place these were to be.
    RulesMovedOn {
        /// Those in whose place.
        base: u64,
        /// Those in force.
        now: u64,
    },
    /// These rules are in force already.
    RulesInForceAlready {
        /// As this version.
        version: u64,
    },
    /// There never was this version of the rules.
    UnknownVersion {
        /// The version as given.
        given: String,
    },
    /// The rules do not let them change the rules.
    MayNotChangeRules,
    /// As many proposals are open as can be at once.
    ManyProposals {
        /// How many.
        open: u64,
        /// Whether all of them are of who proposes.
        own: bool,
    },
    /// Others were asked to countersign it, and by now nobody would have to be.
    OthersWereAsked,
    /// More requests of the days before would be denied than the rules let a change deny.
    TooManyDenied {
        /// How many would.
        denied: u64,
        /// How many may.
        max: u64,
    },
    /// The rule set has faults.
    RuleSetFaults {
        /// Each with its line.
        faults: Vec<RuleFault>,
    },
    /// The words were not understood.
    NotUnderstood {
        /// What was said, cut to 100 characters.
        said: String,
        /// The nearest commands, best first.
        nearest: Vec<String>,
    },
}

/// Where a plan changes more than it may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Over {
    /// On what, as people say it; nothing for everything that the tenant holds.
    pub on: Option<String>,
    /// How much it changes there.
    pub changes: u64,
    /// How much other plans change there at the same time.
    pub elsewhere: u64,
    /// How much is held there.
    pub held: u64,
    /// How much may be changed at once.
    pub most: u64,
}

impl Violation {
    /// Why a request is decided by nobody any more whose ticket was edited.
    pub fn superseded(ticket: &str, asks_nothing: bool) -> Self {
        let ticket = ticket.to_owned();
        if asks_nothing { Self::AsksNothing { ticket } } else { Self::AsksOtherwise { ticket } }
    }

    /// Whether it says that there is nothing to ask for: how much more of it would fit is beside the point then.
    pub const fn is_there_already(&self) -> bool {
        matches!(self, Self::HeldAlready { .. } | Self::OwnsWorkspace { .. })
    }

    /// Whether it only says that something could not be read or found: nobody and no rule has said no, and whoever asked can mend
    /// it, or have it mended.
    pub const fn is_unread(&self) -> bool {
        matches!(
            self,
            Self::MissingField { .. }
                | Self::UnknownPermission { .. }
                | Self::BadDuration { .. }
                | Self::BadMoment { .. }
                | Self::TextTooLong { .. }
                | Self::BadCharacter { .. }
                | Self::MisleadingTitle { .. }
                | Self::UnreadLine { .. }
                | Self::BeginsLater { .. }
                | Self::UnknownUser { .. }
                | Self::SeveralPeople { .. }
                | Self::NotLinked { .. }
                | Self::NoAccount { .. }
                | Self::SharedAccount { .. }
                | Self::NotInWorkspace { .. }
                | Self::UnknownRepository { .. }
                | Self::OtherWorkspace { .. }
                | Self::UnknownTicket { .. }
                | Self::UnknownRequester { .. }
        )
    }
}
