//! The form that asks for the reason of a decision, a modal (<https://docs.slack.dev/surfaces/modals>): it remembers which button
//! asked, and sends that on with what was written.

use countersign_domain::ports::{Place, Posted};
use countersign_domain::request::REASON_MAX;
use slack_morphism::prelude::{
    SlackActionId, SlackBlock, SlackBlockId, SlackBlockPlainText, SlackBlockPlainTextInputElement,
    SlackBlockPlainTextOnly, SlackInputBlock, SlackModalView, SlackView,
};

use crate::card::cut;
use crate::read::act::Remembered;

/// The form's `callback_id`.
pub(crate) const REASON_FORM: &str = "countersign.why";
/// The name of its one place.
pub(crate) const REASON: &str = "reason";
/// A modal's title.
const TITLE: usize = 24;
/// A hint beneath an input.
const HINT: usize = 2_000;

/// Where the button was pressed that asks, and what it holds.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// Where the answer belongs.
    pub place: &'a Place,
    /// The message that the button stands under.
    pub message: Option<&'a Posted>,
    /// What the button holds.
    pub reference: &'a str,
}

/// The form: its title, what its button says, and who reads the reason. The reason may be left empty.
pub fn why(asking: Asking<'_>, title: &str, submit: &str, hint: &str) -> SlackView {
    let element = SlackBlockPlainTextInputElement::new()
        .with_action_id(SlackActionId("form.reason".to_owned()))
        .with_multiline(true)
        .with_max_length(REASON_MAX as u64);
    let mut block = SlackInputBlock::new(plain("Why?"), element.into())
        .with_block_id(SlackBlockId(REASON.to_owned()))
        .with_optional(true);
    block.hint = Some(plain(&cut(hint, HINT)));
    let blocks: Vec<SlackBlock> = vec![block.into()];
    let kept = Remembered::of(asking.place, asking.message, asking.reference);
    SlackView::Modal(
        SlackModalView::new(plain(&cut(title, TITLE)), blocks)
            .with_submit(plain(&cut(submit, TITLE)))
            .with_close(plain("Cancel"))
            .with_callback_id(REASON_FORM.to_owned().into())
            .with_private_metadata(kept),
    )
}

fn plain(text: &str) -> SlackBlockPlainTextOnly {
    SlackBlockPlainText::new(text.to_owned()).with_emoji(false).into()
}
