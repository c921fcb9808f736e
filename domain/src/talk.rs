//! What is said in chats, for whichever capability: cards that show how something stands, and what stays as it was said.

use std::convert::Infallible;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::card::Card;
use crate::effect::{Became, Patience, Wish};
use crate::envelope::Digest;
use crate::names::PrincipalId;
use crate::ports::{Place, Posted, SurfaceKind, VendorRole};
use crate::reaction::Reaction;
use crate::request::Code;
use crate::words;

/// What is wished of a chat. It changes nothing but what people see, so it is tried for as long as it takes until the surface is
/// back, and looking for a doubtful one may end in saying it twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Effect {
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
    /// Let a place in a chat show how what was asked there stands now: that somebody looks for an answer, then the answer. There is one
    /// message for it, and the latest state wins.
    ShowAnswer {
        /// The conversation.
        conversation: Uuid,
        /// The turn of it.
        turn: Uuid,
        /// Where.
        place: Place,
        /// To whom; `None` where everybody there sees it.
        to: Option<PrincipalId>,
    },
    /// Let a channel show how an alarm stands now: one message each time that it goes on, and the latest state wins.
    ShowAlert {
        /// What the alarm is known by.
        fingerprint: Uuid,
        /// The how manieth time it is on.
        episode: u64,
        /// Where.
        place: Place,
    },
    /// Say something in a chat that stays said, but for how what it is about stands and what can be pressed on it.
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
        /// The effect by which it was said before, where that is brought up to date.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        again: Option<Uuid>,
    },
}

/// What an attempt is about to do.
#[expect(clippy::large_enum_variant, reason = "nearly every plan is one to show a card")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Plan {
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Outcome {
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
}

/// The id of the card of a request at a place: there is one, however often it is drawn anew.
pub fn placement(code: &Code, place: &Place, viewer: Option<&PrincipalId>) -> Uuid {
    let viewer = viewer.map_or("everybody", PrincipalId::as_str);
    Uuid::new_v5(&PLACEMENTS, format!("{code} {viewer} {}", place.key()).as_bytes())
}

/// The id of the card of an alarm that is on at a place.
pub fn alert_placement(fingerprint: Uuid, episode: u64, place: &Place) -> Uuid {
    Uuid::new_v5(&PLACEMENTS, format!("alert {fingerprint} {episode} {}", place.key()).as_bytes())
}

/// What the ids of placements are derived in.
const PLACEMENTS: Uuid = Uuid::from_u128(0x83d6_40a1_5e0c_4b9f_a27b_90e1_c3f4_12d8);

impl Effect {
    /// Where it is said.
    pub const fn place(&self) -> &Place {
        match self {
            Self::ShowCard { place, .. }
            | Self::ShowAnswer { place, .. }
            | Self::ShowAlert { place, .. }
            | Self::Tell { place, .. } => place,
        }
    }
}

impl Wish for Effect {
    type Plan = Plan;
    type Outcome = Outcome;
    type FollowUp = Infallible;

