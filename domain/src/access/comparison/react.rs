//! What follows from a comparison.

use super::super::{Effect, Errand, FollowUp, How, PermissionTask, Unended};
use super::{ComparisonEvent, Deviation, WhyCompared};
use crate::reaction::{Reaction, Then};

/// What follows: what is news is told, and what the log has ended is ended again. Anything else changes nothing.
pub fn react_to_comparison<E: From<Effect>, F: From<FollowUp>>(
    event: &ComparisonEvent,
) -> Vec<Reaction<E, F>> {
    let ComparisonEvent::AccessCompared { why, found, lowered, .. } = event;
    let is_news = !found.is_empty() || !lowered.is_empty() || matches!(why, WhyCompared::Restored(_));
    let tell = || FollowUp::Own(Errand::TellOfComparison(Box::new(event.clone())));
    let told = is_news.then(|| Reaction::new("tell", Then::FollowUp(tell().into())));
    let mut reactions: Vec<_> = told.into_iter().collect();
    // An ending that waits for an operator is tried once more itself: there is one effect for one ending.
    let waiting = found.iter().filter(|difference| waits(&difference.how)).map(Deviation::spot);
    let waiting: Vec<_> = waiting.collect();
    let again = found.iter().filter(|difference| !waits(&difference.how)).filter_map(end_again);
    reactions.extend(again.map(|effect| Reaction::new("end_again", Then::Perform(effect.into()))));
    if !waiting.is_empty() {
        let revisit = FollowUp::Own(Errand::Revisit(waiting));
        reactions.push(Reaction::new("revisit", Then::FollowUp(revisit.into())));
    }
    reactions
}

/// Whether something is done about it by an effect that there is already.
const fn waits(how: &How) -> bool {
    matches!(how, How::NotEnded { again: true, unended: Some(Unended::Waits), .. })
}

fn end_again(difference: &Deviation) -> Option<Effect> {
    let How::NotEnded { code, left, again: true, .. } = &difference.how else { return None };
    Some(Effect::SetPermission {
        code: code.clone(),
        account: difference.account.clone(),
        repository: difference.repository.clone(),
        repository_id: difference.repository_id.clone(),
        task: PermissionTask::EndAgain { left: *left },
    })
}
