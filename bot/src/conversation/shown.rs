//! How a chat shows what was asked there: one message that says that somebody looks, grows with the answer, and is the answer then.

use countersign_domain::conversation::Turn;
use countersign_domain::ports::Place;
use countersign_domain::talk::Effect;
use uuid::Uuid;

use super::card;
use crate::talk::tell;

/// Whether a message there can be changed: what only one person sees beside others cannot.
pub(super) fn can_change(place: &Place) -> bool {
    !place.is_private() || place.is_direct()
}

/// Lets a place show how a turn stands. What cannot be changed is said anew.
pub(crate) fn shown_in(place: &Place, conversation: Uuid, turn: &Turn) -> Effect {
    let to = Some(&turn.asked.by).filter(|_| place.is_private());
    if !can_change(place) {
        return tell(None, place.clone(), to, card::answer(turn), false);
    }
    Effect::ShowAnswer { conversation, turn: turn.id, place: place.clone(), to: to.cloned() }
}
