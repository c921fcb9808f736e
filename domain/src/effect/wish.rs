//! What can be wished of the outside world, what is planned for it, and what can come of it.

use serde::{Deserialize, Serialize};

use uuid::Uuid;

use crate::access::{Difference, Findings, Permission};
use crate::card::Card;
use crate::envelope::Digest;
use crate::names::PrincipalId;
use crate::ports::{MovePlan, PermissionPlan, Place, Posted, SurfaceKind, TicketMove, VendorRole};
use crate::request::Code;

/// One wish. Its id, and so its idempotency key, is derived from the event that caused it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Effect {
    /// Ask forge and tracker about a request.
    LookUp {
        /// Which request.
        code: Code,
        /// The forge's account.
        account: String,
        /// The repository, where one was named.
        repository: Option<String>,
        /// The ticket, where one was named.
        ticket: Option<String>,
    },
    /// Bring the account's permission on the repository to what the log says it should be.
    SetPermission {
        /// Which request.
        code: Code,
        /// The forge's account.
        account: String,
        /// The repository, by the forge's own name.
        repository: String,
        /// The forge's immutable id of it, where it has one: names are changed, and given to another.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        repository_id: Option<String>,
        /// To grant or to end.
        task: PermissionTask,
    },
    /// Say something on a ticket.
    Comment {
        /// Which request; `None` where the ticket is told why there is none.
        code: Option<Code>,
        /// The ticket.
        ticket: String,
        /// The paragraphs.
        paragraphs: Vec<String>,
    },
    /// Move a ticket on.
    MoveTicket {
        /// Which request.
        code: Code,
        /// The ticket.
        ticket: String,
        /// Where to.
        to: TicketMove,
    },
    /// Let a place in a chat show how a request stands now: the latest state wins.
    ShowCard {
        /// Which request.
        code: Code,
        /// Where.
        place: Place,
        /// As who sees it; `None` where everybody there does.
        viewer: Option<PrincipalId>,
        /// Whether it is posted as a new message though there is one already, because somebody asked to see it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        anew: bool,
        /// Whether the bot speaks up by itself with it, which waits while its viewer wants quiet.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        unasked: bool,
    },
    /// Say something in a chat that stays as it was said.
    Tell {
        /// The request it is about, if one.
        code: Option<Code>,
        /// Where.
        place: Place,
        /// To whom; `None` where everybody there sees it.
        to: Option<PrincipalId>,
        /// What. Its buttons say sentences; they are sealed on the way out.
        card: Box<Card>,
        /// Whether the bot speaks up by itself with it, which waits while they want quiet.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        unasked: bool,
    },
}

/// The id of the card of a request at a place: there is one, however often it is drawn anew.
pub fn placement(code: &Code, place: &Place, viewer: Option<&PrincipalId>) -> Uuid {
    let viewer = viewer.map_or("everybody", PrincipalId::as_str);
    Uuid::new_v5(&PLACEMENTS, format!("{code} {viewer} {}", place.key()).as_bytes())
}

/// What the ids of placements are derived in.
const PLACEMENTS: Uuid = Uuid::from_u128(0x83d6_40a1_5e0c_4b9f_a27b_90e1_c3f4_12d8);

/// Why a permission is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "snake_case")]
pub enum PermissionTask {
    /// An approved request.
    Grant {
        /// What was approved.
        permission: Permission,
    },
    /// An access that is over.
    End,
    /// An access that the log has ended, and that is there all the same.
    EndAgain {
        /// What was left when it ended.
        left: Option<Permission>,
    },
}

impl Effect {
    /// The request it is for, if for one.
    pub const fn code(&self) -> Option<&Code> {
        match self {
            Self::LookUp { code, .. }
            | Self::SetPermission { code, .. }
            | Self::MoveTicket { code, .. }
            | Self::ShowCard { code, .. } => Some(code),
            Self::Comment { code, .. } | Self::Tell { code, .. } => code.as_ref(),
        }
    }

    /// Whether it is said in a chat. Such effects change nothing but what people see, so they are tried for as long as it
    /// takes until their surface is back, and looking for a doubtful one may end in saying it twice.
    pub const fn is_talk(&self) -> bool {
        self.place().is_some()
    }