    fn kind(&self) -> &'static str {
        self.into()
    }

    fn code(&self) -> Option<&Code> {
        match self {
            Self::ShowCard { code, .. } => Some(code),
            Self::Tell { code, .. } => code.as_ref(),
            Self::ShowAnswer { .. } | Self::ShowAlert { .. } => None,
        }
    }

    fn lane(&self) -> String {
        match self {
            Self::ShowCard { code, place, viewer, .. } => {
                format!("card {}", placement(code, place, viewer.as_ref()))
            }
            Self::ShowAnswer { turn, .. } => format!("answer {turn}"),
            Self::ShowAlert { fingerprint, episode, place } => {
                format!("alert {}", alert_placement(*fingerprint, *episode, place))
            }
            Self::Tell { place, .. } => format!("talk {}", place.key()),
        }
    }

    fn calls(&self) -> &'static [VendorRole] {
        match self.place().surface {
            SurfaceKind::Slack => &[VendorRole::Surface(SurfaceKind::Slack)],
            SurfaceKind::Teams => &[VendorRole::Surface(SurfaceKind::Teams)],
            SurfaceKind::Discord => &[VendorRole::Surface(SurfaceKind::Discord)],
        }
    }

    fn patience(&self) -> Patience {
        Patience::Chat
    }

    /// A card is drawn as things stand when it is drawn.
    fn is_done_by_any_in_its_lane(&self) -> bool {
        let is_a_card = matches!(self, Self::ShowCard { anew: false, unasked: false, .. });
        is_a_card || matches!(self, Self::ShowAnswer { .. } | Self::ShowAlert { .. })
    }

    fn in_words(&self) -> String {
        match self {
            Self::ShowCard { place, viewer: Some(viewer), .. } => {
                format!("show {viewer} in {} how it stands", place.surface.name())
            }
            Self::ShowCard { place, viewer: None, .. } => {
                format!("show everybody in {} how it stands", place.in_words())
            }
            Self::ShowAnswer { place, .. } => {
                format!("show in {} how a question stands", place.in_words())
            }
            Self::ShowAlert { place, .. } => format!("show in {} how an alarm stands", place.in_words()),
            Self::Tell { place, to, card, again, .. } => {
                let whom = to.as_ref().map_or_else(|| "everybody".to_owned(), ToString::to_string);
                let tell = if again.is_some() { "bring up to date what was told" } else { "tell" };
                format!("{tell} {whom} in {}: {}", place.surface.name(), words::quoted(&card.title))
            }
        }
    }

    fn plan_in_words(plan: &Plan) -> String {
        let words = match plan {
            Plan::Show { message: None, .. } => "post the card",
            Plan::Show { message: Some(_), .. } => "draw the card anew",
            Plan::Tell => "say it",
        };
        words.to_owned()
    }

    /// What could not be said does not change what it is about.
    fn outcome<E>(&self, _became: Became<'_, Self>) -> Vec<Reaction<E, Infallible>> {
        vec![]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::Identity;

    fn show(request: u128, surface: SurfaceKind, anew: bool, unasked: bool) -> Effect {
        let place = Place::direct(&Identity::new(surface, "T1", "U1").unwrap());
        let code = Code::candidate(Uuid::from_u128(request), 0);
        Effect::ShowCard { code, place, viewer: None, anew, unasked }
    }

    fn tell(request: u128) -> Effect {
        let Effect::ShowCard { code, place, .. } = show(request, SurfaceKind::Slack, false, false) else {
            panic!("a card is shown")
        };
        let card = Box::new(crate::card::samples().remove(0).1);
        Effect::Tell { code: Some(code), place, to: None, card, unasked: false, again: None }
    }

    #[test]
    fn each_request_has_its_own_card_at_a_place_and_what_is_said_there_is_said_in_order() {
        let slack = |request| show(request, SurfaceKind::Slack, false, false);
        assert_eq!(slack(1).lane(), slack(1).lane());
        assert_ne!(slack(1).lane(), slack(2).lane());
        assert_eq!(tell(1).lane(), tell(2).lane());
        assert_ne!(tell(1).lane(), slack(1).lane());
        assert_eq!([slack(1), tell(1)].map(|effect| effect.kind()), ["show_card", "tell"]);
        assert_eq!([slack(1), tell(1)].map(|effect| effect.code().is_some()), [true, true]);
    }

    #[test]
    fn each_chat_is_called_by_itself_and_is_waited_for() {
        for surface in SurfaceKind::ALL {
            let effect = show(1, surface, false, false);
            assert_eq!(effect.calls(), [VendorRole::Surface(surface)]);
            assert_eq!((effect.patience(), effect.is_urgent()), (Patience::Chat, false));
        }
    }

    #[test]
    fn a_card_that_waits_to_be_drawn_stands_for_another_unless_somebody_asked_or_is_told_of_it() {
        let stands = |anew, unasked| show(1, SurfaceKind::Slack, anew, unasked).is_done_by_any_in_its_lane();
        assert_eq!([stands(false, false), stands(true, false), stands(false, true)], [true, false, false]);
        assert!(!tell(1).is_done_by_any_in_its_lane());
    }

    #[test]
    fn what_was_asked_has_one_message_that_is_drawn_as_it_stands_then() {
        let answer = |turn: u128| {
            let (conversation, turn) = (Uuid::from_u128(7), Uuid::from_u128(turn));
            Effect::ShowAnswer { conversation, turn, place: tell(1).place().clone(), to: None }
        };
        assert_eq!(answer(1).lane(), answer(1).lane());
        assert!(answer(1).lane() != answer(2).lane() && answer(1).lane() != tell(1).lane());
        assert!(answer(1).is_done_by_any_in_its_lane() && answer(1).code().is_none());
        assert_eq!(answer(1).in_words(), "show in Slack in private how a question stands");
    }

    #[test]
    fn what_is_said_in_a_chat_is_said_in_words() {
        let Effect::ShowCard { code, place, .. } = show(1, SurfaceKind::Slack, false, false) else {
            panic!("a card is shown")
        };
        let shown = |viewer: Option<&str>, place: &Place| {
            let (code, viewer) = (code.clone(), viewer.map(|viewer| viewer.parse().unwrap()));
            let place = place.clone();
            Effect::ShowCard { code, place, viewer, anew: false, unasked: false }.in_words()
        };
        assert_eq!(shown(Some("ada"), &place), "show ada in Slack how it stands");
        assert_eq!(shown(None, &place), "show everybody in Slack in private how it stands");
        let channel = Place { channel: Some("C1".to_owned()), only: None, ..place };
        assert_eq!(shown(None, &channel), "show everybody in Slack in the channel C1 how it stands");
        assert!(tell(1).in_words().starts_with("tell everybody in Slack: “"), "{}", tell(1).in_words());
        let Effect::Tell { code, place, to, card, .. } = tell(1) else { panic!("it is told") };
        let again = Effect::Tell { code, place, to, card, unasked: false, again: Some(Uuid::from_u128(7)) };
        assert!(again.in_words().starts_with("bring up to date what was told everybody in Slack: “"));
        assert_eq!(Effect::plan_in_words(&Plan::Tell), "say it");
    }
}
