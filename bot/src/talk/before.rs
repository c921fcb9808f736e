//! What people were told of a request before, and what they were asked of it: what was news stays said, and beneath it nothing stands that
//! is not so any more, and nothing can be pressed that counts no more.

use countersign_domain::capabilities as domain;
use countersign_domain::card::Card;
use countersign_domain::envelope::{Envelope, derived_id};
use countersign_domain::request::Code;
use countersign_domain::talk::Effect;
use countersign_projections::conversation::{self, Notice, Subject};
use uuid::Uuid;

use super::{Sayings, Talk, saying};
use crate::cards;
use crate::engine::Failure;

impl Talk {
    /// Everything that says or offers of a request what is not so any more is drawn as it is now.
    pub(super) async fn told_before(
        &self,
        event: &Envelope,
        code: &Code,
        id: Uuid,
    ) -> Result<Sayings, Failure> {
        let mut sayings = self.noticed_before(event, code, id).await?;
        sayings.extend(self.asked_before(event, code, id).await?);
        Ok(sayings)
    }

    /// Its notices.
    async fn noticed_before(&self, event: &Envelope, code: &Code, id: Uuid) -> Result<Sayings, Failure> {
        let tenant = &event.tenant;
        let notices = {
            let rows = self.world.projections.rows(conversation::NAME);
            conversation::notices(&*rows, tenant, &Subject::Request(code.clone()))?
        };
        if notices.is_empty() {
            return Ok(vec![]);
        }
        let Some(request) = self.requests.any(tenant, code).await? else { return Ok(vec![]) };
        let present = self.directory.present(tenant).await?;
        let changed = |notice: Notice| {
            let viewer = present.state.people.get(&notice.to);
            let shown = viewer.map(|viewer| self.shown(tenant, (code, &request), viewer, &present));
            let card = cards::still(notice.card.clone(), shown);
            (card != notice.card).then(|| again(id, notice, card))
        };
        Ok(notices.into_iter().filter_map(changed).collect())
    }

    /// A question of whose offers nothing can be done any more offers nothing.
    async fn asked_before(&self, event: &Envelope, code: &Code, id: Uuid) -> Result<Sayings, Failure> {
        let tenant = &event.tenant;
        let asked = {
            let rows = self.world.projections.rows(conversation::NAME);
            conversation::offering(&*rows, tenant, code)?
        };
        let mut sayings = Sayings::new();
        for asked in asked {
            if !self.chat.is_over(tenant, &asked.question).await? {
                continue;
            }
            let rows = self.world.projections.rows(conversation::NAME);
            for notice in conversation::notices(&*rows, tenant, &Subject::Question(asked.question.id))? {
                let card = cards::question_over(notice.card.clone());
                sayings.push(again(id, notice, card));
            }
        }
        Ok(sayings)
    }
}

/// The same notice with this card. Several may have been told at one place.
fn again(id: Uuid, notice: Notice, card: Card) -> (Uuid, domain::Effect) {
    let Notice { id: told, about, place, to, .. } = notice;
    let code = match about {
        Subject::Request(code) => Some(code),
        Subject::Question(_) => None,
    };
    let card = Box::new(card);
    let effect = Effect::Tell { code, place, to: Some(to), card, unasked: false, again: Some(told) };
    saying(derived_id(id, &told.to_string()), effect)
}
