//! What people were told of a request before: what was news stays said, and beneath it nothing stands that is not so any more, and nothing
//! can be pressed that counts no more.

use countersign_domain::card::Card;
use countersign_domain::envelope::{Envelope, derived_id};
use countersign_domain::request::Code;
use countersign_domain::talk::Effect;
use countersign_projections::conversation::{self, Notice};
use uuid::Uuid;

use super::{Sayings, Talk, saying};
use crate::cards;
use crate::engine::Failure;

impl Talk {
    /// Every notice of a request that says or offers what is not so any more is drawn as it is now.
    pub(super) async fn told_before(
        &self,
        event: &Envelope,
        code: &Code,
        id: Uuid,
    ) -> Result<Sayings, Failure> {
        let tenant = &event.tenant;
        let notices = {
            let rows = self.world.projections.rows(conversation::NAME);
            conversation::notices(&*rows, tenant, code)?
        };
        if notices.is_empty() {
            return Ok(vec![]);
        }
        let Some(request) = self.requests.any(tenant, code).await? else { return Ok(vec![]) };
        let present = self.directory.present(tenant).await?;
        let changed = |notice: Notice| {
            let viewer = present.state.people.get(&notice.to);
            let shown = viewer.map(|viewer| self.shown(code, &request, viewer, &present));
            let card = cards::still(notice.card.clone(), shown);
            (card != notice.card).then(|| {
                // Several may have been told at one place.
                let id = derived_id(id, &notice.id.to_string());
                saying(id, again(notice, card))
            })
        };
        Ok(notices.into_iter().filter_map(changed).collect())
    }
}

/// The same notice with this card.
fn again(notice: Notice, card: Card) -> Effect {
    let Notice { id, code, place, to, .. } = notice;
    Effect::Tell {
        code: Some(code),
        place,
        to: Some(to),
        card: Box::new(card),
        unasked: false,
        again: Some(id),
    }
}