    /// Where it is said, if it is said in a chat.
    pub const fn place(&self) -> Option<&Place> {
        match self {
            Self::ShowCard { place, .. } | Self::Tell { place, .. } => Some(place),
            _ => None,
        }
    }

    /// The word for its kind.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::LookUp { .. } => "look_up",
            Self::SetPermission { .. } => "set_permission",
            Self::Comment { .. } => "comment",
            Self::MoveTicket { .. } => "move_ticket",
            Self::ShowCard { .. } => "show_card",
            Self::Tell { .. } => "tell",
        }
    }

    /// What must not be touched by two effects at once.
    pub fn lane(&self) -> String {
        match self {
            Self::LookUp { code, .. } => format!("look-up {code}"),
            Self::SetPermission { account, .. } => {
                format!("permission {account} {}", self.repository_key().unwrap_or_default())
            }
            Self::Comment { ticket, .. } | Self::MoveTicket { ticket, .. } => format!("ticket {ticket}"),
            Self::ShowCard { code, place, viewer, .. } => {
                format!("card {}", placement(code, place, viewer.as_ref()))
            }
            Self::Tell { place, .. } => format!("talk {}", place.key()),
        }
    }

    /// The identity of the repository whose permission it sets: the forge's immutable id, or the name where there is none.
    pub fn repository_key(&self) -> Option<&str> {
        match self {
            Self::SetPermission { repository, repository_id, .. } => {
                Some(repository_id.as_ref().unwrap_or(repository))
            }
            _ => None,
        }
    }

    /// Whom it calls: what a pause holds back, and whose places at the outbox it takes.
    pub const fn calls(&self) -> &'static [VendorRole] {
        use VendorRole::{Forge, Surface, Tracker};
        match self {
            Self::LookUp { ticket: Some(_), .. } => &[Forge, Tracker],
            Self::LookUp { .. } | Self::SetPermission { .. } => &[Forge],
            Self::Comment { .. } | Self::MoveTicket { .. } => &[Tracker],
            Self::ShowCard { place, .. } | Self::Tell { place, .. } => match place.surface {
                SurfaceKind::Slack => &[Surface(SurfaceKind::Slack)],
                SurfaceKind::Teams => &[Surface(SurfaceKind::Teams)],
                SurfaceKind::Discord => &[Surface(SurfaceKind::Discord)],
            },
        }
    }

    /// Whether it takes access away and so may use the log's reserve of space.
    pub const fn is_urgent(&self) -> bool {
        use PermissionTask as Task;
        matches!(self, Self::SetPermission { task: Task::End | Task::EndAgain { .. }, .. })
    }
}

