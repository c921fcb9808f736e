//! What the cards of everything that is proposed have alike, whatever it is: who proposes it and why, how it stands, why it was
//! denied, and what can be pressed.

use countersign_domain::capabilities::violation;
use countersign_domain::card::{Button, ButtonStyle, Tone};
use countersign_domain::request::{Content as _, Facets as _, Kind, Request, Requester, Stage};
use countersign_domain::words::{prose, spoken};

use super::Shown;
use super::draft::Draft;
use super::viewer::{button, deciding_buttons, see_parked, shared_buttons};
use crate::words;

impl<K: Kind> Shown<'_, Request<K>> {
    /// The beginning of a card: what is proposed, how that stands, by whom, and why.
    pub(crate) fn head(&self, title: &str, by: Option<&Requester>, why: Option<&str>) -> Draft {
        let by = by.map(|by| words::requester(by, &by.name));
        Draft::new(tone(self.request.stage), title)
            .about(self.code, self.request.standing().word)
            .live()
            .field(words::STATUS, &spoken(self.request.standing().word))
            .field_if(words::PROPOSED_BY, by.as_deref())
            .field_if(words::REASON, why.map(prose).as_deref())
    }

    /// Why it was denied, in the words of who did, and all that the checks found.
    pub(crate) fn denial(&self) -> impl Iterator<Item = String> {
        self.request.denial.iter().flat_map(|denial| {
            let reason = denial.reason.as_deref().map(prose).into_iter();
            reason.chain(denial.violations.iter().map(violation))
        })
    }

    /// What fails, in the words of whoever failed.
    pub(crate) fn failure(&self) -> Option<String> {
        self.request.failure.as_ref().map(|failure| failure.why.clone())
    }

    /// What the viewer can press: to decide on it, to take their own proposal back, and to look at what is parked.
    pub(crate) fn proposal_buttons(&self) -> Vec<Button> {
        let (code, request) = (self.code, self.request);
        let Some(viewer) = self.viewer else { return shared_buttons(request, code) };
        let mut buttons = deciding_buttons(request, code, viewer, &self.people.absent_for(viewer, self.now));
        let is_own = request.asked.as_ref().is_some_and(|asked| asked.requester().id == viewer.id);
        if is_own && (request.open.is_some() || request.stage == Stage::Checking) {
            buttons.push(button(words::WITHDRAW, ButtonStyle::Plain, format!("withdraw {code}")));
        }
        buttons.extend(see_parked(request, viewer));
        buttons
    }
}

const fn tone(stage: Stage) -> Tone {
    match stage {
        Stage::Waiting => Tone::Waiting,
        Stage::Standing => Tone::Good,
        Stage::Denied | Stage::Failed | Stage::Lapsed => Tone::Bad,
        Stage::New | Stage::Checking | Stage::Working | Stage::Withdrawn | Stage::Over => Tone::Neutral,
    }
}