/// What an attempt is about to do: recorded before the call goes out. A dry run prints it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Plan {
    /// Only read.
    Read,
    /// Change a permission.
    Permission(PermissionPlan),
    /// Write these paragraphs.
    Comment {
        /// The paragraphs.
        paragraphs: Vec<String>,
    },
    /// Take this transition.
    Move(MovePlan),
    /// Show a card with this look.
    Show {
        /// The message to be changed; `None` where a new one is posted.
        message: Option<Posted>,
        /// The message that showed it before, where a new one is posted on purpose.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instead_of: Option<Posted>,
        /// The digest of what the card says.
        look: Digest,
        /// The receipt that its buttons carry, where it asks for a countersignature.
        receipt: Option<Digest>,
    },
    /// Say it.
    Tell,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Outcome {
    /// What the vendors said.
    Found(Box<Findings>),
    /// What was read back.
    PermissionIs {
        /// The permission now.
        now: Option<Permission>,
        /// What the first attempt found before anything was changed.
        before: Option<Permission>,
    },
    /// Nothing was done: what it was decided on has changed.
    Overtaken {
        /// What the vendors say now.
        findings: Box<Findings>,
        /// What counts of what has changed.
        differences: Vec<Difference>,
    },
    /// The comment is there.
    Commented,
    /// The ticket is there.
    Moved {
        /// The status it came from.
        from: String,
        /// The status it is in, as far as we moved it; `None` where nothing had to be done.
        to: Option<String>,
    },
    /// The card is there.
    Shown {
        /// Where.
        message: Posted,
        /// The digest of what it says.
        look: Digest,
        /// The receipt that its buttons carry.
        receipt: Option<Digest>,
    },
    /// There was nothing to say any more.
    Unsaid,
    /// It was said.
    Told {
        /// Where.
        message: Posted,
    },
    /// An operator says it was done by hand.
    DoneByHand {
        /// What the first attempt found before anything was changed, where there was one.
        before: Option<Permission>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::{Identity, SurfaceKind};

    fn place(user: &str) -> Place {
        Place::direct(&Identity::new(SurfaceKind::Slack, "T1", user).unwrap())
    }

    /// One of every kind, for the request of this number.
    fn all(request: u128, repository_id: Option<&str>) -> [Effect; 6] {
        let code = || Code::candidate(Uuid::from_u128(request), 0);
        let (account, ticket) = (|| "acc".to_owned(), || "OPS-17".to_owned());
        [
            Effect::LookUp { code: code(), account: account(), repository: None, ticket: None },
            Effect::SetPermission {
                code: code(),
                account: account(),
                repository: "infra".to_owned(),
                repository_id: repository_id.map(str::to_owned),
                task: PermissionTask::End,
            },
            Effect::Comment { code: Some(code()), ticket: ticket(), paragraphs: vec![] },
            Effect::MoveTicket { code: code(), ticket: ticket(), to: TicketMove::Granted },
            Effect::ShowCard { code: code(), place: place("U1"), viewer: None, anew: false, unasked: false },
            Effect::Tell {
                code: Some(code()),
                place: place("U1"),
                to: None,
                card: Box::new(crate::card::samples().remove(0).1),
                unasked: false,
            },
        ]
    }

    #[test]
    fn every_effect_has_a_kind_and_knows_its_request_and_two_are_said_in_a_chat() {
        let code = Code::candidate(Uuid::from_u128(1), 0);
        assert!(all(1, None).iter().all(|effect| effect.code() == Some(&code)));
        let kinds = all(1, None).map(|effect| effect.kind());
        assert_eq!(kinds, ["look_up", "set_permission", "comment", "move_ticket", "show_card", "tell"]);
        assert_eq!(all(1, None).map(|effect| effect.is_talk()), [false, false, false, false, true, true]);
        assert!(all(1, None)[4..].iter().all(|effect| effect.place() == Some(&place("U1"))));
    }

    #[test]
    fn an_effect_calls_whom_it_needs_and_a_chat_does_not_pause_as_a_whole() {
        use VendorRole::{Forge, Surface, Tracker};
        let chat = Surface(SurfaceKind::Slack);
        let calls = all(1, None).map(|effect| effect.calls());
        assert_eq!(calls, [&[Forge][..], &[Forge], &[Tracker], &[Tracker], &[chat], &[chat]]);
        let code = Code::candidate(Uuid::from_u128(1), 0);
        let ticket = Some("OPS-17".to_owned());
        let looked_up = Effect::LookUp { code, account: "acc".to_owned(), repository: None, ticket };
        assert_eq!(looked_up.calls(), [Forge, Tracker], "the ticket is asked about as well");
        assert_eq!([Forge, Tracker, chat].map(VendorRole::pauses_as_a_whole), [true, true, false]);
    }

    #[test]
    fn what_must_not_be_touched_twice_at_once_is_one_lane_and_nothing_else_is() {
        let same =
            |index: usize, one: [Effect; 6], other: [Effect; 6]| one[index].lane() == other[index].lane();
        let lanes: std::collections::BTreeSet<_> = all(1, None).map(|effect| effect.lane()).into();
        assert_eq!(lanes.len(), 5, "a comment and a move are of one ticket");
        // Of two requests: the same permission, ticket and talk, but another card.
        let shared = [0, 1, 2, 3, 4, 5].map(|index| same(index, all(1, None), all(2, None)));
        assert_eq!(shared, [false, true, true, true, false, true]);
        // A repository is itself under another name, and another one under the same.
        assert!(!same(1, all(1, Some("{a}")), all(1, Some("{b}"))));
        let [one, other] = [Some("{a}"), None].map(|id| all(1, id)[1].repository_key().map(str::to_owned));
        assert_eq!((one.as_deref(), other.as_deref()), (Some("{a}"), Some("infra")));
        assert_eq!(all(1, None)[0].repository_key(), None);
    }
}
